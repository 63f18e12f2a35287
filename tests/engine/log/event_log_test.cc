// What every EventLog promises, held against each implementation.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "engine/log/memory_log.h"
#include "engine/rocks_writer/rocks_log.h"
#include "tests/support/test_blocks/test_blocks.h"

namespace longmen::engine {

// Names itself in test listings.
void PrintTo(AppendOutcome outcome, std::ostream* out) {
  static constexpr const char* kNames[] = {"ok", "fenced", "conflict", "unknown", "full"};
  *out << kNames[static_cast<int>(outcome)];
}

namespace {

using testing::HeadAfter;
using testing::MakeBlock;

constexpr Nanos kAtOnce = 0;
constexpr Nanos kLongEnough = 20 * kNanosPerSecond;

BuiltBlock Build(uint64_t epoch, const LogHead& head) {
  BlockBuilder builder;
  for (Sequence i = 0; i < 3; ++i) {
    const std::vector<uint8_t> proposal(8 * (i + 1), static_cast<uint8_t>(i));
    builder.Add({.sequence = head.next_sequence + i, .rules_version = 1}, proposal);
  }
  return builder.Build(epoch, head.previous);
}

// Makes a log, and makes it again from what it left.
class LogMaker {
 public:
  virtual ~LogMaker() = default;
  virtual EventLog& log() = 0;
  virtual void Reopen() = 0;
};

class MemoryMaker final : public LogMaker {
 public:
  EventLog& log() override { return log_; }
  void Reopen() override {}  // memory that is gone is gone: the same object stands for the disk

 private:
  MemoryLog log_;
};

class RocksMaker final : public LogMaker {
 public:
  RocksMaker() { Reopen(); }
  EventLog& log() override { return *log_; }
  void Reopen() override {
    log_.reset();
    RocksLogOptions options;
    options.directory = directory_.path() + "/ledger";
    auto opened = RocksLog::OpenDirectory(options);
    CHECK(opened.ok(), "test.open", opened.error().message);
    log_ = std::move(*opened);
  }

 private:
  testing::TemporaryDirectory directory_;
  std::unique_ptr<RocksLog> log_;
};

class EventLogTest : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (GetParam() == "Memory") maker_ = std::make_unique<MemoryMaker>();
    if (GetParam() == "Rocks") maker_ = std::make_unique<RocksMaker>();
  }

  EventLog& log() { return maker_->log(); }

  // Appends the intended next blocks and returns them.
  std::vector<std::vector<uint8_t>> Append(size_t count, LogHead& head, uint64_t epoch = 1) {
    std::vector<std::vector<uint8_t>> blocks;
    for (size_t i = 0; i < count; ++i) {
      blocks.push_back(MakeBlock(7, epoch, head));
      EXPECT_EQ(log().Append(epoch, head, blocks.back()), AppendOutcome::kOk);
      head = HeadAfter(blocks.back());
    }
    return blocks;
  }

  std::unique_ptr<LogMaker> maker_;
};

TEST_P(EventLogTest, StartsEmptyAtSequenceOne) {
  EXPECT_EQ(log().Open(1).value(), LogHead{});
  EXPECT_EQ(log().AckedFrontier(), 0u);
  EXPECT_TRUE(log().Read(1, 100).value().empty());
  EXPECT_TRUE(log().Follow(0, 100, kAtOnce).value().empty());
}

TEST_P(EventLogTest, KeepsBlocksInOrderAndByteForByte) {
  LogHead head = log().Open(1).value();
  const auto blocks = Append(20, head);
  EXPECT_EQ(log().AckedFrontier(), head.next_sequence - 1);
  EXPECT_TRUE(testing::AllBlocks(log()).value() == blocks);
}

TEST_P(EventLogTest, ReadsTheBlockThatHoldsASequence) {
  LogHead head = log().Open(1).value();
  const auto blocks = Append(10, head);
  Sequence first = 1;
  for (const auto& block : blocks) {
    const Sequence next = HeadAfter(block).next_sequence;
    for (Sequence from = first; from < next; ++from) {
      const auto read = log().Read(from, 1).value();
      ASSERT_EQ(read.size(), 1u);
      EXPECT_TRUE(std::ranges::equal(read[0].bytes(), block)) << "from " << from;
    }
    first = next;
  }
}

