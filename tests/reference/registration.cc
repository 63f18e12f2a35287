#include "tests/reference/decision.h"

namespace longmen::reference {
namespace {

std::optional<Cap> CapOf(schema::Account::Reader account) {
  if (!account.hasCap()) return std::nullopt;
  const auto cap = account.getCap();
  return Cap{cap.getCreditMinor(), cap.getCollateralMinor(), cap.getEarmarkMinor(),
             cap.getWarnPermille()};
}

}  // namespace

void Decision::Register() {
  auto registration = proposal_.getBody().getRegistration();
  const bool of_account = registration.isAccount();
  const bool of_mandate = registration.isMandate();
  RefuseIf(!of_account && !of_mandate && !source_->all_participants, Code::NOT_PERMITTED,
           "registration");
  RefuseIf(of_account && !MayTouch(Str(registration.getAccount().getParticipant())),
           Code::NOT_PERMITTED, "registration.account.participant");
  RefuseIf(of_account && registration.getAccount().getKind() == schema::AccountKind::SETTLEMENT &&
               !source_->all_participants,
           Code::NOT_PERMITTED, "registration.account.kind");
  RefuseIf(of_mandate && !MayTouchAccount(Str(registration.getMandate().getAccount())),
           Code::NOT_PERMITTED, "registration.mandate.account");
  if (of_account) {
    const auto given = registration.getAccount();
    const auto known = state_.accounts.find(key_);
    std::optional<Cap> before;
    if (known != state_.accounts.end()) before = known->second.cap;
    RefuseIf(before != CapOf(given) && !source_->all_schemes &&
                 !Contains(source_->schemes, Str(given.getScheme())),
             Code::NOT_PERMITTED, "registration.account.cap");
  }
  if (of_mandate) {
    const auto fallbacks = Strs(registration.getMandate().getFallbacks());
    for (size_t i = 0; i < fallbacks.size(); ++i) {
      RefuseIf(!MayTouchAccount(fallbacks[i]), Code::NOT_PERMITTED,
               Indexed("registration.mandate.fallbacks", i));
    }
  }

  using Which = schema::Registration::Which;
  switch (registration.which()) {
    case Which::LEDGER:
      return;  // refused above
    case Which::SOURCE:
      return RegisterSource();
    case Which::PARTICIPANT:
      state_.participants[key_] = registration.getParticipant().getStatus();
      return;
    case Which::ACCOUNT:
      return RegisterAccount();
    case Which::MANDATE:
      return RegisterMandate();
    case Which::SCHEME:
      return RegisterScheme();
    case Which::TARIFF:
      state_.tariffs[key_] = "parking";
      return;
    case Which::CALENDAR:
      state_.calendars.insert(key_);
      return;
    case Which::FEE_TABLE:
      state_.fee_tables.insert(key_);
      return;
    case Which::RISK_POLICY:
      state_.risk_policies.insert(key_);
      return;
    case Which::MATCHING_RULE:
      return RegisterMatchingRule();
  }
}

void Decision::RegisterMatchingRule() {
  auto given = proposal_.getBody().getRegistration().getMatchingRule();
  RefuseIf(!state_.participants.contains(Str(given.getParticipant())), Code::UNKNOWN_PARTICIPANT,
           "registration.matchingRule.participant");
  RefuseIf(!state_.participants.contains(Str(given.getIssuer())), Code::UNKNOWN_PARTICIPANT,
           "registration.matchingRule.issuer");
  const auto check = [this](const std::string& account, const char* field) {
    RefuseIf(!account.empty() && !state_.accounts.contains(account), Code::UNKNOWN_ACCOUNT, field);
  };
  check(Str(given.getAccount()), "registration.matchingRule.account");
  check(Str(given.getSuspense()), "registration.matchingRule.suspense");
  check(Str(given.getWriteOff()), "registration.matchingRule.writeOff");
  check(Str(given.getMirror()), "registration.matchingRule.mirror");
}

void Decision::RegisterSource() {
  auto given = proposal_.getBody().getRegistration().getSource();
  Source source;
  source.max_late = given.getMaxLate();
  source.max_early = given.getMaxEarly();
  source.status = given.getStatus();
  source.all_participants = given.getAllParticipants();
  source.all_schemes = given.getAllSchemes();
  source.decided_only = given.getDecidedOnly();
  for (auto body : given.getBodies()) source.bodies.push_back(body);
  source.participants = Strs(given.getParticipants());
  source.schemes = Strs(given.getSchemes());
  source.token_hash.assign(given.getTokenHash().asChars().begin(),
                           given.getTokenHash().asChars().size());
  for (const auto& [name, other] : state_.sources) {
    RefuseIf(name != key_ && !source.token_hash.empty() && other.token_hash == source.token_hash,
             Code::NOT_PERMITTED, "registration.source.tokenHash");
  }
  state_.sources[key_] = source;
}

namespace {

std::vector<Limit> LimitsOf(capnp::List<schema::Limit>::Reader given) {
  std::vector<Limit> limits;
  for (auto limit : given) {
    limits.push_back({limit.getAmountMinor(), limit.getCount(), limit.getWindow(),
                      limit.getPassing() == schema::LimitPassing::STEP_UP});
  }
  return limits;
}

}  // namespace

void Decision::RegisterAccount() {
  auto given = proposal_.getBody().getRegistration().getAccount();
  Account account;
  account.participant = Str(given.getParticipant());
  account.currency = given.getCurrency();
  account.kind = given.getKind();
  account.status = given.getStatus();
  account.floor = given.getFloorMinor();
  account.unlimited = given.getUnlimited();
  account.scheme = Str(given.getScheme());
  account.ceiling = given.getCeilingMinor();
  account.limits = LimitsOf(given.getLimits());
  account.cap = CapOf(given);
  for (auto limit : given.getBilateralLimits()) {
    account.bilateral.emplace_back(Str(limit.getParticipant()), limit.getMinor());
  }

  const std::string prefix = "registration.account.";
  RefuseIf(!state_.participants.contains(account.participant), Code::UNKNOWN_PARTICIPANT,
           prefix + "participant");
  RefuseIf(
      account.kind == schema::AccountKind::CLEARING && !state_.schemes.contains(account.scheme),
      Code::UNKNOWN_SCHEME, prefix + "scheme");
  const auto known = state_.accounts.find(key_);
  if (known == state_.accounts.end()) {
    const bool one_only = account.kind == schema::AccountKind::CLEARING ||
                          account.kind == schema::AccountKind::SETTLEMENT ||
                          account.kind == schema::AccountKind::SUSPENSE ||
                          account.kind == schema::AccountKind::FX;
    RefuseIf(one_only && !state_
                              .SpecialAccount(account.kind, account.participant, account.currency,
                                              account.scheme)
                              .empty(),
             Code::ACCOUNT_EXISTS, prefix + "kind");
  } else {
    const Account& old = known->second;
    RefuseIf(old.participant != account.participant, Code::IMMUTABLE_FIELD, prefix + "participant");
    RefuseIf(old.currency != account.currency, Code::IMMUTABLE_FIELD, prefix + "currency");
    RefuseIf(old.kind != account.kind, Code::IMMUTABLE_FIELD, prefix + "kind");
    RefuseIf(old.scheme != account.scheme, Code::IMMUTABLE_FIELD, prefix + "scheme");
    RefuseIf(old.limits.empty() != account.limits.empty(), Code::IMMUTABLE_FIELD,
             prefix + "limits");
    const bool asset = account.kind == schema::AccountKind::SETTLEMENT;
    const Wide money = asset ? -state_.Balance(key_) : state_.Balance(key_);
    RefuseIf(!account.unlimited && money - state_.Held(key_) < -Wide{account.floor},
             asset ? Code::INSUFFICIENT_LIQUIDITY : Code::INSUFFICIENT_FUNDS,
             prefix + "floorMinor");
  }
  if (account.kind == schema::AccountKind::CLEARING) CheckCap(account);
  state_.accounts[key_] = account;
}

void Decision::RegisterMandate() {
  auto given = proposal_.getBody().getRegistration().getMandate();
  Mandate mandate;
  mandate.account = Str(given.getAccount());
  mandate.status = given.getStatus();
  mandate.valid_from = given.getValidFrom();
  mandate.valid_before = given.getValidBefore();
  mandate.offset_minutes = given.getUtcOffsetMinutes();
  mandate.limits = LimitsOf(given.getLimits());
  for (auto level : given.getLevels()) {
    mandate.levels.emplace_back(level.getAboveMinor(), level.getLevel());
  }
  for (auto approver : given.getApprovers()) {
    mandate.approvers.emplace_back(approver.getLevel(), Str(approver.getPerson()));
  }
  mandate.channels = Strs(given.getChannels());
  mandate.payees = Strs(given.getPayees());
  mandate.fallbacks = Strs(given.getFallbacks());
  mandate.merchants = Strs(given.getMerchants());
  mandate.categories = Strs(given.getMerchantCategories());
  for (const uint16_t currency : given.getCurrencies()) mandate.currencies.push_back(currency);
  mandate.restores = given.getRestoresOnRefund();

  RefuseIf(!state_.accounts.contains(mandate.account), Code::UNKNOWN_ACCOUNT,
           "registration.mandate.account");
  const auto known = state_.mandates.find(key_);
  RefuseIf(known != state_.mandates.end() && known->second.account != mandate.account,
           Code::IMMUTABLE_FIELD, "registration.mandate.account");
  RefuseIf(known != state_.mandates.end() && known->second.restores != mandate.restores,
           Code::IMMUTABLE_FIELD, "registration.mandate.restoresOnRefund");
  for (size_t i = 0; i < mandate.fallbacks.size(); ++i) {
    const auto fallback = state_.accounts.find(mandate.fallbacks[i]);
    const std::string field = Indexed("registration.mandate.fallbacks", i);
    RefuseIf(fallback == state_.accounts.end(), Code::UNKNOWN_ACCOUNT, field);
    RefuseIf(fallback->second.currency != state_.accounts[mandate.account].currency,
             Code::CURRENCY_MISMATCH, field);
  }
  state_.mandates[key_] = mandate;
}

void Decision::RegisterScheme() {
  auto given = proposal_.getBody().getRegistration().getScheme();
  const auto known = state_.schemes.find(key_);
  RefuseIf(known != state_.schemes.end() && known->second.method != given.getMethod(),
           Code::IMMUTABLE_FIELD, "registration.scheme.method");
  RefuseIf(
      known != state_.schemes.end() && known->second.pending_accounts != given.getPendingAccounts(),
      Code::IMMUTABLE_FIELD, "registration.scheme.pendingAccounts");
  RefuseIf(known != state_.schemes.end() && known->second.covered != given.getCovered(),
           Code::IMMUTABLE_FIELD, "registration.scheme.covered");
  RefuseIf(known != state_.schemes.end() && known->second.bypasses_fifo != given.getBypassesFifo(),
           Code::IMMUTABLE_FIELD, "registration.scheme.bypassesFifo");
  const std::string calendar = Str(given.getCalendar());
  const std::string fee_table = Str(given.getFeeTable());
  RefuseIf(!calendar.empty() && !state_.calendars.contains(calendar), Code::UNKNOWN_CALENDAR,
           "registration.scheme.calendar");
  RefuseIf(!fee_table.empty() && !state_.fee_tables.contains(fee_table), Code::UNKNOWN_FEE_TABLE,
           "registration.scheme.feeTable");
  Scheme& scheme = state_.schemes[key_];
  scheme.window_at = 0;
  scheme.resolve_at.clear();
  scheme.method = given.getMethod();
  scheme.pending_accounts = given.getPendingAccounts();
  scheme.cycle_prefix = Str(given.getCyclePrefix());
  scheme.max_minor = given.getMaxMinor();
  scheme.calendar = calendar;
  scheme.fee_table = fee_table;
  scheme.covered = given.getCovered();
  scheme.bypasses_fifo = given.getBypassesFifo();
  scheme.changes_priority = given.getChangesPriority();
  scheme.resolution = given.getResolution() == schema::ResolutionMode::VALUE
                          ? schema::ResolutionMode::VALUE
                          : schema::ResolutionMode::FIFO;
  scheme.resolve_minutes = given.getResolveMinutes();
  scheme.window_minutes = given.getWindowMinutes();
  scheme.hours.clear();
  for (auto hours : given.getHours()) {
    scheme.hours.emplace_back(hours.getFromMinute(), hours.getToMinute());
  }
}

}  // namespace longmen::reference
