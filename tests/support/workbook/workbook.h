// Workbook: what an XLSX file says, read by unzip and an XML parser.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace longmen::testing {

struct WorkbookCell {
  std::string text;              // of a text
  std::optional<double> number;  // of a number
  std::string shown_as;          // the number's format, "0.00"
};

struct WorkbookSheet {
  std::string name;
  std::string filter;                                // "A1:M9"
  bool header_stays = false;                         // the first row is frozen
  std::vector<std::map<size_t, WorkbookCell>> rows;  // by column; what is empty is not there
};

std::vector<WorkbookSheet> ReadWorkbook(const std::string& path);

// "-0.05" as a spreadsheet shows a number in the format; dates as yyyy-mm-dd.
std::string Shown(const WorkbookCell& cell);

}  // namespace longmen::testing
