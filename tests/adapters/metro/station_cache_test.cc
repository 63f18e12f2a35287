#include "adapters/metro/station_cache.h"

#include <gtest/gtest.h>

namespace longmen::adapters::metro {
namespace {

constexpr Nanos kNow = 1'614'560'400 * kNanosPerSecond;
constexpr Nanos kPatience = 10 * kNanosPerMinute;

TEST(StationCache, KnowsWhoIsExpectedAndUnderWhichMandate) {
  StationCache cache(2, kPatience);
  EXPECT_FALSE(cache.Match("li", kNow));
  cache.Expect("li", 3, false, kNow);
  const auto li = cache.Match("li", kNow + 1);
  ASSERT_TRUE(li);
  EXPECT_EQ(li->mandate_version, 3u);
  EXPECT_FALSE(li->inside);
  EXPECT_FALSE(cache.Match("wang", kNow + 1));
}

TEST(StationCache, ANewerSightingReplacesTheOlder) {
  StationCache cache(2, kPatience);
  cache.Expect("li", 3, false, kNow);
  cache.Expect("li", 4, true, kNow + kPatience);
  EXPECT_EQ(cache.size(), 1u);
  const auto li = cache.Match("li", kNow + 2 * kPatience);
  ASSERT_TRUE(li);
  EXPECT_EQ(li->mandate_version, 4u);
  EXPECT_TRUE(li->inside);
}

TEST(StationCache, ExpectsNobodyForEver) {
  StationCache cache(2, kPatience);
  cache.Expect("li", 1, false, kNow);
  EXPECT_TRUE(cache.Match("li", kNow + kPatience));
  EXPECT_FALSE(cache.Match("li", kNow + kPatience + 1));
  EXPECT_EQ(cache.size(), 0u);
}

TEST(StationCache, IsBounded) {
  StationCache cache(3, kPatience);
  for (const char* rider : {"a", "b", "c"}) cache.Expect(rider, 1, false, kNow);
  cache.Expect("a", 1, false, kNow + 1);  // seen again: now b was expected longest ago
  cache.Expect("d", 1, false, kNow + 2);
  EXPECT_EQ(cache.size(), 3u);
  EXPECT_EQ(cache.evicted(), 1u);
  EXPECT_FALSE(cache.Match("b", kNow + 2));
  for (const char* rider : {"a", "c", "d"}) EXPECT_TRUE(cache.Match(rider, kNow + 2)) << rider;
}

TEST(StationCache, ForgetsWhoseMandateEnded) {
  StationCache cache(2, kPatience);
  cache.Expect("li", 1, false, kNow);
  cache.Forget("li");
  cache.Forget("nobody");
  EXPECT_FALSE(cache.Match("li", kNow));
}

}  // namespace
}  // namespace longmen::adapters::metro
