// Positions of cycles: kept with every item, and read as they are settled (docs/rules.md,
// Settlement).
#include <algorithm>
#include <map>

#include "engine/ledger/rules.h"

namespace longmen::engine {
namespace {

std::vector<Side> Multilateral(const State& state, Ref<CycleRow> cycle) {
  std::vector<Side> sides;
  for (const Ref<PositionRow> ref : state.cycles[cycle].positions) {
    const PositionRow& row = state.positions[ref];
    sides.push_back({row.row_key.participant,
                     {},
                     row.row_key.currency,
                     row.in,
                     row.out,
                     row.settled,
                     row.kept});
  }
  return sides;
}

std::vector<Side> Bilateral(const State& state, Ref<CycleRow> cycle) {
  std::map<std::tuple<uint32_t, uint32_t, uint16_t>, Side> sides;
  const auto side = [&](Ref<ParticipantRow> of, Ref<ParticipantRow> towards,
                        const FlowRow& flow) -> Side& {
    Side& found = sides[{of.number, towards.number, flow.row_key.currency}];
    found.participant = of;
    found.counterparty = towards;
    found.currency = flow.row_key.currency;
    found.settled = flow.settled || state.positions[flow.sender].settled;
    return found;
  };
  for (const Ref<FlowRow> ref : state.cycles[cycle].flows) {
    const FlowRow& flow = state.flows[ref];
    side(flow.row_key.from, flow.row_key.to, flow).out += flow.minor;
    side(flow.row_key.to, flow.row_key.from, flow).in += flow.minor;
  }
  std::vector<Side> list;
  for (const auto& [key, found] : sides) list.push_back(found);
  return list;
}

std::vector<Side> Sorted(const State& state, std::vector<Side> sides) {
  const auto order = [&state](const Side& side) {
    const std::string_view towards =
        side.counterparty.empty() ? ""
                                  : std::string_view(state.participants[side.counterparty].name);
    return std::tuple(std::string_view(state.participants[side.participant].name), towards,
                      side.currency);
  };
  std::ranges::sort(sides, {}, order);
  return sides;
}

}  // namespace

std::vector<Side> SidesOf(const State& state, Ref<CycleRow> cycle) {
  const auto method = state.schemes[state.cycles[cycle].scheme].method;
  const bool pairs = method == schema::SettlementMethod::BILATERAL_NET;
  return Sorted(state, pairs ? Bilateral(state, cycle) : Multilateral(state, cycle));
}

std::vector<Side> PositionsOf(const State& state, Ref<CycleRow> cycle) {
  return Sorted(state, Multilateral(state, cycle));
}

void MarkSettled(State& state, Ref<CycleRow> cycle, const Side& side) {
  if (side.counterparty.empty()) {
    const auto position = state.positions.RefOf({cycle, side.participant, side.currency});
    state.positions.Mutable(position).settled = true;
    state.positions.Mutable(position).kept = 0;
    return;
  }
  // Both sides of a pair are settled together, by one mark each way.
  const auto ref = state.flows.RefOf({cycle, side.participant, side.counterparty, side.currency});
  if (!ref.empty()) state.flows.Mutable(ref).settled = true;
}

Ref<PositionRow> PositionOf(State& state, const PositionKey& key) {
  Ref<PositionRow> ref = state.positions.RefOf(key);
  if (!ref.empty()) return ref;
  ref = state.positions.Insert(key);
  state.cycles.Mutable(key.cycle).positions.push_back(ref);
  return ref;
}

bool GrossOverflows(const State& state, std::span<const AddedFlow> added) {
  std::map<std::pair<uint32_t, uint16_t>, std::pair<__int128, __int128>> sums;  // in, out
  const auto sum = [&](const FlowKey& flow, Ref<ParticipantRow> participant) -> auto& {
    auto [it, fresh] = sums.try_emplace({participant.number, flow.currency});
    const PositionRow* row = state.positions.Find({flow.cycle, participant, flow.currency});
    if (fresh && row != nullptr) it->second = {row->in, row->out};
    return it->second;
  };
  for (const auto& [flow, minor] : added) {
    sum(flow, flow.to).first += minor;
    sum(flow, flow.from).second += minor;
  }
  return std::any_of(sums.begin(), sums.end(), [](const auto& entry) {
    return entry.second.first > INT64_MAX || entry.second.second > INT64_MAX;
  });
}

std::vector<Ref<FlowRow>> FlowsOf(const State& state, Ref<CycleRow> cycle) {
  const auto& list = state.cycles[cycle].flows;
  std::vector<Ref<FlowRow>> flows(list.begin(), list.end());
  const auto order = [&state](Ref<FlowRow> ref) {
    const FlowKey& key = state.flows[ref].row_key;
    return std::tuple(std::string_view(state.participants[key.from].name),
                      std::string_view(state.participants[key.to].name), key.currency);
  };
  std::ranges::sort(flows, {}, order);
  return flows;
}

bool CarryOverflows(const State& state, std::span<const Ref<FlowRow>> flows, Ref<CycleRow> to) {
  std::vector<AddedFlow> added;
  for (const Ref<FlowRow> ref : flows) {
    const FlowRow& flow = state.flows[ref];
    const FlowKey& key = flow.row_key;
    added.push_back({{to, key.from, key.to, key.currency}, flow.minor});
  }
  return GrossOverflows(state, added);
}

}  // namespace longmen::engine
