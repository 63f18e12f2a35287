#include "adapters/metro/steps.h"
#include "adapters/port/record_json.h"

namespace longmen::adapters::metro {
namespace {

using schema::RideAnomaly;
using schema::RideStage;

// What a gate saw: an Entry or an Exit.
template <typename Seen>
void SetSeen(schema::MetroDetails::Builder details, Seen seen) {
  details.setStation(seen.getStation());
  if (seen.hasGate()) details.setGate(seen.getGate());
  details.setMode(seen.getMode());
}

// The trip's order, over `most`; the ride is priced by the tariff of what began it, from there.
template <typename Seen>
schema::Order::Builder InitTrip(schema::Proposal::Builder proposal, const Money& most,
                                const engine::MandateState& mandate, Seen seen, Nanos entered) {
  auto order = InitOrder(proposal, most);
  order.setPayer(mandate.account);
  order.setMandate(seen.getRider());
  order.setValidUntil(Later(entered, kTripValid));
  order.setPayee(seen.getOperator());
  order.setChannel(seen.getTariff());
  order.setSubmitter(seen.getStation());
  if (seen.hasScheme()) order.setScheme(seen.getScheme());
  return order;
}

// The tariff of a gate's network. Null, and refused, where there is none, or the gate's station is
// not of it.
template <typename Seen>
const engine::FareTable* FindTable(Seen seen, const std::string& step, Step& at) {
  const engine::FareTable* table = at.ledger.FindFareTable(View(seen.getTariff()));
  if (table != nullptr && table->HasStation(View(seen.getStation()))) return table;
  if (table == nullptr) {
    at.out.Refuse(Code::UNKNOWN_TARIFF, step + ".tariff", Copy(seen.getTrip()));
  } else {
    at.out.Refuse(Code::UNKNOWN_STATION, step + ".station", Copy(seen.getTrip()));
  }
  return nullptr;
}

// The discount by its name. False, and refused, where the tariff has none of that name.
bool FindDiscount(const engine::FareTable& table, Exit::Reader exit,
                  const engine::FareDiscount*& discount, Step& at) {
  if (!exit.hasDiscount()) return true;
  discount = table.FindDiscount(View(exit.getDiscount()));
  if (discount != nullptr) return true;
  at.out.Refuse(Code::UNKNOWN_TARIFF, "exit.discount", Copy(exit.getTrip()));
  return false;
}

void SetPrice(schema::Proposal::Builder proposal, const Price& price) {
  auto details = proposal.getDetails().getMetro();
  details.setFareMinor(price.fare);
  details.setDiscountMinor(price.fare - price.pays);
  details.setMetres(price.metres);
  details.setAnomaly(price.anomaly);
}

// The funder's part of what the rider does not pay. The funder promised it: it is booked whatever
// its account says.
void AddSubsidy(const Trip& trip, const Price& price, const engine::FareDiscount* discount,
                Step& at) {
  if (price.subsidy == 0) return;
  AddStandAlone(at, std::string(trip.order.key), schema::DebitKind::SUBSIDY,
                {price.subsidy, trip.order.amount.currency},
                {discount->funder, trip.order.payee, trip.order.scheme})
      .setBasis(schema::Basis::REPORTED);
}

// The rider is outside and owes the price: from now on the trip occupies nobody.
schema::Proposal::Builder AddLeft(const Trip& trip, const Price& price, Step& at) {
  auto proposal = AddStep(at, trip.order.key, RideStage::LEFT, trip.rider());
  SetPrice(proposal, price);
  auto order = proposal.initBody().initOrder();
  if (price.pays == 0) {
    order.setAction(schema::OrderAction::CANCELLED);
    return proposal;
  }
  order.setAction(schema::OrderAction::AMENDED);
  order.getAmount().setMinor(price.pays);
  order.getAmount().setCurrency(trip.order.amount.currency.numeric);
  order.setFreesResources(true);
  return proposal;
}

void Charge(const Trip& trip, const Price& price, const engine::FareDiscount* discount, Step& at) {
  AddSubsidy(trip, price, discount, at);
  if (price.pays == 0) return;
  Fare fare = FareOf(trip);
  fare.amount.minor = price.pays;
  TakeFare(fare, at);
}

// The gate did not know the trip and gave the exit a number of its own. An order that is placed and
// cancelled at once remembers it: a repeat finds it.
void RememberNumber(const Trip& trip, const std::string& number, Step& at) {
  auto proposal = AddStep(at, number, RideStage::LEFT, trip.rider());
  proposal.getDetails().getMetro().setRelatedTrip(trip.order.key.c_str());
  auto order = InitOrder(proposal, trip.order.amount);
  order.setPayee(trip.order.payee.text());
  AddCancelled(at, number, "another number of a trip");
}

// A2.6: no entry is known. The highest fare by rule; the exit is kept.
void TakeExitWithoutEntry(Exit::Reader exit, Step& at) {
  const std::string key = Copy(exit.getTrip());
  const std::string rider = Copy(exit.getRider());
  const auto mandate = at.ledger.FindMandate(rider);
  if (!mandate) return at.out.Refuse(Code::UNKNOWN_MANDATE, "exit.rider", key);
  if (!exit.hasOperator()) return at.out.Refuse(Code::UNKNOWN_ORDER, "exit.trip", key);
  const engine::FareTable* table = FindTable(exit, "exit", at);
  if (table == nullptr) return;
  const auto account = at.ledger.FindAccount(mandate->account);
  Price price = Discounted(FareMax(*table), nullptr);
  price.anomaly = RideAnomaly::EXIT_WITHOUT_ENTRY;
  const Money amount{price.pays, account->balance.currency};
  auto proposal = AddStep(at, key, RideStage::LEFT, rider);
  SetPrice(proposal, price);
  SetSeen(proposal.getDetails().getMetro(), exit);
  InitTrip(proposal, amount, *mandate, exit, at.occurred_at);
  TakeFare({.trip = key,
            .rider = rider,
            .amount = amount,
            .payee = Copy(exit.getOperator()),
            .scheme = Copy(exit.getScheme()),
            .tariff = Copy(exit.getTariff()),
            .tried = {}},
           at);
}

}  // namespace

// A2.3: the gate opens for who has signed up and owes nothing; what it will cost is known later.
void TakeEntry(Entry::Reader entry, Step& at) {
  const std::string key = Copy(entry.getTrip());
  const std::string rider = Copy(entry.getRider());
  const auto mandate = at.ledger.FindMandate(rider);
  if (!mandate) return at.out.Refuse(Code::UNKNOWN_MANDATE, "entry.rider", key);
  // A2.6: a gate that let the rider in from its own list must have looked at today's permission.
  if (entry.getMandateVersion() != 0 && entry.getMandateVersion() != mandate->version) {
    return at.out.Refuse(Code::STALE_MANDATE, "entry.mandateVersion", key);
  }
  if (!ArrearsOf(at.ledger, rider).empty()) {
    return at.out.Refuse(Code::IN_ARREARS, "entry.rider", key);
  }
  const engine::FareTable* table = FindTable(entry, "entry", at);
  if (table == nullptr) return;
  const auto account = at.ledger.FindAccount(mandate->account);
  auto proposal = AddStep(at, key, RideStage::ENTERED, rider);
  SetSeen(proposal.getDetails().getMetro(), entry);
  proposal.getDetails().getMetro().setTariff(entry.getTariff());
  auto order = InitTrip(proposal, {FareMax(*table), account->balance.currency}, *mandate, entry,
                        at.occurred_at);
  order.initResources(1).set(0, RiderResource(rider));
}

// A2.2 rules 6, 7 and 12: face or code, in and out; the pair is the rider's.
void TakeExit(Exit::Reader exit, Step& at) {
  const std::string key = Copy(exit.getTrip());
  auto trip = FindTrip(at.ledger, key);
  if (trip && trip->rider() != View(exit.getRider())) {
    return at.out.Refuse(Code::ROUTE_MISMATCH, "exit.rider", key);
  }
  if (trip && !trip->inside) return at.out.Refuse(Code::DUPLICATE_NOTICE, "exit.trip", key);
  // A number that an earlier exit brought.
  if (!trip && at.ledger.FindOrder(schema::Scenario::METRO, key)) {
    return at.out.Refuse(Code::DUPLICATE_NOTICE, "exit.trip", key);
  }
  if (!trip) trip = FindOpenTrip(at.ledger, View(exit.getRider()));
  if (!trip) return TakeExitWithoutEntry(exit, at);

  const engine::FareTable* table = at.ledger.FindFareTable(trip->order.channel);
  if (table == nullptr) return at.out.Refuse(Code::UNKNOWN_TARIFF, "exit.tariff", key);
  if (exit.hasTariff() && View(exit.getTariff()) != trip->order.channel) {
    return at.out.Refuse(Code::ROUTE_MISMATCH, "exit.tariff", key);
  }
  const engine::FareDiscount* discount = nullptr;
  if (!FindDiscount(*table, exit, discount, at)) return;
  if (at.occurred_at < trip->entered()) return at.out.Refuse(Code::TOO_EARLY, "occurredAt", key);
  const auto price = PriceOfRide(*table, trip->order.submitter, View(exit.getStation()),
                                 at.occurred_at - trip->entered(), discount);
  if (!price) return at.out.Refuse(Code::UNKNOWN_STATION, "exit.station", key);

  SetSeen(AddLeft(*trip, *price, at).getDetails().getMetro(), exit);
  if (trip->order.key != key) RememberNumber(*trip, key, at);
  Charge(*trip, *price, discount, at);
}

// A2.6: the exit never came. The highest fare, or what the staff found.
void TakeUnmatched(Unmatched::Reader unmatched, Step& at) {
  const std::string key = Copy(unmatched.getTrip());
  const auto trip = FindTrip(at.ledger, key);
  if (!trip) return at.out.Refuse(Code::UNKNOWN_ORDER, "unmatched.trip", key);
  if (!trip->inside) return at.out.Refuse(Code::ORDER_NOT_OPEN, "unmatched.trip", key);
  const engine::FareTable* table = at.ledger.FindFareTable(trip->order.channel);
  if (table == nullptr) return at.out.Refuse(Code::UNKNOWN_TARIFF, "unmatched.trip", key);
  if (at.occurred_at <= Later(trip->entered(), Nanos{table->stay_minutes} * kNanosPerMinute)) {
    return at.out.Refuse(Code::TOO_EARLY, "occurredAt", key);
  }
  if (unmatched.getFareMinor() < 0 || unmatched.getFareMinor() > trip->order.amount.minor) {
    return at.out.Refuse(Code::EXCEEDS_ORDER, "unmatched.fareMinor", key);
  }
  const bool staffed = unmatched.getFareMinor() != 0;
  Price price = Discounted(staffed ? unmatched.getFareMinor() : FareMax(*table), nullptr);
  price.anomaly = RideAnomaly::ENTRY_WITHOUT_EXIT;
  auto left = AddLeft(*trip, price, at);
  if (unmatched.hasReason()) left.getBody().getOrder().setReason(unmatched.getReason());
  Charge(*trip, price, nullptr, at);
}

}  // namespace longmen::adapters::metro
