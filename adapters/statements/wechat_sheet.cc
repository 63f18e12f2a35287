#include "adapters/statements/wechat_sheet.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>

namespace longmen::adapters::statements {
namespace {

std::vector<std::string_view> SplitCommas(std::string_view line) {
  std::vector<std::string_view> parts;
  for (;;) {
    const size_t comma = line.find(',');
    parts.push_back(Trim(line.substr(0, comma)));
    if (comma == std::string_view::npos) return parts;
    line.remove_prefix(comma + 1);
  }
}

// Takes the last line that is not empty off the bytes.
std::string_view TakeLastLine(std::string_view& bytes) {
  const size_t end = bytes.find_last_not_of("\r\n");
  if (end == std::string_view::npos) return {};
  bytes = bytes.substr(0, end + 1);
  const size_t before = bytes.rfind('\n');
  const size_t begin = before == std::string_view::npos ? 0 : before + 1;
  const std::string_view line = bytes.substr(begin);
  bytes = bytes.substr(0, begin);
  return line;
}

constexpr size_t kBlock = 64;

// Which of 64 bytes are the wanted one; the first is the lowest bit. Values are short: a search for
// the end of each would begin anew every few bytes.
uint64_t Where(const char* bytes, char wanted) {
  static_assert(std::endian::native == std::endian::little);
  constexpr uint64_t kOnes = 0x0101'0101'0101'0101;
  constexpr uint64_t kLow = 0x7f * kOnes;
  uint64_t found = 0;
  for (size_t word = 0; word < kBlock / 8; ++word) {
    uint64_t differs = 0;  // in its byte
    std::memcpy(&differs, bytes + 8 * word, 8);
    differs ^= kOnes * static_cast<uint8_t>(wanted);
    const uint64_t same = ~(((differs & kLow) + kLow) | differs | kLow) >> 7;
    found |= (same * 0x0102'0408'1020'4080) >> 56 << (8 * word);
  }
  return found;
}

}  // namespace

bool IsOneOf(std::string_view name, std::string_view names) {
  while (!names.empty()) {
    const size_t bar = names.find('|');
    if (names.substr(0, bar) == name) return true;
    if (bar == std::string_view::npos) return false;
    names.remove_prefix(bar + 1);
  }
  return false;
}

size_t SplitBackticks(std::string_view line, std::span<std::string_view> values) {
  size_t count = 0;
  size_t begin = 1;  // of the value
  for (size_t block = 0; block < line.size(); block += kBlock) {
    const std::string_view bytes = line.substr(block, kBlock);
    std::array<char, kBlock> last{};
    if (bytes.size() < kBlock) std::ranges::copy(bytes, last.begin());
    uint64_t found = Where(bytes.size() < kBlock ? last.data() : bytes.data(), '`');
    for (; found != 0; found &= found - 1) {
      const size_t at = block + static_cast<size_t>(std::countr_zero(found));
      if (at <= begin || line[at - 1] != ',') continue;  // one inside a value
      if (count == values.size()) return count + 1;
      values[count++] = {line.data() + begin, at - 1 - begin};
      begin = at + 1;
    }
  }
  if (count == values.size()) return count + 1;
  values[count++] = line.substr(std::min(begin, line.size()));
  return count;
}

Result<WechatSheet> WechatSheet::Open(std::string_view bytes,
                                      std::span<const WechatColumn> columns) {
  bytes = WithoutMark(bytes);
  std::string_view rest = bytes;
  WechatSheet sheet;
  sheet.total_values_ = TakeLastLine(rest);
  sheet.total_names_ = TakeLastLine(rest);
  Lines lines(rest);
  if (!lines.Next() || !sheet.total_values_.starts_with('`') ||
      sheet.total_names_.starts_with('`')) {
    return BadLine(LinesBefore(bytes, bytes.find_last_not_of("\r\n") + 1) + 1,
                   "the file ends without its totals");
  }
  sheet.rows_ = lines.rest();
  RETURN_IF_ERROR(sheet.FindColumns(lines.line(), columns));
  return sheet;
}

Status WechatSheet::FindColumns(std::string_view header, std::span<const WechatColumn> columns) {
  const std::vector<std::string_view> names = SplitCommas(header);
  if (names.size() > kColumnsMax) return BadLine(1, "there are too many columns");
  columns_ = names.size();
  std::ranges::copy(names, names_.begin());
  places_.fill(kAbsent);
  for (size_t i = 0; i < columns.size(); ++i) {
    for (size_t place = 0; place < names.size(); ++place) {
      if (!IsOneOf(names[place], columns[i].names)) continue;
      if (places_[i] != kAbsent) {
        return BadLine(1, fmt::format("the column {} is there twice", names[place]));
      }
      places_[i] = place;
    }
    if (places_[i] == kAbsent && columns[i].required) {
      return BadLine(1, fmt::format("the column {} is missing", columns[i].names));
    }
  }
  return Ok();
}

bool WechatSheet::Split(std::string_view line, Row& row) {
  if (!line.starts_with('`')) [[unlikely]] {
    row.Fail("a row begins with a backtick, and this line does not");
    return false;
  }
  const size_t count = SplitBackticks(line, std::span(values_).first(columns_));
  if (count == columns_) [[likely]]
    return true;
  row.Fail(count > columns_
               ? fmt::format("there are more values than the {} columns", columns_)
               : fmt::format("there are {} values for the {} columns", count, columns_));
  return false;
}

Result<std::vector<WechatSheet::Total>> WechatSheet::Totals(uint64_t line) const {
  const std::vector<std::string_view> names =
      SplitCommas(total_names_.substr(0, total_names_.find('\r')));
  std::vector<std::string_view> values(names.size());
  const size_t count = SplitBackticks(total_values_, values);
  if (count != names.size()) {
    return BadLine(line, fmt::format("there are {} values for the {} totals", count, names.size()));
  }
  std::vector<Total> totals;
  for (size_t i = 0; i < names.size(); ++i) {
    const bool twice = std::ranges::count(names, names[i]) > 1;
    if (twice) return BadLine(line, fmt::format("the total {} is there twice", names[i]));
    totals.push_back({names[i], values[i]});
  }
  return totals;
}

WechatSheet::Days WechatSheet::DaysIn(size_t column) const {
  constexpr size_t kDateSize = 10;  // "2020-10-01", which sorts as a text
  std::array<std::string_view, kColumnsMax> values;
  const size_t place = places_[column];
  Days days;
  std::string_view first, last;
  for (Lines lines = rows(); lines.Next();) {
    std::string_view date = lines.line();
    if (place == 0) {
      if (!date.empty()) date.remove_prefix(1);
    } else {
      if (SplitBackticks(date, std::span(values).first(columns_)) != columns_) continue;
      date = values[place];
    }
    date = date.substr(0, kDateSize);
    if (date == first || date == last) continue;
    const auto day = ParseDate(date);
    if (!day) continue;  // the reading of the row says what is wrong there
    if (!days.first || *day < *days.first) days.first = day, first = date;
    if (!days.last || *day > *days.last) days.last = day, last = date;
  }
  return days;
}

}  // namespace longmen::adapters::statements
