#include "events/codec/shape_rules.h"

namespace longmen::codec {
namespace {

// How late or early a source may be: at most some thirty years, so that sums stay in 64 bits.
constexpr int64_t kBoundMax = 1'000'000'000'000'000'000;

bool CheckSource(schema::Source::Reader source, ShapeRules& rules) {
  if (!rules.NotNegative(source.getMaxLate(), "registration.source.maxLate", kBoundMax) ||
      !rules.NotNegative(source.getMaxEarly(), "registration.source.maxEarly", kBoundMax) ||
      !rules.Known(source.getStatus(), schema::Status::CLOSED, "registration.source.status")) {
    return false;
  }
  const auto bodies = source.getBodies();
  if (!rules.ListSize(bodies.size(), "registration.source.bodies")) return false;
  for (unsigned i = 0; i < bodies.size(); ++i) {
    if (!rules.Known(bodies[i], schema::BodyKind::RESOLUTION, {"registration.source.bodies", i})) {
      return false;
    }
  }
  if (!rules.Ids(source.getParticipants(), "registration.source.participants") ||
      !rules.Ids(source.getSchemes(), "registration.source.schemes")) {
    return false;
  }
  return rules.Digest(source.getTokenHash(), "registration.source.tokenHash");
}

bool CheckParticipant(schema::Participant::Reader participant, ShapeRules& rules) {
  return rules.Known(participant.getStatus(), schema::Status::CLOSED,
                     "registration.participant.status") &&
         rules.Free(participant.getName(), "registration.participant.name") &&
         rules.Text(participant.getIssuerId(), "registration.participant.issuerId") &&
         rules.Text(participant.getBranchCode(), "registration.participant.branchCode");
}

bool CheckLimits(capnp::List<schema::Limit>::Reader limits, const char* list, ShapeRules& rules) {
  if (!rules.ListSize(limits.size(), list)) return false;
  for (unsigned i = 0; i < limits.size(); ++i) {
    const auto limit = limits[i];
    if (!rules.NotNegative(limit.getAmountMinor(), {list, i, "amountMinor"}) ||
        !rules.Known(limit.getWindow(), schema::LimitWindow::TOTAL, {list, i, "window"}) ||
        !rules.Known(limit.getPassing(), schema::LimitPassing::STEP_UP, {list, i, "passing"})) {
      return false;
    }
  }
  return true;
}

// Nobody approves what leaves an account: its limits refuse.
bool CheckAccountLimits(capnp::List<schema::Limit>::Reader limits, ShapeRules& rules) {
  constexpr const char* kLimits = "registration.account.limits";
  if (!CheckLimits(limits, kLimits, rules)) return false;
  for (unsigned i = 0; i < limits.size(); ++i) {
    if (!rules.Absent(limits[i].getPassing() == schema::LimitPassing::REFUSE,
                      {kLimits, i, "passing"})) {
      return false;
    }
  }
  return true;
}

bool CheckAccount(schema::Account::Reader account, ShapeRules& rules) {
  if (!rules.NotNegative(account.getFloorMinor(), "registration.account.floorMinor") ||
      !rules.NotNegative(account.getCeilingMinor(), "registration.account.ceilingMinor") ||
      !CheckAccountLimits(account.getLimits(), rules) ||
      !rules.Currency(account.getCurrency(), "registration.account.currency") ||
      !rules.Known(account.getKind(), schema::AccountKind::EXPENSE, "registration.account.kind") ||
      !rules.Known(account.getStatus(), schema::Status::CLOSED, "registration.account.status") ||
      !rules.RequiredId(account.getParticipant(), "registration.account.participant")) {
    return false;
  }
  if (account.getKind() == schema::AccountKind::CLEARING) {
    return rules.RequiredId(account.getScheme(), "registration.account.scheme");
  }
  return rules.Absent(account.getScheme().size() == 0, "registration.account.scheme");
}

bool CheckApproval(schema::Mandate::Reader mandate, ShapeRules& rules) {
  constexpr const char* kLevels = "registration.mandate.levels";
  constexpr const char* kApprovers = "registration.mandate.approvers";
  const auto levels = mandate.getLevels();
  if (!rules.ListSize(levels.size(), kLevels)) return false;
  for (unsigned i = 0; i < levels.size(); ++i) {
    if (!rules.NotNegative(levels[i].getAboveMinor(), {kLevels, i, "aboveMinor"})) return false;
  }
  const auto approvers = mandate.getApprovers();
  if (!rules.ListSize(approvers.size(), kApprovers)) return false;
  for (unsigned i = 0; i < approvers.size(); ++i) {
    if (!rules.RequiredPerson(approvers[i].getPerson(), {kApprovers, i, "person"})) return false;
  }
  return true;
}

bool CheckMandate(schema::Mandate::Reader mandate, ShapeRules& rules) {
  return rules.Instant(mandate.getValidFrom(), "registration.mandate.validFrom") &&
         rules.Instant(mandate.getValidBefore(), "registration.mandate.validBefore") &&
         rules.Known(mandate.getStatus(), schema::Status::CLOSED, "registration.mandate.status") &&
         rules.UtcOffset(mandate.getUtcOffsetMinutes(), "registration.mandate.utcOffsetMinutes") &&
         rules.RequiredId(mandate.getAccount(), "registration.mandate.account") &&
         rules.Person(mandate.getHolder(), "registration.mandate.holder") &&
         CheckLimits(mandate.getLimits(), "registration.mandate.limits", rules) &&
         CheckApproval(mandate, rules) &&
         rules.Ids(mandate.getChannels(), "registration.mandate.channels") &&
         rules.Ids(mandate.getPayees(), "registration.mandate.payees") &&
         rules.Ids(mandate.getFallbacks(), "registration.mandate.fallbacks");
}

bool CheckScheme(schema::Scheme::Reader scheme, ShapeRules& rules) {
  return rules.Known(scheme.getMethod(), schema::SettlementMethod::GROSS,
                     "registration.scheme.method") &&
         rules.Id(scheme.getCyclePrefix(), "registration.scheme.cyclePrefix");
}

// Ten years: a time of parking in nanoseconds stays in 64 bits, and any such tariff has a meaning.
constexpr int64_t kTariffMinutesMax = int64_t{10} * 365 * 24 * 60;

bool CheckParkingTariff(schema::ParkingTariff::Reader parking, ShapeRules& rules) {
  return rules.NotNegative(parking.getCapMinor(), "registration.tariff.parking.capMinor") &&
         rules.NotNegative(parking.getStepMinor(), "registration.tariff.parking.stepMinor") &&
         rules.Required(parking.getStepMinutes() > 0, "registration.tariff.parking.stepMinutes") &&
         rules.NotNegative(parking.getStepMinutes(), "registration.tariff.parking.stepMinutes",
                           kTariffMinutesMax) &&
         rules.NotNegative(parking.getFreeMinutes(), "registration.tariff.parking.freeMinutes",
                           kTariffMinutesMax);
}

// Stations next to each other: at most a thousand kilometres, so that any way stays in 32 bits.
constexpr int64_t kMetresMax = 1'000'000;
constexpr size_t kSegmentsMax = 500;
constexpr int64_t kPermille = 1'000;

bool CheckSteps(capnp::List<schema::FareStep>::Reader steps, ShapeRules& rules) {
  constexpr const char* kSteps = "registration.tariff.fare.steps";
  if (!rules.Required(steps.size() > 0, kSteps) || !rules.ListSize(steps.size(), kSteps)) {
    return false;
  }
  for (unsigned i = 0; i < steps.size(); ++i) {
    const uint32_t before = i == 0 ? 0 : steps[i - 1].getUpToMetres();
    if (!rules.Positive(steps[i].getMinor(), {kSteps, i, "minor"}) ||
        (steps[i].getUpToMetres() <= before &&
         !rules.Fail(Code::AMOUNT_OUT_OF_RANGE, {kSteps, i, "upToMetres"}, "not above the last"))) {
      return false;
    }
  }
  return true;
}

bool CheckSegments(capnp::List<schema::Segment>::Reader segments, ShapeRules& rules) {
  constexpr const char* kSegments = "registration.tariff.fare.segments";
  if (!rules.Required(segments.size() > 0, kSegments) ||
      !rules.ListSize(segments.size(), kSegments, kSegmentsMax)) {
    return false;
  }
  for (unsigned i = 0; i < segments.size(); ++i) {
    if (!rules.Required(segments[i].getMetres() > 0, {kSegments, i, "metres"}) ||
        !rules.NotNegative(segments[i].getMetres(), {kSegments, i, "metres"}, kMetresMax) ||
        !rules.RequiredId(segments[i].getFrom(), {kSegments, i, "from"}) ||
        !rules.RequiredId(segments[i].getTo(), {kSegments, i, "to"})) {
      return false;
    }
  }
  return true;
}

bool CheckDiscounts(capnp::List<schema::Discount>::Reader discounts, ShapeRules& rules) {
  constexpr const char* kDiscounts = "registration.tariff.fare.discounts";
  if (!rules.ListSize(discounts.size(), kDiscounts)) return false;
  for (unsigned i = 0; i < discounts.size(); ++i) {
    const auto discount = discounts[i];
    if (!rules.NotNegative(discount.getPayPermille(), {kDiscounts, i, "payPermille"}, kPermille) ||
        !rules.NotNegative(discount.getFunderPermille(), {kDiscounts, i, "funderPermille"},
                           kPermille) ||
        !rules.RequiredId(discount.getName(), {kDiscounts, i, "name"}) ||
        !rules.Id(discount.getFunder(), {kDiscounts, i, "funder"}) ||
        !rules.Required(discount.getFunderPermille() == 0 || discount.getFunder().size() > 0,
                        {kDiscounts, i, "funder"})) {
      return false;
    }
  }
  return true;
}

bool CheckFareTable(schema::FareTable::Reader fare, ShapeRules& rules) {
  return rules.NotNegative(fare.getMaxMinor(), "registration.tariff.fare.maxMinor") &&
         rules.NotNegative(fare.getBeyondMinor(), "registration.tariff.fare.beyondMinor") &&
         rules.Required(fare.getBeyondMetres() > 0, "registration.tariff.fare.beyondMetres") &&
         rules.NotNegative(fare.getStayMinutes(), "registration.tariff.fare.stayMinutes",
                           kTariffMinutesMax) &&
         rules.NotNegative(fare.getSameStationMinor(),
                           "registration.tariff.fare.sameStationMinor") &&
         CheckSteps(fare.getSteps(), rules) && CheckSegments(fare.getSegments(), rules) &&
         CheckDiscounts(fare.getDiscounts(), rules) &&
         rules.Id(fare.getReceivable(), "registration.tariff.fare.receivable");
}

bool CheckTariff(schema::Tariff::Reader tariff, ShapeRules& rules) {
  if (!rules.Currency(tariff.getCurrency(), "registration.tariff.currency")) return false;
  if (tariff.hasFare()) {
    return rules.Absent(!tariff.hasParking(), "registration.tariff.parking") &&
           CheckFareTable(tariff.getFare(), rules);
  }
  return rules.Required(tariff.hasParking(), "registration.tariff.parking") &&
         CheckParkingTariff(tariff.getParking(), rules);
}

}  // namespace

bool CheckRegistration(schema::Proposal::Reader proposal, ShapeRules& rules) {
  if (!rules.RequiredKey(proposal.getKey(), "key")) return false;
  const auto registration = proposal.getBody().getRegistration();
  using Kind = schema::Registration::Which;
  switch (registration.which()) {
    case Kind::LEDGER:
      return rules.Required(registration.hasLedger(), "registration") &&
             rules.UtcOffset(registration.getLedger().getUtcOffsetMinutes(),
                             "registration.ledger.utcOffsetMinutes");
    case Kind::SOURCE:
      return rules.Required(registration.hasSource(), "registration.source") &&
             CheckSource(registration.getSource(), rules);
    case Kind::PARTICIPANT:
      return rules.Required(registration.hasParticipant(), "registration.participant") &&
             CheckParticipant(registration.getParticipant(), rules);
    case Kind::ACCOUNT:
      return rules.Required(registration.hasAccount(), "registration.account") &&
             CheckAccount(registration.getAccount(), rules);
    case Kind::MANDATE:
      return rules.Required(registration.hasMandate(), "registration.mandate") &&
             CheckMandate(registration.getMandate(), rules);
    case Kind::SCHEME:
      return rules.Required(registration.hasScheme(), "registration.scheme") &&
             CheckScheme(registration.getScheme(), rules);
    case Kind::TARIFF:
      return rules.Required(registration.hasTariff(), "registration.tariff") &&
             CheckTariff(registration.getTariff(), rules);
  }
  return rules.Fail(Code::UNKNOWN_ENUM, "registration");
}

}  // namespace longmen::codec
