@0xb1f0c2a9d3e47586;
# The one contract: on disk, on the wire and in the docs.
#
# A stored record is a fixed engine header (events/block/record.h) followed by the canonical
# single-segment message of one Proposal. docs/format.md has the byte grammar and why it is so.
#
# Rules of this file: ordinals only grow; nothing is reused, removed or renamed in meaning; a new
# field means "absent" when zero or null. The golden files in tests/events/golden decode for ever.
# Pointers that are often absent stand last, because the canonical form cuts trailing nulls.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("longmen::schema");

annotation time(field) :Void;               # Int64 nanoseconds since 1970 UTC; RFC 3339 in JSON
annotation date(field) :Void;               # Int32 days since 1970-01-01; yyyy-mm-dd in JSON
annotation currency(field) :Void;           # UInt16 ISO 4217 numeric code; alphabetic in JSON
annotation flatten(union, group) :Void;     # JSON shows the member of this union in its parent
annotation outsideComparison(field) :Void;  # two proposals differing only here are the same

# Of the records of scenarios only (adapters/*/record.capnp): what their doors check of a field, beside
# its type. A text without one of the last three is an id.
annotation required(field, group) :Void;    # the step cannot do without it
annotation person(field) :Void;             # somebody's name: at most 35 bytes, letters of any script
annotation text(field) :Void;               # what others call something: at most 140 bytes
annotation words(field) :UInt16;            # free text of at most so many bytes; never a card number

enum Scenario {
  none @0;
  b2bGateway @1;
  parking @2;
  tutorial @3;   # the example of docs/adding-a-scenario.md
  metro @4;
  virtualCard @5;
  enterprise @6;
  campus @7;
  tuition @8;
  takeout @9;
}

struct Proposal {
  # What a source asks the engine to record. Identity is (source, id) for ever.

  occurredAt @0 :Int64 $time;   # when it happened, by the source's clock; rules judge by it
  source @1 :Text;              # the registered source; empty when the engine itself writes
  id @2 :Text;                  # at most 35 characters (ISO 20022 Max35Text)
  key @3 :Text;
  # The business key: what this is about. The order's number for order, authorization, debit and
  # refund; the name of what is registered; the cycle of a settlement; the file of a statement.

  scenario @4 :Scenario;        # order numbers are unique within a scenario
  body :union $flatten {
    registration @5 :Registration;
    order @6 :Order;
    authorization @7 :Authorization;
    debit @8 :Debit;
    refund @9 :Refund;
    settlement @10 :Settlement;
    statement @11 :Statement;
    resolution @12 :Resolution;
    refusal @13 :Refusal;
  }
  details :union {
    none @14 :Void;
    b2bGateway @15 :B2bGatewayDetails;
    parking @16 :ParkingDetails;
    metro @20 :MetroDetails;
    virtualCard @21 :VirtualCardDetails;
    enterprise @22 :EnterpriseDetails;
    campus @23 :CampusDetails;
    tuition @24 :TuitionDetails;
    takeout @25 :TakeoutDetails;
  }
  original @17 :Data $outsideComparison;      # the message exactly as it came
  signatures @18 :List(Signature) $outsideComparison;
  originalKeyId @19 :Text $outsideComparison;
  # Absent: `original` is readable. Present: it is sealed under this key, like a Personal field.
}

enum BodyKind {
  # The bodies by name, in the order of the union above, for a source's permissions.
  registration @0;
  order @1;
  authorization @2;
  debit @3;
  refund @4;
  settlement @5;
  statement @6;
  resolution @7;
}

struct Signature {
  # Detached; kept as evidence beside what it signs.
  bytes @0 :Data;
  keyId @1 :Text;
  algorithm @2 :SignatureAlgorithm;
  overOriginal @3 :Bool;   # over `original`, else over the proposal without its signature
}

enum SignatureAlgorithm {
  ed25519 @0;
  sm2Sm3 @1;
}

struct Personal {
  # A personal fact: readable, or sealed under a key that can be destroyed. No rule reads it;
  # look-ups use `token`, a keyed hash, and so does the comparison of identities: sealing the same
  # fact twice gives two ciphertexts.
  plain @0 :Text;
  ciphertext @1 :Data $outsideComparison;
  keyId @2 :Text $outsideComparison;
  token @3 :Data;
}

struct Reference {
  # An earlier proposal, by identity.
  id @0 :Text;
  source @1 :Text;   # absent: the source that refers
}

# ---------------------------------------------------------------- registration

struct Registration {
  # Something exists, or changes; the name is the proposal's key. A later registration under the
  # same name replaces the fields that may change.
  union {
    ledger @0 :Ledger;             # the first record of every log
    source @1 :Source;
    participant @2 :Participant;
    account @3 :Account;
    mandate @4 :Mandate;
    scheme @5 :Scheme;
    tariff @6 :Tariff;
    calendar @7 :Calendar;
    feeTable @8 :FeeTable;
    riskPolicy @9 :RiskPolicy;
    matchingRule @10 :MatchingRule;
  }
}

