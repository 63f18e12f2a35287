// Snapshots: the ledger's state in a file, so that opening need not replay the whole log.
//
// A snapshot is derived: whoever deletes or damages it costs time. It names the block it stands on,
// and is used only over a log that has that very block. Its checksum is against damage, not against
// people: until the next audit a snapshot is trusted like the program itself. Whoever can write the
// disk can forge one, and the engine, `longmen query` and what they roll forward go on from it.
// `longmen-audit verify` derives the state again at the sequence of every snapshot that is stored
// and compares it byte by byte; `longmen rebuild` derives without any.
//
// On disk: DIR/snapshot-<sequence, 20 digits>.lms; little-endian
//    0  u64  magic "LMSNAP01"    8  u64  sequence      16  32B  SHA-256 of the block ending there
//   48  u64  state size         56  16B  XXH3-128 of bytes 0..55 and of the state
//   72  ...  Ledger::Save()
#pragma once

#include <array>
#include <string>
#include <vector>

#include "engine/ledger/ledger.h"

namespace longmen::engine {

inline constexpr size_t kSnapshotHeadBytes = 72;

struct SnapshotHead {
  Sequence sequence = 0;
  Digest256 block{};
};

std::string SnapshotPath(const std::string& directory, Sequence sequence);
// What stands before the state in its file.
std::array<uint8_t, kSnapshotHeadBytes> EncodeSnapshotHead(const SnapshotHead& head, Bytes state);

// The snapshots of a directory, newest first: their sequences, by name alone.
std::vector<Sequence> ListSnapshots(const std::string& directory);

struct StoredSnapshot {
  SnapshotHead head;
  std::vector<char> file;  // all of it

  Bytes state() const { return AsBytes({file.data(), file.size()}).subspan(kSnapshotHeadBytes); }
};
// The bytes as they were written, whatever they say. Errors: not_found; corrupt where damaged.
Result<StoredSnapshot> ReadSnapshot(const std::string& directory, Sequence sequence);

struct LoadedSnapshot {
  SnapshotHead head;
  Ledger ledger;
};
// Errors: not_found; corrupt where damaged, or written by another build.
Result<LoadedSnapshot> LoadSnapshot(const std::string& directory, Sequence sequence);

}  // namespace longmen::engine
