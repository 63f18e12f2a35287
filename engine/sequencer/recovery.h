// Recovery: the ledger as the log has it, from the newest usable snapshot and a roll-forward.
#pragma once

#include <functional>
#include <string>

#include "engine/ledger/ledger.h"
#include "engine/log/event_log.h"

namespace longmen::engine {

// With a history, what is not in the snapshot is looked for there, and what gets old goes there; a
// snapshot is used only where the history has all that the snapshot leaves out. Without one the
// ledger keeps everything.

// Errors: corrupt where the log cannot be followed, or is shorter than a snapshot of it says it
// was; storage_failed.
Result<Ledger> RecoverLedger(const LogReader& log, const std::string& snapshot_directory,
                             History* history = nullptr);

// The ledger of the newest snapshot at or below `at_most` that stands on a block of this log; an
// empty ledger where there is none. For whoever rolls something else forward from there.
Result<Ledger> LedgerOfSnapshot(const LogReader& log, const std::string& snapshot_directory,
                                Sequence at_most, History* history = nullptr);

// Applies the records of the log after the ledger's last one. An error of `visit` ends it.
using Applied = std::function<Status(const RecordView&, const Effects&)>;
Status RollForward(Ledger& ledger, const LogReader& log, History* history, const Applied& visit);

}  // namespace longmen::engine
