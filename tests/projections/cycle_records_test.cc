// What records did to a closed cycle: the versions of its positions, and its settlements.
#include <gtest/gtest.h>

#include "projections/all/all.h"
#include "projections/positions/positions.h"
#include "projections/positions/settlements.h"
#include "tests/projections/hand_log/hand_log.h"

namespace longmen::projections {
namespace {

using testing::HandLog;

MapStore Folded(const HandLog& log) {
  MapStore store;
  for (const auto& record : log.records()) {
    EXPECT_TRUE(Fold(record.view(), record.effects, store).ok());
  }
  return store;
}

// A owes B and C, in "c1", which is closed; "c2" is open.
HandLog Closed() {
  HandLog log;
  log.Banks({"A", "B", "C"});
  log.OpenCycle("c1");
  log.Move({.key = "1", .from = "A.c", .to = "B.c", .minor = 60});
  log.Move({.key = "2", .from = "A.c", .to = "C.c", .minor = 40});
  log.CloseCycle();
  log.OpenCycle("c2");
  return log;
}

PositionsVersion VersionIn(const HandLog& log, std::string_view cycle) {
  return PositionsOf(Folded(log), cycle).value().version;
}

Nanos RecordedAt(const HandLog& log, Sequence sequence) {
  return log.records()[sequence - 1].header.recorded_at;
}

TEST(PositionsVersion, IsTheFirstUntilTheClosedPositionsChange) {
  HandLog log = Closed();
  EXPECT_EQ(VersionIn(log, "c1"), PositionsVersion{});
  log.Move({.key = "3", .from = "B.c", .to = "A.c", .minor = 5});
  log.SettleCycle("c1");
  EXPECT_EQ(VersionIn(log, "c1"), PositionsVersion{});
  EXPECT_EQ(VersionIn(log, "c2"), PositionsVersion{});
}

TEST(PositionsVersion, GrowsWithEveryRecastAndSharedLoss) {
  HandLog log = Closed();
  const Sequence recast = log.Recast("c1", "C");
  EXPECT_EQ(VersionIn(log, "c1"), (PositionsVersion{2, recast, RecordedAt(log, recast)}));
  EXPECT_EQ(VersionIn(log, "c2"), PositionsVersion{});  // it took what was taken out
  const Sequence shared = log.ShareLoss("c1", "A", {{"B", 60}});
  EXPECT_EQ(VersionIn(log, "c1"), (PositionsVersion{3, shared, RecordedAt(log, shared)}));
}

// Collateral becomes money: what the cycle settles is as before.
TEST(PositionsVersion, IsTheSameWhereCollateralPaysAll) {
  HandLog log = Closed();
  log.ShareLoss("c1", "A", {}, 100);
  EXPECT_EQ(VersionIn(log, "c1"), PositionsVersion{});
}

TEST(PositionsVersion, IsNotChangedByAnAbort) {
  HandLog log = Closed();
  log.AbortCycle("c1");
  EXPECT_EQ(VersionIn(log, "c1"), PositionsVersion{});
  EXPECT_EQ(VersionIn(log, "c2"), PositionsVersion{});
}

TEST(Settlements, AreTheRecordsThatSettleACycleAndWhatEachStates) {
  HandLog log = Closed();
  log.ShareLoss("c1", "A", {}, 100);  // moves money of the cycle, and settles nothing
  const Sequence first = log.Settle("c1",
                                    {{.participant = "A", .counterparty = "B", .net = -60},
                                     {.participant = "B", .counterparty = "A", .net = 60}},
                                    false, "R1");
  log.Participant("between");
  const Sequence second = log.Settle(
      "c1", {{.participant = "A", .net = -40}, {.participant = "C", .net = 40}}, true, "R2");
  const MapStore store = Folded(log);
  const Sequence cycle = FindCycle(store, "c1").value().cycle;
  const auto settlements = SettlementsOf(store, cycle);
  ASSERT_TRUE(settlements.ok());
  const Settlement one{
      .sequence = first,
      .recorded_at = RecordedAt(log, first),
      .book_date = testing::kFirstDay,
      .reference = "R1",
      .positions = {{"A", "B", testing::kCny, -60}, {"B", "A", testing::kCny, 60}}};
  const Settlement other{
      .sequence = second,
      .recorded_at = RecordedAt(log, second),
      .book_date = testing::kFirstDay,
      .reference = "R2",
      .positions = {{"A", "", testing::kCny, -40}, {"C", "", testing::kCny, 40}}};
  EXPECT_EQ(*settlements, (std::vector{one, other}));
  EXPECT_TRUE(SettlementsOf(store, FindCycle(store, "c2").value().cycle).value().empty());
}

}  // namespace
}  // namespace longmen::projections
