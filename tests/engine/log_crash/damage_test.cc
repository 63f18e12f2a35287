// Damage at rest: whatever bit is flipped and wherever a file is cut, the log is refused, or the
// reader meets an error, or every block reads back as it was written. Never fewer blocks, never
// other ones, never a crash.
#include <iostream>
#include <random>

#include "tests/support/rocks_fixture/rocks_fixture.h"

namespace longmen::engine {
namespace {

struct Tally {
  int refused = 0;   // at the opening
  int found = 0;     // while reading
  int harmless = 0;  // every block as it was written
};

class Damage : public RocksFixture {
 protected:
  // A log with several tables, a WAL with blocks in it, and HEAD; in several sessions.
  void MakeLog() {
    auto options = Options();
    options.write_buffer_bytes = 64u << 10;
    for (uint64_t epoch = 1; epoch <= 3; ++epoch) {
      auto log = RocksLog::OpenDirectory(options).value();
      LogHead head = log->Open(epoch).value();
      for (int i = 0; i < 9; ++i) {
        blocks_.push_back(testing::MakeBlockOfBytes(5, epoch, head, 9'000));
        ASSERT_EQ(log->Append(epoch, head, blocks_.back()), AppendOutcome::kOk);
        head = testing::HeadAfter(blocks_.back());
      }
    }
    whole_ = FilesOf(directory_);
  }

  void Judge(const Result<std::vector<std::vector<uint8_t>>>& read, Tally& tally) {
    if (!read.ok()) {
      EXPECT_EQ(read.error().code, Code::CORRUPT) << Describe(read.error());
      ++tally.found;
      return;
    }
    EXPECT_TRUE(*read == blocks_) << testing::Compare(*read, blocks_);
    ++tally.harmless;
  }

  void ReadAsAuditor(Tally& tally) {
    const auto reader = OpenReader();
    if (reader.ok()) return Judge(testing::AllBlocks(**reader), tally);
    ++tally.refused;
    // An auditor who insists gets as far as the damage lets him, and never an untrue block.
    const auto insisting = OpenReader(ReadTo::kTail, true);
    if (!insisting.ok()) return;
    const auto read = testing::AllBlocks(**insisting);
    if (!read.ok()) return;
    EXPECT_FALSE((*insisting)->CheckHead().ok());
    EXPECT_TRUE(read->size() <= blocks_.size() &&
                std::equal(read->begin(), read->end(), blocks_.begin()))
        << testing::Compare(*read, blocks_);
  }

  void OpenAsWriter(Tally& tally) {
    const auto log = RocksLog::OpenDirectory(Options());
    if (log.ok()) return Judge(testing::AllBlocks(**log), tally);
    ++tally.refused;
  }

  void Print(const char* who, const Tally& tally) {
    std::cout << who << ": " << tally.refused << " refused, " << tally.found << " found, "
              << tally.harmless << " harmless" << std::endl;
  }

  Files whole_;
};

TEST_F(Damage, OfAnyBitIsFoundOrHarmlessToTheReader) {
  MakeLog();
  std::mt19937_64 random(testing::SeedOr(4));
  Tally tally;
  for (const auto& [name, bytes] : whole_) {
    if (bytes.empty()) continue;
    for (int i = 0; i < 40; ++i) {
      auto damaged = bytes;
      const size_t at = random() % bytes.size();
      damaged[at] = static_cast<char>(damaged[at] ^ 1 << random() % 8);
      SCOPED_TRACE(::testing::Message() << name << " byte " << at << " of " << bytes.size());
      std::ofstream(directory_ + "/" + name, std::ios::binary) << damaged;
      ReadAsAuditor(tally);
    }
    std::ofstream(directory_ + "/" + name, std::ios::binary) << bytes;
  }
  Print("reader", tally);
  EXPECT_GT(tally.refused + tally.found, 20);
}

TEST_F(Damage, OfAnyBitIsRefusedFoundOrHarmlessToTheWriter) {
  MakeLog();
  std::mt19937_64 random(testing::SeedOr(5));
  Tally tally;
  for (const auto& [name, bytes] : whole_) {
    for (int i = 0; i < 6 && !bytes.empty(); ++i) {
      auto damaged = whole_;
      const size_t at = random() % bytes.size();
      damaged[name][at] = static_cast<char>(damaged[name][at] ^ 1 << random() % 8);
      SCOPED_TRACE(::testing::Message() << name << " byte " << at << " of " << bytes.size());
      WriteFiles(directory_, damaged);
      OpenAsWriter(tally);
    }
  }
  Print("writer", tally);
  EXPECT_GT(tally.refused + tally.found, 10);
}

TEST_F(Damage, OfAFileCutShortOrLostIsFoundOrHarmless) {
  MakeLog();
  std::mt19937_64 random(testing::SeedOr(6));
  Tally reader;
  Tally writer;
  for (const auto& [name, bytes] : whole_) {
    for (int i = 0; i < 5; ++i) {
      auto damaged = whole_;
      if (i == 0) {
        damaged.erase(name);
      } else {
        damaged[name].resize(random() % (bytes.size() + 1));
      }
      SCOPED_TRACE(::testing::Message() << name << " of " << bytes.size() << " has "
                                        << (i == 0 ? 0 : damaged[name].size()));
      WriteFiles(directory_, damaged);
      ReadAsAuditor(reader);
      OpenAsWriter(writer);
    }
  }
  Print("reader", reader);
  Print("writer", writer);
  EXPECT_GT(reader.refused + reader.found, 5);
}

}  // namespace
}  // namespace longmen::engine
