#include "tests/support/workbook/workbook.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdio>
#include <pugixml.hpp>

#include "events/base/time.h"

namespace longmen::testing {
namespace {

constexpr int kDaysTo1970 = 25'569;

std::string PartOf(const std::string& path, const std::string& part) {
  std::string bytes;
  FILE* pipe = popen(fmt::format("unzip -p '{}' '{}'", path, part).c_str(), "r");
  if (pipe == nullptr) return bytes;
  char chunk[65'536];
  while (const size_t size = fread(chunk, 1, sizeof chunk, pipe)) bytes.append(chunk, size);
  pclose(pipe);
  return bytes;
}

pugi::xml_document Parsed(const std::string& path, const std::string& part) {
  pugi::xml_document document;
  document.load_string(PartOf(path, part).c_str(), pugi::parse_default | pugi::parse_ws_pcdata);
  return document;
}

// How cells of each style show numbers.
std::vector<std::string> FormatsOf(const std::string& path) {
  const pugi::xml_document document = Parsed(path, "xl/styles.xml");
  const pugi::xml_node styles = document.child("styleSheet");
  std::map<std::string, std::string> codes = {{"0", ""}, {"1", "0"}, {"2", "0.00"}};
  for (const auto code : styles.child("numFmts").children("numFmt")) {
    codes[code.attribute("numFmtId").value()] = code.attribute("formatCode").value();
  }
  std::vector<std::string> formats;
  for (const auto style : styles.child("cellXfs").children("xf")) {
    formats.push_back(codes.at(style.attribute("numFmtId").value()));
  }
  return formats;
}

// "AB12" -> 27
size_t ColumnOf(const char* reference) {
  size_t column = 0;
  for (; *reference >= 'A'; ++reference)
    column = column * 26 + static_cast<size_t>(*reference - 'A') + 1;
  return column - 1;
}

WorkbookSheet SheetOf(const pugi::xml_node sheet, const std::vector<std::string>& formats) {
  WorkbookSheet read;
  read.filter = sheet.child("autoFilter").attribute("ref").value();
  const auto pane = sheet.child("sheetViews").child("sheetView").child("pane");
  read.header_stays = std::string(pane.attribute("ySplit").value()) == "1";
  for (const auto row : sheet.child("sheetData").children("row")) {
    read.rows.resize(row.attribute("r").as_uint() - 1);
    auto& cells = read.rows.emplace_back();
    for (const auto cell : row.children("c")) {
      WorkbookCell& to = cells[ColumnOf(cell.attribute("r").value())];
      if (std::string(cell.attribute("t").value()) == "inlineStr") {
        to.text = cell.child("is").child("t").text().get();
      } else if (cell.child("v")) {
        to.number = cell.child("v").text().as_double();
        to.shown_as = formats.at(cell.attribute("s").as_uint());
      }
    }
  }
  return read;
}

}  // namespace

std::vector<WorkbookSheet> ReadWorkbook(const std::string& path) {
  const std::vector<std::string> formats = FormatsOf(path);
  std::vector<WorkbookSheet> sheets;
  const pugi::xml_document book = Parsed(path, "xl/workbook.xml");
  for (const auto sheet : book.child("workbook").child("sheets").children("sheet")) {
    const pugi::xml_document document =
        Parsed(path, fmt::format("xl/worksheets/sheet{}.xml", sheets.size() + 1));
    sheets.push_back(SheetOf(document.child("worksheet"), formats));
    sheets.back().name = sheet.attribute("name").value();
  }
  return sheets;
}

std::string Shown(const WorkbookCell& cell) {
  if (!cell.number) return cell.text;
  if (cell.shown_as == "yyyy-mm-dd") {
    return FormatDate(static_cast<DayNumber>(std::lround(*cell.number)) - kDaysTo1970);
  }
  const size_t point = cell.shown_as.find('.');
  const size_t decimals = point == std::string::npos ? 0 : cell.shown_as.size() - point - 1;
  return fmt::format("{:.{}f}", *cell.number, decimals);
}

}  // namespace longmen::testing
