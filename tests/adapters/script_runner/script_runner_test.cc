// Every script under tests/scripts is a test of its own, and the runner itself can fail.
#include "tests/adapters/script_runner/runner.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

namespace longmen::script {
namespace {

constexpr const char* kScripts = "tests/scripts";

// A script with one case, whose findings are returned.
std::vector<std::string> FindingsOf(const std::string& text) {
  auto cases = ParseScript("inline", text);
  if (!cases) return {cases.error().message};
  std::vector<std::string> wrong;
  for (const Case& play : *cases) {
    for (auto& finding : RunCase(play)) wrong.push_back(std::move(finding));
  }
  return wrong;
}

class ScriptTest : public testing::Test {
 public:
  explicit ScriptTest(std::string file) : file_(std::move(file)) {}
  void TestBody() override {
    auto cases = ReadScript(file_);
    ASSERT_TRUE(cases.ok()) << cases.error().message;
    for (const Case& play : *cases) {
      for (const auto& finding : RunCase(play))
        ADD_FAILURE() << finding << "\n  in: " << play.title;
    }
  }

 private:
  std::string file_;
};

// Before main, so that gtest finds them as it finds TEST's.
const bool kRegistered = [] {
  std::vector<std::string> files;
  if (!std::filesystem::exists(kScripts)) return false;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(kScripts)) {
    if (entry.path().extension() == ".txt") files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  for (const std::string& file : files) {
    const std::string name = file.substr(std::string(kScripts).size() + 1);
    testing::RegisterTest("Script", name.c_str(), nullptr, nullptr, __FILE__, __LINE__,
                          [file]() -> ScriptTest* { return new ScriptTest(file); });
  }
  return true;
}();

TEST(ScriptRunner, FindsTheScripts) { EXPECT_TRUE(kRegistered); }

TEST(ScriptRunner, NamesFileLineExpectedAndActual) {
  const auto wrong =
      FindingsOf("bank ICBC\naccount a participant ICBC kind customer\nbalance a 1.00\n");
  ASSERT_EQ(wrong.size(), 1u);
  EXPECT_EQ(wrong[0], "inline:3: balance of a: expected 1.00, actual 0.00");
}

TEST(ScriptRunner, HoldsALineWithoutArrowToBeAccepted) {
  const auto wrong = FindingsOf("account a participant nobody kind customer\n");
  ASSERT_EQ(wrong.size(), 1u);
  EXPECT_EQ(wrong[0],
            "inline:1: expected accepted, actual refused unknown_participant in "
            "registration.account.participant");
}

TEST(ScriptRunner, FailsAnExpectedRefusalThatDoesNotCome) {
  EXPECT_EQ(FindingsOf("bank ICBC -> refused unknown_scheme\n").size(), 1u);
  EXPECT_EQ(FindingsOf("bank ICBC nucc -> refused unknown_account\n").size(), 1u);
  EXPECT_EQ(FindingsOf("bank ICBC nucc -> refused unknown_scheme\n").size(), 0u);
}

TEST(ScriptRunner, FailsAMovementThatDidNotHappen) {
  const std::string setup = "bank ICBC\naccount a participant ICBC kind customer\nmoney a 5.00 -> ";
  EXPECT_EQ(FindingsOf(setup + "debit 5.00\n").size(), 0u);
  EXPECT_EQ(FindingsOf(setup + "debit 5.01\n").size(), 1u);
  EXPECT_EQ(FindingsOf(setup + "debit 5.00 pending\n").size(), 1u);
  EXPECT_EQ(FindingsOf(setup + "no debit\n").size(), 1u);
  EXPECT_EQ(FindingsOf(setup + "exception too_late\n").size(), 1u);
}

TEST(ScriptRunner, GivesEveryCaseItsOwnLedger) {
  const auto wrong = FindingsOf(
      "bank ICBC\naccount a participant ICBC kind customer\n== one\nmoney a 5.00\n"
      "balance a 5.00\n== two\nbalance a 0.00\n");
  EXPECT_TRUE(wrong.empty()) << wrong[0];
}

TEST(ScriptRunner, RejectsWordsItDoesNotKnow) {
  EXPECT_EQ(FindingsOf("fly away\n").size(), 1u);
  EXPECT_EQ(FindingsOf("scenario bicycle\n").size(), 1u);
  EXPECT_EQ(FindingsOf("scenario parking\nscan s1 colour red\n").size(), 1u);
  EXPECT_EQ(FindingsOf("bank ICBC -> sometimes\n").size(), 1u);
  EXPECT_EQ(FindingsOf("account \"a\n").size(), 1u);
}

}  // namespace
}  // namespace longmen::script
