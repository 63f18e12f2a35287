#include "adapters/files/csv.h"

#include <array>
#include <charconv>
#include <cstring>

#include "adapters/files/file_writer.h"
#include "events/base/write_time.h"
#include "events/money/write_minor.h"

namespace longmen::adapters {
namespace {

constexpr size_t kTrailerFields = 7;
constexpr size_t kNumberMax = 48;  // characters of anything that is no text

constexpr std::array<bool, 256> kQuoted = [] {
  std::array<bool, 256> quoted{};
  for (const char c : {',', '"', '\r', '\n'}) quoted[static_cast<uint8_t>(c)] = true;
  return quoted;
}();

bool LooksLikeAFormula(char first) {
  return std::string_view("=+-@\t\r'").find(first) != std::string_view::npos;
}

// Room for 2n + 3 characters is enough: an apostrophe, two quotes, and every character doubled.
char* WriteText(char* to, std::string_view text) {
  bool quoted = false;
  for (const char c : text) quoted |= kQuoted[static_cast<uint8_t>(c)];
  if (quoted) *to++ = '"';
  if (!text.empty() && LooksLikeAFormula(text.front())) *to++ = '\'';
  if (!quoted) {
    std::memcpy(to, text.data(), text.size());
    return to + text.size();
  }
  for (const char c : text) {
    if (c == '"') *to++ = '"';
    *to++ = c;
  }
  *to++ = '"';
  return to;
}

char* WriteNumber(char* to, __int128 number) {
  if (number >= INT64_MIN && number <= INT64_MAX) {
    return std::to_chars(to, to + kNumberMax, static_cast<int64_t>(number)).ptr;
  }
  return fmt::format_to(to, "{}", number);
}

char* WriteCell(char* to, const TableCell& cell) {
  if (cell.empty) return to;
  switch (cell.type) {
    case ColumnType::kText:
      return WriteText(to, cell.text);
    case ColumnType::kCount:
    case ColumnType::kMinor:
      return WriteNumber(to, cell.number);
    case ColumnType::kAmount:
      return WriteMinor(to, cell.number, cell.currency);
    case ColumnType::kDate:
      return WriteDate(to, static_cast<DayNumber>(cell.number));
    case ColumnType::kInstant:
      return WriteInstant(to, static_cast<Nanos>(cell.number));
  }
  return to;
}

static_assert(kNumberMax >= kMinorTextMax && kNumberMax >= kInstantTextMax);

class CsvWriter final : public TableWriter {
 public:
  CsvWriter(FileWriter file, std::span<const TableColumn> columns)
      : file_(std::move(file)), columns_(columns.size()) {
    file_.WriteInPlace([&](std::string& text) { AppendCsvHeader(columns, text); });
  }
  void Row(std::span<const TableCell> cells) override {
    file_.WriteInPlace([&](std::string& text) { AppendCsv(cells, text); });
  }
  Result<Written> Finish(const TableTrailer& trailer, const std::string& name) override {
    Written written{.path = {}, .sha256 = file_.Seal()};
    const std::string debits = trailer.sums.Debits();
    const std::string credits = trailer.sums.Credits();
    const std::string hash = Hex(written.sha256);
    std::vector<TableCell> cells = {
        TextCell("trailer"),      CountCell(trailer.rows), TextCell(debits), TextCell(credits),
        CountCell(trailer.first), CountCell(trailer.last), TextCell(hash)};
    for (const std::string& field : trailer.extra) cells.push_back(TextCell(field));
    cells.resize(columns_);
    Row(cells);
    auto path = file_.FinishAs(name);
    if (!path.ok()) return path.error();
    written.path = std::move(path).value();
    return written;
  }

 private:
  FileWriter file_;
  size_t columns_;
};

}  // namespace

std::string CsvEscape(std::string_view text) {
  std::string escaped(2 * text.size() + 3, '\0');
  escaped.resize(static_cast<size_t>(WriteText(escaped.data(), text) - escaped.data()));
  return escaped;
}

// The most that the row can take is made room for once, so that no cell asks for any.
void AppendCsv(std::span<const TableCell> cells, std::string& lines) {
  size_t most = 1;
  for (const TableCell& cell : cells) most += kNumberMax + 4 + 2 * cell.text.size();
  const size_t before = lines.size();
  lines.resize(before + most);
  char* to = lines.data() + before;
  for (size_t i = 0; i < cells.size(); ++i) {
    if (i != 0) *to++ = ',';
    to = WriteCell(to, cells[i]);
  }
  *to++ = '\n';
  lines.resize(static_cast<size_t>(to - lines.data()));
}

void AppendCsvHeader(std::span<const TableColumn> columns, std::string& lines) {
  std::vector<TableCell> names;
  for (const TableColumn& column : columns) names.push_back(TextCell(column.name));
  AppendCsv(names, lines);
}

Result<std::unique_ptr<TableWriter>> CreateCsv(const std::string& directory,
                                               const std::string& name,
                                               std::span<const TableColumn> columns) {
  CHECK(columns.size() >= kTrailerFields, "files.columns", name);
  auto file = FileWriter::Create(directory, name);
  if (!file.ok()) return file.error();
  return std::unique_ptr<TableWriter>(
      std::make_unique<CsvWriter>(std::move(file).value(), columns));
}

}  // namespace longmen::adapters
