// Missing blocks in the middle of a log: whoever opens it or reads it is told, with the place.
#include <rocksdb/db.h>

#include "engine/rocks_reader/layout.h"
#include "tests/support/rocks_fixture/rocks_fixture.h"

namespace longmen::engine {
namespace {

constexpr size_t kSession = 5;

class LogGap : public RocksFixture {
 protected:
  // Four sessions: every opening makes a table of what the one before left in its WAL.
  void MakeLog() {
    for (uint64_t epoch = 1; epoch <= 4; ++epoch) AppendBlocks(kSession, epoch);
    whole_ = FilesOf(directory_);
  }

  std::string ManifestName() const {
    for (const auto& [name, bytes] : whole_) {
      if (name.find("MANIFEST") != std::string::npos) return name;
    }
    return "";
  }

  Sequence FirstOf(size_t block) const {
    return block == 0 ? 1 : testing::HeadAfter(blocks_[block - 1]).next_sequence;
  }

  // Takes blocks out, behind everybody's back; what is in the write-ahead logs stays there.
  void Drop(size_t first, size_t end) {
    rocksdb::Options options;
    options.avoid_flush_during_recovery = true;
    rocksdb::DB* raw = nullptr;
    ASSERT_TRUE(rocksdb::DB::Open(options, LogPath(directory_), &raw).ok());
    const std::unique_ptr<rocksdb::DB> db(raw);
    for (size_t i = first; i < end; ++i) ASSERT_TRUE(db->Delete({}, BlockKey(FirstOf(i))).ok());
  }

  Files whole_;
};

// RocksDB takes a manifest cut at the right place for a whole one, of an older log.
TEST_F(LogGap, BetweenTablesThatTheManifestForgotIsRefusedByReaderAndWriter) {
  MakeLog();
  const std::string manifest = ManifestName();
  const size_t size = whole_.at(manifest).size();
  size_t gaps = 0;
  for (size_t length = 0; length < size; ++length) {
    SCOPED_TRACE(::testing::Message() << "cut to " << length << " of " << size);
    auto cut = whole_;
    cut[manifest].resize(length);
    WriteFiles(directory_, cut);
    const auto reader = OpenReader(ReadTo::kHead);
    if (reader.ok()) {
      ExpectAll(**reader);
      continue;
    }
    if (reader.error().field != "log.gap") continue;
    ++gaps;
    EXPECT_EQ(reader.error().code, Code::CORRUPT);
    if (gaps % 16 != 1) continue;
    const auto log = RocksLog::OpenDirectory(Options());
    ASSERT_FALSE(log.ok());
    EXPECT_EQ(log.error().field, "log.gap");
    EXPECT_EQ(FilesOf(directory_), cut) << "a refused log must stay as it was found";
  }
  EXPECT_GT(gaps, 0u) << "no length made RocksDB forget a table without a word";
}

TEST_F(LogGap, NamesWhatIsMissingBeforeBetweenAndBehindTheTables) {
  MakeLog();
  const std::vector<std::pair<size_t, size_t>> ranges = {
      {0, kSession},
      {kSession, 2 * kSession},
      {2 * kSession, 3 * kSession},  // tables
      {3 * kSession, 3 * kSession + 1},
      {3 * kSession + 2, 3 * kSession + 4}  // in the WAL
  };
  for (const auto& [first, end] : ranges) {
    SCOPED_TRACE(::testing::Message() << "blocks from " << first << " to " << end);
    WriteFiles(directory_, whole_);
    Drop(first, end);
    const auto reader = OpenReader(ReadTo::kHead);
    ASSERT_FALSE(reader.ok());
    EXPECT_EQ(reader.error().field, "log.gap");
    EXPECT_NE(reader.error().message.find(
                  fmt::format("records {} to {} are gone", FirstOf(first), FirstOf(end) - 1)),
              std::string::npos)
        << reader.error().message;
    EXPECT_EQ(RocksLog::OpenDirectory(Options()).error().field, "log.gap");
  }
}

// An auditor opens it all the same: reading leads up to the gap and not past it.
TEST_F(LogGap, IsNeverPassedByAReader) {
  MakeLog();
  for (size_t lost = 0; lost + 1 < blocks_.size(); ++lost) {
    SCOPED_TRACE(::testing::Message() << "block " << lost);
    WriteFiles(directory_, whole_);
    Drop(lost, lost + 1);
    const auto reader = OpenReader(ReadTo::kTail, true).value();
    const auto before = reader->Read(1, 1u << 20);
    ASSERT_EQ(before.ok(), lost > 0);
    if (lost > 0) {
      EXPECT_EQ(before->size(), lost);
    }
    for (const Sequence from : {FirstOf(lost), FirstOf(lost + 1) - 1}) {
      const auto there = reader->Read(from, 1u << 20);
      ASSERT_FALSE(there.ok());
      EXPECT_EQ(there.error().code, Code::CORRUPT);
      EXPECT_EQ(there.error().field, "log.gap");
    }
    const auto behind = reader->Read(FirstOf(lost + 1), 1u << 20).value();
    EXPECT_EQ(behind.size(), blocks_.size() - lost - 1);
    EXPECT_EQ(testing::AllBlocks(*reader).error().code, Code::CORRUPT);
  }
}

// After a full disk the block that was answered "full" is taken out again: no gap, though a table
// may end with it.
TEST_F(LogGap, IsNotSeenWhereABlockWasTakenOutAndAnotherPutInItsPlace) {
  AppendBlocks(3);
  const auto next = testing::HeadAfter(blocks_.back());
  {
    rocksdb::DB* raw = nullptr;
    ASSERT_TRUE(rocksdb::DB::Open({}, LogPath(directory_), &raw).ok());
    const std::unique_ptr<rocksdb::DB> db(raw);
    ASSERT_TRUE(db->Put({}, BlockKey(next.next_sequence), "torn").ok());
    ASSERT_TRUE(db->Flush({}).ok());
    ASSERT_TRUE(db->Delete({}, BlockKey(next.next_sequence)).ok());
    ASSERT_TRUE(db->Flush({}).ok());
  }
  ExpectAll(*OpenReader().value());
  AppendBlocks(2);
  ExpectAll(*OpenLog());
}

}  // namespace
}  // namespace longmen::engine