enum Status {
  open @0;
  frozen @1;
  closed @2;
}

struct Ledger {
  utcOffsetMinutes @0 :Int16;   # book dates are local dates at this offset
}

struct Source {
  # Who may propose, and what. Both bounds are nanoseconds from the record's time.
  maxLate @0 :Int64;
  maxEarly @1 :Int64;
  status @2 :Status;
  allParticipants @3 :Bool;
  allSchemes @4 :Bool;
  bodies @5 :List(BodyKind);
  participants @6 :List(Text);   # whose accounts it may touch
  schemes @7 :List(Text);        # whose cycles it may close, settle and abort
  tokenHash @8 :Data;            # SHA-256 of the bearer token
  decidedOnly @9 :Bool;          # it is no account's authority: it may not report debits or refunds
}

struct Participant {
  status @0 :Status;
  name @1 :Text;
  issuerId @2 :Text;     # 14 characters, NetsUnion
  branchCode @3 :Text;   # 12 digits, CNAPS
}

enum AccountKind {
  customer @0;
  merchant @1;
  wallet @2;
  mirror @3;       # stands for accounts kept elsewhere
  settlement @4;   # the participant's money at the central bank
  clearing @5;     # what a scheme owes the participant, or the reverse
  suspense @6;     # credited but not attributable
  fee @7;
  pending @8;      # collected for somebody, not yet theirs
  revenue @9;
  receivable @10;   # owed by customers
  income @11;
  expense @12;
  fx @13;   # what a participant holds or owes in a currency because it exchanges
}

struct Account {
  floorMinor @0 :Int64;   # how far below zero it may go, as a count >= 0
  currency @1 :UInt16 $currency;
  kind @2 :AccountKind;
  status @3 :Status;
  unlimited @4 :Bool;     # no floor at all
  participant @5 :Text;
  scheme @6 :Text;        # of a clearing account
  ceilingMinor @7 :Int64;   # no credit may take the balance above it; 0: none
  limits @8 :List(Limit);   # of what leaves it by debits, in days and years of the ledger
  cap @9 :NetDebitCap;      # of a clearing account: what its participant may owe the scheme
  bilateralLimits @10 :List(BilateralLimit);   # of a clearing account; none: nobody is limited
}

struct NetDebitCap {
  # The three together are the most that a participant may owe (domain B4).
  creditMinor @0 :Int64;
  collateralMinor @1 :Int64;   # what is pledged is worth
  earmarkMinor @2 :Int64;      # of the settlement account's money, kept for this scheme
  warnPermille @3 :UInt16;     # of the cap: from there on it is warned; 0: never
}

struct BilateralLimit {
  # So much may a participant owe the account's own in the scheme; who is not listed, nothing.
  minor @0 :Int64;
  participant @1 :Text;
}

enum LimitWindow {
  single @0;
  day @1;
  year @2;
  total @3;
}

enum LimitPassing {
  refuse @0;
  stepUp @1;   # the order waits for an approval instead
}

struct Limit {
  amountMinor @0 :Int64;   # 0: no limit of amount
  count @1 :UInt32;        # 0: no limit of count
  window @2 :LimitWindow;
  passing @3 :LimitPassing;
}

struct ApprovalLevel {
  aboveMinor @0 :Int64;   # an order above this amount needs approval up to `level`
  level @1 :UInt8;
}

struct Approver {
  level @0 :UInt8;
  person @1 :Text;
}

struct Mandate {
  # A standing permission to pay from one account. Empty lists allow everything.
  validFrom @0 :Int64 $time;
  validBefore @1 :Int64 $time;    # exclusive; 0: no end
  status @2 :Status;
  utcOffsetMinutes @3 :Int16;     # of its days and years
  account @4 :Text;
  holder @5 :Text;
  limits @6 :List(Limit);
  levels @7 :List(ApprovalLevel);
  approvers @8 :List(Approver);
  channels @9 :List(Text);
  payees @10 :List(Text);
  fallbacks @11 :List(Text);      # accounts that may pay its orders in place of `account`
  currencies @12 :List(UInt16) $currency;   # in which its payees may be paid
  merchantCategories @13 :List(Text);       # ISO 18245
  merchants @14 :List(Text);
  restoresOnRefund @15 :Bool;     # what is refunded no longer counts against its limits
}

enum SettlementMethod {
  multilateralNet @0;
  bilateralNet @1;
  gross @2;   # at once, by the settlement accounts
  queued @3;  # likewise, and what they do not cover waits
}

enum ResolutionMode {
  # Which of the payments that wait are settled together, where none can alone (domain E5).
  unstated @0;
  fifo @1;    # of every sender the first so many, as many as can be
  value @2;   # those of most value, whatever their order
}

