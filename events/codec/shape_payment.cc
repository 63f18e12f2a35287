#include "events/codec/shape_rules.h"

namespace longmen::codec {
namespace {

// The same value in the other currency: its two members and where they stand.
struct Counter {
  int64_t minor;
  uint16_t currency;
  const char* group;
  const char* minor_place;
  const char* currency_place;

  bool stated() const { return minor != 0 || currency != 0; }
};

Counter CounterOf(schema::Order::Reader order) {
  const auto counter = order.getCounterAmount();
  return {counter.getMinor(), counter.getCurrency(), "order.counterAmount",
          "order.counterAmount.minor", "order.counterAmount.currency"};
}

Counter CounterOf(schema::Debit::Reader debit) {
  const auto counter = debit.getCounterAmount();
  return {counter.getMinor(), counter.getCurrency(), "debit.counterAmount",
          "debit.counterAmount.minor", "debit.counterAmount.currency"};
}

Counter CounterOf(schema::Refund::Reader refund) {
  const auto counter = refund.getCounterAmount();
  return {counter.getMinor(), counter.getCurrency(), "refund.counterAmount",
          "refund.counterAmount.minor", "refund.counterAmount.currency"};
}

// It may be left out, but not in part, and is in another currency than the amount.
bool CheckCounter(const Counter& counter, uint16_t currency, ShapeRules& rules) {
  return !counter.stated() || (rules.Amount(counter.minor, counter.currency, counter.group,
                                            counter.minor_place, counter.currency_place) &&
                               rules.Absent(counter.currency != currency, counter.group));
}

// A rate stands beside a counter amount, and is between the two currencies.
bool CheckRate(bool stated, schema::Rate::Reader rate, const Counter& counter, uint16_t currency,
               const char* place, const char* mantissa, const char* scale, const char* base,
               ShapeRules& rules) {
  if (!counter.stated()) return rules.Absent(!stated, place);
  return rules.Required(stated, place) && rules.Required(rate.getMantissa() != 0, mantissa) &&
         rules.NotNegative(rate.getMantissa(), mantissa, kRateMantissaMax) &&
         rules.NotNegative(rate.getScale(), scale, kRateScaleMax) &&
         rules.Currency(rate.getBase(), base) &&
         rules.Absent(rate.getBase() == currency || rate.getBase() == counter.currency, base);
}

// Only an amendment gives free what the order occupies.
bool FreesNothing(schema::Order::Reader order, ShapeRules& rules) {
  return rules.Absent(!order.getFreesResources(), "order.freesResources");
}

bool CheckPlaced(schema::Order::Reader order, ShapeRules& rules) {
  const auto amount = order.getAmount();
  if (!rules.Amount(amount.getMinor(), amount.getCurrency(), "order.amount", "order.amount.minor",
                    "order.amount.currency") ||
      !rules.Instant(order.getValidUntil(), "order.validUntil") ||
      !rules.Id(order.getPayer(), "order.payer") ||
      !rules.RequiredId(order.getPayee(), "order.payee") ||
      !rules.Id(order.getScheme(), "order.scheme") ||
      !rules.Id(order.getMandate(), "order.mandate") ||
      !rules.Person(order.getSubmitter(), "order.submitter") ||
      !rules.Id(order.getChannel(), "order.channel") ||
      !rules.Splits(order.getSplits(), amount.getMinor(), "order.splits")) {
    return false;
  }
  const auto resources = order.getResources();
  if (!rules.ListSize(resources.size(), "order.resources")) return false;
  for (unsigned i = 0; i < resources.size(); ++i) {
    if (!rules.RequiredKey(resources[i], {"order.resources", i})) return false;
  }
  return rules.Required(order.getMandate().size() == 0 || order.getPayer().size() > 0,
                        "order.payer") &&
         rules.Instant(order.getValidFrom(), "order.validFrom") &&
         CheckCounter(CounterOf(order), amount.getCurrency(), rules) &&
         rules.Absent(order.getSplits().size() == 0 || !CounterOf(order).stated(),
                      "order.splits") &&
         rules.Id(order.getMerchant(), "order.merchant") &&
         rules.MerchantCategory(order.getMerchantCategory(), "order.merchantCategory") &&
         FreesNothing(order, rules);
}

// What is settled when an order is placed and never stated again.
bool HasNoRoute(schema::Order::Reader order, ShapeRules& rules) {
  return rules.Absent(order.getPayer().size() == 0, "order.payer") &&
         rules.Absent(order.getPayee().size() == 0, "order.payee") &&
         rules.Absent(order.getScheme().size() == 0, "order.scheme") &&
         rules.Absent(order.getMandate().size() == 0, "order.mandate") &&
         rules.Absent(order.getSubmitter().size() == 0, "order.submitter") &&
         rules.Absent(order.getChannel().size() == 0, "order.channel") &&
         rules.Absent(order.getSplits().size() == 0, "order.splits") &&
         rules.Absent(order.getResources().size() == 0, "order.resources") &&
         rules.Absent(!CounterOf(order).stated(), "order.counterAmount") &&
         rules.Absent(order.getMerchant().size() == 0, "order.merchant") &&
         rules.Absent(order.getMerchantCategory().size() == 0, "order.merchantCategory");
}

// No amount leaves it as it is, whatever currency is named beside it.
bool CheckAmended(schema::Order::Reader order, ShapeRules& rules) {
  const auto amount = order.getAmount();
  if (amount.getMinor() != 0) {
    if (!rules.Positive(amount.getMinor(), "order.amount.minor") ||
        !rules.Currency(amount.getCurrency(), "order.amount.currency")) {
      return false;
    }
  } else if (amount.getCurrency() != 0 &&
             !rules.Currency(amount.getCurrency(), "order.amount.currency")) {
    return false;
  }
  return rules.Instant(order.getValidUntil(), "order.validUntil") &&
         rules.Instant(order.getValidFrom(), "order.validFrom") && HasNoRoute(order, rules);
}

bool HasReasonOnly(schema::Order::Reader order, ShapeRules& rules) {
  return rules.Absent(order.getAmount().getMinor() == 0, "order.amount.minor") &&
         rules.Absent(order.getAmount().getCurrency() == 0, "order.amount.currency") &&
         rules.Absent(order.getValidUntil() == 0, "order.validUntil") &&
         rules.Absent(order.getValidFrom() == 0, "order.validFrom") && HasNoRoute(order, rules) &&
         FreesNothing(order, rules);
}

// What the payee gets in another currency. It goes to nobody else in part.
bool CheckExchange(schema::Debit::Reader debit, ShapeRules& rules) {
  const Counter counter = CounterOf(debit);
  const uint16_t currency = debit.getAmount().getCurrency();
  return rules.Required(debit.getKind() != schema::DebitKind::EXCHANGE || counter.stated(),
                        "debit.counterAmount") &&
         CheckCounter(counter, currency, rules) &&
         rules.Absent(debit.getSplits().size() == 0 || !counter.stated(), "debit.splits") &&
         CheckRate(debit.hasRate(), debit.getRate(), counter, currency, "debit.rate",
                   "debit.rate.mantissa", "debit.rate.scale", "debit.rate.base", rules);
}

// What a debit states of its route, unless it takes over the one of the debit that it resolves.
bool CheckDebitRoute(schema::Debit::Reader debit, ShapeRules& rules) {
  if (debit.hasResolves()) {
    return rules.Reference(debit.getResolves(), "debit.resolves.id", "debit.resolves.source") &&
           rules.Absent(debit.getPayer().size() == 0, "debit.payer") &&
           rules.Absent(debit.getPayee().size() == 0, "debit.payee") &&
           rules.Absent(debit.getScheme().size() == 0, "debit.scheme") &&
           rules.Absent(debit.getSplits().size() == 0, "debit.splits") &&
           rules.Absent(!CounterOf(debit).stated(), "debit.counterAmount") &&
           rules.Absent(!debit.hasRate(), "debit.rate");
  }
  if (debit.getKind() != schema::DebitKind::PAYMENT &&
      (!rules.Required(debit.getPayer().size() > 0, "debit.payer") ||
       !rules.Required(debit.getPayee().size() > 0, "debit.payee"))) {
    return false;
  }
  return rules.Id(debit.getPayer(), "debit.payer") && rules.Id(debit.getPayee(), "debit.payee") &&
         rules.Id(debit.getScheme(), "debit.scheme") &&
         rules.Splits(debit.getSplits(), debit.getAmount().getMinor(), "debit.splits") &&
         CheckExchange(debit, rules);
}

}  // namespace

bool CheckOrder(schema::Proposal::Reader proposal, ShapeRules& rules) {
  if (!rules.RequiredKey(proposal.getKey(), "key")) return false;
  const auto order = proposal.getBody().getOrder();
  bool ok = false;
  switch (order.getAction()) {
    case schema::OrderAction::PLACED:
      ok = CheckPlaced(order, rules);
      break;
    case schema::OrderAction::AMENDED:
      ok = CheckAmended(order, rules);
      break;
    case schema::OrderAction::CANCELLED:
    case schema::OrderAction::EXPIRED:
      ok = HasReasonOnly(order, rules);
      break;
    case schema::OrderAction::PROGRESSED:
      ok =
          HasReasonOnly(order, rules) && rules.Required(!proposal.getDetails().isNone(), "details");
      break;
    default:
      return rules.Fail(Code::UNKNOWN_ENUM, "order.action");
  }
  return ok && rules.Free(order.getReason(), "order.reason");
}

bool CheckAuthorization(schema::Proposal::Reader proposal, ShapeRules& rules) {
  if (!rules.RequiredKey(proposal.getKey(), "key")) return false;
  const auto authorization = proposal.getBody().getAuthorization();
  using Action = schema::AuthorizationAction;
  const Action action = authorization.getAction();
  if (!rules.Required(action != Action::UNSTATED, "authorization.action") ||
      !rules.Known(action, Action::EXPIRED, "authorization.action") ||
      !rules.Known(authorization.getMethod(), schema::AuthorizationMethod::DYNAMIC_TOKEN,
                   "authorization.method")) {
    return false;
  }
  const int64_t hold = authorization.getHoldMinor();
  const int64_t hold_until = authorization.getHoldUntil();
  if (action == Action::GRANTED) {
    if ((hold != 0 && !rules.Positive(hold, "authorization.holdMinor")) ||
        !rules.Instant(hold_until, "authorization.holdUntil") ||
        !rules.Required(hold_until == 0 || hold != 0, "authorization.holdMinor")) {
      return false;
    }
  } else if (!rules.Absent(hold == 0, "authorization.holdMinor") ||
             !rules.Absent(hold_until == 0, "authorization.holdUntil")) {
    return false;
  }
  // A version is judged when granting or declining; a level is approved, declined or demanded.
  const bool judges = action == Action::GRANTED || action == Action::DECLINED;
  const bool has_level = judges || action == Action::STEPPED_UP;
  return rules.Absent(judges || authorization.getOrderVersion() == 0,
                      "authorization.orderVersion") &&
         // An approval binds the version that was approved.
         rules.Required(action != Action::GRANTED || authorization.getLevel() == 0 ||
                            authorization.getOrderVersion() > 0,
                        "authorization.orderVersion") &&
         // And it is somebody's.
         rules.Required(action != Action::GRANTED || authorization.getLevel() == 0 ||
                            authorization.getBy().size() > 0,
                        "authorization.by") &&
         rules.Absent(has_level || authorization.getLevel() == 0, "authorization.level") &&
         rules.Required(action != Action::STEPPED_UP || authorization.getLevel() > 0,
                        "authorization.level") &&
         rules.Id(authorization.getRiskPolicy(), "authorization.riskPolicy") &&
         rules.Absent(action == Action::STEPPED_UP || authorization.getRiskPolicy().size() == 0,
                      "authorization.riskPolicy") &&
         rules.Absent(
             authorization.getRiskPolicy().size() > 0 || authorization.getRiskPoints() == 0,
             "authorization.riskPoints") &&
         rules.Person(authorization.getBy(), "authorization.by") &&
         rules.Free(authorization.getReason(), "authorization.reason");
}

bool CheckDebit(schema::Proposal::Reader proposal, ShapeRules& rules) {
  const auto debit = proposal.getBody().getDebit();
  const auto amount = debit.getAmount();
  if (!rules.Known(debit.getKind(), schema::DebitKind::LIQUIDITY, "debit.kind") ||
      !rules.Known(debit.getBasis(), schema::Basis::REPORTED, "debit.basis") ||
      !rules.Required(debit.getOutcome() != schema::Outcome::UNSTATED, "debit.outcome") ||
      !rules.Known(debit.getOutcome(), schema::Outcome::FAILED, "debit.outcome")) {
    return false;
  }
  using Action = schema::QueueAction;
  const Action queue = debit.getQueueAction();
  if (!rules.Known(queue, Action::PRIORITISE, "debit.queueAction") ||
      !rules.Absent(queue == Action::NONE ||
                        (debit.hasResolves() && debit.getOutcome() == schema::Outcome::PENDING),
                    "debit.queueAction") ||
      !rules.Absent(debit.getPriority() == 0 || debit.getOutcome() == schema::Outcome::SUCCEEDED ||
                        queue == Action::PRIORITISE,
                    "debit.priority")) {
    return false;
  }
  const bool needs_key = debit.getKind() == schema::DebitKind::PAYMENT;
  return rules.Required(!needs_key || proposal.getKey().size() > 0, "key") &&
         rules.Key(proposal.getKey(), "key") &&
         rules.Amount(amount.getMinor(), amount.getCurrency(), "debit.amount", "debit.amount.minor",
                      "debit.amount.currency") &&
         rules.Date(debit.getClearingDate(), "debit.clearingDate") &&
         CheckDebitRoute(debit, rules) && rules.Id(debit.getChannel(), "debit.channel") &&
         rules.Text(debit.getChannelReference(), "debit.channelReference") &&
         rules.Free(debit.getReason(), "debit.reason");
}

bool CheckRefund(schema::Proposal::Reader proposal, ShapeRules& rules) {
  const auto refund = proposal.getBody().getRefund();
  const auto amount = refund.getAmount();
  if (!rules.RequiredKey(proposal.getKey(), "key") ||
      !rules.Known(refund.getKind(), schema::RefundKind::REVERSAL, "refund.kind") ||
      !rules.Known(refund.getBasis(), schema::Basis::REPORTED, "refund.basis") ||
      !rules.Required(refund.getOutcome() != schema::Outcome::UNSTATED, "refund.outcome") ||
      !rules.Known(refund.getOutcome(), schema::Outcome::FAILED, "refund.outcome") ||
      !rules.Amount(amount.getMinor(), amount.getCurrency(), "refund.amount", "refund.amount.minor",
                    "refund.amount.currency") ||
      !rules.Date(refund.getClearingDate(), "refund.clearingDate")) {
    return false;
  }
  if (refund.hasResolves()) {
    if (!rules.Reference(refund.getResolves(), "refund.resolves.id", "refund.resolves.source") ||
        !rules.Absent(!refund.hasDebit(), "refund.debit") ||
        !rules.Absent(!CounterOf(refund).stated(), "refund.counterAmount") ||
        !rules.Absent(!refund.hasRate(), "refund.rate")) {
      return false;
    }
  } else if (!rules.Required(refund.hasDebit(), "refund.debit") ||
             !rules.Reference(refund.getDebit(), "refund.debit.id", "refund.debit.source") ||
             !CheckCounter(CounterOf(refund), amount.getCurrency(), rules) ||
             !CheckRate(refund.hasRate(), refund.getRate(), CounterOf(refund), amount.getCurrency(),
                        "refund.rate", "refund.rate.mantissa", "refund.rate.scale",
                        "refund.rate.base", rules)) {
    return false;
  }
  return rules.Id(refund.getChannel(), "refund.channel") &&
         rules.Text(refund.getChannelReference(), "refund.channelReference") &&
         rules.Free(refund.getReason(), "refund.reason");
}

}  // namespace longmen::codec
