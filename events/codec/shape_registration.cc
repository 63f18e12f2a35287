#include "events/codec/shape_rules.h"

namespace longmen::codec {
namespace {

constexpr int kMinutesOfDay = 24 * 60;

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

bool CheckCap(schema::NetDebitCap::Reader cap, ShapeRules& rules) {
  constexpr int64_t kWhole = 1'000;
  return rules.NotNegative(cap.getCreditMinor(), "registration.account.cap.creditMinor") &&
         rules.NotNegative(cap.getCollateralMinor(), "registration.account.cap.collateralMinor") &&
         rules.NotNegative(cap.getEarmarkMinor(), "registration.account.cap.earmarkMinor") &&
         rules.NotNegative(cap.getWarnPermille(), "registration.account.cap.warnPermille", kWhole);
}

bool CheckBilateralLimits(capnp::List<schema::BilateralLimit>::Reader limits, ShapeRules& rules) {
  constexpr const char* kLimits = "registration.account.bilateralLimits";
  if (!rules.ListSize(limits.size(), kLimits, kPositionsMax)) return false;
  for (unsigned i = 0; i < limits.size(); ++i) {
    if (!rules.NotNegative(limits[i].getMinor(), {kLimits, i, "minor"}) ||
        !rules.RequiredId(limits[i].getParticipant(), {kLimits, i, "participant"})) {
      return false;
    }
    if (i > 0 && !(limits[i - 1].getParticipant() < limits[i].getParticipant())) {
      return rules.Fail(Code::AMOUNT_OUT_OF_RANGE, {kLimits, i, "participant"},
                        "not after the last");
    }
  }
  return true;
}

bool CheckAccount(schema::Account::Reader account, ShapeRules& rules) {
  if (!rules.NotNegative(account.getFloorMinor(), "registration.account.floorMinor") ||
      !rules.NotNegative(account.getCeilingMinor(), "registration.account.ceilingMinor") ||
      !CheckAccountLimits(account.getLimits(), rules) ||
      !rules.Currency(account.getCurrency(), "registration.account.currency") ||
      !rules.Known(account.getKind(), schema::AccountKind::FX, "registration.account.kind") ||
      !rules.Known(account.getStatus(), schema::Status::CLOSED, "registration.account.status") ||
      !rules.RequiredId(account.getParticipant(), "registration.account.participant")) {
    return false;
  }
  if (account.getKind() == schema::AccountKind::CLEARING) {
    return rules.RequiredId(account.getScheme(), "registration.account.scheme") &&
           CheckCap(account.getCap(), rules) &&
           CheckBilateralLimits(account.getBilateralLimits(), rules);
  }
  return rules.Absent(account.getScheme().size() == 0, "registration.account.scheme") &&
         rules.Absent(!account.hasCap(), "registration.account.cap") &&
         rules.Absent(account.getBilateralLimits().size() == 0,
                      "registration.account.bilateralLimits");
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

bool CheckCurrencies(capnp::List<uint16_t>::Reader currencies, ShapeRules& rules) {
  constexpr const char* kCurrencies = "registration.mandate.currencies";
  if (!rules.ListSize(currencies.size(), kCurrencies)) return false;
  for (unsigned i = 0; i < currencies.size(); ++i) {
    if (!rules.Currency(currencies[i], {kCurrencies, i})) return false;
  }
  return true;
}

bool CheckCategories(capnp::List<capnp::Text>::Reader categories, ShapeRules& rules) {
  constexpr const char* kCategories = "registration.mandate.merchantCategories";
  if (!rules.ListSize(categories.size(), kCategories)) return false;
  for (unsigned i = 0; i < categories.size(); ++i) {
    if (!rules.Required(categories[i].size() > 0, {kCategories, i}) ||
        !rules.MerchantCategory(categories[i], {kCategories, i})) {
      return false;
    }
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
         rules.Ids(mandate.getFallbacks(), "registration.mandate.fallbacks") &&
         CheckCurrencies(mandate.getCurrencies(), rules) &&
         CheckCategories(mandate.getMerchantCategories(), rules) &&
         rules.Ids(mandate.getMerchants(), "registration.mandate.merchants");
}

constexpr int16_t kDayMinutes = 24 * 60;

// Parts of a day: each ends after it begins, and begins after the last one ended.
bool CheckHours(capnp::List<schema::Hours>::Reader hours, ShapeRules& rules) {
  constexpr const char* kHours = "registration.scheme.hours";
  if (!rules.ListSize(hours.size(), kHours)) return false;
  int16_t ended = -kDayMinutes;
  for (unsigned i = 0; i < hours.size(); ++i) {
    const int16_t from = hours[i].getFromMinute();
    const int16_t to = hours[i].getToMinute();
    if (from < ended) {
      return rules.Fail(Code::AMOUNT_OUT_OF_RANGE, {kHours, i, "fromMinute"}, "before the last");
    }
    if (to <= from || to > kDayMinutes) {
      return rules.Fail(Code::AMOUNT_OUT_OF_RANGE, {kHours, i, "toMinute"});
    }
    ended = to;
  }
  return true;
}

// What schemes of some methods have and others have not.
bool CheckMethod(schema::Scheme::Reader scheme, ShapeRules& rules) {
  using Method = schema::SettlementMethod;
  const Method method = scheme.getMethod();
  const bool queued = method == Method::QUEUED;
  return rules.Absent(!scheme.getCovered() || (method != Method::GROSS && !queued),
                      "registration.scheme.covered") &&
         rules.Absent(queued || !scheme.getBypassesFifo(), "registration.scheme.bypassesFifo") &&
         rules.Absent(queued || !scheme.getChangesPriority(),
                      "registration.scheme.changesPriority") &&
         rules.Absent(queued || scheme.getResolution() == schema::ResolutionMode::UNSTATED,
                      "registration.scheme.resolution") &&
         rules.Known(scheme.getResolution(), schema::ResolutionMode::VALUE,
                     "registration.scheme.resolution") &&
         rules.Absent(queued || scheme.getResolveMinutes() == 0,
                      "registration.scheme.resolveMinutes") &&
         rules.NotNegative(scheme.getResolveMinutes(), "registration.scheme.resolveMinutes",
                           kDayMinutes) &&
         rules.Absent(queued || scheme.getWindowMinutes() == 0,
                      "registration.scheme.windowMinutes") &&
         rules.NotNegative(scheme.getWindowMinutes(), "registration.scheme.windowMinutes",
                           kDayMinutes) &&
         rules.Required(scheme.getWindowMinutes() == 0 || scheme.getHours().size() > 0,
                        "registration.scheme.hours");
}

bool CheckScheme(schema::Scheme::Reader scheme, ShapeRules& rules) {
  return rules.Known(scheme.getMethod(), schema::SettlementMethod::QUEUED,
                     "registration.scheme.method") &&
         rules.Id(scheme.getCyclePrefix(), "registration.scheme.cyclePrefix") &&
         rules.NotNegative(scheme.getMaxMinor(), "registration.scheme.maxMinor") &&
         rules.NotNegative(scheme.getCutOffMinute(), "registration.scheme.cutOffMinute",
                           kDayMinutes - 1) &&
         rules.Id(scheme.getCalendar(), "registration.scheme.calendar") &&
         CheckHours(scheme.getHours(), rules) &&
         rules.Id(scheme.getFeeTable(), "registration.scheme.feeTable") &&
         CheckMethod(scheme, rules);
}

bool CheckCalendar(schema::Calendar::Reader calendar, ShapeRules& rules) {
  constexpr const char* kDays = "registration.calendar.days";
  const auto days = calendar.getDays();
  if (!rules.UtcOffset(calendar.getUtcOffsetMinutes(), "registration.calendar.utcOffsetMinutes") ||
      !rules.ListSize(days.size(), kDays, kCalendarDaysMax)) {
    return false;
  }
  for (unsigned i = 0; i < days.size(); ++i) {
    if (!rules.Required(days[i].getDate() != 0, {kDays, i, "date"}) ||
        !rules.Date(days[i].getDate(), {kDays, i, "date"}) ||
        !rules.Known(days[i].getKind(), schema::DayKind::HOLIDAY, {kDays, i, "kind"})) {
      return false;
    }
    if (i > 0 && days[i].getDate() <= days[i - 1].getDate()) {
      return rules.Fail(Code::AMOUNT_OUT_OF_RANGE, {kDays, i, "date"}, "not after the last");
    }
  }
  return true;
}

// Steps rise; one without a bound is the last.
bool CheckFeeTable(schema::FeeTable::Reader table, ShapeRules& rules) {
  constexpr const char* kSteps = "registration.feeTable.steps";
  constexpr int64_t kMillion = 1'000'000;
  const auto steps = table.getSteps();
  if (!rules.Currency(table.getCurrency(), "registration.feeTable.currency") ||
      !rules.Required(steps.size() > 0, kSteps) || !rules.ListSize(steps.size(), kSteps)) {
    return false;
  }
  for (unsigned i = 0; i < steps.size(); ++i) {
    const auto step = steps[i];
    if (!rules.NotNegative(step.getUpToMinor(), {kSteps, i, "upToMinor"}) ||
        !rules.NotNegative(step.getFixedMinor(), {kSteps, i, "fixedMinor"}) ||
        !rules.NotNegative(step.getPerMillion(), {kSteps, i, "perMillion"}, kMillion) ||
        !rules.NotNegative(step.getMinMinor(), {kSteps, i, "minMinor"}) ||
        !rules.NotNegative(step.getMaxMinor(), {kSteps, i, "maxMinor"})) {
      return false;
    }
    if (step.getMaxMinor() != 0 && step.getMaxMinor() < step.getMinMinor()) {
      return rules.Fail(Code::AMOUNT_OUT_OF_RANGE, {kSteps, i, "maxMinor"}, "below the least");
    }
    const bool last = i + 1 == steps.size();
    const int64_t before = i == 0 ? 0 : steps[i - 1].getUpToMinor();
    if (step.getUpToMinor() == 0 ? !last : step.getUpToMinor() <= before) {
      return rules.Fail(Code::AMOUNT_OUT_OF_RANGE, {kSteps, i, "upToMinor"}, "not above the last");
    }
  }
  return true;
}

bool CheckRiskRules(capnp::List<schema::RiskRule>::Reader list, ShapeRules& rules) {
  constexpr const char* kRules = "registration.riskPolicy.rules";
  if (!rules.Required(list.size() > 0, kRules) || !rules.ListSize(list.size(), kRules)) {
    return false;
  }
  for (unsigned i = 0; i < list.size(); ++i) {
    const auto rule = list[i];
    if (!rules.RequiredId(rule.getName(), {kRules, i, "name"}) ||
        !rules.NotNegative(rule.getAboveMinor(), {kRules, i, "aboveMinor"}) ||
        !rules.NotNegative(rule.getFromMinute(), {kRules, i, "fromMinute"}, kDayMinutes) ||
        !rules.NotNegative(rule.getToMinute(), {kRules, i, "toMinute"}, kDayMinutes) ||
        !rules.Required(rule.getPoints() > 0, {kRules, i, "points"})) {
      return false;
    }
  }
  return true;
}

bool CheckRiskPolicy(schema::RiskPolicy::Reader policy, ShapeRules& rules) {
  constexpr const char* kSteps = "registration.riskPolicy.steps";
  const auto steps = policy.getSteps();
  if (!CheckRiskRules(policy.getRules(), rules) || !rules.Required(steps.size() > 0, kSteps) ||
      !rules.ListSize(steps.size(), kSteps)) {
    return false;
  }
  for (unsigned i = 0; i < steps.size(); ++i) {
    const auto step = steps[i];
    if (!rules.Required(step.getMethod() != schema::AuthorizationMethod::UNSTATED,
                        {kSteps, i, "method"}) ||
        !rules.Known(step.getMethod(), schema::AuthorizationMethod::DYNAMIC_TOKEN,
                     {kSteps, i, "method"})) {
      return false;
    }
    if (i > 0 && step.getFromPoints() <= steps[i - 1].getFromPoints()) {
      return rules.Fail(Code::AMOUNT_OUT_OF_RANGE, {kSteps, i, "fromPoints"}, "not above the last");
    }
  }
  return true;
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

// No way is longer than all segments together: what that costs is an amount.
bool CheckHighestFare(schema::FareTable::Reader fare, ShapeRules& rules) {
  __int128 metres = 0;
  for (auto segment : fare.getSegments()) metres += segment.getMetres();
  const auto steps = fare.getSteps();
  const __int128 highest = steps[steps.size() - 1].getMinor() +
                           (metres / fare.getBeyondMetres() + 1) * fare.getBeyondMinor();
  return highest <= kAmountMax ||
         rules.Fail(Code::AMOUNT_OUT_OF_RANGE, "registration.tariff.fare.beyondMinor",
                    "the longest way would cost more than an amount holds");
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
         CheckHighestFare(fare, rules) && CheckDiscounts(fare.getDiscounts(), rules) &&
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

bool CheckMatchingRule(schema::MatchingRule::Reader rule, ShapeRules& rules) {
  constexpr const char* kKinds = "registration.matchingRule.kinds";
  const auto kinds = rule.getKinds();
  if (!rules.ListSize(kinds.size(), kKinds)) return false;
  for (unsigned i = 0; i < kinds.size(); ++i) {
    if (!rules.Known(kinds[i], schema::StatementLineKind::ADJUSTMENT, {kKinds, i}) ||
        !rules.Required(kinds[i] != schema::StatementLineKind::UNSTATED, {kKinds, i})) {
      return false;
    }
  }
  constexpr const char* kScenarios = "registration.matchingRule.scenarios";
  const auto scenarios = rule.getScenarios();
  if (!rules.ListSize(scenarios.size(), kScenarios)) return false;
  for (unsigned i = 0; i < scenarios.size(); ++i) {
    if (!rules.Known(scenarios[i], schema::Scenario::TAKEOUT, {kScenarios, i})) return false;
  }
  constexpr const char* kAccounts = "registration.matchingRule.statementAccounts";
  const auto accounts = rule.getStatementAccounts();
  if (!rules.ListSize(accounts.size(), kAccounts)) return false;
  for (unsigned i = 0; i < accounts.size(); ++i) {
    if (!rules.Required(accounts[i].size() > 0, {kAccounts, i}) ||
        !rules.Text(accounts[i], {kAccounts, i})) {
      return false;
    }
  }
  const int16_t starts = rule.getDayStartMinute();
  return rules.Known(rule.getStatus(), schema::Status::CLOSED,
                     "registration.matchingRule.status") &&
         ((-kMinutesOfDay < starts && starts < kMinutesOfDay) ||
          rules.Fail(Code::BAD_TIME, "registration.matchingRule.dayStartMinute")) &&
         (rule.getEdgeMinutes() <= kMinutesOfDay ||
          rules.Fail(Code::BAD_TIME, "registration.matchingRule.edgeMinutes")) &&
         rules.UtcOffset(rule.getUtcOffsetMinutes(),
                         "registration.matchingRule.utcOffsetMinutes") &&
         rules.NotNegative(rule.getAmountToleranceMinor(),
                           "registration.matchingRule.amountToleranceMinor") &&
         rules.RequiredId(rule.getParticipant(), "registration.matchingRule.participant") &&
         rules.RequiredId(rule.getIssuer(), "registration.matchingRule.issuer") &&
         rules.Ids(rule.getChannels(), "registration.matchingRule.channels") &&
         rules.Id(rule.getAccount(), "registration.matchingRule.account") &&
         rules.Id(rule.getSuspense(), "registration.matchingRule.suspense") &&
         rules.Id(rule.getWriteOff(), "registration.matchingRule.writeOff") &&
         rules.Id(rule.getMirror(), "registration.matchingRule.mirror");
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
      // A card's mandate has its token for a name, not its number.
      return rules.Required(registration.hasMandate(), "registration.mandate") &&
             rules.NoCardNumber(proposal.getKey(), "key") &&
             CheckMandate(registration.getMandate(), rules);
    case Kind::SCHEME:
      return rules.Required(registration.hasScheme(), "registration.scheme") &&
             CheckScheme(registration.getScheme(), rules);
    case Kind::TARIFF:
      return rules.Required(registration.hasTariff(), "registration.tariff") &&
             CheckTariff(registration.getTariff(), rules);
    case Kind::CALENDAR:
      return rules.Required(registration.hasCalendar(), "registration.calendar") &&
             CheckCalendar(registration.getCalendar(), rules);
    case Kind::FEE_TABLE:
      return rules.Required(registration.hasFeeTable(), "registration.feeTable") &&
             CheckFeeTable(registration.getFeeTable(), rules);
    case Kind::RISK_POLICY:
      return rules.Required(registration.hasRiskPolicy(), "registration.riskPolicy") &&
             CheckRiskPolicy(registration.getRiskPolicy(), rules);
    case Kind::MATCHING_RULE:
      return rules.Required(registration.hasMatchingRule(), "registration.matchingRule") &&
             CheckMatchingRule(registration.getMatchingRule(), rules);
  }
  return rules.Fail(Code::UNKNOWN_ENUM, "registration");
}

}  // namespace longmen::codec