struct Hours {
  # A part of a day of the calendar, in minutes from its midnight; from -1,440: of the evening before.
  fromMinute @0 :Int16;
  toMinute @1 :Int16;   # exclusive
}

struct Scheme {
  method @0 :SettlementMethod;
  pendingAccounts @1 :Bool;   # may its payments rest in an account of kind pending?
  cyclePrefix @2 :Text;       # cycles are named prefix + yyyymmdd + four digits
  maxMinor @3 :Int64;         # of one order; 0: none
  cutOffMinute @4 :Int16;     # of its clearing day, from midnight; 0: midnight
  calendar @5 :Text;          # of its days; absent: every day
  hours @6 :List(Hours);      # when it takes payments; none: always
  feeTable @7 :Text;          # what a payment through it costs its payer
  covered @8 :Bool;           # of a net one: who owes it has at least as much in its settlement account
  # Of a queued one:
  bypassesFifo @9 :Bool;      # a payment that can settle passes those before it that cannot
  changesPriority @10 :Bool;  # a payment that waits may be given another priority
  resolution @11 :ResolutionMode;   # what is tried by itself; unstated: fifo
  resolveMinutes @12 :UInt16; # how often, after something has changed; 0: only when asked, and at the end
  windowMinutes @13 :UInt16;  # after its hours; at their end what still waits is returned; 0: it waits on
}

enum DayKind {
  working @0;
  holiday @1;
}

struct CalendarDay {
  date @0 :Int32 $date;
  kind @1 :DayKind;
}

struct Calendar {
  # Saturdays and Sundays are holidays and the rest working days, except for the days named.
  utcOffsetMinutes @0 :Int16;
  everyDay @1 :Bool;   # weekends are working days too
  days @2 :List(CalendarDay);
}

struct FeeStep {
  upToMinor @0 :Int64;   # inclusive; 0: no bound
  fixedMinor @1 :Int64;
  perMillion @2 :UInt32; # of the amount, half up; 20 is 0.002 %
  minMinor @3 :Int64;
  maxMinor @4 :Int64;    # 0: none
}

struct FeeTable {
  # The first step whose bound holds the amount says what it costs (domain B5).
  currency @0 :UInt16 $currency;
  steps @1 :List(FeeStep);
}

struct RiskRule {
  # Holds where every condition stated holds; then `points` are added.
  aboveMinor @0 :Int64;        # the order's amount is above it
  countAtLeast @1 :UInt32;     # the submitter's payments of this day
  fromMinute @2 :Int16;        # local time of day, [from, to); both 0: any time
  toMinute @3 :Int16;
  points @4 :UInt16;
  newDevice @5 :Bool;
  newCounterparty @6 :Bool;
  newPlace @7 :Bool;
  newNetwork @8 :Bool;
  name @9 :Text;
}

struct RiskStep {
  # From so many points on, this is asked of the submitter.
  fromPoints @0 :UInt16;
  method @1 :AuthorizationMethod;
}

struct RiskPolicy {
  rules @0 :List(RiskRule);
  steps @1 :List(RiskStep);
}

struct MatchingRule {
  # Which statements are held against which of our items, and how (docs/reconciliation.md). What an
  # account says of a day and what its issuer says of it are the same where nothing is wrong.
  status @0 :Status;              # only an open one is applied
  dayStartMinute @1 :Int16;       # the issuer's days begin so many minutes after local midnight; -60: at 23:00 before
  utcOffsetMinutes @2 :Int16;     # of its days
  edgeMinutes @3 :UInt16;
  # An item so close to the end or beginning of a day may be in the statement of the day beside it; 0: any may.
  dueDays @4 :UInt8;              # so many days after the end of a day its statement is expected
  dayTolerance @5 :UInt8;         # where only amount and day say that two are the same: so many days apart at most
  netOfFees @6 :Bool;             # statements have amounts less what the issuer charges
  amountToleranceMinor @7 :Int64; # two amounts agree that differ by no more
  participant @8 :Text;           # whose items
  issuer @9 :Text;                # the participant whose statements
  channels @10 :List(Text);       # of items and of statements; none: all
  kinds @11 :List(StatementLineKind);   # what statements list; none: all
  account @12 :Text;              # its postings are the items, not the participant's movements
  suspense @13 :Text;             # the account for what nobody can attribute
  writeOff @14 :Text;             # the account that bears what is written off
  mirror @15 :Text;               # the account that stands for what the issuer keeps
  scenarios @16 :List(Scenario);  # of the participant's movements; none: all
  statementAccounts @17 :List(Text);   # which statements, by the issuer's names of their accounts; none: all
}

struct Tariff {
  # Exactly one kind is present.
  currency @0 :UInt16 $currency;
  parking @1 :ParkingTariff;
  fare @2 :FareTable;
}

