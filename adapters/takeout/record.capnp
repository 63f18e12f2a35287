@0xac6c98d1cefc72ab;
# What a takeout platform reports (domain D3). Reconstructed: the casebook names the scenario and has
# no text of it. The first field of every step is the business key. No order number has a `/`: it
# joins them in the ledger's keys.

using Cxx = import "/capnp/c++.capnp";
using Event = import "/events/schema/event.capnp";
$Cxx.namespace("longmen::adapters::takeout");

struct TakeoutRecord {
  id @0 :Text;                        # the sender's, at most 31 characters; repeat it to ask again
  occurredAt @1 :Int64 $Event.time;
  step :union $Event.flatten {
    none @2 :Void;
    place @3 :Place;                 # what the user ordered, and who has which share of it
    payment @4 :Payment;             # what the user's bank or wallet says
    accept @5 :Accept;               # the merchant does: the shares are theirs
    reject @6 :Reject;               # the merchant or the user does not want it: all goes back
    progress @7 :Progress;           # prepared, picked up, delivered, completed
    refund @8 :Refund;               # of items, after the merchant accepted
    refundResult @9 :RefundResult;
    payout @10 :Payout;              # a share leaves the platform's books
  }
}

struct Item {
  name @0 :Text $Event.required $Event.words(140);
  minor @1 :Int64 $Event.required;   # of one
  quantity @2 :UInt16 $Event.required;
}

struct Discount {
  name @0 :Text $Event.required $Event.words(140);
  minor @1 :Int64 $Event.required;
  funder @2 :Text;                   # an account that pays it in the user's place; absent: the merchant bears it
}

struct Place {
  order @0 :Text;
  user @1 :Text $Event.required;
  items @2 :List(Item) $Event.required;
  packingMinor @3 :Int64;
  deliveryMinor @4 :Int64;           # the rider's
  membershipMinor @5 :Int64;         # the platform's
  commissionMinor @6 :Int64;         # the platform's, of what the merchant gets
  discounts @7 :List(Discount);
  pays :group $Event.required {      # what the user saw
    minor @8 :Int64;
    currency @9 :UInt16 $Event.currency;
  }
  escrow @10 :Text $Event.required;  # where it rests until the merchant accepts
  merchant @11 :Text $Event.required;
  rider @12 :Text;                   # this and the next where they have a share
  platform @13 :Text;
  scheme @14 :Text;                  # by which shares go to other banks
}

struct Payment {
  order @0 :Text;
  attempt @1 :Text $Event.text;
  amount :group $Event.required {
    minor @2 :Int64;
    currency @3 :UInt16 $Event.currency;
  }
  outcome @4 :Event.Outcome $Event.required;
  reference @5 :Text $Event.required $Event.text;
  card @6 :Text;                     # the account that stands for what the user pays with
  scheme @7 :Text;
  channel @8 :Text;
  clearingDate @9 :Int32 $Event.date;
  reason @10 :Text $Event.words(140);
}

struct Accept {
  order @0 :Text;
}

struct Reject {
  order @0 :Text;
  reason @1 :Text $Event.words(140);
}

struct Progress {
  order @0 :Text;
  stage @1 :Event.TakeoutStage $Event.required;
}

struct Refund {
  order @0 :Text;
  amount :group $Event.required {    # of what the user paid
    minor @1 :Int64;
    currency @2 :UInt16 $Event.currency;
  }
  items @3 :List(Item);              # what is taken back
  receivable @4 :Text;               # who advances what a payee was paid out already
  reason @5 :Text $Event.words(140);
}

struct RefundResult {
  order @0 :Text;
  attempt @1 :Text $Event.required $Event.text;   # "<order>/r1"
  outcome @2 :Event.Outcome $Event.required;
  reference @3 :Text $Event.text;
  clearingDate @4 :Int32 $Event.date;
  reason @5 :Text $Event.words(140);
}

struct Payout {
  number @0 :Text;                   # of the payout; the same number again brings the result
  from @1 :Text $Event.required;
  to @2 :Text $Event.required;
  amount :group $Event.required {
    minor @3 :Int64;
    currency @4 :UInt16 $Event.currency;
  }
  scheme @5 :Text;
  outcome @6 :Event.Outcome $Event.required;
  reference @7 :Text $Event.text;
  reason @8 :Text $Event.words(140);
}
