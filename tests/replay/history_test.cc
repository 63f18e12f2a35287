#include "replay/audit/history.h"

#include <gtest/gtest.h>

#include "projections/all/all.h"
#include "tests/support/generated_log/generated_log.h"

namespace longmen::replay {
namespace {

using engine::Emitted;
using generator::GenerateRecords;
using generator::LogOf;

TEST(AsOf, EqualsAFreshReplayAtEverySequence) {
  const auto records = GenerateRecords(7, 60);
  const auto log = LogOf(records);
  for (size_t count = 1; count <= records.size(); ++count) {
    // A log that never had more records, folded by itself. It may end inside a group, which no
    // block can: one record a block is as near as it gets, so only whole groups are compared.
    const RecordHeader& last = records[count - 1].header;
    if (last.group_index + 1 != last.group_size) continue;
    const auto shorter = LogOf({records.begin(), records.begin() + static_cast<long>(count)});
    const auto fresh = LedgerAsOf(*shorter, count);
    const auto as_of = LedgerAsOf(*log, count);
    ASSERT_TRUE(fresh.ok() && as_of.ok());
    ASSERT_EQ(as_of->StateDigest(), fresh->StateDigest()) << "at sequence " << count;
    projections::MapStore stored;
    projections::MapStore derived;
    ASSERT_TRUE(ProjectionsAsOf(*log, count, stored).ok());
    ASSERT_TRUE(ProjectionsAsOf(*shorter, count, derived).ok());
    ASSERT_TRUE(stored == derived) << "at sequence " << count;
  }
}

TEST(AsOf, RefusesToAnswerBeyondTheLog) {
  const auto records = GenerateRecords(7, 10);
  const auto log = LogOf(records);
  const auto beyond = LedgerAsOf(*log, records.size() + 1);
  ASSERT_FALSE(beyond.ok());
  EXPECT_EQ(beyond.error().code, Code::UNANSWERABLE);
}

TEST(Trace, ShowsEveryRecordOfAnOrderRefusedAttemptsIncluded) {
  const auto records = GenerateRecords(7, 300);
  const auto log = LogOf(records);
  std::map<std::pair<schema::Scenario, std::string>, std::vector<Sequence>> expected;
  const auto expect = [&expected](schema::Proposal::Reader proposal, Sequence sequence) {
    if (proposal.getKey().size() == 0) return;
    auto& sequences = expected[{proposal.getScenario(), proposal.getKey().cStr()}];
    if (sequences.empty() || sequences.back() != sequence) sequences.push_back(sequence);
  };
  size_t refused_beside = 0;
  for (const Emitted& record : records) {
    const ProposalReader reader(record.proposal.bytes());
    expect(reader.get(), record.header.sequence);
    if (!reader.get().getBody().isRefusal()) continue;
    // Of a refused group every member's order, not only the one at fault.
    for (const auto bytes : reader.get().getBody().getRefusal().getProposals()) {
      const ProposalReader member({bytes.begin(), bytes.size()});
      if (member.get().getKey() != reader.get().getKey()) ++refused_beside;
      expect(member.get(), record.header.sequence);
    }
  }
  ASSERT_GT(expected.size(), 20u);
  ASSERT_GT(refused_beside, 0u);
  for (const auto& [named, sequences] : expected) {
    std::vector<Sequence> traced;
    ASSERT_TRUE(
        Trace(*log, named.first, named.second, [&traced](const RecordView& record, const Effects&) {
          traced.push_back(record.header.sequence);
        }).ok());
    EXPECT_EQ(traced, sequences) << named.second;
  }
}

TEST(Trace, SaysThatNothingIsAboutAnUnknownKey) {
  const auto log = LogOf(GenerateRecords(7, 10));
  const Status traced = Trace(*log, schema::Scenario::PARKING, "no-such-order",
                              [](const RecordView&, const Effects&) {});
  ASSERT_FALSE(traced.ok());
  EXPECT_EQ(traced.error().code, Code::NOT_FOUND);
}

TEST(Diff, FindsNothingBetweenALogAndItselfInOtherBlocks) {
  const auto records = GenerateRecords(9, 100);
  const auto difference = Diff(*LogOf(records, 3), *LogOf(records, 50));
  ASSERT_TRUE(difference.ok());
  EXPECT_FALSE(difference->has_value());
}

TEST(Diff, NamesTheFirstRecordAndField) {
  auto records = GenerateRecords(9, 100);
  const auto log = LogOf(records);
  records[40].header.recorded_at += 1;
  records[60].header.recorded_at += 1;
  const auto difference = Diff(*log, *LogOf(records));
  ASSERT_TRUE(difference.ok() && difference->has_value());
  EXPECT_EQ((*difference)->sequence, 41u);
  EXPECT_EQ((*difference)->field, "recordedAt");
}

TEST(Diff, NamesTheLogThatEndsFirst) {
  auto records = GenerateRecords(9, 100);
  const auto log = LogOf(records);
  while (records.back().header.group_size > 1) records.pop_back();
  records.pop_back();
  while (records.back().header.group_index + 1 != records.back().header.group_size) {
    records.pop_back();
  }
  const auto difference = Diff(*log, *LogOf(records));
  ASSERT_TRUE(difference.ok() && difference->has_value());
  EXPECT_EQ((*difference)->sequence, records.size() + 1);
  EXPECT_TRUE((*difference)->only_in_first);
}

}  // namespace
}  // namespace longmen::replay
