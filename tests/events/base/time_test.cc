#include "events/base/time.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace longmen {
namespace {

TEST(Instant, ReadsUtcAndOffsets) {
  EXPECT_EQ(ParseInstant("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(ParseInstant("2021-03-01T01:00:00Z"), 1614560400 * kNanosPerSecond);
  EXPECT_EQ(ParseInstant("2021-03-01T09:00:00+08:00"), 1614560400 * kNanosPerSecond);
  EXPECT_EQ(ParseInstant("2021-02-28t21:30:00.000000001-03:30"), 1614560400 * kNanosPerSecond + 1);
  EXPECT_EQ(ParseInstant("1969-12-31T23:59:59.9z"), -kNanosPerSecond / 10);
}

TEST(Instant, RefusesWhatIsNotRfc3339) {
  for (const char* text : {"",
                           "2021-03-01",
                           "2021-03-01T01:00:00",
                           "2021-03-01 01:00:00Z",
                           "2021-03-01T01:00Z",
                           "2021-02-29T00:00:00Z",
                           "2021-13-01T00:00:00Z",
                           "2021-03-01T24:00:00Z",
                           "2021-03-01T01:60:00Z",
                           "2021-03-01T01:00:60Z",
                           "2021-03-01T01:00:00.Z",
                           "2021-03-01T01:00:00.1234567890Z",
                           "2021-03-01T01:00:00ZZ",
                           "2021-03-01T01:00:00+8:00",
                           "2021-03-01T01:00:00+08:60",
                           "2021-03-01T01:00:00+24:00",
                           "2021-03-01T01:00:00+08:00Z",
                           "21-03-01T01:00:00Z",
                           "2021-03-01T01:00:00.5",
                           "+021-03-01T01:00:00Z"}) {
    EXPECT_EQ(ParseInstant(text), std::nullopt) << text;
  }
}

TEST(Instant, EndsWhereSixtyFourBitsDo) {
  EXPECT_EQ(ParseInstant("2262-04-11T23:47:16.854775807Z"), INT64_MAX);
  EXPECT_EQ(ParseInstant("2262-04-11T23:47:16.854775808Z"), std::nullopt);
  EXPECT_EQ(ParseInstant("9999-12-31T23:59:59Z"), std::nullopt);
  EXPECT_EQ(ParseInstant("0001-01-01T00:00:00Z"), std::nullopt);
}

TEST(Instant, IsWrittenWithTheDecimalsItNeeds) {
  EXPECT_EQ(FormatInstant(0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(FormatInstant(1614560400 * kNanosPerSecond + 500'000'000), "2021-03-01T01:00:00.5Z");
  EXPECT_EQ(FormatInstant(1), "1970-01-01T00:00:00.000000001Z");
  EXPECT_EQ(FormatInstant(-1), "1969-12-31T23:59:59.999999999Z");
}

RC_GTEST_PROP(InstantProperty, ReadsWhatItWrites, (int64_t instant)) {
  // The first 145 ms of the range have a second that itself lies before it.
  RC_PRE(instant > INT64_MIN + kNanosPerSecond);
  RC_ASSERT(ParseInstant(FormatInstant(instant)) == instant);
}

TEST(Date, IsReadAndWritten) {
  EXPECT_EQ(ParseDate("1970-01-01"), 0);
  EXPECT_EQ(ParseDate("2021-03-01"), 18687);
  EXPECT_EQ(ParseDate("2000-02-29"), 11016);
  EXPECT_EQ(FormatDate(18687), "2021-03-01");
  EXPECT_EQ(FormatDate(-1), "1969-12-31");
  EXPECT_EQ(FormatBasicDate(18687), "20210301");
  for (const char* text : {"", "20210301", "2021-3-1", "2021-02-30", "1900-02-29", "2021-03-01 "}) {
    EXPECT_EQ(ParseDate(text), std::nullopt) << text;
  }
}

TEST(Date, IsLocalAtAnOffset) {
  const Nanos late = *ParseInstant("2021-03-01T16:30:00Z");
  EXPECT_EQ(FormatDate(LocalDate(late, 0)), "2021-03-01");
  EXPECT_EQ(FormatDate(LocalDate(late, 480)), "2021-03-02");
  EXPECT_EQ(FormatDate(LocalDate(*ParseInstant("2021-03-01T16:00:00Z"), 480)), "2021-03-02");
  EXPECT_EQ(FormatDate(LocalDate(*ParseInstant("2021-03-01T15:59:59Z"), 480)), "2021-03-01");
  EXPECT_EQ(FormatDate(LocalDate(*ParseInstant("1970-01-01T00:30:00Z"), -60)), "1969-12-31");
  EXPECT_EQ(YearOf(LocalDate(*ParseInstant("2021-12-31T16:00:00Z"), 480)), 2022);
}

}  // namespace
}  // namespace longmen
