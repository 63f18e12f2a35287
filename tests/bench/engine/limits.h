// Limits: what the disk and RocksDB do by themselves, on the same disk in the same run.
#pragma once

#include <memory>
#include <string>

#include "tests/bench/common/timing.h"

namespace longmen::bench {

// A growing file; each write is followed by fdatasync.
class SyncedFile {
 public:
  explicit SyncedFile(std::string path);
  ~SyncedFile();  // deletes it
  SyncedFile(const SyncedFile&) = delete;
  SyncedFile& operator=(const SyncedFile&) = delete;

  void Write(size_t bytes);

 private:
  const std::string path_;
  int file_;
};

// A RocksDB with the settings it comes with; each put is synced.
class SyncedRocks {
 public:
  explicit SyncedRocks(std::string directory);
  ~SyncedRocks();  // deletes it
  SyncedRocks(const SyncedRocks&) = delete;
  SyncedRocks& operator=(const SyncedRocks&) = delete;

  void Put(size_t bytes);

 private:
  struct Database;
  const std::string directory_;
  std::unique_ptr<Database> database_;
};

// The limits that figures of several subjects stand beside.
struct Limits {
  double rocks_mib_per_s = 0;   // values of 1 MiB
  double toy_events_per_s = 0;  // the pipelined toy ledger
};

}  // namespace longmen::bench
