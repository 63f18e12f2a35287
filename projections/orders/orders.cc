#include "projections/orders/orders.h"

#include <map>
#include <utility>

#include "projections/store/encoding.h"
#include "projections/store/refused.h"

namespace longmen::projections {

// Its scenario and key are in the key of the row.
template <typename Archive>
static void Fields(Archive& archive, OrderState& state) {
  archive(state.status, state.amount, state.paid, state.in_flight);
  archive(state.refunded, state.refunding, state.held, state.payer, state.payee, state.scheme);
  archive(state.mandate, state.submitter, state.channel, state.valid_from, state.valid_until,
          state.version, state.approved_level);
  archive(state.required_level, state.placed, state.counter);
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

// scenario, key -> AmendedRow: the Order, if one was placed, and its Touches, appended
constexpr std::string_view kRows = "orders/k";

KeyWriter RowKey(schema::Scenario scenario, std::string_view key) {
  return std::move(KeyWriter(kRows).Scenario(scenario).Text(key));
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

Result<std::vector<CollectionLine>> CollectionInto(const ReadStore& store, std::string_view payee) {
  constexpr size_t kPage = 1'000;
  std::map<std::pair<OrderStatus, uint16_t>, CollectionLine> lines;
  for (std::optional<OrderName> after;;) {
    const auto page = Orders(store, after, kPage);
    if (!page.ok()) return page.error();
    for (const Order& order : *page) {
      const OrderState& state = order.state;
      if (state.payee != payee) continue;
      CollectionLine& line = lines[{state.status, state.amount.currency.numeric}];
      line.status = state.status;
      line.currency = state.amount.currency;
      ++line.orders;
      line.asked.Add(state.amount.minor);
      line.paid.Add(state.paid);
      line.in_flight.Add(state.in_flight);
      line.refunded.Add(state.refunded);
    }
    if (page->size() < kPage) break;
    after = OrderName{page->back().state.scenario, page->back().state.key};
  }
  std::vector<CollectionLine> collection;
  for (const auto& [place, line] : lines) collection.push_back(line);
  return collection;
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

namespace {

// What comes one after the other about one order, as its placing, its authorization and its debit
// do, is written once.
class OrdersFolder final : public Folder {
 public:
  explicit OrdersFolder(Store& store) : store_(store) {}

  void Fold(const RecordView& record, schema::Proposal::Reader proposal,
            const Effects& effects) override {
    const Sequence sequence = record.header.sequence;
    const Body body = BodyOf(proposal);
    if (effects.order) {
      GoTo(effects.order->scenario, effects.order->key);
      order_ = {*effects.order, sequence};
    }
    if (IsPaymentLife(body)) AddTouch(proposal, {.sequence = sequence, .body = body});
    if (body != Body::kRefusal) return;
    const auto refusal = proposal.getBody().getRefusal();
    if (refusal.getTranslation()) {
      AddTouch(proposal, {.sequence = sequence, .body = Body::kRefusal, .refused = true});
    }
    ForEachRefused(refusal, [&](uint32_t, schema::Proposal::Reader refused) {
      const Body of = BodyOf(refused);
      if (!IsPaymentLife(of)) return;
      AddTouch(refused, {.sequence = sequence, .body = of, .refused = true});
    });
  }

  void Finish() override {
    if (order_) {
      ValueWriter head;
      WriteFields(head, *order_);
      store_.Amend(RowKey(scenario_, key_), head.bytes(), touches_.bytes());
    } else if (!touches_.bytes().empty()) {
      store_.Amend(RowKey(scenario_, key_), {}, touches_.bytes());
    }
    order_.reset();
    touches_.Clear();
  }

 private:
  void GoTo(schema::Scenario scenario, std::string_view key) {
    if (scenario == scenario_ && key == key_.view()) return;
    Finish();
    scenario_ = scenario;
    key_ = key;
  }
  void AddTouch(schema::Proposal::Reader about, const Touch& touch) {
    const std::string_view key = View(about.getKey());
    if (key.empty()) return;
    GoTo(about.getScenario(), key);
    WriteFields(touches_, touch);
  }

  Store& store_;
  // Of this key, and not in the store yet:
  schema::Scenario scenario_ = schema::Scenario::NONE;
  ShortText key_;
  std::optional<Order> order_;
  ValueWriter touches_;
};

}  // namespace

std::unique_ptr<Folder> OrdersProjection::Begin(Store& store) const {
  return std::make_unique<OrdersFolder>(store);
}

}  // namespace longmen::projections
