#include <gtest/gtest.h>

#include <functional>

#include "engine/log/memory_log.h"
#include "tests/support/test_blocks/test_blocks.h"

namespace longmen::engine {
namespace {

using testing::MakeBlock;

// A log whose storage hands out whatever a test put there.
class DamagedLog final : public LogReader {
 public:
  explicit DamagedLog(size_t blocks) {
    LogHead head;
    for (size_t i = 0; i < blocks; ++i) {
      blocks_.push_back(MakeBlock(3, 1, head));
      first_.push_back(head.next_sequence);
      head = testing::HeadAfter(blocks_.back());
    }
    frontier_ = head.next_sequence - 1;
  }

  Sequence AckedFrontier() const override { return frontier_; }
  Result<std::vector<StoredBlock>> Read(Sequence from, size_t) const override {
    std::vector<StoredBlock> found;
    for (size_t i = 0; i < blocks_.size(); ++i) {
      const bool last_at_or_before = i + 1 == blocks_.size() || first_[i + 1] > from;
      if (last_at_or_before && from <= frontier_) {
        found.emplace_back(blocks_[i]);
        break;
      }
    }
    return found;
  }
  Result<std::vector<StoredBlock>> Follow(Sequence after, size_t bytes, Nanos) const override {
    return Read(after + 1, bytes);
  }

  std::vector<std::vector<uint8_t>> blocks_;
  std::vector<Sequence> first_;
  Sequence frontier_ = 0;
};

Status Visit(const LogReader& log, Sequence from, std::vector<Sequence>& seen) {
  return ForEachRecord(log, from, [&](const RecordView& record) {
    seen.push_back(record.header.sequence);
    return Ok();
  });
}

TEST(ForEachRecord, VisitsEveryRecordOnceFromAnyStart) {
  const DamagedLog log(30);
  for (Sequence from = 0; from <= log.frontier_ + 2; ++from) {
    std::vector<Sequence> seen;
    ASSERT_TRUE(Visit(log, from, seen).ok());
    std::vector<Sequence> expected;
    for (Sequence s = std::max<Sequence>(from, 1); s <= log.frontier_; ++s) expected.push_back(s);
    EXPECT_EQ(seen, expected) << "from " << from;
  }
}

TEST(ForEachRecord, EndsWithTheErrorOfItsVisitor) {
  const DamagedLog log(3);
  size_t visits = 0;
  const auto status = ForEachRecord(log, 1, [&](const RecordView&) -> Status {
    if (++visits == 2) return Error{Code::USAGE, "here", "enough"};
    return Ok();
  });
  EXPECT_EQ(status.error().field, "here");
  EXPECT_EQ(visits, 2u);
}

TEST(ForEachRecord, NamesTheBlockWithAFlippedBit) {
  const DamagedLog whole(12);
  for (size_t i = 0; i < whole.blocks_.size(); ++i) {
    for (size_t at = 0; at < whole.blocks_[i].size(); at += 13) {
      DamagedLog log = whole;
      log.blocks_[i][at] ^= 4;
      std::vector<Sequence> seen;
      const auto status = Visit(log, 1, seen);
      ASSERT_FALSE(status.ok()) << "block " << i << " byte " << at;
      EXPECT_EQ(status.error().code, Code::CORRUPT);
      EXPECT_NE(status.error().message.find("sequence " + std::to_string(log.first_[i])),
                std::string::npos)
          << status.error().message;
      EXPECT_EQ(seen.size(), log.first_[i] - 1) << "visited records of a damaged block";
    }
  }
}

TEST(ForEachRecord, FindsAMissingBlock) {
  for (size_t lost = 0; lost < 6; ++lost) {
    DamagedLog log(6);
    const Sequence first = log.first_[lost];
    log.blocks_.erase(log.blocks_.begin() + static_cast<std::ptrdiff_t>(lost));
    log.first_.erase(log.first_.begin() + static_cast<std::ptrdiff_t>(lost));
    std::vector<Sequence> seen;
    EXPECT_EQ(Visit(log, 1, seen).error().code, Code::CORRUPT) << "block " << lost;
    EXPECT_EQ(Visit(log, first, seen).error().code, Code::CORRUPT) << "block " << lost;
  }
}

TEST(ForEachRecord, FindsABlockThatNamesAnotherPredecessor) {
  DamagedLog log(6);
  LogHead forged;
  forged.next_sequence = log.first_[3];
  log.blocks_[3] = MakeBlock(3, 1, forged);
  std::vector<Sequence> seen;
  EXPECT_EQ(Visit(log, 1, seen).error().field, "block.previous");
  EXPECT_EQ(Visit(log, log.first_[3], seen).error().field, "block.previous");
}

TEST(ForEachRecord, FindsAnEpochThatGoesBack) {
  DamagedLog log(0);
  LogHead head;
  for (const uint64_t epoch : {2u, 2u, 1u}) {
    log.blocks_.push_back(MakeBlock(3, epoch, head));
    log.first_.push_back(head.next_sequence);
    head = testing::HeadAfter(log.blocks_.back());
  }
  log.frontier_ = head.next_sequence - 1;
  std::vector<Sequence> seen;
  EXPECT_EQ(Visit(log, 1, seen).error().field, "block.epoch");
}

}  // namespace
}  // namespace longmen::engine
