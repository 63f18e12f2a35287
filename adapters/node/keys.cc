#include "adapters/node/keys.h"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>

namespace longmen::adapters {
namespace {

std::string KeyPath(const std::string& directory) { return directory + "/keys/token.key"; }

}  // namespace

std::string NewToken() {
  uint8_t random[32];
  CHECK(::getrandom(random, sizeof random, 0) == sizeof random, "keys.random");
  return Hex(random);
}

Digest256 TokenHash(std::string_view token) { return Sha256(AsBytes(token)); }

Status WriteTokenKey(const std::string& directory, std::string_view key) {
  std::error_code ignored;
  std::filesystem::create_directories(directory + "/keys", ignored);
  const std::string path = KeyPath(directory);
  const int file = ::open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
  if (file < 0) return Error{Code::STORAGE_FAILED, "keys", path + ": " + std::strerror(errno)};
  const bool good = ::write(file, key.data(), key.size()) == static_cast<ssize_t>(key.size()) &&
                    ::fsync(file) == 0;
  ::close(file);
  if (!good) return Error{Code::STORAGE_FAILED, "keys", path + ": cannot be written"};
  return Ok();
}

Result<std::string> ReadTokenKey(const std::string& directory) {
  std::ifstream file(KeyPath(directory), std::ios::binary);
  std::string key((std::istreambuf_iterator<char>(file)), {});
  if (key.size() != 64) {
    return Error{Code::NOT_FOUND, "keys", KeyPath(directory) + ": missing or not a key"};
  }
  return key;
}

}  // namespace longmen::adapters
