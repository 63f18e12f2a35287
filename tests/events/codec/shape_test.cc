// The shape of proposals: every rule of docs/rules.md, "Shape", broken once in a proposal that is
// whole but for that, with the code and the field of the answer. Here what all bodies share.
#include <capnp/message.h>
#include <gtest/gtest.h>

#include "tests/events/codec/shape_flaw.h"

namespace longmen {
namespace {

class EnvelopeShape : public testing::TestWithParam<Flaw> {};

TEST_P(EnvelopeShape, IsRefusedWithItsCodeAndField) { ExpectRefused(GetParam()); }

const Flaw kEnvelopeFlaws[] = {
    {"order_cancelled", R"("source":"acquirer",)", "", Code::MISSING_FIELD, "source"},
    {"order_cancelled", R"("id":"01H-order_cancelled",)", "", Code::MISSING_FIELD, "id"},
    {"order_cancelled", R"("id":"01H-order_cancelled")", R"("id":")" + k36 + "\"", Code::TOO_LONG,
     "id"},
    {"order_cancelled", "01H-order", "01H order", Code::BAD_TEXT, "id"},
    {"order_cancelled", "01H-order", "01H\\\"order", Code::BAD_TEXT, "id"},
    {"order_cancelled", "01H-order", "01H\\\\order", Code::BAD_TEXT, "id"},
    {"order_cancelled", "01H-order", "01H\\u0000order", Code::BAD_TEXT, "id"},
    {"order_cancelled", "01H-order", "01H\\u007forder", Code::BAD_TEXT, "id"},
    {"order_cancelled", "01H-order", "01é-order", Code::BAD_TEXT, "id"},
    {"order_cancelled", "acquirer", k36, Code::TOO_LONG, "source"},
    {"order_cancelled", "T02", k65, Code::TOO_LONG, "key"},
    {"order_cancelled", "T02", "T 02", Code::BAD_TEXT, "key"},
    {"order_cancelled", R"("key":"T02",)", "", Code::MISSING_FIELD, "key"},
    {"authorization_revoked", R"("key":"T02",)", "", Code::MISSING_FIELD, "key"},
    {"debit_payment", R"("key":"session-1",)", "", Code::MISSING_FIELD, "key"},
    {"refund", R"("key":"session-1",)", "", Code::MISSING_FIELD, "key"},
    {"settlement_aborted", R"("key":"HVPS-202103010001",)", "", Code::MISSING_FIELD, "key"},
    {"statement_trailer", R"("key":"ICBC-20210301",)", "", Code::MISSING_FIELD, "key"},
    {"registration_scheme", R"("key":"HVPS",)", "", Code::MISSING_FIELD, "key"},
    {"order_cancelled", R"("occurredAt":"2021-03-01T01:00:00.123456789Z",)", "",
     Code::MISSING_FIELD, "occurredAt"},
    {"order_cancelled", "2021-03-01T01", "1969-03-01T01", Code::BAD_TIME, "occurredAt"},
    {"order_cancelled", "2021-03-01T01", "2200-03-01T01", Code::BAD_TIME, "occurredAt"},
    {"order_cancelled", R"("order":{"action":"cancelled","reason":"by the buyer"})",
     R"("details":null)", Code::MISSING_FIELD, "body"},
    {"order_cancelled", R"("order":{"action":"cancelled","reason":"by the buyer"})",
     R"("registration":{})", Code::MISSING_FIELD, "registration"},
    {"order_cancelled", R"("order":{"action":"cancelled","reason":"by the buyer"})",
     R"("refusal":{"code":"too_late"})", Code::UNEXPECTED_FIELD, "refusal"},
    {"order_progressed", R"("scenario":"b2b_gateway")", R"("scenario":"parking")",
     Code::UNEXPECTED_FIELD, "details.b2bGateway"},
    {"evidence", R"("scenario":"parking",)", "", Code::UNEXPECTED_FIELD, "details.parking"}};
INSTANTIATE_TEST_SUITE_P(Envelope, EnvelopeShape, testing::ValuesIn(kEnvelopeFlaws));

const Flaw kEvidenceFlaws[] = {
    {"evidence", "eyLmkqTplIAiOnRydWV9", std::string(43692, 'A'), Code::TOO_LONG, "original"},
    {"evidence", R"("originalKeyId":"vault-1")", R"("originalKeyId":"vault 1")", Code::BAD_TEXT,
     "originalKeyId"},
    {"evidence", R"({"bytes":"MEQ=","keyId":"bank-2")",
     R"({"bytes":")" + std::string(684, 'A') + R"(","keyId":"bank-2")", Code::TOO_LONG,
     "signatures[1].bytes"},
    {"evidence", "bank-2", "bank 2", Code::BAD_TEXT, "signatures[1].keyId"},
    {"evidence", "sm2_sm3", "rsa", Code::UNKNOWN_ENUM, "signatures[1].algorithm"},
    {"evidence", R"({"bytes":"MEQ=",)", Repeat("{}", 100).substr(1, 299) + R"(,{)", Code::TOO_LONG,
     "signatures"},
    {"evidence", "AAECAwQFBgcICQ==", std::string(684, 'A'), Code::TOO_LONG,
     "details.parking.plate.ciphertext"},
    {"evidence", "person-1", k36, Code::TOO_LONG, "details.parking.plate.keyId"},
    {"evidence", R"("token":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")", R"("token":"AAEC")",
     Code::BAD_TEXT, "details.parking.plate.token"},
    {"order_placed_parking", R"("payerToken":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")",
     R"("payerToken":"AAEC")", Code::BAD_TEXT, "details.parking.payerToken"},
    {"order_placed_parking", R"("feeMinor":"400")", R"("feeMinor":"-1")", Code::AMOUNT_OUT_OF_RANGE,
     "details.parking.feeMinor"},
    {"order_placed_parking", R"("enteredAt":"2021)", R"("enteredAt":"1921)", Code::BAD_TIME,
     "details.parking.enteredAt"},
    {"order_placed_parking", R"("leftAt":"2021)", R"("leftAt":"1921)", Code::BAD_TIME,
     "details.parking.leftAt"},
    {"order_placed_parking", R"("lot":"77")", R"("lot":"7\n7")", Code::BAD_TEXT,
     "details.parking.lot"},
    {"order_placed_parking", R"("bay":"12")", R"("bay":")" + k141 + "\"", Code::TOO_LONG,
     "details.parking.bay"},
    {"order_placed_parking", "xining-day", "xining day", Code::BAD_TEXT, "details.parking.tariff"},
    {"order_placed_parking", "青A·12345", "6222021234567890128", Code::CARD_NUMBER,
     "details.parking.plate.plain"},
    {"order_placed_b2b", "bank:CCB", k141, Code::TOO_LONG, "details.b2bGateway.acceptingBank"},
    {"order_placed_b2b", "bank:ICBC", "a\\tb", Code::BAD_TEXT, "details.b2bGateway.accountBank"},
    {"order_placed_b2b", "bank:PSBC", k141, Code::TOO_LONG, "details.b2bGateway.payeeBank"},
    {"order_placed_b2b", "2021030112345678", k141, Code::TOO_LONG,
     "details.b2bGateway.transactionId"},
    {"order_placed_b2b", "龙门贸易有限公司", "4111 1111 1111 1111", Code::CARD_NUMBER,
     "details.b2bGateway.merchant"},
    {"order_placed_b2b", "?order=T02", "?card=4111-1111-1111-1111", Code::CARD_NUMBER,
     "details.b2bGateway.redirectAddress"},
    {"order_placed_b2b", "?order=T02", std::string(500, 'x'), Code::TOO_LONG,
     "details.b2bGateway.redirectAddress"}};
