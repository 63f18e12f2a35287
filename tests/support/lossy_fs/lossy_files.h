// The open files of a LossyFs: they pass everything on and tell it what is not synced yet.
#pragma once

#include "tests/support/lossy_fs/lossy_fs.h"

namespace longmen::testing {

inline rocksdb::IOStatus PowerCut() { return rocksdb::IOStatus::IOError("the power is gone"); }

class LossyWritable final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  LossyWritable(std::unique_ptr<rocksdb::FSWritableFile> file, LossyFs* owner, std::string path,
                std::shared_ptr<LossyFs::FileState> state)
      : FSWritableFileOwnerWrapper(std::move(file)),
        owner_(owner),
        path_(std::move(path)),
        state_(std::move(state)) {}

  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           const rocksdb::DataVerificationInfo&,
                           rocksdb::IODebugContext* debug) override {
    return Append(data, options, debug);
  }
  rocksdb::IOStatus Truncate(uint64_t size, const rocksdb::IOOptions& options,
                             rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus Sync(const rocksdb::IOOptions& options,
                         rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus Fsync(const rocksdb::IOOptions& options,
                          rocksdb::IODebugContext* debug) override {
    return Sync(options, debug);
  }
  // It starts the writing and promises nothing.
  rocksdb::IOStatus RangeSync(uint64_t, uint64_t, const rocksdb::IOOptions&,
                              rocksdb::IODebugContext*) override {
    return rocksdb::IOStatus::OK();
  }

 private:
  LossyFs* owner_;
  const std::string path_;
  std::shared_ptr<LossyFs::FileState> state_;
};

class LossyRandomRW final : public rocksdb::FSRandomRWFileOwnerWrapper {
 public:
  LossyRandomRW(std::unique_ptr<rocksdb::FSRandomRWFile> file, LossyFs* owner, std::string path,
                std::shared_ptr<LossyFs::FileState> state)
      : FSRandomRWFileOwnerWrapper(std::move(file)),
        owner_(owner),
        path_(std::move(path)),
        state_(std::move(state)) {}

  rocksdb::IOStatus Write(uint64_t offset, const rocksdb::Slice& data,
                          const rocksdb::IOOptions& options,
                          rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus Sync(const rocksdb::IOOptions& options,
                         rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus Fsync(const rocksdb::IOOptions& options,
                          rocksdb::IODebugContext* debug) override {
    return Sync(options, debug);
  }

 private:
  LossyFs* owner_;
  const std::string path_;
  std::shared_ptr<LossyFs::FileState> state_;
};

class LossyDirectory final : public rocksdb::FSDirectoryWrapper {
 public:
  LossyDirectory(std::unique_ptr<rocksdb::FSDirectory> directory, LossyFs* owner, std::string path)
      : FSDirectoryWrapper(std::move(directory)), owner_(owner), path_(std::move(path)) {}

  rocksdb::IOStatus Fsync(const rocksdb::IOOptions& options,
                          rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus FsyncWithDirOptions(const rocksdb::IOOptions& options,
                                        rocksdb::IODebugContext* debug,
                                        const rocksdb::DirFsyncOptions&) override {
    return Fsync(options, debug);
  }

 private:
  LossyFs* owner_;
  const std::string path_;
};

}  // namespace longmen::testing
