// Orders (docs/rules.md, Order).
#include <algorithm>

#include "engine/ledger/rules.h"

namespace longmen::engine {
namespace {

bool Listed(const std::vector<std::string>& list, std::string_view item) {
  return list.empty() || std::find(list.begin(), list.end(), item) != list.end();
}

// The accounts an order names: payer if any, payee, splits, each with its field.
struct Named {
  std::string_view account;
  std::string field;
};
std::vector<Named> AccountsOf(schema::Order::Reader order) {
  std::vector<Named> named;
  if (order.hasPayer()) named.push_back({View(order.getPayer()), "order.payer"});
  named.push_back({View(order.getPayee()), "order.payee"});
  const auto splits = order.getSplits();
  for (uint32_t i = 0; i < splits.size(); ++i) {
    named.push_back({View(splits[i].getAccount()), Indexed("order.splits", i, "account")});
  }
  return named;
}

Decision CheckExistence(const Asked& asked, schema::Order::Reader order,
                        const std::vector<Named>& named) {
  const Ladder ladder;
  const State& state = asked.state;
  const std::string id = OrderId(asked.proposal.getScenario(), View(asked.proposal.getKey()));
  if (state.orders.Find(id) != nullptr) return ladder.Refuse(Code::ORDER_EXISTS, "key");
  for (const Named& account : named) {
    if (state.accounts.Find(account.account) == nullptr) {
      return ladder.Refuse(Code::UNKNOWN_ACCOUNT, account.field);
    }
  }
  if (order.hasScheme() && state.schemes.Find(View(order.getScheme())) == nullptr) {
    return ladder.Refuse(Code::UNKNOWN_SCHEME, "order.scheme");
  }
  if (order.hasMandate() && state.mandates.Find(View(order.getMandate())) == nullptr) {
    return ladder.Refuse(Code::UNKNOWN_MANDATE, "order.mandate");
  }
  return {};
}

Decision CheckAccounts(const State& state, schema::Order::Reader order,
                       const std::vector<Named>& named) {
  const Ladder ladder;
  for (const Named& account : named) {
    if (state.accounts.Find(account.account)->currency != order.getAmount().getCurrency()) {
      return ladder.Refuse(Code::CURRENCY_MISMATCH, account.field);
    }
  }
  for (const Named& account : named) {
    if (state.accounts.Find(account.account)->kind == schema::AccountKind::CLEARING) {
      return ladder.Refuse(Code::ACCOUNT_KIND_NOT_ALLOWED, account.field);
    }
  }
  for (const Named& account : named) {
    if (account.field != "order.payer" && account.account == View(order.getPayer())) {
      return ladder.Refuse(Code::ROUTE_MISMATCH, account.field);
    }
  }
  if (order.hasPayer() && !order.hasScheme()) {
    const std::string& home = state.accounts.Find(View(order.getPayer()))->participant;
    for (const Named& account : named) {
      if (state.accounts.Find(account.account)->participant != home) {
        return ladder.Refuse(Code::SCHEME_REQUIRED, "order.scheme");
      }
    }
  }
  if (order.hasScheme() && !state.schemes.Find(View(order.getScheme()))->pending_accounts) {
    for (const Named& account : named) {
      if (state.accounts.Find(account.account)->kind == schema::AccountKind::PENDING) {
        return ladder.Refuse(Code::PENDING_NOT_ALLOWED, account.field);
      }
    }
  }
  for (const Named& account : named) {
    const schema::Status status = state.accounts.Find(account.account)->status;
    if (status == schema::Status::CLOSED) return ladder.Refuse(Code::ACCOUNT_CLOSED, account.field);
    if (status == schema::Status::FROZEN && account.field == "order.payer") {
      return ladder.Refuse(Code::ACCOUNT_FROZEN, account.field);
    }
  }
  return {};
}

Decision CheckMandate(const Asked& asked, schema::Order::Reader order) {
  const Ladder ladder;
  const std::string name = Text(order.getMandate());
  const MandateRow& mandate = *asked.state.mandates.Find(name);
  if (mandate.account != View(order.getPayer())) {
    return ladder.Refuse(Code::MANDATE_ACCOUNT_MISMATCH, "order.mandate");
  }
  const Nanos occurred_at = asked.proposal.getOccurredAt();
  if (!MandateActive(mandate, occurred_at)) {
    return ladder.Refuse(Code::MANDATE_NOT_ACTIVE, "order.mandate");
  }
  if (!Listed(mandate.channels, View(order.getChannel()))) {
    return ladder.Refuse(Code::CHANNEL_NOT_ALLOWED, "order.channel");
  }
  if (!Listed(mandate.payees, View(order.getPayee()))) {
    return ladder.Refuse(Code::PAYEE_NOT_ALLOWED, "order.payee");
  }
  const auto splits = order.getSplits();
  for (uint32_t i = 0; i < splits.size(); ++i) {
    if (!Listed(mandate.payees, View(splits[i].getAccount()))) {
      return ladder.Refuse(Code::PAYEE_NOT_ALLOWED, Indexed("order.splits", i, "account"));
    }
  }
  const LimitVerdict verdict = JudgeLimits(asked.state, name, mandate, order.getAmount().getMinor(),
                                           LocalDate(occurred_at, mandate.utc_offset_minutes), 0);
  if (verdict.refused != Code::NONE) return ladder.Refuse(verdict.refused, "order.mandate");
  return {};
}

Decision DecidePlaced(const Asked& asked, schema::Order::Reader order) {
  const Ladder ladder;
  const auto named = AccountsOf(order);
  if (auto fault = CheckExistence(asked, order, named); !fault.accepted()) return fault;
  if (auto fault = CheckAccounts(asked.state, order, named); !fault.accepted()) return fault;
  if (order.getValidUntil() != 0 && asked.proposal.getOccurredAt() > order.getValidUntil()) {
    return ladder.Refuse(Code::ORDER_EXPIRED, "order.validUntil");
  }
  const auto resources = order.getResources();
  for (uint32_t i = 0; i < resources.size(); ++i) {
    const std::string id = ResourceId(asked.proposal.getScenario(), View(resources[i]));
    bool named_before = false;
    for (uint32_t j = 0; j < i; ++j) named_before |= resources[j] == resources[i];
    if (named_before || asked.state.resources.Find(id) != nullptr) {
      return ladder.Refuse(Code::RESOURCE_BUSY, Indexed("order.resources", i));
    }
  }
  return order.hasMandate() ? CheckMandate(asked, order) : Decision{};
}

Decision DecideAmended(const Asked& asked, schema::Order::Reader order, const OrderRow& row) {
  const Ladder ladder;
  if (!IsLive(row.status)) return ladder.Refuse(NotLiveCode(row), "key");
  const Nanos occurred_at = asked.proposal.getOccurredAt();
  if (row.valid_until != 0 && occurred_at > row.valid_until) {
    return ladder.Refuse(Code::ORDER_EXPIRED, "order.validUntil");
  }
  if (row.paid != 0 || row.in_flight != 0 || row.held != 0) {
    return ladder.Refuse(Code::ORDER_PARTLY_PAID, "key");
  }
  if (row.version == UINT16_MAX) return ladder.Refuse(Code::AMOUNT_OVERFLOW, "key");
  const int64_t minor = order.getAmount().getMinor();
  if (minor != 0 && order.getAmount().getCurrency() != row.currency) {
    return ladder.Refuse(Code::CURRENCY_MISMATCH, "order.amount.currency");
  }
  __int128 splits = 0;
  for (const SplitRow& split : row.splits) splits += split.minor;
  if (minor != 0 && splits > minor) {
    return ladder.Refuse(Code::EXCEEDS_ORDER, "order.amount.minor");
  }
  if (order.getValidUntil() != 0 && order.getValidUntil() < occurred_at) {
    return ladder.Refuse(Code::ORDER_EXPIRED, "order.validUntil");
  }
  if (!row.mandate.empty()) {
    const LimitVerdict verdict =
        JudgeLimits(asked.state, row.mandate, *asked.state.mandates.Find(row.mandate),
                    minor != 0 ? minor : row.amount, row.usage_day, row.consumed);
    if (verdict.refused != Code::NONE) return ladder.Refuse(verdict.refused, "order.mandate");
  }
  return {};
}

void ApplyPlaced(Change& change, schema::Order::Reader order) {
  State& state = change.state;
  const std::string id = OrderId(change.proposal.getScenario(), View(change.proposal.getKey()));
  OrderRow row;
  row.scenario = change.proposal.getScenario();
  row.key = Text(change.proposal.getKey());
  row.amount = order.getAmount().getMinor();
  row.currency = order.getAmount().getCurrency();
  row.valid_until = order.getValidUntil();
  row.payer = Text(order.getPayer());
  row.payee = Text(order.getPayee());
  row.scheme = Text(order.getScheme());
  row.mandate = Text(order.getMandate());
  row.submitter = Text(order.getSubmitter());
  row.channel = Text(order.getChannel());
  for (auto split : order.getSplits()) {
    row.splits.push_back({split.getMinor(), Text(split.getAccount())});
  }
  for (auto resource : order.getResources()) row.resources.push_back(Text(resource));
  row.placed = change.header.sequence;
  if (!row.mandate.empty()) {
    const MandateRow& mandate = *state.mandates.Find(row.mandate);
    row.usage_day = LocalDate(change.proposal.getOccurredAt(), mandate.utc_offset_minutes);
    row.required_level =
        JudgeLimits(state, row.mandate, mandate, row.amount, row.usage_day, 0).required_level;
  }
  row.status = row.required_level > 0 ? OrderStatus::kPendingAuthorization : OrderStatus::kOpen;
  state.orders.Upsert(id);
  for (const std::string& resource : row.resources) {
    state.resources.Upsert(ResourceId(row.scenario, resource)).name = id;
  }
  OrderEdit edit(change, id);
  *edit = std::move(row);
  edit.Done();
}

void ApplyAmended(Change& change, OrderEdit& edit, schema::Order::Reader order) {
  if (order.getAmount().getMinor() != 0) edit->amount = order.getAmount().getMinor();
  if (order.getValidUntil() != 0) edit->valid_until = order.getValidUntil();
  edit->version = static_cast<uint16_t>(edit->version + 1);
  edit->approved_level = 0;
  edit->approvers.clear();
  edit->required_level = 0;
  if (!edit->mandate.empty()) {
    const MandateRow& mandate = *change.state.mandates.Find(edit->mandate);
    edit->required_level = JudgeLimits(change.state, edit->mandate, mandate, edit->amount,
                                       edit->usage_day, edit->consumed)
                               .required_level;
  }
  edit->status = edit->required_level > 0 ? OrderStatus::kPendingAuthorization : OrderStatus::kOpen;
}

}  // namespace

Code NotLiveCode(const OrderRow& order) {
  return order.status == OrderStatus::kExpired ? Code::ORDER_EXPIRED : Code::ORDER_NOT_OPEN;
}

bool MandateActive(const MandateRow& mandate, Nanos occurred_at) {
  return mandate.status == schema::Status::OPEN && mandate.valid_from <= occurred_at &&
         (mandate.valid_before == 0 || occurred_at < mandate.valid_before);
}

LimitVerdict JudgeLimits(const State& state, const std::string& mandate_name,
                         const MandateRow& mandate, int64_t minor, DayNumber day, int64_t own) {
  const UsageWindows windows = UsageIds(mandate_name, day);
  LimitVerdict verdict;
  for (const LimitRow& limit : mandate.limits) {
    UsageRow used;
    Code amount_code = Code::EXCEEDS_SINGLE_LIMIT;
    Code count_code = Code::EXCEEDS_SINGLE_LIMIT;
    switch (limit.window) {
      case schema::LimitWindow::SINGLE:
        break;
      case schema::LimitWindow::DAY:
        used = FindUsage(state, windows.day);
        amount_code = Code::EXCEEDS_DAILY_AMOUNT;
        count_code = Code::EXCEEDS_DAILY_COUNT;
        break;
      case schema::LimitWindow::YEAR:
        used = FindUsage(state, windows.year);
        amount_code = Code::EXCEEDS_YEARLY_AMOUNT;
        count_code = Code::EXCEEDS_YEARLY_COUNT;
        break;
      case schema::LimitWindow::TOTAL:
        used = FindUsage(state, windows.total);
        amount_code = Code::EXCEEDS_TOTAL_AMOUNT;
        count_code = Code::EXCEEDS_TOTAL_COUNT;
        break;
    }
    if (limit.window != schema::LimitWindow::SINGLE) {
      used.amount -= own;
      used.count -= own > 0 ? 1 : 0;
    }
    const bool over_amount = limit.amount != 0 && used.amount + minor > limit.amount;
    const bool over_count = limit.count != 0 && limit.window != schema::LimitWindow::SINGLE &&
                            used.count + 1 > limit.count;
    if (!over_amount && !over_count) continue;
    if (limit.passing == schema::LimitPassing::REFUSE) {
      verdict.refused = over_amount ? amount_code : count_code;
      return verdict;
    }
    verdict.required_level = std::max<uint8_t>(verdict.required_level, 1);
  }
  for (const LevelRow& level : mandate.levels) {
    if (minor > level.above) verdict.required_level = std::max(verdict.required_level, level.level);
  }
  return verdict;
}

int64_t ConsumptionOf(const OrderRow& order) {
  const int64_t moved = order.paid + order.in_flight;
  return IsLive(order.status) ? std::max(order.amount, moved) : moved;
}

bool HasHoldTimer(const OrderRow& order) { return order.held > 0 && order.hold_until != 0; }

bool HasOrderTimer(const OrderRow& order) {
  return IsLive(order.status) && order.valid_until != 0 && order.in_flight == 0;
}

OrderEdit::OrderEdit(Change& change, std::string order_id)
    : change_(change),
      id_(std::move(order_id)),
      row_(change.state.orders.Mutable(id_)),
      hold_timer_{row_.hold_until, TimerKind::kHold, id_},
      order_timer_{row_.valid_until, TimerKind::kOrder, id_},
      had_hold_timer_(HasHoldTimer(row_)),
      had_order_timer_(HasOrderTimer(row_)) {}

void OrderEdit::Release(int64_t minor) {
  if (minor == 0) return;
  row_.held -= minor;
  change_.Hold(row_.payer, -minor);
}

void OrderEdit::Done() {
  State& state = change_.state;
  if (!IsLive(row_.status)) {
    Release(row_.held);
    for (const std::string& resource : row_.resources) {
      const std::string id = ResourceId(row_.scenario, resource);
      const NameRow* holder = state.resources.Find(id);
      if (holder != nullptr && holder->name == id_) state.resources.Erase(id);
    }
  } else {
    const int64_t room = std::max<int64_t>(0, row_.amount - row_.paid - row_.in_flight);
    if (row_.held > room) Release(row_.held - room);
  }
  if (had_hold_timer_) state.timers.Erase(hold_timer_);
  if (had_order_timer_) state.timers.Erase(order_timer_);
  if (HasHoldTimer(row_)) state.timers.Insert({row_.hold_until, TimerKind::kHold, id_});
  if (HasOrderTimer(row_)) state.timers.Insert({row_.valid_until, TimerKind::kOrder, id_});
  if (!row_.mandate.empty()) {
    const int64_t target = ConsumptionOf(row_);
    const int more = (target > 0 ? 1 : 0) - (row_.consumed > 0 ? 1 : 0);
    const UsageWindows windows = UsageIds(row_.mandate, row_.usage_day);
    for (const std::string* window : {&windows.day, &windows.year, &windows.total}) {
      UsageRow& usage = state.usage.Upsert(*window);
      usage.amount += static_cast<__int128>(target) - row_.consumed;
      usage.count += static_cast<uint64_t>(more);
    }
    row_.consumed = target;
  }
  change_.effects.order = ViewOrder(row_);
}

Decision DecideOrder(const Asked& asked) {
  const auto order = asked.proposal.getBody().getOrder();
  if (order.getAction() == schema::OrderAction::PLACED) return DecidePlaced(asked, order);
  const Ladder ladder;
  const OrderRow* row =
      asked.state.orders.Find(OrderId(asked.proposal.getScenario(), View(asked.proposal.getKey())));
  if (row == nullptr) return ladder.Refuse(Code::UNKNOWN_ORDER, "key");
  switch (order.getAction()) {
    case schema::OrderAction::AMENDED:
      return DecideAmended(asked, order, *row);
    case schema::OrderAction::CANCELLED:
      if (!IsLive(row->status)) return ladder.Refuse(NotLiveCode(*row), "key");
      if (row->in_flight != 0) return ladder.Refuse(Code::ORDER_PARTLY_PAID, "key");
      return {};
    case schema::OrderAction::PLACED:
    case schema::OrderAction::EXPIRED:
    case schema::OrderAction::PROGRESSED:
      return {};
  }
  return {};
}

void ApplyOrder(Change& change) {
  const auto order = change.proposal.getBody().getOrder();
  if (order.getAction() == schema::OrderAction::PLACED) return ApplyPlaced(change, order);
  OrderEdit edit(change, OrderId(change.proposal.getScenario(), View(change.proposal.getKey())));
  switch (order.getAction()) {
    case schema::OrderAction::AMENDED:
      ApplyAmended(change, edit, order);
      break;
    case schema::OrderAction::CANCELLED:
      edit->status = edit->paid > 0 ? OrderStatus::kCompleted : OrderStatus::kCancelled;
      break;
    case schema::OrderAction::EXPIRED:
      edit->status = edit->paid > 0 ? OrderStatus::kCompleted : OrderStatus::kExpired;
      break;
    case schema::OrderAction::PLACED:
    case schema::OrderAction::PROGRESSED:
      break;
  }
  edit.Done();
}

}  // namespace longmen::engine
