#include "engine/sequencer/engine.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <thread>

#include "engine/sequencer/conflicts.h"
#include "engine/sequencer/pipeline.h"
#include "engine/sequencer/recovery.h"
#include "engine/snapshot_writer/snapshot_writer.h"

namespace longmen::engine {
namespace {

// After a failed write the engine rebuilds its state from the log before it goes on; not more
// often than this.
constexpr auto kRecoveryPause = std::chrono::seconds(1);
constexpr auto kIdleTick = std::chrono::seconds(1);
// Decided records go to the writer in parts of this size, so that it need not wait for the rest of
// a large request, and a block stays far below what a block may be.
constexpr size_t kPartRecords = 1'024;
constexpr size_t kPartBytes = 256u << 10;
// Decisions between looking at a proposal for the first time and deciding it.
constexpr size_t kAhead = 6;
// Rows that a record makes old, at most, and a few to catch up.
constexpr size_t kRowsPerRecord = 4;

// What waits in the queue: jobs to decide, or a look at the ledger.
struct Request {
  std::vector<Job> jobs;
  Engine::Answered answered;
  std::function<void(const Ledger&)> inspect;
  std::function<void(Code failure)> inspected;
};

Code FailureOf(const Status& failed) {
  return failed.error().code == Code::STORAGE_FULL ? Code::STORAGE_FULL : Code::STORAGE_FAILED;
}

std::vector<Answers> Unavailable(const std::vector<Job>& jobs, Code code) {
  std::vector<Answers> answers;
  for (const Job& job : jobs) {
    answers.emplace_back(std::max<size_t>(1, job.group.size()),
                         Answer{.kind = AnswerKind::kUnavailable, .code = code});
  }
  return answers;
}

class SequencedEngine final : public Engine {
 public:
  SequencedEngine(EngineOptions options, EventLog& log, Ledger ledger, LogHead head)
      : options_(std::move(options)),
        log_(log),
        ledger_(std::move(ledger)),
        head_(head),
        handover_(options_.block_bytes),
        snapshots_(options_.snapshot_directory),
        durable_(ledger_.last_sequence()),
        snapshot_at_(ledger_.last_sequence()) {
    TakeTicks();
    if (options_.on_durable) listeners_.push_back(options_.on_durable);
    sequencer_ = std::thread([this] { Sequence(); });
    writer_ = std::thread([this] { Write(); });
  }
  ~SequencedEngine() override { Stop(); }

  Status Begin(std::string_view name, int utc_offset_minutes) override {
    Job job;
    bool empty = true;
    job.decide = [&](Ledger& ledger, Nanos now) {
      Decided decided;
      empty = ledger.last_sequence() == 0;
      if (empty) decided.records.push_back(ledger.Begin(name, utc_offset_minutes, now));
      decided.answers.push_back({.kind = AnswerKind::kAccepted, .sequence = 1});
      return decided;
    };
    std::vector<Job> jobs;
    jobs.push_back(std::move(job));
    const auto answers = SubmitAndWait(std::move(jobs));
    if (answers[0][0].kind != AnswerKind::kAccepted) {
      return Error{answers[0][0].code, "", "the ledger could not be begun"};
    }
    if (!empty) return Error{Code::USAGE, "", "this log has a ledger already"};
    return Ok();
  }

  void Submit(std::vector<Job> jobs, Answered answered) override {
    {
      std::unique_lock lock(mutex_);
      if (!stopping_ && queued_jobs_ + jobs.size() <= options_.queue_jobs_max) {
        queued_jobs_ += jobs.size();
        queue_.push_back({std::move(jobs), std::move(answered), nullptr, nullptr});
        arrived_.notify_one();
        return;
      }
    }
    answered(Unavailable(jobs, stopping_ ? Code::STOPPING : Code::OVERLOADED));
  }

  Status Read(const std::function<void(const LedgerView&)>& read) override {
    return Inspect([&read](const Ledger& ledger) { read(ledger); });
  }

  Status Inspect(const std::function<void(const Ledger&)>& read) override {
    std::promise<Code> done;
    {
      std::lock_guard lock(mutex_);
      if (stopping_) return Error{Code::STOPPING, "", "the engine is stopping"};
      queue_.push_back({{}, nullptr, read, [&done](Code failure) { done.set_value(failure); }});
      arrived_.notify_one();
    }
    const Code failure = done.get_future().get();
    if (failure != Code::NONE) return Error{failure, "", "what was read is not durable"};
    return Ok();
  }

