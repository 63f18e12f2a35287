// The store, its encoding, and what survives.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <random>
#include <thread>

#include "projections/all/all.h"
#include "projections/positions/positions.h"
#include "projections/rocks_store/overlay.h"
#include "projections/rocks_store/rocks_store.h"
#include "projections/store/encoding.h"
#include "tests/projections/hand_log/hand_log.h"
#include "tests/support/child_process/child_process.h"
#include "tests/support/test_blocks/test_blocks.h"

namespace longmen::projections {
namespace {

using namespace std::chrono_literals;
using testing::HandLog;
using testing::SeedOr;
using testing::TemporaryDirectory;

TEST(Encoding, KeysSortAsWhatTheyStandFor) {
  const auto date = [](DayNumber day) { return KeyWriter("p").Date(day).bytes(); };
  EXPECT_LT(date(-1), date(0));
  EXPECT_LT(date(0), date(300));
  const auto pair = [](std::string_view text, uint64_t number) {
    return KeyWriter("p").Text(text).Number(number).bytes();
  };
  EXPECT_LT(pair("a", 999), pair("ab", 0));
  EXPECT_LT(pair("a", 255), pair("a", 256));
  EXPECT_NE(pair(std::string_view("a\0", 2), 1).substr(0, pair("a", 1).size()), pair("a", 1));
}

TEST(Encoding, KeysReadBack) {
  const std::string text("a\0b", 3);
  const std::string key = KeyWriter("p/").Text(text).Number(7).Small(9).Date(-5).bytes();
  KeyReader reader(key, "p/");
  EXPECT_EQ(reader.Text(), text);
  EXPECT_EQ(reader.Number(), 7u);
  EXPECT_EQ(reader.Small(), 9u);
  EXPECT_EQ(reader.Date(), -5);
  EXPECT_TRUE(reader.done());
  KeyReader cut(std::string_view(key).substr(0, key.size() - 1), "p/");
  cut.Text();
  cut.Number();
  cut.Small();
  cut.Date();
  EXPECT_FALSE(cut.done());
}

TEST(Encoding, ValuesReadBackAndCutOnesDoNot) {
  for (const int64_t number : {int64_t{0}, int64_t{-1}, INT64_MIN, INT64_MAX, int64_t{1} << 40}) {
    EXPECT_EQ(*Decode<int64_t>(Encode(number)), number);
  }
  EXPECT_FALSE(Decode<uint8_t>(Encode(uint64_t{256})).ok());
  const std::vector<std::string> texts = {"", "one", std::string(300, 'x')};
  const std::string bytes = Encode(texts);
  EXPECT_EQ(*Decode<std::vector<std::string>>(bytes), texts);
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(Decode<std::vector<std::string>>(bytes.substr(0, size)).ok()) << size;
  }
  WideSum sum;
  for (int i = 0; i < 5; ++i) sum.Add(INT64_MIN);
  EXPECT_EQ(*Decode<WideSum>(Encode(sum)), sum);
}

// A log in which all projections have something, `payments` long.
HandLog BusyLog(int payments) {
  HandLog log;
  E2bBanks(log);
  E2bRefund(log, E2bPayments(log));
  for (int i = 0; i < payments; ++i) {
    if (i % 50 == 0) {
      log.CloseCycle();
      log.OpenCycle(fmt::format("c{}", i));
      log.Refuse(fmt::format("k{}", i), fmt::format("r{}", i), Code::ORDER_EXISTS, "key");
    }
    if (i % 120 == 0) log.Day(testing::kFirstDay + 1 + i / 120);
    log.Move({.key = fmt::format("k{}", i),
              .from = i % 2 == 0 ? "ICBC.c" : "CMB.c",
              .to = i % 3 == 0 ? "BOB.c" : "CCB.c",
              .minor = 100 + i,
              .outcome = i % 7 == 0 ? schema::Outcome::PENDING : schema::Outcome::SUCCEEDED});
  }
  return log;
}

Status FoldRange(const HandLog& log, Sequence first, Sequence last, Store& store) {
  for (Sequence i = first; i <= last; ++i) {
    const auto& record = log.records()[i - 1];
    RETURN_IF_ERROR(Fold(record.view(), record.effects, store));
  }
  return Ok();
}

MapStore Derived(const HandLog& log, Sequence last) {
  MapStore store;
  EXPECT_TRUE(FoldRange(log, 1, last, store).ok());
  return store;
}

std::unique_ptr<RocksStore> OpenStore(const std::string& directory,
                                      const RocksStoreOptions& options = {}) {
  auto store = RocksStore::Open(directory, options);
  EXPECT_TRUE(store.ok()) << Describe(store.error());
  return std::move(store).value();
}

TEST(Fold, RollingForwardTwiceChangesNothing) {
  const HandLog log = BusyLog(130);
  const Sequence last = log.records().size();
  MapStore store = Derived(log, last);
  const MapStore once = store;
  ASSERT_TRUE(FoldRange(log, last / 2, last, store).ok());
  EXPECT_TRUE(store == once);
  // The folds themselves do add up: it is the guard that makes the second time harmless.
  const auto& record = log.records()[last - 2];
  for (const Projection* projection : Projections()) {
    const ProposalReader proposal(record.proposal.bytes());
    projection->Fold(record.view(), proposal.get(), record.effects, store);
  }
  EXPECT_FALSE(store == once);
}

TEST(Fold, RefusesToSkipARecord) {
  const HandLog log = BusyLog(1);
  MapStore store = Derived(log, 3);
  const Status status = FoldRange(log, 5, 5, store);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, Code::CORRUPT);
}

