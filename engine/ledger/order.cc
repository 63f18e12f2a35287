// Orders (docs/rules.md, Order).
#include <algorithm>

#include "engine/ledger/rules.h"

namespace longmen::engine {
namespace {

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

Decision CheckExistence(const Asked& asked, schema::Order::Reader order, const NamedAccounts& named,
                        Ref<SchemeRow> scheme) {
  const Ladder ladder;
  const State& state = asked.state;
  if (asked.order != nullptr) return ladder.Refuse(Code::ORDER_EXISTS, "key");
  for (size_t i = 0; i < named.accounts.size(); ++i) {
    if (named.accounts[i].empty()) return ladder.Refuse(Code::UNKNOWN_ACCOUNT, named.FieldOf(i));
  }
  if (order.hasScheme() && scheme.empty()) {
    return ladder.Refuse(Code::UNKNOWN_SCHEME, "order.scheme");
  }
  if (order.hasMandate() && state.mandates.Find(View(order.getMandate())) == nullptr) {
    return ladder.Refuse(Code::UNKNOWN_MANDATE, "order.mandate");
  }
  return {};
}

Decision CheckAccounts(const State& state, schema::Order::Reader order, const NamedAccounts& named,
                       Ref<SchemeRow> scheme) {
  const Ladder ladder;
  const size_t count = named.accounts.size();
  const auto account = [&](size_t i) -> const AccountRow& {
    return state.accounts[named.accounts[i]];
  };
  const uint16_t currency = order.getAmount().getCurrency();
  const uint16_t counter = order.getCounterAmount().getCurrency();
  for (size_t i = 0; i < count; ++i) {
    const bool credited = i >= named.begin_of_payees();
    if (account(i).currency != (credited && counter != 0 ? counter : currency)) {
      return ladder.Refuse(Code::CURRENCY_MISMATCH, named.FieldOf(i));
    }
  }
  for (size_t i = 0; i < count; ++i) {
    if (!MayStand(account(i), counter != 0, false)) {
      return ladder.Refuse(Code::ACCOUNT_KIND_NOT_ALLOWED, named.FieldOf(i));
    }
  }
  for (size_t i = 1; named.payer_first && i < count; ++i) {
    if (named.accounts[i] == named.accounts[0]) {
      return ladder.Refuse(Code::ROUTE_MISMATCH, named.FieldOf(i));
    }
  }
  // Which scheme will be open when a payment falls due, its debit says.
  if (named.payer_first && scheme.empty() && order.getValidFrom() == 0) {
    for (size_t i = 1; i < count; ++i) {
      if (account(i).participant != account(0).participant) {
        return ladder.Refuse(Code::SCHEME_REQUIRED, "order.scheme");
      }
    }
  }
  if (!scheme.empty() && !state.schemes[scheme].pending_accounts) {
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

Decision CheckScheme(const State& state, Ref<SchemeRow> scheme, int64_t minor) {
  if (!ExceedsScheme(state, scheme, minor)) return {};
  return Ladder().Refuse(Code::EXCEEDS_SCHEME, "order.amount.minor");
}

// Over before it begins: no debit could ever occur.
bool IsNeverValid(Nanos valid_from, Nanos valid_until) {
  return valid_until != 0 && valid_from > valid_until;
}

Decision DecidePlaced(const Asked& asked, schema::Order::Reader order) {
  const Ladder ladder;
  const auto named = AccountsOf(asked.state, order);
  const auto scheme =
      order.hasScheme() ? asked.state.schemes.RefOf(View(order.getScheme())) : Ref<SchemeRow>();
  if (auto fault = CheckExistence(asked, order, named, scheme); !fault.accepted()) return fault;
  if (auto fault = CheckAccounts(asked.state, order, named, scheme); !fault.accepted()) {
    return fault;
  }
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
  if (auto fault = CheckScheme(asked.state, scheme, order.getAmount().getMinor());
      !fault.accepted()) {
    return fault;
  }
  if (!order.hasMandate()) return {};
  return CheckMandate(asked, order);
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
  if (auto fault = CheckScheme(asked.state, row.scheme, minor != 0 ? minor : row.amount);
      !fault.accepted()) {
    return fault;
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
  row.counter_amount = order.getCounterAmount().getMinor();
  row.counter_currency = order.getCounterAmount().getCurrency();
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
  const int64_t target = ConsumptionOf(state, row_);
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
