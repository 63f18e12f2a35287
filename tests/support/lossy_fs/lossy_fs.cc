#include "tests/support/lossy_fs/lossy_fs.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/support/lossy_fs/lossy_files.h"

namespace longmen::testing {
namespace {

using rocksdb::IOStatus;

constexpr uint64_t kPage = 4096;

std::string Contents(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

void Overwrite(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

// Without a trailing slash or a doubled one, so that two spellings of a directory are the same.
std::string Normal(const std::filesystem::path& path) {
  std::string text = path.lexically_normal().string();
  while (text.size() > 1 && text.ends_with('/')) text.pop_back();
  return text;
}

std::string DirectoryOf(const std::string& path) {
  return Normal(std::filesystem::path(path).parent_path());
}

}  // namespace

LossyFs::LossyFs(std::string graveyard, uint64_t seed)
    : FileSystemWrapper(rocksdb::FileSystem::Default()),
      graveyard_(std::move(graveyard)),
      random_(seed) {}

void LossyFs::Cut() {
  const std::lock_guard lock(mutex_);
  cut_ = true;
}

void LossyFs::CutAfter(uint64_t operations) {
  const std::lock_guard lock(mutex_);
  countdown_ = operations;
}

bool LossyFs::is_cut() const {
  const std::lock_guard lock(mutex_);
  return cut_;
}

void LossyFs::FailWrites(Fault fault) {
  const std::lock_guard lock(mutex_);
  fault_ = std::move(fault);
}

void LossyFs::Heal() {
  const std::lock_guard lock(mutex_);
  fault_.reset();
}

void LossyFs::Restart() {
  const std::lock_guard lock(mutex_);
  for (auto& [path, state] : files_) LoseBytes(path, *state);
  // The journal of a file system keeps order: what survives of the names is a prefix.
  const size_t kept = Random(changes_.size() + 1);
  while (changes_.size() > kept) {
    Undo(changes_.back());
    changes_.pop_back();
  }
  changes_.clear();
  files_.clear();
  countdown_.reset();
  cut_ = false;
}

LossyFs::Step LossyFs::Next() {
  if (cut_) return Step::kCut;
  if (!countdown_) return Step::kGo;
  if (*countdown_ > 0) {
    --*countdown_;
    return Step::kGo;
  }
  cut_ = true;
  return Step::kCutHere;
}

std::optional<IOStatus> LossyFs::FaultOf(const std::string& path, Act act) {
  if (!fault_ || path.find(fault_->only_in) == std::string::npos) return std::nullopt;
  if (act == Act::kSync ? !fault_->on_sync : !fault_->on_append) return std::nullopt;
  if (act == Act::kCreate && (!fault_->on_create || fault_->appends_first > 0)) return std::nullopt;
  if (act == Act::kAppend && fault_->appends_first > 0) {
    --fault_->appends_first;
    return std::nullopt;
  }
  return fault_->status;
}

uint64_t LossyFs::Random(uint64_t below) { return random_() % below; }

std::string LossyFs::Bury(const std::string& path) {
  if (!std::filesystem::exists(path)) return {};
  const std::string grave = graveyard_ + "/" + std::to_string(buried_++);
  std::filesystem::rename(path, grave);
  return grave;
}

void LossyFs::Undo(const NameChange& change) {
  namespace fs = std::filesystem;
  switch (change.kind) {
    case NameChange::Kind::kCreated:
      fs::remove(change.path);
      break;
    case NameChange::Kind::kDeleted:
      break;
    case NameChange::Kind::kRenamed:
      fs::rename(change.target, change.path);
      break;
  }
  const bool renamed = change.kind == NameChange::Kind::kRenamed;
  if (!change.saved.empty()) fs::rename(change.saved, renamed ? change.target : change.path);
}

void LossyFs::LoseBytes(const std::string& path, FileState& state) {
  if (!std::filesystem::exists(path)) return;
  if (state.overwritten) {
    for (const auto& [offset, bytes] : state.patches) {
      const uint64_t fate = Random(3);
      const uint64_t kept = fate == 0 ? 0 : fate == 1 ? bytes.size() : Random(bytes.size());
      state.image.replace(offset, kept, bytes, 0, kept);
    }
    Overwrite(path, state.image);
    return;
  }
  if (state.size <= state.durable) return;
  const uint64_t unsynced = state.size - state.durable;
  std::string bytes = Contents(path);
  bytes.resize(state.size);
  switch (Random(4)) {
    case 0:
      bytes.resize(state.durable);
      break;
    case 1:
      return;
    case 2:
      bytes.resize(state.durable + Random(unsynced));
      break;
    default:  // pages reached the disk in any order
      for (uint64_t at = state.durable; at < state.size; at = (at / kPage + 1) * kPage) {
        const uint64_t end = std::min(state.size, (at / kPage + 1) * kPage);
        if (Random(2) == 0)
          std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                    bytes.begin() + static_cast<std::ptrdiff_t>(end), '\0');
      }
  }
  Overwrite(path, bytes);
}

void LossyFs::SyncNames(const std::string& directory) {
  std::erase_if(changes_, [&](const NameChange& change) {
    return DirectoryOf(change.path) == Normal(directory);
  });
}

IOStatus LossyFs::NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                  std::unique_ptr<rocksdb::FSWritableFile>* result,
                                  rocksdb::IODebugContext* debug) {
  const std::lock_guard lock(mutex_);
  if (Next() != Step::kGo) return PowerCut();
  if (auto fault = FaultOf(path, Act::kCreate)) return *fault;
  const std::string saved = Bury(path);
  std::unique_ptr<rocksdb::FSWritableFile> file;
  auto status = target()->NewWritableFile(path, options, &file, debug);
  if (!status.ok()) return status;
  changes_.push_back({NameChange::Kind::kCreated, path, {}, saved});
  files_[path] = std::make_shared<FileState>();
  *result = std::make_unique<LossyWritable>(std::move(file), this, path, files_[path]);
  return status;
}

IOStatus LossyFs::ReopenWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                     std::unique_ptr<rocksdb::FSWritableFile>* result,
                                     rocksdb::IODebugContext* debug) {
  const std::lock_guard lock(mutex_);
  if (Next() != Step::kGo) return PowerCut();
  if (auto fault = FaultOf(path, Act::kCreate)) return *fault;
  const bool existed = std::filesystem::exists(path);
  std::unique_ptr<rocksdb::FSWritableFile> file;
  auto status = target()->ReopenWritableFile(path, options, &file, debug);
  if (!status.ok()) return status;
  if (!existed) changes_.push_back({NameChange::Kind::kCreated, path, {}, {}});
  auto& state = files_[path];
  if (!state) {
    state = std::make_shared<FileState>();
    state->size = state->durable = std::filesystem::file_size(path);
  }
  *result = std::make_unique<LossyWritable>(std::move(file), this, path, state);
  return status;
}

