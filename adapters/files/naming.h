// Names and ranges that the exports share.
#pragma once

#include <string>
#include <string_view>

#include "adapters/files/exports.h"

namespace longmen::adapters {

// "journal-0000000001-0000000123.csv"
std::string ExportName(std::string_view what, Sequence first, Sequence last,
                       std::string_view extension = "csv");

// The range with its end filled in. UNANSWERABLE past what is folded, USAGE where it is none.
Result<ExportRange> ResolveRange(const projections::ReadStore& store, ExportRange range);

CsvField CsvDate(DayNumber day);     // 0: not stated, hence empty
CsvField CsvInstant(Nanos instant);  // likewise

}  // namespace longmen::adapters
