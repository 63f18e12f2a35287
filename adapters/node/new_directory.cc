#include "adapters/node/new_directory.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <utility>

namespace longmen::adapters {
namespace {

namespace fs = std::filesystem;

std::string ParentOf(const std::string& name) {
  const std::string parent = fs::path(name).parent_path().string();
  return parent.empty() ? "." : parent;
}

// Without the slashes at the end: "a/" would put the part inside.
std::string Trimmed(std::string name) {
  while (name.size() > 1 && name.ends_with('/')) name.pop_back();
  return name;
}

// What a killed run leaves has these names; anything else is somebody's.
Status CheckIsOurs(const std::string& part) {
  constexpr std::array<std::string_view, 3> kOurs = {"BACKUP", "keys", "log"};
  std::error_code failure;
  for (fs::directory_iterator it(part, failure), end; !failure && it != end;
       it.increment(failure)) {
    const std::string name = it->path().filename().string();
    if (std::ranges::find(kOurs, name) == kOurs.end()) {
      return Error{Code::USAGE, "",
                   fmt::format("{} has {}, which no backup leaves: give another name", part, name)};
    }
  }
  return failure ? Status(FileError(failure.value(), part)) : Ok();
}

// The key first, which is written last: whenever this is cut short, what has one is whole.
Status RemoveWhatIsIn(const std::string& directory) {
  std::error_code failure;
  fs::remove_all(directory + "/keys", failure);
  if (failure) return FileError(failure.value(), directory + "/keys");
  for (fs::directory_iterator it(directory, failure), end; !failure && it != end;
       it.increment(failure)) {
    std::error_code removing;
    fs::remove_all(it->path(), removing);
    if (removing) return FileError(removing.value(), it->path().string());
  }
  if (failure) return FileError(failure.value(), directory);
  return Ok();
}

Status SyncDirectory(const std::string& directory) {
  const int handle = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (handle < 0) return FileError(errno, directory);
  const int error = ::fsync(handle) == 0 ? 0 : errno;
  ::close(handle);
  if (error != 0) return FileError(error, directory);
  return Ok();
}

// The names in it and in every directory below it.
Status SyncDirectories(const std::string& directory) {
  std::error_code failure;
  for (fs::recursive_directory_iterator it(directory, failure), end; !failure && it != end;
       it.increment(failure)) {
    if (it->is_directory(failure)) RETURN_IF_ERROR(SyncDirectory(it->path().string()));
  }
  if (failure) return FileError(failure.value(), directory);
  return SyncDirectory(directory);
}

}  // namespace

Error FileError(int error, const std::string& path) {
  const Code code = error == ENOSPC || error == EDQUOT ? Code::STORAGE_FULL : Code::STORAGE_FAILED;
  return {code, "", fmt::format("{}: {}", path, std::strerror(error))};
}

Status CheckOutside(const std::string& path, const std::string& directory) {
  std::error_code failure;
  const fs::path inner = fs::weakly_canonical(path, failure);
  const fs::path outer = fs::weakly_canonical(directory, failure);
  const auto [rest, at] = std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end());
  if (failure || rest != outer.end()) return Ok();
  return Error{Code::USAGE, "", fmt::format("{} lies in {}", path, directory)};
}

NewDirectory::NewDirectory(std::string name, std::string part, int handle)
    : name_(std::move(name)), part_(std::move(part)), handle_(handle) {}

NewDirectory::NewDirectory(NewDirectory&& other) noexcept
    : name_(std::move(other.name_)),
      part_(std::move(other.part_)),
      handle_(std::exchange(other.handle_, -1)) {}

NewDirectory::~NewDirectory() {
  if (handle_ < 0) return;
  std::error_code ignored;  // else the next run to this name does
  fs::remove_all(part_, ignored);
  ::close(handle_);
}

Result<NewDirectory> NewDirectory::Begin(const std::string& given) {
  const std::string name = Trimmed(given);
  std::error_code failure;
  const bool exists = fs::exists(fs::symlink_status(name, failure));
  if (exists && !(fs::is_directory(name, failure) && fs::is_empty(name, failure))) {
    return Error{Code::USAGE, "", name + " exists already: nothing is written over"};
  }
  if (!fs::is_directory(ParentOf(name), failure)) {
    return Error{Code::NOT_FOUND, "", ParentOf(name) + " is no directory: make it first"};
  }
  const std::string part = name + ".part";
  if (::mkdir(part.c_str(), 0777) != 0 && errno != EEXIST) return FileError(errno, part);
  const int handle = ::open(part.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (handle < 0) return FileError(errno, part);
  if (::flock(handle, LOCK_EX | LOCK_NB) != 0) {
    const int error = errno;
    ::close(handle);
    if (error != EWOULDBLOCK) return FileError(error, part);
    return Error{Code::LOCKED, "", part + " is being made by another process"};
  }
  if (Status ours = CheckIsOurs(part); !ours.ok()) {
    ::close(handle);
    return ours.error();
  }
  NewDirectory made(name, part, handle);
  RETURN_IF_ERROR(RemoveWhatIsIn(part));
  return made;
}

Status NewDirectory::Finish() {
  RETURN_IF_ERROR(SyncDirectories(part_));
  // Over an empty directory or over nothing: rename refuses everything else, also what came since.
  if (::rename(part_.c_str(), name_.c_str()) != 0) {
    if (errno == EEXIST || errno == ENOTEMPTY || errno == ENOTDIR) {
      return Error{Code::USAGE, "", name_ + " exists by now: nothing is written over"};
    }
    return FileError(errno, name_);
  }
  ::close(std::exchange(handle_, -1));
  return SyncDirectory(ParentOf(name_));
}

}  // namespace longmen::adapters
