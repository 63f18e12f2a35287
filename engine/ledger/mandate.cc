// What a mandate allows, and limits: of a mandate's orders, of what leaves an account
// (docs/rules.md, Order 3 and 4, Debit 5).
#include <algorithm>

#include "engine/ledger/rules.h"

namespace longmen::engine {
namespace {

template <typename Item, typename Named>
bool Listed(const std::vector<Item>& list, const Named& item) {
  return list.empty() || std::find(list.begin(), list.end(), item) != list.end();
}

// Where the payee gets another currency than the payer gives, it is the payee's that counts.
Decision CheckCurrency(const MandateRow& mandate, schema::Order::Reader order) {
  const uint16_t counter = order.getCounterAmount().getCurrency();
  if (Listed(mandate.currencies, counter != 0 ? counter : order.getAmount().getCurrency())) {
    return {};
  }
  return Ladder().Refuse(Code::CURRENCY_NOT_ALLOWED,
                         counter != 0 ? "order.counterAmount.currency" : "order.amount.currency");
}

// Where an order may be made, and for whom.
Decision CheckScope(const MandateRow& mandate, schema::Order::Reader order) {
  const Ladder ladder;
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
  if (!Listed(mandate.merchants, View(order.getMerchant()))) {
    return ladder.Refuse(Code::MERCHANT_NOT_ALLOWED, "order.merchant");
  }
  if (!Listed(mandate.merchant_categories, View(order.getMerchantCategory()))) {
    return ladder.Refuse(Code::MERCHANT_CATEGORY_NOT_ALLOWED, "order.merchantCategory");
  }
  return CheckCurrency(mandate, order);
}

}  // namespace

// The limits come before the scope: the amount is refused before anything else is looked at
// (domain D4, vector 2).
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
  const LimitVerdict verdict = JudgeLimits(asked.state, ref, order.getAmount().getMinor(),
                                           LocalDate(occurred_at, mandate.utc_offset_minutes), 0);
  if (verdict.refused != Code::NONE) return ladder.Refuse(verdict.refused, "order.mandate");
  return CheckScope(mandate, order);
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

bool ExceedsScheme(const State& state, Ref<SchemeRow> scheme, int64_t minor) {
  const int64_t most = scheme.empty() ? 0 : state.schemes[scheme].max_minor;
  return most != 0 && minor > most;
}

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

namespace {

// What the order's payer got back, in its own currency.
__int128 ReturnedTo(const State& state, const OrderRow& order) {
  if (order.counter_currency == 0) return order.refunded;
  __int128 returned = 0;
  for (const Sequence sequence : order.movements) {
    const MovementRow& movement = *state.movements.Find(sequence);
    const bool back =
        movement.kind == MovementKind::kRefund && movement.outcome == schema::Outcome::SUCCEEDED;
    if (back) returned += movement.payer_minor();
  }
  return returned;
}

}  // namespace

int64_t ConsumptionOf(const State& state, const OrderRow& order) {
  const int64_t moved = order.paid + order.in_flight;
  const int64_t most = IsLive(order.status) ? std::max(order.amount, moved) : moved;
  const bool restores = !order.mandate.empty() && state.mandates[order.mandate].restores_on_refund;
  if (!restores) return most;
  // A report may give back more than was paid, and so may another rate.
  return most - static_cast<int64_t>(std::min<__int128>(ReturnedTo(state, order), most));
}

}  // namespace longmen::engine
