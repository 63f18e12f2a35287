#include "tests/support/lossy_fs/lossy_fs.h"
#include "tests/support/rocks_fixture/rocks_fixture.h"

namespace longmen::engine {
namespace {

using rocksdb::IOStatus;
using testing::Fault;
using testing::HeadAfter;
using testing::MakeBlock;

class FullDisk : public RocksFixture {
 protected:
  RocksLogOptions LossyOptions() {
    auto options = Options();
    options.file_system = disk_;
    return options;
  }

  std::unique_ptr<RocksLog> OpenOnDisk() {
    auto log = RocksLog::OpenDirectory(LossyOptions());
    EXPECT_TRUE(log.ok()) << log.error().message;
    return std::move(*log);
  }

  std::shared_ptr<testing::LossyFs> disk_ =
      std::make_shared<testing::LossyFs>(temporary_.Sub("graves"), 1);
};

TEST_F(FullDisk, IsNoticedBeforeAnythingIsWritten) {
  auto log = OpenOnDisk();
  AppendBlocks(*log, 3);
  const LogHead head = log->Resolve(1).value();
  Fault nearly_full;
  nearly_full.on_append = false;
  nearly_full.free_bytes = Options().free_bytes_min;
  disk_->FailWrites(nearly_full);
  const auto files = FilesOf(directory_);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(log->Append(1, head, MakeBlock(11, 1, head)), AppendOutcome::kFull);
  }
  EXPECT_EQ(FilesOf(directory_), files);
  ExpectAll(*log);
  disk_->Heal();
  AppendBlocks(*log, 3);
  ExpectAll(*log);
}

// Somebody else ate the reserve: RocksDB itself meets the full disk, in the middle of a write.
TEST_F(FullDisk, LeavesTheLogReadableAndUsableAgainWhenSpaceIsBack) {
  for (const bool partly : {false, true}) {
    for (const bool on_sync : {false, true}) {
      SCOPED_TRACE(::testing::Message() << "partly " << partly << " on sync " << on_sync);
      auto log = OpenOnDisk();
      AppendBlocks(*log, blocks_.empty() ? 3 : 0);  // also with an empty buffer
      LogHead head = log->Open(1).value();
      for (int round = 0; round < 3; ++round) {
        Fault full;
        full.status = IOStatus::NoSpace();
        full.on_append = !on_sync;
        full.on_sync = on_sync;
        full.partly = partly;
        disk_->FailWrites(full);
        for (int i = 0; i < 3; ++i) {
          EXPECT_EQ(log->Append(1, head, MakeBlock(12, 1, head)), AppendOutcome::kFull);
          ExpectAll(*log);
          EXPECT_EQ(log->Resolve(1).value(), head);
        }
        disk_->Heal();
        AppendBlocks(*log, 2);
        head = log->Resolve(1).value();
        ExpectAll(*log);
      }
      log.reset();
      ExpectAll(*OpenOnDisk());
    }
  }
}

TEST_F(FullDisk, CannotBeOpenedWithoutRoomAndLosesNothing) {
  AppendBlocks(4);
  Fault full;
  full.status = IOStatus::NoSpace();
  disk_->FailWrites(full);
  const auto log = RocksLog::OpenDirectory(LossyOptions());
  ASSERT_FALSE(log.ok());
  EXPECT_EQ(log.error().code, Code::STORAGE_FULL);
  disk_->Heal();
  ExpectAll(*OpenOnDisk());
}

// The end of the disk, wherever an opening meets it: new files can be made, and at some write there
// is no room left.
TEST_F(FullDisk, IsMetAtAnyWriteOfAnOpeningAndNamed) {
  for (const bool partly : {false, true}) {
    AppendBlocks(4, partly ? 2 : 1);
    size_t failed = 0;
    for (uint64_t writes = 0;; ++writes) {
      SCOPED_TRACE(::testing::Message() << "after " << writes << " writes, partly " << partly);
      Fault full;
      full.status = IOStatus::NoSpace();
      full.on_create = false;
      full.appends_first = writes;
      full.partly = partly;
      disk_->FailWrites(full);
      auto log = RocksLog::OpenDirectory(LossyOptions());
      disk_->Heal();
      if (log.ok()) {
        ExpectAll(**log);
        break;
      }
      ++failed;
      ASSERT_EQ(log.error().code, Code::STORAGE_FULL) << Describe(log.error());
      ASSERT_LT(writes, 1000u);
    }
    EXPECT_GT(failed, 3u);
    ExpectAll(*OpenOnDisk());
  }
}

TEST_F(FullDisk, BeginsNoLogWithoutRoomAndMakesNothing) {
  Fault nearly_full;
  nearly_full.on_append = false;
  nearly_full.free_bytes = Options().free_bytes_min + Options().write_buffer_bytes;
  disk_->FailWrites(nearly_full);
  EXPECT_EQ(RocksLog::OpenDirectory(LossyOptions()).error().code, Code::STORAGE_FULL);
  EXPECT_FALSE(std::filesystem::exists(directory_));
  disk_->Heal();
  AppendBlocks(*OpenOnDisk(), 2);
  disk_->FailWrites(nearly_full);
  ExpectAll(*OpenOnDisk());  // one that is there can be opened and read
}

TEST_F(FullDisk, AFailedWriteIsUnknownUntilResolved) {
  for (const bool on_sync : {false, true}) {
    auto log = OpenOnDisk();
    AppendBlocks(*log, 2);
    const LogHead head = log->Resolve(1).value();
    Fault broken;
    broken.status = IOStatus::IOError("broken");
    broken.on_append = !on_sync;
    broken.on_sync = on_sync;
    broken.only_in = "/log/";
    disk_->FailWrites(broken);
    const auto block = MakeBlock(11, 1, head);
    EXPECT_EQ(log->Append(1, head, block), AppendOutcome::kUnknown);
    EXPECT_EQ(log->AckedFrontier(), head.next_sequence - 1);
    ExpectAll(*log);
    EXPECT_EQ(log->Append(1, head, block), AppendOutcome::kUnknown) << "before Resolve";
    EXPECT_FALSE(log->Resolve(1).ok()) << "the disk is still broken";
    disk_->Heal();
    const LogHead resolved = log->Resolve(1).value();
    // A failed append is gone; a block whose sync failed is whole in the file, is found there and
    // made durable anew.
    EXPECT_EQ(resolved, on_sync ? HeadAfter(block) : head);
    if (on_sync) blocks_.push_back(block);
    ExpectAll(*log);
    AppendBlocks(*log, 2);
    log.reset();
    ExpectAll(*OpenOnDisk());
  }
}

TEST_F(FullDisk, AFailedHeadIsUnknownToo) {
  auto log = OpenOnDisk();
  AppendBlocks(*log, 2);
  const LogHead head = log->Resolve(1).value();
  Fault broken;
  broken.status = IOStatus::IOError("broken");
  broken.only_in = "/HEAD";
  disk_->FailWrites(broken);
  const auto block = MakeBlock(11, 1, head);
  EXPECT_EQ(log->Append(1, head, block), AppendOutcome::kUnknown);
  EXPECT_EQ(log->AckedFrontier(), head.next_sequence - 1);
  disk_->Heal();
  EXPECT_EQ(log->Resolve(1).value(), HeadAfter(block));
  blocks_.push_back(block);
  ExpectAll(*log);
}

}  // namespace
}  // namespace longmen::engine
