#include "adapters/campus/steps.h"
#include "adapters/port/attempts.h"
#include "adapters/port/card_notice.h"
#include "adapters/port/record_json.h"

namespace longmen::adapters::campus {
namespace {

using schema::CampusStage;
using schema::Outcome;

// What the batch no longer has was posted: the school gives it back (A5.5). What it does have has
// not been posted, and goes first.
void AddFromSchool(Step& at, const Bill& bill, const Money& amount) {
  const int64_t collected = Collected(at.ledger, bill.batch());
  const auto batch = FindBatch(at.ledger, bill.batch());
  if (!batch || collected >= amount.minor) return;
  const OrderState& order = batch->order;
  AddStandAlone(at, bill.order.key, schema::DebitKind::POSTING,
                {amount.minor - collected, amount.currency},
                {order.payee, order.payer, order.scheme});
}

// A refund that its bank could not make is asked for anew: under another number, for the same
// payment. Its money was held all the while.
void Retry(Refund::Reader refund, const Bill& bill, const Money& amount, Step& at) {
  const std::string key = bill.order.key;
  const std::string attempt = Copy(refund.getRetries());
  const auto place = AttemptPlace(attempt, key, kRefundMark, bill.refunds.size());
  if (!place) return at.out.Refuse(Code::UNKNOWN_DEBIT, "refund.retries", key);
  const MovementState& failed = bill.refunds[*place];
  if (!IsAbnormal(failed, attempt)) {
    return at.out.Refuse(Code::ALREADY_RESOLVED, "refund.retries", key);
  }
  if (amount != failed.amount) {
    return at.out.Refuse(Code::AMOUNT_MISMATCH, "refund.amount.minor", key);
  }
  InitRefundResult(AddStep(at, key, CampusStage::REFUNDED, bill.batch()), failed, Outcome::FAILED);
  AddRefund(at, bill, *bill.PaymentOf(failed), amount);
}

}  // namespace

schema::Refund::Builder AddRefund(Step& at, const Bill& bill, const MovementState& payment,
                                  const Money& amount) {
  auto refund = InitRefund(AddStep(at, bill.order.key, CampusStage::REFUNDED, bill.batch()), amount,
                           OutcomeAtOnce(at.ledger, payment.from_account), payment);
  refund.setChannelReference(AttemptNumber(bill.order.key, kRefundMark, bill.refunds.size()));
  return refund;
}

// A5.2 rule 12. That no more goes back than was paid is the ledger's to check.
void TakeRefund(Refund::Reader refund, Step& at) {
  const std::string key = Copy(refund.getNumber());
  const auto bill = FindBill(at.ledger, key);
  if (!bill) return at.out.Refuse(Code::UNKNOWN_ORDER, "refund.number", key);
  const Money amount = MoneyOf(refund.getAmount());
  if (amount.currency != bill->order.amount.currency) {
    return at.out.Refuse(Code::CURRENCY_MISMATCH, "refund.amount.currency", key);
  }
  if (refund.hasRetries()) return Retry(refund, *bill, amount, at);
  if (bill->order.paid == 0) {
    return at.out.Refuse(Code::DEBIT_NOT_SUCCEEDED, "refund.number", key);
  }
  const MovementState* payment = bill->Refundable();
  if (payment == nullptr) return at.out.Refuse(Code::EXCEEDS_DEBIT, "refund.amount.minor", key);
  AddFromSchool(at, *bill, amount);
  auto proposal = AddRefund(at, *bill, *payment, amount);
  if (refund.hasReason()) proposal.setReason(refund.getReason());
}

// A5.6: a card that was replaced has its issuer's answer; until the money is gone it stays held.
void TakeRefundResult(RefundResult::Reader result, Step& at) {
  const std::string key = Copy(result.getNumber());
  const auto bill = FindBill(at.ledger, key);
  if (!bill) return at.out.Refuse(Code::UNKNOWN_ORDER, "refundResult.number", key);
  const std::string attempt = Copy(result.getAttempt());
  const auto place = AttemptPlace(attempt, key, kRefundMark, bill->refunds.size());
  if (!place) return at.out.Refuse(Code::UNKNOWN_DEBIT, "refundResult.attempt", key);
  TakeRefundAnswer(bill->refunds[*place], attempt,
                   {.outcome = result.getOutcome(),
                    .clearing_date = result.getClearingDate(),
                    .reference = result.getReference(),
                    .reason = result.getReason()},
                   key, "refundResult.attempt", at);
}

}  // namespace longmen::adapters::campus
