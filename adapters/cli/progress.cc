#include "adapters/cli/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

namespace longmen::adapters::cli {

Progress::Progress(std::string_view verb, std::string_view noun, uint64_t of)
    : verb_(verb), noun_(noun), of_(of), terminal_(::isatty(STDERR_FILENO) != 0) {}

Progress::~Progress() {
  if (shown_) fmt::print(stderr, "\n");
}

void Progress::Show(uint64_t done) {
  if (!terminal_) return;
  shown_ = true;
  if (of_ == 0) {
    fmt::print(stderr, "\r{} {} {}", verb_, done, noun_);
  } else {
    fmt::print(stderr, "\r{} {} of {} {}", verb_, done, of_, noun_);
  }
}

}  // namespace longmen::adapters::cli
