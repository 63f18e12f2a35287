// Progress: one line on standard error that overwrites itself, where that is a terminal.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace longmen::adapters::cli {

class Progress {
 public:
  // "ingested 12000 lines" or "derived 12000 of 40000 records".
  Progress(std::string_view verb, std::string_view noun, uint64_t of = 0);
  ~Progress();  // ends the line
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void Show(uint64_t done);

 private:
  const std::string verb_;
  const std::string noun_;
  const uint64_t of_;
  const bool terminal_;
  bool shown_ = false;
};

}  // namespace longmen::adapters::cli
