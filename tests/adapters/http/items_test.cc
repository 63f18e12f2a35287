#include "adapters/http/items.h"

#include <gtest/gtest.h>

namespace longmen::adapters::http {
namespace {

using Members = std::vector<std::string_view>;

TEST(Items, LinesComeAsTheyAreWithoutTheirEnds) {
  EXPECT_EQ(SplitLines("{\"a\":1}\r\n\n  \n{\"b\": 2}"), (Members{"{\"a\":1}", "{\"b\": 2}"}));
  EXPECT_TRUE(SplitLines("\n \r\n").empty());
}

TEST(Items, AGroupIsCutAtItsOwnCommasOnly) {
  const std::string_view json = R"( { "group" : [ {"a":[1,2],"b":"},]"} , {"c":"\"],"}, 3 ] } )";
  ASSERT_TRUE(IsGroup(json));
  const auto members = SplitGroup(json);
  ASSERT_TRUE(members.ok());
  EXPECT_EQ(*members, (Members{R"({"a":[1,2],"b":"},]"})", R"({"c":"\"],"})", "3"}));
}

TEST(Items, AProposalIsNoGroup) {
  EXPECT_FALSE(IsGroup(R"({"id":"1","group":[]})"));
  EXPECT_FALSE(IsGroup("[]"));
  EXPECT_FALSE(IsGroup(""));
}

TEST(Items, ABrokenGroupIsMalformed) {
  for (const char* bad :
       {R"({"group":[]})", R"({"group":[1})", R"({"group":[1,]})", R"({"group":[1]})x",
        R"({"group":[1],"more":2})",
        R"({"group":{}})", R"({"group":["abc)", R"({"group":["a\)", R"({"group":[)", R"({"group":)",
        R"({"group":[{]})"}) {
    const auto members = SplitGroup(bad);
    // What is inside a member is the codec's to judge; the frame around them is ours.
    if (members.ok()) {
      ADD_FAILURE() << bad;
    } else {
      EXPECT_EQ(members.error().code, Code::MALFORMED);
      EXPECT_EQ(members.error().field, "group");
    }
  }
}

}  // namespace
}  // namespace longmen::adapters::http
