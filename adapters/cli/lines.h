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
  Result<bool> Next(Line& line);

 private:
  struct Close {
    void operator()(std::FILE* file) const;
  };
  Lines(std::FILE* file, std::string path) : file_(file), path_(std::move(path)) {}

  std::unique_ptr<std::FILE, Close> file_;
  std::string path_;
  uint64_t number_ = 0;
};

}  // namespace longmen::adapters::cli
