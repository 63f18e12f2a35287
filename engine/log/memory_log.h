// MemoryLog: an EventLog that forgets everything when it goes. For tests, rehearsals and what-ifs.
//
// It keeps every promise of the interface but durability: the conformance suite runs on it and on
// RocksDB alike.
//
// Threading: as EventLog; one mutex, so appends from several threads are merely serialised.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>

#include "engine/log/block_chain.h"

namespace longmen::engine {

class MemoryLog final : public EventLog {
 public:
  Sequence AckedFrontier() const override;
  Result<std::vector<StoredBlock>> Read(Sequence from, size_t max_bytes) const override;
  Result<std::vector<StoredBlock>> Follow(Sequence after, size_t max_bytes,
                                          Nanos timeout) const override;

  Result<LogHead> Open(uint64_t epoch) override;
  AppendOutcome Append(uint64_t epoch, const LogHead& expected, const OfferedBlock& block) override;
  Result<LogHead> Resolve(uint64_t epoch) override;

  // The next append that would have succeeded answers `outcome` (kUnknown or kFull) instead. With
  // `stored`, which only kUnknown can mean, the block is there all the same and Resolve() finds it.
  void FailNextAppend(AppendOutcome outcome, bool stored);

 private:
  struct Failure {
    AppendOutcome outcome;
    bool stored;
  };

  Result<std::vector<StoredBlock>> ReadLocked(Sequence from, size_t max_bytes) const;

  mutable std::mutex mutex_;
  mutable std::condition_variable grown_;
  std::map<Sequence, StoredBlock> blocks_;  // by first sequence
  BlockChain chain_;
  Sequence frontier_ = 0;
  std::optional<uint64_t> epoch_;  // of the owner
  bool unresolved_ = false;
  std::optional<Failure> failure_;
};

}  // namespace longmen::engine
