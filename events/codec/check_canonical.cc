// CheckCanonical reads the raw words itself, with no help from Cap'n Proto's reader: in canonical
// form everything lies where the pointer before it says next, so a single pass that demands just
// that visits no word twice, and can neither loop nor leave the bytes.
#include <algorithm>
#include <cstring>
#include <span>

#include "events/block/record.h"
#include "events/codec/canonical_writer.h"
#include "events/codec/codec.h"

namespace longmen {
namespace {

using codec::kAnyPointer;
using codec::PointerKind;
using codec::PointerType;
using codec::StructLayout;

// More than any list may have by docs/rules.md; elements without content cost no words.
constexpr uint64_t kElementsMax = 8192;

class Checker {
 public:
  explicit Checker(std::span<const uint64_t> words) : words_(words) {}

  // Null, or what is wrong.
  const char* CheckRoot(const StructLayout& layout) {
    if (words_.empty()) return "no root";
    next_ = 1;
    PointerType root;
    root.kind = PointerKind::kStruct;
    root.nested = &layout;
    if (words_[0] == 0) return "no root";
    if (const char* wrong = CheckPointer(0, root, 0)) return wrong;
    return next_ == words_.size() ? nullptr : "bytes after the message";
  }

 private:
  const char* CheckPointer(size_t at, const PointerType& type, int depth) {
    const uint64_t pointer = words_[at];
    if (pointer == 0) return nullptr;
    if (depth > codec::kDepthMax) return "nested too deep";
    if ((pointer & 3) == 0) return CheckStructPointer(at, pointer, type, depth);
    if ((pointer & 3) == 1) return CheckListPointer(at, pointer, type, depth);
    return "a far pointer or a capability";
  }

  // Content follows content without a gap.
  bool Claim(size_t at, uint64_t pointer, uint64_t words, size_t& target) {
    const int64_t offset = static_cast<int32_t>(static_cast<uint32_t>(pointer)) >> 2;
    if (static_cast<int64_t>(at) + 1 + offset != static_cast<int64_t>(next_)) return false;
    if (words > words_.size() - next_) return false;
    target = next_;
    next_ += words;
    return true;
  }

  const char* CheckStructPointer(size_t at, uint64_t pointer, const PointerType& type, int depth) {
    if (type.kind != PointerKind::kStruct && type.kind != PointerKind::kAny) {
      return "a struct where none belongs";
    }
    const size_t data = (pointer >> 32) & 0xffff;
    const size_t pointers = pointer >> 48;
    if (data + pointers == 0) {
      return pointer == 0xfffffffc ? nullptr : "an empty struct with an address";
    }
    size_t target = 0;
    if (!Claim(at, pointer, data + pointers, target)) return "a struct out of place";
    if (data > 0 && words_[target + data - 1] == 0) return "a struct with needless data";
    if (pointers > 0 && words_[target + data + pointers - 1] == 0) {
      return "a struct with needless pointers";
    }
    if (const char* wrong = CheckData(target, data, pointers, type.nested)) return wrong;
    return CheckPointers(target, data, pointers, type.nested, depth);
  }

  const char* CheckData(size_t target, size_t data, size_t pointers, const StructLayout* layout) {
    if (layout == nullptr) return nullptr;
    if (data > layout->data_words || pointers > layout->pointers.size()) {
      return "a struct of a newer schema";
    }
    for (size_t i = 0; i < data; ++i) {
      if ((words_[target + i] & ~layout->data_mask[i]) != 0) return "bits that no field owns";
    }
    return nullptr;
  }

  const char* CheckPointers(size_t target, size_t data, size_t pointers, const StructLayout* layout,
                            int depth) {
    const auto* bytes = reinterpret_cast<const uint8_t*>(words_.data() + target);
    for (size_t i = 0; i < pointers; ++i) {
      const PointerType& type =
          layout != nullptr ? layout->TypeOf(i, bytes, data * 8) : kAnyPointer;
      if (const char* wrong = CheckPointer(target + data + i, type, depth + 1)) return wrong;
    }
    return nullptr;
  }

