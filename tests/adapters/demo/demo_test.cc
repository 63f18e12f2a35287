// The demo as a whole: what `longmen demo` runs, twice, and what it must refuse.
#include "adapters/demo/demo.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "adapters/files/file_writer.h"
#include "tests/support/plain_text/plain_text.h"

namespace longmen::adapters {
namespace {

namespace fs = std::filesystem;

uint64_t Seed() {
  const char* text = std::getenv("LONGMEN_SEED");
  const uint64_t seed = text == nullptr ? 2021 : std::strtoull(text, nullptr, 10);
  std::printf("LONGMEN_SEED=%llu\n", static_cast<unsigned long long>(seed));
  return seed;
}

std::string Auditor() {
  const char* directory = std::getenv("LONGMEN_BIN");
  return std::string(directory == nullptr ? "build" : directory) + "/longmen-audit";
}

std::string BytesOf(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class Demo : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string path = (fs::temp_directory_path() / "longmen-demo-XXXXXX").string();
    ASSERT_NE(mkdtemp(path.data()), nullptr);
    directory_ = path;
  }
  void TearDown() override { fs::remove_all(directory_); }

  int Run(const std::string& name, uint64_t seed) {
    DemoOptions options;
    options.out = directory_ / name;
    options.seed = seed;
    options.scale = 0.1;
    options.audit_program = Auditor();
    return RunDemo(options);
  }
  fs::path Out(const std::string& name) const { return directory_ / name; }

  fs::path directory_;
};

TEST_F(Demo, TheSameSeedWritesTheSameInputAndTheSameLog) {
  const uint64_t seed = Seed();
  ASSERT_EQ(Run("one", seed), 0);
  ASSERT_EQ(Run("two", seed), 0);
  for (const char* part : {"input", "export"}) {
    size_t files = 0;
    for (const auto& entry : fs::directory_iterator(Out("one") / part)) {
      EXPECT_EQ(BytesOf(entry.path()), BytesOf(Out("two") / part / entry.path().filename()))
          << entry.path();
      ++files;
    }
    EXPECT_GT(files, 3u) << part;
  }
  const std::string diff = Auditor() + " diff " + (Out("one") / "ledger").string() + " " +
                           (Out("two") / "ledger").string();
  EXPECT_EQ(std::system(diff.c_str()), 0);
}

// The balances of a day's end, by the names of the journals.
std::map<std::string, std::string> BalancesOf(const fs::path& directory) {
  std::map<std::string, std::string> balances;
  for (const auto& entry : fs::directory_iterator(directory)) {
    if (!entry.path().filename().string().starts_with("balances-")) continue;
    std::ifstream file(entry.path());
    std::string line;
    std::getline(file, line);
    while (std::getline(file, line) && !line.starts_with("trailer,")) {
      std::istringstream fields(line);
      std::string account, participant, kind, status, currency, minor, balance;
      for (auto* field : {&account, &participant, &kind, &status, &currency, &minor, &balance}) {
        std::getline(fields, *field, ',');
      }
      if (minor == "0") continue;
      balances[FileNamePart(participant) + ":" + FileNamePart(account)] = balance + " " + currency;
    }
  }
  return balances;
}

void ExpectOthersAgree(const fs::path& directory) {
  const auto balances = BalancesOf(directory);
  EXPECT_GT(balances.size(), 100u);
  for (const auto& entry : fs::directory_iterator(directory)) {
    const std::string name = entry.path().filename().string();
    const auto program =
        name.starts_with("hledger-") ? testing::Accounting::kHledger : testing::Accounting::kLedger;
    if (!name.ends_with(".journal") || !testing::IsInstalled(program)) continue;
    const auto reckoning = testing::Reckon(program, entry.path().string());
    EXPECT_TRUE(reckoning.fine) << reckoning.complaint;
    EXPECT_EQ(reckoning.balances, balances) << name;
  }
}

TEST_F(Demo, AnotherSeedIsAnotherDayThatAlsoAddsUp) {
  ASSERT_EQ(Run("one", Seed() + 1), 0);
  ExpectOthersAgree(Out("one") / "export");
  const std::string first = BytesOf(Out("one") / "input" / "parking.ndjson");
  ASSERT_EQ(Run("one", Seed() + 2), 0) << "a second demo wipes the first";
  EXPECT_NE(first, BytesOf(Out("one") / "input" / "parking.ndjson"));
}

TEST_F(Demo, NeedsADirectory) {
  DemoOptions options;
  options.out = "";
  options.audit_program = Auditor();
  EXPECT_EQ(RunDemo(options), 2);
}

TEST_F(Demo, ItsPageFitsATerminal) {
  ASSERT_EQ(Run("one", Seed()), 0);
  std::istringstream page(BytesOf(Out("one") / "report.txt"));
  std::string line;
  size_t lines = 0;
  while (std::getline(page, line)) {
    EXPECT_LE(line.size(), 80u) << line;
    for (const char c : line) EXPECT_TRUE(c >= ' ' && c <= '~') << line;
    ++lines;
  }
  EXPECT_GT(lines, 40u);
}

TEST_F(Demo, TouchesNoDirectoryThatNoDemoMade) {
  fs::create_directories(Out("mine") / "ledger");
  std::ofstream(Out("mine") / "ledger" / "thesis.txt") << "three years";
  EXPECT_EQ(Run("mine", Seed()), 2);
  EXPECT_EQ(BytesOf(Out("mine") / "ledger" / "thesis.txt"), "three years");
}

}  // namespace
}  // namespace longmen::adapters
