#include "projections/rocks_store/rocks_store.h"

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/snapshot.h>
#include <rocksdb/sst_file_writer.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <filesystem>
#include <mutex>

#include "events/rocks/no_notes.h"
#include "projections/rocks_store/kept_rows.h"
#include "projections/rocks_store/merge_operator.h"
#include "projections/rocks_store/overlay.h"

namespace longmen::projections {
namespace {

using Visit = std::function<bool(std::string_view, std::string_view)>;

rocksdb::Slice ToSlice(std::string_view text) { return {text.data(), text.size()}; }
std::string_view ToView(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

Error ToError(const rocksdb::Status& status) {
  Code code = Code::STORAGE_FAILED;
  if (status.IsNoSpace()) code = Code::STORAGE_FULL;
  if (status.IsCorruption()) code = Code::CORRUPT;
  return {code, "", "derived state: " + status.ToString()};
}

// The first failure of whoever shares it; readers of several threads may.
class FirstFailure {
 public:
  void Note(const rocksdb::Status& status) {
    if (status.ok() || status.IsNotFound()) return;
    const std::lock_guard lock(mutex_);
    if (!error_) error_ = ToError(status);
  }
  Status Get() const {
    const std::lock_guard lock(mutex_);
    if (error_) return *error_;
    return Ok();
  }

 private:
  mutable std::mutex mutex_;
  std::optional<Error> error_;
};

// Reads of a database, as of a snapshot or as it is.
class DbReader {
 public:
  DbReader(rocksdb::DB& db, const rocksdb::Snapshot* snapshot) : db_(db) {
    options_.snapshot = snapshot;
  }

  std::optional<std::string> Get(std::string_view key) const {
    std::string value;
    const rocksdb::Status status = db_.Get(options_, ToSlice(key), &value);
    failure_.Note(status);
    if (!status.ok()) return std::nullopt;
    return value;
  }

  // An iterator at the first key with the prefix that is greater than `after`.
  std::unique_ptr<rocksdb::Iterator> Seek(std::string_view prefix, std::string_view after) const {
    std::unique_ptr<rocksdb::Iterator> at(db_.NewIterator(options_));
    at->Seek(ToSlice(std::max(prefix, after)));
    if (!after.empty() && at->Valid() && ToView(at->key()) == after) at->Next();
    return at;
  }

  void Scan(std::string_view prefix, std::string_view after, const Visit& visit) const {
    const auto at = Seek(prefix, after);
    for (; at->Valid() && ToView(at->key()).starts_with(prefix); at->Next()) {
      if (!visit(ToView(at->key()), ToView(at->value()))) return;
    }
    failure_.Note(at->status());
  }

  FirstFailure& failure() const { return failure_; }

 private:
  rocksdb::DB& db_;
  rocksdb::ReadOptions options_;
  mutable FirstFailure failure_;
};

class RocksSnapshot final : public StoreSnapshot {
 public:
  explicit RocksSnapshot(std::shared_ptr<rocksdb::DB> db)
      : db_(std::move(db)), snapshot_(db_->GetSnapshot()), reader_(*db_, snapshot_) {
    const auto applied = ReadApplied(*this);
    if (applied.ok())
      applied_ = *applied;
    else
      reader_.failure().Note(rocksdb::Status::Corruption("applied cannot be read"));
  }
  ~RocksSnapshot() override { db_->ReleaseSnapshot(snapshot_); }
  RocksSnapshot(const RocksSnapshot&) = delete;
  RocksSnapshot& operator=(const RocksSnapshot&) = delete;

  std::optional<std::string> Get(std::string_view key) const override { return reader_.Get(key); }
  void Scan(std::string_view prefix, std::string_view after, const Visit& visit) const override {
    reader_.Scan(prefix, after, visit);
  }
  Applied applied() const override { return applied_; }
  Status status() const override { return reader_.failure().Get(); }

 private:
  std::shared_ptr<rocksdb::DB> db_;
  const rocksdb::Snapshot* snapshot_;
  DbReader reader_;
  Applied applied_;
};

class CommittedStore final : public ReadStore {
 public:
  CommittedStore(rocksdb::DB& db, std::string kept_prefix)
      : reader_(db, nullptr), kept_prefix_(std::move(kept_prefix)) {}
  std::optional<std::string> Get(std::string_view key) const override {
    if (!IsKept(key)) return reader_.Get(key);
    return kept_.Get(key, [this](std::string_view missing) { return reader_.Get(missing); });
  }
  void Scan(std::string_view prefix, std::string_view after, const Visit& visit) const override {
    reader_.Scan(prefix, after, visit);
  }

  // After a commit of these entries, which are in order.
  void TakeChanges(std::span<const Overlay::Entry* const> entries) {
    if (kept_prefix_.empty()) return;
    const auto key_of = [](const Overlay::Entry* entry) { return entry->key(); };
    for (auto at = std::ranges::lower_bound(entries, std::string_view(kept_prefix_), {}, key_of);
         at != entries.end() && IsKept((*at)->key()); ++at) {
      const Overlay::Entry& entry = **at;
      if (!entry.changed()) continue;
      const bool put = entry.kind == Overlay::Kind::kPut;
      CHECK(put || entry.kind == Overlay::Kind::kDeleted, "rocks_store.kept", entry.key());
      kept_.Put(entry.key(), put ? std::optional(entry.value()) : std::nullopt);
    }
  }

 private:
  bool IsKept(std::string_view key) const {
    return !kept_prefix_.empty() && key.starts_with(kept_prefix_);
  }

  DbReader reader_;
  const std::string kept_prefix_;
  mutable KeptRows kept_;
};

// What becomes of a stored value by an entry that only says what is new.
std::string Joined(std::string stored, const Overlay::Entry& entry) {
  if (entry.kind == Overlay::Kind::kAmended) {
    AmendValue(stored, ReadAmendedRow(entry.value()));
    return stored;
  }
  return stored.append(entry.value());
}

rocksdb::Options DbOptions(const RocksStoreOptions& options) {
  rocksdb::BlockBasedTableOptions table;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  // With what finds the blocks, in parts: else that would follow history, all of it in memory, or
  // a reading would fetch and drop all of a table's.
  table.block_cache = rocksdb::NewLRUCache(options.cache_bytes);
  table.cache_index_and_filter_blocks = true;
  table.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
  table.partition_filters = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  rocksdb::Options db;
  db.create_if_missing = true;
  db.write_buffer_size = options.memtable_bytes;
  // At every level: rows are compacted many times over, and ZSTD at the lowest cost more processor
  // time than all else in a long history.
  db.compression = rocksdb::kLZ4Compression;
  db.compression_per_level.clear();
  // Tables that were handed over are small, and each compaction out of the first level writes the
  // next one again: seldom, then. Readings pass over what a filter rules out.
  db.level0_file_num_compaction_trigger = 20;
  db.level0_slowdown_writes_trigger = 60;
  db.level0_stop_writes_trigger = 100;
  db.merge_operator = MakeMergeOperator();
  // One thread writes, in the order of keys: that insertion remembers where it was.
  db.allow_concurrent_memtable_write = false;
  db.paranoid_checks = true;
  db.info_log = std::make_shared<NoNotes>();
  db.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return db;
}

}  // namespace

struct RocksStore::Impl {
  Impl(std::shared_ptr<rocksdb::DB> opened, const RocksStoreOptions& options)
      : db(std::move(opened)),
        table_bytes(options.table_bytes),
        reader(*db, nullptr),
        committed(*db, options.kept_prefix) {}

