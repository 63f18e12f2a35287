#include "adapters/iso20022/pacs.h"

#include <gtest/gtest.h>

#include "tests/adapters/iso20022/pain001_text.h"

namespace longmen::testing {
namespace {

using namespace adapters::iso20022;

const Currency kYuan{156};
const Nanos kNoon = *ParseInstant("2021-03-01T04:00:00Z");

CreditTransfers Transfers() {
  const PacsHeader header{.id = "P8-1", .created = kNoon, .clearing_system = "NUCC"};
  CreditTransfer first{.instruction = "I1",
                       .end_to_end = "ORD-1",
                       .transaction = "T1",
                       .cycle = "B202103010001",
                       .amount = {120'000'000, kYuan},
                       .settlement_date = *ParseDate("2021-03-01"),
                       .accepted = kNoon,
                       .debtor = "Payer & Co",
                       .debtor_account = "755900000000001",
                       .debtor_agent = "308584000013",
                       .creditor = "Merchant",
                       .creditor_account = "CH0309000000250090342",
                       .creditor_agent = "ICBC"};
  CreditTransfer second = first;
  second.end_to_end = "ORD-2";
  second.transaction = "T2";
  second.amount.minor = 1;
  return {header, {first, second}};
}

PaymentReturns Returns() {
  return {{.id = "P4-1", .created = kNoon, .settlement_date = *ParseDate("2021-03-02")},
          {{.id = "R1",
            .end_to_end = "ORD-1",
            .transaction = "T1",
            .original_cycle = "B202103010001",
            .original_amount = {120'000'000, kYuan},
            .original_settlement_date = *ParseDate("2021-03-01"),
            .amount = {5'000'000, kYuan},
            .settlement_date = *ParseDate("2021-03-02"),
            .cycle = "B202103020001",
            .reason = "CUST",
            .more = "half of it"}}};
}

template <typename Reader>
std::string Refused(Reader reader, const std::string& text) {
  const auto read = reader(text, 0);
  EXPECT_FALSE(read.ok()) << text;
  return read.ok() ? "" : Describe(read.error());
}

TEST(Pacs008, IsReadAsItWasWritten) {
  const auto read = ReadCreditTransfers(WriteCreditTransfers(Transfers()), 0);
  ASSERT_TRUE(read.ok()) << Describe(read.error());
  EXPECT_EQ(*read, Transfers());
}

TEST(Pacs008, AnAccountIsAnIbanWhereItsCheckDigitsAreRight) {
  CreditTransfers message = Transfers();
  EXPECT_NE(WriteCreditTransfers(message).find("<IBAN>CH0309000000250090342</IBAN>"),
            std::string::npos);
  for (const char* other :
       {"CH0309000000250090343", "CH03", "755900000000001", "CH03-9000000250090342"}) {
    message.transfers[0].creditor_account = other;
    message.transfers[1].creditor_account = other;
    EXPECT_EQ(WriteCreditTransfers(message).find("<IBAN>"), std::string::npos) << other;
  }
}

TEST(Pacs008, RefusesWhatDoesNotAddUp) {
  const std::string text = WriteCreditTransfers(Transfers());
  EXPECT_EQ(Refused(ReadCreditTransfers, With(text, "<NbOfTxs>2<", "<NbOfTxs>3<")),
            "control_total_mismatch at GrpHdr/NbOfTxs: 3 are stated and 2 are there: 1 too many");
  EXPECT_EQ(Refused(ReadCreditTransfers, With(text, ">1200000.01</TtlI", ">1200000.02</TtlI")),
            "control_total_mismatch at GrpHdr/TtlIntrBkSttlmAmt: 1200000.02 is stated and the "
            "amounts are 1200000.01: 0.01 too much");
  EXPECT_EQ(Refused(ReadCreditTransfers, With(text, "<CtrlSum>1200000.01<", "<CtrlSum>7<")),
            "control_total_mismatch at GrpHdr/CtrlSum: 7 is stated and the amounts are 1200000.01: "
            "1199993.01 too little");
}

TEST(Pacs008, TakesWhatAClearingSystemSettles) {
  EXPECT_EQ(
      Refused(ReadCreditTransfers, With(WriteCreditTransfers(Transfers()), ">CLRG<", ">INDA<")),
      "unknown_enum at GrpHdr/SttlmInf/SttlmMtd: 'INDA' is none of CLRG");
}

TEST(Pacs008, ATransactionIdComesOnce) {
  EXPECT_EQ(Refused(ReadCreditTransfers,
                    With(WriteCreditTransfers(Transfers()), "<TxId>T2<", "<TxId>T1<")),
            "duplicate_in_group at CdtTrfTxInf[2]/PmtId/TxId: 'T1' came before");
}

TEST(Pacs008, TheHeadersDateIsThatOfATransactionWithoutOne) {
  CreditTransfers message = Transfers();
  message.header.settlement_date = *ParseDate("2021-03-09");
  message.transfers[1].settlement_date = 0;
  const auto read = ReadCreditTransfers(WriteCreditTransfers(message), 0);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(FormatDate(read->transfers[0].settlement_date), "2021-03-01");
  EXPECT_EQ(FormatDate(read->transfers[1].settlement_date), "2021-03-09");
}

TEST(Pacs004, IsReadAsItWasWritten) {
  const auto read = ReadPaymentReturns(WritePaymentReturns(Returns()), 0);
  ASSERT_TRUE(read.ok()) << Describe(read.error());
  EXPECT_EQ(*read, Returns());
  EXPECT_TRUE(IsRefund(read->returns[0]));
}

TEST(Pacs004, NeverReturnsMoreThanWasPaid) {
  PaymentReturns message = Returns();
  message.returns[0].amount.minor = 120'000'001;
  EXPECT_EQ(Refused(ReadPaymentReturns, WritePaymentReturns(message)),
            "amount_mismatch at TxInf/RtrdIntrBkSttlmAmt: 1200000.01 CNY is returned of 1200000.00 "
            "CNY");
  message.returns[0].amount = {1, *CurrencyFromAlphabetic("USD")};
  EXPECT_EQ(Refused(ReadPaymentReturns, WritePaymentReturns(message)),
            "currency_mismatch at TxInf/RtrdIntrBkSttlmAmt: CNY were paid");
}

TEST(Pacs004, AWordOfOurOwnIsNoCode) {
  PaymentReturns message = Returns();
  message.returns[0].reason = "payment_return";
  const std::string text = WritePaymentReturns(message);
  EXPECT_NE(text.find("<Prtry>payment_return</Prtry>"), std::string::npos);
  EXPECT_EQ(*ReadPaymentReturns(text, 0), message);
}

TEST(Pacs002, IsReadAsItWasWritten) {
  const TransferStatuses message{
      .header = {.id = "A-P8-1", .created = kNoon},
      .original_id = "P8-1",
      .original_message = "pacs.008.001.08",
      .group_status = "PART",
      .statuses = {{.instruction = "I1",
                    .end_to_end = "ORD-1",
                    .transaction = "T1",
                    .status = "ACSC",
                    .accepted = kNoon,
                    .cycle = "B202103010001",
                    .amount = {120'000'000, kYuan},
                    .settlement_date = *ParseDate("2021-03-01"),
                    .debtor_account = "755900000000001"},
                   {.end_to_end = "ORD-2",
                    .transaction = "T2",
                    .status = "RJCT",
                    .reason = {"amount_mismatch", "debitNotice.amount"}}}};
  const auto read = ReadTransferStatuses(WriteTransferStatuses(message), 0);
  ASSERT_TRUE(read.ok()) << Describe(read.error());
  EXPECT_EQ(*read, message);
}

}  // namespace
}  // namespace longmen::testing
