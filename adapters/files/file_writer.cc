#include "adapters/files/file_writer.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <utility>

namespace longmen::adapters {
namespace {

Error ToError(int error, const std::string& path) {
  const Code code = error == ENOSPC || error == EDQUOT ? Code::STORAGE_FULL : Code::STORAGE_FAILED;
  return {code, "", fmt::format("{}: {}", path, std::strerror(error))};
}

std::string PathOf(const std::string& directory, const std::string& name) {
  return directory + "/" + name;
}

std::string PartOf(const std::string& directory, const std::string& name) {
  return PathOf(directory, name) + ".part";
}

int SyncDirectory(const std::string& directory) {
  const int handle = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (handle < 0) return errno;
  const int error = fsync(handle) == 0 ? 0 : errno;
  close(handle);
  return error;
}

}  // namespace

std::string FileNamePart(std::string_view text) {
  std::string part;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || (c == '.' && !part.empty());
    if (plain) {
      part += c;
    } else {
      part += fmt::format("%{:02X}", static_cast<uint8_t>(c));
    }
  }
  return part;
}

Result<FileWriter> FileWriter::Create(const std::string& directory, const std::string& name) {
  std::error_code failure;
  std::filesystem::create_directories(directory, failure);
  if (failure) return ToError(failure.value(), directory);
  const std::string part = PartOf(directory, name);
  const int file = open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) return ToError(errno, part);
  return FileWriter(directory, name, file);
}

FileWriter::FileWriter(std::string directory, std::string name, int file)
    : directory_(std::move(directory)),
      name_(std::move(name)),
      file_(file),
      hash_(std::make_unique<Sha256Stream>()) {}

FileWriter::FileWriter(FileWriter&& other) noexcept
    : directory_(std::move(other.directory_)),
      name_(std::move(other.name_)),
      file_(std::exchange(other.file_, -1)),
      error_(other.error_),
      buffer_(std::move(other.buffer_)),
      hash_(std::move(other.hash_)) {}

FileWriter::~FileWriter() {
  if (file_ < 0) return;
  close(file_);
  unlink(PartOf(directory_, name_).c_str());
}

std::string FileWriter::part() const { return PartOf(directory_, name_); }

void FileWriter::Write(std::string_view text) {
  WriteInPlace([&](std::string& buffer) { buffer += text; });
}

void FileWriter::HashBuffer() {
  if (hash_) hash_->Add(AsBytes(buffer_));
}

void FileWriter::Drain() {
  HashBuffer();
  std::string_view rest = buffer_;
  while (!rest.empty() && error_ == 0) {
    const ssize_t written = write(file_, rest.data(), rest.size());
    if (written >= 0) {
      rest.remove_prefix(static_cast<size_t>(written));
    } else if (errno != EINTR) {
      error_ = errno;
    }
  }
  buffer_.clear();
}

Digest256 FileWriter::Seal() {
  CHECK(hash_ != nullptr, "files.seal", name_);
  HashBuffer();
  const Digest256 digest = hash_->Finish();
  hash_.reset();
  return digest;
}

Result<std::string> FileWriter::FinishAs(const std::string& name) {
  Drain();
  const std::string path = PathOf(directory_, name);
  const std::string part = PartOf(directory_, name_);
  if (error_ == 0 && fsync(file_) != 0) error_ = errno;
  if (error_ != 0) return ToError(error_, part);
  if (rename(part.c_str(), path.c_str()) != 0) return ToError(errno, path);
  close(std::exchange(file_, -1));
  if (const int error = SyncDirectory(directory_); error != 0) return ToError(error, directory_);
  return path;
}

}  // namespace longmen::adapters
