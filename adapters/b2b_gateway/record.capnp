@0xd4a1c07e5b3f9261;
# What the systems around a B2B gateway payment report, one record a step (domain A1.3). The first
# field of every step is the order's number: the business key.

using Cxx = import "/capnp/c++.capnp";
using Event = import "/events/schema/event.capnp";
$Cxx.namespace("longmen::adapters::b2b_gateway");

struct GatewayRecord {
  id @0 :Text;                        # the sender's, at most 31 characters; repeat it to ask again
  occurredAt @1 :Int64 $Event.time;
  step :union $Event.flatten {
    none @2 :Void;
    gatewayRequest @3 :GatewayRequest;   # 1, 2: the payer chose; the accepting bank asks the network
    networkAnswer @4 :NetworkAnswer;     # 3, 4: accepted or rejected
    redirected @5 :Redirected;           # 5: the payer arrived at the account bank
    validation @6 :Validation;           # 6, 8: the account bank's checks
    submission @7 :Submission;           # 7 to 9: confirmed by the submitter
    approval @8 :Approval;               # 9b: in corporate e-banking
    debitNotice @9 :DebitNotice;         # 10: the account bank's word, or its answer to a query
    successNotice @10 :SuccessNotice;    # 11, 12
    credited @11 :Credited;              # 13: the payee bank's word
    answerOverdue @12 :AnswerOverdue;    # nothing came back: query by order number
    paymentReturn @13 :GiveBack;         # the payee bank could not post it
    refund @14 :GiveBack;                # the payee gives back, whole or in part
    cancellation @15 :Cancellation;
  }
}

struct GatewayRequest {
  order @0 :Text;
  amount :group $Event.required {
    minor @1 :Int64;
    currency @2 :UInt16 $Event.currency;
  }
  validUntil @3 :Int64 $Event.time;
  payee @4 :Text $Event.required;
  scheme @5 :Text;
  submitter @6 :Text $Event.required $Event.person;
  payer @7 :Text;          # absent: chosen at the account bank, named by the submission
  mandate @8 :Text;        # the submitter's operation amount at the account bank; needs the payer
  channel @9 :Text;
  acceptingBank @10 :Text $Event.text;
  accountBank @11 :Text $Event.text;
  payeeBank @12 :Text $Event.text;
  merchant @13 :Text $Event.words(140);
}

enum Answer {
  unstated @0;
  accepted @1;
  rejected @2;
}

struct NetworkAnswer {
  order @0 :Text;
  answer @1 :Answer $Event.required;
  transactionId @2 :Text $Event.text;
  redirectAddress @3 :Text $Event.words(512);  # of the account bank's gateway
  reason @4 :Text $Event.words(140);
}

struct Redirected {
  order @0 :Text;
}

struct Validation {
  order @0 :Text;
  answer @1 :Answer $Event.required;
  reason @2 :Text $Event.words(140);
}

struct Submission {
  order @0 :Text;
  payer @1 :Text;   # the account the submitter chose; needed where the order names none
  operationAmount :group {
    # The submitter's limit as the account bank states it, whole or not at all; needed where the
    # order has no mandate.
    minor @2 :Int64;
    currency @3 :UInt16 $Event.currency;
  }
}

enum Decision {
  unstated @0;
  approve @1;
  reject @2;
}

struct Approval {
  order @0 :Text;
  decision @1 :Decision $Event.required;
  by @2 :Text $Event.required $Event.person;
  level @3 :UInt8;             # 0: the first
  method @4 :Event.AuthorizationMethod;
  orderVersion @5 :UInt16;     # of what was on the approver's screen: 1 as placed
  reason @6 :Text $Event.words(140);
}

struct DebitNotice {
  order @0 :Text;
  transactionId @1 :Text $Event.required $Event.text;
  amount :group $Event.required {
    minor @2 :Int64;
    currency @3 :UInt16 $Event.currency;
  }
  debitedAt @4 :Int64 $Event.time;   # the rules judge by it; absent: when the notice was written
  outcome @5 :Event.Outcome $Event.required;
  payer @6 :Text;
  clearingDate @7 :Int32 $Event.date;
  reason @8 :Text $Event.words(140);
}

enum Receiver {
  unstated @0;
  accountBank @1;     # notice 11
  acceptingBank @2;   # notice 12
}

struct SuccessNotice {
  order @0 :Text;
  transactionId @1 :Text $Event.required $Event.text;
  amount :group $Event.required {
    minor @2 :Int64;
    currency @3 :UInt16 $Event.currency;
  }
  receiver @4 :Receiver $Event.required;
}

struct Credited {
  order @0 :Text;
  transactionId @1 :Text $Event.text;
}

struct AnswerOverdue {
  order @0 :Text;
}

struct GiveBack {
  order @0 :Text;
  transactionId @1 :Text $Event.required $Event.text;  # of the debit
  amount :group $Event.required {
    minor @2 :Int64;
    currency @3 :UInt16 $Event.currency;
  }
  reference @4 :Text $Event.required $Event.text;  # its number: the same again is the same refund
  outcome @5 :Event.Outcome $Event.required;
  clearingDate @6 :Int32 $Event.date;
  reason @7 :Text $Event.words(140);
}

struct Cancellation {
  order @0 :Text;
  reason @1 :Text $Event.words(140);
}
