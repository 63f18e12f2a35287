// What a durable append costs, beside its limits in the same run: a raw RocksDB put with sync, and
// write + fdatasync. One JSON object a line. Usage: log_append_bench DIRECTORY [SECONDS]
#include <fcntl.h>
#include <fmt/format.h>
#include <rocksdb/db.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <iostream>

#include "engine/rocks_writer/rocks_log.h"
#include "tests/support/test_blocks/test_blocks.h"

namespace longmen::engine {
namespace {

using SteadyClock = std::chrono::steady_clock;

double g_seconds = 2;

// Runs `once` for a while and prints the distribution of its time; `between` is not measured.
void Measure(
    const std::string& what, size_t bytes, const std::function<void()>& once,
    const std::function<void()>& between = [] {}) {
  std::vector<double> us;
  double sum = 0;
  const auto end = SteadyClock::now() + std::chrono::duration<double>(g_seconds);
  while (SteadyClock::now() < end) {
    const auto start = SteadyClock::now();
    once();
    us.push_back(std::chrono::duration<double, std::micro>(SteadyClock::now() - start).count());
    sum += us.back();
    between();
  }
  std::sort(us.begin(), us.end());
  const double mean = sum / static_cast<double>(us.size());
  fmt::print(
      "{{\"what\":\"{}\",\"block_bytes\":{},\"appends\":{},\"mean_us\":{:.0f},"
      "\"p50_us\":{:.0f},\"p99_us\":{:.0f},\"mib_per_s\":{:.1f}}}\n",
      what, bytes, us.size(), mean, us[us.size() / 2], us[us.size() * 99 / 100],
      static_cast<double>(bytes) / mean * 1e6 / (1 << 20));
  std::fflush(stdout);
}

void MeasureLog(const std::string& what, size_t bytes, const RocksLogOptions& options) {
  std::filesystem::remove_all(options.directory);
  const auto log = RocksLog::OpenDirectory(options).value();
  LogHead head = log->Open(1).value();
  std::vector<uint8_t> block = testing::MakeBlockOfBytes(1, 1, head, bytes);
  Measure(
      what, bytes,
      [&] { CHECK(log->Append(1, head, block) == AppendOutcome::kOk, "bench.append"); },
      [&] {  // making the next block is the sequencer's work
        head = testing::HeadAfter(block);
        block = testing::MakeBlockOfBytes(1, 1, head, bytes);
      });
}

void MeasureRocks(const std::string& directory, size_t bytes) {
  std::filesystem::remove_all(directory);
  rocksdb::Options options;
  options.create_if_missing = true;
  rocksdb::DB* raw = nullptr;
  CHECK(rocksdb::DB::Open(options, directory, &raw).ok(), "bench.open");
  const std::unique_ptr<rocksdb::DB> db(raw);
  rocksdb::WriteOptions sync;
  sync.sync = true;
  const std::string value(bytes, 'x');
  uint64_t key = 0;
  Measure("rocksdb put, sync", bytes,
          [&] { CHECK(db->Put(sync, fmt::format("{:016}", ++key), value).ok(), "bench.put"); });
}

void MeasureFile(const std::string& path, size_t bytes) {
  const int file = open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600);
  CHECK(file >= 0, "bench.file", path);
  const std::string value(bytes, 'x');
  Measure("write + fdatasync", bytes, [&] {
    CHECK(write(file, value.data(), value.size()) == static_cast<ssize_t>(value.size()),
          "bench.write");
    CHECK(fdatasync(file) == 0, "bench.fdatasync");
  });
  close(file);
  std::filesystem::remove(path);
}

void Run(const std::string& directory) {
  for (const size_t bytes : {size_t{200}, size_t{1} << 20}) {
    RocksLogOptions options;
    options.directory = directory + "/ledger";
    MeasureFile(directory + "/file", bytes);
    MeasureRocks(directory + "/rocks", bytes);
    options.head_sync_interval = 3600 * kNanosPerSecond;
    MeasureLog("log, HEAD never synced", bytes, options);
    for (const Nanos ms : {10, 50, 200}) {
      options.head_sync_interval = ms * 1'000'000;
      MeasureLog(fmt::format("log, HEAD synced every {} ms", ms), bytes, options);
    }
    options.head_sync = HeadSync::kEveryBlock;
    MeasureLog("log, HEAD synced with every block", bytes, options);
  }
}

}  // namespace
}  // namespace longmen::engine

int main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "usage: log_append_bench DIRECTORY [SECONDS]\n";
    return 2;
  }
  if (argc > 2) longmen::engine::g_seconds = std::atof(argv[2]);
  longmen::engine::Run(argv[1]);
}
