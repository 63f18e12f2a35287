#include "adapters/port/port.h"

#include <gtest/gtest.h>

#include "adapters/port/record_json.h"

namespace longmen::adapters {
namespace {

struct PlainRecord : Record {
  PlainRecord() {
    id = "r1";
    occurred_at = 1'614'556'800 * kNanosPerSecond;
    evidence = R"({"id":"r1"})";
  }
};

void AddOrder(Translation& out, const char* key) {
  auto proposal = out.Add();
  proposal.setKey(key);
  auto order = proposal.initBody().initOrder();
  order.setPayee("shop");
  order.getAmount().setMinor(100);
  order.getAmount().setCurrency(156);
}

TEST(Translation, NumbersItsProposalsAfterTheRecord) {
  const PlainRecord record;
  Translation out("bank", record, schema::Scenario::PARKING);
  AddOrder(out, "a");
  AddOrder(out, "b");
  const auto group = out.Finish();
  ASSERT_TRUE(group.ok()) << Describe(group.error());
  ASSERT_EQ(group->size(), 2u);
  for (size_t i = 0; i < 2; ++i) {
    const ProposalReader reader((*group)[i].bytes());
    EXPECT_EQ(View(reader.get().getSource()), "bank");
    EXPECT_EQ(View(reader.get().getId()), "r1." + std::to_string(i));
    EXPECT_EQ(reader.get().getOccurredAt(), record.occurred_at);
    EXPECT_EQ(reader.get().getScenario(), schema::Scenario::PARKING);
    EXPECT_EQ(reader.get().hasOriginal(), i == 0) << "the first carries the evidence";
  }
  const ProposalReader first((*group)[0].bytes());
  const auto original = first.get().getOriginal();
  EXPECT_EQ(AsText(Bytes(original.begin(), original.size())), record.evidence);
}

TEST(Translation, RefusesARecordWhole) {
  const PlainRecord record;
  Translation out("bank", record, schema::Scenario::PARKING);
  AddOrder(out, "a");
  out.Refuse(Code::UNKNOWN_PAYER_CODE, "scan.payerCode", "s1");
  EXPECT_TRUE(out.refused());
  const auto group = out.Finish();
  ASSERT_TRUE(group.ok()) << Describe(group.error());
  ASSERT_EQ(group->size(), 1u);
  const ProposalReader reader(group->front().bytes());
  EXPECT_EQ(View(reader.get().getId()), "r1.0");
  EXPECT_EQ(View(reader.get().getKey()), "s1");
  EXPECT_TRUE(reader.get().hasOriginal());
  const auto refusal = reader.get().getBody().getRefusal();
  EXPECT_TRUE(refusal.getTranslation());
  EXPECT_EQ(refusal.getCode(), Code::UNKNOWN_PAYER_CODE);
  EXPECT_EQ(View(refusal.getField()), "scan.payerCode");
}

TEST(Translation, ChecksTheShapeOfWhatAScenarioMade) {
  const PlainRecord record;
  Translation out("bank", record, schema::Scenario::PARKING);
  AddOrder(out, "a key with spaces");
  const auto group = out.Finish();
  ASSERT_FALSE(group.ok());
  EXPECT_EQ(group.error().code, Code::BAD_TEXT);
  EXPECT_EQ(group.error().field, "key");
}

TEST(Translation, IsAnErrorWhenAScenarioMadeNothing) {
  const PlainRecord record;
  Translation out("bank", record, schema::Scenario::PARKING);
  const auto group = out.Finish();
  ASSERT_FALSE(group.ok());
  EXPECT_EQ(group.error().code, Code::UNKNOWN_RECORD);
}

}  // namespace
}  // namespace longmen::adapters
