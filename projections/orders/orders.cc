#include "projections/orders/orders.h"

#include "projections/store/encoding.h"
#include "projections/store/refused.h"

namespace longmen::projections {

// Its scenario and key are in the key of the row.
template <typename Archive>
static void Fields(Archive& archive, OrderState& state) {
  archive(state.status, state.amount, state.paid, state.in_flight);
  archive(state.refunded, state.refunding, state.held, state.payer, state.payee, state.scheme);
  archive(state.mandate, state.channel, state.valid_until, state.version, state.approved_level);
  archive(state.required_level, state.placed);
}

template <typename Archive>
static void Fields(Archive& archive, Order& order) {
  Fields(archive, order.state);
  archive(order.sequence);
}

// The same, only written, without a copy of the state.
struct OrderRef {
  const OrderState& state;
  Sequence sequence;
};

template <typename Archive>
static void Fields(Archive& archive, OrderRef& order) {
  Fields(archive, const_cast<OrderState&>(order.state));
  archive(order.sequence);
}

template <typename Archive>
static void Fields(Archive& archive, Touch& touch) {
  archive(touch.sequence, touch.body, touch.refused);
}

namespace {

// scenario, key -> AmendedRow: the Order, if one was placed, and its Touches, appended
constexpr std::string_view kRows = "orders/k";

KeyWriter RowKey(schema::Scenario scenario, std::string_view key) {
  return std::move(KeyWriter(kRows).Scenario(scenario).Text(key));
}

void PutTouch(schema::Scenario scenario, std::string_view key, const Touch& touch, Store& store) {
  if (key.empty()) return;
  ValueWriter writer;
  WriteFields(writer, touch);
  store.Amend(RowKey(scenario, key), {}, writer.bytes());
}

Error NoSuchOrder() { return {Code::NOT_FOUND, "", "there is no such order"}; }

Result<Order> WithName(Result<Order> order, schema::Scenario scenario, std::string_view key) {
  if (!order.ok()) return order;
  order->state.scenario = scenario;
  order->state.key = key;
  return order;
}

}  // namespace

Result<Order> FindOrder(const ReadStore& store, schema::Scenario scenario, std::string_view key) {
  const auto value = store.Get(RowKey(scenario, key));
  const std::string_view head = value ? ReadAmendedRow(*value).head : std::string_view();
  if (head.empty()) return NoSuchOrder();
  return WithName(Decode<Order>(head), scenario, key);
}

Result<std::vector<Order>> Orders(const ReadStore& store, const std::optional<OrderName>& after,
                                  size_t limit) {
  const std::string from = after ? RowKey(after->scenario, after->key).bytes() : "";
  std::vector<Order> orders;
  std::optional<Error> error;
  store.Scan(kRows, from, [&](std::string_view key, std::string_view value) {
    if (orders.size() >= limit) return false;
    KeyReader reader(key, kRows);
    const auto scenario = static_cast<schema::Scenario>(reader.Small());
    const std::string name = reader.Text();
    const std::string_view head = ReadAmendedRow(value).head;
    if (head.empty()) return true;
    auto order = reader.done() ? WithName(Decode<Order>(head), scenario, name) : CorruptKey();
    if (!order.ok()) error = order.error();
    if (order.ok()) orders.push_back(std::move(order).value());
    return !error;
  });
  if (error) return *error;
  return orders;
}

Result<std::vector<Touch>> TouchesOf(const ReadStore& store, schema::Scenario scenario,
                                     std::string_view key) {
  const auto value = store.Get(RowKey(scenario, key));
  const std::string_view tail = value ? ReadAmendedRow(*value).tail : std::string_view();
  if (tail.empty()) return Error{Code::NOT_FOUND, "key", "no record is about this key"};
  auto touches = DecodeSeries<Touch>(tail);
  if (!touches.ok()) return touches;
  // A refused group may hold several proposals about the key: its last one counts.
  std::vector<Touch> once;
  for (const Touch& touch : *touches) {
    if (!once.empty() && once.back().sequence == touch.sequence) once.pop_back();
    once.push_back(touch);
  }
  return once;
}

void OrdersProjection::Fold(const RecordView& record, schema::Proposal::Reader proposal,
                            const Effects& effects, Store& store) const {
  const Sequence sequence = record.header.sequence;
  const Body body = BodyOf(proposal);
  const auto touch = [&](schema::Proposal::Reader about, Body of, bool refused) {
    PutTouch(about.getScenario(), View(about.getKey()),
             {.sequence = sequence, .body = of, .refused = refused}, store);
  };
  const bool touches = IsPaymentLife(body);
  if (effects.order) {
    const OrderState& state = *effects.order;
    ValueWriter head;
    ValueWriter tail;
    WriteFields(head, OrderRef{state, sequence});
    // Nearly always the record is about that order.
    const bool own =
        touches && state.scenario == proposal.getScenario() && state.key == View(proposal.getKey());
    if (own) WriteFields(tail, Touch{.sequence = sequence, .body = body});
    store.Amend(RowKey(state.scenario, state.key), head.bytes(), tail.bytes());
    if (!own && touches) touch(proposal, body, false);
  } else if (touches) {
    touch(proposal, body, false);
  }
  if (body != Body::kRefusal) return;
  const auto refusal = proposal.getBody().getRefusal();
  if (refusal.getTranslation()) touch(proposal, Body::kRefusal, true);
  ForEachRefused(refusal, [&](uint32_t, schema::Proposal::Reader refused) {
    const Body of = BodyOf(refused);
    if (IsPaymentLife(of)) touch(refused, of, true);
  });
}

}  // namespace longmen::projections
