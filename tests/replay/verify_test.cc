// The auditor finds what was done to a log, and nothing where nothing was done.
#include "replay/audit/verify.h"

#include <capnp/message.h>
#include <gtest/gtest.h>

#include "projections/all/all.h"
#include "replay/audit/history.h"
#include "tests/support/generated_log/generated_log.h"

namespace longmen::replay {
namespace {

using engine::Emitted;
using generator::GenerateRecords;
using generator::LogOf;

constexpr uint64_t kSeed = 20210301;
constexpr size_t kSteps = 1'500;

const std::vector<Emitted>& Records() {
  static const auto records = GenerateRecords(kSeed, kSteps);
  return records;
}

VerifyReport VerifyLog(const engine::LogReader& log,
                       const projections::ReadStore* stored = nullptr) {
  return Verify({.log = &log, .stored = stored, .progress = nullptr});
}

// The records with one changed by `change`, which gets its proposal to edit.
template <typename Change>
std::vector<Emitted> Forged(size_t index, Change change) {
  std::vector<Emitted> records = Records();
  const ProposalReader reader(records[index].proposal.bytes());
  capnp::MallocMessageBuilder message;
  message.setRoot(reader.get());
  change(message.getRoot<schema::Proposal>());
  records[index].proposal =
      std::move(Canonicalize(message.getRoot<schema::Proposal>().asReader())).value();
  return records;
}

// The first record after the set-up that `wanted` accepts.
template <typename Wanted>
size_t Find(Wanted wanted) {
  for (size_t i = 0; i < Records().size(); ++i) {
    const ProposalReader reader(Records()[i].proposal.bytes());
    if (wanted(Records()[i], reader.get())) return i;
  }
  ADD_FAILURE() << "no such record in the generated log";
  return 0;
}

void ExpectFinding(const VerifyReport& report, const std::string& name, Sequence sequence) {
  ASSERT_EQ(report.findings.size(), 1u);
  EXPECT_EQ(report.findings[0].name, name) << report.findings[0].detail;
  EXPECT_EQ(report.findings[0].sequence, sequence) << report.findings[0].detail;
}

TEST(Verify, FindsNothingInAWholeLog) {
  const auto log = LogOf(Records());
  const VerifyReport report = VerifyLog(*log);
  EXPECT_TRUE(report.clean()) << report.findings[0].name << " " << report.findings[0].detail;
  EXPECT_EQ(report.records, Records().size());
  EXPECT_EQ(report.decided, Records().size());
  EXPECT_GT(report.refusals_remade, 0u);
}

TEST(Verify, FindsNothingInAnEmptyLog) {
  const engine::MemoryLog log;
  EXPECT_TRUE(VerifyLog(log).clean());
}

TEST(Verify, NamesAnAmountThatWasRaised) {
  const size_t index = Find([](const Emitted& record, schema::Proposal::Reader proposal) {
    return proposal.getBody().isDebit() && record.header.group_size == 1 &&
           proposal.getBody().getDebit().getBasis() == schema::Basis::DECIDED &&
           !record.effects.postings.empty() && record.effects.order &&
           record.effects.order->status == OrderStatus::kPaid;
  });
  const auto log = LogOf(Forged(index, [](schema::Proposal::Builder proposal) {
    auto amount = proposal.getBody().getDebit().getAmount();
    amount.setMinor(amount.getMinor() + 1);
  }));
  ExpectFinding(VerifyLog(*log), "decision_differs", index + 1);
}

TEST(Verify, NamesASettledPositionThatIsOffByOne) {
  const size_t index = Find([](const Emitted& record, schema::Proposal::Reader proposal) {
    return record.header.group_size == 1 && proposal.getBody().isSettlement() &&
           proposal.hasSource() && proposal.getBody().getSettlement().getPositions().size() > 0;
  });
  const auto log = LogOf(Forged(index, [](schema::Proposal::Builder proposal) {
    auto position = proposal.getBody().getSettlement().getPositions()[0];
    position.setNet(position.getNet() + 1);
  }));
  const VerifyReport report = VerifyLog(*log);
  ExpectFinding(report, "decision_differs", index + 1);
  EXPECT_NE(report.findings[0].detail.find("position_mismatch"), std::string::npos);
}

TEST(Verify, NamesARefusalTheRulesWouldNotHaveMade) {
  const size_t index = Find([](const Emitted&, schema::Proposal::Reader proposal) {
    return proposal.getBody().isRefusal() && !proposal.getBody().getRefusal().getTranslation();
  });
  const auto log = LogOf(Forged(index, [](schema::Proposal::Builder proposal) {
    proposal.getBody().getRefusal().setCode(schema::Code::ACCOUNT_FROZEN);
    proposal.getBody().getRefusal().setField("debit.payer");
  }));
  ExpectFinding(VerifyLog(*log), "decision_differs", index + 1);
}

TEST(Verify, NamesAnAcceptedProposalThatShouldHaveBeenRefused) {
  const size_t index = Find([](const Emitted&, schema::Proposal::Reader proposal) {
    return proposal.getBody().isRefusal() &&
           proposal.getBody().getRefusal().getProposals().size() == 1;
  });
  std::vector<Emitted> records = Records();
  const ProposalReader reader(records[index].proposal.bytes());
  const auto refused = reader.get().getBody().getRefusal().getProposals()[0];
  records[index].proposal = ProposalBytes(Bytes(refused.begin(), refused.size()));
  ExpectFinding(VerifyLog(*LogOf(records)), "decision_differs", index + 1);
}

TEST(RollForward, StopsAtAProposalTheRulesRefuse) {
  const size_t index = Find([](const Emitted&, schema::Proposal::Reader proposal) {
    return proposal.getBody().isRefusal() &&
           proposal.getBody().getRefusal().getProposals().size() == 1;
  });
  std::vector<Emitted> records = Records();
  const ProposalReader reader(records[index].proposal.bytes());
  const auto refused = reader.get().getBody().getRefusal().getProposals()[0];
  records[index].proposal = ProposalBytes(Bytes(refused.begin(), refused.size()));
  const auto rolled = LedgerAsOf(*LogOf(records), index + 1);
  ASSERT_FALSE(rolled.ok());
  EXPECT_EQ(rolled.error().code, Code::CORRUPT);
  EXPECT_NE(rolled.error().message.find("accepted, but the rules say"), std::string::npos)
      << rolled.error().message;
}

TEST(Verify, NamesAHeaderThatWasChanged) {
  std::vector<Emitted> records = Records();
  records[20].header.book_date += 1;
  const VerifyReport report = VerifyLog(*LogOf(records));
  ExpectFinding(report, "decision_differs", 21);
  EXPECT_EQ(report.findings[0].place, "bookDate");
}

TEST(Verify, NamesATickThatIsMissing) {
  const size_t index = Find([](const Emitted& record, schema::Proposal::Reader proposal) {
    return record.header.sequence > 1 && !proposal.hasSource() && proposal.getBody().isOrder();
  });
  std::vector<Emitted> records = Records();
  records.erase(records.begin() + static_cast<std::ptrdiff_t>(index));
  for (size_t i = index; i < records.size(); ++i) --records[i].header.sequence;
  const VerifyReport report = VerifyLog(*LogOf(records));
  ASSERT_FALSE(report.clean());
  EXPECT_EQ(report.findings[0].name, "decision_differs");
  EXPECT_GE(report.findings[0].sequence, index + 1);
}

TEST(Verify, NamesAProposalThatIsNotCanonical) {
  std::vector<Emitted> records = Records();
  const Bytes bytes = records[300].proposal.bytes();
  std::vector<uint8_t> longer(bytes.begin(), bytes.end());
  longer.resize(longer.size() + 8);
  records[300].proposal = ProposalBytes(longer);
  const VerifyReport report = VerifyLog(*LogOf(records));
  ExpectFinding(report, "proposal_malformed", 301);
  EXPECT_LE(report.decided, 300u);
}

TEST(Verify, NamesAProposalWhoseShapeNoDoorLetsIn) {
  const size_t index = Find([](const Emitted& record, schema::Proposal::Reader proposal) {
    return record.header.group_size == 1 && proposal.hasSource() && proposal.getBody().isDebit();
  });
  const auto log = LogOf(Forged(index, [](schema::Proposal::Builder proposal) {
    proposal.getBody().getDebit().getAmount().setCurrency(1);
  }));
  const VerifyReport report = VerifyLog(*log);
  ExpectFinding(report, "proposal_malformed", index + 1);
  EXPECT_EQ(report.findings[0].place, "debit.amount.currency");
  EXPECT_EQ(report.decided, index);
}

TEST(Verify, SaysThatRulesAreUnknownAndNotThatTheLogIsBroken) {
  std::vector<Emitted> records = Records();
  records[10].header.rules_version = engine::kRulesVersion + 1;
  ExpectFinding(VerifyLog(*LogOf(records)), "rules_unknown", 11);
}

TEST(Verify, NamesAProjectionThatSaysSomethingElse) {
  const auto log = LogOf(Records());
  projections::MapStore stored;
  ASSERT_TRUE(ProjectionsAsOf(*log, Records().size() / 2, stored).ok());
  EXPECT_TRUE(VerifyLog(*log, &stored).clean()) << "an older state is not another state";
  EXPECT_EQ(VerifyLog(*log, &stored).projections, Compared::kEqual);
  EXPECT_EQ(VerifyLog(*log).projections, Compared::kNoneStored);
  std::string key;
  stored.Scan("balances/", "", [&key](std::string_view found, std::string_view) {
    key = found;
    return false;
  });
  ASSERT_FALSE(key.empty());
  stored.Delete(key);
  const VerifyReport report = VerifyLog(*log, &stored);
  ASSERT_EQ(report.findings.size(), 1u);
  EXPECT_EQ(report.findings[0].name, "projection_differs");
  EXPECT_EQ(report.findings[0].place, "projection balances");
  EXPECT_EQ(report.projections, Compared::kDiffers);
}

// Damage below the chain: whatever bit is flipped in a stored block is found, or was not there.
class FlippedLog final : public engine::LogReader {
 public:
  FlippedLog(const engine::LogReader& log, Sequence in_block_of, size_t bit)
      : log_(log), from_(in_block_of), bit_(bit) {}
  Sequence AckedFrontier() const override { return log_.AckedFrontier(); }
  Result<std::vector<engine::StoredBlock>> Read(Sequence from, size_t max_bytes) const override {
    auto blocks = log_.Read(from, max_bytes);
    for (auto& block : *blocks) {
      const auto view = BlockView::Parse(block.bytes());
      if (view->header().first_sequence > from_ || view->header().last_sequence() < from_) continue;
      std::vector<uint8_t> bytes(block.bytes().begin(), block.bytes().end());
      bytes[bit_ / 8 % bytes.size()] ^= static_cast<uint8_t>(1u << bit_ % 8);
      block = engine::StoredBlock(bytes);
    }
    return blocks;
  }
  Result<std::vector<engine::StoredBlock>> Follow(Sequence after, size_t max_bytes,
                                                  Nanos) const override {
    return Read(after + 1, max_bytes);
  }

