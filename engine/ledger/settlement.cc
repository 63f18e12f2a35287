// Settlements (docs/rules.md, Settlement).
#include <algorithm>
#include <map>
#include <set>

#include "engine/ledger/rules.h"

namespace longmen::engine {
namespace {

struct PositionKey {
  std::string participant;
  uint16_t currency;
  auto operator<=>(const PositionKey&) const = default;
};
struct PositionSum {
  __int128 in = 0;
  __int128 out = 0;
};
using Positions = std::map<PositionKey, PositionSum>;

// Calls `visit(parts, row)` for every flow of a cycle, by participant.
template <typename Visit>
void ForEachFlow(const State& state, Sequence cycle, Visit visit) {
  const std::string prefix = FlowPrefix(cycle);
  const auto& ids = state.cycle_flows.values();
  for (auto it = ids.lower_bound(prefix); it != ids.end() && it->starts_with(prefix); ++it) {
    visit(SplitFlowId(*it), *state.flows.Find(*it));
  }
}

void AddTo(Positions& positions, const FlowParts& parts, __int128 minor) {
  positions[{std::string(parts.from), parts.currency}].out += minor;
  positions[{std::string(parts.to), parts.currency}].in += minor;
}

Positions PositionsOf(const State& state, Sequence cycle) {
  Positions positions;
  ForEachFlow(state, cycle, [&positions](const FlowParts& parts, const FlowRow& flow) {
    AddTo(positions, parts, flow.minor);
  });
  return positions;
}

Decision CheckPositions(const Positions& positions, schema::Settlement::Reader settlement) {
  const Ladder ladder;
  std::set<PositionKey> stated;
  const auto list = settlement.getPositions();
  for (uint32_t i = 0; i < list.size(); ++i) {
    const PositionKey key{Text(list[i].getParticipant()), list[i].getCurrency()};
    const auto it = positions.find(key);
    if (it == positions.end() || !stated.insert(key).second) {
      return ladder.Refuse(Code::POSITION_MISMATCH, Indexed("settlement.positions", i));
    }
    if (list[i].getGrossIn() != it->second.in) {
      return ladder.Refuse(Code::POSITION_MISMATCH, Indexed("settlement.positions", i, "grossIn"));
    }
    if (list[i].getGrossOut() != it->second.out) {
      return ladder.Refuse(Code::POSITION_MISMATCH, Indexed("settlement.positions", i, "grossOut"));
    }
    if (list[i].getNet() != it->second.in - it->second.out) {
      return ladder.Refuse(Code::POSITION_MISMATCH, Indexed("settlement.positions", i, "net"));
    }
  }
  if (stated.size() != positions.size()) {
    return ladder.Refuse(Code::POSITION_MISMATCH, "settlement.positions");
  }
  return {};
}

// The postings that settle one position: what the scheme owed becomes central-bank money.
struct SettlementAccounts {
  const std::string* clearing;
  const std::string* settlement;
};
SettlementAccounts AccountsFor(const State& state, const std::string& scheme,
                               const PositionKey& key) {
  return {FindRole(state, key.participant, schema::AccountKind::CLEARING, key.currency, scheme),
          FindRole(state, key.participant, schema::AccountKind::SETTLEMENT, key.currency)};
}

Decision DecideSettled(const State& state, Sequence sequence, const CycleRow& cycle,
                       schema::Settlement::Reader settlement) {
  const Ladder ladder;
  const Positions positions = PositionsOf(state, sequence);
  if (auto fault = CheckPositions(positions, settlement); !fault.accepted()) return fault;
  for (const auto& [key, sum] : positions) {
    const __int128 net = sum.in - sum.out;
    if (net == 0) continue;
    const SettlementAccounts accounts = AccountsFor(state, cycle.scheme, key);
    if (accounts.settlement == nullptr) {
      return ladder.Refuse(Code::NO_SETTLEMENT_ACCOUNT, "settlement.positions");
    }
  }
  for (const auto& [key, sum] : positions) {
    const auto net = static_cast<int64_t>(sum.in - sum.out);
    if (net == 0) continue;
    const SettlementAccounts accounts = AccountsFor(state, cycle.scheme, key);
    int64_t balance = 0;
    if (__builtin_add_overflow(state.accounts.Find(*accounts.clearing)->balance, net, &balance) ||
        __builtin_sub_overflow(state.accounts.Find(*accounts.settlement)->balance, net, &balance)) {
      return ladder.Refuse(Code::AMOUNT_OVERFLOW, "settlement.positions");
    }
  }
  return {};
}

// What an abort adds to the cycle then open must fit beside what is there.
bool CarryOverflows(const State& state, Sequence from, Sequence to) {
  std::map<std::string, __int128> added;
  ForEachFlow(state, from, [&](const FlowParts& parts, const FlowRow& flow) {
    added[FlowId(to, parts.from, parts.to, parts.currency)] += flow.minor;
  });
  return GrossOverflows(state, to, added);
}

void ApplyOpened(Change& change, schema::Settlement::Reader settlement) {
  State& state = change.state;
  const Sequence sequence = change.header.sequence;
  const std::string name = Text(change.proposal.getKey());
  const std::string scheme_name = Text(settlement.getScheme());
  CycleRow& cycle = state.cycles.Upsert(sequence);
  cycle.name = name;
  cycle.scheme = scheme_name;
  state.cycle_names.Upsert(name).sequence = sequence;
  SchemeRow& scheme = state.schemes.Mutable(scheme_name);
  scheme.open_cycle = sequence;
  scheme.next_name.clear();
  state.idle_schemes.Erase(scheme_name);
  change.header.cycle = sequence;
  change.effects.cycle = ViewCycle(sequence, cycle);
}

void ApplyClosed(Change& change, CycleRow& cycle, schema::Settlement::Reader settlement) {
  State& state = change.state;
  cycle.status = CycleStatus::kClosed;
  cycle.cut_off = change.header.sequence;
  SchemeRow& scheme = state.schemes.Mutable(cycle.scheme);
  scheme.open_cycle = 0;
  scheme.next_name = Text(settlement.getNext());
  state.idle_schemes.Insert(cycle.scheme);
}

void ApplySettled(Change& change, Sequence sequence, CycleRow& cycle) {
  cycle.status = CycleStatus::kSettled;
  for (const auto& [key, sum] : PositionsOf(change.state, sequence)) {
    const auto net = static_cast<int64_t>(sum.in - sum.out);
    if (net == 0) continue;
    const SettlementAccounts accounts = AccountsFor(change.state, cycle.scheme, key);
    change.Post(*accounts.clearing, net);
    change.Post(*accounts.settlement, -net);
  }
}

void ApplyAborted(Change& change, Sequence sequence, CycleRow& cycle) {
  cycle.status = CycleStatus::kAborted;
  cycle.carried_into = change.state.schemes.Find(cycle.scheme)->open_cycle;
  struct Carried {
    std::string from;
    std::string to;
    uint16_t currency;
    FlowRow flow;
  };
  std::vector<Carried> carried;
  ForEachFlow(change.state, sequence, [&](const FlowParts& parts, const FlowRow& flow) {
    carried.push_back({std::string(parts.from), std::string(parts.to), parts.currency, flow});
  });
  for (const Carried& item : carried) {
    change.AddItem(cycle.carried_into, item.from, item.to, item.flow.minor, item.currency,
                   item.flow.count);
  }
}

}  // namespace

bool GrossOverflows(const State& state, Sequence cycle,
                    const std::map<std::string, __int128>& added) {
  Positions positions = PositionsOf(state, cycle);
  for (const auto& [id, minor] : added) AddTo(positions, SplitFlowId(id), minor);
  return std::any_of(positions.begin(), positions.end(), [](const auto& entry) {
    return entry.second.in > INT64_MAX || entry.second.out > INT64_MAX;
  });
}

Decision DecideSettlement(const Asked& asked) {
  const Ladder ladder;
  const State& state = asked.state;
  const auto settlement = asked.proposal.getBody().getSettlement();
  const SequenceRow* named = state.cycle_names.Find(View(asked.proposal.getKey()));
  if (named == nullptr) return ladder.Refuse(Code::UNKNOWN_CYCLE, "key");
  const CycleRow& cycle = *state.cycles.Find(named->sequence);
  if (settlement.hasScheme() && View(settlement.getScheme()) != cycle.scheme) {
    return ladder.Refuse(Code::ROUTE_MISMATCH, "settlement.scheme");
  }
  if (settlement.getAction() == schema::SettlementAction::CLOSED) {
    if (cycle.status != CycleStatus::kOpen) return ladder.Refuse(Code::CYCLE_NOT_OPEN, "key");
    if (settlement.hasNext() && IsCycleNameTaken(state, View(settlement.getNext()))) {
      return ladder.Refuse(Code::CYCLE_EXISTS, "settlement.next");
    }
    return {};
  }
  if (cycle.status != CycleStatus::kClosed) return ladder.Refuse(Code::CYCLE_NOT_CLOSED, "key");
  if (settlement.getAction() == schema::SettlementAction::SETTLED) {
    return DecideSettled(state, named->sequence, cycle, settlement);
  }
  const Sequence open = state.schemes.Find(cycle.scheme)->open_cycle;
  // Closed in this very group: the next one opens only before the next decision.
  if (open == 0) return ladder.Refuse(Code::CYCLE_NOT_OPEN, "key");
  if (CarryOverflows(state, named->sequence, open)) {
    return ladder.Refuse(Code::AMOUNT_OVERFLOW, "key");
  }
  return {};
}

void ApplySettlement(Change& change) {
  const auto settlement = change.proposal.getBody().getSettlement();
  if (settlement.getAction() == schema::SettlementAction::OPENED) {
    return ApplyOpened(change, settlement);
  }
  const Sequence sequence = change.state.cycle_names.Find(View(change.proposal.getKey()))->sequence;
  CycleRow& cycle = change.state.cycles.Mutable(sequence);
  if (settlement.hasReference()) cycle.reference = Text(settlement.getReference());
  if (settlement.hasReason()) cycle.reason = Text(settlement.getReason());
  switch (settlement.getAction()) {
    case schema::SettlementAction::CLOSED:
      ApplyClosed(change, cycle, settlement);
      break;
    case schema::SettlementAction::SETTLED:
      ApplySettled(change, sequence, cycle);
      break;
    case schema::SettlementAction::ABORTED:
      ApplyAborted(change, sequence, cycle);
      break;
    case schema::SettlementAction::OPENED:
      break;
  }
  change.header.cycle = sequence;
  change.effects.cycle = ViewCycle(sequence, cycle);
}

}  // namespace longmen::engine
