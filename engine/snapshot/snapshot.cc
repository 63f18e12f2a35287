#include "engine/snapshot/snapshot.h"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "events/block/little_endian.h"

namespace longmen::engine {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kMagic = 0x313050414e534d4c;  // "LMSNAP01"
constexpr std::string_view kPrefix = "snapshot-";
constexpr std::string_view kSuffix = ".lms";

Hash128 ChecksumOf(const uint8_t* header, Bytes state) {
  std::vector<uint8_t> both(header, header + 56);
  const Hash128 body = Xxh3(state);
  both.resize(56 + 16);
  PutLittle(both.data() + 56, body.low);
  PutLittle(both.data() + 64, body.high);
  return Xxh3(both);
}

}  // namespace

std::string SnapshotPath(const std::string& directory, Sequence sequence) {
  return fmt::format("{}/{}{:020}{}", directory, kPrefix, sequence, kSuffix);
}

std::array<uint8_t, kSnapshotHeadBytes> EncodeSnapshotHead(const SnapshotHead& head, Bytes state) {
  std::array<uint8_t, kSnapshotHeadBytes> header{};
  PutLittle(header.data(), kMagic);
  PutLittle(header.data() + 8, head.sequence);
  std::memcpy(header.data() + 16, head.block.data(), head.block.size());
  PutLittle(header.data() + 48, static_cast<uint64_t>(state.size()));
  const Hash128 checksum = ChecksumOf(header.data(), state);
  PutLittle(header.data() + 56, checksum.low);
  PutLittle(header.data() + 64, checksum.high);
  return header;
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

Result<StoredSnapshot> ReadSnapshot(const std::string& directory, Sequence sequence) {
  const auto corrupt = [](std::string why) {
    return Error{Code::CORRUPT, "snapshot", std::move(why)};
  };
  const std::string path = SnapshotPath(directory, sequence);
  std::ifstream file(path, std::ios::binary);
  std::error_code ignored;
  if (!file && !fs::exists(path, ignored)) {
    return Error{Code::NOT_FOUND, "snapshot", path + " is not there"};
  }
  StoredSnapshot stored;
  stored.file.assign((std::istreambuf_iterator<char>(file)), {});
  const Bytes bytes = AsBytes({stored.file.data(), stored.file.size()});
  if (bytes.size() < kSnapshotHeadBytes || GetLittle<uint64_t>(bytes.data()) != kMagic) {
    return corrupt("not a snapshot");
  }
  const Hash128 checksum = ChecksumOf(bytes.data(), stored.state());
  if (GetLittle<uint64_t>(bytes.data() + 48) != stored.state().size() ||
      GetLittle<uint64_t>(bytes.data() + 56) != checksum.low ||
      GetLittle<uint64_t>(bytes.data() + 64) != checksum.high) {
    return corrupt("the bytes are not the ones written");
  }
  stored.head.sequence = GetLittle<uint64_t>(bytes.data() + 8);
  std::memcpy(stored.head.block.data(), bytes.data() + 16, stored.head.block.size());
  if (stored.head.sequence != sequence) return corrupt("of another sequence than its name says");
  return stored;
}

Result<LoadedSnapshot> LoadSnapshot(const std::string& directory, Sequence sequence) {
  auto stored = ReadSnapshot(directory, sequence);
  if (!stored.ok()) return stored.error();
  auto ledger = Ledger::Load(stored->state());
  if (!ledger.ok()) return ledger.error();
  if (ledger->last_sequence() != sequence) {
    return Error{Code::CORRUPT, "snapshot", "of another sequence than its name says"};
  }
  return LoadedSnapshot{stored->head, std::move(ledger).value()};
}

}  // namespace longmen::engine
