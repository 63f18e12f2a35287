#include "engine/ledger/calendar.h"

#include <algorithm>
#include <limits>

namespace longmen::engine {
namespace {

constexpr int64_t kDayMinutes = 24 * 60;

// 1970-01-01 was a Thursday.
bool IsWeekend(DayNumber day) {
  const int64_t from_monday = (int64_t{day} + 3) - 7 * FloorDivide(int64_t{day} + 3, 7);
  return from_monday >= 5;
}

// Whole minutes since 1970 on the scheme's clock: hours begin and end with a minute.
int64_t LocalMinute(Nanos instant, int utc_offset_minutes) {
  return FloorDivide(instant, kNanosPerMinute) + utc_offset_minutes;
}

}  // namespace

Nanos InstantOf(DayNumber day, int64_t minute, int utc_offset_minutes) {
  const __int128 minutes = static_cast<__int128>(day) * kDayMinutes + minute - utc_offset_minutes;
  return static_cast<Nanos>(
      std::min<__int128>(minutes * kNanosPerMinute, std::numeric_limits<Nanos>::max()));
}

int16_t MinuteOfDay(Nanos instant, int utc_offset_minutes) {
  const int64_t minute = LocalMinute(instant, utc_offset_minutes);
  return static_cast<int16_t>(minute - FloorDivide(minute, kDayMinutes) * kDayMinutes);
}

Calendar::Calendar(schema::Calendar::Reader registered)
    : utc_offset_minutes(registered.getUtcOffsetMinutes()), every_day(registered.getEveryDay()) {
  for (auto day : registered.getDays()) {
    days.push_back({day.getDate(), day.getKind() == schema::DayKind::WORKING});
  }
}

bool Calendar::IsWorking(DayNumber day) const {
  const auto named = std::ranges::lower_bound(days, day, {}, &NamedDay::date);
  if (named != days.end() && named->date == day) return named->working;
  return every_day || !IsWeekend(day);
}

// It ends: only so many days are named.
DayNumber Calendar::OnOrAfter(DayNumber day) const {
  while (!IsWorking(day)) ++day;
  return day;
}

bool SchemeTimes::IsOpen(Nanos instant) const { return NextOpen(instant) == instant; }

Nanos SchemeTimes::NextOpen(Nanos instant) const {
  if (hours.empty()) return instant;
  const int64_t now = LocalMinute(instant, utc_offset_minutes);
  const auto today = static_cast<DayNumber>(FloorDivide(now, kDayMinutes));
  // A day may begin on the evening before it: once one is found, the day after it is looked at too.
  int64_t opens = std::numeric_limits<int64_t>::max();
  for (DayNumber day = today; opens > (int64_t{day} - 1) * kDayMinutes; ++day) {
    if (!IsWorking(day)) continue;
    const int64_t midnight = int64_t{day} * kDayMinutes;
    for (const PartOfDay& part : hours) {
      if (now < midnight + part.to) opens = std::min(opens, std::max(now, midnight + part.from));
    }
  }
  return opens == now ? instant : InstantOf(0, opens, utc_offset_minutes);
}

Nanos SchemeTimes::NextEnd(Nanos instant, int minutes_on) const {
  const int64_t now = LocalMinute(instant, utc_offset_minutes);
  // Yesterday's may end today.
  auto day = static_cast<DayNumber>(FloorDivide(now, kDayMinutes)) - 2;
  for (;; ++day) {
    const int64_t end = int64_t{day} * kDayMinutes + hours.back().to + minutes_on;
    if (end > now && IsWorking(day)) return InstantOf(0, end, utc_offset_minutes);
  }
}

DayNumber SchemeTimes::ClearingDay(Nanos instant) const {
  const int64_t now = LocalMinute(instant, utc_offset_minutes);
  const int64_t shift = cut_off_minute == 0 ? 0 : kDayMinutes - cut_off_minute;
  const auto day = static_cast<DayNumber>(FloorDivide(now + shift, kDayMinutes));
  return calendar == nullptr ? day : calendar->OnOrAfter(day);
}

}  // namespace longmen::engine