  void OnDurable(std::function<void(const DurableBlock&)> listener) override {
    std::lock_guard lock(listeners_mutex_);
    listeners_.push_back(std::move(listener));
  }

  longmen::Sequence DurableSequence() const override { return durable_; }

  // Whoever calls it second waits for the first.
  void Stop() override {
    std::call_once(stopped_, [this] {
      {
        std::lock_guard lock(mutex_);
        stopping_ = true;
        arrived_.notify_one();
      }
      sequencer_.join();
      handover_.Close();
      writer_.join();
      snapshots_.Stop();
    });
  }

 private:
  // --- the sequencer's thread

  void Sequence() {
    std::deque<Request> taken;
    while (TakeAll(taken)) {
      for (Request& request : taken) {
        if (request.inspect) {
          Inspected(request);
        } else {
          Decide(request);
        }
      }
      if (taken.empty()) TickIdle();
      taken.clear();
      SnapshotIfDue(options_.snapshot_interval);
    }
    PutAllAway();
    SnapshotIfDue(1);
  }

  // False: stopping, and all that was accepted is decided.
  bool TakeAll(std::deque<Request>& taken) {
    std::unique_lock lock(mutex_);
    arrived_.wait_for(lock, kIdleTick, [this] { return !queue_.empty() || stopping_; });
    taken.swap(queue_);
    for (const Request& request : taken) queued_jobs_ -= request.jobs.size();
    return !taken.empty() || !stopping_;
  }

  Nanos Now(Nanos occurred_at) {
    if (!options_.clock_follows_input) return options_.clock();
    followed_ = std::max(followed_, occurred_at);
    return followed_;
  }

  void Decide(Request& request) {
    if (const Code failure = FailureNow(); failure != Code::NONE) {
      return request.answered(Unavailable(request.jobs, failure));
    }
    auto answers = std::make_shared<std::vector<Answers>>();
    auto conflicts = std::make_shared<std::vector<Conflict>>();
    answers->reserve(request.jobs.size());
    size_t undecided = request.jobs.size();
    for (size_t i = 0; i < request.jobs.size(); ++i) {
      Job& job = request.jobs[i];
      if (i + kAhead < request.jobs.size() && request.jobs[i + kAhead].group.size() == 1) {
        ledger_.Expect(request.jobs[i + kAhead].group.front());
      }
      if (job.decide) HandOver();
      if (records_.capacity() == 0) records_.reserve(std::min(undecided, kPartRecords));
      answers->push_back(DecideOne(job));
      CollectConflicts(job.group, answers->back(), answers->size() - 1, *conflicts);
      --undecided;
      if (records_.size() >= kPartRecords || part_bytes_ >= kPartBytes) HandOver();
    }
    auto jobs = std::make_shared<std::vector<Job>>(std::move(request.jobs));
    HandOver(
        [this, answers, conflicts, jobs, answered = std::move(request.answered)](Code failure) {
          if (failure != Code::NONE) return answered(Unavailable(*jobs, failure));
          NameConflicts(log_, *conflicts, *answers);
          answered(std::move(*answers));
        });
  }

  Answers DecideOne(Job& job) {
    const Nanos now = Now(job.occurred_at);
    if (!job.decide) {
      const size_t before = records_.size();
      auto answers = ledger_.ProposeInto(job.group, now, records_);
      // Ticks may have been handed over, with all before them.
      for (size_t i = std::min(before, records_.size()); i < records_.size(); ++i) {
        part_bytes_ += RecordBytes(records_[i]);
      }
      return answers;
    }
    Decided decided = job.decide(ledger_, now);
    records_ = std::move(decided.records);
    HandOver();
    return std::move(decided.answers);
  }

  // However many fall due at once, a batch stays within bounds.
  void TakeTicks() {
    ledger_.HandOverTicks([this](std::vector<Emitted>& ticks) {
      part_bytes_ = 0;
      handover_.Add(std::exchange(ticks, {}), nullptr);
    });
  }

