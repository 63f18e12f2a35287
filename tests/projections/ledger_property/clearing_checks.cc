#include "tests/projections/ledger_property/clearing_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "events/codec/codec.h"
#include "projections/limits/limits.h"
#include "projections/positions/positions.h"
#include "projections/positions/settlements.h"
#include "projections/queue/queue.h"
#include "projections/warnings/warnings.h"

namespace longmen::generator {

using namespace projections;  // NOLINT: the checks are about them

namespace {

// What the engine's own records say of a scheme's queue: a resolution's money is what its postings
// moved at the central bank, and what a window returned gives that reason.
std::vector<std::string> ResolutionsOfLog(const World& world, const std::string& scheme) {
  std::vector<std::string> lines;
  size_t window = 0;                                 // its line + 1
  std::vector<std::pair<size_t, int64_t>> returned;  // by line
  for (const engine::Emitted& record : world.records) {
    const auto body = ReadCanonical(record.proposal.bytes()).getBody();
    const auto& waiting = record.effects.waiting;
    if (body.isDebit() && body.getDebit().getReason() == "the window has ended" &&
        waiting.front().scheme == scheme) {
      returned[window - 1].first += 1;
      returned[window - 1].second += waiting.front().amount.minor;
    }
    if (!body.isSettlement() || body.getSettlement().getScheme() != scheme.c_str()) continue;
    const auto settlement = body.getSettlement();
    reference::Wide moved = 0;
    for (const Posting& posting : record.effects.postings) {
      moved += std::max<int64_t>(posting.amount.minor, 0);
    }
    switch (settlement.getAction()) {
      case schema::SettlementAction::QUEUE_SETTLED:
        lines.push_back(fmt::format("settled {} saved {}", settlement.getCount(),
                                    settlement.getValueMinor() - moved / 2));
        break;
      case schema::SettlementAction::QUEUE_DEADLOCKED:
        lines.push_back(fmt::format("deadlocked {} saved 0", settlement.getCount()));
        break;
      case schema::SettlementAction::WINDOW_ENDED:
        lines.emplace_back();
        window = lines.size();
        break;
      default:
        break;
    }
    returned.resize(lines.size());
  }
  for (size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].empty()) {
      lines[i] = fmt::format("window_ended {} of {}", returned[i].first, returned[i].second);
    }
  }
  return lines;
}

// When what the movement is about happened.
Nanos OccurredAt(const reference::State& state, Sequence movement) {
  return state.records.at(movement - 1).occurred_at;
}

// When a cycle is taken to be closed: no earlier than those before it.
Nanos ClosedAt(const reference::State& state, Sequence opened) {
  Nanos closed = INT64_MIN;
  for (const auto& [sequence, cycle] : state.cycles) {
    if (sequence > opened || cycle.scheme != state.cycles.at(opened).scheme) continue;
    closed = std::max(closed, state.records.at(cycle.cut_off - 1).occurred_at);
  }
  return closed;
}

// The earliest of the cycles before the one an item came into that were closed after it occurred;
// 0: it was in time.
Sequence MissedBy(const reference::State& state, const reference::Item& item) {
  if (item.first_cycle == 0) return 0;  // a share of a loss
  const std::string& scheme = state.cycles.at(item.first_cycle).scheme;
  const Nanos occurred = OccurredAt(state, item.movement);
  for (const auto& [opened, cycle] : state.cycles) {
    if (opened < item.first_cycle && cycle.scheme == scheme && ClosedAt(state, opened) > occurred) {
      return opened;
    }
  }
  return 0;
}

// What the suspense account of an account's participant bears, and which it is.
std::string BearableOf(const reference::State& state, const reference::Account& account) {
  const std::string name =
      state.SpecialAccount(schema::AccountKind::SUSPENSE, account.participant, account.currency);
  if (name.empty()) return "0 on ";
  const auto bears = state.Available(name);
  return fmt::format("{} on {}", bears ? std::to_string(int64_t(*bears)) : "all", name);
}

// The records about a cycle of one of these kinds, by its name.
std::map<std::string, std::vector<const engine::Emitted*>> SettlementRecords(
    const World& world, std::initializer_list<schema::SettlementAction> actions) {
  std::map<std::string, std::vector<const engine::Emitted*>> records;
  for (const engine::Emitted& record : world.records) {
    const auto proposal = ReadCanonical(record.proposal.bytes());
    if (!proposal.getBody().isSettlement()) continue;
    const auto action = proposal.getBody().getSettlement().getAction();
    if (std::ranges::find(actions, action) == actions.end()) continue;
    records[proposal.getKey().cStr()].push_back(&record);
  }
  return records;
}

}  // namespace

