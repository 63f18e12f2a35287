#include "events/block/block.h"

#include <cstring>

#include "events/block/little_endian.h"

namespace longmen {
namespace {

constexpr uint32_t kMagic = 0x31424d4c;  // "LMB1"

// Header and payload lie apart by the checksum between them; two hashes are folded into one.
Hash128 Checksum(Bytes block) {
  const Hash128 head = Xxh3(block.first(64));
  const Hash128 body = Xxh3(block.subspan(kBlockHeaderBytes));
  uint8_t both[32];
  PutLittle(both, head.low);
  PutLittle(both + 8, head.high);
  PutLittle(both + 16, body.low);
  PutLittle(both + 24, body.high);
  return Xxh3(both);
}

Error Corrupt(std::string field, std::string message) {
  return Error{Code::CORRUPT, std::move(field), std::move(message)};
}

}  // namespace

void BlockBuilder::Add(const RecordHeader& header, Bytes proposal) {
  if (count_ == 0) {
    bytes_.assign(kBlockHeaderBytes, 0);
    first_sequence_ = header.sequence;
  }
  CHECK(header.sequence == first_sequence_ + count_, "block.sequence", header.sequence,
        first_sequence_, count_);
  if (next_in_group_ == 0) group_size_ = header.group_size;
  CHECK(header.group_index == next_in_group_ && header.group_size == group_size_ && group_size_ > 0,
        "block.group", header.sequence, header.group_index, header.group_size);
  next_in_group_ = header.group_index + 1 == group_size_
                       ? uint16_t{0}
                       : static_cast<uint16_t>(header.group_index + 1);
  AppendRecord(header, proposal, bytes_);
  ++count_;
}

BuiltBlock BlockBuilder::Build(uint64_t epoch, const Digest256& previous) {
  CHECK(count_ > 0, "block.empty");
  const BlockHeader header{.first_sequence = first_sequence_,
                           .epoch = epoch,
                           .count = count_,
                           .payload_size = static_cast<uint32_t>(bytes_.size() - kBlockHeaderBytes),
                           .previous = previous};
  return {header, Finish(epoch, previous)};
}

std::vector<uint8_t> BlockBuilder::Finish(uint64_t epoch, const Digest256& previous) {
  CHECK(count_ > 0, "block.empty");
  CHECK(next_in_group_ == 0, "block.group", count_);
  CHECK(bytes_.size() <= kBlockBytesMax, "block.size", bytes_.size());
  uint8_t* to = bytes_.data();
  PutLittle(to, kMagic);
  PutLittle(to + 4, count_);
  PutLittle(to + 8, first_sequence_);
  PutLittle(to + 16, epoch);
  PutLittle(to + 24, static_cast<uint32_t>(bytes_.size() - kBlockHeaderBytes));
  std::memcpy(to + 32, previous.data(), previous.size());
  const Hash128 checksum = Checksum(bytes_);
  PutLittle(to + 64, checksum.low);
  PutLittle(to + 72, checksum.high);
  count_ = 0;
  return std::exchange(bytes_, {});
}

Result<BlockHeader> ReadBlockHeader(Bytes block) {
  if (block.size() < kBlockHeaderBytes) return Corrupt("block", "shorter than a block's header");
  const uint8_t* from = block.data();
  if (GetLittle<uint32_t>(from) != kMagic) return Corrupt("block.magic", "not a block");
  BlockHeader header;
  header.count = GetLittle<uint32_t>(from + 4);
  header.first_sequence = GetLittle<uint64_t>(from + 8);
  header.epoch = GetLittle<uint64_t>(from + 16);
  header.payload_size = GetLittle<uint32_t>(from + 24);
  std::memcpy(header.previous.data(), from + 32, 32);
  return header;
}

Result<BlockView> BlockView::Parse(Bytes bytes) {
  auto said = ReadBlockHeader(bytes);
  if (!said.ok()) return said.error();
  CHECK(reinterpret_cast<uintptr_t>(bytes.data()) % 8 == 0, "block.alignment");
  const uint8_t* from = bytes.data();
  BlockView view;
  view.bytes_ = bytes;
  view.header_ = *said;
  if (bytes.size() != kBlockHeaderBytes + view.header_.payload_size) {
    return Corrupt("block.payloadSize",
                   fmt::format("says {} bytes, has {}", view.header_.payload_size,
                               bytes.size() - kBlockHeaderBytes));
  }
  const Hash128 checksum = Checksum(bytes);
  if (checksum.low != GetLittle<uint64_t>(from + 64) ||
      checksum.high != GetLittle<uint64_t>(from + 72)) {
    return Corrupt("block.checksum", "the bytes are not the ones written");
  }
  // Every record takes its header at least, so a count that cannot fit reserves nothing.
  if (view.header_.count == 0 ||
      view.header_.count > view.header_.payload_size / kRecordHeaderBytes ||
      GetLittle<uint32_t>(from + 28) != 0) {
    return Corrupt("block.count", "impossible record count");
  }
  view.records_.reserve(view.header_.count);
  Bytes rest = bytes.subspan(kBlockHeaderBytes);
  uint16_t expected_index = 0;
  uint16_t group_size = 1;
  for (uint32_t i = 0; i < view.header_.count; ++i) {
    RecordView& record = view.records_.emplace_back();
    if (!ReadRecordInto(rest, record)) return ReadRecord(rest).error();
    const RecordHeader& header = record.header;
    if (header.sequence != view.header_.first_sequence + i) {
      return Corrupt("record.sequence", fmt::format("{} where {} belongs", header.sequence,
                                                    view.header_.first_sequence + i));
    }
    if (expected_index == 0) group_size = header.group_size;
    if (header.group_index != expected_index || header.group_size != group_size ||
        group_size == 0) {
      return Corrupt("record.group", fmt::format("group broken at sequence {}", header.sequence));
    }
    expected_index = static_cast<uint16_t>(expected_index + 1);
    if (expected_index == group_size) expected_index = 0;
    rest = rest.subspan(record.leaf.size());
  }
  if (!rest.empty()) return Corrupt("block.payloadSize", "bytes after the last record");
  if (expected_index != 0) return Corrupt("record.group", "the block ends inside a group");
  return view;
}

std::vector<uint64_t> AlignedCopy(Bytes bytes) {
  std::vector<uint64_t> words((bytes.size() + 7) / 8);
  if (!bytes.empty()) std::memcpy(words.data(), bytes.data(), bytes.size());
  return words;
}

}  // namespace longmen
