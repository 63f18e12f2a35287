#include "engine/snapshot/snapshot.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "events/block/little_endian.h"

namespace longmen::engine {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kMagic = 0x313050414e534d4c;  // "LMSNAP01"
constexpr size_t kHeaderBytes = 72;
constexpr size_t kKept = 2;
constexpr std::string_view kPrefix = "snapshot-";
constexpr std::string_view kSuffix = ".lms";

std::string PathOf(const std::string& directory, Sequence sequence) {
  return fmt::format("{}/{}{:020}{}", directory, kPrefix, sequence, kSuffix);
}

Hash128 ChecksumOf(const uint8_t* header, Bytes state) {
  std::vector<uint8_t> both(header, header + 56);
  const Hash128 body = Xxh3(state);
  both.resize(56 + 16);
  PutLittle(both.data() + 56, body.low);
  PutLittle(both.data() + 64, body.high);
  return Xxh3(both);
}

Error Failed(const std::string& path) {
  return Error{Code::STORAGE_FAILED, "snapshot", path + ": " + std::strerror(errno)};
}

Status WriteSynced(const std::string& path, Bytes header, Bytes state) {
  const int file = ::open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0644);
  if (file < 0) return Failed(path);
  bool good = true;
  for (Bytes part : {header, state}) {
    while (good && !part.empty()) {
      const ssize_t written = ::write(file, part.data(), part.size());
      good = written > 0;
      if (good) part = part.subspan(static_cast<size_t>(written));
    }
  }
  good = good && ::fsync(file) == 0;
  const Error failure = Failed(path);
  ::close(file);
  if (!good) return failure;
  return Ok();
}

}  // namespace

Status WriteSnapshot(const std::string& directory, const SnapshotHead& head, Bytes state) {
  std::error_code ignored;
  fs::create_directories(directory, ignored);
  uint8_t header[kHeaderBytes] = {};
  PutLittle(header, kMagic);
  PutLittle(header + 8, head.sequence);
  std::memcpy(header + 16, head.block.data(), head.block.size());
  PutLittle(header + 48, static_cast<uint64_t>(state.size()));
  const Hash128 checksum = ChecksumOf(header, state);
  PutLittle(header + 56, checksum.low);
  PutLittle(header + 64, checksum.high);
  const std::string path = PathOf(directory, head.sequence);
  // One name for all: what a crash left half written is written over, not kept for ever.
  const std::string beside = directory + "/snapshot.tmp";
  RETURN_IF_ERROR(WriteSynced(beside, header, state));
  if (::rename(beside.c_str(), path.c_str()) != 0) return Failed(path);
  const auto all = ListSnapshots(directory);
  for (size_t i = kKept; i < all.size(); ++i) fs::remove(PathOf(directory, all[i]), ignored);
  return Ok();
}

std::vector<Sequence> ListSnapshots(const std::string& directory) {
  std::vector<Sequence> sequences;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(directory, ignored)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(kPrefix) || !name.ends_with(kSuffix)) continue;
    const std::string digits =
        name.substr(kPrefix.size(), name.size() - kPrefix.size() - kSuffix.size());
    if (digits.empty() || digits.find_first_not_of("0123456789") != std::string::npos) continue;
    sequences.push_back(std::strtoull(digits.c_str(), nullptr, 10));
  }
  std::sort(sequences.rbegin(), sequences.rend());
  return sequences;
}

Result<LoadedSnapshot> LoadSnapshot(const std::string& directory, Sequence sequence) {
  const auto corrupt = [](std::string why) {
    return Error{Code::CORRUPT, "snapshot", std::move(why)};
  };
  std::ifstream file(PathOf(directory, sequence), std::ios::binary);
  std::vector<char> content((std::istreambuf_iterator<char>(file)), {});
  const Bytes bytes = AsBytes({content.data(), content.size()});
  if (bytes.size() < kHeaderBytes || GetLittle<uint64_t>(bytes.data()) != kMagic) {
    return corrupt("not a snapshot");
  }
  const Bytes state = bytes.subspan(kHeaderBytes);
  const Hash128 checksum = ChecksumOf(bytes.data(), state);
  if (GetLittle<uint64_t>(bytes.data() + 48) != state.size() ||
      GetLittle<uint64_t>(bytes.data() + 56) != checksum.low ||
      GetLittle<uint64_t>(bytes.data() + 64) != checksum.high) {
    return corrupt("the bytes are not the ones written");
  }
  LoadedSnapshot loaded;
  loaded.head.sequence = GetLittle<uint64_t>(bytes.data() + 8);
  std::memcpy(loaded.head.block.data(), bytes.data() + 16, 32);
  auto ledger = Ledger::Load(state);
  if (!ledger.ok()) return ledger.error();
  loaded.ledger = std::move(ledger).value();
  if (loaded.head.sequence != sequence || loaded.ledger.last_sequence() != sequence) {
    return corrupt("of another sequence than its name says");
  }
  return loaded;
}

}  // namespace longmen::engine
