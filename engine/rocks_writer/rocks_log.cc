#include "engine/rocks_writer/rocks_log.h"

#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <algorithm>
#include <chrono>
#include <filesystem>

#include "engine/rocks_reader/block_store.h"
#include "engine/rocks_reader/layout.h"
#include "engine/rocks_writer/head_writer.h"
#include "engine/rocks_writer/rocks_options.h"

namespace longmen::engine {
namespace {

// What a new opening of RocksDB writes besides blocks: a manifest, an options file, a WAL.
constexpr size_t kRoomBytes = 1u << 20;

Error Fenced(uint64_t owner, uint64_t epoch) {
  return Error{Code::FENCED, "epoch", fmt::format("epoch {} owns the log, not {}", owner, epoch)};
}

// RocksDB has no code for "somebody else has it", only these words (file system and database).
bool SaysLocked(const rocksdb::Status& status) {
  const std::string text = status.ToString();
  return text.find("lock hold by") != std::string::npos ||
         text.find("While lock file") != std::string::npos;
}

Error OpeningError(const rocksdb::Status& status, const std::string& directory) {
  if (SaysLocked(status)) {
    return Error{Code::LOCKED, directory,
                 fmt::format("another process writes to {}: stop it first", directory)};
  }
  return StorageError(status, directory, "opening the log");
}

rocksdb::IOStatus SyncDirectory(rocksdb::FileSystem& file_system, const std::string& directory) {
  std::unique_ptr<rocksdb::FSDirectory> handle;
  auto status = file_system.NewDirectory(directory, rocksdb::IOOptions(), &handle, nullptr);
  if (status.ok()) status = handle->Fsync(rocksdb::IOOptions(), nullptr);
  return status;
}

// The directory itself, durable under its name.
Status MakeDirectory(rocksdb::FileSystem& file_system, const std::string& directory) {
  const rocksdb::IOOptions io;
  if (file_system.FileExists(directory, io, nullptr).ok()) return Ok();
  auto status = file_system.CreateDirIfMissing(directory, io, nullptr);
  const std::string parent = std::filesystem::path(directory).parent_path().string();
  if (status.ok()) status = SyncDirectory(file_system, parent.empty() ? "." : parent);
  if (!status.ok()) return StorageError(status, directory, "making the directory");
  return Ok();
}

// Tables without the file that names them: RocksDB would begin an empty database over them.
bool HasOrphanTables(rocksdb::FileSystem& file_system, const std::string& directory) {
  std::vector<std::string> names;
  if (!file_system.GetChildren(LogPath(directory), rocksdb::IOOptions(), &names, nullptr).ok()) {
    return false;
  }
  return std::any_of(names.begin(), names.end(),
                     [](const std::string& name) { return name.ends_with(".sst"); });
}

// Looks before anything is touched: opening RocksDB for writing would discard what lies behind a
// damaged place. Returns HEAD as it was found.
Result<std::optional<HeadState>> CheckAtRest(
    const std::string& directory, const std::shared_ptr<rocksdb::FileSystem>& file_system) {
  auto head = ReadHead(*file_system, directory);
  if (!head.ok()) return head.error();
  if (!DatabaseExists(*file_system, directory)) {
    const Sequence durable = *head ? (*head)->mark.last_sequence : 0;
    if (durable == 0 && !HasOrphanTables(*file_system, directory)) return head;
    return Error{Code::CORRUPT, LogPath(directory),
                 fmt::format("HEAD was durable at sequence {}, and there is no log", durable)};
  }
  auto store = ReadOnlyStore::Open(directory, file_system);
  if (!store.ok()) return store.error();
  auto chain = CheckTail((*store)->db(), *head ? std::optional((*head)->mark) : std::nullopt);
  if (!chain.ok()) return chain.error();
  return head;
}

}  // namespace

struct RocksLog::Store {
  explicit Store(std::shared_ptr<rocksdb::FileSystem> given) : file_system(std::move(given)) {}
  ~Store() {
    db.reset();
    head.reset();
    if (lock != nullptr) {
      static_cast<void>(file_system->UnlockFile(lock, rocksdb::IOOptions(), nullptr));
    }
  }
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  std::shared_ptr<rocksdb::FileSystem> file_system;
  rocksdb::FileLock* lock = nullptr;
  std::unique_ptr<rocksdb::Env> env;  // outlives the database
  std::unique_ptr<rocksdb::DB> db;
  std::unique_ptr<HeadWriter> head;
};

RocksLog::RocksLog(RocksLogOptions options) : options_(std::move(options)) {}
RocksLog::~RocksLog() = default;

Result<std::unique_ptr<RocksLog>> RocksLog::OpenDirectory(RocksLogOptions options) {
  options.file_system = FileSystemOr(std::move(options.file_system));
  std::unique_ptr<RocksLog> log(new RocksLog(std::move(options)));
  const std::lock_guard writing(log->writing_);
  const std::unique_lock opening(log->opening_);
  RETURN_IF_ERROR(log->OpenStore());
  return log;
}

// The reserve, a write-ahead log, and the table that will be made of it: with less the first append
// or the next opening would meet the end of the disk.
Status RocksLog::CheckRoomToBegin() const {
  rocksdb::FileSystem& file_system = *options_.file_system;
  if (DatabaseExists(file_system, options_.directory)) return Ok();
  const std::string parent = std::filesystem::path(options_.directory).parent_path().string();
  const uint64_t needed = options_.free_bytes_min + 2 * options_.write_buffer_bytes;
  uint64_t free = 0;
  const auto status =
      file_system.GetFreeSpace(parent.empty() ? "." : parent, rocksdb::IOOptions(), &free, nullptr);
  if (!status.ok() || free >= needed) return Ok();  // what else is wrong shows when it is made
  return Error{Code::STORAGE_FULL, options_.directory,
               fmt::format("a new log needs {} MiB, there are {}: nothing was made", needed >> 20,
                           free >> 20)};
}

// Needs writing_ and opening_, both alone. Leaves store_ empty where it fails.
Status RocksLog::OpenStore() {
  const std::string& directory = options_.directory;
  auto store = std::make_unique<Store>(options_.file_system);
  RETURN_IF_ERROR(CheckRoomToBegin());
  RETURN_IF_ERROR(MakeDirectory(*store->file_system, directory));
  const auto locked = store->file_system->LockFile(LockPath(directory), rocksdb::IOOptions(),
                                                   &store->lock, nullptr);
  if (!locked.ok()) return OpeningError(locked, directory);

  auto found = CheckAtRest(directory, store->file_system);
  if (!found.ok()) return found.error();

  store->env = rocksdb::NewCompositeEnv(store->file_system);
  rocksdb::DB* db = nullptr;
  const auto opened =
      rocksdb::DB::Open(WriterOptions(options_, store->env.get()), LogPath(directory), &db);
  store->db.reset(db);
  if (!opened.ok()) return OpeningError(opened, directory);
  const auto named = SyncDirectory(*store->file_system, directory);
  if (!named.ok()) return OpeningError(named, directory);

  if (discard_after_) {
    // Answered "full": it must not come up as if it had been taken. HEAD never named it.
    rocksdb::WriteOptions durably;
    durably.sync = true;
    const auto deleted = store->db->Delete(durably, BlockKey(*discard_after_ + 1));
    if (!deleted.ok()) return OpeningError(deleted, directory);
  }

  // Once more, on what recovery made of it: these are the blocks that will be built upon.
  auto chain = CheckTail(*store->db, *found ? std::optional((*found)->mark) : std::nullopt);
  if (!chain.ok()) return chain.error();
  auto head = HeadWriter::Open(directory, store->file_system, *found, options_.head_sync_interval);
  if (!head.ok()) return head.error();
  store->head = std::move(*head);

  chain_ = *chain;
  epoch_ = std::max({epoch_, chain_.epoch(), *found ? (*found)->mark.epoch : 0});
  store_ = std::move(store);
  RETURN_IF_ERROR(AnchorHead(true));
  condition_ = Condition::kSound;
  discard_after_.reset();
  Acknowledge();
  return Ok();
}

// What is in the database and what HEAD says are brought together anew, as at a restart.
Status RocksLog::Reopen() {
  const std::unique_lock opening(opening_);
  condition_ = Condition::kUnresolved;
  store_.reset();
  return OpenStore();
}

Result<LogHead> RocksLog::Open(uint64_t epoch) {
  const std::lock_guard writing(writing_);
  if (epoch < epoch_) return Fenced(epoch_, epoch);
  if (condition_ != Condition::kSound) RETURN_IF_ERROR(Reopen());
  const uint64_t before = std::exchange(epoch_, epoch);
  if (auto anchored = AnchorHead(true); !anchored.ok()) {
    epoch_ = before;
    condition_ = Condition::kUnresolved;
    return anchored.error();
  }
  owned_ = true;
  return chain_.head();
}

AppendOutcome RocksLog::Append(uint64_t epoch, const LogHead& expected, const OfferedBlock& block) {
  const std::lock_guard writing(writing_);
  if (!owned_ || epoch != epoch_) return AppendOutcome::kFenced;
  if (condition_ == Condition::kUnresolved) return AppendOutcome::kUnknown;
  if (expected != chain_.head()) return AppendOutcome::kConflict;
  auto next = chain_.Extended(block);
  if (!next.ok() || next->epoch() != epoch) return AppendOutcome::kConflict;
  if (IsFull(block.bytes().size())) return AppendOutcome::kFull;
  if (condition_ == Condition::kStalled) {
    if (!HasRoomAgain(block.bytes().size())) return AppendOutcome::kFull;
    if (!Reopen().ok()) return AppendOutcome::kUnknown;
  }
  return Write(*next, block.bytes());
}

bool RocksLog::IsFull(size_t block_bytes) const {
  uint64_t free = 0;
  const auto status =
      store_->file_system->GetFreeSpace(options_.directory, rocksdb::IOOptions(), &free, nullptr);
  return status.ok() && free < options_.free_bytes_min + block_bytes;
}

// While it is stalled the database can still be read, which it could not if a new opening failed
// half way. So a file of the block's size is tried first: quotas do not show in the free space.
bool RocksLog::HasRoomAgain(size_t block_bytes) const {
  const rocksdb::IOOptions io;
  rocksdb::FileSystem& file_system = *store_->file_system;
  const std::string path = options_.directory + "/room";
  std::unique_ptr<rocksdb::FSWritableFile> file;
  auto status = file_system.NewWritableFile(path, rocksdb::FileOptions(), &file, nullptr);
  if (!status.ok()) return false;
  status = file->Append(std::string(block_bytes + kRoomBytes, '\0'), io, nullptr);
  if (status.ok()) status = file->Sync(io, nullptr);
  static_cast<void>(file->Close(io, nullptr));
  static_cast<void>(file_system.DeleteFile(path, io, nullptr));
  return status.ok();
}

AppendOutcome RocksLog::Write(const BlockChain& next, Bytes block) {
  rocksdb::WriteOptions how;
  how.sync = options_.sync;
  const auto status =
      store_->db->Put(how, BlockKey(chain_.head().next_sequence), rocksdb::Slice(AsText(block)));
  if (status.IsNoSpace()) {
    // RocksDB shows a block to readers only after the WAL has it, so it is not there; but the WAL
    // may hold it, torn or whole. The next opening, which the next append needs, takes it out.
    condition_ = Condition::kStalled;
    discard_after_ = chain_.last_sequence();
    return AppendOutcome::kFull;
  }
  if (!status.ok()) {
    condition_ = Condition::kUnresolved;
    return AppendOutcome::kUnknown;
  }
  const BlockChain before = std::exchange(chain_, next);
  if (!AnchorHead(options_.head_sync == HeadSync::kEveryBlock).ok()) {
    // The block is durable, but its loss could go unnoticed: that is not yet an acknowledgement.
    chain_ = before;
    condition_ = Condition::kUnresolved;
    return AppendOutcome::kUnknown;
  }
  Acknowledge();
  return AppendOutcome::kOk;
}

Result<LogHead> RocksLog::Resolve(uint64_t epoch) {
  const std::lock_guard writing(writing_);
  if (!owned_ || epoch != epoch_) return Fenced(epoch_, epoch);
  if (condition_ == Condition::kUnresolved) RETURN_IF_ERROR(Reopen());
  return chain_.head();
}

Status RocksLog::AnchorHead(bool sync) {
  HeadMark mark;
  mark.epoch = epoch_;
  mark.last_sequence = chain_.last_sequence();
  mark.last_block = chain_.head().previous;
  return sync ? store_->head->WriteAndSync(mark) : store_->head->Write(mark);
}

void RocksLog::Acknowledge() {
  {
    const std::lock_guard lock(following_);
    frontier_.store(chain_.last_sequence(), std::memory_order_release);
  }
  grown_.notify_all();
}

Result<std::vector<StoredBlock>> RocksLog::Read(Sequence from, size_t max_bytes) const {
  const Sequence frontier = AckedFrontier();
  const std::shared_lock opening(opening_);
  if (!store_) {
    return Error{Code::STORAGE_FAILED, options_.directory, "the log could not be opened again"};
  }
  return ReadBlocks(*store_->db, from, frontier, max_bytes);
}

Result<std::vector<StoredBlock>> RocksLog::Follow(Sequence after, size_t max_bytes,
                                                  Nanos timeout) const {
  {
    std::unique_lock lock(following_);
    grown_.wait_for(lock, std::chrono::nanoseconds(timeout),
                    [&] { return AckedFrontier() > after; });
  }
  return Read(after + 1, max_bytes);
}

}  // namespace longmen::engine