TEST(Fold, RefusesAStoreOfAnotherFormat) {
  const HandLog log = BusyLog(1);
  MapStore store = Derived(log, 3);
  EXPECT_TRUE(CheckFormat(store).ok() && CheckFormat(MapStore()).ok());
  store.Put("format", "0");
  EXPECT_EQ(CheckFormat(store).error().code, Code::UNANSWERABLE);
  EXPECT_EQ(FoldRange(log, 4, 4, store).error().code, Code::UNANSWERABLE);
}

TEST(Fold, GivesTheSameBytesWhateverTheBatches) {
  const HandLog log = BusyLog(130);
  const Sequence last = log.records().size();
  const auto expected = StoreDigest(Derived(log, last));
  const uint64_t seed = SeedOr(1);
  std::mt19937_64 random(seed);
  for (const size_t batch : {size_t{1}, size_t{7}, size_t{0}}) {  // 0: of random sizes
    const TemporaryDirectory directory;
    auto store = OpenStore(directory.Sub("derived"));
    for (Sequence next = 1; next <= last;) {
      const Sequence end =
          std::min<Sequence>(last, next + (batch == 0 ? random() % 40 : batch - 1));
      ASSERT_TRUE(FoldRange(log, next, end, *store).ok());
      ASSERT_TRUE(store->Commit().ok());
      if (next <= last / 2 && end > last / 2) {
        ASSERT_TRUE(store->Flush().ok());
      }
      next = end + 1;
    }
    EXPECT_EQ(StoreDigest(store->Committed()), expected) << batch;
  }
}

TEST(Folding, GivesWhatFoldingOneByOneGives) {
  const HandLog log = BusyLog(130);
  const Sequence last = log.records().size();
  MapStore store = Derived(log, last / 3);
  Folding folding(store);
  for (Sequence i = 1; i <= last; ++i) {  // what is contained already is passed over
    const auto& record = log.records()[i - 1];
    ASSERT_TRUE(folding.Fold(record.view(), record.effects).ok());
    if (i == last / 2) {
      folding.Finish();
      EXPECT_TRUE(store == Derived(log, last / 2));
    }
  }
  folding.Finish();
  EXPECT_TRUE(store == Derived(log, last));
}

TEST(Compare, NamesTheFirstKeyOfEachProjectionThatDiffers) {
  const HandLog log = BusyLog(10);
  const MapStore derived = Derived(log, log.records().size());
  MapStore stored = derived;
  EXPECT_TRUE(Compare(stored, derived).empty());
  stored.Put(KeyWriter("balances/a").Text("BOB.c"), "other");
  stored.Delete(KeyWriter("balances/a").Text("CCB.c"));
  stored.Put("orders/x", "extra");
  stored.Put("zzz", "");
  stored.Delete("applied");
  const auto differences = Compare(stored, derived);
  std::vector<std::string> found;
  for (const auto& each : differences) {
    found.push_back(fmt::format("{} {} {}{}", each.projection, each.key, each.stored ? "s" : "",
                                each.derived ? "d" : ""));
  }
  const std::vector<std::string> expected = {"applied applied d",
                                             "balances balances/aBOB.c\\x00\\x01 sd",
                                             "orders orders/x s", "unknown zzz s"};
  EXPECT_EQ(found, expected);
}

