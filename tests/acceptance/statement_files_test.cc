// Statement files that others made, where they lie beside the project: each is read to the line it
// ends with, or refused with the reason that is named here.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "adapters/statements/statement_file.h"

namespace longmen::testing {
namespace {

const std::string kData = "../shared/data/";

std::string Whole(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// "camt.053 CNY 2020-06-30..2020-06-30: 1 lines, credits 800000.00, debits 0.00, closing …".
class Summary : public adapters::StatementVisitor {
 public:
  Status Begin(const adapters::StatementHeader& header) override {
    currency_ = header.currency;
    text = fmt::format("{} {} {}..{}", header.format, currency_.alphabetic(),
                       FormatDate(header.from), FormatDate(header.to));
    return Ok();
  }
  Status Line(const adapters::StatementFileLine&) override { return Ok(); }
  Status End(const adapters::StatementTotals& totals) override {
    text +=
        fmt::format(": {} lines, credits {}, debits {}", totals.count,
                    FormatMinor(totals.credits, currency_), FormatMinor(totals.debits, currency_));
    if (totals.closing) text += ", closing " + FormatMinor(*totals.closing, currency_);
    return Ok();
  }
  std::string text;

 private:
  Currency currency_;
};

std::string Read(const std::string& bytes, const adapters::StatementDefaults& defaults = {}) {
  Summary summary;
  const Status status = adapters::ReadStatementFile(bytes, defaults, summary);
  return status.ok() ? summary.text : Describe(status.error());
}

class StatementFiles : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(kData)) GTEST_SKIP() << kData << " is not there";
  }
};

TEST_F(StatementFiles, FixturesAreReadOrRefused) {
  const std::string other_xml =
      "unknown_format: this is XML, but none of camt.052, camt.053 and camt.054 in version .001.08";
  const std::pair<const char*, std::string> expected[] = {
      {"wechat_trade_all.csv",
       "wechat-trade CNY 2020-10-01..2020-10-01: 2 lines, credits 20.00, debits 15.00"},
      {"wechat_fund_basic.csv",
       "wechat-fund CNY 2020-10-01..2020-10-01: 2 lines, credits 20.00, debits 15.00, closing "
       "5.00"},
      {"alipay_trade.csv",
       "alipay-trade CNY 2020-10-01..2020-10-01: 2 lines, credits 20.00, debits 15.00"},
      {"unionpay_zm.txt",
       "unionpay-zm CNY 2020-10-01..2020-10-01: 1 lines, credits 20.00, debits 0.00"},
      {"camt053.xml",
       "camt.053 CNY 2020-06-30..2020-06-30: 1 lines, credits 800000.00, debits 0.00, closing "
       "5800000.00"},
      {"camt054.xml",
       "camt.054 CNY 2020-06-30..2020-06-30: 1 lines, credits 1200000.00, debits 0.00"},
      {"pacs004.xml", other_xml},
      {"pacs008.xml", other_xml},
      {"pacs029.xml", other_xml},
      {"pain001.xml", other_xml},
      {"pain002.xml", other_xml},
  };
  size_t files = 0;
  for (const auto& [name, summary] : expected) {
    const std::string file = Whole(kData + "fixtures/" + name);
    EXPECT_EQ(Read(file, {.date = ParseDate("2020-10-01"), .description = {}}), summary) << name;
    ++files;
  }
  const auto there = std::filesystem::directory_iterator(kData + "fixtures");
  EXPECT_EQ(std::distance(begin(there), end(there)), static_cast<ptrdiff_t>(files));
}

TEST_F(StatementFiles, ABanksSampleAddsUpWhereItsVersionIsPassedOver) {
  std::string file = Whole(kData + "iso20022/FI_camt_053_sample.xml");
  EXPECT_TRUE(Read(file).starts_with("unknown_format: ")) << "it is camt.053.001.02";
  const std::string version = "camt.053.001.02";
  for (size_t at = file.find(version); at != std::string::npos; at = file.find(version)) {
    file.replace(at, version.size(), "camt.053.001.08");
  }
  EXPECT_EQ(Read(file),
            "camt.053 EUR 2009-10-29..2009-10-29: 10 lines, credits 23075.00, debits 9430.17, "
            "closing 23644.83");
}

// The owners of these files took lines out of them and changed amounts: they do not add up to what
// stands above them. Without the totals in the description the lines are there to be read.
TEST_F(StatementFiles, PersonalExportsDoNotComeToTheirOwnTotals) {
  struct Export {
    const char* file;
    const char* description;
    const char* unknown;
    const char* refused;
    const char* read;
  };
  const Export exports[] = {
      {"example-wechat-records.csv", "personal_wechat.txt", "WeChat's",
       "control_total_mismatch at line 7: count is 43 here, and there are 27 lines: -16 apart",
       "described CNY 2017-10-20..2024-06-07: 16 lines, credits 28.49, debits 2904.53"},
      {"example-alipay-records.csv", "personal_alipay.txt", "Alipay's",
       "control_total_mismatch at line 8: count is 66 here, and there are 10 lines: -56 apart",
       "described CNY 2023-01-09..2023-07-10: 6 lines, credits 222228.50, debits 211.64"},
  };
  for (const Export& one : exports) {
    const std::string file = Whole(kData + "bills/" + one.file);
    EXPECT_EQ(Read(file),
              fmt::format("unknown_format: this is {} export for the person who paid, not a "
                          "merchant's bill; a description can read it",
                          one.unknown));
    std::string description =
        Whole(std::string("tests/adapters/statements/samples/") + one.description);
    EXPECT_EQ(Read(file, {.date = {}, .description = description}), one.refused);
    for (size_t at = description.find("\ntotal = "); at != std::string::npos;
         at = description.find("\ntotal = ")) {
      description.replace(at, 9, "\n# ");
    }
    EXPECT_EQ(Read(file, {.date = {}, .description = description}), one.read);
  }
}

}  // namespace
}  // namespace longmen::testing
