// The first difference: what a conflict's `field` says. And the kinds of bodies.
#include <capnp/message.h>
#include <gtest/gtest.h>

#include "events/codec/codec.h"
#include "tests/events/codec/shape_flaw.h"

namespace longmen {
namespace {

// The first field in which a golden proposal and the same with one change differ; "" for none.
std::string After(const Flaw& change) {
  const auto read = [](const std::string& json, capnp::MallocMessageBuilder& message) {
    const auto status = FromJson(json, message.initRoot<schema::Proposal>());
    EXPECT_TRUE(status.ok()) << json;
  };
  capnp::MallocMessageBuilder whole;
  capnp::MallocMessageBuilder changed;
  read(Whole(change.base), whole);
  read(Apply(change), changed);
  const auto a = whole.getRoot<schema::Proposal>().asReader();
  const auto b = changed.getRoot<schema::Proposal>().asReader();
  const auto difference = FirstDifference(a, b);
  EXPECT_EQ(difference, FirstDifference(b, a)) << "it must not matter who came first";
  EXPECT_EQ(difference.has_value(), ContentHash(a) != ContentHash(b));
  return difference.value_or("");
}

TEST(FirstDifference, NamesTheField) {
  constexpr auto kOrder = "order_placed_parking";
  EXPECT_EQ(After({kOrder, "session-1", "session-2"}), "key");
  EXPECT_EQ(After({kOrder, ".123456789Z", "Z"}), "occurredAt");
  EXPECT_EQ(After({kOrder, R"("minor":"2000")", R"("minor":"2001")"}), "order.amount.minor");
  EXPECT_EQ(After({kOrder, "CNY", "JPY"}), "order.amount.currency");
  EXPECT_EQ(After({kOrder, R"("payee":"lot:77",)", ""}), "order.payee");
  EXPECT_EQ(After({kOrder, R"("minor":"8")", R"("minor":"9")"}), "order.splits[1].minor");
  EXPECT_EQ(After({kOrder, "plate:8f3a", "plate:8f3b"}), "order.resources[1]");
  EXPECT_EQ(After({kOrder, R"(,"plate:8f3a")", ""}), "order.resources");
  EXPECT_EQ(After({kOrder, "青A·12345", "青A·12346"}), "details.parking.plate.plain");
  EXPECT_EQ(After({kOrder, R"("wallet":"alipay")", R"("wallet":"wechat")"}),
            "details.parking.wallet");
  EXPECT_EQ(After({"debit_payment", R"("completes":true,)", ""}), "debit.completes");
  EXPECT_EQ(After({"debit_resolves", R"(payment","source":"acquirer")", "payment\""}),
            "debit.resolves.source");
  EXPECT_EQ(After({"registration_source", R"("bodies":["registration")", R"("bodies":["order")"}),
            "registration.source.bodies[0]");
}

TEST(FirstDifference, NamesWhatIsThereOnOneSideOnly) {
  EXPECT_EQ(After({"order_cancelled", R"("order":{"action":"cancelled","reason":"by the buyer"})",
                   R"("authorization":{"action":"declined"})"}),
            "order");
  EXPECT_EQ(After({"order_progressed", R"({"b2bGateway":{"stage":"answer_overdue"}})", "null"}),
            "details.b2bGateway");
  EXPECT_EQ(After({"debit_resolves",
                   R"("resolves":{"id":"01H-debit_payment","source":"acquirer"},)", ""}),
            "debit.resolves");
  EXPECT_EQ(
      After({"registration_scheme",
             R"("scheme":{"method":"bilateral_net","pendingAccounts":true,"cyclePrefix":"HVPS-"})",
             R"("ledger":{})"}),
      "registration.ledger");
}

TEST(FirstDifference, IsTheFirstInTheOrderOfTheSchema) {
  EXPECT_EQ(After({"authorization_granted", R"("orderVersion":2,"level":1,"by":"li.si")",
                   R"("by":"x","level":3,"orderVersion":9)"}),
            "authorization.orderVersion");
}

TEST(FirstDifference, IsNoneWhereOnlyEvidenceDiffers) {
  EXPECT_EQ(After({"evidence", "eyLmkqTplIAiOnRydWV9", "e30="}), "");
  EXPECT_EQ(After({"evidence", "vault-1", "vault-2"}), "");
  EXPECT_EQ(After({"evidence", R"("bytes":"MEQ=")", R"("bytes":"MEU=")"}), "");
  EXPECT_EQ(After({"evidence", "AAECAwQFBgcICQ==", "AAEC"}), "");
  EXPECT_EQ(After({"evidence", "person-1", "person-2"}), "");
}

// The member of the union whose name JSON shows: one or the other, but always the same one.
TEST(FirstDifference, OfTwoBodiesIsTheOneThatStandsFirst) {
  capnp::MallocMessageBuilder order;
  order.initRoot<schema::Proposal>().getBody().initOrder();
  capnp::MallocMessageBuilder debit;
  debit.initRoot<schema::Proposal>().getBody().initDebit();
  const auto a = order.getRoot<schema::Proposal>().asReader();
  const auto b = debit.getRoot<schema::Proposal>().asReader();
  EXPECT_EQ(FirstDifference(a, b), "order");
  EXPECT_EQ(FirstDifference(b, a), "order");
}

TEST(KindOf, IsTheBodyUnlessItIsARefusal) {
  capnp::MallocMessageBuilder message;
  auto body = message.initRoot<schema::Proposal>().getBody();
  const auto kind = [&message] { return KindOf(message.getRoot<schema::Proposal>().asReader()); };
  body.initRegistration();
  EXPECT_EQ(kind(), schema::BodyKind::REGISTRATION);
  body.initOrder();
  EXPECT_EQ(kind(), schema::BodyKind::ORDER);
  body.initAuthorization();
  EXPECT_EQ(kind(), schema::BodyKind::AUTHORIZATION);
  body.initDebit();
  EXPECT_EQ(kind(), schema::BodyKind::DEBIT);
  body.initRefund();
  EXPECT_EQ(kind(), schema::BodyKind::REFUND);
  body.initSettlement();
  EXPECT_EQ(kind(), schema::BodyKind::SETTLEMENT);
  body.initStatement();
  EXPECT_EQ(kind(), schema::BodyKind::STATEMENT);
  body.initResolution();
  EXPECT_EQ(kind(), schema::BodyKind::RESOLUTION);
  body.initRefusal();
  EXPECT_EQ(kind(), std::nullopt);
}

}  // namespace
}  // namespace longmen
