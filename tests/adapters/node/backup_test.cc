// A ledger's directory copied and made again: whole under its name, or nothing of it.
#include "adapters/node/backup.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "adapters/node/backup_list.h"
#include "adapters/node/node.h"
#include "engine/rocks_writer/rocks_log.h"
#include "tests/support/lossy_fs/lossy_fs.h"
#include "tests/support/test_blocks/test_blocks.h"

namespace longmen::adapters {
namespace {

namespace fs = std::filesystem;

engine::Clock FixedClock() {
  return [] { return *ParseInstant("2021-03-01T01:00:00Z"); };
}

std::string ReadWhole(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

void FlipAt(const std::string& path, size_t at) {
  std::string bytes = ReadWhole(path);
  bytes[at] = static_cast<char>(bytes[at] ^ 0x40);
  std::ofstream(path, std::ios::binary) << bytes;
}

class Backup : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto token = Node::Init(ledger(), "test", 480, FixedClock());
    ASSERT_TRUE(token.ok()) << Describe(token.error());
  }

  std::string ledger() const { return temporary_.path() + "/ledger"; }
  std::string backup() const { return temporary_.path() + "/backup"; }
  std::string restored() const { return temporary_.path() + "/restored"; }

  Result<Copied> MakeBackup() const { return BackUp({.from = ledger(), .to = backup()}); }
  Result<Copied> MakeRestored() const { return Restore({.from = backup(), .to = restored()}); }

  // Neither under its name nor under the one it is made under.
  void ExpectNothingAt(const std::string& name) const {
    EXPECT_FALSE(fs::exists(name));
    EXPECT_FALSE(fs::exists(name + ".part"));
  }
  std::vector<std::string> Files(const std::string& directory) const {
    std::vector<std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(directory)) {
      if (entry.is_regular_file()) files.push_back(entry.path().string());
    }
    return files;
  }

  testing::TemporaryDirectory temporary_;
};

TEST_F(Backup, RestoresToALedgerWithTheSameAnchorAndKey) {
  const auto made = MakeBackup();
  ASSERT_TRUE(made.ok()) << Describe(made.error());
  EXPECT_EQ(made->sequence, 2u);
  const auto again = MakeRestored();
  ASSERT_TRUE(again.ok()) << Describe(again.error());
  EXPECT_EQ(again->anchor(), made->anchor());
  EXPECT_EQ(ReadWhole(restored() + "/keys/token.key"), ReadWhole(ledger() + "/keys/token.key"));
  EXPECT_EQ(fs::status(restored() + "/keys/token.key").permissions(),
            fs::perms::owner_read | fs::perms::owner_write);
  auto node = Node::Open({.directory = restored(), .clock = FixedClock()});
  ASSERT_TRUE(node.ok()) << Describe(node.error());
  (*node)->Stop();
}

TEST_F(Backup, IsWrittenOverNothingButAnEmptyDirectory) {
  fs::create_directories(backup());
  ASSERT_TRUE(MakeBackup().ok());
  const auto files = Files(backup());
  EXPECT_EQ(MakeBackup().error().code, Code::USAGE);
  EXPECT_EQ(Files(backup()), files);
  fs::create_directories(restored());
  std::ofstream(restored() + "/mine") << "mine";
  EXPECT_EQ(MakeRestored().error().code, Code::USAGE);
  EXPECT_EQ(Files(restored()).size(), 1u);
  EXPECT_EQ(BackUp({.from = ledger(), .to = restored() + "/mine"}).error().code, Code::USAGE);
}

TEST_F(Backup, OfWhatIsNoLedgerIsNotFoundAndMakesNothing) {
  for (const std::string& from : {temporary_.Sub("empty"), temporary_.path() + "/nowhere"}) {
    EXPECT_EQ(BackUp({.from = from, .to = backup()}).error().code, Code::NOT_FOUND);
    EXPECT_EQ(Restore({.from = from, .to = restored()}).error().code, Code::NOT_FOUND);
  }
  EXPECT_EQ(Restore({.from = ledger(), .to = restored()}).error().code, Code::NOT_FOUND);
  ExpectNothingAt(backup());
  ExpectNothingAt(restored());
  const std::string nowhere = temporary_.path() + "/no/backup";
  EXPECT_EQ(BackUp({.from = ledger(), .to = nowhere}).error().code, Code::NOT_FOUND);
  EXPECT_FALSE(fs::exists(temporary_.path() + "/no")) << "a mistyped mount point is not made";
}

TEST_F(Backup, OnAFullDiskLeavesNothing) {
  for (const uint64_t appends : {0u, 1u, 2u, 3u}) {
    const auto disk =
        std::make_shared<testing::LossyFs>(temporary_.Sub("graves" + std::to_string(appends)), 1);
    testing::Fault full;
    full.status = rocksdb::IOStatus::NoSpace();
    full.appends_first = appends;
    full.only_in = ".part/";
    disk->FailWrites(full);
    const auto made = BackUp({.from = ledger(), .to = backup(), .file_system = disk});
    ASSERT_FALSE(made.ok());
    EXPECT_EQ(made.error().code, Code::STORAGE_FULL) << Describe(made.error());
    ExpectNothingAt(backup());
  }
}

TEST_F(Backup, ThatItsAuditRefusesIsNotMade) {
  std::string seen;
  const auto refuse = [&](const std::string& directory, const std::string& anchor) -> Status {
    EXPECT_TRUE(fs::exists(directory + "/BACKUP"));
    seen = anchor;
    return Error{Code::CORRUPT, "audit", "no"};
  };
  const auto made = BackUp({.from = ledger(), .to = backup(), .audit = refuse});
  EXPECT_EQ(made.error().code, Code::CORRUPT);
  EXPECT_TRUE(seen.starts_with("2:")) << seen;
  ExpectNothingAt(backup());
}

