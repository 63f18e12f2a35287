#include "adapters/campus/steps.h"
#include "adapters/port/attempts.h"
#include "adapters/port/card_notice.h"
#include "adapters/port/record_json.h"

namespace longmen::adapters::campus {
namespace {

using schema::CampusStage;
using schema::Outcome;

// The bill, where the amount is what it asks for. Nothing, and refused, elsewhere.
template <typename Given>
std::optional<Bill> FindDue(Given given, const std::string& step, Step& at) {
  const std::string key = Copy(given.getNumber());
  auto bill = FindBill(at.ledger, key);
  if (!bill) {
    at.out.Refuse(Code::UNKNOWN_ORDER, step + ".number", key);
    return std::nullopt;
  }
  if (!CheckAmount(bill->order.amount, MoneyOf(given.getAmount()), step + ".amount", key, at)) {
    return std::nullopt;
  }
  return bill;
}

schema::Proposal::Builder AddNotice(Step& at, const Bill& bill, const NoticedPayment& noticed,
                                    const CardNotice& notice) {
  const bool paid = notice.outcome == Outcome::SUCCEEDED;
  auto proposal =
      AddStep(at, bill.order.key, paid ? CampusStage::PAID : CampusStage::PAYING, bill.batch());
  InitNoticed(proposal, noticed, notice, bill.order.amount);
  return proposal;
}

// A5.6: money that a card's bank took and that does not pay this bill: it is paid already or void,
// or the card was debited after the window. What counts is when that was, not when it is told.
bool IsOwedBack(Step& at, const Bill& bill, const NoticedPayment& noticed) {
  const Nanos debited = noticed.payment != nullptr ? noticed.payment->occurred_at : at.occurred_at;
  return bill.order.paid > 0 || bill.order.status == OrderStatus::kCancelled ||
         !bill.ValidAt(debited);
}

// Nobody can pay it yet: it is not published, or its window is not open.
bool IsEarly(Step& at, const Bill& bill) {
  return at.occurred_at < bill.order.valid_from || !FindBatch(at.ledger, bill.batch());
}

// An early debit must not spend its bill, which is to be paid in the window: it is booked beside
// it, under a number of its own, and goes back.
void BookStray(Step& at, const Bill& bill, const CardNotice& notice) {
  Bill stray;
  for (size_t place = 0;; ++place) {
    const std::string number = AttemptNumber(bill.order.key, 's', place);
    const auto before = FindBill(at.ledger, number);
    if (!before) {
      stray.order.key = number;
      break;
    }
    for (const MovementState& payment : before->payments) {
      if (payment.channel_reference != View(notice.reference)) continue;
      return at.out.Refuse(Code::DUPLICATE_NOTICE, "payment.reference", bill.order.key);
    }
  }
  stray.order.payee = bill.order.payee;
  stray.order.amount = bill.order.amount;
  InitOrder(AddStep(at, stray.order.key, CampusStage::PAYING, bill.batch()), bill.order.amount)
      .setPayee(bill.order.payee.text());
  const auto proposal = AddNotice(at, stray, {}, notice);
  AddRefund(at, stray, PaymentOf({}, notice, proposal.asReader()), bill.order.amount)
      .setKind(schema::RefundKind::REVERSAL);
}

}  // namespace

// The window, and whether somebody else has paid or is paying, are the ledger's to check.
void TakePay(Pay::Reader pay, Step& at) {
  const auto bill = FindDue(pay, "pay", at);
  if (!bill) return;
  const std::string key = bill->order.key;
  if (!FindBatch(at.ledger, bill->batch())) {
    return at.out.Refuse(Code::ORDER_NOT_YET_VALID, "pay.number", key);
  }
  const Outcome outcome = OutcomeAtOnce(at.ledger, View(pay.getCard()));
  const bool paid = outcome == Outcome::SUCCEEDED;
  auto debit =
      InitDebit(AddStep(at, key, paid ? CampusStage::PAID : CampusStage::PAYING, bill->batch()),
                bill->order.amount, outcome);
  debit.setPayer(pay.getCard());
  if (pay.hasScheme()) debit.setScheme(pay.getScheme());
  if (pay.hasChannel()) debit.setChannel(pay.getChannel());
  debit.setChannelReference(AttemptNumber(key, kPaymentMark, bill->payments.size()));
}

void TakePayment(Payment::Reader given, Step& at) {
  const auto bill = FindDue(given, "payment", at);
  if (!bill) return;
  const std::string key = bill->order.key;
  const CardNotice notice = NoticeOf(given);
  const auto noticed = FindNoticed(bill->payments, key, notice, at);
  if (!noticed) return;
  const bool succeeded = notice.outcome == Outcome::SUCCEEDED;
  if (noticed->payment == nullptr && IsLive(bill->order.status) && IsEarly(at, *bill)) {
    if (succeeded) return BookStray(at, *bill, notice);
    return at.out.Refuse(Code::ORDER_NOT_YET_VALID, "payment.number", key);
  }
  const bool owed_back = succeeded && IsOwedBack(at, *bill, *noticed);
  const auto proposal = AddNotice(at, *bill, *noticed, notice);
  if (!owed_back) return;
  const MovementState payment = PaymentOf(*noticed, notice, proposal.asReader());
  AddRefund(at, *bill, payment, bill->order.amount).setKind(schema::RefundKind::REVERSAL);
}

}  // namespace longmen::adapters::campus
