// The journal as hledger and ledger read it: of random logs, every balance that they find is the
// one that the balances have, and a balance that is off by one is refused.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "adapters/files/exports.h"
#include "adapters/files/file_writer.h"
#include "projections/balances/balances.h"
#include "projections/statements/statements.h"
#include "tests/adapters/files/read_back.h"
#include "tests/support/generated_log/generated_log.h"
#include "tests/support/generator/random.h"
#include "tests/support/generator/run.h"
#include "tests/support/plain_text/plain_text.h"
#include "tests/support/test_blocks/test_blocks.h"

namespace longmen::adapters {
namespace {

using projections::MapStore;
using testing::Accounting;
using testing::Reckoning;
using testing::TemporaryDirectory;

constexpr size_t kCasesByDefault = 100;
constexpr size_t kSteps = 250;

MapStore RandomStore(uint64_t seed, size_t steps) {
  MapStore store;
  for (const auto& record : generator::GenerateRecords(seed, steps)) {
    const RecordView view{.header = record.header, .proposal = record.proposal.bytes(), .leaf = {}};
    EXPECT_TRUE(projections::Fold(view, record.effects, store).ok());
  }
  return store;
}

// The balances that the records up to this one left, by the journals' names.
std::map<std::string, std::string> ExpectedBalances(const MapStore& store, Sequence last) {
  std::map<std::string, std::string> expected;
  const auto balances = projections::Balances(store);
  EXPECT_TRUE(balances.ok());
  const bool all = last == projections::ReadApplied(store)->sequence;
  for (const auto& balance : *balances) {
    const AccountState& state = balance.state;
    const int64_t minor =
        all ? state.balance.minor : projections::BalanceAfter(store, state.account, last).value();
    if (minor == 0) continue;
    expected[FileNamePart(state.participant) + ":" + FileNamePart(state.account)] =
        Format(Money{minor, state.balance.currency});
  }
  return expected;
}

Result<ExportedFile> ExportFor(Accounting program, const MapStore& store,
                               const std::string& directory, ExportRange range) {
  return program == Accounting::kHledger ? ExportHledger(store, directory, range)
                                         : ExportLedger(store, directory, range);
}

// All of a log; its end; its beginning; something in between.
ExportRange AnyRange(size_t number, Sequence last, generator::Random& random) {
  const auto any = [&] {
    return static_cast<Sequence>(random.Between(1, static_cast<int64_t>(last)));
  };
  ExportRange range{.first = 1, .last = last};
  if (number % 2 == 1) range.first = any();
  if (number % 4 >= 2) range.last = range.first + (last - range.first) / 2;
  return range;
}

class Oracles : public ::testing::TestWithParam<Accounting> {
 protected:
  void SetUp() override {
    if (!testing::IsInstalled(GetParam())) GTEST_SKIP() << "the program is not installed";
  }
};

TEST_P(Oracles, FindEveryBalanceOfRandomLogs) {
  generator::Random random(generator::SeedOfRun());
  const TemporaryDirectory directory;
  size_t accounts = 0;
  for (size_t i = 0; i < generator::CasesOfRun(kCasesByDefault); ++i) {
    const MapStore store = RandomStore(random.Next(), kSteps);
    const Sequence last = projections::ReadApplied(store)->sequence;
    const ExportRange range = AnyRange(i, last, random);
    const auto file = ExportFor(GetParam(), store, directory.path(), range);
    ASSERT_TRUE(file.ok()) << Describe(file.error());
    const Reckoning reckoning = testing::Reckon(GetParam(), file->path);
    ASSERT_TRUE(reckoning.fine) << i << reckoning.complaint;
    const auto expected = ExpectedBalances(store, range.last);
    ASSERT_EQ(reckoning.balances, expected) << i << ": " << range.first << " to " << range.last;
    accounts += expected.size();
    std::filesystem::remove(file->path);
  }
  EXPECT_GT(accounts, generator::CasesOfRun(kCasesByDefault));
}

// Whichever of the assertions it is.
TEST_P(Oracles, RefuseABalanceThatIsOffByOne) {
  generator::Random random(generator::SeedOfRun());
  const TemporaryDirectory directory;
  const MapStore store = RandomStore(random.Next(), kSteps);
  const auto file = ExportFor(GetParam(), store, directory.path(), {});
  ASSERT_TRUE(file.ok()) << Describe(file.error());
  const std::string sound = testing::Slurp(file->path);
  size_t tried = 0;
  for (size_t at = 0; (at = sound.find(" = ", at + 1)) != std::string::npos && tried < 12;
       ++tried) {
    std::string wrong = sound;
    char& last_digit = wrong[wrong.find(' ', at + 3) - 1];
    last_digit = last_digit == '9' ? '8' : static_cast<char>(last_digit + 1);
    std::ofstream(file->path, std::ios::binary) << wrong;
    const Reckoning reckoning = testing::Reckon(GetParam(), file->path);
    EXPECT_FALSE(reckoning.fine) << sound.substr(at - 40, 80);
    EXPECT_TRUE(reckoning.complaint.find("assertion") != std::string::npos) << reckoning.complaint;
  }
  EXPECT_EQ(tried, 12u);
}

TEST_P(Oracles, ReadTheSameBytesEveryTime) {
  const TemporaryDirectory directory;
  const MapStore store = RandomStore(7, kSteps);
  const auto one = ExportFor(GetParam(), store, directory.Sub("a"), {});
  const auto two = ExportFor(GetParam(), store, directory.Sub("b"), {});
  EXPECT_EQ(testing::Slurp(one->path), testing::Slurp(two->path));
}

INSTANTIATE_TEST_SUITE_P(Programs, Oracles,
                         ::testing::Values(Accounting::kHledger, Accounting::kLedger),
                         [](const auto& program) {
                           return program.param == Accounting::kHledger ? "hledger" : "ledger";
                         });

}  // namespace
}  // namespace longmen::adapters
