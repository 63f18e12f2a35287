@0xc5e0a7b19d36f842;
# What an enterprise's App and its bank report about payments (domain A4.2). The first field of every
# step is the business key: a business mode, or a payment's reference (`yurRef`), which has no `/`.

using Cxx = import "/capnp/c++.capnp";
using Event = import "/events/schema/event.capnp";
$Cxx.namespace("longmen::adapters::enterprise");

struct EnterpriseRecord {
  id @0 :Text;                        # the sender's, at most 31 characters; repeat it to ask again
  occurredAt @1 :Int64 $Event.time;
  step :union $Event.flatten {
    none @2 :Void;
    openMode @3 :Mode;                # the administrator sets up account, limits and approval flow
    maintainMode @4 :Mode;            # and says all of it again to change any of it
    closeMode @5 :CloseMode;
    submission @6 :Submission;
    verification @7 :Verification;    # what the risk decision asked of the submitter
    approval @8 :Approval;            # of one item; a batch is a record an item
    revocation @9 :Revocation;
    execution @10 :Execution;         # the date has come: the bank debits
    executionResult @11 :ExecutionResult;
    reroute @12 :Reroute;             # the channel did not take it: by another one
    paymentReturn @13 :PaymentReturn; # the payee's bank gives it back
  }
}

struct Level {
  aboveMinor @0 :Int64;                         # what is above it needs this level
  approvers @1 :List(Text) $Event.required $Event.person;
}

struct Mode {
  mode @0 :Text;
  administrator @1 :Text $Event.required $Event.person;
  account @2 :Text $Event.required;
  singleMinor @3 :Int64;                        # limits, where they are not 0
  dayMinor @4 :Int64;
  dayCount @5 :UInt32;
  yearMinor @6 :Int64;
  yearCount @7 :UInt32;
  levels @8 :List(Level);                       # the first is level 1; none: no approval
  utcOffsetMinutes @9 :Int16 = 480;
}

struct CloseMode {
  mode @0 :Text;
  administrator @1 :Text $Event.required $Event.person;
}

struct Risk {
  # What the bank knew of whoever submits or approves, at that moment.
  policy @0 :Text $Event.required;
  count @1 :UInt32;                             # of the person's payments this day
  newDevice @2 :Bool;
  newCounterparty @3 :Bool;
  newPlace @4 :Bool;
  newNetwork @5 :Bool;
}

struct Submission {
  payment @0 :Text;
  mode @1 :Text $Event.required;
  submitter @2 :Text $Event.required $Event.person;
  amount :group $Event.required {
    minor @3 :Int64;
    currency @4 :UInt16 $Event.currency;
  }
  payee @5 :Text $Event.required;
  payeeName @6 :Text $Event.words(140);
  payeeBank @7 :Text $Event.text;               # absent: the bank of the payee's account
  payeeBranch @8 :Text $Event.text;
  directoryEntry @9 :Text;
  purpose @10 :Text $Event.words(140);
  expectedDate @11 :Int32 $Event.date;          # absent, or past: today
  expectedMinute @12 :UInt16;                   # of that day
  channel @13 :Text;                            # the scheme asked for; absent: the bank chooses
  validUntil @14 :Int64 $Event.time;            # absent: thirty days from the expected date
  batch @15 :Text;
  line @16 :UInt32;                             # of the batch, from 1
  risk @17 :Risk;
}

enum Check {
  unstated @0;
  passed @1;
  failed @2;
}

struct Verification {
  payment @0 :Text;
  by @1 :Text $Event.required $Event.person;
  method @2 :Event.AuthorizationMethod $Event.required;
  check @3 :Check $Event.required;
  reason @4 :Text $Event.words(140);
}

enum Decision {
  unstated @0;
  approve @1;
  veto @2;
}

struct Approval {
  payment @0 :Text;
  decision @1 :Decision $Event.required;
  by @2 :Text $Event.required $Event.person;
  level @3 :UInt8;                              # 0: the first
  method @4 :Event.AuthorizationMethod;
  orderVersion @5 :UInt16;                      # of what was on the approver's screen
  reason @6 :Text $Event.words(140);
  batch @7 :Text;
  line @8 :UInt32;
  risk @9 :Risk;
}

struct Revocation {
  payment @0 :Text;
  by @1 :Text $Event.required $Event.person;
  reason @2 :Text $Event.words(140);
}

struct Execution {
  payment @0 :Text;
  schemes @1 :List(Text);                       # that the bank may use; one asked for needs none
}

struct ExecutionResult {
  payment @0 :Text;
  number @1 :Text $Event.required $Event.text;  # as the outbox asked for it: "<payment>/p1"
  outcome @2 :Event.Outcome $Event.required;
  reference @3 :Text $Event.text;               # the channel's
  clearingDate @4 :Int32 $Event.date;           # absent: by the scheme's cut-off
  feeAccount @5 :Text;                          # where the payment costs something
  reason @6 :Text $Event.words(140);
}

struct Reroute {
  payment @0 :Text;
  number @1 :Text $Event.required $Event.text;  # of the attempt that was not taken
  schemes @2 :List(Text) $Event.required;
  reason @3 :Text $Event.words(140);
}

struct PaymentReturn {
  payment @0 :Text;
  amount :group $Event.required {
    minor @1 :Int64;
    currency @2 :UInt16 $Event.currency;
  }
  reference @3 :Text $Event.required $Event.text;
  reason @4 :Text $Event.words(140);
}
