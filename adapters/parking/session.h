// A parking session as the ledger knows it: its two orders and their movements, read once a record.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/ledger/view.h"

namespace longmen::adapters::parking {

// What a fee's debit says of the session, beside its amount: nobody sensed the departure.
inline constexpr std::string_view kAbandoned = "abandoned";

struct Session {
  OrderState stay;                       // under the session's number: live while the car is there
  OrderState collection;                 // under "<session>/cap"
  std::optional<MovementState> prepaid;  // the newest payment of the cap
  std::optional<MovementState> fee;      // what the stay paid to revenue
  std::optional<MovementState> refund_in_flight;  // the oldest refund without an answer
  std::optional<schema::Outcome> refund_result;   // of the newest refund

  bool live() const { return IsLive(stay.status); }
  Money cap() const { return collection.amount; }
  bool Collected() const { return prepaid && prepaid->outcome == schema::Outcome::SUCCEEDED; }
  bool CollectionInFlight() const;
  // Closed at the cap for want of a departure, and not corrected since.
  bool Abandoned() const;
  // What may still go back, in minor units: cap - fee, less what went back or is on its way.
  int64_t Refundable() const;
};

std::string CollectionKey(std::string_view session);

// Nothing where there is no such session. A pre-collection that failed at once left none: only
// its order is in the ledger.
std::optional<Session> FindSession(const engine::LedgerView& ledger, std::string_view session);

bool InFlight(schema::Outcome outcome);

}  // namespace longmen::adapters::parking
