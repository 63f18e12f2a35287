#include "engine/rocks_reader/rocks_reader.h"

#include <thread>

#include "tests/support/rocks_fixture/rocks_fixture.h"

namespace longmen::engine {
namespace {

using RocksReaderTest = RocksFixture;

TEST_F(RocksReaderTest, SaysThatThereIsNoLog) {
  EXPECT_EQ(OpenReader().error().code, Code::NOT_FOUND);
}

TEST_F(RocksReaderTest, ReadsALogAtRestAndChangesNothing) {
  AppendBlocks(12);
  const auto before = FilesOf(temporary_.path());
  const auto reader = OpenReader(ReadTo::kHead).value();
  ExpectAll(*reader);
  const auto report = reader->CheckHead().value();
  EXPECT_EQ(report.head_sequence, reader->AckedFrontier());
  EXPECT_EQ(report.tail_sequence, reader->AckedFrontier());
  EXPECT_EQ(report.epoch, 1u);
  EXPECT_EQ(FilesOf(temporary_.path()), before);
  size_t files = 0;
  for ([[maybe_unused]] const auto& entry :
       std::filesystem::recursive_directory_iterator(directory_)) {
    ++files;
  }
  const auto again = OpenReader().value();
  size_t files_after = 0;
  for ([[maybe_unused]] const auto& entry :
       std::filesystem::recursive_directory_iterator(directory_)) {
    ++files_after;
  }
  EXPECT_EQ(files, files_after);
}

TEST_F(RocksReaderTest, ReadsAnEmptyLog) {
  { const auto log = OpenLog(); }
  const auto reader = OpenReader().value();
  EXPECT_EQ(reader->AckedFrontier(), 0u);
  EXPECT_TRUE(reader->Read(1, 100).value().empty());
}

TEST_F(RocksReaderTest, ReadsBesideTheWriterAsOfItsOpening) {
  auto log = OpenLog();
  AppendBlocks(*log, 5);
  const auto reader = OpenReader(ReadTo::kHead).value();
  const Sequence frontier = reader->AckedFrontier();
  EXPECT_EQ(frontier, log->AckedFrontier());
  ExpectAll(*reader);
  AppendBlocks(*log, 5);
  EXPECT_EQ(reader->AckedFrontier(), frontier);
}

TEST_F(RocksReaderTest, FollowsTheWriter) {
  auto log = OpenLog();
  AppendBlocks(*log, 1);
  const auto reader = OpenReader(ReadTo::kHead).value();
  std::thread writer([&] { AppendBlocks(*log, 30); });
  Sequence seen = 0;
  size_t count = 0;
  while (count < 31) {
    const auto blocks = reader->Follow(seen, 1u << 20, 10 * kNanosPerSecond).value();
    ASSERT_FALSE(blocks.empty());
    for (const auto& block : blocks) seen = testing::HeadAfter(block.bytes()).next_sequence - 1;
    count += blocks.size();
  }
  writer.join();
  EXPECT_EQ(seen, log->AckedFrontier());
  EXPECT_TRUE(reader->Follow(seen, 1, 0).value().empty());
}

// Logs and tables come and go under the reader's feet while it opens: one for almost every block.
TEST_F(RocksReaderTest, BelievesNoDamageBesideABusyWriter) {
  auto options = Options();
  options.write_buffer_bytes = 128u << 10;
  auto log = RocksLog::OpenDirectory(options).value();
  std::atomic<bool> done = false;
  std::thread writer([&] {
    LogHead head = log->Open(1).value();
    for (int i = 0; i < 400; ++i) {
      const auto block = testing::MakeBlockOfBytes(5, 1, head, 20'000);
      EXPECT_EQ(log->Append(1, head, block), AppendOutcome::kOk);
      head = testing::HeadAfter(block);
    }
    done = true;
  });
  int opened = 0;
  while (!done) {
    const auto reader = OpenReader(ReadTo::kHead);
    EXPECT_TRUE(reader.ok()) << reader.error().message;
    if (reader.ok()) {
      EXPECT_TRUE(testing::AllBlocks(**reader).ok());
    }
    ++opened;
  }
  writer.join();
  EXPECT_GT(opened, 1);
}

TEST_F(RocksReaderTest, ReadsOnInADamagedLogAndReportsTheFinding) {
  AppendBlocks(8);
  const auto whole = FilesOf(directory_);
  auto cut = whole;
  const std::string wal = std::filesystem::relative(WalPath(), directory_).string();
  cut[wal].resize(cut[wal].size() / 2);
  WriteFiles(directory_, cut);

  EXPECT_EQ(OpenReader().error().code, Code::CORRUPT);
  const auto reader = OpenReader(ReadTo::kTail, true).value();
  EXPECT_EQ(reader->CheckHead().error().code, Code::CORRUPT);
  const auto kept = testing::AllBlocks(*reader).value();
  ASSERT_GT(kept.size(), 0u);
  ASSERT_LT(kept.size(), blocks_.size());
  EXPECT_TRUE(std::equal(kept.begin(), kept.end(), blocks_.begin()));
}

}  // namespace
}  // namespace longmen::engine
