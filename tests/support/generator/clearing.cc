// Cycles, statement files and their resolution, and changes of what is registered.
#include <algorithm>

#include "engine/clearing/loss_sharing.h"
#include "tests/support/generator/generator.h"

namespace longmen::generator {
namespace {

const std::pair<const Sequence, reference::Cycle>* PickCycle(Random& random,
                                                             const reference::State& state,
                                                             CycleStatus wanted) {
  std::vector<const std::pair<const Sequence, reference::Cycle>*> cycles;
  const bool any = random.Percent(8);
  for (const auto& cycle : state.cycles) {
    if (any || cycle.second.status == wanted) cycles.push_back(&cycle);
  }
  return cycles.empty() ? nullptr : random.Pick(cycles);
}

template <typename Draft>
std::vector<Draft> Only(Draft draft) {
  std::vector<Draft> drafts;
  drafts.push_back(std::move(draft));
  return drafts;
}

}  // namespace

Generator::Drafts Generator::CloseCycle() {
  const auto* cycle = PickCycle(random_, *state_, CycleStatus::kOpen);
  if (cycle == nullptr) return {};
  Draft draft = Start(random_.Percent(97) ? cycle->second.name : "nocycle");
  auto settlement = draft.settlement();
  settlement.setAction(schema::SettlementAction::CLOSED);
  settlement.setNext(random_.Percent(95) ? NewName("cycle") : cycle->second.name);
  if (random_.Percent(30)) {
    settlement.setScheme(random_.Percent(90) ? cycle->second.scheme : "bare");
  }
  return Only(std::move(draft));
}

Generator::Drafts Generator::SettleCycle() {
  const auto* cycle = PickCycle(random_, *state_, CycleStatus::kSettling);
  if (cycle == nullptr || random_.Percent(50)) {
    cycle = PickCycle(random_, *state_, CycleStatus::kClosed);
  }
  if (cycle == nullptr) return {};
  struct Stated {
    std::string participant, counterparty;
    uint16_t currency;
    int64_t in, out, net;
  };
  std::vector<Stated> stated;
  for (const auto& [of, sum] : state_->SidesOf(cycle->first, true)) {
    stated.push_back({std::get<0>(of), std::get<1>(of), std::get<2>(of),
                      static_cast<int64_t>(sum.gross_in), static_cast<int64_t>(sum.gross_out),
                      static_cast<int64_t>(sum.net())});
  }
  // A whole cycle may be stated by participant, whatever the scheme.
  if (random_.Percent(25) && cycle->second.status == CycleStatus::kClosed) {
    stated.clear();
    for (const auto& [of, sum] : state_->PositionsOf(cycle->first)) {
      stated.push_back({of.first, "", of.second, static_cast<int64_t>(sum.gross_in),
                        static_cast<int64_t>(sum.gross_out), static_cast<int64_t>(sum.net())});
    }
  }
  if (random_.Percent(40)) std::reverse(stated.begin(), stated.end());
  const bool some = random_.Percent(40) && !stated.empty();
  if (some && random_.Percent(90)) {
    // One of them; of a pair, nearly always both.
    Stated one = stated[random_.Below(stated.size())];
    // Whoever owes first, mostly.
    for (int i = 0; i < 4 && one.net > 0; ++i) one = stated[random_.Below(stated.size())];
    const bool alone = random_.Percent(10);
    std::erase_if(stated, [&](const Stated& other) {
      const bool same = other.participant == one.participant &&
                        other.counterparty == one.counterparty && other.currency == one.currency;
      const bool pair = other.participant == one.counterparty &&
                        other.counterparty == one.participant && other.currency == one.currency;
      return !same && (alone || !pair);
    });
  }
  if (random_.Percent(20) && !stated.empty()) {
    Stated& wrong = stated[random_.Below(stated.size())];
    switch (random_.Below(6)) {
      case 0:
        wrong.in += 1;
        break;
      case 1:
        wrong.out += 1;
        break;
      case 2:
        wrong.net = -wrong.net + 1;
        break;
      case 3:
        wrong.participant = "NOP";
        break;
      case 4:
        stated.push_back(wrong);
        break;
      default:
        stated.pop_back();
        break;
    }
  }
  if (stated.empty() && random_.Percent(50)) stated.push_back({"ICBC", "", 156, 0, 0, 0});
  Draft draft = Start(cycle->second.name);
  auto settlement = draft.settlement();
  const bool settling = some || (!stated.empty() && random_.Percent(5));
  settlement.setAction(settling && !stated.empty() ? schema::SettlementAction::SETTLING
                                                   : schema::SettlementAction::SETTLED);
  settlement.setReference("rtgs-1");
  auto list = settlement.initPositions(static_cast<unsigned>(stated.size()));
  for (unsigned i = 0; i < list.size(); ++i) {
    list[i].setParticipant(stated[i].participant);
    LONGMEN_SET_TEXT(list[i], Counterparty, stated[i].counterparty);
    list[i].setCurrency(stated[i].currency);
    list[i].setGrossIn(stated[i].in);
    list[i].setGrossOut(stated[i].out);
    list[i].setNet(stated[i].net);
  }
  return Only(std::move(draft));
}

Generator::Drafts Generator::AbortCycle() {
  const auto* cycle = PickCycle(
      random_, *state_, random_.Percent(80) ? CycleStatus::kClosed : CycleStatus::kSettling);
  if (cycle == nullptr) return {};
  Draft draft = Start(cycle->second.name);
  auto settlement = draft.settlement();
  settlement.setAction(schema::SettlementAction::ABORTED);
  settlement.setReason("no cover");
  return Only(std::move(draft));
}

// A participant fails: its cycle goes on without it, or others bear what it cannot pay.
Generator::Drafts Generator::Default() {
  using enum schema::AccountKind;
  const auto* cycle = PickCycle(
      random_, *state_, random_.Percent(92) ? CycleStatus::kClosed : CycleStatus::kSettling);
  // Most that are closed are empty.
  for (int i = 0; i < 5 && cycle != nullptr && state_->PositionsOf(cycle->first).empty(); ++i) {
    cycle = PickCycle(random_, *state_, CycleStatus::kClosed);
  }
  if (cycle == nullptr) return {};
  const reference::Positions positions = state_->PositionsOf(cycle->first);
  std::vector<std::pair<std::string, uint16_t>> debtors;
  for (const auto& [of, sum] : positions) {
    if (sum.net() < 0 || random_.Percent(10)) debtors.push_back(of);
  }
  const auto [without, currency] = debtors.empty() || random_.Percent(4)
                                       ? std::pair<std::string, uint16_t>{"NOBANK", 156}
                                       : random_.Pick(debtors);
  Draft draft = Start(cycle->second.name);
  auto settlement = draft.settlement();
  settlement.setWithout(without);
  settlement.setReason("it failed");
  const bool shares_losses =
      state_->schemes.at(cycle->second.scheme).method == schema::SettlementMethod::MULTILATERAL_NET;
  if (random_.Percent(shares_losses ? 20 : 90)) {
    settlement.setAction(schema::SettlementAction::RECAST);
    return Only(std::move(draft));
  }
  settlement.setAction(schema::SettlementAction::LOSS_SHARED);
  settlement.setCurrency(currency);
  const std::string clearing =
      state_->SpecialAccount(CLEARING, without, currency, cycle->second.scheme);
  const std::string money = state_->SpecialAccount(SETTLEMENT, without, currency);
  const auto found = positions.find({without, currency});
  if (clearing.empty() || found == positions.end()) return Only(std::move(draft));
  const auto& cap = state_->accounts.at(clearing).cap;
  const auto liquidity =
      money.empty() ? std::optional<reference::Wide>(0) : state_->Liquidity(money);
  reference::Wide left = -found->second.net();
  reference::Wide own = 0;
  if (liquidity) {
    const auto kept = cycle->second.kept.find({without, currency});
    own = *liquidity + (cap ? cap->earmark : 0) + state_->Covering(state_->accounts.at(clearing)) +
          (kept == cycle->second.kept.end() ? 0 : kept->second);
    left -= std::max<reference::Wide>(own, 0);
  }
  if (left <= 0 || !liquidity) return Only(std::move(draft));
  const reference::Wide hole = std::max<reference::Wide>(-own, 0);
  auto collateral = std::min<reference::Wide>(cap ? cap->collateral : 0, left + hole);
  if (collateral <= hole) collateral = 0;
  left -= std::max<reference::Wide>(0, collateral - hole);
  settlement.setCollateralMinor(static_cast<int64_t>(collateral));
  std::vector<std::string> names;
  std::vector<int64_t> weights;
  for (const auto& [participant, status] : state_->participants) {
    const std::string account =
        state_->SpecialAccount(CLEARING, participant, currency, cycle->second.scheme);
    if (account.empty() || participant == without) continue;
    for (const auto& [to, minor] : state_->accounts.at(account).bilateral) {
      if (to != without || minor == 0) continue;
      names.push_back(participant);
      weights.push_back(minor);
    }
  }
  const auto minors = engine::ShareLoss(static_cast<int64_t>(left), weights);
  if (!minors) return Only(std::move(draft));
  std::vector<std::pair<std::string, int64_t>> shares;
  for (size_t i = 0; i < names.size(); ++i) {
    if ((*minors)[i] > 0) shares.emplace_back(names[i], (*minors)[i]);
  }
  if (!shares.empty() && random_.Percent(12)) {
    if (random_.Percent(50)) {
      shares.back().second += 1;
    } else {
      shares.pop_back();
    }
  }
  auto list = settlement.initShares(static_cast<unsigned>(shares.size()));
  for (unsigned i = 0; i < list.size(); ++i) {
    list[i].setParticipant(shares[i].first);
    list[i].setMinor(shares[i].second);
  }
  return Only(std::move(draft));
}

Generator::Drafts Generator::FileHeader() {
  std::string key = NewName("file");
  if (random_.Percent(10) && !state_->files.empty()) key = state_->files.begin()->first;
  Draft draft = Start(key);
  auto statement = draft.statement();
  statement.setAction(schema::StatementAction::HEADER);
  statement.getAmount().setCurrency(random_.Percent(80) ? 156 : 840);
  statement.setParticipant(
      random_.Pick<const char*>({"ICBC", "ICBC", "CMB", "CMB", "BOB", "BOB", "NOP", "NOBANK"}));
  return Only(std::move(draft));
}

namespace {

std::string PickFile(Random& random, const reference::State& state, bool complete) {
  std::vector<std::string> names;
  const bool any = random.Percent(5);
  for (const auto& [name, file] : state.files) {
    if (any || file.complete == complete) names.push_back(name);
  }
  if (random.Percent(2)) return "nofile";
  return names.empty() ? "" : random.Pick(names);
}

}  // namespace

Generator::Drafts Generator::FileLine() {
  const std::string name = PickFile(random_, *state_, false);
  if (name.empty()) return {};
  const auto file = state_->files.find(name);
  const bool known = file != state_->files.end();
  Drafts drafts;
  const size_t count = random_.Below(3) + 1;
  for (size_t i = 0; i < count; ++i) {
    Draft draft = Start(name);
    auto line = draft.statement();
    const size_t next = known ? file->second.lines.size() + 1 + i : 1;
    if (count == 1 && random_.Percent(50)) {
      line.setAction(schema::StatementAction::LINES);
      line.setLine(static_cast<uint32_t>(random_.Percent(96) ? next : next + 1));
      line.getAmount().setCurrency(random_.Percent(95) && known ? file->second.currency : 156);
      for (auto each : line.initLines(static_cast<unsigned>(random_.Below(80) + 1))) {
        each.setMinor(random_.Percent(5) ? 0 : Amount());
        each.setDirection(random_.Pick({schema::Direction::CREDIT, schema::Direction::DEBIT}));
      }
      return Only(std::move(draft));
    }
    line.setAction(schema::StatementAction::LINE);
    line.setLine(static_cast<uint32_t>(random_.Percent(96) ? next : next + 1));
    line.setDirection(random_.Pick({schema::Direction::CREDIT, schema::Direction::DEBIT}));
    SetAmount(line, Amount(), Currency(known ? file->second.currency : 156));
    line.setReference("ref");
    drafts.push_back(std::move(draft));
  }
  return drafts;
}

Generator::Drafts Generator::FileTrailer() {
  const std::string name = PickFile(random_, *state_, false);
  if (name.empty()) return {};
  const auto file = state_->files.find(name);
  int64_t credits = 0;
  int64_t debits = 0;
  size_t count = 0;
  if (file != state_->files.end()) {
    count = file->second.lines.size();
    for (const auto& line : file->second.lines) {
      (line.direction == schema::Direction::CREDIT ? credits : debits) += line.minor;
    }
  }
  if (random_.Percent(12)) {
    (random_.Percent(50) ? credits : debits) += 1;
  } else if (random_.Percent(5)) {
    count += 1;
  }
  Draft draft = Start(name);
  auto trailer = draft.statement();
  trailer.setAction(schema::StatementAction::TRAILER);
  trailer.setCount(static_cast<uint32_t>(count));
  trailer.setCreditMinor(credits);
  trailer.setDebitMinor(debits);
  return Only(std::move(draft));
}

namespace {

// A few movements that somebody may name: taken ones too, and sometimes one that is not there.
struct Named {
  std::vector<reference::Identity> identities;
  int64_t minor = 0;  // debits less refunds
  uint16_t currency = 0;
};
Named PickMovements(Random& random, const reference::State& state, uint16_t currency) {
  Named named{.identities = {}, .minor = 0, .currency = currency};
  for (size_t tries = random.Below(4); tries > 0 && !state.began.empty(); --tries) {
    const auto began =
        std::next(state.began.begin(), static_cast<int64_t>(random.Below(state.began.size())));
    const reference::Movement& movement = state.movements.at(began->second);
    if (named.currency == 0) named.currency = movement.payees_currency();
    if (movement.payees_currency() != named.currency && random.Percent(90)) continue;
    named.identities.push_back(began->first);
    const bool refund = movement.kind == MovementKind::kRefund;
    named.minor += refund ? -movement.payees_amount() : movement.payees_amount();
  }
  if (random.Percent(4)) named.identities.push_back({"bank", "nobody"});
  return named;
}

}  // namespace

Generator::Drafts Generator::Resolve() {
  if (random_.Percent(8) && !state_->files.empty()) {
    const auto& [withdrawn, of] = *std::next(
        state_->files.begin(), static_cast<int64_t>(random_.Below(state_->files.size())));
    Draft draft = Start("");
    auto resolution = draft.resolution();
    resolution.setKind(schema::ResolutionKind::WITHDRAWN);
    SetAmount(resolution, 0, Currency(random_.Percent(95) ? of.currency : 840));
    resolution.setWithdraws(random_.Percent(95) ? withdrawn : "nofile");
    resolution.setReason("issued again");
    resolution.setBy("alice");
    resolution.setApprovedBy("bob");
    return Only(std::move(draft));
  }
  const std::string name = PickFile(random_, *state_, true);
  const auto file = state_->files.find(name);
  const bool known = file != state_->files.end();
  std::vector<uint32_t> numbers;
  if (known) {
    const size_t lines = file->second.lines.size();
    size_t i = random_.Percent(50) || lines == 0 ? 0 : random_.Below(lines);
    for (; i < lines && numbers.size() < 3; ++i) {
      if (!file->second.lines[i].taken && random_.Percent(60)) {
        numbers.push_back(static_cast<uint32_t>(i + 1));
      }
    }
  }
  if (!name.empty() && (numbers.empty() ? random_.Percent(50) : random_.Percent(4))) {
    numbers.push_back(random_.Percent(70) ? 1 : 99);
  }
  if (!numbers.empty() && random_.Percent(3)) numbers.push_back(numbers.front());
  int64_t sum = 0;
  for (const uint32_t number : numbers) {
    if (!known || number > file->second.lines.size()) continue;
    const auto& line = file->second.lines[number - 1];
    sum += line.direction == schema::Direction::CREDIT ? line.minor : -line.minor;
  }
  const uint16_t currency = known ? file->second.currency : numbers.empty() ? 0 : 156;
  const Named named = PickMovements(random_, *state_, currency);
  if (numbers.empty() && named.identities.empty()) return {};
  Draft draft = Start("");
  auto resolution = draft.resolution();
  resolution.setKind(
      random_.Pick({schema::ResolutionKind::MATCHED, schema::ResolutionKind::WAITING,
                    schema::ResolutionKind::ADJUSTED, schema::ResolutionKind::WRITTEN_OFF}));
  if (const char* rule = random_.Pick<const char*>({"", "wechat", "bank"}); *rule != 0) {
    resolution.setRule(rule);
  }
  SetAmount(resolution, random_.Percent(93) ? sum : sum + 1,
            Currency(named.currency == 0 ? 156 : named.currency));
  resolution.setReason("agreed");
  resolution.setBy("alice");
  resolution.setApprovedBy(random_.Percent(92) ? "bob" : "alice");
  auto lines = resolution.initLines(static_cast<unsigned>(numbers.size()));
  for (unsigned i = 0; i < lines.size(); ++i) {
    lines[i].setFile(name);
    lines[i].setLine(numbers[i]);
  }
  if (named.identities.empty()) return Only(std::move(draft));
  auto movements = resolution.initMovements(static_cast<unsigned>(named.identities.size()));
  for (unsigned i = 0; i < movements.size(); ++i) {
    movements[i].setSource(named.identities[i].first);
    movements[i].setId(named.identities[i].second);
  }
  resolution.setMovementsMinor(random_.Percent(93) ? named.minor : named.minor + 1);
  return Only(std::move(draft));
}

Generator::Drafts Generator::ChangeAccount() {
  using enum schema::AccountKind;
  const auto pick = [&](auto wanted) {
    std::vector<std::string> names;
    for (const auto& [name, account] : state_->accounts) {
      if (wanted(account)) names.push_back(name);
    }
    return random_.Pick(names);
  };
  // What is frozen or closed comes back sooner than others go.
  const bool reopen = random_.Percent(55);
  const bool any_kind = random_.Percent(15);
  const std::string name = pick([&](const reference::Account& account) {
    const bool ordinary =
        account.kind != CLEARING && account.kind != SETTLEMENT && account.kind != MIRROR;
    return (ordinary || any_kind) &&
           (!reopen || account.status != schema::Status::OPEN || account.kind == FEE);
  });
  reference::Account account = state_->accounts.at(name);
  std::string key = name;
  const size_t choice = random_.Below(100);
  if (choice < 70) {
    account.status = reopen ? schema::Status::OPEN
                            : random_.Pick({schema::Status::FROZEN, schema::Status::CLOSED});
  } else if (choice < 82) {
    account.floor = random_.Pick<int64_t>({0, 1'000, 50'000});
    account.ceiling = random_.Pick<int64_t>({0, 8'000, 30'000});
  } else if (choice < 92) {
    switch (random_.Below(5)) {
      case 0:
        if (account.limits.empty()) {
          account.limits = {{1'000, 0, schema::LimitWindow::SINGLE, false}};
        } else {
          account.limits.clear();
        }
        break;
      case 1:
        account.participant = random_.Percent(50) ? "BOB" : "NOBANK";
        break;
      case 2:
        account.currency = 978;
        break;
      case 3:
        account.kind = REVENUE;
        break;
      default:
        account.kind = CLEARING;
        account.scheme = random_.Percent(50) ? "nu" : "noscheme";
    }
  } else {
    key = NewName("new");
    if (random_.Percent(40)) account.kind = SUSPENSE;
  }
  if (account.kind != CLEARING) {
    account.scheme.clear();
    account.cap.reset();
    account.bilateral.clear();
  }
  return Only(AccountDraft(key, account));
}

// What a participant may owe, and what it has at the central bank.
Generator::Drafts Generator::ChangeCover() {
  using enum schema::AccountKind;
  const std::string participant = random_.Pick<const char*>({"BOB", "BOB", "CMB", "ICBC", "NOP"});
  if (random_.Percent(25)) {
    const std::string name = participant + ".set";
    const auto money = state_->accounts.find(name);
    if (money == state_->accounts.end()) return {};
    reference::Account account = money->second;
    account.floor = random_.Pick<int64_t>({0, 5'000, 10'000, 20'000});
    if (random_.Percent(5)) account.unlimited = !account.unlimited;
    return Only(AccountDraft(name, account));
  }
  const std::string name = participant + (random_.Percent(85) ? ".cv" : ".nu");
  reference::Account account = state_->accounts.at(name);
  if (random_.Percent(10)) {
    account.cap.reset();
  } else {
    account.cap =
        reference::Cap{random_.Between(0, 6'000), random_.Pick<int64_t>({0, 1'000, 3'000}),
                       random_.Pick<int64_t>({0, 0, 1'000, 2'000, 15'000}),
                       random_.Pick<uint16_t>({0, 500, 800, 1'000})};
  }
  if (random_.Percent(30)) {
    account.bilateral.clear();
    for (const char* other : {"BOB", "CMB", "ICBC", "NOBANK"}) {
      if (other != participant && random_.Percent(std::string(other) == "NOBANK" ? 10 : 60)) {
        account.bilateral.emplace_back(other, random_.Between(0, 6'000));
      }
    }
  }
  return Only(AccountDraft(name, account));
}

Generator::Drafts Generator::ChangeMandate() {
  std::vector<std::string> names;
  for (const auto& [name, mandate] : state_->mandates) names.push_back(name);
  const std::string name = random_.Pick(names);
  reference::Mandate mandate = state_->mandates.at(name);
  const size_t choice = random_.Below(100);
  if (choice < 55) {
    // Limits follow usage upwards, so that they do not shut the mandate for good.
    for (reference::Limit& limit : mandate.limits) {
      if (limit.window == schema::LimitWindow::SINGLE) continue;
      limit.amount += limit.amount == 0 ? 0 : 6'000;
      limit.count += limit.count == 0 ? 0 : static_cast<uint32_t>(random_.Between(0, 2));
    }
  } else if (choice < 70) {
    mandate.status =
        mandate.status == schema::Status::OPEN ? schema::Status::FROZEN : schema::Status::OPEN;
  } else if (choice < 78) {
    for (reference::Limit& limit : mandate.limits) limit.steps_up = !limit.steps_up;
  } else if (choice < 86) {
    mandate.offset_minutes = random_.Pick({0, 480, -300});
  } else if (choice < 90) {
    mandate.fallbacks = {
        random_.Pick<const char*>({"ICBC.c2", "BOB.w1", "ICBC.c1.usd", "ghost", "CMB.m1"})};
  } else if (choice < 93) {
    mandate.account = random_.Percent(50) ? "ghost" : "BOB.m1";
  } else if (choice < 95) {
    mandate.restores = !mandate.restores;
  } else if (choice < 97) {
    mandate.currencies = random_.Percent(50) ? std::vector<uint16_t>{156} : std::vector<uint16_t>{};
    if (random_.Percent(50)) mandate.currencies.push_back(840);
  } else {
    mandate.valid_before = mandate.valid_before == 0 ? now_ + 30 * kNanosPerMinute : 0;
  }
  return Only(MandateDraft(name, mandate));
}

Generator::Drafts Generator::ChangeOther() {
  using schema::BodyKind;
  switch (random_.Below(9)) {
    case 0: {
      const auto late = random_.Pick<Nanos>({1, 10, 30}) * kNanosPerMinute;
      Draft source =
          SourceDraft("icbc", schema::Status::OPEN, late, kNanosPerMinute, {"ICBC"}, {"nu"},
                      {BodyKind::ORDER, BodyKind::AUTHORIZATION, BodyKind::DEBIT, BodyKind::REFUND,
                       BodyKind::SETTLEMENT, BodyKind::REGISTRATION});
      source.root().getBody().getRegistration().getSource().setDecidedOnly(random_.Percent(30));
      return Only(std::move(source));
    }
    case 1:
      return Only(SourceDraft("shut", schema::Status::CLOSED, 0, 0, {}, {}, {BodyKind::ORDER},
                              random_.Percent(50) ? 2 : 3));
    case 2: {
      Draft draft = Register(random_.Percent(50) ? "ICBC" : NewName("BANK"));
      draft.registration().initParticipant().setName("A bank");
      return Only(std::move(draft));
    }
    case 3: {
      reference::Scheme scheme = state_->schemes.at("pk");
      if (random_.Percent(30)) scheme.method = schema::SettlementMethod::GROSS;
      if (random_.Percent(20)) scheme.pending_accounts = !scheme.pending_accounts;
      // A cap that is lowered later: what was placed before it is judged by it when it is debited.
      scheme.max_minor = random_.Percent(50) ? 4'000 : 0;
      if (random_.Percent(40)) scheme.calendar = "nocalendar";
      if (random_.Percent(40)) scheme.fee_table = "nofees";
      return Only(SchemeDraft("pk", scheme));
    }
    case 4:
      return Only(TariffDraft("day"));
    case 7:
      return Only(random_.Percent(50) ? CalendarDraft("workdays") : CalendarDraft(NewName("cal")));
    case 8:
      if (random_.Percent(40)) return Only(MatchingRuleDraft("channel"));
      return Only(random_.Percent(50) ? FeeTableDraft("ladder") : RiskPolicyDraft("careful"));
    case 5: {
      Draft draft = Register("again");
      draft.registration().initLedger().setUtcOffsetMinutes(0);
      return Only(std::move(draft));
    }
    default: {
      Draft draft = Start("nocycle");
      draft.settlement().setAction(schema::SettlementAction::OPENED);
      return Only(std::move(draft));
    }
  }
}

}  // namespace longmen::generator
