// XLSX: a table as a workbook that opens as what it is.
//
// The first sheet, "table", has the columns' names (frozen, with a filter) and the rows; one of
// more than 1,048,575 rows goes on in "table 2" and so on, each with the names again. The last
// sheet, "trailer", says what a CSV's trailer says, the SHA-256 of that CSV included, so that both
// can be held together.
//
// Counts, minor units and amounts are numbers, amounts with their currency's decimals; a number of
// more than 15 digits is text, since a spreadsheet shows no more of it. Dates are dates; instants
// are text. Text is text, whatever it begins with.
//
// The same rows give the same bytes: the time of creation is 1980 began, as of every file in it.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "adapters/files/table.h"

namespace longmen::adapters {

// TOO_LONG, when it is finished, where a text had more than the 32,767 characters of a cell.
Result<std::unique_ptr<TableWriter>> CreateXlsx(const std::string& directory,
                                                const std::string& name,
                                                std::span<const TableColumn> columns);

}  // namespace longmen::adapters
