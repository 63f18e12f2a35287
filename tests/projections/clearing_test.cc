// Positions, reconciliation and the outbox.
#include <gtest/gtest.h>

#include "projections/all/all.h"
#include "projections/outbox/outbox.h"
#include "projections/positions/positions.h"
#include "projections/reconciliation/reconciliation.h"
#include "tests/projections/hand_log/hand_log.h"

namespace longmen::projections {
namespace {

using testing::HandLog;
using testing::kFirstDay;
using testing::Pay;
using testing::PlacedOrder;

constexpr auto kB2b = schema::Scenario::B2B_GATEWAY;

MapStore Folded(const HandLog& log) {
  MapStore store;
  for (const auto& record : log.records()) {
    EXPECT_TRUE(Fold(record.view(), record.effects, store).ok());
  }
  return store;
}

// "ICBC out 2 125000000 in 4 205000000 net 80000000", a line each.
std::vector<std::string> Own(const CyclePositions& positions) {
  std::vector<std::string> lines;
  for (const auto& [participant, currency, flow] : positions.positions) {
    lines.push_back(fmt::format("{} out {} {} in {} {} net {}", participant, flow.out_count,
                                flow.out.value(), flow.in_count, flow.in.value(),
                                flow.net().value()));
  }
  return lines;
}

// What is owed between each two, "CCB->ICBC 50000000".
std::vector<std::string> Owed(const CyclePositions& positions) {
  std::vector<std::string> lines;
  for (const auto& each : positions.bilateral) {
    const __int128 net = each.flow.net().value();
    if (net < 0) {
      lines.push_back(fmt::format("{}->{} {}", each.participant, each.counterparty, -net));
    }
  }
  return lines;
}

TEST(Positions, AreTheTableOfDomainE2b) {
  HandLog log;
  E2bBanks(log);
  E2bRefund(log, E2bPayments(log));
  log.CloseCycle();
  const auto positions = PositionsOf(Folded(log), "B202103010001");
  ASSERT_TRUE(positions.ok());
  const std::vector<std::string> own = {"BOB out 2 39000000 in 2 95000000 net 56000000",
                                        "CCB out 2 65000000 in 2 15000000 net -50000000",
                                        "CMB out 3 135000000 in 2 70000000 net -65000000",
                                        "ICBC out 2 125000000 in 4 205000000 net 80000000",
                                        "PSBC out 2 31000000 in 1 10000000 net -21000000"};
  EXPECT_EQ(Own(*positions), own);
  const std::vector<std::string> owed = {"CCB->BOB 6000000",   "CCB->ICBC 50000000",
                                         "CMB->ICBC 80000000", "ICBC->BOB 50000000",
                                         "PSBC->CCB 6000000",  "PSBC->CMB 15000000"};
  EXPECT_EQ(Owed(*positions), owed);
}

TEST(Positions, SumToZeroAndAgreeWithTheBilateralOnes) {
  HandLog log;
  E2bBanks(log);
  E2bRefund(log, E2bPayments(log));
  const auto positions = PositionsOf(Folded(log), "B202103010001");
  __int128 total = 0;
  std::map<std::string, __int128> nets;
  for (const auto& each : positions->positions) {
    total += each.flow.net().value();
    nets[each.participant] = each.flow.net().value();
  }
  EXPECT_TRUE(total == 0);
  for (const auto& each : positions->bilateral) nets[each.participant] -= each.flow.net().value();
  for (const auto& [participant, left] : nets) EXPECT_TRUE(left == 0) << participant;
}

TEST(Positions, OfAClosedCycleStayAndTheRefundGoesToItsOwn) {
  HandLog log;
  E2bBanks(log);
  const Sequence t02 = E2bPayments(log);
  log.CloseCycle();
  const auto before = PositionsOf(Folded(log), "B202103010001");
  log.OpenCycle("B202103010002");
  E2bRefund(log, t02);
  const MapStore store = Folded(log);
  const auto after = PositionsOf(store, "B202103010001");
  EXPECT_EQ(before->positions, after->positions);
  EXPECT_EQ(before->bilateral, after->bilateral);
  const std::vector<std::string> second = {"CMB out 1 5000000 in 0 0 net -5000000",
                                           "ICBC out 0 0 in 1 5000000 net 5000000"};
  EXPECT_EQ(Own(*PositionsOf(store, "B202103010002")), second);
}

TEST(Positions, OfAnAbortedCycleAreCarriedIntoTheNext) {
  HandLog log;
  E2bBanks(log);
  const Sequence t02 = E2bPayments(log);
  log.CloseCycle();
  log.OpenCycle("B202103010002");
  E2bRefund(log, t02);
  const Sequence abort = log.AbortCycle("B202103010001");
  const MapStore store = Folded(log);
  const auto first = PositionsOf(store, "B202103010001");
  const auto second = PositionsOf(store, "B202103010002");
  EXPECT_EQ(first->cycle.status, CycleStatus::kAborted);
  EXPECT_EQ(first->cycle.carried_into, second->cycle.cycle);
  EXPECT_EQ(Own(*first)[3], "ICBC out 2 125000000 in 3 200000000 net 75000000");
  EXPECT_EQ(Own(*second)[3], "ICBC out 2 125000000 in 4 205000000 net 80000000");
  const std::vector<CarriedFrom> carried = {
      {.cycle = first->cycle.cycle, .name = "B202103010001", .by = abort, .items = 10}};
  EXPECT_EQ(second->carried, carried);
}

TEST(Positions, CountItemsThatAreCarriedTogether) {
  HandLog log;
  log.Banks({"A", "B"});
  log.OpenCycle("c1");
  Effects effects;
  effects.items = {{.cycle = 10, .from = "A", .to = "B", .amount = testing::Cny(70), .count = 3}};
  effects.items[0].cycle = log.records().back().header.sequence;
  log.Add([](auto) {}, effects);
  const std::vector<std::string> own = {"A out 3 70 in 0 0 net -70", "B out 0 0 in 3 70 net 70"};
  EXPECT_EQ(Own(*PositionsOf(Folded(log), "c1")), own);
}

TEST(Positions, SayThatACycleIsUnknown) {
  EXPECT_EQ(PositionsOf(Folded(HandLog()), "c9").error().code, Code::NOT_FOUND);
}

HandLog TwoBanks() {
  HandLog log;
  log.Banks({"ICBC", "CMB"});
  log.Account("fees", "CMB", schema::AccountKind::FEE);
  log.OpenCycle("c1");
  return log;
}

ReconciliationDay DayOf(const MapStore& store, const std::string& participant,
                        DayNumber date = kFirstDay) {
  auto day = ReconciliationOf(
      store, {.scenario = kB2b, .book_date = date, .participant = participant, .channel = {}});
  EXPECT_TRUE(day.ok());
  return day.ok() ? std::move(day).value() : ReconciliationDay{};
}

TEST(Reconciliation, HasAMovementInTheFilesOfBothBanks) {
  HandLog log = TwoBanks();
  const Sequence paid = log.Move({.key = "o1",
                                  .from = "ICBC.c",
                                  .to = "CMB.c",
                                  .minor = 500,
                                  .reference = "r1",
                                  .fee = 20,
                                  .fee_to = "fees"});
  const Sequence back =
      log.Move({.key = "o1", .from = "CMB.c", .to = "ICBC.c", .minor = 100, .refunds = paid});
  const MapStore store = Folded(log);
  for (const std::string bank : {"ICBC", "CMB"}) {
    const auto day = DayOf(store, bank);
    ASSERT_EQ(day.lines.size(), 2u) << bank;
    const auto& pay = day.lines[0];
    EXPECT_EQ(pay.type, LineType::kPay);
    EXPECT_EQ(pay.event, paid);
    EXPECT_EQ(pay.batch, "c1");
    EXPECT_EQ(pay.payer_bank, "ICBC");
    EXPECT_EQ(pay.payee_bank, "CMB");
    EXPECT_EQ(pay.amount, testing::Cny(500));
    EXPECT_EQ(pay.fee, 20);
    EXPECT_EQ(pay.channel_reference, "r1");
    const auto& refund = day.lines[1];
    EXPECT_EQ(refund.type, LineType::kRefund);
    EXPECT_EQ(refund.event, back);
    EXPECT_EQ(refund.original, paid);
    EXPECT_EQ(refund.payer_bank, "CMB");
  }
  const auto summary = DayOf(store, "ICBC").summary;
  ASSERT_EQ(summary.size(), 1u);
  EXPECT_EQ(summary[0].debit_count, 1u);
  EXPECT_TRUE(summary[0].debits.value() == 500);
  EXPECT_TRUE(summary[0].credits.value() == 100);
}

TEST(Reconciliation, OverAllBanksBalances) {
  HandLog log;
  E2bBanks(log);
  E2bRefund(log, E2bPayments(log));
  const auto day = DayOf(Folded(log), "");
  EXPECT_EQ(day.lines.size(), 11u);
  __int128 debits = 0;
  __int128 credits = 0;
  for (const auto& row : day.summary) {
    debits += row.debits.value();
    credits += row.credits.value();
  }
  EXPECT_TRUE(debits == 395'000'000);
  EXPECT_TRUE(credits == 395'000'000);
}

// "c2 from c1" a line.
std::vector<std::string> BatchesOf(const ReconciliationDay& day) {
  std::vector<std::string> batches;
  for (const auto& line : day.lines) {
    batches.push_back(line.batch + (line.carried_from.empty() ? "" : " from " + line.carried_from));
  }
  return batches;
}

TEST(Reconciliation, CarriesTheLinesOfAnAbortedCycleIntoTheOneThatSettlesThem) {
  HandLog log = TwoBanks();
  log.Move({.key = "o1", .from = "ICBC.c", .to = "CMB.c", .minor = 500});
  log.CloseCycle();
  log.OpenCycle("c2");
  log.Day(kFirstDay + 1);
  log.Move({.key = "o2", .from = "ICBC.c", .to = "CMB.c", .minor = 70});
  const MapStore before = Folded(log);
  EXPECT_EQ(BatchesOf(DayOf(before, "CMB")), std::vector<std::string>{"c1"});
  const auto untouched = DayOf(before, "CMB").range;

  const Sequence abort = log.AbortCycle("c1");
  const MapStore carried = Folded(log);
  const auto day = DayOf(carried, "CMB");
  EXPECT_EQ(BatchesOf(day), std::vector<std::string>{"c2 from c1"});
  EXPECT_EQ(day.summary[0].batch, "c2");
  EXPECT_TRUE(day.summary[0].credits.value() == 500);
  // Other bytes under another name: the file of the day covers the abort.
  EXPECT_LT(untouched.last, abort);
  EXPECT_EQ(day.range, (SequenceRange{untouched.first, abort, true}));
  EXPECT_EQ(BatchesOf(DayOf(carried, "CMB", kFirstDay + 1)), std::vector<std::string>{"c2"});

  log.CloseCycle();
  log.OpenCycle("c3");
  log.AbortCycle("c2");
  log.CloseCycle();
  log.SettleCycle("c3");
  const MapStore twice = Folded(log);
  EXPECT_EQ(BatchesOf(DayOf(twice, "CMB")), std::vector<std::string>{"c3 from c1"});
  EXPECT_EQ(BatchesOf(DayOf(twice, "CMB", kFirstDay + 1)), std::vector<std::string>{"c3 from c2"});
  EXPECT_EQ(Own(*PositionsOf(twice, "c3"))[0], "CMB out 0 0 in 2 570 net 570");
}

TEST(Reconciliation, ShowsAPendingMovementOnTheDayItBecameFinal) {
  HandLog log = TwoBanks();
  const Pay pay{.key = "o1", .from = "ICBC.c", .to = "CMB.c", .minor = 500};
  auto pending = pay;
  pending.outcome = schema::Outcome::PENDING;
  const Sequence first = log.Move(pending);
  auto failing = pending;
  failing.key = "o2";
  const Sequence second = log.Move(failing);
  log.Day(kFirstDay + 1);
  auto unknown = pay;
  unknown.outcome = schema::Outcome::UNKNOWN;
  unknown.resolves = first;
  log.Move(unknown);
  auto succeeded = pay;
  succeeded.resolves = first;
  const Sequence final = log.Move(succeeded);
  auto failed = failing;
  failed.outcome = schema::Outcome::FAILED;
  failed.resolves = second;
  log.Move(failed);
  const MapStore store = Folded(log);
  EXPECT_TRUE(DayOf(store, "ICBC", kFirstDay).lines.empty());
  const auto day = DayOf(store, "ICBC", kFirstDay + 1);
  ASSERT_EQ(day.lines.size(), 1u);
  EXPECT_EQ(day.lines[0].event, first);
  EXPECT_EQ(day.lines[0].booked, final);
  EXPECT_EQ(day.lines[0].book_date, kFirstDay + 1);
}

TEST(Reconciliation, SaysWhatItCannotAnswer) {
  const MapStore store = Folded(TwoBanks());
  const auto code = [&](const std::string& participant, DayNumber date) {
    return ReconciliationOf(
               store,
               {.scenario = kB2b, .book_date = date, .participant = participant, .channel = {}})
        .error()
        .code;
  };
  EXPECT_EQ(code("nobody", kFirstDay), Code::NOT_FOUND);
  EXPECT_EQ(code("ICBC", kFirstDay + 1), Code::UNANSWERABLE);
}

std::vector<std::string> OpenIds(const MapStore& store) {
  std::vector<std::string> ids;
  const auto commands = OpenCommands(store);
  EXPECT_TRUE(commands.ok());
  for (const Command& command : *commands) ids.push_back(command.id());
  return ids;
}

TEST(Outbox, AsksForADebitThenWhatBecameOfIt) {
  HandLog log = TwoBanks();
  Pay pay{.key = "o1", .from = "ICBC.c", .to = "CMB.c", .minor = 500};
  pay.outcome = schema::Outcome::PENDING;
  const Sequence first = log.Move(pay);
  EXPECT_EQ(OpenIds(Folded(log)), std::vector{fmt::format("{}.debit", first)});
  pay.resolves = first;
  pay.outcome = schema::Outcome::UNKNOWN;
  const Sequence lost = log.Move(pay);
  EXPECT_EQ(OpenIds(Folded(log)), std::vector{fmt::format("{}.query_debit", lost)});
  pay.outcome = schema::Outcome::SUCCEEDED;
  const Sequence done = log.Move(pay);
  const MapStore store = Folded(log);
  EXPECT_EQ(OpenIds(store), std::vector{fmt::format("{}.notify", done)});
  EXPECT_EQ(FindCommand(store, fmt::format("{}.debit", first))->done, lost);
  EXPECT_EQ(FindCommand(store, fmt::format("{}.query_debit", lost))->done, done);
}

TEST(Outbox, NeverSendsAgainWhatWasReportedAsPending) {
  HandLog log = TwoBanks();
  const Sequence reported = log.Move({.key = "o1",
                                      .from = "ICBC.c",
                                      .to = "CMB.c",
                                      .minor = 500,
                                      .outcome = schema::Outcome::PENDING,
                                      .basis = schema::Basis::REPORTED});
  EXPECT_EQ(OpenIds(Folded(log)), std::vector{fmt::format("{}.query_debit", reported)});
}

TEST(Outbox, RefundsGoTheSameWay) {
  HandLog log = TwoBanks();
  const Sequence paid = log.Move({.key = "o1", .from = "ICBC.c", .to = "CMB.c", .minor = 500});
  const Sequence back = log.Move({.key = "o1",
                                  .from = "CMB.c",
                                  .to = "ICBC.c",
                                  .minor = 100,
                                  .outcome = schema::Outcome::PENDING,
                                  .refunds = paid});
  const std::vector<std::string> open = {fmt::format("{}.notify", paid),
                                         fmt::format("{}.refund", back)};
  EXPECT_EQ(OpenIds(Folded(log)), open);
}

TEST(Outbox, AsksForEachLevelOfApprovalOnce) {
  HandLog log = TwoBanks();
  OrderState order = PlacedOrder("o1", 500);
  order.status = OrderStatus::kPendingAuthorization;
  order.required_level = 2;
  const Sequence placed = log.Order(order);
  log.Order(order);  // touched without a change of level
  EXPECT_EQ(OpenIds(Folded(log)), std::vector{fmt::format("{}.request_approval", placed)});
  order.approved_level = 1;
  const Sequence granted = log.Order(order);
  EXPECT_EQ(OpenIds(Folded(log)), std::vector{fmt::format("{}.request_approval", granted)});
  order.approved_level = 2;
  order.status = OrderStatus::kOpen;
  const Sequence open = log.Order(order);
  const MapStore store = Folded(log);
  EXPECT_TRUE(OpenIds(store).empty());
  EXPECT_EQ(FindCommand(store, fmt::format("{}.request_approval", granted))->done, open);
}

TEST(Outbox, NoticesAreDoneWhenTheLastOneIsConfirmed) {
  HandLog log = TwoBanks();
  const Sequence paid = log.Move({.key = "o1", .from = "ICBC.c", .to = "CMB.c", .minor = 500});
  log.Progress("o1", schema::B2bStage::PAYER_NOTIFIED);
  log.Progress("o2", schema::B2bStage::ACCEPTING_BANK_NOTIFIED);
  EXPECT_EQ(OpenIds(Folded(log)).size(), 1u);
  const Sequence told = log.Progress("o1", schema::B2bStage::ACCEPTING_BANK_NOTIFIED);
  const MapStore store = Folded(log);
  EXPECT_TRUE(OpenIds(store).empty());
  EXPECT_EQ(FindCommand(store, fmt::format("{}.notify", paid))->done, told);
}

TEST(Outbox, AsksForAnOrderWhoseAnswerIsOverdueUntilAWordComes) {
  HandLog log = TwoBanks();
  log.Order(PlacedOrder("o1", 500));
  const Sequence overdue = log.Progress("o1", schema::B2bStage::ANSWER_OVERDUE);
  const std::vector<std::string> asked = {fmt::format("{}.query_order", overdue)};
  EXPECT_EQ(OpenIds(Folded(log)), asked);
  log.Progress("o1", schema::B2bStage::ANSWER_OVERDUE);       // asked already
  log.Progress("o2", schema::B2bStage::ACCEPTED_BY_NETWORK);  // of another order
  OrderState cancelled = PlacedOrder("o1", 500);
  cancelled.status = OrderStatus::kCancelled;
  log.Order(cancelled);  // ours to say, no answer
  EXPECT_EQ(OpenIds(Folded(log)), asked);
  EXPECT_EQ(FindCommand(Folded(log), asked[0])->key, "o1");
  const Sequence answer = log.Progress("o1", schema::B2bStage::ACCEPTED_BY_NETWORK);
  EXPECT_TRUE(OpenIds(Folded(log)).empty());
  EXPECT_EQ(FindCommand(Folded(log), asked[0])->done, answer);
}

TEST(Outbox, ADebitAnswersTheQueryOfItsOrder) {
  HandLog log = TwoBanks();
  const Sequence overdue = log.Progress("o1", schema::B2bStage::ANSWER_OVERDUE);
  const Sequence paid = log.Move({.key = "o1", .from = "ICBC.c", .to = "CMB.c", .minor = 500});
  const MapStore store = Folded(log);
  EXPECT_EQ(OpenIds(store), std::vector{fmt::format("{}.notify", paid)});
  EXPECT_EQ(FindCommand(store, fmt::format("{}.query_order", overdue))->done, paid);
}

// A step of a bill that the ledger leaves as `order`.
Sequence AddCampusStep(HandLog& log, OrderState order, schema::CampusStage stage) {
  order.scenario = schema::Scenario::CAMPUS;
  Effects effects;
  effects.order = order;
  return log.Add(
      [&](auto proposal) {
        proposal.setScenario(schema::Scenario::CAMPUS);
        proposal.setKey(order.key.str());
        proposal.getBody().initOrder().setAction(schema::OrderAction::PROGRESSED);
        proposal.getDetails().initCampus().setStage(stage);
      },
      effects);
}

TEST(Outbox, RemindsOfABillUntilItsPayerWasTold) {
  HandLog log = TwoBanks();
  const OrderState bill = PlacedOrder("s1", 500);
  const Sequence asked = AddCampusStep(log, bill, schema::CampusStage::REMINDED);
  AddCampusStep(log, bill, schema::CampusStage::REMINDED);  // open already
  const std::vector<std::string> open = {fmt::format("{}.remind", asked)};
  EXPECT_EQ(OpenIds(Folded(log)), open);
  EXPECT_EQ(FindCommand(Folded(log), open[0])->amount, bill.amount);
  const Sequence told = AddCampusStep(log, bill, schema::CampusStage::UNSTATED);
  EXPECT_TRUE(OpenIds(Folded(log)).empty());
  EXPECT_EQ(FindCommand(Folded(log), open[0])->done, told);
  const Sequence anew = AddCampusStep(log, bill, schema::CampusStage::REMINDED);
  EXPECT_EQ(OpenIds(Folded(log)), std::vector{fmt::format("{}.remind", anew)});
}

TEST(Outbox, RemindsNobodyOfABillThatIsPaid) {
  HandLog log = TwoBanks();
  OrderState bill = PlacedOrder("s1", 500);
  AddCampusStep(log, bill, schema::CampusStage::REMINDED);
  bill.status = OrderStatus::kPaid;
  AddCampusStep(log, bill, schema::CampusStage::POSTED);
  EXPECT_TRUE(OpenIds(Folded(log)).empty());
  AddCampusStep(log, bill, schema::CampusStage::REMINDED);
  EXPECT_TRUE(OpenIds(Folded(log)).empty());
}

// A reminder does not say that the payer heard of his payment.
TEST(Outbox, AReminderIsNoNotice) {
  HandLog log = TwoBanks();
  const Sequence paid = log.Move({.key = "s1", .from = "ICBC.c", .to = "CMB.c", .minor = 500});
  log.Add([&](auto proposal) {
    proposal.setScenario(kB2b);
    proposal.setKey("s1");
    proposal.getBody().initOrder().setAction(schema::OrderAction::PROGRESSED);
    proposal.getDetails().initCampus().setStage(schema::CampusStage::REMINDED);
  });
  EXPECT_EQ(OpenIds(Folded(log)), std::vector{fmt::format("{}.notify", paid)});
}

TEST(Outbox, KnowsItsIds) {
  const MapStore store = Folded(TwoBanks());
  EXPECT_EQ(FindCommand(store, "nonsense").error().code, Code::USAGE);
  EXPECT_EQ(FindCommand(store, "1.debits").error().code, Code::USAGE);
  EXPECT_EQ(FindCommand(store, "1.debit").error().code, Code::NOT_FOUND);
}

}  // namespace
}  // namespace longmen::projections
