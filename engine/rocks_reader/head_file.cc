#include "engine/rocks_reader/head_file.h"

#include <rocksdb/file_system.h>

#include <cstring>

#include "engine/rocks_reader/layout.h"
#include "events/block/little_endian.h"

namespace longmen::engine {
namespace {

constexpr uint32_t kMagic = 0x31484d4c;  // "LMH1"
constexpr uint32_t kVersion = 1;
constexpr size_t kChecksumAt = 64;

bool BeginsAsAMark(Bytes slot) {
  return slot.size() >= kHeadSlotBytes && GetLittle<uint32_t>(slot.data()) == kMagic &&
         GetLittle<uint32_t>(slot.data() + 4) == kVersion;
}

HeadSlot SlotOf(Bytes bytes) {
  if (const auto mark = DecodeHead(bytes)) return {HeadSlotState::kWhole, *mark};
  return {BeginsAsAMark(bytes) ? HeadSlotState::kTorn : HeadSlotState::kBlank, {}};
}

}  // namespace

std::array<uint8_t, kHeadSlotBytes> EncodeHead(const HeadMark& mark) {
  std::array<uint8_t, kHeadSlotBytes> slot{};
  PutLittle(slot.data(), kMagic);
  PutLittle(slot.data() + 4, kVersion);
  PutLittle(slot.data() + 8, mark.counter);
  PutLittle(slot.data() + 16, mark.epoch);
  PutLittle(slot.data() + 24, mark.last_sequence);
  std::memcpy(slot.data() + 32, mark.last_block.data(), mark.last_block.size());
  const Hash128 checksum = Xxh3(Bytes(slot).first(kChecksumAt));
  PutLittle(slot.data() + kChecksumAt, checksum.low);
  PutLittle(slot.data() + kChecksumAt + 8, checksum.high);
  return slot;
}

std::optional<HeadMark> DecodeHead(Bytes slot) {
  if (!BeginsAsAMark(slot)) return std::nullopt;
  const uint8_t* from = slot.data();
  const Hash128 checksum = Xxh3(slot.first(kChecksumAt));
  if (checksum.low != GetLittle<uint64_t>(from + kChecksumAt) ||
      checksum.high != GetLittle<uint64_t>(from + kChecksumAt + 8)) {
    return std::nullopt;
  }
  HeadMark mark;
  mark.counter = GetLittle<uint64_t>(from + 8);
  mark.epoch = GetLittle<uint64_t>(from + 16);
  mark.last_sequence = GetLittle<uint64_t>(from + 24);
  std::memcpy(mark.last_block.data(), from + 32, mark.last_block.size());
  return mark;
}

Result<std::optional<HeadSlots>> ReadHeadSlots(rocksdb::FileSystem& file_system,
                                               const std::string& directory) {
  const std::string path = HeadPath(directory);
  const rocksdb::IOOptions io;
  const auto exists = file_system.FileExists(path, io, nullptr);
  if (exists.IsNotFound()) return std::optional<HeadSlots>();
  if (!exists.ok()) return StorageError(exists, path, "looking for HEAD");

  std::unique_ptr<rocksdb::FSSequentialFile> file;
  auto status = file_system.NewSequentialFile(path, rocksdb::FileOptions(), &file, nullptr);
  if (!status.ok()) return StorageError(status, path, "opening HEAD");
  std::string buffer(kHeadFileBytes, '\0');
  rocksdb::Slice read;
  status = file->Read(kHeadFileBytes, io, &read, buffer.data(), nullptr);
  if (!status.ok()) return StorageError(status, path, "reading HEAD");

  const Bytes bytes = AsBytes({read.data(), read.size()});
  HeadSlots slots;
  for (size_t slot = 0; slot < kHeadSlots && bytes.size() > slot * kHeadSlotStride; ++slot) {
    slots[slot] = SlotOf(bytes.subspan(slot * kHeadSlotStride));
  }
  return std::optional(slots);
}

Result<std::optional<HeadState>> NewestMark(const std::string& directory,
                                            const std::optional<HeadSlots>& slots) {
  if (!slots) return std::optional<HeadState>();
  std::optional<HeadState> newest;
  for (size_t slot = 0; slot < kHeadSlots; ++slot) {
    if ((*slots)[slot].state != HeadSlotState::kWhole) continue;
    const HeadMark& mark = (*slots)[slot].mark;
    if (!newest || mark.counter > newest->mark.counter) newest = HeadState{mark, slot};
  }
  if (!newest) {
    return Error{Code::CORRUPT, HeadPath(directory),
                 "no slot of HEAD can be read: the log's end is unknown"};
  }
  return newest;
}

Result<std::optional<HeadState>> ReadHead(rocksdb::FileSystem& file_system,
                                          const std::string& directory) {
  const auto slots = ReadHeadSlots(file_system, directory);
  if (!slots.ok()) return slots.error();
  return NewestMark(directory, *slots);
}

}  // namespace longmen::engine