struct ParkingTariff {
  capMinor @0 :Int64;
  stepMinor @1 :Int64;       # price of one started step
  stepMinutes @2 :UInt32;
  freeMinutes @3 :UInt32;
}

struct FareStep {
  minor @0 :Int64;
  upToMetres @1 :UInt32;   # inclusive
}

struct Segment {
  # Two stations next to each other, in both directions.
  metres @0 :UInt32;
  from @1 :Text;
  to @2 :Text;
}

struct Discount {
  payPermille @0 :UInt16;      # of the fare: 850 is 85 %
  funderPermille @1 :UInt16;   # of what is taken off: the funder's part; the payee bears the rest
  name @2 :Text;
  funder @3 :Text;             # the account that pays the funder's part
}

struct FareTable {
  # Fares by distance along the shortest way (domain B10).
  maxMinor @0 :Int64;           # of the network; 0: of the two stations farthest apart
  beyondMinor @1 :Int64;        # beyond the last step, for each started `beyondMetres`
  beyondMetres @2 :UInt32;
  stayMinutes @3 :UInt32;       # longer costs the maximum; 0: as long as one likes
  sameStationMinor @4 :Int64;
  steps @5 :List(FareStep);
  segments @6 :List(Segment);
  discounts @7 :List(Discount);
  receivable @8 :Text;
  # The account that pays the operator for a rider who cannot. Absent: the operator waits for it.
}

# ---------------------------------------------------------------- payment life

struct Split {
  # A part of an amount for another payee; the payee keeps the rest.
  minor @0 :Int64;
  account @1 :Text;
}

enum OrderAction {
  placed @0;
  amended @1;      # amount or validUntil, while nothing is paid; approvals start again
  cancelled @2;
  expired @3;      # written by the engine
  progressed @4;   # a step outside the ledger, named in the details
}

struct Order {
  amount :group {
    minor @0 :Int64;
    currency @1 :UInt16 $currency;
  }
  action @2 :OrderAction;
  validUntil @3 :Int64 $time;   # last instant a debit may occur; 0: no end
  payer @4 :Text;               # absent: whoever pays names the account in the debit
  payee @5 :Text;
  scheme @6 :Text;              # needed where payer and payee have different participants
  mandate @7 :Text;
  submitter @8 :Text;
  channel @9 :Text;
  splits @10 :List(Split);
  resources @11 :List(Text);    # what it occupies while open, one open order each (a bay, a rider)
  reason @12 :Text;
  freesResources @13 :Bool;     # of `amended`: it occupies nothing any more
  validFrom @14 :Int64 $time;   # first instant a debit may occur; 0: at once
  counterAmount :group {        # what the payee gets, where that is in another currency
    minor @15 :Int64;
    currency @16 :UInt16 $currency;
  }
  merchant @17 :Text;           # the acceptor, for a mandate's controls
  merchantCategory @18 :Text;   # ISO 18245
}

enum AuthorizationAction {
  # Whatever moves money or permission has no default: a forgotten field must not say yes.
  unstated @0;
  granted @1;
  declined @2;
  steppedUp @3;   # approval up to `level` is demanded
  revoked @4;     # earlier grants and their hold are taken back
  expired @5;     # written by the engine: the hold is over
}

enum AuthorizationMethod {
  unstated @0;
  password @1;
  usbKey @2;
  oneTimeCode @3;
  face @4;
  rideCode @5;
  payerCode @6;
  certificate @7;
  manual @8;
  fingerprint @9;
  dynamicToken @10;
}

struct Authorization {
  holdMinor @0 :Int64;            # funds to hold, in the order's currency; 0: none
  holdUntil @1 :Int64 $time;      # last instant; 0: as long as the order
  action @2 :AuthorizationAction;
  method @3 :AuthorizationMethod;
  orderVersion @4 :UInt16;        # what was judged: 1 as placed, one more an amendment
  level @5 :UInt8;                # approval level from 1; 0: not an approval
  by @6 :Text;                    # who decided
  reason @7 :Text;
  riskPolicy @8 :Text;            # by which `method` was asked for
  riskPoints @9 :UInt16;
}

enum Basis {
  decided @0;    # asked of the engine; may be refused
  reported @1;   # a fact from the account's authority; booked, with an exception where rules object
}

enum Outcome {
  unstated @0;
  succeeded @1;
  pending @2;
  unknown @3;
  failed @4;
}

enum DebitKind {
  payment @0;   # of the order named by the key
  fee @1;       # this and the rest stand alone; their key is free
  topUp @2;
  withdrawal @3;
  payout @4;
  posting @5;   # from a pending account to its owner
  subsidy @6;   # a funder's part of a price, beside what the order's payer pays
  advance @7;   # in place of a customer, who owes it from now on
  writeOff @8;  # of what a customer owes
  exchange @9;  # one currency for another
  liquidity @10;  # a bank's money comes to the central bank (from its settlement account), or leaves it (to it)
}