void CheckVersions(const World& world) {
  auto changes = SettlementRecords(
      world, {schema::SettlementAction::RECAST, schema::SettlementAction::LOSS_SHARED});
  for (const auto& [opened, cycle] : world.naive.state().cycles) {
    auto& by = changes[cycle.name];
    std::erase_if(by, [](const engine::Emitted* record) {
      const auto settlement = ReadCanonical(record->proposal.bytes()).getBody().getSettlement();
      return settlement.getAction() == schema::SettlementAction::LOSS_SHARED &&
             settlement.getShares().size() == 0;  // collateral paid it all
    });
    const auto version = VersionOf(world.store, opened);
    ASSERT_TRUE(version.ok()) << cycle.name;
    EXPECT_EQ(version->number, 1 + by.size()) << cycle.name;
    EXPECT_EQ(version->by, by.empty() ? 0 : by.back()->header.sequence) << cycle.name;
  }
}

// They state the cycle's positions once each.
void CheckSettlements(const World& world) {
  auto stated = SettlementRecords(
      world, {schema::SettlementAction::SETTLED, schema::SettlementAction::SETTLING});
  for (const auto& [opened, cycle] : world.naive.state().cycles) {
    const auto settlements = SettlementsOf(world.store, opened);
    ASSERT_TRUE(settlements.ok()) << cycle.name;
    const auto& by = stated[cycle.name];
    ASSERT_EQ(settlements->size(), by.size()) << cycle.name;
    std::map<std::pair<std::string, uint16_t>, reference::Wide> left;
    for (size_t i = 0; i < by.size(); ++i) {
      EXPECT_EQ(settlements->at(i).sequence, by[i]->header.sequence);
      for (const auto& each : settlements->at(i).positions) {
        left[{each.participant, each.currency.numeric}] -= each.net;
      }
    }
    if (cycle.status != CycleStatus::kSettled) continue;
    for (const auto& [of, position] : world.naive.PositionsOf(cycle.name)) {
      left[of] += position.gross_in - position.gross_out;
    }
    for (const auto& [of, minor] : left) EXPECT_TRUE(minor == 0) << cycle.name << of.first;
  }
}

// Every queue, in its order, and beside it what is held.
void CheckQueues(const World& world) {
  const reference::State& state = world.naive.state();
  for (const auto& [name, scheme] : state.schemes) {
    std::vector<Sequence> expected;
    std::set<Sequence> expected_held;
    for (const uint16_t currency : state.QueueCurrencies(name)) {
      for (const Sequence movement : state.QueueOf(name, currency)) expected.push_back(movement);
    }
    for (const auto& [movement, entry] : state.waiting) {
      if (entry.held && state.movements.at(movement).scheme == name) expected_held.insert(movement);
    }
    const auto queue = QueueOf(world.store, name);
    ASSERT_TRUE(queue.ok()) << name;
    std::vector<Sequence> waiting;
    std::set<Sequence> held;
    for (const QueuedPayment& payment : queue->payments) {
      const reference::Movement& movement = state.movements.at(payment.movement);
      const reference::Item item = state.ItemsOf(movement).front();
      EXPECT_EQ(payment.sender, item.from);
      EXPECT_EQ(payment.receiver, item.to);
      EXPECT_EQ(payment.amount.minor, item.minor);
      EXPECT_EQ(payment.priority, state.waiting.at(payment.movement).priority);
      EXPECT_EQ(state.began.at({payment.source, payment.id}), payment.movement);
      if (payment.status == WaitingStatus::kHeld) {
        held.insert(payment.movement);
      } else {
        waiting.push_back(payment.movement);
      }
    }
    EXPECT_EQ(waiting, expected) << name;
    EXPECT_EQ(held, expected_held) << name;
  }
}

void CheckResolutions(const World& world) {
  for (const auto& [name, scheme] : world.naive.state().schemes) {
    std::vector<std::string> lines;
    const auto resolutions = Resolutions(world.store, name);
    ASSERT_TRUE(resolutions.ok()) << name;
    for (const QueueResolution& each : *resolutions) {
      const bool ended = each.result == ResolutionResult::kWindowEnded;
      lines.push_back(fmt::format("{} {} {} {}", ResolutionResultName(each.result), each.count,
                                  ended ? "of" : "saved", ended ? each.value : each.saved));
    }
    EXPECT_EQ(lines, ResolutionsOfLog(world, name)) << name;
  }
}