// What both stores must do alike.
void CheckScan(Store& store) {
  for (const char* key : {"a", "b/1", "b/2", "b/3", "c"}) store.Put(key, key);
  store.Delete("b/2");
  const auto keys = [&](std::string_view prefix, std::string_view after, size_t limit) {
    std::string all;
    store.Scan(prefix, after, [&](std::string_view key, std::string_view value) {
      EXPECT_EQ(key, value);
      all += std::string(key) + " ";
      return --limit > 0;
    });
    return all;
  };
  EXPECT_EQ(keys("b/", "", 9), "b/1 b/3 ");
  EXPECT_EQ(keys("b/", "b/1", 9), "b/3 ");
  EXPECT_EQ(keys("b/", "b/2", 9), "b/3 ");
  EXPECT_EQ(keys("b/", "a", 9), "b/1 b/3 ");
  EXPECT_EQ(keys("b/", "c", 9), "");
  EXPECT_EQ(keys("", "", 2), "a b/1 ");
  EXPECT_EQ(keys("", "b/1", 9), "b/3 c ");
  EXPECT_EQ(store.Get("b/2"), std::nullopt);
  EXPECT_EQ(store.Get("c"), "c");
}

// How commits go to disk: by the memtable, or each as a table.
const RocksStoreOptions kWays[] = {{}, {.table_bytes = 1}};

const std::function<void(RocksStore&)> kSteps[] = {
    [](RocksStore&) {},
    [](RocksStore& store) { EXPECT_TRUE(store.Commit().ok()); },
    [](RocksStore& store) { EXPECT_TRUE(store.Commit().ok() && store.Flush().ok()); },
    [](RocksStore& store) { EXPECT_TRUE(store.Commit().ok() && store.Compact().ok()); },
};

// What both stores must do alike; `between` comes between any two steps.
void CheckAppends(Store& store, const std::function<void()>& between) {
  const auto scanned = [&] {
    std::string all;
    store.Scan("a", "", [&](std::string_view key, std::string_view value) {
      all += fmt::format("{}={} ", key, value);
      return true;
    });
    return all;
  };
  store.Append("a/1", "one");
  between();
  store.Append("a/1", ",two");
  store.Put("a/2", "x");
  store.Append("a/2", "y");
  EXPECT_EQ(scanned(), "a/1=one,two a/2=xy ");
  between();
  EXPECT_EQ(store.Get("a/1"), "one,two");
  store.Append("a/1", ",three");  // to what was only read
  EXPECT_EQ(store.Get("a/1"), "one,two,three");
  between();
  store.Delete("a/2");
  store.Append("a/2", "z");
  EXPECT_EQ(scanned(), "a/1=one,two,three a/2=z ");
  between();
  store.Append("a/2", "");
  store.Put("a/1", "anew");
  between();
  EXPECT_EQ(scanned(), "a/1=anew a/2=z ");
}

TEST(MapStore, AppendsToTheEndOfWhatIsThere) {
  MapStore store;
  CheckAppends(store, [] {});
}

TEST(RocksStore, AppendsToTheEndOfWhatIsThere) {
  for (const auto& way : kWays) {
    for (const auto& step : kSteps) {
      const TemporaryDirectory directory;
      const auto store = OpenStore(directory.Sub("derived"), way);
      CheckAppends(*store, [&] { step(*store); });
    }
  }
}

// The same of rows that have a head; `between` comes between any two steps.
void CheckAmends(Store& store, const std::function<void()>& between) {
  const auto row = [&](std::string_view key) {
    const std::string value = store.Get(key).value_or("");
    const AmendedRow parts = ReadAmendedRow(value);
    std::string scanned;
    store.Scan(key, "", [&](auto, std::string_view found) {
      scanned = found;
      return false;
    });
    EXPECT_EQ(scanned, value);
    return fmt::format("{}|{}", parts.head.size() > 9 ? "long" : parts.head, parts.tail);
  };
  store.Amend("a/1", "one", "1");
  between();
  store.Amend("a/1", "two", "2");    // as long as it was
  store.Amend("a/1", "three", "3");  // longer
  store.Amend("a/2", "", "1");       // no head yet
  between();
  EXPECT_EQ(row("a/1"), "three|123");
  EXPECT_EQ(row("a/2"), "|1");
  store.Amend("a/1", "", "4");  // to what was only read
  store.Amend("a/2", "x", "");
  EXPECT_EQ(row("a/1"), "three|1234");
  between();
  EXPECT_EQ(row("a/1"), "three|1234");
  EXPECT_EQ(row("a/2"), "x|1");
  store.Amend("a/1", std::string(300, 'x'), "5");
  between();
  store.Amend("a/1", "", "6");
  EXPECT_EQ(row("a/1"), "long|123456");
  store.Delete("a/1");
  store.Amend("a/1", "", "1");
  between();
  EXPECT_EQ(row("a/1"), "|1");
  EXPECT_EQ(row("a/3"), "|");
}

