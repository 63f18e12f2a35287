#include "adapters/files/table.h"

#include <fmt/format.h>

#include <algorithm>

#include "adapters/files/csv.h"
#include "adapters/files/xlsx.h"

namespace longmen::adapters {
namespace {

constexpr TableFormat kFormats[] = {{"csv", &CreateCsv}, {"xlsx", &CreateXlsx}};

TableCell NumberCell(ColumnType type, __int128 number, Currency currency = {}) {
  return {.type = type, .empty = false, .currency = currency, .text = {}, .number = number};
}

__int128& SumOf(ControlSums::Sums& sums, Currency currency) {
  for (auto& [known, sum] : sums) {
    if (known == currency) return sum;
  }
  const auto at = std::ranges::find_if(
      sums, [&](const auto& known) { return known.first.alphabetic() > currency.alphabetic(); });
  return sums.insert(at, {currency, 0})->second;
}

std::string SumText(const ControlSums::Sums& sums) {
  std::string text;
  for (const auto& [currency, minor] : sums) {
    if (!text.empty()) text += ';';
    text += fmt::format("{}:{}", currency.alphabetic(), minor);
  }
  return text;
}

}  // namespace

TableCell NoCell() { return {}; }
TableCell TextCell(std::string_view text) {
  return {.type = ColumnType::kText, .empty = text.empty(), .currency = {}, .text = text};
}
TableCell BoolCell(bool value) { return TextCell(value ? "true" : "false"); }
TableCell CountCell(uint64_t count) { return NumberCell(ColumnType::kCount, count); }
TableCell MinorCell(__int128 minor) { return NumberCell(ColumnType::kMinor, minor); }
TableCell AmountCell(__int128 minor, Currency currency) {
  return NumberCell(ColumnType::kAmount, minor, currency);
}
TableCell DateCell(DayNumber day) {
  return day == 0 ? NoCell() : NumberCell(ColumnType::kDate, day);
}
TableCell InstantCell(Nanos instant) {
  return instant == 0 ? NoCell() : NumberCell(ColumnType::kInstant, instant);
}

void ControlSums::AddSigned(__int128 minor, Currency currency) {
  SumOf(minor < 0 ? debits_ : credits_, currency) += minor < 0 ? -minor : minor;
}
void ControlSums::AddDebit(const WideSum& minor, Currency currency) {
  SumOf(debits_, currency) += minor.value();
}
void ControlSums::AddCredit(const WideSum& minor, Currency currency) {
  SumOf(credits_, currency) += minor.value();
}
std::string ControlSums::Debits() const { return SumText(debits_); }
std::string ControlSums::Credits() const { return SumText(credits_); }

std::span<const TableFormat> TableFormats() { return kFormats; }

std::string ExportName(std::string_view what, Sequence first, Sequence last,
                       std::string_view extension) {
  return fmt::format("{}-{:010}-{:010}.{}", what, first, last, extension);
}

ExportTable::ExportTable(const ExportTo& to, std::string what, Sequence first,
                         std::span<const TableColumn> columns, std::unique_ptr<TableWriter> writer)
    : progress_(to.progress),
      format_(to.format->name),
      what_(std::move(what)),
      first_(first),
      columns_(columns.begin(), columns.end()),
      writer_(std::move(writer)) {}

Result<ExportTable> ExportTable::Create(const ExportTo& to, const std::string& what, Sequence first,
                                        Sequence last, std::span<const TableColumn> columns) {
  auto writer =
      to.format->create(to.directory, ExportName(what, first, last, to.format->name), columns);
  if (!writer.ok()) return writer.error();
  return ExportTable(to, what, first, columns, std::move(writer).value());
}

void ExportTable::Row(std::span<const TableCell> cells) {
  CHECK(cells.size() == columns_.size(), "files.row", what_, cells.size(), columns_.size());
  for (size_t i = 0; i < cells.size(); ++i) {
    CHECK(cells[i].empty || cells[i].type == columns_[i].type, "files.cell", what_,
          columns_[i].name);
  }
  writer_->Row(cells);
  if (++rows_ % kProgressRows == 0 && progress_) progress_(rows_);
}

Result<ExportedFile> ExportTable::Finish(Sequence last, const ControlSums& sums,
                                         std::vector<std::string> extra) {
  ExportedFile exported{.path = {},
                        .name = ExportName(what_, first_, last, format_),
                        .rows = rows_,
                        .first = first_,
                        .last = last,
                        .sha256 = {}};
  auto written = writer_->Finish(
      {.rows = rows_, .sums = sums, .first = first_, .last = last, .extra = std::move(extra)},
      exported.name);
  if (!written.ok()) return written.error();
  exported.path = std::move(written->path);
  exported.sha256 = written->sha256;
  return exported;
}

}  // namespace longmen::adapters
