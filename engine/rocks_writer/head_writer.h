// HeadWriter: keeps HEAD at the durable end of the log. Why, when and what it proves: head_file.h.
//
// Invariants: a write never touches the slot that is known to be on disk, nor the one being synced.
//
// Threading: Write and WriteAndSync from one thread at a time; a thread of its own syncs.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "engine/rocks_reader/head_file.h"
#include "events/base/time.h"

namespace rocksdb {
class FSRandomRWFile;
class IOStatus;
}  // namespace rocksdb

namespace longmen::engine {

// A whole file under another name first, so that a HEAD with a slot that holds no mark never
// exists. Every slot holds the mark; the counters go on from its.
rocksdb::IOStatus MakeHeadFile(rocksdb::FileSystem& file_system, const std::string& directory,
                               const HeadMark& first);

class HeadWriter {
 public:
  // Opens HEAD, or makes it where there is none (`found` is what ReadHead said), and syncs the
  // directory that names it. The thread syncs what was written at most every `interval`.
  static Result<std::unique_ptr<HeadWriter>> Open(
      const std::string& directory, const std::shared_ptr<rocksdb::FileSystem>& file_system,
      const std::optional<HeadState>& found, Nanos interval);

  // Syncs what is not synced yet.
  ~HeadWriter();

  // Puts the mark where a killed process cannot take it away, and has it synced soon. The counter
  // is the writer's own. An error also where an earlier sync failed: HEAD no longer anchors.
  Status Write(HeadMark mark);
  // Returns once it is on disk.
  Status WriteAndSync(HeadMark mark);

 private:
  HeadWriter(std::string path, size_t durable_slot, uint64_t counter, Nanos interval);
  size_t FreeSlot() const;
  Status SyncWritten(std::unique_lock<std::mutex>& lock);
  void SyncLoop();

  const std::string path_;
  const Nanos interval_;
  std::unique_ptr<rocksdb::FSRandomRWFile> file_;
  std::mutex mutex_;                 // guards all below; never held during a sync
  std::condition_variable changed_;  // something was written, or a sync is over
  std::condition_variable stopped_;
  uint64_t counter_;
  size_t durable_slot_;
  std::optional<size_t> syncing_slot_;
  std::optional<size_t> written_slot_;  // written since the last sync began
  std::optional<Error> failed_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace longmen::engine
