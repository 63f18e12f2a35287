// Random sequences through the engine's ledger: what the projections say of them is what the naive
// ledger sums up over its whole history.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <tuple>

#include "projections/balances/balances.h"
#include "projections/exceptions/exceptions.h"
#include "projections/orders/orders.h"
#include "projections/outbox/outbox.h"
#include "projections/positions/positions.h"
#include "projections/reconciliation/reconciliation.h"
#include "projections/statements/statements.h"
#include "tests/projections/ledger_property/clearing_checks.h"
#include "tests/support/generator/run.h"

namespace longmen::generator {
namespace {

using namespace projections;  // NOLINT: the test is about them
using reference::Wide;

constexpr size_t kCasesByDefault = 12;
constexpr int kSteps = 300;

void CheckBalancesAndStatements(const World& world) {
  const auto balances = Balances(world.store);
  ASSERT_TRUE(balances.ok());
  EXPECT_EQ(balances->size(), world.naive.state().accounts.size());
  const DayNumber last = ReadApplied(world.store)->book_date;
  for (const Balance& balance : *balances) {
    const std::string& account = balance.state.account;
    EXPECT_TRUE(balance.state.balance.minor == world.naive.Balance(account)) << account;
    EXPECT_TRUE(balance.state.held.minor == world.naive.Held(account)) << account;
    const auto available = world.naive.state().Available(account);
    EXPECT_EQ(available.has_value(), balance.available.has_value()) << account;
    EXPECT_TRUE(!available || *available == *balance.available) << account;
    // Day by day, each opening with what the day before closed with.
    int64_t before = 0;
    for (DayNumber day = world.records.front().header.book_date; day <= last; ++day) {
      const auto statement = StatementOf(world.store, account, day, day);
      if (!statement.ok() && statement.error().code == Code::UNANSWERABLE) continue;
      ASSERT_TRUE(statement.ok()) << account << ": " << Describe(statement.error());
      EXPECT_EQ(statement->opening, before) << account;
      before = statement->closing;
    }
    EXPECT_EQ(before, balance.state.balance.minor) << account;
  }
}

void CheckOrders(const World& world) {
  const auto orders = Orders(world.store);
  ASSERT_TRUE(orders.ok());
  EXPECT_EQ(orders->size(), world.naive.state().orders.size());
  for (const projections::Order& order : *orders) {
    const auto live = world.ledger.FindOrder(order.state.scenario, order.state.key);
    ASSERT_TRUE(live.has_value()) << order.state.key.view();
    EXPECT_TRUE(order.state == *live) << order.state.key.view();
    EXPECT_TRUE(TouchesOf(world.store, order.state.scenario, order.state.key).ok());
  }
}

void CheckPositions(const World& world) {
  for (const auto& [opened, cycle] : world.naive.state().cycles) {
    const auto positions = PositionsOf(world.store, cycle.name);
    ASSERT_TRUE(positions.ok()) << cycle.name;
    EXPECT_EQ(positions->cycle.cycle, opened);
    EXPECT_EQ(positions->cycle.status, cycle.status);
    std::map<uint16_t, Wide> nets;
    std::map<std::pair<std::string, uint16_t>, Wide> own;
    // An aborted cycle's items are the next one's; what it had at its cut-off stays on record.
    const bool aborted = cycle.status == CycleStatus::kAborted;
    const reference::Positions expected = world.naive.PositionsOf(cycle.name);
    EXPECT_TRUE(aborted || positions->positions.size() == expected.size()) << cycle.name;
    for (const auto& [participant, currency, flow] : positions->positions) {
      const auto at = expected.find({participant, currency.numeric});
      EXPECT_TRUE(aborted || (at != expected.end() && flow.in.value() == at->second.gross_in &&
                              flow.out.value() == at->second.gross_out))
          << cycle.name << participant;
      nets[currency.numeric] += flow.net().value();
      own[{participant, currency.numeric}] = flow.net().value();
    }
    for (const auto& [currency, net] : nets) EXPECT_TRUE(net == 0) << cycle.name;
    for (const auto& each : positions->bilateral) {
      own[{each.participant, each.currency.numeric}] -= each.flow.net().value();
    }
    for (const auto& [who, left] : own) EXPECT_TRUE(left == 0) << cycle.name << who.first;
  }
}

// cycle, participant, counterparty, currency
using Pair = std::tuple<std::string, std::string, std::string, uint16_t>;

// What the lines say each participant sent (negative) to and received from each other.
void AddToPairs(const ReconciliationLine& line, std::map<Pair, Wide>& nets) {
  if (line.payer_bank == line.payee_bank) return;
  const uint16_t currency = line.amount.currency.numeric;
  nets[{line.batch, line.payer_bank, line.payee_bank, currency}] -= line.amount.minor;
  nets[{line.batch, line.payee_bank, line.payer_bank, currency}] += line.amount.minor;
}

// Pairs of cycles that a recast took items out of or into, or that bear a loss: lines stay in the
// batch in which they were booked, and a share of a loss is none.
std::set<Pair> MovedPairs(const reference::State& state) {
  std::set<Pair> moved;
  for (const reference::Item& item : state.items) {
    Sequence booked = item.first_cycle;
    while (booked != 0 && state.cycles.at(booked).status == CycleStatus::kAborted) {
      booked = state.cycles.at(booked).carried_into;
    }
    if (booked == item.cycle) continue;
    for (const Sequence cycle : {booked, item.cycle}) {
      if (cycle == 0) continue;
      const std::string& name = state.cycles.at(cycle).name;
      moved.insert({name, item.from, item.to, item.currency});
      moved.insert({name, item.to, item.from, item.currency});
    }
  }
  return moved;
}

// Every item of a cycle is in exactly one batch of reconciliation: that of the cycle it settles in.
void CheckBatchesArePositions(const World& world, std::map<Pair, Wide> nets) {
  const std::set<Pair> moved = MovedPairs(world.naive.state());
  std::erase_if(nets, [&moved](const auto& net) { return moved.contains(net.first); });
  for (const auto& [opened, cycle] : world.naive.state().cycles) {
    if (cycle.status == CycleStatus::kAborted) continue;  // its items are another cycle's
    const auto positions = PositionsOf(world.store, cycle.name);
    ASSERT_TRUE(positions.ok()) << cycle.name;
    for (const auto& each : positions->bilateral) {
      const Pair pair{cycle.name, each.participant, each.counterparty, each.currency.numeric};
      if (moved.contains(pair)) continue;
      const auto at = nets.find(pair);
      EXPECT_TRUE(at != nets.end() && at->second == each.flow.net().value())
          << cycle.name << " " << each.participant << " " << each.counterparty;
      if (at != nets.end()) nets.erase(at);
    }
  }
  for (const auto& [pair, net] : nets) {
    ADD_FAILURE() << std::get<0>(pair) << " has no position of " << std::get<1>(pair) << " with "
                  << std::get<2>(pair);
  }
}

// Every succeeded movement is in the file of the bank that pays, once and whole.
void CheckReconciliation(const World& world) {
  std::map<Sequence, Wide> reconciled;
  std::map<Pair, Wide> nets;
  const DayNumber last = ReadApplied(world.store)->book_date;
  for (const auto scenario : {schema::Scenario::NONE, schema::Scenario::B2B_GATEWAY,
                              schema::Scenario::PARKING, schema::Scenario::TUTORIAL}) {
    for (DayNumber day = world.records.front().header.book_date; day <= last; ++day) {
      const auto lines = ReconciliationOf(
          world.store, {.scenario = scenario, .book_date = day, .participant = {}, .channel = {}});
      ASSERT_TRUE(lines.ok()) << Describe(lines.error());
      Wide balance = 0;
      for (const auto& row : lines->summary) balance += row.credits.value() - row.debits.value();
      EXPECT_TRUE(balance == 0);
      for (const auto& line : lines->lines) {
        reconciled[line.event] += line.amount.minor;
        AddToPairs(line, nets);
      }
    }
  }
  for (const auto& [name, movement] : world.naive.state().movements) {
    const bool final = movement.outcome == schema::Outcome::SUCCEEDED;
    EXPECT_TRUE(reconciled[name] == (final ? movement.payees_amount() : 0)) << name;
  }
  CheckBatchesArePositions(world, std::move(nets));
}

// The outbox asks about exactly the movements in flight and the orders that wait.
void CheckOutbox(const World& world) {
  const auto commands = OpenCommands(world.store);
  ASSERT_TRUE(commands.ok());
  size_t movements = 0;
  size_t approvals = 0;
  for (const Command& command : *commands) {
    movements += command.verb != Verb::kNotify && command.verb != Verb::kRequestApproval &&
                 command.verb != Verb::kQueryOrder;
    approvals += command.verb == Verb::kRequestApproval;
    if (command.verb == Verb::kNotify || command.movement == 0) continue;
    const auto& movement = world.naive.state().movements.at(command.movement);
    EXPECT_TRUE(reference::InFlight(movement.outcome)) << command.id();
    EXPECT_EQ(command.amount.minor, movement.amount) << command.id();
    EXPECT_EQ(command.counter.minor, movement.counter) << command.id();
  }
  size_t in_flight = 0;
  for (const auto& [name, movement] : world.naive.state().movements) {
    const bool waits = world.naive.state().waiting.contains(name);
    in_flight += reference::InFlight(movement.outcome) && !waits;
  }
  size_t waiting = 0;
  for (const auto& [name, order] : world.naive.state().orders) {
    waiting += order.status == OrderStatus::kPendingAuthorization;
  }
  EXPECT_EQ(movements, in_flight);
  EXPECT_EQ(approvals, waiting);
}

// Every refused identity has its item, and so has every record that was booked against a rule.
void CheckExceptions(const World& world) {
  std::map<reference::Identity, Code> refused;
  std::map<Sequence, Code> booked;
  for (const auto& [identity, known] : world.naive.state().known) {
    if (known.refused != Code::NONE) refused[identity] = known.refused;
  }
  for (const engine::Emitted& record : world.records) {
    const Code exception = record.header.exception;
    if (exception != Code::NONE) booked[record.header.sequence] = exception;
  }
  const auto items = Exceptions(world.store, 1, UINT64_MAX);
  ASSERT_TRUE(items.ok());
  for (const ExceptionItem& item : *items) {
    if (item.kind == ExceptionKind::kBooked) {
      EXPECT_TRUE(booked[item.sequence] == item.code) << item.sequence;
      booked.erase(item.sequence);
    } else {
      EXPECT_TRUE((refused[{item.source, item.id}]) == item.code) << item.source << item.id;
      refused.erase({item.source, item.id});
    }
  }
  for (const auto& [sequence, code] : booked) ADD_FAILURE() << sequence << CodeName(code);
  for (const auto& [identity, code] : refused) {
    ADD_FAILURE() << identity.first << " " << identity.second << " " << CodeName(code);
  }
}

TEST(ProjectionsProperty, SayWhatTheNaiveLedgerSumsUp) {
  Random seeds(SeedOfRun());
  size_t compared = 0;
  for (size_t i = 0; i < CasesOfRun(kCasesByDefault); ++i) {
    World world;
    Generator generator;
    for (const Step& step : generator.SetUp()) world.Feed(step);
    for (int step = 0; step < kSteps; ++step) {
      world.Feed(generator.Next(seeds.Next(), world.naive.state()));
      if (!world.parted) CheckQueues(world);
    }
    if (world.parted) continue;
    ++compared;
    ASSERT_EQ(world.ledger.last_sequence(), world.naive.last_sequence());
    CheckBalancesAndStatements(world);
    CheckOrders(world);
    CheckPositions(world);
    CheckReconciliation(world);
    CheckOutbox(world);
    CheckExceptions(world);
    CheckResolutions(world);
    CheckLateItems(world);
    CheckWarnings(world);
    CheckLimits(world);
    CheckFloors(world);
    CheckVersions(world);
    CheckSettlements(world);
    if (HasFailure()) FAIL() << "case " << i;
  }
  EXPECT_GE(2 * compared, CasesOfRun(kCasesByDefault));
}

}  // namespace
}  // namespace longmen::generator
