// What a refund of parking is asked for under, which the outbox shows as the channel's reference.
#include <gtest/gtest.h>

#include <memory>

#include "adapters/parking/parking.h"
#include "adapters/port/record_json.h"

namespace longmen::adapters {
namespace {

constexpr Currency kYuan{156};
constexpr Nanos kScan = 1'614'556'800 * kNanosPerSecond;  // 2021-03-01T00:00:00Z

// A ledger of one session, whose cap of 20.00 is paid.
class OneSession : public engine::LedgerView {
 public:
  OneSession() {
    stay.key = "s1";
    stay.amount = {2000, kYuan};
    stay.channel = "day";
    collection.key = "s1/cap";
    collection.amount = {2000, kYuan};
    collection.status = OrderStatus::kPaid;
    prepaid.amount = {2000, kYuan};
    prepaid.occurred_at = kScan;
    prepaid.source = "bank";
    prepaid.id = "scan.2";
  }

  void AddRefund(int64_t minor, schema::Outcome outcome, const std::string& reference) {
    MovementState refund;
    refund.kind = MovementKind::kRefund;
    refund.outcome = outcome;
    refund.amount = {minor, kYuan};
    refund.channel_reference = reference;
    refund.source = "bank";
    refund.id = "r" + std::to_string(refunds.size() + 1);
    refunds.push_back(refund);
    collection.refunding += minor;
  }

  std::optional<OrderState> FindOrder(schema::Scenario, std::string_view key) const override {
    return key == "s1" ? stay : collection;
  }
  std::vector<MovementState> MovementsOf(schema::Scenario, std::string_view key) const override {
    if (key != "s1/cap") return {};
    std::vector<MovementState> movements{prepaid};
    movements.insert(movements.end(), refunds.begin(), refunds.end());
    return movements;
  }
  std::optional<engine::ParkingTariff> FindParkingTariff(std::string_view) const override {
    return engine::ParkingTariff{
        .cap = {2000, kYuan}, .step_price = {200, kYuan}, .step_minutes = 60, .free_minutes = 30};
  }
  const engine::FareTable* FindFareTable(std::string_view) const override { return nullptr; }
  std::optional<engine::MandateState> FindMandate(std::string_view) const override { return {}; }
  Code ObjectionToPayer(std::string_view, int64_t, Nanos) const override { return Code::NONE; }

  Sequence last_sequence() const override { return 0; }
  std::optional<engine::KnownId> FindId(std::string_view, std::string_view) const override {
    return {};
  }
  std::optional<OrderState> FindOrderHolding(schema::Scenario, std::string_view) const override {
    return {};
  }
  std::optional<MovementState> FindMovement(std::string_view, std::string_view) const override {
    return {};
  }
  std::optional<AccountState> FindAccount(std::string_view) const override { return {}; }
  bool HasSource(std::string_view) const override { return true; }
  bool HasParticipant(std::string_view) const override { return true; }
  Code ObjectionOfMandate(schema::Scenario, std::string_view, Nanos) const override {
    return Code::NONE;
  }
  std::optional<engine::SchemeInfo> FindScheme(std::string_view) const override { return {}; }
  bool IsClearedBy(std::string_view, std::string_view, std::string_view) const override {
    return false;
  }
  const engine::Calendar* FindCalendar(std::string_view) const override { return nullptr; }
  const engine::RiskPolicy* FindRiskPolicy(std::string_view) const override { return nullptr; }
  std::optional<CycleState> FindCycle(std::string_view) const override { return {}; }
  std::optional<CycleState> FindOpenCycle(std::string_view) const override { return {}; }
  std::optional<std::string> FindSourceByToken(const Digest256&) const override { return {}; }

  OrderState stay;
  OrderState collection;
  MovementState prepaid;
  std::vector<MovementState> refunds;
};

// The last refund of the group that a record becomes: its reference and outcome.
struct Asked {
  std::string reference;
  schema::Outcome outcome = schema::Outcome::UNSTATED;
};

Asked LastRefund(const OneSession& ledger, const std::string& step) {
  const auto adapter = MakeParking();
  const auto record = adapter->Parse(
      R"({"id":"d1","occurredAt":"2021-03-01T01:31:00Z",)" + step + "}", Door{.token_key = "k"});
  EXPECT_TRUE(record.ok()) << step;
  if (!record.ok()) return {};
  Translation out("bank", **record, schema::Scenario::PARKING);
  adapter->Translate(**record, "bank", ledger, out);
  const auto group = out.Finish();
  EXPECT_TRUE(group.ok()) << step;
  if (!group.ok()) return {};
  Asked asked;
  for (const auto& bytes : *group) {
    const ProposalReader proposal(bytes.bytes());
    if (!proposal.get().getBody().isRefund()) continue;
    const auto refund = proposal.get().getBody().getRefund();
    asked = {Copy(refund.getChannelReference()), refund.getOutcome()};
  }
  return asked;
}

TEST(RefundNumber, IsStatedByEveryRequest) {
  OneSession ledger;
  const Asked asked = LastRefund(ledger, R"("departure":{"session":"s1"})");
  EXPECT_EQ(asked.reference, "s1/r1");
  EXPECT_EQ(asked.outcome, schema::Outcome::PENDING);
}

TEST(RefundNumber, IsAnotherForAnotherAttempt) {
  OneSession ledger;
  ledger.stay.status = OrderStatus::kPaid;
  ledger.AddRefund(1600, schema::Outcome::UNKNOWN, "s1/r1/abnormal");
  const std::string amount = R"("amount":{"minor":"1600","currency":"CNY"})";
  const Asked asked = LastRefund(ledger, R"("refund":{"session":"s1",)" + amount + "}");
  EXPECT_EQ(asked.reference, "s1/r2");
  EXPECT_EQ(asked.outcome, schema::Outcome::PENDING);
}

TEST(RefundNumber, StaysInSightUntilTheChannelsOwnReplacesIt) {
  OneSession ledger;
  ledger.AddRefund(1600, schema::Outcome::PENDING, "s1/r1");
  const auto result = [&ledger](const std::string& outcome) {
    const std::string step = R"("refundResult":{"session":"s1","number":"s1/r1",)"
                             R"("reference":"REF-9","outcome":")";
    return LastRefund(ledger, step + outcome + R"("})").reference;
  };
  EXPECT_EQ(result("pending"), "s1/r1");
  EXPECT_EQ(result("unknown"), "s1/r1");
  EXPECT_EQ(result("failed"), "s1/r1/abnormal");
  EXPECT_EQ(result("succeeded"), "REF-9");
}

}  // namespace
}  // namespace longmen::adapters