// Whatever byte of whatever file: refused, with the file's name, and nothing is made.
TEST_F(Backup, WithADamagedByteIsRefusedWithItsPlace) {
  ASSERT_TRUE(MakeBackup().ok());
  size_t tried = 0;
  for (const std::string& path : Files(backup())) {
    const std::string name = fs::relative(path, backup()).string();
    const std::string whole = ReadWhole(path);
    for (size_t at = 0; at < whole.size(); at += name == "BACKUP" ? 3 : 1 + whole.size() / 5) {
      SCOPED_TRACE(::testing::Message() << name << " byte " << at);
      FlipAt(path, at);
      const auto refused = MakeRestored();
      ASSERT_FALSE(refused.ok());
      EXPECT_EQ(refused.error().code, Code::CORRUPT) << Describe(refused.error());
      EXPECT_TRUE(name == "BACKUP" || refused.error().field == name) << refused.error().field;
      ExpectNothingAt(restored());
      std::ofstream(path, std::ios::binary) << whole;
      ++tried;
    }
  }
  EXPECT_GT(tried, 200u);
  EXPECT_TRUE(MakeRestored().ok());
}

TEST_F(Backup, CutShortOrWithAFileMissingIsRefused) {
  ASSERT_TRUE(MakeBackup().ok());
  for (const std::string& path : Files(backup())) {
    const std::string whole = ReadWhole(path);
    const bool list = path.ends_with("BACKUP");
    for (size_t size = 0; size < whole.size(); size += list ? 1 : whole.size() / 2 + 1) {
      fs::resize_file(path, size);
      EXPECT_EQ(MakeRestored().error().code, Code::CORRUPT) << path << " cut to " << size;
      std::ofstream(path, std::ios::binary) << whole;
    }
    if (list) continue;
    fs::remove(path);
    EXPECT_EQ(MakeRestored().error().code, Code::CORRUPT) << path;
    std::ofstream(path, std::ios::binary) << whole;
  }
  ExpectNothingAt(restored());
}

TEST_F(Backup, RestoresOnlyWhatItListsAndOnlyIntoItsDirectory) {
  ASSERT_TRUE(MakeBackup().ok());
  std::ofstream(backup() + "/log/log/000099.log") << "not of it";
  ASSERT_TRUE(MakeRestored().ok());
  EXPECT_FALSE(fs::exists(restored() + "/log/log/000099.log"));
  fs::remove_all(restored());
  auto list = ParseBackupList(ReadWhole(backup() + "/BACKUP")).value();
  fs::copy_file(backup() + "/" + list.files[0].path, temporary_.path() + "/outside");
  for (const char* path :
       {"../outside", "/tmp/outside", "log/../../outside", "", "log//x", "./x"}) {
    list.files[0].path = path;
    std::ofstream(backup() + "/BACKUP", std::ios::binary) << FormatBackupList(list);
    EXPECT_EQ(MakeRestored().error().code, Code::CORRUPT) << path;
    ExpectNothingAt(restored());
  }
}

TEST_F(Backup, IsMadeByOneAtATimeAndClearsWhatAKilledOneLeft) {
  fs::create_directories(backup() + ".part/log");
  std::ofstream(backup() + ".part/log/HEAD") << "half";
  const int other = ::open((backup() + ".part").c_str(), O_RDONLY | O_DIRECTORY);
  ASSERT_EQ(::flock(other, LOCK_EX), 0);
  EXPECT_EQ(MakeBackup().error().code, Code::LOCKED);
  EXPECT_EQ(ReadWhole(backup() + ".part/log/HEAD"), "half");
  ::close(other);
  ASSERT_TRUE(MakeBackup().ok());
  EXPECT_FALSE(fs::exists(backup() + ".part"));
}

TEST_F(Backup, RemovesNothingThatIsSomebodyElses) {
  const std::string mine = backup() + ".part/mine";
  fs::create_directories(backup() + ".part");
  std::ofstream(mine) << "keep";
  EXPECT_EQ(MakeBackup().error().code, Code::USAGE);
  EXPECT_TRUE(fs::exists(mine));
}

TEST_F(Backup, IsNotMadeInsideWhatItCopies) {
  EXPECT_EQ(BackUp({.from = ledger(), .to = ledger() + "/log/b"}).error().code, Code::USAGE);
  ASSERT_TRUE(MakeBackup().ok());
  EXPECT_EQ(Restore({.from = backup(), .to = backup() + "/in"}).error().code, Code::USAGE);
}

TEST_F(Backup, IsRestoredAndNotOpened) {
  ASSERT_TRUE(MakeBackup().ok());
  EXPECT_EQ(Node::Open({.directory = backup()}).error().code, Code::USAGE);
  EXPECT_EQ(Node::Init(backup(), "test", 480, FixedClock()).error().code, Code::USAGE);
  EXPECT_TRUE(MakeRestored().ok());
}

TEST_F(Backup, WhoseAnchorIsAnothersIsRefused) {
  ASSERT_TRUE(MakeBackup().ok());
  auto list = ParseBackupList(ReadWhole(backup() + "/BACKUP")).value();
  list.anchor = "2:" + std::string(64, '0');
  std::ofstream(backup() + "/BACKUP", std::ios::binary) << FormatBackupList(list);
  EXPECT_EQ(MakeRestored().error().code, Code::CORRUPT);
  ExpectNothingAt(restored());
}

}  // namespace
}  // namespace longmen::adapters
