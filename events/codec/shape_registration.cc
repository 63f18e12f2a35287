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

bool CheckAccount(schema::Account::Reader account, ShapeRules& rules) {
  if (!rules.NotNegative(account.getFloorMinor(), "registration.account.floorMinor") ||
      !rules.Currency(account.getCurrency(), "registration.account.currency") ||
      !rules.Known(account.getKind(), schema::AccountKind::REVENUE, "registration.account.kind") ||
      !rules.Known(account.getStatus(), schema::Status::CLOSED, "registration.account.status") ||
      !rules.RequiredId(account.getParticipant(), "registration.account.participant")) {
    return false;
  }
  if (account.getKind() == schema::AccountKind::CLEARING) {
    return rules.RequiredId(account.getScheme(), "registration.account.scheme");
  }
  return rules.Absent(account.getScheme().size() == 0, "registration.account.scheme");
}

bool CheckLimits(schema::Mandate::Reader mandate, ShapeRules& rules) {
  constexpr const char* kLimits = "registration.mandate.limits";
  const auto limits = mandate.getLimits();
  if (!rules.ListSize(limits.size(), kLimits)) return false;
  for (unsigned i = 0; i < limits.size(); ++i) {
    const auto limit = limits[i];
    if (!rules.NotNegative(limit.getAmountMinor(), {kLimits, i, "amountMinor"}) ||
        !rules.Known(limit.getWindow(), schema::LimitWindow::TOTAL, {kLimits, i, "window"}) ||
        !rules.Known(limit.getPassing(), schema::LimitPassing::STEP_UP, {kLimits, i, "passing"})) {
      return false;
    }
  }
  return true;
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
         CheckLimits(mandate, rules) && CheckApproval(mandate, rules) &&
         rules.Ids(mandate.getChannels(), "registration.mandate.channels") &&
         rules.Ids(mandate.getPayees(), "registration.mandate.payees");
}

bool CheckScheme(schema::Scheme::Reader scheme, ShapeRules& rules) {
  return rules.Known(scheme.getMethod(), schema::SettlementMethod::GROSS,
                     "registration.scheme.method") &&
         rules.Id(scheme.getCyclePrefix(), "registration.scheme.cyclePrefix");
}

// Ten years: a time of parking in nanoseconds stays in 64 bits, and any such tariff has a meaning.
constexpr int64_t kTariffMinutesMax = int64_t{10} * 365 * 24 * 60;

bool CheckTariff(schema::Tariff::Reader tariff, ShapeRules& rules) {
  if (!rules.Currency(tariff.getCurrency(), "registration.tariff.currency") ||
      !rules.Required(tariff.hasParking(), "registration.tariff.parking")) {
    return false;
  }
  const auto parking = tariff.getParking();
  return rules.NotNegative(parking.getCapMinor(), "registration.tariff.parking.capMinor") &&
         rules.NotNegative(parking.getStepMinor(), "registration.tariff.parking.stepMinor") &&
         rules.Required(parking.getStepMinutes() > 0, "registration.tariff.parking.stepMinutes") &&
         rules.NotNegative(parking.getStepMinutes(), "registration.tariff.parking.stepMinutes",
                           kTariffMinutesMax) &&
         rules.NotNegative(parking.getFreeMinutes(), "registration.tariff.parking.freeMinutes",
                           kTariffMinutesMax);
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
