// Names, ranges and cut-offs that the exports share.
#pragma once

#include <string>
#include <string_view>

#include "adapters/files/exports.h"
#include "projections/positions/positions.h"

namespace longmen::adapters {

// "journal-0000000001-0000000123.csv"
std::string ExportName(std::string_view what, Sequence first, Sequence last,
                       std::string_view extension = "csv");

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

CsvField CsvDate(DayNumber day);     // 0: not stated, hence empty
CsvField CsvInstant(Nanos instant);  // likewise

}  // namespace longmen::adapters
