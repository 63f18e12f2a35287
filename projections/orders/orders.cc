#include "projections/orders/orders.h"

#include "projections/store/encoding.h"
#include "projections/store/refused.h"

namespace longmen::projections {

template <typename Archive>
static void Fields(Archive& archive, OrderState& state) {
  archive(state.scenario, state.key, state.status, state.amount, state.paid, state.in_flight);
  archive(state.refunded, state.refunding, state.held, state.payer, state.payee, state.scheme);
  archive(state.mandate, state.channel, state.valid_until, state.version, state.approved_level);
  archive(state.required_level, state.placed);
}

template <typename Archive>
static void Fields(Archive& archive, Order& order) {
  Fields(archive, order.state);
  archive(order.sequence);
}

template <typename Archive>
static void Fields(Archive& archive, Touch& touch) {
  archive(touch.sequence, touch.body, touch.refused);
}

namespace {

constexpr std::string_view kOrders = "orders/o";   // scenario, key -> Order
constexpr std::string_view kTouches = "orders/t";  // scenario, key, sequence -> Touch

KeyWriter OrderKey(std::string_view prefix, schema::Scenario scenario, std::string_view key) {
  return std::move(KeyWriter(prefix).Scenario(scenario).Text(key));
}

void PutTouch(schema::Scenario scenario, std::string_view key, const Touch& touch, Store& store) {
  if (key.empty()) return;
  store.Put(OrderKey(kTouches, scenario, key).Number(touch.sequence), Encode(touch));
}

}  // namespace

Result<Order> FindOrder(const ReadStore& store, schema::Scenario scenario, std::string_view key) {
  return Read<Order>(store, OrderKey(kOrders, scenario, key), "such order");
}

Result<std::vector<Order>> Orders(const ReadStore& store, const std::optional<OrderName>& after,
                                  size_t limit) {
  const std::string from = after ? OrderKey(kOrders, after->scenario, after->key).bytes() : "";
  return ReadAll<Order>(store, kOrders, from, limit,
                        [](auto, std::string_view value) { return Decode<Order>(value); });
}

Result<std::vector<Touch>> TouchesOf(const ReadStore& store, schema::Scenario scenario,
                                     std::string_view key) {
  auto touches = ReadAll<Touch>(store, OrderKey(kTouches, scenario, key), {}, SIZE_MAX,
                                [](auto, std::string_view value) { return Decode<Touch>(value); });
  if (touches.ok() && touches->empty()) {
    return Error{Code::NOT_FOUND, "key", "no record is about this key"};
  }
  return touches;
}

void OrdersProjection::Fold(const RecordView& record, schema::Proposal::Reader proposal,
                            const Effects& effects, Store& store) const {
  const Sequence sequence = record.header.sequence;
  if (effects.order) {
    store.Put(OrderKey(kOrders, effects.order->scenario, effects.order->key),
              Encode(Order{.state = *effects.order, .sequence = sequence}));
  }
  const Body body = BodyOf(proposal);
  const auto touch = [&](schema::Proposal::Reader about, Body of, bool refused) {
    PutTouch(about.getScenario(), View(about.getKey()),
             {.sequence = sequence, .body = of, .refused = refused}, store);
  };
  if (IsPaymentLife(body)) touch(proposal, body, false);
  if (body != Body::kRefusal) return;
  const auto refusal = proposal.getBody().getRefusal();
  if (refusal.getTranslation()) touch(proposal, Body::kRefusal, true);
  ForEachRefused(refusal, [&](uint32_t, schema::Proposal::Reader refused) {
    const Body of = BodyOf(refused);
    if (IsPaymentLife(of)) touch(refused, of, true);
  });
}

}  // namespace longmen::projections
