// HEAD: a small file outside RocksDB that says how far the log was known to be durable.
//
// Why it exists. RocksDB decides by itself where a damaged write-ahead log ends. A log that lost
// its last blocks opens without a word and looks like a shorter, healthy log: every checksum and
// every link of the chain holds. Only something that does not lie in that file can contradict.
//
// What it says: "up to sequence S, whose block has SHA-256 H, the log was durable". It is written
// after RocksDB has synced the block and before the append is acknowledged. Hence
//
//   log behind HEAD   never happens honestly, whatever crashed and when: acknowledged blocks are
//                     gone, and opening fails with `corrupt`, naming both sequences.
//   log ahead of HEAD normal: a crash between the two writes, or a power cut that took the unsynced
//                     HEAD with it. Fine if the block at S has hash H and every block after it
//                     follows in the chain, which is checked from S to the tail at every opening.
//   HEAD missing      fine only where the log has no block: HEAD is made, synced and named in its
//                     synced directory before the first append.
//
// When it is synced. Syncing it with every block doubles the time of a single request
// (log_append_bench). So a block's HEAD is written without a sync (some microseconds; it is in the
// kernel's cache, where a killed process cannot take it away) and a thread of its own syncs it soon
// after, which costs no measurable time. It is synced inline where a log is opened and closed.
//
// What can therefore vanish unnoticed, exactly:
//   after a killed or crashed process, or an orderly stop: nothing. HEAD is exact.
//   after a power cut or kernel crash: an acknowledged block that is younger than the last synced
//     HEAD (the sync interval, 10 ms, plus one fdatasync), and only if the write-ahead log lost
//     it although it was synced: a drive that lies about flushes, or damage to just those bytes at
//     just that time. An honest disk loses nothing. HeadSync::kEveryBlock closes this window at the
//     price of a second fdatasync before every acknowledgement.
//   a drive that lies about flushes may take log and HEAD together, and somebody who restores an
//     old copy of the whole directory brings an old HEAD: no file beside the log can prove anything
//     against that. The signed checkpoints that leave the machine do.
//
// Why not write HEAD first, as an intent: after a crash "HEAD is one ahead" would be normal, and so
// the loss of exactly one acknowledged block would look normal too.
//
// The WAL recovery mode that goes with it is point-in-time. Absolute consistency refuses the torn
// tail that every crash in the middle of an append leaves. Tolerate-corrupted-tail takes a cut-off
// tail but refuses one whose pages reached the disk out of order (a file longer than what was
// written of it, holes read as zeros), which a power cut in the middle of a large append honestly
// leaves: a person would have to decide at night what HEAD can decide. Point-in-time takes both,
// stops at the first byte that is not as written, and HEAD and the chain say whether that was too
// early. Because opening RocksDB for writing discards what lies behind the stop, the writer opens
// read-only first and checks: a refused log is left byte for byte as it was found.
//
// Byte grammar, little-endian: kHeadSlots slots, kHeadSlotStride bytes apart, each
//
//    0  u32  magic         "LMH1"
//    4  u32  version       1
//    8  u64  counter       grows with every write; the valid slot with the highest one counts
//   16  u64  epoch         of the owner
//   24  u64  lastSequence  0: no block yet
//   32  32B  lastBlock     SHA-256 of the block that ends there; zeros where there is none
//   64  16B  checksum      XXH3-128 of bytes 0..63
//
// Three slots, because a write may hit neither the slot that is known to be on disk nor the one
// that is just being synced: whichever write a power cut tears, a whole slot remains.
//
// What the slots can be, whatever crashed and when (the auditor holds HEAD against it):
//   HEAD is made with a mark in every slot (counters 0, 1, 2), synced, and then named. From there a
//   slot only goes from one mark to a newer one, so a torn write leaves a mixture of two marks,
//   each of which begins with magic and version. A slot that does not begin so was not left by a
//   crash. Two slots at most are torn; the next opening writes both. Counters need not be
//   consecutive (what is not being synced yet is written over, and counts on), but no two slots
//   have the same; the higher counter has neither the lower sequence nor the lower epoch; and each
//   mark's block is in the log, since HEAD was only ever written after it.
// The checksum is against damage, not against people: who edits HEAD with care is found only by an
// anchor that is kept elsewhere (`longmen-audit verify --expect`).
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "events/base/hash.h"
#include "events/base/result.h"
#include "events/block/record.h"

namespace rocksdb {
class FileSystem;
}

namespace longmen::engine {

inline constexpr size_t kHeadSlots = 3;
inline constexpr size_t kHeadSlotBytes = 80;
inline constexpr size_t kHeadSlotStride = 4096;
inline constexpr size_t kHeadFileBytes = kHeadSlots * kHeadSlotStride;

struct HeadMark {
  uint64_t counter = 0;
  uint64_t epoch = 0;
  Sequence last_sequence = 0;
  Digest256 last_block{};

  bool operator==(const HeadMark&) const = default;
};

std::array<uint8_t, kHeadSlotBytes> EncodeHead(const HeadMark& mark);
// Nothing where the bytes are not a whole, undamaged slot.
std::optional<HeadMark> DecodeHead(Bytes slot);

enum class HeadSlotState {
  kWhole,
  kTorn,   // begins as a mark does: a power cut may leave it
  kBlank,  // does not, or is not there: no crash leaves it
};
struct HeadSlot {
  HeadSlotState state = HeadSlotState::kBlank;
  HeadMark mark;  // of a whole one
};
using HeadSlots = std::array<HeadSlot, kHeadSlots>;

// Every slot as it is. Nothing where there is no file.
Result<std::optional<HeadSlots>> ReadHeadSlots(rocksdb::FileSystem& file_system,
                                               const std::string& directory);

struct HeadState {
  HeadMark mark;
  size_t slot = 0;  // where it was found
};

// The newest mark of what was read; `corrupt` where no slot is whole.
Result<std::optional<HeadState>> NewestMark(const std::string& directory,
                                            const std::optional<HeadSlots>& slots);

// The newest mark. Nothing where there is no file; `corrupt` where no slot can be read.
Result<std::optional<HeadState>> ReadHead(rocksdb::FileSystem& file_system,
                                          const std::string& directory);

}  // namespace longmen::engine
