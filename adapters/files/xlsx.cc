#include "adapters/files/xlsx.h"

#include <xlsxwriter.h>

#include <array>
#include <cerrno>
#include <cmath>

#include "adapters/files/csv.h"
#include "adapters/files/file_writer.h"
#include "events/base/write_time.h"
#include "events/money/write_minor.h"

namespace longmen::adapters {
namespace {

constexpr lxw_row_t kSheetRows = 1'048'576;            // the names' row included
constexpr __int128 kShownEnd = 1'000'000'000'000'000;  // 15 digits
constexpr int kDaysTo1970 = 25'569;       // from the day that a spreadsheet counts from
constexpr time_t kCreated = 315'532'800;  // 1980-01-01, the earliest of a ZIP archive
constexpr size_t kHashBytes = 1u << 16;
constexpr int kExponents = 5;

double WidthOf(const TableColumn& column) {
  const auto at_least = [&](size_t width) {
    return static_cast<double>(std::max(width, column.name.size() + 4));
  };
  switch (column.type) {
    case ColumnType::kText:
      return at_least(20);
    case ColumnType::kCount:
    case ColumnType::kDate:
      return at_least(12);
    case ColumnType::kMinor:
    case ColumnType::kAmount:
      return at_least(18);
    case ColumnType::kInstant:
      return at_least(30);
  }
  return at_least(20);
}

// The library's workbook in the place of a FileWriter's text.
class XlsxWriter final : public TableWriter {
 public:
  XlsxWriter(FileWriter file, const std::string& directory, std::span<const TableColumn> columns);
  ~XlsxWriter() override {
    if (book_ != nullptr) workbook_close(book_);  // the only way to free one; the file goes with it
  }
  bool ok() const { return book_ != nullptr; }
  void Row(std::span<const TableCell> cells) override;
  Result<Written> Finish(const TableTrailer& trailer, const std::string& name) override;

 private:
  void BeginSheet();
  void EndSheet();
  void Cell(lxw_col_t column, const TableCell& cell);
  void Text(lxw_worksheet* sheet, lxw_row_t row, lxw_col_t column, std::string_view text);
  void Number(lxw_col_t column, const TableCell& cell, lxw_format* format, double value);
  void Trailer(const TableTrailer& trailer, const Digest256& sha256);
  void Keep(lxw_error error) {
    if (error_ == LXW_NO_ERROR) error_ = error;
  }
  Error Failure() const;

