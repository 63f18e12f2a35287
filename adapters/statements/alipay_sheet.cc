#include "adapters/statements/alipay_sheet.h"

#include <fmt/format.h>

namespace longmen::adapters::statements {
namespace {

// A line of the frame, which is short, as UTF-8.
Result<std::string> Decoded(std::string_view line, uint64_t number) {
  auto text = Decoder(Encoding::kGbk).Whole(line);
  if (!text) return BadLine(number, fmt::format("'{}' is no text in GBK", Shown(line)));
  return std::move(*text);
}

}  // namespace

std::optional<std::string_view> Between(std::string_view text, std::string_view before,
                                        std::string_view after) {
  const size_t begin = text.find(before);
  if (begin == std::string_view::npos) return std::nullopt;
  text.remove_prefix(begin + before.size());
  const size_t end = text.find(after);
  if (end == std::string_view::npos) return std::nullopt;
  return text.substr(0, end);
}

bool BeginsWithAlipayTitle(std::string_view bytes, std::string_view utf8_title) {
  if (!bytes.starts_with('#')) return false;
  Lines lines(bytes.substr(0, 256));
  lines.Next();
  const auto title = Decoder(Encoding::kGbk).Whole(lines.line());
  return title && title->starts_with(utf8_title);
}

Result<AlipaySheet> AlipaySheet::Open(std::string_view bytes,
                                      std::span<const std::string_view> columns) {
  AlipaySheet sheet(bytes);
  RETURN_IF_ERROR(sheet.ReadTitle());
  RETURN_IF_ERROR(sheet.FindColumns(columns));
  return sheet;
}

Status AlipaySheet::ReadTitle() {
  bool period = false;
  while (lines_.Next()) {
    if (!lines_.line().starts_with('#')) {
      if (!period) return BadLine(lines_.number(), "the names begin before a period was stated");
      return Ok();
    }
    const auto line = Decoded(lines_.line(), lines_.number());
    if (!line.ok()) return line.error();
    if (line->starts_with("#账号")) {
      const auto account = Between(*line, "[", "]");
      if (!account) return BadLine(lines_.number(), "the account is not in brackets");
      account_ = *account;
    } else if (line->starts_with("#起始日期")) {
      if (period) return BadLine(lines_.number(), "the period is there twice");
      RETURN_IF_ERROR(ReadPeriod(*line));
      period = true;
    }
  }
  return BadLine(lines_.number() + 1, "the file ends before its rows");
}

// [start, end): the last day is the one in which the last second before the end lies.
Status AlipaySheet::ReadPeriod(std::string_view line) {
  constexpr DateMarks kMarks{.year = "年", .month = "月", .day = "日"};
  const auto from = Between(line, "起始日期：[", "]");
  const auto to = Between(line, "终止日期：[", "]");
  const auto first = from ? ParseLocalTime(*from, kMarks) : std::nullopt;
  const auto last = to ? ParseLocalTime(*to, kMarks) : std::nullopt;
  if (!first || !last) {
    return LineError(Code::BAD_TIME, lines_.number(), "it has no period of two times in brackets");
  }
  from_ = first->day;
  to_ = last->second == 0 ? last->day - 1 : last->day;
  if (to_ < from_)
    return LineError(Code::BAD_TIME, lines_.number(), "the period ends before it begins");
  return Ok();
}

Status AlipaySheet::FindColumns(std::span<const std::string_view> columns) {
  const auto names = Decoded(lines_.line(), lines_.number());
  if (!names.ok()) return names.error();
  Lines lines(*names);
  lines.Next();
  CsvRecord record;
  RETURN_IF_ERROR(record.Read(lines));
  columns_ = record.size();
  constexpr size_t kAbsent = SIZE_MAX;
  places_.assign(columns.size(), kAbsent);
  for (size_t i = 0; i < columns.size(); ++i) {
    for (size_t place = 0; place < columns_; ++place) {
      std::string_view name = Trim(record[place]);
      name = name.substr(0, std::min(name.find("（"), name.find('(')));
      if (name != columns[i]) continue;
      if (places_[i] != kAbsent) {
        return BadLine(lines_.number(), fmt::format("the column {} is there twice", name));
      }
      places_[i] = place;
    }
    if (places_[i] == kAbsent) {
      return BadLine(lines_.number(), fmt::format("the column {} is missing", columns[i]));
    }
  }
  return Ok();
}

Result<bool> AlipaySheet::Next(Row& row) {
  if (!lines_.Next()) return BadLine(lines_.number() + 1, "the file ends among its rows");
  if (lines_.line().starts_with('#')) return false;
  row.Start(lines_.number(), lines_.line());
  if (row.failed()) return row.error();
  RETURN_IF_ERROR(record_.Read(lines_));
  if (record_.size() != columns_) {
    return BadLine(lines_.number(),
                   fmt::format("there are {} values for the {} columns", record_.size(), columns_));
  }
  return true;
}

LocalTime AlipaySheet::Time(size_t column, std::string_view name, Row& row) const {
  const std::string_view text = (*this)[column];
  const bool dashes = text.size() > 4 && text[4] == '-';
  return row.Time(text, name, dashes ? DateMarks{} : kGbkMarks);
}

Result<AlipaySheet::Footer> AlipaySheet::FindFooter(std::string_view name) const {
  Lines lines(lines_.rest(), lines_.number());
  while (lines.Next()) {
    auto line = Decoded(lines.line(), lines.number());
    if (!line.ok()) return line.error();
    if (line->starts_with('#') && line->substr(1).starts_with(name)) {
      return Footer{.text = std::move(line).value(), .line = lines.number()};
    }
  }
  return BadLine(lines.number() + 1, fmt::format("the file ends without its line #{}", name));
}

}  // namespace longmen::adapters::statements
