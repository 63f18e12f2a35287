#include <fmt/format.h>

#include <algorithm>

#include "engine/clearing/gridlock.h"
#include "tests/reference/decision.h"
#include "tests/reference/reference_ledger.h"

namespace longmen::reference {

void Decision::ObjectToHours(const Movement& movement) {
  if (movement.scheme.empty() || !state_.Queued(movement.scheme)) return;
  const Scheme& scheme = state_.schemes.at(movement.scheme);
  if (scheme.hours.empty() || state_.ItemsOf(movement).empty()) return;
  // Schemes with hours have no calendar here: every day is like the other.
  constexpr int64_t kDay = 24 * 60;
  const int64_t minute = FloorDivide(now_, kNanosPerMinute) + state_.ledger_offset_minutes;
  bool open = false;
  for (const auto& [from, to] : scheme.hours) {
    const int64_t of_day = minute - FloorDivide(minute, kDay) * kDay;
    for (const int64_t shift : {int64_t{0}, -kDay}) {
      if (of_day + shift >= from && of_day + shift < to) open = true;
    }
  }
  ObjectIf(!open, Code::SCHEME_CLOSED, "debit.scheme");
}

void Decision::Wait(Movement& movement, uint8_t priority, bool completes) {
  const bool fits = state_.ItemsOf(movement).size() == 1 && !movement.exchanges();
  RefuseIf(!fits, Code::INSUFFICIENT_LIQUIDITY, "debit.scheme");
  movement.outcome = schema::Outcome::PENDING;
  state_.waiting[movement.sequence] = {
      .priority = priority, .rank = static_cast<int64_t>(sequence_), .completes = completes};
}

void Decision::ChangeWaiting(Movement& movement) {
  auto given = proposal_.getBody().getDebit();
  Waiting& entry = state_.waiting.at(movement.sequence);
  const bool decides = given.getOutcome() == schema::Outcome::SUCCEEDED ||
                       given.getOutcome() == schema::Outcome::UNKNOWN;
  RefuseIf(decides, Code::WAITS_IN_QUEUE, "debit.outcome");
  const auto rank = static_cast<int64_t>(sequence_);
  switch (given.getQueueAction()) {
    case schema::QueueAction::PRIORITISE:
      RefuseIf(!state_.schemes.at(movement.scheme).changes_priority, Code::PRIORITY_FIXED,
               "debit.priority");
      entry.priority = given.getPriority();
      entry.rank = rank;
      break;
    case schema::QueueAction::HOLD:
      entry.held = true;
      break;
    case schema::QueueAction::RELEASE:
      entry.held = false;
      break;
    case schema::QueueAction::FIRST:
      entry.rank = -rank;
      break;
    case schema::QueueAction::LAST:
      entry.rank = rank;
      break;
    case schema::QueueAction::NONE:
      break;
  }
  if (given.getOutcome() == schema::Outcome::FAILED) Release(movement, false);
}

void Decision::Release(Movement& movement, bool settles) {
  const bool completes = settles && state_.waiting.at(movement.sequence).completes;
  movement.outcome = settles ? schema::Outcome::SUCCEEDED : schema::Outcome::FAILED;
  if (settles) BookDebit(movement);
  if (!settles && movement.debit_kind == schema::DebitKind::PAYMENT) {
    Order& order = state_.orders.at(movement.name);
    if (IsLive(order.status)) order.held += movement.from_order_hold;
  }
  state_.waiting.erase(movement.sequence);
  CloseOrderOf(movement, completes);
}

void Decision::AskResolution(const Cycle& found) {
  auto given = proposal_.getBody().getSettlement();
  RefuseIf(!state_.Queued(found.scheme), Code::ROUTE_MISMATCH, "settlement.action");
  RefuseIf(found.status != CycleStatus::kOpen, Code::CYCLE_NOT_OPEN, "key");
  RefuseIf(state_.QueueOf(found.scheme, given.getCurrency()).empty(), Code::NOTHING_WAITS,
           "settlement.currency");
  state_.schemes.at(found.scheme).asked[given.getCurrency()] = given.getMode();
}

namespace {

using Queue = std::vector<Sequence>;

// Drops the last payment of whoever has too little, until nobody has.
std::vector<bool> Fifo(const State& state, const Queue& queue, const std::vector<Wide>& before,
                       const std::map<std::string, size_t>& number) {
  std::vector<bool> in(queue.size(), true);
  for (;;) {
    std::vector<Wide> money = before;
    for (size_t i = 0; i < queue.size(); ++i) {
      if (!in[i]) continue;
      const Movement& movement = state.movements.at(queue[i]);
      const Item item = state.ItemsOf(movement).front();
      money[number.at(item.from)] -= item.minor;
      money[number.at(item.to)] += item.minor;
    }
    bool dropped = false;
    for (size_t i = queue.size(); i-- > 0 && !dropped;) {
      const size_t sender = number.at(state.SenderOf(state.movements.at(queue[i])));
      if (!in[i] || money[sender] >= std::min<Wide>(0, before[sender])) continue;
      in[i] = false;
      dropped = true;
    }
    if (!dropped) return in;
  }
}

}  // namespace

// A set that settles together: every participant's net, against its account in the scheme.
bool ReferenceLedger::Resolve(const std::string& name, uint16_t currency,
                              schema::ResolutionMode mode, Nanos at, Nanos now) {
  using enum schema::AccountKind;
  Scheme& scheme = state_.schemes.at(name);
  const Queue queue = state_.QueueOf(name, currency);
  std::map<std::string, size_t> number;
  std::vector<Wide> money;
  engine::PaymentQueue given;
  for (const Sequence sequence : queue) {
    const Item item = state_.ItemsOf(state_.movements.at(sequence)).front();
    for (const std::string& participant : {item.from, item.to}) {
      if (!number.try_emplace(participant, number.size()).second) continue;
      const auto liquidity =
          state_.Liquidity(state_.SpecialAccount(SETTLEMENT, participant, currency));
      money.push_back(liquidity ? *liquidity : Wide{INT64_MAX / 2});
      given.liquidity.push_back(static_cast<int64_t>(money.back()));
    }
    given.payments.push_back({static_cast<uint32_t>(number.at(item.from)),
                              static_cast<uint32_t>(number.at(item.to)), item.minor});
  }
  // What is worth most has a naive twin of its own (tests/engine/clearing).
  const std::vector<bool> settles = mode == schema::ResolutionMode::FIFO
                                        ? Fifo(state_, queue, money, number)
                                        : engine::ResolveByValue(given).settles;
  scheme.resolve_at.erase(currency);
  scheme.asked.erase(currency);
  const bool any = std::find(settles.begin(), settles.end(), true) != settles.end();
  RefRecord& record = Append(now, any ? "settlement queue settled" : "settlement deadlocked",
                             state_.cycles.at(state_.OpenCycle(name)).name, at);
  record.header.cycle = state_.OpenCycle(name);
  std::map<std::string, Wide> nets;
  for (size_t i = 0; i < queue.size(); ++i) {
    if (!settles[i]) continue;
    const Item item = state_.ItemsOf(state_.movements.at(queue[i])).front();
    state_.waiting.at(queue[i]).settled = true;
    nets[item.from] -= item.minor;
    nets[item.to] += item.minor;
  }
  for (const auto& [participant, net] : nets) {
    if (net == 0) continue;
    const auto minor = static_cast<int64_t>(net);
    state_.postings.push_back(
        {state_.SpecialAccount(CLEARING, participant, currency, name), minor});
    state_.postings.push_back({state_.SpecialAccount(SETTLEMENT, participant, currency), -minor});
  }
  return true;
}

void ReferenceLedger::ReleaseOne(Sequence movement, bool settles, Nanos now) {
  Decision decision(state_, schema::Proposal::Reader(), now, last_sequence() + 1);
  Movement& released = state_.movements.at(movement);
  decision.Release(released, settles);
  RefRecord& record = Append(now, "debit", released.name.second, now);
  record.header.cycle = decision.cycle;
}

bool ReferenceLedger::BookSettled(Nanos now) {
  std::vector<std::tuple<std::string, uint16_t, std::string, int, int64_t, Sequence>> settled;
  for (const auto& [sequence, entry] : state_.waiting) {
    const Movement& movement = state_.movements.at(sequence);
    if (!entry.settled) continue;
    settled.emplace_back(movement.scheme, movement.payees_currency(), state_.SenderOf(movement),
                         -entry.priority, entry.rank, sequence);
  }
  if (settled.empty()) return false;
  ReleaseOne(std::get<5>(*std::min_element(settled.begin(), settled.end())), true, now);
  return true;
}

bool ReferenceLedger::FireQueueTimer(Nanos now) {
  std::set<std::tuple<Nanos, bool, std::string, uint16_t>> due;
  for (const auto& [name, scheme] : state_.schemes) {
    for (const auto& [currency, at] : scheme.resolve_at) {
      if (at < now) due.insert({at, false, name, currency});
    }
    if (scheme.window_at != 0 && scheme.window_at < now) {
      due.insert({scheme.window_at, true, name, 0});
    }
  }
  if (due.empty()) return false;
  const auto [at, ends, name, currency] = *due.begin();
  Scheme& scheme = state_.schemes.at(name);
  if (!ends) return Resolve(name, currency, scheme.resolution, at, now);
  scheme.window_at = 0;
  scheme.ending = true;
  for (const uint16_t waiting : state_.QueueCurrencies(name)) {
    if (!state_.QueueOf(name, waiting).empty()) scheme.asked[waiting] = scheme.resolution;
  }
  const Sequence cycle = state_.OpenCycle(name);
  Append(now, "settlement window ended", state_.cycles.at(cycle).name, at).header.cycle = cycle;
  return true;
}

// One thing that a queue has to do, if one has.
bool ReferenceLedger::WorkQueues(Nanos now) {
  if (FireQueueTimer(now)) return true;
  for (const auto& [name, scheme] : state_.schemes) {
    if (scheme.asked.empty()) continue;
    const auto [currency, mode] = *scheme.asked.begin();
    return Resolve(name, currency, mode, now, now);
  }
  for (const auto& [name, scheme] : state_.schemes) {
    for (const uint16_t currency : state_.QueueCurrencies(name)) {
      std::set<std::string> stopped;  // senders of whom one does not settle
      for (const Sequence sequence : state_.QueueOf(name, currency)) {
        const Movement& movement = state_.movements.at(sequence);
        const std::string sender = state_.SenderOf(movement);
        const auto liquidity = state_.Liquidity(
            state_.SpecialAccount(schema::AccountKind::SETTLEMENT, sender, currency));
        const int64_t minor = state_.ItemsOf(movement).front().minor;
        if (stopped.contains(sender)) continue;
        if (!liquidity || minor <= *liquidity) {
          ReleaseOne(sequence, true, now);
          return true;
        }
        if (!scheme.bypasses_fifo) stopped.insert(sender);
      }
    }
  }
  for (const auto& [name, scheme] : state_.schemes) {
    if (!scheme.ending) continue;
    for (const bool held : {false, true}) {
      std::vector<std::tuple<uint16_t, std::string, int, int64_t, Sequence>> left;
      for (const auto& [sequence, entry] : state_.waiting) {
        const Movement& movement = state_.movements.at(sequence);
        if (entry.held != held || movement.scheme != name) continue;
        left.emplace_back(movement.payees_currency(), state_.SenderOf(movement), -entry.priority,
                          entry.rank, sequence);
      }
      if (left.empty()) continue;
      ReleaseOne(std::get<4>(*std::min_element(left.begin(), left.end())), false, now);
      return true;
    }
  }
  return false;
}

// What the queues look like: what waits and how, and of every sender of what is not held what was
// booked on, held of and registered as its account at the central bank.
ReferenceLedger::QueueView ReferenceLedger::ViewQueues() const {
  QueueView view;
  for (const auto& [sequence, entry] : state_.waiting) {
    if (entry.settled) continue;
    const Movement& movement = state_.movements.at(sequence);
    const uint16_t currency = movement.payees_currency();
    std::string& text = view.text[{movement.scheme, currency}];
    text += fmt::format("{} {} {} {};", sequence, entry.priority, entry.rank, entry.held);
  }
  for (const auto& [name, account] : state_.accounts) {
    if (account.kind != schema::AccountKind::SETTLEMENT) continue;
    const auto booked =
        std::count_if(state_.postings.begin(), state_.postings.end(),
                      [&name](const Part& posting) { return posting.account == name; });
    view.money[name] = {booked, static_cast<int64_t>(state_.Held(name))};
  }
  return view;
}

// After a record: timers follow what has changed of the queues. `registered` is what it registered,
// or empty.
void ReferenceLedger::FollowQueues(const QueueView& before, const std::string& registered,
                                   Nanos now) {
  const QueueView after = ViewQueues();
  std::set<std::pair<std::string, uint16_t>> queues;
  for (const auto& [queue, text] : before.text) queues.insert(queue);
  for (const auto& [queue, text] : after.text) queues.insert(queue);
  for (const auto& queue : queues) {
    const auto& [name, currency] = queue;
    Scheme& scheme = state_.schemes.at(name);
    const std::vector<Sequence> waiting = state_.QueueOf(name, currency);
    const auto text = [&queue](const QueueView& view) {
      const auto found = view.text.find(queue);
      return found == view.text.end() ? std::string() : found->second;
    };
    bool changed = text(before) != text(after) || name == registered;
    for (const Sequence sequence : waiting) {
      const std::string money =
          state_.SpecialAccount(schema::AccountKind::SETTLEMENT,
                                state_.SenderOf(state_.movements.at(sequence)), currency);
      const auto then = before.money.find(money);
      changed = changed || money == registered || then == before.money.end() ||
                then->second != after.money.at(money);
    }
    if (!changed) continue;
    if (waiting.empty()) {
      scheme.resolve_at.erase(currency);
      scheme.asked.erase(currency);
    } else if (scheme.resolve_minutes > 0 && !scheme.resolve_at.contains(currency)) {
      const Nanos every = scheme.resolve_minutes * kNanosPerMinute;
      scheme.resolve_at[currency] = (FloorDivide(now, every) + 1) * every;
    }
    if (!state_.AnythingWaits(name)) {
      scheme.window_at = 0;
      scheme.ending = false;
    } else if (scheme.window_minutes > 0 && scheme.window_at == 0 && !scheme.ending) {
      constexpr int64_t kDay = 24 * 60;
      const int64_t minute = FloorDivide(now, kNanosPerMinute) + state_.ledger_offset_minutes;
      const int64_t end_of_day = scheme.hours.back().second + scheme.window_minutes;
      int64_t end = (FloorDivide(minute, kDay) - 2) * kDay + end_of_day;
      while (end <= minute) end += kDay;
      scheme.window_at = (end - state_.ledger_offset_minutes) * kNanosPerMinute;
    }
  }
}

}  // namespace longmen::reference
