#include "adapters/node/projector.h"

#include "engine/sequencer/recovery.h"
#include "projections/all/all.h"

namespace longmen::adapters {
namespace {

// About a second's: a backlog is memory, and what an answer promised is not shown yet.
constexpr size_t kBacklogRecordsMax = 250'000;

using projections::kCommitBytes;
using projections::RocksStore;

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
    auto store = RocksStore::Open(directory);
    Status usable = store.ok() ? Ok() : Status(store.error());
    Sequence applied = 0;
    if (usable.ok()) {
      auto read = projections::ReadApplied(**store);
      usable = read.ok() ? projections::CheckFormat(**store) : Status(read.error());
      if (usable.ok()) applied = read->sequence;
    }
    if (usable.ok() && applied > log.AckedFrontier()) {
      return Error{
          Code::CORRUPT, "log",
          fmt::format("ends at {}, but derived state has seen {}", log.AckedFrontier(), applied)};
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
    : store_(std::move(store)), applied_(applied), thread_([this] { Run(); }) {}

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
    changed_.wait(lock, [this] { return !backlog_.empty() || stopping_; });
    if (backlog_.empty()) return;
    const engine::DurableBlock block = std::move(backlog_.front());
    backlog_.pop_front();
    // What folding is behind with is committed together: what rows have in common is written once.
    const bool more = !backlog_.empty();
    const bool sound = status_.ok();
    lock.unlock();
    auto folded = sound ? FoldBlock(block, more) : false;
    lock.lock();
    backlog_records_ -= block.records->size();
    if (!folded.ok()) status_ = folded.error();
    if (folded.ok() && *folded) applied_ = block.records->back().header.sequence;
    changed_.notify_all();
  }
}

Result<bool> Projector::FoldBlock(const engine::DurableBlock& block, bool more) {
  projections::Folding folding(*store_);
  for (const engine::Emitted& emitted : *block.records) {
    const RecordView record{emitted.header, emitted.proposal.bytes(), {}};
    RETURN_IF_ERROR(folding.Fold(record, emitted.effects));
  }
  folding.Finish();
  if (more && store_->pending_bytes() < kCommitBytes) return false;
  RETURN_IF_ERROR(store_->Commit());
  return true;
}

}  // namespace longmen::adapters