enum QueueAction {
  # What is done with a payment that waits.
  none @0;
  hold @1;         # it is passed over until it is released
  release @2;
  first @3;        # before all others of its sender and priority
  last @4;
  prioritise @5;   # to `priority`, behind those that have it
}

struct Rate {
  # One unit of `base` costs mantissa / 10^scale units of the other currency.
  mantissa @0 :Int64;
  scale @1 :UInt8;
  base @2 :UInt16 $currency;
}

struct Debit {
  amount :group {
    minor @0 :Int64;
    currency @1 :UInt16 $currency;
  }
  basis @2 :Basis;
  outcome @3 :Outcome;
  kind @4 :DebitKind;
  completes @5 :Bool;             # the last one: what is still held for the order is released
  clearingDate @6 :Int32 $date;   # the channel's; 0: unstated
  payer @7 :Text;                 # absent: the order's, likewise the next two
  payee @8 :Text;
  scheme @9 :Text;
  channel @10 :Text;
  channelReference @11 :Text;
  resolves @12 :Reference;        # the pending or unknown debit whose outcome this is
  splits @13 :List(Split);
  reason @14 :Text;
  counterAmount :group {          # what the payee gets, where that is in another currency
    minor @15 :Int64;
    currency @16 :UInt16 $currency;
  }
  rate @17 :Rate;
  priority @18 :UInt8;            # in a queue: a higher one goes first
  queueAction @19 :QueueAction;   # of `pending`, which resolves a payment that waits
}

enum RefundKind {
  refund @0;
  paymentReturn @1;   # the payee's side could not post it
  reversal @2;
}

struct Refund {
  amount :group {
    minor @0 :Int64;
    currency @1 :UInt16 $currency;
  }
  basis @2 :Basis;
  outcome @3 :Outcome;
  kind @4 :RefundKind;
  clearingDate @5 :Int32 $date;
  debit @6 :Reference;
  resolves @7 :Reference;
  channel @8 :Text;
  channelReference @9 :Text;
  reason @10 :Text;
  counterAmount :group {          # what the payer gets back, where that is in another currency
    minor @11 :Int64;
    currency @12 :UInt16 $currency;
  }
  rate @13 :Rate;
}

# ---------------------------------------------------------------- clearing

enum SettlementAction {
  opened @0;    # written by the engine
  closed @1;    # its own sequence is the cut-off
  settled @2;
  aborted @3;   # the items go to the cycle then open
  settling @4;  # some of its positions are settled
  capWarned @5; # written by the engine: a participant owes nearly what it may
  resolutionAsked @6;   # of a queue: settle together what can be
  queueSettled @7;      # written by the engine: these settle together
  queueDeadlocked @8;   # written by the engine: no set of what waits can settle
  windowEnded @9;       # written by the engine: what waits is returned
  recast @10;       # the items of one participant are taken out, into the cycle then open
  lossShared @11;   # what one participant cannot pay the others bear
}

struct Position {
  grossIn @0 :Int64;    # minor units received
  grossOut @1 :Int64;   # minor units sent
  net @2 :Int64;        # grossIn - grossOut
  currency @3 :UInt16 $currency;
  participant @4 :Text;
  counterparty @5 :Text;   # of a bilateral scheme: towards whom
}

struct Settlement {
  # The key names the cycle.
  action @0 :SettlementAction;
  scheme @1 :Text;
  positions @2 :List(Position);
  # Of `settled`: all that are not settled yet, as the log gives them; of `settling`: some of these;
  # of `capWarned`: what the participant owes in all cycles and has in flight, as a net.
  next @3 :Text;                  # of `closed`: the name of the cycle that follows
  reference @4 :Text;             # the settlement's reference outside
  reason @5 :Text;
  capMinor @6 :Int64;             # of `capWarned`
  mode @7 :ResolutionMode;        # this and the next of the three about a queue
  currency @8 :UInt16 $currency;
  count @9 :UInt32;               # of payments that settle; deadlocked: that wait
  valueMinor @10 :Int64;          # of these
  valueMaxMinor @11 :Int64;       # no set that could settle is worth more
  chosen @12 :Data;
  # Of `queueSettled`: a bit for every payment that waits, by sender's name and then in the order of
  # its queue; the lowest bit of the first byte first.
  without @13 :Text;              # of `recast` and `lossShared`: the participant that fails
  collateralMinor @14 :Int64;     # of `lossShared`: what of its collateral is used
  shares @15 :List(LossShare);    # by participant; together the loss
}

struct LossShare {
  minor @0 :Int64;
  participant @1 :Text;
}

# ---------------------------------------------------------------- reconciliation

enum StatementAction {
  header @0;
  line @1;
  trailer @2;
  lines @3;   # many at once
}

enum Direction {
  unstated @0;
  credit @1;
  debit @2;
}

