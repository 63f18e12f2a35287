// Snapshots: the ledger's state in a file, so that opening need not replay the whole log.
//
// A snapshot is derived: whoever deletes or damages it loses time, never truth. It names the block
// it stands on, and is used only over a log that has that very block.
//
// On disk: DIR/snapshot-<sequence, 20 digits>.lms; little-endian
//    0  u64  magic "LMSNAP01"    8  u64  sequence      16  32B  SHA-256 of the block ending there
//   48  u64  state size         56  16B  XXH3-128 of bytes 0..55 and of the state
//   72  ...  Ledger::Save()
// Written beside, synced, and renamed into place; the newest two are kept.
#pragma once

#include <optional>
#include <string>

#include "engine/ledger/ledger.h"

namespace longmen::engine {

struct SnapshotHead {
  Sequence sequence = 0;
  Digest256 block{};
};

Status WriteSnapshot(const std::string& directory, const SnapshotHead& head, Bytes state);

// The snapshots of a directory, newest first: their sequences, by name alone.
std::vector<Sequence> ListSnapshots(const std::string& directory);

struct LoadedSnapshot {
  SnapshotHead head;
  Ledger ledger;
};
// Error corrupt: damaged, or written by another build.
Result<LoadedSnapshot> LoadSnapshot(const std::string& directory, Sequence sequence);

}  // namespace longmen::engine
