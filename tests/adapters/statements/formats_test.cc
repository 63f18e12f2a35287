#include <gtest/gtest.h>

#include "tests/adapters/statements/recorder.h"
#include "tests/support/statement_files/statement_files.h"

namespace longmen::testing {
namespace {

TEST(StatementFormats, AreRecognisedByTheirContent) {
  const std::pair<const char*, const char*> samples[] = {{"wechat_trade_all.csv", "wechat-trade"},
                                                         {"wechat_fund.csv", "wechat-fund"},
                                                         {"alipay_trade.csv", "alipay-trade"},
                                                         {"alipay_account.csv", "alipay-account"},
                                                         {"unionpay_zm.txt", "unionpay-zm"},
                                                         {"camt052.xml", "camt.052"},
                                                         {"camt053.xml", "camt.053"},
                                                         {"camt054.xml", "camt.054"},
                                                         {"longmen_detail.csv", "longmen"}};
  for (const auto& [sample, format] : samples) {
    const auto found = adapters::FormatOf(Sample(sample), {});
    ASSERT_TRUE(found.ok()) << sample;
    EXPECT_EQ(*found, format);
    EXPECT_EQ(Refusal(Sample(sample), {.date = Day("2021-03-05"), .description = {}}, format),
              "read");
  }
  const auto described = adapters::FormatOf("a,b\n", {.date = {}, .description = "x"});
  ASSERT_TRUE(described.ok());
  EXPECT_EQ(*described, "described");
  EXPECT_EQ(adapters::FormatNames().size(), 10u);
}

TEST(StatementFormats, AnUnknownOneIsRefusedWithWhatItLooksLike) {
  const auto refusal = [](std::string_view bytes) { return Refusal(bytes); };
  EXPECT_EQ(refusal(""), "unknown_format: the file is empty");
  EXPECT_EQ(refusal("微信支付账单明细,,,\r\n"),
            "unknown_format: this is WeChat's export for the person who paid, not a merchant's "
            "bill; a description can read it");
  EXPECT_EQ(refusal("----\r\n" + ToGbk("支付宝（中国）网络技术有限公司") + "\r\n"),
            "unknown_format: this is Alipay's export for the person who paid, not a merchant's "
            "bill; a description can read it");
  EXPECT_EQ(refusal(ToGbk("#支付宝业务汇总查询\r\n")),
            "unknown_format: this is Alipay's, but neither its order nor its account detail");
  EXPECT_EQ(refusal("PK\x03\x04rest"),
            "unknown_format: the file is an archive or a workbook: unpack it first");
  EXPECT_EQ(refusal("\x1f\x8brest"), "unknown_format: the file is compressed: unpack it first");
  EXPECT_EQ(refusal("\xff\xfe<"), "unknown_format: the file is UTF-16, in which no format here is");
  EXPECT_EQ(refusal("a,b,c\n"),
            "unknown_format: its beginning is that of no format; a description can read a CSV");
  EXPECT_EQ(Refusal("a", {}, "mt940"), "unknown_format at format: there is no format 'mt940'");
}

// Whoever takes a file in reads it twice; what it does with a line may end the reading.
TEST(StatementFormats, AVisitorsErrorEndsTheReading) {
  class Stops : public adapters::StatementVisitor {
   public:
    Status Begin(const adapters::StatementHeader&) override { return Ok(); }
    Status Line(const adapters::StatementFileLine& line) override {
      lines = line.number;
      return line.number < 2 ? Ok() : Status(Error{Code::STOPPING, "", "enough"});
    }
    Status End(const adapters::StatementTotals&) override { return Ok(); }
    uint32_t lines = 0;
  };
  for (const char* sample :
       {"wechat_trade_all.csv", "wechat_fund.csv", "alipay_trade.csv", "alipay_account.csv",
        "unionpay_zm.txt", "camt053.xml", "longmen_detail.csv"}) {
    Stops stops;
    const auto status = adapters::ReadStatementFile(
        Sample(sample), {.date = Day("2021-03-05"), .description = {}}, stops);
    ASSERT_FALSE(status.ok()) << sample;
    EXPECT_EQ(Describe(status.error()), "stopping: enough");
    EXPECT_EQ(stops.lines, 2u);
  }
}

}  // namespace
}  // namespace longmen::testing