IOStatus LossyFs::ReuseWritableFile(const std::string& path, const std::string& old_path,
                                    const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* result,
                                    rocksdb::IODebugContext* debug) {
  static_cast<void>(old_path), static_cast<void>(options), static_cast<void>(result);
  static_cast<void>(debug);
  return IOStatus::NotSupported("LossyFs does not recycle " + path);
}

IOStatus LossyFs::NewRandomRWFile(const std::string& path, const rocksdb::FileOptions& options,
                                  std::unique_ptr<rocksdb::FSRandomRWFile>* result,
                                  rocksdb::IODebugContext* debug) {
  const std::lock_guard lock(mutex_);
  if (Next() != Step::kGo) return PowerCut();
  std::unique_ptr<rocksdb::FSRandomRWFile> file;
  auto status = target()->NewRandomRWFile(path, options, &file, debug);
  if (!status.ok()) return status;
  auto& state = files_[path];
  if (!state || !state->overwritten) {
    // What an appender left unsynced would count as synced here; nobody does that.
    if (state && state->durable < state->size) return IOStatus::NotSupported("unsynced: " + path);
    state = std::make_shared<FileState>();
    state->overwritten = true;
    state->image = Contents(path);
  }
  *result = std::make_unique<LossyRandomRW>(std::move(file), this, path, state);
  return status;
}

IOStatus LossyFs::NewDirectory(const std::string& path, const rocksdb::IOOptions& options,
                               std::unique_ptr<rocksdb::FSDirectory>* result,
                               rocksdb::IODebugContext* debug) {
  std::unique_ptr<rocksdb::FSDirectory> directory;
  auto status = target()->NewDirectory(path, options, &directory, debug);
  if (status.ok()) {
    *result = std::make_unique<LossyDirectory>(std::move(directory), this, path);
  }
  return status;
}

IOStatus LossyFs::DeleteFile(const std::string& path, const rocksdb::IOOptions& options,
                             rocksdb::IODebugContext* debug) {
  static_cast<void>(options), static_cast<void>(debug);
  const std::lock_guard lock(mutex_);
  if (Next() != Step::kGo) return PowerCut();
  if (!std::filesystem::exists(path)) return IOStatus::PathNotFound(path);
  changes_.push_back({NameChange::Kind::kDeleted, path, {}, Bury(path)});
  files_.erase(path);
  return IOStatus::OK();
}

IOStatus LossyFs::RenameFile(const std::string& from, const std::string& to,
                             const rocksdb::IOOptions& options, rocksdb::IODebugContext* debug) {
  const std::lock_guard lock(mutex_);
  if (Next() != Step::kGo) return PowerCut();
  const std::string saved = Bury(to);
  auto status = target()->RenameFile(from, to, options, debug);
  if (!status.ok()) {
    if (!saved.empty()) std::filesystem::rename(saved, to);
    return status;
  }
  changes_.push_back({NameChange::Kind::kRenamed, from, to, saved});
  files_.erase(to);
  if (auto node = files_.extract(from)) {
    node.key() = to;
    files_.insert(std::move(node));
  }
  return status;
}

IOStatus LossyFs::GetFreeSpace(const std::string& path, const rocksdb::IOOptions& options,
                               uint64_t* free, rocksdb::IODebugContext* debug) {
  auto status = target()->GetFreeSpace(path, options, free, debug);
  const std::lock_guard lock(mutex_);
  if (status.ok() && fault_) *free = std::min(*free, fault_->free_bytes);
  return status;
}

}  // namespace longmen::testing
