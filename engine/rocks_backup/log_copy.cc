#include "engine/rocks_backup/log_copy.h"

#include <rocksdb/db.h>
#include <rocksdb/file_system.h>
#include <rocksdb/utilities/checkpoint.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <mutex>

#include "engine/rocks_reader/block_store.h"
#include "engine/rocks_reader/layout.h"
#include "engine/rocks_reader/pinned_files.h"
#include "engine/rocks_reader/rocks_reader.h"
#include "engine/rocks_writer/head_writer.h"

namespace longmen::engine {
namespace {

using rocksdb::FileOptions;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

// A writer that is restarted over and over could move the files away for ever; none does.
constexpr int kLooks = 100;
constexpr Sequence kProgressRecords = 4'096;

// An open file under more than one name.
class Shared : public rocksdb::FSRandomAccessFileWrapper {
 public:
  explicit Shared(std::shared_ptr<rocksdb::FSRandomAccessFile> file)
      : FSRandomAccessFileWrapper(file.get()), file_(std::move(file)) {}

 private:
  const std::shared_ptr<rocksdb::FSRandomAccessFile> file_;
};

// A file being written, that says how many bytes it took.
class Counted : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  Counted(std::unique_ptr<rocksdb::FSWritableFile> file, std::function<void(size_t)> took)
      : FSWritableFileOwnerWrapper(std::move(file)), took_(std::move(took)) {}

  IOStatus Append(const Slice& data, const IOOptions& options, IODebugContext* debug) override {
    took_(data.size());
    return FSWritableFileOwnerWrapper::Append(data, options, debug);
  }
  IOStatus Append(const Slice& data, const IOOptions& options,
                  const rocksdb::DataVerificationInfo& verification,
                  IODebugContext* debug) override {
    took_(data.size());
    return FSWritableFileOwnerWrapper::Append(data, options, verification, debug);
  }

 private:
  const std::function<void(size_t)> took_;
};

// Files that can be copied whatever becomes of their names, and that cannot be linked.
class CopyFiles : public rocksdb::FileSystemWrapper {
 public:
  CopyFiles(const std::shared_ptr<rocksdb::FileSystem>& base, const CopyProgress& progress)
      : rocksdb::FileSystemWrapper(base), progress_(progress) {}

  const char* Name() const override { return "LongmenCopyFiles"; }
  void Expect(uint64_t bytes) { of_ = bytes; }

  IOStatus NewRandomAccessFile(const std::string& path, const FileOptions& options,
                               std::unique_ptr<rocksdb::FSRandomAccessFile>* file,
                               IODebugContext* debug) override {
    std::unique_ptr<rocksdb::FSRandomAccessFile> opened;
    auto status = target()->NewRandomAccessFile(path, options, &opened, debug);
    if (!status.ok()) return status;
    const std::shared_ptr<rocksdb::FSRandomAccessFile> kept = std::move(opened);
    *file = std::make_unique<Shared>(kept);
    const std::lock_guard lock(mutex_);
    kept_[path] = kept;
    return status;
  }

  IOStatus NewSequentialFile(const std::string& path, const FileOptions& options,
                             std::unique_ptr<rocksdb::FSSequentialFile>* file,
                             IODebugContext* debug) override {
    const std::lock_guard lock(mutex_);
    const auto kept = kept_.find(path);
    if (kept == kept_.end()) return target()->NewSequentialFile(path, options, file, debug);
    *file = ReadFromStart(kept->second);
    return IOStatus::OK();
  }

  // A checkpoint copies where it cannot link.
  IOStatus LinkFile(const std::string&, const std::string&, const IOOptions&,
                    IODebugContext*) override {
    return IOStatus::NotSupported("a backup shares no file with its ledger");
  }

  IOStatus NewWritableFile(const std::string& path, const FileOptions& options,
                           std::unique_ptr<rocksdb::FSWritableFile>* file,
                           IODebugContext* debug) override {
    std::unique_ptr<rocksdb::FSWritableFile> opened;
    auto status = target()->NewWritableFile(path, options, &opened, debug);
    if (status.ok()) {
      *file = std::make_unique<Counted>(std::move(opened), [this](size_t bytes) {
        done_ += bytes;
        if (progress_) progress_(std::min(done_, of_), of_);
      });
    }
    return status;
  }

