#include "engine/sequencer/recovery.h"

#include <limits>

#include "engine/snapshot/snapshot.h"

namespace longmen::engine {
namespace {

// Does the log have the block that a snapshot stands on?
Result<bool> StandsOn(const LogReader& log, const SnapshotHead& head) {
  auto blocks = log.Read(head.sequence, 1);
  if (!blocks.ok()) return blocks.error();
  if (blocks->empty()) return false;
  auto block = BlockView::Parse(blocks->front().bytes());
  if (!block.ok()) return block.error();
  return block->header().last_sequence() == head.sequence && Sha256(block->bytes()) == head.block;
}

// Records between two times that what is old is put away, at most.
constexpr Sequence kStride = 1'024;

Ledger EmptyLedger(History* history) {
  if (history == nullptr) return Ledger();
  Ledger ledger(history->window());
  ledger.Attach(*history);
  return ledger;
}

// Whether all that the ledger left out is in the history.
bool Completes(const History* history, const Ledger& ledger) {
  if (history == nullptr) return ledger.OldThrough() == 0;
  return ledger.window() == history->window() && ledger.OldThrough() <= history->mark();
}

}  // namespace

Result<Ledger> LedgerOfSnapshot(const LogReader& log, const std::string& snapshot_directory,
                                Sequence at_most, History* history) {
  if (snapshot_directory.empty()) return EmptyLedger(history);
  for (Sequence sequence : ListSnapshots(snapshot_directory)) {
    if (sequence > at_most) continue;
    auto loaded = LoadSnapshot(snapshot_directory, sequence);
    if (!loaded.ok()) continue;  // derived: the log says it all again
    if (sequence > log.AckedFrontier()) {
      return Error{Code::CORRUPT, "log",
                   fmt::format("ends at {}, but a snapshot of it stands at {}", log.AckedFrontier(),
                               sequence)};
    }
    if (!Completes(history, loaded->ledger)) continue;
    auto stands = StandsOn(log, loaded->head);
    if (!stands.ok()) return stands.error();
    if (!*stands) continue;
    if (history != nullptr) loaded->ledger.Attach(*history);
    return std::move(loaded->ledger);
  }
  return EmptyLedger(history);
}

Status RollForward(Ledger& ledger, const LogReader& log, History* history, const Applied& visit) {
  const Sequence stride = std::min(kStride, ledger.window());
  return ForEachRecord(log, ledger.last_sequence() + 1, [&](const RecordView& record) -> Status {
    auto effects = ledger.Apply(record);
    if (!effects.ok()) return effects.error();
    if (history != nullptr && record.header.sequence % stride == 0) {
      ledger.PutAway(4 * stride);
      history->Advance(stride);
    }
    return visit(record, *effects);
  });
}

Result<Ledger> RecoverLedger(const LogReader& log, const std::string& snapshot_directory,
                             History* history) {
  auto recovered =
      LedgerOfSnapshot(log, snapshot_directory, std::numeric_limits<Sequence>::max(), history);
  if (!recovered.ok()) return recovered.error();
  Ledger ledger = std::move(recovered).value();
  RETURN_IF_ERROR(RollForward(ledger, log, history,
                              [](const RecordView&, const Effects&) -> Status { return Ok(); }));
  return ledger;
}

}  // namespace longmen::engine
