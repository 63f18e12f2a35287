#include "adapters/parking/session.h"

#include <utility>

#include "adapters/port/attempts.h"
#include "adapters/port/proposals.h"

namespace longmen::adapters::parking {
namespace {

constexpr auto kScenario = schema::Scenario::PARKING;

}  // namespace

std::string CollectionKey(std::string_view session) { return std::string(session) + "/cap"; }

Nanos Session::entered() const {
  if (collection.valid_until != 0) return collection.valid_until - kCollectionValid;
  return prepaid ? prepaid->occurred_at : 0;  // orders of another hand
}

std::optional<Nanos> Session::paid_at() const {
  if (stay.valid_until == 0) return std::nullopt;
  return stay.valid_until - kStayValid;
}

bool Session::CollectionInFlight() const { return prepaid && InFlight(prepaid->outcome); }

bool Session::Abandoned() const {
  // The correction of an abandonment is a refund of the fee, or a fee of its own that failed.
  return fee && fee->channel_reference == kAbandoned && stay.refunded == 0 &&
         collection.refunded + collection.refunding == 0;
}

std::string Session::RefundNumber(size_t index) const {
  return AttemptNumber(stay.key, kRefundMark, index);
}

std::optional<size_t> Session::FindRefund(std::string_view number) const {
  return AttemptPlace(number, stay.key, kRefundMark, refunds.size());
}

bool Session::Abnormal(size_t index) const {
  return IsAbnormal(refunds[index], RefundNumber(index));
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
      session.refunds.push_back(std::move(movement));
    }
  }
  for (auto& movement : ledger.MovementsOf(kScenario, key)) {
    if (movement.kind == MovementKind::kDebit) session.fee = std::move(movement);
  }
  return session;
}

}  // namespace longmen::adapters::parking
