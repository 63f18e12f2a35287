#include "tests/projections/hand_log/hand_log.h"

#include <algorithm>

namespace longmen::testing {
namespace {

constexpr auto kScenario = schema::Scenario::B2B_GATEWAY;

ProposalBytes Canonical(const HandLog::Fill& fill, Nanos occurred_at) {
  capnp::MallocMessageBuilder message;
  auto proposal = message.initRoot<schema::Proposal>();
  proposal.setOccurredAt(occurred_at);
  fill(proposal);
  auto bytes = Canonicalize(proposal.asReader());
  CHECK(bytes.ok(), "hand_log.canonical", Describe(bytes.error()));
  return std::move(bytes).value();
}

}  // namespace

OrderState PlacedOrder(const std::string& key, int64_t minor) {
  OrderState state;
  state.scenario = kScenario;
  state.key = key;
  state.amount = Cny(minor);
  state.payer = "alice";
  state.payee = "bob";
  state.version = 1;
  return state;
}

HandLog::HandLog() {
  Add([](auto proposal) {
    proposal.setKey("ledger");
    proposal.getBody().initRegistration().initLedger();
  });
}

Sequence HandLog::Add(const Fill& fill, Effects effects) {
  const Sequence sequence = next();
  const Nanos at = day_ * kNanosPerDay + static_cast<Nanos>(sequence) * kNanosPerSecond;
  HandRecord record{.header = {.sequence = sequence,
                               .recorded_at = at,
                               .book_date = day_,
                               .rules_version = 1,
                               .exception = effects.exception},
                    .proposal = Canonical(fill, at - kNanosPerSecond / 2),
                    .effects = std::move(effects)};
  records_.push_back(std::move(record));
  return sequence;
}

Sequence HandLog::Participant(const std::string& name) {
  return Add([&](auto proposal) {
    proposal.setKey(name);
    proposal.getBody().initRegistration().initParticipant();
  });
}

Sequence HandLog::Account(const std::string& name, const std::string& participant,
                          schema::AccountKind kind, int64_t floor) {
  AccountState& state = accounts_[name];
  state = {.account = name,
           .participant = participant,
           .kind = kind,
           .status = schema::Status::OPEN,
           .balance = Cny(0),
           .held = Cny(0),
           .floor = Cny(floor),
           .unlimited = floor == 0 && kind != schema::AccountKind::WALLET};
  Effects effects;
  effects.accounts = {state};
  return Add(
      [&](auto proposal) {
        proposal.setKey(name);
        proposal.getBody().initRegistration().initAccount().setParticipant(participant);
      },
      effects);
}

void HandLog::Banks(const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    Participant(name);
    Account(name + ".c", name);
    Account(name + ".clearing", name, schema::AccountKind::CLEARING);
    Account(name + ".settlement", name, schema::AccountKind::SETTLEMENT);
  }
}

Sequence HandLog::OpenCycle(const std::string& name) {
  open_ = name;
  CycleState& state = cycles_[name];
  state.cycle = next();
  state.name = name;
  state.scheme = "NUCC";
  state.method = method;
  Effects effects;
  effects.cycle = state;
  return Add(
      [&](auto proposal) {
        proposal.setKey(name);
        proposal.getBody().initSettlement().setAction(schema::SettlementAction::OPENED);
      },
      effects);
}

Sequence HandLog::CloseCycle() {
  CycleState& state = cycles_.at(open_);
  state.status = CycleStatus::kClosed;
  state.cut_off = next();
  Effects effects;
  effects.cycle = state;
  return Add(
      [&](auto proposal) {
        proposal.setKey(open_);
        proposal.getBody().initSettlement().setAction(schema::SettlementAction::CLOSED);
      },
      effects);
}

Sequence HandLog::AbortCycle(const std::string& name) {
  CycleState& state = cycles_.at(name);
  state.status = CycleStatus::kAborted;
  state.carried_into = cycles_.at(open_).cycle;
  Effects effects;
  effects.cycle = state;
  for (CycleItem item : items_[name]) {
    item.cycle = state.carried_into;
    effects.items.push_back(item);
    items_[open_].push_back(item);
  }
  return Add(
      [&](auto proposal) {
        proposal.setKey(name);
        proposal.getBody().initSettlement().setAction(schema::SettlementAction::ABORTED);
      },
      effects);
}

Sequence HandLog::SettleCycle(const std::string& name) {
  std::map<std::string, int64_t> nets;
  for (const CycleItem& item : items_[name]) {
    nets[item.from] -= item.amount.minor;
    nets[item.to] += item.amount.minor;
  }
  std::vector<Stated> stated;
  for (const auto& [participant, net] : nets) {
    stated.push_back({.participant = participant, .counterparty = {}, .net = net});
  }
  return Settle(name, stated, true, "hvps-1");
}

