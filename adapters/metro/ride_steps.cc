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

// What a gate says of the fare that the rider will owe.
template <typename Seen>
Fare FareAt(Seen seen, const Money& amount) {
  return {.trip = Copy(seen.getTrip()),
          .rider = Copy(seen.getRider()),
          .amount = amount,
          .payee = Copy(seen.getOperator()),
          .scheme = Copy(seen.getScheme()),
          .tariff = Copy(seen.getTariff()),
          .tried = {}};
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

// Whether the tariff's fares are of the wallet's currency. False, and refused, where they are not.
template <typename Seen>
bool IsInCurrency(const engine::FareTable& table, const engine::MandateState& mandate, Seen seen,
                  const std::string& step, Step& at) {
  const auto wallet = at.ledger.FindAccount(mandate.account);
  if (!wallet || wallet->balance.currency.numeric == table.currency) return true;
  at.out.Refuse(Code::CURRENCY_MISMATCH, step + ".tariff", Copy(seen.getTrip()));
  return false;
}

// Whether the fare goes to a merchant's account. False, and refused, where it is of another kind:
// no rider's wallet is an operator. One that is not known is the engine's to refuse.
template <typename Seen>
bool IsOperator(Seen seen, const std::string& step, Step& at) {
  const auto account = at.ledger.FindAccount(View(seen.getOperator()));
  if (!account || account->kind == schema::AccountKind::MERCHANT) return true;
  at.out.Refuse(Code::ACCOUNT_KIND_NOT_ALLOWED, step + ".operator", Copy(seen.getTrip()));
  return false;
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

// What ticketing charges, up to the highest fare. Nothing, and refused, where it is above that.
std::optional<Price> PriceOfTicket(const engine::FareTable& table, Exit::Reader exit,
                                   const engine::FareDiscount* discount, Step& at) {
  const auto ticket = exit.getTicket();
  if (ticket.getFareMinor() > FareMax(table)) {
    at.out.Refuse(Code::EXCEEDS_ORDER, "exit.ticket.fareMinor", Copy(exit.getTrip()));
    return std::nullopt;
  }
  return Priced(ticket.getFareMinor(), ticket.getPaysMinor(), discount);
}

// The funder's part of what the rider does not pay. The funder promised it: it is booked whatever
// its account says.
void AddSubsidy(const Fare& fare, const Price& price, const engine::FareDiscount* discount,
                Step& at) {
  if (price.subsidy == 0) return;
  AddStandAlone(at, fare.trip, schema::DebitKind::SUBSIDY, {price.subsidy, fare.amount.currency},
                {discount->funder, fare.payee, fare.scheme})
      .setBasis(schema::Basis::REPORTED);
}

// The rider is outside and owes the price: from now on the trip occupies nobody.
schema::Proposal::Builder AddLeft(const Trip& trip, const Price& price, Step& at) {
  auto proposal = AddStep(at, trip.order.key, RideStage::LEFT, trip.rider());
  SetPrice(proposal, price);
  if (price.pays == 0) {
    proposal.initBody().initOrder().setAction(schema::OrderAction::CANCELLED);
  } else {
    InitAmended(proposal, {price.pays, trip.order.amount.currency}).setFreesResources(true);
  }
  return proposal;
}

void Charge(Fare fare, const Price& price, const engine::FareDiscount* discount, Step& at) {
  AddSubsidy(fare, price, discount, at);
  if (price.pays == 0) return;
  fare.amount.minor = price.pays;
  TakeFare(fare, at);
}

// The gate did not know the trip and gave the exit a number of its own. An order that is placed and
// cancelled at once remembers it: a repeat finds it.
void RememberNumber(const Trip& trip, const std::string& number, Step& at) {
  auto proposal = AddStep(at, number, RideStage::LEFT, trip.rider());
  proposal.getDetails().getMetro().setRelatedTrip(trip.order.key.c_str());
  AddRemembered(at, proposal, trip.order.amount, trip.order.payee.text(),
                "another number of a trip");
}

// The ride's order is placed when it ends, under the exit's number.
void PlaceAtExit(Fare fare, const engine::MandateState& mandate, std::string_view began,
                 Nanos entered, const Price& price, const engine::FareDiscount* discount,
                 Exit::Reader exit, Step& at) {
  auto proposal = AddStep(at, fare.trip, RideStage::LEFT, fare.rider);
  SetPrice(proposal, price);
  SetSeen(proposal.getDetails().getMetro(), exit);
  fare.amount.minor = price.pays != 0 ? price.pays : price.fare;
  auto order = InitTrip(proposal, fare, mandate, began, entered);
  if (!engine::MandateActive(mandate, at.occurred_at)) PutUnderNoMandate(order, fare.rider);
  if (price.pays == 0) AddCancelled(at, fare.trip, "nothing to pay");
  Charge(fare, price, discount, at);
}

// A2.6: no entry is known. What ticketing charges, or the highest fare by rule; the exit is kept.
void TakeExitWithoutEntry(Exit::Reader exit, Step& at) {
  const std::string key = Copy(exit.getTrip());
  const auto mandate = at.ledger.FindMandate(View(exit.getRider()));
  if (!mandate) return at.out.Refuse(Code::UNKNOWN_MANDATE, "exit.rider", key);
  if (!exit.hasOperator()) return at.out.Refuse(Code::UNKNOWN_ORDER, "exit.trip", key);
  const engine::FareTable* table = FindTable(exit, "exit", at);
  if (table == nullptr || !IsInCurrency(*table, *mandate, exit, "exit", at) ||
      !IsOperator(exit, "exit", at)) {
    return;
  }
  const engine::FareDiscount* discount = nullptr;
  std::optional<Price> price = Discounted(FareMax(*table), nullptr);
  if (exit.hasTicket()) {
    if (!FindDiscount(*table, exit, discount, at)) return;
    price = PriceOfTicket(*table, exit, discount, at);
    if (!price) return;
  }
  if (!exit.getTicket().getFlat()) price->anomaly = RideAnomaly::EXIT_WITHOUT_ENTRY;
  PlaceAtExit(FareAt(exit, {0, Currency{table->currency}}), *mandate, View(exit.getStation()),
              at.occurred_at, *price, discount, exit, at);
}

// Another operator's gate: the fare is its own. The entry's order ends, and names the exit's.
void LeaveElsewhere(const Trip& trip, const Price& price, const engine::FareDiscount* discount,
                    Exit::Reader exit, Step& at) {
  const std::string number = Copy(exit.getTrip());
  auto left = AddStep(at, trip.order.key, RideStage::LEFT, trip.rider());
  left.getDetails().getMetro().setRelatedTrip(number);
  auto order = left.initBody().initOrder();
  order.setAction(schema::OrderAction::CANCELLED);
  order.setReason("left by another operator's gate");
  Fare fare = FareOf(trip);
  fare.trip = number;
  fare.payee = Copy(exit.getOperator());
  if (exit.hasScheme()) fare.scheme = Copy(exit.getScheme());
  PlaceAtExit(fare, *at.ledger.FindMandate(fare.rider), trip.order.submitter, trip.entered(), price,
              discount, exit, at);
}

// What the ride costs that ends here. Nothing, and refused, where that cannot be said.
std::optional<Price> PriceAtExit(const Trip& trip, const engine::FareTable& table,
                                 const engine::FareDiscount* discount, Exit::Reader exit,
                                 Step& at) {
  const auto ride = PriceOfRide(table, trip.order.submitter, View(exit.getStation()),
                                at.occurred_at - trip.entered(), discount);
  if (!ride) {
    at.out.Refuse(Code::UNKNOWN_STATION, "exit.station", Copy(exit.getTrip()));
    return std::nullopt;
  }
  if (!exit.hasTicket()) return ride;
  auto price = PriceOfTicket(table, exit, discount, at);
  if (price) {
    price->metres = ride->metres;
    price->anomaly = ride->anomaly;
  }
  return price;
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
  if (table == nullptr || !IsInCurrency(*table, *mandate, entry, "entry", at) ||
      !IsOperator(entry, "entry", at)) {
    return;
  }
  auto proposal = AddStep(at, key, RideStage::ENTERED, rider);
  SetSeen(proposal.getDetails().getMetro(), entry);
  proposal.getDetails().getMetro().setTariff(entry.getTariff());
  auto order = InitTrip(proposal, FareAt(entry, {FareMax(*table), Currency{table->currency}}),
                        *mandate, View(entry.getStation()), at.occurred_at);
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
  const bool flat = exit.getTicket().getFlat();
  if (trip && flat) return at.out.Refuse(Code::ROUTE_MISMATCH, "exit.ticket.flat", key);
  if (!trip && !flat) trip = FindOpenTrip(at.ledger, View(exit.getRider()));
  if (!trip) return TakeExitWithoutEntry(exit, at);

  const engine::FareTable* table = at.ledger.FindFareTable(trip->order.channel);
  if (table == nullptr) return at.out.Refuse(Code::UNKNOWN_TARIFF, "exit.tariff", key);
  if (exit.hasTariff() && View(exit.getTariff()) != trip->order.channel) {
    return at.out.Refuse(Code::ROUTE_MISMATCH, "exit.tariff", key);
  }
  const engine::FareDiscount* discount = nullptr;
  if (!FindDiscount(*table, exit, discount, at)) return;
  if (at.occurred_at < trip->entered()) return at.out.Refuse(Code::TOO_EARLY, "occurredAt", key);
  const auto price = PriceAtExit(*trip, *table, discount, exit, at);
  if (!price) return;
  const bool elsewhere = exit.hasOperator() && trip->order.payee != View(exit.getOperator());
  if (elsewhere && trip->order.key == key) {
    return at.out.Refuse(Code::ROUTE_MISMATCH, "exit.operator", key);
  }
  if (elsewhere && !IsOperator(exit, "exit", at)) return;
  if (elsewhere) return LeaveElsewhere(*trip, *price, discount, exit, at);

  Fare fare = FareOf(*trip);
  if (exit.hasScheme() && !fare.scheme.empty() && fare.scheme != View(exit.getScheme())) {
    return at.out.Refuse(Code::ROUTE_MISMATCH, "exit.scheme", key);
  }
  if (exit.hasScheme() && fare.scheme.empty()) {
    fare.scheme = Copy(exit.getScheme());
    fare.order_has_scheme = false;
  }
  SetSeen(AddLeft(*trip, *price, at).getDetails().getMetro(), exit);
  if (trip->order.key != key) RememberNumber(*trip, key, at);
  Charge(fare, *price, discount, at);
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
  Charge(FareOf(*trip), price, nullptr, at);
}

}  // namespace longmen::adapters::metro
