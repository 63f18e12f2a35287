@0xd3a5c1f0b7e94826;
# The candidates that need a schema of their own. Nothing here is stored anywhere.
#
# The interned structs have the field names of event.capnp, so that one template fills and reads
# both; only names of accounts, sources, schemes, mandates and participants are numbers here.

using Cxx = import "/capnp/c++.capnp";
using E = import "/events/schema/event.capnp";
$Cxx.namespace("longmen::layouts");

struct Block {
  # Candidate D: a whole block in one message.
  proposals @0 :List(E.Proposal);
}

struct Interned {
  # Candidate C: a proposal that names things by the number their registration got.
  occurredAt @0 :Int64;
  source @1 :UInt64;
  id @2 :Text;
  key @3 :Text;
  scenario @4 :E.Scenario;
  body :union {
    registration @5 :Void;
    order @6 :InternedOrder;
    authorization @7 :E.Authorization;
    debit @8 :InternedDebit;
    refund @9 :E.Refund;
  }
  details :union {
    none @10 :Void;
    b2bGateway @11 :InternedB2b;
    parking @12 :E.ParkingDetails;
  }
  original @13 :Data;
}

struct InternedOrder {
  amount :group {
    minor @0 :Int64;
    currency @1 :UInt16;
  }
  action @2 :E.OrderAction;
  validUntil @3 :Int64;
  payer @4 :UInt64;
  payee @5 :UInt64;
  scheme @6 :UInt64;
  mandate @7 :UInt64;
  submitter @8 :Text;
  channel @9 :Text;
  resources @10 :List(Text);
}

struct InternedDebit {
  amount :group {
    minor @0 :Int64;
    currency @1 :UInt16;
  }
  basis @2 :E.Basis;
  outcome @3 :E.Outcome;
  kind @4 :E.DebitKind;
  completes @5 :Bool;
  clearingDate @6 :Int32;
  payer @7 :UInt64;
  payee @8 :UInt64;
  scheme @9 :UInt64;
  channel @10 :Text;
  channelReference @11 :Text;
}

struct InternedB2b {
  stage @0 :E.B2bStage;
  acceptingBank @1 :UInt64;
  accountBank @2 :UInt64;
  payeeBank @3 :UInt64;
  transactionId @4 :Text;
  merchant @5 :Text;
}

# A struct of today and the same one after a field of each sort was added: what evolution costs.
struct Before {
  minor @0 :Int64;
  name @1 :Text;
}
struct After {
  minor @0 :Int64;
  name @1 :Text;
  rate @2 :Int64;
  note @3 :Text;
}
