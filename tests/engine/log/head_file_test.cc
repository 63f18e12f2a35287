#include "engine/rocks_reader/head_file.h"

#include <gtest/gtest.h>

#include "tests/support/lossy_fs/lossy_fs.h"
#include "tests/support/rocks_fixture/rocks_fixture.h"

namespace longmen::engine {
namespace {

HeadMark SomeMark() {
  HeadMark mark;
  mark.counter = 0x0102030405060708;
  mark.epoch = 0x1112131415161718;
  mark.last_sequence = 0x2122232425262728;
  for (size_t i = 0; i < mark.last_block.size(); ++i) {
    mark.last_block[i] = static_cast<uint8_t>(0xa0 + i);
  }
  return mark;
}

TEST(HeadFile, KeepsItsBytesForEver) {
  const auto bytes = EncodeHead(SomeMark());
  EXPECT_EQ(Hex(Bytes(bytes).first(64)),
            "4c4d4831"
            "01000000"
            "0807060504030201"
            "1817161514131211"
            "2827262524232221"
            "a0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebf");
  EXPECT_EQ(DecodeHead(bytes), SomeMark());
}

TEST(HeadFile, RefusesASlotWithAnyBitFlipped) {
  const auto bytes = EncodeHead(SomeMark());
  for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    auto damaged = bytes;
    damaged[bit / 8] = static_cast<uint8_t>(damaged[bit / 8] ^ 1 << bit % 8);
    EXPECT_FALSE(DecodeHead(damaged).has_value()) << "bit " << bit;
  }
  EXPECT_FALSE(DecodeHead(Bytes(bytes).first(79)).has_value());
}

class HeadOnDisk : public RocksFixture {
 protected:
  Result<std::optional<HeadState>> Read() {
    testing::LossyFs plain(temporary_.Sub("graves"), 1);
    return ReadHead(plain, directory_);
  }
  std::string HeadFile() const { return directory_ + "/HEAD"; }
};

TEST_F(HeadOnDisk, NamesTheLastBlock) {
  AppendBlocks(6, 4);
  const auto head = Read().value();
  ASSERT_TRUE(head.has_value());
  const LogHead after = testing::HeadAfter(blocks_.back());
  EXPECT_EQ(head->mark.last_sequence, after.next_sequence - 1);
  EXPECT_EQ(head->mark.last_block, after.previous);
  EXPECT_EQ(head->mark.epoch, 4u);
  EXPECT_EQ(std::filesystem::file_size(HeadFile()), kHeadFileBytes);
}

TEST_F(HeadOnDisk, IsExactBeforeAnAppendIsAnswered) {
  auto log = OpenLog();
  for (int i = 0; i < 5; ++i) {
    AppendBlocks(*log, 1);
    EXPECT_EQ(Read().value()->mark.last_sequence, log->AckedFrontier());
  }
}

TEST_F(HeadOnDisk, FallsBackToAnOlderSlotWhenOneIsTorn) {
  AppendBlocks(6);
  const auto newest = Read().value();
  auto files = FilesOf(directory_);
  files["HEAD"][newest->slot * kHeadSlotStride + 24] ^= 1;
  WriteFiles(directory_, files);
  const auto older = Read().value();
  ASSERT_TRUE(older.has_value());
  EXPECT_LT(older->mark.counter, newest->mark.counter);
  ExpectAll(*OpenLog());
}

TEST_F(HeadOnDisk, HoldsAMarkInEverySlotFromTheFirstMomentOn) {
  const auto log = OpenLog();
  testing::LossyFs plain(temporary_.Sub("graves"), 1);
  const HeadSlots slots = ReadHeadSlots(plain, directory_).value().value();
  for (const HeadSlot& slot : slots) {
    EXPECT_EQ(slot.state, HeadSlotState::kWhole);
  }
}

// Whichever slot a power cut left whole.
TEST_F(HeadOnDisk, IsMendedByTheNextOpening) {
  AppendBlocks(6);
  const auto mark = EncodeHead(Read().value()->mark);
  testing::LossyFs plain(temporary_.Sub("slots"), 1);
  for (size_t whole = 0; whole < kHeadSlots; ++whole) {
    auto files = FilesOf(directory_);
    for (size_t slot = 0; slot < kHeadSlots; ++slot) {
      files["HEAD"].replace(slot * kHeadSlotStride, mark.size(), AsText(mark));
      if (slot != whole) files["HEAD"][slot * kHeadSlotStride + 24] ^= 1;
    }
    WriteFiles(directory_, files);
    const auto torn = ReadHeadSlots(plain, directory_).value();
    for (size_t slot = 0; slot < kHeadSlots; ++slot) {
      EXPECT_EQ((*torn)[slot].state, slot == whole ? HeadSlotState::kWhole : HeadSlotState::kTorn);
    }
    AppendBlocks(0, 2);
    const HeadSlots slots = ReadHeadSlots(plain, directory_).value().value();
    for (const HeadSlot& slot : slots) {
      EXPECT_EQ(slot.state, HeadSlotState::kWhole) << "found whole: " << whole;
    }
  }
}

TEST_F(HeadOnDisk, IsCorruptWhenNoSlotCanBeRead) {
  AppendBlocks(6);
  auto files = FilesOf(directory_);
  files["HEAD"].assign(kHeadFileBytes, '\0');
  WriteFiles(directory_, files);
  EXPECT_EQ(Read().error().code, Code::CORRUPT);
  EXPECT_EQ(RocksLog::OpenDirectory(Options()).error().code, Code::CORRUPT);
  EXPECT_EQ(OpenReader().error().code, Code::CORRUPT);
}

}  // namespace
}  // namespace longmen::engine
