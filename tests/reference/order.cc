#include <algorithm>

#include "tests/reference/decision.h"

namespace longmen::reference {
namespace {

Code PassedCode(schema::LimitWindow window, bool count) {
  switch (window) {
    case schema::LimitWindow::SINGLE:
      return Code::EXCEEDS_SINGLE_LIMIT;
    case schema::LimitWindow::DAY:
      return count ? Code::EXCEEDS_DAILY_COUNT : Code::EXCEEDS_DAILY_AMOUNT;
    case schema::LimitWindow::YEAR:
      return count ? Code::EXCEEDS_YEARLY_COUNT : Code::EXCEEDS_YEARLY_AMOUNT;
    case schema::LimitWindow::TOTAL:
      return count ? Code::EXCEEDS_TOTAL_COUNT : Code::EXCEEDS_TOTAL_AMOUNT;
  }
  return Code::NONE;
}

bool InWindow(schema::LimitWindow window, DayNumber day, DayNumber other) {
  switch (window) {
    case schema::LimitWindow::SINGLE:
      return false;
    case schema::LimitWindow::DAY:
      return day == other;
    case schema::LimitWindow::YEAR:
      return YearOf(day) == YearOf(other);
    case schema::LimitWindow::TOTAL:
      return true;
  }
  return false;
}

// What every action but `placed` says of an order that is not live.
Code NotLive(const Order& order) {
  return order.status == OrderStatus::kExpired ? Code::ORDER_EXPIRED : Code::ORDER_NOT_OPEN;
}

}  // namespace

void Decision::Settle(State& state, Order& order) {
  if (!IsLive(order.status)) order.held = 0;
  const Wide open =
      Wide{order.amount} - state.DebitsOf(order.name, false) - state.DebitsOf(order.name, true);
  order.held = static_cast<int64_t>(std::min<Wide>(order.held, std::max<Wide>(open, 0)));
}

void Decision::DecideOrder() {
  auto given = proposal_.getBody().getOrder();
  const bool placing = given.getAction() == schema::OrderAction::PLACED;
  const auto found = state_.orders.find(order_key_);
  const bool exists = found != state_.orders.end();

  std::vector<std::string> parties = {Str(given.getPayer()), Str(given.getPayee())};
  if (!placing) {
    parties.clear();
    if (exists) parties = {found->second.payer, found->second.payee};
  }
  bool any_exists = false;
  bool may_touch_one = false;
  for (const std::string& party : parties) {
    if (!state_.accounts.contains(party)) continue;
    any_exists = true;
    if (MayTouch(state_.ParticipantOf(party))) may_touch_one = true;
  }
  RefuseIf(any_exists && !may_touch_one, Code::NOT_PERMITTED, placing ? "order.payee" : "key");

  if (placing) return Place();
  RefuseIf(!exists, Code::UNKNOWN_ORDER, "key");
  switch (given.getAction()) {
    case schema::OrderAction::AMENDED:
      return Amend(found->second);
    case schema::OrderAction::CANCELLED:
      return Cancel(found->second);
    default:
      return;  // progressed: changes nothing
  }
}

void Decision::Place() {
  auto given = proposal_.getBody().getOrder();
  const Nanos occurred = proposal_.getOccurredAt();
  Order order;
  order.name = order_key_;
  order.amount = given.getAmount().getMinor();
  order.currency = given.getAmount().getCurrency();
  order.counter = given.getCounterAmount().getMinor();
  order.counter_currency = given.getCounterAmount().getCurrency();
  order.payer = Str(given.getPayer());
  order.payee = Str(given.getPayee());
  order.scheme = Str(given.getScheme());
  order.mandate = Str(given.getMandate());
  order.submitter = Str(given.getSubmitter());
  order.channel = Str(given.getChannel());
  order.splits = SplitsOf(given.getSplits());
  order.resources = Strs(given.getResources());
  order.valid_from = given.getValidFrom();
  order.valid_until = given.getValidUntil();
  order.placed = sequence_;

  // Existence.
  RefuseIf(state_.orders.contains(order_key_), Code::ORDER_EXISTS, "key");
  RefuseIf(!order.payer.empty() && !state_.accounts.contains(order.payer), Code::UNKNOWN_ACCOUNT,
           "order.payer");
  RefuseIf(!state_.accounts.contains(order.payee), Code::UNKNOWN_ACCOUNT, "order.payee");
  for (size_t i = 0; i < order.splits.size(); ++i) {
    RefuseIf(!state_.accounts.contains(order.splits[i].account), Code::UNKNOWN_ACCOUNT,
             Indexed("order.splits", i, ".account"));
  }
  RefuseIf(!order.scheme.empty() && !state_.schemes.contains(order.scheme), Code::UNKNOWN_SCHEME,
           "order.scheme");
  RefuseIf(!order.mandate.empty() && !state_.mandates.contains(order.mandate),
           Code::UNKNOWN_MANDATE, "order.mandate");

  // State. The accounts in the order in which the rules name them.
  std::vector<std::pair<std::string, std::string>> accounts;  // field, account
  if (!order.payer.empty()) accounts.emplace_back("order.payer", order.payer);
  accounts.emplace_back("order.payee", order.payee);
  for (size_t i = 0; i < order.splits.size(); ++i) {
    accounts.emplace_back(Indexed("order.splits", i, ".account"), order.splits[i].account);
  }
  for (const auto& [field, account] : accounts) {
    const bool other = field != "order.payer" && order.counter_currency != 0;
    RefuseIf(state_.accounts[account].currency != (other ? order.counter_currency : order.currency),
             Code::CURRENCY_MISMATCH, field);
  }
  for (const auto& [field, account] : accounts) {
    const schema::AccountKind kind = state_.accounts[account].kind;
    RefuseIf(kind == schema::AccountKind::CLEARING, Code::ACCOUNT_KIND_NOT_ALLOWED, field);
    RefuseIf(kind == schema::AccountKind::FX && order.counter_currency != 0,
             Code::ACCOUNT_KIND_NOT_ALLOWED, field);
    RefuseIf(kind == schema::AccountKind::SETTLEMENT && !state_.accounts[account].unlimited,
             Code::ACCOUNT_KIND_NOT_ALLOWED, field);
  }
  for (const auto& [field, account] : accounts) {
    RefuseIf(field != "order.payer" && account == order.payer, Code::ROUTE_MISMATCH, field);
  }
  for (const auto& [field, account] : accounts) {
    RefuseIf(!order.payer.empty() && order.scheme.empty() && given.getValidFrom() == 0 &&
                 state_.ParticipantOf(account) != state_.ParticipantOf(order.payer),
             Code::SCHEME_REQUIRED, "order.scheme");
  }
  for (const auto& [field, account] : accounts) {
    RefuseIf(!order.scheme.empty() && !state_.schemes[order.scheme].pending_accounts &&
                 state_.accounts[account].kind == schema::AccountKind::PENDING,
             Code::PENDING_NOT_ALLOWED, field);
  }
  for (const auto& [field, account] : accounts) {
    const schema::Status status = state_.accounts[account].status;
    RefuseIf(field == "order.payer" && status == schema::Status::FROZEN, Code::ACCOUNT_FROZEN,
             field);
    RefuseIf(status == schema::Status::CLOSED, Code::ACCOUNT_CLOSED, field);
  }
  RefuseIf(order.valid_until != 0 && occurred > order.valid_until, Code::ORDER_EXPIRED,
           "order.validUntil");
  RefuseIf(order.valid_until != 0 && order.valid_until < order.valid_from, Code::ORDER_EXPIRED,
           "order.validFrom");
  for (size_t i = 0; i < order.resources.size(); ++i) {
    for (const auto& [name, other] : state_.orders) {
      RefuseIf(name.first == order_key_.first && IsLive(other.status) &&
                   Contains(other.resources, order.resources[i]),
               Code::RESOURCE_BUSY, Indexed("order.resources", i));
    }
    for (size_t j = 0; j < i; ++j) {
      RefuseIf(order.resources[j] == order.resources[i], Code::RESOURCE_BUSY,
               Indexed("order.resources", i));
    }
  }

  RefuseIf(state_.AboveScheme(order.scheme, order.amount), Code::EXCEEDS_SCHEME,
           "order.amount.minor");
  if (!order.mandate.empty()) {
    const Mandate& mandate = state_.mandates[order.mandate];
    RefuseIf(mandate.account != order.payer, Code::MANDATE_ACCOUNT_MISMATCH, "order.mandate");
    RefuseIf(mandate.status != schema::Status::OPEN || occurred < mandate.valid_from ||
                 (mandate.valid_before != 0 && occurred >= mandate.valid_before),
             Code::MANDATE_NOT_ACTIVE, "order.mandate");
    order.usage_day = LocalDate(occurred, mandate.offset_minutes);
    order.required_level = RequiredLevel(order.mandate, order.amount, order.usage_day, order_key_);
    RefuseIf(!mandate.channels.empty() && !Contains(mandate.channels, order.channel),
             Code::CHANNEL_NOT_ALLOWED, "order.channel");
    RefuseIf(!mandate.payees.empty() && !Contains(mandate.payees, order.payee),
             Code::PAYEE_NOT_ALLOWED, "order.payee");
    for (size_t i = 0; i < order.splits.size(); ++i) {
      RefuseIf(!mandate.payees.empty() && !Contains(mandate.payees, order.splits[i].account),
               Code::PAYEE_NOT_ALLOWED, Indexed("order.splits", i, ".account"));
    }
    RefuseIf(!mandate.merchants.empty() && !Contains(mandate.merchants, Str(given.getMerchant())),
             Code::MERCHANT_NOT_ALLOWED, "order.merchant");
    RefuseIf(!mandate.categories.empty() &&
                 !Contains(mandate.categories, Str(given.getMerchantCategory())),
             Code::MERCHANT_CATEGORY_NOT_ALLOWED, "order.merchantCategory");
    const bool exchanged = given.getCounterAmount().getMinor() != 0;
    const uint16_t paid_in = exchanged ? given.getCounterAmount().getCurrency() : order.currency;
    const auto& allowed = mandate.currencies;
    RefuseIf(
        !allowed.empty() && std::find(allowed.begin(), allowed.end(), paid_in) == allowed.end(),
        Code::CURRENCY_NOT_ALLOWED,
        exchanged ? "order.counterAmount.currency" : "order.amount.currency");
  }
  order.status = order.required_level > 0 ? OrderStatus::kPendingAuthorization : OrderStatus::kOpen;
  state_.orders[order_key_] = order;
}

Code Decision::PassedLimit(const Movement& debit) const {
  const Account& account = state_.accounts.at(debit.payer);
  const DayNumber today = LocalDate(debit.occurred, state_.ledger_offset_minutes);
  for (const Limit& limit : account.limits) {
    Wide used = 0;
    Wide used_count = 0;
    for (const auto& [sequence, other] : state_.movements) {
      if (other.kind != MovementKind::kDebit || other.payer != debit.payer ||
          other.outcome == schema::Outcome::FAILED) {
        continue;
      }
      const DayNumber then = LocalDate(other.occurred, state_.ledger_offset_minutes);
      if (!InWindow(limit.window, today, then)) continue;
      used += other.amount;
      used_count += 1;
    }
    if (limit.amount != 0 && used + debit.amount > limit.amount) {
      return PassedCode(limit.window, false);
    }
    const bool counts = limit.count != 0 && limit.window != schema::LimitWindow::SINGLE;
    if (counts && used_count + 1 > limit.count) return PassedCode(limit.window, true);
  }
  return Code::NONE;
}

uint8_t Decision::RequiredLevel(const std::string& name, Wide amount, DayNumber day,
                                const OrderKey& self) const {
  const Mandate& mandate = state_.mandates.at(name);
  uint8_t required = 0;
  for (const Limit& limit : mandate.limits) {
    Wide used = 0;
    Wide used_count = 0;
    for (const auto& [key, other] : state_.orders) {
      if (key == self || other.mandate != name) continue;
      if (!InWindow(limit.window, day, other.usage_day)) continue;
      const Wide consumption = state_.Consumption(other);
      used += consumption;
      if (consumption > 0) used_count += 1;
    }
    const bool amount_passed = limit.amount != 0 && used + amount > limit.amount;
    const bool count_passed = limit.count != 0 && used_count + 1 > limit.count;
    RefuseIf(amount_passed && !limit.steps_up, PassedCode(limit.window, false), "order.mandate");
    RefuseIf(count_passed && !limit.steps_up, PassedCode(limit.window, true), "order.mandate");
    if (amount_passed || count_passed) required = std::max<uint8_t>(required, 1);
  }
  for (const auto& [above, level] : mandate.levels) {
    if (above < amount) required = std::max(required, level);
  }
  return required;
}

void Decision::Amend(Order& order) {
  auto given = proposal_.getBody().getOrder();
  const Nanos occurred = proposal_.getOccurredAt();
  const bool new_amount = given.getAmount().getMinor() != 0;
  const int64_t amount = new_amount ? given.getAmount().getMinor() : order.amount;
  RefuseIf(!IsLive(order.status), NotLive(order), "key");
  RefuseIf(order.valid_until != 0 && occurred > order.valid_until, Code::ORDER_EXPIRED,
           "order.validUntil");
  RefuseIf(state_.DebitsOf(order.name, false) != 0 || state_.DebitsOf(order.name, true) != 0 ||
               order.held != 0,
           Code::ORDER_PARTLY_PAID, "key");
  RefuseIf(order.version == UINT16_MAX, Code::AMOUNT_OVERFLOW, "key");
  RefuseIf(new_amount && given.getAmount().getCurrency() != order.currency, Code::CURRENCY_MISMATCH,
           "order.amount.currency");
  Wide splits = 0;
  for (const Part& split : order.splits) splits += split.minor;
  RefuseIf(splits > amount, Code::EXCEEDS_ORDER, "order.amount.minor");
  RefuseIf(given.getValidUntil() != 0 && given.getValidUntil() < occurred, Code::ORDER_EXPIRED,
           "order.validUntil");
  const Nanos from = given.getValidFrom() != 0 ? given.getValidFrom() : order.valid_from;
  const Nanos until = given.getValidUntil() != 0 ? given.getValidUntil() : order.valid_until;
  RefuseIf(until != 0 && until < from, Code::ORDER_EXPIRED, "order.validFrom");
  RefuseIf(state_.AboveScheme(order.scheme, amount), Code::EXCEEDS_SCHEME, "order.amount.minor");
  uint8_t required = 0;
  if (!order.mandate.empty()) {
    required = RequiredLevel(order.mandate, amount, order.usage_day, order.name);
  }
  order.amount = amount;
  order.valid_from = from;
  order.valid_until = until;
  if (given.getFreesResources()) order.resources.clear();
  order.version = static_cast<uint16_t>(order.version + 1);
  order.approved_level = 0;
  order.approved_by.clear();
  order.required_level = required;
  order.status = required > 0 ? OrderStatus::kPendingAuthorization : OrderStatus::kOpen;
  Settle(state_, order);
}

void Decision::Cancel(Order& order) {
  RefuseIf(!IsLive(order.status), NotLive(order), "key");
  RefuseIf(state_.DebitsOf(order.name, true) != 0, Code::ORDER_PARTLY_PAID, "key");
  order.status =
      state_.DebitsOf(order.name, false) > 0 ? OrderStatus::kCompleted : OrderStatus::kCancelled;
  Settle(state_, order);
}

}  // namespace longmen::reference
