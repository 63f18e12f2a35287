// Projector: folds durable blocks into the derived store, behind the engine.
//
// Threading: Push is called by the engine's writer, the folds run on a thread of their own, the
// rest from anywhere. The backlog is bounded: past it Push waits, and with it the writer.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "engine/log/event_log.h"
#include "engine/sequencer/engine.h"
#include "projections/rocks_store/rocks_store.h"

namespace longmen::adapters {

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
  // Until `sequence` is folded. An error when folding has failed or has stopped.
  Status Await(Sequence sequence);
  const projections::ReadStore& Committed() const { return store_->Committed(); }
  // Folds what is left, makes it durable, and ends the thread.
  void Stop();

 private:
  explicit Projector(std::unique_ptr<projections::RocksStore> store, Sequence applied);
  void Run();
  // Whether it was committed, too. Where more is waiting, it may be left to a later one.
  Result<bool> FoldBlock(const engine::DurableBlock& block, bool more);

  std::unique_ptr<projections::RocksStore> store_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<engine::DurableBlock> backlog_;
  size_t backlog_records_ = 0;
  Sequence applied_;
  Status status_ = Ok();
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace longmen::adapters