  FileWriter file_;
  std::string directory_;
  std::vector<TableColumn> columns_;
  lxw_workbook* book_ = nullptr;
  lxw_worksheet* sheet_ = nullptr;
  lxw_row_t row_ = 0;  // of the sheet, the next
  uint16_t sheets_ = 0;
  lxw_format* bold_ = nullptr;
  lxw_format* whole_ = nullptr;
  lxw_format* date_ = nullptr;
  std::array<lxw_format*, kExponents> amounts_{};  // by decimals
  lxw_error error_ = LXW_NO_ERROR;
  bool write_failed_ = false;
  std::string text_;  // as the library wants it, with a NUL
  std::string csv_;   // lines that are not hashed yet
  Sha256Stream hash_;
};

XlsxWriter::XlsxWriter(FileWriter file, const std::string& directory,
                       std::span<const TableColumn> columns)
    : file_(std::move(file)), directory_(directory), columns_(columns.begin(), columns.end()) {
  lxw_workbook_options options{.constant_memory = 1, .tmpdir = directory_.data(), .use_zip64 = 1};
  book_ = workbook_new_opt(file_.part().c_str(), &options);
  if (book_ == nullptr) return;
  lxw_doc_properties properties{};
  properties.created = kCreated;
  workbook_set_properties(book_, &properties);
  const auto format = [&](const char* number) {
    lxw_format* made = workbook_add_format(book_);
    format_set_num_format(made, number);
    return made;
  };
  bold_ = workbook_add_format(book_);
  format_set_bold(bold_);
  whole_ = format("0");
  date_ = format("yyyy-mm-dd");
  amounts_ = {whole_, format("0.0"), format("0.00"), format("0.000"), format("0.0000")};
  AppendCsvHeader(columns_, csv_);
  BeginSheet();
}

void XlsxWriter::BeginSheet() {
  const std::string name = ++sheets_ == 1 ? "table" : fmt::format("table {}", sheets_);
  sheet_ = workbook_add_worksheet(book_, name.c_str());
  lxw_col_t at = 0;
  for (const auto& column : columns_) {
    Keep(worksheet_set_column(sheet_, at, at, WidthOf(column), nullptr));
    Keep(worksheet_write_string(sheet_, 0, at, std::string(column.name).c_str(), bold_));
    ++at;
  }
  worksheet_freeze_panes(sheet_, 1, 0);
  row_ = 1;
}

void XlsxWriter::EndSheet() {
  Keep(worksheet_autofilter(sheet_, 0, 0, row_ - 1, static_cast<lxw_col_t>(columns_.size() - 1)));
  // The library does not look whether its own writes went well.
  write_failed_ |=
      std::fflush(sheet_->optimize_tmpfile) != 0 || std::ferror(sheet_->optimize_tmpfile) != 0;
}

void XlsxWriter::Text(lxw_worksheet* sheet, lxw_row_t row, lxw_col_t column,
                      std::string_view text) {
  text_ = text;
  Keep(worksheet_write_string(sheet, row, column, text_.c_str(), nullptr));
}

// What a spreadsheet could not show to its last digit is text.
void XlsxWriter::Number(lxw_col_t column, const TableCell& cell, lxw_format* format, double value) {
  if (cell.number > -kShownEnd && cell.number < kShownEnd) {
    Keep(worksheet_write_number(sheet_, row_, column, value, format));
    return;
  }
  char text[kMinorTextMax];
  const Currency currency = cell.type == ColumnType::kAmount ? cell.currency : Currency{};
  Text(sheet_, row_, column, {text, WriteMinor(text, cell.number, currency)});
}

void XlsxWriter::Cell(lxw_col_t column, const TableCell& cell) {
  switch (cell.type) {
    case ColumnType::kText:
      return Text(sheet_, row_, column, cell.text);
    case ColumnType::kCount:
    case ColumnType::kMinor:
      return Number(column, cell, whole_, static_cast<double>(cell.number));
    case ColumnType::kAmount: {
      // Both are exact, so that the quotient is the number nearest to the decimal.
      const int exponent = cell.currency.exponent();
      CHECK(exponent < kExponents, "xlsx.exponent", exponent);
      return Number(column, cell, amounts_[static_cast<size_t>(exponent)],
                    static_cast<double>(cell.number) / std::pow(10.0, exponent));
    }
    case ColumnType::kDate:
      return Number(column, cell, date_, static_cast<double>(cell.number + kDaysTo1970));
    case ColumnType::kInstant: {
      char text[kInstantTextMax];
      return Text(sheet_, row_, column,
                  {text, WriteInstant(text, static_cast<Nanos>(cell.number))});
    }
  }
}

void XlsxWriter::Row(std::span<const TableCell> cells) {
  if (row_ == kSheetRows) {
    EndSheet();
    BeginSheet();
  }
  for (size_t i = 0; i < cells.size(); ++i) {
    if (!cells[i].empty) Cell(static_cast<lxw_col_t>(i), cells[i]);
  }
  ++row_;
  AppendCsv(cells, csv_);
  if (csv_.size() < kHashBytes) return;
  hash_.Add(AsBytes(csv_));
  csv_.clear();
}

void XlsxWriter::Trailer(const TableTrailer& trailer, const Digest256& sha256) {
  lxw_worksheet* sheet = workbook_add_worksheet(book_, "trailer");
  Keep(worksheet_set_column(sheet, 0, 0, 16, nullptr));
  Keep(worksheet_set_column(sheet, 1, 1, 70, nullptr));
  lxw_row_t row = 0;
  const auto line = [&](const char* name, const std::string& text) {
    Keep(worksheet_write_string(sheet, row, 0, name, bold_));
    Text(sheet, row++, 1, text);
  };
  const auto number = [&](const char* name, uint64_t value) {
    Keep(worksheet_write_string(sheet, row, 0, name, bold_));
    Keep(worksheet_write_number(sheet, row++, 1, static_cast<double>(value), whole_));
  };
  number("rows", trailer.rows);
  line("debits", trailer.sums.Debits());
  line("credits", trailer.sums.Credits());
  number("first record", trailer.first);
  number("last record", trailer.last);
  line("csv sha256", Hex(sha256));
  for (const std::string& extra : trailer.extra) line("see also", extra);
}

Error XlsxWriter::Failure() const {
  if (error_ == LXW_ERROR_MAX_STRING_LENGTH_EXCEEDED) {
    return {Code::TOO_LONG, "", fmt::format("{}: {}", file_.part(), lxw_strerror(error_))};
  }
  const Code code = errno == ENOSPC || errno == EDQUOT ? Code::STORAGE_FULL : Code::STORAGE_FAILED;
  return {code, "", fmt::format("{}: {}", file_.part(), lxw_strerror(error_))};
}

Result<TableWriter::Written> XlsxWriter::Finish(const TableTrailer& trailer,
                                                const std::string& name) {
  hash_.Add(AsBytes(csv_));
  Written written{.path = {}, .sha256 = hash_.Finish()};
  EndSheet();
  Trailer(trailer, written.sha256);
  if (write_failed_) Keep(LXW_ERROR_CREATING_TMPFILE);
  errno = 0;
  Keep(workbook_close(std::exchange(book_, nullptr)));
  if (error_ != LXW_NO_ERROR) return Failure();
  auto path = file_.FinishAs(name);
  if (!path.ok()) return path.error();
  written.path = std::move(path).value();
  return written;
}

}  // namespace

Result<std::unique_ptr<TableWriter>> CreateXlsx(const std::string& directory,
                                                const std::string& name,
                                                std::span<const TableColumn> columns) {
  auto file = FileWriter::Create(directory, name);
  if (!file.ok()) return file.error();
  auto writer = std::make_unique<XlsxWriter>(std::move(file).value(), directory, columns);
  if (!writer->ok()) return Error{Code::STORAGE_FAILED, "", directory + ": no workbook"};
  return std::unique_ptr<TableWriter>(std::move(writer));
}

}  // namespace longmen::adapters
