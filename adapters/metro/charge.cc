#include <algorithm>

#include "adapters/metro/steps.h"
#include "adapters/port/attempts.h"

namespace longmen::adapters::metro {
namespace {

// The rider's accounts that have not been tried, the wallet first.
std::vector<std::string> SourcesLeft(const Fare& fare, const engine::MandateState& mandate) {
  std::vector<std::string> left{mandate.account};
  left.insert(left.end(), mandate.fallbacks.begin(), mandate.fallbacks.end());
  std::erase_if(left, [&](const std::string& account) {
    return std::ranges::find(fare.tried, account) != fare.tried.end();
  });
  return left;
}

bool Crosses(const engine::LedgerView& ledger, std::string_view from, std::string_view to) {
  const auto payer = ledger.FindAccount(from);
  const auto payee = ledger.FindAccount(to);
  return payer && payee && payer->participant != payee->participant;
}

// Who advances fares pays the operator now; the operator waits otherwise. Either is owed the fare.
void AddArrears(const Fare& fare, Step& at) {
  AddCancelled(at, fare.trip, "in arrears");
  const engine::FareTable* table = at.ledger.FindFareTable(fare.tariff);
  const std::string receivable = table == nullptr ? "" : table->receivable;
  const bool advanced = !receivable.empty() && receivable != fare.payee;
  if (advanced) {
    AddStandAlone(at, fare.trip, schema::DebitKind::ADVANCE, fare.amount,
                  {receivable, fare.payee, fare.scheme})
        .setBasis(schema::Basis::REPORTED);
  }
  auto owed = InitOrder(
      AddStep(at, ArrearsKey(fare.trip), schema::RideStage::IN_ARREARS, fare.rider), fare.amount);
  owed.setPayee(advanced ? receivable : fare.payee);
  if (!fare.scheme.empty()) owed.setScheme(fare.scheme);
  if (const auto resource = FreeArrearsResource(at.ledger, fare.rider)) {
    owed.initResources(1).set(0, *resource);
  }
}

}  // namespace

schema::Order::Builder InitTrip(schema::Proposal::Builder proposal, const Fare& fare,
                                const engine::MandateState& mandate, std::string_view station,
                                Nanos entered) {
  auto order = InitOrder(proposal, fare.amount);
  order.setPayer(mandate.account);
  order.setMandate(fare.rider);
  order.setValidUntil(Later(entered, kTripValid));
  order.setPayee(fare.payee);
  order.setChannel(fare.tariff);
  order.setSubmitter(std::string(station));
  if (!fare.scheme.empty()) order.setScheme(fare.scheme);
  return order;
}

Fare FareOf(const Trip& trip, const MovementState* failed) {
  Fare fare{.trip = std::string(trip.order.key),
            .rider = std::string(trip.rider()),
            .amount = trip.order.amount,
            .payee = trip.order.payee,
            .scheme = trip.order.scheme,
            .tariff = std::string(trip.order.channel),
            .tried = {}};
  for (const MovementState& payment : trip.payments) {
    const bool failed_now = failed != nullptr && payment.sequence == failed->sequence;
    if (failed_now || payment.outcome == schema::Outcome::FAILED) {
      fare.tried.push_back(payment.from_account);
    }
  }
  return fare;
}

void TakeFare(const Fare& fare, Step& at) {
  const auto mandate = at.ledger.FindMandate(fare.rider);
  if (!mandate || !engine::MandateActive(*mandate, at.occurred_at)) return AddArrears(fare, at);
  for (const std::string& account : SourcesLeft(fare, *mandate)) {
    if (fare.scheme.empty() && Crosses(at.ledger, account, fare.payee)) continue;
    if (at.ledger.ObjectionToPayer(account, fare.amount.minor, at.occurred_at) != Code::NONE) {
      continue;
    }
    // The wallet is in these books; a card's bank has to be asked, by the outbox.
    const bool wallet = account == mandate->account;
    auto proposal = AddStep(at, fare.trip, schema::RideStage::CARD_ASKED, fare.rider);
    auto debit = InitDebit(proposal, fare.amount,
                           wallet ? schema::Outcome::SUCCEEDED : schema::Outcome::PENDING);
    debit.setPayer(account);
    if (!fare.order_has_scheme) debit.setScheme(fare.scheme);
    debit.setChannelReference(AttemptNumber(fare.trip, kPaymentMark, fare.tried.size()));
    return;
  }
  AddArrears(fare, at);
}

}  // namespace longmen::adapters::metro