TEST(MapStore, AmendsHeadAndTail) {
  MapStore store;
  CheckAmends(store, [] {});
}

TEST(RocksStore, AmendsHeadAndTail) {
  for (const auto& way : kWays) {
    for (const auto& step : kSteps) {
      const TemporaryDirectory directory;
      const auto store = OpenStore(directory.Sub("derived"), way);
      CheckAmends(*store, [&] { step(*store); });
    }
  }
}

TEST(AmendedRow, ReadsNothingFromWhatIsNone) {
  for (const std::string_view value : {"",
                                       "\x05"
                                       "four",
                                       "\xff\xff"}) {
    const AmendedRow row = ReadAmendedRow(value);
    EXPECT_TRUE(row.head.empty() && row.tail.empty());
  }
}

TEST(Overlay, SortsWhateverKeysHaveInCommon) {
  std::mt19937_64 random(SeedOr(1));
  Overlay overlay;
  std::map<std::string, std::string> expected;
  for (int i = 0; i < 5'000; ++i) {
    std::string key(1, "abc"[random() % 3]);
    key.append(random() % 3 * 10, '/');
    for (size_t n = random() % 20; n > 0; --n) key += "\0\x01\xff"[random() % 3];
    overlay.Put(key, "x");
    expected[key] = "x";
    if (i % 1'000 == 0) {
      EXPECT_EQ(overlay.Sorted().size(), expected.size());
    }
  }
  std::vector<std::string> keys;
  for (const Overlay::Entry* entry : overlay.Sorted()) keys.emplace_back(entry->key());
  ASSERT_EQ(keys.size(), expected.size());
  auto at = expected.begin();
  for (const std::string& key : keys) EXPECT_EQ(key, at++->first);
  overlay.Renew();
  EXPECT_EQ(overlay.Sorted().size(), 0u);
  EXPECT_EQ(overlay.changed_bytes(), 0u);
}

class RocksStoreWays : public ::testing::TestWithParam<RocksStoreOptions> {};
INSTANTIATE_TEST_SUITE_P(Ways, RocksStoreWays, ::testing::ValuesIn(kWays),
                         [](const auto& way) { return way.index == 0 ? "Memtable" : "Tables"; });

TEST_P(RocksStoreWays, ReadsAKeyOnceAndKnowsWhatBecameOfIt) {
  const TemporaryDirectory directory;
  const auto store = OpenStore(directory.Sub("derived"), GetParam());
  EXPECT_EQ(store->Get("k"), std::nullopt);
  ASSERT_TRUE(store->Commit().ok());
  for (int i = 0; i < 5; ++i) {
    store->Put("k", fmt::format("{}", i));
    EXPECT_EQ(store->Get("k"), fmt::format("{}", i));
    ASSERT_TRUE(store->Commit().ok());
    EXPECT_EQ(store->Get("k"), fmt::format("{}", i));
    EXPECT_EQ(store->Committed().Get("k"), fmt::format("{}", i));
  }
  store->Delete("k");
  ASSERT_TRUE(store->Commit().ok());
  EXPECT_EQ(store->Get("k"), std::nullopt);
  EXPECT_EQ(store->Committed().Get("k"), std::nullopt);
}

TEST(MapStore, ScansInOrder) {
  MapStore store;
  CheckScan(store);
}

TEST_P(RocksStoreWays, ScansWhatIsCommittedAndWhatIsNot) {
  const TemporaryDirectory directory;
  auto store = OpenStore(directory.Sub("derived"), GetParam());
  CheckScan(*store);  // all of it in the overlay
  ASSERT_TRUE(store->Commit().ok());
  store->Put("b/2", "back");
  CheckScan(*store);  // half of it
  ASSERT_TRUE(store->Commit().ok());
  store->Delete("b/1");
  std::string seen;
  store->Scan("b/", "", [&](std::string_view key, auto) {
    seen += key;
    return true;
  });
  EXPECT_EQ(seen, "b/3");
}