enum StatementLineKind {
  unstated @0;
  payment @1;
  refund @2;
  fee @3;
  topUp @4;
  withdrawal @5;
  payout @6;
  reversal @7;
  paymentReturn @8;
  adjustment @9;
}

struct Statement {
  # Somebody else's file; the key names it. It moves nothing; lines count after the trailer.
  amount :group {
    minor @0 :Int64;
    currency @1 :UInt16 $currency;
  }
  action @2 :StatementAction;
  direction @3 :Direction;
  line @4 :UInt32;              # from 1, gap-free
  count @5 :UInt32;             # of the trailer
  creditMinor @6 :Int64;        # of the trailer
  debitMinor @7 :Int64;         # of the trailer
  date @8 :Int32 $date;         # of the header: the first day it covers; of a line: its issuer's day
  participant @9 :Text;         # of the header: whose word it is
  reference @10 :Text;          # of a line: the channel's reference
  status @11 :Text;             # of a line, in the issuer's words
  toDate @12 :Int32 $date;      # of the header: the last day it covers; absent: the first
  hasBalance @13 :Bool;         # `balanceMinor` is stated
  balanceMinor @14 :Int64;      # of the account: of the header before the first line, of the trailer after the last
  channel @15 :Text;            # of the header, like the next three: of all lines
  account @16 :Text;            # by the name that the issuer has for it
  format @17 :Text;             # in which the file came
  contentHash @18 :Data;        # SHA-256 of the file
  lines @19 :List(StatementLine);   # of `lines`: they follow each other, and the first is number `line`
  raw @20 :Data;
  # Of `lines`: as they came, one behind the other, each as many bytes as its `rawBytes`; compressed
  # (zstd, RFC 8878), for it is half of what a file takes here.
}

struct StatementLine {
  # Amounts are minor units of the file's currency.
  minor @0 :Int64;
  occurredAt @1 :Int64 $time;   # by the issuer's clock; no rule judges by it
  feeMinor @2 :Int64;           # what the issuer charged for it; below 0: gave back
  balanceMinor @3 :Int64;       # of the account, after the line
  date @4 :Int32 $date;         # the issuer's day
  rawBytes @5 :UInt16;
  direction @6 :Direction;
  kind @7 :StatementLineKind;
  outcome @8 :Outcome;          # what `status` says; unstated: nothing
  hasBalance @9 :Bool;          # `balanceMinor` is stated
  reference @10 :Text;          # the issuer's
  orderKey @11 :Text;           # our number of the order or refund
  originalReference @12 :Text;  # the issuer's reference of what it gives back
  status @13 :Text;             # in the issuer's words
}

enum ResolutionKind {
  matched @0;
  adjusted @1;
  writtenOff @2;
  suspended @3;
  waiting @4;
  withdrawn @5;   # a whole file counts no more
}

struct LineReference {
  line @0 :UInt32;
  file @1 :Text;
}

struct Resolution {
  amount :group {   # credits less debits of the lines
    minor @0 :Int64;
    currency @1 :UInt16 $currency;
  }
  kind @2 :ResolutionKind;
  lines @3 :List(LineReference);
  reason @4 :Text;
  by @5 :Text;
  approvedBy @6 :Text;
  movements @7 :List(Reference);   # debits and refunds of ours, by the proposal that began each
  movementsMinor @8 :Int64;        # debits less refunds among them
  rule @9 :Text;                   # the matching rule under which its movements are resolved; absent: all
  withdraws @10 :Text;             # a file, in place of lines and movements
}

struct Refusal {
  # Well-formed proposals the rules refused, whole, so that their ids stay refused.
  code @0 :Code;
  index @1 :UInt32;          # of the one at fault
  translation @2 :Bool;      # a scenario refused the record before any proposal; not re-decided
  field @3 :Text;
  proposals @4 :List(Data);  # canonical bytes, in order
}

# ---------------------------------------------------------------- details

enum B2bStage {
  unstated @0;
  requested @1;
  acceptedByNetwork @2;
  rejectedByNetwork @3;
  redirected @4;
  validated @5;
  refusedByAccountBank @6;
  submitted @7;
  answerOverdue @8;        # no answer yet: query by order number
  payerNotified @9;
  acceptingBankNotified @10;
  credited @11;
}

struct B2bGatewayDetails {
  stage @0 :B2bStage;
  acceptingBank @1 :Text;
  accountBank @2 :Text;
  payeeBank @3 :Text;
  transactionId @4 :Text;   # NetsUnion's
  merchant @5 :Text;
  redirectAddress @6 :Text;
}

enum PayerCodeWallet {
  unstated @0;
  wechat @1;
  alipay @2;
  unionpay @3;
}

