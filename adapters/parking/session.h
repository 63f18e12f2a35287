// A parking session as the ledger knows it: its two orders and their movements, read once a record.
//
// What later records must know of the scan stands in the orders, for an adapter keeps nothing: the
// channel of the stay names the tariff, and the two validities say when the session began and when
// its cap was paid.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ledger/view.h"

namespace longmen::adapters::parking {

// A key or resource of the ledger, and what is left of one for a number: "<number>/cap" is a key
// too.
inline constexpr size_t kKeyBytesMax = 64;
inline constexpr size_t kNumberBytesMax = kKeyBytesMax - 4;

// What a fee's debit says of the session, beside its amount: nobody sensed the departure.
inline constexpr std::string_view kAbandoned = "abandoned";

// A channel ends a payment that is not made within 45 s of its creation (domain A3.6, B8). The
// pre-collection is valid as long, from the scan on.
inline constexpr Nanos kCollectionValid = 45 * kNanosPerSecond;
// A stay whose cap is paid is valid beyond any departure, from the payment on.
inline constexpr Nanos kStayValid = 3650 * kNanosPerDay;

struct Session {
  OrderState stay;                       // under the session's number: live while the car is there
  OrderState collection;                 // under "<session>/cap"
  std::optional<MovementState> prepaid;  // the newest payment of the cap
  std::optional<MovementState> fee;      // the newest of the stay's debits to revenue
  std::vector<MovementState> refunds;    // of the cap, oldest first

  std::string_view tariff() const { return stay.channel; }
  // The scan, which starts the clock (domain A3.2 rule 1).
  Nanos entered() const;
  // When the cap was paid, by the channel's answer; nothing while it is not.
  std::optional<Nanos> paid_at() const;
  bool live() const { return IsLive(stay.status); }
  Money cap() const { return collection.amount; }
  bool Collected() const { return prepaid && prepaid->outcome == schema::Outcome::SUCCEEDED; }
  bool CollectionInFlight() const;
  // Closed at the cap for want of a departure, and none has come since.
  bool Abandoned() const;
  // What may still go back, in minor units: cap - fee, less what went back or is on its way.
  int64_t Refundable() const;

  // The number a refund is asked for under, from 0 in `refunds`: "<session>/r1" is the first.
  std::string RefundNumber(size_t index) const;
  std::optional<size_t> FindRefund(std::string_view number) const;
  // The channel could not refund it (adapters/port/attempts.h).
  bool Abnormal(size_t index) const;
};

std::string CollectionKey(std::string_view session);

// Nothing where there is no such session. A pre-collection that failed at once left none: only
// its order is in the ledger.
std::optional<Session> FindSession(const engine::LedgerView& ledger, std::string_view session);

}  // namespace longmen::adapters::parking
