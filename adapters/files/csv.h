// CSV: one deterministic file of a header, rows and a trailer.
//
// Bytes, UTF-8, every line ended by LF:
//   names of the columns
//   rows; a field with a comma, quote, CR or LF is quoted as in RFC 4180
//   trailer,<rows>,<debits>,<credits>,<first>,<last>,<sha256>[,…]     padded to the columns
// Debits and credits are sums in minor units per currency, "CNY:395000000;USD:120" by alphabetic
// code; first and last are the range of the log that the file covers; sha256 is of every byte
// before the trailer line. `head -n -1 FILE | sha256sum` computes it again.
//
// Text never becomes a formula in a spreadsheet: one that begins with = + - @, a tab or a carriage
// return gets an apostrophe before it, and so does one that begins with an apostrophe, so that
// taking one away gives the text back. Numbers stay as they are.
//
// Writing the same rows again gives the same bytes.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "adapters/files/table.h"

namespace longmen::adapters {

// A text as it stands in the file.
std::string CsvEscape(std::string_view text);

// Adds a row's line, and the header's.
void AppendCsv(std::span<const TableCell> cells, std::string& lines);
void AppendCsvHeader(std::span<const TableColumn> columns, std::string& lines);

// The columns are at least as many as a trailer has fields.
Result<std::unique_ptr<TableWriter>> CreateCsv(const std::string& directory,
                                               const std::string& name,
                                               std::span<const TableColumn> columns);

}  // namespace longmen::adapters
