// longmen export: ranges of records, formats, whose and of what; in day_test what `all` writes.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "tests/support/plain_text/plain_text.h"
#include "tests/support/program/program.h"

namespace longmen::testing {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> NamesOf(const std::map<std::string, std::string>& files) {
  std::vector<std::string> names;
  for (const auto& [name, bytes] : files) names.push_back(name.substr(0, name.find("-00000")));
  return names;
}

class Exports : public Program {
 protected:
  void SetUp() override {
    Program::SetUp();
    RegisterBanks({"ICBC", "CCB", "PSBC", "CMB", "BOB"});
    PayE2b();
  }
  std::map<std::string, std::string> Export(const std::string& name,
                                            std::vector<std::string> more) {
    more.insert(more.begin(), {"export", ledger(), Path(name)});
    const Said said = Longmen(more);
    EXPECT_EQ(said.code, 0) << said.err;
    return FilesOf(Path(name));
  }
};

size_t Lines(const std::string& bytes) {
  return static_cast<size_t>(std::count(bytes.begin(), bytes.end(), '\n'));
}

TEST_F(Exports, OfARangeAreThePartOfTheWhole) {
  const size_t last = Records();
  const size_t middle = last - 6;
  const auto whole = Export("whole", {"--what", "journal"});
  const auto head = Export("head", {"--what", "journal", "--range", fmt::format("1..{}", middle)});
  const auto tail =
      Export("tail", {"--what", "journal", "--range", fmt::format("{}..", middle + 1)});
  EXPECT_EQ(tail.begin()->first, fmt::format("journal-{:010}-{:010}.csv", middle + 1, last));
  // A header and a trailer each.
  EXPECT_EQ(Lines(head.begin()->second) + Lines(tail.begin()->second) - 2,
            Lines(whole.begin()->second));
  EXPECT_GT(Lines(tail.begin()->second), 2u);
  EXPECT_EQ(
      Longmen({"export", ledger(), Path("x"), "--what", "journal", "--range", "1..9999"}).code, 1);
}

// Both programs add the rest up to what the ledger says, from the balances that it opens with.
TEST_F(Exports, OfTheEndOfTheJournalAddUpForOtherPrograms) {
  const std::string range = fmt::format("{}..", Records() - 6);
  for (const auto program : {Accounting::kHledger, Accounting::kLedger}) {
    if (!IsInstalled(program)) continue;
    const std::string what = program == Accounting::kHledger ? "hledger" : "ledger";
    const auto files = Export("of-" + what, {"--what", what, "--range", range});
    const std::string& text = files.begin()->second;
    EXPECT_NE(text.find(") opening balances\n"), std::string::npos) << text;
    const Reckoning reckoning = Reckon(program, Path("of-" + what) + "/" + files.begin()->first);
    EXPECT_TRUE(reckoning.fine) << reckoning.complaint;
    EXPECT_EQ(reckoning.balances.at("ICBC:ICBC%3Acash"), "800000.00 CNY");
    EXPECT_EQ(reckoning.balances.at("CMB:CMB%3Acash"), "-650000.00 CNY");
  }
}

TEST_F(Exports, AreWorkbooksWhereTheyAreTables) {
  const auto files = Export("books", {"--format", "xlsx"});
  const auto csv = Export("csv", {});
  size_t tables = 0;
  for (const auto& [name, bytes] : csv) tables += name.ends_with(".csv");
  EXPECT_EQ(files.size(), tables);
  for (const auto& [name, bytes] : files) {
    EXPECT_TRUE(name.ends_with(".xlsx")) << name;
    EXPECT_TRUE(bytes.starts_with("PK")) << name;
    EXPECT_TRUE(csv.contains(name.substr(0, name.size() - 4) + "csv")) << name;
  }
  EXPECT_EQ(Export("again", {"--format", "xlsx"}), files);
  const Said said = Longmen({"export", ledger(), Path("books"), "--format", "xlsx"});
  EXPECT_EQ(said.err,
            "longmen: no tables, hence not written as xlsx: hledger, ledger, pacs029, pacs009\n");
}

TEST_F(Exports, OfAParticipantAreThoseOfAllItsAccounts) {
  const std::vector<std::string> dates = {"--from", "2021-03-01"};
  const auto files =
      Export("s", {"--what", "statement", "--participant", "ICBC", dates[0], dates[1]});
  const auto messages =
      Export("m", {"--what", "camt054", "--participant", "ICBC", dates[0], dates[1]});
  const auto reports = Export("r", {"--what", "camt052", "--participant", "ICBC"});
  EXPECT_GE(files.size(), 3u);
  EXPECT_EQ(messages.size(), files.size());
  EXPECT_EQ(reports.size(), files.size());
  for (const auto& name : NamesOf(files)) {
    EXPECT_TRUE(name.starts_with("statement-ICBC%3A")) << name;
  }
  const Said nobody = Longmen({"export", ledger(), Path("n"), "--what", "statement",
                               "--participant", "NOBODY", dates[0], dates[1]});
  EXPECT_EQ(nobody.code, 1);
  EXPECT_NE(nobody.err.find("NOBODY has no account"), std::string::npos) << nobody.err;
  const Said early = Longmen({"export", ledger(), Path("n"), "--what", "camt053", "--participant",
                              "ICBC", dates[0], dates[1]});
  EXPECT_EQ(early.code, 1);
  EXPECT_NE(early.err.find("is not over"), std::string::npos) << early.err;
}

TEST_F(Exports, OfReconciliationAreByChannelCycleAndDates) {
  const std::vector<std::string> what = {"--what", "reconciliation"};
  const auto of = [&](std::vector<std::string> more) {
    static int number = 0;
    more.insert(more.begin(), what.begin(), what.end());
    return Export(fmt::format("r{}", ++number), more);
  };
  const std::vector<std::string> day = {"--scenario", "b2b_gateway", "--date", "2021-03-01"};
  const auto whole = of(day);
  ASSERT_EQ(whole.size(), 2u);
  const size_t lines = Lines(whole.begin()->second);
  EXPECT_EQ(lines, 13u);
  const auto cycle = of({"--cycle", "B202103010001"});
  ASSERT_EQ(cycle.size(), 2u) << "every scenario and day where it has a line";
  EXPECT_EQ(Lines(cycle.begin()->second), lines);
  EXPECT_TRUE(cycle.begin()->first.find("-in-B202103010001-20210301-") != std::string::npos);
  const Said none = Longmen({"export", ledger(), Path("none"), what[0], what[1], "--cycle", "B2"});
  EXPECT_EQ(none.code, 0) << none.err;
  EXPECT_EQ(none.err, "longmen: there is nothing of that to reconcile, hence no file\n");
  EXPECT_FALSE(fs::exists(Path("none")));
  const auto channel = of({day[0], day[1], day[2], day[3], "--channel", "no-such"});
  EXPECT_EQ(Lines(channel.begin()->second), 2u);
  const auto dates = of({day[0], day[1], "--from", "2021-02-20", "--to", "2021-03-20"});
  EXPECT_EQ(dates, whole);
}

}  // namespace
}  // namespace longmen::testing
