// The half of snapshots that writes: the engine's and the operator's, never the auditor's.
// The format and what a snapshot is worth: engine/snapshot/snapshot.h.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "engine/snapshot/snapshot.h"

namespace longmen::engine {

// Written beside, synced, and renamed into place; the newest four of the directory are kept.
Status WriteSnapshot(const std::string& directory, const SnapshotHead& head, Bytes state);

// Writes snapshots on a thread of its own, one at a time; of several that wait, the newest. What
// cannot be written is let go: a snapshot is derived.
class SnapshotsBehind {
 public:
  explicit SnapshotsBehind(std::string directory);
  ~SnapshotsBehind();

  // Of a block that is durable. Does not wait.
  void Write(const SnapshotHead& head, std::vector<uint8_t> state);
  // Writes what waits and ends the thread.
  void Stop();

 private:
  struct Taken {
    SnapshotHead head;
    std::vector<uint8_t> state;
  };
  void Run();

  const std::string directory_;
  std::mutex mutex_;  // guards all below
  std::condition_variable changed_;
  std::optional<Taken> waiting_;
  bool stopping_ = false;
  std::thread thread_;  // begun with the first
};

}  // namespace longmen::engine
