// SpareLog: a file of zeros that is ready to become RocksDB's next write-ahead log.
//
// Why. A synced write that makes a file longer is only done when the file system's journal has the
// new length too: a second write, by a thread of the kernel that must first get a processor. A
// write over bytes that the file has already needs neither. So the zeros are written beforehand,
// behind the appends, and an append then costs one write and one flush of the disk.
//
// What it changes for readers: behind the last record of a write-ahead log there may be zeros, as a
// power cut may leave them too (rocks_reader/head_file.h). RocksDB passes over them.
//
// On disk: DIR/log/spare, and DIR/log/spare.new while it is made. RocksDB leaves names alone that
// are none of its own. Without one, or where there is no room, a log grows as it is written.
//
// Threading: as a file system; Prepare from anywhere. A thread of its own writes the zeros.
#pragma once

#include <rocksdb/file_system.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace longmen::engine {

class SpareLog final : public rocksdb::FileSystemWrapper {
 public:
  // Files of `bytes` in the log's directory, unless less than `free_bytes_min` and as much as twice
  // the file would be left free.
  SpareLog(const std::shared_ptr<rocksdb::FileSystem>& base, std::string log_directory,
           uint64_t bytes, uint64_t free_bytes_min);
  ~SpareLog() override;

  // Has one made, if there is none; does not wait for it.
  void Prepare();

  const char* Name() const override { return "LongmenSpareLog"; }
  rocksdb::IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* result,
                                    rocksdb::IODebugContext* debug) override;

 private:
  rocksdb::IOStatus Take(const std::string& path, const rocksdb::FileOptions& options,
                         std::unique_ptr<rocksdb::FSWritableFile>* result);
  void Run();
  rocksdb::IOStatus Make();
  bool HasRoom() const;

  const std::string directory_;
  const std::string path_;
  const uint64_t bytes_;
  const uint64_t free_bytes_min_;
  std::mutex mutex_;  // guards all below
  std::condition_variable changed_;
  bool there_ = false;
  bool wanted_ = false;
  bool stopping_ = false;
  std::thread thread_;  // begun when one is first wanted
};

}  // namespace longmen::engine
