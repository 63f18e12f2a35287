// SIGKILL at seeded moments. A killed process keeps the page cache: this proves order, not fsync;
// power_cut_test proves fsync.
#include <gtest/gtest.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <iostream>
#include <random>

#include "engine/rocks_reader/rocks_reader.h"
#include "engine/rocks_writer/rocks_log.h"
#include "tests/engine/log_crash/crash_check.h"
#include "tests/support/child_process/child_process.h"

namespace longmen::engine {
namespace {

constexpr int kKills = 60;
const testing::BlockShape kShape{.records_max = 4, .proposal_bytes_max = 16'000};

uint64_t Variable(const char* name) { return std::strtoull(std::getenv(name), nullptr, 10); }

RocksLogOptions Options(const std::string& directory) {
  RocksLogOptions options;
  options.directory = directory;
  options.write_buffer_bytes = 256u << 10;  // so that kills also meet flushes and new WALs
  return options;
}

// The child: opens the log and appends for ever, reporting what was acknowledged.
TEST(KillChild, DISABLED_AppendsUntilItIsKilled) {
  const uint64_t seed = Variable("LONGMEN_CHILD_SEED");
  const uint64_t epoch = Variable("LONGMEN_CHILD_EPOCH");
  auto log = RocksLog::OpenDirectory(Options(std::getenv("LONGMEN_CHILD_DIRECTORY")));
  ASSERT_TRUE(log.ok()) << log.error().message;
  LogHead head = (*log)->Open(epoch).value();
  testing::ReportToParent("open " + std::to_string(head.next_sequence));
  for (;;) {
    const auto block = testing::MakeBlock(seed, epoch, head, kShape);
    ASSERT_EQ((*log)->Append(epoch, head, block), AppendOutcome::kOk);
    head = testing::HeadAfter(block);
    testing::ReportToParent(std::to_string(head.next_sequence) + " " + Hex(head.previous));
  }
}

// The head in the last whole line that reports an acknowledgement.
void TakeAcknowledgement(const std::string& line, LogHead& acknowledged, Sequence& reported) {
  const size_t space = line.find(' ');
  if (line.starts_with("open")) return;
  acknowledged.next_sequence = std::strtoull(line.c_str(), nullptr, 10);
  for (size_t i = 0; i < acknowledged.previous.size(); ++i) {
    const char* digits = line.data() + space + 1 + 2 * i;
    std::from_chars(digits, digits + 2, acknowledged.previous[i], 16);
  }
  reported = acknowledged.next_sequence - 1;
}

TEST(Kill, LosesNothingAcknowledgedAndInventsNothing) {
  const uint64_t seed = testing::SeedOr(20210301);
  std::mt19937_64 random(seed);
  const testing::TemporaryDirectory temporary;
  const std::string directory = temporary.path() + "/ledger";
  LogHead acknowledged;
  Sequence reported = 0;  // as the children said; `acknowledged` also counts what was found
  size_t unacknowledged = 0;
  size_t before_first = 0;
  for (int kill = 1; kill <= kKills && !::testing::Test::HasFailure(); ++kill) {
    testing::ChildProcess child("KillChild.DISABLED_AppendsUntilItIsKilled",
                                {{"LONGMEN_CHILD_SEED", std::to_string(seed)},
                                 {"LONGMEN_CHILD_EPOCH", std::to_string(kill)},
                                 {"LONGMEN_CHILD_DIRECTORY", directory}});
    // Sometimes while it still opens, mostly after some acknowledgements and a moment more.
    const uint64_t lines = random() % 14;
    if (lines == 0) usleep(static_cast<useconds_t>(random() % 30'000));
    for (uint64_t i = 0; i < lines; ++i) {
      const auto line = child.ReadLine();
      ASSERT_TRUE(line.has_value()) << "the child failed by itself, at kill " << kill;
      TakeAcknowledgement(*line, acknowledged, reported);
    }
    usleep(static_cast<useconds_t>(random() % 1'500));
    child.Kill();
    child.Wait();
    bool opened = lines > 0;
    while (const auto line = child.ReadLine()) {
      opened = true;
      TakeAcknowledgement(*line, acknowledged, reported);
    }
    if (!opened) ++before_first;

    // Through the auditor's eyes, who changes nothing: the next child meets what this one left.
    RocksReaderOptions options;
    options.directory = directory;
    options.read_to = ReadTo::kTail;
    const auto reader = RocksReader::Open(options);
    if (!reader.ok() && reader.error().code == Code::NOT_FOUND) {
      ASSERT_EQ(acknowledged, LogHead{});
      continue;
    }
    ASSERT_TRUE(reader.ok()) << "kill " << kill << ": " << reader.error().message;
    const size_t beyond = CheckPromises(**reader, seed, kShape, acknowledged);
    unacknowledged += beyond;
    const auto report = (*reader)->CheckHead().value();
    EXPECT_GE(report.head_sequence, reported) << "a killed process cannot take HEAD away";
    if (beyond > 0) {
      // It is part of the log from now on: the next opening takes it in.
      acknowledged =
          testing::HeadAfter((*reader)->Read(report.tail_sequence, 1).value()[0].bytes());
    }
  }
  std::cout << kKills << " kills, " << before_first << " before the log was open, "
            << unacknowledged << " left an unacknowledged block, " << acknowledged.next_sequence - 1
            << " records in the end" << std::endl;
}

// A child that holds the directory keeps everybody else out, and its death lets them in.
TEST(Kill, KeepsASecondWriterOutUntilTheFirstIsDead) {
  const testing::TemporaryDirectory temporary;
  const std::string directory = temporary.path() + "/ledger";
  testing::ChildProcess child("KillChild.DISABLED_AppendsUntilItIsKilled",
                              {{"LONGMEN_CHILD_SEED", "1"},
                               {"LONGMEN_CHILD_EPOCH", "1"},
                               {"LONGMEN_CHILD_DIRECTORY", directory}});
  ASSERT_TRUE(child.ReadLine().has_value());
  const auto second = RocksLog::OpenDirectory(Options(directory));
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, Code::LOCKED);
  EXPECT_NE(second.error().message.find(directory), std::string::npos);
  child.Kill();
  child.Wait();
  EXPECT_TRUE(RocksLog::OpenDirectory(Options(directory)).ok());
}

}  // namespace
}  // namespace longmen::engine
