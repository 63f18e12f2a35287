#include "adapters/cli/whole_file.h"

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <memory>

namespace longmen::adapters::cli {
namespace {

constexpr size_t kMappingBytesMax = 64u << 20;
constexpr size_t kPieceBytes = 1u << 16;

struct Close {
  void operator()(std::FILE* file) const {
    if (file != stdin) std::fclose(file);
  }
};

}  // namespace

Result<std::string> ReadWholeFile(const std::string& path, size_t bytes_max) {
  const std::unique_ptr<std::FILE, Close> file(path == "-" ? stdin
                                                           : std::fopen(path.c_str(), "rb"));
  if (file == nullptr) return Error{Code::NOT_FOUND, "file", path};
  std::string bytes;
  for (size_t got = 1; got > 0;) {
    const size_t before = bytes.size();
    bytes.resize(before + kPieceBytes);
    got = std::fread(bytes.data() + before, 1, kPieceBytes, file.get());
    bytes.resize(before + got);
    if (bytes.size() > bytes_max) {
      return Error{Code::TOO_LARGE, "file", fmt::format("{}: at most {} bytes", path, bytes_max)};
    }
  }
  if (std::ferror(file.get()) != 0) return Error{Code::STORAGE_FAILED, "file", path};
  return bytes;
}

Status WriteWholeFile(const std::string& path, const std::string& bytes) {
  if (path == "-") {
    std::fwrite(bytes.data(), 1, bytes.size(), stdout);  // what became of it is asked at the end
    return Ok();
  }
  auto file = CreateWholeFile(path);
  if (!file.ok()) return file.error();
  file->Write(bytes);
  const auto written = file->Finish();
  if (!written.ok()) return written.error();
  return Ok();
}

Result<FileWriter> CreateWholeFile(const std::string& path) {
  const std::filesystem::path whole(path);
  return FileWriter::Create(whole.has_parent_path() ? whole.parent_path().string() : ".",
                            whole.filename().string());
}

Status CheckNew(const std::string& path) {
  if (!std::filesystem::exists(path)) return Ok();
  return Error{Code::STORAGE_FAILED, path, "is there already"};
}

Result<iso20022::Mapping> ReadMapping(const std::string& path) {
  if (path.empty()) return iso20022::Mapping();
  const auto bytes = ReadWholeFile(path, kMappingBytesMax);
  if (!bytes.ok()) return bytes.error();
  auto mapping = iso20022::Mapping::Parse(*bytes);
  if (mapping.ok()) return mapping;
  return Error{Code::USAGE, "mapping", fmt::format("{}: {}", path, Describe(mapping.error()))};
}

}  // namespace longmen::adapters::cli
