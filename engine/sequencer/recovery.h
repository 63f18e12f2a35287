// Recovery: the ledger as the log has it, from the newest usable snapshot and a roll-forward.
#pragma once

#include "engine/ledger/ledger.h"
#include "engine/log/event_log.h"

namespace longmen::engine {

// Errors: corrupt where the log cannot be followed, or is shorter than a snapshot of it says it
// was; storage_failed.
Result<Ledger> RecoverLedger(const LogReader& log, const std::string& snapshot_directory);

// The ledger of the newest snapshot at or below `at_most` that stands on a block of this log; an
// empty ledger where there is none. For whoever rolls something else forward from there.
Result<Ledger> LedgerOfSnapshot(const LogReader& log, const std::string& snapshot_directory,
                                Sequence at_most);

}  // namespace longmen::engine
