#include <capnp/any.h>
#include <kj/exception.h>

#include "events/codec/annotations.h"
#include "events/codec/codec.h"

namespace longmen {
namespace {

using capnp::DynamicList;
using capnp::DynamicStruct;
using capnp::DynamicValue;

// The path below a value, or nothing where both are the same. An empty path means the value itself.
using Difference = std::optional<std::string>;

Difference CompareStructs(DynamicStruct::Reader a, DynamicStruct::Reader b);

Difference CompareLists(DynamicList::Reader a, DynamicList::Reader b);

Difference CompareValues(const DynamicValue::Reader& a, const DynamicValue::Reader& b) {
  const auto unless = [](bool same) { return same ? Difference() : Difference(""); };
  switch (a.getType()) {
    case DynamicValue::VOID:
      return std::nullopt;
    case DynamicValue::BOOL:
      return unless(a.as<bool>() == b.as<bool>());
    case DynamicValue::INT:
      return unless(a.as<int64_t>() == b.as<int64_t>());
    case DynamicValue::UINT:
      return unless(a.as<uint64_t>() == b.as<uint64_t>());
    case DynamicValue::FLOAT:
      return unless(a.as<double>() == b.as<double>());
    case DynamicValue::ENUM:
      return unless(a.as<capnp::DynamicEnum>().getRaw() == b.as<capnp::DynamicEnum>().getRaw());
    case DynamicValue::TEXT:
      return unless(a.as<capnp::Text>() == b.as<capnp::Text>());
    case DynamicValue::DATA:
      return unless(a.as<capnp::Data>() == b.as<capnp::Data>());
    case DynamicValue::LIST:
      return CompareLists(a.as<DynamicList>(), b.as<DynamicList>());
    case DynamicValue::STRUCT:
      return CompareStructs(a.as<DynamicStruct>(), b.as<DynamicStruct>());
    default:
      return std::nullopt;
  }
}

Difference CompareLists(DynamicList::Reader a, DynamicList::Reader b) {
  if (a.size() != b.size()) return "";
  for (unsigned i = 0; i < a.size(); ++i) {
    if (auto below = CompareValues(a[i], b[i])) {
      return "[" + std::to_string(i) + "]" + (below->empty() ? "" : "." + *below);
    }
  }
  return std::nullopt;
}

// The place of a field: its own name, unless JSON shows it in its parent.
std::string Under(capnp::StructSchema::Field field, const std::string& below) {
  std::string name = field.getProto().getName().cStr();
  if (codec::HasAnnotation(field.getProto(), codec::kFlatten) && !below.empty()) return below;
  if (below.empty()) return name;
  return name + (below.front() == '[' ? "" : ".") + below;
}

bool IsChosen(DynamicStruct::Reader value, capnp::StructSchema::Field member) {
  const auto which = value.which();
  KJ_IF_MAYBE (chosen, which) {
    return *chosen == member;
  }
  return false;
}

Difference CompareField(capnp::StructSchema::Field field, DynamicStruct::Reader a,
                        DynamicStruct::Reader b) {
  // A struct that is there, though empty, says more than one that is not.
  if (field.getType().isStruct() && !field.getProto().isGroup() && a.has(field) != b.has(field)) {
    return Under(field, "");
  }
  if (auto below = CompareValues(a.get(field), b.get(field))) return Under(field, *below);
  return std::nullopt;
}

// Between two members, the one that stands first in the schema is named, whoever chose it; but
// never one without content, which JSON does not show.
Difference CompareUnions(DynamicStruct::Reader a, DynamicStruct::Reader b) {
  Difference named;
  for (auto member : a.getSchema().getUnionFields()) {
    const bool in_a = IsChosen(a, member);
    const bool in_b = IsChosen(b, member);
    if (in_a && in_b) return CompareField(member, a, b);
    if ((in_a || in_b) && !named && !member.getType().isVoid()) {
      named = std::string(member.getProto().getName().cStr());
    }
  }
  return named;
}

Difference CompareStructs(DynamicStruct::Reader a, DynamicStruct::Reader b) {
  const auto schema = a.getSchema();
  for (auto field : schema.getNonUnionFields()) {
    if (codec::HasAnnotation(field.getProto(), codec::kOutsideComparison)) continue;
    if (auto difference = CompareField(field, a, b)) return difference;
  }
  if (schema.getUnionFields().size() == 0) return std::nullopt;
  return CompareUnions(a, b);
}

}  // namespace

std::optional<std::string> FirstDifference(schema::Proposal::Reader a, schema::Proposal::Reader b) {
  std::optional<std::string> difference;
  kj::runCatchingExceptions([&] { difference = CompareStructs(a, b); });
  // Bytes that no door has checked may throw, or differ where this schema has no name: that they
  // differ is all that can be said of them.
  if (!difference && ContentHash(a) != ContentHash(b)) difference = "";
  return difference;
}

}  // namespace longmen
