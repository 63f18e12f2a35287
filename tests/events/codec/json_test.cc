// JSON out and in: what it reads like, what comes back, and what each kind of bad input gets.
#include <capnp/message.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "events/codec/codec.h"
#include "tests/events/codec/random_proposal.h"

namespace longmen {
namespace {

Result<ProposalBytes> Read(std::string_view json) {
  capnp::MallocMessageBuilder message;
  auto proposal = message.initRoot<schema::Proposal>();
  RETURN_IF_ERROR(FromJson(json, proposal));
  return Canonicalize(proposal.asReader());
}

std::string Write(const ProposalBytes& bytes) {
  return ToJson(ProposalReader(bytes.bytes()).get());
}

TEST(Json, ReadsLikeThePayment) {
  capnp::MallocMessageBuilder message;
  auto proposal = message.initRoot<schema::Proposal>();
  proposal.setOccurredAt(1614560400500000000);
  proposal.setSource("acquirer");
  proposal.setId("id-1");
  proposal.setKey("trip-1");
  proposal.setScenario(schema::Scenario::PARKING);
  auto debit = proposal.getBody().initDebit();
  debit.getAmount().setMinor(1200);
  debit.getAmount().setCurrency(156);
  debit.setOutcome(schema::Outcome::SUCCEEDED);
  debit.setKind(schema::DebitKind::TOP_UP);
  debit.setClearingDate(18687);
  debit.setPayer("card:1");
  debit.initResolves().setId("id-0");
  debit.initSplits(1)[0].setMinor(INT64_MAX);
  auto parking = proposal.getDetails().initParking();
  parking.setPayerToken(capnp::Data::Reader(reinterpret_cast<const uint8_t*>("\x01\x02"), 2));
  parking.initPlate().setPlain("青A·12345");
  EXPECT_EQ(ToJson(proposal.asReader()),
            R"({"occurredAt":"2021-03-01T01:00:00.5Z","source":"acquirer","id":"id-1",)"
            R"("key":"trip-1","scenario":"parking","debit":{"amount":{"minor":"1200",)"
            R"("currency":"CNY"},"basis":"decided","outcome":"succeeded","kind":"top_up",)"
            R"("clearingDate":"2021-03-01","payer":"card:1","resolves":{"id":"id-0"},)"
            R"("splits":[{"minor":"9223372036854775807"}]},)"
            R"("details":{"parking":{"plate":{"plain":"青A·12345"},"payerToken":"AQI="}}})");
}

TEST(Json, IsEmptyForAnEmptyProposal) {
  capnp::MallocMessageBuilder message;
  EXPECT_EQ(ToJson(message.initRoot<schema::Proposal>().asReader()), "{}");
}

TEST(Json, ShowsAMemberThatIsChosenThoughEmpty) {
  const auto bytes = Read(R"({"registration":{"ledger":{}}})");
  ASSERT_TRUE(bytes.ok());
  EXPECT_EQ(Write(*bytes), R"({"registration":{"ledger":{}}})");
}

TEST(Json, EscapesAndUnescapesEveryText) {
  const auto bytes = Read(R"({"key":"a\"b\\c\/\n\t\u0001\u00e9\ud83d\ude97\u007f"})");
  ASSERT_TRUE(bytes.ok());
  EXPECT_EQ(ProposalReader(bytes->bytes()).get().getKey(), "a\"b\\c/\n\t\x01é\xf0\x9f\x9a\x97\x7f");
  EXPECT_EQ(Write(*bytes), "{\"key\":\"a\\\"b\\\\c/\\n\\t\\u0001é\xf0\x9f\x9a\x97\\u007f\"}");
}

TEST(Json, TakesNullAndEmptyAsAbsent) {
  EXPECT_EQ(*Read(R"({"key":null,"id":"","order":null,"original":"",
                      "debit":{"splits":[],"resolves":null}})"),
            *Read(R"({"debit":{}})"));
}

TEST(Json, TakesIntegersForWideNumbers) {
  EXPECT_EQ(*Read(R"({"order":{"amount":{"minor":-1200}}})"),
            *Read(R"({"order":{"amount":{"minor":"-1200"}}})"));
}

TEST(Json, TakesAnOffsetAndKeepsTheInstant) {
  EXPECT_EQ(*Read(R"({"occurredAt":"2021-03-01T09:00:00+08:00"})"),
            *Read(R"({"occurredAt":"2021-03-01T01:00:00Z"})"));
}

struct BadInput {
  const char* json;
  Code code;
  const char* field;
};

class JsonRefuses : public testing::TestWithParam<BadInput> {};

TEST_P(JsonRefuses, WithItsCodeAndField) {
  const auto result = Read(GetParam().json);
  ASSERT_FALSE(result.ok()) << GetParam().json;
  EXPECT_EQ(CodeName(result.error().code), CodeName(GetParam().code)) << GetParam().json;
  EXPECT_EQ(result.error().field, GetParam().field) << GetParam().json;
}

