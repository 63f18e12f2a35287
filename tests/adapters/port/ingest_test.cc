#include "adapters/port/ingest.h"

#include <gtest/gtest.h>

#include "adapters/port/record_json.h"

namespace longmen::adapters {
namespace {

using engine::AnswerKind;

constexpr Nanos kNow = 1'614'556'800 * kNanosPerSecond;

// Its record says what to make of it: "place KEY", "place2 KEY", "refuse KEY", "shapeless".
struct PlainRecord : Record {
  PlainRecord(std::string record_id, std::string what) {
    id = std::move(record_id);
    occurred_at = kNow;
    evidence = std::move(what);
  }
};

class FakeScenario : public ScenarioAdapter {
 public:
  schema::Scenario scenario() const override { return schema::Scenario::TUTORIAL; }
  Result<std::unique_ptr<Record>> Parse(std::string_view, const Door&) const override {
    return Error{Code::MALFORMED, "", "not used here"};
  }
  void Translate(const Record& record, std::string_view, const engine::LedgerView& ledger,
                 Translation& out) const override {
    ++translated;
    const size_t space = record.evidence.find(' ');
    const std::string what = record.evidence.substr(0, space);
    const std::string key = space == std::string::npos ? "" : record.evidence.substr(space + 1);
    const auto order = ledger.FindOrder(scenario(), key);
    if (order) seen = order->status;
    if (what == "refuse") return out.Refuse(Code::SESSION_NOT_OPEN, "sale.number", key);
    Place(out, key);
    if (what == "place2") Place(out, key + "b");
  }

  mutable int translated = 0;
  mutable std::optional<OrderStatus> seen;

 private:
  static void Place(Translation& out, const std::string& key) {
    auto proposal = out.Add();
    proposal.setKey(key);
    auto order = proposal.initBody().initOrder();
    order.setPayee("shop");
    order.setValidUntil(kNow + 60 * kNanosPerSecond);
    order.getAmount().setMinor(100);
    order.getAmount().setCurrency(156);
  }
};

class Ingest : public testing::Test {
 protected:
  Ingest() {
    ledger_.Begin("test", 480, kNow);
    Propose(R"({"source":"m","id":"1","key":"m","occurredAt":"2021-03-01T00:00:00Z","registration":
               {"source":{"allParticipants":true,"allSchemes":true,"maxLate":"0",
                "bodies":["registration","order"]}}})");
    Propose(R"({"source":"m","id":"2","key":"ICBC","occurredAt":"2021-03-01T00:00:00Z",
               "registration":{"participant":{"name":"ICBC"}}})");
    Propose(R"({"source":"m","id":"3","key":"shop","occurredAt":"2021-03-01T00:00:00Z",
               "registration":{"account":{"participant":"ICBC","currency":"CNY","kind":"merchant"}}})");
  }

  void Propose(const std::string& json) {
    const auto bytes = ProposalFromJson(json);
    ASSERT_TRUE(bytes.ok()) << Describe(bytes.error());
    const auto decided = ledger_.Propose({&*bytes, 1}, kNow);
    ASSERT_EQ(decided.answers[0].kind, AnswerKind::kAccepted) << json;
  }

  engine::Decided Take(const char* id, const char* what, Nanos now = kNow) {
    return IngestRecord(ledger_, scenario_, PlainRecord(id, what), "m", now);
  }

  engine::Ledger ledger_;
  FakeScenario scenario_;
};

TEST_F(Ingest, GivesARepeatedRecordItsFirstAnswersUntranslated) {
  const auto first = Take("r1", "place2 k");
  ASSERT_EQ(first.answers.size(), 2u);
  EXPECT_EQ(first.answers[0].kind, AnswerKind::kAccepted);
  const auto again = Take("r1", "place2 k");
  EXPECT_EQ(scenario_.translated, 1);
  EXPECT_TRUE(again.records.empty());
  ASSERT_EQ(again.answers.size(), 2u);
  for (size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(again.answers[i].kind, AnswerKind::kDuplicate);
    EXPECT_EQ(again.answers[i].sequence, first.answers[i].sequence);
  }
}

