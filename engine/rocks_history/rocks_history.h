// RocksHistory: a history in a RocksDB instance of its own, beside the log.
//
// On disk: no WAL, because all of it can be derived from the log again; both column families are
// flushed together, so that a crash leaves them as they were at one earlier moment.
//   "bundles"  number of a chunk, u64 big-endian -> bundles, each a u32 of its size and its bytes.
//              A place is the number of the chunk times 2^14 and the offset in it.
//   "default"  number of a page, u16 big-endian -> its entries (partition.h), appended to by
//              merging; "about" -> the format, the window, the seed, the last record that anything
//              here may be of, and the mark with a checksum of the log up to there: so a history
//              of another log, or of more of it than there is, is known.
//
// In memory: a filter over all hashes, and what waits to be written. That is written in rounds: a
// round takes what waits in each partition in turn, and at its end the mark from its beginning is
// made durable. A thread behind writes what was taken, in that order; whoever looks for it in the
// database waits for it first.
#pragma once

#include <memory>
#include <string>

#include "engine/ledger/history.h"
#include "engine/ledger/ledger.h"
#include "engine/log/event_log.h"

namespace longmen::engine {

struct RocksHistoryOptions {
  std::string directory;
  Sequence window = kWindowRecords;
  // New records a round: the fewer, the sooner the mark moves; the more, the less is written.
  size_t round_records = 1u << 18;
  // An index up to this size is read at the opening, for the filter over it; a larger one part by
  // part when it is asked.
  uint64_t read_at_opening_max = 256u << 20;
};

class RocksHistory final : public History {
 public:
  // Creates it where it is missing; deletes and begins anew what is damaged, or of another format,
  // window or log. Errors: locked, storage_failed. The log outlives it.
  static Result<std::unique_ptr<RocksHistory>> Open(RocksHistoryOptions options,
                                                    const LogReader& log);
  // As it is on disk, for whoever only looks; beside a living writer that is what it has flushed.
  // Errors: not_found, corrupt, storage_failed.
  static Result<std::unique_ptr<RocksHistory>> OpenReadOnly(RocksHistoryOptions options,
                                                            const LogReader& log);
  ~RocksHistory() override;

  Sequence window() const override;
  uint64_t seed() const override;
  void Prefetch(uint64_t hash) const override;
  Numbers Find(uint64_t hash) override;
  std::optional<std::vector<uint8_t>> Fetch(uint64_t place) override;
  void ForEachStored(const std::function<bool(uint64_t, Bytes)>& visit) override;
  std::optional<RecordView> Record(Sequence sequence) override;

  bool read_only() const override;
  uint64_t Store(Bytes bytes) override;
  void Put(uint64_t hash, uint64_t number) override;
  Sequence mark() const override;
  void SetMark(Sequence mark, Sequence seen) override;

  void Advance(size_t records) override;
  Status Flush() override;

  Status status() const override;
  Status Recover() override;
  void Fail(Error error) override;

  // Of filters and of what waits.
  size_t memory_bytes() const;

 private:
  struct Impl;
  explicit RocksHistory(std::unique_ptr<Impl> impl);
  static Result<std::unique_ptr<Impl>> OpenImpl(RocksHistoryOptions options, const LogReader& log);

  std::unique_ptr<Impl> impl_;
};

}  // namespace longmen::engine
