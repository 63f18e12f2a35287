// Ledgers that earlier versions left (golden/README.md) open, verify and go on, with what was
// derived then beside them and without it.
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>

#include "tests/support/program/program.h"

namespace longmen::testing {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kGolden = "tests/adapters/cli/golden/";
constexpr std::string_view kLater = "2022-01-02T09:00:00Z";  // than the last record of all

std::string Golden(std::string_view name, std::string_view kind) {
  return fmt::format("{}{}.{}", kGolden, name, kind);
}

// Proposals as the helpers write them, at the later instant.
std::string Later(std::string lines) {
  for (size_t at = 0; (at = lines.find(kNow, at)) != std::string::npos;) {
    lines.replace(at, kNow.size(), kLater);
  }
  return lines;
}

class GoldenLedger : public Program, public ::testing::WithParamInterface<const char*> {
 protected:
  void SetUp() override {
    Program::SetUp();
    const std::string unpack =
        fmt::format("tar -xzf {} -C {}", Golden(GetParam(), "tar.gz"), Path("."));
    fs::remove_all(ledger());
    ASSERT_EQ(std::system(unpack.c_str()), 0) << unpack;
    anchor_ = ReadWhole(Golden(GetParam(), "anchor"));
    anchor_.pop_back();
    balances_ = ReadWhole(Golden(GetParam(), "balances.csv"));
  }

  void Forget() {
    fs::remove_all(ledger() + "/derived");
    fs::remove_all(ledger() + "/snapshots");
  }
  void ExpectVerified() {
    const Said said = LongmenAudit({"verify", ledger(), "--expect", anchor_});
    EXPECT_EQ(said.code, 0) << said.out << said.err;
  }
  void ExpectBalances(const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments = {"balances", "--csv"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    EXPECT_EQ(Query(arguments).out, balances_);
  }
  // Two new banks, and a payment between them.
  void PayOn() {
    const Said said = Ingest(Later(BankLines({"NEW1", "NEW2"}) +
                                   PaymentGroup("new-payment", "NEW1", "NEW2", 1234) + "\n"),
                             {}, "op");
    ASSERT_EQ(said.code, 0) << said.out << said.err;
    EXPECT_EQ(Query({"order", "b2b_gateway/new-payment"}).code, 0);
    EXPECT_EQ(Query({"account", "NEW2:cash"}).code, 0);
  }
  void ExpectGoesOn() {
    const size_t before = Records();
    EXPECT_EQ(fmt::format("{}", before), anchor_.substr(0, anchor_.find(':')));
    PayOn();
    EXPECT_GT(Records(), before + 8);
    ExpectVerified();
    ExpectBalances({"--as-of", std::to_string(before)});
  }

  std::string anchor_;
  std::string balances_;
};

TEST_P(GoldenLedger, OfWhichOnlyTheLogIsLeftVerifiesAndGoesOn) {
  Forget();
  ExpectVerified();
  ExpectBalances();
  ExpectGoesOn();
}

// Old derived state is used or thrown away; it is never misread.
TEST_P(GoldenLedger, WithWhatWasDerivedThenGoesOn) {
  ExpectBalances();
  ExpectGoesOn();
}

TEST_P(GoldenLedger, IsRebuiltToWhatItWas) {
  ASSERT_EQ(Longmen({"rebuild", ledger()}).code, 0);
  ExpectVerified();
  ExpectBalances();
}

TEST_P(GoldenLedger, IsBackedUpAndRestored) {
  const Said made = Longmen({"backup", ledger(), Path("backup"), "--verify"});
  ASSERT_EQ(made.code, 0) << made.err;
  fs::remove_all(ledger());
  ASSERT_EQ(Longmen({"restore", Path("backup"), ledger(), "--verify"}).code, 0);
  ExpectVerified();
  ExpectGoesOn();
}

INSTANTIATE_TEST_SUITE_P(Versions, GoldenLedger, ::testing::Values("ledger-1"));

}  // namespace
}  // namespace longmen::testing
