#include "adapters/metro/trip.h"

#include <algorithm>

#include "adapters/port/attempts.h"
#include "adapters/port/proposals.h"

namespace longmen::adapters::metro {
namespace {

constexpr auto kScenario = schema::Scenario::METRO;

// Names of the resources "arrears:<rider>:1" to "…:64", one after the other in the same text: they
// are looked at at every gate.
class ArrearsResources {
 public:
  explicit ArrearsResources(std::string_view rider)
      : name_("arrears:" + std::string(rider) + ":"), rider_bytes_(name_.size()) {}
  const std::string& At(int slot) {
    name_.resize(rider_bytes_);
    if (slot >= 10) name_.push_back(static_cast<char>('0' + slot / 10));
    name_.push_back(static_cast<char>('0' + slot % 10));
    return name_;
  }

 private:
  std::string name_;
  const size_t rider_bytes_;
};
static_assert(kArrearsMax < 100);

}  // namespace

std::string RiderResource(std::string_view rider) { return "rider:" + std::string(rider); }

void PutUnderNoMandate(schema::Order::Builder order, std::string_view rider) {
  order.disownPayer();
  order.disownMandate();
  order.setSubmitter(std::string(rider));
}

std::string ArrearsKey(std::string_view trip) { return std::string(trip) + "/arrears"; }

bool IsOf(const engine::MandateState& rider, std::string_view account) {
  return rider.account == account ||
         std::ranges::find(rider.fallbacks, account) != rider.fallbacks.end();
}

const MovementState* Trip::paid() const {
  const auto at = std::ranges::find(payments, schema::Outcome::SUCCEEDED, &MovementState::outcome);
  if (at != payments.end()) return &*at;
  return repaid ? &*repaid : nullptr;
}

Money Trip::left() const {
  Money left = paid()->amount;
  for (const MovementState& refund : refunds) {
    if (refund.outcome != schema::Outcome::FAILED) left.minor -= refund.amount.minor;
  }
  return left;
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
  if (!order || (order->mandate.empty() && order->submitter.empty())) return std::nullopt;
  Trip trip;
  trip.order = *std::move(order);
  for (auto& movement : ledger.MovementsOf(kScenario, number)) {
    auto& list = movement.kind == MovementKind::kDebit ? trip.payments : trip.refunds;
    list.push_back(std::move(movement));
  }
  trip.arrears = ledger.FindOrder(kScenario, ArrearsKey(number));
  if (trip.arrears) {
    for (auto& movement : ledger.MovementsOf(kScenario, trip.arrears->key)) {
      if (movement.kind == MovementKind::kRefund) {
        trip.refunds.push_back(std::move(movement));
      } else if (movement.outcome == schema::Outcome::SUCCEEDED) {
        trip.repaid = std::move(movement);
      }
    }
  }
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
  ArrearsResources resources(rider);
  for (int slot = 1; slot <= kArrearsMax; ++slot) {
    auto order = ledger.FindOrderHolding(kScenario, resources.At(slot));
    if (order) owed.push_back(*std::move(order));
  }
  return owed;
}

std::optional<std::string> FreeArrearsResource(const engine::LedgerView& ledger,
                                               std::string_view rider) {
  ArrearsResources resources(rider);
  for (int slot = 1; slot <= kArrearsMax; ++slot) {
    const std::string& resource = resources.At(slot);
    if (!ledger.FindOrderHolding(kScenario, resource)) return resource;
  }
  return std::nullopt;
}

}  // namespace longmen::adapters::metro
