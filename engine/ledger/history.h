// History: where a ledger puts what is old, so that its memory follows its accounts and open
// orders and not its past (recall.h says what, and when).
//
// It is a pile of bytes, an index from hashes of names to numbers of up to 48 bits, and the log.
// It knows nothing of rows. All of it is derived: what is lost of it, the log says again.
//
// What was put stays: later versions are put beside earlier ones, and whoever asks takes the newest
// that is not of a later record than his own. So one history serves a ledger that rolls forward
// over records it knew already, and readers at other sequences.
//
// Failures: the first is kept (`status`), and every later look finds nothing, until Recover.
// Whoever decides asks for it first.
//
// Threading: one thread.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "events/base/result.h"
#include "events/base/short_text.h"
#include "events/block/record.h"

namespace longmen::engine {

using Numbers = FewOf<uint64_t, 4>;

class History {
 public:
  virtual ~History() = default;

  // The window of the ledgers that put into it: what is old for another window it may not have.
  virtual Sequence window() const = 0;
  // For hashes, so that nobody can choose names which collide.
  virtual uint64_t seed() const = 0;
  // Before a Find soon.
  virtual void Prefetch(uint64_t hash) const = 0;
  // The numbers put under a hash, oldest first. Other names may have the same one.
  virtual Numbers Find(uint64_t hash) = 0;
  // Bytes that were stored. Nothing: a failure.
  virtual std::optional<std::vector<uint8_t>> Fetch(uint64_t place) = 0;
  // Visits all bytes that were stored, in the order of their places, until it says false.
  virtual void ForEachStored(const std::function<bool(uint64_t place, Bytes)>& visit) = 0;
  // A record of the log; valid until the next call. Nothing: a failure.
  virtual std::optional<RecordView> Record(Sequence sequence) = 0;

  // Whether it only gives back: then nothing is stored or put.
  virtual bool read_only() const = 0;
  // Where the bytes can be fetched again.
  virtual uint64_t Store(Bytes bytes) = 0;
  virtual void Put(uint64_t hash, uint64_t number) = 0;

  // What was old at this sequence is here.
  virtual Sequence mark() const = 0;
  // And nothing of a record later than `seen`. Neither goes back.
  virtual void SetMark(Sequence mark, Sequence seen) = 0;

  // Goes on making durable what was put, as much of it as so many new records are worth.
  virtual void Advance(size_t records) = 0;
  // Makes all of it durable, and the mark.
  virtual Status Flush() = 0;

  virtual Status status() const = 0;
  // After a failure: what was durable, as if the process had begun anew.
  virtual Status Recover() = 0;
  // What was given back cannot be: a failure.
  virtual void Fail(Error error) = 0;
};

}  // namespace longmen::engine