const BadInput kInputBad[] = {
    {"", Code::MALFORMED, ""},
    {"{", Code::MALFORMED, ""},
    {"{}x", Code::MALFORMED, ""},
    {"[]", Code::MALFORMED, ""},
    {"null", Code::MALFORMED, ""},
    {"{'id':1}", Code::MALFORMED, ""},
    {"{\"id\":\"\xff\"}", Code::BAD_TEXT, ""},
    {R"({"id":"\ud800"})", Code::MALFORMED, ""},
    {R"({"id":1})", Code::MALFORMED, "id"},
    {R"({"id":"a","id":"a"})", Code::MALFORMED, "id"},
    {R"({"id":null,"id":"a"})", Code::MALFORMED, "id"},
    {R"({"orders":{}})", Code::UNKNOWN_FIELD, "orders"},
    {R"({"body":{"order":{}}})", Code::UNKNOWN_FIELD, "body"},
    {R"({"order":{"amount":{"minors":"1"}}})", Code::UNKNOWN_FIELD, "order.amount.minors"},
    {R"({"order":{"splits":[{"minor":"1"},{"minor":1.5}]}})", Code::MALFORMED,
     "order.splits[1].minor"},
    {R"({"order":{"resources":["a",7]}})", Code::MALFORMED, "order.resources[1]"},
    {R"({"order":{"splits":{}}})", Code::MALFORMED, "order.splits"},
    {R"({"order":[]})", Code::MALFORMED, "order"},
    {R"({"order":{},"debit":{}})", Code::MALFORMED, "debit"},
    {R"({"order":{"action":"placedd"}})", Code::UNKNOWN_ENUM, "order.action"},
    {R"({"order":{"action":0}})", Code::UNKNOWN_ENUM, "order.action"},
    {R"({"authorization":{"method":"usbKey"}})", Code::UNKNOWN_ENUM, "authorization.method"},
    {R"({"order":{"amount":{"currency":"RMB"}}})", Code::UNKNOWN_CURRENCY, "order.amount.currency"},
    {R"({"order":{"amount":{"currency":"cny"}}})", Code::UNKNOWN_CURRENCY, "order.amount.currency"},
    {R"({"order":{"amount":{"currency":156}}})", Code::UNKNOWN_CURRENCY, "order.amount.currency"},
    {R"({"order":{"amount":{"minor":12.0}}})", Code::MALFORMED, "order.amount.minor"},
    {R"({"order":{"amount":{"minor":1e3}}})", Code::MALFORMED, "order.amount.minor"},
    {R"({"order":{"amount":{"minor":"12.00"}}})", Code::MALFORMED, "order.amount.minor"},
    {R"({"order":{"amount":{"minor":"012"}}})", Code::MALFORMED, "order.amount.minor"},
    {R"({"order":{"amount":{"minor":"-0"}}})", Code::MALFORMED, "order.amount.minor"},
    {R"({"order":{"amount":{"minor":"+1"}}})", Code::MALFORMED, "order.amount.minor"},
    {R"({"order":{"amount":{"minor":" 1"}}})", Code::MALFORMED, "order.amount.minor"},
    {R"({"order":{"amount":{"minor":""}}})", Code::MALFORMED, "order.amount.minor"},
    {R"({"order":{"amount":{"minor":"9223372036854775808"}}})", Code::AMOUNT_OUT_OF_RANGE,
     "order.amount.minor"},
    {R"({"order":{"amount":{"minor":9223372036854775808}}})", Code::AMOUNT_OUT_OF_RANGE,
     "order.amount.minor"},
    {R"({"authorization":{"level":256}})", Code::AMOUNT_OUT_OF_RANGE, "authorization.level"},
    {R"({"authorization":{"level":-1}})", Code::AMOUNT_OUT_OF_RANGE, "authorization.level"},
    {R"({"authorization":{"level":"1"}})", Code::MALFORMED, "authorization.level"},
    {R"({"debit":{"completes":1}})", Code::MALFORMED, "debit.completes"},
    {R"({"occurredAt":"2021-03-01"})", Code::BAD_TIME, "occurredAt"},
    {R"({"occurredAt":"2021-02-29T00:00:00Z"})", Code::BAD_TIME, "occurredAt"},
    {R"({"occurredAt":1614560400})", Code::BAD_TIME, "occurredAt"},
    {R"({"debit":{"clearingDate":"20210301"}})", Code::BAD_TIME, "debit.clearingDate"},
    {R"({"original":"AQI"})", Code::MALFORMED, "original"},
    {R"({"original":"AQJ="})", Code::MALFORMED, "original"},
    {R"({"original":"A=I="})", Code::MALFORMED, "original"}};
INSTANTIATE_TEST_SUITE_P(Input, JsonRefuses, testing::ValuesIn(kInputBad));

TEST(JsonBounds, RefusesDeepNestingWithoutFollowingIt) {
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "{\"order\":";
  EXPECT_EQ(Read(deep).error().code, Code::MALFORMED);
  EXPECT_EQ(Read(std::string(100'000, '[')).error().code, Code::MALFORMED);
}

TEST(JsonBounds, RefusesMoreTextThanAnyProposalNeeds) {
  const std::string json = R"({"original":")" + std::string(2u << 20, 'A') + "\"}";
  EXPECT_EQ(Read(json).error().code, Code::TOO_LARGE);
}

TEST(JsonBounds, RefusesListsThatNoRuleAllows) {
  std::string json = R"({"order":{"splits":[{})";
  for (int i = 0; i < 10'000; ++i) json += ",{}";
  const auto result = Read(json + "]}}");
  EXPECT_EQ(result.error().code, Code::TOO_LONG);
  EXPECT_EQ(result.error().field, "order.splits");
}

RC_GTEST_PROP(JsonProperty, LeadsBackToTheSameBytes, (uint64_t seed)) {
  RandomProposal random(seed);
  const auto bytes = Canonicalize(random.get());
  RC_ASSERT(bytes.ok());
  const std::string json = Write(*bytes);
  const auto back = Read(json);
  if (!back.ok()) RC_FAIL(Describe(back.error()) + "\n" + json);
  if (!(*back == *bytes)) RC_FAIL(json + "\n" + Write(*back));
  RC_ASSERT(Write(*back) == json);
}

}  // namespace
}  // namespace longmen
