// What acquirers present: authorizations, captures, reversals.
#include <algorithm>

#include "adapters/port/record_json.h"
#include "adapters/virtual_card/steps.h"

namespace longmen::adapters::virtual_card {
namespace {

using schema::Outcome;
using schema::VirtualCardStage;

// A step of a payment, under its number. The details say for whom the card is.
schema::Proposal::Builder AddPayment(Step& at, const std::string& number, VirtualCardStage stage,
                                     const std::string& card) {
  auto proposal = AddStep(at, number, stage, card);
  auto details = proposal.getDetails().getVirtualCard();
  details.setAuthorization(number);
  const auto mandate = at.ledger.FindMandate(card);
  if (mandate && !mandate->holder.empty()) details.setRequestor(mandate->holder);
  return proposal;
}

// For whom the card is submits what is paid with it.
template <typename Record>
schema::Order::Builder InitPayment(schema::Proposal::Builder proposal, Record record,
                                   const engine::MandateState& card) {
  auto order = InitOrder(proposal, MoneyOf(record.getAmount()));
  if (!card.holder.empty()) order.setSubmitter(card.holder);
  order.setPayee(record.getPayee());
  SetMoney(order.getCounterAmount(), MoneyOf(record.getCounterAmount()));
  if (record.hasScheme()) order.setScheme(record.getScheme());
  if (record.hasChannel()) order.setChannel(record.getChannel());
  if (record.hasMerchant()) order.setMerchant(record.getMerchant());
  if (record.hasMerchantCategory()) order.setMerchantCategory(record.getMerchantCategory());
  return order;
}

// The acquirer was promised the money, or has it: the ledger books what it says.
template <typename Record>
schema::Debit::Builder InitCapture(schema::Proposal::Builder proposal, Record record) {
  auto debit = InitDebit(proposal, MoneyOf(record.getAmount()), Outcome::SUCCEEDED);
  debit.setBasis(schema::Basis::REPORTED);
  SetExchange(debit, record);
  debit.setChannelReference(record.getReference());
  debit.setClearingDate(record.getClearingDate());
  return debit;
}

}  // namespace

// The controls are the card's mandate's; the engine judges them, and the funds, in its order.
void TakeAuthorization(Authorization::Reader authorization, Step& at) {
  const std::string key = Copy(authorization.getNumber());
  const std::string token = Copy(authorization.getCard());
  const auto card = FindCard(authorization.getCard(), "authorization.card", key, at);
  if (!card) return;
  auto placed = AddPayment(at, key, VirtualCardStage::AUTHORISED, token);
  auto details = placed.getDetails().getVirtualCard();
  if (authorization.hasPurpose()) details.setPurpose(authorization.getPurpose());
  if (authorization.hasInvoice()) details.setInvoice(authorization.getInvoice());
  auto order = InitPayment(placed, authorization, *card);
  order.setPayer(card->account);
  order.setMandate(token);
  // With the hold goes the order: what nobody took may be spent again.
  order.setValidUntil(authorization.getUntil());
  auto granted = AddUnder(at, key).initBody().initAuthorization();
  granted.setAction(schema::AuthorizationAction::GRANTED);
  granted.setHoldMinor(authorization.getAmount().getMinor());
  granted.setHoldUntil(authorization.getUntil());
}

void TakeCapture(Capture::Reader capture, Step& at) {
  const std::string key = Copy(capture.getNumber());
  const auto order = FindAuthorized(capture.getNumber(), "capture.number", at);
  if (!order) return;
  for (const MovementState& movement : at.ledger.MovementsOf(at.out.scenario(), key)) {
    if (movement.kind != MovementKind::kDebit ||
        movement.channel_reference.view() != View(capture.getReference())) {
      continue;
    }
    const bool same = movement.amount == MoneyOf(capture.getAmount()) &&
                      movement.counter.minor == capture.getCounterAmount().getMinor();
    return at.out.Refuse(same ? Code::DUPLICATE_NOTICE : Code::AMOUNT_MISMATCH,
                         same ? "capture.reference" : "capture.amount", key);
  }
  auto debit =
      InitCapture(AddPayment(at, key, VirtualCardStage::CAPTURED, order->mandate.text()), capture);
  debit.setCompletes(capture.getCompletes());
}

// Money that moved without being asked for: it is booked, and that nobody authorized it shows. The
// order is not the card's, whose controls might refuse it.
void TakeForced(Forced::Reader forced, Step& at) {
  const std::string key = Copy(forced.getNumber());
  const std::string token = Copy(forced.getCard());
  const auto card = FindCard(forced.getCard(), "forced.card", key, at);
  if (!card) return;
  const auto funding = at.ledger.FindAccount(card->account);
  auto order = InitPayment(AddPayment(at, key, VirtualCardStage::FORCED, token), forced, *card);
  // An account that gives nothing any more pays what is reported of it all the same.
  if (funding && funding->status == schema::Status::OPEN) order.setPayer(card->account);
  auto asked = AddUnder(at, key).initBody().initAuthorization();
  asked.setAction(schema::AuthorizationAction::STEPPED_UP);
  asked.setLevel(1);
  auto debit = InitCapture(AddPayment(at, key, VirtualCardStage::FORCED, token), forced);
  debit.setPayer(card->account);
  debit.setCompletes(true);
}

void TakeReversal(Reversal::Reader reversal, Step& at) {
  const std::string key = Copy(reversal.getNumber());
  const auto authorized = FindAuthorized(reversal.getNumber(), "reversal.number", at);
  if (!authorized) return;
  auto order = AddPayment(at, key, VirtualCardStage::REVERSED, authorized->mandate.text())
                   .initBody()
                   .initOrder();
  order.setAction(schema::OrderAction::CANCELLED);
  if (reversal.hasReason()) order.setReason(reversal.getReason());
}

// Settles what the outbox has to tell of the payment; nothing else changes.
void TakeNotified(Notified::Reader notified, Step& at) {
  const auto order = FindAuthorized(notified.getNumber(), "notified.number", at);
  if (!order) return;
  AddPayment(at, Copy(notified.getNumber()), VirtualCardStage::UNSTATED, order->mandate.text())
      .initBody()
      .initOrder()
      .setAction(schema::OrderAction::PROGRESSED);
}

}  // namespace longmen::adapters::virtual_card
