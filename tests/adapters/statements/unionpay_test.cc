#include <gtest/gtest.h>

#include "tests/adapters/statements/recorder.h"

namespace longmen::testing {
namespace {

using Texts = std::vector<std::string>;

adapters::StatementDefaults On(std::string_view day) {
  return {.date = Day(day), .description = {}};
}

std::string Changed(std::string_view before, std::string_view after) {
  return Refusal(With(Sample("unionpay_zm.txt"), before, after), On("2021-03-05"));
}

// The third record is of a kit whose last field is 131 bytes.
TEST(UnionPayZm, SaysWhatEveryRecordIs) {
  EXPECT_EQ(Parts(Sample("unionpay_zm.txt"), On("2021-03-05")),
            (Texts{"unionpay-zm 898110041110001 CNY 2021-03-05..2021-03-05",
                   "1 @1 credit payment succeeded 6.00 fee 0.04 2021-03-04T15:00:05Z 2021-03-05 "
                   "ref=202103042300050000011 key=LM-3001",
                   "2 @2 credit payment succeeded 100.00 fee 0.60 2021-03-05T00:00:00Z 2021-03-05 "
                   "ref=202103050800000000021 key=LM-3002",
                   "3 @3 debit refund succeeded 2.50 fee -0.02 2021-03-05T01:00:00Z 2021-03-05 "
                   "ref=202103050900000000031 key=LM-R-31 of=202103042300050000011",
                   "4 @4 debit reversal succeeded 1.00 2021-03-05T01:30:00Z 2021-03-05 "
                   "ref=202103050930000000041 key=LM-R-32",
                   "5 @5 credit payment succeeded 0.10 fee 0.12 2020-12-31T15:59:59Z 2021-03-05 "
                   "ref=202012312359590000051",
                   "6 @6 debit adjustment succeeded 3.00 2021-03-05T02:00:00Z 2021-03-05 "
                   "ref=202103051000000000061",
                   "6 credits 106.10 debits 6.50"}));
}

TEST(UnionPayZm, KeepsNoCardNumber) {
  Recorder recorder;
  const std::string file = Sample("unionpay_zm.txt");
  ASSERT_TRUE(adapters::ReadStatementFile(file, On("2021-03-05"), recorder).ok());
  const auto card = [&](size_t line) { return recorder.raws[line].substr(46, 19); };
  EXPECT_EQ(card(0), "622588******5678   ");
  EXPECT_EQ(card(1), "622588********7890 ");
  EXPECT_EQ(card(3), "********           ") << "a short one is masked whole";
  EXPECT_EQ(card(4), std::string(19, ' '));
  for (size_t i = 0; i < recorder.raws.size(); ++i) {
    std::string raw = recorder.raws[i];
    EXPECT_EQ(raw.replace(46, 19, file.substr(i * 609 + 46, 19)), file.substr(i * 609, 607));
  }
}

TEST(UnionPayZm, TimesAreOfTheYearInWhichTheyAreNotAfterTheClearingDay) {
  const auto time = [](std::string_view stamp, std::string_view day) {
    const std::string record = Sample("unionpay_zm.txt").substr(0, 609).replace(35, 10, stamp);
    const auto parts = Parts(record, On(day));
    return parts.size() == 3 ? parts[1].substr(parts[1].find("fee") + 9, 20) : parts[0];
  };
  EXPECT_EQ(time("1231233000", "2021-01-01"), "2020-12-31T15:30:00Z");
  EXPECT_EQ(time("0101000000", "2021-01-01"), "2020-12-31T16:00:00Z");
  EXPECT_EQ(time("0229120000", "2021-01-15"), "2020-02-29T04:00:00Z");
  EXPECT_EQ(time("0229120000", "2022-03-01"),
            "bad_time at line 1: 交易传输时间 is '0229120000': there is no such time");
  EXPECT_EQ(time("0304240000", "2021-03-05"),
            "bad_time at line 1: 交易传输时间 is '0304240000': there is no such time");
}

TEST(UnionPayZm, NeedsItsClearingDay) {
  EXPECT_EQ(Refusal(Sample("unionpay_zm.txt")),
            "bad_time at date: the file does not state its clearing day, and none was given");
}

TEST(UnionPayZm, RefusesANetThatIsNotTheAmountLessItsFee) {
  EXPECT_EQ(Changed("C000000000596", "C000000000597"),
            "control_total_mismatch at line 1: 结算金额 is 5.97 here, and the amount with its fee "
            "comes to 5.96: -0.01 apart");
  EXPECT_EQ(Changed("D000000000004", "C000000000004"),
            "control_total_mismatch at line 1: 结算金额 is 5.96 here, and the amount with its fee "
            "comes to 6.04: 0.08 apart");
  EXPECT_EQ(Changed("D000000000248", "C000000000248"),
            "control_total_mismatch at line 3: 结算金额 is 2.48 here, and the amount with its fee "
            "comes to -2.48: -4.96 apart");
}

TEST(UnionPayZm, RefusesWhatIsNoRecord) {
  EXPECT_EQ(Changed("C000000000596", "X000000000596"),
            "bad_line at line 1: 结算金额 is 'X000000000596', not C or D and twelve digits");
  EXPECT_EQ(Changed("000000010000", "00000001 000"),
            "bad_line at line 2: 交易金额 is '00000001 000'");
  EXPECT_EQ(Changed("LM-3002", "LM-302"),
            "bad_line at line 2: a record has 607 bytes, this one 606");
  EXPECT_EQ(Changed("LM-3002 ", "LM-\xce\xcfO1 ").substr(0, 4), "read")
      << "one character of two bytes";
  EXPECT_EQ(Changed("LM-3002 ", "LM-\xce    "),
            "bad_line at line 2: 商户订单号 is 'LM-?': its bytes are no text");
  const std::string file = Sample("unionpay_zm.txt");
  EXPECT_EQ(Refusal(file.substr(0, 609 + 300), On("2021-03-05")),
            "bad_line at line 2: a record has 607 bytes, this one 300");
  std::string moved = file;
  moved.erase(609 + 78, 1).insert(609 + 90, " ");
  EXPECT_EQ(Refusal(moved, On("2021-03-05")),
            "bad_line at line 2: its fields are not where they should be");
  std::string other = file;
  other.replace(609 + 293, 15, "898110041110002");
  EXPECT_EQ(Refusal(other, On("2021-03-05")),
            "bad_line at line 2: the merchant is another one than before");
}

}  // namespace
}  // namespace longmen::testing
