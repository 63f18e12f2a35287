// What is exported for others is read back as a statement, by the reader that takes theirs in.
#include <gtest/gtest.h>

#include "adapters/files/exports.h"
#include "adapters/statements/statement_file.h"
#include "tests/adapters/files/read_back.h"
#include "tests/projections/hand_log/hand_log.h"
#include "tests/support/test_blocks/test_blocks.h"

namespace longmen::adapters {
namespace {

using testing::kFirstDay;

class Counts : public StatementVisitor {
 public:
  Status Begin(const StatementHeader& header) override {
    EXPECT_EQ(header.format, "longmen");
    EXPECT_EQ(header.currency, testing::kCny);
    EXPECT_EQ(header.from, kFirstDay);
    EXPECT_EQ(header.to, kFirstDay);
    return Ok();
  }
  Status Line(const StatementFileLine& line) override {
    const bool refund = line.kind == schema::StatementLineKind::REFUND;
    EXPECT_TRUE(refund || line.kind == schema::StatementLineKind::PAYMENT);
    EXPECT_EQ(line.direction == schema::Direction::DEBIT, refund);
    EXPECT_FALSE(line.order_key.empty());
    return Ok();
  }
  Status End(const StatementTotals& stated) override {
    totals = stated;
    return Ok();
  }
  StatementTotals totals;
};

TEST(ReconciliationDetail, IsReadBackAsAStatement) {
  const testing::TemporaryDirectory directory;
  const projections::MapStore store = testing::Folded(testing::ClosedE2b());
  for (const char* participant : {"", "ICBC", "CCB", "CMB", "BOB"}) {
    const auto files = ExportReconciliation(store, directory.Sub("of-" + std::string(participant)),
                                            {.scenario = schema::Scenario::B2B_GATEWAY,
                                             .book_date = kFirstDay,
                                             .participant = participant,
                                             .channel = {}});
    ASSERT_TRUE(files.ok()) << participant << Describe(files.error());
    const std::string file = testing::Slurp(files->at(0).path);
    Counts counts;
    const Status status = ReadStatementFile(file, {}, counts);
    EXPECT_TRUE(status.ok()) << participant << ": " << Describe(status.error());
    EXPECT_EQ(counts.totals.count, files->at(0).rows) << participant;
    EXPECT_GT(counts.totals.credits, 0) << participant;
  }
}

// A day on which nothing moved has a file too, of columns and a trailer.
TEST(ReconciliationDetail, OfADayWithoutItemsIsReadBack) {
  const testing::TemporaryDirectory directory;
  const projections::MapStore store = testing::Folded(testing::ClosedE2b());
  const auto files = ExportReconciliation(store, directory.path(),
                                          {.scenario = schema::Scenario::METRO,
                                           .book_date = kFirstDay,
                                           .participant = {},
                                           .channel = {}});
  ASSERT_TRUE(files.ok()) << Describe(files.error());
  Counts counts;
  const Status status = ReadStatementFile(testing::Slurp(files->at(0).path),
                                          {.date = kFirstDay, .description = {}}, counts);
  EXPECT_TRUE(status.ok()) << Describe(status.error());
  EXPECT_EQ(counts.totals.count, 0u);
}

// An account's messages are checked by the reader as a bank's are: balances, sums and counts.
TEST(AccountMessages, AreReadBackAsStatements) {
  class Sums : public StatementVisitor {
   public:
    Status Begin(const StatementHeader& header) override {
      format = header.format;
      account = header.account;
      return Ok();
    }
    Status Line(const StatementFileLine&) override { return Ok(); }
    Status End(const StatementTotals& stated) override {
      totals = stated;
      return Ok();
    }
    std::string format, account;
    StatementTotals totals;
  };
  const testing::TemporaryDirectory directory;
  testing::HandLog log = testing::ClosedE2b();
  const projections::MapStore today = testing::Folded(log);
  const auto read = [](const Result<ExportedFile>& file) {
    Sums sums;
    EXPECT_TRUE(file.ok()) << Describe(file.error());
    if (!file.ok()) return sums;
    const Status status = ReadStatementFile(testing::Slurp(file->path), {}, sums);
    EXPECT_TRUE(status.ok()) << Describe(status.error());
    return sums;
  };
  const Sums report = read(ExportCamt052(today, directory.path(), "ICBC.c"));
  EXPECT_EQ(report.format, "camt.052");
  EXPECT_EQ(report.account, "ICBC.c");
  const Sums notice = read(ExportCamt054(today, directory.path(), "ICBC.c", kFirstDay, kFirstDay));
  EXPECT_EQ(notice.format, "camt.054");
  EXPECT_GT(notice.totals.count, 0u);
  EXPECT_EQ(report.totals.count, notice.totals.count);
  EXPECT_EQ(report.totals.credits - report.totals.debits,
            notice.totals.credits - notice.totals.debits);

  log.SettleCycle("B202103010001");
  log.Day(kFirstDay + 1);
  log.Move({.key = "later", .from = "ICBC.c", .to = "BOB.c", .minor = 5});
  const Sums statement =
      read(ExportCamt053(testing::Folded(log), directory.path(), "ICBC.c", kFirstDay, kFirstDay));
  EXPECT_EQ(statement.format, "camt.053");
  EXPECT_EQ(statement.totals.count, notice.totals.count);
  EXPECT_EQ(statement.totals.closing, statement.totals.credits - statement.totals.debits);
}

}  // namespace
}  // namespace longmen::adapters
