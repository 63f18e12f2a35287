// An order of a meal as the ledger knows it: what the user pays, and who adds or gets what.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ledger/view.h"

namespace longmen::adapters::takeout {

// A key has 64 bytes: "<order>/platform".
inline constexpr size_t kNumberBytesMax = 55;
inline constexpr size_t kFundersMax = 20;

std::string MerchantKey(std::string_view order);
std::string RiderKey(std::string_view order);
std::string PlatformKey(std::string_view order);
std::string FunderKey(std::string_view order, size_t place);  // from 0: "<order>/f1"

// A share of the meal: an order of its own, and its one payment.
struct Share {
  OrderState order;
  std::optional<MovementState> payment;  // that succeeded

  // What of it may still go back.
  int64_t Rest() const { return order.paid - order.refunded - order.refunding; }
};

struct Meal {
  OrderState order;
  std::vector<MovementState> payments;
  std::vector<MovementState> refunds;
  std::vector<Share> funders;  // into escrow
  std::vector<Share> payees;   // out of it, the merchant first

  const MovementState* paid() const;
  // The merchant took the order on: the shares are paid.
  bool accepted() const { return !payees.empty() && payees.front().order.paid > 0; }
  int64_t Rest() const { return order.paid - order.refunded - order.refunding; }
};
std::optional<Meal> FindMeal(const engine::LedgerView& ledger, std::string_view number);

// What every share gives of so much of `whole`: in proportion to what each has left, so that the
// last part takes all that is left. The fen that remain come from the first that have them.
std::vector<int64_t> PartsOf(const std::vector<int64_t>& shares, int64_t part, int64_t whole,
                             int64_t sum);

}  // namespace longmen::adapters::takeout
