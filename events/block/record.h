// A stored record: the engine's fixed header, then the proposal's canonical bytes.
//
// Byte grammar, little-endian, every record a multiple of 8 bytes:
//
//    0  u64  sequence         from 1, gap-free
//    8  i64  recordedAt       nanoseconds since 1970 UTC, never less than the record's before
//   16  u64  cycle            sequence of the opening of the cycle this movement is in; 0: none
//   24  u32  size             bytes of the proposal, a multiple of 8
//   28  i32  bookDate         days since 1970-01-01
//   32  u16  rulesVersion     whose rules decided it
//   34  u16  exception        a Code: what a rule would have said to a reported fact; 0: nothing
//   36  u16  groupIndex       place in its atomic group, from 0
//   38  u16  groupSize        records in its group; 1: alone
//   40  ...  proposal
//
// Header and proposal together are the leaf of the Merkle tree. A leaf is at most 65,535 bytes.
#pragma once

#include <cstdint>
#include <vector>

#include "events/base/hash.h"
#include "events/base/result.h"
#include "events/base/time.h"

namespace longmen {

using Sequence = uint64_t;

inline constexpr size_t kRecordHeaderBytes = 40;
inline constexpr size_t kLeafBytesMax = 65'535;
inline constexpr size_t kProposalBytesMax = (kLeafBytesMax - kRecordHeaderBytes) / 8 * 8;

struct RecordHeader {
  Sequence sequence = 0;
  Nanos recorded_at = 0;
  Sequence cycle = 0;
  DayNumber book_date = 0;
  uint16_t rules_version = 0;
  Code exception = Code::NONE;
  uint16_t group_index = 0;
  uint16_t group_size = 1;

  bool operator==(const RecordHeader&) const = default;
};

// A record inside somebody else's bytes; `proposal` is 8-byte aligned where the block is.
struct RecordView {
  RecordHeader header;
  Bytes proposal;
  Bytes leaf;  // header and proposal
};

// Appends one record. The proposal is a multiple of 8 and at most kProposalBytesMax.
void AppendRecord(const RecordHeader& header, Bytes proposal, std::vector<uint8_t>& out);

// Reads the record at the start of `bytes`; an error names what is wrong with it.
Result<RecordView> ReadRecord(Bytes bytes);
// The same for whoever reads many: false where ReadRecord has an error.
bool ReadRecordInto(Bytes bytes, RecordView& view);

}  // namespace longmen
