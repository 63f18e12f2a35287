// FileWriter: a file that appears under its name when it is whole, or not at all.
//
// It is written beside its name, synced and renamed; a crash leaves at most a ".part" file that
// the next writing of the same name replaces.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "events/base/hash.h"
#include "events/base/result.h"

namespace longmen::adapters {

// A name or key as part of a file name: what is not a letter, digit, '-' or '_' (or a '.' past
// the start) becomes %XX, so that different names give different files and none leaves its folder.
std::string FileNamePart(std::string_view text);

class FileWriter {
 public:
  // Creates the directory where it is missing. STORAGE_FULL or STORAGE_FAILED where it cannot.
  static Result<FileWriter> Create(const std::string& directory, const std::string& name);
  FileWriter(FileWriter&& other) noexcept;
  FileWriter(const FileWriter&) = delete;
  FileWriter& operator=(const FileWriter&) = delete;
  ~FileWriter();  // removes what was not finished

  void Write(std::string_view text);
  // `append` adds to the end of the text it is given, which spares what is made piece by piece a
  // copy.
  template <typename Append>
  void WriteInPlace(Append append) {
    append(buffer_);
    if (buffer_.size() >= kBufferBytes) Drain();
  }
  // Where it is written until then, for a library that writes by itself (and nothing is written
  // here).
  std::string part() const;
  // SHA-256 of all that was written; what is written afterwards (a trailer) is not hashed.
  Digest256 Seal();
  // Syncs and renames, and gives the path. STORAGE_FULL or STORAGE_FAILED where any step failed.
  Result<std::string> Finish() { return FinishAs(name_); }
  // Under another name than it was begun for, of the same directory.
  Result<std::string> FinishAs(const std::string& name);

 private:
  static constexpr size_t kBufferBytes = 1u << 16;

  FileWriter(std::string directory, std::string name, int file);
  void Drain();
  void HashBuffer();

  std::string directory_;
  std::string name_;
  int file_ = -1;
  int error_ = 0;  // errno of the first failure
  std::string buffer_;
  std::unique_ptr<Sha256Stream> hash_;  // of all before the buffer
};

}  // namespace longmen::adapters
