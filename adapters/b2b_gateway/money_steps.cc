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

// The newest movement of an order under the network's transaction id, or a refund's own number.
std::optional<MovementState> FindByReference(const std::vector<MovementState>& movements,
                                             MovementKind kind, std::string_view reference) {
  for (auto it = movements.rbegin(); it != movements.rend(); ++it) {
    if (it->kind == kind && it->channel_reference == reference) return *it;
  }
  return std::nullopt;
}

// Does a report speak of a movement that is in the books already? One that failed may have been
// tried again under its number.
bool IsSaidAgain(const std::optional<MovementState>& before, Outcome outcome) {
  return before && (before->outcome != Outcome::FAILED || outcome == Outcome::FAILED);
}

// The same word again is recorded as a duplicate and moves nothing (A1.6); another word about
// money that already moved contradicts the books. False, and refused, in both cases. Whether the
// rest of the report is the same was checked before.
bool CheckNotSaidBefore(const MovementState& before, Outcome outcome, const std::string& field,
                        const std::string& key, Step& at) {
  if (before.outcome == outcome) {
    at.out.Refuse(Code::DUPLICATE_NOTICE, field, key);
    return false;
  }
  if (!InFlight(before.outcome)) {
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

// The one account that may pay: that of a debit told again, the order's, or the one its submission
// chose. Empty where none of them says.
std::string BoundPayer(const OrderState& order, const MovementState* told_before,
                       const std::optional<std::string>& chosen) {
  if (told_before != nullptr) return told_before->from_account;
  return order.payer.empty() ? chosen.value_or("") : order.payer.text();
}

}  // namespace

// Notice 10, or the answer to a query: the account bank is the authority for the payer's account,
// so the debit is booked as reported, judged by the time of the debit and not of the notice. Only
// the account that the order or its submission names pays; another one contradicts the order, as
// another amount does. A debit before any submission is a fact all the same: the order is made to
// wait for an authorisation first, so that it is booked with that exception.
void TakeDebitNotice(DebitNotice::Reader notice, Step& at) {
  const std::string key = Copy(notice.getOrder());
  const auto order = FindOrder(at, key);
  if (!order) return at.out.Refuse(Code::UNKNOWN_ORDER, "debitNotice.order", key);
  const auto before = FindByReference(at.ledger.MovementsOf(kScenario, key), MovementKind::kDebit,
                                      View(notice.getTransactionId()));
  const bool again = IsSaidAgain(before, notice.getOutcome());
  const auto chosen = ChosenPayer(at, *order);
  if (!CheckAmount(again ? before->amount : order->amount, MoneyOf(notice.getAmount()),
                   "debitNotice.amount", key, at)) {
    return;
  }
  const std::string bound = BoundPayer(*order, again ? &*before : nullptr, chosen);
  const std::string payer = notice.hasPayer() ? Copy(notice.getPayer()) : bound;
  if (!bound.empty() && payer != bound) {
    return at.out.Refuse(Code::ROUTE_MISMATCH, "debitNotice.payer", key);
  }
  if (again &&
      !CheckNotSaidBefore(*before, notice.getOutcome(), "debitNotice.transactionId", key, at)) {
    return;
  }
  if (!at.ledger.FindAccount(payer)) {
    return at.out.Refuse(Code::UNKNOWN_ACCOUNT, "debitNotice.payer", key);
  }

  if (!again && notice.getOutcome() != Outcome::FAILED && IsUndecided(*order, chosen)) {
    StepUp(at, notice.getOrder());
  }
  auto proposal = AddStep(at, notice.getOrder());
  proposal.initDetails().initB2bGateway().setTransactionId(notice.getTransactionId());
  if (notice.getDebitedAt() != 0) proposal.setOccurredAt(notice.getDebitedAt());
  auto debit = InitDebit(proposal, MoneyOf(notice.getAmount()), notice.getOutcome());
  debit.setBasis(schema::Basis::REPORTED);
  debit.setClearingDate(notice.getClearingDate());
  debit.setChannelReference(notice.getTransactionId());
  if (notice.hasReason()) debit.setReason(notice.getReason());
  if (again) {
    Refer(debit.initResolves(), *before);
  } else if (order->payer.empty()) {
    debit.setPayer(payer);
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
  if (!CheckAmount(debit->amount, MoneyOf(notice.getAmount()), "successNotice.amount", key, at))
    return;
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
  const bool again = IsSaidAgain(before, back.getOutcome());
  if (again) {
    if (before->debit != debit->sequence) {
      return at.out.Refuse(Code::ROUTE_MISMATCH, step + ".transactionId", key);
    }
    if (!CheckAmount(before->amount, MoneyOf(back.getAmount()), step + ".amount", key, at) ||
        !CheckNotSaidBefore(*before, back.getOutcome(), step + ".reference", key, at)) {
      return;
    }
  }

  auto proposal = AddStep(at, back.getOrder());
  proposal.initDetails().initB2bGateway().setTransactionId(back.getTransactionId());
  auto refund = proposal.initBody().initRefund();
  SetMoney(refund.getAmount(), MoneyOf(back.getAmount()));
  refund.setBasis(is_return ? schema::Basis::REPORTED : schema::Basis::DECIDED);
  refund.setOutcome(back.getOutcome());
  refund.setKind(kind);
  refund.setClearingDate(back.getClearingDate());
  refund.setChannelReference(back.getReference());
  if (back.hasReason()) refund.setReason(back.getReason());
  if (again) {
    Refer(refund.initResolves(), *before);
  } else {
    Refer(refund.initDebit(), *debit);
  }
}

}  // namespace longmen::adapters::b2b_gateway
