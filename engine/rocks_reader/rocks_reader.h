// RocksReader: the log of a directory, for programs that do not own it: the auditor, exports,
// tools.
//
// It writes nothing into the directory, takes no lock and links no writer. It sees the log as it
// was when it was opened; Follow() looks again when HEAD has moved.
//
// Beside a living writer it looks again before it believes in damage: the writer may delete a file
// between the moment RocksDB lists it and the moment it opens it.
//
// Threading: as LogReader.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "engine/log/event_log.h"
#include "engine/rocks_reader/head_file.h"

namespace longmen::engine {

class ReadOnlyStore;

// Where the reader's frontier lies.
enum class ReadTo {
  kHead,  // what HEAD says was durable: never past what was acknowledged, for followers of a
          // living writer; after a power cut a few acknowledged blocks may lie beyond it
  kTail,  // every block that is there: for the auditor of a log at rest
};

struct RocksReaderOptions {
  std::string directory;
  ReadTo read_to = ReadTo::kHead;
  // Opens whatever can be opened although HEAD and the tail contradict each other; the auditor
  // asks CheckHead() for the finding and reads on.
  bool accept_damage = false;
  std::shared_ptr<rocksdb::FileSystem> file_system;  // null: the operating system's
};

// What HEAD and the log say of each other; they agree, or it is an Error.
struct HeadReport {
  Sequence head_sequence = 0;  // known to have been durable
  Sequence tail_sequence = 0;  // found in the log; not below head_sequence
  uint64_t epoch = 0;          // of the last owner
};

class RocksReader final : public LogReader {
 public:
  // Errors: not_found where there is no log, corrupt, storage_failed.
  static Result<std::unique_ptr<RocksReader>> Open(RocksReaderOptions options);
  ~RocksReader() override;

  // HEAD's slots as they were read at the opening, before the log; nothing where HEAD is missing or
  // could not be read at all.
  std::optional<HeadSlots> Slots() const;
  // Holds the log against HEAD as both were at the opening. Error corrupt with its place.
  Result<HeadReport> CheckHead() const;

  Sequence AckedFrontier() const override;
  Result<std::vector<StoredBlock>> Read(Sequence from, size_t max_bytes) const override;
  Result<std::vector<StoredBlock>> Follow(Sequence after, size_t max_bytes,
                                          Nanos timeout) const override;

 private:
  struct Snapshot;  // one opening of the database, with the HEAD of that moment

  explicit RocksReader(RocksReaderOptions options);
  Result<std::shared_ptr<const Snapshot>> Look() const;
  Result<std::shared_ptr<const Snapshot>> LookPatiently() const;
  std::vector<std::string> Names() const;
  std::shared_ptr<const Snapshot> Current() const;

  const RocksReaderOptions options_;
  mutable std::mutex mutex_;  // guards snapshot_
  mutable std::shared_ptr<const Snapshot> snapshot_;
};

}  // namespace longmen::engine
