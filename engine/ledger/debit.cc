// Debits (docs/rules.md, Debit).
#include <algorithm>

#include "engine/ledger/exchange.h"
#include "engine/ledger/queue.h"
#include "engine/ledger/rules.h"

namespace longmen::engine {
namespace {

constexpr __int128 kMax = INT64_MAX;

const OrderRow* OrderOfDebit(const OrderRow* under_key, schema::Debit::Reader debit) {
  return debit.getKind() == schema::DebitKind::PAYMENT ? under_key : nullptr;
}

// What a debit moves, before it is known who began it.
MovementRow MovementOf(schema::Debit::Reader debit, const Route& route) {
  MovementRow row;
  row.kind = MovementKind::kDebit;
  row.outcome = debit.getOutcome();
  row.debit_kind = debit.getKind();
  row.amount = debit.getAmount().getMinor();
  row.currency = debit.getAmount().getCurrency();
  row.counter_amount = debit.getCounterAmount().getMinor();
  row.counter_currency = debit.getCounterAmount().getCurrency();
  row.payer = route.payer;
  row.legs = LegsOf(route, row.payee_minor());
  row.scheme = route.scheme;
  return row;
}

// The accounts of a route, the payer first, and the field of each.
struct Named {
  FewOf<const AccountRow*, 4> rows;

