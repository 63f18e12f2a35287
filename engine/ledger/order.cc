// Orders (docs/rules.md, Order).
#include <algorithm>

#include "engine/ledger/rules.h"

namespace longmen::engine {
namespace {

bool Listed(const std::vector<std::string>& list, std::string_view item) {
  return list.empty() || std::find(list.begin(), list.end(), item) != list.end();
}

// The accounts an order names: payer if any, payee, splits. What is not registered is empty.
struct NamedAccounts {
  FewOf<Ref<AccountRow>, 4> accounts;
  bool payer_first = false;

  size_t begin_of_payees() const { return payer_first ? 1 : 0; }
  std::string FieldOf(size_t i) const {
    if (payer_first && i == 0) return "order.payer";
    const size_t payee = i - begin_of_payees();
    return payee == 0 ? "order.payee" : Indexed("order.splits", payee - 1, "account");
  }
};
NamedAccounts AccountsOf(const State& state, schema::Order::Reader order) {
  NamedAccounts named;
  named.payer_first = order.hasPayer();
  if (named.payer_first) named.accounts.push_back(state.accounts.RefOf(View(order.getPayer())));
  named.accounts.push_back(state.accounts.RefOf(View(order.getPayee())));
  for (auto split : order.getSplits()) {
    named.accounts.push_back(state.accounts.RefOf(View(split.getAccount())));
  }
  return named;
}

Decision CheckExistence(const Asked& asked, schema::Order::Reader order,
                        const NamedAccounts& named) {
  const Ladder ladder;
  const State& state = asked.state;
  if (asked.order != nullptr) return ladder.Refuse(Code::ORDER_EXISTS, "key");
  for (size_t i = 0; i < named.accounts.size(); ++i) {
    if (named.accounts[i].empty()) return ladder.Refuse(Code::UNKNOWN_ACCOUNT, named.FieldOf(i));
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
                       const NamedAccounts& named) {
  const Ladder ladder;
  const size_t count = named.accounts.size();
  const auto account = [&](size_t i) -> const AccountRow& {
    return state.accounts[named.accounts[i]];
  };
  for (size_t i = 0; i < count; ++i) {
    if (account(i).currency != order.getAmount().getCurrency()) {
      return ladder.Refuse(Code::CURRENCY_MISMATCH, named.FieldOf(i));
    }
  }
  for (size_t i = 0; i < count; ++i) {
    if (account(i).kind == schema::AccountKind::CLEARING) {
      return ladder.Refuse(Code::ACCOUNT_KIND_NOT_ALLOWED, named.FieldOf(i));
    }
  }
  for (size_t i = 1; named.payer_first && i < count; ++i) {
    if (named.accounts[i] == named.accounts[0]) {
      return ladder.Refuse(Code::ROUTE_MISMATCH, named.FieldOf(i));
    }
  }
  if (named.payer_first && !order.hasScheme()) {
    for (size_t i = 1; i < count; ++i) {
      if (account(i).participant != account(0).participant) {
        return ladder.Refuse(Code::SCHEME_REQUIRED, "order.scheme");
      }
    }
  }
  if (order.hasScheme() && !state.schemes.Find(View(order.getScheme()))->pending_accounts) {
    for (size_t i = 0; i < count; ++i) {
      if (account(i).kind == schema::AccountKind::PENDING) {
        return ladder.Refuse(Code::PENDING_NOT_ALLOWED, named.FieldOf(i));
      }
    }
  }
  for (size_t i = 0; i < count; ++i) {
    const schema::Status status = account(i).status;
    if (status == schema::Status::CLOSED) {
      return ladder.Refuse(Code::ACCOUNT_CLOSED, named.FieldOf(i));
    }
    if (status == schema::Status::FROZEN && i < named.begin_of_payees()) {
      return ladder.Refuse(Code::ACCOUNT_FROZEN, named.FieldOf(i));
    }
  }
  return {};
}

Decision CheckMandate(const Asked& asked, schema::Order::Reader order) {
  const Ladder ladder;
  const Ref<MandateRow> ref = asked.state.mandates.RefOf(View(order.getMandate()));
  const MandateRow& mandate = asked.state.mandates[ref];
  if (asked.state.accounts[mandate.account].name != View(order.getPayer())) {
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
  const LimitVerdict verdict = JudgeLimits(asked.state, ref, order.getAmount().getMinor(),
                                           LocalDate(occurred_at, mandate.utc_offset_minutes), 0);
  if (verdict.refused != Code::NONE) return ladder.Refuse(verdict.refused, "order.mandate");
  return {};
}

// Over before it begins: no debit could ever occur.
bool IsNeverValid(Nanos valid_from, Nanos valid_until) {
  return valid_until != 0 && valid_from > valid_until;
}

Decision DecidePlaced(const Asked& asked, schema::Order::Reader order) {
  const Ladder ladder;
  const auto named = AccountsOf(asked.state, order);
  if (auto fault = CheckExistence(asked, order, named); !fault.accepted()) return fault;
  if (auto fault = CheckAccounts(asked.state, order, named); !fault.accepted()) return fault;
  if (order.getValidUntil() != 0 && asked.proposal.getOccurredAt() > order.getValidUntil()) {
    return ladder.Refuse(Code::ORDER_EXPIRED, "order.validUntil");
  }
  if (IsNeverValid(order.getValidFrom(), order.getValidUntil())) {
    return ladder.Refuse(Code::ORDER_EXPIRED, "order.validFrom");
  }
  const auto resources = order.getResources();
  for (uint32_t i = 0; i < resources.size(); ++i) {
    bool named_before = false;
    for (uint32_t j = 0; j < i; ++j) named_before |= resources[j] == resources[i];
    if (named_before ||
        asked.state.resources.Find({asked.opened.scenario(), View(resources[i])}) != nullptr) {
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
  if (IsNeverValid(order.getValidFrom() != 0 ? order.getValidFrom() : row.valid_from,
                   order.getValidUntil() != 0 ? order.getValidUntil() : row.valid_until)) {
    return ladder.Refuse(Code::ORDER_EXPIRED, "order.validFrom");
  }
  if (!row.mandate.empty()) {
    const LimitVerdict verdict = JudgeLimits(
        asked.state, row.mandate, minor != 0 ? minor : row.amount, row.usage_day, row.consumed);
    if (verdict.refused != Code::NONE) return ladder.Refuse(verdict.refused, "order.mandate");
  }
  return {};
}

void ApplyPlaced(Change& change, schema::Order::Reader order) {
  State& state = change.state;
  const schema::Scenario scenario = change.opened.scenario();
  const Ref<OrderRow> ref = state.orders.Insert(change.opened.order);
  OrderEdit edit(change, ref);
  OrderRow& row = *edit;
  row.amount = order.getAmount().getMinor();
  row.currency = order.getAmount().getCurrency();
  row.valid_from = order.getValidFrom();
  row.valid_until = order.getValidUntil();
  if (order.hasPayer()) row.payer = state.accounts.RefOf(View(order.getPayer()));
  row.payee = state.accounts.RefOf(View(order.getPayee()));
  if (order.hasScheme()) row.scheme = state.schemes.RefOf(View(order.getScheme()));
  if (order.hasMandate()) row.mandate = state.mandates.RefOf(View(order.getMandate()));
  row.submitter = View(order.getSubmitter());
  row.channel = View(order.getChannel());
  for (auto split : order.getSplits()) {
    row.splits.push_back({split.getMinor(), state.accounts.RefOf(View(split.getAccount()))});
  }
  for (auto resource : order.getResources()) {
    row.resources.push_back(Text(resource));
    const auto holder = state.resources.Upsert({scenario, View(resource)});
    state.resources.Mutable(holder).order = row.name;
  }
  row.placed = change.header.sequence;
  if (!row.mandate.empty()) {
    const MandateRow& mandate = state.mandates[row.mandate];
    row.usage_day = LocalDate(change.proposal.getOccurredAt(), mandate.utc_offset_minutes);
    row.required_level =
        JudgeLimits(state, row.mandate, row.amount, row.usage_day, 0).required_level;
  }
  row.status = row.required_level > 0 ? OrderStatus::kPendingAuthorization : OrderStatus::kOpen;
  edit.Done();
}

void ApplyAmended(Change& change, OrderEdit& edit, schema::Order::Reader order) {
  if (order.getAmount().getMinor() != 0) edit->amount = order.getAmount().getMinor();
  if (order.getValidFrom() != 0) edit->valid_from = order.getValidFrom();
  if (order.getValidUntil() != 0) edit->valid_until = order.getValidUntil();
  if (order.getFreesResources()) edit.FreeResources();
  edit->version = static_cast<uint16_t>(edit->version + 1);
  edit->approved_level = 0;
  edit->approvers.clear();
  edit->required_level = 0;
  if (!edit->mandate.empty()) {
    edit->required_level =
        JudgeLimits(change.state, edit->mandate, edit->amount, edit->usage_day, edit->consumed)
            .required_level;
  }
  edit->status = edit->required_level > 0 ? OrderStatus::kPendingAuthorization : OrderStatus::kOpen;
}

}  // namespace

Code NotLiveCode(const OrderRow& order) {
  return order.status == OrderStatus::kExpired ? Code::ORDER_EXPIRED : Code::ORDER_NOT_OPEN;
}

namespace {

// The codes of a limit passed: by amount, and by count.
std::pair<Code, Code> CodesOf(schema::LimitWindow window) {
  switch (window) {
    case schema::LimitWindow::SINGLE:
      break;
    case schema::LimitWindow::DAY:
      return {Code::EXCEEDS_DAILY_AMOUNT, Code::EXCEEDS_DAILY_COUNT};
    case schema::LimitWindow::YEAR:
      return {Code::EXCEEDS_YEARLY_AMOUNT, Code::EXCEEDS_YEARLY_COUNT};
    case schema::LimitWindow::TOTAL:
      return {Code::EXCEEDS_TOTAL_AMOUNT, Code::EXCEEDS_TOTAL_COUNT};
  }
  return {Code::EXCEEDS_SINGLE_LIMIT, Code::EXCEEDS_SINGLE_LIMIT};
}

template <typename Owner>
LimitVerdict Judge(const std::vector<LimitRow>& limits, const Table<UsageRow<Owner>>& usage,
                   Ref<Owner> owner, int64_t minor, DayNumber day, int64_t own) {
  const auto windows = UsageKeys(owner, day);
  LimitVerdict verdict;
  for (const LimitRow& limit : limits) {
    const auto [amount_code, count_code] = CodesOf(limit.window);
    UsageRow<Owner> used;
    for (const UsageKey<Owner>& window : windows) {
      if (window.window != limit.window) continue;
      if (const auto* row = usage.Find(window)) used = *row;
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
  return verdict;
}

}  // namespace

Code JudgeAccountLimits(const State& state, Ref<AccountRow> account, int64_t minor,
                        Nanos occurred_at) {
  const auto terms = state.accounts[account].terms;
  if (terms.empty()) return Code::NONE;
  return Judge(state.terms[terms].limits, state.account_usage, account, minor,
               LocalDate(occurred_at, state.utc_offset_minutes), 0)
      .refused;
}

bool ExceedsCeiling(const State& state, const AccountRow& account, __int128 minor) {
  if (account.terms.empty()) return false;
  const int64_t ceiling = state.terms[account.terms].ceiling;
  return ceiling != 0 && account.balance + minor > ceiling;
}

LimitVerdict JudgeLimits(const State& state, Ref<MandateRow> ref, int64_t minor, DayNumber day,
                         int64_t own) {
  const MandateRow& mandate = state.mandates[ref];
  LimitVerdict verdict = Judge(mandate.limits, state.usage, ref, minor, day, own);
  if (verdict.refused != Code::NONE) return verdict;
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

OrderEdit::OrderEdit(Change& change, Ref<OrderRow> order)
    : change_(change),
      order_(order),
      row_(change.state.orders.Mutable(order)),
      before_(TimersOf(row_)) {}

OrderEdit::Timers OrderEdit::TimersOf(const OrderRow& row) {
  Timers timers;
  if (HasHoldTimer(row)) timers.hold = row.hold_until;
  if (HasOrderTimer(row)) timers.order = row.valid_until;
  return timers;
}

void OrderEdit::Release(int64_t minor) {
  if (minor == 0) return;
  row_.held -= minor;
  change_.Hold(row_.payer, -minor);
}

void OrderEdit::MoveTimer(TimerKind kind, std::optional<Nanos> from, std::optional<Nanos> to) {
  if (from == to) return;
  auto& timers = change_.state.timers;
  if (from) timers.Erase({*from, kind, row_.scenario, row_.name});
  if (to) timers.Insert({*to, kind, row_.scenario, row_.name});
}

void OrderEdit::Consume() {
  State& state = change_.state;
  const int64_t target = ConsumptionOf(row_);
  const int more = (target > 0 ? 1 : 0) - (row_.consumed > 0 ? 1 : 0);
  Use(state.usage, row_.mandate, row_.usage_day, static_cast<__int128>(target) - row_.consumed,
      more);
  row_.consumed = target;
}

void OrderEdit::Unoccupy() {
  auto& resources = change_.state.resources;
  for (const std::string& resource : row_.resources) {
    const auto held = resources.RefOf({row_.scenario, resource});
    if (!held.empty() && resources[held].order == row_.name) resources.Erase(held);
  }
}

void OrderEdit::FreeResources() {
  Unoccupy();
  row_.resources.clear();
}

void OrderEdit::Done() {
  State& state = change_.state;
  if (!IsLive(row_.status)) {
    Release(row_.held);
    Unoccupy();
  } else {
    const int64_t room = std::max<int64_t>(0, row_.amount - row_.paid - row_.in_flight);
    if (row_.held > room) Release(row_.held - room);
  }
  const Timers after = TimersOf(row_);
  MoveTimer(TimerKind::kHold, before_.hold, after.hold);
  MoveTimer(TimerKind::kOrder, before_.order, after.order);
  if (!row_.mandate.empty()) Consume();
  row_.changed = change_.header.sequence;
  row_.stored = false;
  if (row_.settled()) Age(state, Aged::Kind::kOrder, order_, row_.changed);
  change_.effects.order = ViewOrder(state, row_);
}

Decision DecideOrder(const Asked& asked) {
  const auto order = asked.proposal.getBody().getOrder();
  if (order.getAction() == schema::OrderAction::PLACED) return DecidePlaced(asked, order);
  const Ladder ladder;
  const OrderRow* row = asked.order;
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
  OrderEdit edit(change, change.state.orders.RefOf(change.opened.order));
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