TEST_P(RocksStoreWays, ShowsReadersWholeBatchesOnly) {
  const TemporaryDirectory directory;
  auto store = OpenStore(directory.Sub("derived"), GetParam());
  const HandLog log = BusyLog(5);
  ASSERT_TRUE(FoldRange(log, 1, 4, *store).ok());
  EXPECT_EQ(store->Snapshot()->applied().sequence, 0u);
  ASSERT_TRUE(store->Commit().ok());
  const auto snapshot = store->Snapshot();
  ASSERT_TRUE(FoldRange(log, 5, log.records().size(), *store).ok());
  ASSERT_TRUE(store->Commit().ok());
  EXPECT_EQ(snapshot->applied().sequence, 4u);
  EXPECT_EQ(StoreDigest(*snapshot), StoreDigest(Derived(log, 4)));
  EXPECT_EQ(store->Snapshot()->applied().sequence, log.records().size());
  store.reset();
  EXPECT_EQ(ReadApplied(*snapshot)->sequence, 4u);  // it outlives the store
}

TEST_P(RocksStoreWays, ReadersOfOtherThreadsSeeTheStateAfterSomeCommit) {
  const TemporaryDirectory directory;
  auto store = OpenStore(directory.Sub("derived"), GetParam());
  const HandLog log = BusyLog(400);
  std::map<Sequence, Digest256> digests;  // after each commit
  MapStore derived;
  digests[0] = StoreDigest(derived);
  for (Sequence i = 1; i <= log.records().size(); ++i) {
    ASSERT_TRUE(FoldRange(log, i, i, derived).ok());
    if (i % 3 == 0) digests[i] = StoreDigest(derived);
  }
  const Sequence final = digests.rbegin()->first;
  std::atomic<int> readings = 0;
  std::string fault;  // the first, of the reader
  std::thread reader([&] {
    for (Sequence at = 0; fault.empty() && at != final; ++readings) {
      const auto snapshot = store->Snapshot();
      at = snapshot->applied().sequence;
      const auto expected = digests.find(at);
      if (expected == digests.end()) {
        fault = fmt::format("{} is inside a commit", at);
      } else if (StoreDigest(*snapshot) != expected->second || !snapshot->status().ok()) {
        fault = fmt::format("at {} it is another state", at);
      }
    }
  });
  for (Sequence i = 1; i <= log.records().size(); ++i) {
    EXPECT_TRUE(FoldRange(log, i, i, *store).ok());
    if (i % 3 == 0) {
      EXPECT_TRUE(store->Commit().ok());
    }
    if (i == final / 2) {
      EXPECT_TRUE(store->Flush().ok());
    }
    // The reader gets its turn at least once in the middle, however busy the machine is.
    while (i == final / 2 && readings == 0) std::this_thread::sleep_for(1ms);
  }
  reader.join();
  EXPECT_EQ(fault, "");
  EXPECT_GT(readings, 1);
}

// A crash between the two steps in which RocksDB takes a table in.
TEST(RocksStore, ATableThatHasItsOldNameStillIsNotWrittenOver) {
  const TemporaryDirectory directory;
  const std::string path = directory.Sub("derived");
  auto store = OpenStore(path, {.table_bytes = 1});
  store->Put("a", "1");
  ASSERT_TRUE(store->Commit().ok());
  int tables = 0;
  for (const auto& file : std::filesystem::directory_iterator(path)) {
    if (file.path().extension() != ".sst") continue;
    std::filesystem::create_hard_link(file.path(), path + "/incoming");
    ++tables;
  }
  EXPECT_EQ(tables, 1);
  store->Put("b", "2");
  ASSERT_TRUE(store->Commit().ok());
  store.reset();
  store = OpenStore(path);
  EXPECT_EQ(store->Get("a"), "1");
  EXPECT_EQ(store->Get("b"), "2");
}

TEST_P(RocksStoreWays, KeepsRowsForReadersAsTheLastCommitLeftThem) {
  const TemporaryDirectory directory;
  RocksStoreOptions options = GetParam();
  options.kept_prefix = "k/";
  auto store = OpenStore(directory.Sub("derived"), options);
  const ReadStore& committed = store->Committed();
  store->Put("k/asked", "1");
  store->Put("k/unasked", "1");
  store->Put("other", "1");
  EXPECT_EQ(committed.Get("k/asked"), std::nullopt);
  ASSERT_TRUE(store->Commit().ok());
  EXPECT_EQ(committed.Get("k/asked"), "1");
  store->Put("k/asked", "2");
  store->Put("k/unasked", "2");
  store->Put("other", "2");
  EXPECT_EQ(committed.Get("k/asked"), "1");
  ASSERT_TRUE(store->Commit().ok());
  EXPECT_EQ(committed.Get("k/asked"), "2");
  EXPECT_EQ(committed.Get("k/unasked"), "2");
  EXPECT_EQ(committed.Get("other"), "2");
  store->Delete("k/asked");
  ASSERT_TRUE(store->Commit().ok());
  EXPECT_EQ(committed.Get("k/asked"), std::nullopt);
  EXPECT_EQ(committed.Get("k/never"), std::nullopt);
  store.reset();
  store = OpenStore(directory.Sub("derived"), options);
  EXPECT_EQ(store->Committed().Get("k/unasked"), "2");
}

