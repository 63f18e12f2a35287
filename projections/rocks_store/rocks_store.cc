#include "projections/rocks_store/rocks_store.h"

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include <filesystem>
#include <map>
#include <mutex>

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
  explicit CommittedStore(rocksdb::DB& db) : reader_(db, nullptr) {}
  std::optional<std::string> Get(std::string_view key) const override { return reader_.Get(key); }
  void Scan(std::string_view prefix, std::string_view after, const Visit& visit) const override {
    reader_.Scan(prefix, after, visit);
  }

 private:
  DbReader reader_;
};

// RocksDB's own notes are not kept: once a line of them could not be written, a full disk say, its
// logger aborts the process at the next line. What matters comes back as a status.
class NoNotes final : public rocksdb::Logger {
 public:
  using rocksdb::Logger::Logv;
  void Logv(const char*, va_list) override {}
};

rocksdb::Options DbOptions(const RocksStoreOptions& options) {
  rocksdb::BlockBasedTableOptions table;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.block_cache = rocksdb::NewLRUCache(options.cache_bytes);
  rocksdb::Options db;
  db.create_if_missing = true;
  db.write_buffer_size = options.memtable_bytes;
  db.compression = rocksdb::kLZ4Compression;
  db.paranoid_checks = true;
  db.info_log = std::make_shared<NoNotes>();
  db.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return db;
}

}  // namespace

struct RocksStore::Impl {
  explicit Impl(std::shared_ptr<rocksdb::DB> opened)
      : db(std::move(opened)), reader(*db, nullptr), committed(*db) {}

  std::shared_ptr<rocksdb::DB> db;
  DbReader reader;
  CommittedStore committed;
  std::map<std::string, std::optional<std::string>, std::less<>> overlay;  // nothing: deleted
  size_t pending_bytes = 0;

  // The first overlay entry of a Scan.
  auto OverlayFrom(std::string_view prefix, std::string_view after) const {
    return after.empty() || after < prefix ? overlay.lower_bound(prefix)
                                           : overlay.upper_bound(after);
  }
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
  auto impl = std::make_unique<Impl>(std::shared_ptr<rocksdb::DB>(db));
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
  const auto found = impl_->overlay.find(key);
  if (found != impl_->overlay.end()) return found->second;
  return impl_->reader.Get(key);
}

void RocksStore::Scan(std::string_view prefix, std::string_view after, const Visit& visit) const {
  // Two ordered streams; where both have a key the overlay's is the newer.
  const auto stored = impl_->reader.Seek(prefix, after);
  auto added = impl_->OverlayFrom(prefix, after);
  const auto has_stored = [&] {
    return stored->Valid() && ToView(stored->key()).starts_with(prefix);
  };
  const auto has_added = [&] {
    return added != impl_->overlay.end() && added->first.starts_with(prefix);
  };
  while (has_stored() || has_added()) {
    if (!has_added() || (has_stored() && ToView(stored->key()) < added->first)) {
      if (!visit(ToView(stored->key()), ToView(stored->value()))) return;
      stored->Next();
      continue;
    }
    if (has_stored() && ToView(stored->key()) == added->first) stored->Next();
    if (added->second && !visit(added->first, *added->second)) return;
    ++added;
  }
  impl_->reader.failure().Note(stored->status());
}

void RocksStore::Put(std::string_view key, std::string_view value) {
  impl_->pending_bytes += key.size() + value.size();
  impl_->overlay.insert_or_assign(std::string(key), std::string(value));
}

void RocksStore::Delete(std::string_view key) {
  impl_->pending_bytes += key.size();
  impl_->overlay.insert_or_assign(std::string(key), std::nullopt);
}

Status RocksStore::Commit() {
  RETURN_IF_ERROR(status());
  rocksdb::WriteBatch batch;
  rocksdb::Status built;
  for (const auto& [key, value] : impl_->overlay) {
    built = value ? batch.Put(key, *value) : batch.Delete(key);
    if (!built.ok()) break;
  }
  rocksdb::WriteOptions options;
  options.disableWAL = true;
  impl_->reader.failure().Note(built.ok() ? impl_->db->Write(options, &batch) : built);
  RETURN_IF_ERROR(status());
  impl_->overlay.clear();
  impl_->pending_bytes = 0;
  return Ok();
}

Status RocksStore::Flush() {
  RETURN_IF_ERROR(status());
  impl_->reader.failure().Note(impl_->db->Flush(rocksdb::FlushOptions()));
  return status();
}

Status RocksStore::status() const { return impl_->reader.failure().Get(); }

size_t RocksStore::pending_bytes() const { return impl_->pending_bytes; }

std::shared_ptr<const StoreSnapshot> RocksStore::Snapshot() const {
  return std::make_shared<RocksSnapshot>(impl_->db);
}

const ReadStore& RocksStore::Committed() const { return impl_->committed; }

}  // namespace longmen::projections