struct ParkingDetails {
  enteredAt @0 :Int64 $time;
  leftAt @1 :Int64 $time;
  feeMinor @2 :Int64;
  wallet @3 :PayerCodeWallet;
  lot @4 :Text;
  bay @5 :Text;
  tariff @6 :Text;
  plate @7 :Personal;
  payerToken @8 :Data;   # keyed hash of the payer code; the code itself is never kept
}

enum RideMode {
  unstated @0;
  face @1;
  code @2;
}

enum RideStage {
  unstated @0;
  signedUp @1;
  cardBound @2;
  cardUnbound @3;
  suspended @4;
  resumed @5;
  terminated @6;
  entered @7;
  left @8;
  cardAsked @9;         # the next of the rider's accounts is debited
  inArrears @10;        # none of them could pay
  repaid @11;
  writtenOff @12;
  refunded @13;
  rightRiderCharged @14;   # after a false match
  notified @15;
}

enum RideAnomaly {
  none @0;
  entryWithoutExit @1;
  exitWithoutEntry @2;
  overtime @3;
  sameStation @4;
  falseMatch @5;
}

struct MetroDetails {
  fareMinor @0 :Int64;       # before the discount
  discountMinor @1 :Int64;
  metres @2 :UInt32;
  stage @3 :RideStage;
  mode @4 :RideMode;         # at this gate
  anomaly @5 :RideAnomaly;
  rider @6 :Text;
  station @7 :Text;
  gate @8 :Text;
  tariff @9 :Text;
  relatedTrip @10 :Text;     # of a false match: the other trip
  reference @11 :Text;       # of the identity check, the repayment, the gate's event
}

enum VirtualCardStage {
  unstated @0;
  requested @1;
  issued @2;
  requestDeclined @3;
  controlsChanged @4;
  suspended @5;
  resumed @6;
  cancelled @7;
  authorised @8;
  captured @9;
  forced @10;     # captured without an authorization
  reversed @11;
  refunded @12;
}

struct VirtualCardDetails {
  stage @0 :VirtualCardStage;
  card @1 :Text;        # the token that stands for the number
  requestor @2 :Text;
  approvedBy @3 :Text;
  purpose @4 :Text;
  invoice @5 :Text;
  authorization @6 :Text;   # the acquirer's number of the hold
}

enum EnterpriseStage {
  unstated @0;
  opened @1;
  maintained @2;
  closed @3;
  submitted @4;
  verified @5;       # the submitter has shown what the risk decision asked for
  approved @6;
  vetoed @7;
  revoked @8;
  sent @9;
  debited @10;
  returned @11;
  suspended @12;     # in bank suspense
  rerouted @13;
}

struct EnterpriseDetails {
  stage @0 :EnterpriseStage;
  line @1 :UInt32;              # of the batch, from 1
  batch @2 :Text;
  administrator @3 :Text;
  payeeName @4 :Personal;
  payeeBank @5 :Text;
  payeeBranch @6 :Text;         # CNAPS
  directoryEntry @7 :Text;      # number of the payee in the enterprise's directory
  purpose @8 :Text;
  settlementChannel @9 :Text;   # what was asked for: normal, fast, real-time
  feeMinor @10 :Int64;          # of the route chosen
}

enum CampusStage {
  unstated @0;
  batchUploaded @1;
  batchPublished @2;
  billUploaded @3;
  billModified @4;
  billVoided @5;
  reminded @6;
  paying @7;
  paid @8;
  refunded @9;
  posted @10;
  batchCompleted @11;
}

enum PostingMode {
  unstated @0;
  daily @1;
  onCompletion @2;
}

struct CampusDetails {
  stage @0 :CampusStage;
  posting @1 :PostingMode;
  count @2 :UInt32;         # of the batch's bills
  line @3 :UInt32;          # of the file, from 1
  batch @4 :Text;
  template @5 :Text;
  item @6 :Text;            # what is paid for
  student @7 :Personal;
  wholeFile @8 :Bool;       # one bad line refuses the file
}

enum TuitionStage {
  unstated @0;
  quoted @1;
  documentsChecked @2;
  documentsRejected @3;
  quotaReserved @4;
  paid @5;
  exchanged @6;
  sent @7;
  credited @8;
  returned @9;
  refunded @10;
}

struct TuitionDetails {
  # Reconstructed: the casebook names the scenario and has no text of it.
  stage @0 :TuitionStage;
  school @1 :Text;
  student @2 :Personal;
  documents @3 :List(Data);   # SHA-256 of each document that was shown
  reference @4 :Text;         # of the wire
  chargeMinor @5 :Int64;      # taken on the way, in the school's currency
}

enum TakeoutStage {
  unstated @0;
  created @1;
  paid @2;
  accepted @3;
  rejected @4;
  prepared @5;
  pickedUp @6;
  delivered @7;
  completed @8;
  refunded @9;
  settled @10;
}

struct TakeoutItem {
  minor @0 :Int64;     # of one
  quantity @1 :UInt16;
  name @2 :Text;
}

