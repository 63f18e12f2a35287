// A block: the unit of durability and of the hash chain.
//
// Byte grammar, little-endian:
//
//    0  u32  magic            "LMB1"
//    4  u32  count            records, at least 1
//    8  u64  firstSequence
//   16  u64  epoch            of the writer that owned the log
//   24  u32  payloadSize      bytes after the header
//   28  u32  zero             reserved
//   32  32B  previous         SHA-256 of the whole block before; zeros in the first
//   64  16B  checksum         XXH3-128 of bytes 0..63 and then of the payload
//   80  ...  records, back to back
//
// A group never straddles a block.
#pragma once

#include <cstdint>
#include <vector>

#include "events/block/record.h"

namespace longmen {

inline constexpr size_t kBlockHeaderBytes = 80;
inline constexpr size_t kBlockBytesMax = 64u << 20;

struct BlockHeader {
  Sequence first_sequence = 0;
  uint64_t epoch = 0;
  uint32_t count = 0;
  uint32_t payload_size = 0;
  Digest256 previous{};

  Sequence last_sequence() const { return first_sequence + count - 1; }
  bool operator==(const BlockHeader&) const = default;
};

// What a block says of itself, by its magic alone: whether it keeps to that, BlockView::Parse
// checks. The bytes may lie anywhere.
Result<BlockHeader> ReadBlockHeader(Bytes block);

// A block as its builder made it: whole by construction, so that whoever is handed one need neither
// parse nor hash it again.
class BuiltBlock {
 public:
  const BlockHeader& header() const { return header_; }
  Bytes bytes() const { return bytes_; }
  const Digest256& sha256() const { return sha256_; }

 private:
  friend class BlockBuilder;
  BuiltBlock(BlockHeader header, std::vector<uint8_t> bytes)
      : header_(header), bytes_(std::move(bytes)), sha256_(Sha256(bytes_)) {}

  BlockHeader header_;
  std::vector<uint8_t> bytes_;
  Digest256 sha256_;
};

// Collects records and closes them into one block.
class BlockBuilder {
 public:
  // Room for records of so many bytes in all.
  void Reserve(size_t bytes) { bytes_.reserve(kBlockHeaderBytes + bytes); }
  // Records follow each other, groups whole.
  void Add(const RecordHeader& header, Bytes proposal);
  bool empty() const { return count_ == 0; }
  uint32_t count() const { return count_; }
  size_t bytes() const { return bytes_.size(); }

  // Writes the header and the checksum and hands the block over; the builder is empty again.
  BuiltBlock Build(uint64_t epoch, const Digest256& previous);
  // The same, of which only the bytes are wanted.
  std::vector<uint8_t> Finish(uint64_t epoch, const Digest256& previous);

 private:
  std::vector<uint8_t> bytes_;
  uint32_t count_ = 0;
  Sequence first_sequence_ = 0;
  uint16_t next_in_group_ = 0;  // 0: the next record begins one
  uint16_t group_size_ = 0;
};

// A checked block. The bytes must outlive it and are 8-byte aligned.
class BlockView {
 public:
  // Checks magic, sizes, checksum, and that the records number `count`, follow each other and
  // keep their groups whole. It does not know the block before: the chain is the caller's.
  static Result<BlockView> Parse(Bytes bytes);

  const BlockHeader& header() const { return header_; }
  const std::vector<RecordView>& records() const { return records_; }
  Bytes bytes() const { return bytes_; }

 private:
  BlockHeader header_;
  std::vector<RecordView> records_;
  Bytes bytes_;
};

// A copy at an address that Cap'n Proto accepts: storage hands out unaligned bytes.
std::vector<uint64_t> AlignedCopy(Bytes bytes);
inline Bytes WordBytes(const std::vector<uint64_t>& words, size_t size) {
  return {reinterpret_cast<const uint8_t*>(words.data()), size};
}

}  // namespace longmen
