#include "adapters/port/record_json.h"

#include <algorithm>
#include <array>

namespace longmen::adapters {
namespace {

using capnp::DynamicStruct;

constexpr size_t kKeyBytesMax = 64;

// Fields of people's words; every other text of a record is a name or a number by its type.
constexpr std::array<std::string_view, 5> kFreeTexts = {"reason", "status", "redirectAddress",
                                                        "name", "merchant"};

// Ids and keys: printable ASCII without space, `"` and `\` (docs/rules.md, Shape).
Status CheckName(std::string_view name, size_t bytes_max, const std::string& field) {
  if (name.empty()) return Error{Code::MISSING_FIELD, field, "required"};
  if (name.size() > bytes_max) return Error{Code::TOO_LONG, field, "too long"};
  const bool printable = std::all_of(name.begin(), name.end(), [](char c) {
    return c > ' ' && c <= '~' && c != '"' && c != '\\';
  });
  if (!printable) return Error{Code::BAD_TEXT, field, "not printable ASCII"};
  return Ok();
}

Status CheckStep(DynamicStruct::Reader step, const std::string& step_name) {
  const auto fields = step.getSchema().getFields();
  CHECK(fields.size() > 0 && fields[0].getType().isText(), "record.step_key", step_name);
  RETURN_IF_ERROR(CheckName(View(step.get(fields[0]).as<capnp::Text>()), kKeyBytesMax,
                            step_name + "." + fields[0].getProto().getName().cStr()));
  for (auto field : fields) {
    if (!field.getType().isText()) continue;
    const std::string_view name = View(field.getProto().getName());
    if (std::find(kFreeTexts.begin(), kFreeTexts.end(), name) == kFreeTexts.end()) continue;
    if (ContainsCardNumber(View(step.get(field).as<capnp::Text>()))) {
      return Error{Code::CARD_NUMBER, step_name + "." + std::string(name), "holds a card number"};
    }
  }
  return Ok();
}

}  // namespace

Status ReadRecord(std::string_view json, DynamicStruct::Builder into, Record& record) {
  if (json.size() > kRecordBytesMax)
    return Error{Code::TOO_LARGE, "", "a record is at most 32 KiB"};
  RETURN_IF_ERROR(FromJson(json, into));
  const DynamicStruct::Reader root = into.asReader();
  record.id = Copy(root.get("id").as<capnp::Text>());
  RETURN_IF_ERROR(CheckName(record.id, kRecordIdBytesMax, "id"));
  record.occurred_at = root.get("occurredAt").as<int64_t>();
  if (record.occurred_at == 0) return Error{Code::MISSING_FIELD, "occurredAt", "required"};
  record.evidence = std::string(json);

  const auto steps = root.get("step").as<DynamicStruct>();
  KJ_IF_MAYBE (step, steps.which()) {
    if (step->getType().isStruct()) {
      return CheckStep(steps.get(*step).as<DynamicStruct>(), step->getProto().getName().cStr());
    }
  }
  return Error{Code::MISSING_FIELD, "step", "a record has one step"};
}

}  // namespace longmen::adapters
