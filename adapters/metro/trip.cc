#include "adapters/metro/trip.h"

#include <algorithm>

#include "adapters/port/attempts.h"
#include "adapters/port/proposals.h"

namespace longmen::adapters::metro {
namespace {

constexpr auto kScenario = schema::Scenario::METRO;

std::string ArrearsResource(std::string_view rider, int slot) {
  return "arrears:" + std::string(rider) + ":" + std::to_string(slot);
}

}  // namespace

std::string RiderResource(std::string_view rider) { return "rider:" + std::string(rider); }

std::string ArrearsKey(std::string_view trip) { return std::string(trip) + "/arrears"; }

const MovementState* Trip::paid() const {
  const auto at = std::ranges::find(payments, schema::Outcome::SUCCEEDED, &MovementState::outcome);
  return at == payments.end() ? nullptr : &*at;
}

const MovementState* Trip::in_flight() const {
  const auto at = std::ranges::find_if(
      payments, [](const MovementState& payment) { return InFlight(payment.outcome); });
  return at == payments.end() ? nullptr : &*at;
}

std::string Trip::NextRefundNumber() const {
  return AttemptNumber(order.key, kRefundMark, refunds.size());
}

std::optional<Trip> FindTrip(const engine::LedgerView& ledger, std::string_view number) {
  auto order = ledger.FindOrder(kScenario, number);
  if (!order || order->mandate.empty()) return std::nullopt;
  Trip trip;
  trip.order = *std::move(order);
  for (auto& movement : ledger.MovementsOf(kScenario, number)) {
    auto& list = movement.kind == MovementKind::kDebit ? trip.payments : trip.refunds;
    list.push_back(std::move(movement));
  }
  trip.arrears = ledger.FindOrder(kScenario, ArrearsKey(number));
  const auto inside = ledger.FindOrderHolding(kScenario, RiderResource(trip.rider()));
  trip.inside = inside && inside->key == number;
  return trip;
}

std::optional<Trip> FindOpenTrip(const engine::LedgerView& ledger, std::string_view rider) {
  const auto order = ledger.FindOrderHolding(kScenario, RiderResource(rider));
  if (!order) return std::nullopt;
  return FindTrip(ledger, order->key);
}

std::vector<OrderState> ArrearsOf(const engine::LedgerView& ledger, std::string_view rider) {
  std::vector<OrderState> owed;
  for (int slot = 1; slot <= kArrearsMax; ++slot) {
    auto order = ledger.FindOrderHolding(kScenario, ArrearsResource(rider, slot));
    if (order) owed.push_back(*std::move(order));
  }
  return owed;
}

std::optional<std::string> FreeArrearsResource(const engine::LedgerView& ledger,
                                               std::string_view rider) {
  for (int slot = 1; slot <= kArrearsMax; ++slot) {
    std::string resource = ArrearsResource(rider, slot);
    if (!ledger.FindOrderHolding(kScenario, resource)) return resource;
  }
  return std::nullopt;
}

}  // namespace longmen::adapters::metro
