#include "engine/rocks_writer/rocks_options.h"

#include <rocksdb/env.h>
#include <rocksdb/listener.h>
#include <rocksdb/options.h>
#include <rocksdb/table.h>

#include "events/rocks/no_notes.h"

namespace longmen::engine {
namespace {

rocksdb::CompressionType TypeOf(Compression compression) {
  switch (compression) {
    case Compression::kNone:
      return rocksdb::kNoCompression;
    case Compression::kLz4:
      return rocksdb::kLZ4Compression;
    case Compression::kZstd:
      return rocksdb::kZSTD;
  }
  return rocksdb::kNoCompression;
}

// After a full disk RocksDB would try by itself, every few seconds, to go on with the WAL whose
// tail it could not write. It cannot ("Seen error. Skip writing buffer"); RocksLog opens it anew
// instead.
class NoUnaskedRecovery final : public rocksdb::EventListener {
 public:
  void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason, rocksdb::Status,
                            bool* auto_recovery) override {
    *auto_recovery = false;
  }
};

}  // namespace

rocksdb::Options WriterOptions(const RocksLogOptions& options, rocksdb::Env* env) {
  rocksdb::Options db;
  db.env = env;
  db.create_if_missing = true;

  // Recovery: why point-in-time, head_file.h says. Flushing what it recovered makes that durable
  // in a new file, even where the old one's last sync failed or never came.
  db.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  db.avoid_flush_during_recovery = false;
  db.track_and_verify_wals_in_manifest = true;
  db.paranoid_checks = true;
  db.listeners.push_back(std::make_shared<NoUnaskedRecovery>());
  db.recycle_log_file_num = 0;

  // A block goes to the WAL at once and to a table when the buffer is full. Tables are written in
  // small steps so that no fdatasync of the WAL waits behind a whole buffer.
  db.write_buffer_size = options.write_buffer_bytes;
  db.max_write_buffer_number = 4;
  db.bytes_per_sync = 1u << 20;
  db.target_file_size_base = 256u << 20;
  db.max_open_files = -1;

  // Keys only grow, so tables never overlap: compaction moves them down a level without rewriting.
  db.max_background_jobs = 2;
  db.compression = TypeOf(options.compression);
  db.compression_per_level.clear();
  // Ids repeat from record to record: the fast level finds nearly all there is, in pieces this big
  // (docs/format.md has the figures).
  db.compression_opts.level = 1;
  rocksdb::BlockBasedTableOptions table;
  table.block_size = 64u << 10;
  table.no_block_cache = true;  // a block is read once, in sequence
  table.checksum = rocksdb::kXXH3;
  table.format_version = 5;
  db.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));

  db.info_log = std::make_shared<NoNotes>();
  db.stats_dump_period_sec = 0;
  db.stats_persist_period_sec = 0;
  return db;
}

}  // namespace longmen::engine
