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

// The flows of a cycle, by the names of who owes and who is owed, then by currency.
std::vector<const FlowRow*> FlowsOf(const State& state, Ref<CycleRow> cycle) {
  std::vector<const FlowRow*> flows;
  for (const Ref<FlowRow> flow : state.cycles[cycle].flows) flows.push_back(&state.flows[flow]);
  const auto order = [&state](const FlowRow* flow) {
    return std::make_tuple(std::string_view(state.participants[flow->row_key.from].name),
                           std::string_view(state.participants[flow->row_key.to].name),
                           flow->row_key.currency);
  };
  std::sort(flows.begin(), flows.end(),
            [&order](const auto* a, const auto* b) { return order(a) < order(b); });
  return flows;
}

void AddTo(const State& state, Positions& positions, const FlowKey& flow, __int128 minor) {
  positions[{state.participants[flow.from].name, flow.currency}].out += minor;
  positions[{state.participants[flow.to].name, flow.currency}].in += minor;
}

Positions PositionsOf(const State& state, Ref<CycleRow> cycle) {
  Positions positions;
  for (const Ref<FlowRow> ref : state.cycles[cycle].flows) {
    const FlowRow& flow = state.flows[ref];
    AddTo(state, positions, flow.row_key, flow.minor);
  }
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
  Ref<AccountRow> clearing;
  Ref<AccountRow> settlement;
};
SettlementAccounts AccountsFor(const State& state, Ref<SchemeRow> scheme, const PositionKey& key) {
  const auto participant = state.participants.RefOf(key.participant);
  return {FindRole(state, participant, schema::AccountKind::CLEARING, key.currency, scheme),
          FindRole(state, participant, schema::AccountKind::SETTLEMENT, key.currency)};
}

Decision DecideSettled(const State& state, Ref<CycleRow> ref,
                       schema::Settlement::Reader settlement) {
  const Ladder ladder;
  const CycleRow& cycle = state.cycles[ref];
  const Positions positions = PositionsOf(state, ref);
  if (auto fault = CheckPositions(positions, settlement); !fault.accepted()) return fault;
  for (const auto& [key, sum] : positions) {
    const __int128 net = sum.in - sum.out;
    if (net == 0) continue;
    const SettlementAccounts accounts = AccountsFor(state, cycle.scheme, key);
    if (accounts.settlement.empty()) {
      return ladder.Refuse(Code::NO_SETTLEMENT_ACCOUNT, "settlement.positions");
    }
  }
  for (const auto& [key, sum] : positions) {
    const auto net = static_cast<int64_t>(sum.in - sum.out);
    if (net == 0) continue;
    const SettlementAccounts accounts = AccountsFor(state, cycle.scheme, key);
    int64_t balance = 0;
    if (__builtin_add_overflow(state.accounts[accounts.clearing].balance, net, &balance) ||
        __builtin_sub_overflow(state.accounts[accounts.settlement].balance, net, &balance)) {
      return ladder.Refuse(Code::AMOUNT_OVERFLOW, "settlement.positions");
    }
  }
  return {};
}

// What an abort adds to the cycle then open must fit beside what is there.
bool CarryOverflows(const State& state, Ref<CycleRow> from, Ref<CycleRow> to) {
  std::vector<AddedFlow> added;
  for (const FlowRow* flow : FlowsOf(state, from)) {
    const FlowKey& key = flow->row_key;
    added.push_back({{to, key.from, key.to, key.currency}, flow->minor});
  }
  return GrossOverflows(state, to, added);
}

void ApplyOpened(Change& change, schema::Settlement::Reader settlement) {
  State& state = change.state;
  const Sequence sequence = change.header.sequence;
  const std::string_view name = change.opened.key();
  const std::string scheme_name = Text(settlement.getScheme());
  const Ref<SchemeRow> scheme = state.schemes.RefOf(scheme_name);
  const Ref<CycleRow> ref = state.cycles.Insert(sequence);
  CycleRow& cycle = state.cycles.Mutable(ref);
  cycle.name = name;
  cycle.scheme = scheme;
  state.cycle_names.Mutable(state.cycle_names.Upsert(name)).cycle = ref;
  SchemeRow& opened = state.schemes.Mutable(scheme);
  opened.open_cycle = sequence;
  opened.next_name.clear();
  state.idle_schemes.Erase(scheme_name);
  change.header.cycle = sequence;
  change.effects.cycle = ViewCycle(state, cycle);
}

