#include <algorithm>
#include <string>
#include <vector>

#include "adapters/parking/steps.h"
#include "adapters/parking/tariff.h"
#include "adapters/port/attempts.h"
#include "adapters/port/record_json.h"

namespace longmen::adapters::parking {
namespace {

void SetDetails(schema::Proposal::Builder proposal, const Session& session, Nanos left_at,
                const Money& fee) {
  auto details = proposal.initDetails().initParking();
  details.setEnteredAt(session.entered());
  details.setLeftAt(left_at);
  details.setFeeMinor(fee.minor);
  details.setTariff(std::string(session.tariff()));
}

// The stay pays its fee, which releases the rest of the cap; within the free minutes there is
// nothing to pay.
void CloseAtDeparture(Step& at, const std::string& key, const Session& session, const Money& fee) {
  auto proposal = AddUnder(at, key);
  SetDetails(proposal, session, at.occurred_at, fee);
  if (fee.minor > 0) {
    InitDebit(proposal, fee, schema::Outcome::SUCCEEDED).setCompletes(true);
  } else {
    proposal.initBody().initOrder().setAction(schema::OrderAction::CANCELLED);
  }
}

// The departure of an abandoned session came to light: what was posted too much comes back from
// revenue, if it is still there (A3.6, refund after settlement). Where it owes the cap after all,
// its fee is on record as one that was not collected again: so a second departure finds the first.
void CorrectAbandonment(Step& at, const std::string& key, const Session& session,
                        const Money& fee) {
  auto proposal = AddUnder(at, key);
  SetDetails(proposal, session, at.occurred_at, fee);
  const Money over{session.cap().minor - fee.minor, fee.currency};
  if (over.minor == 0) {
    InitDebit(proposal, fee, schema::Outcome::FAILED).setReason("paid when it was abandoned");
    return;
  }
  auto refund = proposal.initBody().initRefund();
  SetMoney(refund.getAmount(), over);
  refund.setOutcome(schema::Outcome::SUCCEEDED);
  refund.setKind(schema::RefundKind::REVERSAL);
  Refer(refund.initDebit(), *session.fee);
}

// Refunds the channel could not make, oldest first, as many as another attempt takes up.
struct TakenUp {
  std::vector<size_t> refunds;
  int64_t minor = 0;
};

TakenUp TakeUpAbnormal(const Session& session, int64_t wanted_minor) {
  TakenUp taken;
  for (size_t index = 0; index < session.refunds.size(); ++index) {
    if (taken.minor >= wanted_minor) break;
    if (!session.Abnormal(index)) continue;
    taken.refunds.push_back(index);
    taken.minor += session.refunds[index].amount.minor;
  }
  return taken;
}

// What another attempt leaves of a refund it took up is still the driver's, and held like it.
void AddLeftOver(Step& at, const Session& session, const Money& amount) {
  auto refund = AddRefund(at, session, schema::RefundKind::REFUND, amount, *session.prepaid);
  refund.setOutcome(schema::Outcome::UNKNOWN);
  const size_t index = session.refunds.size() + 1;  // after the attempt
  refund.setChannelReference(AbnormalReference(session.RefundNumber(index)));
}

}  // namespace

// A3.2 rules 2 to 4: the fee by the length of stay, the rest back along the original route.
void TakeDeparture(Departure::Reader departure, Step& at) {
  const std::string key = Copy(departure.getSession());
  const auto session = FindSession(at.ledger, key);
  if (!session) return at.out.Refuse(Code::UNKNOWN_ORDER, "departure.session", key);
  if (departure.hasTariff() && View(departure.getTariff()) != session->tariff()) {
    return at.out.Refuse(Code::ROUTE_MISMATCH, "departure.tariff", key);
  }
  const auto tariff = at.ledger.FindParkingTariff(session->tariff());
  if (!tariff || tariff->step_minutes == 0) {
    return at.out.Refuse(Code::UNKNOWN_TARIFF, "departure.tariff", key);
  }
  if (!session->Collected()) {
    return at.out.Refuse(Code::SESSION_NOT_OPEN, "departure.session", key);
  }
  if (!session->live() && !session->Abandoned()) {
    return at.out.Refuse(Code::DUPLICATE_NOTICE, "departure.session", key);
  }
  const Money cap = session->cap();
  if (tariff->cap.currency != cap.currency) {
    return at.out.Refuse(Code::CURRENCY_MISMATCH, "departure.tariff", key);
  }
  if (at.occurred_at < session->entered()) return at.out.Refuse(Code::TOO_EARLY, "occurredAt", key);
  const Nanos stay = at.occurred_at - session->entered();

  // The tariff's numbers may have changed since the scan: nobody owes more than was collected.
  const Money fee{std::min(ParkingFee(*tariff, stay).minor, cap.minor), cap.currency};
  if (session->live()) {
    CloseAtDeparture(at, key, *session, fee);
  } else {
    CorrectAbandonment(at, key, *session, fee);
  }
  // A stay at the cap has nothing to give back, and a refund of 0 is not generated (A3.6).
  const Money rest{cap.minor - fee.minor, cap.currency};
  if (rest.minor > 0) AddRefund(at, *session, schema::RefundKind::REFUND, rest, *session->prepaid);
}

// A3.6: without a departure the session closes at the cap; a refund stays possible.
void TakeAbandonment(Abandonment::Reader abandonment, Step& at) {
  const std::string key = Copy(abandonment.getSession());
  const auto session = FindSession(at.ledger, key);
  if (!session) return at.out.Refuse(Code::UNKNOWN_ORDER, "abandonment.session", key);
  if (!session->live() || !session->Collected()) {
    return at.out.Refuse(Code::SESSION_NOT_OPEN, "abandonment.session", key);
  }
  auto debit = InitDebit(AddUnder(at, key), session->cap(), schema::Outcome::SUCCEEDED);
  debit.setChannelReference(capnp::Text::Reader(kAbandoned.data(), kAbandoned.size()));
  if (abandonment.hasReason()) debit.setReason(abandonment.getReason());
}

// A refund by hand, such as another attempt after a failed one: never more than cap - fee less
// what went back or may be going back. While the car is there the fee may still reach the cap.
void TakeRefund(Refund::Reader refund, Step& at) {
  const std::string key = Copy(refund.getSession());
  const auto session = FindSession(at.ledger, key);
  if (!session) return at.out.Refuse(Code::UNKNOWN_ORDER, "refund.session", key);
  if (!session->Collected()) {
    return at.out.Refuse(Code::DEBIT_NOT_SUCCEEDED, "refund.session", key);
  }
  const Money amount{refund.getAmount().getMinor(), Currency{refund.getAmount().getCurrency()}};
  if (amount.currency != session->cap().currency) {
    return at.out.Refuse(Code::CURRENCY_MISMATCH, "refund.amount.currency", key);
  }
  const TakenUp taken = TakeUpAbnormal(*session, amount.minor);
  if (session->live() || amount.minor > session->Refundable() + taken.minor) {
    return at.out.Refuse(Code::EXCEEDS_DEBIT, "refund.amount.minor", key);
  }
  for (const size_t index : taken.refunds) {
    AddRefundResult(at, *session, index, schema::Outcome::FAILED);
  }
  AddRefund(at, *session, schema::RefundKind::REFUND, amount, *session->prepaid);
  if (taken.minor > amount.minor) {
    AddLeftOver(at, *session, {taken.minor - amount.minor, amount.currency});
  }
}

// B8: a result belongs to the refund whose number it states, and a repeated one changes nothing.
void TakeRefundResult(RefundResult::Reader result, Step& at) {
  const std::string key = Copy(result.getSession());
  const auto session = FindSession(at.ledger, key);
  if (!session) return at.out.Refuse(Code::UNKNOWN_ORDER, "refundResult.session", key);
  const auto index = session->FindRefund(View(result.getNumber()));
  if (!index) return at.out.Refuse(Code::UNKNOWN_DEBIT, "refundResult.number", key);

  TakeRefundAnswer(session->refunds[*index], session->RefundNumber(*index),
                   {.outcome = result.getOutcome(),
                    .clearing_date = result.getClearingDate(),
                    .reference = result.getReference(),
                    .reason = result.getReason()},
                   session->collection.key, "refundResult.number", at);
}

}  // namespace longmen::adapters::parking