 private:
  const CopyProgress& progress_;
  uint64_t done_ = 0;  // one thread copies
  uint64_t of_ = 0;
  std::mutex mutex_;  // RocksDB opens tables from several threads
  std::map<std::string, std::shared_ptr<rocksdb::FSRandomAccessFile>> kept_;
};

uint64_t BytesOf(rocksdb::DB& db) {
  uint64_t bytes = 0;
  std::vector<rocksdb::LiveFileMetaData> tables;
  db.GetLiveFilesMetaData(&tables);
  for (const auto& table : tables) bytes += table.size;
  rocksdb::VectorLogPtr logs;
  if (db.GetSortedWalFiles(logs).ok()) {
    for (const auto& log : logs) bytes += log->SizeFileBytes();
  }
  return bytes;
}

Result<HeadMark> ReadMark(rocksdb::FileSystem& file_system, const std::string& directory) {
  auto head = ReadHead(file_system, directory);
  if (!head.ok()) return head.error();
  if (*head) return (*head)->mark;
  if (!DatabaseExists(file_system, directory)) {
    return Error{Code::NOT_FOUND, LogPath(directory), "there is no log"};
  }
  return Error{Code::CORRUPT, HeadPath(directory),
               "HEAD is missing: whether the log went further is unknown"};
}

// One look at the log, copied. A failure may mean that the files moved under it.
Result<HeadMark> CopyOnce(const std::string& from, const std::string& to,
                          const CopyProgress& progress,
                          const std::shared_ptr<rocksdb::FileSystem>& file_system) {
  auto mark = ReadMark(*file_system, from);
  if (!mark.ok()) return mark;
  const auto files = std::make_shared<CopyFiles>(file_system, progress);
  auto store = ReadOnlyStore::Open(from, files);
  if (!store.ok()) return store.error();
  // What a checkpoint contradicts itself about is better said before it is copied.
  auto chain = CheckTail((*store)->db(), *mark);
  if (!chain.ok()) return chain.error();
  files->Expect(BytesOf((*store)->db()));
  rocksdb::Checkpoint* made = nullptr;
  auto status = rocksdb::Checkpoint::Create(&(*store)->db(), &made);
  const std::unique_ptr<rocksdb::Checkpoint> checkpoint(made);
  if (status.ok()) status = checkpoint->CreateCheckpoint(LogPath(to));
  if (!status.ok()) return StorageError(status, LogPath(to), "copying the log");
  return mark;
}

// The files of the log, which a living writer keeps adding and deleting.
std::vector<std::string> Names(rocksdb::FileSystem& file_system, const std::string& directory) {
  std::vector<std::string> names;
  // No directory, no names: that is an answer too.
  static_cast<void>(file_system.GetChildren(LogPath(directory), IOOptions(), &names, nullptr).ok());
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

Result<LogAnchor> CopyLog(const std::string& from, const std::string& to,
                          const CopyProgress& progress,
                          std::shared_ptr<rocksdb::FileSystem> file_system) {
  file_system = FileSystemOr(std::move(file_system));
  Result<HeadMark> mark = HeadMark();
  for (int look = 0; look < kLooks; ++look) {
    const auto before = Names(*file_system, from);
    mark = CopyOnce(from, to, progress, file_system);
    if (mark.ok()) break;
    // A failure is believed where nothing moved meanwhile; room does not come by looking again.
    const bool believed = mark.error().code == Code::STORAGE_FULL ||
                          mark.error().code == Code::NOT_FOUND ||
                          Names(*file_system, from) == before;
    if (believed) return mark.error();
    std::error_code ignored;  // the next checkpoint says what is in its way
    std::filesystem::remove_all(LogPath(to), ignored);
  }
  if (!mark.ok()) return mark.error();
  const auto made = MakeHeadFile(*file_system, to, *mark);
  if (!made.ok()) return StorageError(made, HeadPath(to), "making HEAD");
  return LogAnchor{mark->last_sequence, mark->last_block};
}

Result<LogAnchor> CheckLog(const std::string& directory, const CopyProgress& progress) {
  auto reader = RocksReader::Open({.directory = directory, .read_to = ReadTo::kTail});
  if (!reader.ok()) return reader.error();
  const Sequence end = (*reader)->AckedFrontier();
  RETURN_IF_ERROR(ForEachRecord(**reader, 1, [&](const RecordView& record) -> Status {
    const Sequence at = record.header.sequence;
    if (progress && (at % kProgressRecords == 0 || at == end)) progress(at, end);
    return Ok();
  }));
  auto mark = ReadMark(*FileSystemOr(nullptr), directory);
  if (!mark.ok()) return mark.error();
  return LogAnchor{mark->last_sequence, mark->last_block};
}

}  // namespace longmen::engine
