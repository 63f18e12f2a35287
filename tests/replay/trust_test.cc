// What lies beside the log and is believed between audits: snapshots, HEAD's older slots; and what
// an auditor keeps where nobody else can write.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "engine/snapshot_writer/snapshot_writer.h"
#include "replay/audit/history.h"
#include "replay/audit/verify.h"
#include "tests/support/generated_log/generated_log.h"
#include "tests/support/test_blocks/test_blocks.h"

namespace longmen::replay {
namespace {

using engine::Emitted;
using generator::GenerateRecords;
using generator::LogOf;

// Where the blocks of a log end, and their hashes.
std::vector<Anchor> AnchorsOf(const engine::LogReader& log) {
  std::vector<Anchor> anchors;
  const auto blocks = testing::AllBlocks(log);
  EXPECT_TRUE(blocks.ok());
  for (const auto& block : *blocks) {
    const auto head = testing::HeadAfter(block);
    anchors.push_back({head.next_sequence - 1, head.previous});
  }
  return anchors;
}

std::string NamesOf(const VerifyReport& report) {
  std::string names;
  for (const Finding& finding : report.findings) {
    names += fmt::format("{}@{} ", finding.name, finding.sequence);
  }
  return names;
}

class Trust : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { records_ = new std::vector(GenerateRecords(20210301, 1'000)); }
  static void TearDownTestSuite() { delete records_; }

  void SetUp() override { ASSERT_GT(anchors_.size(), 100u); }

  VerifyReport Check(const VerifyInput& more = {}) const {
    VerifyInput input = more;
    input.log = log_.get();
    input.snapshots = FindSnapshots(snapshots_);
    return Verify(input);
  }

  // As the engine writes one at the end of a block, and as a forger would: every checksum fits.
  Anchor Snapshot(size_t block) const {
    return Forge(block, [](std::vector<uint8_t>&) {});
  }
  template <typename Change>
  Anchor Forge(size_t block, Change change) const {
    const Anchor at = anchors_[block];
    std::vector<uint8_t> state = LedgerAsOf(*log_, at.sequence)->Save();
    change(state);
    EXPECT_TRUE(engine::WriteSnapshot(snapshots_, {at.sequence, at.chain}, state).ok());
    return at;
  }

  static std::vector<Emitted>* records_;
  testing::TemporaryDirectory temporary_;
  std::string snapshots_ = temporary_.path() + "/snapshots";
  std::unique_ptr<engine::MemoryLog> log_ = LogOf(*records_);
  std::vector<Anchor> anchors_ = AnchorsOf(*log_);  // more than a hundred
};

std::vector<Emitted>* Trust::records_ = nullptr;

TEST_F(Trust, SnapshotsOfThisLogAreEqualByteForByte) {
  Snapshot(10);
  Snapshot(anchors_.size() - 1);
  const VerifyReport report = Check();
  EXPECT_TRUE(report.clean()) << NamesOf(report) << report.findings[0].detail;
  EXPECT_EQ(report.snapshots, 2u);
  EXPECT_EQ(report.snapshots_equal, 2u);
}

TEST_F(Trust, AForgedSnapshotIsFoundThoughEveryChecksumFits) {
  for (const size_t from_end : {1u, 9u, 200u}) {
    Snapshot(anchors_.size() - 1);
    const Anchor forged =
        Forge(20, [&](std::vector<uint8_t>& state) { state[state.size() - from_end] ^= 1; });
    const VerifyReport report = Check();
    ASSERT_EQ(NamesOf(report), fmt::format("snapshot_differs@{} ", forged.sequence));
    EXPECT_EQ(report.findings[0].place, engine::SnapshotPath(snapshots_, forged.sequence));
    EXPECT_EQ(report.snapshots_equal, 1u);
  }
}

TEST_F(Trust, ASnapshotOnAnotherBlockOrOnNoneIsFound) {
  const Anchor at = anchors_[30];
  const auto state = LedgerAsOf(*log_, at.sequence)->Save();
  ASSERT_TRUE(engine::WriteSnapshot(snapshots_, {at.sequence, anchors_[29].chain}, state).ok());
  ASSERT_TRUE(engine::WriteSnapshot(snapshots_, {anchors_[40].sequence + 1, at.chain}, state).ok());
  EXPECT_EQ(NamesOf(Check()), fmt::format("snapshot_differs@{} snapshot_differs@{} ", at.sequence,
                                          anchors_[40].sequence + 1));
}

TEST_F(Trust, ASnapshotThatCannotBeReadIsFound) {
  const Anchor at = Snapshot(30);
  std::filesystem::resize_file(engine::SnapshotPath(snapshots_, at.sequence), 100);
  EXPECT_EQ(NamesOf(Check()), fmt::format("snapshot_unreadable@{} ", at.sequence));
}

TEST_F(Trust, ASnapshotBeyondTheEndSaysThatTheTailIsGone) {
  const Anchor at = Snapshot(anchors_.size() - 1);
  log_ = LogOf({records_->begin(), records_->begin() + static_cast<long>(anchors_[50].sequence)});
  EXPECT_EQ(NamesOf(Check()), fmt::format("snapshot_ahead@{} ", at.sequence));
}

TEST_F(Trust, ASnapshotOfAnotherBuildIsNoFinding) {
  Forge(20, [](std::vector<uint8_t>& state) { state[0] ^= 1; });  // the number of its format
  const VerifyReport report = Check();
  EXPECT_TRUE(report.clean()) << NamesOf(report);
  EXPECT_EQ(report.snapshots_equal, 0u);
  ASSERT_EQ(report.notes.size(), 1u);
  EXPECT_NE(report.notes[0].find("another build"), std::string::npos);
}

TEST_F(Trust, EveryBlockOfTheLogIsAnAnchorThatHolds) {
  VerifyInput input;
  input.expected = anchors_;
  input.expected.push_back({});  // of the empty log
  const VerifyReport report = Check(input);
  EXPECT_TRUE(report.clean()) << NamesOf(report);
  EXPECT_EQ(report.expected, anchors_.size() + 1);
  EXPECT_EQ(report.anchor, anchors_.back());
}

TEST_F(Trust, AnAnchorNamesALogThatWasCut) {
  VerifyInput input;
  input.expected = {Check().anchor};
  log_ = LogOf({records_->begin(), records_->begin() + static_cast<long>(anchors_[60].sequence)});
  EXPECT_TRUE(Check().clean()) << "without an anchor nothing tells a shorter log";
  EXPECT_EQ(NamesOf(Check(input)), fmt::format("anchor_missing@{} ", anchors_.back().sequence));
}

TEST_F(Trust, AnAnchorNamesALogThatWasRewritten) {
  VerifyInput input;
  input.expected = {anchors_[10], anchors_[60]};
  log_ = LogOf(*records_, 11);  // the same records, chained anew
  const std::string found = NamesOf(Check(input));
  EXPECT_EQ(found, fmt::format("anchor_differs@{} anchor_differs@{} ", anchors_[10].sequence,
                               anchors_[60].sequence));
  Anchor other = AnchorsOf(*log_)[10];
  other.chain[31] ^= 1;
  input.expected = {other};
  EXPECT_EQ(NamesOf(Check(input)), fmt::format("anchor_differs@{} ", other.sequence));
  input.expected = {{0, anchors_[0].chain}};
  EXPECT_EQ(NamesOf(Check(input)), "anchor_differs@0 ");
}

TEST_F(Trust, OnlyADurableBlockIsGivenAsAnAnchor) {
  VerifyInput input;
  input.durable = anchors_[70].sequence;
  const VerifyReport report = Check(input);
  EXPECT_EQ(report.anchor, anchors_[70]) << "a power cut may take what is behind HEAD";
  EXPECT_EQ(report.last_block, anchors_.back().chain);
  EXPECT_TRUE(report.clean());
  EXPECT_EQ(report.notes.size(), 1u) << "and it says so";
}

TEST(Anchors, AreReadAsTheyArePrinted) {
  const Anchor anchor{4711, Sha256(AsBytes("block"))};
  const auto read = ParseAnchor(FormatAnchor(anchor));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(*read, anchor);
  const std::string hash = Hex(anchor.chain);
  for (const std::string& wrong :
       {std::string(""), hash, ":" + hash, "12:" + hash.substr(1), "12:" + hash + "0", "-1:" + hash,
        "12 :" + hash, "12:" + hash.substr(2) + "0x", "12:" + hash.substr(2) + "-1",
        "99999999999999999999:" + hash}) {
    EXPECT_FALSE(ParseAnchor(wrong).ok()) << wrong;
  }
}

engine::HeadSlots ThreeSlots() {
  engine::HeadSlots slots;
  for (uint64_t i = 0; i < slots.size(); ++i) {
    // Counters as group commit leaves them: what was not synced was written over, and counted on.
    slots[i] = {engine::HeadSlotState::kWhole,
                {.counter = 10 * (i + 1), .epoch = 1, .last_sequence = 5 * (i + 1)}};
  }
  return slots;
}

TEST(HeadSlots, AreSoundWithWhateverACrashLeaves) {
  EXPECT_TRUE(CheckSlots(ThreeSlots()).findings.empty());
  EXPECT_EQ(CheckSlots(ThreeSlots()).marks.size(), 2u) << "all but the newest";
  engine::HeadSlots made;
  for (uint64_t i = 0; i < made.size(); ++i) {
    made[i] = {engine::HeadSlotState::kWhole, {.counter = i}};
  }
  EXPECT_TRUE(CheckSlots(made).findings.empty()) << "as HEAD is made";
  auto torn = ThreeSlots();
  torn[2] = {engine::HeadSlotState::kTorn, {}};
  torn[0] = {engine::HeadSlotState::kTorn, {}};
  EXPECT_TRUE(CheckSlots(torn).findings.empty());
  EXPECT_EQ(CheckSlots(torn).notes.size(), 2u);
}

TEST(HeadSlots, ThatNoCrashLeavesAreFound) {
  auto wiped = ThreeSlots();
  wiped[1] = {};
  ASSERT_EQ(CheckSlots(wiped).findings.size(), 1u);
  EXPECT_EQ(CheckSlots(wiped).findings[0].name, "head_slot_blank");
  EXPECT_EQ(CheckSlots(wiped).findings[0].place, "HEAD slot 1");
  auto copied = ThreeSlots();
  copied[2] = copied[1];
  ASSERT_EQ(CheckSlots(copied).findings.size(), 1u);
  EXPECT_EQ(CheckSlots(copied).findings[0].name, "head_slots_disagree");
  auto backwards = ThreeSlots();
  backwards[2].mark.last_sequence = 9;
  EXPECT_EQ(CheckSlots(backwards).findings.size(), 1u);
}

TEST_F(Trust, AnOlderSlotOfHeadNamesABlockOfTheLog) {
  VerifyInput input;
  input.head = ThreeSlots();
  for (size_t i = 0; i < 3; ++i) {
    (*input.head)[i].mark.last_sequence = anchors_[i].sequence;
    (*input.head)[i].mark.last_block = anchors_[i].chain;
  }
  EXPECT_TRUE(Check(input).clean()) << NamesOf(Check(input));
  (*input.head)[1].mark.last_block[7] ^= 1;
  EXPECT_EQ(NamesOf(Check(input)), fmt::format("head_block_differs@{} ", anchors_[1].sequence));
}

}  // namespace
}  // namespace longmen::replay
