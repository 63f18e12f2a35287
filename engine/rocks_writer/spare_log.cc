#include "engine/rocks_writer/spare_log.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace longmen::engine {
namespace {

using rocksdb::IOOptions;
using rocksdb::IOStatus;

// Written and synced in pieces: no append waits behind all of it.
constexpr uint64_t kPieceBytes = 1u << 20;

// Written from its start, and never shorter than it was: whoever copies it beside a living writer
// has seen its size before. RocksDB cuts off what it reserved, so it reserves nothing.
class Taken final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  using FSWritableFileOwnerWrapper::FSWritableFileOwnerWrapper;
  void SetPreallocationBlockSize(size_t) override {}
};

}  // namespace

SpareLog::SpareLog(const std::shared_ptr<rocksdb::FileSystem>& base, std::string log_directory,
                   uint64_t bytes, uint64_t free_bytes_min)
    : FileSystemWrapper(base),
      directory_(std::move(log_directory)),
      path_(directory_ + "/spare"),
      bytes_(bytes),
      free_bytes_min_(free_bytes_min),
      there_(base->FileExists(path_, IOOptions(), nullptr).ok()) {}

SpareLog::~SpareLog() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

void SpareLog::Prepare() {
  const std::lock_guard lock(mutex_);
  if (there_ || wanted_) return;
  wanted_ = true;
  if (!thread_.joinable()) thread_ = std::thread([this] { Run(); });
  changed_.notify_all();
}

IOStatus SpareLog::NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                   std::unique_ptr<rocksdb::FSWritableFile>* result,
                                   rocksdb::IODebugContext* debug) {
  if (path.ends_with(".log") && Take(path, options, result).ok()) return IOStatus::OK();
  return target()->NewWritableFile(path, options, result, debug);
}

IOStatus SpareLog::Take(const std::string& path, const rocksdb::FileOptions& options,
                        std::unique_ptr<rocksdb::FSWritableFile>* result) {
  const std::lock_guard lock(mutex_);
  if (!std::exchange(there_, false)) return IOStatus::NotFound();
  std::unique_ptr<rocksdb::FSWritableFile> file;
  auto status = target()->ReuseWritableFile(path, path_, options, &file, nullptr);
  // Its new name is on disk before a byte of it is: else a power cut could give records back as a
  // spare, and old ones would stand behind new ones.
  std::unique_ptr<rocksdb::FSDirectory> directory;
  if (status.ok()) status = target()->NewDirectory(directory_, IOOptions(), &directory, nullptr);
  if (status.ok()) status = directory->Fsync(IOOptions(), nullptr);
  if (status.ok()) *result = std::make_unique<Taken>(std::move(file));
  return status;
}

void SpareLog::Run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return stopping_ || (wanted_ && !there_); });
    if (stopping_) return;
    lock.unlock();
    const auto made = Make();
    lock.lock();
    // What could not be made stays wanted and is not tried again: the disk is full, or worse.
    if (!made.ok()) return;
    there_ = true;
    wanted_ = false;
  }
}

IOStatus SpareLog::Make() {
  if (!HasRoom()) return IOStatus::NoSpace();
  const IOOptions io;
  const std::string unfinished = path_ + ".new";
  std::unique_ptr<rocksdb::FSWritableFile> file;
  auto status = target()->NewWritableFile(unfinished, rocksdb::FileOptions(), &file, nullptr);
  const std::string zeros(kPieceBytes, '\0');
  for (uint64_t written = 0; status.ok() && written < bytes_; written += kPieceBytes) {
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return IOStatus::Aborted();
    }
    const uint64_t piece = std::min(kPieceBytes, bytes_ - written);
    status = file->Append(rocksdb::Slice(zeros.data(), piece), io, nullptr);
    if (status.ok()) status = file->Sync(io, nullptr);
  }
  if (status.ok()) status = file->Close(io, nullptr);
  if (status.ok()) status = target()->RenameFile(unfinished, path_, io, nullptr);
  return status;
}

bool SpareLog::HasRoom() const {
  uint64_t free = 0;
  const auto status = target()->GetFreeSpace(directory_, IOOptions(), &free, nullptr);
  return status.ok() && free >= free_bytes_min_ + 3 * bytes_;
}

}  // namespace longmen::engine
