#include "adapters/files/csv.h"

#include <fmt/format.h>

namespace longmen::adapters {
namespace {

constexpr size_t kTrailerFields = 7;

std::string SumText(const std::map<std::string, __int128, std::less<>>& sums) {
  std::string text;
  for (const auto& [currency, minor] : sums) {
    if (!text.empty()) text += ';';
    text += fmt::format("{}:{}", currency, minor);
  }
  return text;
}

std::string LineOf(const std::vector<CsvField>& fields) {
  std::string line;
  for (size_t i = 0; i < fields.size(); ++i) {
    if (i != 0) line += ',';
    line += CsvEscape(fields[i]);
  }
  line += '\n';
  return line;
}

}  // namespace

CsvField CsvText(std::string_view text) { return {.text = std::string(text), .number = false}; }
CsvField CsvNumber(__int128 number) { return {.text = fmt::format("{}", number), .number = true}; }
CsvField CsvAmount(const WideSum& minor, Currency currency) {
  return {.text = minor.Format(currency), .number = true};
}
CsvField CsvAmount(int64_t minor, Currency currency) {
  return {.text = FormatMinor(minor, currency), .number = true};
}

std::string CsvEscape(const CsvField& field) {
  if (field.number || field.text.empty()) return field.text;
  std::string text;
  if (std::string_view("=+-@\t\r'").find(field.text.front()) != std::string_view::npos) text = "'";
  text += field.text;
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

void ControlSums::AddSigned(__int128 minor, Currency currency) {
  auto& sums = minor < 0 ? debits_ : credits_;
  sums[std::string(currency.alphabetic())] += minor < 0 ? -minor : minor;
}

void ControlSums::AddDebit(const WideSum& minor, Currency currency) {
  debits_[std::string(currency.alphabetic())] += minor.value();
}

void ControlSums::AddCredit(const WideSum& minor, Currency currency) {
  credits_[std::string(currency.alphabetic())] += minor.value();
}

std::string ControlSums::Debits() const { return SumText(debits_); }
std::string ControlSums::Credits() const { return SumText(credits_); }

Result<CsvFile> CsvFile::Create(const std::string& directory, const std::string& name,
                                const std::vector<std::string_view>& columns) {
  CHECK(columns.size() >= kTrailerFields, "files.columns", name);
  auto writer = FileWriter::Create(directory, name);
  if (!writer.ok()) return writer.error();
  CsvFile file(std::move(writer).value(), name, columns.size());
  std::vector<CsvField> header;
  for (const std::string_view column : columns) header.push_back(CsvText(column));
  file.writer_.Write(LineOf(header));
  return file;
}

void CsvFile::Row(const std::vector<CsvField>& fields) {
  CHECK(fields.size() == columns_, "files.row", name_, fields.size(), columns_);
  writer_.Write(LineOf(fields));
  ++rows_;
}

Result<ExportedFile> CsvFile::Finish(Sequence first, Sequence last, const ControlSums& sums,
                                     const std::vector<std::string>& extra) {
  ExportedFile exported{.path = {},
                        .name = name_,
                        .rows = rows_,
                        .first = first,
                        .last = last,
                        .sha256 = writer_.Seal()};
  std::vector<CsvField> trailer = {
      CsvText("trailer"), CsvNumber(rows_), CsvText(sums.Debits()),       CsvText(sums.Credits()),
      CsvNumber(first),   CsvNumber(last),  CsvText(Hex(exported.sha256))};
  for (const std::string& field : extra) trailer.push_back(CsvText(field));
  trailer.resize(columns_);
  writer_.Write(LineOf(trailer));
  auto path = writer_.Finish();
  if (!path.ok()) return path.error();
  exported.path = std::move(path).value();
  return exported;
}

}  // namespace longmen::adapters
