@0xb3f0c2a96d1e8457;
# What the platform of virtual cards reports (domain A6, D4): the enterprise that asks for cards and
# changes them, and acquirers that present payments. The first field of every step is the business
# key: the card's token, or the acquirer's number of the authorization. No field takes a card number.

using Cxx = import "/capnp/c++.capnp";
using Event = import "/events/schema/event.capnp";
$Cxx.namespace("longmen::adapters::virtual_card");

struct CardRecord {
  id @0 :Text;                        # the sender's, at most 31 characters; repeat it to ask again
  occurredAt @1 :Int64 $Event.time;
  step :union $Event.flatten {
    none @2 :Void;
    request @3 :Request;             # somebody asks for a card: it cannot pay yet
    approval @4 :Approval;           # somebody else agrees: the card is issued
    rejection @5 :Approval;
    controls @6 :Controls;           # of an issued card: what is stated changes
    status @7 :CardStatus;           # suspended, resumed, cancelled
    authorization @8 :Authorization; # a payment is asked for; approved, it holds the amount
    capture @9 :Capture;             # the acquirer takes what was approved, or a part of it
    forced @10 :Forced;              # it takes what nobody approved
    reversal @11 :Reversal;          # what was approved will not be taken
    refund @12 :Refund;
    notified @13 :Notified;          # the requestor has been told
  }
}

# Controls: 0 and an empty list allow everything. Amounts are of the funding account's currency.

struct Request {
  card @0 :Text;                               # the token that stands for the number
  requestor @1 :Text $Event.required $Event.person;
  funding @2 :Text $Event.required;            # the account that pays, at a bank or not
  uses @3 :UInt32;                             # authorizations in all; 1: a card of single use
  singleMinor @4 :Int64;
  totalMinor @5 :Int64;
  dailyUses @6 :UInt32;
  dailyMinor @7 :Int64;
  validFrom @8 :Int64 $Event.time;
  validBefore @9 :Int64 $Event.time;
  channels @10 :List(Text);
  merchants @11 :List(Text);
  merchantCategories @12 :List(Text);
  currencies @13 :List(UInt16) $Event.currency;
  restoresOnRefund @14 :Bool;                  # what comes back may be spent again
  purpose @15 :Text $Event.words(140);
  invoice @16 :Text $Event.words(140);
}

struct Approval {
  card @0 :Text;
  by @1 :Text $Event.required $Event.person;
  reason @2 :Text $Event.words(140);
}

struct Controls {
  card @0 :Text;
  by @1 :Text $Event.required $Event.person;
  uses @2 :UInt32;
  singleMinor @3 :Int64;
  totalMinor @4 :Int64;
  dailyUses @5 :UInt32;
  dailyMinor @6 :Int64;
  validFrom @7 :Int64 $Event.time;
  validBefore @8 :Int64 $Event.time;
  channels @9 :List(Text);
  merchants @10 :List(Text);
  merchantCategories @11 :List(Text);
  currencies @12 :List(UInt16) $Event.currency;
}

struct CardStatus {
  card @0 :Text;
  status @1 :Event.Status;
  reason @2 :Text $Event.words(140);
  by @3 :Text $Event.person;
}

struct Authorization {
  number @0 :Text;
  card @1 :Text $Event.required;
  payee @2 :Text $Event.required;              # the supplier's account at the acquirer
  amount :group $Event.required {              # what the funding account gives
    minor @3 :Int64;
    currency @4 :UInt16 $Event.currency;
  }
  counterAmount :group {                       # what the supplier gets, in another currency
    minor @5 :Int64;
    currency @6 :UInt16 $Event.currency;
  }
  scheme @7 :Text;
  channel @8 :Text;
  merchant @9 :Text;
  merchantCategory @10 :Text;
  until @11 :Int64 $Event.time $Event.required;  # so long the amount is held
  purpose @12 :Text $Event.words(140);
  invoice @13 :Text $Event.words(140);
}

struct Capture {
  number @0 :Text;
  reference @1 :Text $Event.required $Event.text;  # the acquirer's, one a capture
  amount :group $Event.required {
    minor @2 :Int64;
    currency @3 :UInt16 $Event.currency;
  }
  counterAmount :group {
    minor @4 :Int64;
    currency @5 :UInt16 $Event.currency;
  }
  rate @6 :Event.Rate;                         # beside a counter amount
  completes @7 :Bool;                          # the last one: the rest of the hold goes free
  clearingDate @8 :Int32 $Event.date;
}

struct Forced {
  number @0 :Text;
  card @1 :Text $Event.required;
  payee @2 :Text $Event.required;
  amount :group $Event.required {
    minor @3 :Int64;
    currency @4 :UInt16 $Event.currency;
  }
  counterAmount :group {
    minor @5 :Int64;
    currency @6 :UInt16 $Event.currency;
  }
  rate @7 :Event.Rate;
  scheme @8 :Text;
  channel @9 :Text;
  merchant @10 :Text;
  merchantCategory @11 :Text;
  reference @12 :Text $Event.required $Event.text;
  clearingDate @13 :Int32 $Event.date;
}

struct Reversal {
  number @0 :Text;
  reason @1 :Text $Event.words(140);
}

struct Refund {
  number @0 :Text;
  reference @1 :Text $Event.required $Event.text;  # the acquirer's, one a refund
  amount :group $Event.required {                  # what the supplier gives back
    minor @2 :Int64;
    currency @3 :UInt16 $Event.currency;
  }
  counterAmount :group {                           # what the funding account gets, in another currency
    minor @4 :Int64;
    currency @5 :UInt16 $Event.currency;
  }
  rate @6 :Event.Rate;
  capture @7 :Text $Event.text;                # its reference; absent: the captures, oldest first
  clearingDate @8 :Int32 $Event.date;
  reason @9 :Text $Event.words(140);
}

struct Notified {
  number @0 :Text;
}
