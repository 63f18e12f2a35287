@0xa8e35d1f7c90b246;
# What the parking platform and its payment system report (domain A3.3). The first field of every
# step is the business key: the session's number, or the payout's.

using Cxx = import "/capnp/c++.capnp";
using Event = import "/events/schema/event.capnp";
$Cxx.namespace("longmen::adapters::parking");

struct ParkingRecord {
  id @0 :Text;                        # the sender's, at most 31 characters; repeat it to ask again
  occurredAt @1 :Int64 $Event.time;
  step :union $Event.flatten {
    none @2 :Void;
    scan @3 :Scan;                   # the attendant scans the driver's code: timing starts
    scanResult @4 :ScanResult;       # the channel's answer, where the scan carried none yet
    revoke @5 :Revoke;               # the query stayed without an answer; from 15 s after the scan
    departure @6 :Departure;         # a device sensed it
    abandonment @7 :Abandonment;     # no departure was sensed: closes at the cap
    refund @8 :Refund;               # another attempt, where the channel could not refund
    refundResult @9 :RefundResult;   # the channel's answer to the refund it names
    payout @10 :Payout;              # revenue to the municipal account, or its result
  }
}

struct ChannelAnswer {
  outcome @0 :Event.Outcome;   # pending: the payer is entering a password
  payer @1 :Text;          # the account that stands for the payer's, at the issuer the channel names
  scheme @2 :Text;
  reference @3 :Text;      # the channel's number of the payment
  clearingDate @4 :Int32 $Event.date;
  reason @5 :Text;
}

struct Scan {
  session @0 :Text;
  lot @1 :Text;
  bay @2 :Text;
  tariff @3 :Text;
  pending @4 :Text;       # the account that collects the cap for the lot's operator
  revenue @5 :Text;       # the account the fee is posted to
  plate @6 :Text;         # a token from the door on, like the next
  payerCode @7 :Text;
  answer @8 :ChannelAnswer;

  # Written at the door, never accepted from outside.
  plateToken @9 :Data;
  payerToken @10 :Data;
  wallet @11 :Event.PayerCodeWallet;
}

struct ScanResult {
  session @0 :Text;
  answer @1 :ChannelAnswer;
}

struct Revoke {
  session @0 :Text;
  reason @1 :Text;
}

struct Departure {
  session @0 :Text;
  tariff @1 :Text;   # the scan's, if stated: that is what the stay is charged by
}

struct Abandonment {
  session @0 :Text;
  reason @1 :Text;
}

struct Refund {
  session @0 :Text;
  amount :group {
    minor @1 :Int64;
    currency @2 :UInt16 $Event.currency;
  }
  reason @3 :Text;
}

struct RefundResult {
  session @0 :Text;
  outcome @1 :Event.Outcome;
  reference @2 :Text;
  clearingDate @3 :Int32 $Event.date;
  reason @4 :Text;
  number @5 :Text;         # of the refund, required: "<session>/r<n>", as the outbox asked for it
}

struct Payout {
  payout @0 :Text;
  from @1 :Text;
  to @2 :Text;
  amount :group {
    minor @3 :Int64;
    currency @4 :UInt16 $Event.currency;
  }
  scheme @5 :Text;
  outcome @6 :Event.Outcome;
  reference @7 :Text;
  reason @8 :Text;
}
