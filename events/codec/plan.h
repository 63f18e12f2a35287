// Plan: how the fields of a struct read and are written as JSON, worked out once from the schema
// and its annotations.
//
// Threading: built once a struct, read by everybody.
#pragma once

#include <capnp/dynamic.h>
#include <capnp/schema.h>

#include <string>
#include <string_view>
#include <vector>

namespace longmen::codec {

struct StructPlan;

enum class ValueKind : uint8_t {
  kVoid,
  kBool,
  kInteger,  // up to 32 bits: a JSON number
  kWide,     // 64 bits: a string of digits
  kTime,
  kDate,
  kCurrency,
  kEnum,
  kText,
  kData,
  kStruct,
  kGroup,
  kList,
};

struct ValuePlan {
  ValueKind kind = ValueKind::kVoid;
  bool is_signed = false;
  int64_t min = 0;  // of an integer of up to 32 bits
  int64_t max = 0;
  bool hide_zero = false;               // of an enum: its zero is called none or unstated
  std::vector<std::string> enumerants;  // in snake_case, by number
  const StructPlan* nested = nullptr;   // of a struct or group
  std::vector<ValuePlan> element;       // of a list: one
  capnp::EnumSchema enum_schema;
};

struct FieldPlan {
  std::string name;
  capnp::StructSchema::Field field;
  ValuePlan value;
  bool in_union = false;
  int tag = 0;           // in its union
  bool flatten = false;  // a group whose members stand in the parent
};

// A key of the JSON object: a field, and the flattened group it comes through, if any.
struct KeyPlan {
  const FieldPlan* field = nullptr;
  const FieldPlan* through = nullptr;
};

struct StructPlan {
  std::vector<FieldPlan> fields;  // in schema order
  std::vector<KeyPlan> keys;
  bool has_union = false;

  // The index of a key, tried first at `hint`; keys.size() where there is none.
  size_t Find(std::string_view name, size_t hint) const;
};

const StructPlan& PlanOf(capnp::StructSchema schema);

}  // namespace longmen::codec