TEST_P(EventLogTest, ReadsAboutAsManyBytesAsAsked) {
  LogHead head = log().Open(1).value();
  const auto blocks = Append(10, head);
  EXPECT_EQ(log().Read(1, 1).value().size(), 1u);
  EXPECT_EQ(log().Read(1, blocks[0].size() + 1).value().size(), 2u);
  EXPECT_EQ(log().Read(1, 1u << 30).value().size(), 10u);
  EXPECT_EQ(log().Read(0, 1u << 30).value().size(), 10u);
}

TEST_P(EventLogTest, RefusesABlockThatIsNotAtTheHead) {
  LogHead head = log().Open(1).value();
  const LogHead empty = head;
  const auto first = Append(1, head)[0];
  LogHead wrong_next = head;
  ++wrong_next.next_sequence;
  LogHead wrong_previous = head;
  wrong_previous.previous[5] ^= 1;

  EXPECT_EQ(log().Append(1, empty, first), AppendOutcome::kConflict);
  EXPECT_EQ(log().Append(1, wrong_next, MakeBlock(7, 1, wrong_next)), AppendOutcome::kConflict);
  EXPECT_EQ(log().Append(1, wrong_previous, MakeBlock(7, 1, wrong_previous)),
            AppendOutcome::kConflict);
  EXPECT_EQ(log().AckedFrontier(), head.next_sequence - 1);
  EXPECT_EQ(testing::AllBlocks(log()).value().size(), 1u);
}

TEST_P(EventLogTest, RefusesABlockThatSaysOtherThanItsCaller) {
  LogHead head = log().Open(1).value();
  Append(1, head);
  LogHead elsewhere = head;
  elsewhere.next_sequence += 3;
  LogHead other_previous = head;
  other_previous.previous[0] ^= 1;
  EXPECT_EQ(log().Append(1, head, MakeBlock(7, 1, elsewhere)), AppendOutcome::kConflict);
  EXPECT_EQ(log().Append(1, head, MakeBlock(7, 1, other_previous)), AppendOutcome::kConflict);
  EXPECT_EQ(log().Append(1, head, MakeBlock(7, 2, head)), AppendOutcome::kConflict);

  auto damaged = MakeBlock(7, 1, head);
  damaged.back() ^= 1;
  EXPECT_EQ(log().Append(1, head, damaged), AppendOutcome::kConflict);
  EXPECT_EQ(log().Append(1, head, Bytes()), AppendOutcome::kConflict);
  EXPECT_EQ(log().AckedFrontier(), head.next_sequence - 1);
  Append(1, head);
}

TEST_P(EventLogTest, TakesWhatABuilderMade) {
  const LogHead head = log().Open(1).value();
  const BuiltBlock built = Build(1, head);
  EXPECT_EQ(log().Append(1, head, built), AppendOutcome::kOk);
  EXPECT_EQ(log().Resolve(1).value(), HeadAfter(built.bytes()));
  const auto stored = testing::AllBlocks(log()).value();
  ASSERT_EQ(stored.size(), 1u);
  EXPECT_TRUE(std::ranges::equal(stored[0], built.bytes()));
}

TEST_P(EventLogTest, RefusesWhatABuilderMadeForAnotherPlace) {
  LogHead head = log().Open(1).value();
  Append(1, head);
  LogHead elsewhere = head;
  ++elsewhere.next_sequence;
  LogHead other_previous = head;
  other_previous.previous[31] ^= 1;
  EXPECT_EQ(log().Append(1, head, Build(1, elsewhere)), AppendOutcome::kConflict);
  EXPECT_EQ(log().Append(1, head, Build(1, other_previous)), AppendOutcome::kConflict);
  EXPECT_EQ(log().Append(1, head, Build(2, head)), AppendOutcome::kConflict);
  EXPECT_EQ(log().Append(1, elsewhere, Build(1, elsewhere)), AppendOutcome::kConflict);
  EXPECT_EQ(testing::AllBlocks(log()).value().size(), 1u);
  EXPECT_EQ(log().Append(1, head, Build(1, head)), AppendOutcome::kOk);
}

