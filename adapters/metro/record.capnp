@0xd1b8f6c3402e97a5;
# What the metro's ticketing, its gates and the wallet's bank report (domain A2.3). The first field of
# every step is the business key. No trip, rider or number has a `/`: it joins them in the ledger's
# keys.

using Cxx = import "/capnp/c++.capnp";
using Event = import "/events/schema/event.capnp";
$Cxx.namespace("longmen::adapters::metro");

struct MetroRecord {
  id @0 :Text;                        # the sender's, at most 31 characters; repeat it to ask again
  occurredAt @1 :Int64 $Event.time;
  step :union $Event.flatten {
    none @2 :Void;
    signUp @3 :SignUp;               # the wallet is opened, the asynchronous debit agreed to
    bindCard @4 :BindCard;
    unbindCard @5 :BindCard;
    mandateStatus @6 :MandateStatus; # suspended, resumed, ended
    topUp @7 :WalletMove;            # from a bound card; the same number again brings the result
    withdrawal @8 :WalletMove;       # to one
    entry @9 :Entry;
    exit @10 :Exit;
    unmatched @11 :Unmatched;        # an entry whose exit never came
    debitResult @12 :DebitResult;    # a card's bank answers
    repayment @13 :Repayment;        # of arrears; the same number again brings the result
    writeOff @14 :WriteOff;
    refund @15 :Refund;              # of a wrong fare
    refundResult @16 :DebitResult;
    falseMatch @17 :FalseMatch;      # the gate took one rider for another
    notified @18 :Notified;          # the rider's App has shown it
  }
}

struct SignUp {
  rider @0 :Text;
  bank @1 :Text $Event.required;           # whose class III account it will be
  wallet @2 :Text $Event.required;         # its name in the ledger
  identityCheck @3 :Text $Event.required $Event.text;  # number of the police's check
  card @4 :Text;                           # the first bound card
}

struct BindCard {
  rider @0 :Text;
  card @1 :Text $Event.required;           # the account that stands for it, at its bank
}

struct MandateStatus {
  rider @0 :Text;
  status @1 :Event.Status;
  reason @2 :Text $Event.words(140);
}

struct WalletMove {
  number @0 :Text;
  rider @1 :Text $Event.required;
  card @2 :Text $Event.required;
  amount :group $Event.required {
    minor @3 :Int64;
    currency @4 :UInt16 $Event.currency;
  }
  scheme @5 :Text;                         # where the card's bank is another one
  outcome @6 :Event.Outcome $Event.required;
  reference @7 :Text $Event.text;
  reason @8 :Text $Event.words(140);
}

struct Entry {
  trip @0 :Text;
  rider @1 :Text $Event.required;
  station @2 :Text $Event.required;
  gate @3 :Text;
  mode @4 :Event.RideMode $Event.required;
  tariff @5 :Text $Event.required;
  operator @6 :Text $Event.required;       # the account that the fare is paid to
  scheme @7 :Text;                         # by which cards of other banks pay
  mandateVersion @8 :UInt32;               # the gate's, where it let the rider in from its own list
}

struct Exit {
  trip @0 :Text;                           # the entry's; a number of its own where the gate does not know it
  rider @1 :Text $Event.required;
  station @2 :Text $Event.required;
  gate @3 :Text;
  mode @4 :Event.RideMode $Event.required;
  discount @5 :Text;                       # of the tariff's, by its name
  tariff @6 :Text;                         # this and the next two where no entry is known
  operator @7 :Text;                       # another operator's gate than the entry's: it has the fare
  scheme @8 :Text;
  ticket @9 :Ticket;
}

struct Ticket {
  # What the operator's ticketing charges, where it prices rides itself: it goes before the tariff.
  fareMinor @0 :Int64 $Event.required;     # before what is taken off
  paysMinor @1 :Int64;
  flat @2 :Bool;                           # one tap a ride, as on a bus: there is no entry
  free @3 :Bool;                           # the rider pays nothing: paysMinor is 0 then, and only then
}

struct Unmatched {
  trip @0 :Text;
  fareMinor @1 :Int64;                     # what the staff found; 0: the maximum
  reason @2 :Text $Event.words(140);
}

struct DebitResult {
  trip @0 :Text;
  number @1 :Text $Event.required $Event.text;  # as the outbox asked for it: "<trip>/p1", "<trip>/r1"
  outcome @2 :Event.Outcome $Event.required;
  reference @3 :Text $Event.text;
  clearingDate @4 :Int32 $Event.date;
  reason @5 :Text $Event.words(140);
}

struct Repayment {
  number @0 :Text;
  rider @1 :Text $Event.required;
  trips @2 :List(Text) $Event.required;
  from @3 :Text $Event.required;           # the wallet, or a card
  amount :group $Event.required {
    minor @4 :Int64;
    currency @5 :UInt16 $Event.currency;
  }
  scheme @6 :Text;
  outcome @7 :Event.Outcome $Event.required;
  reason @8 :Text $Event.words(140);
}

struct WriteOff {
  trip @0 :Text;
  expense @1 :Text;                        # who bears it, where a receivable was advanced
  reason @2 :Text $Event.words(140);
}

struct Refund {
  trip @0 :Text;
  amount :group $Event.required {
    minor @1 :Int64;
    currency @2 :UInt16 $Event.currency;
  }
  reason @3 :Text $Event.words(140);
}

struct FalseMatch {
  trip @0 :Text;                           # of the rider who was not there
  rightRider @1 :Text $Event.required;
  gateEvent @2 :Text $Event.required $Event.text;
}

struct Notified {
  trip @0 :Text;
}
