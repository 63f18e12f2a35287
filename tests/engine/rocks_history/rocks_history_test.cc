// The history on disk: what was put is found, whatever happened in between; what cannot be believed
// is begun anew.
#include "engine/rocks_history/rocks_history.h"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <thread>

#include "engine/rocks_history/partition.h"
#include "tests/support/generated_log/generated_log.h"
#include "tests/support/test_blocks/test_blocks.h"

namespace longmen::engine {
namespace {

namespace fs = std::filesystem;

Bytes BytesOf(const std::string& text) { return AsBytes(text); }

TEST(Partition, FindsWhatItHasAndLittleElse) {
  std::mt19937_64 random(1);
  const auto in_one = [&random] { return random() >> 12; };  // of the first partition
  std::array<Page, kPagesOfAPartition> pages;
  const auto write = [&pages](Partition& partition) { AppendTo(pages, partition.TakeWaiting()); };
  std::vector<uint64_t> hashes;
  Partition partition;
  partition.Load(pages);
  for (uint64_t number = 0; number < 5'000; ++number) {
    if (partition.full()) {
      write(partition);
      partition.Load(pages);
    }
    hashes.push_back(in_one());
    partition.Put(hashes.back(), number);
  }
  write(partition);
  for (uint64_t number = 0; number < hashes.size(); ++number) {
    ASSERT_TRUE(partition.MayHave(hashes[number]));
    Numbers found;
    FindInPage(pages[PageOf(hashes[number])], hashes[number], found);
    ASSERT_EQ(found, Numbers{number});
  }
  size_t mistaken = 0;
  for (int i = 0; i < 100'000; ++i) mistaken += partition.MayHave(in_one()) ? 1 : 0;
  EXPECT_LT(mistaken, 1'000u) << "the filter says yes to one in a hundred or more";
  EXPECT_EQ(partition.full(), false);
}

TEST(Partition, FiltersWhatWasPutBeforeItWasLoaded) {
  Partition partition;
  partition.Put(5, 50);
  partition.Load({});
  EXPECT_TRUE(partition.MayHave(5));
  EXPECT_TRUE(partition.all_waits());
}

class RocksHistories : public ::testing::Test {
 protected:
  static constexpr Sequence kWindow = 16;
  static constexpr Sequence kMark = 150;  // beyond what all generated logs begin with

  void SetUp() override {
    records_ = generator::GenerateRecords(3, 60);
    log_ = generator::LogOf(records_);
  }

  RocksHistoryOptions Options() const {
    return {.directory = directory_, .window = kWindow, .round_records = 64};
  }
  std::unique_ptr<RocksHistory> Open(const LogReader& log) {
    auto opened = RocksHistory::Open(Options(), log);
    EXPECT_TRUE(opened.ok()) << Describe(opened.error());
    return std::move(*opened);
  }
  std::unique_ptr<RocksHistory> Open() { return Open(*log_); }

  // Puts numbers under hashes, some of them several times, and bytes that say them again.
  void Put(RocksHistory& history, size_t count) {
    for (size_t i = 0; i < count; ++i) {
      const uint64_t hash =
          random_() % 4 == 0 && !known_.empty() ? known_.begin()->first : random_();
      const std::string bytes(random_() % 300, static_cast<char>(i));
      const uint64_t place = history.Store(BytesOf(bytes));
      history.Put(hash, place);
      known_[hash].push_back(place);
      bytes_[place] = bytes;
    }
  }
  void ExpectAll(RocksHistory& history) {
    for (const auto& [hash, places] : known_) {
      const Numbers found = history.Find(hash);
      ASSERT_EQ(std::vector<uint64_t>(found.begin(), found.end()), places);
    }
    for (const auto& [place, bytes] : bytes_) {
      const auto fetched = history.Fetch(place);
      ASSERT_TRUE(fetched.has_value()) << place;
      ASSERT_EQ(AsText(*fetched), bytes);
    }
    for (int i = 0; i < 10'000; ++i) ASSERT_TRUE(history.Find(random_()).empty());
    ASSERT_TRUE(history.status().ok());
  }

  // The files whose names end so, to be damaged.
  std::vector<std::string> Files(const std::string& ending) const {
    std::vector<std::string> paths;
    for (const auto& entry : fs::directory_iterator(directory_)) {
      if (entry.path().string().ends_with(ending)) paths.push_back(entry.path().string());
    }
    return paths;
  }

  testing::TemporaryDirectory temporary_;
  const std::string directory_ = temporary_.path() + "/history";
  std::vector<Emitted> records_;
  std::unique_ptr<MemoryLog> log_;
  std::mt19937_64 random_{7};
  std::map<uint64_t, std::vector<uint64_t>> known_;
  std::map<uint64_t, std::string> bytes_;
};

TEST_F(RocksHistories, FindWhatWasPutBeforeAndAfterItIsWritten) {
  auto history = Open();
  for (int round = 0; round < 4; ++round) {
    Put(*history, 3'000);
    ExpectAll(*history);
    history->Advance(100);  // a round and a half
    Put(*history, 500);
    ExpectAll(*history);
  }
  const uint64_t seed = history->seed();
  ASSERT_TRUE(history->Flush().ok());
  ExpectAll(*history);
  for (const uint64_t read_at_opening_max : {UINT64_MAX, uint64_t{0}}) {
    history.reset();
    auto options = Options();
    options.read_at_opening_max = read_at_opening_max;
    history = std::move(*RocksHistory::Open(options, *log_));
    EXPECT_EQ(history->seed(), seed);
    Put(*history, 200);  // into partitions that nobody has asked yet
    history->Advance(40);
    ExpectAll(*history);
    ASSERT_TRUE(history->Flush().ok());
  }
}

TEST_F(RocksHistories, AreReadBesideTheirWriterAsTheyWereFlushed) {
  auto history = Open();
  EXPECT_EQ(RocksHistory::OpenReadOnly({.directory = directory_ + "/none"}, *log_).error().code,
            Code::NOT_FOUND);
  Put(*history, 1'000);
  history->SetMark(40, 40);
  ASSERT_TRUE(history->Flush().ok());
  const auto reader = RocksHistory::OpenReadOnly(Options(), *log_);
  ASSERT_TRUE(reader.ok()) << Describe(reader.error());
  EXPECT_TRUE((*reader)->read_only());
  EXPECT_EQ((*reader)->mark(), 40u);
  ExpectAll(**reader);
  EXPECT_EQ(RocksHistory::Open(Options(), *log_).error().code, Code::LOCKED);
}

TEST_F(RocksHistories, KeepTheMarkOfTheLastRoundThatWasFlushed) {
  auto history = Open();
  history->SetMark(17, 20);
  Put(*history, 500);
  ASSERT_TRUE(history->Flush().ok());
  Put(*history, 500);
  history->SetMark(30, 30);
  history->Advance(32);  // half a round: 30 is the mark of this one when it ends
  EXPECT_EQ(RocksHistory::OpenReadOnly(Options(), *log_).value()->mark(), 17u);
  // As a kill leaves it: what the files say now.
  const std::string copy = temporary_.path() + "/copy";
  fs::copy(directory_, copy, fs::copy_options::recursive);
  auto killed =
      RocksHistory::Open({.directory = copy, .window = kWindow, .round_records = 64}, *log_);
  ASSERT_TRUE(killed.ok()) << Describe(killed.error());
  EXPECT_EQ((*killed)->mark(), 17u);
  // The round ends, with the mark from its beginning, and is flushed by itself.
  history->SetMark(40, 40);
  history->Advance(32);
  const auto marked = [this] {
    return RocksHistory::OpenReadOnly(Options(), *log_).value()->mark();
  };
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (marked() == 17 && std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_EQ(marked(), 30u);
  ASSERT_TRUE(history->Flush().ok());
  EXPECT_EQ(marked(), 40u);
}

TEST_F(RocksHistories, GiveRecordsOfTheLog) {
  auto history = Open();
  for (const Sequence sequence : {Sequence{1}, records_.size(), records_.size() / 2}) {
    const auto record = history->Record(sequence);
    ASSERT_TRUE(record.has_value());
    EXPECT_EQ(record->header, records_[sequence - 1].header);
    EXPECT_TRUE(AsText(record->proposal) == AsText(records_[sequence - 1].proposal.bytes()));
  }
  EXPECT_FALSE(history->Record(records_.size() + 1).has_value());
  EXPECT_EQ(history->status().error().code, Code::CORRUPT);
  EXPECT_FALSE(history->Record(1).has_value()) << "a failure stays";
  ASSERT_TRUE(history->Recover().ok());
  EXPECT_TRUE(history->Record(1).has_value());
}

TEST_F(RocksHistories, OfAnotherLogOrWindowAreBegunAnew) {
  {
    auto history = Open();
    Put(*history, 100);
    history->SetMark(kMark, kMark);
    ASSERT_TRUE(history->Flush().ok());
  }
  EXPECT_EQ(Open()->mark(), kMark);
  const auto other = generator::LogOf(generator::GenerateRecords(4, 60));
  EXPECT_EQ(Open(*other)->mark(), 0u);
  {
    auto history = Open(*other);
    history->SetMark(kMark, kMark);
    ASSERT_TRUE(history->Flush().ok());
  }
  auto options = Options();
  options.window = kWindow * 2;
  EXPECT_EQ(RocksHistory::OpenReadOnly(options, *other).error().code, Code::CORRUPT);
  EXPECT_EQ(RocksHistory::Open(options, *other).value()->mark(), 0u);
  // A log that lost its end.
  auto end = records_.begin() + kMark + 9;
  while (end->header.group_index != 0) ++end;  // a log ends with a whole group
  const auto shorter = generator::LogOf({records_.begin(), end});
  for (const Sequence seen : {shorter->AckedFrontier(), shorter->AckedFrontier() + 1}) {
    {
      auto history = Open();
      history->SetMark(kMark, seen);
      ASSERT_TRUE(history->Flush().ok());
    }
    EXPECT_EQ(Open(*shorter)->mark(), seen == shorter->AckedFrontier() ? kMark : 0u);
  }
}

TEST_F(RocksHistories, DamagedAreBegunAnewOrFailAndAreNeverBelieved) {
  {
    auto history = Open();
    Put(*history, 20'000);
    history->SetMark(kMark, kMark);
    ASSERT_TRUE(history->Flush().ok());
  }
  const auto tables = Files(".sst");
  ASSERT_FALSE(tables.empty());
  for (const std::string& path : tables) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    for (std::streamoff at = 0; at < static_cast<std::streamoff>(fs::file_size(path)) - 4'096;
         at += 1'024) {
      file.seekp(at);
      file.put('!');
    }
  }
  auto opened = RocksHistory::Open(Options(), *log_);
  ASSERT_TRUE(opened.ok()) << Describe(opened.error());
  if ((*opened)->mark() == 0) return;
  size_t found = 0;
  for (const auto& [hash, places] : known_) {
    for (const uint64_t place : (*opened)->Find(hash)) {
      const auto bytes = (*opened)->Fetch(place);
      if (!bytes) break;
      ASSERT_EQ(AsText(*bytes), bytes_[place]);
      ++found;
    }
  }
  EXPECT_LT(found, bytes_.size());
  EXPECT_FALSE((*opened)->status().ok());
  EXPECT_TRUE((*opened)->Find(known_.begin()->first).empty());
}

}  // namespace
}  // namespace longmen::engine
