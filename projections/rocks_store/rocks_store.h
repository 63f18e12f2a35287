// RocksStore: derived state on disk, in a RocksDB instance of its own.
//
// What a fold writes is collected in memory and goes to disk as one batch per Commit(), "applied"
// included, so every state that can be read later is that after a whole record.
//
// On disk: one column family and no WAL, because all of it can be derived from the log again. A
// crash loses what was not flushed; RocksDB keeps the commits of one family in their order (before
// it takes in a table it flushes what the table overlaps, and "applied" is in every commit) and
// never splits one, so what is left is the state after an earlier Commit(), and its "applied" says
// which. Whoever opens it folds the log from there.
//
// Threading: Get, Scan, Put, Delete, Append, Amend, Commit, Flush and Compact belong to one thread,
// the writer; Get and Scan see what it has not committed yet. Committed() and Snapshot() may be
// used from any thread and never see it. A visitor of Scan must neither change the store nor scan
// it.
//
// Failures: the first one is remembered (`status`) and every later Commit() returns it, so that
// nothing that rests on an unread value is ever kept.
#pragma once

#include <memory>
#include <string>

#include "projections/store/applied.h"
#include "projections/store/store.h"

namespace longmen::projections {

// Whoever is behind commits when so much waits, and folds on until then. Large commits are cheap
// ones: their keys lie close together, and what several records changed is written once.
inline constexpr size_t kCommitBytes = 32u << 20;

struct RocksStoreOptions {
  // Of these rows, which are put whole, Committed() keeps in memory what is asked for or changed:
  // for point reads beside a busy writer. Empty: none.
  std::string kept_prefix;
  size_t memtable_bytes = 64u << 20;
  size_t cache_bytes = 64u << 20;
  // A commit of so much goes to disk as a sorted table at once; a smaller one by the memtable,
  // which would sort it again and write it twice.
  size_t table_bytes = 8u << 20;
};

// A consistent state, as a Commit() left it, for as long as it is held.
class StoreSnapshot : public ReadStore {
 public:
  virtual Applied applied() const = 0;
  // An error once a reading failed: what was read since then cannot be trusted.
  virtual Status status() const = 0;
};

class RocksStore final : public Store {
 public:
  // Creates the directory where it is missing. LOCKED where somebody has it open, STORAGE_FAILED
  // or CORRUPT otherwise: deriving anew mends all but the first.
  static Result<std::unique_ptr<RocksStore>> Open(const std::string& directory,
                                                  const RocksStoreOptions& options = {});
  // The state on disk, for whoever only looks; beside a living writer that is what it has flushed.
  // NOT_FOUND where there is none.
  static Result<std::shared_ptr<const StoreSnapshot>> OpenReadOnly(const std::string& directory);
  // Deletes the directory's store, whatever state it is in.
  static Status DestroyAll(const std::string& directory);
  // What is not committed is dropped; what is not flushed is flushed.
  ~RocksStore() override;

  std::optional<std::string> Get(std::string_view key) const override;
  void Scan(std::string_view prefix, std::string_view after,
            const std::function<bool(std::string_view, std::string_view)>& visit) const override;
  void Put(std::string_view key, std::string_view value) override;
  void Delete(std::string_view key) override;
  void Append(std::string_view key, std::string_view bytes) override;
  void Amend(std::string_view key, std::string_view head, std::string_view tail) override;

  // Makes everything since the last Commit() visible to other threads at once.
  Status Commit();
  // Makes everything committed durable.
  Status Flush();
  // Makes everything committed durable, in as few bytes as it can take. Takes its time.
  Status Compact();
  Status status() const;
  // Bytes of keys and values waiting for Commit().
  size_t pending_bytes() const;

  // The last committed state at the moment of the call; it may outlive the store.
  std::shared_ptr<const StoreSnapshot> Snapshot() const;
  // The last committed state at each single reading: two readings may see two states.
  const ReadStore& Committed() const;

 private:
  struct Impl;
  explicit RocksStore(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace longmen::projections