 private:
  const engine::LogReader& log_;
  Sequence from_;
  size_t bit_;
};

TEST(Verify, NamesTheBlockOfAFlippedBit) {
  const auto log = LogOf(Records());
  for (size_t i = 0; i < 200; ++i) {
    const Sequence sequence = 1 + i * 7919 % Records().size();
    const FlippedLog flipped(*log, sequence, i * 104729);
    const VerifyReport report = VerifyLog(flipped);
    ASSERT_FALSE(report.clean()) << "bit " << i * 104729 << " in the block of " << sequence;
    EXPECT_LE(report.findings[0].sequence, sequence);
  }
}

TEST(Verify, TellsWhatItFindsInTheOrderOfTheLog) {
  std::vector<Emitted> records = Records();
  records[20].header.book_date += 1;
  const auto log = LogOf(records);
  projections::MapStore stored;
  ASSERT_TRUE(ProjectionsAsOf(*LogOf(Records()), 100, stored).ok());
  const Sequence damaged = Records().size() / 2;
  const FlippedLog flipped(*log, damaged, 12'345);
  const VerifyReport report = Verify({.log = &flipped,
                                      .stored = &stored,
                                      .expected = {Anchor{Records().size(), {}}},
                                      .progress = nullptr});
  ASSERT_EQ(report.findings.size(), 3u);
  EXPECT_EQ(report.findings[0].name, "decision_differs");
  EXPECT_EQ(report.findings[0].sequence, 21u);
  EXPECT_EQ(report.findings[1].name, "block_damaged");
  EXPECT_LE(report.findings[1].sequence, damaged);
  EXPECT_EQ(report.findings[2].name, "anchor_missing");
  EXPECT_EQ(report.decided, 20u);
  EXPECT_EQ(report.projections, Compared::kNotCompared);
}

}  // namespace
}  // namespace longmen::replay
