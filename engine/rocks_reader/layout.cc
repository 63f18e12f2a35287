#include "engine/rocks_reader/layout.h"

#include <rocksdb/file_system.h>
#include <rocksdb/status.h>

namespace longmen::engine {

std::string LogPath(const std::string& directory) { return directory + "/log"; }
std::string HeadPath(const std::string& directory) { return directory + "/HEAD"; }
std::string LockPath(const std::string& directory) { return directory + "/LOCK"; }

std::string BlockKey(Sequence first_sequence) {
  std::string key(8, '\0');
  for (size_t i = 0; i < 8; ++i) {
    key[i] = static_cast<char>(static_cast<uint8_t>(first_sequence >> (56 - 8 * i)));
  }
  return key;
}

std::optional<Sequence> SequenceOfKey(std::string_view key) {
  if (key.size() != 8) return std::nullopt;
  Sequence sequence = 0;
  for (const char byte : key) sequence = sequence << 8 | static_cast<uint8_t>(byte);
  return sequence;
}

Error StorageError(const rocksdb::Status& status, std::string field, std::string_view doing) {
  Code code = Code::STORAGE_FAILED;
  if (status.IsCorruption()) code = Code::CORRUPT;
  if (status.IsNoSpace()) code = Code::STORAGE_FULL;
  return Error{code, std::move(field), fmt::format("{}: {}", doing, status.ToString())};
}

std::shared_ptr<rocksdb::FileSystem> FileSystemOr(std::shared_ptr<rocksdb::FileSystem> given) {
  return given ? std::move(given) : rocksdb::FileSystem::Default();
}

}  // namespace longmen::engine