Sequence HandLog::Settle(const std::string& name, const std::vector<Stated>& stated, bool last,
                         const std::string& reference) {
  CycleState& state = cycles_.at(name);
  state.status = last ? CycleStatus::kSettled : CycleStatus::kSettling;
  state.reference = reference;
  Effects effects;
  std::map<std::string, int64_t> nets;
  for (const Stated& each : stated) nets[each.participant] += each.net;
  const bool at_once = state.method == schema::SettlementMethod::GROSS ||
                       state.method == schema::SettlementMethod::QUEUED;
  for (const auto& [participant, net] : nets) {
    if (net == 0 || at_once) continue;
    Post(effects, participant + ".clearing", net);
    Post(effects, participant + ".settlement", -net);
  }
  effects.cycle = state;
  return Add(
      [&](auto proposal) {
        proposal.setKey(name);
        auto settlement = proposal.getBody().initSettlement();
        settlement.setAction(last ? schema::SettlementAction::SETTLED
                                  : schema::SettlementAction::SETTLING);
        settlement.setReference(reference);
        auto positions = settlement.initPositions(static_cast<uint32_t>(stated.size()));
        for (uint32_t i = 0; i < positions.size(); ++i) {
          positions[i].setParticipant(stated[i].participant);
          positions[i].setCounterparty(stated[i].counterparty);
          positions[i].setCurrency(kCny.numeric);
          positions[i].setNet(stated[i].net);
        }
      },
      effects);
}

Sequence HandLog::Recast(const std::string& name, const std::string& without) {
  Effects effects;
  effects.cycle = cycles_.at(name);
  std::erase_if(items_[name], [&](CycleItem item) {
    if (item.from != without && item.to != without) return false;
    effects.removed.push_back(item);
    item.cycle = cycles_.at(open_).cycle;
    effects.items.push_back(item);
    items_[open_].push_back(item);
    return true;
  });
  return Add(
      [&](auto proposal) {
        proposal.setKey(name);
        proposal.getBody().initSettlement().setAction(schema::SettlementAction::RECAST);
      },
      effects);
}

Sequence HandLog::ShareLoss(const std::string& name, const std::string& without,
                            const std::vector<std::pair<std::string, int64_t>>& shares,
                            int64_t collateral) {
  Effects effects;
  effects.cycle = cycles_.at(name);
  if (collateral > 0) {
    Post(effects, without + ".settlement", -collateral);
    Post(effects, without + ".c", collateral);
  }
  for (const auto& [bearer, minor] : shares) {
    Post(effects, bearer + ".c", -minor);
    Post(effects, bearer + ".clearing", minor);
    Post(effects, without + ".clearing", -minor);
    Post(effects, without + ".c", minor);
    effects.items.push_back({.cycle = effects.cycle->cycle,
                             .from = bearer,
                             .to = without,
                             .amount = Cny(minor),
                             .count = 1});
    items_[name].push_back(effects.items.back());
  }
  return Add(
      [&](auto proposal) {
        proposal.setKey(name);
        proposal.getBody().initSettlement().setAction(schema::SettlementAction::LOSS_SHARED);
      },
      effects);
}

Sequence HandLog::Order(const OrderState& state) {
  Effects effects;
  effects.order = state;
  effects.order->scenario = kScenario;
  return Add(
      [&](auto proposal) {
        proposal.setScenario(kScenario);
        proposal.setKey(state.key);
        proposal.getBody().initOrder().setPayee(state.payee);
      },
      effects);
}

Sequence HandLog::Progress(const std::string& key, schema::B2bStage stage) {
  return Add([&](auto proposal) {
    proposal.setScenario(kScenario);
    proposal.setKey(key);
    proposal.getBody().initOrder().setAction(schema::OrderAction::PROGRESSED);
    proposal.getDetails().initB2bGateway().setStage(stage);
  });
}

void HandLog::Post(Effects& effects, const std::string& account, int64_t minor) {
  AccountState& state = accounts_.at(account);
  state.balance.minor += minor;
  effects.postings.push_back({account, state.participant, Cny(minor)});
  const auto same = [&](const auto& each) { return each.account == account; };
  effects.accounts.erase(std::remove_if(effects.accounts.begin(), effects.accounts.end(), same),
                         effects.accounts.end());
  effects.accounts.push_back(state);
}

