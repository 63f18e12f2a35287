// Layout: what lies where in a ledger's directory, as far as the log is concerned.
//
// On disk:
//   DIR/log    a RocksDB with one value per block; key: the block's first sequence, 8 bytes
//              big-endian, so that byte order is the order of the log; nothing else is in it
//   DIR/HEAD   the tail's anchor (head_file.h)
//   DIR/LOCK   held by the one writer, from before it looks at anything until it is gone
//
// The epoch of the owner is in HEAD, and that of every block's writer in the block. RocksDB keeps
// no key for it: the log holds blocks and nothing else, and there is no second truth to disagree.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "events/base/result.h"
#include "events/block/record.h"

namespace rocksdb {
class FileSystem;
class Status;
}  // namespace rocksdb

namespace longmen::engine {

std::string LogPath(const std::string& directory);
std::string HeadPath(const std::string& directory);
std::string LockPath(const std::string& directory);

std::string BlockKey(Sequence first_sequence);
// Nothing where the key is not a block's.
std::optional<Sequence> SequenceOfKey(std::string_view key);

// What RocksDB or its file system complains about, in our codes: corrupt, storage_full, else
// storage_failed. `field` names the file or the place.
Error StorageError(const rocksdb::Status& status, std::string field, std::string_view doing);

// The given one, or the operating system's.
std::shared_ptr<rocksdb::FileSystem> FileSystemOr(std::shared_ptr<rocksdb::FileSystem> given);

}  // namespace longmen::engine
