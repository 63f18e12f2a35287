#include <algorithm>

#include "adapters/metro/steps.h"
#include "adapters/port/attempts.h"
#include "adapters/port/record_json.h"

namespace longmen::adapters::metro {
namespace {

using schema::Outcome;
using schema::RideStage;

constexpr auto kScenario = schema::Scenario::METRO;

// What a bank's answer is about; nothing, and refused, where it is about none.
const MovementState* FindAnswered(const std::vector<MovementState>& attempts, char mark,
                                  DebitResult::Reader result, const std::string& step, Step& at) {
  return FindAsked(attempts,
                   {.key = Copy(result.getTrip()),
                    .mark = mark,
                    .number = View(result.getNumber()),
                    .outcome = result.getOutcome(),
                    .field = step + ".number"},
                   at);
}

// The part of a repayment that is for one ride, as far as it was asked for before.
std::optional<MovementState> PartOf(const engine::LedgerView& ledger, std::string_view trip,
                                    std::string_view number) {
  std::optional<MovementState> part;
  for (auto& movement : ledger.MovementsOf(kScenario, ArrearsKey(trip))) {
    if (movement.channel_reference == number) part = std::move(movement);
  }
  return part;
}

// A refund of what the rider paid, by the way it came: to the wallet at once, to a card when its
// bank says so. It stands where the payment does, the fare's or the arrears'.
void AddFareRefund(const Trip& trip, const Money& amount, RideStage stage, Step& at) {
  const auto mandate = at.ledger.FindMandate(trip.rider());
  const MovementState& paid = *trip.paid();
  const bool wallet = mandate && mandate->account == paid.from_account;
  auto refund = InitRefund(AddStep(at, paid.key.str(), stage, trip.rider()), amount,
                           wallet ? Outcome::SUCCEEDED : Outcome::PENDING, paid);
  refund.setChannelReference(trip.NextRefundNumber());
}

// The trip, as far as it was paid or is under way, becomes the right rider's: under "<trip>/right".
struct Taken {
  std::string payee;
  Money amount;
  bool inside = false;
};

void AddRightTrip(const Trip& trip, const std::string& rider, const Taken& taken,
                  capnp::Text::Reader gate_event, Step& at) {
  const std::string key = trip.order.key + "/right";
  const auto mandate = at.ledger.FindMandate(rider);
  auto proposal = AddStep(at, key, RideStage::RIGHT_RIDER_CHARGED, rider);
  auto details = proposal.getDetails().getMetro();
  details.setAnomaly(schema::RideAnomaly::FALSE_MATCH);
  details.setRelatedTrip(trip.order.key.c_str());
  details.setReference(gate_event);
  const Fare fare{.trip = key,
                  .rider = rider,
                  .amount = taken.amount,
                  .payee = taken.payee,
                  .scheme = trip.order.scheme,
                  .tariff = std::string(trip.order.channel),
                  .tried = {}};
  auto order = InitTrip(proposal, fare, *mandate, trip.order.submitter, trip.entered());
  if (taken.inside) {
    order.initResources(1).set(0, RiderResource(rider));
    return;
  }
  if (!engine::MandateActive(*mandate, at.occurred_at)) PutUnderNoMandate(order, rider);
  TakeFare(fare, at);
}

}  // namespace

// A2.6: what a card's bank could not pay, the next account is asked for; in the end the fare is
// owed.
void TakeDebitResult(DebitResult::Reader result, Step& at) {
  const std::string key = Copy(result.getTrip());
  const auto trip = FindTrip(at.ledger, key);
  if (!trip) return at.out.Refuse(Code::UNKNOWN_ORDER, "debitResult.trip", key);
  const MovementState* asked =
      FindAnswered(trip->payments, kPaymentMark, result, "debitResult", at);
  if (asked == nullptr) return;
  SetAnswer(InitDebitResult(AddUnder(at, key), *asked, result.getOutcome()), result);
  if (result.getOutcome() == Outcome::FAILED) TakeFare(FareOf(*trip, asked), at);
}

// One repayment may cover several rides. Its number is good for one: an order that is placed and
// cancelled at once remembers it.
void TakeRepayment(Repayment::Reader repayment, Step& at) {
  const std::string number = Copy(repayment.getNumber());
  const auto refuse = [&](Code code, const std::string& field) {
    at.out.Refuse(code, field, number);
  };
  const auto rider = View(repayment.getRider());
  const auto mandate = at.ledger.FindMandate(rider);
  if (!mandate) return refuse(Code::UNKNOWN_MANDATE, "repayment.rider");
  if (!IsOf(*mandate, View(repayment.getFrom()))) {
    return refuse(Code::ROUTE_MISMATCH, "repayment.from");
  }
  const auto trips = repayment.getTrips();
  __int128 total = 0;
  bool is_new = false;
  for (uint32_t i = 0; i < trips.size(); ++i) {
    const std::string field = "repayment.trips[" + std::to_string(i) + "]";
    const std::string key = Copy(trips[i]);
    const auto part = PartOf(at.ledger, key, number);
    if (part && !InFlight(part->outcome)) {
      return refuse(
          part->outcome == repayment.getOutcome() ? Code::DUPLICATE_NOTICE : Code::ALREADY_RESOLVED,
          "repayment.number");
    }
    const auto trip = FindTrip(at.ledger, key);
    if (!trip || !trip->arrears) return refuse(Code::UNKNOWN_ORDER, field);
    if (trip->rider() != rider) return refuse(Code::ROUTE_MISMATCH, field);
    const OrderState& owed = *trip->arrears;
    if (!IsLive(owed.status)) return refuse(Code::ORDER_NOT_OPEN, field);
    if (owed.amount.currency.numeric != repayment.getAmount().getCurrency()) {
      return refuse(Code::CURRENCY_MISMATCH, "repayment.amount.currency");
    }
    total += owed.amount.minor;
    auto proposal = AddStep(at, owed.key, RideStage::REPAID, rider);
    proposal.getDetails().getMetro().setReference(number);
    auto debit = part ? InitDebitResult(proposal, *part, repayment.getOutcome())
                      : InitDebit(proposal, owed.amount, repayment.getOutcome());
    debit.setChannelReference(number);
    if (repayment.hasReason()) debit.setReason(repayment.getReason());
    if (part && part->from_account != View(repayment.getFrom())) {
      return refuse(Code::ROUTE_MISMATCH, "repayment.from");
    }
    if (i > 0 && part.has_value() == is_new) return refuse(Code::ROUTE_MISMATCH, field);
    is_new = !part;
    if (part) continue;
    debit.setPayer(repayment.getFrom());
    if (repayment.hasScheme()) debit.setScheme(repayment.getScheme());
  }
  if (total != repayment.getAmount().getMinor()) {
    return refuse(Code::AMOUNT_MISMATCH, "repayment.amount.minor");
  }
  if (!is_new) return;
  if (at.ledger.FindOrder(kScenario, number)) {
    return refuse(Code::DUPLICATE_NOTICE, "repayment.number");
  }
  AddRemembered(at, AddUnder(at, number), MoneyOf(repayment.getAmount()), repayment.getFrom(),
                "the number of a repayment");
}

void TakeWriteOff(WriteOff::Reader write_off, Step& at) {
  const std::string key = Copy(write_off.getTrip());
  const auto trip = FindTrip(at.ledger, key);
  if (!trip || !trip->arrears) return at.out.Refuse(Code::UNKNOWN_ORDER, "writeOff.trip", key);
  const OrderState& owed = *trip->arrears;
  if (!IsLive(owed.status)) return at.out.Refuse(Code::ORDER_NOT_OPEN, "writeOff.trip", key);
  auto proposal = AddStep(at, owed.key, RideStage::WRITTEN_OFF, trip->rider());
  auto order = proposal.initBody().initOrder();
  order.setAction(schema::OrderAction::CANCELLED);
  if (write_off.hasReason()) order.setReason(write_off.getReason());
  // Where nobody advanced the fare, the operator waited in vain.
  const engine::FareTable* table = at.ledger.FindFareTable(trip->order.channel);
  if (table == nullptr || owed.payee != table->receivable) return;
  if (!write_off.hasExpense()) {
    return at.out.Refuse(Code::UNKNOWN_ACCOUNT, "writeOff.expense", key);
  }
  AddStandAlone(at, std::string(owed.key), schema::DebitKind::WRITE_OFF, owed.amount,
                {Copy(write_off.getExpense()), owed.payee, owed.scheme});
}

void TakeRefund(Refund::Reader refund, Step& at) {
  const std::string key = Copy(refund.getTrip());
  const auto trip = FindTrip(at.ledger, key);
  if (!trip) return at.out.Refuse(Code::UNKNOWN_ORDER, "refund.trip", key);
  if (trip->paid() == nullptr) {
    return at.out.Refuse(Code::DEBIT_NOT_SUCCEEDED, "refund.trip", key);
  }
  AddFareRefund(*trip, {refund.getAmount().getMinor(), Currency{refund.getAmount().getCurrency()}},
                RideStage::REFUNDED, at);
}

void TakeRefundResult(DebitResult::Reader result, Step& at) {
  const std::string key = Copy(result.getTrip());
  const auto trip = FindTrip(at.ledger, key);
  if (!trip) return at.out.Refuse(Code::UNKNOWN_ORDER, "refundResult.trip", key);
  const MovementState* asked = FindAnswered(trip->refunds, kRefundMark, result, "refundResult", at);
  if (asked == nullptr) return;
  SetAnswer(InitRefundResult(AddUnder(at, asked->key.str()), *asked, result.getOutcome()), result);
}

// A2.6: the wrong rider has the money back, the right one owes it, and both records name the gate's
// event (A2.2 rule 14, the compensation).
void TakeFalseMatch(FalseMatch::Reader match, Step& at) {
  const std::string key = Copy(match.getTrip());
  const std::string right = Copy(match.getRightRider());
  const auto trip = FindTrip(at.ledger, key);
  if (!trip) return at.out.Refuse(Code::UNKNOWN_ORDER, "falseMatch.trip", key);
  if (!at.ledger.FindMandate(right)) {
    return at.out.Refuse(Code::UNKNOWN_MANDATE, "falseMatch.rightRider", key);
  }
  if (right == trip->rider()) {
    return at.out.Refuse(Code::ROUTE_MISMATCH, "falseMatch.rightRider", key);
  }
  if (at.ledger.FindOrder(kScenario, key + "/right")) {
    return at.out.Refuse(Code::DUPLICATE_NOTICE, "falseMatch.trip", key);
  }
  if (trip->in_flight() != nullptr) {
    return at.out.Refuse(Code::ORDER_PARTLY_PAID, "falseMatch.trip", key);
  }
  Taken taken{.payee = trip->order.payee, .amount = trip->order.amount, .inside = trip->inside};
  if (trip->inside) {
    AddCancelled(at, key, "false match");
  } else if (trip->paid() != nullptr) {
    if (trip->left().minor > 0) AddFareRefund(*trip, trip->left(), RideStage::REFUNDED, at);
    if (trip->repaid) taken.payee = trip->arrears->payee;
  } else if (trip->arrears && IsLive(trip->arrears->status)) {
    AddCancelled(at, trip->arrears->key, "false match");
    taken.payee = trip->arrears->payee;
  } else {
    return at.out.Refuse(Code::ORDER_NOT_OPEN, "falseMatch.trip", key);
  }
  AddRightTrip(*trip, right, taken, match.getGateEvent(), at);
}

// A2.2 rule 13: the App showed it; the outbox need not tell it again.
void TakeNotified(Notified::Reader notified, Step& at) {
  const std::string key = Copy(notified.getTrip());
  const auto trip = FindTrip(at.ledger, key);
  if (!trip) return at.out.Refuse(Code::UNKNOWN_ORDER, "notified.trip", key);
  auto proposal = AddStep(at, key, RideStage::NOTIFIED, trip->rider());
  proposal.initBody().initOrder().setAction(schema::OrderAction::PROGRESSED);
}

}  // namespace longmen::adapters::metro
