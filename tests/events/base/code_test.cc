#include "events/base/code.h"

#include <capnp/schema.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>

#include "events/base/result.h"

namespace longmen {
namespace {

TEST(Codes, HaveATextEachAndLeadBackFromIt) {
  std::set<std::string_view> names;
  const auto all = capnp::Schema::from<Code>().getEnumerants();
  for (auto enumerant : all) {
    const auto code = static_cast<Code>(enumerant.getOrdinal());
    EXPECT_TRUE(names.insert(CodeName(code)).second) << CodeName(code);
    EXPECT_EQ(CodeFromName(CodeName(code)), code);
  }
  EXPECT_EQ(names.size(), all.size());
}

TEST(Codes, AreStableTexts) {
  EXPECT_EQ(CodeName(Code::INSUFFICIENT_FUNDS), "insufficient_funds");
  EXPECT_EQ(CodeName(Code::NONE), "none");
  EXPECT_EQ(CodeName(static_cast<Code>(60000)), "unknown_code");
  EXPECT_EQ(CodeFromName("no_such_code"), std::nullopt);
  EXPECT_EQ(CodeFromName(""), std::nullopt);
}

TEST(Codes, SayWhatACallerMayDo) {
  EXPECT_EQ(ClassOf(Code::EXCEEDS_DEBIT), CodeClass::kFinal);
  EXPECT_EQ(ClassOf(Code::INSUFFICIENT_FUNDS), CodeClass::kRetryUnderNewId);
  EXPECT_EQ(ClassOf(Code::STORAGE_FULL), CodeClass::kUnknown);
  EXPECT_EQ(CodeClassName(CodeClass::kRetryUnderNewId), "retry_under_new_id");
}

TEST(Codes, StandInTheDocsWithNumberAndClass) {
  std::ifstream file("docs/codes.md");
  ASSERT_TRUE(file.is_open());
  const std::string page((std::istreambuf_iterator<char>(file)), {});
  for (auto enumerant : capnp::Schema::from<Code>().getEnumerants()) {
    const auto code = static_cast<Code>(enumerant.getOrdinal());
    if (code == Code::NONE) continue;
    const std::string row = fmt::format("| {} | `{}` | {} |", enumerant.getOrdinal(),
                                        CodeName(code), CodeClassName(ClassOf(code)));
    EXPECT_NE(page.find(row), std::string::npos) << row;
  }
}

TEST(Codes, ReadInSnakeCase) {
  EXPECT_EQ(SnakeCase("b2bGateway"), "b2b_gateway");
  EXPECT_EQ(SnakeCase("sm2Sm3"), "sm2_sm3");
  EXPECT_EQ(SnakeCase("open"), "open");
}

TEST(Errors, ReadAsOneLine) {
  EXPECT_EQ(Describe({Code::BAD_TEXT, "order.payer", "not UTF-8"}),
            "bad_text at order.payer: not UTF-8");
  EXPECT_EQ(Describe({Code::MALFORMED, "", ""}), "malformed");
}

}  // namespace
}  // namespace longmen