  size_t size() const { return rows.size(); }
  const AccountRow& operator[](size_t i) const { return *rows[i]; }
  static std::string FieldOf(size_t i) {
    if (i == 0) return "debit.payer";
    return i == 1 ? "debit.payee" : Indexed("debit.splits", i - 2, "account");
  }
};

// The first account of a route that is not there.
std::optional<size_t> FirstUnknown(const Route& route) {
  if (route.payer.empty()) return 0;
  if (route.payee.empty()) return 1;
  for (size_t i = 0; i < route.splits.size(); ++i) {
    if (route.splits[i].account.empty()) return i + 2;
  }
  return std::nullopt;
}

Named AccountsOf(const State& state, const MovementRow& movement) {
  Named named;
  named.rows.push_back(&state.accounts[movement.payer]);
  for (const LegRow& leg : movement.legs) named.rows.push_back(&state.accounts[leg.account]);
  return named;
}

// What the splits of a list give to an account.
template <typename Splits>
__int128 SplitTo(const Splits& splits, Ref<AccountRow> account) {
  __int128 minor = 0;
  for (const SplitRow& split : splits) minor += split.account == account ? split.minor : 0;
  return minor;
}

// What the order's debits so far, failed ones apart, give to an account as a split.
__int128 SplitBefore(const State& state, const OrderRow& order, Ref<AccountRow> account) {
  __int128 minor = 0;
  for (const Sequence sequence : order.movements) {
    const MovementRow& movement = *state.movements.Find(sequence);
    if (movement.kind != MovementKind::kDebit || movement.outcome == schema::Outcome::FAILED) {
      continue;
    }
    for (size_t i = 1; i < movement.legs.size(); ++i) {
      minor += movement.legs[i].account == account ? movement.legs[i].minor : 0;
    }
  }
  return minor;
}

// An order's splits were seen by whoever approved it; its debits may pay them out part by part,
// and nobody else.
Decision CheckSplits(const State& state, const Route& route, const OrderRow& order) {
  if (route.splits_are_orders) return {};
  for (size_t i = 0; i < route.splits.size(); ++i) {
    const Ref<AccountRow> account = route.splits[i].account;
    if (SplitTo(route.splits, account) + SplitBefore(state, order, account) >
        SplitTo(order.splits, account)) {
      return Ladder().Refuse(Code::ROUTE_MISMATCH, Indexed("debit.splits", i));
    }
  }
  return {};
}

// Does the route, where the debit states this part of it, differ from what the order names?
template <typename Row>
bool Differ(Ref<Row> route, Ref<Row> order) {
  return !order.empty() && route != order;
}

Decision CheckRoute(const State& state, schema::Debit::Reader debit, const Route& route,
                    const OrderRow& order) {
  const Ladder ladder;
  if (Differ(route.payer, order.payer) &&
      (order.mandate.empty() || !state.mandates[order.mandate].MayPay(route.payer))) {
    return ladder.Refuse(Code::ROUTE_MISMATCH, "debit.payer");
  }
  if (Differ(route.payee, order.payee)) return ladder.Refuse(Code::ROUTE_MISMATCH, "debit.payee");
  if (Differ(route.scheme, order.scheme)) {
    return ladder.Refuse(Code::ROUTE_MISMATCH, "debit.scheme");
  }
  if (route.splits_are_orders && !order.splits.empty() &&
      debit.getAmount().getMinor() != order.amount) {
    return ladder.Refuse(Code::ROUTE_MISMATCH, "debit.splits");
  }
  if (auto fault = CheckSplits(state, route, order); !fault.accepted()) return fault;
  if (debit.getAmount().getCurrency() != order.currency) {
    return ladder.Refuse(Code::CURRENCY_MISMATCH, "debit.amount.currency");
  }
  if (debit.getCounterAmount().getCurrency() != order.counter_currency) {
    return ladder.Refuse(Code::CURRENCY_MISMATCH, "debit.counterAmount.currency");
  }
  return {};
}

Decision CheckBooks(const State& state, const MovementRow& movement, const Named& named) {
  const Ladder ladder;
  const bool liquidity = movement.debit_kind == schema::DebitKind::LIQUIDITY;
  for (size_t i = 0; i < named.size(); ++i) {
    const uint16_t currency = i == 0 ? movement.currency : movement.payee_currency();
    if (named[i].currency != currency) {
      return ladder.Refuse(Code::CURRENCY_MISMATCH, Named::FieldOf(i));
    }
  }
  for (size_t i = 0; i < named.size(); ++i) {
    if (!MayStand(named[i], movement.exchanges(), liquidity)) {
      return ladder.Refuse(Code::ACCOUNT_KIND_NOT_ALLOWED, Named::FieldOf(i));
    }
  }
  for (size_t i = 1; i < named.size(); ++i) {
    if (&named[i] == &named[0]) return ladder.Refuse(Code::ROUTE_MISMATCH, Named::FieldOf(i));
  }
  if (liquidity) {
    // It is the bank's own money, and goes through no scheme.
    if (!movement.scheme.empty()) return ladder.Refuse(Code::ROUTE_MISMATCH, "debit.scheme");
    for (size_t i = 1; i < named.size(); ++i) {
      if (named[i].participant != named[0].participant) {
        return ladder.Refuse(Code::ROUTE_MISMATCH, Named::FieldOf(i));
      }
    }
    return {};
  }
  if (movement.scheme.empty()) {
    for (size_t i = 1; i < named.size(); ++i) {
      if (named[i].participant != named[0].participant) {
        return ladder.Refuse(Code::SCHEME_REQUIRED, "debit.scheme");
      }
    }
    return {};
  }
  if (!state.schemes[movement.scheme].pending_accounts) {
    for (size_t i = 0; i < named.size(); ++i) {
      if (named[i].kind == schema::AccountKind::PENDING) {
        return ladder.Refuse(Code::PENDING_NOT_ALLOWED, Named::FieldOf(i));
      }
    }
  }
  if (const Code lack = LackOnRoute(state, movement); lack != Code::NONE) {
    return ladder.Refuse(lack, "debit.scheme");
  }
  return {};
}

// Both halves are booked through the payer's participant, at a rate that must give the one from the
// other. Hard: of three numbers that contradict each other nobody can say which is the fact.
Decision CheckExchange(const State& state, schema::Debit::Reader debit,
                       const MovementRow& movement) {
  const Ladder ladder;
  const FxAccounts fx = FxAccountsOf(state, movement);
  if (fx.of_payer.empty() || fx.of_payee.empty()) {
    return ladder.Refuse(Code::NO_FX_ACCOUNT, "debit.counterAmount");
  }
  if (!AgreeAt({movement.amount, Currency{movement.currency}},
               {movement.counter_amount, Currency{movement.counter_currency}}, debit.getRate())) {
    return ladder.Refuse(Code::RATE_MISMATCH, "debit.rate");
  }
  return {};
}

// What the payees of the order's debits, failed ones apart, get in its counter currency.
__int128 CounterBefore(const State& state, const OrderRow& order) {
  __int128 minor = 0;
  for (const Sequence sequence : order.movements) {
    const MovementRow& movement = *state.movements.Find(sequence);
    if (movement.swapped() && movement.outcome != schema::Outcome::FAILED) {
      minor += movement.counter_amount;
    }
  }
  return minor;
}

// The soft checks on credited accounts; shared with resolutions. True: refuse.
bool ObjectsToCredit(const Named& named, Ladder& ladder) {
  for (size_t i = 1; i < named.size(); ++i) {
    if (named[i].status == schema::Status::CLOSED &&
        ladder.Objects(Code::ACCOUNT_CLOSED, Named::FieldOf(i))) {
      return true;
    }
  }
  return false;
}

// State, soft. True: refuse.
bool ObjectsToState(const Asked& asked, const OrderRow* order, const Named& named, Ladder& ladder) {
  const Nanos occurred_at = asked.proposal.getOccurredAt();
  if (order != nullptr) {
    if (order->status == OrderStatus::kPendingAuthorization &&
        ladder.Objects(Code::ORDER_PENDING_AUTHORIZATION, "key")) {
      return true;
    }
    if (!IsLive(order->status) && ladder.Objects(NotLiveCode(*order), "key")) return true;
    if (order->valid_until != 0 && occurred_at > order->valid_until &&
        ladder.Objects(Code::ORDER_EXPIRED, "occurredAt")) {
      return true;
    }
    if (occurred_at < order->valid_from &&
        ladder.Objects(Code::ORDER_NOT_YET_VALID, "occurredAt")) {
      return true;
    }
  }
  const schema::Status payer = named[0].status;
  if (payer == schema::Status::FROZEN && ladder.Objects(Code::ACCOUNT_FROZEN, "debit.payer")) {
    return true;
  }
  if (payer == schema::Status::CLOSED && ladder.Objects(Code::ACCOUNT_CLOSED, "debit.payer")) {
    return true;
  }
  if (ObjectsToCredit(named, ladder)) return true;
  return order != nullptr && !order->mandate.empty() &&
         !MandateActive(asked.state.mandates[order->mandate], occurred_at) &&
         ladder.Objects(Code::MANDATE_NOT_ACTIVE, "key");
}

// Soft: a queue takes payments in the hours of its scheme, by the engine's clock: it settles them
// itself, so that what occurred before they ended and came later is late. True: refuse.
bool ObjectsToHours(const Asked& asked, const MovementRow& movement, Ladder& ladder) {
  if (movement.scheme.empty()) return false;
  const SchemeRow& scheme = asked.state.schemes[movement.scheme];
  return scheme.method == schema::SettlementMethod::QUEUED &&
         !ItemsOf(asked.state, movement).empty() &&
         !TimesOf(asked.state, scheme).IsOpen(asked.now) &&
         ladder.Objects(Code::SCHEME_CLOSED, "debit.scheme");
}

// Soft: what the movement sends through its scheme is not covered and cannot wait either. `waits`
// says whether it will. True: refuse.
bool ObjectsToCover(const State& state, const MovementRow& movement, Code not_covered, bool waits,
                    Ladder& ladder) {
  const Code code = waits ? ObjectionToWaiting(state, movement) : not_covered;
  return code != Code::NONE && ladder.Objects(code, "debit.scheme");
}

// A reported movement credits the suspense account in place of a closed one.
void Redirect(const State& state, schema::Debit::Reader debit, MovementRow& movement) {
  if (debit.getBasis() != schema::Basis::REPORTED) return;
  for (LegRow& leg : movement.legs) leg.account = CreditedAccount(state, leg.account);
}

// The hard checks at the end: what would be booked or held must be bookable. It looks at the
// movement as it would be booked.
Decision CheckSums(const State& state, schema::Debit::Reader debit, const OrderRow* order,
                   MovementRow& movement) {
  const Ladder ladder;
  __int128 moved = movement.amount;
  if (order != nullptr) moved += static_cast<__int128>(order->paid) + order->in_flight;
  __int128 held = 0;
  if (movement.outcome != schema::Outcome::SUCCEEDED &&
      !IsAtCentralBank(state.accounts[movement.payer].kind)) {
    held = static_cast<__int128>(state.accounts[movement.payer].held) + movement.amount;
  }
  if (moved > kMax || held > kMax) {
    return ladder.Refuse(Code::AMOUNT_OVERFLOW, "debit.amount.minor");
  }
  if (movement.outcome != schema::Outcome::SUCCEEDED) return {};
  Redirect(state, debit, movement);
  return CheckBooking(state, movement, BookDebit(state, movement), "debit.amount.minor");
}

// What of a payment the order's own hold covers: it lies on the order's payer.
int64_t OwnHold(const OrderRow* order, const MovementRow& movement) {
  if (order == nullptr || order->payer != movement.payer) return 0;
  return std::min(order->held, movement.amount);
}

// Soft: no credit takes an account above its ceiling. True: refuse.
bool ObjectsToCeilings(const State& state, const MovementRow& movement, const Named& named,
                       Ladder& ladder) {
  for (size_t i = 0; i < movement.legs.size(); ++i) {
    const AccountRow& account = named[i + 1];
    if (account.terms.empty()) continue;
    __int128 credit = 0;
    for (const LegRow& leg : movement.legs) {
      credit += leg.account == movement.legs[i].account ? leg.minor : 0;
    }
    if (ExceedsCeiling(state, account, credit) &&
        ladder.Objects(Code::EXCEEDS_CEILING, Named::FieldOf(i + 1))) {
      return true;
    }
  }
  return false;
}

// Soft: what is credited to a settlement account leaves the central bank. True: refuse.
bool ObjectsToLiquidity(const MovementRow& movement, const Named& named, Ladder& ladder) {
  for (size_t i = 0; i < movement.legs.size(); ++i) {
    const AccountRow& account = named[i + 1];
    if (!IsAtCentralBank(account.kind)) continue;
    __int128 credit = 0;
    for (const LegRow& leg : movement.legs) {
      credit += leg.account == movement.legs[i].account ? leg.minor : 0;
    }
    if (!HasLiquidity(account, credit) &&
        ladder.Objects(Code::INSUFFICIENT_LIQUIDITY, Named::FieldOf(i + 1))) {
      return true;
    }
  }
  return false;
}

// Holds on the payer what is in flight (+1), or no longer (-1). Nothing is about to leave where the
// payer's account stands for money at the central bank: it grows.
void HoldInFlight(Change& change, const MovementRow& movement, int sign) {
  if (!IsAtCentralBank(change.state.accounts[movement.payer].kind)) {
    change.Hold(movement.payer, sign * movement.amount);
  }
  Reserve(change, movement, sign);
}

// A debit counts on the day it occurred, until it fails.
void CountDebit(State& state, const MovementRow& movement, int sign) {
  const auto terms = state.accounts[movement.payer].terms;
  if (terms.empty() || state.terms[terms].limits.empty()) return;
  Use(state.account_usage, movement.payer,
      LocalDate(movement.occurred_at, state.utc_offset_minutes),
      static_cast<__int128>(movement.amount) * sign, sign);
}

Decision DecideNew(const Asked& asked, schema::Debit::Reader debit, Ladder ladder) {
  const State& state = asked.state;
  const OrderRow* order = OrderOfDebit(asked.order, debit);
  if (order == nullptr && debit.getKind() == schema::DebitKind::PAYMENT) {
    return ladder.Refuse(Code::UNKNOWN_ORDER, "key");
  }
  const Route route = RouteOf(state, debit, order);
  if (const auto unknown = FirstUnknown(route)) {
    return ladder.Refuse(Code::UNKNOWN_ACCOUNT, Named::FieldOf(*unknown));
  }
  if (route.unknown_scheme) return ladder.Refuse(Code::UNKNOWN_SCHEME, "debit.scheme");
  if (order != nullptr) {
    if (auto fault = CheckRoute(state, debit, route, *order); !fault.accepted()) return fault;
  }
  MovementRow movement = MovementOf(debit, route);
  const Named named = AccountsOf(state, movement);
  if (auto fault = CheckBooks(state, movement, named); !fault.accepted()) return fault;
  if (movement.exchanges()) {
    if (auto fault = CheckExchange(state, debit, movement); !fault.accepted()) return fault;
  }
  if (movement.outcome == schema::Outcome::FAILED) return ladder.Accept();
  if (ObjectsToState(asked, order, named, ladder)) return ladder.refusal();
  if (ObjectsToHours(asked, movement, ladder)) return ladder.refusal();
  if (order != nullptr &&
      static_cast<__int128>(order->paid) + order->in_flight + movement.amount > order->amount) {
    if (ladder.Objects(Code::EXCEEDS_ORDER, "debit.amount.minor")) return ladder.refusal();
  }
  if (order != nullptr && movement.exchanges() &&
      CounterBefore(state, *order) + movement.counter_amount > order->counter_amount) {
    if (ladder.Objects(Code::EXCEEDS_ORDER, "debit.counterAmount.minor")) return ladder.refusal();
  }
  if (ExceedsScheme(state, movement.scheme, movement.amount) &&
      ladder.Objects(Code::EXCEEDS_SCHEME, "debit.amount.minor")) {
    return ladder.refusal();
  }
  const Code limit =
      JudgeAccountLimits(state, movement.payer, movement.amount, asked.proposal.getOccurredAt());
  if (limit != Code::NONE && ladder.Objects(limit, "debit.payer")) return ladder.refusal();
  if (ObjectsToCeilings(state, movement, named, ladder)) return ladder.refusal();
  const int64_t own_hold = OwnHold(order, movement);
  if (!CanPay(named[0], static_cast<__int128>(movement.amount) - own_hold) &&
      ladder.Objects(Code::INSUFFICIENT_FUNDS, "debit.payer")) {
    return ladder.refusal();
  }
  if (movement.exchanges() &&
      !CanPay(state.accounts[FxAccountsOf(state, movement).of_payee], movement.counter_amount) &&
      ladder.Objects(Code::INSUFFICIENT_FUNDS, "debit.counterAmount.minor")) {
    return ladder.refusal();
  }
  if (ObjectsToLiquidity(movement, named, ladder)) return ladder.refusal();
  const bool waits = MustWait(state, movement, debit.getPriority(), ladder.reported());
  if (ObjectsToCover(state, movement, ObjectionOfCover(state, movement), waits, ladder)) {
    return ladder.refusal();
  }
  if (waits) movement.outcome = schema::Outcome::PENDING;
  if (auto fault = CheckSums(state, debit, order, movement); !fault.accepted()) return fault;
  return ladder.Accept();
}

// A payment that waits is settled by its queue alone; whoever sent it may move it there, or take it
// back.
Decision CheckQueued(const State& state, const QueuedRow& queued, schema::Debit::Reader debit,
                     const Ladder& ladder) {
  if (debit.getOutcome() == schema::Outcome::SUCCEEDED ||
      debit.getOutcome() == schema::Outcome::UNKNOWN) {
    return ladder.Refuse(Code::WAITS_IN_QUEUE, "debit.outcome");
  }
  if (debit.getQueueAction() == schema::QueueAction::PRIORITISE &&
      !state.schemes[queued.scheme].changes_priority) {
    return ladder.Refuse(Code::PRIORITY_FIXED, "debit.priority");
  }
  return ladder.Accept();
}

Decision DecideResolving(const Asked& asked, schema::Debit::Reader debit, Ladder ladder) {
  const State& state = asked.state;
  const auto named =
      FindMovementBy(state, asked.opened.source, debit.getResolves(), MovementKind::kDebit);
  if (named.empty()) return ladder.Refuse(Code::UNKNOWN_DEBIT, "debit.resolves");
  MovementRow movement = state.movements[named];
  if (movement.key != asked.opened.key() || movement.scenario != asked.opened.scenario()) {
    return ladder.Refuse(Code::ROUTE_MISMATCH, "key");
  }
  if (movement.debit_kind != debit.getKind()) {
    return ladder.Refuse(Code::ROUTE_MISMATCH, "debit.kind");
  }
  if (!movement.in_flight()) return ladder.Refuse(Code::ALREADY_RESOLVED, "debit.resolves");
  if (movement.currency != debit.getAmount().getCurrency()) {
    return ladder.Refuse(Code::CURRENCY_MISMATCH, "debit.amount.currency");
  }
  if (movement.amount != debit.getAmount().getMinor()) {
    return ladder.Refuse(Code::AMOUNT_MISMATCH, "debit.amount.minor");
  }
  const QueuedRow* queued = FindQueued(state, movement);
  if (queued == nullptr && debit.getQueueAction() != schema::QueueAction::NONE) {
    return ladder.Refuse(Code::NOT_WAITING, "debit.queueAction");
  }
  if (queued != nullptr) return CheckQueued(state, *queued, debit, ladder);
  if (debit.getOutcome() != schema::Outcome::SUCCEEDED) return ladder.Accept();
  movement.outcome = schema::Outcome::SUCCEEDED;
  if (ObjectsToHours(asked, movement, ladder)) return ladder.refusal();
  const Named accounts = AccountsOf(state, movement);
  if (ObjectsToCredit(accounts, ladder)) return ladder.refusal();
  if (ObjectsToCeilings(state, movement, accounts, ladder)) return ladder.refusal();
  if (ObjectsToLiquidity(movement, accounts, ladder)) return ladder.refusal();
  const bool waits = MustWait(state, movement, debit.getPriority(), ladder.reported());
  if (ObjectsToCover(state, movement, ObjectionToResolved(state, movement), waits, ladder)) {
    return ladder.refusal();
  }
  if (waits) return ladder.Accept();
  Redirect(state, debit, movement);
  const auto fault =
      CheckBooking(state, movement, BookDebit(state, movement), "debit.amount.minor");
  return fault.accepted() ? ladder.Accept() : fault;
}

// paid grows; the order ends where it is paid in full, or where this was the last of it.
void Pay(OrderEdit& edit, int64_t minor, bool completes) {
  edit->paid += minor;
  if (edit->paid >= edit->amount) {
    edit->status = OrderStatus::kPaid;
  } else if (completes) {
    edit.Release(edit->held);
    if (IsLive(edit->status) && edit->in_flight == 0) edit->status = OrderStatus::kCompleted;
  }
}

void ApplyNew(Change& change, schema::Debit::Reader debit) {
  State& state = change.state;
  const bool pays_order = debit.getKind() == schema::DebitKind::PAYMENT;
  std::optional<OrderEdit> edit;
  if (pays_order) edit.emplace(change, state.orders.RefOf(change.opened.order));
  const Ref<MovementRow> ref = state.movements.Insert(change.header.sequence);
  MovementRow& movement = state.movements.Mutable(ref);
  movement = MovementOf(debit, RouteOf(state, debit, edit ? &**edit : nullptr));
  Begin(change, movement);
  movement.channel = View(debit.getChannel());
  movement.channel_reference = View(debit.getChannelReference());
  movement.clearing_date = debit.getClearingDate();
  if (edit) (*edit)->movements.push_back(change.header.sequence);
  const bool reported = debit.getBasis() == schema::Basis::REPORTED;
  const bool waits = MustWait(state, movement, debit.getPriority(), reported);
  if (waits) movement.outcome = schema::Outcome::PENDING;
  if (movement.outcome != schema::Outcome::FAILED && edit) {
    movement.from_hold = OwnHold(&**edit, movement);
    edit->Release(movement.from_hold);
  }
  if (movement.outcome != schema::Outcome::FAILED) CountDebit(state, movement, +1);
  if (movement.outcome == schema::Outcome::SUCCEEDED) {
    movement.from_hold = 0;
    Redirect(state, debit, movement);
    Book(change, movement, BookDebit(state, movement));
    if (edit) Pay(*edit, movement.amount, debit.getCompletes());
  } else if (movement.in_flight()) {
    HoldInFlight(change, movement, +1);
    if (edit) (*edit)->in_flight += movement.amount;
  }
  if (waits) Enqueue(change, movement, debit.getPriority(), debit.getCompletes());
  if (edit) edit->Done();
  Changed(change, ref);
  change.effects.movement = ViewMovement(state, movement);
}

void ApplyResolving(Change& change, schema::Debit::Reader debit) {
  State& state = change.state;
  const auto named =
      FindMovementBy(state, change.opened.source, debit.getResolves(), MovementKind::kDebit);
  MovementRow& movement = state.movements.Mutable(named);
  movement.outcome = debit.getOutcome();
  const bool queued = FindQueued(state, movement) != nullptr;
  const bool reported = debit.getBasis() == schema::Basis::REPORTED;
  if (!queued && MustWait(state, movement, debit.getPriority(), reported)) {
    movement.outcome = schema::Outcome::PENDING;
    Enqueue(change, movement, debit.getPriority(), debit.getCompletes());
  } else if (queued && movement.in_flight()) {
    Move(change, movement, debit.getQueueAction(), debit.getPriority());
  }
  if (debit.hasChannel()) movement.channel = View(debit.getChannel());
  if (debit.hasChannelReference()) {
    movement.channel_reference = View(debit.getChannelReference());
  }
  if (debit.getClearingDate() != 0) movement.clearing_date = debit.getClearingDate();
  std::optional<OrderEdit> edit;
  if (movement.has_order()) {
    edit.emplace(change, state.orders.RefOf({movement.scenario, movement.key}));
  }
  if (!movement.in_flight()) {
    HoldInFlight(change, movement, -1);
    if (edit) (*edit)->in_flight -= movement.amount;
    if (movement.outcome == schema::Outcome::SUCCEEDED) {
      Redirect(state, debit, movement);
      Book(change, movement, BookDebit(state, movement));
      if (edit) Pay(*edit, movement.amount, debit.getCompletes());
    } else {
      CountDebit(state, movement, -1);
    }
    if (movement.outcome == schema::Outcome::FAILED && edit && IsLive((*edit)->status)) {
      (*edit)->held += movement.from_hold;
      change.Hold(movement.payer, movement.from_hold);
    }
    movement.from_hold = 0;
    if (queued) LeaveQueue(change, movement);
  }
  if (edit) edit->Done();
  Changed(change, named);
  change.effects.movement = ViewMovement(state, movement);
}

}  // namespace

void Begin(Change& change, MovementRow& movement) {
  State& state = change.state;
  movement.sequence = change.header.sequence;
  movement.scenario = change.opened.scenario();
  movement.key = change.opened.key();
  movement.occurred_at = change.proposal.getOccurredAt();
  movement.source = NameSource(state, change.opened);
  movement.id = change.opened.id();
}

void Changed(Change& change, Ref<MovementRow> ref) {
  if (change.state.movements[ref].of_order()) return;
  MovementRow& movement = change.state.movements.Mutable(ref);
  movement.changed = change.header.sequence;
  movement.stored = false;
  if (movement.settled()) Age(change.state, Aged::Kind::kMovement, ref, movement.changed);
}

Ref<MovementRow> FindMovementBy(const State& state, std::string_view source,
                                schema::Reference::Reader reference, MovementKind kind) {
  const std::string_view named = reference.hasSource() ? View(reference.getSource()) : source;
  const Ref<MovementRow> movement = FindMovement(state, named, View(reference.getId()));
  return movement.empty() || state.movements[movement].kind != kind ? Ref<MovementRow>{} : movement;
}

Decision DecideDebit(const Asked& asked, Ladder ladder) {
  const auto debit = asked.proposal.getBody().getDebit();
  return debit.hasResolves() ? DecideResolving(asked, debit, ladder)
                             : DecideNew(asked, debit, ladder);
}

void ApplyDebit(Change& change) {
  const auto debit = change.proposal.getBody().getDebit();
  if (debit.hasResolves()) {
    ApplyResolving(change, debit);
  } else {
    ApplyNew(change, debit);
  }
}

}  // namespace longmen::engine
