#include "adapters/takeout/meal.h"

#include <algorithm>
#include <utility>

namespace longmen::adapters::takeout {
namespace {

constexpr auto kScenario = schema::Scenario::TAKEOUT;

std::string Joined(std::string_view order, std::string_view part) {
  return std::string(order) + "/" + std::string(part);
}

void AddShare(const engine::LedgerView& ledger, const std::string& key,
              std::vector<Share>& shares) {
  auto order = ledger.FindOrder(kScenario, key);
  if (!order) return;
  Share share{*std::move(order), std::nullopt};
  for (auto& movement : ledger.MovementsOf(kScenario, key)) {
    const bool paid =
        movement.kind == MovementKind::kDebit && movement.outcome == schema::Outcome::SUCCEEDED;
    if (paid) share.payment = std::move(movement);
  }
  shares.push_back(std::move(share));
}

}  // namespace

std::string MerchantKey(std::string_view order) { return Joined(order, "merchant"); }
std::string RiderKey(std::string_view order) { return Joined(order, "rider"); }
std::string PlatformKey(std::string_view order) { return Joined(order, "platform"); }
std::string FunderKey(std::string_view order, size_t place) {
  return Joined(order, "f" + std::to_string(place + 1));
}

const MovementState* Meal::paid() const {
  const auto at = std::ranges::find(payments, schema::Outcome::SUCCEEDED, &MovementState::outcome);
  return at == payments.end() ? nullptr : &*at;
}

std::optional<Meal> FindMeal(const engine::LedgerView& ledger, std::string_view number) {
  auto order = ledger.FindOrder(kScenario, number);
  // A payout and a share are orders with a payer.
  if (!order || !order->payer.empty()) return std::nullopt;
  Meal meal;
  meal.order = *std::move(order);
  for (auto& movement : ledger.MovementsOf(kScenario, number)) {
    auto& list = movement.kind == MovementKind::kDebit ? meal.payments : meal.refunds;
    list.push_back(std::move(movement));
  }
  for (size_t place = 0; place < kFundersMax; ++place) {
    AddShare(ledger, FunderKey(number, place), meal.funders);
  }
  AddShare(ledger, MerchantKey(number), meal.payees);
  AddShare(ledger, RiderKey(number), meal.payees);
  AddShare(ledger, PlatformKey(number), meal.payees);
  return meal;
}

std::vector<int64_t> PartsOf(const std::vector<int64_t>& shares, int64_t part, int64_t whole,
                             int64_t sum) {
  std::vector<int64_t> parts;
  int64_t left = sum;
  for (const int64_t share : shares) {
    parts.push_back(static_cast<int64_t>(static_cast<__int128>(share) * part / whole));
    left -= parts.back();
  }
  for (size_t i = 0; i < shares.size() && left > 0; ++i) {
    const int64_t more = std::min(left, shares[i] - parts[i]);
    parts[i] += more;
    left -= more;
  }
  return parts;
}

}  // namespace longmen::adapters::takeout