  // Gives the writer what was decided since the last time, and what is to be told once that is
  // durable. What can be done meanwhile is done afterwards.
  void HandOver(std::function<void(Code failure)> completion = nullptr) {
    part_bytes_ = 0;
    const size_t records = records_.size();
    if (records == 0 && !completion) return;
    handover_.Add(std::exchange(records_, {}), std::move(completion));
    if (records > 0) PutAway(records);
  }

  // Keeps up with so many new records.
  void PutAway(size_t records) {
    if (options_.history == nullptr) return;
    // What is put away must be durable.
    if (ledger_.last_sequence() - durable_ > ledger_.window() / 2) WaitForWriter();
    if (failure_ != Code::NONE) return;
    ledger_.PutAway(kRowsPerRecord * records);
    options_.history->Advance(records);
  }

  // Before the last snapshot.
  void PutAllAway() {
    if (options_.history == nullptr) return;
    WaitForWriter();
    if (failure_ != Code::NONE) return;
    ledger_.PutAway(SIZE_MAX);
    (void)options_.history->Flush();  // derived: what is lost costs time at the next opening
  }

  void Inspected(Request& request) {
    if (const Code failure = FailureNow(); failure != Code::NONE) {
      return request.inspected(failure);
    }
    request.inspect(ledger_);
    handover_.Add({}, std::move(request.inspected));
  }

  void TickIdle() {
    PutAway(kPartRecords);
    if (options_.clock_follows_input || FailureNow() != Code::NONE) return;
    const auto due = ledger_.NextDue();
    if (!due || ledger_.last_sequence() == 0) return;
    if (const Nanos now = options_.clock(); *due <= now) handover_.Add(ledger_.Tick(now), nullptr);
  }

  void SnapshotIfDue(uint64_t records) {
    if (options_.snapshot_directory.empty() || failure_ != Code::NONE) return;
    if (ledger_.last_sequence() < snapshot_at_ + records) return;
    snapshot_at_ = ledger_.last_sequence();
    handover_.AddSnapshot(ledger_.Save());
  }

  // Nothing while all is well. After a failed write: the failure, until the log says again what is
  // true and the ledger is rebuilt from it.
  Code FailureNow() {
    History* const history = options_.history;
    // Without it nothing can be decided: it is opened again, as the log is after a failed write.
    if (failure_ == Code::NONE && history != nullptr && !history->status().ok()) {
      failure_ = FailureOf(history->status());
    }
    const Code failure = failure_;
    if (failure == Code::NONE || failure == Code::FENCED) return failure;
    const auto now = std::chrono::steady_clock::now();
    if (now < recover_after_) return failure;
    recover_after_ = now + kRecoveryPause;
    WaitForWriter();
    auto head = log_.Resolve(options_.epoch);
    if (!head.ok()) {
      if (head.error().code == Code::FENCED) failure_ = Code::FENCED;
      return failure_;
    }
    if (history != nullptr && !history->status().ok() && !history->Recover().ok()) return failure;
    auto recovered = RecoverLedger(log_, options_.snapshot_directory, history);
    if (!recovered.ok()) return failure;
    ledger_ = std::move(recovered).value();
    TakeTicks();
    // What a failed answer left in the log after all is durable now, and projections must see it.
    if (const Status announced = AnnounceMissed(); !announced.ok()) return failure;
    head_ = *head;
    snapshot_at_ = ledger_.last_sequence();
    failure_ = Code::NONE;
    return Code::NONE;
  }

  // Until the writer has answered every batch it has, so that head_ may be changed.
  void WaitForWriter() {
    std::promise<void> passed;
    handover_.Add({}, [&passed](Code) { passed.set_value(); });
    passed.get_future().wait();
  }

  // Blocks that became durable although their append did not say so.
  Status AnnounceMissed() {
    const longmen::Sequence announced = durable_;
    if (ledger_.last_sequence() < announced) {
      return Error{Code::CORRUPT, "log", "is shorter than it was said to be"};
    }
    if (ledger_.last_sequence() == announced) return Ok();
    auto before = LedgerOfSnapshot(log_, options_.snapshot_directory, announced, options_.history);
    if (!before.ok()) return before.error();
    auto records = std::make_shared<std::vector<Emitted>>();
    RETURN_IF_ERROR(RollForward(
        *before, log_, options_.history,
        [&](const RecordView& record, const Effects& effects) -> Status {
          if (record.header.sequence > announced) {
            records->push_back({record.header, ProposalBytes(record.proposal), effects});
          }
          return Ok();
        }));
    durable_ = ledger_.last_sequence();
    Announce({records});
    return Ok();
  }

