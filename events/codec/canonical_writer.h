// CanonicalWriter: a struct's canonical words, in one pass and without allocation.
//
// The form is Cap'n Proto's canonical form with one rule more: an empty text, data or list is a
// null pointer. So a content has exactly one byte string, and JSON, where an empty value is left
// out, leads back to the same bytes.
//
// Invariants: what it wrote passes CheckCanonical, but for bits that the schema does not know.
// Threading: one thread. It reads through Cap'n Proto, hence may throw kj::Exception.
#pragma once

#include <capnp/any.h>

#include <cstdint>
#include <span>

#include "events/codec/layout.h"

namespace longmen::codec {

// The deepest nesting that any door lets in. The schema needs six.
inline constexpr int kDepthMax = 16;

class CanonicalWriter {
 public:
  // Writes into `buffer`; with `compared_only`, fields marked $outsideComparison are left out.
  CanonicalWriter(std::span<uint64_t> buffer, bool compared_only)
      : buffer_(buffer), compared_only_(compared_only) {}

  // False where the buffer is too small or the nesting too deep.
  bool WriteRoot(capnp::AnyStruct::Reader root, const StructLayout& layout);
  std::span<const uint64_t> words() const { return buffer_.first(used_); }

 private:
  bool IsAbsent(capnp::AnyPointer::Reader pointer, const PointerType& type) const;
  // Each writes the pointer word at `at` and the content behind what is there already.
  void WritePointer(size_t at, capnp::AnyPointer::Reader from, const PointerType& type, int depth);
  void WriteStruct(size_t at, capnp::AnyStruct::Reader from, const StructLayout* layout, int depth);
  void WriteBytes(size_t at, capnp::AnyPointer::Reader from);
  void WriteAnyList(size_t at, capnp::AnyList::Reader from, int depth);
  void WritePointerList(size_t at, capnp::List<capnp::AnyPointer>::Reader from, PointerKind element,
                        int depth);
  void WriteStructList(size_t at, capnp::List<capnp::AnyStruct>::Reader from,
                       const StructLayout* layout, int depth);
  void WritePlainList(size_t at, uint64_t element_code, uint64_t count, const uint8_t* bytes,
                      size_t size);
  // The trimmed sizes of a struct's two sections.
  struct Size {
    size_t data = 0;
    size_t pointers = 0;
  };
  Size SizeOf(capnp::AnyStruct::Reader from, const StructLayout* layout) const;
  void WriteSections(size_t at, Size size, capnp::AnyStruct::Reader from);
  void WritePointers(size_t at, Size size, capnp::AnyStruct::Reader from,
                     const StructLayout* layout, int depth);

  // Zeroed words, or nothing once the buffer is full.
  bool Take(size_t words, size_t& at);
  void PutPointer(size_t at, size_t target, uint64_t kind, uint64_t upper);

  std::span<uint64_t> buffer_;
  size_t used_ = 0;
  bool compared_only_;
  bool failed_ = false;
};

}  // namespace longmen::codec
