// Ticks: what is due by time, as ordinary events of the engine's own (docs/rules.md, Ticks).
#include "engine/ledger/ticks.h"

#include <capnp/message.h>

#include <algorithm>

#include "engine/ledger/queue.h"
#include "engine/ledger/rules.h"

namespace longmen::engine {
namespace {

ProposalBytes Seal(capnp::MallocMessageBuilder& message) {
  auto sealed = Canonicalize(message.getRoot<schema::Proposal>().asReader());
  CHECK(sealed.ok(), "ticks.seal");
  return std::move(sealed).value();
}

ProposalBytes Expiry(const Timer& timer) {
  capnp::MallocMessageBuilder message;
  auto proposal = message.initRoot<schema::Proposal>();
  proposal.setOccurredAt(timer.at);
  proposal.setScenario(timer.scenario);
  proposal.setKey(timer.order.c_str());
  if (timer.kind == TimerKind::kHold) {
    proposal.getBody().initAuthorization().setAction(schema::AuthorizationAction::EXPIRED);
  } else {
    proposal.getBody().initOrder().setAction(schema::OrderAction::EXPIRED);
  }
  return Seal(message);
}

std::string NextCycleName(const State& state, const SchemeRow& scheme, Nanos now) {
  if (!scheme.next_name.empty()) return scheme.next_name;
  const std::string stem =
      scheme.cycle_prefix + FormatBasicDate(LocalDate(now, state.utc_offset_minutes));
  for (int number = 1;; ++number) {
    std::string name = stem + fmt::format("{:04}", number);
    if (!IsCycleNameTaken(state, name)) return name;
  }
}

// A participant owes nearly as much as it may.
ProposalBytes Warning(const State& state, const std::string& clearing, Nanos now) {
  const AccountRow& account = *state.accounts.Find(clearing);
  capnp::MallocMessageBuilder message;
  auto proposal = message.initRoot<schema::Proposal>();
  proposal.setOccurredAt(now);
  proposal.setKey(state.cycles[OpenCycleOf(state, account.scheme)].name.text());
  auto settlement = proposal.getBody().initSettlement();
  settlement.setAction(schema::SettlementAction::CAP_WARNED);
  settlement.setScheme(state.schemes[account.scheme].name.text());
  auto position = settlement.initPositions(1)[0];
  position.setParticipant(state.participants[account.participant].name.text());
  position.setCurrency(account.currency);
  const auto saturated = [](__int128 value) {
    return static_cast<int64_t>(std::clamp<__int128>(value, INT64_MIN, INT64_MAX));
  };
  position.setNet(saturated(-OwedBy(state, state.accounts.RefOf(clearing))));
  settlement.setCapMinor(saturated(state.terms[account.terms].cap()));
  return Seal(message);
}

ProposalBytes Opening(const State& state, const std::string& scheme, Nanos now) {
  capnp::MallocMessageBuilder message;
  auto proposal = message.initRoot<schema::Proposal>();
  proposal.setOccurredAt(now);
  proposal.setKey(NextCycleName(state, *state.schemes.Find(scheme), now));
  auto settlement = proposal.getBody().initSettlement();
  settlement.setAction(schema::SettlementAction::OPENED);
  settlement.setScheme(scheme);
  return Seal(message);
}

}  // namespace

std::optional<Nanos> NextDueAt(const State& state) {
  if (!state.idle_schemes.values().empty() || !state.warnings.values().empty()) {
    return state.last_recorded_at;
  }
  const std::optional<Nanos> of_queues = QueuesDueAt(state);
  const auto& timers = state.timers.values();
  if (timers.empty()) return of_queues;
  // Due strictly after the instant and the bound of the latest source.
  Nanos due = 0;
  if (__builtin_add_overflow(timers.begin()->at, state.max_late, &due) || due == INT64_MAX) {
    return of_queues;
  }
  return std::min(due + 1, of_queues.value_or(INT64_MAX));
}

std::optional<ProposalBytes> NextTick(const State& state, Nanos now) {
  if (auto booking = NextBooking(state, now)) return booking;
  const auto& timers = state.timers.values();
  Nanos due = 0;
  if (!timers.empty() && !__builtin_add_overflow(timers.begin()->at, state.max_late, &due) &&
      due < now) {
    return Expiry(*timers.begin());
  }
  if (!state.idle_schemes.values().empty()) {
    return Opening(state, *state.idle_schemes.values().begin(), now);
  }
  if (!state.warnings.values().empty()) {
    return Warning(state, *state.warnings.values().begin(), now);
  }
  return NextOfQueues(state, now);
}

ProposalBytes RefusalOf(std::span<const ProposalBytes> group, size_t index,
                        const Decision& decision, Nanos now) {
  const ProposalReader fault(group[index].bytes());
  capnp::MallocMessageBuilder message;
  auto proposal = message.initRoot<schema::Proposal>();
  proposal.setOccurredAt(now);
  proposal.setScenario(fault.get().getScenario());
  if (fault.get().hasKey()) proposal.setKey(fault.get().getKey());
  auto refusal = proposal.getBody().initRefusal();
  refusal.setCode(decision.code);
  refusal.setIndex(static_cast<uint32_t>(index));
  if (!decision.field.empty()) refusal.setField(decision.field);
  auto proposals = refusal.initProposals(static_cast<uint32_t>(group.size()));
  for (uint32_t i = 0; i < group.size(); ++i) {
    const Bytes bytes = group[i].bytes();
    proposals.set(i, capnp::Data::Reader(bytes.data(), bytes.size()));
  }
  return Seal(message);
}

ProposalBytes FirstRecord(std::string_view name, int utc_offset_minutes, Nanos now) {
  capnp::MallocMessageBuilder message;
  auto proposal = message.initRoot<schema::Proposal>();
  proposal.setOccurredAt(now);
  proposal.setKey(std::string(name));
  proposal.getBody().initRegistration().initLedger().setUtcOffsetMinutes(
      static_cast<int16_t>(utc_offset_minutes));
  return Seal(message);
}

}  // namespace longmen::engine
