// Space: what one event takes, as bytes of files, once RocksDB has tidied up.
#include <rocksdb/db.h>
#include <rocksdb/utilities/options_util.h>

#include <filesystem>

#include "engine/rocks_reader/layout.h"
#include "engine/rocks_reader/rocks_reader.h"
#include "tests/bench/engine/subjects.h"

namespace longmen::bench {
namespace {

namespace fs = std::filesystem;

double BytesBelow(const std::string& directory) {
  double bytes = 0;
  if (!fs::exists(directory)) return 0;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    if (entry.is_regular_file()) bytes += static_cast<double>(entry.file_size());
  }
  return bytes;
}

// With the very options it was written with, which RocksDB keeps beside it.
void Compact(const std::string& directory) {
  rocksdb::DBOptions options;
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  rocksdb::ConfigOptions config;
  CHECK(rocksdb::LoadLatestOptions(config, directory, &options, &families).ok(), "bench.options",
        directory);
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* opened = nullptr;
  CHECK(rocksdb::DB::Open(options, directory, families, &handles, &opened).ok(), "bench.compact",
        directory);
  const std::unique_ptr<rocksdb::DB> db(opened);
  for (rocksdb::ColumnFamilyHandle* family : handles) {
    CHECK(db->Flush(rocksdb::FlushOptions(), family).ok(), "bench.flush", directory);
    rocksdb::CompactRangeOptions all;
    all.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForceOptimized;
    CHECK(db->CompactRange(all, family, nullptr, nullptr).ok(), "bench.compact", directory);
  }
  for (rocksdb::ColumnFamilyHandle* family : handles) db->DestroyColumnFamilyHandle(family);
}

struct Encoded {
  double events = 0;
  double bytes = 0;
};

Encoded CountEncoded(const std::string& ledger) {
  engine::RocksReaderOptions options;
  options.directory = ledger + "/log";
  options.read_to = engine::ReadTo::kTail;
  const auto log = engine::RocksReader::Open(options);
  CHECK(log.ok(), "bench.reader", log.error().message);
  Encoded encoded;
  const Status read = engine::ForEachRecord(**log, 1, [&](const RecordView& record) {
    encoded.bytes += static_cast<double>(record.leaf.size());
    ++encoded.events;
    return Ok();
  });
  CHECK(read.ok(), "bench.scan");
  return encoded;
}

}  // namespace

void MeasureSpace(Run& run, const std::string& ledger) {
  run.table.Subject("space: the ledger of all the above, closed and compacted");
  const Encoded encoded = CountEncoded(ledger);
  Compact(engine::LogPath(ledger + "/log"));
  Compact(ledger + "/derived");
  const double log = BytesBelow(ledger + "/log") / encoded.events;
  const double derived = BytesBelow(ledger + "/derived") / encoded.events;
  const double snapshots = BytesBelow(ledger + "/snapshots") / encoded.events;
  const double history = BytesBelow(ledger + "/history") / encoded.events;
  const Peer as_encoded = {"as encoded", encoded.bytes / encoded.events};
  run.table.Add({"encoded_bytes", as_encoded.value, "B/event", {}, {}});
  run.table.Add({"log_bytes", log, "B/event", as_encoded, {AtMost(200)}});
  run.table.Add({"derived_bytes", derived, "B/event", {}, {}});
  run.table.Add({"history_bytes", history, "B/event", {}, {}});
  run.table.Add({"snapshot_bytes", snapshots, "B/event", {}, {}});
  run.table.Add(
      {"all_bytes", log + derived + history + snapshots, "B/event", as_encoded, {AtMost(300)}});
}

}  // namespace longmen::bench