TEST(RocksStore, IsOpenedOnceAtATime) {
  const TemporaryDirectory directory;
  const std::string path = directory.Sub("derived");
  const auto store = OpenStore(path);
  const auto second = RocksStore::Open(path);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, Code::LOCKED);
}

TEST(RocksStore, IsEmptyAfterDestroyAll) {
  const TemporaryDirectory directory;
  const std::string path = directory.Sub("derived");
  const HandLog log = BusyLog(1);
  {
    auto store = OpenStore(path);
    ASSERT_TRUE(FoldRange(log, 1, 5, *store).ok());
    ASSERT_TRUE(store->Commit().ok());
  }
  EXPECT_EQ(OpenStore(path)->Snapshot()->applied().sequence, 5u);
  ASSERT_TRUE(RocksStore::DestroyAll(path).ok());
  EXPECT_TRUE(Compare(*OpenStore(path)->Snapshot(), MapStore()).empty());
}

constexpr int kCrashPayments = 600;

// The child: folds and commits, and says how far, until it is killed or done. About every second
// commit is a table.
TEST(RocksStoreCrash, DISABLED_Child) {
  const char* path = std::getenv("LONGMEN_TEST_STORE");
  ASSERT_NE(path, nullptr);
  const HandLog log = BusyLog(kCrashPayments);
  auto store = OpenStore(path, {.memtable_bytes = 64u << 10, .table_bytes = 2'000});
  for (Sequence i = ReadApplied(*store)->sequence + 1; i <= log.records().size(); ++i) {
    ASSERT_TRUE(FoldRange(log, i, i, *store).ok());
    if (i % 5 == 0) {
      ASSERT_TRUE(store->Commit().ok());
      testing::ReportToParent(fmt::format("{}", i));
    }
    if (i % 200 == 0) {
      ASSERT_TRUE(store->Flush().ok());
      testing::ReportToParent(fmt::format("flushed {}", i));
    }
  }
  std::_Exit(0);  // as a crash would: nothing is closed
}

TEST(RocksStoreCrash, LeavesTheStateAfterAnEarlierCommit) {
  const HandLog log = BusyLog(kCrashPayments);
  const Sequence last = log.records().size();
  std::mt19937_64 random(SeedOr(1));
  int lost = 0;  // runs in which a commit was lost
  for (int run = 0; run < 6; ++run) {
    const TemporaryDirectory directory;
    const std::string path = directory.Sub("derived");
    Sequence committed = 0;
    Sequence flushed = 0;
    {
      testing::ChildProcess child("RocksStoreCrash.DISABLED_Child", {{"LONGMEN_TEST_STORE", path}});
      const Sequence kill_at = 5 + random() % last;
      while (const auto line = child.ReadLine()) {
        const bool flush = line->starts_with("flushed ");
        const Sequence sequence = std::stoull(flush ? line->substr(8) : *line);
        (flush ? flushed : committed) = sequence;
        if (!flush && sequence >= kill_at) child.Kill();
      }
    }
    ASSERT_GT(committed, 0u);
    auto store = OpenStore(path);
    const Applied applied = *ReadApplied(*store);
    EXPECT_GE(applied.sequence, flushed);
    EXPECT_EQ(applied.sequence % 5, 0u);
    lost += applied.sequence < committed;
    const auto differences = Compare(*store, Derived(log, applied.sequence));
    EXPECT_TRUE(differences.empty()) << "at " << applied.sequence;
    // Rolling forward from anywhere before it gives the whole.
    ASSERT_TRUE(FoldRange(log, 1 + random() % (applied.sequence + 1), last, *store).ok());
    EXPECT_EQ(StoreDigest(*store), StoreDigest(Derived(log, last)));
  }
  EXPECT_GT(lost, 0) << "nothing was ever lost: this run shows nothing";
}

}  // namespace
}  // namespace longmen::projections
