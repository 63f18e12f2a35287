// Behind: work that is done in order on a thread of its own.
//
// Invariants: after a failure nothing more is done; the first one is kept.
//
// Threading: one thread adds and waits.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

#include "events/base/result.h"

namespace longmen {

class Behind {
 public:
  using Work = std::function<Status()>;

  ~Behind() { Stop(); }

  // Waits only while much waits already.
  void Add(Work work) {
    std::unique_lock lock(mutex_);
    if (!thread_.joinable()) thread_ = std::thread([this] { Run(); });
    changed_.wait(lock, [this] { return waiting_.size() < kWaitingMax; });
    waiting_.push_back(std::move(work));
    changed_.notify_all();
  }

  // Until all that was added is done.
  void Wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return waiting_.empty(); });
  }

  bool failed() const { return failed_.load(std::memory_order_acquire); }
  Status failure() {
    const std::lock_guard lock(mutex_);
    return failure_;
  }

  // Does what was added and ends the thread.
  void Stop() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
      changed_.notify_all();
    }
    if (thread_.joinable()) thread_.join();
  }

 private:
  static constexpr size_t kWaitingMax = 64;

  void Run() {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return !waiting_.empty() || stopping_; });
      if (waiting_.empty()) return;
      const Work work = std::move(waiting_.front());
      lock.unlock();
      const Status done = failed_ ? Ok() : work();
      lock.lock();
      if (!done.ok()) {
        failure_ = done;
        failed_.store(true, std::memory_order_release);
      }
      // Only now, so that Wait waits for it.
      waiting_.pop_front();
      changed_.notify_all();
    }
  }

  std::mutex mutex_;  // guards all below
  std::condition_variable changed_;
  std::deque<Work> waiting_;  // the first is being done
  Status failure_ = Ok();
  std::atomic<bool> failed_{false};
  bool stopping_ = false;
  std::thread thread_;  // begun with the first
};

}  // namespace longmen
