// The reports of a closed cycle for participants and the settlement bank.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "adapters/files/exports.h"
#include "tests/adapters/files/read_back.h"
#include "tests/support/test_blocks/test_blocks.h"

namespace longmen::adapters {
namespace {

using projections::MapStore;
using testing::CheckedRows;
using testing::ClosedE2b;
using testing::Folded;
using testing::HandLog;
using testing::kFirstDay;
using testing::Named;
using testing::Row;
using testing::Slurp;
using testing::Sums;
using testing::TemporaryDirectory;

constexpr const char* kCycle = "B202103010001";
using SumPair = std::pair<std::string, std::string>;

// "net ICBC  800000.00; bilateral …"
std::string Said(const std::vector<Row>& rows) {
  std::string said;
  for (const Row& row : rows) {
    said += row.at("entry") + " " + row.at("participant") + ">" + row.at("counterparty") + " " +
            row.at("net") + " " + row.at("net_dir") + "; ";
  }
  return said;
}

TEST(SettlementReports, OfAParticipantExplainItsNetByCounterparties) {
  const TemporaryDirectory directory;
  const auto files = ExportSettlementReports(Folded(ClosedE2b()), directory.path(), kCycle);
  ASSERT_TRUE(files.ok()) << Describe(files.error());
  EXPECT_EQ(files->size(), 6u);  // five banks' and the settlement bank's
  const auto& file = Named(*files, "settlement-report-B202103010001-CCB-");
  const auto rows = CheckedRows(file);
  EXPECT_EQ(Said(rows),
            "bilateral CCB>BOB -60000.00 debit; bilateral CCB>ICBC -500000.00 debit; "
            "bilateral CCB>PSBC 60000.00 credit; net CCB> -500000.00 debit; ");
  EXPECT_EQ(rows.back().at("in"), "150000.00");
  EXPECT_EQ(rows.back().at("out_count"), "2");
  EXPECT_EQ(rows.back().at("settlement_date"), "2021-03-01");
  EXPECT_EQ(Sums(file), SumPair("CNY:65000000", "CNY:15000000"));
}

TEST(SettlementReports, OfTheBankHaveEveryNetAndEveryPairOnce) {
  const TemporaryDirectory directory;
  const auto files = ExportSettlementReports(Folded(ClosedE2b()), directory.path(), kCycle);
  const auto& file = Named(*files, "settlement-bank-report-B202103010001-");
  EXPECT_EQ(Said(CheckedRows(file)),
            "net BOB> 560000.00 credit; net CCB> -500000.00 debit; net CMB> -650000.00 debit; "
            "net ICBC> 800000.00 credit; net PSBC> -210000.00 debit; "
            "bilateral CCB>BOB -60000.00 debit; bilateral CCB>ICBC -500000.00 debit; "
            "bilateral CMB>ICBC -800000.00 debit; bilateral ICBC>BOB -500000.00 debit; "
            "bilateral PSBC>CCB -60000.00 debit; bilateral PSBC>CMB -150000.00 debit; ");
  EXPECT_EQ(Sums(file), SumPair("CNY:136000000", "CNY:136000000"));
}

TEST(SettlementReports, OfOneParticipantAreForItAlone) {
  const TemporaryDirectory directory;
  const MapStore store = Folded(ClosedE2b());
  const auto files = ExportSettlementReports(store, directory.path(), kCycle, "BOB");
  ASSERT_TRUE(files.ok());
  ASSERT_EQ(files->size(), 1u);
  EXPECT_TRUE(files->front().name.starts_with("settlement-report-B202103010001-BOB-"));
  EXPECT_EQ(ExportSettlementReports(store, directory.path(), kCycle, "BO").error().code,
            Code::NOT_FOUND);
}

TEST(SettlementReports, ShowAPairThatIsEvenAndANetOfZero) {
  const TemporaryDirectory directory;
  HandLog log;
  log.Banks({"A", "B"});
  log.OpenCycle(kCycle);
  log.Move({.key = "1", .from = "B.c", .to = "A.c", .minor = 100});
  log.Move({.key = "2", .from = "A.c", .to = "B.c", .minor = 100});
  log.CloseCycle();
  const auto files = ExportSettlementReports(Folded(log), directory.path(), kCycle);
  EXPECT_EQ(Said(CheckedRows(Named(*files, "settlement-bank-report"))),
            "net A> 0.00 flat; net B> 0.00 flat; bilateral A>B 0.00 flat; ");
}

TEST(SettlementReports, AreTheSameBytesWhateverComesLater) {
  const TemporaryDirectory directory;
  HandLog log = ClosedE2b();
  const auto before = ExportSettlementReports(Folded(log), directory.Sub("a"), kCycle);
  log.OpenCycle("B202103010002");
  log.SettleCycle(kCycle);
  const auto settled = ExportSettlementReports(Folded(log), directory.Sub("b"), kCycle);
  log.Move({.key = "T99", .from = "BOB.c", .to = "CCB.c", .minor = 77});
  log.Day(kFirstDay + 1);
  log.CloseCycle();
  log.OpenCycle("B202103010003");
  log.SettleCycle("B202103010002");
  const auto later = ExportSettlementReports(Folded(log), directory.Sub("c"), kCycle);
  ASSERT_TRUE(before.ok() && settled.ok() && later.ok());
  ASSERT_EQ(settled->size(), before->size() + 1);
  for (size_t i = 0; i < settled->size(); ++i) {
    EXPECT_EQ(settled->at(i).name, later->at(i).name);
    EXPECT_EQ(Slurp(settled->at(i).path), Slurp(later->at(i).path));
    if (i == before->size()) continue;
    EXPECT_EQ(before->at(i).name, later->at(i).name);
    EXPECT_EQ(Slurp(before->at(i).path), Slurp(later->at(i).path));
  }
}

}  // namespace
}  // namespace longmen::adapters
