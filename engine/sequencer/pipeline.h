// The hand-over between the two threads of the engine: decided batches, in order.
//
// The sequencer adds whole jobs to the open batch; the writer takes the batch as it is when it
// has finished the one before. That is the group commit: the slower the disk, the larger the batch.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "engine/ledger/ledger.h"

namespace longmen::engine {

struct Batch {
  std::vector<std::vector<Emitted>> parts;  // records in order, as they were handed over
  size_t bytes = 0;
  // Run by the writer once everything before and in this batch is durable (`failure` none), or
  // when it cannot be said to be (`failure`: what to answer).
  std::vector<std::function<void(Code failure)>> completions;
  std::vector<uint8_t> snapshot;  // of the state after this batch; empty: none is due

  bool empty() const { return parts.empty() && completions.empty() && snapshot.empty(); }
};

inline size_t RecordBytes(const Emitted& record) {
  return kRecordHeaderBytes + record.proposal.bytes().size();
}

class Handover {
 public:
  explicit Handover(size_t batch_bytes) : batch_bytes_(batch_bytes) {}

  // Adds to the open batch; waits while it is full, or ends in a snapshot that must not stand on
  // anything later, and the writer is busy.
  void Add(std::vector<Emitted> records, std::function<void(Code)> completion) {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [this] { return open_.bytes < batch_bytes_ && open_.snapshot.empty(); });
    for (const Emitted& record : records) open_.bytes += RecordBytes(record);
    if (!records.empty()) open_.parts.push_back(std::move(records));
    if (completion) open_.completions.push_back(std::move(completion));
    filled_.notify_one();
  }

  // Asks for a snapshot after the batch now open, and ends that batch.
  void AddSnapshot(std::vector<uint8_t> state) {
    std::lock_guard lock(mutex_);
    open_.snapshot = std::move(state);
    filled_.notify_one();
  }

  // The next batch; nothing: Close() was called and all is taken.
  std::unique_ptr<Batch> Take() {
    std::unique_lock lock(mutex_);
    filled_.wait(lock, [this] { return !open_.empty() || closed_; });
    if (open_.empty()) return nullptr;
    auto batch = std::make_unique<Batch>(std::move(open_));
    open_ = Batch{};
    room_.notify_all();
    return batch;
  }

  void Close() {
    std::lock_guard lock(mutex_);
    closed_ = true;
    filled_.notify_one();
  }

 private:
  const size_t batch_bytes_;
  std::mutex mutex_;
  std::condition_variable filled_;
  std::condition_variable room_;
  Batch open_;
  bool closed_ = false;
};

}  // namespace longmen::engine
