@0xe7bdefa7d1e5fa13;
# What the bank's App, its officers and its treasury report of a tuition paid abroad (domain D2,
# reconstructed: the casebook has no text of it). The first field of every step is the business key,
# the order's number. No number has a `/`: it joins them in the ledger's keys.

using Cxx = import "/capnp/c++.capnp";
using Event = import "/events/schema/event.capnp";
$Cxx.namespace("longmen::adapters::tuition");

struct TuitionRecord {
  id @0 :Text;                        # the sender's, at most 31 characters; repeat it to ask again
  occurredAt @1 :Int64 $Event.time;
  step :union $Event.flatten {
    none @2 :Void;
    quote @3 :Quote;           # what the school gets and what it costs, until when
    documents @4 :Documents;   # an officer has looked at them
    quota @5 :Quota;           # of the year's purchases of currency, so much is this one
    pay @6 :Pay;               # the customer agrees: yuan out, the school's currency owed
    exchange @7 :Exchange;     # the treasury buys the currency
    send @8 :Send;             # the wire leaves
    credited @9 :Credited;     # the school has it
    returned @10 :Returned;    # the school, or a bank on the way, sent it back
    refund @11 :Refund;        # the customer has yuan back, at the rate of that day
  }
}

struct Quote {
  order @0 :Text;
  payer @1 :Text $Event.required;          # the customer's account, in yuan
  payable @2 :Text $Event.required;        # the bank's account of what it owes to schools
  school @3 :Text $Event.required;
  student @4 :Text $Event.required $Event.words(140);  # a token from the door on
  amount :group $Event.required {         # what leaves the customer's account
    minor @5 :Int64;
    currency @6 :UInt16 $Event.currency;
  }
  counterAmount :group $Event.required {  # what the school gets
    minor @7 :Int64;
    currency @8 :UInt16 $Event.currency;
  }
  rate @9 :Event.Rate;
  validUntil @10 :Int64 $Event.time $Event.required;
  submitter @11 :Text $Event.person;

  # Written at the door, never accepted from outside.
  studentToken @12 :Data;
}

struct Documents {
  order @0 :Text;
  by @1 :Text $Event.required $Event.person;
  verdict @2 :Event.AuthorizationAction $Event.required;  # granted or declined
  documents @3 :List(Data);   # the SHA-256 of each: passport, letter of admission, tuition bill
  reason @4 :Text $Event.words(140);
}

struct Quota {
  order @0 :Text;
  mandate @1 :Text $Event.required;        # the person's: its limits are the quota
  against @2 :Text $Event.required;        # an account in the quota's currency; nothing is paid to it
  amount :group $Event.required {         # what counts, in the quota's currency
    minor @3 :Int64;
    currency @4 :UInt16 $Event.currency;
  }
}

struct Pay {
  order @0 :Text;
  rate @1 :Event.Rate;
  charge :group {                         # for the wire
    minor @2 :Int64;
    currency @3 :UInt16 $Event.currency;
  }
  cable :group {
    minor @4 :Int64;
    currency @5 :UInt16 $Event.currency;
  }
  feeAccount @6 :Text;                    # where both go
}

struct Exchange {
  order @0 :Text;
  bought :group $Event.required {
    minor @1 :Int64;
    currency @2 :UInt16 $Event.currency;
  }
  into @3 :Text $Event.required;           # the bank's account abroad, as its mirror
  paid :group $Event.required {
    minor @4 :Int64;
    currency @5 :UInt16 $Event.currency;
  }
  outOf @6 :Text $Event.required;
  rate @7 :Event.Rate;
  reference @8 :Text $Event.text;
}

struct Send {
  order @0 :Text;
  nostro @1 :Text $Event.required;         # the bank's account abroad that the wire leaves
  reference @2 :Text $Event.required $Event.text;
}

struct Credited {
  order @0 :Text;
  chargeMinor @1 :Int64;                  # taken on the way, in the school's currency
  reference @2 :Text $Event.text;
}

struct Returned {
  order @0 :Text;
  amount :group $Event.required {         # what came back to the nostro
    minor @1 :Int64;
    currency @2 :UInt16 $Event.currency;
  }
  reference @3 :Text $Event.text;
  reason @4 :Text $Event.words(140);
}

struct Refund {
  order @0 :Text;
  amount :group $Event.required {         # of what came back, or was never sent
    minor @1 :Int64;
    currency @2 :UInt16 $Event.currency;
  }
  counterAmount :group $Event.required {  # what the customer gets for it
    minor @3 :Int64;
    currency @4 :UInt16 $Event.currency;
  }
  rate @5 :Event.Rate;
  restoresQuota @6 :Bool;
  reason @7 :Text $Event.words(140);
}