INSTANTIATE_TEST_SUITE_P(Evidence, EnvelopeShape, testing::ValuesIn(kEvidenceFlaws));

// The same edges from the other side: the most that is allowed is allowed.
class ShapeEdge : public testing::TestWithParam<Flaw> {};

TEST_P(ShapeEdge, IsAccepted) {
  const auto result = ProposalFromJson(Apply(GetParam()));
  EXPECT_TRUE(result.ok()) << Describe(result.error());
}

const Flaw kEdges[] = {
    {"order_cancelled", R"("id":"01H-order_cancelled")", R"("id":")" + k35 + "\""},
    {"order_cancelled", "T02", k64},
    {"order_cancelled", "by the buyer", std::string(140, 'x')},
    {"order_cancelled", "by the buyer", "order 17 of 202103011234567890"},
    {"order_placed_parking", R"("minor":"2000")", R"("minor":"100000000000000000")"},
    {"order_placed_parking", R"("minor":"8",)", R"("minor":"1988",)"},
    {"order_placed_parking",
     R"([{"minor":"12","account":"fee:1"},{"minor":"8","account":"fee:2"}])", Repeat(kSplit, 100)},
    {"order_placed_b2b", "张三", "一二三四五六七八九十一"},
    {"order_amended", R"("amount":{"minor":"90000000","currency":"CNY"},)", ""},
    {"authorization_granted", R"("orderVersion":2,"level":1,)", ""},
    {"debit_fee", R"("kind":"fee")", R"("kind":"posting")"},
    {"debit_payment", R"("payer":"wallet:1","payee":"lot:77","scheme":"NetsUnion",)", ""},
    {"settlement_closed", R"(,"next":"HVPS-202103010002")", ""},
    {"resolution", R"("minor":"-2000")", R"("minor":"0")"},
    {"evidence", "eyLmkqTplIAiOnRydWV9", std::string(43688, 'A')}};
