#include "adapters/node/backup.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "adapters/node/backup_list.h"
#include "adapters/node/keys.h"
#include "adapters/node/new_directory.h"
#include "engine/rocks_backup/log_copy.h"

namespace longmen::adapters {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kBackupFile = "/BACKUP";
constexpr std::string_view kKeyFile = "keys/token.key";
constexpr size_t kChunkBytes = 1u << 20;
// init's two records: with fewer a ledger was never finished.
constexpr Sequence kLedgerRecords = 2;

Error Corrupt(const std::string& path, std::string message) {
  return Error{Code::CORRUPT, path, std::move(message)};
}

// An open file, closed with its scope.
class File {
 public:
  File(const std::string& path, int flags, mode_t mode = 0644)
      : path_(path), handle_(::open(path.c_str(), flags | O_CLOEXEC, mode)) {}
  ~File() {
    if (handle_ >= 0) ::close(handle_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  bool open() const { return handle_ >= 0; }
  Error Failed() const { return FileError(errno, path_); }

  // Up to a chunk; empty at the end.
  Result<Bytes> Read(std::vector<uint8_t>& chunk) {
    for (;;) {
      const ssize_t got = ::read(handle_, chunk.data(), chunk.size());
      if (got >= 0) return Bytes(chunk.data(), static_cast<size_t>(got));
      if (errno != EINTR) return Failed();
    }
  }
  Status Write(Bytes bytes) {
    while (!bytes.empty()) {
      const ssize_t put = ::write(handle_, bytes.data(), bytes.size());
      if (put < 0 && errno != EINTR) return Failed();
      if (put > 0) bytes = bytes.subspan(static_cast<size_t>(put));
    }
    return Ok();
  }
  Status Sync() { return ::fsync(handle_) == 0 ? Ok() : Status(Failed()); }
  // What is read next comes from the disk, as far as the kernel goes along.
  void ForgetCache() { (void)::posix_fadvise(handle_, 0, 0, POSIX_FADV_DONTNEED); }

 private:
  const std::string path_;
  const int handle_;
};

// Reads a file to its end, into `to` as well where one is given.
Result<BackupList::File> Sum(const std::string& path, File* to,
                             const std::function<void(size_t)>& took) {
  File from(path, O_RDONLY);
  if (!from.open()) return from.Failed();
  from.ForgetCache();
  std::vector<uint8_t> chunk(kChunkBytes);
  Sha256Stream hash;
  BackupList::File sum;
  for (;;) {
    auto bytes = from.Read(chunk);
    if (!bytes.ok()) return bytes.error();
    if (bytes->empty()) break;
    hash.Add(*bytes);
    sum.bytes += bytes->size();
    if (to != nullptr) RETURN_IF_ERROR(to->Write(*bytes));
    took(bytes->size());
  }
  sum.sha256 = Hex(hash.Finish());
  return sum;
}

Status WriteNew(const std::string& path, std::string_view text) {
  File file(path, O_WRONLY | O_CREAT | O_EXCL);
  if (!file.open()) return file.Failed();
  RETURN_IF_ERROR(file.Write(AsBytes(text)));
  return file.Sync();
}

// Every file below the directory, in byte order of their paths.
Result<std::vector<std::string>> FilesBelow(const std::string& directory) {
  std::vector<std::string> paths;
  std::error_code failure;
  for (fs::recursive_directory_iterator it(directory, failure), end; !failure && it != end;
       it.increment(failure)) {
    if (!it->is_directory()) paths.push_back(it->path().lexically_relative(directory).string());
  }
  if (failure) return FileError(failure.value(), directory);
  std::sort(paths.begin(), paths.end());
  return paths;
}

// Tells of bytes or records by the name of what is done with them.
class Telling {
 public:
  Telling(const CopyOptions& options, std::string_view verb, std::string_view noun, uint64_t of = 0)
      : options_(options), verb_(verb), noun_(noun), of_(of) {}

  void Add(uint64_t count) { At(done_ + count, of_); }
  void At(uint64_t done, uint64_t of) {
    done_ = done;
    if (options_.progress) options_.progress(verb_, done, of, noun_);
  }

 private:
  const CopyOptions& options_;
  const std::string_view verb_;
  const std::string_view noun_;
  const uint64_t of_;
  uint64_t done_ = 0;
};

std::string AnchorOf(const engine::LogAnchor& anchor) {
  return fmt::format("{}:{}", anchor.sequence, Hex(anchor.block));
}

Result<engine::LogAnchor> CheckChain(const CopyOptions& options, const std::string& directory) {
  Telling checked(options, "checked", "records");
  return engine::CheckLog(directory + "/log",
                          [&](uint64_t done, uint64_t of) { checked.At(done, of); });
}

// The sums of all files, read from the disk again after they were synced.
Result<BackupList> SumAll(const CopyOptions& options, const std::string& directory) {
  auto paths = FilesBelow(directory);
  if (!paths.ok()) return paths.error();
  BackupList list;
  uint64_t bytes = 0;
  for (const std::string& path : *paths) {
    std::error_code failure;
    bytes += fs::file_size(directory + "/" + path, failure);
  }
  Telling summed(options, "summed", "bytes", bytes);
  for (const std::string& path : *paths) {
    auto file = Sum(directory + "/" + path, nullptr, [&](size_t size) { summed.Add(size); });
    if (!file.ok()) return file.error();
    file->path = path;
    list.files.push_back(std::move(*file));
  }
  return list;
}

Status MakeDirectory(const std::string& path) {
  std::error_code failure;
  fs::create_directories(path, failure);
  if (failure) return FileError(failure.value(), path);
  return Ok();
}

Result<Copied> Finish(const CopyOptions& options, NewDirectory& directory,
                      const engine::LogAnchor& anchor, uint64_t bytes) {
  if (options.audit) RETURN_IF_ERROR(options.audit(directory.part(), AnchorOf(anchor)));
  RETURN_IF_ERROR(directory.Finish());
  return Copied{anchor.sequence, anchor.block, bytes};
}

// Copies one file of a backup and holds it against its sum; the bytes are read once.
Status RestoreFile(const std::string& from, const std::string& to, const BackupList::File& listed,
                   Telling& copied) {
  const std::string source = from + "/" + listed.path;
  const std::string target = to + "/" + listed.path;
  std::error_code failure;
  if (!fs::is_regular_file(source, failure)) return Corrupt(listed.path, "is missing");
  RETURN_IF_ERROR(MakeDirectory(fs::path(target).parent_path().string()));
  const mode_t mode = listed.path == kKeyFile ? 0600 : 0644;
  File file(target, O_WRONLY | O_CREAT | O_EXCL, mode);
  if (!file.open()) return file.Failed();
  const auto sum = Sum(source, &file, [&](size_t size) { copied.Add(size); });
  if (!sum.ok()) return sum.error();
  if (sum->bytes != listed.bytes) {
    return Corrupt(listed.path,
                   fmt::format("has {} bytes, was backed up with {}", sum->bytes, listed.bytes));
  }
  if (sum->sha256 != listed.sha256) {
    return Corrupt(listed.path, "its bytes are not those that were backed up (SHA-256)");
  }
  RETURN_IF_ERROR(file.Sync());
  file.ForgetCache();
  return Ok();
}

bool IsBackup(const std::string& directory) {
  std::error_code failure;
  return fs::exists(directory + std::string(kBackupFile), failure);
}

Result<BackupList> ReadList(const std::string& directory) {
  if (!IsBackup(directory)) {
    return Error{Code::NOT_FOUND, "", directory + " is no backup: it has no file BACKUP"};
  }
  std::ifstream file(directory + std::string(kBackupFile), std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) return Error{Code::STORAGE_FAILED, "BACKUP", "cannot be read"};
  return ParseBackupList(text.str());
}

}  // namespace

std::string Copied::anchor() const { return AnchorOf({sequence, chain}); }

Status RefuseBackup(const std::string& directory) {
  if (!IsBackup(directory)) return Ok();
  return Error{Code::USAGE, "", directory + " is a backup: longmen restore makes a ledger of it"};
}

Result<Copied> BackUp(const CopyOptions& options) {
  const std::string no_ledger = options.from + " has no ledger";
  std::error_code failure;
  if (!fs::exists(options.from + "/log", failure)) return Error{Code::NOT_FOUND, "", no_ledger};
  auto key = ReadTokenKey(options.from);
  if (!key.ok()) return key.error();
  RETURN_IF_ERROR(CheckOutside(options.to, options.from));
  auto directory = NewDirectory::Begin(options.to);
  if (!directory.ok()) return directory.error();
  const std::string& part = directory->part();

  Telling copied(options, "copied", "bytes");
  RETURN_IF_ERROR(MakeDirectory(part + "/log"));
  const auto anchor = engine::CopyLog(
      options.from + "/log", part + "/log",
      [&](uint64_t done, uint64_t of) { copied.At(done, of); }, options.file_system);
  if (!anchor.ok()) return anchor.error();
  if (anchor->sequence < kLedgerRecords) return Error{Code::NOT_FOUND, "", no_ledger};
  auto list = SumAll(options, part);
  if (!list.ok()) return list.error();
  const auto checked = CheckChain(options, part);
  if (!checked.ok()) return checked.error();
  if (*checked != *anchor) return Corrupt("log/HEAD", "reads back otherwise than it was written");
  list->anchor = AnchorOf(*anchor);
  list->files.insert(list->files.begin(),
                     {std::string(kKeyFile), key->size(), Hex(Sha256(AsBytes(*key)))});
  // The key last: what a kill leaves is no ledger without it, and no backup without a file listed.
  RETURN_IF_ERROR(WriteNew(part + std::string(kBackupFile), FormatBackupList(*list)));
  RETURN_IF_ERROR(WriteTokenKey(part, *key));
  return Finish(options, *directory, *anchor, list->bytes());
}

Result<Copied> Restore(const CopyOptions& options) {
  auto list = ReadList(options.from);
  if (!list.ok()) return list.error();
  RETURN_IF_ERROR(CheckOutside(options.to, options.from));
  auto directory = NewDirectory::Begin(options.to);
  if (!directory.ok()) return directory.error();

  // The files that are listed and no others: what came to lie there since is not the backup's.
  Telling copied(options, "copied", "bytes", list->bytes());
  // In byte order HEAD comes before the log it anchors: what a kill leaves contradicts itself.
  for (const BackupList::File& file : list->files) {
    RETURN_IF_ERROR(RestoreFile(options.from, directory->part(), file, copied));
  }
  const auto anchor = CheckChain(options, directory->part());
  if (!anchor.ok()) return anchor.error();
  if (AnchorOf(*anchor) != list->anchor) {
    return Corrupt("BACKUP", fmt::format("its anchor is {}, its log stands at {}", list->anchor,
                                         AnchorOf(*anchor)));
  }
  return Finish(options, *directory, *anchor, list->bytes());
}

}  // namespace longmen::adapters
