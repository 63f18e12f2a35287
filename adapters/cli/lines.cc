#include "adapters/cli/lines.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace longmen::adapters::cli {

void Lines::Close::operator()(std::FILE* file) const {
  if (file != stdin) std::fclose(file);
}

Result<Lines> Lines::Open(const std::string& path) {
  if (path == "-") return Lines(stdin, "standard input");
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) return Error{Code::NOT_FOUND, "", path + ": " + std::strerror(errno)};
  return Lines(file, path);
}

bool Lines::Read() {
  int c = 0;
  while ((c = getc_unlocked(file_.get())) != EOF) {
    ++bytes_;
    if (c == '\n') return true;
    any_ = true;
    if (begun_.text.size() < kLineBytesMax) {
      begun_.text.push_back(static_cast<char>(c));
    } else {
      begun_.too_long = true;
    }
  }
  return false;
}

Status Lines::CheckNotCut() const {
  struct stat status {};
  if (::fstat(::fileno(file_.get()), &status) != 0 || !S_ISREG(status.st_mode)) return Ok();
  if (static_cast<uint64_t>(status.st_size) >= bytes_) return Ok();
  return Error{
      Code::USAGE, "",
      path_ + " has become shorter than what was read of it: give every file its own name"};
}

Result<bool> Lines::Next(Line& line, bool growing) {
  while (true) {
    std::clearerr(file_.get());
    const bool ended = Read();
    if (std::ferror(file_.get()) != 0) {
      return Error{Code::STORAGE_FAILED, "", path_ + ": " + std::strerror(errno)};
    }
    if (!ended && growing) RETURN_IF_ERROR(CheckNotCut());
    if (!ended && (growing || !any_)) return false;
    line = std::exchange(begun_, {});
    any_ = false;
    line.number = ++number_;
    if (!line.text.empty() && line.text.back() == '\r') line.text.pop_back();
    if (line.too_long) line.text.clear();
    if (line.too_long || line.text.find_first_not_of(" \t") != std::string::npos) return true;
  }
}

}  // namespace longmen::adapters::cli