TEST_F(Ingest, KeepsARecordRefusedByTheRulesRefused) {
  Take("r1", "place k");
  const auto first = Take("r2", "place2 k");
  ASSERT_EQ(first.answers.size(), 2u);
  EXPECT_EQ(first.answers[0].code, Code::ORDER_EXISTS);
  const auto again = Take("r2", "place2 k");
  EXPECT_EQ(again.answers, first.answers);
  EXPECT_TRUE(again.records.empty());
}

TEST_F(Ingest, KeepsARecordRefusedByItsTranslationRefused) {
  const auto first = Take("r1", "refuse k");
  ASSERT_EQ(first.answers.size(), 1u);
  EXPECT_EQ(first.answers[0].kind, AnswerKind::kRefused);
  EXPECT_EQ(first.answers[0].code, Code::SESSION_NOT_OPEN);
  EXPECT_EQ(first.answers[0].field, "sale.number");
  EXPECT_EQ(first.records.size(), 1u);
  const auto again = Take("r1", "refuse k");
  EXPECT_EQ(again.answers, first.answers);
  EXPECT_EQ(scenario_.translated, 1);
}

TEST_F(Ingest, IsInConflictWithOtherContentUnderTheSameId) {
  const auto first = Take("r1", "place k");
  const auto other = Take("r1", "place l");
  ASSERT_EQ(other.answers.size(), 1u);
  EXPECT_EQ(other.answers[0].kind, AnswerKind::kConflict);
  EXPECT_EQ(other.answers[0].field, "record");
  EXPECT_EQ(other.answers[0].sequence, first.answers[0].sequence);
  EXPECT_TRUE(other.records.empty());
}

TEST_F(Ingest, RecordsNothingOfATranslationOfBadShape) {
  const auto bad = Take("r1", "place a b");
  ASSERT_EQ(bad.answers.size(), 1u);
  EXPECT_EQ(bad.answers[0].kind, AnswerKind::kInvalid);
  EXPECT_EQ(bad.answers[0].field, "key");
  EXPECT_TRUE(bad.records.empty());
  EXPECT_EQ(Take("r1", "place a").answers[0].kind, AnswerKind::kAccepted);
}

TEST_F(Ingest, WritesWhatIsDueBeforeItTranslates) {
  Take("r1", "place k");
  const auto late = Take("r2", "refuse k", kNow + 61 * kNanosPerSecond);
  EXPECT_EQ(scenario_.seen, OrderStatus::kExpired);
  ASSERT_EQ(late.records.size(), 2u);
  EXPECT_EQ(late.records[0].effects.order->status, OrderStatus::kExpired);
  EXPECT_EQ(late.records[1].header.sequence, late.answers[0].sequence);
}

TEST_F(Ingest, DoesNotTakeAProposalByHandForPartOfARecord) {
  Take("r1", "place k");
  Propose(R"({"source":"m","id":"r1.1","key":"B","occurredAt":"2021-03-01T00:00:00Z",
             "registration":{"participant":{"name":"B"}}})");
  Propose(R"({"source":"m","id":"r1.2","key":"C","occurredAt":"2021-03-01T00:00:00Z",
             "registration":{"participant":{"name":"C"}}})");
  Take("r2", "place l");
  Propose(R"({"source":"m","id":"x","key":"D","occurredAt":"2021-03-01T00:00:00Z",
             "registration":{"participant":{"name":"D"}}})");
  Propose(R"({"source":"m","id":"r2.1","key":"E","occurredAt":"2021-03-01T00:00:00Z",
             "registration":{"participant":{"name":"E"}}})");
  EXPECT_EQ(Take("r2", "place l").answers.size(), 1u);
}

TEST(FirstAnswers, AreEmptyForARecordNeverSeen) {
  engine::Ledger ledger;
  EXPECT_TRUE(FirstAnswers(ledger, "m", "r1").empty());
}

}  // namespace
}  // namespace longmen::adapters