  // Entries are fetched from memory so many before their turn: in the order of keys they lie
  // anywhere.
  static constexpr size_t kAhead = 16;
  // Gives each change, by key, to a WriteBatch or an SstFileWriter.
  template <typename Writer>
  rocksdb::Status WriteChanges(Writer& writer) {
    std::string operand;
    const auto sorted = overlay.Sorted();
    for (size_t i = 0; i < sorted.size(); ++i) {
      if (i + kAhead < sorted.size()) __builtin_prefetch(sorted[i + kAhead]);
      if (i + kAhead / 2 < sorted.size()) __builtin_prefetch(sorted[i + kAhead / 2]->value_data);
      const Overlay::Entry* entry = sorted[i];
      if (!entry->changed()) continue;
      const rocksdb::Slice key = ToSlice(entry->key());
      const rocksdb::Slice value = ToSlice(entry->value());
      rocksdb::Status written;
      if (entry->kind == Overlay::Kind::kPut) written = writer.Put(key, value);
      if (entry->kind == Overlay::Kind::kDeleted) written = writer.Delete(key);
      if (entry->kind == Overlay::Kind::kAppended || entry->kind == Overlay::Kind::kAmended) {
        operand.assign(1, entry->kind == Overlay::Kind::kAppended ? kAppend : kAmend);
        operand.append(entry->value());
        written = writer.Merge(key, operand);
      }
      if (!written.ok()) return written;
    }
    return rocksdb::Status::OK();
  }

