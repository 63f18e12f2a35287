#include "tests/bench/engine/limits.h"

#include <fcntl.h>
#include <rocksdb/db.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <memory>

#include "events/base/check.h"

namespace longmen::bench {
namespace {

template <typename Act>
std::vector<double> TimeEach(size_t count, Act act) {
  std::vector<double> seconds;
  for (size_t i = 0; i < count; ++i) {
    const auto start = std::chrono::steady_clock::now();
    act(i);
    seconds.push_back(
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  return seconds;
}

}  // namespace

std::vector<double> WriteAndSync(const std::string& directory, size_t bytes, size_t count) {
  const std::string path = directory + "/raw-file";
  const int file = ::open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
  CHECK(file >= 0, "bench.open", path);
  const std::string block(bytes, 'x');
  auto seconds = TimeEach(count, [&](size_t) {
    CHECK(::write(file, block.data(), block.size()) == static_cast<ssize_t>(block.size()),
          "bench.write");
    CHECK(::fdatasync(file) == 0, "bench.fdatasync");
  });
  ::close(file);
  ::unlink(path.c_str());
  return seconds;
}

std::vector<double> RocksPut(const std::string& directory, size_t bytes, size_t count) {
  rocksdb::Options options;
  options.create_if_missing = true;
  rocksdb::DB* opened = nullptr;
  CHECK(rocksdb::DB::Open(options, directory + "/raw-rocksdb", &opened).ok(), "bench.rocksdb");
  const std::unique_ptr<rocksdb::DB> db(opened);
  // Not all alike, or it would all but vanish in the tables.
  std::string value(bytes, '\0');
  for (size_t i = 0; i < bytes; ++i) value[i] = static_cast<char>(i * 2654435761u >> 13);
  rocksdb::WriteOptions sync;
  sync.sync = true;
  return TimeEach(count, [&](size_t i) {
    const std::string key = fmt::format("{:020}", i);
    CHECK(db->Put(sync, key, value).ok(), "bench.put");
  });
}

double Percentile(std::vector<double> values, double percent) {
  std::sort(values.begin(), values.end());
  const auto index = static_cast<size_t>(percent / 100.0 * static_cast<double>(values.size()));
  return values[std::min(index, values.size() - 1)];
}

}  // namespace longmen::bench
