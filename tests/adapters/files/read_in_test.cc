// What is exported as a reconciliation detail is read back as a statement.
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

}  // namespace
}  // namespace longmen::adapters
