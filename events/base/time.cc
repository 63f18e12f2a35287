#include "events/base/time.h"

#include <fmt/format.h>

#include <chrono>

#include "events/base/write_time.h"

namespace longmen {
namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year_month_day;

year_month_day CivilDate(DayNumber day) { return year_month_day(sys_days(days(day))); }

// Two digits.
char* WritePair(char* to, unsigned number) {
  to[0] = static_cast<char>('0' + number / 10);
  to[1] = static_cast<char>('0' + number % 10);
  return to + 2;
}

// Reads exactly `width` digits at `position`.
std::optional<int> Digits(std::string_view text, size_t position, size_t width) {
  if (position + width > text.size()) return std::nullopt;
  int value = 0;
  for (size_t i = position; i < position + width; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

}  // namespace

char* WriteDate(char* to, DayNumber day) {
  const auto date = CivilDate(day);
  const int year = static_cast<int>(date.year());
  if (year < 0 || year > 9999) {
    to = fmt::format_to(to, "{:04}", year);
  } else {
    to = WritePair(WritePair(to, static_cast<unsigned>(year / 100)),
                   static_cast<unsigned>(year % 100));
  }
  *to++ = '-';
  to = WritePair(to, static_cast<unsigned>(date.month()));
  *to++ = '-';
  return WritePair(to, static_cast<unsigned>(date.day()));
}

std::string FormatDate(DayNumber day) {
  char text[kInstantTextMax];
  return {text, WriteDate(text, day)};
}

std::string FormatBasicDate(DayNumber day) {
  const auto date = CivilDate(day);
  return fmt::format("{:04}{:02}{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

std::optional<DayNumber> ParseDate(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto year = Digits(text, 0, 4);
  const auto month = Digits(text, 5, 2);
  const auto day = Digits(text, 8, 2);
  if (!year || !month || !day) return std::nullopt;
  const year_month_day date{std::chrono::year(*year),
                            std::chrono::month(static_cast<unsigned>(*month)),
                            std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  return static_cast<DayNumber>(sys_days(date).time_since_epoch().count());
}

char* WriteInstant(char* to, Nanos instant) {
  const Nanos day = FloorDivide(instant, kNanosPerDay);
  const Nanos in_day = instant - day * kNanosPerDay;
  const auto second = static_cast<unsigned>(in_day / kNanosPerSecond);
  to = WriteDate(to, static_cast<DayNumber>(day));
  *to++ = 'T';
  to = WritePair(to, second / 3600);
  *to++ = ':';
  to = WritePair(to, second / 60 % 60);
  *to++ = ':';
  to = WritePair(to, second % 60);
  if (auto fraction = static_cast<unsigned>(in_day % kNanosPerSecond); fraction != 0) {
    *to++ = '.';
    for (unsigned unit = 100'000'000; fraction != 0; unit /= 10) {
      *to++ = static_cast<char>('0' + fraction / unit);
      fraction %= unit;
    }
  }
  *to++ = 'Z';
  return to;
}

std::string FormatInstant(Nanos instant) {
  char text[kInstantTextMax];
  return {text, WriteInstant(text, instant)};
}

std::optional<Nanos> ParseInstant(std::string_view text) {
  if (text.size() < 20 || (text[10] != 'T' && text[10] != 't')) return std::nullopt;
  const auto day = ParseDate(text.substr(0, 10));
  const auto hour = Digits(text, 11, 2);
  const auto minute = Digits(text, 14, 2);
  const auto second = Digits(text, 17, 2);
  if (!day || !hour || !minute || !second || text[13] != ':' || text[16] != ':') {
    return std::nullopt;
  }
  if (*hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
  size_t position = 19;
  Nanos fraction = 0;
  if (text[position] == '.') {
    ++position;
    Nanos unit = kNanosPerSecond / 10;
    const size_t first = position;
    while (position < text.size() && text[position] >= '0' && text[position] <= '9') {
      if (unit == 0) return std::nullopt;
      fraction += (text[position] - '0') * unit;
      unit /= 10;
      ++position;
    }
    if (position == first) return std::nullopt;
  }
  if (position >= text.size()) return std::nullopt;
  int offset_minutes = 0;
  if (text[position] == 'Z' || text[position] == 'z') {
    if (position + 1 != text.size()) return std::nullopt;
  } else {
    if (text[position] != '+' && text[position] != '-') return std::nullopt;
    const auto hours = Digits(text, position + 1, 2);
    const auto minutes = Digits(text, position + 4, 2);
    if (!hours || !minutes || position + 6 != text.size() || text[position + 3] != ':' ||
        *hours > 23 || *minutes > 59) {
      return std::nullopt;
    }
    offset_minutes = (*hours * 60 + *minutes) * (text[position] == '-' ? -1 : 1);
  }
  const int64_t seconds =
      int64_t{*day} * 86400 + *hour * 3600 + *minute * 60 + *second - int64_t{offset_minutes} * 60;
  Nanos instant = 0;
  if (__builtin_mul_overflow(seconds, kNanosPerSecond, &instant) ||
      __builtin_add_overflow(instant, fraction, &instant)) {
    return std::nullopt;
  }
  return instant;
}

DayNumber LocalDate(Nanos instant, int utc_offset_minutes) {
  return static_cast<DayNumber>(
      FloorDivide(FloorDivide(instant, kNanosPerMinute) + utc_offset_minutes, 24 * 60));
}

int YearOf(DayNumber day) { return static_cast<int>(CivilDate(day).year()); }

}  // namespace longmen
