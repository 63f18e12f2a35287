// Queues: what the money at the central bank does not cover waits for it (docs/rules.md, Queue).
#include "engine/ledger/queue.h"

#include <algorithm>
#include <limits>
#include <map>
#include <unordered_map>

namespace longmen::engine {
namespace {

constexpr uint8_t kBehindMax = 255;
// So far from the end of 64 bits that what waits in a queue together cannot reach it.
constexpr int64_t kFarFromFull = INT64_MAX / 2;

Ref<AccountRow> MoneyOf(const State& state, Ref<ParticipantRow> participant, uint16_t currency) {
  return FindRole(state, participant, schema::AccountKind::SETTLEMENT, currency);
}

bool SameSender(const QueuePlace& a, const QueuePlace& b) {
  return a.scheme == b.scheme && a.currency == b.currency && a.sender == b.sender;
}

// Before all places of a queue; with a sender, before all of that sender.
QueuePlace Before(const Name& scheme, uint16_t currency, const Name& sender = {}) {
  return {.scheme = scheme,
          .currency = currency,
          .sender = sender,
          .rank = std::numeric_limits<int64_t>::min()};
}

const QueuePlace* FirstOf(const OrderedSet<QueuePlace>& set, const QueuePlace& before) {
  const auto it = set.values().lower_bound(before);
  return it != set.values().end() && SameSender(*it, before) ? &*it : nullptr;
}

bool IsEmpty(const OrderedSet<QueuePlace>& places, const Name& scheme, uint16_t currency) {
  const auto it = places.values().lower_bound(Before(scheme, currency));
  return it == places.values().end() || it->scheme != scheme || it->currency != currency;
}

bool HasAny(const OrderedSet<QueuePlace>& places, const Name& scheme) {
  const auto it = places.values().lower_bound(Before(scheme, 0));
  return it != places.values().end() && it->scheme == scheme;
}

void Show(Change& change, const QueuedRow& row, WaitingStatus status) {
  const QueuePlace& place = row.place;
  change.effects.waiting.push_back({.movement = place.movement,
                                    .scheme = place.scheme,
                                    .sender = place.sender,
                                    .receiver = place.receiver,
                                    .amount = {place.minor, Currency{place.currency}},
                                    .status = status,
                                    .priority = static_cast<uint8_t>(kBehindMax - place.behind),
                                    .rank = place.rank});
}

// Keeps which payment of a sender can settle alone, if one can.
void LookAt(State& state, Ref<SchemeRow> scheme, Ref<ParticipantRow> sender, uint16_t currency) {
  const SchemeRow& row = state.schemes[scheme];
  const QueuePlace before = Before(row.name, currency, state.participants[sender].name);
  if (const QueuePlace* old = FirstOf(state.releasable, before)) {
    state.releasable.Erase(QueuePlace(*old));
  }
  const AccountRow& money = state.accounts[MoneyOf(state, sender, currency)];
  const auto& places = state.places.values();
  for (auto it = places.lower_bound(before); it != places.end() && SameSender(*it, before); ++it) {
    if (HasLiquidity(money, it->minor)) return state.releasable.Insert(*it);
    if (!row.bypasses_fifo) return;
  }
}

void StopResolving(State& state, const Name& scheme, QueueRow& queue) {
  state.queue_timers.Erase(
      {queue.resolve_at, QueueTimer::Kind::kResolve, scheme, queue.row_key.currency});
  queue.resolve_at = 0;
}

void StopWindow(State& state, SchemeRow& scheme) {
  state.queue_timers.Erase({scheme.window_at, QueueTimer::Kind::kWindow, scheme.name, 0});
  scheme.window_at = 0;
}

// Something is different from when a resolution was tried last: it is tried again in time.
void Changed(State& state, Ref<SchemeRow> scheme, uint16_t currency, Nanos now) {
  const SchemeRow& row = state.schemes[scheme];
  const Ref<QueueRow> ref = state.queues.RefOf({scheme, currency});
  QueueRow& queue = state.queues.Mutable(ref);
  if (IsEmpty(state.places, row.name, currency)) {
    StopResolving(state, row.name, queue);
    state.resolving.Erase({row.name, currency});
  } else if (row.resolve_minutes > 0 && queue.resolve_at == 0) {
    const Nanos every = row.resolve_minutes * kNanosPerMinute;
    const Nanos last = FloorDivide(now, every) * every;
    if (last <= INT64_MAX - every) queue.resolve_at = last + every;
    if (queue.resolve_at != 0) {
      state.queue_timers.Insert({queue.resolve_at, QueueTimer::Kind::kResolve, row.name, currency});
    }
  }
  SchemeRow& of = state.schemes.Mutable(scheme);
  const bool waits = HasAny(state.places, of.name) || HasAny(state.held, of.name);
  if (!waits) {
    StopWindow(state, of);
    state.ending.Erase(of.name);
  } else if (of.window_minutes > 0 && of.window_at == 0 &&
             !state.ending.values().contains(of.name)) {
    of.window_at = TimesOf(state, of).NextEnd(now, of.window_minutes);
    state.queue_timers.Insert({of.window_at, QueueTimer::Kind::kWindow, of.name, 0});
  }
}

void Changed(Change& change, const QueuedRow& row) {
  LookAt(change.state, row.scheme, row.sender, row.place.currency);
  Changed(change.state, row.scheme, row.place.currency, change.header.recorded_at);
}

void Count(State& state, const QueuedRow& row, int sign) {
  QueueRow& queue = state.queues.Mutable(state.queues.Upsert({row.scheme, row.place.currency}));
  queue.count += static_cast<uint32_t>(sign);
  queue.minor += sign * row.place.minor;
}

OrderedSet<QueuePlace>& SetOf(State& state, WaitingStatus status) {
  if (status == WaitingStatus::kHeld) return state.held;
  return status == WaitingStatus::kSettled ? state.settled : state.places;
}

}  // namespace

SchemeTimes TimesOf(const State& state, const SchemeRow& scheme) {
  SchemeTimes times{.hours = scheme.hours,
                    .cut_off_minute = scheme.cut_off_minute,
                    .utc_offset_minutes = state.utc_offset_minutes};
  if (!scheme.calendar.empty()) {
    times.calendar = &state.calendars[scheme.calendar].calendar;
    times.utc_offset_minutes = times.calendar->utc_offset_minutes;
  }
  return times;
}

const QueuedRow* FindQueued(const State& state, const MovementRow& movement) {
  if (state.queued.size() == 0) return nullptr;
  return state.queued.Find({movement.source, movement.id});
}

bool MustWait(const State& state, const MovementRow& movement, uint8_t priority, bool reported) {
  if (reported || movement.scheme.empty() || movement.outcome != schema::Outcome::SUCCEEDED) {
    return false;
  }
  const SchemeRow& scheme = state.schemes[movement.scheme];
  if (scheme.method != schema::SettlementMethod::QUEUED) return false;
  const auto items = ItemsOf(state, movement);
  if (items.empty()) return false;
  const uint16_t currency = movement.payee_currency();
  const auto sender = items.front().from;
  __int128 sent = 0;
  for (const FlowItem& item : items) sent += item.minor;
  if (!HasLiquidity(state.accounts[MoneyOf(state, sender, currency)], sent)) return true;
  if (scheme.bypasses_fifo) return false;
  const QueuePlace* first =
      FirstOf(state.places, Before(scheme.name, currency, state.participants[sender].name));
  return first != nullptr && first->behind <= kBehindMax - priority;
}

bool IsBookable(const State& state, const MovementRow& movement) {
  const auto far = [&](Ref<AccountRow> account) {
    const int64_t balance = state.accounts[account].balance;
    return balance < kFarFromFull && balance > -kFarFromFull;
  };
  const uint16_t currency = movement.payee_currency();
  const auto with_scheme = [&](Ref<ParticipantRow> participant) {
    return far(MoneyOf(state, participant, currency)) &&
           far(FindRole(state, participant, schema::AccountKind::CLEARING, currency,
                        movement.scheme));
  };
  const auto cycle = OpenCycleOf(state, movement.scheme);
  const auto in_cycle = [&](Ref<ParticipantRow> participant) {
    const PositionRow* row = state.positions.Find({cycle, participant, currency});
    return row == nullptr || (row->in < kFarFromFull && row->out < kFarFromFull);
  };
  const auto from = state.accounts[movement.payer].participant;
  for (const LegRow& leg : movement.legs) {
    const auto to = state.accounts[leg.account].participant;
    const auto credited = CreditedAccount(state, leg.account);
    if (!far(credited) || !with_scheme(to) || !in_cycle(to)) return false;
  }
  return far(movement.payer) && with_scheme(from) && in_cycle(from);
}

Code ObjectionToWaiting(const State& state, const MovementRow& movement) {
  const auto items = ItemsOf(state, movement);
  // What goes to several participants, or is exchanged on its way, settles at once or not at all.
  if (items.size() != 1 || movement.exchanges()) return Code::INSUFFICIENT_LIQUIDITY;
  const QueueRow* queue = state.queues.Find({movement.scheme, movement.payee_currency()});
  if (queue != nullptr &&
      (queue->count >= kQueuedMax || queue->minor > kQueuedMinorMax - items.front().minor)) {
    return Code::QUEUE_FULL;
  }
  return IsBookable(state, movement) ? Code::NONE : Code::AMOUNT_OVERFLOW;
}

void Enqueue(Change& change, const MovementRow& movement, uint8_t priority, bool completes) {
  State& state = change.state;
  const FlowItem item = ItemsOf(state, movement).front();
  const Ref<QueuedRow> ref = state.queued.Insert({movement.source, movement.id});
  QueuedRow& row = state.queued.Mutable(ref);
  row.scheme = movement.scheme;
  row.sender = item.from;
  row.completes = completes;
  row.status = WaitingStatus::kWaiting;
  row.place = {.scheme = state.schemes[movement.scheme].name,
               .currency = movement.payee_currency(),
               .sender = state.participants[item.from].name,
               .behind = static_cast<uint8_t>(kBehindMax - priority),
               .rank = static_cast<int64_t>(change.header.sequence),
               .movement = movement.sequence,
               .minor = item.minor,
               .receiver = state.participants[item.to].name};
  state.places.Insert(row.place);
  Count(state, row, +1);
  Changed(change, row);
  Show(change, row, row.status);
}

void Move(Change& change, const MovementRow& movement, schema::QueueAction action,
          uint8_t priority) {
  State& state = change.state;
  QueuedRow& row = state.queued.Mutable(state.queued.RefOf({movement.source, movement.id}));
  const auto sequence = static_cast<int64_t>(change.header.sequence);
  QueuePlace place = row.place;
  WaitingStatus status = row.status;
  switch (action) {
    case schema::QueueAction::HOLD:
      status = WaitingStatus::kHeld;
      break;
    case schema::QueueAction::RELEASE:
      status = WaitingStatus::kWaiting;
      break;
    case schema::QueueAction::FIRST:
      place.rank = -sequence;
      break;
    case schema::QueueAction::LAST:
      place.rank = sequence;
      break;
    case schema::QueueAction::PRIORITISE:
      place.behind = static_cast<uint8_t>(kBehindMax - priority);
      place.rank = sequence;
      break;
    case schema::QueueAction::NONE:
      break;
  }
  if (place == row.place && status == row.status) return Show(change, row, status);
  SetOf(state, row.status).Erase(row.place);
  row.place = place;
  row.status = status;
  SetOf(state, status).Insert(place);
  Changed(change, row);
  Show(change, row, row.status);
}

void LeaveQueue(Change& change, const MovementRow& movement) {
  State& state = change.state;
  const Ref<QueuedRow> ref = state.queued.RefOf({movement.source, movement.id});
  const QueuedRow row = state.queued[ref];
  SetOf(state, row.status).Erase(row.place);
  state.queued.Erase(ref);
  if (row.status != WaitingStatus::kSettled) {
    Count(state, row, -1);
    Changed(change, row);
  }
  Show(change, row, WaitingStatus::kGone);
}

void TermsChanged(State& state, Ref<SchemeRow> scheme, Nanos now) {
  SchemeRow& row = state.schemes.Mutable(scheme);
  StopWindow(state, row);
  state.queues.ForEach([&](Ref<QueueRow> ref, const QueueRow& known) {
    const auto [of, currency] = known.row_key;
    if (of != scheme) return;
    QueueRow& queue = state.queues.Mutable(ref);
    StopResolving(state, row.name, queue);
    Changed(state, scheme, currency, now);
  });
}

void MoneyChanged(Change& change, Ref<AccountRow> account) {
  State& state = change.state;
  if (state.places.values().empty()) return;
  const AccountRow& row = state.accounts[account];
  if (!IsAtCentralBank(row.kind)) return;
  state.queues.ForEach([&](Ref<QueueRow>, const QueueRow& queue) {
    const auto [scheme, currency] = queue.row_key;
    if (currency != row.currency) return;
    const Name& sender = state.participants[row.participant].name;
    if (FirstOf(state.places, Before(state.schemes[scheme].name, currency, sender)) == nullptr) {
      return;
    }
    LookAt(state, scheme, row.participant, currency);
    Changed(state, scheme, currency, change.header.recorded_at);
  });
}

bool NothingWaits(const State& state, Ref<SchemeRow> scheme, uint16_t currency) {
  return IsEmpty(state.places, state.schemes[scheme].name, currency);
}

std::vector<QueuePlace> PlacesIn(const State& state, Ref<SchemeRow> scheme, uint16_t currency) {
  std::vector<QueuePlace> found;
  const Name& name = state.schemes[scheme].name;
  const auto& places = state.places.values();
  for (auto it = places.lower_bound(Before(name, currency));
       it != places.end() && it->scheme == name && it->currency == currency; ++it) {
    found.push_back(*it);
  }
  return found;
}

WaitingPayments WaitingIn(const State& state, Ref<SchemeRow> scheme, uint16_t currency) {
  WaitingPayments waiting{.places = PlacesIn(state, scheme, currency), .queue = {}};
  std::unordered_map<const std::string*, uint32_t> numbers;
  const auto number_of = [&](const Name& participant) {
    const auto [it, fresh] =
        numbers.try_emplace(&participant.text(), static_cast<uint32_t>(numbers.size()));
    if (!fresh) return it->second;
    const auto money = MoneyOf(state, state.participants.RefOf(participant), currency);
    const AccountRow& account = state.accounts[money];
    const __int128 most = account.unlimited ? kFarFromFull : LiquidityOf(account);
    waiting.queue.liquidity.push_back(
        static_cast<int64_t>(std::clamp<__int128>(most, -kFarFromFull, kFarFromFull)));
    return it->second;
  };
  for (const QueuePlace& place : waiting.places) {
    const uint32_t from = number_of(place.sender);
    waiting.queue.payments.push_back({from, number_of(place.receiver), place.minor});
  }
  return waiting;
}

void AskResolution(State& state, Ref<SchemeRow> scheme, uint16_t currency,
                   schema::ResolutionMode mode) {
  state.queues.Mutable(state.queues.RefOf({scheme, currency})).asked = mode;
  state.resolving.Insert({state.schemes[scheme].name, currency});
}

namespace {

// A resolution was tried: not again until something changes.
void Tried(State& state, Ref<SchemeRow> scheme, uint16_t currency) {
  const Name& name = state.schemes[scheme].name;
  QueueRow& queue = state.queues.Mutable(state.queues.RefOf({scheme, currency}));
  StopResolving(state, name, queue);
  state.resolving.Erase({name, currency});
}

bool IsChosen(capnp::Data::Reader chosen, size_t i) { return (chosen[i / 8] >> (i % 8) & 1) != 0; }

}  // namespace

void ApplyDeadlocked(Change& change, Ref<SchemeRow> scheme, schema::Settlement::Reader settlement) {
  Tried(change.state, scheme, settlement.getCurrency());
}

// Interbank, all at once: every participant's net. What the payments are to their payers and payees
// is booked one by one, right after, against the clearing accounts.
void ApplyQueueSettled(Change& change, Ref<SchemeRow> scheme,
                       schema::Settlement::Reader settlement) {
  State& state = change.state;
  const uint16_t currency = settlement.getCurrency();
  Tried(state, scheme, currency);
  const std::vector<QueuePlace> places = PlacesIn(state, scheme, currency);
  std::map<Name, __int128> nets;
  std::vector<Ref<ParticipantRow>> senders;
  for (size_t i = 0; i < places.size(); ++i) {
    if (!IsChosen(settlement.getChosen(), i)) continue;
    const QueuePlace& place = places[i];
    const MovementRow& movement = *state.movements.Find(place.movement);
    QueuedRow& row = state.queued.Mutable(state.queued.RefOf({movement.source, movement.id}));
    state.places.Erase(place);
    state.settled.Insert(place);
    Count(state, row, -1);
    row.status = WaitingStatus::kSettled;
    if (senders.empty() || senders.back() != row.sender) senders.push_back(row.sender);
    nets[place.sender] -= place.minor;
    nets[place.receiver] += place.minor;
    Show(change, row, row.status);
  }
  for (const auto& [name, net] : nets) {
    if (net == 0) continue;
    const auto participant = state.participants.RefOf(name);
    const auto clearing =
        FindRole(state, participant, schema::AccountKind::CLEARING, currency, scheme);
    change.Post(clearing, static_cast<int64_t>(net));
    change.Post(MoneyOf(state, participant, currency), static_cast<int64_t>(-net));
  }
  for (const Ref<ParticipantRow> sender : senders) LookAt(state, scheme, sender, currency);
  Changed(state, scheme, currency, change.header.recorded_at);
}

void ApplyWindowEnded(Change& change, Ref<SchemeRow> scheme) {
  State& state = change.state;
  SchemeRow& row = state.schemes.Mutable(scheme);
  StopWindow(state, row);
  state.ending.Insert(row.name);
  std::vector<uint16_t> currencies;
  state.queues.ForEach([&](Ref<QueueRow>, const QueueRow& queue) {
    if (queue.row_key.scheme == scheme) currencies.push_back(queue.row_key.currency);
  });
  for (const uint16_t currency : currencies) {
    if (!NothingWaits(state, scheme, currency)) {
      AskResolution(state, scheme, currency, row.resolution);
    }
  }
}

}  // namespace longmen::engine
