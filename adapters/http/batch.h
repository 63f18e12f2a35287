// Batch: the binary door's body cut into messages, and its answers in their compact form.
//
// The body, little-endian, every part a multiple of 8 bytes (docs/http.md has it for clients):
//
//   body      item*                                  at least one
//   item      message                                a proposal by itself
//           | u32 0xffffffff, u32 n, message * n     an atomic group of n >= 1
//   message   u32 segments - 1, u32 words of each segment, zeros up to a multiple of 8, segments:
//             the stream framing of every Cap'n Proto library; a proposal of one segment is one
//             word of table and then the bytes that CheckCanonical takes
//
// Where the frame of one message is broken nobody knows where the next begins, so the whole body is
// refused before any of it is read; what is wrong inside a frame costs only its item.
#pragma once

#include <span>
#include <string>

#include "adapters/node/messages.h"
#include "events/base/result.h"

namespace longmen::adapters::http {

struct BatchItem {
  uint32_t first = 0;  // of its messages
  uint32_t size = 1;
  bool group = false;
};

struct CutBatch {
  MessageBatch messages;
  std::vector<BatchItem> items;
};

// How much one body may hold. A proposal alone costs memory before anybody has judged it.
struct BatchLimits {
  size_t items = 0;
  size_t messages = 0;
};

// The body must be 8-byte aligned and outlive what is cut from it. Errors: malformed [body, or
// item[n] from 0], too_large [body].
Result<CutBatch> CutMessages(Bytes body, BatchLimits limits);

// Answers, one a proposal, little-endian:
//
//    0  u32  count
//    4  u32  zero
//    8  ...  count answers, each a multiple of 8 bytes:
//            0  u64  sequence
//            8  u16  code        of the schema's enum Code
//           10  u8   answer      0 accepted, 1 duplicate, 2 conflict, 3 refused, 4 invalid,
//                                5 unavailable
//           11  u8   fieldSize
//           12  u16  index       of a group's refusal: the member at fault
//           14  u16  exception   a code
//           16  ...  field, then zeros up to a multiple of 8
std::string EncodeAnswers(std::span<const engine::Answer> answers);

}  // namespace longmen::adapters::http
