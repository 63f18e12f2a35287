#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/adapters/statements/recorder.h"

namespace longmen::testing {
namespace {

using Texts = std::vector<std::string>;

std::string Changed(std::string_view before, std::string_view after) {
  return Refusal(With(Sample("camt053.xml"), before, after));
}

TEST(Camt053, HasOnePartAnAccount) {
  EXPECT_EQ(
      Parts(Sample("camt053.xml")),
      (Texts{"camt.053 PBOC-102100000001 CNY 2021-03-05..2021-03-05 opening -100.00",
             "1 @1 credit payment succeeded 1000.00 fee 0.30 2021-03-05T02:00:02Z 2021-03-05 "
             "ref=BK-1 key=LM-4001 status=BOOK",
             "2 @2 credit unstated succeeded 60.00 2021-03-04T16:00:00Z 2021-03-05 ref=BK-2-1 "
             "key=LM-4002 status=BOOK",
             "3 @2 debit return succeeded 10.00 2021-03-04T16:00:00Z 2021-03-05 "
             "ref=5f0c9a34-2f3b-4f7a-9d50-1d5a6c9f0001 status=BOOK",
             "4 @3 debit reversal succeeded 100.00 2021-03-04T16:00:00Z 2021-03-05 ref=BK-3 "
             "status=BOOK",
             "5 @4 debit fee succeeded 0.50 2021-03-04T16:00:00Z 2021-03-05 status=BOOK",
             "6 @5 credit payment pending 7.00 2021-03-05T16:00:00Z 2021-03-06 status=PDNG",
             "6 credits 1067.00 debits 110.50 closing 849.50",
             "camt.053 DE02120300000000202051 JPY 2021-03-05..2021-03-05 opening 5000",
             "0 credits 0 debits 0 closing 5000"}));
}

// Two transactions of 60.00 and 30.00 do not come to the entry's 100.00: it stays one line.
TEST(Camt053, SplitsAnEntryWhereItsTransactionsComeToIt) {
  const auto split = With(Sample("camt053.xml"), ">30.00<", ">40.00<");
  const auto parts = Parts(split);
  ASSERT_EQ(parts.size(), 11u);
  EXPECT_EQ(parts[4],
            "4 @3 debit reversal succeeded 60.00 2021-03-04T16:00:00Z 2021-03-05 key=LM-4003 "
            "status=BOOK");
  EXPECT_EQ(parts[5],
            "5 @3 debit reversal succeeded 40.00 2021-03-04T16:00:00Z 2021-03-05 key=LM-4004 "
            "status=BOOK");
}

TEST(Camt053, KeepsTheElementAsItCame) {
  Recorder recorder;
  const std::string file = Sample("camt053.xml");
  ASSERT_TRUE(adapters::ReadStatementFile(file, {}, recorder).ok());
  ASSERT_EQ(recorder.raws.size(), 6u);
  EXPECT_TRUE(recorder.raws[0].starts_with("<Ntry>") && recorder.raws[0].ends_with("</Ntry>"));
  EXPECT_NE(recorder.raws[0].find("LM-4001"), std::string::npos);
  EXPECT_EQ(recorder.raws[1],
            "<TxDtls><Refs><AcctSvcrRef>BK-2-1</AcctSvcrRef><EndToEndId>LM-4002</EndToEndId></Refs>"
            "<Amt Ccy=\"CNY\">60.00</Amt></TxDtls>");
  for (const std::string& raw : recorder.raws) EXPECT_NE(file.find(raw), std::string::npos);
}

TEST(Camt053, RefusesWhatDoesNotAddUp) {
  EXPECT_EQ(Changed(">849.50<", ">849.51<"),
            "balance_mismatch at Stmt 1: CLBD is 849.51, and OPBD -100.00 with what is booked is "
            "849.50: -0.01 apart");
  EXPECT_EQ(Changed("<NbOfNtries>5<", "<NbOfNtries>6<"),
            "control_total_mismatch at Stmt 1: NbOfNtries of TtlNtries is 6 here, and there are 5 "
            "lines: -1 apart");
  EXPECT_EQ(Changed("<Sum>1057<", "<Sum>1057.01<"),
            "control_total_mismatch at Stmt 1: Sum of TtlCdtNtries is 1057.01 here, and the lines "
            "come to 1057.00: -0.01 apart");
  EXPECT_EQ(Changed(">956.5<", ">956.6<"),
            "control_total_mismatch at Stmt 1: TtlNetNtry is 956.60 here, and the lines come to "
            "956.50: -0.10 apart");
  EXPECT_EQ(Changed(">0.50</Amt><CdtDbtInd>DBIT", ">0.51</Amt><CdtDbtInd>DBIT").substr(0, 32),
            "control_total_mismatch at Stmt 1");
  EXPECT_EQ(Changed("<Amt Ccy=\"JPY\">5000</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2021-03-05</Dt>"
                    "</Dt></Bal>\n    </Stmt>",
                    "<Amt Ccy=\"JPY\">5000</Amt><CdtDbtInd>DBIT</CdtDbtInd><Dt><Dt>2021-03-05</Dt>"
                    "</Dt></Bal>\n    </Stmt>"),
            "balance_mismatch at Stmt 2: CLBD is -5000, and OPBD 5000 with what is booked is 5000: "
            "10000 apart");
}

TEST(Camt053, RefusesWhatIsNoEntry) {
  EXPECT_EQ(Changed(">1000.00<", ">1000.001<"),
            "bad_line at entry 1: Amt is '1000.001': more decimals than the currency has");
  EXPECT_EQ(Changed(">1000.00<", ">-1000.00<"), "bad_line at entry 1: Amt is below zero");
  EXPECT_EQ(
      Changed("<Amt Ccy=\"CNY\">1000.00<", "<Amt Ccy=\"EUR\">1000.00<"),
      "currency_mismatch at entry 1: the currency is 'EUR' here, and that of the statement CNY");
  EXPECT_EQ(
      Changed("<Amt Ccy=\"CNY\">1000.00<", "<Amt Ccy=\"XTS\">1000.00<"),
      "unknown_currency at entry 1: the currency is 'XTS' here, and that of the statement CNY");
  EXPECT_EQ(Changed("2021-03-05T10:00:02+08:00", "2021-03-32T10:00:02+08:00"),
            "bad_time at entry 1: its date is none");
  EXPECT_EQ(Changed("LM-4001", std::string(141, 'x')),
            "too_long at entry 1: EndToEndId is longer than 140 bytes");
  EXPECT_EQ(Changed(">50.00</Amt><CdtDbtInd>CRDT", ">50.00</Amt><CdtDbtInd>CREDIT"),
            "bad_line at entry 2: CdtDbtInd is 'CREDIT', neither CRDT nor DBIT");
  EXPECT_EQ(Changed("<Ccy>CNY</Ccy>", "<Ccy>ZZZ</Ccy>"),
            "unknown_currency at Stmt 1: its currency is 'ZZZ'");
  EXPECT_EQ(Changed("<Id>LM-20210305</Id>",
                    "<Id>LM-20210305</Id><StmtPgntn><PgNb>2</PgNb><LastPgInd>true</LastPgInd>"
                    "</StmtPgntn>"),
            "bad_line at Stmt 1: it is one page of several: only whole ones can be checked");
}

TEST(Camt053, RefusesADtdAndBrokenXml) {
  const std::string file = Sample("camt053.xml");
  EXPECT_EQ(Changed("<Document", "<!DOCTYPE Document [<!ENTITY a \"b\">]><Document"),
            "malformed: a document type is not taken");
  EXPECT_TRUE(Refusal(file.substr(0, file.size() / 2)).starts_with("malformed: byte "))
      << Refusal(file.substr(0, file.size() / 2));
  EXPECT_EQ(Refusal(With(With(file, "<BkToCstmrStmt>", "<Other>"), "</BkToCstmrStmt>", "</Other>")),
            "bad_line at line 1: there is no Document/BkToCstmrStmt/Stmt");
  EXPECT_EQ(Refusal(With(file, "camt.053.001.08", "camt.053.001.02")),
            "unknown_format: this is XML, but none of camt.052, camt.053 and camt.054 in version "
            ".001.08");
}

TEST(Camt053, ReadsATextThatIsInPieces) {
  const std::string file = Sample("camt053.xml");
  for (const char* pieces :
       {">5<!-- x -->0.00", ">5<?x y?>0.00", "><![CDATA[5]]>0.00", ">5<![CDATA[0.0]]><!-- -->0"}) {
    EXPECT_EQ(Parts(With(file, ">50.00", pieces)), Parts(file)) << pieces;
  }
}

TEST(Camt053, RefusesWhatIsNoXml) {
  const std::string file = Sample("camt053.xml");
  const std::string document = file.substr(file.find("<Document"));
  EXPECT_TRUE(Changed(">50.00", ">5&#0;0.00").starts_with("malformed: byte "));
  EXPECT_TRUE(Changed("LM-4001", "LM&#xZZ;").starts_with("malformed: byte "));
  EXPECT_TRUE(Changed("<Amt Ccy=\"CNY\">50.00", "<Amt Ccy=\"CNY\" Ccy=\"USD\">50.00")
                  .starts_with("malformed"));
  EXPECT_TRUE(Refusal(file + std::string(1, '\0') + document).starts_with("malformed: byte "));
  EXPECT_TRUE(Refusal(file + "garbage").starts_with("malformed: byte "));
}

TEST(Camt053, ReadsNoAmountThatMayBeAnother) {
  EXPECT_EQ(Changed("<Amt Ccy=\"CNY\">50.00</Amt>",
                    "<Amt Ccy=\"CNY\">50.00</Amt><Amt Ccy=\"CNY\">5.00</Amt>"),
            "bad_line at entry 2: there is more than one Amt");
  const std::string file = Sample("camt053.xml");
  EXPECT_EQ(
      Parts(With(With(file, "<Document", "<Document xmlns:x=\"urn:x\""), "<Amt Ccy=\"CNY\">50.00",
                 "<x:Amt Ccy=\"CNY\">5.00</x:Amt><Amt Ccy=\"CNY\">50.00")),
      Parts(file));
}

TEST(Camt053, RefusesWhatIsNoTextOfItsEncoding) {
  EXPECT_TRUE(Changed("LM-4001", "LM\xff").ends_with(" is not UTF-8"))
      << Changed("LM-4001", "LM\xff");
  EXPECT_TRUE(Changed("LM-4001", "LM&bank;").ends_with(" undefined entity"))
      << Changed("LM-4001", "LM&bank;");
  EXPECT_EQ(Changed("encoding=\"UTF-8\"", "encoding=\"GBK\""),
            "bad_text: encoding GBK: UTF-8 is taken");
}

TEST(Camt053, RefusesASecondDocumentInsteadOfLosingIt) {
  const std::string file = Sample("camt053.xml");
  const std::string document = file.substr(file.find("<Document"));
  const char* refused =
      "bad_line at line 1: it has more than one Document: send each as a file of its own";
  EXPECT_EQ(Refusal("<Envelope>" + document + document + "</Envelope>"), refused);
  EXPECT_EQ(Refusal("<Envelope><M>" + document + "</M>" + document + "</Envelope>"), refused);
  EXPECT_EQ(Refusal(file + document), "malformed: byte 4016: junk after document element");
  EXPECT_EQ(Refusal(With(file, "</BkToCstmrStmt>", "</BkToCstmrStmt><BkToCstmrStmt/>")), refused);
  EXPECT_EQ(Refusal(With(file, "</BkToCstmrStmt>", "</BkToCstmrStmt><Other/>")), refused);
}

TEST(Camt054, NoticesAreOfNoBalance) {
  EXPECT_EQ(Parts(Sample("camt054.xml")),
            (Texts{"camt.054 0200000000000000042 CNY 2021-03-05..2021-03-05",
                   "1 @1 credit unstated unstated 12.34 2021-03-05T15:30:00.25Z 2021-03-05 ref=T-9 "
                   "key=A & B status=INFO",
                   "1 credits 12.34 debits 0.00"}));
}

TEST(Camt052, TakesItsDaysFromItsEntries) {
  EXPECT_EQ(Parts(Sample("camt052.xml")),
            (Texts{"camt.052 PBOC-102100000001 KWD 2021-03-04..2021-03-05",
                   "1 @1 credit unstated succeeded 1.234 fee 0.010 2021-03-04T16:00:00Z 2021-03-05 "
                   "status=BOOK",
                   "2 @2 debit unstated unstated 0.234 2021-03-03T16:00:00Z 2021-03-04 status=HELD",
                   "2 credits 1.234 debits 0.234"}));
  EXPECT_EQ(Refusal(With(Sample("camt052.xml"), "<NbOfNtries>2<", "<NbOfNtries>1<")),
            "control_total_mismatch at Rpt 1: NbOfNtries of TtlNtries is 1 here, and there are 2 "
            "lines: 1 apart");
}

}  // namespace
}  // namespace longmen::testing
