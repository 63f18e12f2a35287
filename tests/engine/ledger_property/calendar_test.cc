// Working days, hours and clearing days, by the tables of domain B3 and B6.
#include "engine/ledger/calendar.h"

#include <capnp/message.h>
#include <gtest/gtest.h>

namespace longmen::engine {
namespace {

constexpr int16_t kBeijing = 480;

DayNumber Day(const char* date) { return *ParseDate(date); }
Nanos At(const std::string& date, const std::string& time) {
  return *ParseInstant(date + "T" + time + "+08:00");
}
std::string Told(Nanos instant) { return FormatInstant(instant + kBeijing * kNanosPerMinute); }

// Qingming and Labour Day of 2018, with the Sundays and Saturdays that were worked for them.
Calendar Spring2018() {
  capnp::MallocMessageBuilder message;
  auto registered = message.initRoot<schema::Calendar>();
  registered.setUtcOffsetMinutes(kBeijing);
  struct {
    const char* date;
    schema::DayKind kind;
  } constexpr kDays[] = {
      {"2018-04-05", schema::DayKind::HOLIDAY}, {"2018-04-06", schema::DayKind::HOLIDAY},
      {"2018-04-08", schema::DayKind::WORKING}, {"2018-04-28", schema::DayKind::WORKING},
      {"2018-04-30", schema::DayKind::HOLIDAY}, {"2018-05-01", schema::DayKind::HOLIDAY}};
  auto days = registered.initDays(6);
  for (unsigned i = 0; i < 6; ++i) {
    days[i].setDate(Day(kDays[i].date));
    days[i].setKind(kDays[i].kind);
  }
  return Calendar(registered.asReader());
}

SchemeTimes Hvps(const Calendar& calendar) {
  return {.hours = {{-210, 1035}}, .utc_offset_minutes = kBeijing, .calendar = &calendar};
}

TEST(CalendarDays, AreWorkingOnesByTheWeekUnlessTheyAreNamed) {
  const Calendar calendar = Spring2018();
  EXPECT_TRUE(calendar.IsWorking(Day("2018-04-04")));   // a Wednesday
  EXPECT_FALSE(calendar.IsWorking(Day("2018-04-05")));  // Qingming, a Thursday
  EXPECT_FALSE(calendar.IsWorking(Day("2018-04-07")));  // a Saturday
  EXPECT_TRUE(calendar.IsWorking(Day("2018-04-08")));   // a Sunday that is worked
  EXPECT_FALSE(calendar.IsWorking(Day("2018-04-15")));  // a Sunday
  EXPECT_TRUE(calendar.IsWorking(Day("1970-01-01")));
  EXPECT_FALSE(calendar.IsWorking(Day("1970-01-03")));
  EXPECT_FALSE(calendar.IsWorking(-5));  // the last Saturday of 1969
  Calendar every;
  every.every_day = true;
  EXPECT_TRUE(every.IsWorking(Day("2018-04-15")));
}

// B6: a card paid on 4 April 2018 was credited on the 8th.
TEST(CalendarDays, TPlusOneIsTheNextWorkingDay) {
  const Calendar calendar = Spring2018();
  EXPECT_EQ(FormatDate(calendar.NextWorking(Day("2018-04-04"))), "2018-04-08");
  EXPECT_EQ(FormatDate(calendar.NextWorking(Day("2018-04-03"))), "2018-04-04");
  EXPECT_EQ(FormatDate(calendar.NextWorking(Day("2018-04-13"))), "2018-04-16");
  EXPECT_EQ(FormatDate(calendar.OnOrAfter(Day("2018-04-08"))), "2018-04-08");
}

// B3, from 2 May 2018: 20:30 of the evening before to 17:15, on working days.
TEST(SchemeHours, BeginOnTheEveningBeforeAWorkingDay) {
  const Calendar calendar = Spring2018();
  const SchemeTimes hvps = Hvps(calendar);
  const struct {
    const char* date;
    const char* time;
    const char* next;  // where it is open: itself
  } kVectors[] = {
      {"2018-05-09", "17:14:59", "2018-05-09T17:14:59Z"},
      {"2018-05-09", "17:15:00", "2018-05-09T20:30:00Z"},
      {"2018-05-09", "20:29:59.999999999", "2018-05-09T20:30:00Z"},
      {"2018-05-09", "20:30:00", "2018-05-09T20:30:00Z"},
      {"2018-05-10", "00:00:00", "2018-05-10T00:00:00Z"},
      {"2018-05-11", "17:15:00", "2018-05-13T20:30:00Z"},  // Friday: opens on Sunday evening
      {"2018-05-12", "09:00:00", "2018-05-13T20:30:00Z"},
      {"2018-04-04", "18:00:00", "2018-04-07T20:30:00Z"},  // before the Sunday that is worked
      {"2018-04-28", "12:00:00", "2018-04-28T12:00:00Z"},  // the Saturday that is worked
      {"2018-04-28", "17:15:00", "2018-05-01T20:30:00Z"},
  };
  for (const auto& [date, time, next] : kVectors) {
    const Nanos instant = At(date, time);
    EXPECT_EQ(Told(hvps.NextOpen(instant)), next) << date << " " << time;
    EXPECT_EQ(hvps.IsOpen(instant), hvps.NextOpen(instant) == instant) << date << " " << time;
  }
}

TEST(SchemeHours, MayHaveAPauseAndNoneMeansAlways) {
  const SchemeTimes paused{.hours = {{540, 720}, {780, 1020}}, .utc_offset_minutes = kBeijing};
  EXPECT_EQ(Told(paused.NextOpen(At("2021-03-06", "12:30:00"))), "2021-03-06T13:00:00Z");
  EXPECT_EQ(Told(paused.NextOpen(At("2021-03-06", "17:00:00"))), "2021-03-07T09:00:00Z");
  EXPECT_TRUE(SchemeTimes{}.IsOpen(At("2021-03-06", "03:00:00")));
  // A short day does not hide that the one after it begins in the evening.
  const SchemeTimes evening{.hours = {{-1'440, -1'380}, {0, 30}}, .utc_offset_minutes = 0};
  EXPECT_EQ(FormatInstant(evening.NextOpen(*ParseInstant("2021-03-06T00:45:00Z"))),
            "2021-03-06T00:45:00Z");
}

TEST(SchemeHours, OfTheLastDayThereIsDoNotOverflow) {
  const SchemeTimes times{.hours = {{0, 1}}};
  EXPECT_EQ(times.NextOpen(INT64_MAX), INT64_MAX);
}

// B6, in Beijing: the day changes at 23:00, and at 23:00 sharp too.
TEST(ClearingDay, ChangesAtTheCutOff) {
  const SchemeTimes unionpay{.hours = {}, .cut_off_minute = 1380, .utc_offset_minutes = kBeijing};
  const struct {
    const char* date;
    const char* time;
    const char* day;
  } kVectors[] = {{"2021-03-04", "22:59:59", "2021-03-04"},
                  {"2021-03-04", "22:59:59.999999999", "2021-03-04"},
                  {"2021-03-04", "23:00:00", "2021-03-05"},
                  {"2021-03-04", "23:00:01", "2021-03-05"},
                  {"2021-03-05", "23:30:00", "2021-03-06"}};
  for (const auto& [date, time, day] : kVectors) {
    EXPECT_EQ(FormatDate(unionpay.ClearingDay(At(date, time))), day) << date << " " << time;
  }
  // Fri 23:30: credited on Monday by T+1, on Sunday by D+1.
  const DayNumber day = unionpay.ClearingDay(At("2021-03-05", "23:30:00"));
  EXPECT_EQ(FormatDate(Calendar().NextWorking(day)), "2021-03-08");
  EXPECT_EQ(FormatDate(day + 1), "2021-03-07");
}

TEST(ClearingDay, IsAWorkingDayWhereTheSchemeHasACalendar) {
  const Calendar calendar = Spring2018();
  SchemeTimes beps{
      .hours = {}, .cut_off_minute = 960, .utc_offset_minutes = kBeijing, .calendar = &calendar};
  EXPECT_EQ(FormatDate(beps.ClearingDay(At("2018-04-04", "15:59:59"))), "2018-04-04");
  EXPECT_EQ(FormatDate(beps.ClearingDay(At("2018-04-04", "16:00:00"))), "2018-04-08");
  beps.cut_off_minute = 0;
  EXPECT_EQ(FormatDate(beps.ClearingDay(At("2018-04-04", "23:59:59"))), "2018-04-04");
}

}  // namespace
}  // namespace longmen::engine
