// What the tests of the log on disk share: a directory, its files, and blocks put into it.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "engine/rocks_reader/rocks_reader.h"
#include "engine/rocks_writer/rocks_log.h"
#include "tests/support/test_blocks/test_blocks.h"

namespace longmen::engine {

using Files = std::map<std::string, std::string>;  // path relative to the directory -> bytes

// Every file of a directory but RocksDB's own notes and lock files.
inline Files FilesOf(const std::string& directory) {
  namespace fs = std::filesystem;
  Files files;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    const std::string name = fs::relative(entry.path(), directory).string();
    if (!entry.is_regular_file() || name.find("LOG") != std::string::npos ||
        name.find("LOCK") != std::string::npos) {
      continue;
    }
    std::ostringstream bytes;
    bytes << std::ifstream(entry.path(), std::ios::binary).rdbuf();
    files[name] = bytes.str();
  }
  return files;
}

inline void WriteFiles(const std::string& directory, const Files& files) {
  namespace fs = std::filesystem;
  fs::remove_all(directory);
  fs::create_directories(directory + "/log");
  for (const auto& [name, bytes] : files) {
    std::ofstream(directory + "/" + name, std::ios::binary) << bytes;
  }
}

class RocksFixture : public ::testing::Test {
 protected:
  using Blocks = std::vector<std::vector<uint8_t>>;

  RocksLogOptions Options() const {
    RocksLogOptions options;
    options.directory = directory_;
    return options;
  }

  std::unique_ptr<RocksLog> OpenLog() {
    auto log = RocksLog::OpenDirectory(Options());
    EXPECT_TRUE(log.ok()) << log.error().message;
    return std::move(*log);
  }

  // Appends `count` blocks in a session of its own and keeps them in blocks_.
  void AppendBlocks(size_t count, uint64_t epoch = 1) {
    auto log = OpenLog();
    AppendBlocks(*log, count, epoch);
  }

  void AppendBlocks(RocksLog& log, size_t count, uint64_t epoch = 1) {
    LogHead head = log.Open(epoch).value();
    for (size_t i = 0; i < count; ++i) {
      auto block = testing::MakeBlock(11, epoch, head);
      ASSERT_EQ(log.Append(epoch, head, block), AppendOutcome::kOk);
      head = testing::HeadAfter(block);
      blocks_.push_back(std::move(block));
    }
  }

  Result<std::unique_ptr<RocksReader>> OpenReader(ReadTo read_to = ReadTo::kTail,
                                                  bool accept_damage = false) {
    RocksReaderOptions options;
    options.directory = directory_;
    options.read_to = read_to;
    options.accept_damage = accept_damage;
    return RocksReader::Open(std::move(options));
  }

  // The log holds exactly blocks_, and has acknowledged them.
  void ExpectAll(const LogReader& log) {
    const auto all = testing::AllBlocks(log);
    ASSERT_TRUE(all.ok()) << all.error().message;
    EXPECT_TRUE(*all == blocks_) << testing::Compare(*all, blocks_);
    EXPECT_EQ(log.AckedFrontier(), testing::HeadAfter(blocks_.back()).next_sequence - 1);
  }

  // The one WAL that holds bytes.
  std::string WalPath() const {
    std::string found;
    for (const auto& [name, bytes] : FilesOf(directory_)) {
      if (name.ends_with(".log") && !bytes.empty()) found = directory_ + "/" + name;
    }
    return found;
  }

  testing::TemporaryDirectory temporary_;
  std::string directory_ = temporary_.path() + "/ledger";
  Blocks blocks_;
};

}  // namespace longmen::engine
