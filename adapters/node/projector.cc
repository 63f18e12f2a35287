#include "adapters/node/projector.h"

#include "engine/log/record_block.h"
#include "engine/sequencer/recovery.h"
#include "projections/all/all.h"

namespace longmen::adapters {
namespace {

// About a second's: a backlog is memory, and what an answer promised is not shown yet.
constexpr size_t kBacklogRecordsMax = 250'000;
// Between two commits lie so many times what a commit takes, and at most this long: under load
// what several records change is written once, and one record alone is seen at once.
constexpr int kPauseTimes = 10;
constexpr auto kPauseMax = std::chrono::milliseconds(250);

using projections::kCommitBytes;
using projections::RocksStore;

}  // namespace

Status CheckOfLog(const projections::Applied& applied, const engine::LogReader& log) {
  if (applied.sequence == 0) return Ok();
  if (applied.sequence > log.AckedFrontier()) {
    return Error{Code::CORRUPT, "log",
                 fmt::format("ends at {}, but derived state has seen {}: the log is cut, or the "
                             "derived state is of another one",
                             log.AckedFrontier(), applied.sequence)};
  }
  const auto block = engine::RecordBlock::Read(log, applied.sequence);
  if (!block.ok()) return block.error();
  const RecordView& record = block->record(applied.sequence);
  if (record.header.recorded_at == applied.recorded_at &&
      Xxh3(record.proposal) == applied.proposal) {
    return Ok();
  }
  return Error{Code::CORRUPT, "derived", "of another log"};
}

namespace {

Status RollForward(RocksStore& store, Sequence applied, const engine::LogReader& log,
                   const std::string& snapshot_directory, engine::History* history) {
  auto ledger = engine::LedgerOfSnapshot(log, snapshot_directory, applied, history);
  if (!ledger.ok()) return ledger.error();
  projections::Folding folding(store);
  const Status rolled = engine::RollForward(
      *ledger, log, history, [&](const RecordView& record, const Effects& effects) -> Status {
        if (record.header.sequence <= applied) return Ok();
        RETURN_IF_ERROR(folding.Fold(record, effects));
        if (store.pending_bytes() < kCommitBytes) return Ok();
        folding.Finish();
        return store.Commit();
      });
  if (!rolled.ok()) return rolled;
  folding.Finish();
  return store.Commit();
}

}  // namespace

Result<std::unique_ptr<Projector>> Projector::Open(const std::string& directory,
                                                   const engine::LogReader& log,
                                                   const std::string& snapshot_directory,
                                                   engine::History* history) {
  for (const bool again : {false, true}) {
    auto store = RocksStore::Open(directory, {.kept_prefix = projections::kReadMost});
    Status usable = store.ok() ? Ok() : Status(store.error());
    Sequence applied = 0;
    if (usable.ok()) {
      auto read = projections::ReadApplied(**store);
      usable = read.ok() ? projections::CheckFormat(**store) : Status(read.error());
      if (usable.ok()) usable = CheckOfLog(*read, log);
      // It may know of records that were lost: nothing is derived over that.
      if (!usable.ok() && usable.error().field == "log") return usable.error();
      if (usable.ok()) applied = read->sequence;
    }
    if (usable.ok() && applied < log.AckedFrontier()) {
      usable = RollForward(**store, applied, log, snapshot_directory, history);
    }
    if (usable.ok()) {
      return std::unique_ptr<Projector>(new Projector(std::move(*store), log.AckedFrontier()));
    }
    // Whatever else is wrong with it, it can be derived again; a lock is somebody else's.
    if (again || usable.error().code == Code::LOCKED) return usable.error();
    if (store.ok()) store->reset();
    RETURN_IF_ERROR(RocksStore::DestroyAll(directory));
  }
  return Error{Code::STORAGE_FAILED, "derived", "cannot be opened"};
}

Projector::Projector(std::unique_ptr<RocksStore> store, Sequence applied)
    : store_(std::move(store)),
      folding_(*store_),
      folded_(applied),
      applied_(applied),
      thread_([this] { Run(); }) {}

Projector::~Projector() { Stop(); }

void Projector::Push(const engine::DurableBlock& block) {
  std::unique_lock lock(mutex_);
  changed_.wait(
      lock, [this] { return backlog_records_ < kBacklogRecordsMax || stopping_ || !status_.ok(); });
  backlog_.push_back(block);
  backlog_records_ += block.records->size();
  changed_.notify_all();
}

Sequence Projector::Applied() const {
  std::lock_guard lock(mutex_);
  return applied_;
}

Status Projector::Await(Sequence sequence) {
  std::unique_lock lock(mutex_);
  awaited_ = std::max(awaited_, sequence);
  changed_.notify_all();
  changed_.wait(lock, [&] { return applied_ >= sequence || !status_.ok() || stopping_; });
  if (applied_ >= sequence) return Ok();
  if (!status_.ok()) return status_;
  return Error{Code::STOPPING, "", "projections are stopping"};
}

void Projector::Stop() {
  {
    std::lock_guard lock(mutex_);
    if (!thread_.joinable()) return;
    stopping_ = true;
    changed_.notify_all();
  }
  thread_.join();
  // Derived: what cannot be flushed is folded again at the next opening.
  (void)store_->Flush();
}

void Projector::Run() {
  std::unique_lock lock(mutex_);
  while (true) {
    const auto work = [this] { return !backlog_.empty() || stopping_ || CommitIsDue(); };
    if (folded_ == applied_ || !status_.ok()) {
      changed_.wait(lock, work);
    } else {
      changed_.wait_until(lock, commit_at_, work);
    }
    if (!backlog_.empty()) FoldNext(lock);
    if (CommitIsDue()) Commit(lock);
    if (stopping_ && backlog_.empty()) return;
  }
}

void Projector::FoldNext(std::unique_lock<std::mutex>& lock) {
  const engine::DurableBlock block = std::move(backlog_.front());
  backlog_.pop_front();
  if (status_.ok()) {
    lock.unlock();
    const Status folded = FoldBlock(block);
    lock.lock();
    if (!folded.ok()) status_ = folded;
    if (folded.ok()) folded_ = block.records->back().header.sequence;
  }
  backlog_records_ -= block.records->size();
  changed_.notify_all();
}

// What folding is behind with is committed together: what rows have in common is written once.
bool Projector::CommitIsDue() const {
  if (folded_ == applied_ || !status_.ok()) return false;
  if (store_->pending_bytes() >= kCommitBytes) return true;
  return backlog_.empty() &&
         (awaited_ > applied_ || stopping_ || std::chrono::steady_clock::now() >= commit_at_);
}

void Projector::Commit(std::unique_lock<std::mutex>& lock) {
  lock.unlock();
  const auto begin = std::chrono::steady_clock::now();
  folding_.Finish();
  const Status committed = store_->Commit();
  const auto end = std::chrono::steady_clock::now();
  lock.lock();
  if (!committed.ok()) status_ = committed;
  if (committed.ok()) applied_ = folded_;
  const auto pause = std::min<std::chrono::nanoseconds>(kPauseTimes * (end - begin), kPauseMax);
  commit_at_ = end + std::chrono::duration_cast<std::chrono::steady_clock::duration>(pause);
  changed_.notify_all();
}

Status Projector::FoldBlock(const engine::DurableBlock& block) {
  for (const engine::Emitted& emitted : *block.records) {
    const RecordView record{emitted.header, emitted.proposal.bytes(), {}};
    RETURN_IF_ERROR(folding_.Fold(record, emitted.effects));
  }
  return Ok();
}

}  // namespace longmen::adapters
