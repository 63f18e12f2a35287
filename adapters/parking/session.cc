#include "adapters/parking/session.h"

#include <utility>

namespace longmen::adapters::parking {
namespace {

constexpr auto kScenario = schema::Scenario::PARKING;

}  // namespace

bool InFlight(schema::Outcome outcome) {
  return outcome == schema::Outcome::PENDING || outcome == schema::Outcome::UNKNOWN;
}

std::string CollectionKey(std::string_view session) { return std::string(session) + "/cap"; }

bool Session::CollectionInFlight() const { return prepaid && InFlight(prepaid->outcome); }

bool Session::Abandoned() const {
  return fee && fee->channel_reference == kAbandoned && stay.refunded == 0 &&
         collection.refunded + collection.refunding == 0;
}

int64_t Session::Refundable() const {
  const int64_t fee_minor = stay.paid - stay.refunded;
  return Collected() ? cap().minor - fee_minor - collection.refunded - collection.refunding : 0;
}

std::optional<Session> FindSession(const engine::LedgerView& ledger, std::string_view key) {
  auto stay = ledger.FindOrder(kScenario, key);
  auto collection = ledger.FindOrder(kScenario, CollectionKey(key));
  if (!stay || !collection) return std::nullopt;
  Session session;
  session.stay = *std::move(stay);
  session.collection = *std::move(collection);
  for (auto& movement : ledger.MovementsOf(kScenario, CollectionKey(key))) {
    if (movement.kind == MovementKind::kDebit) {
      session.prepaid = std::move(movement);
    } else {
      session.refund_result = movement.outcome;
      if (InFlight(movement.outcome) && !session.refund_in_flight) {
        session.refund_in_flight = std::move(movement);
      }
    }
  }
  for (auto& movement : ledger.MovementsOf(kScenario, key)) {
    if (movement.kind == MovementKind::kDebit) session.fee = std::move(movement);
  }
  return session;
}

}  // namespace longmen::adapters::parking
