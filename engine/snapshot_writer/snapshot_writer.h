// The half of snapshots that writes: the engine's and the operator's, never the auditor's.
// The format and what a snapshot is worth: engine/snapshot/snapshot.h.
#pragma once

#include <string>

#include "engine/snapshot/snapshot.h"

namespace longmen::engine {

// Written beside, synced, and renamed into place; the newest four of the directory are kept.
Status WriteSnapshot(const std::string& directory, const SnapshotHead& head, Bytes state);

}  // namespace longmen::engine
