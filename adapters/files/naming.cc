#include "adapters/files/naming.h"

namespace longmen::adapters {

std::string ExportName(std::string_view what, Sequence first, Sequence last,
                       std::string_view extension) {
  return fmt::format("{}-{:010}-{:010}.{}", what, first, last, extension);
}

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

CsvField CsvDate(DayNumber day) { return CsvText(day == 0 ? "" : FormatDate(day)); }
CsvField CsvInstant(Nanos instant) { return CsvText(instant == 0 ? "" : FormatInstant(instant)); }

}  // namespace longmen::adapters
