// RocksLog: the EventLog in a directory of its own, and the only code that writes there.
//
// One RocksDB write with sync per block, then HEAD, then the acknowledgement. Layout and the part
// HEAD plays: engine/rocks_reader/layout.h and head_file.h.
//
// Invariants: what was acknowledged is synced and HEAD says so; what is read was acknowledged; a
// directory has one writer; a directory that contradicts itself is refused and left as it is.
//
// What a crash costs, step by step of an append:
//   before RocksDB's sync returns   the block may or may not be there; it was not acknowledged; if
//                                   it is, it is the last one and chained, and opening takes it in
//   between the sync and HEAD       the block is there, HEAD is one behind: fine
//   after HEAD                      the block is there
//
// Threading: as EventLog. Append, Open and Resolve are serialised; Resolve (and an append after a
// full disk) may close and reopen the database, and readers wait meanwhile.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>

#include "engine/log/block_chain.h"

namespace rocksdb {
class FileSystem;
}

namespace longmen::engine {

enum class Compression { kNone, kLz4, kZstd };

enum class HeadSync {
  kBehind,      // soon after the block; the window this leaves is stated in head_file.h
  kEveryBlock,  // before the block is acknowledged: a second fdatasync for every block
};

struct RocksLogOptions {
  std::string directory;  // made if missing; the directory it lies in is there
  Compression compression = Compression::kNone;  // of the tables, once blocks leave the WAL
  size_t write_buffer_bytes = 64u << 20;
  // Below this much free space an append answers kFull before it writes anything: RocksDB keeps
  // room to flush, to recover and to be opened.
  uint64_t free_bytes_min = 128u << 20;
  HeadSync head_sync = HeadSync::kBehind;
  Nanos head_sync_interval = 10'000'000;

  // For tests only: another file system, and appends that return before they are durable (to show
  // that the crash tests would notice).
  std::shared_ptr<rocksdb::FileSystem> file_system;
  bool sync = true;
};

class RocksLog final : public EventLog {
 public:
  // Opens the directory and checks its tail, but takes no ownership yet (Open). Errors: locked
  // where another writer has it, corrupt where HEAD, tail or chain contradict each other or blocks
  // are missing (nothing is changed then), storage_full, storage_failed. A log is begun only where
  // there is room for it to grow; where there is not, nothing is made.
  static Result<std::unique_ptr<RocksLog>> OpenDirectory(RocksLogOptions options);
  ~RocksLog() override;

  Sequence AckedFrontier() const override { return frontier_.load(std::memory_order_acquire); }
  Result<std::vector<StoredBlock>> Read(Sequence from, size_t max_bytes) const override;
  Result<std::vector<StoredBlock>> Follow(Sequence after, size_t max_bytes,
                                          Nanos timeout) const override;

  // The epoch is on disk (in HEAD) before this returns.
  Result<LogHead> Open(uint64_t epoch) override;

  // kFenced: `epoch` is not the owner's. kConflict: not at the head, or the bytes are no whole
  // block of this epoch. kFull: it is not in the log and nobody reads it; should the process die
  // before space is back, the block may come up at the next opening, chained, as after a crash
  // before the answer. kUnknown: every other failure; nothing is written until Resolve().
  AppendOutcome Append(uint64_t epoch, const LogHead& expected, const OfferedBlock& block) override;

  // After a kUnknown: reopens the database, so that the answer is what a restart would find, and
  // durable. Errors: fenced, corrupt, storage_full, storage_failed; it may be called again.
  Result<LogHead> Resolve(uint64_t epoch) override;

 private:
  struct Store;  // the lock, the database, HEAD's writer
  enum class Condition {
    kSound,
    kStalled,     // the disk was full in the middle of a write
    kUnresolved,  // a write failed; only a new opening can say what is there
  };

  explicit RocksLog(RocksLogOptions options);
  Status OpenStore();
  Status CheckRoomToBegin() const;
  Status Reopen();
  bool IsFull(size_t block_bytes) const;
  bool HasRoomAgain(size_t block_bytes) const;
  AppendOutcome Write(const BlockChain& next, Bytes block);
  Status AnchorHead(bool sync);
  void Acknowledge();

  const RocksLogOptions options_;

  std::mutex writing_;  // one Append, Open or Resolve at a time; guards these:
  BlockChain chain_;
  uint64_t epoch_ = 0;  // of the last owner; this object's once owned_
  bool owned_ = false;
  Condition condition_ = Condition::kSound;
  // After a block was answered kFull in the middle of its write: where the log ends without it.
  std::optional<Sequence> discard_after_;

  mutable std::shared_mutex opening_;  // held alone while store_ is replaced, else shared
  std::unique_ptr<Store> store_;

  std::atomic<Sequence> frontier_{0};
  mutable std::mutex following_;
  mutable std::condition_variable grown_;
};

}  // namespace longmen::engine
