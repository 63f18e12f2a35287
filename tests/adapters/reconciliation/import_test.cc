// Statement files on their way into the log.
#include "adapters/reconciliation/import.h"

#include "adapters/reconciliation/raw_text.h"
#include "events/block/block.h"
#include "tests/adapters/reconciliation/desk.h"

namespace longmen::testing {
namespace {

class StatementImport : public Desk {
 protected:
  // Records of the log, oldest first: `visit(record, proposal)`.
  void EachRecord(const std::function<void(const RecordView&, schema::Proposal::Reader)>& visit) {
    const auto blocks = node_->log().Read(1, size_t{64} << 20);
    ASSERT_TRUE(blocks.ok());
    for (const engine::StoredBlock& stored : *blocks) {
      const auto block = BlockView::Parse(stored.bytes());
      ASSERT_TRUE(block.ok());
      for (const RecordView& record : block->records()) {
        const ProposalReader reader(record.proposal);
        visit(record, reader.get());
      }
    }
  }
  std::string Bill(int lines) const {
    std::vector<FileLine> all;
    for (int i = 0; i < lines; ++i) {
      all.push_back(Line(100 + i, fmt::format("4200-{}", i), fmt::format("PK{}", i)));
    }
    return WechatTradeBill("1900000001", all);
  }
};

TEST_F(StatementImport, ChangesNothingTheSecondTime) {
  const std::string bill = Bill(200);
  const auto first = Import(bill);
  ASSERT_TRUE(first.ok()) << Describe(first.error());
  EXPECT_FALSE(first->known);
  EXPECT_EQ(first->lines, 200);
  const Sequence last = node_->engine().DurableSequence();
  const auto again = Import(bill, DeskTime(12, 0, 1));
  ASSERT_TRUE(again.ok());
  EXPECT_TRUE(again->known);
  EXPECT_EQ(node_->engine().DurableSequence(), last);
  EXPECT_EQ(again->statements.front().key, first->statements.front().key);
  const auto file = projections::FindStatementFile(Store(), first->statements.front().key);
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(file->lines, 200);
  EXPECT_EQ(file->credits, 200 * 100 + 199 * 100);
  EXPECT_EQ(file->content, Hex(first->content));
}

TEST_F(StatementImport, ProposesNothingOfAFileThatDoesNotAddUp) {
  std::string bill = Bill(3);
  const size_t total = bill.rfind("3.03");
  ASSERT_NE(total, std::string::npos);
  bill[total + 3] = '4';
  const Sequence last = node_->engine().DurableSequence();
  const auto imported = Import(bill);
  ASSERT_FALSE(imported.ok());
  EXPECT_EQ(imported.error().code, Code::CONTROL_TOTAL_MISMATCH);
  EXPECT_EQ(node_->engine().DurableSequence(), last);
}

TEST_F(StatementImport, GoesOnBehindTheLastLineWhereALoadingStopped) {
  const std::string bill = Bill(200);
  // As after a kill: all but the last two of what is proposed are there.
  std::vector<engine::Job> jobs;
  const auto given = adapters::EachProposalOf(bill, Options(DeskTime(10, 0, 1)), LedgerOf(*node_),
                                              [&jobs](const ProposalBytes& proposal) {
                                                jobs.emplace_back().group.push_back(proposal);
                                                jobs.back().occurred_at = DeskTime(10, 0, 1);
                                                return Ok();
                                              });
  ASSERT_TRUE(given.ok());
  ASSERT_EQ(jobs.size(), 6) << "a header, four times up to 64 lines, a trailer";
  jobs.resize(4);
  for (const auto& answers : node_->engine().SubmitAndWait(std::move(jobs))) {
    ASSERT_EQ(answers.front().kind, engine::AnswerKind::kAccepted)
        << CodeName(answers.front().code) << answers.front().field;
  }
  EXPECT_TRUE(Breaks().empty()) << "lines of an incomplete file count for nothing";

  // Hours later.
  const auto imported = Import(bill, DeskTime(15, 0, 1));
  ASSERT_TRUE(imported.ok()) << Describe(imported.error());
  EXPECT_FALSE(imported->known);
  EXPECT_EQ(Breaks().size(), 200);
  std::vector<uint32_t> firsts;
  EachRecord([&](const RecordView&, schema::Proposal::Reader proposal) {
    const auto body = proposal.getBody();
    if (body.isStatement() && body.getStatement().getAction() == schema::StatementAction::LINES) {
      firsts.push_back(body.getStatement().getLine());
    }
  });
  EXPECT_EQ(firsts, (std::vector<uint32_t>{1, 65, 129, 193}));
}

TEST_F(StatementImport, IsNotLockedOutByWhatWasRefusedOnce) {
  const std::string bill = Bill(70);
  auto options = Options(DeskTime(10, 0, 1));
  options.issuer = "WECHATT";
  EXPECT_EQ(Import(bill, options).error().code, Code::UNKNOWN_PARTICIPANT);
  const auto imported = Import(bill);
  ASSERT_TRUE(imported.ok()) << Describe(imported.error());
  EXPECT_EQ(Breaks().size(), 70);
}

TEST_F(StatementImport, SaysAsWhoseAFileIsThereAndTakesItAgainOnceThatIsWithdrawn) {
  const std::string bill = Bill(70);
  auto mistaken = Options(DeskTime(10, 0, 1));
  mistaken.channel = "wecaht";
  const auto first = Import(bill, mistaken);
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(Breaks().size(), 0) << "no rule reads it";
  const auto again = Import(bill);
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(Describe(again.error()), "file_exists at " + first->statements.front().key +
                                         ": it was loaded as WECHAT's, channel wecaht; withdraw it "
                                         "first");
  const auto file = projections::FindStatementFile(Store(), first->statements.front().key);
  ASSERT_TRUE(file.ok());
  const auto withdrawal = adapters::WithdrawalOf(
      *file, "a slip",
      {.source = "operator", .by = "alice", .approved_by = "bob", .now = DeskTime(11, 0, 1)}, 0);
  ASSERT_TRUE(withdrawal.ok()) << Describe(withdrawal.error());
  std::vector<engine::Job> jobs(1);
  jobs.front().group.push_back(*withdrawal);
  jobs.front().occurred_at = DeskTime(11, 0, 1);
  const auto answers = node_->engine().SubmitAndWait(std::move(jobs));
  ASSERT_EQ(answers.front().front().kind, engine::AnswerKind::kAccepted)
      << CodeName(answers.front().front().code) << answers.front().front().field;
  const auto right = Import(bill, DeskTime(12, 0, 1));
  ASSERT_TRUE(right.ok()) << Describe(right.error());
  EXPECT_EQ(right->statements.front().key, first->statements.front().key + "~2");
  EXPECT_EQ(Breaks().size(), 70);
}

TEST_F(StatementImport, KeepsEveryLineAsItCame) {
  const std::string bill = Bill(100);
  ASSERT_TRUE(Import(bill).ok());
  std::string raw;
  size_t rows = 0;
  EachRecord([&](const RecordView&, schema::Proposal::Reader proposal) {
    const auto body = proposal.getBody();
    if (!body.isStatement() || !body.getStatement().hasRaw()) return;
    const auto bytes = body.getStatement().getRaw();
    const auto text =
        adapters::Decompress({reinterpret_cast<const char*>(bytes.begin()), bytes.size()});
    ASSERT_TRUE(text.ok());
    size_t size = 0;
    for (auto line : body.getStatement().getLines()) {
      raw += text->substr(size, line.getRawBytes()) + "\r\n";
      size += line.getRawBytes();
      ++rows;
    }
    EXPECT_EQ(size, text->size());
  });
  EXPECT_EQ(rows, 100);
  EXPECT_NE(bill.find(raw), std::string::npos);
}

TEST_F(StatementImport, TakesTheSameEmptyFileForEachDayAndChannel) {
  const std::string empty = Bill(0);
  const auto load = [&](DayNumber day, const std::string& channel) {
    auto options = Options(DeskTime(10, 0, 1));
    options.defaults.date = day;
    options.channel = channel;
    const auto imported = Import(empty, options);
    return !imported.ok() ? Describe(imported.error()) : imported->known ? "known" : "loaded";
  };
  EXPECT_EQ(load(kDeskDay, "wechat"), "loaded");
  EXPECT_EQ(load(kDeskDay + 1, "wechat"), "loaded");
  EXPECT_EQ(load(kDeskDay, "other"), "loaded");
  EXPECT_EQ(load(kDeskDay, "wechat"), "known");
}

TEST_F(StatementImport, NamesAParticipantThatIsNotThere) {
  auto options = Options(DeskTime(10, 0, 1));
  options.issuer = "NOBODY";
  const auto imported = Import(Bill(2), options);
  ASSERT_FALSE(imported.ok());
  EXPECT_EQ(imported.error().code, Code::UNKNOWN_PARTICIPANT);
}

}  // namespace
}  // namespace longmen::testing
