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

// Calendars, fee tables and risk policies come from people: what is wrong with one is said.
TEST(ScriptRunner, SaysWhatIsWrongWithATable) {
  const std::pair<const char*, const char*> kVectors[] = {
      {"calendar c holiday 2021-02-30", "not a date or a range of dates: 2021-02-30"},
      {"calendar c holiday 2021-02-11..2021-02-10",
       "not a date or a range of dates: 2021-02-11..2021-02-10"},
      {"calendar c holiday 2021-02-11 working 2021-02-11", "named twice: 2021-02-11"},
      {"calendar c weekend 2021-02-11", "no such clause of a calendar: weekend"},
      {"calendar c utc", "a value is missing after utc"},
      {"fees f fixed 5.00", "a fee table has steps: up_to or beyond"},
      {"fees f fixed 5.00 beyond", "a fee table begins its steps with up_to or beyond, not fixed"},
      {"fees f beyond fixed five", "not an amount: five"},
      {"fees f beyond percent x", "not a percentage: x"},
      {"fees f beyond price 5.00", "no such clause of a fee table: price"},
      {"risk r step 10 eyes", "no such identity step: eyes"},
      {"risk r rule a 10 new moon", "nothing new to a risk policy: moon"},
      {"risk r rule a 10 from ten", "not a time of day: ten"},
      {"risk r rule a ten", "not a number: ten"},
      {"risk r rule a 10 if 3", "no such clause of a risk policy: if"}};
  for (const auto& [line, said] : kVectors) {
    const auto wrong = FindingsOf(std::string(line) + "\n");
    ASSERT_EQ(wrong.size(), 1u) << line;
    EXPECT_NE(wrong[0].find(said), std::string::npos) << wrong[0];
  }
}

// What has the form of one and no meaning is the ledger's to refuse, with its field.
TEST(ScriptRunner, LeavesTheMeaningOfATableToTheLedger) {
  EXPECT_TRUE(FindingsOf("fees f up_to 5.00 fixed 1.00 up_to 5.00 fixed 2.00 -> invalid "
                         "amount_out_of_range in registration.feeTable.steps[1].upToMinor\n")
                  .empty());
  EXPECT_TRUE(FindingsOf("risk r step 10 face -> invalid missing_field in "
                         "registration.riskPolicy.rules\n")
                  .empty());
  EXPECT_TRUE(FindingsOf("calendar c utc 2000 -> invalid bad_time in "
                         "registration.calendar.utcOffsetMinutes\n")
                  .empty());
}

}  // namespace
}  // namespace longmen::script
