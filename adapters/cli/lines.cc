#include "adapters/cli/lines.h"

#include <cerrno>
#include <cstring>

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

Result<bool> Lines::Next(Line& line) {
  while (true) {
    line.text.clear();
    line.too_long = false;
    bool any = false;
    int c = 0;
    while ((c = getc_unlocked(file_.get())) != EOF && c != '\n') {
      any = true;
      if (line.text.size() < kLineBytesMax) {
        line.text.push_back(static_cast<char>(c));
      } else {
        line.too_long = true;
      }
    }
    if (std::ferror(file_.get()) != 0) {
      return Error{Code::STORAGE_FAILED, "", path_ + ": " + std::strerror(errno)};
    }
    if (c == EOF && !any) return false;
    line.number = ++number_;
    if (!line.text.empty() && line.text.back() == '\r') line.text.pop_back();
    if (line.too_long) line.text.clear();
    if (line.too_long || line.text.find_first_not_of(" \t") != std::string::npos) return true;
  }
}

}  // namespace longmen::adapters::cli
