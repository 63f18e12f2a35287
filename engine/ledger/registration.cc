// Registrations (docs/rules.md, Registration).
#include "engine/ledger/queue.h"
#include "engine/ledger/rules.h"

namespace longmen::engine {
namespace {

bool HasRole(schema::AccountKind kind) {
  return kind == schema::AccountKind::CLEARING || kind == schema::AccountKind::SETTLEMENT ||
         kind == schema::AccountKind::SUSPENSE || kind == schema::AccountKind::FX;
}

RoleKey RoleOf(const State& state, schema::Account::Reader account) {
  RoleKey role{state.participants.RefOf(View(account.getParticipant())),
               {},
               account.getKind(),
               account.getCurrency()};
  if (account.hasScheme()) role.scheme = state.schemes.RefOf(View(account.getScheme()));
  return role;
}

std::string_view TokenHash(schema::Source::Reader source) {
  const auto hash = source.getTokenHash();
  return AsText(Bytes(hash.begin(), hash.size()));
}

Decision DecideSource(const Asked& asked, schema::Source::Reader source) {
  const std::string_view hash = TokenHash(source);
  const TokenRow* owner = hash.empty() ? nullptr : asked.state.tokens.Find(hash);
  if (owner != nullptr && asked.state.sources[owner->source].name != asked.opened.key()) {
    return Ladder().Refuse(Code::NOT_PERMITTED, "registration.source.tokenHash");
  }
  return {};
}

Decision DecideAccount(const Asked& asked, schema::Account::Reader account) {
  const Ladder ladder;
  const State& state = asked.state;
  const std::string_view participant = View(account.getParticipant());
  if (state.participants.Find(participant) == nullptr) {
    return ladder.Refuse(Code::UNKNOWN_PARTICIPANT, "registration.account.participant");
  }
  if (account.getKind() == schema::AccountKind::CLEARING &&
      state.schemes.Find(View(account.getScheme())) == nullptr) {
    return ladder.Refuse(Code::UNKNOWN_SCHEME, "registration.account.scheme");
  }
  const AccountRow* known = state.accounts.Find(asked.opened.key());
  if (known == nullptr) {
    if (HasRole(account.getKind()) && state.roles.Find(RoleOf(state, account)) != nullptr) {
      return ladder.Refuse(Code::ACCOUNT_EXISTS, "registration.account.kind");
    }
    return {};
  }
  if (state.participants[known->participant].name != participant) {
    return ladder.Refuse(Code::IMMUTABLE_FIELD, "registration.account.participant");
  }
  if (known->currency != account.getCurrency()) {
    return ladder.Refuse(Code::IMMUTABLE_FIELD, "registration.account.currency");
  }
  if (known->kind != account.getKind()) {
    return ladder.Refuse(Code::IMMUTABLE_FIELD, "registration.account.kind");
  }
  if (known->scheme != RoleOf(state, account).scheme) {
    return ladder.Refuse(Code::IMMUTABLE_FIELD, "registration.account.scheme");
  }
  // What leaves an account is counted from its first debit on, or never.
  const bool limited = !known->terms.empty() && !state.terms[known->terms].limits.empty();
  if (limited != (account.getLimits().size() > 0)) {
    return ladder.Refuse(Code::IMMUTABLE_FIELD, "registration.account.limits");
  }
  if (account.getUnlimited()) return {};
  AccountRow with_floor = *known;
  with_floor.unlimited = false;
  with_floor.floor = account.getFloorMinor();
  if (IsAtCentralBank(known->kind) && !HasLiquidity(with_floor, 0)) {
    return ladder.Refuse(Code::INSUFFICIENT_LIQUIDITY, "registration.account.floorMinor");
  }
  if (!CanPay(with_floor, 0)) {
    return ladder.Refuse(Code::INSUFFICIENT_FUNDS, "registration.account.floorMinor");
  }
  return {};
}

// What is kept of a settlement account's money for the scheme, so far.
int64_t EarmarkOf(const State& state, const AccountRow* clearing) {
  return clearing == nullptr || clearing->terms.empty() ? 0 : state.terms[clearing->terms].earmark;
}

std::vector<BilateralLimitRow> Limits(const State& state,
                                      capnp::List<schema::BilateralLimit>::Reader given) {
  std::vector<BilateralLimitRow> limits;
  for (auto limit : given) {
    limits.push_back({state.participants.RefOf(View(limit.getParticipant())), limit.getMinor()});
  }
  return limits;
}

// Of a clearing account: what its participant may owe, and what others may owe it.
Decision DecideCover(const Asked& asked, schema::Account::Reader account) {
  const Ladder ladder;
  const State& state = asked.state;
  const SchemeRow& scheme = *state.schemes.Find(View(account.getScheme()));
  // Who settles at once owes nothing.
  if (SettlesAtOnce(scheme.method) && account.hasCap()) {
    return ladder.Refuse(Code::ROUTE_MISMATCH, "registration.account.cap");
  }
  if (SettlesAtOnce(scheme.method) && account.getBilateralLimits().size() > 0) {
    return ladder.Refuse(Code::ROUTE_MISMATCH, "registration.account.bilateralLimits");
  }
  const auto known = state.accounts.RefOf(asked.opened.key());
  const auto cap = account.getCap();
  const __int128 most = static_cast<__int128>(cap.getCreditMinor()) + cap.getCollateralMinor() +
                        cap.getEarmarkMinor();
  if (account.hasCap() && !known.empty() && OwedBy(state, known) > most) {
    return ladder.Refuse(Code::EXCEEDS_CAP, "registration.account.cap");
  }
  const int64_t more = cap.getEarmarkMinor() - EarmarkOf(state, state.accounts.Find(known));
  const auto settlement = FindRole(state, state.participants.RefOf(View(account.getParticipant())),
                                   schema::AccountKind::SETTLEMENT, account.getCurrency());
  constexpr const char* kEarmark = "registration.account.cap.earmarkMinor";
  if (more != 0 && settlement.empty()) {
    return ladder.Refuse(Code::NO_SETTLEMENT_ACCOUNT, kEarmark);
  }
  // What covers its debts already may be earmarked instead.
  const __int128 fresh = more - std::max<__int128>(0, CoveringFor(state, known));
  if (more > 0 && fresh > 0 && !HasLiquidity(state.accounts[settlement], fresh)) {
    return ladder.Refuse(Code::INSUFFICIENT_LIQUIDITY, kEarmark);
  }
  if (more > 0 && state.accounts[settlement].held > INT64_MAX - more) {
    return ladder.Refuse(Code::AMOUNT_OVERFLOW, kEarmark);
  }
  const auto limits = account.getBilateralLimits();
  for (uint32_t i = 0; i < limits.size(); ++i) {
    if (state.participants.Find(View(limits[i].getParticipant())) == nullptr) {
      return ladder.Refuse(Code::UNKNOWN_PARTICIPANT,
                           Indexed("registration.account.bilateralLimits", i, "participant"));
    }
  }
  if (!known.empty() && Undercuts(state, known, Limits(state, limits))) {
    return ladder.Refuse(Code::EXCEEDS_BILATERAL_LIMIT, "registration.account.bilateralLimits");
  }
  return {};
}

Decision DecideMandate(const Asked& asked, schema::Mandate::Reader mandate) {
  if (asked.state.accounts.Find(View(mandate.getAccount())) == nullptr) {
    return Ladder().Refuse(Code::UNKNOWN_ACCOUNT, "registration.mandate.account");
  }
  const AccountRow& account = *asked.state.accounts.Find(View(mandate.getAccount()));
  const MandateRow* known = asked.state.mandates.Find(asked.opened.key());
  if (known != nullptr && asked.state.accounts[known->account].name != account.name) {
    return Ladder().Refuse(Code::IMMUTABLE_FIELD, "registration.mandate.account");
  }
  // What its orders consume would have to be counted anew, those of the history too.
  if (known != nullptr && known->restores_on_refund != mandate.getRestoresOnRefund()) {
    return Ladder().Refuse(Code::IMMUTABLE_FIELD, "registration.mandate.restoresOnRefund");
  }
  const auto fallbacks = mandate.getFallbacks();
  for (uint32_t i = 0; i < fallbacks.size(); ++i) {
    const AccountRow* fallback = asked.state.accounts.Find(View(fallbacks[i]));
    const std::string field = Indexed("registration.mandate.fallbacks", i);
    if (fallback == nullptr) return Ladder().Refuse(Code::UNKNOWN_ACCOUNT, field);
    if (fallback->currency != account.currency) {
      return Ladder().Refuse(Code::CURRENCY_MISMATCH, field);
    }
  }
  return {};
}

Decision DecideScheme(const Asked& asked, schema::Scheme::Reader scheme) {
  const SchemeRow* known = asked.state.schemes.Find(asked.opened.key());
  if (known != nullptr && known->method != scheme.getMethod()) {
    return Ladder().Refuse(Code::IMMUTABLE_FIELD, "registration.scheme.method");
  }
  // What rests in pending accounts could never leave them again.
  if (known != nullptr && known->pending_accounts != scheme.getPendingAccounts()) {
    return Ladder().Refuse(Code::IMMUTABLE_FIELD, "registration.scheme.pendingAccounts");
  }
  // What was let in without cover would not be covered.
  if (known != nullptr && known->covered != scheme.getCovered()) {
    return Ladder().Refuse(Code::IMMUTABLE_FIELD, "registration.scheme.covered");
  }
  // What waits would have to be looked at anew.
  if (known != nullptr && known->bypasses_fifo != scheme.getBypassesFifo()) {
    return Ladder().Refuse(Code::IMMUTABLE_FIELD, "registration.scheme.bypassesFifo");
  }
  const std::string_view calendar = View(scheme.getCalendar());
  if (!calendar.empty() && asked.state.calendars.Find(calendar) == nullptr) {
    return Ladder().Refuse(Code::UNKNOWN_CALENDAR, "registration.scheme.calendar");
  }
  const std::string_view fee_table = View(scheme.getFeeTable());
  if (!fee_table.empty() && asked.state.fee_tables.Find(fee_table) == nullptr) {
    return Ladder().Refuse(Code::UNKNOWN_FEE_TABLE, "registration.scheme.feeTable");
  }
  return {};
}

// What it names exists; nothing of it is kept here, for it decides nothing.
Decision DecideMatchingRule(const Asked& asked, schema::MatchingRule::Reader rule) {
  const std::pair<std::string_view, const char*> participants[] = {
      {View(rule.getParticipant()), "registration.matchingRule.participant"},
      {View(rule.getIssuer()), "registration.matchingRule.issuer"}};
  for (const auto& [name, field] : participants) {
    if (asked.state.participants.Find(name) == nullptr) {
      return Ladder().Refuse(Code::UNKNOWN_PARTICIPANT, field);
    }
  }
  const std::pair<std::string_view, const char*> accounts[] = {
      {View(rule.getAccount()), "registration.matchingRule.account"},
      {View(rule.getSuspense()), "registration.matchingRule.suspense"},
      {View(rule.getWriteOff()), "registration.matchingRule.writeOff"},
      {View(rule.getMirror()), "registration.matchingRule.mirror"}};
  for (const auto& [name, field] : accounts) {
    if (!name.empty() && asked.state.accounts.Find(name) == nullptr) {
      return Ladder().Refuse(Code::UNKNOWN_ACCOUNT, field);
    }
  }
  return {};
}

std::vector<std::string> Texts(capnp::List<capnp::Text>::Reader texts) {
  std::vector<std::string> result;
  result.reserve(texts.size());
  for (auto text : texts) result.push_back(Text(text));
  return result;
}

std::vector<LimitRow> Limits(capnp::List<schema::Limit>::Reader limits) {
  std::vector<LimitRow> rows;
  for (auto limit : limits) {
    rows.push_back(
        {limit.getAmountMinor(), limit.getCount(), limit.getWindow(), limit.getPassing()});
  }
  return rows;
}

void ApplySource(State& state, std::string_view key, schema::Source::Reader source) {
  const Ref<SourceRow> ref = state.sources.Upsert(key);
  SourceRow& row = state.sources.Mutable(ref);
  if (!row.token_hash.empty()) state.tokens.Erase(state.tokens.RefOf(row.token_hash));
  row.max_late = source.getMaxLate();
  row.max_early = source.getMaxEarly();
  row.status = source.getStatus();
  row.all_participants = source.getAllParticipants();
  row.all_schemes = source.getAllSchemes();
  row.decided_only = source.getDecidedOnly();
  row.bodies = 0;
  for (auto body : source.getBodies()) row.bodies |= 1u << static_cast<uint32_t>(body);
  row.participants = Texts(source.getParticipants());
  row.schemes = Texts(source.getSchemes());
  row.token_hash = TokenHash(source);
  if (!row.token_hash.empty()) {
    state.tokens.Mutable(state.tokens.Upsert(row.token_hash)).source = ref;
  }
  state.max_late = 0;
  state.sources.ForEach([&state](Ref<SourceRow>, const SourceRow& registered) {
    state.max_late = std::max(state.max_late, registered.max_late);
  });
}

void ApplyTerms(Change& change, Ref<AccountRow> account, schema::Account::Reader given) {
  State& state = change.state;
  const AccountRow& row = state.accounts[account];
  TermsRow& terms = state.terms.Mutable(row.terms);
  terms.ceiling = given.getCeilingMinor();
  terms.limits = Limits(given.getLimits());
  if (row.kind != schema::AccountKind::CLEARING) return;
  const auto cap = given.getCap();
  const int64_t more = cap.getEarmarkMinor() - terms.earmark;
  terms.capped = given.hasCap();
  terms.warned = false;
  terms.warn_permille = cap.getWarnPermille();
  terms.credit = cap.getCreditMinor();
  terms.collateral = cap.getCollateralMinor();
  terms.earmark = cap.getEarmarkMinor();
  terms.bilateral = Limits(state, given.getBilateralLimits());
  if (terms.capped || !terms.bilateral.empty()) state.schemes.Mutable(row.scheme).watched = true;
  HoldCover(change, account, more);
  if (!terms.capped) state.warnings.Erase(row.name);
}

// Money at the central bank, from now on: what its participant owes is covered by it.
void WatchDebts(Change& change, Ref<AccountRow> money) {
  const State& state = change.state;
  const AccountRow& row = state.accounts[money];
  state.schemes.ForEach([&](Ref<SchemeRow> scheme, const SchemeRow&) {
    const auto clearing =
        FindRole(state, row.participant, schema::AccountKind::CLEARING, row.currency, scheme);
    if (!clearing.empty()) change.Watch(clearing);
  });
}

void ApplyAccount(Change& change, std::string_view key, schema::Account::Reader account) {
  State& state = change.state;
  const RoleKey role = RoleOf(state, account);
  const Ref<AccountRow> ref = state.accounts.Upsert(key);
  AccountRow& row = state.accounts.Mutable(ref);
  row.participant = role.participant;
  row.currency = account.getCurrency();
  row.kind = account.getKind();
  row.scheme = role.scheme;
  row.status = account.getStatus();
  row.floor = account.getFloorMinor();
  row.unlimited = account.getUnlimited();
  if (!row.terms.empty() || account.getCeilingMinor() != 0 || account.getLimits().size() > 0 ||
      account.hasCap() || account.getBilateralLimits().size() > 0) {
    row.terms = state.terms.Upsert({ref});
    ApplyTerms(change, ref, account);
  }
  const bool fresh = HasRole(row.kind) && state.roles.Find(role) == nullptr;
  if (HasRole(row.kind)) state.roles.Mutable(state.roles.Upsert(role)).account = ref;
  if (fresh && row.kind == schema::AccountKind::SETTLEMENT) WatchDebts(change, ref);
  change.Touch(ref);
}

void ApplyMandate(State& state, std::string_view key, schema::Mandate::Reader mandate) {
  MandateRow& row = state.mandates.Mutable(state.mandates.Upsert(key));
  row.valid_from = mandate.getValidFrom();
  row.valid_before = mandate.getValidBefore();
  row.status = mandate.getStatus();
  row.utc_offset_minutes = mandate.getUtcOffsetMinutes();
  row.restores_on_refund = mandate.getRestoresOnRefund();
  row.account = state.accounts.RefOf(View(mandate.getAccount()));
  row.holder = Text(mandate.getHolder());
  row.channels = Texts(mandate.getChannels());
  row.payees = Texts(mandate.getPayees());
  row.merchants = Texts(mandate.getMerchants());
  row.merchant_categories = Texts(mandate.getMerchantCategories());
  row.currencies.clear();
  for (const uint16_t currency : mandate.getCurrencies()) row.currencies.push_back(currency);
  row.limits = Limits(mandate.getLimits());
  row.fallbacks.clear();
  for (auto fallback : mandate.getFallbacks()) {
    row.fallbacks.push_back(state.accounts.RefOf(View(fallback)));
  }
  ++row.version;
  row.levels.clear();
  for (auto level : mandate.getLevels()) {
    row.levels.push_back({level.getAboveMinor(), level.getLevel()});
  }
  row.approvers.clear();
  for (auto approver : mandate.getApprovers()) {
    row.approvers.push_back({approver.getLevel(), Text(approver.getPerson())});
  }
}

void ApplyScheme(State& state, const std::string& key, schema::Scheme::Reader scheme, Nanos now) {
  SchemeRow& row = state.schemes.Mutable(state.schemes.Upsert(key));
  row.method = scheme.getMethod();
  row.pending_accounts = scheme.getPendingAccounts();
  row.covered = scheme.getCovered();
  row.watched = row.watched || row.covered;
  row.bypasses_fifo = scheme.getBypassesFifo();
  row.changes_priority = scheme.getChangesPriority();
  const bool by_value = scheme.getResolution() == schema::ResolutionMode::VALUE;
  row.resolution = by_value ? schema::ResolutionMode::VALUE : schema::ResolutionMode::FIFO;
  row.resolve_minutes = scheme.getResolveMinutes();
  row.window_minutes = scheme.getWindowMinutes();
  row.cycle_prefix = Text(scheme.getCyclePrefix());
  row.max_minor = scheme.getMaxMinor();
  row.cut_off_minute = scheme.getCutOffMinute();
  row.calendar = state.calendars.RefOf(View(scheme.getCalendar()));
  row.fee_table = state.fee_tables.RefOf(View(scheme.getFeeTable()));
  row.hours.clear();
  for (auto hours : scheme.getHours()) {
    row.hours.push_back({hours.getFromMinute(), hours.getToMinute()});
  }
  if (row.open_cycle == 0) state.idle_schemes.Insert(key);
  if (row.method == schema::SettlementMethod::QUEUED) {
    TermsChanged(state, state.schemes.RefOf(key), now);
  }
}

void ApplyTariff(State& state, std::string_view key, schema::Tariff::Reader tariff) {
  TariffRow& row = state.tariffs.Mutable(state.tariffs.Upsert(key));
  row.currency = tariff.getCurrency();
  row.fare = tariff.hasFare() ? FareTable(tariff.getFare(), row.currency) : FareTable();
  const auto parking = tariff.getParking();
  row.cap = parking.getCapMinor();
  row.step = parking.getStepMinor();
  row.step_minutes = parking.getStepMinutes();
  row.free_minutes = parking.getFreeMinutes();
}

}  // namespace

Decision DecideRegistration(const Asked& asked) {
  const auto registration = asked.proposal.getBody().getRegistration();
  switch (registration.which()) {
    case schema::Registration::SOURCE:
      return DecideSource(asked, registration.getSource());
    case schema::Registration::ACCOUNT: {
      const auto account = registration.getAccount();
      auto decision = DecideAccount(asked, account);
      const bool clears = account.getKind() == schema::AccountKind::CLEARING;
      return decision.accepted() && clears ? DecideCover(asked, account) : decision;
    }
    case schema::Registration::MANDATE:
      return DecideMandate(asked, registration.getMandate());
    case schema::Registration::SCHEME:
      return DecideScheme(asked, registration.getScheme());
    case schema::Registration::MATCHING_RULE:
      return DecideMatchingRule(asked, registration.getMatchingRule());
    case schema::Registration::LEDGER:
    case schema::Registration::PARTICIPANT:
    case schema::Registration::TARIFF:
    case schema::Registration::CALENDAR:
    case schema::Registration::FEE_TABLE:
    case schema::Registration::RISK_POLICY:
      return {};
  }
  return {};
}

void ApplyRegistration(Change& change) {
  State& state = change.state;
  const std::string key = std::string(change.opened.key());
  const auto registration = change.proposal.getBody().getRegistration();
  switch (registration.which()) {
    case schema::Registration::LEDGER:
      state.name = key;
      state.utc_offset_minutes = registration.getLedger().getUtcOffsetMinutes();
      break;
    case schema::Registration::SOURCE:
      ApplySource(state, key, registration.getSource());
      break;
    case schema::Registration::PARTICIPANT:
      state.participants.Mutable(state.participants.Upsert(key)).status =
          registration.getParticipant().getStatus();
      break;
    case schema::Registration::ACCOUNT:
      ApplyAccount(change, key, registration.getAccount());
      break;
    case schema::Registration::MANDATE:
      ApplyMandate(state, key, registration.getMandate());
      break;
    case schema::Registration::SCHEME:
      ApplyScheme(state, key, registration.getScheme(), change.header.recorded_at);
      break;
    case schema::Registration::TARIFF:
      ApplyTariff(state, key, registration.getTariff());
      break;
    case schema::Registration::CALENDAR:
      state.calendars.Mutable(state.calendars.Upsert(key)).calendar =
          Calendar(registration.getCalendar());
      break;
    case schema::Registration::FEE_TABLE:
      state.fee_tables.Mutable(state.fee_tables.Upsert(key)).table =
          FeeTable(registration.getFeeTable());
      break;
    case schema::Registration::RISK_POLICY:
      state.risk_policies.Mutable(state.risk_policies.Upsert(key)).policy =
          RiskPolicy(registration.getRiskPolicy());
      break;
    case schema::Registration::MATCHING_RULE:
      break;
  }
}

}  // namespace longmen::engine