  const char* CheckListPointer(size_t at, uint64_t pointer, const PointerType& type, int depth) {
    const auto code = static_cast<uint8_t>((pointer >> 32) & 7);
    const uint64_t count = pointer >> 35;
    switch (type.kind) {
      case PointerKind::kText:
      case PointerKind::kData:
        if (code != codec::kByteElement) return "a list where a text or data belongs";
        break;
      case PointerKind::kPlainList:
        if (code != type.element_code) return "a list of other elements";
        break;
      case PointerKind::kPointerList:
        if (code != codec::kPointerElement) return "a list of other elements";
        break;
      case PointerKind::kStructList:
        if (code != codec::kCompositeElement) return "a list of other elements";
        break;
      case PointerKind::kAny:
        break;
      default:
        return "a list where none belongs";
    }
    if (code == codec::kCompositeElement) {
      return CheckStructList(at, pointer, count, type.nested, depth);
    }
    if (count == 0) return "an empty list or text that is not left out";
    if (code == codec::kPointerElement) {
      return CheckPointerList(at, pointer, count, type.element, depth);
    }
    return CheckPlainList(at, pointer, code, count, type.kind == PointerKind::kText);
  }

  const char* CheckPlainList(size_t at, uint64_t pointer, uint8_t code, uint64_t count,
                             bool is_text) {
    static constexpr uint64_t kBits[] = {0, 1, 8, 16, 32, 64};
    const uint64_t bits = count * kBits[code];
    size_t target = 0;
    if (code == codec::kVoidElement && count > kElementsMax) return "too many elements";
    if (!Claim(at, pointer, (bits + 63) / 64, target)) return "a list out of place";
    if (bits % 64 != 0 && (words_[next_ - 1] >> (bits % 64)) != 0) return "padding is not zero";
    if (is_text) {
      if (count == 1) return "an empty list or text that is not left out";
      const auto* bytes = reinterpret_cast<const uint8_t*>(words_.data() + target);
      if (bytes[count - 1] != 0) return "a text without its final NUL";
    }
    return nullptr;
  }

  const char* CheckPointerList(size_t at, uint64_t pointer, uint64_t count, PointerKind element,
                               int depth) {
    size_t target = 0;
    if (!Claim(at, pointer, count, target)) return "a list out of place";
    PointerType type;
    type.kind = element;
    for (size_t i = 0; i < count; ++i) {
      if (const char* wrong = CheckPointer(target + i, type, depth + 1)) return wrong;
    }
    return nullptr;
  }

  const char* CheckStructList(size_t at, uint64_t pointer, uint64_t words,
                              const StructLayout* layout, int depth) {
    size_t tag_at = 0;
    if (!Claim(at, pointer, words + 1, tag_at)) return "a list out of place";
    const uint64_t tag = words_[tag_at];
    const uint64_t count = (tag & 0xffffffff) >> 2;
    const size_t data = (tag >> 32) & 0xffff;
    const size_t pointers = tag >> 48;
    const size_t step = data + pointers;
    if ((tag & 3) != 0 || count * step != words) return "a list whose tag does not fit";
    if (count == 0) return "an empty list or text that is not left out";
    if (count > kElementsMax) return "too many elements";
    bool data_needed = data == 0;
    bool pointers_needed = pointers == 0;
    for (size_t i = 0; i < count; ++i) {
      const size_t element = tag_at + 1 + i * step;
      if (data > 0) data_needed |= words_[element + data - 1] != 0;
      if (pointers > 0) pointers_needed |= words_[element + step - 1] != 0;
      if (const char* wrong = CheckData(element, data, pointers, layout)) return wrong;
    }
    if (!data_needed || !pointers_needed) return "a list with needless words";
    for (size_t i = 0; i < count; ++i) {
      const size_t element = tag_at + 1 + i * step;
      if (const char* wrong = CheckPointers(element, data, pointers, layout, depth)) return wrong;
    }
    return nullptr;
  }

  std::span<const uint64_t> words_;
  size_t next_ = 0;  // where the next content must lie
};

}  // namespace

Status CheckCanonical(Bytes bytes) {
  if (bytes.size() > kProposalBytesMax) {
    return Error{Code::TOO_LARGE, "", fmt::format("{} bytes", bytes.size())};
  }
  if (bytes.size() % sizeof(uint64_t) != 0) {
    return Error{Code::MALFORMED, "", "not a whole number of words"};
  }
  const auto check = [](std::span<const uint64_t> words) -> Status {
    if (const char* wrong = Checker(words).CheckRoot(codec::ProposalLayout())) {
      return Error{Code::MALFORMED, "", wrong};
    }
    return Ok();
  };
  const size_t count = bytes.size() / sizeof(uint64_t);
  if (reinterpret_cast<uintptr_t>(bytes.data()) % alignof(uint64_t) == 0) {
    return check({reinterpret_cast<const uint64_t*>(bytes.data()), count});
  }
  std::vector<uint64_t> copy(count);
  std::memcpy(copy.data(), bytes.data(), bytes.size());
  return check(copy);
}

}  // namespace longmen
