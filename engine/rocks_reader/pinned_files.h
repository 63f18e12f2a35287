// PinnedFiles: a log's files as they stood together at one moment, beside a living writer.
//
// RocksDB opens for reading by its manifest first and then by the write-ahead logs it finds. A
// writer that flushes in between deletes a log whose content is in no manifest read so far: a hole,
// where nothing is damaged. So the manifest is copied and the logs are opened first, again and
// again until the manifest did not change meanwhile; an open file can be read after it was deleted.
// Tables may still vanish by compaction: then opening fails, and the caller takes a newer view.
#pragma once

#include <memory>
#include <string>

#include "engine/rocks_reader/layout.h"

namespace rocksdb {
class FSRandomAccessFile;
class FSSequentialFile;
}  // namespace rocksdb

namespace longmen::engine {

// The bytes of an open file from its start, also after it was deleted.
std::unique_ptr<rocksdb::FSSequentialFile> ReadFromStart(
    std::shared_ptr<rocksdb::FSRandomAccessFile> file);

// A file system that shows these files for the database at `path`, and all others as they are.
// storage_failed where they never stood still.
Result<std::shared_ptr<rocksdb::FileSystem>> PinFiles(std::shared_ptr<rocksdb::FileSystem> base,
                                                      const std::string& path);

}  // namespace longmen::engine
