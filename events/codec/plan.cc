#include "events/codec/plan.h"

#include <map>
#include <memory>
#include <mutex>

#include "events/base/check.h"
#include "events/base/code.h"
#include "events/codec/annotations.h"

namespace longmen::codec {
namespace {

using capnp::schema::Type;

class Builder {
 public:
  const StructPlan& Of(capnp::StructSchema schema) {
    auto [found, is_new] = plans_.try_emplace(schema.getProto().getId());
    if (is_new) {
      found->second = std::make_unique<StructPlan>();
      Fill(schema, *found->second);
    }
    return *found->second;
  }

 private:
  void Fill(capnp::StructSchema schema, StructPlan& plan) {
    plan.has_union = schema.getUnionFields().size() > 0;
    // Keys point into the vector, so that it must not move.
    plan.fields.reserve(schema.getFields().size());
    for (auto field : schema.getFields()) {
      const auto proto = field.getProto();
      FieldPlan& entry = plan.fields.emplace_back();
      entry.name = proto.getName().cStr();
      entry.field = field;
      entry.value = Describe(field.getType());
      entry.in_union = proto.getDiscriminantValue() != capnp::schema::Field::NO_DISCRIMINANT;
      if (entry.in_union) entry.tag = proto.getDiscriminantValue();
      if (proto.isGroup()) entry.value.kind = ValueKind::kGroup;
      if (HasAnnotation(proto, kTime)) entry.value.kind = ValueKind::kTime;
      if (HasAnnotation(proto, kDate)) entry.value.kind = ValueKind::kDate;
      if (HasAnnotation(proto, kCurrency)) {
        const bool many = entry.value.kind == ValueKind::kList;
        (many ? entry.value.element[0] : entry.value).kind = ValueKind::kCurrency;
      }
      entry.flatten = HasAnnotation(proto, kFlatten);
      if (entry.flatten) {
        CHECK(proto.isGroup(), "codec.plan", entry.name, "only a group can be flattened");
        for (const FieldPlan& member : entry.value.nested->fields) {
          plan.keys.push_back({&member, &entry});
        }
      } else {
        plan.keys.push_back({&entry, nullptr});
      }
    }
    CHECK(plan.keys.size() <= 64, "codec.plan", "more keys than the mask of seen ones has bits");
  }

  ValuePlan Describe(capnp::Type type) {
    ValuePlan value;
    const auto integer = [&value](bool is_signed, int bits) {
      value.kind = bits == 64 ? ValueKind::kWide : ValueKind::kInteger;
      value.is_signed = is_signed;
      if (bits == 64) return;
      value.max = (int64_t{1} << (is_signed ? bits - 1 : bits)) - 1;
      value.min = is_signed ? -value.max - 1 : 0;
    };
    switch (type.which()) {
      case Type::VOID:
        break;
      case Type::BOOL:
        value.kind = ValueKind::kBool;
        break;
      case Type::INT8:
        integer(true, 8);
        break;
      case Type::INT16:
        integer(true, 16);
        break;
      case Type::INT32:
        integer(true, 32);
        break;
      case Type::INT64:
        integer(true, 64);
        break;
      case Type::UINT8:
        integer(false, 8);
        break;
      case Type::UINT16:
        integer(false, 16);
        break;
      case Type::UINT32:
        integer(false, 32);
        break;
      case Type::UINT64:
        integer(false, 64);
        break;
      case Type::ENUM:
        DescribeEnum(type.asEnum(), value);
        break;
      case Type::TEXT:
        value.kind = ValueKind::kText;
        break;
      case Type::DATA:
        value.kind = ValueKind::kData;
        break;
      case Type::STRUCT:
        value.kind = ValueKind::kStruct;
        value.nested = &Of(type.asStruct());
        break;
      case Type::LIST:
        value.kind = ValueKind::kList;
        value.element.push_back(Describe(type.asList().getElementType()));
        break;
      default:
        CHECK(false, "codec.plan", "a type that has no JSON form");
    }
    return value;
  }

  static void DescribeEnum(capnp::EnumSchema schema, ValuePlan& value) {
    value.kind = ValueKind::kEnum;
    value.enum_schema = schema;
    for (auto enumerant : schema.getEnumerants()) {
      value.enumerants.push_back(SnakeCase(enumerant.getProto().getName().cStr()));
    }
    value.hide_zero = value.enumerants[0] == "none" || value.enumerants[0] == "unstated";
  }

  std::map<uint64_t, std::unique_ptr<StructPlan>> plans_;
};

}  // namespace

size_t StructPlan::Find(std::string_view name, size_t hint) const {
  if (hint < keys.size() && keys[hint].field->name == name) return hint;
  for (size_t i = 0; i < keys.size(); ++i) {
    if (keys[i].field->name == name) return i;
  }
  return keys.size();
}

const StructPlan& PlanOf(capnp::StructSchema schema) {
  // A door reads one struct all day, and every thread of it would wait for every other here.
  thread_local uint64_t known_id = 0;
  thread_local const StructPlan* known = nullptr;
  const uint64_t id = schema.getProto().getId();
  if (known != nullptr && known_id == id) return *known;
  static std::mutex mutex;
  static Builder builder;
  const std::lock_guard lock(mutex);
  known = &builder.Of(schema);
  known_id = id;
  return *known;
}

}  // namespace longmen::codec