void CheckLateItems(const World& world) {
  const reference::State& state = world.naive.state();
  // cycle, movement, sender, receiver, amount, missed
  using Late = std::tuple<Sequence, Sequence, std::string, std::string, int64_t, Sequence>;
  std::multiset<Late> expected;
  for (const reference::Item& item : state.items) {
    const Sequence missed = MissedBy(state, item);
    if (missed == 0) continue;
    expected.insert({item.first_cycle, item.movement, item.from, item.to, item.minor, missed});
  }
  std::multiset<Late> listed;
  for (const auto& [opened, cycle] : state.cycles) {
    const auto items = LateItems(world.store, cycle.name);
    ASSERT_TRUE(items.ok()) << cycle.name;
    for (const LateItem& item : *items) {
      listed.insert({opened, item.movement, item.from, item.to, item.amount.minor, item.missed});
      EXPECT_EQ(item.missed_name, state.cycles.at(item.missed).name);
      EXPECT_EQ(item.occurred_at, OccurredAt(state, item.movement));
      EXPECT_EQ(state.began.at({item.source, item.id}), item.movement);
    }
  }
  EXPECT_EQ(listed, expected);
}

void CheckWarnings(const World& world) {
  std::vector<std::pair<Sequence, std::string>> expected;
  for (const reference::RefRecord& record : world.naive.state().records) {
    if (record.what == "settlement warned") {
      expected.emplace_back(record.header.sequence, record.key);
    }
  }
  const auto warnings = CapWarnings(world.store);
  ASSERT_TRUE(warnings.ok());
  std::vector<std::pair<Sequence, std::string>> listed;
  for (const CapWarning& warning : *warnings) {
    listed.emplace_back(warning.sequence, warning.cycle);
    EXPECT_GT(warning.owed, 0);
  }
  EXPECT_EQ(listed, expected);
}

void CheckFloors(const World& world) {
  std::map<std::string, reference::Wide> left;
  for (const engine::Emitted& record : world.records) {
    const auto body = ReadCanonical(record.proposal.bytes()).getBody();
    const bool reported =
        (body.isDebit() && body.getDebit().getBasis() == schema::Basis::REPORTED &&
         ReadCanonical(record.proposal.bytes()).getSource().size() > 0) ||
        (body.isRefund() && body.getRefund().getBasis() == schema::Basis::REPORTED);
    for (const AccountState& account : record.effects.accounts) {
      if (account.kind != schema::AccountKind::SETTLEMENT || account.unlimited) continue;
      const reference::Wide now = reference::Wide{account.floor.minor} - account.balance.minor;
      const auto [before, fresh] = left.try_emplace(account.account.text(), now);
      EXPECT_TRUE(now >= 0 || now >= before->second || reported)
          << account.account.text() << " at " << record.header.sequence;
      before->second = now;
    }
  }
}

void CheckLimits(const World& world) {
  const reference::State& state = world.naive.state();
  for (const auto& [scheme, _] : state.schemes) {
    std::set<std::string> expected;
    for (const auto& [name, account] : state.accounts) {
      if (account.kind != schema::AccountKind::CLEARING || account.scheme != scheme) continue;
      const std::string of = fmt::format("{} {}", account.participant, account.currency);
      const std::string money = state.SpecialAccount(schema::AccountKind::SETTLEMENT,
                                                     account.participant, account.currency);
      const auto liquidity =
          money.empty() ? std::optional<reference::Wide>(0) : state.Liquidity(money);
      const reference::Cap cap = account.cap.value_or(reference::Cap{});
      expected.insert(fmt::format("{} owes {} has {} at {} bears {} capped {} {} {} {} {}", of,
                                  int64_t(state.Balance(name)),
                                  liquidity ? std::to_string(int64_t(*liquidity)) : "all", money,
                                  BearableOf(state, account), account.cap.has_value(), cap.credit,
                                  cap.collateral, cap.earmark, cap.warn_permille));
      for (const auto& [debtor, minor] : account.bilateral) {
        expected.insert(fmt::format("{} grants {} {}", of, debtor, minor));
      }
    }
    const auto limits = LimitsOf(world.store, scheme);
    ASSERT_TRUE(limits.ok()) << scheme;
    std::set<std::string> listed;
    for (const ParticipantLimit& each : limits->participants) {
      const NetDebitCap cap = each.cap.value_or(NetDebitCap{});
      listed.insert(fmt::format(
          "{} {} owes {} has {} at {} bears {} on {} capped {} {} {} {} {}",
          each.participant.text(), each.currency.numeric, each.owed,
          each.liquidity ? std::to_string(*each.liquidity) : "all", each.settlement.text(),
          each.bearable ? std::to_string(*each.bearable) : "all", each.suspense.text(),
          each.cap.has_value(), cap.credit, cap.collateral, cap.earmark, cap.warn_permille));
    }
    for (const BilateralGrant& grant : limits->grants) {
      listed.insert(fmt::format("{} {} grants {} {}", grant.creditor.text(), grant.currency.numeric,
                                grant.debtor.text(), grant.minor));
    }
    EXPECT_EQ(listed, expected);
  }
}

}  // namespace longmen::generator
