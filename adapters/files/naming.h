// Names, ranges and cut-offs that the exports share.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "adapters/files/exports.h"
#include "projections/positions/positions.h"
#include "projections/store/body.h"

namespace longmen::adapters {

// The range with its end filled in. UNANSWERABLE past what is folded, USAGE where it is none.
Result<ExportRange> ResolveRange(const projections::ReadStore& store, ExportRange range);

// From a cycle's opening to the last record that its figures rest on: its cut-off, or the recast or
// shared loss that changed them since; last 0 while it is open.
ExportRange RangeOfCycle(const projections::CyclePositions& positions);

// A cycle whose figures move no longer, but by another version.
struct ClosedCycle {
  projections::CyclePositions positions;
  ExportRange range;
  DayNumber settlement_date = 0;  // the book date of its cut-off
};
// CYCLE_NOT_CLOSED while it is open, whatever became of it later otherwise: money is moved by what
// is said of it, so nothing is said of a figure that the next record may change.
Result<ClosedCycle> ReadClosedCycle(const projections::ReadStore& store,
                                    std::string_view cycle_name);

// The last book date that had begun by then.
Result<DayNumber> BookDateOf(const projections::ReadStore& store, Sequence sequence);

// When the last movement up to this record was recorded; 0 where there was none. No reading says
// when any record was recorded, and at that time what is about all of them could have been made.
Result<Nanos> LastMovement(const projections::ReadStore& store, Sequence until);

// EnumName without a new text for every row; a text stays as long as this does.
template <typename Enum>
class EnumNames {
 public:
  std::string_view operator()(Enum value) {
    const auto known = names_.find(value);
    if (known != names_.end()) return known->second;
    return names_.emplace(value, projections::EnumName(value)).first->second;
  }

 private:
  std::map<Enum, std::string> names_;
};

}  // namespace longmen::adapters