void ApplyClosed(Change& change, CycleRow& cycle, schema::Settlement::Reader settlement) {
  State& state = change.state;
  cycle.status = CycleStatus::kClosed;
  cycle.cut_off = change.header.sequence;
  SchemeRow& scheme = state.schemes.Mutable(cycle.scheme);
  scheme.open_cycle = 0;
  scheme.next_name = Text(settlement.getNext());
  state.idle_schemes.Insert(scheme.name);
}

void ApplySettled(Change& change, Ref<CycleRow> ref, CycleRow& cycle) {
  cycle.status = CycleStatus::kSettled;
  for (const auto& [key, sum] : PositionsOf(change.state, ref)) {
    const auto net = static_cast<int64_t>(sum.in - sum.out);
    if (net == 0) continue;
    const SettlementAccounts accounts = AccountsFor(change.state, cycle.scheme, key);
    change.Post(accounts.clearing, net);
    change.Post(accounts.settlement, -net);
  }
}

void ApplyAborted(Change& change, Ref<CycleRow> ref, CycleRow& cycle) {
  State& state = change.state;
  cycle.status = CycleStatus::kAborted;
  const Ref<CycleRow> into = OpenCycleOf(state, cycle.scheme);
  cycle.carried_into = state.cycles[into].sequence;
  for (const FlowRow* flow : FlowsOf(state, ref)) {
    const FlowKey& key = flow->row_key;
    change.AddItem({into, key.from, key.to, key.currency}, flow->minor, flow->count);
  }
}

}  // namespace

bool GrossOverflows(const State& state, Ref<CycleRow> cycle, std::span<const AddedFlow> added) {
  Positions positions = PositionsOf(state, cycle);
  for (const auto& [flow, minor] : added) AddTo(state, positions, flow, minor);
  return std::any_of(positions.begin(), positions.end(), [](const auto& entry) {
    return entry.second.in > INT64_MAX || entry.second.out > INT64_MAX;
  });
}

Decision DecideSettlement(const Asked& asked) {
  const Ladder ladder;
  const State& state = asked.state;
  const auto settlement = asked.proposal.getBody().getSettlement();
  const Ref<CycleRow> named = FindCycle(state, asked.opened.key());
  if (named.empty()) return ladder.Refuse(Code::UNKNOWN_CYCLE, "key");
  const CycleRow& cycle = state.cycles[named];
  if (settlement.hasScheme() && View(settlement.getScheme()) != state.schemes[cycle.scheme].name) {
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
    return DecideSettled(state, named, settlement);
  }
  const Ref<CycleRow> open = OpenCycleOf(state, cycle.scheme);
  // Closed in this very group: the next one opens only before the next decision.
  if (open.empty()) return ladder.Refuse(Code::CYCLE_NOT_OPEN, "key");
  if (CarryOverflows(state, named, open)) {
    return ladder.Refuse(Code::AMOUNT_OVERFLOW, "key");
  }
  return {};
}

void ApplySettlement(Change& change) {
  const auto settlement = change.proposal.getBody().getSettlement();
  if (settlement.getAction() == schema::SettlementAction::OPENED) {
    return ApplyOpened(change, settlement);
  }
  const Ref<CycleRow> ref = FindCycle(change.state, change.opened.key());
  CycleRow& cycle = change.state.cycles.Mutable(ref);
  if (settlement.hasReference()) cycle.reference = Text(settlement.getReference());
  if (settlement.hasReason()) cycle.reason = Text(settlement.getReason());
  switch (settlement.getAction()) {
    case schema::SettlementAction::CLOSED:
      ApplyClosed(change, cycle, settlement);
      break;
    case schema::SettlementAction::SETTLED:
      ApplySettled(change, ref, cycle);
      break;
    case schema::SettlementAction::ABORTED:
      ApplyAborted(change, ref, cycle);
      break;
    case schema::SettlementAction::OPENED:
      break;
  }
  change.header.cycle = cycle.sequence;
  change.effects.cycle = ViewCycle(change.state, cycle);
}

}  // namespace longmen::engine
