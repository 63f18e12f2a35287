// Layout: where a struct of the schema keeps its bits and what each of its pointers may point to,
// as flat tables. The schema's own description answers the same questions, but an order of
// magnitude slower, and these are asked for every proposal.
//
// Threading: built once, read by everybody.
#pragma once

#include <capnp/schema.h>

#include <cstdint>
#include <cstring>
#include <vector>

namespace longmen::codec {

struct StructLayout;

enum class PointerKind : uint8_t {
  kAbsent,  // nothing belongs here
  kAny,     // unknown to this schema: only its form can be judged
  kText,
  kData,
  kStruct,
  kPlainList,    // of numbers or enumerants
  kPointerList,  // of texts or data
  kStructList,
};

// The size codes of Cap'n Proto's list pointers.
enum ElementCode : uint8_t {
  kVoidElement = 0,
  kBitElement = 1,
  kByteElement = 2,
  kPairElement = 3,
  kQuadElement = 4,
  kWordElement = 5,
  kPointerElement = 6,
  kCompositeElement = 7,
};

struct PointerType {
  PointerKind kind = PointerKind::kAny;
  bool outside_comparison = false;
  uint8_t element_code = 0;                 // of a plain list
  PointerKind element = PointerKind::kAny;  // of a pointer list
  const StructLayout* nested = nullptr;     // of a struct or struct list; null: unknown
};

inline constexpr PointerType kAnyPointer{};

// One pointer of a struct. Members of a union may share it; the union's tag tells whose it is.
struct PointerSlot {
  bool in_union = false;
  uint32_t tag_offset = 0;          // in units of 16 bits
  std::vector<PointerType> by_tag;  // not in a union: one
};

struct StructLayout {
  uint16_t data_words = 0;
  std::vector<PointerSlot> pointers;
  std::vector<uint64_t> data_mask;  // bits that some field owns, a word each of data_words
  // Is a field here or below outside the comparison? True while it is not known yet, as for a
  // struct that contains itself.
  bool reaches_outside = true;

  // The type of pointer `index` in a struct whose (perhaps shortened) data section is given.
  const PointerType& TypeOf(size_t index, const uint8_t* data, size_t data_bytes) const {
    if (index >= pointers.size()) return kAnyPointer;
    const PointerSlot& slot = pointers[index];
    if (!slot.in_union) return slot.by_tag[0];
    uint16_t tag = 0;
    if (size_t{slot.tag_offset} * 2 + 2 <= data_bytes) {
      std::memcpy(&tag, data + size_t{slot.tag_offset} * 2, 2);
    }
    return tag < slot.by_tag.size() ? slot.by_tag[tag] : kAnyPointer;
  }
};

// The layout of a struct and of everything below it.
const StructLayout& LayoutOf(capnp::StructSchema schema);
const StructLayout& ProposalLayout();

}  // namespace longmen::codec
