#include "adapters/iso20022/pain002.h"

#include <gtest/gtest.h>

#include "adapters/iso20022/payment_status.h"
#include "adapters/iso20022/xml.h"

namespace longmen::testing {
namespace {

using namespace adapters::iso20022;
using projections::Payment;
using schema::Outcome;

TEST(GroupStatus, IsPartWhereSomeOfItDoesNotGoOn) {
  EXPECT_EQ(GroupStatus({"RJCT", "RJCT"}), "RJCT");
  EXPECT_EQ(GroupStatus({"RJCT", "CANC"}), "RJCT");
  EXPECT_EQ(GroupStatus({"PDNG", "PDNG"}), "PDNG");
  EXPECT_EQ(GroupStatus({"PDNG", "ACCP"}), "PART");
  EXPECT_EQ(GroupStatus({"PDNG", "RJCT"}), "PART");
  EXPECT_EQ(GroupStatus({"ACSC", "RJCT"}), "PART");
  EXPECT_EQ(GroupStatus({"ACCC", "CANC"}), "PART");
}

TEST(GroupStatus, IsTheLeastThatAllHaveReached) {
  EXPECT_EQ(GroupStatus({"ACSC", "ACCP", "ACCC"}), "ACCP");
  EXPECT_EQ(GroupStatus({"ACCC", "ACSC"}), "ACSC");
  EXPECT_EQ(GroupStatus({"ACCC"}), "ACCC");
}

Payment In(OrderStatus status, Outcome outcome = Outcome::UNSTATED, const char* channel = "") {
  Payment payment;
  payment.status = status;
  payment.outcome = outcome;
  payment.channel = channel;
  payment.amount = {100, Currency{156}};
  return payment;
}

TEST(PaymentStatus, FollowsFromThePayment) {
  EXPECT_EQ(StatusOf(In(OrderStatus::kPendingAuthorization)), "PDNG");
  EXPECT_EQ(StatusOf(In(OrderStatus::kOpen)), "ACCP");
  EXPECT_EQ(StatusOf(In(OrderStatus::kOpen, Outcome::PENDING, "beps")), "ACSP");
  EXPECT_EQ(StatusOf(In(OrderStatus::kOpen, Outcome::UNKNOWN, "beps")), "ACSP");
  EXPECT_EQ(StatusOf(In(OrderStatus::kPaid, Outcome::SUCCEEDED, "beps")), "ACSC");
  EXPECT_EQ(StatusOf(In(OrderStatus::kPaid, Outcome::SUCCEEDED)), "ACCC");
  EXPECT_EQ(StatusOf(In(OrderStatus::kCancelled)), "CANC");
  EXPECT_EQ(StatusOf(In(OrderStatus::kCancelled, Outcome::FAILED)), "RJCT");
  EXPECT_EQ(StatusOf(In(OrderStatus::kDeclined)), "RJCT");
  EXPECT_EQ(StatusOf(In(OrderStatus::kExpired)), "RJCT");
}

TEST(PaymentStatus, AReturnIsARejectionAndARefundIsNot) {
  Payment payment = In(OrderStatus::kPaid, Outcome::SUCCEEDED, "beps");
  payment.refunded = 100;
  EXPECT_EQ(StatusOf(payment), "ACSC");
  payment.refund_kind = schema::RefundKind::PAYMENT_RETURN;
  EXPECT_EQ(StatusOf(payment), "RJCT");
  payment.refunded = 0;
  payment.channel = "";
  payment.in_suspense = true;  // debited, and credited to somebody else
  EXPECT_EQ(StatusOf(payment), "ACSC");
}

TEST(Pain002, GroupsTransactionsByTheirPaymentInformation) {
  const StatusReport report{
      .id = "P2-PAIN-1-9",
      .created = *ParseInstant("2021-03-01T01:00:00.123456789Z"),
      .original_id = "PAIN-1",
      .original_message = "pain.001.001.09",
      .original_count = 3,
      .original_sum = "38.20",
      .transactions = {{{"A", "", "E1"}, "A+E1", "ACSC", {}},
                       {{"B", "I2", "E2"}, "B+E2", "RJCT", {"unknown_account", "order.payee"}},
                       {{"A", "", "E3"}, "A+E3", "ACCP", {}}}};
  EXPECT_EQ(WriteStatusReport(report), R"(<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10">
  <CstmrPmtStsRpt>
    <GrpHdr>
      <MsgId>P2-PAIN-1-9</MsgId>
      <CreDtTm>2021-03-01T01:00:00.123Z</CreDtTm>
    </GrpHdr>
    <OrgnlGrpInfAndSts>
      <OrgnlMsgId>PAIN-1</OrgnlMsgId>
      <OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>
      <OrgnlNbOfTxs>3</OrgnlNbOfTxs>
      <OrgnlCtrlSum>38.20</OrgnlCtrlSum>
      <GrpSts>PART</GrpSts>
    </OrgnlGrpInfAndSts>
    <OrgnlPmtInfAndSts>
      <OrgnlPmtInfId>A</OrgnlPmtInfId>
      <PmtInfSts>ACCP</PmtInfSts>
      <TxInfAndSts>
        <StsId>A+E1</StsId>
        <OrgnlEndToEndId>E1</OrgnlEndToEndId>
        <TxSts>ACSC</TxSts>
      </TxInfAndSts>
      <TxInfAndSts>
        <StsId>A+E3</StsId>
        <OrgnlEndToEndId>E3</OrgnlEndToEndId>
        <TxSts>ACCP</TxSts>
      </TxInfAndSts>
    </OrgnlPmtInfAndSts>
    <OrgnlPmtInfAndSts>
      <OrgnlPmtInfId>B</OrgnlPmtInfId>
      <PmtInfSts>RJCT</PmtInfSts>
      <TxInfAndSts>
        <StsId>B+E2</StsId>
        <OrgnlInstrId>I2</OrgnlInstrId>
        <OrgnlEndToEndId>E2</OrgnlEndToEndId>
        <TxSts>RJCT</TxSts>
        <StsRsnInf>
          <Rsn>
            <Prtry>unknown_account</Prtry>
          </Rsn>
          <AddtlInf>order.payee</AddtlInf>
        </StsRsnInf>
      </TxInfAndSts>
    </OrgnlPmtInfAndSts>
  </CstmrPmtStsRpt>
</Document>
)");
}

TEST(Pain002, ARefusedMessageHasTheReasonInItsGroup) {
  const std::string text = WriteStatusReport(
      {.id = "X",
       .original_message = "pain.001.001.09",
       .refused = ReasonOf({Code::CONTROL_TOTAL_MISMATCH, "GrpHdr/CtrlSum", "off"})});
  EXPECT_NE(text.find("<OrgnlMsgId>NOTPROVIDED</OrgnlMsgId>"), std::string::npos) << text;
  EXPECT_NE(text.find("<GrpSts>RJCT</GrpSts>"), std::string::npos);
  EXPECT_NE(text.find("<Prtry>control_total_mismatch</Prtry>"), std::string::npos);
  EXPECT_NE(text.find("<AddtlInf>GrpHdr/CtrlSum: off</AddtlInf>"), std::string::npos);
}

}  // namespace
}  // namespace longmen::testing
