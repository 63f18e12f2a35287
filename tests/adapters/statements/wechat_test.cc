#include <gtest/gtest.h>

#include "tests/adapters/statements/recorder.h"

namespace longmen::testing {
namespace {

using Texts = std::vector<std::string>;

const std::string kSuccess1 =
    "1 @2 credit payment succeeded 98.00 fee 0.59 2021-03-05T00:15:30Z 2021-03-05 "
    "ref=4200000111202103050000000001 key=LM-1001 status=SUCCESS";
const std::string kSuccess2 =
    "2 @3 credit payment succeeded 35.50 fee 0.21 2021-03-05T00:20:00Z 2021-03-05 "
    "ref=4200000111202103050000000002 key=LM-1002 status=SUCCESS";
const std::string kRefund =
    " debit refund succeeded 12.25 fee -0.07 2021-03-05T04:00:01Z 2021-03-05 "
    "ref=50300000202103050000000001 key=LM-R-1 of=4200000111202103040000000009 status=SUCCESS";
const std::string kPending =
    " debit refund pending 35.50 fee -0.21 2021-03-05T04:00:02Z 2021-03-05 "
    "ref=50300000202103050000000002 key=LM-R-2 of=4200000111202103050000000002 status=PROCESSING";
const std::string kHeader = "wechat-trade 1600000042 CNY 2021-03-05..2021-03-05";

TEST(WechatTradeBill, AllHasPaymentsRefundsAndRevokedOnes) {
  EXPECT_EQ(Parts(Sample("wechat_trade_all.csv")),
            (Texts{kHeader, kSuccess1, kSuccess2, "3 @4" + kRefund, "4 @5" + kPending,
                   "5 @6 debit reversal succeeded 8.00 2021-03-05T15:59:59Z 2021-03-05 "
                   "ref=50300000202103050000000003 key=LM-1003 of=4200000111202103050000000003 "
                   "status=SUCCESS",
                   "5 credits 133.50 debits 55.75"}));
}

TEST(WechatTradeBill, SuccessHasPaymentsOnly) {
  EXPECT_EQ(Parts(Sample("wechat_trade_success.csv")),
            (Texts{kHeader, kSuccess1, kSuccess2, "2 credits 133.50 debits 0.00"}));
}

// Its first column is when the payment was made; the refund's own times are others.
TEST(WechatTradeBill, RefundIsOfTheDayInWhichItWasAsked) {
  EXPECT_EQ(Parts(Sample("wechat_trade_refund.csv")),
            (Texts{kHeader, "1 @2" + kRefund, "2 @3" + kPending, "2 credits 0.00 debits 47.75"}));
}

TEST(WechatTradeBill, OlderBillsHaveOtherNames) {
  EXPECT_EQ(
      Parts(Sample("wechat_trade_2016.csv")),
      (Texts{kHeader, kSuccess1, kSuccess2, "3 @4" + kRefund, "3 credits 133.50 debits 12.25"}));
}

TEST(WechatTradeBill, KeepsTheLineAsItCame) {
  Recorder recorder;
  const std::string file = Sample("wechat_trade_all.csv");
  ASSERT_TRUE(adapters::ReadStatementFile(file, {}, recorder).ok());
  EXPECT_EQ(recorder.raws[1],
            "`2021-03-05 08:20:00,`wx5f00,`1600000042,`0,`GATE-3,`4200000111202103050000000002,"
            "`LM-1002,`oQ7,`NATIVE,`SUCCESS,`CMB_CREDIT,`CNY,`35.50,`0.00,`0,`0,`0.00,`0.00,`,`,"
            "``当日`票,`,`0.21000,`0.60%,`35.50,`0.00,`");
}

TEST(WechatTradeBill, ADayWithoutTradeIsAGoodFile) {
  const std::string file = Sample("wechat_trade_no_rows.csv");
  EXPECT_EQ(Parts(file, {.date = Day("2021-03-05"), .description = {}}),
            (Texts{"wechat-trade  CNY 2021-03-05..2021-03-05", "0 credits 0.00 debits 0.00"}));
  EXPECT_EQ(Refusal(file), "bad_time at date: the file has no row with a day, and none was given");
}

TEST(WechatTradeBill, ReadsEitherEndOfLine) {
  std::string file = Sample("wechat_trade_all.csv");
  std::erase(file, '\r');
  EXPECT_EQ(Parts(file), Parts(Sample("wechat_trade_all.csv")));
  file.pop_back();  // the last line may end with the file
  EXPECT_EQ(Parts(file), Parts(Sample("wechat_trade_all.csv")));
}

TEST(WechatTradeBill, RefusesTotalsThatDoNotAddUp) {
  const std::string file = Sample("wechat_trade_all.csv");
  const std::string totals = "`5,`133.50,`55.75,`0.75,`0.52000,`135.50,`56.50";
  const auto refusal = [&](std::string_view changed) {
    return Refusal(With(file, totals, changed));
  };
  EXPECT_EQ(
      refusal("`6,`133.50,`55.75,`0.75,`0.52000,`135.50,`56.50"),
      "control_total_mismatch at line 8: 总交易单数 is 6 here, and there are 5 lines: -1 apart");
  EXPECT_EQ(
      refusal("`5,`133.51,`55.75,`0.75,`0.52000,`135.50,`56.50"),
      "control_total_mismatch at line 8: 应结订单总金额 is 133.51 here, and the lines come to "
      "133.50: -0.01 apart");
  EXPECT_EQ(
      refusal("`5,`133.50,`55.74,`0.75,`0.52000,`135.50,`56.50"),
      "control_total_mismatch at line 8: 退款总金额 is 55.74 here, and the lines come to 55.75: "
      "0.01 apart");
  for (const char* changed : {"`5,`133.50,`55.75,`0.76,`0.52000,`135.50,`56.50",
                              "`5,`133.50,`55.75,`0.75,`0.51000,`135.50,`56.50",
                              "`5,`133.50,`55.75,`0.75,`0.52000,`135.40,`56.50",
                              "`5,`133.50,`55.75,`0.75,`0.52000,`135.50,`-56.50"}) {
    EXPECT_TRUE(refusal(changed).starts_with("control_total_mismatch at line 8: ")) << changed;
  }
  EXPECT_EQ(refusal("`5,`133.50,`55.75,`0.75,`0.52000,`135.50"),
            "bad_line at line 8: there are 6 values for the 7 totals");
}

TEST(WechatTradeBill, RefusesAnAmountThatWasChanged) {
  const std::string file = Sample("wechat_trade_all.csv");
  EXPECT_TRUE(Refusal(With(file, "`CNY,`98.00", "`CNY,`98.01"))
                  .starts_with("control_total_mismatch at line 8: 应结订单总金额 is 133.50 here"));
  EXPECT_TRUE(Refusal(With(file, "`-0.07000", "`-0.08000"))
                  .starts_with("control_total_mismatch at line 8: 手续费总金额 is 0.52 here"));
}

TEST(WechatTradeBill, RefusesWhatIsNoRow) {
  const std::string file = Sample("wechat_trade_all.csv");
  const auto refusal = [&](std::string_view before, std::string_view after) {
    return Refusal(With(file, before, after));
  };
  EXPECT_EQ(refusal("`GATE-3,`4200000111202103050000000001", "`4200000111202103050000000001"),
            "bad_line at line 2: there are 26 values for the 27 columns");
  EXPECT_EQ(refusal("月票, 三月", "月票,`三月"),
            "bad_line at line 2: there are more values than the 27 columns");
  EXPECT_EQ(refusal("`CNY,`98.00", "`CNY,`98.000").substr(0, 4), "read") << "zeros say nothing";
  EXPECT_EQ(refusal("`CNY,`98.00", "`CNY,`98.001"),
            "bad_line at line 2: 应结订单金额 is '98.001': more decimals than the currency has");
  EXPECT_EQ(
      refusal("`CNY,`98.00", "`CNY,`9800000000000000000"),
      "amount_out_of_range at line 2: 应结订单金额 is '9800000000000000000': more than 18 digits");
  EXPECT_EQ(refusal("`CNY,`98.00", "`CNY,`-98.00"), "bad_line at line 2: the amount is below zero");
  EXPECT_EQ(refusal("`2021-03-05 08:15:30", "`2021-02-29 08:15:30"),
            "bad_time at line 2: 交易时间 is '2021-02-29 08:15:30': there is no such time");
  EXPECT_EQ(refusal("`NATIVE,`REVOKED", "`NATIVE,`CLOSED"),
            "bad_line at line 6: 交易状态 is 'CLOSED', neither SUCCESS nor REFUND nor REVOKED");
  EXPECT_EQ(refusal("`LM-1001", std::string("`LM-\0", 5)),
            "bad_line at line 2: there is a byte of zero in it");
  EXPECT_EQ(refusal("`LM-1001", "`LM-\xff"),
            "bad_line at line 2: 商户订单号 is 'LM-?': its bytes are no text");
  EXPECT_EQ(refusal("`LM-1001", "`" + std::string(141, 'x')),
            "too_long at line 2: 商户订单号 is longer than 140 bytes");
  EXPECT_EQ(refusal("`LM-1001", "`" + std::string(140, 'x')), "read");
  EXPECT_EQ(refusal("月票, 三月", std::string(33'000, 'x')),
            "too_long at line 2: it is longer than 32768 bytes");
}

TEST(WechatTradeBill, RefusesTwoMerchantsOrCurrencies) {
  const std::string file = Sample("wechat_trade_all.csv");
  const std::string second = "08:20:00,`wx5f00,`1600000042";
  EXPECT_EQ(Refusal(With(file, second, "08:20:00,`wx5f00,`1600000043")),
            "bad_line at line 3: the merchant is '1600000043' here, and was '1600000042'");
  EXPECT_EQ(Refusal(With(file, "`CNY,`35.50", "`HKD,`35.50")),
            "currency_mismatch at line 3: the currency is 'HKD' here, and was 'CNY'");
  EXPECT_EQ(Refusal(With(file, "`CNY,`98.00", "`XXX,`98.00")), "unknown_currency at line 2: 'XXX'");
}

TEST(WechatTradeBill, RefusesFilesThatAreCutOrSewn) {
  const std::string file = Sample("wechat_trade_success.csv");
  const size_t names = file.find("总交易单数");
  EXPECT_EQ(Refusal(file.substr(0, names)), "bad_line at line 3: the file ends without its totals");
  EXPECT_EQ(Refusal(file.substr(0, file.rfind('`'))).substr(0, 16), "bad_line at line");
  const std::string header = file.substr(0, file.find('\n') + 1);
  EXPECT_EQ(Refusal(header + file),
            "bad_line at line 2: a row begins with a backtick, and this line does not");
  EXPECT_EQ(Refusal(With(file, "手续费,费率", "费率,费率")),
            "bad_line at line 1: the column 手续费 is missing");
  EXPECT_EQ(Refusal(With(file, "手续费,费率", "手续费,手续费")),
            "bad_line at line 1: the column 手续费 is there twice");
  EXPECT_EQ(Refusal(With(file, "总交易单数,", "总单数,")),
            "bad_line at line 4: the total 总单数 is of no column here");
  const std::string totals =
      "总交易单数,应结订单总金额,手续费总金额,订单总金额\n`2.0,`133.50,`0.80000,";
  EXPECT_EQ(Refusal(With(file, totals + "`135.50",
                         "应结订单总金额,手续费总金额,订单总金额\n`133.50,`0.80000,`135.50")),
            "bad_line at line 4: the total 总交易单数 is missing");
  EXPECT_EQ(Refusal(With(file, totals + "`135.50",
                         "总交易单数,应结订单总金额,订单总金额\n`2.0,`133.50,`135.50")),
            "bad_line at line 4: the total of 手续费 is missing");
}

TEST(WechatFundBill, FollowsTheBalance) {
  EXPECT_EQ(
      Parts(Sample("wechat_fund.csv")),
      (Texts{
          "wechat-fund  CNY 2021-03-05..2021-03-06 opening 1000.00",
          "1 @2 credit payment succeeded 98.00 balance 1098.00 2021-03-05T00:15:30Z 2021-03-05 "
          "ref=4200000111202103050000000001 key=LM-1001",
          "2 @3 debit fee succeeded 0.59 balance 1097.41 2021-03-05T00:15:30Z 2021-03-05 "
          "ref=4200000111202103050000000001",
          "3 @4 debit refund succeeded 12.25 balance 1085.16 2021-03-05T04:00:01Z 2021-03-05 "
          "ref=50300000202103050000000001 key=LM-R-1",
          "4 @5 debit withdrawal succeeded 1000.00 balance 85.16 2021-03-05T16:00:00Z 2021-03-06 "
          "ref=77",
          "5 @6 credit unstated succeeded 0.00 balance 85.16 2021-03-06T01:00:00Z 2021-03-06 "
          "ref=78",
          "5 credits 98.00 debits 1012.84 closing 85.16"}));
}

TEST(WechatFundBill, RefusesWhatDoesNotAddUp) {
  const std::string file = Sample("wechat_fund.csv");
  const auto refusal = [&](std::string_view before, std::string_view after) {
    return Refusal(With(file, before, after));
  };
  EXPECT_EQ(refusal("`1085.16", "`1085.17"),
            "balance_mismatch at line 4: the balance is 1085.17 here, and 1097.41 with -12.25 is "
            "1085.16: 0.01 apart");
  EXPECT_EQ(refusal("`12.25", "`12.24"),
            "balance_mismatch at line 4: the balance is 1085.16 here, and 1097.41 with -12.24 is "
            "1085.17: -0.01 apart");
  EXPECT_EQ(refusal("`扣除交易手续费,`支出", "`扣除交易手续费,`无"),
            "bad_line at line 3: 收支类型 is neither 收入 nor 支出");
  const std::string totals = "`5.0,`2.0,`98.00,`3.0,`1012.84";
  EXPECT_EQ(
      refusal(totals, "`5.0,`3.0,`98.00,`3.0,`1012.84"),
      "control_total_mismatch at line 8: 收入笔数 is 3 here, and there are 2 lines: -1 apart");
  EXPECT_EQ(refusal(totals, "`5.0,`2.0,`98.00,`3.0,`1012.85"),
            "control_total_mismatch at line 8: 支出金额 is 1012.85 here, and the lines come to "
            "1012.84: -0.01 apart");
  EXPECT_EQ(refusal(totals, "`5.5,`2.0,`98.00,`3.0,`1012.84"),
            "bad_line at line 8: 资金流水总笔数 is '5.5', not a number of lines");
  EXPECT_EQ(refusal("资金流水总笔数,收入笔数", "资金流水总笔数,收入"),
            "bad_line at line 8: the total 收入笔数 is missing");
}

}  // namespace
}  // namespace longmen::testing
