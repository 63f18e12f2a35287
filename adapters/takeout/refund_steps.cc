#include <algorithm>
#include <string>
#include <vector>

#include "adapters/port/attempts.h"
#include "adapters/port/card_notice.h"
#include "adapters/port/record_json.h"
#include "adapters/takeout/steps.h"

namespace longmen::adapters::takeout {
namespace {

using schema::Outcome;
using schema::TakeoutStage;

std::vector<int64_t> RestsOf(const std::vector<Share>& shares) {
  std::vector<int64_t> rests;
  for (const Share& share : shares) rests.push_back(share.Rest());
  return rests;
}

void AddShareRefund(Step& at, const Share& share, int64_t minor, TakeoutStage stage) {
  if (minor == 0) return;
  InitRefund(AddStep(at, share.order.key, stage), {minor, share.order.amount.currency},
             Outcome::SUCCEEDED, *share.payment);
}

// What the payee's account no longer has was paid out: it is advanced, and the payee owes it (D3).
void AddAdvance(Step& at, const Share& payee, int64_t minor, const std::string& receivable) {
  const auto account = at.ledger.FindAccount(payee.order.payee);
  if (!account || receivable.empty()) return;
  const int64_t has = std::max<int64_t>(0, account->balance.minor - account->held.minor);
  if (has >= minor) return;
  AddStandAlone(at, payee.order.key, schema::DebitKind::ADVANCE,
                {minor - has, payee.order.amount.currency},
                {receivable, payee.order.payee, payee.order.scheme});
}

void CancelOpen(Step& at, const OrderState& order, capnp::Text::Reader reason) {
  if (IsLive(order.status)) AddCancelled(at, order.key, reason);
}

}  // namespace

schema::Refund::Builder AddRefund(Step& at, const Meal& meal, const MovementState& payment,
                                  const Money& amount, TakeoutStage stage) {
  auto refund = InitRefund(AddStep(at, meal.order.key, stage), amount,
                           OutcomeAtOnce(at.ledger, payment.from_account), payment);
  refund.setChannelReference(AttemptNumber(meal.order.key, kRefundMark, meal.refunds.size()));
  return refund;
}

// D3: before the merchant accepts, everybody has everything back.
void TakeReject(Reject::Reader reject, Step& at) {
  const std::string key = Copy(reject.getOrder());
  const auto meal = FindMeal(at.ledger, key);
  if (!meal) return at.out.Refuse(Code::UNKNOWN_ORDER, "reject.order", key);
  if (meal->accepted()) return at.out.Refuse(Code::ALREADY_RESOLVED, "reject.order", key);
  const bool paid = meal->Rest() > 0;
  if (!paid && !IsLive(meal->order.status)) {
    return at.out.Refuse(Code::DUPLICATE_NOTICE, "reject.order", key);
  }
  CancelOpen(at, meal->order, reject.getReason());
  for (const Share& payee : meal->payees) CancelOpen(at, payee.order, reject.getReason());
  for (const Share& funder : meal->funders) {
    CancelOpen(at, funder.order, reject.getReason());
    AddShareRefund(at, funder, funder.Rest(), TakeoutStage::REJECTED);
  }
  if (!paid) return;
  auto refund = AddRefund(at, *meal, *meal->paid(), {meal->Rest(), meal->order.amount.currency},
                          TakeoutStage::REJECTED);
  if (reject.hasReason()) refund.setReason(reject.getReason());
}

// D3: after it, items; every share gives its part of what the user has back, and the funders have
// theirs.
void TakeRefund(Refund::Reader given, Step& at) {
  const std::string key = Copy(given.getOrder());
  const auto meal = FindMeal(at.ledger, key);
  if (!meal) return at.out.Refuse(Code::UNKNOWN_ORDER, "refund.order", key);
  const Money amount = MoneyOf(given.getAmount());
  if (amount.currency != meal->order.amount.currency) {
    return at.out.Refuse(Code::CURRENCY_MISMATCH, "refund.amount.currency", key);
  }
  if (!meal->accepted()) return at.out.Refuse(Code::ORDER_NOT_OPEN, "refund.order", key);
  if (amount.minor > meal->Rest()) {
    return at.out.Refuse(Code::EXCEEDS_DEBIT, "refund.amount.minor", key);
  }
  // What the funders have back, and the user, is what the payees give.
  const int64_t rest = meal->Rest();
  const auto funders = RestsOf(meal->funders);
  __int128 funded = 0;
  for (const int64_t share : funders) funded += share;
  const auto to_all_funders = static_cast<int64_t>(funded * amount.minor / rest);
  const auto to_funders = PartsOf(funders, amount.minor, rest, to_all_funders);
  const auto from_payees =
      PartsOf(RestsOf(meal->payees), amount.minor, rest, amount.minor + to_all_funders);
  for (size_t i = 0; i < from_payees.size(); ++i) {
    AddAdvance(at, meal->payees[i], from_payees[i], Copy(given.getReceivable()));
    AddShareRefund(at, meal->payees[i], from_payees[i], TakeoutStage::REFUNDED);
  }
  for (size_t i = 0; i < to_funders.size(); ++i) {
    AddShareRefund(at, meal->funders[i], to_funders[i], TakeoutStage::REFUNDED);
  }
  auto refund = AddRefund(at, *meal, *meal->paid(), amount, TakeoutStage::REFUNDED);
  if (given.hasReason()) refund.setReason(given.getReason());
}

void TakeRefundResult(RefundResult::Reader result, Step& at) {
  const std::string key = Copy(result.getOrder());
  const auto meal = FindMeal(at.ledger, key);
  if (!meal) return at.out.Refuse(Code::UNKNOWN_ORDER, "refundResult.order", key);
  const std::string attempt = Copy(result.getAttempt());
  const auto place = AttemptPlace(attempt, key, kRefundMark, meal->refunds.size());
  if (!place) return at.out.Refuse(Code::UNKNOWN_DEBIT, "refundResult.attempt", key);
  TakeRefundAnswer(meal->refunds[*place], attempt,
                   {.outcome = result.getOutcome(),
                    .clearing_date = result.getClearingDate(),
                    .reference = result.getReference(),
                    .reason = result.getReason()},
                   key, "refundResult.attempt", at);
}

}  // namespace longmen::adapters::takeout
