#include "adapters/iso20022/pain001.h"

#include <gtest/gtest.h>

#include "tests/adapters/iso20022/pain001_text.h"

namespace longmen::testing {
namespace {

using namespace adapters::iso20022;

constexpr int kBeijing = 480;

std::string Sample() { return Pain001Text(SampleInitiation()); }

// What is said of a file that is refused: code, place and text.
std::string Refused(const std::string& text) {
  const auto read = ReadInitiation(text, kBeijing);
  EXPECT_FALSE(read.ok()) << text;
  return read.ok() ? "" : Describe(read.error());
}

TEST(Pain001, IsReadAsItWasWritten) {
  const auto read = ReadInitiation(Sample(), kBeijing);
  ASSERT_TRUE(read.ok()) << Describe(read.error());
  EXPECT_EQ(*read, SampleInitiation());
}

TEST(Pain001, RefusesACountThatIsNotThatOfItsTransactions) {
  EXPECT_EQ(Refused(With(Sample(), "<NbOfTxs>3<", "<NbOfTxs>4<")),
            "control_total_mismatch at GrpHdr/NbOfTxs: 4 are stated and 3 are there: 1 too many");
  EXPECT_EQ(Refused(With(Sample(), "<NbOfTxs>2<", "<NbOfTxs>1<")),
            "control_total_mismatch at PmtInf[1]/NbOfTxs: 1 are stated and 2 are there: 1 too few");
  EXPECT_EQ(Refused(With(Sample(), "<NbOfTxs>3<", "<NbOfTxs>three<")),
            "bad_text at GrpHdr/NbOfTxs: 'three' is not a count");
}

TEST(Pain001, RefusesASumThatIsOffByOneFen) {
  EXPECT_EQ(Refused(With(Sample(), "38.20", "38.21")),
            "control_total_mismatch at GrpHdr/CtrlSum: 38.21 is stated and the amounts are 38.20: "
            "0.01 too much");
  const std::string of_payment =
      With(Sample(), "<NbOfTxs>2</NbOfTxs>", "<NbOfTxs>2</NbOfTxs><CtrlSum>18.19</CtrlSum>");
  EXPECT_EQ(Refused(of_payment),
            "control_total_mismatch at PmtInf[1]/CtrlSum: 18.19 is stated and the amounts are "
            "18.20: 0.01 too little");
}

TEST(Pain001, ASumMayHaveAnyNumberOfZerosAndAddsCurrenciesAsTheyStand) {
  EXPECT_TRUE(ReadInitiation(With(Sample(), "38.20", "38.2000000"), kBeijing).ok());
  Initiation several = SampleInitiation();
  several.payments[0].instructions[0].amount = {620, *CurrencyFromAlphabetic("JPY")};
  several.payments[0].instructions[1].amount = {1, *CurrencyFromAlphabetic("KWD")};
  several.sum = "640.001";
  EXPECT_TRUE(ReadInitiation(Pain001Text(several), kBeijing).ok());
}

TEST(Pain001, RefusesAmountsThatItsCurrencyDoesNotHave) {
  EXPECT_EQ(
      Refused(With(Sample(), ">6.20<", ">6.200<")),
      "bad_text at PmtInf[1]/CdtTrfTxInf[1]/Amt/InstdAmt: CNY '6.200': more decimals than the "
      "currency has");
  EXPECT_EQ(Refused(With(Sample(), "Ccy=\"CNY\">6.20<", "Ccy=\"XXX\">6.20<")),
            "unknown_currency at PmtInf[1]/CdtTrfTxInf[1]/Amt/InstdAmt: 'XXX'");
  EXPECT_EQ(Refused(With(Sample(), " Ccy=\"CNY\">6.20<", ">6.20<")),
            "missing_field at PmtInf[1]/CdtTrfTxInf[1]/Amt/InstdAmt: Ccy must be there");
  EXPECT_EQ(Refused(With(Sample(), ">6.20<", ">0.00<")),
            "amount_not_positive at PmtInf[1]/CdtTrfTxInf[1]/Amt/InstdAmt: CNY 0.00");
  EXPECT_EQ(Refused(With(Sample(), ">6.20<", ">99999999999999999999.00<"))
                .substr(0, std::string("amount_out_of_range").size()),
            "amount_out_of_range");
}

TEST(Pain001, RefusesIdsOfMoreThanThirtyFiveLetters) {
  const std::string longest(35, 'x');
  EXPECT_TRUE(ReadInitiation(With(Sample(), ">E1<", ">" + longest + "<"), kBeijing).ok());
  EXPECT_EQ(Refused(With(Sample(), ">E1<", ">" + longest + "x<")),
            "too_long at PmtInf[1]/CdtTrfTxInf[1]/PmtId/EndToEndId: 36 letters of at most 35");
  EXPECT_EQ(Refused(With(Sample(), ">PAIN-1<", ">" + longest + "x<")),
            "too_long at GrpHdr/MsgId: 36 letters of at most 35");
  std::string letters;  // letters are counted, not their bytes
  for (int i = 0; i < 35; ++i) letters += "王";
  EXPECT_TRUE(ReadInitiation(With(Sample(), ">E1<", ">" + letters + "<"), kBeijing).ok());
}

TEST(Pain001, RefusesAnEndToEndIdThatCameBefore) {
  EXPECT_EQ(Refused(With(Sample(), ">E3<", ">E1<")),
            "duplicate_in_group at PmtInf[2]/CdtTrfTxInf/PmtId/EndToEndId: 'E1' is that of "
            "transaction 1 too");
}

TEST(Pain001, RefusesWhatLacksAnElementItCannotDoWithout) {
  EXPECT_EQ(Refused(With(Sample(), "<MsgId>PAIN-1</MsgId>", "")),
            "missing_field at GrpHdr/MsgId: it must be there");
  EXPECT_EQ(Refused(With(Sample(), "<Cdtr><Nm>Landlord</Nm></Cdtr>", "")),
            "missing_field at PmtInf[2]/CdtTrfTxInf/Cdtr: it must be there");
  EXPECT_EQ(Refused(With(Sample(), "<ReqdExctnDt><Dt>2021-03-01</Dt></ReqdExctnDt>", "")),
            "missing_field at PmtInf[1]/ReqdExctnDt: it must be there");
  EXPECT_EQ(Refused(With(Sample(), "2021-03-05", "2021-02-30")),
            "bad_time at PmtInf[2]/ReqdExctnDt/Dt: '2021-02-30' is not a date");
  Initiation empty = SampleInitiation();
  empty.payments.clear();
  EXPECT_EQ(Refused(Pain001Text(empty)), "missing_field at PmtInf: no payment");
  empty = SampleInitiation();
  empty.payments[1].instructions.clear();
  EXPECT_EQ(Refused(Pain001Text(empty)), "missing_field at PmtInf[2]/CdtTrfTxInf: no transaction");
}

TEST(Pain001, TakesTransfersOnly) {
  EXPECT_EQ(Refused(With(Sample(), "<PmtMtd>TRF<", "<PmtMtd>CHK<")),
            "unknown_enum at PmtInf[1]/PmtMtd: 'CHK' is none of TRF");
}

TEST(Pain001, AnInstantWithoutAnOffsetIsOfTheOneThatIsGiven) {
  const std::string local = With(Sample(), "2021-03-01T01:00:00Z", "2021-03-01T09:00:00");
  const auto read = ReadInitiation(local, kBeijing);
  ASSERT_TRUE(read.ok()) << Describe(read.error());
  EXPECT_EQ(read->created, SampleInitiation().created);
  EXPECT_NE(ReadInitiation(local, 0)->created, SampleInitiation().created);
}

TEST(Pain001, AnExecutionMayHaveATime) {
  const auto read = ReadInitiation(
      With(Sample(), "<Dt>2021-03-05</Dt>", "<DtTm>2021-03-04T17:30:00Z</DtTm>"), kBeijing);
  ASSERT_TRUE(read.ok()) << Describe(read.error());
  EXPECT_EQ(FormatDate(read->payments[1].execution), "2021-03-05");
  EXPECT_EQ(read->payments[1].execution_minute, 90);
}

}  // namespace
}  // namespace longmen::testing
