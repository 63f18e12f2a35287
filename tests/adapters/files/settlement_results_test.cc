// The report of what settled a cycle, and how.
#include <gtest/gtest.h>

#include "adapters/files/exports.h"
#include "tests/adapters/files/read_back.h"
#include "tests/support/test_blocks/test_blocks.h"

namespace longmen::adapters {
namespace {

using testing::CheckedRows;
using testing::ClosedE2b;
using testing::Folded;
using testing::HandLog;
using testing::Named;
using testing::Row;
using testing::Stated;
using testing::Sums;
using testing::TemporaryDirectory;

constexpr const char* kCycle = "B202103010001";
constexpr const char* kReport = "settlement-result-report-B202103010001-";
using SumPair = std::pair<std::string, std::string>;
using Lines = std::vector<std::string>;

class SettlementResults : public ::testing::Test {
 protected:
  ExportedFile Report(const HandLog& log) {
    const auto files = ExportSettlementReports(Folded(log), directory_.path(), kCycle);
    CHECK(files.ok(), "test.files", Describe(files.error()));
    return Named(*files, kReport);
  }
  // "A>B net -1.00 moved 1.00 left 1.00 by R1" a row.
  static Lines Said(const ExportedFile& file) {
    Lines lines;
    for (const Row& row : CheckedRows(file)) {
      lines.push_back(fmt::format("{}>{} net {} moved {} left {} by {}", row.at("participant"),
                                  row.at("counterparty"), row.at("net"), row.at("amount"),
                                  row.at("balance"), row.at("reference")));
    }
    return lines;
  }

