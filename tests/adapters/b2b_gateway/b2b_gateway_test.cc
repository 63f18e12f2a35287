#include "adapters/b2b_gateway/b2b_gateway.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <memory>

namespace longmen::adapters {
namespace {

std::string RecordWith(const std::string& step) {
  return fmt::format(R"({{"id":"r1","occurredAt":"2021-03-01T01:00:00Z",{}}})", step);
}

Result<std::unique_ptr<Record>> Parse(const std::string& json) {
  return MakeB2bGateway()->Parse(json, Door{});
}

TEST(GatewayDoor, KeepsTheRecordAsItCame) {
  const std::string json = RecordWith(R"( "redirected" : {"order":"B1"} )");
  const auto record = Parse(json);
  ASSERT_TRUE(record.ok()) << Describe(record.error());
  EXPECT_EQ((*record)->id, "r1");
  EXPECT_EQ((*record)->evidence, json);
  EXPECT_EQ(FormatInstant((*record)->occurred_at), "2021-03-01T01:00:00Z");
}

TEST(GatewayDoor, AsksForWhatAStepCannotDoWithout) {
  const std::string amount = R"(,"amount":{"minor":"1","currency":"CNY"})";
  const std::pair<std::string, const char*> kMissing[] = {
      {R"("redirected":{})", "redirected.order"},
      {R"("networkAnswer":{"order":"B1"})", "networkAnswer.answer"},
      {R"("validation":{"order":"B1"})", "validation.answer"},
      {R"("approval":{"order":"B1","by":"li"})", "approval.decision"},
      {R"("approval":{"order":"B1","decision":"reject"})", "approval.by"},
      {R"("approval":{"order":"B1","decision":"approve","by":"li"})", "approval.orderVersion"},
      {R"("debitNotice":{"order":"B1"})", "debitNotice.transactionId"},
      {R"("debitNotice":{"order":"B1","transactionId":"T"})", "debitNotice.amount"},
      {R"("debitNotice":{"order":"B1","transactionId":"T")" + amount + "}", "debitNotice.outcome"},
      {R"("successNotice":{"order":"B1","transactionId":"T")" + amount + "}",
       "successNotice.receiver"},
      {R"("refund":{"order":"B1"})", "refund.transactionId"},
      {R"("refund":{"order":"B1","transactionId":"T")" + amount + "}", "refund.reference"},
      {R"("paymentReturn":{"order":"B1","transactionId":"T","reference":"R")" + amount + "}",
       "paymentReturn.outcome"},
      {R"("gatewayRequest":{"order":"B1"})", "gatewayRequest.amount"},
      {R"("gatewayRequest":{"order":"B1","payee":"p")" + amount + "}", "gatewayRequest.submitter"},
      {R"("gatewayRequest":{"order":"B1","payee":"p","submitter":"li","mandate":"m")" + amount +
           "}",
       "gatewayRequest.payer"},
  };
  for (const auto& [step, field] : kMissing) {
    const auto record = Parse(RecordWith(step));
    ASSERT_FALSE(record.ok()) << step;
    EXPECT_EQ(record.error().code, Code::MISSING_FIELD) << step;
    EXPECT_EQ(record.error().field, field) << step;
  }
}

TEST(GatewayDoor, TakesOneStepARecord) {
  const auto record =
      Parse(RecordWith(R"("redirected":{"order":"B1"},"answerOverdue":{"order":"B1"})"));
  ASSERT_FALSE(record.ok());
}

TEST(GatewayDoor, KeepsNoCardNumberEvenInARecordItWouldRefuse) {
  const auto record = Parse(RecordWith(
      R"("networkAnswer":{"order":"none","answer":"rejected","reason":"4111-1111-1111-1111"})"));
  ASSERT_FALSE(record.ok());
  EXPECT_EQ(record.error().code, Code::CARD_NUMBER);
  EXPECT_EQ(record.error().field, "networkAnswer.reason");
}

}  // namespace
}  // namespace longmen::adapters
