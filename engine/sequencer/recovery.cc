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

}  // namespace

Result<Ledger> LedgerOfSnapshot(const LogReader& log, const std::string& snapshot_directory,
                                Sequence at_most) {
  if (snapshot_directory.empty()) return Ledger();
  for (Sequence sequence : ListSnapshots(snapshot_directory)) {
    if (sequence > at_most) continue;
    auto loaded = LoadSnapshot(snapshot_directory, sequence);
    if (!loaded.ok()) continue;  // derived: the log says it all again
    if (sequence > log.AckedFrontier()) {
      return Error{Code::CORRUPT, "log",
                   fmt::format("ends at {}, but a snapshot of it stands at {}", log.AckedFrontier(),
                               sequence)};
    }
    auto stands = StandsOn(log, loaded->head);
    if (!stands.ok()) return stands.error();
    if (*stands) return std::move(loaded->ledger);
  }
  return Ledger();
}

Result<Ledger> RecoverLedger(const LogReader& log, const std::string& snapshot_directory) {
  auto recovered = LedgerOfSnapshot(log, snapshot_directory, std::numeric_limits<Sequence>::max());
  if (!recovered.ok()) return recovered.error();
  Ledger ledger = std::move(recovered).value();
  const Status rolled =
      ForEachRecord(log, ledger.last_sequence() + 1, [&ledger](const RecordView& record) -> Status {
        auto effects = ledger.Apply(record);
        if (!effects.ok()) return effects.error();
        return Ok();
      });
  if (!rolled.ok()) return rolled.error();
  return ledger;
}

}  // namespace longmen::engine