  TemporaryDirectory directory_;
};

// A, B and C owe one another in a circle, and are all even; C also owes A in the other cycle.
HandLog Circle(schema::SettlementMethod method) {
  HandLog log;
  log.method = method;
  log.Banks({"A", "B", "C"});
  log.OpenCycle(kCycle);
  log.Move({.key = "1", .from = "A.c", .to = "B.c", .minor = 100});
  log.Move({.key = "2", .from = "B.c", .to = "C.c", .minor = 100});
  log.Move({.key = "3", .from = "C.c", .to = "A.c", .minor = 100});
  log.CloseCycle();
  log.OpenCycle("B202103010002");
  return log;
}

std::vector<Stated> Pair(const char* pays, const char* gets, int64_t minor) {
  return {{pays, gets, -minor}, {gets, pays, minor}};
}

TEST_F(SettlementResults, HaveWhatMovedAndWhatItLeft) {
  HandLog log = ClosedE2b();
  // Money that came in by another way is in the balance, not in what the cycle moved.
  log.Move({.key = "in", .from = "ICBC.settlement", .to = "ICBC.c", .minor = 1'000});
  log.OpenCycle("B202103010002");
  const Sequence record = log.SettleCycle(kCycle);
  log.Move({.key = "out", .from = "ICBC.c", .to = "ICBC.settlement", .minor = 1});
  const ExportedFile file = Report(log);
  EXPECT_EQ(file.last, record);
  const auto rows = CheckedRows(file);
  ASSERT_EQ(rows.size(), 5u);
  const Row& icbc = rows[3];
  EXPECT_EQ(icbc.at("participant"), "ICBC");
  EXPECT_EQ(icbc.at("net"), "800000.00");
  EXPECT_EQ(icbc.at("net_dir"), "credit");
  // Money at the central bank is the bank's own: it grows below zero.
  EXPECT_EQ(icbc.at("account"), "ICBC.settlement");
  EXPECT_EQ(icbc.at("amount"), "-800000.00");
  EXPECT_EQ(icbc.at("balance"), "-800010.00");
  EXPECT_EQ(icbc.at("sequence"), std::to_string(record));
  EXPECT_EQ(icbc.at("reference"), "hvps-1");
  EXPECT_EQ(Sums(file), SumPair("CNY:136000000", "CNY:136000000"));
}

// Collateral that was used is money of the same account and a record of the same cycle.
TEST_F(SettlementResults, AreNotWhatASharedLossMoved) {
  HandLog log = ClosedE2b();
  log.OpenCycle("B202103010002");
  const Sequence shared =
      log.ShareLoss(kCycle, "CMB", {{"BOB", 4'500'000}, {"ICBC", 7'500'000}}, 20'000'000);
  const Sequence record = log.SettleCycle(kCycle);
  const ExportedFile file = Report(log);
  EXPECT_EQ(file.last, record);
  const Lines lines = Said(file);
  EXPECT_EQ(lines.size(), 5u);
  EXPECT_EQ(lines[2], "CMB> net -530000.00 moved 530000.00 left 330000.00 by hvps-1");
  EXPECT_EQ(Sums(file), SumPair("CNY:124000000", "CNY:124000000"));
  EXPECT_LT(shared, record);
}

TEST_F(SettlementResults, AreARowForEachParticipantAndTheRecordThatSettledIt) {
  HandLog log = ClosedE2b();
  const Sequence first = log.Settle(
      kCycle,
      {{.participant = "CCB", .net = -50'000'000}, {.participant = "CMB", .net = -65'000'000}},
      false, "R1");
  log.Settle(kCycle,
             {{.participant = "BOB", .net = 56'000'000},
              {.participant = "ICBC", .net = 80'000'000},
              {.participant = "PSBC", .net = -21'000'000}},
             true, "R2");
  const ExportedFile file = Report(log);
  EXPECT_EQ(Said(file), (Lines{"BOB> net 560000.00 moved -560000.00 left -560000.00 by R2",
                               "CCB> net -500000.00 moved 500000.00 left 500000.00 by R1",
                               "CMB> net -650000.00 moved 650000.00 left 650000.00 by R1",
                               "ICBC> net 800000.00 moved -800000.00 left -800000.00 by R2",
                               "PSBC> net -210000.00 moved 210000.00 left 210000.00 by R2"}));
  EXPECT_EQ(CheckedRows(file)[1].at("sequence"), std::to_string(first));
  EXPECT_EQ(Sums(file), SumPair("CNY:136000000", "CNY:136000000"));
}

// Everybody is even in all, so that no net says whether everything is settled; and more records lie
// between than are read at once.
TEST_F(SettlementResults, OfPairsHaveEachPairWhereverItWasSettled) {
  HandLog log = Circle(schema::SettlementMethod::BILATERAL_NET);
  log.Settle(kCycle, Pair("A", "B", 100), false, "AB");
  for (int i = 0; i < 1'100; ++i) {
    log.Move({.key = "more", .from = "B.c", .to = "C.c", .minor = 1});
  }
  log.Settle(kCycle, Pair("B", "C", 100), false, "BC");
  log.Settle(kCycle, Pair("C", "A", 100), true, "CA");
  const ExportedFile file = Report(log);
  EXPECT_EQ(Said(file), (Lines{"A>B net -1.00 moved 1.00 left 1.00 by AB",
                               "A>C net 1.00 moved -1.00 left 0.00 by CA",
                               "B>A net 1.00 moved -1.00 left -1.00 by AB",
                               "B>C net -1.00 moved 1.00 left 0.00 by BC",
                               "C>B net 1.00 moved -1.00 left -1.00 by BC",
                               "C>A net -1.00 moved 1.00 left 0.00 by CA"}));
  EXPECT_EQ(Sums(file), SumPair("CNY:300", "CNY:300"));
}

// Its pairs settle as one sum, of which each has its part; where that is nothing no account moved.
TEST_F(SettlementResults, OfPairsThatOneRecordSettlesAreTheirPartsOfIt) {
  HandLog log = Circle(schema::SettlementMethod::BILATERAL_NET);
  std::vector<Stated> all = Pair("A", "B", 100);
  for (const auto& pair : {Pair("B", "C", 100), Pair("C", "A", 100)}) {
    all.insert(all.end(), pair.begin(), pair.end());
  }
  log.Settle(kCycle, all, true, "R");
  const ExportedFile file = Report(log);
  const Lines lines = Said(file);
  ASSERT_EQ(lines.size(), 6u);
  EXPECT_EQ(lines[0], "A>B net -1.00 moved 1.00 left  by R");
  EXPECT_EQ(lines[1], "A>C net 1.00 moved -1.00 left  by R");
  EXPECT_EQ(CheckedRows(file)[0].at("account"), "");
  EXPECT_EQ(Sums(file), SumPair("CNY:300", "CNY:300"));
}

// What settled item by item is confirmed, and no money moves a second time.
TEST_F(SettlementResults, OfAGrossOrQueuedSchemeMovedNothing) {
  for (const auto method : {schema::SettlementMethod::GROSS, schema::SettlementMethod::QUEUED}) {
    HandLog log;
    log.method = method;
    log.Banks({"A", "B"});
    log.OpenCycle(kCycle);
    log.Move({.key = "1", .from = "A.c", .to = "B.c", .minor = 100});
    log.CloseCycle();
    log.Settle(kCycle, {{.participant = "A", .net = -100}, {.participant = "B", .net = 100}}, true,
               "R");
    const ExportedFile file = Report(log);
    EXPECT_EQ(Said(file),
              (Lines{"A> net -1.00 moved 0.00 left  by R", "B> net 1.00 moved 0.00 left  by R"}));
    EXPECT_EQ(Sums(file), SumPair("", ""));
  }
}

// The same is asked of the log twice, and must agree.
TEST_F(SettlementResults, AreAnErrorWhereTheRecordsDoNotSettleTheNets) {
  HandLog log = ClosedE2b();
  log.Settle(kCycle, {{.participant = "BOB", .net = 1}, {.participant = "CCB", .net = -1}}, true,
             "R");
  const auto files = ExportSettlementReports(Folded(log), directory_.path(), kCycle);
  ASSERT_FALSE(files.ok());
  EXPECT_EQ(files.error().code, Code::CORRUPT);
}

}  // namespace
}  // namespace longmen::adapters
