// What the door finds wrong with a record by its schema alone, shown with the gateway's.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "adapters/b2b_gateway/record.capnp.h"
#include "adapters/parking/record.capnp.h"
#include "adapters/port/record_json.h"

namespace longmen::adapters {
namespace {

constexpr const char* kAmount = R"({"minor":"100","currency":"CNY"})";

// "code [field]" of a record with this step, or "good".
template <typename Root>
std::string Said(const std::string& step, const std::string& time = "2021-03-01T01:00:00Z") {
  MessageRecord record;
  const auto status = ReadRecord(fmt::format(R"({{"id":"r1","occurredAt":"{}",{}}})", time, step),
                                 record.message->initRoot<Root>(), record);
  if (status.ok()) return "good";
  return fmt::format("{} [{}]", CodeName(status.error().code), status.error().field);
}

std::string Request(const std::string& more, const std::string& amount = kAmount) {
  return Said<b2b_gateway::GatewayRecord>(
      R"("gatewayRequest":{"order":"B1","payee":"p","submitter":"李","amount":)" + amount + more +
      "}");
}

std::string Submission(const std::string& more) {
  return Said<b2b_gateway::GatewayRecord>(R"("submission":{"order":"B1")" + more + "}");
}

TEST(RecordShape, LetsAFieldBeThatIsNotRequired) {
  EXPECT_EQ(Request(""), "good");
  EXPECT_EQ(Submission(""), "good");
  EXPECT_EQ(Said<parking::ParkingRecord>(
                R"("scan":{"session":"s","lot":"1","bay":"1","tariff":"t","pending":"p",)"
                R"("revenue":"r","plate":"青A·1","payerCode":"1"})"),
            "good");
}

TEST(RecordShape, HasAmountsWholeOrNotAtAll) {
  EXPECT_EQ(Submission(R"(,"operationAmount":{"minor":"300"})"),
            "missing_field [submission.operationAmount.currency]");
  EXPECT_EQ(Submission(R"(,"operationAmount":{"currency":"CNY"})"),
            "amount_not_positive [submission.operationAmount.minor]");
  EXPECT_EQ(Request("", "{}"), "missing_field [gatewayRequest.amount]");
}

TEST(RecordShape, HasAmountsWithinBounds) {
  const auto amount = [](const char* minor) {
    return Request("", fmt::format(R"({{"minor":"{}","currency":"CNY"}})", minor));
  };
  EXPECT_EQ(amount("1"), "good");
  EXPECT_EQ(amount("100000000000000000"), "good");
  EXPECT_EQ(amount("0"), "amount_not_positive [gatewayRequest.amount.minor]");
  EXPECT_EQ(amount("-1"), "amount_not_positive [gatewayRequest.amount.minor]");
  EXPECT_EQ(amount("100000000000000001"), "amount_out_of_range [gatewayRequest.amount.minor]");
}

TEST(RecordShape, HasInstantsThatALedgerKeeps) {
  const std::string redirected = R"("redirected":{"order":"B1"})";
  const auto at = [&redirected](const char* time) {
    return Said<b2b_gateway::GatewayRecord>(redirected, time);
  };
  EXPECT_EQ(at("1970-01-01T00:00:01Z"), "good");
  EXPECT_EQ(at("1969-12-31T23:59:59Z"), "bad_time [occurredAt]");
  EXPECT_EQ(at("2200-01-01T00:00:00Z"), "bad_time [occurredAt]");
  EXPECT_EQ(Request(R"(,"validUntil":"1969-12-31T23:59:59Z")"),
            "bad_time [gatewayRequest.validUntil]");
}

TEST(RecordShape, TakesATextForWhatItsFieldIs) {
  const auto with = [](const char* field, const std::string& text) {
    return Request(fmt::format(R"(,"{}":"{}")", field, text));
  };
  EXPECT_EQ(with("channel", std::string(35, 'c')), "good");
  EXPECT_EQ(with("channel", std::string(36, 'c')), "too_long [gatewayRequest.channel]");
  EXPECT_EQ(with("channel", "a b"), "bad_text [gatewayRequest.channel]");
  EXPECT_EQ(with("payeeBank", std::string(140, 'b')), "good");
  EXPECT_EQ(with("payeeBank", "a \\u4e2d bank"), "good");
  EXPECT_EQ(with("payeeBank", std::string(141, 'b')), "too_long [gatewayRequest.payeeBank]");
  EXPECT_EQ(with("payeeBank", "a\\u0000b"), "bad_text [gatewayRequest.payeeBank]");
  EXPECT_EQ(with("merchant", "4111-1111-1111-1111"), "card_number [gatewayRequest.merchant]");
  EXPECT_EQ(Said<b2b_gateway::GatewayRecord>(R"("redirected":{"order":"a b"})"),
            "bad_text [redirected.order]");
}

TEST(RecordShape, LooksIntoAStructWithinAStep) {
  const auto result = [](const char* answer) {
    return Said<parking::ParkingRecord>(fmt::format(R"("scanResult":{{"session":"s"{}}})", answer));
  };
  EXPECT_EQ(result(R"(,"answer":{"outcome":"failed"})"), "good");
  EXPECT_EQ(result(R"(,"answer":{"outcome":"failed","payer":"a b"})"),
            "bad_text [scanResult.answer.payer]");
  EXPECT_EQ(result(R"(,"answer":{})"), "missing_field [scanResult.answer.outcome]");
  EXPECT_EQ(result(""), "missing_field [scanResult.answer.outcome]");
}

TEST(RecordShape, HasAnAddressOf512Bytes) {
  const auto answer = [](size_t length) {
    return Said<b2b_gateway::GatewayRecord>(fmt::format(
        R"("networkAnswer":{{"order":"B1","answer":"accepted","redirectAddress":"{}"}})",
        std::string(length, 'u')));
  };
  EXPECT_EQ(answer(512), "good");
  EXPECT_EQ(answer(513), "too_long [networkAnswer.redirectAddress]");
}

}  // namespace
}  // namespace longmen::adapters
