// Blocks: what is written comes back, and any damage is found and named.
#include "events/block/block.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "events/block/little_endian.h"

namespace longmen {
namespace {

RecordHeader Header(Sequence sequence, uint16_t index = 0, uint16_t size = 1) {
  return {.sequence = sequence,
          .recorded_at = 1614560400000000000 + static_cast<Nanos>(sequence),
          .cycle = 3,
          .book_date = 18687,
          .rules_version = 1,
          .exception = Code::EXCEEDS_ORDER,
          .group_index = index,
          .group_size = size};
}

std::vector<uint8_t> Proposal(uint8_t fill, size_t size) {
  return std::vector<uint8_t>(size, fill);
}

// Three records: one alone and a group of two.
std::vector<uint8_t> SomeBlock() {
  BlockBuilder builder;
  builder.Add(Header(7), Proposal(1, 24));
  builder.Add(Header(8, 0, 2), Proposal(2, 0));
  builder.Add(Header(9, 1, 2), Proposal(3, 48));
  Digest256 previous{};
  previous[0] = 0xaa;
  return builder.Finish(5, previous);
}

// Parses a copy at an aligned address.
std::string Verdict(const std::vector<uint8_t>& bytes) {
  const auto words = AlignedCopy(bytes);
  const auto view = BlockView::Parse(WordBytes(words, bytes.size()));
  return view.ok() ? "ok" : Describe(view.error());
}

// Makes the checksum right again, so that what lies behind it is looked at. The checksum's rule is
// written out a second time, as block.h states it.
void Reseal(std::vector<uint8_t>& block) {
  const Bytes bytes(block);
  const Hash128 head = Xxh3(bytes.first(64));
  const Hash128 body = Xxh3(bytes.subspan(80));
  uint8_t both[32];
  PutLittle(both, head.low);
  PutLittle(both + 8, head.high);
  PutLittle(both + 16, body.low);
  PutLittle(both + 24, body.high);
  const Hash128 whole = Xxh3(both);
  PutLittle(block.data() + 64, whole.low);
  PutLittle(block.data() + 72, whole.high);
}

TEST(Block, GivesBackWhatWasWritten) {
  const auto bytes = SomeBlock();
  const auto words = AlignedCopy(bytes);
  const auto view = BlockView::Parse(WordBytes(words, bytes.size()));
  ASSERT_TRUE(view.ok()) << Describe(view.error());
  EXPECT_EQ(view->header().first_sequence, 7u);
  EXPECT_EQ(view->header().last_sequence(), 9u);
  EXPECT_EQ(view->header().epoch, 5u);
  EXPECT_EQ(view->header().count, 3u);
  EXPECT_EQ(view->header().previous[0], 0xaa);
  ASSERT_EQ(view->records().size(), 3u);
  EXPECT_EQ(view->records()[0].header, Header(7));
  EXPECT_EQ(view->records()[2].header, Header(9, 1, 2));
  EXPECT_EQ(Hex(view->records()[2].proposal), Hex(Proposal(3, 48)));
  EXPECT_EQ(view->records()[2].leaf.size(), kRecordHeaderBytes + 48);
  EXPECT_TRUE(view->records()[1].proposal.empty());
}

TEST(Block, IsEmptyAgainAfterFinish) {
  BlockBuilder builder;
  builder.Add(Header(1), Proposal(1, 8));
  EXPECT_EQ(builder.count(), 1u);
  EXPECT_EQ(builder.bytes(), kBlockHeaderBytes + kRecordHeaderBytes + 8);
  const auto first = builder.Finish(1, {});
  EXPECT_TRUE(builder.empty());
  builder.Add(Header(1), Proposal(1, 8));
  EXPECT_EQ(builder.Finish(1, {}), first);
}

TEST(Block, KnowsItselfWhenItIsBuilt) {
  BlockBuilder builder;
  builder.Add(Header(7, 0, 2), Proposal(1, 24));
  builder.Add(Header(8, 1, 2), Proposal(2, 8));
  Digest256 previous{};
  previous[3] = 0x55;
  const BuiltBlock built = builder.Build(5, previous);
  const auto words = AlignedCopy(built.bytes());
  const auto view = BlockView::Parse(WordBytes(words, built.bytes().size()));
  ASSERT_TRUE(view.ok()) << Describe(view.error());
  EXPECT_EQ(view->header(), built.header());
  EXPECT_EQ(Hex(built.sha256()), Hex(Sha256(built.bytes())));
}

TEST(Block, FindsAFlippedBitAnywhere) {
  const auto whole = SomeBlock();
  for (size_t bit = 0; bit < whole.size() * 8; ++bit) {
    auto damaged = whole;
    damaged[bit / 8] = static_cast<uint8_t>(damaged[bit / 8] ^ 1u << bit % 8);
    EXPECT_NE(Verdict(damaged), "ok") << "bit " << bit;
  }
}

TEST(Block, FindsEveryTruncationAndEveryAddition) {
  auto whole = SomeBlock();
  for (size_t size = 0; size < whole.size(); ++size) {
    EXPECT_NE(Verdict({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)}), "ok")
        << size;
  }
  whole.push_back(0);
  EXPECT_EQ(Verdict(whole), "corrupt at block.payloadSize: says 192 bytes, has 193");
}

TEST(Block, NamesWhatIsWrongBehindARightChecksum) {
  const auto with = [](auto change) {
    auto block = SomeBlock();
    change(block.data());
    Reseal(block);
    const std::string verdict = Verdict(block);
    return verdict.substr(0, verdict.find(':'));
  };
  constexpr size_t kFirst = kBlockHeaderBytes;
  constexpr size_t kSecond = kFirst + kRecordHeaderBytes + 24;
  constexpr size_t kThird = kSecond + kRecordHeaderBytes;
  EXPECT_EQ(with([](uint8_t*) {}), "ok");
  EXPECT_EQ(with([](uint8_t* b) { b[0] = 'X'; }), "corrupt at block.magic");
  EXPECT_EQ(with([](uint8_t* b) { PutLittle(b + 4, uint32_t{0}); }), "corrupt at block.count");
  EXPECT_EQ(with([](uint8_t* b) { PutLittle(b + 4, uint32_t{2}); }),
            "corrupt at block.payloadSize");
  EXPECT_EQ(with([](uint8_t* b) { PutLittle(b + 4, uint32_t{1}); }),
            "corrupt at block.payloadSize");
  EXPECT_EQ(with([](uint8_t* b) { PutLittle(b + 4, uint32_t{4}); }), "corrupt at record");
  EXPECT_EQ(with([](uint8_t* b) { PutLittle(b + 4, UINT32_MAX); }), "corrupt at block.count");
  EXPECT_EQ(with([](uint8_t* b) { b[28] = 1; }), "corrupt at block.count");
  EXPECT_EQ(with([](uint8_t* b) { PutLittle(b + kSecond, uint64_t{9}); }),
            "corrupt at record.sequence");
  EXPECT_EQ(with([](uint8_t* b) { PutLittle(b + kFirst + 24, uint32_t{23}); }),
            "corrupt at record.size");
  EXPECT_EQ(with([](uint8_t* b) { PutLittle(b + kThird + 24, uint32_t{56}); }),
            "corrupt at record.size");
  EXPECT_EQ(with([](uint8_t* b) { PutLittle(b + kThird + 24, UINT32_MAX - 7); }),
            "corrupt at record.size");
}

TEST(Block, KeepsGroupsWhole) {
  const auto with = [](uint16_t first_index, uint16_t first_size, uint16_t second_index,
                       uint16_t second_size) {
    auto block = SomeBlock();
    constexpr size_t kSecond = kBlockHeaderBytes + kRecordHeaderBytes + 24;
    constexpr size_t kThird = kSecond + kRecordHeaderBytes;
    PutLittle(block.data() + kSecond + 36, first_index);
    PutLittle(block.data() + kSecond + 38, first_size);
    PutLittle(block.data() + kThird + 36, second_index);
    PutLittle(block.data() + kThird + 38, second_size);
    Reseal(block);
    return Verdict(block);
  };
  EXPECT_EQ(with(0, 2, 1, 2), "ok");
  EXPECT_EQ(with(0, 1, 0, 1), "ok");
  EXPECT_EQ(with(0, 3, 1, 3), "corrupt at record.group: the block ends inside a group");
  EXPECT_EQ(with(1, 2, 0, 1), "corrupt at record.group: group broken at sequence 8");
  EXPECT_EQ(with(0, 2, 0, 1), "corrupt at record.group: group broken at sequence 9");
  EXPECT_EQ(with(0, 2, 1, 3), "corrupt at record.group: group broken at sequence 9");
  EXPECT_EQ(with(0, 1, 0, 0), "corrupt at record.group: group broken at sequence 9");
}

TEST(Block, RandomBytesNeverPass) {
  const char* given = std::getenv("LONGMEN_SEED");
  const uint64_t seed = given != nullptr ? std::strtoull(given, nullptr, 10) : 20260301;
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  for (int round = 0; round < 5000; ++round) {
    std::vector<uint8_t> bytes(random() % 400);
    for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random());
    if (bytes.size() >= kBlockHeaderBytes && round % 2 == 0) {
      PutLittle(bytes.data(), uint32_t{0x31424d4c});
      PutLittle(bytes.data() + 24, static_cast<uint32_t>(bytes.size() - kBlockHeaderBytes));
      PutLittle(bytes.data() + 4, static_cast<uint32_t>(random() % 4));
      if (round % 4 == 0) Reseal(bytes);
    }
    EXPECT_NE(Verdict(bytes), "ok");
  }
}

