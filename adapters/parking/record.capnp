@0xa8e35d1f7c90b246;
# What the parking platform and its payment system report (domain A3.3). The first field of every
# step is the business key: the session's number, or the payout's. No number, lot or bay has a `/`:
# it joins them in the ledger's keys.

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
  outcome @0 :Event.Outcome $Event.required;  # pending: the payer is entering a password
  payer @1 :Text;                      # the account that stands for the payer's, at the issuer the channel names
  scheme @2 :Text;
  reference @3 :Text $Event.text;      # the channel's number of the payment
  clearingDate @4 :Int32 $Event.date;
  reason @5 :Text $Event.words(140);
}

struct Scan {
  session @0 :Text;
  lot @1 :Text $Event.required;
  bay @2 :Text $Event.required;
  tariff @3 :Text $Event.required;
  pending @4 :Text $Event.required;    # the account that collects the cap for the lot's operator
  revenue @5 :Text $Event.required;    # the account the fee is posted to
  plate @6 :Text $Event.required $Event.words(140);  # a token from the door on, like the next
  payerCode @7 :Text $Event.required;
  answer @8 :ChannelAnswer;

  # Written at the door, never accepted from outside.
  plateToken @9 :Data;
  payerToken @10 :Data;
  wallet @11 :Event.PayerCodeWallet;
}

struct ScanResult {
  session @0 :Text;
  answer @1 :ChannelAnswer $Event.required;
}

struct Revoke {
  session @0 :Text;
  reason @1 :Text $Event.words(140);
}

struct Departure {
  session @0 :Text;
  tariff @1 :Text;   # the scan's, if stated: that is what the stay is charged by
}

struct Abandonment {
  session @0 :Text;
  reason @1 :Text $Event.words(140);
}

struct Refund {
  session @0 :Text;
  amount :group $Event.required {
    minor @1 :Int64;
    currency @2 :UInt16 $Event.currency;
  }
  reason @3 :Text $Event.words(140);
}

struct RefundResult {
  session @0 :Text;
  outcome @1 :Event.Outcome $Event.required;
  reference @2 :Text $Event.text;
  clearingDate @3 :Int32 $Event.date;
  reason @4 :Text $Event.words(140);
  number @5 :Text $Event.required $Event.text;  # "<session>/r<n>", as the outbox asked for it
}

struct Payout {
  payout @0 :Text;
  from @1 :Text $Event.required;   # a result repeats the route of its payout
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
