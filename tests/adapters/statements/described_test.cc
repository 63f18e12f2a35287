#include <gtest/gtest.h>

#include "tests/adapters/statements/recorder.h"
#include "tests/support/statement_files/statement_files.h"

namespace longmen::testing {
namespace {

using Texts = std::vector<std::string>;

adapters::StatementDefaults By(std::string description) {
  return {.date = {}, .description = std::move(description)};
}

std::string Bank(std::string_view before, std::string_view after) {
  return Refusal(With(Sample("described_bank.csv"), ToGbk(before), ToGbk(after)),
                 By(Sample("described_bank.txt")));
}

TEST(Described, ReadsABanksList) {
  Recorder recorder;
  const std::string file = Sample("described_bank.csv");
  const Status status =
      adapters::ReadStatementFile(file, By(Sample("described_bank.txt")), recorder);
  ASSERT_TRUE(status.ok()) << Describe(status.error());
  EXPECT_EQ(recorder.parts,
            (Texts{"described 6222-LM CNY 2021-03-05..2021-03-06 opening 1000.00",
                   "1 @4 credit payment unstated 1234.56 balance 2234.56 2021-03-05T02:15:00Z "
                   "2021-03-05 ref=F01",
                   "2 @5 debit unstated unstated 0.10 balance 2234.46 2021-03-05T15:59:59Z "
                   "2021-03-05 ref=F02",
                   "3 @7 debit unstated unstated 100.00 balance 2134.46 2021-03-05T16:00:00Z "
                   "2021-03-06 ref=F03",
                   "3 credits 1234.56 debits 100.10 closing 2134.46"}));
  EXPECT_EQ(recorder.raws[0],
            ToGbk("20210305|101500|货款|| 1.234,56|2.234,56|622588******5678|F01|CNY"));
}

TEST(Described, LeavesOutWhatMovesNothing) {
  EXPECT_EQ(Parts(Sample("described_wallet.csv"), By(Sample("described_wallet.txt"))),
            (Texts{"described wallet-7 CNY 2021-03-05..2021-03-05",
                   "1 @6 credit unstated succeeded 20.00 2021-03-05T00:00:00Z 2021-03-05 ref=W1 "
                   "status=成功",
                   "2 @8 debit unstated pending 1.50 2021-03-05T02:00:00Z 2021-03-05 ref=W3 of=W1 "
                   "status=处理中",
                   "3 @10 debit unstated failed 0.01 2021-03-05T04:00:00Z 2021-03-05 ref=W5 "
                   "status=退回",
                   "3 credits 20.00 debits 1.51"}));
}

TEST(Described, RefusesWhatDoesNotAddUp) {
  EXPECT_EQ(Bank("借方2笔", "借方3笔"),
            "control_total_mismatch at line 8: debit_count is 3 here, and there are 2 lines: -1 "
            "apart");
  EXPECT_EQ(Bank("贷方1笔1.234,56", "贷方1笔1.234,57"),
            "control_total_mismatch at line 8: credits is 1234.57 here, and the lines come to "
            "1234.56: -0.01 apart");
  EXPECT_EQ(Bank("期末余额2.134,46", "期末余额2.134,45"),
            "balance_mismatch at line 8: the closing balance is 2134.45 here, and by the rows "
            "2134.46: 0.01 apart");
  EXPECT_EQ(Bank("||2.234,46|", "||2.234,47|"),
            "balance_mismatch at line 5: the balance is 2234.47 here, and 2234.56 with -0.10 is "
            "2234.46: 0.01 apart");
  EXPECT_EQ(Bank("合计|借方", "总计|借方"),
            "bad_line at line 8: there are 4 values for the 9 columns");
}

TEST(Described, RefusesWhatIsNoRow) {
  EXPECT_EQ(Bank("|0,10||", "|0,101||"),
            "bad_line at line 5: 借方发生额 is '0,101': more decimals than the currency has");
  EXPECT_EQ(Bank("20210306|", "20210230|"),
            "bad_time at line 7: '20210230' '000000': there is no such time by the format");
  EXPECT_EQ(Bank("|F03|CNY", "|F03|USD"),
            "currency_mismatch at line 7: the currency is 'USD' here, and was 'CNY'");
  EXPECT_EQ(Bank("|| 1.234,56|", "|5,00| 1.234,56|"),
            "bad_line at line 4: it has a credit and a debit");
  EXPECT_EQ(
      Bank("# 续页", "交易日期|交易时间|摘要|借方发生额|贷方发生额|余额|对方账号|流水号|币种"),
      "bad_line at line 6: the names of the columns are there again");
  const std::string file = Sample("described_bank.csv");
  EXPECT_EQ(Refusal(file.substr(0, file.find(ToGbk("合计|"))), By(Sample("described_bank.txt"))),
            "bad_line at line 8: no line starts as the description's end");
  const auto wallet = [](std::string_view before, std::string_view after) {
    return Refusal(With(Sample("described_wallet.csv"), before, after),
                   By(Sample("described_wallet.txt")));
  };
  EXPECT_EQ(wallet("处理中", "冻结"),
            "bad_line at line 8: the status '冻结' is no word of the description");
  EXPECT_EQ(wallet(" \"支出\"\t", "转出"),
            "bad_line at line 8: the direction '转出' is no word of the description");
  EXPECT_EQ(wallet("收入：1笔", "收入：2笔"),
            "control_total_mismatch at line 2: credit_count is 2 here, and there are 1 lines: -1 "
            "apart");
  EXPECT_EQ(wallet("----明细", "明细"),
            "bad_line at line 11: no line starts as the description's begin");
  EXPECT_EQ(wallet("中性交易：", "中性："),
            "bad_line: no line states the total '中性交易：{any}笔 {skipped}元'");
  EXPECT_EQ(wallet("时间,收/支", "时刻,收/支"), "bad_line at line 5: the column 时间 is missing");
}

// What people get who paid: prose before the names, blanks around values, words for neither
// direction.
TEST(Described, ReadsExportsForThePersonWhoPaid) {
  EXPECT_EQ(Parts(Sample("personal_wechat.csv"), By(Sample("personal_wechat.txt"))),
            (Texts{"described  CNY 2021-03-04..2021-03-05",
                   "1 @9 debit payment succeeded 28.16 2021-03-05T04:45:27Z 2021-03-05 "
                   "ref=4200000111 key=LM-6001 status=支付成功",
                   "2 @10 credit unstated succeeded 3.00 2021-03-05T02:10:11Z 2021-03-05 "
                   "ref=1000000222 status=已存入零钱",
                   "3 @11 debit payment succeeded 12.00 2021-03-04T10:03:35Z 2021-03-04 "
                   "ref=1000000333 status=已转账",
                   "3 credits 3.00 debits 40.16"}));
  EXPECT_EQ(Parts(Sample("personal_alipay.csv"), By(Sample("personal_alipay.txt"))),
            (Texts{"described  CNY 2021-03-04..2021-03-05",
                   "1 @11 debit unstated succeeded 49.74 2021-03-05T13:32:14Z 2021-03-05 "
                   "ref=20210305001 key=LM-7001 status=交易成功",
                   "2 @12 debit unstated pending 20.00 2021-03-05T12:00:00Z 2021-03-05 "
                   "ref=20210305002 key=LM-7002 status=等待确认收货",
                   "3 @14 credit unstated succeeded 8.50 2021-03-04T02:17:29Z 2021-03-04 "
                   "ref=20210304004 status=交易成功",
                   "3 credits 8.50 debits 69.74"}));
}

TEST(Description, ErrorsNameTheKey) {
  const auto refusal = [](const std::string& description) { return Refusal("", By(description)); };
  const std::string good = "column.amount = a\ncolumn.date = d\n";
  EXPECT_EQ(refusal(good + "colour = red\n"),
            "malformed at description.colour: there is no such key");
  EXPECT_EQ(refusal(good + "column.colour = red\n"),
            "malformed at description.column.colour: there is no such key");
  EXPECT_EQ(refusal(good + "kind.skip = x\n"),
            "malformed at description.kind.skip: there is no such key");
  EXPECT_EQ(refusal(good + "encoding = latin\n"),
            "malformed at description.encoding: the value is none that it may have");
  EXPECT_EQ(refusal(good + "utc_offset = 8\n"),
            "malformed at description.utc_offset: the value is none that it may have");
  EXPECT_EQ(refusal(good + "time.format = %j\n"),
            "malformed at description.time.format: the value is none that it may have");
  EXPECT_EQ(refusal(good + "header\n"), "malformed at description.header: the line has no '='");
  EXPECT_EQ(refusal(good + "header =\n"), "malformed at description.header: it has no value");
  EXPECT_EQ(refusal(good + "header = 1\nheader = 1\n"),
            "malformed at description.header: it is there twice");
  EXPECT_EQ(refusal("column.date = d\n"),
            "malformed at description.column.amount: there is either an amount, or a credit and a "
            "debit");
  EXPECT_EQ(refusal("column.credit = a\ncolumn.date = d\n"),
            "malformed at description.column.credit: a credit and a debit go together");
  EXPECT_EQ(refusal("column.amount = a\n"),
            "malformed at description.column.date: there is neither a date nor a time");
}

TEST(Described, KeepsNoCardNumber) {
  const auto raw = [](std::string_view file) {
    Recorder recorder;
    const Status status = adapters::ReadStatementFile(
        file, By("column.date = d\ncolumn.amount = a\ncolumn.card = c\n"), recorder);
    return status.ok() ? recorder.raws.at(0) : Describe(status.error());
  };
  EXPECT_EQ(raw("d,a,c\n2021-03-05,6,6225880212345678\n"), "2021-03-05,6,622588******5678");
  EXPECT_EQ(raw("d,a,c\n2021-03-05,6,\"6225880212345678\"\n"), "2021-03-05,6,\"622588******5678\"");
  EXPECT_EQ(raw("d,a,c\n2021-03-05,6,6\n"), "2021-03-05,6,*");
}

// A column by its place, and rows without names before them.
TEST(Described, NeedsNoNames) {
  const std::string description =
      "header = 0\ncurrency = JPY\nutc_offset = +09:00\ncolumn.date = #1\ncolumn.amount = #3\n"
      "column.order = #2\n";
  EXPECT_EQ(Parts("2021-03-05,A,100\n2021-03-04,B,-7\n", By(description)),
            (Texts{"described  JPY 2021-03-04..2021-03-05",
                   "1 @1 credit unstated unstated 100 2021-03-04T15:00:00Z 2021-03-05 key=A",
                   "2 @2 debit unstated unstated 7 2021-03-03T15:00:00Z 2021-03-04 key=B",
                   "2 credits 100 debits 7"}));
  EXPECT_EQ(Refusal("2021-03-05,A\n", By(description)),
            "bad_line at line 1: there are 2 values for the 2 columns");
}

}  // namespace
}  // namespace longmen::testing
