#include "engine/log/memory_log.h"

#include <algorithm>
#include <chrono>

namespace longmen::engine {

Sequence MemoryLog::AckedFrontier() const {
  const std::lock_guard lock(mutex_);
  return frontier_;
}

Result<std::vector<StoredBlock>> MemoryLog::Read(Sequence from, size_t max_bytes) const {
  const std::lock_guard lock(mutex_);
  return ReadLocked(from, max_bytes);
}

Result<std::vector<StoredBlock>> MemoryLog::ReadLocked(Sequence from, size_t max_bytes) const {
  std::vector<StoredBlock> found;
  from = std::max<Sequence>(from, 1);
  if (from > frontier_) return found;
  size_t bytes = 0;
  // The block that holds `from` is the last one that starts at or before it.
  for (auto it = std::prev(blocks_.upper_bound(from));
       it != blocks_.end() && it->first <= frontier_ && (found.empty() || bytes < max_bytes);
       ++it) {
    bytes += it->second.bytes().size();
    found.push_back(it->second);
  }
  return found;
}

Result<std::vector<StoredBlock>> MemoryLog::Follow(Sequence after, size_t max_bytes,
                                                   Nanos timeout) const {
  std::unique_lock lock(mutex_);
  grown_.wait_for(lock, std::chrono::nanoseconds(timeout), [&] { return frontier_ > after; });
  return ReadLocked(after + 1, max_bytes);
}

Result<LogHead> MemoryLog::Open(uint64_t epoch) {
  const std::lock_guard lock(mutex_);
  if (epoch_ && epoch < *epoch_) {
    return Error{Code::FENCED, "epoch",
                 fmt::format("epoch {} owns the log, {} came too late", *epoch_, epoch)};
  }
  epoch_ = epoch;
  unresolved_ = false;
  frontier_ = chain_.last_sequence();
  return chain_.head();
}

AppendOutcome MemoryLog::Append(uint64_t epoch, const LogHead& expected,
                                const OfferedBlock& block) {
  const std::lock_guard lock(mutex_);
  if (epoch_ != epoch) return AppendOutcome::kFenced;
  if (unresolved_) return AppendOutcome::kUnknown;
  if (expected != chain_.head()) return AppendOutcome::kConflict;
  auto next = chain_.Extended(block);
  if (!next.ok() || next->epoch() != epoch) return AppendOutcome::kConflict;

  const auto failure = std::exchange(failure_, std::nullopt);
  if (failure && !failure->stored) {
    unresolved_ = failure->outcome == AppendOutcome::kUnknown;
    return failure->outcome;
  }
  blocks_.emplace(expected.next_sequence, StoredBlock(block.bytes()));
  chain_ = *next;
  if (failure) {
    unresolved_ = true;
    return failure->outcome;
  }
  frontier_ = chain_.last_sequence();
  grown_.notify_all();
  return AppendOutcome::kOk;
}

Result<LogHead> MemoryLog::Resolve(uint64_t epoch) {
  const std::lock_guard lock(mutex_);
  if (epoch_ != epoch) return Error{Code::FENCED, "epoch", "this epoch does not own the log"};
  unresolved_ = false;
  frontier_ = chain_.last_sequence();
  grown_.notify_all();
  return chain_.head();
}

void MemoryLog::FailNextAppend(AppendOutcome outcome, bool stored) {
  CHECK(outcome == AppendOutcome::kUnknown || (outcome == AppendOutcome::kFull && !stored),
        "memory_log.failure", static_cast<int>(outcome), stored);
  const std::lock_guard lock(mutex_);
  failure_ = Failure{outcome, stored};
}

}  // namespace longmen::engine
