// Positions: what each participant sent and received in each clearing cycle, net and against every
// counterparty.
//
// A cycle's positions stop changing at its cut-off: what is accepted later, and what an aborted
// cycle hands on, counts in the cycle open by then. An aborted cycle keeps its own figures as the
// record of what was to be settled; one that is recast without a participant has the others' only,
// and a shared loss is a flow of its cycle like any other. Only these two change what was closed,
// and each gives the positions another version: what was made of an earlier one no longer holds.
//
// Invariant: per cycle and currency the nets sum to zero, and the bilateral nets of a participant
// sum to its net.
#pragma once

#include <vector>

#include "projections/store/store.h"

namespace longmen::projections {

// Money received and sent, in minor units; sums may leave 64 bits.
struct Flow {
  uint64_t in_count = 0;
  uint64_t out_count = 0;
  WideSum in;
  WideSum out;

  WideSum net() const;  // in - out
  bool operator==(const Flow&) const = default;
};

struct ParticipantPosition {
  std::string participant;
  Currency currency;
  Flow flow;
  bool operator==(const ParticipantPosition&) const = default;
};

// The same towards one counterparty; each pair appears twice, once from each side.
struct BilateralPosition {
  std::string participant;
  std::string counterparty;
  Currency currency;
  Flow flow;
  bool operator==(const BilateralPosition&) const = default;
};

// Which state of a closed cycle's positions these are. The first is that of the cut-off.
struct PositionsVersion {
  uint32_t number = 1;
  Sequence by = 0;        // the record that made it; 0 of the first
  Nanos recorded_at = 0;  // likewise
  bool operator==(const PositionsVersion&) const = default;
};

// A cycle that was aborted, or recast, and the items that were taken over from it.
struct CarriedFrom {
  Sequence cycle = 0;
  std::string name;
  Sequence by = 0;  // the record of the abort, or of the last recast
  uint64_t items = 0;
  bool operator==(const CarriedFrom&) const = default;
};

// An item that occurred before the cut-off of an earlier cycle and came after it.
struct LateItem {
  Sequence sequence = 0;  // of the record that put it into this cycle
  Nanos recorded_at = 0;
  Sequence movement = 0;
  std::string key;
  std::string source;  // identity of the proposal that began the movement
  std::string id;
  Name from;
  Name to;
  Money amount;
  Nanos occurred_at = 0;
  Sequence missed = 0;  // the earliest cycle that was closed after it occurred
  std::string missed_name;
  bool operator==(const LateItem&) const = default;
};

struct CyclePositions {
  CycleState cycle;
  PositionsVersion version;
  std::vector<ParticipantPosition> positions;  // by participant, then currency number
  std::vector<BilateralPosition> bilateral;    // by participant, counterparty, currency number
  std::vector<CarriedFrom> carried;            // oldest first
  std::vector<LateItem> late;                  // likewise; of an aborted cycle, its own
};

// NOT_FOUND where no cycle has the name.
Result<CycleState> FindCycle(const ReadStore& store, std::string_view name);
Result<CyclePositions> PositionsOf(const ReadStore& store, std::string_view cycle_name);
// What came into a cycle too late for an earlier one. It counts in this one like any other.
Result<std::vector<LateItem>> LateItems(const ReadStore& store, std::string_view cycle_name);

// Of a cycle by the sequence of its opening.
Result<PositionsVersion> VersionOf(const ReadStore& store, Sequence cycle);

// All cycles in the order of their opening, or those of one scheme.
Result<std::vector<CycleState>> Cycles(const ReadStore& store);
Result<std::vector<CycleState>> CyclesOf(const ReadStore& store, std::string_view scheme);

class PositionsProjection final : public Projection {
 public:
  std::string_view name() const override { return "positions"; }
  std::string_view prefix() const override { return "positions/"; }
  std::unique_ptr<Folder> Begin(Store& store) const override;
};

}  // namespace longmen::projections
