#include "tests/support/generator/generator.h"

namespace longmen::generator {
namespace {

using reference::Account;
using reference::Mandate;
using schema::AccountKind;
using schema::BodyKind;
using schema::LimitWindow;
using schema::Status;

constexpr uint16_t kCny = 156;
constexpr uint16_t kUsd = 840;

const std::vector<BodyKind> kAllBodies = {
    BodyKind::REGISTRATION, BodyKind::ORDER,      BodyKind::AUTHORIZATION, BodyKind::DEBIT,
    BodyKind::REFUND,       BodyKind::SETTLEMENT, BodyKind::STATEMENT,     BodyKind::RESOLUTION};

std::vector<std::pair<std::string, reference::Scheme>> Schemes() {
  using enum schema::SettlementMethod;
  return {
      {"nu",
       {.cycle_prefix = "NU", .max_minor = 50'000, .calendar = "workdays", .fee_table = "ladder"}},
      {"pk", {.method = BILATERAL_NET, .pending_accounts = true, .cycle_prefix = "PK"}},
      {"bare", {.pending_accounts = true, .cycle_prefix = "NU"}},
      {"rt", {.method = GROSS, .cycle_prefix = "RT"}},
      {"cv", {.cycle_prefix = "CV", .covered = true}},
      {"qu",
       {.method = QUEUED,
        .cycle_prefix = "QU",
        .changes_priority = true,
        .resolve_minutes = 60,
        .window_minutes = 30,
        .hours = {{-180, 1'200}}}},
      {"qv",
       {.method = QUEUED,
        .cycle_prefix = "QV",
        .bypasses_fifo = true,
        .resolution = schema::ResolutionMode::VALUE}}};
}

std::vector<std::pair<std::string, Account>> Accounts() {
  std::vector<std::pair<std::string, Account>> accounts;
  const auto add = [&](const std::string& participant, const char* name, uint16_t currency,
                       AccountKind kind, const char* scheme = "") -> Account& {
    Account account;
    account.participant = participant;
    account.currency = currency;
    account.kind = kind;
    account.scheme = scheme;
    accounts.emplace_back(participant + "." + name + (currency == kUsd ? ".usd" : ""), account);
    return accounts.back().second;
  };
  for (const std::string participant : {"ICBC", "CMB", "BOB", "NOP"}) {
    for (const uint16_t currency : {kCny, kUsd}) {
      const bool few = participant == "BOB" || participant == "NOP";
      if (currency == kUsd && few) continue;
      add(participant, "c1", currency, AccountKind::CUSTOMER);
      add(participant, "m1", currency, AccountKind::MERCHANT);
      add(participant, "mir", currency, AccountKind::MIRROR).unlimited = true;
      Account& clearing = add(participant, "nu", currency, AccountKind::CLEARING, "nu");
      clearing.unlimited = true;
      // Somebody bears what BOB, which has no suspense account, cannot pay.
      if (participant == "CMB" && currency == kCny) {
        clearing.cap = reference::Cap{1'000'000, 1'000, 0, 0};
      }
      if (participant == "ICBC" && currency == kCny) {
        clearing.bilateral = {{"BOB", 500'000}, {"CMB", 500'000}, {"NOP", 500'000}};
      }
      // The others have none: what BOB's customers would pay in dollars is refused.
      if (!few) add(participant, "fx", currency, AccountKind::FX).floor = 500'000;
      if (participant != "NOP") {
        Account& money = add(participant, "set", currency, AccountKind::SETTLEMENT);
        money.unlimited = currency == kUsd;
        money.floor = participant == "ICBC" ? 10'000 : 1'000;  // what BOB earmarks
      }
      if (currency == kUsd) continue;
      for (const char* queued : {"rt", "qu", "qv"}) {
        add(participant, queued, currency, AccountKind::CLEARING, queued).unlimited = true;
      }
      Account& capped = add(participant, "cv", currency, AccountKind::CLEARING, "cv");
      capped.unlimited = true;
      if (participant == "BOB") capped.cap = reference::Cap{2'000, 3'000, 1'000, 700};
      if (participant == "CMB") capped.cap = reference::Cap{9'000, 0, 0, 0};
      if (participant == "ICBC") {
        capped.cap = reference::Cap{8'000, 0, 0, 900};
        capped.bilateral = {{"BOB", 4'000}, {"CMB", 6'000}};
      }

      add(participant, "c2", currency, AccountKind::CUSTOMER).floor = 5'000;
      Account& wallet = add(participant, "w1", currency, AccountKind::WALLET);
      wallet.ceiling = 8'000;
      wallet.limits = {{4'000, 0, LimitWindow::SINGLE, false},
                       {6'000, 3, LimitWindow::DAY, false},
                       {20'000, 0, LimitWindow::YEAR, false}};
      add(participant, "pn", currency, AccountKind::PENDING);
      add(participant, "pk", currency, AccountKind::CLEARING, "pk").unlimited = true;
      if (participant != "BOB") {
        add(participant, "sus", currency, AccountKind::SUSPENSE).floor = 100'000;
      }
    }
  }
  add("BOB", "nu", kUsd, AccountKind::CLEARING, "nu").unlimited = true;
  add("ICBC", "fee", kCny, AccountKind::FEE);
  add("ICBC", "rev", kCny, AccountKind::REVENUE);
  return accounts;
}

std::vector<std::pair<std::string, Mandate>> Mandates() {
  std::vector<std::pair<std::string, Mandate>> mandates;
  const auto add = [&](const char* name, const char* account, int offset_minutes) -> Mandate& {
    Mandate mandate;
    mandate.account = account;
    mandate.valid_from = kStart - kNanosPerDay;
    mandate.offset_minutes = offset_minutes;
    mandates.emplace_back(name, mandate);
    return mandates.back().second;
  };
  Mandate& levels = add("levels", "ICBC.c1", 480);
  levels.limits = {{5'000, 0, LimitWindow::SINGLE, true}, {30'000, 8, LimitWindow::DAY, false}};
  levels.levels = {{3'000, 1}, {6'000, 2}};
  levels.approvers = {{1, "alice"}, {1, "anna"}, {2, "bob"}, {1, "carol"}, {2, "carol"}};
  levels.channels = {"web", "app"};
  Mandate& years = add("years", "CMB.c1", 480);
  years.limits = {{14'000, 3, LimitWindow::YEAR, false}};
  Mandate& totals = add("totals", "NOP.c1", 0);
  totals.limits = {{9'000, 3, LimitWindow::TOTAL, false}};
  totals.fallbacks = {"NOP.c2", "NOP.w1"};
  Mandate& payees = add("payees", "BOB.c1", -300);
  payees.limits = {{9'000, 4, LimitWindow::DAY, true}};
  payees.payees = {"BOB.m1", "ICBC.m1"};
  payees.approvers = {{1, "alice"}, {2, "bob"}};
  payees.fallbacks = {"BOB.w1"};
  payees.restores = true;
  Mandate& single = add("single", "ICBC.c2", 0);
  single.limits = {{4'000, 0, LimitWindow::SINGLE, false}, {0, 1, LimitWindow::DAY, false}};
  Mandate& card = add("card", "ICBC.c1", 480);
  card.limits = {{6'000, 0, LimitWindow::SINGLE, false},
                 {0, 6, LimitWindow::TOTAL, false},
                 {20'000, 0, LimitWindow::TOTAL, false},
                 {12'000, 3, LimitWindow::DAY, false}};
  card.channels = {"web"};
  card.merchants = {"mid1", "mid2"};
  card.categories = {"5734"};
  card.currencies = {kCny};
  card.restores = true;
  Mandate& trip = add("trip", "CMB.c1.usd", 0);
  trip.limits = {{30'000, 2, LimitWindow::YEAR, false}};
  trip.categories = {"5734", "4511"};
  trip.currencies = {kUsd};
  add("abroad", "ICBC.c2", 480).currencies = {kUsd};
  add("ended", "ICBC.c1", 480).valid_before = kStart + 60 * kNanosPerMinute;
  add("frozen", "CMB.c2", 480).status = Status::FROZEN;
  return mandates;
}

// Of an account or a mandate.
template <typename Builder>
void SetLimits(Builder given, const std::vector<reference::Limit>& limits) {
  if (limits.empty()) return;
  auto list = given.initLimits(static_cast<unsigned>(limits.size()));
  for (unsigned i = 0; i < list.size(); ++i) {
    list[i].setAmountMinor(limits[i].amount);
    list[i].setCount(limits[i].count);
    list[i].setWindow(limits[i].window);
    list[i].setPassing(limits[i].steps_up ? schema::LimitPassing::STEP_UP
                                          : schema::LimitPassing::REFUSE);
  }
}

}  // namespace

Draft Generator::Register(const std::string& key) {
  return state_ == nullptr ? Draft("op", NewId(), now_, key) : Start(key);
}

Draft Generator::SourceDraft(const std::string& name, Status status, Nanos max_late,
                             Nanos max_early, const std::vector<std::string>& participants,
                             const std::vector<std::string>& schemes,
                             const std::vector<BodyKind>& bodies, uint8_t token) {
  Draft draft = Register(name);
  auto source = draft.registration().initSource();
  source.setMaxLate(max_late);
  source.setMaxEarly(max_early);
  source.setStatus(status);
  source.setAllParticipants(participants.empty());
  source.setAllSchemes(schemes.empty());
  auto list = source.initBodies(static_cast<unsigned>(bodies.size()));
  for (unsigned i = 0; i < list.size(); ++i) list.set(i, bodies[i]);
  if (!participants.empty()) {
    SetTexts(source.initParticipants(static_cast<unsigned>(participants.size())), participants);
  }
  if (!schemes.empty()) {
    SetTexts(source.initSchemes(static_cast<unsigned>(schemes.size())), schemes);
  }
  if (token != 0) {
    auto hash = source.initTokenHash(32);
    hash[0] = token;
  }
  return draft;
}

Draft Generator::AccountDraft(const std::string& name, const Account& account) {
  Draft draft = Register(name);
  auto given = draft.registration().initAccount();
  given.setFloorMinor(account.floor);
  given.setCurrency(account.currency);
  given.setKind(account.kind);
  given.setStatus(account.status);
  given.setUnlimited(account.unlimited);
  LONGMEN_SET_TEXT(given, Participant, account.participant);
  LONGMEN_SET_TEXT(given, Scheme, account.scheme);
  given.setCeilingMinor(account.ceiling);
  SetLimits(given, account.limits);
  if (account.cap) {
    auto cap = given.initCap();
    cap.setCreditMinor(account.cap->credit);
    cap.setCollateralMinor(account.cap->collateral);
    cap.setEarmarkMinor(account.cap->earmark);
    cap.setWarnPermille(account.cap->warn_permille);
  }
  if (!account.bilateral.empty()) {
    auto limits = given.initBilateralLimits(static_cast<unsigned>(account.bilateral.size()));
    for (unsigned i = 0; i < limits.size(); ++i) {
      limits[i].setParticipant(account.bilateral[i].first);
      limits[i].setMinor(account.bilateral[i].second);
    }
  }
  return draft;
}

Draft Generator::MandateDraft(const std::string& name, const Mandate& mandate) {
  Draft draft = Register(name);
  auto given = draft.registration().initMandate();
  given.setValidFrom(mandate.valid_from);
  given.setValidBefore(mandate.valid_before);
  given.setStatus(mandate.status);
  given.setUtcOffsetMinutes(static_cast<int16_t>(mandate.offset_minutes));
  given.setAccount(mandate.account);
  given.setHolder("holder");
  SetLimits(given, mandate.limits);
  auto levels = given.initLevels(static_cast<unsigned>(mandate.levels.size()));
  for (unsigned i = 0; i < levels.size(); ++i) {
    levels[i].setAboveMinor(mandate.levels[i].first);
    levels[i].setLevel(mandate.levels[i].second);
  }
  auto approvers = given.initApprovers(static_cast<unsigned>(mandate.approvers.size()));
  for (unsigned i = 0; i < approvers.size(); ++i) {
    approvers[i].setLevel(mandate.approvers[i].first);
    approvers[i].setPerson(mandate.approvers[i].second);
  }
  if (!mandate.channels.empty()) {
    SetTexts(given.initChannels(static_cast<unsigned>(mandate.channels.size())), mandate.channels);
  }
  if (!mandate.payees.empty()) {
    SetTexts(given.initPayees(static_cast<unsigned>(mandate.payees.size())), mandate.payees);
  }
  if (!mandate.fallbacks.empty()) {
    SetTexts(given.initFallbacks(static_cast<unsigned>(mandate.fallbacks.size())),
             mandate.fallbacks);
  }
  if (!mandate.merchants.empty()) {
    SetTexts(given.initMerchants(static_cast<unsigned>(mandate.merchants.size())),
             mandate.merchants);
  }
  if (!mandate.categories.empty()) {
    SetTexts(given.initMerchantCategories(static_cast<unsigned>(mandate.categories.size())),
             mandate.categories);
  }
  auto currencies = given.initCurrencies(static_cast<unsigned>(mandate.currencies.size()));
  for (unsigned i = 0; i < currencies.size(); ++i) currencies.set(i, mandate.currencies[i]);
  given.setRestoresOnRefund(mandate.restores);
  return draft;
}

Draft Generator::SchemeDraft(const std::string& name, const reference::Scheme& scheme) {
  Draft draft = Register(name);
  auto given = draft.registration().initScheme();
  given.setMethod(scheme.method);
  given.setPendingAccounts(scheme.pending_accounts);
  given.setCyclePrefix(scheme.cycle_prefix);
  given.setMaxMinor(scheme.max_minor);
  given.setCovered(scheme.covered);
  given.setBypassesFifo(scheme.bypasses_fifo);
  given.setChangesPriority(scheme.changes_priority);
  if (scheme.method == schema::SettlementMethod::QUEUED) given.setResolution(scheme.resolution);
  given.setResolveMinutes(scheme.resolve_minutes);
  given.setWindowMinutes(scheme.window_minutes);
  auto hours = given.initHours(static_cast<unsigned>(scheme.hours.size()));
  for (unsigned i = 0; i < hours.size(); ++i) {
    hours[i].setFromMinute(static_cast<int16_t>(scheme.hours[i].first));
    hours[i].setToMinute(static_cast<int16_t>(scheme.hours[i].second));
  }
  LONGMEN_SET_TEXT(given, Calendar, scheme.calendar);
  LONGMEN_SET_TEXT(given, FeeTable, scheme.fee_table);
  return draft;
}

Draft Generator::CalendarDraft(const std::string& name) {
  Draft draft = Register(name);
  auto calendar = draft.registration().initCalendar();
  calendar.setUtcOffsetMinutes(480);
  auto day = calendar.initDays(1)[0];
  day.setDate(LocalDate(kStart, 480) + 2);
  day.setKind(schema::DayKind::HOLIDAY);
  return draft;
}

Draft Generator::FeeTableDraft(const std::string& name) {
  Draft draft = Register(name);
  auto table = draft.registration().initFeeTable();
  table.setCurrency(kCny);
  table.initSteps(1)[0].setFixedMinor(500);
  return draft;
}

Draft Generator::RiskPolicyDraft(const std::string& name) {
  Draft draft = Register(name);
  auto policy = draft.registration().initRiskPolicy();
  auto rule = policy.initRules(1)[0];
  rule.setName("device");
  rule.setNewDevice(true);
  rule.setPoints(30);
  policy.initSteps(1)[0].setMethod(schema::AuthorizationMethod::PASSWORD);
  return draft;
}

Draft Generator::MatchingRuleDraft(const std::string& name) {
  Draft draft = Register(name);
  auto rule = draft.registration().initMatchingRule();
  rule.setParticipant(random_.Percent(85) ? "ICBC" : "NOBANK");
  rule.setIssuer(random_.Percent(85) ? "CMB" : "NOBANK");
  const auto account = [&] {
    return random_.Percent(10)   ? std::string("ICBC:none")
           : random_.Percent(50) ? std::string()
                                 : state_->accounts.begin()->first;
  };
  if (const std::string name_of = account(); !name_of.empty()) rule.setAccount(name_of);
  if (const std::string name_of = account(); !name_of.empty()) rule.setSuspense(name_of);
  if (const std::string name_of = account(); !name_of.empty()) rule.setMirror(name_of);
  if (const std::string name_of = account(); !name_of.empty()) rule.setWriteOff(name_of);
  return draft;
}

Draft Generator::TariffDraft(const std::string& name) {
  Draft draft = Register(name);
  auto tariff = draft.registration().initTariff();
  tariff.setCurrency(kCny);
  auto parking = tariff.initParking();
  parking.setCapMinor(2'000);
  parking.setStepMinor(200);
  parking.setStepMinutes(60);
  parking.setFreeMinutes(30);
  return draft;
}

// Money of a participant that comes in at the central bank.
Draft Generator::FundsIn(const std::string& participant, int64_t minor) {
  Draft draft("op", NewId(), now_);
  auto debit = draft.debit();
  SetAmount(debit, minor, kCny);
  debit.setKind(schema::DebitKind::LIQUIDITY);
  debit.setOutcome(schema::Outcome::SUCCEEDED);
  debit.setPayer(participant + ".set");
  debit.setPayee(participant + ".mir");
  return draft;
}

Draft Generator::TopUp(const std::string& participant, const std::string& account, int64_t minor) {
  Draft draft("op", NewId(), now_);
  auto debit = draft.debit();
  SetAmount(debit, minor, account.ends_with(".usd") ? kUsd : kCny);
  debit.setKind(schema::DebitKind::TOP_UP);
  debit.setOutcome(schema::Outcome::SUCCEEDED);
  debit.setPayer(participant + ".mir" + (account.ends_with(".usd") ? ".usd" : ""));
  debit.setPayee(account);
  return draft;
}

std::vector<Step> Generator::SetUp() {
  state_ = nullptr;
  constexpr Nanos kMinute = kNanosPerMinute;
  std::vector<Step> steps;
  Drafts group;
  const auto close_group = [&](const char* label) {
    Step step{.group = {}, .now = now_, .label = label};
    for (Draft& draft : group) step.group.push_back(draft.Finish());
    group.clear();
    history_.push_back(step.group);
    steps.push_back(std::move(step));
  };
  group.push_back(
      SourceDraft("op", Status::OPEN, 120 * kMinute, 60 * kMinute, {}, {}, kAllBodies, 1));
  close_group("setup.operator");
  group.push_back(
      SourceDraft("icbc", Status::OPEN, 10 * kMinute, kMinute, {"ICBC"}, {"nu"}, kAllBodies, 2));
  group.push_back(
      SourceDraft("south", Status::OPEN, kMinute, 0, {"CMB", "BOB"}, {"pk"}, kAllBodies));
  group.push_back(
      SourceDraft("files", Status::OPEN, 120 * kMinute, 0, {}, {}, {BodyKind::STATEMENT}));
  group.push_back(SourceDraft("shut", Status::CLOSED, 0, 0, {}, {}, kAllBodies));
  for (const std::string participant : {"ICBC", "CMB", "BOB", "NOP"}) {
    group.push_back(Register(participant));
    group.back().registration().initParticipant().setName("Bank " + participant);
  }
  group.push_back(CalendarDraft("workdays"));
  group.push_back(FeeTableDraft("ladder"));
  group.push_back(RiskPolicyDraft("careful"));
  for (const auto& [name, scheme] : Schemes()) group.push_back(SchemeDraft(name, scheme));
  group.push_back(TariffDraft("day"));
  close_group("setup.schemes");
  // Settlement accounts first: what is earmarked is kept of them.
  for (const bool clearing : {false, true}) {
    for (const auto& [name, account] : Accounts()) {
      if ((account.kind == AccountKind::CLEARING) == clearing) {
        group.push_back(AccountDraft(name, account));
      }
    }
  }
  close_group("setup.accounts");
  for (const auto& [name, mandate] : Mandates()) group.push_back(MandateDraft(name, mandate));
  close_group("setup.mandates");
  for (const std::string participant : {"ICBC", "CMB", "BOB", "NOP"}) {
    group.push_back(TopUp(participant, participant + ".c1", 200'000));
    group.push_back(TopUp(participant, participant + ".c2", 60'000));
    group.push_back(TopUp(participant, participant + ".m1", 5'000));
    group.push_back(TopUp(participant, participant + ".w1", 7'000));
  }
  group.push_back(FundsIn("BOB", 5'000));
  group.push_back(FundsIn("CMB", 5'000));
  group.push_back(FundsIn("ICBC", 15'000));
  group.push_back(TopUp("ICBC", "ICBC.c1.usd", 40'000));
  group.push_back(TopUp("CMB", "CMB.c1.usd", 40'000));
  close_group("setup.funds");
  return steps;
}

}  // namespace longmen::generator
