// EventLog: where blocks live. The rules, projections and replay do not know which one they use.
//
// Ownership: one writer, named by an epoch that only grows. Opening with an epoch fences every
// lower one; a fenced writer's append changes nothing.
// Threading: one thread appends; any number read, and never see past the acknowledged frontier.
// Order comes from the append itself: a block is taken only when it starts at the next sequence
// and names the hash of the block before.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "events/block/block.h"

namespace longmen::engine {

// What the next block must start with.
struct LogHead {
  Sequence next_sequence = 1;
  Digest256 previous{};  // SHA-256 of the last block; zeros before the first

  bool operator==(const LogHead&) const = default;
};

enum class AppendOutcome {
  kOk,        // durable
  kFenced,    // a higher epoch owns the log; nothing was written
  kConflict,  // not at the head; nothing was written
  kUnknown,   // may or may not be there: Resolve() before anything else; never shown as success
  kFull,      // no room; nothing was written
};

// A block as stored: bytes at an aligned address.
class StoredBlock {
 public:
  explicit StoredBlock(Bytes bytes) : words_(AlignedCopy(bytes)), size_(bytes.size()) {}
  Bytes bytes() const { return WordBytes(words_, size_); }

 private:
  std::vector<uint64_t> words_;
  size_t size_;
};

// A block that somebody wants to append: as its builder made it, which is taken at its word, or
// bytes from anywhere, which are checked from end to end.
class OfferedBlock {
 public:
  OfferedBlock(const BuiltBlock& built) : bytes_(built.bytes()), built_(&built) {}  // NOLINT
  OfferedBlock(Bytes bytes) : bytes_(bytes) {}                                      // NOLINT
  OfferedBlock(const std::vector<uint8_t>& bytes) : bytes_(bytes) {}                // NOLINT

  Bytes bytes() const { return bytes_; }
  const BuiltBlock* built() const { return built_; }  // none: bytes from anywhere

 private:
  Bytes bytes_;
  const BuiltBlock* built_ = nullptr;
};

// The half that auditors and projections get.
class LogReader {
 public:
  virtual ~LogReader() = default;

  // The last sequence that was acknowledged as durable; 0 in an empty log.
  virtual Sequence AckedFrontier() const = 0;

  // Blocks from the one that holds `from`, in order, until about `max_bytes` (at least one block
  // if there is any). Bytes are as stored; the caller checks them. Empty past the frontier.
  virtual Result<std::vector<StoredBlock>> Read(Sequence from, size_t max_bytes) const = 0;

  // Waits until the frontier has passed `after` or `timeout` is over; then as Read(after + 1).
  virtual Result<std::vector<StoredBlock>> Follow(Sequence after, size_t max_bytes,
                                                  Nanos timeout) const = 0;
};

class EventLog : public LogReader {
 public:
  // Takes ownership. Error FENCED where a higher epoch exists.
  virtual Result<LogHead> Open(uint64_t epoch) = 0;

  // Returns after durability.
  virtual AppendOutcome Append(uint64_t epoch, const LogHead& expected,
                               const OfferedBlock& block) = 0;

  // Settles a kUnknown: the head as it really is.
  virtual Result<LogHead> Resolve(uint64_t epoch) = 0;
};

// Calls `visit` with every record of the log from `from` to the frontier, in order, after checking
// each block's checksum, sequence and chain. An error of `visit` or a broken block ends it.
Status ForEachRecord(const LogReader& log, Sequence from,
                     const std::function<Status(const RecordView&)>& visit);

}  // namespace longmen::engine
