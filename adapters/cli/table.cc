#include "adapters/cli/table.h"

#include <algorithm>

#include "adapters/cli/names.h"
#include "adapters/files/csv.h"

namespace longmen::adapters::cli {
namespace {

// How wide a text is on a terminal: Chinese characters and their like take two columns.
size_t Width(std::string_view text) {
  size_t width = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0) == 0x80) continue;  // inside a character
    width += byte >= 0xE3 ? 2 : 1;        // from U+3000 on
  }
  return width;
}

bool IsRight(ColumnKind kind) { return kind == ColumnKind::kNumber || kind == ColumnKind::kAmount; }

// "grossInMinor" reads "gross in minor".
std::string Heading(std::string_view name) {
  std::string heading = SnakeCase(name);
  std::replace(heading.begin(), heading.end(), '_', ' ');
  return heading;
}

std::string Padded(std::string_view text, size_t width, bool right) {
  const std::string space(width - std::min(width, Width(text)), ' ');
  return right ? space + std::string(text) : std::string(text) + space;
}

std::string PeopleLine(const Table& table, const std::vector<std::string>& texts,
                       const std::vector<size_t>& widths) {
  std::string line;
  for (size_t i = 0; i < texts.size(); ++i) {
    if (i > 0) line += "  ";
    line += Padded(texts[i], widths[i], IsRight(table.columns[i].kind));
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

std::string PeopleTable(const Table& table) {
  std::vector<std::vector<std::string>> lines(1);
  for (const Column& column : table.columns) lines[0].push_back(Heading(column.name));
  for (const auto& row : table.rows) {
    auto& line = lines.emplace_back();
    for (const Cell& cell : row) line.push_back(cell.text().empty() ? "-" : cell.text());
  }
  std::vector<size_t> widths(table.columns.size());
  for (const auto& line : lines) {
    for (size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], Width(line[i]));
  }
  if (table.rows.empty()) return "none\n";
  std::string out;
  for (const auto& line : lines) out += PeopleLine(table, line, widths);
  return out;
}

// Without the columns that are for files.
Table Narrow(const Table& table) {
  Table narrow{table.name, {}, std::vector<std::vector<Cell>>(table.rows.size())};
  for (size_t i = 0; i < table.columns.size(); ++i) {
    if (table.columns[i].for_files) continue;
    narrow.columns.push_back(table.columns[i]);
    for (size_t row = 0; row < table.rows.size(); ++row) {
      narrow.rows[row].push_back(table.rows[row][i]);
    }
  }
  return narrow;
}

std::string CsvTable(const Table& table) {
  std::string out;
  for (const Column& column : table.columns) {
    if (!out.empty()) out += ',';
    const std::string name = SnakeCase(column.name);
    out += column.kind == ColumnKind::kAmount ? fmt::format("{0}_minor,{0}", name) : name;
  }
  out += '\n';
  for (const auto& row : table.rows) {
    for (size_t i = 0; i < row.size(); ++i) {
      if (i > 0) out += ',';
      const ColumnKind kind = table.columns[i].kind;
      if (kind == ColumnKind::kAmount) out += row[i].minor() + ',';
      out += kind == ColumnKind::kText ? CsvEscape(row[i].text()) : row[i].text();
    }
    out += '\n';
  }
  return out;
}

std::string JsonRow(const Table& table, const std::vector<Cell>& row, bool with_part) {
  std::string out = "{";
  if (with_part) out += fmt::format(R"("part":{})", Quoted(table.name));
  for (size_t i = 0; i < row.size(); ++i) {
    if (row[i].text().empty()) continue;
    if (out.size() > 1) out += ',';
    const Column& column = table.columns[i];
    switch (column.kind) {
      case ColumnKind::kFlag:
        out += fmt::format(R"("{}":{})", column.name, row[i].text() == "yes");
        break;
      case ColumnKind::kAmount:
        out += fmt::format(R"("{}Minor":"{}")", column.name, row[i].minor());
        break;
      default:
        out += fmt::format(R"("{}":{})", column.name, Quoted(row[i].text()));
    }
  }
  return out + "}\n";
}

std::string Digits(unsigned __int128 number) { return fmt::format("{}", number); }

}  // namespace

Cell Cell::Number(unsigned __int128 number) { return Cell(Digits(number)); }

Cell Cell::NumberOrNone(uint64_t number) { return number == 0 ? Cell("") : Number(number); }

Cell Cell::Amount(const WideSum& minor, Currency currency) {
  Cell cell(minor.Format(currency));
  cell.minor_ = fmt::format("{}", minor.value());
  return cell;
}

Cell Cell::Amount(int64_t minor, Currency currency) {
  WideSum sum;
  sum.Add(minor);
  return Amount(sum, currency);
}

Cell Cell::AmountOrNone(const Money& money) {
  return money.currency.numeric == 0 ? Cell("") : Amount(money.minor, money.currency);
}

Cell Cell::CurrencyOrNone(const Money& money) {
  return money.currency.numeric == 0 ? Cell("") : Cell(money.currency.alphabetic());
}

Cell Cell::CodeOrNone(Code code) { return Cell(code == Code::NONE ? "" : CodeName(code)); }

Cell Cell::Flag(bool flag) { return Cell(flag ? "yes" : "no"); }

void Table::Row(std::vector<Cell> cells) {
  CHECK(cells.size() == columns.size(), "cli.row", name, cells.size(), columns.size());
  rows.push_back(std::move(cells));
}

Status KeepPart(const std::string& part, std::vector<Table>& tables) {
  if (part.empty()) return Ok();
  std::vector<std::string_view> names;
  for (Table& table : tables) {
    if (table.name == part) {
      tables = {Table(std::move(table))};
      return Ok();
    }
    names.push_back(table.name);
  }
  return Error{Code::USAGE, "part", fmt::format("this answer has {}", fmt::join(names, ", "))};
}

std::string Render(const std::vector<Table>& tables, Form form) {
  if (form == Form::kCsv) return CsvTable(tables.front());
  std::string out;
  for (const Table& table : tables) {
    if (form == Form::kJson) {
      for (const auto& row : table.rows) out += JsonRow(table, row, tables.size() > 1);
      continue;
    }
    if (tables.size() > 1) out += fmt::format("{}{}\n", out.empty() ? "" : "\n", table.name);
    out += PeopleTable(Narrow(table));
  }
  return out;
}

}  // namespace longmen::adapters::cli
