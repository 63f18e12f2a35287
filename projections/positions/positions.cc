#include "projections/positions/positions.h"

#include <algorithm>

#include "projections/store/encoding.h"

namespace longmen::projections {

template <typename Archive>
static void Fields(Archive& archive, CycleState& state) {
  archive(state.cycle, state.name, state.scheme, state.status, state.cut_off, state.carried_into);
  archive(state.reference, state.reason);
}

template <typename Archive>
static void Fields(Archive& archive, Flow& flow) {
  archive(flow.in_count, flow.out_count, flow.in, flow.out);
}

template <typename Archive>
static void Fields(Archive& archive, CarriedFrom& carried) {
  archive(carried.cycle, carried.by, carried.items);
}

namespace {

constexpr std::string_view kCycles = "positions/c";  // cycle -> CycleState
constexpr std::string_view kNames = "positions/n";   // name -> cycle
constexpr std::string_view kOwn = "positions/p";     // cycle, participant, currency -> Flow
constexpr std::string_view kBilateral =
    "positions/b";  // cycle, participant, counterparty, currency -> Flow
constexpr std::string_view kCarried = "positions/f";  // cycle, carried from -> CarriedFrom

void AddIn(Store& store, std::string_view key, const CycleItem& item) {
  Flow flow = LoadOr(store, key, Flow{});
  flow.in_count += item.count;
  flow.in.Add(item.amount.minor);
  store.Put(key, Encode(flow));
}

void AddOut(Store& store, std::string_view key, const CycleItem& item) {
  Flow flow = LoadOr(store, key, Flow{});
  flow.out_count += item.count;
  flow.out.Add(item.amount.minor);
  store.Put(key, Encode(flow));
}

void Count(const CycleItem& item, Sequence cycle, Store& store) {
  const uint16_t currency = item.amount.currency.numeric;
  const auto own = [&](const std::string& participant) {
    return std::move(KeyWriter(kOwn).Number(cycle).Text(participant).Small(currency));
  };
  const auto pair = [&](const std::string& participant, const std::string& counterparty) {
    return std::move(
        KeyWriter(kBilateral).Number(cycle).Text(participant).Text(counterparty).Small(currency));
  };
  AddOut(store, own(item.from), item);
  AddIn(store, own(item.to), item);
  AddOut(store, pair(item.from, item.to), item);
  AddIn(store, pair(item.to, item.from), item);
}

Result<ParticipantPosition> ReadOwn(std::string_view key, std::string_view value) {
  KeyReader reader(key, kOwn);
  reader.Number();
  ParticipantPosition position{.participant = reader.Text(), .currency = {}, .flow = {}};
  position.currency.numeric = reader.Small();
  if (!reader.done()) return CorruptKey();
  auto flow = Decode<Flow>(value);
  if (!flow.ok()) return flow.error();
  position.flow = *flow;
  return position;
}

Result<BilateralPosition> ReadBilateral(std::string_view key, std::string_view value) {
  KeyReader reader(key, kBilateral);
  reader.Number();
  BilateralPosition position;
  position.participant = reader.Text();
  position.counterparty = reader.Text();
  position.currency.numeric = reader.Small();
  if (!reader.done()) return CorruptKey();
  auto flow = Decode<Flow>(value);
  if (!flow.ok()) return flow.error();
  position.flow = *flow;
  return position;
}

}  // namespace

WideSum Flow::net() const {
  // The net of sums that fit in 127 bits; WideSum takes 64 bits at a time.
  WideSum net;
  for (__int128 left = in.value() - out.value(); left != 0;) {
    const auto part = static_cast<int64_t>(std::clamp<__int128>(left, INT64_MIN, INT64_MAX));
    net.Add(part);
    left -= part;
  }
  return net;
}

Result<CycleState> FindCycle(const ReadStore& store, std::string_view name) {
  const auto cycle = Read<Sequence>(store, KeyWriter(kNames).Text(name), "such cycle");
  if (!cycle.ok()) return cycle.error();
  return Read<CycleState>(store, KeyWriter(kCycles).Number(*cycle), "such cycle");
}

Result<CyclePositions> PositionsOf(const ReadStore& store, std::string_view cycle_name) {
  auto state = FindCycle(store, cycle_name);
  if (!state.ok()) return state.error();
  const Sequence cycle = state->cycle;
  auto own =
      ReadAll<ParticipantPosition>(store, KeyWriter(kOwn).Number(cycle), {}, SIZE_MAX, ReadOwn);
  if (!own.ok()) return own.error();
  auto bilateral = ReadAll<BilateralPosition>(store, KeyWriter(kBilateral).Number(cycle), {},
                                              SIZE_MAX, ReadBilateral);
  if (!bilateral.ok()) return bilateral.error();
  auto carried =
      ReadAll<CarriedFrom>(store, KeyWriter(kCarried).Number(cycle), {}, SIZE_MAX,
                           [](auto, std::string_view value) { return Decode<CarriedFrom>(value); });
  if (!carried.ok()) return carried.error();
  return CyclePositions{.cycle = std::move(state).value(),
                        .positions = std::move(own).value(),
                        .bilateral = std::move(bilateral).value(),
                        .carried = std::move(carried).value()};
}

Result<std::vector<CycleState>> Cycles(const ReadStore& store) {
  return ReadAll<CycleState>(store, kCycles, {}, SIZE_MAX, [](auto, std::string_view value) {
    return Decode<CycleState>(value);
  });
}

Result<std::vector<CycleState>> CyclesOf(const ReadStore& store, std::string_view scheme) {
  auto cycles = Cycles(store);
  if (cycles.ok())
    std::erase_if(*cycles, [&](const auto& cycle) { return cycle.scheme != scheme; });
  return cycles;
}

void PositionsProjection::Fold(const RecordView& record, schema::Proposal::Reader,
                               const Effects& effects, Store& store) const {
  // An abort's items are all that is carried; whatever else it says, they go to the cycle that
  // took them.
  const bool aborts = effects.cycle && effects.cycle->status == CycleStatus::kAborted;
  if (effects.cycle) {
    const CycleState& state = *effects.cycle;
    store.Put(KeyWriter(kCycles).Number(state.cycle), Encode(state));
    store.Put(KeyWriter(kNames).Text(state.name), Encode(state.cycle));
    if (aborts) {
      CarriedFrom carried{.cycle = state.cycle, .by = record.header.sequence, .items = 0};
      for (const CycleItem& item : effects.items) carried.items += item.count;
      store.Put(KeyWriter(kCarried).Number(state.carried_into).Number(state.cycle),
                Encode(carried));
    }
  }
  for (const CycleItem& item : effects.items) {
    Count(item, aborts ? effects.cycle->carried_into : item.cycle, store);
  }
}

}  // namespace longmen::projections
