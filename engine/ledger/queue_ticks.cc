// What the engine writes for queues (docs/rules.md, Ticks).
#include <capnp/message.h>

#include "engine/ledger/queue.h"

namespace longmen::engine {
namespace {

ProposalBytes Seal(capnp::MallocMessageBuilder& message) {
  auto sealed = Canonicalize(message.getRoot<schema::Proposal>().asReader());
  CHECK(sealed.ok(), "queue.seal");
  return std::move(sealed).value();
}

// The outcome of a payment that waits: it settles, or goes back to its payer.
ProposalBytes Outcome(const State& state, const QueuePlace& place, schema::Outcome outcome,
                      const char* reason, Nanos now) {
  const MovementRow& movement = *state.movements.Find(place.movement);
  capnp::MallocMessageBuilder message;
  auto proposal = message.initRoot<schema::Proposal>();
  proposal.setOccurredAt(now);
  proposal.setScenario(movement.scenario);
  if (movement.key.size() > 0) proposal.setKey(movement.key.c_str());
  auto debit = proposal.getBody().initDebit();
  debit.getAmount().setMinor(movement.amount);
  debit.getAmount().setCurrency(movement.currency);
  debit.setBasis(schema::Basis::REPORTED);
  debit.setOutcome(outcome);
  debit.setKind(movement.debit_kind);
  const bool succeeded = outcome == schema::Outcome::SUCCEEDED;
  debit.setCompletes(succeeded && FindQueued(state, movement)->completes);
  if (!succeeded) debit.setReason(reason);
  auto resolves = debit.initResolves();
  resolves.setSource(state.source_names[movement.source].name.c_str());
  resolves.setId(movement.id.c_str());
  return Seal(message);
}

ProposalBytes Return(const State& state, const QueuePlace& place, const char* reason, Nanos now) {
  return Outcome(state, place, schema::Outcome::FAILED, reason, now);
}

constexpr const char* kTooLarge = "its booking would leave 64 bits";

schema::Settlement::Builder About(const State& state, Ref<SchemeRow> scheme,
                                  schema::Proposal::Builder proposal, Nanos at) {
  proposal.setOccurredAt(at);
  proposal.setKey(state.cycles[OpenCycleOf(state, scheme)].name.c_str());
  auto settlement = proposal.getBody().initSettlement();
  settlement.setScheme(state.schemes[scheme].name.c_str());
  return settlement;
}

// What is settled together, or that nothing can be. What could not be booked any more goes back
// first.
ProposalBytes Resolve(const State& state, Ref<SchemeRow> scheme, uint16_t currency,
                      schema::ResolutionMode mode, Nanos at, Nanos now) {
  const WaitingPayments waiting = WaitingIn(state, scheme, currency);
  for (const QueuePlace& place : waiting.places) {
    if (!IsBookable(state, *state.movements.Find(place.movement))) {
      return Return(state, place, kTooLarge, now);
    }
  }
  const Resolution found = mode == schema::ResolutionMode::FIFO ? ResolveFifo(waiting.queue)
                                                                : ResolveByValue(waiting.queue);
  capnp::MallocMessageBuilder message;
  auto settlement = About(state, scheme, message.initRoot<schema::Proposal>(), at);
  settlement.setMode(mode);
  settlement.setCurrency(currency);
  settlement.setValueMaxMinor(static_cast<int64_t>(found.value_max));
  if (found.count == 0) {
    settlement.setAction(schema::SettlementAction::QUEUE_DEADLOCKED);
    settlement.setCount(static_cast<uint32_t>(waiting.places.size()));
    int64_t minor = 0;
    for (const QueuePlace& place : waiting.places) minor += place.minor;
    settlement.setValueMinor(minor);
    return Seal(message);
  }
  settlement.setAction(schema::SettlementAction::QUEUE_SETTLED);
  settlement.setCount(static_cast<uint32_t>(found.count));
  settlement.setValueMinor(static_cast<int64_t>(found.value));
  auto chosen = settlement.initChosen(static_cast<uint32_t>((waiting.places.size() + 7) / 8));
  for (size_t i = 0; i < waiting.places.size(); ++i) {
    if (found.settles[i]) chosen[i / 8] = static_cast<uint8_t>(chosen[i / 8] | 1u << (i % 8));
  }
  return Seal(message);
}

ProposalBytes EndWindow(const State& state, const QueueTimer& timer) {
  capnp::MallocMessageBuilder message;
  auto settlement = About(state, state.schemes.RefOf(timer.scheme),
                          message.initRoot<schema::Proposal>(), timer.at);
  settlement.setAction(schema::SettlementAction::WINDOW_ENDED);
  return Seal(message);
}

// Of what is left of a scheme, what waits before what is held.
const QueuePlace& FirstLeft(const State& state, const std::string& scheme) {
  for (const auto* set : {&state.places, &state.held}) {
    const auto it =
        set->values().lower_bound({.scheme = scheme, .rank = std::numeric_limits<int64_t>::min()});
    if (it != set->values().end() && it->scheme == scheme) return *it;
  }
  CHECK(false, "queue.first_left", scheme);
}

}  // namespace

std::optional<ProposalBytes> NextBooking(const State& state, Nanos now) {
  if (state.settled.values().empty()) return std::nullopt;
  return Outcome(state, *state.settled.values().begin(), schema::Outcome::SUCCEEDED, "", now);
}

std::optional<ProposalBytes> NextOfQueues(const State& state, Nanos now) {
  const auto& timers = state.queue_timers.values();
  if (!timers.empty() && timers.begin()->at < now) {
    const QueueTimer& timer = *timers.begin();
    if (timer.kind == QueueTimer::Kind::kWindow) return EndWindow(state, timer);
    const auto scheme = state.schemes.RefOf(timer.scheme);
    return Resolve(state, scheme, timer.currency, state.schemes[scheme].resolution, timer.at, now);
  }
  if (!state.resolving.values().empty()) {
    const QueueName& queue = *state.resolving.values().begin();
    const auto scheme = state.schemes.RefOf(queue.scheme);
    const auto mode = state.queues.Find({scheme, queue.currency})->asked;
    return Resolve(state, scheme, queue.currency, mode, now, now);
  }
  if (!state.releasable.values().empty()) {
    const QueuePlace& place = *state.releasable.values().begin();
    const bool bookable = IsBookable(state, *state.movements.Find(place.movement));
    return bookable ? Outcome(state, place, schema::Outcome::SUCCEEDED, "", now)
                    : Return(state, place, kTooLarge, now);
  }
  if (!state.ending.values().empty()) {
    return Return(state, FirstLeft(state, *state.ending.values().begin()), "the window has ended",
                  now);
  }
  return std::nullopt;
}

std::optional<Nanos> QueuesDueAt(const State& state) {
  if (!state.settled.values().empty() || !state.resolving.values().empty() ||
      !state.releasable.values().empty() || !state.ending.values().empty()) {
    return state.last_recorded_at;
  }
  const auto& timers = state.queue_timers.values();
  if (timers.empty() || timers.begin()->at == INT64_MAX) return std::nullopt;
  return timers.begin()->at + 1;
}

}  // namespace longmen::engine