void HandLog::Leg(Effects& effects, const Pay& pay, const std::string& from, const std::string& to,
                  int64_t minor) {
  const std::string payer = accounts_.at(from).participant;
  const std::string payee = accounts_.at(to).participant;
  if (pay.refunds != 0) Post(effects, from, -minor);
  if (payer != payee) {
    Post(effects, payer + ".clearing", minor);
    Post(effects, payee + ".clearing", -minor);
    const CycleItem item{
        .cycle = cycles_.at(open_).cycle, .from = payer, .to = payee, .amount = Cny(minor)};
    effects.items.push_back(item);
    items_[open_].push_back(item);
  }
  Post(effects, to, minor);
}

Effects HandLog::Booked(const MovementState& movement, const Pay& pay) {
  Effects effects;
  if (movement.outcome != schema::Outcome::SUCCEEDED) return effects;
  if (pay.refunds == 0) Post(effects, pay.from, -pay.minor);
  Leg(effects, pay, pay.from, pay.to, pay.minor - pay.fee);
  if (pay.fee != 0) Leg(effects, pay, pay.from, pay.fee_to, pay.fee);
  return effects;
}

Sequence HandLog::Move(const Pay& pay) {
  const Sequence name = pay.resolves != 0 ? pay.resolves : next();
  MovementState& movement = movements_[name];
  if (pay.resolves == 0) {
    movement.sequence = name;
    movement.kind = pay.refunds != 0 ? MovementKind::kRefund : MovementKind::kDebit;
    movement.scenario = kScenario;
    movement.key = pay.key;
    movement.amount = Cny(pay.minor);
    movement.from_account = pay.from;
    movement.from_participant = accounts_.at(pay.from).participant;
    movement.to_account = pay.to;
    movement.to_participant = accounts_.at(pay.to).participant;
    movement.channel = pay.channel;
    movement.channel_reference = pay.reference;
    movement.occurred_at = day_ * kNanosPerDay;
    movement.debit = pay.refunds;
  }
  movement.outcome = pay.outcome;
  Effects effects = Booked(movement, pay);
  if (!effects.items.empty()) {
    movement.cycle = cycles_.at(open_).cycle;
    movement.cycle_name = open_;
  }
  effects.movement = movement;
  effects.exception = pay.exception;
  return Add(
      [&](auto proposal) {
        proposal.setScenario(kScenario);
        proposal.setKey(pay.key);
        if (pay.refunds != 0) {
          proposal.getBody().initRefund().setBasis(pay.basis);
        } else {
          proposal.getBody().initDebit().setBasis(pay.basis);
        }
      },
      effects);
}

Sequence HandLog::Refuse(const std::string& key, const std::string& id, Code code,
                         const std::string& field) {
  const ProposalBytes inner = Canonical(
      [&](auto proposal) {
        proposal.setSource("gateway");
        proposal.setId(id);
        proposal.setScenario(kScenario);
        proposal.setKey(key);
        proposal.getBody().initOrder().setPayee("nobody");
      },
      day_ * kNanosPerDay);
  return Add([&](auto proposal) {
    auto refusal = proposal.getBody().initRefusal();
    refusal.setCode(code);
    refusal.setField(field);
    const Bytes bytes = inner.bytes();
    refusal.initProposals(1).set(0, capnp::Data::Reader(bytes.data(), bytes.size()));
  });
}

const std::vector<E2bItem> kE2bPayments = {
    {"T01", "CMB", "ICBC", 1'200'000}, {"T02", "ICBC", "CMB", 450'000},
    {"T03", "BOB", "ICBC", 300'000},   {"T04", "ICBC", "BOB", 800'000},
    {"T05", "PSBC", "CMB", 250'000},   {"T06", "CMB", "PSBC", 100'000},
    {"T07", "CCB", "BOB", 150'000},    {"T08", "BOB", "CCB", 90'000},
    {"T09", "CCB", "ICBC", 500'000},   {"T10", "PSBC", "CCB", 60'000}};

void E2bBanks(HandLog& log) {
  log.Banks({"ICBC", "CCB", "PSBC", "CMB", "BOB"});
  log.OpenCycle("B202103010001");
}

Sequence E2bPayments(HandLog& log) {
  Sequence t02 = 0;
  for (const E2bItem& item : kE2bPayments) {
    const Sequence sequence = log.Move({.key = item.id,
                                        .from = std::string(item.from) + ".c",
                                        .to = std::string(item.to) + ".c",
                                        .minor = item.yuan * 100,
                                        .reference = std::string("ref-") + item.id});
    if (item.id == std::string("T02")) t02 = sequence;
  }
  return t02;
}

void E2bRefund(HandLog& log, Sequence t02) {
  log.Move({.key = "T02",
            .from = "CMB.c",
            .to = "ICBC.c",
            .minor = 5'000'000,
            .reference = "ref-R02",
            .refunds = t02});
}

}  // namespace longmen::testing
