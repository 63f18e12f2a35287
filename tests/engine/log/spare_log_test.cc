// Write-ahead logs that go over a file of zeros: what is behind the last record is never read.
#include <random>
#include <thread>

#include "tests/support/lossy_fs/lossy_fs.h"
#include "tests/support/rocks_fixture/rocks_fixture.h"

namespace longmen::engine {
namespace {

namespace fs = std::filesystem;

constexpr size_t kBlockBytes = 9'000;
constexpr auto kPatience = std::chrono::seconds(60);

class SpareLogTest : public RocksFixture {
 protected:
  RocksLogOptions SmallBuffer() const {
    auto options = Options();
    options.write_buffer_bytes = 64u << 10;
    return options;
  }
  bool SpareIsThere() const { return fs::exists(directory_ + "/log/spare"); }

  bool AppendOne(RocksLog& log, LogHead& head, uint64_t epoch) {
    auto block = testing::MakeBlockOfBytes(5, epoch, head, kBlockBytes);
    if (log.Append(epoch, head, block) != AppendOutcome::kOk) return false;
    head = testing::HeadAfter(block);
    blocks_.push_back(std::move(block));
    return true;
  }

  // Appends until there is a spare.
  void AwaitSpare(RocksLog& log, LogHead& head, uint64_t epoch) {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (!SpareIsThere()) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline);
      ASSERT_TRUE(AppendOne(log, head, epoch));
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
  // Until a write-ahead log with blocks in it goes over zeros.
  void AppendUntilInASpare(RocksLog& log, LogHead& head, uint64_t epoch) {
    AwaitSpare(log, head, epoch);
    while (SpareIsThere()) ASSERT_TRUE(AppendOne(log, head, epoch));
    ASSERT_TRUE(AppendOne(log, head, epoch));
  }
};

TEST_F(SpareLogTest, ALogGoesOnInAFileOfZeros) {
  auto log = RocksLog::OpenDirectory(SmallBuffer()).value();
  LogHead head = log->Open(1).value();
  AppendUntilInASpare(*log, head, 1);
  ExpectAll(*log);
  // As a killed process leaves it: zeros behind the last record.
  const auto killed = FilesOf(directory_);
  bool zeros = false;
  for (const auto& [name, bytes] : killed) {
    zeros |= name.ends_with(".log") && bytes.size() > (1u << 20) && bytes.front() != '\0' &&
             bytes.back() == '\0';
  }
  EXPECT_TRUE(zeros);
  ExpectAll(**OpenReader());
  log.reset();
  ExpectAll(*OpenLog());
  WriteFiles(directory_, killed);
  ExpectAll(**OpenReader());
  log = RocksLog::OpenDirectory(SmallBuffer()).value();
  head = log->Open(2).value();
  ASSERT_TRUE(AppendOne(*log, head, 2));
  ExpectAll(*log);
}

TEST_F(SpareLogTest, WithoutRoomALogGrowsAsItIsWritten) {
  auto options = SmallBuffer();
  const auto disk = std::make_shared<testing::LossyFs>(temporary_.Sub("graves"), 1);
  options.file_system = disk;
  auto log = RocksLog::OpenDirectory(options).value();
  testing::Fault nearly_full;
  nearly_full.on_append = false;
  nearly_full.free_bytes = options.free_bytes_min + (2u << 20);
  disk->FailWrites(nearly_full);
  LogHead head = log->Open(1).value();
  for (int i = 0; i < 40; ++i) ASSERT_TRUE(AppendOne(*log, head, 1));
  EXPECT_FALSE(SpareIsThere());
  ExpectAll(*log);
}

// A cut while blocks go over zeros takes what was not synced, and nothing else; a spare that got
// its old name back holds no records.
TEST_F(SpareLogTest, APowerCutLeavesWhatWasAcknowledged) {
  const uint64_t seed = testing::SeedOr(19840124);
  std::mt19937_64 random(seed);
  const auto disk = std::make_shared<testing::LossyFs>(temporary_.Sub("graves"), seed);
  auto options = SmallBuffer();
  options.file_system = disk;
  size_t unacknowledged = 0;
  for (uint64_t cut = 1; cut <= 14 && !HasFailure(); ++cut) {
    {
      auto log = RocksLog::OpenDirectory(options).value();
      LogHead head = log->Open(cut).value();
      // Behind the taking, or about when it is taken.
      if (cut % 2 == 0) {
        AppendUntilInASpare(*log, head, cut);
        disk->CutAfter(random() % 40);
      } else {
        AwaitSpare(*log, head, cut);
        disk->CutAfter(random() % 100);
      }
      while (AppendOne(*log, head, cut)) {
      }
      EXPECT_TRUE(disk->is_cut());
    }
    disk->Restart();
    const auto log = RocksLog::OpenDirectory(options);
    ASSERT_TRUE(log.ok()) << "cut " << cut << ": " << Describe(log.error());
    const auto found = testing::AllBlocks(**log).value();
    ASSERT_GE(found.size(), blocks_.size());
    ASSERT_LE(found.size(), blocks_.size() + 1);
    if (found.size() > blocks_.size()) {
      ++unacknowledged;
      blocks_.push_back(found.back());
    }
    ASSERT_TRUE(found == blocks_) << testing::Compare(found, blocks_);
    if (SpareIsThere()) {
      std::ifstream spare(directory_ + "/log/spare", std::ios::binary);
      const std::string bytes{std::istreambuf_iterator<char>(spare), {}};
      EXPECT_EQ(bytes.find_first_not_of('\0'), std::string::npos);
    }
  }
  EXPECT_GT(unacknowledged, 0u) << "no cut fell between a write and its answer";
}

}  // namespace
}  // namespace longmen::engine