INSTANTIATE_TEST_SUITE_P(Edges, ShapeEdge, testing::ValuesIn(kEdges));

// What JSON cannot say, bytes can.
TEST(ShapeOfBytes, RefusesNumbersThatNoEnumHas) {
  const auto check = [](auto change) {
    const auto bytes = ProposalFromJson(Whole("debit_payment"));
    capnp::MallocMessageBuilder message;
    message.setRoot(ProposalReader(bytes->bytes()).get());
    change(message.getRoot<schema::Proposal>());
    const auto status = CheckShape(message.getRoot<schema::Proposal>().asReader());
    return status.ok() ? std::string("ok") : CodeAndField(status.error());
  };
  EXPECT_EQ(check([](auto) {}), "ok");
  EXPECT_EQ(check([](auto p) { p.setScenario(static_cast<schema::Scenario>(99)); }),
            "unknown_enum at scenario");
  EXPECT_EQ(
      check([](auto p) { p.getBody().getDebit().setKind(static_cast<schema::DebitKind>(11)); }),
      "unknown_enum at debit.kind");
  EXPECT_EQ(check([](auto p) { p.getBody().getDebit().setBasis(static_cast<schema::Basis>(2)); }),
            "unknown_enum at debit.basis");
  EXPECT_EQ(
      check([](auto p) { p.getBody().getDebit().setOutcome(static_cast<schema::Outcome>(5)); }),
      "unknown_enum at debit.outcome");
  EXPECT_EQ(check([](auto p) { p.getBody().getDebit().getAmount().setCurrency(999); }),
            "unknown_currency at debit.amount.currency");
  EXPECT_EQ(check([](auto p) { p.getBody().getDebit().setReason("\xc3("); }),
            "bad_text at debit.reason");
  EXPECT_EQ(check([](auto p) { p.getBody().getDebit().setReason("\xed\xa0\x80"); }),
            "bad_text at debit.reason");
  EXPECT_EQ(
      check([](auto p) { p.getBody().initOrder().setAction(static_cast<schema::OrderAction>(5)); }),
      "unknown_enum at order.action");
  EXPECT_EQ(
      check([](auto p) {
        p.getBody().initAuthorization().setAction(static_cast<schema::AuthorizationAction>(6));
      }),
      "unknown_enum at authorization.action");
  EXPECT_EQ(check([](auto p) {
              p.getBody().initSettlement().setAction(static_cast<schema::SettlementAction>(12));
            }),
            "unknown_enum at settlement.action");
  EXPECT_EQ(check([](auto p) {
              p.getBody().initStatement().setAction(static_cast<schema::StatementAction>(4));
            }),
            "unknown_enum at statement.action");
  EXPECT_EQ(check([](auto p) {
              p.getBody().initRegistration().initSource().initBodies(1).set(
                  0, static_cast<schema::BodyKind>(8));
            }),
            "unknown_enum at registration.source.bodies[0]");
}

// The tags of the three unions, at their places in the data section.
TEST(ShapeOfBytes, RefusesTagsThatNoUnionHas) {
  const auto check = [](std::string_view base, size_t bit, bool of_body) {
    const auto bytes = ProposalFromJson(Whole(std::string(base)));
    capnp::MallocMessageBuilder message;
    message.setRoot(ProposalReader(bytes->bytes()).get());
    auto proposal = message.getRoot<schema::Proposal>();
    auto data = of_body ? capnp::toAny(proposal.getBody().getRegistration()).getDataSection()
                        : capnp::toAny(proposal).getDataSection();
    data[bit / 8] = 77;
    const auto status = CheckShape(message.getRoot<schema::Proposal>().asReader());
    return status.ok() ? std::string("ok") : CodeAndField(status.error());
  };
  EXPECT_EQ(check("order_cancelled", 80, false), "unknown_enum at body");
  EXPECT_EQ(check("order_cancelled", 96, false), "unknown_enum at details");
  EXPECT_EQ(check("registration_scheme", 0, true), "unknown_enum at registration");
}

TEST(ShapeOfAll, RefusesAProposalLargerThanAGroup) {
  std::string json = Whole("evidence");
  json.replace(json.find("eyLmkqTplIAiOnRydWV9"), 20, std::string(43688, 'A'));
  const std::string signature = R"({"bytes":")" + std::string(680, 'A') + "\"}";
  json.replace(json.find(R"({"bytes":"MEQ=")"), 15,
               Repeat(signature, 60).substr(1, 60 * (signature.size() + 1) - 1) + ",{");
  json.replace(json.find(",{,"), 3, ",{");
  const auto result = ProposalFromJson(json);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, Code::TOO_LARGE);
}

}  // namespace
}  // namespace longmen
