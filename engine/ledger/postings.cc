// Routes and postings (docs/rules.md, Postings): a pure function of a movement and the accounts.
#include <algorithm>

#include "engine/ledger/queue.h"
#include "engine/ledger/rules.h"

namespace longmen::engine {
namespace {

Ref<ParticipantRow> ParticipantOf(const State& state, Ref<AccountRow> account) {
  return state.accounts[account].participant;
}

// Where a participant's book meets the scheme: what the scheme owes it, or its money at the central
// bank where every item is settled by itself.
Ref<AccountRow> CounterAccountOf(const State& state, Ref<ParticipantRow> participant,
                                 const MovementRow& movement) {
  // What settled together with others has its money there already.
  const QueuedRow* queued = FindQueued(state, movement);
  const bool at_once = SettlesAtOnce(state.schemes[movement.scheme].method) &&
                       (queued == nullptr || queued->status != WaitingStatus::kSettled);
  const auto account = at_once ? FindRole(state, participant, schema::AccountKind::SETTLEMENT,
                                          movement.payee_currency())
                               : FindRole(state, participant, schema::AccountKind::CLEARING,
                                          movement.payee_currency(), movement.scheme);
  CHECK(!account.empty(), "postings.counter_account", movement.sequence);
  return account;
}

// Money crosses from one participant's book into another's: each book stays balanced by its account
// with the scheme, and the scheme's cycle gets an item.
void Cross(const State& state, const MovementRow& movement, Ref<ParticipantRow> from,
           Ref<ParticipantRow> to, int64_t minor, Booking& booking) {
  if (from == to) return;
  booking.postings.push_back({CounterAccountOf(state, from, movement), minor});
  booking.postings.push_back({CounterAccountOf(state, to, movement), -minor});
  booking.items.push_back({from, to, minor});
}

// In the order of the postings, as they will be booked.
bool BalancesOverflow(const State& state, const Booking& booking) {
  for (size_t i = 0; i < booking.postings.size(); ++i) {
    const Ref<AccountRow> account = booking.postings[i].account;
    __int128 balance = state.accounts[account].balance;
    for (size_t j = 0; j <= i; ++j) {
      if (booking.postings[j].account == account) balance += booking.postings[j].minor;
    }
    if (balance > INT64_MAX || balance < INT64_MIN) return true;
  }
  return false;
}

bool FlowsOverflow(const State& state, const MovementRow& movement, const Booking& booking) {
  const Ref<CycleRow> cycle = OpenCycleOf(state, movement.scheme);
  const uint16_t currency = movement.payee_currency();
  if (booking.items.size() == 1) {
    // Nearly always: the pair is known, and its participants' sums are at hand.
    const FlowItem& item = booking.items.front();
    if (const FlowRow* flow = state.flows.Find({cycle, item.from, item.to, currency})) {
      return state.positions[flow->sender].out > INT64_MAX - item.minor ||
             state.positions[flow->receiver].in > INT64_MAX - item.minor;
    }
  }
  std::vector<AddedFlow> added;
  for (const FlowItem& item : booking.items) {
    added.push_back({{cycle, item.from, item.to, currency}, item.minor});
  }
  return GrossOverflows(state, added);
}

// The earliest cycle before this one that was closed only after the instant: an item that occurred
// then came too late for it. 0: none.
Sequence MissedBy(const State& state, Ref<CycleRow> cycle, Nanos occurred_at) {
  Sequence missed = 0;
  for (Sequence at = state.cycles[cycle].previous; at != 0;) {
    const CycleRow& before = *state.cycles.Find(at);
    if (before.closed_at <= occurred_at) break;
    missed = at;
    at = before.previous;
  }
  return missed;
}

}  // namespace

std::string Indexed(std::string_view list, size_t index, std::string_view member) {
  std::string text = fmt::format("{}[{}]", list, index);
  if (!member.empty()) text.append(".").append(member);
  return text;
}

Route RouteOf(const State& state, schema::Debit::Reader debit, const OrderRow* order) {
  Route route;
  for (auto split : debit.getSplits()) {
    route.splits.push_back({split.getMinor(), state.accounts.RefOf(View(split.getAccount()))});
  }
  if (debit.hasPayer()) route.payer = state.accounts.RefOf(View(debit.getPayer()));
  if (debit.hasPayee()) route.payee = state.accounts.RefOf(View(debit.getPayee()));
  if (debit.hasScheme()) {
    route.scheme = state.schemes.RefOf(View(debit.getScheme()));
    route.unknown_scheme = route.scheme.empty();
  }
  if (order == nullptr) return route;
  if (!debit.hasPayer()) route.payer = order->payer;
  if (!debit.hasPayee()) route.payee = order->payee;
  if (!debit.hasScheme()) route.scheme = order->scheme;
  if (route.splits.empty()) {
    route.splits.assign(order->splits.begin(), order->splits.end());
    route.splits_are_orders = true;
  }
  return route;
}

FewOf<LegRow, 1> LegsOf(const Route& route, int64_t minor) {
  FewOf<LegRow, 1> legs;
  legs.push_back({minor, 0, route.payee});
  for (const SplitRow& split : route.splits) {
    legs.front().minor -= split.minor;
    legs.push_back({split.minor, 0, split.account});
  }
  return legs;
}

FxAccounts FxAccountsOf(const State& state, const MovementRow& movement) {
  const Ref<ParticipantRow> home = ParticipantOf(state, movement.payer);
  return {FindRole(state, home, schema::AccountKind::FX, movement.payer_currency()),
          FindRole(state, home, schema::AccountKind::FX, movement.payee_currency())};
}

FewOf<int64_t, 4> RefundParts(const MovementRow& debit, int64_t minor) {
  const int64_t received = debit.payee_minor();
  const __int128 cumulative =
      std::min<__int128>(static_cast<__int128>(debit.refunded) + debit.refunding + minor, received);
  FewOf<int64_t, 4> parts(debit.legs.size(), 0);
  int64_t left = minor;
  const auto give = [&](size_t i, int64_t wanted) {
    const int64_t most = std::min(debit.legs[i].minor - debit.legs[i].given - parts[i], left);
    const int64_t part = std::clamp<int64_t>(wanted, 0, std::max<int64_t>(most, 0));
    parts[i] += part;
    left -= part;
  };
  // Shares of the cumulative amount by running totals, so that the shares add up to it.
  __int128 of_splits = 0;
  __int128 owed_before = 0;
  for (size_t i = 1; i < debit.legs.size(); ++i) {
    of_splits += debit.legs[i].minor;
    const __int128 owed = of_splits * cumulative / received;
    give(i, static_cast<int64_t>(owed - owed_before) - debit.legs[i].given);
    owed_before = owed;
  }
  give(0, left);
  for (size_t i = 1; i < debit.legs.size(); ++i) give(i, left);
  parts[0] += left;  // reported beyond what the debit moved
  return parts;
}

Ref<AccountRow> CreditedAccount(const State& state, Ref<AccountRow> account) {
  const AccountRow& row = state.accounts[account];
  if (row.status != schema::Status::CLOSED) return account;
  const auto suspense =
      FindRole(state, row.participant, schema::AccountKind::SUSPENSE, row.currency);
  return suspense.empty() ? account : suspense;
}

Booking BookDebit(const State& state, const MovementRow& debit) {
  Booking booking;
  booking.postings.push_back({debit.payer, -debit.amount});
  if (debit.exchanges()) {
    const FxAccounts fx = FxAccountsOf(state, debit);
    booking.postings.push_back({fx.of_payer, debit.amount});
    booking.postings.push_back({fx.of_payee, -debit.counter_amount});
  }
  for (const LegRow& leg : debit.legs) {
    if (leg.minor == 0) continue;
    Cross(state, debit, ParticipantOf(state, debit.payer), ParticipantOf(state, leg.account),
          leg.minor, booking);
    booking.postings.push_back({leg.account, leg.minor});
  }
  return booking;
}

Booking BookRefund(const State& state, const MovementRow& refund) {
  Booking booking;
  for (const LegRow& part : refund.legs) {
    if (part.minor == 0) continue;
    booking.postings.push_back({part.account, -part.minor});
    Cross(state, refund, ParticipantOf(state, part.account), ParticipantOf(state, refund.payer),
          part.minor, booking);
    if (refund.exchanges()) continue;
    booking.postings.push_back({refund.payer, part.minor});
  }
  if (refund.exchanges()) {
    const FxAccounts fx = FxAccountsOf(state, refund);
    booking.postings.push_back({fx.of_payee, refund.amount});
    booking.postings.push_back({fx.of_payer, -refund.counter_amount});
    booking.postings.push_back({refund.payer, refund.counter_amount});
  }
  return booking;
}

Decision CheckBooking(const State& state, const MovementRow& movement, const Booking& booking,
                      std::string_view amount_field) {
  const Ladder ladder;
  if (!booking.items.empty() && state.schemes[movement.scheme].open_cycle == 0) {
    return ladder.Refuse(Code::CYCLE_NOT_OPEN, "key");
  }
  if (BalancesOverflow(state, booking) ||
      (!booking.items.empty() && FlowsOverflow(state, movement, booking))) {
    return ladder.Refuse(Code::AMOUNT_OVERFLOW, std::string(amount_field));
  }
  return {};
}

Code LackOf(const State& state, Ref<SchemeRow> scheme, Ref<ParticipantRow> participant,
            uint16_t currency) {
  const auto method = state.schemes[scheme].method;
  const auto has = [&](schema::AccountKind kind, Ref<SchemeRow> of) {
    return !FindRole(state, participant, kind, currency, of).empty();
  };
  if (SettlesAtOnce(method) && !has(schema::AccountKind::SETTLEMENT, {})) {
    return Code::NO_SETTLEMENT_ACCOUNT;
  }
  // Who has none does not take part in the scheme.
  return has(schema::AccountKind::CLEARING, scheme) ? Code::NONE : Code::NO_CLEARING_ACCOUNT;
}

Code LackOnRoute(const State& state, const MovementRow& movement) {
  const Ref<ParticipantRow> home = ParticipantOf(state, movement.payer);
  for (const LegRow& leg : movement.legs) {
    const Ref<ParticipantRow> other = ParticipantOf(state, leg.account);
    // A payee that keeps nothing counts too: what a bank reports as given back beyond the debit
    // comes from it.
    if (other == home) continue;
    for (const Ref<ParticipantRow> participant : {home, other}) {
      const Code lack = LackOf(state, movement.scheme, participant, movement.payee_currency());
      if (lack != Code::NONE) return lack;
    }
  }
  return Code::NONE;
}

void Book(Change& change, MovementRow& movement, const Booking& booking) {
  for (const PostingRow& posting : booking.postings) change.Post(posting.account, posting.minor);
  if (booking.items.empty()) return;
  movement.cycle = change.state.schemes[movement.scheme].open_cycle;
  change.header.cycle = movement.cycle;
  const Ref<CycleRow> cycle = OpenCycleOf(change.state, movement.scheme);
  change.effects.late_for = MissedBy(change.state, cycle, movement.occurred_at);
  for (const FlowItem& item : booking.items) {
    change.AddItem({cycle, item.from, item.to, movement.payee_currency()}, item.minor);
  }
}

void Change::Post(Ref<AccountRow> account, int64_t minor) {
  AccountRow& row = state.accounts.Mutable(account);
  CHECK(!__builtin_add_overflow(row.balance, minor, &row.balance), "postings.overflow", row.name);
  effects.postings.push_back(
      {row.name, state.participants[row.participant].name, {minor, Currency{row.currency}}});
  Touch(account);
}

void Change::Hold(Ref<AccountRow> account, int64_t minor) {
  if (minor == 0) return;
  AccountRow& row = state.accounts.Mutable(account);
  CHECK(!__builtin_add_overflow(row.held, minor, &row.held), "holds.overflow", row.name);
  effects.holds.push_back({row.name, {minor, Currency{row.currency}}});
  Touch(account);
}

void Change::Touch(Ref<AccountRow> account) {
  if (std::find(touched_.begin(), touched_.end(), account) == touched_.end()) {
    touched_.push_back(account);
  }
}

void Change::AddItem(const FlowKey& key, int64_t minor, uint64_t count) {
  Ref<FlowRow> ref = state.flows.RefOf(key);
  if (ref.empty()) {
    ref = state.flows.Insert(key);
    state.cycles.Mutable(key.cycle).flows.push_back(ref);
    FlowRow& fresh = state.flows.Mutable(ref);
    fresh.sender = PositionOf(state, {key.cycle, key.from, key.currency});
    fresh.receiver = PositionOf(state, {key.cycle, key.to, key.currency});
  }
  FlowRow& flow = state.flows.Mutable(ref);
  state.positions.Mutable(flow.sender).out += minor;
  state.positions.Mutable(flow.receiver).in += minor;
  CHECK(!__builtin_add_overflow(flow.minor, minor, &flow.minor), "flows.overflow",
        key.cycle.number);
  flow.count += count;
  effects.items.push_back({state.cycles[key.cycle].sequence,
                           state.participants[key.from].name,
                           state.participants[key.to].name,
                           {minor, Currency{key.currency}},
                           count});
}

void Change::Finish() {
  for (const Ref<AccountRow> clearing : watched_) HoldCover(*this, clearing);
  // The money that is held is looked at, too.
  for (size_t i = 0; i < touched_.size(); ++i) {
    if (state.accounts[touched_[i]].kind == schema::AccountKind::CLEARING) {
      HoldCover(*this, touched_[i]);
    }
  }
  for (const Ref<AccountRow> account : touched_) {
    effects.accounts.push_back(ViewAccount(state, state.accounts[account]));
    WatchCap(state, account);
    MoneyChanged(*this, account);
  }
  for (const Ref<AccountRow> clearing : watched_) WatchCap(state, clearing);
}

}  // namespace longmen::engine
