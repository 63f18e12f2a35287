#include <algorithm>

#include "adapters/port/record_json.h"
#include "adapters/tuition/steps.h"

namespace longmen::adapters::tuition {
namespace {

using schema::Outcome;
using schema::TuitionStage;

// The order under a key if it was paid; else the record is refused, in its field `order`.
std::optional<OrderState> FindPaid(Step& at, const std::string& key, const std::string& field) {
  auto order = FindOrder(at, key);
  if (!order) {
    at.out.Refuse(Code::UNKNOWN_ORDER, field, key);
  } else if (order->paid == 0) {
    at.out.Refuse(Code::DEBIT_NOT_SUCCEEDED, field, key);
    order.reset();
  }
  return order;
}

// What the bank still has, or has again, of what it was to send.
int64_t LeftWithTheBank(const OrderState& order, const std::optional<OrderState>& wire) {
  const int64_t abroad = wire ? wire->paid - wire->refunded : 0;
  return order.counter.minor - abroad - order.refunded - order.refunding;
}

// The quota has the part back that the refund is of what the school was still to get. A year that
// has ended takes nothing back.
void RestoreQuota(const OrderState& order, const Money& refunded, Step& at) {
  const auto quota = FindOrder(at, QuotaKey(order.key.str()));
  if (!quota || !IsLive(quota->status)) return;
  const int64_t before = order.counter.minor - order.refunded - order.refunding;
  const int64_t given = quota->amount.currency == refunded.currency
                            ? std::min(refunded.minor, quota->amount.minor)
                            : static_cast<int64_t>(static_cast<__int128>(quota->amount.minor) *
                                                   refunded.minor / before);
  const Money left{quota->amount.minor - given, quota->amount.currency};
  if (left.minor == 0) return AddCancelled(at, quota->key.str(), "refunded");
  InitAmended(AddUnder(at, quota->key.str()), left);
}

}  // namespace

// Money that the bank has with others stands negative: what it buys leaves the mirror of its
// account abroad, and what it pays comes to that of its account at home. What the two accounts of
// kind fx keep is the gain.
void TakeExchange(Exchange::Reader exchange, Step& at) {
  const std::string key = Copy(exchange.getOrder());
  const auto order = FindPaid(at, key, "exchange.order");
  if (!order) return;
  const Money bought = MoneyOf(exchange.getBought());
  const Money paid = MoneyOf(exchange.getPaid());
  if (bought.currency != order->counter.currency) {
    return at.out.Refuse(Code::CURRENCY_MISMATCH, "exchange.bought.currency", key);
  }
  if (paid.currency != order->amount.currency) {
    return at.out.Refuse(Code::CURRENCY_MISMATCH, "exchange.paid.currency", key);
  }
  auto debit = InitDebit(AddStep(at, key, TuitionStage::EXCHANGED), bought, Outcome::SUCCEEDED);
  debit.setKind(schema::DebitKind::EXCHANGE);
  debit.setBasis(schema::Basis::REPORTED);
  debit.setPayer(exchange.getInto());
  debit.setPayee(exchange.getOutOf());
  SetMoney(debit.getCounterAmount(), paid);
  debit.setRate(exchange.getRate());
  if (exchange.hasReference()) debit.setChannelReference(exchange.getReference());
}

void TakeSend(Send::Reader send, Step& at) {
  const std::string key = Copy(send.getOrder());
  const auto order = FindPaid(at, key, "send.order");
  if (!order) return;
  const Money left{LeftWithTheBank(*order, std::nullopt), order->counter.currency};
  if (left.minor <= 0) return at.out.Refuse(Code::EXCEEDS_ORDER, "send.order", key);
  auto placed = AddStep(at, WireKey(key), TuitionStage::SENT);
  placed.getDetails().getTuition().setReference(send.getReference());
  auto wire = InitOrder(placed, left);
  wire.setPayer(order->payee);
  wire.setPayee(send.getNostro());
  auto debit = InitDebit(AddStep(at, WireKey(key), TuitionStage::SENT), left, Outcome::SUCCEEDED);
  debit.setChannelReference(send.getReference());
}

void TakeCredited(Credited::Reader credited, Step& at) {
  const std::string key = Copy(credited.getOrder());
  const auto wire = FindPaid(at, WireKey(key), "credited.order");
  if (!wire) return;
  if (credited.getChargeMinor() < 0 || credited.getChargeMinor() > wire->paid) {
    return at.out.Refuse(Code::EXCEEDS_DEBIT, "credited.chargeMinor", key);
  }
  auto proposal = AddStep(at, key, TuitionStage::CREDITED);
  auto details = proposal.getDetails().getTuition();
  details.setChargeMinor(credited.getChargeMinor());
  if (credited.hasReference()) details.setReference(credited.getReference());
  proposal.initBody().initOrder().setAction(schema::OrderAction::PROGRESSED);
}

// Of what was sent, so much is at the nostro again; what is missing was kept on the way.
void TakeReturned(Returned::Reader returned, Step& at) {
  const std::string key = Copy(returned.getOrder());
  const auto wire = FindPaid(at, WireKey(key), "returned.order");
  if (!wire) return;
  const Money amount = MoneyOf(returned.getAmount());
  for (const MovementState& known : at.ledger.MovementsOf(at.out.scenario(), WireKey(key))) {
    if (!returned.hasReference() || known.channel_reference != View(returned.getReference())) {
      continue;
    }
    if (!CheckAmount(known.amount, amount, "returned.amount", key, at)) return;
    return at.out.Refuse(Code::DUPLICATE_NOTICE, "returned.reference", key);
  }
  auto proposal = AddStep(at, WireKey(key), TuitionStage::RETURNED);
  auto details = proposal.getDetails().getTuition();
  details.setChargeMinor(std::max<int64_t>(0, wire->paid - wire->refunded - amount.minor));
  if (returned.hasReference()) details.setReference(returned.getReference());
  auto refund = InitRefund(proposal, amount, Outcome::SUCCEEDED, *PaidBy(at, WireKey(key)));
  refund.setKind(schema::RefundKind::PAYMENT_RETURN);
  refund.setBasis(schema::Basis::REPORTED);
  if (returned.hasReference()) refund.setChannelReference(returned.getReference());
  if (returned.hasReason()) refund.setReason(returned.getReason());
}

void TakeRefund(Refund::Reader refund, Step& at) {
  const std::string key = Copy(refund.getOrder());
  const auto order = FindPaid(at, key, "refund.order");
  if (!order) return;
  const Money amount = MoneyOf(refund.getAmount());
  // The account of what is owed to schools has others' money too.
  if (amount.minor > LeftWithTheBank(*order, FindOrder(at, WireKey(key)))) {
    return at.out.Refuse(Code::EXCEEDS_DEBIT, "refund.amount.minor", key);
  }
  auto body = InitRefund(AddStep(at, key, TuitionStage::REFUNDED), amount, Outcome::SUCCEEDED,
                         *PaidBy(at, key));
  SetMoney(body.getCounterAmount(), MoneyOf(refund.getCounterAmount()));
  body.setRate(refund.getRate());
  if (refund.hasReason()) body.setReason(refund.getReason());
  if (refund.getRestoresQuota()) RestoreQuota(*order, amount, at);
}

}  // namespace longmen::adapters::tuition
