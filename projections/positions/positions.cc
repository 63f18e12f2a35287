#include "projections/positions/positions.h"

#include <algorithm>
#include <map>
#include <unordered_map>

#include "projections/positions/settlements.h"
#include "projections/store/encoding.h"

namespace longmen::projections {

template <typename Archive>
static void Fields(Archive& archive, CycleState& state) {
  archive(state.cycle, state.name, state.scheme, state.status, state.cut_off, state.carried_into);
  archive(state.reference, state.reason, state.method);
}

template <typename Archive>
static void Fields(Archive& archive, Flow& flow) {
  archive(flow.in_count, flow.out_count, flow.in, flow.out);
}

template <typename Archive>
static void Fields(Archive& archive, PositionsVersion& version) {
  archive(version.number, version.by, version.recorded_at);
}

// The name is read with the cycle.
template <typename Archive>
static void Fields(Archive& archive, CarriedFrom& carried) {
  archive(carried.cycle, carried.by, carried.items);
}

// The name of the missed cycle is read with the others.
template <typename Archive>
static void Fields(Archive& archive, LateItem& item) {
  archive(item.sequence, item.recorded_at, item.movement, item.key, item.source, item.id);
  archive(item.from, item.to, item.amount, item.occurred_at, item.missed);
}

namespace {

constexpr std::string_view kCycles = "positions/c";  // cycle -> CycleState
constexpr std::string_view kNames = "positions/n";   // name -> cycle
constexpr std::string_view kOwn = "positions/p";     // cycle, participant, currency -> Flow
constexpr std::string_view kBilateral =
    "positions/b";  // cycle, participant, counterparty, currency -> Flow
constexpr std::string_view kCarried = "positions/f";   // cycle, carried from -> CarriedFrom
constexpr std::string_view kLate = "positions/l";      // cycle, sequence, number -> LateItem
constexpr std::string_view kVersions = "positions/v";  // cycle -> PositionsVersion, from 2 on

// Items of one cycle from one participant to another, in one currency.
struct Way {
  Sequence cycle = 0;
  Name from;
  Name to;
  uint16_t currency = 0;
  bool operator==(const Way&) const = default;
};
struct WayHash {
  size_t operator()(const Way& way) const {
    const auto pointer = [](const Name& name) { return reinterpret_cast<uintptr_t>(&name.text()); };
    return (pointer(way.from) * 31 + pointer(way.to)) * 31 + way.cycle * 1'009 + way.currency;
  }
};
struct Carried {
  uint64_t count = 0;
  WideSum sum;
};

void AddIn(Store& store, std::string_view key, const Carried& carried) {
  Flow flow = LoadOr(store, key, Flow{});
  flow.in_count += carried.count;
  flow.in.Add(carried.sum);
  PutEncoded(store, key, flow);
}

void AddOut(Store& store, std::string_view key, const Carried& carried) {
  Flow flow = LoadOr(store, key, Flow{});
  flow.out_count += carried.count;
  flow.out.Add(carried.sum);
  PutEncoded(store, key, flow);
}

void Count(const Way& way, const Carried& carried, Store& store) {
  const auto own = [&](const std::string& participant) {
    return std::move(KeyWriter(kOwn).Number(way.cycle).Text(participant).Small(way.currency));
  };
  const auto pair = [&](const std::string& participant, const std::string& counterparty) {
    return std::move(KeyWriter(kBilateral)
                         .Number(way.cycle)
                         .Text(participant)
                         .Text(counterparty)
                         .Small(way.currency));
  };
  AddOut(store, own(way.from), carried);
  AddIn(store, own(way.to), carried);
  AddOut(store, pair(way.from, way.to), carried);
  AddIn(store, pair(way.to, way.from), carried);
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

Result<std::string> NameOf(const ReadStore& store, Sequence cycle) {
  auto state = Read<CycleState>(store, KeyWriter(kCycles).Number(cycle), "such cycle");
  if (!state.ok()) return state.error();
  return std::move(state->name);
}

Result<std::vector<LateItem>> ReadLate(const ReadStore& store, Sequence cycle) {
  auto items =
      ReadAll<LateItem>(store, KeyWriter(kLate).Number(cycle), {}, SIZE_MAX,
                        [](auto, std::string_view value) { return Decode<LateItem>(value); });
  if (!items.ok()) return items;
  std::map<Sequence, std::string> names;
  for (LateItem& item : *items) {
    const auto [known, fresh] = names.try_emplace(item.missed);
    if (fresh) {
      auto name = NameOf(store, item.missed);
      if (!name.ok()) return name.error();
      known->second = std::move(*name);
    }
    item.missed_name = known->second;
  }
  return items;
}

Result<std::vector<CarriedFrom>> ReadCarried(const ReadStore& store, Sequence cycle) {
  return ReadAll<CarriedFrom>(store, KeyWriter(kCarried).Number(cycle), {}, SIZE_MAX,
                              [&](auto, std::string_view value) -> Result<CarriedFrom> {
                                auto carried = Decode<CarriedFrom>(value);
                                if (!carried.ok()) return carried;
                                auto name = NameOf(store, carried->cycle);
                                if (!name.ok()) return name.error();
                                carried->name = std::move(*name);
                                return carried;
                              });
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
  // What a recast left nobody with.
  const auto is_empty = [](const auto& position) { return position.flow == Flow{}; };
  std::erase_if(*own, is_empty);
  std::erase_if(*bilateral, is_empty);
  const auto version = VersionOf(store, cycle);
  if (!version.ok()) return version.error();
  auto carried = ReadCarried(store, cycle);
  if (!carried.ok()) return carried.error();
  auto late = ReadLate(store, cycle);
  if (!late.ok()) return late.error();
  return CyclePositions{.cycle = std::move(state).value(),
                        .version = *version,
                        .positions = std::move(own).value(),
                        .bilateral = std::move(bilateral).value(),
                        .carried = std::move(carried).value(),
                        .late = std::move(late).value()};
}

Result<std::vector<LateItem>> LateItems(const ReadStore& store, std::string_view cycle_name) {
  const auto state = FindCycle(store, cycle_name);
  if (!state.ok()) return state.error();
  return ReadLate(store, state->cycle);
}

Result<PositionsVersion> VersionOf(const ReadStore& store, Sequence cycle) {
  const auto bytes = store.Get(KeyWriter(kVersions).Number(cycle));
  return bytes ? Decode<PositionsVersion>(*bytes) : PositionsVersion{};
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

namespace {

// Gathers what each participant owes each other.
class PositionsFolder final : public Folder {
 public:
  explicit PositionsFolder(Store& store) : store_(store) {}

  void Fold(const RecordView& record, schema::Proposal::Reader proposal,
            const Effects& effects) override {
    // An abort's items are all that is carried; whatever else it says, they go to the cycle that
    // took them.
    const bool aborts = effects.cycle && effects.cycle->status == CycleStatus::kAborted;
    if (effects.cycle) {
      PutCycle(*effects.cycle, record.header.sequence, effects);
      PutVersion(*effects.cycle, record.header, effects);
      FoldSettlement(*effects.cycle, record.header, proposal, store_);
    }
    if (effects.late_for != 0) PutLate(record.header, effects);
    for (const CycleItem& item : effects.items) {
      Carried& carried = ways_[{.cycle = aborts ? effects.cycle->carried_into : item.cycle,
                                .from = item.from,
                                .to = item.to,
                                .currency = item.amount.currency.numeric}];
      carried.count += item.count;
      carried.sum.Add(item.amount.minor);
    }
    // Of a recast; what is taken out is among the items, in the cycle that took it.
    for (const CycleItem& item : effects.removed) {
      Carried& carried = ways_[{.cycle = item.cycle,
                                .from = item.from,
                                .to = item.to,
                                .currency = item.amount.currency.numeric}];
      carried.count -= item.count;
      carried.sum.Add(-item.amount.minor);
    }
  }
  void Finish() override {
    for (const auto& [way, carried] : ways_) Count(way, carried, store_);
    ways_.clear();
  }

 private:
  void PutCycle(const CycleState& state, Sequence sequence, const Effects& effects) {
    PutEncoded(store_, KeyWriter(kCycles).Number(state.cycle), state);
    PutEncoded(store_, KeyWriter(kNames).Text(state.name), state.cycle);
    if (state.status != CycleStatus::kAborted && effects.removed.empty()) return;
    CarriedFrom from{.cycle = state.cycle, .by = sequence, .items = 0};
    for (const CycleItem& item : effects.items) from.items += item.count;
    const Sequence into = effects.removed.empty() ? state.carried_into : effects.items[0].cycle;
    const std::string key = KeyWriter(kCarried).Number(into).Number(state.cycle).bytes();
    // A cycle may be recast without one after the other.
    from.items += LoadOr(store_, key, CarriedFrom{}).items;
    PutEncoded(store_, key, from);
  }

  // A record about a cycle that takes items out of it, or puts some in, comes after its cut-off.
  void PutVersion(const CycleState& state, const RecordHeader& header, const Effects& effects) {
    const bool added =
        std::any_of(effects.items.begin(), effects.items.end(),
                    [&](const CycleItem& item) { return item.cycle == state.cycle; });
    if (!added && effects.removed.empty()) return;
    const KeyWriter key = std::move(KeyWriter(kVersions).Number(state.cycle));
    const auto before = LoadOr(store_, key, PositionsVersion{});
    PutEncoded(
        store_, key,
        PositionsVersion{
            .number = before.number + 1, .by = header.sequence, .recorded_at = header.recorded_at});
  }

  void PutLate(const RecordHeader& header, const Effects& effects) {
    uint16_t number = 0;
    for (const CycleItem& item : effects.items) {
      LateItem late;
      late.sequence = header.sequence;
      late.recorded_at = header.recorded_at;
      late.from = item.from;
      late.to = item.to;
      late.amount = item.amount;
      late.missed = effects.late_for;
      if (effects.movement) {
        late.movement = effects.movement->sequence;
        late.key = effects.movement->key.view();
        late.source = effects.movement->source;
        late.id = effects.movement->id.view();
        late.occurred_at = effects.movement->occurred_at;
      }
      PutEncoded(store_, KeyWriter(kLate).Number(item.cycle).Number(header.sequence).Small(number),
                 late);
      ++number;
    }
  }

  Store& store_;
  // Sums, which are the same in whatever order they are written.
  std::unordered_map<Way, Carried, WayHash> ways_;
};

}  // namespace

std::unique_ptr<Folder> PositionsProjection::Begin(Store& store) const {
  return std::make_unique<PositionsFolder>(store);
}

}  // namespace longmen::projections
