#include "adapters/statements/row.h"

#include <fmt/format.h>

#include <chrono>

namespace longmen::adapters::statements {
namespace {

constexpr int kDigitsMax = 18;
// Records are of instants between these (events/base/time.h).
constexpr int kYearMin = 1971;
constexpr int kYearMax = 2115;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Takes a number of `width` digits off the text; -1: it does not begin with one.
int Take(std::string_view& text, size_t width) {
  if (text.size() < width) return -1;
  int value = 0;
  for (size_t i = 0; i < width; ++i) {
    if (!IsDigit(text[i])) return -1;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(width);
  return value;
}

bool TakeMark(std::string_view& text, std::string_view mark) {
  if (!text.starts_with(mark)) return false;
  text.remove_prefix(mark.size());
  return true;
}

}  // namespace

std::optional<DayNumber> DayOf(int year, unsigned month, unsigned day) {
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                         std::chrono::day(day)};
  if (!date.ok()) return std::nullopt;
  return static_cast<DayNumber>(std::chrono::sys_days(date).time_since_epoch().count());
}

std::optional<LocalTime> ParseLocalTime(std::string_view text, const DateMarks& marks) {
  const int year = Take(text, 4);
  if (!TakeMark(text, marks.year)) return std::nullopt;
  const int month = Take(text, 2);
  if (!TakeMark(text, marks.month)) return std::nullopt;
  const int day = Take(text, 2);
  if (!TakeMark(text, marks.day) || !TakeMark(text, " ")) return std::nullopt;
  const int hour = Take(text, 2);
  if (!TakeMark(text, ":")) return std::nullopt;
  const int minute = Take(text, 2);
  if (!TakeMark(text, ":")) return std::nullopt;
  const int second = Take(text, 2);
  if (!text.empty() || year < kYearMin || year > kYearMax || month < 0 || day < 0 || hour < 0 ||
      hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) {
    return std::nullopt;
  }
  const auto date = DayOf(year, static_cast<unsigned>(month), static_cast<unsigned>(day));
  if (!date) return std::nullopt;
  return LocalTime{*date, hour * 3600 + minute * 60 + second};
}

std::optional<int64_t> ParseDigits(std::string_view text) {
  int64_t value = 0;
  if (text.empty() || text.size() > kDigitsMax) return std::nullopt;
  for (const char c : text) {
    if (!IsDigit(c)) return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

DecimalFault ParseDecimal(std::string_view text, int exponent, int64_t& minor, char point) {
  minor = 0;
  const bool negative = text.starts_with('-');
  size_t i = negative || text.starts_with('+') ? 1 : 0;
  int64_t value = 0;
  int digits = 0;  // but for leading zeros
  const size_t first = i;
  for (; i < text.size() && IsDigit(text[i]); ++i) {
    if (digits != 0 || text[i] != '0') ++digits;
    if (digits > kDigitsMax) return DecimalFault::kTooLong;
    value = value * 10 + (text[i] - '0');
  }
  if (i == first) return DecimalFault::kNoNumber;
  int decimals = 0;
  if (i < text.size() && text[i] == point) {
    const size_t after = ++i;
    for (; i < text.size() && IsDigit(text[i]); ++i) {
      if (decimals == exponent) {
        if (text[i] != '0') return DecimalFault::kDecimals;
        continue;
      }
      if (value != 0 || text[i] != '0') ++digits;
      if (digits > kDigitsMax) return DecimalFault::kTooLong;
      value = value * 10 + (text[i] - '0');
      ++decimals;
    }
    if (i == after) return DecimalFault::kNoNumber;
  }
  if (i != text.size()) return DecimalFault::kNoNumber;
  for (; decimals < exponent; ++decimals) {
    if (value != 0 && ++digits > kDigitsMax) return DecimalFault::kTooLong;
    value *= 10;
  }
  minor = negative ? -value : value;
  return DecimalFault::kNone;
}

std::string_view Reason(DecimalFault fault) {
  switch (fault) {
    case DecimalFault::kNone:
      return "";
    case DecimalFault::kNoNumber:
      return "not a decimal number";
    case DecimalFault::kDecimals:
      return "more decimals than the currency has";
    case DecimalFault::kTooLong:
      return "more than 18 digits";
  }
  return "";
}

std::string Shown(std::string_view bytes) {
  std::string shown;
  for (const char c : bytes.substr(0, 40)) shown += c >= ' ' && c < 0x7f ? c : '?';
  return shown;
}

void Row::Start(uint64_t number, std::string_view line) {
  number_ = number;
  decoder_.Forget();
  error_.code = Code::NONE;
  if (line.find('\0') != std::string_view::npos) [[unlikely]] {
    Fail("there is a byte of zero in it");
  }
}

void Row::AmountFault(DecimalFault fault, std::string_view text, std::string_view name) {
  Fail(fault == DecimalFault::kTooLong ? Code::AMOUNT_OUT_OF_RANGE : Code::BAD_LINE,
       fmt::format("{} is '{}': {}", name, Shown(text), Reason(fault)));
}

int64_t Row::Count(std::string_view text, std::string_view name) {
  int64_t count = 0;
  const DecimalFault fault = ParseDecimal(text, 0, count);
  if (fault != DecimalFault::kNone || count < 0) {
    Fail(fmt::format("{} is '{}', not a number of lines", name, Shown(text)));
  }
  return count;
}

std::string_view Row::Text(std::string_view bytes, std::string_view name) {
  std::string_view text;
  switch (decoder_.Field(bytes, text)) {
    case Decoder::Fault::kNone:
      break;
    case Decoder::Fault::kMalformed:
      Fail(fmt::format("{} is '{}': its bytes are no text", name, Shown(Trim(bytes))));
      break;
    case Decoder::Fault::kTooLong:
      Fail(Code::TOO_LONG, fmt::format("{} is longer than {} bytes", name, kTextMax));
      break;
  }
  return text;
}

LocalTime Row::Time(std::string_view text, std::string_view name, const DateMarks& marks) {
  const auto time = ParseLocalTime(text, marks);
  if (time) [[likely]]
    return *time;
  Fail(Code::BAD_TIME, fmt::format("{} is '{}': there is no such time", name, Shown(text)));
  return {};
}

void Row::SetCurrency(Currency currency) {
  currency_ = currency;
  exponent_ = currency.exponent();
}

void Row::Fail(Code code, std::string message) {
  if (!failed()) error_ = LineError(code, number_, std::move(message), place_);
}

}  // namespace longmen::adapters::statements