  rocksdb::Status WriteBatch() {
    rocksdb::WriteBatch batch(overlay.changed_bytes() + (1u << 10));
    const rocksdb::Status built = WriteChanges(batch);
    if (!built.ok()) return built;
    rocksdb::WriteOptions options;
    options.disableWAL = true;
    return db->Write(options, &batch);
  }

  rocksdb::Status AddTable() {
    const std::string path = db->GetName() + "/incoming";
    // One that a crash left may by now be a table of the store under another name.
    std::error_code failed;
    std::filesystem::remove(path, failed);
    if (failed) return rocksdb::Status::IOError(path, failed.message());
    rocksdb::SstFileWriter writer(rocksdb::EnvOptions(), db->GetOptions());
    rocksdb::Status written = writer.Open(path);
    if (written.ok()) written = WriteChanges(writer);
    if (written.ok()) written = writer.Finish();
    if (!written.ok()) return written;
    rocksdb::IngestExternalFileOptions options;
    options.move_files = true;
    options.write_global_seqno = false;
    // While somebody holds one, RocksDB numbers the table like a write. Else one that overlaps
    // nothing, as the first, would have no number, and whoever took a snapshot meanwhile would see
    // it appear.
    const rocksdb::ManagedSnapshot held(db.get());
    return db->IngestExternalFile({path}, options);
  }

