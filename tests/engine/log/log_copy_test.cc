// A log copied beside its writer: consistent, self-contained, whole or refused.
#include "engine/rocks_backup/log_copy.h"

#include <sys/stat.h>

#include <atomic>
#include <thread>

#include "engine/rocks_reader/layout.h"
#include "tests/support/lossy_fs/lossy_fs.h"
#include "tests/support/rocks_fixture/rocks_fixture.h"

namespace longmen::engine {
namespace {

namespace fs = std::filesystem;

class LogCopy : public RocksFixture {
 protected:
  void SetUp() override { fs::create_directories(copy()); }

  std::string copy() const { return temporary_.path() + "/copy"; }

  // A log of several tables and a WAL with blocks in it; the writer lives on.
  std::unique_ptr<RocksLog> MakeTables() {
    auto options = Options();
    options.write_buffer_bytes = 64u << 10;
    auto log = RocksLog::OpenDirectory(options).value();
    LogHead head = log->Open(1).value();
    for (int i = 0; i < 30; ++i) {
      blocks_.push_back(testing::MakeBlockOfBytes(5, 1, head, 20'000));
      EXPECT_EQ(log->Append(1, head, blocks_.back()), AppendOutcome::kOk);
      head = testing::HeadAfter(blocks_.back());
    }
    return log;
  }

  // What was copied is what was written.
  void ExpectWholeCopy() {
    const auto reader = RocksReader::Open({.directory = copy(), .read_to = ReadTo::kTail});
    ASSERT_TRUE(reader.ok()) << Describe(reader.error());
    ExpectAll(**reader);
  }

  // Files of the log itself that end so.
  std::vector<std::string> Named(const std::string& directory, std::string_view end) {
    std::vector<std::string> paths;
    for (const auto& entry : fs::directory_iterator(LogPath(directory))) {
      if (entry.path().string().ends_with(end)) paths.push_back(entry.path().string());
    }
    return paths;
  }
};

TEST_F(LogCopy, OfALogAtRestIsTheLogAndNamesItsLastBlock) {
  MakeTables().reset();
  const auto files = FilesOf(directory_);
  const auto anchor = CopyLog(directory_, copy(), {});
  ASSERT_TRUE(anchor.ok()) << Describe(anchor.error());
  EXPECT_EQ(anchor->sequence, testing::HeadAfter(blocks_.back()).next_sequence - 1);
  EXPECT_EQ(anchor->block, Sha256(blocks_.back()));
  EXPECT_EQ(CheckLog(copy(), {}).value(), *anchor);
  ExpectWholeCopy();
  EXPECT_EQ(FilesOf(directory_), files) << "the source was touched";
}

TEST_F(LogCopy, SharesNoFileWithItsSource) {
  const auto log = MakeTables();
  ASSERT_TRUE(CopyLog(directory_, copy(), {}).ok());
  ASSERT_GT(Named(copy(), ".sst").size(), 2u);
  for (const auto& [name, bytes] : FilesOf(copy())) {
    struct stat status {};
    ASSERT_EQ(::stat((copy() + "/" + name).c_str(), &status), 0);
    EXPECT_EQ(status.st_nlink, 1u) << name;
  }
}

// Whatever the writer deletes once the copying has begun: it is read through open handles.
TEST_F(LogCopy, IsWholeAlthoughItsSourcesFilesAreDeletedMeanwhile) {
  const auto log = MakeTables();
  bool deleted = false;
  const auto anchor = CopyLog(directory_, copy(), [&](uint64_t, uint64_t) {
    if (std::exchange(deleted, true)) return;
    for (const std::string_view end : {".sst", ".log"}) {
      for (const auto& path : Named(directory_, end)) fs::remove(path);
    }
  });
  ASSERT_TRUE(deleted);
  ASSERT_TRUE(anchor.ok()) << Describe(anchor.error());
  EXPECT_TRUE(CheckLog(copy(), {}).ok());
  ExpectWholeCopy();
}

TEST_F(LogCopy, BesideABusyWriterHoldsAllThatWasAcknowledgedAndHeadClaimsNoMore) {
  auto options = Options();
  options.write_buffer_bytes = 64u << 10;
  const auto log = RocksLog::OpenDirectory(options).value();
  LogHead head = log->Open(1).value();
  std::atomic<bool> stop{false};
  std::thread writer([&] {
    while (!stop) {
      const auto block = testing::MakeBlockOfBytes(6, 1, head, 9'000);
      if (log->Append(1, head, block) != AppendOutcome::kOk) break;
      head = testing::HeadAfter(block);
    }
  });
  for (int i = 0; i < 12; ++i) {
    const std::string to = temporary_.Sub("copy" + std::to_string(i));
    const Sequence before = log->AckedFrontier();
    const auto anchor = CopyLog(directory_, to, {});
    if (!anchor.ok()) {
      ADD_FAILURE() << Describe(anchor.error());
      break;
    }
    EXPECT_GE(anchor->sequence, before);
    EXPECT_EQ(CheckLog(to, {}).value(), *anchor);
    const auto reader = RocksReader::Open({.directory = to, .read_to = ReadTo::kTail}).value();
    const auto report = reader->CheckHead().value();
    EXPECT_EQ(report.head_sequence, anchor->sequence);
    EXPECT_LE(report.head_sequence, report.tail_sequence);
    const HeadSlots slots = reader->Slots().value();
    for (const HeadSlot& slot : slots) EXPECT_EQ(slot.state, HeadSlotState::kWhole);
  }
  stop = true;
  writer.join();
}

TEST_F(LogCopy, GoesOnAsTheLogWould) {
  MakeTables().reset();
  ASSERT_TRUE(CopyLog(directory_, copy(), {}).ok());
  directory_ = copy();
  AppendBlocks(4, 2);
  ExpectAll(*OpenLog());
}

TEST_F(LogCopy, IsNotMadeOfADamagedLog) {
  MakeTables().reset();
  fs::resize_file(WalPath(), 10);
  const auto anchor = CopyLog(directory_, copy(), {});
  ASSERT_FALSE(anchor.ok());
  EXPECT_EQ(anchor.error().code, Code::CORRUPT);
  EXPECT_EQ(CopyLog(temporary_.Sub("empty"), copy(), {}).error().code, Code::NOT_FOUND);
}

TEST_F(LogCopy, OnAFullDiskSaysSo) {
  const auto log = MakeTables();
  for (const uint64_t appends : {0u, 1u, 4u}) {
    const auto disk =
        std::make_shared<testing::LossyFs>(temporary_.Sub("graves" + std::to_string(appends)), 1);
    testing::Fault full;
    full.status = rocksdb::IOStatus::NoSpace();
    full.appends_first = appends;
    full.only_in = "/copy/";
    disk->FailWrites(full);
    const auto anchor = CopyLog(directory_, copy(), {}, disk);
    ASSERT_FALSE(anchor.ok());
    EXPECT_EQ(anchor.error().code, Code::STORAGE_FULL) << Describe(anchor.error());
    fs::remove_all(copy());
    fs::create_directories(copy());
  }
  EXPECT_TRUE(CopyLog(directory_, copy(), {}).ok());
}

TEST_F(LogCopy, WithADamagedByteInATableDoesNotPassTheCheck) {
  MakeTables().reset();
  ASSERT_TRUE(CopyLog(directory_, copy(), {}).ok());
  const std::string table = Named(copy(), ".sst").front();
  std::fstream file(table, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(10'000);
  file.put('\x5a');
  file.close();
  const auto checked = CheckLog(copy(), {});
  ASSERT_FALSE(checked.ok());
  EXPECT_EQ(checked.error().code, Code::CORRUPT) << Describe(checked.error());
}

}  // namespace
}  // namespace longmen::engine
