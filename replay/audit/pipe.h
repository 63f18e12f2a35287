// Pipe: from one thread to the next, in order, and never more at once than it holds.
//
// Threading: one thread pushes, one takes; either may close.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

namespace longmen::replay {

template <typename T>
class Pipe {
 public:
  explicit Pipe(size_t most) : most_(most) {}

  // Waits for room. False: it is closed, and nobody wants this.
  bool Push(T item) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return closed_ || items_.size() < most_; });
    if (closed_) return false;
    items_.push_back(std::move(item));
    changed_.notify_all();
    return true;
  }

  // Waits for what comes next. Nothing: it is closed, and all was taken.
  std::optional<T> Take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return closed_ || !items_.empty(); });
    if (items_.empty()) return std::nullopt;
    std::optional<T> item(std::move(items_.front()));
    items_.pop_front();
    changed_.notify_all();
    return item;
  }

  void Close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    changed_.notify_all();
  }

 private:
  const size_t most_;
  std::mutex mutex_;  // guards the next two
  std::deque<T> items_;
  bool closed_ = false;
  std::condition_variable changed_;
};

}  // namespace longmen::replay
