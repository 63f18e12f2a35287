// Engine: the only writer. One sequencer thread decides in memory and builds blocks; one writer
// thread makes them durable while the next is built; answers leave after durability.
//
// Threading: every public function may be called from any thread. Callbacks run on the writer
// thread, in the order of the log, and must not block.
// Nothing is dropped: the queue is bounded and a job beyond it is answered `unavailable
// overloaded`; after a failed write every job is answered `unavailable storage_failed` (or
// `storage_full`), and at most once a second the engine reads its ledger back from the log and
// tries again. Fenced by a later writer it stays `unavailable`.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/ledger/ledger.h"
#include "engine/log/event_log.h"

namespace longmen::engine {

// Nanoseconds since 1970 UTC.
using Clock = std::function<Nanos()>;
Clock SystemClock();

// One unit of decision: a group of proposals, or a scenario record to be translated when its turn
// comes. `occurred_at` is the latest of its members', for clocks that follow their input.
struct Job {
  std::vector<ProposalBytes> group;
  // Where set, `group` is empty and this runs on the sequencer, between two decisions.
  std::function<Decided(Ledger&, Nanos now)> decide;
  Nanos occurred_at = 0;
};

// Durable records (a block of the log, or a part of one), with what they did; for projections and
// followers.
struct DurableBlock {
  std::shared_ptr<const std::vector<Emitted>> records;
};

struct EngineOptions {
  Clock clock;  // recordedAt; never goes backwards whatever it says
  bool clock_follows_input =
      false;  // recordedAt is the latest occurredAt seen (demo, replayed files)
  uint64_t epoch = 1;
  size_t queue_jobs_max = 100'000;
  size_t block_bytes = 1u << 20;   // a block is closed at this size, or when the queue is empty
  std::string snapshot_directory;  // empty: no snapshots
  uint64_t snapshot_interval = 1u << 18;  // records between two snapshots
  // Where the ledger puts what is old; the engine's alone once it is open, and outlives it. None:
  // all stays in memory, and snapshots are of no use once something is old.
  History* history = nullptr;
  // A first listener (see OnDurable), there before anything can be written.
  std::function<void(const DurableBlock&)> on_durable;
};

class Engine {
 public:
  // Opens the log with the epoch, loads the newest usable snapshot and rolls forward. Errors:
  // fenced, corrupt (the log is damaged: the engine does not guess), storage_failed.
  static Result<std::unique_ptr<Engine>> Open(EngineOptions options, EventLog& log);
  virtual ~Engine() = default;

  // Writes the first record of an empty log; an error where there is one already.
  virtual Status Begin(std::string_view ledger_name, int utc_offset_minutes) = 0;

  // One answer a proposal (or what the job's `decide` answered), per job, once durable.
  using Answered = std::function<void(std::vector<Answers> per_job)>;
  virtual void Submit(std::vector<Job> jobs, Answered answered) = 0;
  // The same, waiting.
  std::vector<Answers> SubmitAndWait(std::vector<Job> jobs);

  // Runs `read` on the sequencer, after all that was submitted before it, and returns once what
  // it saw is durable. An Error when the engine has stopped.
  virtual Status Read(const std::function<void(const LedgerView&)>& read) = 0;

  // Called for all that becomes durable from now on, in order, on the writer thread.
  virtual void OnDurable(std::function<void(const DurableBlock&)> listener) = 0;

  // Runs `read` on the sequencer with the whole ledger, for digests and snapshots.
  virtual Status Inspect(const std::function<void(const Ledger&)>& read) = 0;

  virtual Sequence DurableSequence() const = 0;

  // Refuses new jobs, answers all accepted ones, writes a snapshot, stops both threads.
  virtual void Stop() = 0;
};

}  // namespace longmen::engine
