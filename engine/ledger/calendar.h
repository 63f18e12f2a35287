// Calendars as they are registered, and what follows from them: which days are working days, when a
// scheme takes payments, and to which of its days a payment belongs.
//
// All of it is a pure function of what was registered and of an instant.
#pragma once

#include <cstdint>
#include <tuple>
#include <vector>

#include "events/base/time.h"
#include "events/codec/codec.h"

namespace longmen::engine {

// The instant of a minute of a local day; beyond 2262: the last there is.
Nanos InstantOf(DayNumber day, int64_t minute, int utc_offset_minutes);
// Local, from midnight.
int16_t MinuteOfDay(Nanos instant, int utc_offset_minutes);

struct NamedDay {
  DayNumber date = 0;
  bool working = false;

  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.date, s.working);
  }
};

class Calendar {
 public:
  Calendar() = default;
  explicit Calendar(schema::Calendar::Reader registered);

  int16_t utc_offset_minutes = 0;
  bool every_day = false;      // Saturdays and Sundays are working days too
  std::vector<NamedDay> days;  // by date: they are what they say, whatever day of the week

  bool IsWorking(DayNumber day) const;
  // The day itself, where it is a working day.
  DayNumber OnOrAfter(DayNumber day) const;
  // T+1 of a day (domain B6); D+1 is the day plus one.
  DayNumber NextWorking(DayNumber day) const { return OnOrAfter(day + 1); }

  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.utc_offset_minutes, s.every_day, s.days);
  }
};

// A part of a working day, in minutes from its midnight; below 0: of the evening before.
struct PartOfDay {
  int16_t from = 0;
  int16_t to = 0;  // exclusive

  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.from, s.to);
  }
};

struct SchemeTimes {
  std::vector<PartOfDay> hours;        // none: it always takes payments
  int16_t cut_off_minute = 0;          // of its clearing day; 0: midnight
  int16_t utc_offset_minutes = 0;      // of its days
  const Calendar* calendar = nullptr;  // null: every day is a working day

  bool IsOpen(Nanos instant) const;
  // The instant itself where it is open, else the next opening.
  Nanos NextOpen(Nanos instant) const;
  // The next end of a working day's last hours, so many minutes on. There are hours.
  Nanos NextEnd(Nanos instant, int minutes_on) const;
  // The clearing day of a payment. The cut-off is the first minute of the next day; what falls on a
  // holiday belongs to the working day after it.
  DayNumber ClearingDay(Nanos instant) const;

 private:
  bool IsWorking(DayNumber day) const { return calendar == nullptr || calendar->IsWorking(day); }
};

}  // namespace longmen::engine
