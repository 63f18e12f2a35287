// Projector: folds durable blocks into the derived store, behind the engine.
//
// Threading: Push is called by the engine's writer, the folds run on a thread of their own, the
// rest from anywhere. The backlog is bounded: past it Push waits, and with it the writer.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "engine/log/event_log.h"
#include "engine/sequencer/engine.h"
#include "projections/all/all.h"
#include "projections/rocks_store/rocks_store.h"

namespace longmen::adapters {

// Is derived state that stands there of this log? CORRUPT: "log" where the log does not reach so
// far, "derived" where it has another record there.
Status CheckOfLog(const projections::Applied& applied, const engine::LogReader& log);

class Projector {
 public:
  // Opens the derived store and rolls it forward to the end of the log, from a snapshot and its
  // history where that helps. Derived state of another format is deleted and derived again. Error
  // corrupt where the derived state has seen more of the log than there is.
  static Result<std::unique_ptr<Projector>> Open(const std::string& directory,
                                                 const engine::LogReader& log,
                                                 const std::string& snapshot_directory,
                                                 engine::History* history);
  ~Projector();

  void Push(const engine::DurableBlock& block);
  Sequence Applied() const;
  // Until `sequence` is folded and can be read. An error when folding has failed or has stopped.
  Status Await(Sequence sequence);
  const projections::ReadStore& Committed() const { return store_->Committed(); }
  // Folds what is left, makes it durable, and ends the thread.
  void Stop();

 private:
  explicit Projector(std::unique_ptr<projections::RocksStore> store, Sequence applied);
  void Run();
  // These two with the lock, which they give up meanwhile.
  void FoldNext(std::unique_lock<std::mutex>& lock);
  void Commit(std::unique_lock<std::mutex>& lock);
  bool CommitIsDue() const;
  Status FoldBlock(const engine::DurableBlock& block);

  std::unique_ptr<projections::RocksStore> store_;
  projections::Folding folding_;  // finished by each commit
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<engine::DurableBlock> backlog_;
  size_t backlog_records_ = 0;
  Sequence folded_;   // maybe not committed
  Sequence applied_;  // committed
  Sequence awaited_ = 0;
  std::chrono::steady_clock::time_point commit_at_{};  // not before, unless somebody waits
  Status status_ = Ok();
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace longmen::adapters