struct TakeoutDetails {
  # Reconstructed: the casebook names the scenario and has no text of it.
  stage @0 :TakeoutStage;
  items @1 :List(TakeoutItem);
  merchant @2 :Text;
  rider @3 :Text;
  user @4 :Text;
  deliveryMinor @5 :Int64;
  packingMinor @6 :Int64;
  discountMinor @7 :Int64;
}

# ---------------------------------------------------------------- answers

enum Code {
  # Stable texts: snake_case of these names. docs/codes.md has the classes. Numbers are stored.
  none @0;

  # invalid: the shape; never recorded
  malformed @1;
  missingField @2;
  unknownField @3;
  unknownEnum @4;
  badText @5;
  tooLong @6;
  amountNotPositive @7;
  amountOutOfRange @8;
  unknownCurrency @9;
  tooLarge @10;
  groupTooLarge @11;
  badTime @12;
  cardNumber @13;
  unexpectedField @14;
  duplicateInGroup @15;

  # authority
  unknownSource @16;
  notPermitted @17;
  tooLate @18;
  tooEarly @19;

  # existence
  unknownParticipant @20;
  unknownAccount @21;
  unknownOrder @22;
  unknownDebit @23;
  unknownMandate @24;
  unknownScheme @25;
  unknownCycle @26;
  unknownTariff @27;
  unknownFile @28;
  unknownLine @29;
  orderExists @30;
  cycleExists @31;
  noClearingAccount @32;
  noSettlementAccount @33;

  # state
  immutableField @34;
  currencyMismatch @35;
  routeMismatch @36;
  schemeRequired @37;
  pendingNotAllowed @38;
  orderNotOpen @39;
  orderExpired @40;
  orderPendingAuthorization @41;
  orderPartlyPaid @42;
  resourceBusy @43;
  accountFrozen @44;
  accountClosed @45;
  debitNotSucceeded @46;
  alreadyResolved @47;
  mandateNotActive @48;
  channelNotAllowed @49;
  payeeNotAllowed @50;
  mandateAccountMismatch @51;
  notAnApprover @52;
  ownItem @53;
  alreadyApproved @54;
  wrongLevel @55;
  staleApproval @56;
  cycleNotOpen @57;
  cycleNotClosed @58;
  fileExists @59;
  fileComplete @60;
  fileIncomplete @61;
  lineOutOfOrder @62;
  lineTaken @63;
  sameApprover @64;

  # limits
  amountMismatch @65;
  exceedsOrder @66;
  exceedsDebit @67;
  exceedsSingleLimit @68;
  exceedsDailyAmount @69;
  exceedsDailyCount @70;
  exceedsYearlyAmount @71;
  exceedsYearlyCount @72;
  exceedsTotalAmount @73;
  exceedsTotalCount @74;
  positionMismatch @75;
  controlTotalMismatch @76;

  # funds
  insufficientFunds @77;
  amountOverflow @78;

  # translations of scenarios
  unknownRecord @79;
  unknownPayerCode @80;
  duplicateNotice @81;
  sessionNotOpen @82;
  payeeMismatch @83;

  # unavailable and failures; never recorded
  stopping @84;
  overloaded @85;
  storageFull @86;
  storageFailed @87;
  locked @88;
  corrupt @89;
  fenced @90;
  notFound @91;
  unauthorized @92;
  unanswerable @93;
  usage @94;

  # existence, continued
  accountExists @95;

  # state, continued
  accountKindNotAllowed @96;

  # limits, continued
  exceedsCeiling @97;

  # translations of scenarios, continued
  staleMandate @98;
  inArrears @99;
  unknownStation @100;

  # existence, continued
  unknownCalendar @101;
  unknownFeeTable @102;
  unknownRiskPolicy @103;
  noFxAccount @104;

  # state, continued
  orderNotYetValid @105;
  currencyNotAllowed @106;
  merchantNotAllowed @107;
  merchantCategoryNotAllowed @108;

  # limits, continued
  exceedsScheme @109;
  rateMismatch @110;

  # translations of scenarios, continued
  channelClosed @111;
  alreadyAuthorized @112;
  batchIncomplete @113;

  # funds, continued
  insufficientLiquidity @114;

  # limits, continued
  exceedsCap @115;
  exceedsBilateralLimit @116;

  # state, continued
  partlySettled @117;
  waitsInQueue @118;
  notWaiting @119;
  priorityFixed @120;
  schemeClosed @121;
  nothingWaits @122;

  # limits, continued
  queueFull @123;

  # existence, continued
  noSuspenseAccount @124;

  # state, continued
  noLoss @125;
  nobodyShares @126;

  # existence, continued
  unknownMovement @127;

  # state, continued
  movementTaken @128;

  # statement files, before anything is proposed
  unknownFormat @129;
  badLine @130;
  balanceMismatch @131;
}
