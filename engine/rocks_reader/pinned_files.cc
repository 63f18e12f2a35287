#include "engine/rocks_reader/pinned_files.h"

#include <rocksdb/file_system.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <map>
#include <thread>
#include <vector>

namespace longmen::engine {
namespace {

using rocksdb::FileOptions;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using SteadyClock = std::chrono::steady_clock;

// A writer that rotates its logs without a pause leaves no moment in between; none does for long.
constexpr auto kPatience = std::chrono::seconds(10);

// A file's content, read from memory.
class Copy : public rocksdb::FSSequentialFile {
 public:
  explicit Copy(std::string content) : content_(std::move(content)) {}

  IOStatus Read(size_t n, const IOOptions&, rocksdb::Slice* result, char* scratch,
                IODebugContext*) override {
    const size_t count = std::min(n, content_.size() - at_);
    std::memcpy(scratch, content_.data() + at_, count);
    *result = rocksdb::Slice(scratch, count);
    at_ += count;
    return IOStatus::OK();
  }
  IOStatus Skip(uint64_t n) override {
    at_ += std::min<size_t>(n, content_.size() - at_);
    return IOStatus::OK();
  }

 private:
  const std::string content_;
  size_t at_ = 0;
};

// An open file, read from its start; whoever else reads it does not disturb.
class Reading : public rocksdb::FSSequentialFile {
 public:
  explicit Reading(std::shared_ptr<rocksdb::FSRandomAccessFile> file) : file_(std::move(file)) {}

  IOStatus Read(size_t n, const IOOptions& options, rocksdb::Slice* result, char* scratch,
                IODebugContext* debug) override {
    auto status = file_->Read(at_, n, options, result, scratch, debug);
    if (status.ok()) at_ += result->size();
    return status;
  }
  IOStatus Skip(uint64_t n) override {
    at_ += n;
    return IOStatus::OK();
  }

 private:
  const std::shared_ptr<rocksdb::FSRandomAccessFile> file_;
  uint64_t at_ = 0;
};

struct OpenLog {
  std::shared_ptr<rocksdb::FSRandomAccessFile> file;
  uint64_t size = 0;
};

class PinnedFiles : public rocksdb::FileSystemWrapper {
 public:
  PinnedFiles(const std::shared_ptr<rocksdb::FileSystem>& base, std::string path)
      : rocksdb::FileSystemWrapper(base), path_(std::move(path)) {}

  const char* Name() const override { return "LongmenPinnedFiles"; }

  enum class View {
    kWhole,    // nothing changed from the first look to the last
    kMoved,    // something did: look again
    kDamaged,  // there is no such manifest, and nobody is making one
  };
  View Take() {
    names_.clear();
    copies_.clear();
    logs_.clear();
    std::string current;
    std::string current_now;
    if (!ReadWhole("CURRENT", &current)) return View::kDamaged;
    const std::string manifest = current.substr(0, current.find('\n'));
    if (!ReadWhole(manifest, &copies_[manifest])) {
      return ReadWhole("CURRENT", &current_now) && current_now != current ? View::kMoved
                                                                          : View::kDamaged;
    }
    copies_["CURRENT"] = current;
    if (!target()->GetChildren(path_, IOOptions(), &names_, nullptr).ok()) {
      return View::kMoved;
    }
    for (const std::string& name : names_) {
      if (name.ends_with(".log") && !Open(name)) return View::kMoved;
    }
    uint64_t size_now = 0;
    const bool same =
        ReadWhole("CURRENT", &current_now) && current_now == current &&
        target()->GetFileSize(PathOf(manifest), IOOptions(), &size_now, nullptr).ok() &&
        size_now == copies_[manifest].size();
    return same ? View::kWhole : View::kMoved;
  }

