// Bytes of samples flipped, cut, doubled and put elsewhere: whatever comes of it is read or
// refused.
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <random>

#include "tests/adapters/statements/recorder.h"

namespace longmen::testing {
namespace {

uint64_t Given(const char* name, uint64_t otherwise) {
  const char* given = std::getenv(name);
  return given == nullptr ? otherwise : std::strtoull(given, nullptr, 10);
}

std::string Damaged(std::string text, std::mt19937_64& random) {
  const auto place = [&] { return text.empty() ? 0 : random() % text.size(); };
  for (uint64_t times = random() % 3 + 1; times > 0 && !text.empty(); --times) {
    const size_t at = place();
    const size_t length = std::min<size_t>(random() % 40 + 1, text.size() - at);
    switch (random() % 6) {
      case 0:
        text[at] = static_cast<char>(random());
        break;
      case 1:
        text[at] = static_cast<char>(text[at] ^ (1 << random() % 8));
        break;
      case 2:
        text.resize(at);
        break;
      case 3:
        text.erase(at, length);
        break;
      case 4:
        text.insert(place(), text.substr(at, length));
        break;
      default:
        text[at] = "0123456789,`\"|\n\r\0-.#<>"[random() % 22];
    }
  }
  return text;
}

// A reading of a damaged file begins, ends and numbers as one of a good one does.
class Watcher : public adapters::StatementVisitor {
 public:
  Status Begin(const adapters::StatementHeader& header) override {
    EXPECT_FALSE(open_);
    EXPECT_NE(header.currency.numeric, 0);
    EXPECT_LE(header.from, header.to);
    open_ = true;
    lines_ = 0;
    sum_ = 0;
    return Ok();
  }
  Status Line(const adapters::StatementFileLine& line) override {
    EXPECT_TRUE(open_);
    EXPECT_EQ(line.number, ++lines_);
    EXPECT_GE(line.minor, 0);
    EXPECT_NE(line.direction, schema::Direction::UNSTATED);
    EXPECT_GT(line.occurred_at, 0);
    for (const std::string_view text :
         {line.reference, line.order_key, line.original_reference, line.status}) {
      EXPECT_LE(text.size(), 140u);
    }
    EXPECT_LE(line.raw.size(), 32'768u);
    EXPECT_FALSE(line.raw.empty());
    sum_ += line.minor;
    return Ok();
  }
  Status End(const adapters::StatementTotals& totals) override {
    EXPECT_TRUE(open_);
    EXPECT_EQ(totals.count, lines_);
    EXPECT_EQ(totals.credits + totals.debits, sum_);
    open_ = false;
    return Ok();
  }
  bool open() const { return open_; }

 private:
  bool open_ = false;
  uint32_t lines_ = 0;
  __int128 sum_ = 0;
};

class Damage : public ::testing::TestWithParam<const char*> {};

TEST_P(Damage, IsReadOrRefusedAndNeverCrashes) {
  const uint64_t seed = Given("LONGMEN_SEED", std::random_device{}());
  std::cout << "LONGMEN_SEED=" << seed << "\n";
  std::mt19937_64 random(seed);
  const std::string name = GetParam();
  const std::string good = Sample(name);
  adapters::StatementDefaults defaults{.date = Day("2021-03-05"), .description = {}};
  std::string format;
  if (name.starts_with("described") || name.starts_with("personal")) {
    defaults.description = Sample(name.substr(0, name.size() - 3) + "txt");
  }
  const auto found = adapters::FormatOf(good, defaults);
  ASSERT_TRUE(found.ok());
  uint64_t refused = 0;
  const uint64_t cases = Given("LONGMEN_CASES", 3'000);
  for (uint64_t i = 0; i < cases; ++i) {
    const std::string bad = Damaged(good, random);
    Watcher watcher;
    const Status status = adapters::ReadStatementFile(bad, defaults, watcher, *found);
    EXPECT_TRUE(status.ok() ? !watcher.open() : status.error().code != Code::NONE);
    if (::testing::Test::HasFailure()) FAIL() << "case " << i << "\n" << bad;
    refused += status.ok() ? 0 : 1;
    (void)adapters::FormatOf(bad, {});
  }
  EXPECT_GT(refused, cases / 4) << "the checks see most damage";
}

INSTANTIATE_TEST_SUITE_P(Samples, Damage,
                         ::testing::Values("wechat_trade_all.csv", "wechat_trade_refund.csv",
                                           "wechat_fund.csv", "alipay_trade.csv",
                                           "alipay_account.csv", "unionpay_zm.txt", "camt052.xml",
                                           "camt053.xml", "camt054.xml", "longmen_detail.csv",
                                           "described_bank.csv", "described_wallet.csv",
                                           "personal_wechat.csv", "personal_alipay.csv"));

}  // namespace
}  // namespace longmen::testing
