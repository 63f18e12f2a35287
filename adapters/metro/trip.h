// A trip as the ledger knows it, and whose it is. An adapter keeps nothing: the mandate of the
// trip's order is the rider, its channel the tariff, and its validity says when the rider came in.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ledger/view.h"

namespace longmen::adapters::metro {

// The ledger's keys and resources have 64 bytes: "<trip>/arrears", "arrears:<rider>:64".
inline constexpr size_t kNumberBytesMax = 35;
// A trip's order is valid beyond any ride, from the entry on: what is due by time is the operator's
// record (Unmatched), for a fare is charged then.
inline constexpr Nanos kTripValid = 3650 * kNanosPerDay;

std::string RiderResource(std::string_view rider);

// Whether the account is the rider's wallet or one of the bound cards.
bool IsOf(const engine::MandateState& rider, std::string_view account);

struct Trip {
  OrderState order;                     // under the trip's number
  std::vector<MovementState> payments;  // attempts to take the fare, oldest first
  std::vector<MovementState> refunds;   // of what was paid, or repaid
  std::optional<OrderState> arrears;    // under "<trip>/arrears"
  std::optional<MovementState> repaid;  // the repayment of them that succeeded
  bool inside = false;                  // the rider has not left

  // A trip that was placed when its rider's mandate was not in force is under none: its submitter,
  // else the station where it began, is the rider.
  std::string_view rider() const {
    return order.mandate.empty() ? order.submitter.view() : std::string_view(order.mandate);
  }
  Nanos entered() const { return order.valid_until - kTripValid; }
  // The payment that succeeded, of the fare or of its arrears, if one did.
  const MovementState* paid() const;
  // What of it has not been given back, nor is about to be.
  Money left() const;
  const MovementState* in_flight() const;
  std::string NextRefundNumber() const;  // "<trip>/r2": what the outbox and its answer call it
};
std::optional<Trip> FindTrip(const engine::LedgerView& ledger, std::string_view number);
// Where the rider is now; nothing: outside.
std::optional<Trip> FindOpenTrip(const engine::LedgerView& ledger, std::string_view rider);

// A trip whose rider's mandate is not in force, when it is placed: its fare can only be owed.
void PutUnderNoMandate(schema::Order::Builder order, std::string_view rider);

std::string ArrearsKey(std::string_view trip);
// What the rider owes: the orders "<trip>/arrears" that are open, at most kArrearsMax.
inline constexpr int kArrearsMax = 64;
std::vector<OrderState> ArrearsOf(const engine::LedgerView& ledger, std::string_view rider);
// The resource under which the next is found.
std::optional<std::string> FreeArrearsResource(const engine::LedgerView& ledger,
                                               std::string_view rider);

}  // namespace longmen::adapters::metro
