#include "adapters/http/target.h"

#include <gtest/gtest.h>

namespace longmen::adapters::http {
namespace {

TEST(Target, IsCutBeforeItIsDecoded) {
  const auto target = ParseTarget("/v1/orders/parking/a%2Fb?after=x%26y&to=2021-03-01T00:00+08");
  ASSERT_TRUE(target.ok());
  EXPECT_EQ(target->path, (std::vector<std::string>{"v1", "orders", "parking", "a/b"}));
  EXPECT_EQ(TextParameter(*target, "after"), "x&y");
  EXPECT_EQ(TextParameter(*target, "to"), "2021-03-01T00:00+08");
}

TEST(Target, RefusesBrokenEscapesAndDoubledNames) {
  for (const char* bad : {"", "v1", "/a%", "/a%2", "/a%zz", "/a?b=%4", "/a?b=1&b=2"}) {
    EXPECT_FALSE(ParseTarget(bad).ok()) << bad;
  }
}

TEST(Target, ANameThatStandsTwiceIsNamed) {
  const auto target = ParseTarget("/a?limit=1&limit=2");
  ASSERT_FALSE(target.ok());
  EXPECT_EQ(target.error().code, Code::MALFORMED);
  EXPECT_EQ(target.error().field, "limit");
}

TEST(Target, TakesOnlyWholeNumbersAndRealDates) {
  const auto target = ParseTarget("/a?n=12&big=99999999999999999999&neg=-1&d=2021-02-30");
  ASSERT_TRUE(target.ok());
  EXPECT_EQ(*NumberParameter(*target, "n", 0), 12u);
  EXPECT_EQ(*NumberParameter(*target, "absent", 7), 7u);
  EXPECT_EQ(NumberParameter(*target, "big", 0).error().field, "big");
  EXPECT_EQ(NumberParameter(*target, "neg", 0).error().field, "neg");
  EXPECT_EQ(DateParameter(*target, "d").error().code, Code::BAD_TIME);
}

}  // namespace
}  // namespace longmen::adapters::http
