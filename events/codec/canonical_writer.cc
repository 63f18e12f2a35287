#include "events/codec/canonical_writer.h"

#include <algorithm>
#include <cstring>

namespace longmen::codec {
namespace {

constexpr uint64_t kStructPointer = 0;
constexpr uint64_t kListPointer = 1;
// A struct without content: it points at itself, so that it is not null.
constexpr uint64_t kEmptyStruct = 0xfffffffc;

uint64_t Shape(size_t data, size_t pointers) { return data | uint64_t{pointers} << 16; }

}  // namespace

bool CanonicalWriter::WriteRoot(capnp::AnyStruct::Reader root, const StructLayout& layout) {
  size_t at = 0;
  if (!Take(1, at)) return false;
  WriteStruct(at, root, &layout, 0);
  return !failed_;
}

bool CanonicalWriter::IsAbsent(capnp::AnyPointer::Reader pointer, const PointerType& type) const {
  if (pointer.isNull() || (compared_only_ && type.outside_comparison)) return true;
  switch (type.kind) {
    case PointerKind::kText:
      return pointer.getAs<capnp::Data>().size() <= 1;  // the final NUL is part of a text
    case PointerKind::kData:
      return pointer.getAs<capnp::Data>().size() == 0;
    case PointerKind::kStruct:
      return false;
    default:
      return pointer.isList() && pointer.getAs<capnp::AnyList>().size() == 0;
  }
}

void CanonicalWriter::WritePointer(size_t at, capnp::AnyPointer::Reader from,
                                   const PointerType& type, int depth) {
  if (failed_ || IsAbsent(from, type)) return;
  if (depth > kDepthMax) {
    failed_ = true;
    return;
  }
  switch (type.kind) {
    case PointerKind::kText:
    case PointerKind::kData:
      WriteBytes(at, from);
      break;
    case PointerKind::kStruct:
      WriteStruct(at, from.getAs<capnp::AnyStruct>(), type.nested, depth);
      break;
    case PointerKind::kStructList:
      WriteStructList(at, from.getAs<capnp::AnyList>().as<capnp::List<capnp::AnyStruct>>(),
                      type.nested, depth);
      break;
    case PointerKind::kPointerList:
      WritePointerList(at, from.getAs<capnp::AnyList>().as<capnp::List<capnp::AnyPointer>>(),
                       type.element, depth);
      break;
    default:
      if (from.isStruct()) {
        WriteStruct(at, from.getAs<capnp::AnyStruct>(), nullptr, depth);
      } else {
        WriteAnyList(at, from.getAs<capnp::AnyList>(), depth);
      }
  }
}

CanonicalWriter::Size CanonicalWriter::SizeOf(capnp::AnyStruct::Reader from,
                                              const StructLayout* layout) const {
  const auto data = from.getDataSection();
  Size size{data.size() / 8, 0};
  for (; size.data > 0; --size.data) {
    uint64_t word = 0;
    std::memcpy(&word, data.begin() + (size.data - 1) * 8, 8);
    if (word != 0) break;
  }
  const auto pointers = from.getPointerSection();
  for (size_t i = pointers.size(); i > 0; --i) {
    const PointerType& type =
        layout != nullptr ? layout->TypeOf(i - 1, data.begin(), data.size()) : kAnyPointer;
    if (!IsAbsent(pointers[static_cast<unsigned>(i - 1)], type)) {
      size.pointers = i;
      break;
    }
  }
  return size;
}

void CanonicalWriter::WriteSections(size_t at, Size size, capnp::AnyStruct::Reader from) {
  const auto data = from.getDataSection();
  const size_t bytes = std::min(size.data * 8, data.size());
  if (bytes > 0) std::memcpy(&buffer_[at], data.begin(), bytes);
}

void CanonicalWriter::WritePointers(size_t at, Size size, capnp::AnyStruct::Reader from,
                                    const StructLayout* layout, int depth) {
  const auto data = from.getDataSection();
  const auto pointers = from.getPointerSection();
  const size_t count = std::min<size_t>(size.pointers, pointers.size());
  for (size_t i = 0; i < count; ++i) {
    const PointerType& type =
        layout != nullptr ? layout->TypeOf(i, data.begin(), data.size()) : kAnyPointer;
    WritePointer(at + size.data + i, pointers[static_cast<unsigned>(i)], type, depth + 1);
  }
}

void CanonicalWriter::WriteStruct(size_t at, capnp::AnyStruct::Reader from,
                                  const StructLayout* layout, int depth) {
  const Size size = SizeOf(from, layout);
  if (size.data + size.pointers == 0) {
    buffer_[at] = kEmptyStruct;
    return;
  }
  size_t target = 0;
  if (!Take(size.data + size.pointers, target)) return;
  PutPointer(at, target, kStructPointer, Shape(size.data, size.pointers));
  WriteSections(target, size, from);
  WritePointers(target, size, from, layout, depth);
}

void CanonicalWriter::WriteBytes(size_t at, capnp::AnyPointer::Reader from) {
  const auto bytes = from.getAs<capnp::Data>();
  WritePlainList(at, kByteElement, bytes.size(), bytes.begin(), bytes.size());
}

void CanonicalWriter::WritePlainList(size_t at, uint64_t element_code, uint64_t count,
                                     const uint8_t* bytes, size_t size) {
  size_t target = 0;
  if (!Take((size + 7) / 8, target)) return;
  PutPointer(at, target, kListPointer, element_code | count << 3);
  if (size > 0) std::memcpy(&buffer_[target], bytes, size);
}

void CanonicalWriter::WriteAnyList(size_t at, capnp::AnyList::Reader from, int depth) {
  switch (from.getElementSize()) {
    case capnp::ElementSize::INLINE_COMPOSITE:
      WriteStructList(at, from.as<capnp::List<capnp::AnyStruct>>(), nullptr, depth);
      break;
    case capnp::ElementSize::POINTER:
      WritePointerList(at, from.as<capnp::List<capnp::AnyPointer>>(), PointerKind::kAny, depth);
      break;
    default: {
      const auto bytes = from.getRawBytes();
      WritePlainList(at, static_cast<uint64_t>(from.getElementSize()), from.size(), bytes.begin(),
                     bytes.size());
    }
  }
}

void CanonicalWriter::WritePointerList(size_t at, capnp::List<capnp::AnyPointer>::Reader from,
                                       PointerKind element, int depth) {
  size_t target = 0;
  if (!Take(from.size(), target)) return;
  PutPointer(at, target, kListPointer, kPointerElement | uint64_t{from.size()} << 3);
  PointerType type;
  type.kind = element;
  for (unsigned i = 0; i < from.size(); ++i) WritePointer(target + i, from[i], type, depth + 1);
}

void CanonicalWriter::WriteStructList(size_t at, capnp::List<capnp::AnyStruct>::Reader from,
                                      const StructLayout* layout, int depth) {
  // All elements have one size: the least that every one of them fits into.
  Size size;
  for (auto element : from) {
    const Size own = SizeOf(element, layout);
    size.data = std::max(size.data, own.data);
    size.pointers = std::max(size.pointers, own.pointers);
  }
  const size_t step = size.data + size.pointers;
  size_t tag = 0;
  if (!Take(1, tag)) return;
  size_t first = 0;
  if (!Take(step * from.size(), first)) return;
  PutPointer(at, tag, kListPointer, kCompositeElement | uint64_t{step * from.size()} << 3);
  buffer_[tag] = uint64_t{from.size()} << 2 | Shape(size.data, size.pointers) << 32;
  for (unsigned i = 0; i < from.size(); ++i) WriteSections(first + i * step, size, from[i]);
  for (unsigned i = 0; i < from.size(); ++i) {
    WritePointers(first + i * step, size, from[i], layout, depth);
  }
}

bool CanonicalWriter::Take(size_t words, size_t& at) {
  if (failed_ || words > buffer_.size() - used_) {
    failed_ = true;
    return false;
  }
  at = used_;
  if (words > 0) std::memset(&buffer_[at], 0, words * 8);
  used_ += words;
  return true;
}

void CanonicalWriter::PutPointer(size_t at, size_t target, uint64_t kind, uint64_t upper) {
  const auto offset = static_cast<uint32_t>(target - (at + 1));
  buffer_[at] = kind | uint64_t{offset} << 2 | upper << 32;
}

}  // namespace longmen::codec
