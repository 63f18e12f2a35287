// Row: the values of one line of a statement, read one by one.
//
// The first fault is kept with its line and the name of the value, and whatever is read after it is
// empty, so that a format reads all it needs and asks once whether all was well.
#pragma once

#include <cstdint>
#include <string_view>

#include "adapters/statements/lines.h"
#include "adapters/statements/text.h"
#include "events/base/time.h"

namespace longmen::adapters::statements {

inline constexpr int kBeijingMinutes = 8 * 60;

struct LocalTime {
  DayNumber day = 0;
  int32_t second = 0;  // of the day
};
// The instant of a local time at an offset from UTC.
constexpr Nanos InstantOf(LocalTime time, int utc_offset_minutes) {
  return time.day * kNanosPerDay + time.second * kNanosPerSecond -
         utc_offset_minutes * kNanosPerMinute;
}

// A day of the calendar; nothing where there is none such.
std::optional<DayNumber> DayOf(int year, unsigned month, unsigned day);
// "2020-10-01 09:00:01". What stands behind the year, the month and the day may be another mark
// ("年", "月", "日", in the file's encoding).
struct DateMarks {
  std::string_view year = "-";
  std::string_view month = "-";
  std::string_view day = "";
};
std::optional<LocalTime> ParseLocalTime(std::string_view text, const DateMarks& marks = {});

// Digits only, at most 18 of them.
std::optional<int64_t> ParseDigits(std::string_view text);

// A decimal number as minor units: a sign at most, digits, a point and decimals. Decimals beyond
// the exponent must be zeros; at most 18 digits count.
enum class DecimalFault : uint8_t { kNone, kNoNumber, kDecimals, kTooLong };
DecimalFault ParseDecimal(std::string_view text, int exponent, int64_t& minor, char point = '.');
std::string_view Reason(DecimalFault fault);

class Row {
 public:
  Row(Encoding encoding, Currency currency, const char* place = "line")
      : decoder_(encoding), currency_(currency), place_(place) {}

  // The next line; a NUL byte in it is a fault.
  void Start(uint64_t number, std::string_view line);

  int64_t Amount(std::string_view text, std::string_view name) {
    int64_t minor = 0;
    const DecimalFault fault = ParseDecimal(text, exponent_, minor);
    if (fault != DecimalFault::kNone) [[unlikely]]
      AmountFault(fault, text, name);
    return minor;
  }
  // A number of lines; "20.0" is 20.
  int64_t Count(std::string_view text, std::string_view name);
  std::string_view Text(std::string_view bytes, std::string_view name);
  // Beijing's.
  LocalTime Time(std::string_view text, std::string_view name, const DateMarks& marks = {});

  void SetCurrency(Currency currency);
  Currency currency() const { return currency_; }
  Decoder& decoder() { return decoder_; }
  uint64_t number() const { return number_; }

  void Fail(Code code, std::string message);
  void Fail(std::string message) { Fail(Code::BAD_LINE, std::move(message)); }
  bool failed() const { return error_.code != Code::NONE; }
  const Error& error() const { return error_; }

 private:
  void AmountFault(DecimalFault fault, std::string_view text, std::string_view name);

  Decoder decoder_;
  Currency currency_;
  int exponent_ = currency_.exponent();
  const char* place_;  // what its number is of
  uint64_t number_ = 0;
  Error error_;
};

// The bytes as they can be shown in a message: what is not ASCII and printable as "?", and no more
// than 40 of them.
std::string Shown(std::string_view bytes);

}  // namespace longmen::adapters::statements
