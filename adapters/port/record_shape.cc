#include "adapters/port/record_shape.h"

#include "events/base/check.h"
#include "events/codec/annotations.h"
#include "events/codec/shape_rules.h"

namespace longmen::adapters {
namespace {

using capnp::DynamicStruct;
using capnp::schema::Type;
using codec::HasAnnotation;
using codec::Place;
using Field = capnp::StructSchema::Field;

bool IsAmount(capnp::Type type) {
  if (!type.isStruct()) return false;
  const auto schema = type.asStruct();
  return schema.findFieldByName("minor") != nullptr &&
         schema.findFieldByName("currency") != nullptr;
}

// How long a free text may be; 0 where the field is none.
size_t WordsMax(capnp::schema::Field::Reader field) {
  for (auto annotation : field.getAnnotations()) {
    if (annotation.getId() == codec::kWords) return annotation.getValue().getUint16();
  }
  return 0;
}

class StepShape {
 public:
  const Error& error() const { return rules_.error(); }

  // All fields of a struct from one on.
  bool Fields(DynamicStruct::Reader of, const std::string& path, unsigned first) {
    const auto fields = of.getSchema().getFields();
    for (unsigned i = first; i < fields.size(); ++i) {
      if (!One(of, fields[i], path + "." + fields[i].getProto().getName().cStr())) return false;
    }
    return true;
  }

  bool Key(DynamicStruct::Reader step, const std::string& path) {
    const auto fields = step.getSchema().getFields();
    CHECK(fields.size() > 0 && fields[0].getType().isText(), "record.step_key", path);
    const std::string key = path + "." + fields[0].getProto().getName().cStr();
    return rules_.RequiredKey(step.get(fields[0]).as<capnp::Text>(), key.c_str());
  }

 private:
  bool One(DynamicStruct::Reader of, Field field, const std::string& path) {
    const Place place(path.c_str());
    const bool in_union =
        field.getProto().getDiscriminantValue() != capnp::schema::Field::NO_DISCRIMINANT;
    if (in_union && !of.has(field)) return true;  // another member was chosen
    const bool required = HasAnnotation(field.getProto(), codec::kRequired);
    if (IsAmount(field.getType())) return Amount(of, field, path, required);
    // A struct that is required and absent misses the first that it requires.
    if (field.getType().isStruct()) {
      return (!required && !of.has(field)) || Fields(of.get(field).as<DynamicStruct>(), path, 0);
    }
    if (!of.has(field, capnp::HasMode::NON_DEFAULT)) return rules_.Required(!required, place);
    switch (field.getType().which()) {
      case Type::TEXT:
        return Text(of.get(field).as<capnp::Text>(), field.getProto(), place);
      case Type::INT64:
        return !HasAnnotation(field.getProto(), codec::kTime) ||
               rules_.Instant(of.get(field).as<int64_t>(), place);
      case Type::INT32:
        return !HasAnnotation(field.getProto(), codec::kDate) ||
               rules_.Date(of.get(field).as<int32_t>(), place);
      case Type::LIST:
        return List(of.get(field).as<capnp::DynamicList>(), field, path);
      default:
        return true;
    }
  }

  bool Amount(DynamicStruct::Reader of, Field field, const std::string& path, bool required) {
    const auto amount = of.get(field).as<DynamicStruct>();
    const int64_t minor = amount.get("minor").as<int64_t>();
    const uint16_t currency = amount.get("currency").as<uint16_t>();
    if (!required && minor == 0 && currency == 0) return true;
    return rules_.Amount(minor, currency, path.c_str(), (path + ".minor").c_str(),
                         (path + ".currency").c_str());
  }

  bool Text(capnp::Text::Reader text, capnp::schema::Field::Reader field, const Place& place) {
    if (const size_t words_max = WordsMax(field)) return rules_.Free(text, place, words_max);
    if (HasAnnotation(field, codec::kText)) return rules_.Text(text, place);
    if (HasAnnotation(field, codec::kPerson)) return rules_.Person(text, place);
    return rules_.Id(text, place);
  }

  bool List(capnp::DynamicList::Reader list, Field field, const std::string& path) {
    if (!rules_.ListSize(list.size(), path.c_str())) return false;
    const auto type = field.getType().asList().getElementType();
    for (unsigned i = 0; i < list.size(); ++i) {
      const std::string at = path + "[" + std::to_string(i) + "]";
      if (type.isText()) {
        const auto text = list[i].as<capnp::Text>();
        if (!rules_.Required(text.size() > 0, at.c_str()) ||
            !Text(text, field.getProto(), at.c_str())) {
          return false;
        }
      } else if (type.isStruct() && !Fields(list[i].as<DynamicStruct>(), at, 0)) {
        return false;
      }
    }
    return true;
  }

  codec::ShapeRules rules_;
};

}  // namespace

Status CheckStepShape(DynamicStruct::Reader step, const std::string& name) {
  StepShape shape;
  if (!shape.Key(step, name) || !shape.Fields(step, name, 1)) return shape.error();
  return Ok();
}

}  // namespace longmen::adapters