TEST(Record, HoldsTheLargestProposal) {
  std::vector<uint8_t> bytes;
  AppendRecord(Header(1), Proposal(1, kProposalBytesMax), bytes);
  EXPECT_LE(bytes.size(), kLeafBytesMax);
  const auto record = ReadRecord(bytes);
  ASSERT_TRUE(record.ok());
  EXPECT_EQ(record->proposal.size(), kProposalBytesMax);
}

using BlockDeathTest = testing::Test;

TEST(BlockDeathTest, ABugInTheWriterStopsIt) {
  EXPECT_DEATH(
      {
        BlockBuilder builder;
        builder.Add(Header(1), Proposal(1, 8));
        builder.Add(Header(3), Proposal(1, 8));
      },
      "block.sequence");
  EXPECT_DEATH(BlockBuilder().Finish(1, {}), "block.empty");
  EXPECT_DEATH(BlockBuilder().Build(1, {}), "block.empty");
}

TEST(BlockDeathTest, ABuilderKeepsGroupsWhole) {
  const auto with = [](std::vector<RecordHeader> headers) {
    BlockBuilder builder;
    for (const RecordHeader& header : headers) builder.Add(header, Proposal(1, 8));
    builder.Build(1, {});
  };
  with({Header(1, 0, 2), Header(2, 1, 2), Header(3)});
  EXPECT_DEATH(with({Header(1, 1, 2)}), "block.group");
  EXPECT_DEATH(with({Header(1, 0, 2), Header(2)}), "block.group");
  EXPECT_DEATH(with({Header(1, 0, 2), Header(2, 1, 3)}), "block.group");
  EXPECT_DEATH(with({Header(1, 0, 0)}), "block.group");
  EXPECT_DEATH(with({Header(1, 0, 2)}), "block.group");
}

}  // namespace
}  // namespace longmen
