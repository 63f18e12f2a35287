#include "adapters/port/record_json.h"

#include "adapters/port/record_shape.h"
#include "events/codec/shape_rules.h"

namespace longmen::adapters {
namespace {

using capnp::DynamicStruct;

// What every record has, whatever its step.
Status CheckEnvelope(const Record& record) {
  codec::ShapeRules rules;
  const bool ok = rules.Required(!record.id.empty(), "id") &&
                  (record.id.size() <= kRecordIdBytesMax || rules.Fail(Code::TOO_LONG, "id")) &&
                  rules.Id({record.id.c_str(), record.id.size()}, "id") &&
                  rules.Required(record.occurred_at != 0, "occurredAt") &&
                  rules.Instant(record.occurred_at, "occurredAt");
  if (!ok) return rules.error();
  return Ok();
}

}  // namespace

Status ReadRecord(std::string_view json, DynamicStruct::Builder into, Record& record) {
  if (json.size() > kRecordBytesMax)
    return Error{Code::TOO_LARGE, "", "a record is at most 32 KiB"};
  RETURN_IF_ERROR(FromJson(json, into));
  const DynamicStruct::Reader root = into.asReader();
  record.id = Copy(root.get("id").as<capnp::Text>());
  record.occurred_at = root.get("occurredAt").as<int64_t>();
  RETURN_IF_ERROR(CheckEnvelope(record));
  record.evidence = std::string(json);

  const auto steps = root.get("step").as<DynamicStruct>();
  KJ_IF_MAYBE (step, steps.which()) {
    if (step->getType().isStruct()) {
      return CheckStepShape(steps.get(*step).as<DynamicStruct>(),
                            step->getProto().getName().cStr());
    }
  }
  return Error{Code::MISSING_FIELD, "step", "a record has one step"};
}

}  // namespace longmen::adapters
