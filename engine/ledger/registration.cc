// Registrations (docs/rules.md, Registration).
#include "engine/ledger/rules.h"

namespace longmen::engine {
namespace {

bool HasRole(schema::AccountKind kind) {
  return kind == schema::AccountKind::CLEARING || kind == schema::AccountKind::SETTLEMENT ||
         kind == schema::AccountKind::SUSPENSE;
}

std::string RoleOf(schema::Account::Reader account) {
  return RoleId(View(account.getParticipant()), account.getKind(), account.getCurrency(),
                View(account.getScheme()));
}

std::string_view TokenHash(schema::Source::Reader source) {
  const auto hash = source.getTokenHash();
  return AsText(Bytes(hash.begin(), hash.size()));
}

Decision DecideSource(const Asked& asked, schema::Source::Reader source) {
  const std::string_view hash = TokenHash(source);
  const NameRow* owner = hash.empty() ? nullptr : asked.state.tokens.Find(hash);
  if (owner != nullptr && owner->name != View(asked.proposal.getKey())) {
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
  const AccountRow* known = state.accounts.Find(View(asked.proposal.getKey()));
  if (known == nullptr) {
    if (HasRole(account.getKind()) && state.roles.Find(RoleOf(account)) != nullptr) {
      return ladder.Refuse(Code::ACCOUNT_EXISTS, "registration.account.kind");
    }
    return {};
  }
  if (known->participant != participant) {
    return ladder.Refuse(Code::IMMUTABLE_FIELD, "registration.account.participant");
  }
  if (known->currency != account.getCurrency()) {
    return ladder.Refuse(Code::IMMUTABLE_FIELD, "registration.account.currency");
  }
  if (known->kind != account.getKind()) {
    return ladder.Refuse(Code::IMMUTABLE_FIELD, "registration.account.kind");
  }
  if (known->scheme != View(account.getScheme())) {
    return ladder.Refuse(Code::IMMUTABLE_FIELD, "registration.account.scheme");
  }
  if (!account.getUnlimited() && static_cast<__int128>(known->balance) - known->held <
                                     -static_cast<__int128>(account.getFloorMinor())) {
    return ladder.Refuse(Code::INSUFFICIENT_FUNDS, "registration.account.floorMinor");
  }
  return {};
}

Decision DecideMandate(const Asked& asked, schema::Mandate::Reader mandate) {
  if (asked.state.accounts.Find(View(mandate.getAccount())) == nullptr) {
    return Ladder().Refuse(Code::UNKNOWN_ACCOUNT, "registration.mandate.account");
  }
  const MandateRow* known = asked.state.mandates.Find(View(asked.proposal.getKey()));
  if (known != nullptr && known->account != View(mandate.getAccount())) {
    return Ladder().Refuse(Code::IMMUTABLE_FIELD, "registration.mandate.account");
  }
  return {};
}

Decision DecideScheme(const Asked& asked, schema::Scheme::Reader scheme) {
  const SchemeRow* known = asked.state.schemes.Find(View(asked.proposal.getKey()));
  if (known != nullptr && known->method != scheme.getMethod()) {
    return Ladder().Refuse(Code::IMMUTABLE_FIELD, "registration.scheme.method");
  }
  // What rests in pending accounts could never leave them again.
  if (known != nullptr && known->pending_accounts != scheme.getPendingAccounts()) {
    return Ladder().Refuse(Code::IMMUTABLE_FIELD, "registration.scheme.pendingAccounts");
  }
  return {};
}

std::vector<std::string> Texts(capnp::List<capnp::Text>::Reader texts) {
  std::vector<std::string> result;
  result.reserve(texts.size());
  for (auto text : texts) result.push_back(Text(text));
  return result;
}

void ApplySource(State& state, const std::string& key, schema::Source::Reader source) {
  SourceRow& row = state.sources.Upsert(key);
  if (!row.token_hash.empty()) state.tokens.Erase(row.token_hash);
  row = SourceRow{.max_late = source.getMaxLate(),
                  .max_early = source.getMaxEarly(),
                  .status = source.getStatus(),
                  .all_participants = source.getAllParticipants(),
                  .all_schemes = source.getAllSchemes(),
                  .decided_only = source.getDecidedOnly(),
                  .bodies = 0,
                  .participants = Texts(source.getParticipants()),
                  .schemes = Texts(source.getSchemes()),
                  .token_hash = std::string(TokenHash(source))};
  for (auto body : source.getBodies()) row.bodies |= 1u << static_cast<uint32_t>(body);
  if (!row.token_hash.empty()) state.tokens.Upsert(row.token_hash).name = key;
  state.max_late = 0;
  for (const auto& [name, registered] : state.sources.rows()) {
    state.max_late = std::max(state.max_late, registered.max_late);
  }
}

void ApplyAccount(Change& change, const std::string& key, schema::Account::Reader account) {
  State& state = change.state;
  AccountRow& row = state.accounts.Upsert(key);
  row.participant = Text(account.getParticipant());
  row.currency = account.getCurrency();
  row.kind = account.getKind();
  row.scheme = Text(account.getScheme());
  row.status = account.getStatus();
  row.floor = account.getFloorMinor();
  row.unlimited = account.getUnlimited();
  if (HasRole(row.kind)) state.roles.Upsert(RoleOf(account)).name = key;
  change.Touch(key);
}

void ApplyMandate(State& state, const std::string& key, schema::Mandate::Reader mandate) {
  MandateRow row;
  row.valid_from = mandate.getValidFrom();
  row.valid_before = mandate.getValidBefore();
  row.status = mandate.getStatus();
  row.utc_offset_minutes = mandate.getUtcOffsetMinutes();
  row.account = Text(mandate.getAccount());
  row.channels = Texts(mandate.getChannels());
  row.payees = Texts(mandate.getPayees());
  for (auto limit : mandate.getLimits()) {
    row.limits.push_back(
        {limit.getAmountMinor(), limit.getCount(), limit.getWindow(), limit.getPassing()});
  }
  for (auto level : mandate.getLevels()) {
    row.levels.push_back({level.getAboveMinor(), level.getLevel()});
  }
  for (auto approver : mandate.getApprovers()) {
    row.approvers.push_back({approver.getLevel(), Text(approver.getPerson())});
  }
  state.mandates.Upsert(key) = std::move(row);
}

void ApplyScheme(State& state, const std::string& key, schema::Scheme::Reader scheme) {
  SchemeRow& row = state.schemes.Upsert(key);
  row.method = scheme.getMethod();
  row.pending_accounts = scheme.getPendingAccounts();
  row.cycle_prefix = Text(scheme.getCyclePrefix());
  if (row.open_cycle == 0) state.idle_schemes.Insert(key);
}

void ApplyTariff(State& state, const std::string& key, schema::Tariff::Reader tariff) {
  const auto parking = tariff.getParking();
  state.tariffs.Upsert(key) = TariffRow{.currency = tariff.getCurrency(),
                                        .cap = parking.getCapMinor(),
                                        .step = parking.getStepMinor(),
                                        .step_minutes = parking.getStepMinutes(),
                                        .free_minutes = parking.getFreeMinutes()};
}

}  // namespace

Decision DecideRegistration(const Asked& asked) {
  const auto registration = asked.proposal.getBody().getRegistration();
  switch (registration.which()) {
    case schema::Registration::SOURCE:
      return DecideSource(asked, registration.getSource());
    case schema::Registration::ACCOUNT:
      return DecideAccount(asked, registration.getAccount());
    case schema::Registration::MANDATE:
      return DecideMandate(asked, registration.getMandate());
    case schema::Registration::SCHEME:
      return DecideScheme(asked, registration.getScheme());
    case schema::Registration::LEDGER:
    case schema::Registration::PARTICIPANT:
    case schema::Registration::TARIFF:
      return {};
  }
  return {};
}

void ApplyRegistration(Change& change) {
  State& state = change.state;
  const std::string key = Text(change.proposal.getKey());
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
      state.participants.Upsert(key).status = registration.getParticipant().getStatus();
      break;
    case schema::Registration::ACCOUNT:
      ApplyAccount(change, key, registration.getAccount());
      break;
    case schema::Registration::MANDATE:
      ApplyMandate(state, key, registration.getMandate());
      break;
    case schema::Registration::SCHEME:
      ApplyScheme(state, key, registration.getScheme());
      break;
    case schema::Registration::TARIFF:
      ApplyTariff(state, key, registration.getTariff());
      break;
  }
}

}  // namespace longmen::engine
