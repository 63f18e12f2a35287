// Instants and dates, as the log keeps them.
//
// An instant is nanoseconds since 1970-01-01T00:00:00Z in a signed 64-bit count; a date is days
// since 1970-01-01. No clock lives here: rules get their time as an argument.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace longmen {

using Nanos = int64_t;  // an instant, or a span between two
using DayNumber = int32_t;

inline constexpr Nanos kNanosPerSecond = 1'000'000'000;
inline constexpr Nanos kNanosPerMinute = 60 * kNanosPerSecond;
inline constexpr Nanos kNanosPerDay = 24 * 60 * kNanosPerMinute;

// Records are of an instant after 1970 began and before this one, in the year 2116.
inline constexpr Nanos kInstantMax = Nanos{1} << 62;

// "2021-03-01T01:00:00Z", with as many decimals of a second as it needs.
std::string FormatInstant(Nanos instant);
// RFC 3339 with "Z" or an offset, up to nine decimals. Nothing where it is not one, or where the
// instant lies outside 1677-09-21 to 2262-04-11.
std::optional<Nanos> ParseInstant(std::string_view text);

std::string FormatDate(DayNumber day);       // "2021-03-01"
std::string FormatBasicDate(DayNumber day);  // "20210301"
std::optional<DayNumber> ParseDate(std::string_view text);

// Division that rounds down, before 1970 too; `by` > 0.
constexpr int64_t FloorDivide(int64_t value, int64_t by) {
  return value / by - (value % by < 0 ? 1 : 0);
}

// The local date of an instant at a fixed offset.
DayNumber LocalDate(Nanos instant, int utc_offset_minutes);
int YearOf(DayNumber day);

}  // namespace longmen
