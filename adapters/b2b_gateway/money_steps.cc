#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/b2b_gateway/steps.h"
#include "adapters/port/record_json.h"

namespace longmen::adapters::b2b_gateway {
namespace {

using schema::B2bStage;
using schema::Outcome;

constexpr auto kScenario = schema::Scenario::B2B_GATEWAY;

bool InFlight(Outcome outcome) {
  return outcome == Outcome::PENDING || outcome == Outcome::UNKNOWN;
}

// The newest movement of an order under the network's transaction id, or a refund's own number.
std::optional<MovementState> FindByReference(const std::vector<MovementState>& movements,
                                             MovementKind kind, std::string_view reference) {
  for (auto it = movements.rbegin(); it != movements.rend(); ++it) {
    if (it->kind == kind && it->channel_reference == reference) return *it;
  }
  return std::nullopt;
}

// The same word again is recorded as a duplicate and moves nothing (A1.6); another word about
// money that already moved contradicts the books. False, and refused, in both cases.
bool CheckNotSaidBefore(const std::optional<MovementState>& before, Outcome outcome,
                        const std::string& field, const std::string& key, Step& at) {
  if (!before) return true;
  if (before->outcome == outcome) {
    at.out.Refuse(Code::DUPLICATE_NOTICE, field, key);
    return false;
  }
  if (before->outcome == Outcome::SUCCEEDED) {
    at.out.Refuse(Code::ALREADY_RESOLVED, field, key);
    return false;
  }
  return true;
}

// No submission told us the account or the operation amount, so nobody can say whether the order
// needed an authorisation (rule 6).
bool IsUndecided(const OrderState& order, const std::optional<std::string>& chosen) {
  return order.mandate.empty() && !chosen && order.required_level == 0 && IsLive(order.status) &&
         order.paid == 0 && order.in_flight == 0;
}

void Refer(schema::Reference::Builder to, const MovementState& movement) {
  to.setSource(movement.source);
  to.setId(movement.id);
}

}  // namespace

// Notice 10, or the answer to a query: the account bank is the authority for the payer's account,
// so the debit is booked as reported, judged by the time of the debit and not of the notice. Only
// the account that the submission chose pays; another one contradicts the order, as another amount
// does. A debit before any submission is a fact all the same: the order is made to wait for an
// authorisation first, so that it is booked with that exception.
void TakeDebitNotice(DebitNotice::Reader notice, Step& at) {
  const std::string key = Copy(notice.getOrder());
  const auto order = FindOrder(at, key);
  if (!order) return at.out.Refuse(Code::UNKNOWN_ORDER, "debitNotice.order", key);
  const auto amount = notice.getAmount();
  if (amount.getCurrency() == order->amount.currency.numeric &&
      amount.getMinor() != order->amount.minor) {
    return at.out.Refuse(Code::AMOUNT_MISMATCH, "debitNotice.amount.minor", key);
  }
  const auto before = FindByReference(at.ledger.MovementsOf(kScenario, key), MovementKind::kDebit,
                                      View(notice.getTransactionId()));
  if (!CheckNotSaidBefore(before, notice.getOutcome(), "debitNotice.transactionId", key, at)) {
    return;
  }
  const bool resolves = before && InFlight(before->outcome);
  const auto chosen = ChosenPayer(at, *order);
  const std::string payer = resolves               ? before->from_account
                            : order->payer.empty() ? chosen.value_or("")
                                                   : "";  // the engine holds an order to its own
  const std::string_view said = View(notice.getPayer());
  if (!payer.empty() && !said.empty() && said != payer) {
    return at.out.Refuse(Code::ROUTE_MISMATCH, "debitNotice.payer", key);
  }

  if (!resolves && notice.getOutcome() != Outcome::FAILED && IsUndecided(*order, chosen)) {
    StepUp(at, notice.getOrder());
  }
  auto proposal = AddStep(at, notice.getOrder());
  proposal.initDetails().initB2bGateway().setTransactionId(notice.getTransactionId());
  if (notice.getDebitedAt() != 0) proposal.setOccurredAt(notice.getDebitedAt());
  auto debit = proposal.initBody().initDebit();
  debit.getAmount().setMinor(amount.getMinor());
  debit.getAmount().setCurrency(amount.getCurrency());
  debit.setBasis(schema::Basis::REPORTED);
  debit.setOutcome(notice.getOutcome());
  debit.setClearingDate(notice.getClearingDate());
  debit.setChannelReference(notice.getTransactionId());
  if (notice.hasReason()) debit.setReason(notice.getReason());
  if (resolves) {
    Refer(debit.initResolves(), *before);
  } else if (!payer.empty()) {
    debit.setPayer(payer);
  } else if (!said.empty()) {
    debit.setPayer(notice.getPayer());
  }
}

// Notices 11 and 12 tell both sides; they must agree with the debit that was booked.
void TakeSuccessNotice(SuccessNotice::Reader notice, Step& at) {
  const std::string key = Copy(notice.getOrder());
  const auto debit = FindByReference(at.ledger.MovementsOf(kScenario, key), MovementKind::kDebit,
                                     View(notice.getTransactionId()));
  if (!debit || debit->outcome != Outcome::SUCCEEDED) {
    return at.out.Refuse(Code::UNKNOWN_DEBIT, "successNotice.transactionId", key);
  }
  const Money said{notice.getAmount().getMinor(), Currency{notice.getAmount().getCurrency()}};
  if (said.currency != debit->amount.currency) {
    return at.out.Refuse(Code::CURRENCY_MISMATCH, "successNotice.amount.currency", key);
  }
  if (said != debit->amount) {
    return at.out.Refuse(Code::AMOUNT_MISMATCH, "successNotice.amount.minor", key);
  }
  auto proposal = AddProgress(at, notice.getOrder(),
                              notice.getReceiver() == Receiver::ACCOUNT_BANK
                                  ? B2bStage::PAYER_NOTIFIED
                                  : B2bStage::ACCEPTING_BANK_NOTIFIED);
  proposal.getDetails().getB2bGateway().setTransactionId(notice.getTransactionId());
}

void TakeCredited(Credited::Reader credited, Step& at) {
  auto proposal = AddProgress(at, credited.getOrder(), B2bStage::CREDITED);
  if (credited.hasTransactionId()) {
    proposal.getDetails().getB2bGateway().setTransactionId(credited.getTransactionId());
  }
}

// A return (the payee bank could not post it: its word, booked as reported) or a refund (the payee
// wants it: decided). Both go back along the debit's route, and the engine holds the cap.
void GiveMoneyBack(GiveBack::Reader back, schema::RefundKind kind, Step& at) {
  const bool is_return = kind == schema::RefundKind::PAYMENT_RETURN;
  const std::string step = is_return ? "paymentReturn" : "refund";
  const std::string key = Copy(back.getOrder());
  const auto movements = at.ledger.MovementsOf(kScenario, key);
  const auto debit =
      FindByReference(movements, MovementKind::kDebit, View(back.getTransactionId()));
  if (!debit) return at.out.Refuse(Code::UNKNOWN_DEBIT, step + ".transactionId", key);
  const auto before = FindByReference(movements, MovementKind::kRefund, View(back.getReference()));
  if (!CheckNotSaidBefore(before, back.getOutcome(), step + ".reference", key, at)) return;

  auto proposal = AddStep(at, back.getOrder());
  proposal.initDetails().initB2bGateway().setTransactionId(back.getTransactionId());
  auto refund = proposal.initBody().initRefund();
  refund.getAmount().setMinor(back.getAmount().getMinor());
  refund.getAmount().setCurrency(back.getAmount().getCurrency());
  refund.setBasis(is_return ? schema::Basis::REPORTED : schema::Basis::DECIDED);
  refund.setOutcome(back.getOutcome());
  refund.setKind(kind);
  refund.setClearingDate(back.getClearingDate());
  refund.setChannelReference(back.getReference());
  if (back.hasReason()) refund.setReason(back.getReason());
  if (before && InFlight(before->outcome)) {
    Refer(refund.initResolves(), *before);
  } else {
    Refer(refund.initDebit(), *debit);
  }
}

}  // namespace longmen::adapters::b2b_gateway
