#include "tests/bench/engine/limits.h"

#include <fcntl.h>
#include <rocksdb/db.h>
#include <unistd.h>

#include <filesystem>

#include "events/base/check.h"
#include "tests/bench/engine/subjects.h"

namespace longmen::bench {
namespace {

constexpr size_t kSmallWrites = 500;
constexpr size_t kLargeWrites = 200;
constexpr size_t kMebibyte = 1u << 20;
// Where the disk is busy with others, fewer writes have to do.
constexpr double kSecondsMax = 3;

}  // namespace

SyncedFile::SyncedFile(std::string path)
    : path_(std::move(path)),
      file_(::open(path_.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0644)) {
  CHECK(file_ >= 0, "bench.open", path_);
}

SyncedFile::~SyncedFile() {
  ::close(file_);
  ::unlink(path_.c_str());
}

void SyncedFile::Write(size_t bytes) {
  const std::string block(bytes, 'x');
  CHECK(::write(file_, block.data(), block.size()) == static_cast<ssize_t>(block.size()),
        "bench.write");
  CHECK(::fdatasync(file_) == 0, "bench.fdatasync");
}

struct SyncedRocks::Database {
  std::unique_ptr<rocksdb::DB> db;
  std::string value;
  uint64_t puts = 0;
};

SyncedRocks::SyncedRocks(std::string directory)
    : directory_(std::move(directory)), database_(std::make_unique<Database>()) {
  rocksdb::Options options;
  options.create_if_missing = true;
  rocksdb::DB* opened = nullptr;
  CHECK(rocksdb::DB::Open(options, directory_, &opened).ok(), "bench.rocksdb", directory_);
  database_->db.reset(opened);
}

SyncedRocks::~SyncedRocks() {
  database_.reset();
  std::filesystem::remove_all(directory_);
}

void SyncedRocks::Put(size_t bytes) {
  std::string& value = database_->value;
  if (value.size() != bytes) {
    // Not all alike, or it would all but vanish in the tables.
    value.resize(bytes);
    for (size_t i = 0; i < bytes; ++i) value[i] = static_cast<char>(i * 2654435761u >> 13);
  }
  rocksdb::WriteOptions sync;
  sync.sync = true;
  CHECK(database_->db->Put(sync, fmt::format("{:020}", ++database_->puts), value).ok(),
        "bench.put");
}

void MeasureLimits(Run& run) {
  run.table.Subject("limits: the disk and RocksDB by themselves");
  Samples fsyncs;
  Samples puts;
  {
    SyncedFile file(run.directory + "/raw-file");
    SyncedRocks rocks(run.directory + "/raw-rocksdb");
    for (size_t i = 0; i < kSmallWrites && fsyncs.total() + puts.total() < kSecondsMax; ++i) {
      fsyncs.Time([&] { file.Write(4096); });
      puts.Time([&] { rocks.Put(200); });
    }
  }
  Samples large;
  {
    SyncedRocks rocks(run.directory + "/raw-rocksdb");
    for (size_t i = 0; i < kLargeWrites && large.total() < kSecondsMax; ++i) {
      large.Time([&] { rocks.Put(kMebibyte); });
    }
  }
  run.limits.rocks_mib_per_s = static_cast<double>(large.count()) / large.total();
  run.table.Add({"fdatasync_4k_p50", fsyncs.p50() * 1e6, "us", {}, {}});
  run.table.Add({"rocksdb_put_200_p50",
                 puts.p50() * 1e6,
                 "us",
                 {"fdatasync of 4 KiB", fsyncs.p50() * 1e6},
                 {}});
  run.table.Add({"rocksdb_put_1m", run.limits.rocks_mib_per_s, "MiB/s", {}, {}});
}

}  // namespace longmen::bench
