// Statement files on their way into the log.
#include "adapters/reconciliation/import.h"

#include "adapters/reconciliation/raw_text.h"
#include "adapters/reconciliation/statement_proposals.h"
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
  EXPECT_EQ(file->content, first->content);
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

TEST_F(StatementImport, GoesOnWhereALoadingStopped) {
  const std::string bill = Bill(200);
  // Its header and its first lines are there, as after a kill.
  const auto checked = adapters::CheckStatementFile(bill, Options(DeskTime(10, 0, 1)));
  ASSERT_TRUE(checked.ok());
  class Head final : public adapters::StatementVisitor {
   public:
    explicit Head(adapters::StatementProposals& proposals) : proposals_(proposals) {}
    Status Begin(const adapters::StatementHeader& header) override {
      taken.push_back(proposals_.Header(header).value());
      return Ok();
    }
    Status Line(const adapters::StatementFileLine& line) override {
      if (taken.size() == 1 && !proposals_.Add(line)) {
        taken.push_back(proposals_.TakeLines(Currency{156}).value());
      }
      return Ok();
    }
    Status End(const adapters::StatementTotals&) override { return Ok(); }
    std::vector<ProposalBytes> taken;

   private:
    adapters::StatementProposals& proposals_;
  };
  std::string digest;
  for (size_t i = 0; i + 1 < checked->content.size(); i += 2) {
    digest += static_cast<char>(std::stoi(checked->content.substr(i, 2), nullptr, 16));
  }
  adapters::StatementProposals proposals("WECHAT", "wechat", digest, DeskTime(10, 0, 1));
  proposals.Begin(
      {"operator", checked->statements.front().key, checked->content.substr(0, 20) + "-1-"});
  Head head(proposals);
  ASSERT_TRUE(adapters::ReadStatementFile(bill, {}, head).ok());
  std::vector<engine::Job> jobs;
  for (ProposalBytes& proposal : head.taken) {
    jobs.emplace_back().group.push_back(std::move(proposal));
    jobs.back().occurred_at = DeskTime(10, 0, 1);
  }
  for (const auto& answers : node_->engine().SubmitAndWait(std::move(jobs))) {
    ASSERT_EQ(answers.front().kind, engine::AnswerKind::kAccepted)
        << CodeName(answers.front().code);
  }
  EXPECT_TRUE(Breaks().empty()) << "lines of an incomplete file count for nothing";

  const auto imported = Import(bill);
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
    const auto imported =
        adapters::ImportStatementFile(empty, options, node_->engine(), Store(), nullptr);
    return !imported.ok() ? Describe(imported.error()) : imported->known ? "known" : "loaded";
  };
  EXPECT_EQ(load(kDeskDay, "wechat"), "loaded");
  EXPECT_EQ(load(kDeskDay + 1, "wechat"), "loaded");
  EXPECT_EQ(load(kDeskDay, "other"), "loaded");
  EXPECT_EQ(load(kDeskDay, "wechat"), "known");
}

TEST_F(StatementImport, KnowsAFileWhateverIsSaidOfItTheSecondTime) {
  ASSERT_TRUE(Import(Bill(2)).ok());
  auto options = Options(DeskTime(10, 0, 1));
  options.channel = "other";
  const auto again =
      adapters::ImportStatementFile(Bill(2), options, node_->engine(), Store(), nullptr);
  EXPECT_TRUE(again.ok() && again->known) << "the file is there, whatever is said of it now";
}

TEST_F(StatementImport, NamesAParticipantThatIsNotThere) {
  auto options = Options(DeskTime(10, 0, 1));
  options.issuer = "NOBODY";
  const auto imported =
      adapters::ImportStatementFile(Bill(2), options, node_->engine(), Store(), nullptr);
  ASSERT_FALSE(imported.ok());
  EXPECT_EQ(imported.error().code, Code::UNKNOWN_PARTICIPANT);
}

}  // namespace
}  // namespace longmen::testing
