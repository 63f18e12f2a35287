// BlockStore: the blocks inside an open RocksDB, for the reader and the writer alike.
//
// Nothing here writes. The database belongs to the caller, who keeps it open.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "engine/log/block_chain.h"
#include "engine/rocks_reader/head_file.h"

namespace rocksdb {
class DB;
class Env;
class FileSystem;
}  // namespace rocksdb

namespace longmen::engine {

// A database opened without the right or the means to change a byte of the directory, as of now:
// a writer may go on beside it and delete files, the instance keeps the ones it has open.
class ReadOnlyStore {
 public:
  // storage_failed also where there is no database.
  static Result<std::unique_ptr<ReadOnlyStore>> Open(
      const std::string& directory, const std::shared_ptr<rocksdb::FileSystem>& file_system);
  ~ReadOnlyStore();

  rocksdb::DB& db() const { return *db_; }

 private:
  ReadOnlyStore();

  std::unique_ptr<rocksdb::Env> env_;  // outlives the database
  std::unique_ptr<rocksdb::DB> db_;
};

bool DatabaseExists(rocksdb::FileSystem& file_system, const std::string& directory);

// LogReader::Read over the database. It never passes over missing records: blocks are handed out up
// to the gap, and where `from` itself is missing it is corrupt (log.gap), naming what is there.
Result<std::vector<StoredBlock>> ReadBlocks(rocksdb::DB& db, Sequence from, Sequence frontier,
                                            size_t max_bytes);

// The last sequence in the database, by the last block's own word, checked by its checksum; 0 in an
// empty one. Error corrupt where the last block cannot be read.
Result<Sequence> TailSequence(rocksdb::DB& db);

// Looks for missing blocks where whole files can be missing: before the first table, between two of
// them (RocksDB opens a shortened manifest, which forgets tables, without a word), and among the
// blocks behind the last one, which are in the write-ahead logs. Only the last block of every table
// is read for it, so it costs what the files cost, whatever history they hold. Error corrupt
// (log.gap), naming the sequences on both sides; storage_failed.
Status CheckGaps(rocksdb::DB& db);

// Holds the tail against HEAD (head_file.h), follows the chain from HEAD's block to the last one,
// and looks for gaps before it. Returns the chain as it stands at the tail. Errors: corrupt, with
// both sequences where the log ends before HEAD; storage_failed.
Result<BlockChain> CheckTail(rocksdb::DB& db, const std::optional<HeadMark>& head);

}  // namespace longmen::engine
