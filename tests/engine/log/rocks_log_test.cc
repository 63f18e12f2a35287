#include "engine/rocks_writer/rocks_log.h"

#include "tests/support/rocks_fixture/rocks_fixture.h"

namespace longmen::engine {
namespace {

using RocksLogTest = RocksFixture;

TEST_F(RocksLogTest, HasOneWriterADirectory) {
  const auto log = OpenLog();
  const auto second = RocksLog::OpenDirectory(Options());
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, Code::LOCKED);
  EXPECT_NE(second.error().message.find(directory_), std::string::npos) << second.error().message;
}

TEST_F(RocksLogTest, GivesTheDirectoryBackWhenItGoes) {
  AppendBlocks(2);
  AppendBlocks(2, 2);
  ExpectAll(*OpenLog());
}

TEST_F(RocksLogTest, SaysWhichDirectoryItCannotMake) {
  auto options = Options();
  options.directory = temporary_.path() + "/no/such/place";
  EXPECT_EQ(RocksLog::OpenDirectory(options).error().code, Code::STORAGE_FAILED);
}

TEST_F(RocksLogTest, ReadsThroughFlushedTablesAndEveryCompression) {
  for (const auto compression : {Compression::kNone, Compression::kLz4, Compression::kZstd}) {
    auto options = Options();
    options.compression = compression;
    options.write_buffer_bytes = 64u << 10;  // RocksDB's least: many small tables
    auto log = RocksLog::OpenDirectory(options).value();
    const uint64_t epoch = static_cast<uint64_t>(compression) + 1;
    LogHead head = log->Open(epoch).value();
    for (int i = 0; i < 20; ++i) {
      blocks_.push_back(testing::MakeBlockOfBytes(5, epoch, head, 20'000));
      ASSERT_EQ(log->Append(epoch, head, blocks_.back()), AppendOutcome::kOk);
      head = testing::HeadAfter(blocks_.back());
    }
    ExpectAll(*log);
  }
  ExpectAll(*OpenLog());
  bool tables = false;
  for (const auto& [name, bytes] : FilesOf(directory_)) tables |= name.ends_with(".sst");
  EXPECT_TRUE(tables);
}

// HEAD from a later moment beside a log from an earlier one: the tail is lost.
TEST_F(RocksLogTest, RefusesALogThatEndsBeforeHeadAndNamesBothSequences) {
  AppendBlocks(5);
  const auto early = FilesOf(directory_);
  const Sequence before = testing::HeadAfter(blocks_.back()).next_sequence - 1;
  AppendBlocks(3);
  const Sequence after = testing::HeadAfter(blocks_.back()).next_sequence - 1;
  auto mixed = early;
  mixed["HEAD"] = FilesOf(directory_)["HEAD"];
  WriteFiles(directory_, mixed);

  const auto log = RocksLog::OpenDirectory(Options());
  ASSERT_FALSE(log.ok());
  EXPECT_EQ(log.error().code, Code::CORRUPT);
  EXPECT_NE(log.error().message.find(std::to_string(before)), std::string::npos);
  EXPECT_NE(log.error().message.find(std::to_string(after)), std::string::npos);
  EXPECT_EQ(FilesOf(directory_), mixed) << "a refused log must stay as it was found";
}

// The other way round is what a crash between the append and HEAD leaves.
TEST_F(RocksLogTest, OpensALogThatIsAheadOfHead) {
  AppendBlocks(5);
  const auto early_head = FilesOf(directory_)["HEAD"];
  AppendBlocks(3);
  auto mixed = FilesOf(directory_);
  mixed["HEAD"] = early_head;
  WriteFiles(directory_, mixed);
  ExpectAll(*OpenLog());
  const auto report = OpenReader().value()->CheckHead().value();
  EXPECT_EQ(report.head_sequence, report.tail_sequence) << "opening brings HEAD up to the tail";
}

TEST_F(RocksLogTest, RefusesATailThatDoesNotContinueHeadsBlock) {
  AppendBlocks(5);
  const auto head_of_this = FilesOf(directory_)["HEAD"];
  std::filesystem::remove_all(directory_);
  blocks_.clear();
  auto log = OpenLog();
  LogHead head = log->Open(1).value();
  for (int i = 0; i < 12; ++i) {
    const auto block = testing::MakeBlock(99, 1, head);
    ASSERT_EQ(log->Append(1, head, block), AppendOutcome::kOk);
    head = testing::HeadAfter(block);
  }
  log.reset();
  auto mixed = FilesOf(directory_);
  mixed["HEAD"] = head_of_this;
  WriteFiles(directory_, mixed);
  EXPECT_EQ(RocksLog::OpenDirectory(Options()).error().code, Code::CORRUPT);
}

TEST_F(RocksLogTest, RefusesAMissingHeadUnlessTheLogIsEmpty) {
  { const auto log = OpenLog(); }
  std::filesystem::remove(directory_ + "/HEAD");
  AppendBlocks(2);
  std::filesystem::remove(directory_ + "/HEAD");
  EXPECT_EQ(RocksLog::OpenDirectory(Options()).error().code, Code::CORRUPT);
  EXPECT_EQ(OpenReader().error().code, Code::CORRUPT);
}

TEST_F(RocksLogTest, RefusesHeadWithoutALog) {
  AppendBlocks(2);
  std::filesystem::remove_all(directory_ + "/log");
  EXPECT_EQ(RocksLog::OpenDirectory(Options()).error().code, Code::CORRUPT);
  EXPECT_FALSE(std::filesystem::exists(directory_ + "/log")) << "it began an empty log";
  EXPECT_EQ(OpenReader().error().code, Code::CORRUPT);
}

TEST_F(RocksLogTest, RefusesTablesWithoutTheFileThatNamesThem) {
  AppendBlocks(2);
  AppendBlocks(2);  // opening flushed the first two
  std::filesystem::remove(directory_ + "/HEAD");
  std::filesystem::remove(directory_ + "/log/CURRENT");
  const auto before = FilesOf(directory_);
  EXPECT_EQ(RocksLog::OpenDirectory(Options()).error().code, Code::CORRUPT);
  EXPECT_EQ(FilesOf(directory_), before);
}

TEST_F(RocksLogTest, RefusesAWalCutShortAtEveryLength) {
  AppendBlocks(8);
  const auto whole = FilesOf(directory_);
  const std::string wal = std::filesystem::relative(WalPath(), directory_).string();
  const size_t size = whole.at(wal).size();
  for (size_t length = 0; length < size; length += 1 + size / 60) {
    auto cut = whole;
    cut[wal].resize(length);
    WriteFiles(directory_, cut);
    const auto log = RocksLog::OpenDirectory(Options());
    ASSERT_FALSE(log.ok()) << "cut to " << length << " of " << size;
    EXPECT_EQ(log.error().code, Code::CORRUPT);
    EXPECT_EQ(FilesOf(directory_), cut);
  }
}

}  // namespace
}  // namespace longmen::engine
