// Lines: a file or standard input, one line at a time, in bounded memory.
#pragma once

#include <cstdio>
#include <memory>
#include <string>

#include "events/base/result.h"

namespace longmen::adapters::cli {

// A group of 60,000 canonical bytes takes a good deal more as JSON; nothing sound is near this.
inline constexpr size_t kLineBytesMax = 1u << 20;

struct Line {
  std::string text;
  uint64_t number = 0;    // in the file, from 1
  bool too_long = false;  // it was passed over; `text` is empty
};

class Lines {
 public:
  // "-" is standard input. NOT_FOUND where it cannot be opened.
  static Result<Lines> Open(const std::string& path);

  // The next line that holds something; false at the end. STORAGE_FAILED where reading fails.
  //
  // Of a file that grows, what follows its last line feed is no line yet: it is kept, and the next
  // call goes on where the file then ends. USAGE where the file has become shorter than what was
  // read of it.
  Result<bool> Next(Line& line, bool growing = false);

 private:
  struct Close {
    void operator()(std::FILE* file) const;
  };
  Lines(std::FILE* file, std::string path) : file_(file), path_(std::move(path)) {}

  std::unique_ptr<std::FILE, Close> file_;
  // Reads up to a line feed into `begun_`; whether there was one.
  bool Read();
  Status CheckNotCut() const;

  std::string path_;
  uint64_t number_ = 0;
  uint64_t bytes_ = 0;  // read so far
  Line begun_;          // the line under way
  bool any_ = false;    // something of it was read
};

}  // namespace longmen::adapters::cli
