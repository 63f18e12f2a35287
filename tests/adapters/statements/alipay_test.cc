#include <gtest/gtest.h>

#include "tests/adapters/statements/recorder.h"
#include "tests/support/statement_files/statement_files.h"

namespace longmen::testing {
namespace {

using Texts = std::vector<std::string>;

std::string Changed(const std::string& sample, std::string_view before, std::string_view after) {
  return Refusal(With(Sample(sample), ToGbk(before), ToGbk(after)));
}

TEST(AlipayTradeBill, HasPaymentsAndRefundsOfAHalfOpenPeriod) {
  EXPECT_EQ(Parts(Sample("alipay_trade.csv")),
            (Texts{"alipay-trade 20881234567890120156 CNY 2021-03-05..2021-03-06",
                   "1 @6 credit payment succeeded 58.80 fee 0.35 2021-03-05T00:00:07Z 2021-03-05 "
                   "ref=2021030522001401 key=LM-2001 status=交易",
                   "2 @7 credit payment succeeded 5.00 fee 0.03 2021-03-06T15:59:59Z 2021-03-06 "
                   "ref=2021030522001402 key=LM-2002 status=交易",
                   "3 @8 debit refund succeeded 20.00 fee -0.12 2021-03-06T02:00:01Z 2021-03-06 "
                   "key=LM-R-21 of=2021030522001401 status=退款",
                   "4 @9 debit refund succeeded 5.00 fee -0.03 2021-03-06T15:59:59Z 2021-03-06 "
                   "key=LM-2002 of=2021030522001402 status=退款",
                   "4 credits 63.80 debits 25.00"}));
}

TEST(AlipayTradeBill, RefusesTotalsThatDoNotAddUp) {
  EXPECT_EQ(
      Changed("alipay_trade.csv", "实收共63.80元", "实收共63.81元"),
      "control_total_mismatch at line 11: 交易合计 is 63.81 here, and the lines come to 63.80: "
      "-0.01 apart");
  EXPECT_EQ(
      Changed("alipay_trade.csv", "合计：2笔，商家实收退款", "合计：3笔，商家实收退款"),
      "control_total_mismatch at line 12: 退款合计 is 3 here, and there are 2 lines: -1 apart");
  EXPECT_EQ(
      Changed("alipay_trade.csv", ",-20.00,-20.00,", ",-20.00,-20.01,"),
      "control_total_mismatch at line 12: 退款合计 is -25.00 here, and the lines come to -25.01: "
      "-0.01 apart");
  EXPECT_EQ(Changed("alipay_trade.csv", "#退款合计", "#退款"),
            "bad_line at line 14: the file ends without its line #退款合计");
}

TEST(AlipayTradeBill, RefusesWhatIsNoRow) {
  EXPECT_EQ(Changed("alipay_trade.csv", ",-20.00,-20.00,", ",-20.00,20.00,"),
            "bad_line at line 8: the amount has the wrong sign: refunds are below zero");
  EXPECT_EQ(Changed("alipay_trade.csv", ",60.00,58.80,", ",60.00,58.805,"),
            "bad_line at line 6: 商家实收 is '58.805': more decimals than the currency has");
  EXPECT_TRUE(Changed("alipay_trade.csv", "2021年03月05日 08:00:07", "2021年03月05日 08:60:07")
                  .starts_with("bad_time at line 6: 完成时间 is '2021"));
  EXPECT_EQ(Changed("alipay_trade.csv", "\"月票, 三月\"", "月票, 三月"),
            "bad_line at line 6: there are 26 values for the 25 columns");
  EXPECT_EQ(Changed("alipay_trade.csv", "\"月票, 三月\"", "\"月票\"三月"),
            "bad_line at line 6: something follows the quotes of value 4");
  EXPECT_EQ(Changed("alipay_trade.csv", "LM-2002\t,交易", "LM-2002\t,转账"),
            "bad_line at line 7: 业务类型 is neither 交易 nor 退款");
  const std::string file = With(Sample("alipay_trade.csv"), "LM-2001\t," + ToGbk("交易"),
                                "LM-\xff\xff\t," + ToGbk("交易"));
  EXPECT_EQ(Refusal(file),
            "bad_line at line 6: 商户订单号 is 'LM-?"
            "?': its bytes are no text");
}

TEST(AlipayTradeBill, RefusesFilesThatAreCut) {
  const std::string file = Sample("alipay_trade.csv");
  EXPECT_EQ(Refusal(file.substr(0, file.find(ToGbk("#交易合计")))),
            "bad_line at line 11: the file ends without its line #交易合计");
  const size_t end = file.find(ToGbk("业务明细列表结束"));
  EXPECT_EQ(Refusal(file.substr(0, file.rfind('#', end))),
            "bad_line at line 10: the file ends among its rows");
  EXPECT_EQ(Refusal(file.substr(0, file.find(ToGbk("支付宝交易号")))),
            "bad_line at line 5: the file ends before its rows");
  EXPECT_EQ(Changed("alipay_trade.csv", "终止日期：[2021年03月07日", "终止日期：[2021年03月05日"),
            "bad_time at line 3: the period ends before it begins");
  EXPECT_EQ(Changed("alipay_trade.csv", "起始日期：[2021年03月05日", "起始日期：[2021年02月30日"),
            "bad_time at line 3: it has no period of two times in brackets");
}

TEST(AlipayAccountBill, FollowsTheBalance) {
  EXPECT_EQ(Parts(Sample("alipay_account.csv")),
            (Texts{"alipay-account 20881234567890120156 CNY 2021-03-05..2021-03-05 opening 1000.00",
                   "1 @6 credit payment succeeded 58.80 balance 1058.80 2021-03-05T00:00:07Z "
                   "2021-03-05 ref=2021030522001401 key=LM-2001",
                   "2 @7 debit fee succeeded 0.35 balance 1058.45 2021-03-05T00:00:07Z 2021-03-05 "
                   "ref=2021030522001401 key=LM-2001",
                   "3 @8 debit refund succeeded 20.00 balance 1038.45 2021-03-05T02:00:01Z "
                   "2021-03-05 ref=2021030522001401 key=LM-R-21",
                   "4 @9 debit withdrawal succeeded 1000.00 balance 38.45 2021-03-05T15:00:00Z "
                   "2021-03-05 ref=77",
                   "4 credits 58.80 debits 1020.35 closing 38.45"}));
}

TEST(AlipayAccountBill, RefusesWhatDoesNotAddUp) {
  EXPECT_EQ(Changed("alipay_account.csv", ",1058.45,", ",1058.46,"),
            "balance_mismatch at line 7: the balance is 1058.46 here, and 1058.80 with -0.35 is "
            "1058.45: 0.01 apart");
  EXPECT_EQ(
      Changed("alipay_account.csv", "#支出合计：3笔", "#支出合计：4笔"),
      "control_total_mismatch at line 11: 支出合计 is 4 here, and there are 3 lines: -1 apart");
  EXPECT_EQ(
      Changed("alipay_account.csv", "共58.80元", "共58.81元"),
      "control_total_mismatch at line 12: 收入合计 is 58.81 here, and the lines come to 58.80: "
      "-0.01 apart");
  EXPECT_EQ(Changed("alipay_account.csv", ",0.00,20.00,", ",1.00,20.00,"),
            "bad_line at line 8: it has an income and an outgo");
}

TEST(AlipayAccountBill, ADayWithoutMovementsIsAGoodFile) {
  std::string file = Sample("alipay_account.csv");
  const size_t first = file.find("901\t");
  file.erase(first, file.find("#----", first) - first);
  file = With(With(file, ToGbk("3笔，共1020.35元"), ToGbk("0笔，共0.00元")),
              ToGbk("1笔，共58.80元"), ToGbk("0笔，共0.00元"));
  EXPECT_EQ(Parts(file), (Texts{"alipay-account 20881234567890120156 CNY 2021-03-05..2021-03-05",
                                "0 credits 0.00 debits 0.00"}));
}

}  // namespace
}  // namespace longmen::testing
