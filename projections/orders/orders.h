// Orders: every order as its last record left it, and every record that was about its key.
//
// "About" takes in refused attempts: a refusal's record is found under the key of each proposal it
// holds, so that the trace of an order shows what was tried and not allowed. Payments that stand
// alone (a fee, a top-up) have a key and records too, but no order.
#pragma once

#include <vector>

#include "projections/store/body.h"
#include "projections/store/store.h"

namespace longmen::projections {

struct Order {
  OrderState state;
  Sequence sequence = 0;  // of the record that left it so
  bool operator==(const Order&) const = default;
};

struct OrderName {
  schema::Scenario scenario = schema::Scenario::NONE;
  std::string key;
  bool operator==(const OrderName&) const = default;
};

struct Touch {
  Sequence sequence = 0;
  Body body = Body::kOrder;  // of the proposal; of what was refused, in a refusal
  bool refused = false;
  bool operator==(const Touch&) const = default;
};

// NOT_FOUND where none was placed under the key.
Result<Order> FindOrder(const ReadStore& store, schema::Scenario scenario, std::string_view key);

// By scenario and key in byte order, from the first after `after`, at most `limit`.
Result<std::vector<Order>> Orders(const ReadStore& store,
                                  const std::optional<OrderName>& after = {},
                                  size_t limit = SIZE_MAX);

// Every record about a key, oldest first; NOT_FOUND where there is none.
Result<std::vector<Touch>> TouchesOf(const ReadStore& store, schema::Scenario scenario,
                                     std::string_view key);

// What was asked for and paid into one account, by what became of the orders. Reads every order.
struct CollectionLine {
  OrderStatus status = OrderStatus::kOpen;
  Currency currency{0};
  uint64_t orders = 0;
  WideSum asked;  // amounts of the orders
  WideSum paid;
  WideSum in_flight;
  WideSum refunded;
};
// A line a status and currency, in their order; none where no order pays into the account.
Result<std::vector<CollectionLine>> CollectionInto(const ReadStore& store, std::string_view payee);

class OrdersProjection final : public Projection {
 public:
  std::string_view name() const override { return "orders"; }
  std::string_view prefix() const override { return "orders/"; }
  std::unique_ptr<Folder> Begin(Store& store) const override;
};

}  // namespace longmen::projections