TEST_P(EventLogTest, TakesABlockAtAnyAddress) {
  const LogHead head = log().Open(1).value();
  auto shifted = MakeBlock(7, 1, head);
  shifted.insert(shifted.begin(), 0);
  EXPECT_EQ(log().Append(1, head, Bytes(shifted).subspan(1)), AppendOutcome::kOk);
}

TEST_P(EventLogTest, TakesNothingBeforeItIsOpened) {
  EXPECT_EQ(log().Append(1, LogHead{}, MakeBlock(7, 1, LogHead{})), AppendOutcome::kFenced);
  EXPECT_EQ(log().Resolve(1).error().code, Code::FENCED);
}

TEST_P(EventLogTest, FencesEveryLowerEpoch) {
  LogHead head = log().Open(3).value();
  Append(1, head, 3);
  EXPECT_EQ(log().Open(2).error().code, Code::FENCED);
  EXPECT_EQ(log().Append(2, head, MakeBlock(7, 2, head)), AppendOutcome::kFenced);

  EXPECT_EQ(log().Open(5).value(), head);
  EXPECT_EQ(log().Append(3, head, MakeBlock(7, 3, head)), AppendOutcome::kFenced);
  EXPECT_EQ(log().Resolve(3).error().code, Code::FENCED);
  EXPECT_EQ(log().AckedFrontier(), head.next_sequence - 1);
  Append(1, head, 5);
}

TEST_P(EventLogTest, RemembersTheEpochWithoutABlock) {
  ASSERT_TRUE(log().Open(9).ok());
  maker_->Reopen();
  EXPECT_EQ(log().Open(8).error().code, Code::FENCED);
  EXPECT_TRUE(log().Open(9).ok());
}

TEST_P(EventLogTest, GoesOnAfterReopening) {
  LogHead head = log().Open(1).value();
  std::vector<std::vector<uint8_t>> all;
  for (uint64_t epoch = 1; epoch <= 5; ++epoch) {
    EXPECT_EQ(log().Open(epoch).value(), head);
    for (auto& block : Append(4, head, epoch)) all.push_back(std::move(block));
    maker_->Reopen();
  }
  EXPECT_EQ(log().AckedFrontier(), head.next_sequence - 1);
  EXPECT_TRUE(testing::AllBlocks(log()).value() == all);
}

TEST_P(EventLogTest, ResolvesToItsHeadWhenNothingIsUnknown) {
  LogHead head = log().Open(1).value();
  Append(2, head);
  EXPECT_EQ(log().Resolve(1).value(), head);
  Append(1, head);
}

TEST_P(EventLogTest, FollowsWhatIsAppended) {
  LogHead head = log().Open(1).value();
  Append(1, head);
  const Sequence before = log().AckedFrontier();
  std::vector<StoredBlock> followed;
  std::thread follower([&] { followed = log().Follow(before, 1, kLongEnough).value(); });
  const auto block = Append(1, head)[0];
  follower.join();
  ASSERT_EQ(followed.size(), 1u);
  EXPECT_TRUE(std::ranges::equal(followed[0].bytes(), block));
}

TEST_P(EventLogTest, NeverShowsAReaderMoreThanItAcknowledged) {
  LogHead head = log().Open(1).value();
  std::atomic<bool> done = false;
  std::atomic<uint64_t> reads = 0;
  std::thread reader([&] {
    Sequence next = 1;
    while (!done || next <= log().AckedFrontier()) {
      const auto blocks = log().Follow(next - 1, 2000, kNanosPerSecond / 1000).value();
      const Sequence frontier = log().AckedFrontier();
      for (const auto& block : blocks) {
        const LogHead after = HeadAfter(block.bytes());
        ASSERT_LE(after.next_sequence - 1, frontier);
        next = after.next_sequence;
        ++reads;
      }
    }
  });
  Append(40, head);
  done = true;
  reader.join();
  EXPECT_EQ(reads, 40u);
}

INSTANTIATE_TEST_SUITE_P(Every, EventLogTest, ::testing::Values("Memory", "Rocks"),
                         [](const auto& each) { return each.param; });

}  // namespace
}  // namespace longmen::engine
