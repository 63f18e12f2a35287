// LogCopy: a log copied into another directory, while its writer goes on writing or at rest.
//
// The copy is RocksDB's own checkpoint, but not the writer's: it is taken by this process, from a
// database opened for reading over files pinned as they stood together
// (rocks_reader/pinned_files.h). So one way serves a running ledger and one at rest; nothing is
// asked of the server, nothing is written into its directory, no lock is taken, and neither a
// backup that is killed nor a writer that is killed costs the other anything. A checkpoint by the
// writer would need a door, somebody permitted to name paths to it, and a second way for a ledger
// that nobody serves.
//
// Every file is copied, never linked: a link would share the bytes it should outlive, and there is
// none to another file system. Tables that a compaction deletes meanwhile are read on through the
// handles the database opened them by.
//
// HEAD is read before the log is pinned, so the copy may only be ahead of it: fine, as after a
// crash. It is not copied byte by byte, as a living writer may tear it under our eyes, but made
// anew with that one mark in every slot; the mark is what the copy is anchored at. Blocks behind it
// had not been acknowledged when HEAD was read.
//
// What a crash leaves: some of the files, synced or not; whoever names the copy does so last.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "engine/log/event_log.h"

namespace rocksdb {
class FileSystem;
}

namespace longmen::engine {

// The block that the copy's HEAD names.
struct LogAnchor {
  Sequence sequence = 0;
  Digest256 block{};  // SHA-256

  bool operator==(const LogAnchor&) const = default;
};

// How far it is, in bytes or in records.
using CopyProgress = std::function<void(uint64_t done, uint64_t of)>;

// Makes `to`/log and `to`/HEAD, synced, in the directory `to`, which exists and has neither.
// Errors: not_found where there is no log; corrupt where it contradicts itself; storage_full;
// storage_failed. What was made is left to the caller to remove.
Result<LogAnchor> CopyLog(const std::string& from, const std::string& to,
                          const CopyProgress& progress,
                          std::shared_ptr<rocksdb::FileSystem> file_system = nullptr);

// Reads a log at rest from the first byte to the last: checksums, sequence, chain, HEAD. Returns
// what HEAD names. Error corrupt with its place.
Result<LogAnchor> CheckLog(const std::string& directory, const CopyProgress& progress);

}  // namespace longmen::engine