  // --- the writer's thread

  void Write() {
    while (auto batch = handover_.Take()) {
      Code failure = failure_;
      if (failure == Code::NONE && !batch->parts.empty()) failure = AppendBatch(*batch);
      if (failure != Code::NONE) failure_ = failure;
      if (failure == Code::NONE && !batch->snapshot.empty()) {
        snapshots_.Write({durable_, head_.previous}, std::move(batch->snapshot));
      }
      for (auto& completion : batch->completions) completion(failure);
    }
  }

  Code AppendBatch(Batch& batch) {
    BlockBuilder builder;
    builder.Reserve(batch.bytes);
    for (const auto& part : batch.parts) {
      for (const Emitted& record : part) builder.Add(record.header, record.proposal.bytes());
    }
    const auto last = batch.parts.back().back().header.sequence;
    const BuiltBlock block = builder.Build(options_.epoch, head_.previous);
    switch (log_.Append(options_.epoch, head_, block)) {
      case AppendOutcome::kOk:
        break;
      case AppendOutcome::kFull:
        return Code::STORAGE_FULL;
      case AppendOutcome::kFenced:
        return Code::FENCED;
      case AppendOutcome::kConflict:
      case AppendOutcome::kUnknown:
        return Code::STORAGE_FAILED;
    }
    head_ = {last + 1, block.sha256()};
    durable_ = last;
    for (auto& part : batch.parts) {
      Announce({std::make_shared<const std::vector<Emitted>>(std::move(part))});
    }
    return Code::NONE;
  }

  void Announce(const DurableBlock& block) {
    std::lock_guard lock(listeners_mutex_);
    for (const auto& listener : listeners_) listener(block);
  }

  const EngineOptions options_;
  EventLog& log_;
  Ledger ledger_;  // the sequencer's alone
  LogHead head_;   // the writer's, and the sequencer's while the writer is idle
  Handover handover_;
  SnapshotsBehind snapshots_;
  std::atomic<longmen::Sequence> durable_;
  std::atomic<Code> failure_{Code::NONE};

  std::vector<Emitted> records_;  // decided and not handed over yet; the sequencer's alone
  size_t part_bytes_ = 0;         // of theirs
  longmen::Sequence snapshot_at_;
  Nanos followed_ = 0;
  std::chrono::steady_clock::time_point recover_after_{};

  std::mutex mutex_;  // guards the next three, and changes of stopping_
  std::condition_variable arrived_;
  std::deque<Request> queue_;
  size_t queued_jobs_ = 0;
  std::atomic<bool> stopping_{false};
  std::once_flag stopped_;

  std::mutex listeners_mutex_;
  std::vector<std::function<void(const DurableBlock&)>> listeners_;

  std::thread sequencer_;
  std::thread writer_;
};

}  // namespace

Clock SystemClock() {
  return [] {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
  };
}

std::vector<Answers> Engine::SubmitAndWait(std::vector<Job> jobs) {
  std::promise<std::vector<Answers>> done;
  Submit(std::move(jobs), [&done](auto answers) { done.set_value(std::move(answers)); });
  return done.get_future().get();
}

Result<std::unique_ptr<Engine>> Engine::Open(EngineOptions options, EventLog& log) {
  CHECK(static_cast<bool>(options.clock) || options.clock_follows_input, "engine.clock");
  auto head = log.Open(options.epoch);
  if (!head.ok()) return head.error();
  auto ledger = RecoverLedger(log, options.snapshot_directory, options.history);
  if (!ledger.ok()) return ledger.error();
  if (ledger->last_sequence() + 1 != head->next_sequence) {
    return Error{Code::CORRUPT, "log",
                 fmt::format("ends at {}, but its head says {}", ledger->last_sequence(),
                             head->next_sequence - 1)};
  }
  return std::unique_ptr<Engine>(
      std::make_unique<SequencedEngine>(std::move(options), log, std::move(*ledger), *head));
}

}  // namespace longmen::engine
