// Three channels whose days end at midnight, at 16:00 (BEPS) and at 23:00 (UnionPay), in one
// morning's reconciliation (domain C0, "Trap"): what lies at an edge is in one day's file or the
// next one's, and matches by itself a day later; until then it is no error.
#include <gtest/gtest.h>

#include <random>

#include "tests/projections/matching/items.h"
#include "tests/support/generator/run.h"

namespace longmen::projections {
namespace {

constexpr int kDays = 5;
constexpr int kEdge = 30;

struct Boundary {
  const char* name;
  int16_t day_start;  // minutes after midnight
};
constexpr Boundary kBoundaries[] = {{"midnight", 0}, {"beps", -8 * 60}, {"unionpay", -60}};

MatchRule RuleOf(const Boundary& boundary) {
  MatchRule rule = Beijing();
  rule.day_start_minute = boundary.day_start;
  rule.edge_minutes = kEdge;
  return rule;
}

TEST(Boundaries, AnItemIsOfTheDayThatItsIssuersClockSays) {
  EXPECT_EQ(RuleOf(kBoundaries[0]).DayOf(At(0, 23 * 60 + 59)), kDayZero);
  EXPECT_EQ(RuleOf(kBoundaries[1]).DayOf(At(0, 15 * 60 + 59)), kDayZero);
  EXPECT_EQ(RuleOf(kBoundaries[1]).DayOf(At(0, 16 * 60)), kDayZero + 1);
  EXPECT_EQ(RuleOf(kBoundaries[2]).DayOf(At(0, 22 * 60 + 59)), kDayZero);
  EXPECT_EQ(RuleOf(kBoundaries[2]).DayOf(At(0, 23 * 60)), kDayZero + 1);
  EXPECT_EQ(RuleOf(kBoundaries[2]).StartOf(kDayZero + 1), At(0, 23 * 60));
}

// Our items of a few days; the issuer's clock is a little ahead or behind, so that what is within
// half an hour of its day's end may be in the file of the day beside it.
struct Days {
  explicit Days(uint64_t seed, const Boundary& boundary) : rule(RuleOf(boundary)) {
    std::mt19937_64 random(seed);
    const auto draw = [&random](int below) { return static_cast<int>(random() % below); };
    for (int i = 0; i < 400; ++i) {
      // Half of them at an edge.
      const int minute = draw(2) == 0
                             ? draw(24 * 60)
                             : (boundary.day_start + 24 * 60 + draw(2 * kEdge) - kEdge) % (24 * 60);
      const Given given{.reference = fmt::format("R{}", i),
                        .minor = 100 * (1 + draw(5)),
                        .day = draw(kDays - 1),
                        .minute = minute};
      const MatchItem item = ItemOf(rule, given);
      DayNumber listed = item.day;
      if (item.occurred_at - rule.StartOf(item.day) < kEdge * kNanosPerMinute) {
        listed -= draw(2);
      } else if (rule.StartOf(item.day + 1) - item.occurred_at <= kEdge * kNanosPerMinute) {
        listed += draw(2);
      }
      items.push_back({given, listed - kDayZero});
    }
  }

  // What is known when the file of `day` has come in and the next one has not, on the morning
  // after.
  MatchResult Morning(int day) const {
    Books books(rule);
    const Nanos now = rule.StartOf(kDayZero + day + 1) + 10 * 60 * kNanosPerMinute;
    books.Until(now);
    books.Cover(-1, day);
    for (const auto& [given, listed] : items) {
      if (At(given.day, given.minute) <= now) books.Ours(given);
      if (listed <= day) books.Theirs(given, listed);
    }
    return books.Match();
  }

  MatchRule rule;
  std::vector<std::pair<Given, int>> items;
};

TEST(Boundaries, WhatLiesAtAnEdgeIsNeverAnErrorAndMatchesADayLater) {
  const uint64_t seed = generator::SeedOfRun();
  for (size_t i = 0; i < std::max<size_t>(1, generator::CasesOfRun(100) / 5); ++i) {
    for (const Boundary& boundary : kBoundaries) {
      SCOPED_TRACE(fmt::format("{}, case {} of LONGMEN_SEED={}", boundary.name, i, seed));
      const Days days(seed + i, boundary);
      size_t across = 0;
      for (int day = 0; day < kDays; ++day) {
        const MatchResult result = days.Morning(day);
        across = result.across_days;
        for (const Break& each : result.breaks) {
          EXPECT_TRUE(IsWaiting(each.kind)) << "morning after day " << day << ": " << Say(each);
        }
      }
      const MatchResult end = days.Morning(kDays);
      EXPECT_TRUE(end.breaks.empty()) << Say(end).front();
      EXPECT_EQ(end.matched_ours.count, days.items.size());
      EXPECT_GT(across, 0);
    }
  }
}

}  // namespace
}  // namespace longmen::projections
