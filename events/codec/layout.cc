#include "events/codec/layout.h"

#include <map>
#include <memory>
#include <mutex>

#include "events/base/check.h"
#include "events/codec/annotations.h"
#include "events/schema/event.capnp.h"

namespace longmen::codec {
namespace {

using capnp::schema::Type;

struct Tag {
  bool present = false;
  uint32_t offset = 0;
  uint16_t value = 0;
};

size_t BitsOf(Type::Which type) {
  switch (type) {
    case Type::VOID:
      return 0;
    case Type::BOOL:
      return 1;
    case Type::INT8:
    case Type::UINT8:
      return 8;
    case Type::INT16:
    case Type::UINT16:
    case Type::ENUM:
      return 16;
    case Type::INT32:
    case Type::UINT32:
    case Type::FLOAT32:
      return 32;
    default:
      return 64;
  }
}

uint8_t ElementCodeOf(Type::Which type) {
  switch (BitsOf(type)) {
    case 0:
      return kVoidElement;
    case 1:
      return kBitElement;
    case 8:
      return kByteElement;
    case 16:
      return kPairElement;
    case 32:
      return kQuadElement;
    default:
      return kWordElement;
  }
}

bool IsPointer(Type::Which type) {
  return type == Type::TEXT || type == Type::DATA || type == Type::STRUCT || type == Type::LIST ||
         type == Type::ANY_POINTER || type == Type::INTERFACE;
}

class Builder {
 public:
  const StructLayout& Of(capnp::StructSchema schema) {
    auto [found, is_new] = layouts_.try_emplace(schema.getProto().getId());
    if (is_new) {
      found->second = std::make_unique<StructLayout>();
      StructLayout& layout = *found->second;
      const auto node = schema.getProto().getStruct();
      layout.data_words = node.getDataWordCount();
      layout.data_mask.resize(layout.data_words);
      layout.pointers.resize(node.getPointerCount());
      AddFields(schema, Tag{}, layout);
      layout.reaches_outside = ReachesOutside(layout);
    }
    return *found->second;
  }

 private:
  // A group lives in its parent's bits, so its fields join the parent's table.
  void AddFields(capnp::StructSchema schema, Tag outer, StructLayout& layout) {
    const auto node = schema.getProto().getStruct();
    if (node.getDiscriminantCount() > 0) Own(layout, node.getDiscriminantOffset() * 16, 16);
    for (auto field : schema.getFields()) {
      const auto proto = field.getProto();
      Tag tag = outer;
      if (proto.getDiscriminantValue() != capnp::schema::Field::NO_DISCRIMINANT) {
        CHECK(!outer.present, "codec.layout", "a union inside a union's group");
        tag = {true, node.getDiscriminantOffset(), proto.getDiscriminantValue()};
      }
      if (proto.isGroup()) {
        AddFields(field.getType().asStruct(), tag, layout);
      } else if (const auto type = field.getType().which(); IsPointer(type)) {
        PointerType pointer = Describe(field.getType());
        pointer.outside_comparison = HasAnnotation(proto, kOutsideComparison);
        Place(layout.pointers[proto.getSlot().getOffset()], tag, pointer);
      } else {
        Own(layout, proto.getSlot().getOffset() * BitsOf(type), BitsOf(type));
      }
    }
  }

  static bool ReachesOutside(const StructLayout& layout) {
    for (const PointerSlot& slot : layout.pointers) {
      for (const PointerType& type : slot.by_tag) {
        if (type.outside_comparison) return true;
        if (type.nested != nullptr && type.nested->reaches_outside) return true;
      }
    }
    return false;
  }

  static void Own(StructLayout& layout, size_t bit, size_t bits) {
    if (bits == 0) return;
    const uint64_t ones = bits == 64 ? ~uint64_t{0} : (uint64_t{1} << bits) - 1;
    layout.data_mask[bit / 64] |= ones << (bit % 64);
  }

  static void Place(PointerSlot& slot, Tag tag, const PointerType& type) {
    if (tag.present) {
      CHECK(slot.by_tag.empty() || (slot.in_union && slot.tag_offset == tag.offset), "codec.layout",
            "one pointer in two unions");
      slot.in_union = true;
      slot.tag_offset = tag.offset;
      while (slot.by_tag.size() <= tag.value) slot.by_tag.push_back({PointerKind::kAbsent});
      slot.by_tag[tag.value] = type;
    } else {
      slot.by_tag = {type};
    }
  }

  PointerType Describe(capnp::Type type) {
    PointerType result;
    switch (type.which()) {
      case Type::TEXT:
        result.kind = PointerKind::kText;
        break;
      case Type::DATA:
        result.kind = PointerKind::kData;
        break;
      case Type::STRUCT:
        result.kind = PointerKind::kStruct;
        result.nested = &Of(type.asStruct());
        break;
      case Type::LIST:
        return DescribeList(type.asList().getElementType());
      default:
        break;
    }
    return result;
  }

  PointerType DescribeList(capnp::Type element) {
    PointerType result;
    if (element.isStruct()) {
      result.kind = PointerKind::kStructList;
      result.nested = &Of(element.asStruct());
    } else if (IsPointer(element.which())) {
      result.kind = PointerKind::kPointerList;
      if (element.isText()) result.element = PointerKind::kText;
      if (element.isData()) result.element = PointerKind::kData;
    } else {
      result.kind = PointerKind::kPlainList;
      result.element_code = ElementCodeOf(element.which());
    }
    return result;
  }

  // By the struct's id; entered before its fields, since a struct may contain itself.
  std::map<uint64_t, std::unique_ptr<StructLayout>> layouts_;
};

}  // namespace

const StructLayout& LayoutOf(capnp::StructSchema schema) {
  static std::mutex mutex;
  static Builder builder;
  const std::lock_guard lock(mutex);
  return builder.Of(schema);
}

const StructLayout& ProposalLayout() {
  static const StructLayout& layout = LayoutOf(capnp::Schema::from<schema::Proposal>());
  return layout;
}

}  // namespace longmen::codec