  const std::shared_ptr<rocksdb::DB> db;
  const size_t table_bytes;
  DbReader reader;
  CommittedStore committed;
  Overlay overlay;
};

RocksStore::RocksStore(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
RocksStore::~RocksStore() = default;

Result<std::unique_ptr<RocksStore>> RocksStore::Open(const std::string& directory,
                                                     const RocksStoreOptions& options) {
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status = rocksdb::DB::Open(DbOptions(options), directory, &db);
  if (!status.ok()) {
    Error error = ToError(status);
    // RocksDB has no code of its own for a lock that is taken.
    if (status.IsIOError() && status.ToString().find("lock") != std::string::npos) {
      error.code = Code::LOCKED;
    }
    return error;
  }
  auto impl = std::make_unique<Impl>(std::shared_ptr<rocksdb::DB>(db), options);
  return std::unique_ptr<RocksStore>(new RocksStore(std::move(impl)));
}

Result<std::shared_ptr<const StoreSnapshot>> RocksStore::OpenReadOnly(
    const std::string& directory) {
  if (!std::filesystem::exists(directory + "/CURRENT")) {
    return Error{Code::NOT_FOUND, "", "no derived state in " + directory};
  }
  rocksdb::Options options = DbOptions({});
  options.create_if_missing = false;
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status = rocksdb::DB::OpenForReadOnly(options, directory, &db);
  if (!status.ok()) return ToError(status);
  return std::shared_ptr<const StoreSnapshot>(
      std::make_shared<RocksSnapshot>(std::shared_ptr<rocksdb::DB>(db)));
}

Status RocksStore::DestroyAll(const std::string& directory) {
  const rocksdb::Status status = rocksdb::DestroyDB(directory, rocksdb::Options());
  if (!status.ok()) return ToError(status);
  return Ok();
}

std::optional<std::string> RocksStore::Get(std::string_view key) const {
  const Overlay::Entry* entry = impl_->overlay.Find(key);
  if (entry == nullptr) {
    auto stored = impl_->reader.Get(key);
    impl_->overlay.NoteRead(key, stored);
    return stored;
  }
  switch (entry->kind) {
    case Overlay::Kind::kStored:
    case Overlay::Kind::kPut:
      return std::string(entry->value());
    case Overlay::Kind::kAbsent:
    case Overlay::Kind::kDeleted:
      return std::nullopt;
    case Overlay::Kind::kAppended:
    case Overlay::Kind::kAmended:
      return Joined(impl_->reader.Get(key).value_or(""), *entry);
  }
  return std::nullopt;
}

void RocksStore::Scan(std::string_view prefix, std::string_view after, const Visit& visit) const {
  // Two ordered streams; where both have a key the overlay says what became of it.
  const auto stored = impl_->reader.Seek(prefix, after);
  const auto entries = impl_->overlay.Sorted();
  const auto key_of = [](const Overlay::Entry* entry) { return entry->key(); };
  auto added = after.empty() || after < prefix
                   ? std::ranges::lower_bound(entries, prefix, {}, key_of)
                   : std::ranges::upper_bound(entries, after, {}, key_of);
  const auto has_stored = [&] {
    return stored->Valid() && ToView(stored->key()).starts_with(prefix);
  };
  const auto has_added = [&] {
    return added != entries.end() && key_of(*added).starts_with(prefix);
  };
  while (has_stored() || has_added()) {
    if (!has_added() || (has_stored() && ToView(stored->key()) < key_of(*added))) {
      if (!visit(ToView(stored->key()), ToView(stored->value()))) return;
      stored->Next();
      continue;
    }
    const Overlay::Entry& entry = **added++;
    std::string joined;
    std::string_view value = entry.value();
    if (has_stored() && ToView(stored->key()) == entry.key()) {
      if (entry.kind == Overlay::Kind::kAppended || entry.kind == Overlay::Kind::kAmended) {
        joined = Joined(std::string(ToView(stored->value())), entry);
        value = joined;
      }
      stored->Next();
    }
    const bool there =
        entry.kind != Overlay::Kind::kAbsent && entry.kind != Overlay::Kind::kDeleted;
    if (there && !visit(entry.key(), value)) return;
  }
  impl_->reader.failure().Note(stored->status());
}

void RocksStore::Put(std::string_view key, std::string_view value) {
  impl_->overlay.Put(key, value);
}

void RocksStore::Delete(std::string_view key) { impl_->overlay.Delete(key); }

void RocksStore::Append(std::string_view key, std::string_view bytes) {
  impl_->overlay.Append(key, bytes);
}

void RocksStore::Amend(std::string_view key, std::string_view head, std::string_view tail) {
  impl_->overlay.Amend(key, {.head = head, .tail = tail});
}

Status RocksStore::Commit() {
  RETURN_IF_ERROR(status());
  const bool large = pending_bytes() >= impl_->table_bytes;
  impl_->reader.failure().Note(large ? impl_->AddTable() : impl_->WriteBatch());
  RETURN_IF_ERROR(status());
  impl_->committed.TakeChanges(impl_->overlay.Sorted());
  impl_->overlay.Renew();
  return Ok();
}

Status RocksStore::Flush() {
  RETURN_IF_ERROR(status());
  impl_->reader.failure().Note(impl_->db->Flush(rocksdb::FlushOptions()));
  return status();
}

Status RocksStore::Compact() {
  RETURN_IF_ERROR(Flush());
  rocksdb::CompactRangeOptions all;
  all.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForceOptimized;
  impl_->reader.failure().Note(impl_->db->CompactRange(all, nullptr, nullptr));
  return status();
}

Status RocksStore::status() const { return impl_->reader.failure().Get(); }

size_t RocksStore::pending_bytes() const { return impl_->overlay.changed_bytes(); }

std::shared_ptr<const StoreSnapshot> RocksStore::Snapshot() const {
  return std::make_shared<RocksSnapshot>(impl_->db);
}

const ReadStore& RocksStore::Committed() const { return impl_->committed; }

}  // namespace longmen::projections
