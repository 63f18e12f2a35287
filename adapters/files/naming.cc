#include "adapters/files/naming.h"

#include <algorithm>

#include "projections/calendar/calendar.h"
#include "projections/journal/journal.h"

namespace longmen::adapters {
Result<ExportRange> ResolveRange(const projections::ReadStore& store, ExportRange range) {
  const auto applied = projections::ReadApplied(store);
  if (!applied.ok()) return applied.error();
  if (range.last == 0) range.last = applied->sequence;
  if (range.last > applied->sequence) {
    return Error{Code::UNANSWERABLE, "last",
                 fmt::format("the log is folded to {} only", applied->sequence)};
  }
  if (range.first == 0 || range.first > range.last + 1) {
    return Error{Code::USAGE, "first", "no such range"};
  }
  return range;
}

ExportRange RangeOfCycle(const projections::CyclePositions& positions) {
  return {.first = positions.cycle.cycle,
          .last = std::max(positions.cycle.cut_off, positions.version.by)};
}

Result<ClosedCycle> ReadClosedCycle(const projections::ReadStore& store,
                                    std::string_view cycle_name) {
  auto positions = projections::PositionsOf(store, cycle_name);
  if (!positions.ok()) return positions.error();
  const CycleState& cycle = positions->cycle;
  if (cycle.cut_off == 0) {
    return Error{Code::CYCLE_NOT_CLOSED, "cycle",
                 fmt::format("{} is open: what it settles is known at its cut-off", cycle.name)};
  }
  const auto range = ResolveRange(store, RangeOfCycle(*positions));
  if (!range.ok()) return range.error();
  const auto date = BookDateOf(store, cycle.cut_off);
  if (!date.ok()) return date.error();
  return ClosedCycle{
      .positions = std::move(positions).value(), .range = *range, .settlement_date = *date};
}

// The calendar answers from dates to records only.
Result<DayNumber> BookDateOf(const projections::ReadStore& store, Sequence sequence) {
  const auto applied = projections::ReadApplied(store);
  if (!applied.ok()) return applied.error();
  DayNumber begun = 0;  // no record is older than 1970
  for (DayNumber not_begun = applied->book_date + 1; begun + 1 < not_begun;) {
    const DayNumber middle = begun + (not_begun - begun) / 2;
    const auto first = projections::FirstOfDate(store, middle);
    (first && *first <= sequence ? begun : not_begun) = middle;
  }
  return begun;
}

Result<Nanos> LastMovement(const projections::ReadStore& store, Sequence until) {
  Nanos last = 0;
  for (Sequence low = 1, high = until; low <= high;) {
    const Sequence middle = low + (high - low) / 2;
    const auto later = projections::Journal(store, middle, until, 1);
    if (!later.ok()) return later.error();
    if (later->empty()) {
      high = middle - 1;
    } else {
      last = later->front().recorded_at;
      low = later->front().sequence + 1;
    }
  }
  return last;
}

}  // namespace longmen::adapters