  IOStatus NewSequentialFile(const std::string& path, const FileOptions& options,
                             std::unique_ptr<rocksdb::FSSequentialFile>* file,
                             IODebugContext* debug) override {
    const std::string name = NameOf(path);
    if (const auto copy = copies_.find(name); copy != copies_.end()) {
      *file = std::make_unique<Copy>(copy->second);
      return IOStatus::OK();
    }
    if (const auto log = logs_.find(name); log != logs_.end()) {
      *file = ReadFromStart(log->second.file);
      return IOStatus::OK();
    }
    return target()->NewSequentialFile(path, options, file, debug);
  }

  IOStatus GetChildren(const std::string& directory, const IOOptions& options,
                       std::vector<std::string>* names, IODebugContext* debug) override {
    if (directory != path_) return target()->GetChildren(directory, options, names, debug);
    *names = names_;
    return IOStatus::OK();
  }

  IOStatus GetFileSize(const std::string& path, const IOOptions& options, uint64_t* size,
                       IODebugContext* debug) override {
    const std::string name = NameOf(path);
    if (const auto copy = copies_.find(name); copy != copies_.end()) {
      *size = copy->second.size();
      return IOStatus::OK();
    }
    if (const auto log = logs_.find(name); log != logs_.end()) {
      *size = log->second.size;
      return IOStatus::OK();
    }
    return target()->GetFileSize(path, options, size, debug);
  }

  IOStatus FileExists(const std::string& path, const IOOptions& options,
                      IODebugContext* debug) override {
    const std::string name = NameOf(path);
    if (copies_.contains(name) || logs_.contains(name)) return IOStatus::OK();
    return target()->FileExists(path, options, debug);
  }

 private:
  std::string PathOf(const std::string& name) const { return path_ + "/" + name; }
  // The name of a file of the database; empty for any other.
  std::string NameOf(const std::string& path) const {
    return path.starts_with(path_ + "/") ? path.substr(path_.size() + 1) : std::string();
  }

  bool ReadWhole(const std::string& name, std::string* content) const {
    std::unique_ptr<rocksdb::FSSequentialFile> file;
    if (!target()->NewSequentialFile(PathOf(name), FileOptions(), &file, nullptr).ok()) {
      return false;
    }
    content->clear();
    std::vector<char> scratch(64u << 10);
    for (;;) {
      rocksdb::Slice part;
      if (!file->Read(scratch.size(), IOOptions(), &part, scratch.data(), nullptr).ok()) {
        return false;
      }
      if (part.empty()) return true;
      content->append(part.data(), part.size());
    }
  }

  bool Open(const std::string& name) {
    std::unique_ptr<rocksdb::FSRandomAccessFile> file;
    if (!target()->NewRandomAccessFile(PathOf(name), FileOptions(), &file, nullptr).ok()) {
      return false;
    }
    OpenLog& log = logs_[name];
    log.file = std::move(file);
    return target()->GetFileSize(PathOf(name), IOOptions(), &log.size, nullptr).ok();
  }

  const std::string path_;
  std::vector<std::string> names_;
  std::map<std::string, std::string> copies_;
  std::map<std::string, OpenLog> logs_;
};

}  // namespace

std::unique_ptr<rocksdb::FSSequentialFile> ReadFromStart(
    std::shared_ptr<rocksdb::FSRandomAccessFile> file) {
  return std::make_unique<Reading>(std::move(file));
}

Result<std::shared_ptr<rocksdb::FileSystem>> PinFiles(std::shared_ptr<rocksdb::FileSystem> base,
                                                      const std::string& path) {
  auto pinned = std::make_shared<PinnedFiles>(base, path);
  const auto deadline = SteadyClock::now() + kPatience;
  for (;;) {
    const auto view = pinned->Take();
    if (view == PinnedFiles::View::kWhole) break;
    if (view == PinnedFiles::View::kDamaged) return base;  // RocksDB says what is wrong with it
    if (SteadyClock::now() > deadline) {
      return Error{Code::STORAGE_FAILED, path, "its files never stood still while they were read"};
    }
    std::this_thread::yield();
  }
  return std::shared_ptr<rocksdb::FileSystem>(std::move(pinned));
}

}  // namespace longmen::engine
