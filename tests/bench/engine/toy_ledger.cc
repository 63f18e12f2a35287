#include "tests/bench/engine/toy_ledger.h"

#include <rocksdb/db.h>
#include <rocksdb/table.h>

#include <boost/unordered/unordered_flat_set.hpp>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <filesystem>
#include <mutex>
#include <thread>

#include "events/base/check.h"
#include "tests/bench/engine/subjects.h"

namespace longmen::bench {
namespace {

constexpr size_t kEvents = 6'000'000;
constexpr double kSecondsMax = 6;
constexpr size_t kAccounts = 10'000;
constexpr size_t kWaitingMax = 1;  // decided batches that the writer has not taken

struct HashOfId {
  using is_avalanching = void;  // ids are random already
  size_t operator()(const std::pair<uint64_t, uint64_t>& id) const { return id.first; }
};

// Decided in place: the block is the events as they came.
class Books {
 public:
  Books(size_t events, size_t accounts) : balances_(accounts) { ids_.reserve(events); }

  rocksdb::Slice Decide(const ToyEvent* events, size_t count) {
    for (size_t i = 0; i < count; ++i) {
      const ToyEvent& event = events[i];
      CHECK(ids_.emplace(event.id[0], event.id[1]).second, "bench.toy", "an id twice");
      balances_[event.debit] -= event.minor;
      balances_[event.credit] += event.minor;
    }
    return {reinterpret_cast<const char*>(events), count * sizeof(ToyEvent)};
  }

 private:
  boost::unordered_flat_set<std::pair<uint64_t, uint64_t>, HashOfId> ids_;
  std::vector<int64_t> balances_;
};

class Disk {
 public:
  explicit Disk(const std::string& directory) {
    rocksdb::Options options;
    options.create_if_missing = true;
    options.write_buffer_size = 64u << 20;
    options.max_write_buffer_number = 4;
    options.bytes_per_sync = 1u << 20;
    options.use_direct_io_for_flush_and_compaction = true;
    options.compression = rocksdb::kNoCompression;
    rocksdb::DB* opened = nullptr;
    CHECK(rocksdb::DB::Open(options, directory, &opened).ok(), "bench.toy", directory);
    db_.reset(opened);
    sync_.sync = true;
  }

  void Write(size_t number, rocksdb::Slice block) {
    char key[8];
    for (size_t i = 0; i < 8; ++i) key[i] = static_cast<char>(number >> (56 - 8 * i));
    CHECK(db_->Put(sync_, {key, sizeof key}, block).ok(), "bench.toy", "put");
  }

 private:
  std::unique_ptr<rocksdb::DB> db_;
  rocksdb::WriteOptions sync_;
};

// A thread that makes blocks durable in their order.
class Writer {
 public:
  Writer(Disk& disk, Samples& batches) : disk_(disk), batches_(batches) {
    thread_ = std::thread([this] { Run(); });
  }
  ~Writer() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
      changed_.notify_all();
    }
    thread_.join();
  }

  void Push(size_t number, rocksdb::Slice block, const Stopwatch& since) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return waiting_.size() < kWaitingMax; });
    waiting_.push_back({number, block, since});
    changed_.notify_all();
  }

 private:
  struct Block {
    size_t number;
    rocksdb::Slice bytes;
    Stopwatch since;
  };

  void Run() {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return !waiting_.empty() || closed_; });
      if (waiting_.empty()) return;
      const Block block = waiting_.front();
      waiting_.pop_front();
      changed_.notify_all();
      lock.unlock();
      disk_.Write(block.number, block.bytes);
      batches_.Add(block.since.seconds());
      lock.lock();
    }
  }

  Disk& disk_;
  Samples& batches_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Block> waiting_;
  bool closed_ = false;
  std::thread thread_;
};

}  // namespace

std::vector<ToyEvent> ToyEvents(size_t count, size_t accounts) {
  std::vector<ToyEvent> events(count);
  uint64_t dice = 1;
  const auto roll = [&dice] {
    dice ^= dice << 13;
    dice ^= dice >> 7;
    return dice ^= dice << 17;
  };
  for (ToyEvent& event : events) {
    event.id[0] = roll() * 0x9e3779b97f4a7c15;
    event.id[1] = roll();
    event.key[0] = roll();
    event.debit = static_cast<uint32_t>(roll() % accounts);
    event.credit = static_cast<uint32_t>(roll() % accounts);
    event.minor = static_cast<int64_t>(roll() % 100'000);
    std::memset(event.rest, static_cast<int>(dice & 0xff), sizeof event.rest);
  }
  return events;
}

ToyResult RunToyLedger(const std::string& directory, const std::vector<ToyEvent>& events,
                       size_t accounts, ToyThreads threads) {
  ToyResult result;
  {
    Books books(events.size(), accounts);
    Disk disk(directory);
    size_t at = 0;
    const auto decide = [&] {
      const size_t count = std::min(kToyBatch, events.size() - at);
      const auto block = books.Decide(&events[at], count);
      at += count;
      return block;
    };
    const Stopwatch all;
    const auto more = [&] { return at < events.size() && all.seconds() < kSecondsMax; };
    if (threads == ToyThreads::kOne) {
      while (more()) {
        const size_t key = at;
        result.batches.Time([&] { disk.Write(key, decide()); });
      }
    } else {
      Writer writer(disk, result.batches);
      while (more()) {
        const Stopwatch since;
        const size_t key = at;
        writer.Push(key, decide(), since);
      }
    }
    result.rate = static_cast<double>(at) / all.seconds();
  }
  std::filesystem::remove_all(directory);
  return result;
}

void MeasureToyLedger(Run& run) {
  run.table.Subject("toy ledger: the ceiling of this stack, 104 bytes an event, 8,000 a value");
  const auto events = ToyEvents(kEvents, kAccounts);
  const std::string directory = run.directory + "/toy";
  const auto report = [&](const std::string& name, const ToyResult& toy) {
    run.table.Add({name + "_events_per_s",
                   toy.rate,
                   "events/s",
                   {"1 MiB RocksDB values, same bytes",
                    run.limits.rocks_mib_per_s * (1u << 20) / sizeof(ToyEvent)},
                   {}});
    run.table.Add({name + "_batch_p50", toy.batches.p50() * 1e3, "ms", {}, {}});
    run.table.Add({name + "_batch_max", toy.batches.max() * 1e3, "ms", {}, {}});
  };
  report("toy_one_thread", RunToyLedger(directory, events, kAccounts, ToyThreads::kOne));
  const ToyResult pipelined = RunToyLedger(directory, events, kAccounts, ToyThreads::kWriter);
  report("toy_pipelined", pipelined);
  run.limits.toy_events_per_s = pipelined.rate;
}

}  // namespace longmen::bench
