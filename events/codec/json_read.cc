// JSON in, from the schema alone; the counterpart of json_write.cc.
//
// A key that is absent, null or "" leaves the default. 64-bit integers are strings of digits or
// JSON integers, never floats; each number has one spelling. A key that comes twice, and a second
// member of a union, are errors: a reader that took the last one and a reader that took the first
// would disagree about what was signed.
#include <capnp/dynamic.h>
#include <kj/exception.h>

#include <charconv>
#include <cstring>

#include "events/base/time.h"
#include "events/codec/codec.h"
#include "events/codec/json_tape.h"
#include "events/codec/plan.h"
#include "events/codec/text_forms.h"
#include "events/money/currency.h"

namespace longmen {
namespace {

using capnp::DynamicStruct;
using capnp::DynamicValue;
using codec::FieldPlan;
using codec::JsonTape;
using codec::JsonValue;
using codec::KeyPlan;
using codec::StructPlan;
using codec::ValueKind;
using codec::ValuePlan;

// A whole group may take 60,000 canonical bytes (docs/rules.md, "Answers"), hence so may one.
constexpr size_t kOfferedBytesMax = 60'000;
constexpr uint32_t kElementsMax = 8192;
constexpr size_t kNamesToldMax = 16;

// The names of an enum, for whoever mistyped one, where they are few enough to be read.
std::string NamesOf(const ValuePlan& plan) {
  if (plan.enumerants.size() > kNamesToldMax) return "the names of the schema";
  std::string names;
  for (size_t number = plan.hide_zero ? 1 : 0; number < plan.enumerants.size(); ++number) {
    names += (names.empty() ? "" : ", ") + plan.enumerants[number];
  }
  return names;
}

class Reader {
 public:
  explicit Reader(const std::vector<JsonValue>& tape) : tape_(tape) {}

  // False where error() says why; its field is completed on the way out.
  bool ReadStruct(uint32_t at, DynamicStruct::Builder into, const StructPlan& plan) {
    const JsonValue& object = tape_[at];
    if (object.kind != JsonValue::Kind::kObject) return Fail(Code::MALFORMED, "not an object");
    uint64_t seen = 0;
    const FieldPlan* chosen = nullptr;
    uint32_t key_at = at + 1;
    size_t hint = 0;
    for (uint32_t member = 0; member < object.count; ++member) {
      const std::string_view name = tape_[key_at].text;
      const size_t index = plan.Find(name, hint);
      if (index == plan.keys.size()) {
        return FailAt(name, Code::UNKNOWN_FIELD, "no such field");
      }
      hint = index + 1;
      if ((seen >> index & 1) != 0) return FailAt(name, Code::MALFORMED, "the key comes twice");
      seen |= uint64_t{1} << index;
      const uint32_t value_at = key_at + 1;
      key_at = tape_[value_at].next;
      if (tape_[value_at].kind == JsonValue::Kind::kNull) continue;
      const KeyPlan& key = plan.keys[index];
      if (key.field->in_union) {
        if (chosen != nullptr) {
          return FailAt(name, Code::MALFORMED, "beside " + chosen->name);
        }
        chosen = key.field;
      }
      const bool ok =
          key.through == nullptr
              ? ReadField(value_at, into, *key.field)
              : ReadField(value_at, into.get(key.through->field).as<DynamicStruct>(), *key.field);
      if (!ok) return Prepend(name);
    }
    return true;
  }

  const Error& error() const { return error_; }

 private:
  bool Fail(Code code, std::string message) {
    error_ = {code, "", std::move(message)};
    return false;
  }

  bool Prepend(std::string_view name) {
    // Keys come from outside: what is shown of an unknown one is bounded.
    std::string path(name.substr(0, 64));
    if (!error_.field.empty() && error_.field.front() != '[') path += '.';
    error_.field = path + error_.field;
    return false;
  }

  bool FailAt(std::string_view name, Code code, std::string message) {
    Fail(code, std::move(message));
    return Prepend(name);
  }

  bool ReadField(uint32_t at, DynamicStruct::Builder into, const FieldPlan& entry) {
    switch (entry.value.kind) {
      case ValueKind::kVoid:
        if (tape_[at].kind != JsonValue::Kind::kObject || tape_[at].count != 0) {
          return Fail(Code::MALFORMED, "not an empty object");
        }
        into.set(entry.field, capnp::VOID);
        return true;
      case ValueKind::kGroup:
      case ValueKind::kStruct: {
        // An init also chooses the member, where it belongs to a union.
        auto nested = entry.value.kind == ValueKind::kGroup && !entry.in_union
                          ? into.get(entry.field).as<DynamicStruct>()
                          : into.init(entry.field).as<DynamicStruct>();
        return ReadStruct(at, nested, *entry.value.nested);
      }
      case ValueKind::kList:
        return ReadList(at, into, entry);
      case ValueKind::kText: {
        std::string_view text;
        if (!ReadString(at, text)) return false;
        if (!text.empty()) SetText(into, entry.field, text);
        return true;
      }
      case ValueKind::kData: {
        std::string bytes;
        if (!ReadData(at, bytes)) return false;
        if (!bytes.empty()) into.set(entry.field, DataOf(bytes));
        return true;
      }
      default: {
        DynamicValue::Reader value;
        if (!ReadScalar(tape_[at], entry.value, value)) return false;
        into.set(entry.field, value);
        return true;
      }
    }
  }

  bool ReadList(uint32_t at, DynamicStruct::Builder into, const FieldPlan& entry) {
    const JsonValue& array = tape_[at];
    if (array.kind != JsonValue::Kind::kArray) return Fail(Code::MALFORMED, "not an array");
    if (array.count > kElementsMax) return Fail(Code::TOO_LONG, "too many elements");
    if (array.count == 0) return true;
    auto list = into.init(entry.field, array.count).as<capnp::DynamicList>();
    uint32_t element_at = at + 1;
    for (uint32_t i = 0; i < array.count; ++i) {
      if (!ReadElement(element_at, list, i, entry.value.element[0])) {
        return Prepend("[" + std::to_string(i) + "]");
      }
      element_at = tape_[element_at].next;
    }
    return true;
  }

  bool ReadElement(uint32_t at, capnp::DynamicList::Builder list, uint32_t i,
                   const ValuePlan& plan) {
    switch (plan.kind) {
      case ValueKind::kStruct:
        return ReadStruct(at, list[i].as<DynamicStruct>(), *plan.nested);
      case ValueKind::kText: {
        std::string_view text;
        if (!ReadString(at, text)) return false;
        if (!text.empty()) {
          auto to = list.init(i, static_cast<unsigned>(text.size())).as<capnp::Text>();
          std::memcpy(to.begin(), text.data(), text.size());
        }
        return true;
      }
      case ValueKind::kData: {
        std::string bytes;
        if (!ReadData(at, bytes)) return false;
        if (!bytes.empty()) list.set(i, DataOf(bytes));
        return true;
      }
      case ValueKind::kList:
      case ValueKind::kGroup:
        return Fail(Code::MALFORMED, "a list of lists");
      default: {
        DynamicValue::Reader value;
        if (!ReadScalar(tape_[at], plan, value)) return false;
        list.set(i, value);
        return true;
      }
    }
  }

  bool ReadString(uint32_t at, std::string_view& text) {
    if (tape_[at].kind != JsonValue::Kind::kString) return Fail(Code::MALFORMED, "not a string");
    text = tape_[at].text;
    return true;
  }

  bool ReadData(uint32_t at, std::string& bytes) {
    std::string_view text;
    if (!ReadString(at, text)) return false;
    auto decoded = codec::DecodeBase64(text);
    if (!decoded) return Fail(Code::MALFORMED, "not base64");
    bytes = std::move(*decoded);
    return true;
  }

  static capnp::Data::Reader DataOf(std::string_view bytes) {
    return {reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()};
  }

  static void SetText(DynamicStruct::Builder into, capnp::StructSchema::Field field,
                      std::string_view text) {
    auto to = into.init(field, static_cast<unsigned>(text.size())).as<capnp::Text>();
    std::memcpy(to.begin(), text.data(), text.size());
  }

  bool ReadScalar(const JsonValue& from, const ValuePlan& plan, DynamicValue::Reader& value) {
    switch (plan.kind) {
      case ValueKind::kBool:
        if (from.kind != JsonValue::Kind::kBool) return Fail(Code::MALFORMED, "not a boolean");
        value = from.truth;
        return true;
      case ValueKind::kInteger:
        return ReadInteger(from, plan, value);
      case ValueKind::kWide:
        return plan.is_signed ? ReadWide<int64_t>(from, value) : ReadWide<uint64_t>(from, value);
      case ValueKind::kTime:
        return ReadTime(from, value);
      case ValueKind::kDate:
        return ReadDate(from, value);
      case ValueKind::kCurrency:
        return ReadCurrency(from, value);
      case ValueKind::kEnum:
        return ReadEnum(from, plan, value);
      default:
        return Fail(Code::MALFORMED, "no value belongs here");
    }
  }

  bool ReadInteger(const JsonValue& from, const ValuePlan& plan, DynamicValue::Reader& value) {
    if (from.kind == JsonValue::Kind::kNatural) {
      return Fail(Code::AMOUNT_OUT_OF_RANGE, "past the field's range");
    }
    if (from.kind != JsonValue::Kind::kInteger) return Fail(Code::MALFORMED, "not an integer");
    if (from.integer < plan.min || from.integer > plan.max) {
      return Fail(Code::AMOUNT_OUT_OF_RANGE, "past the field's range");
    }
    value = from.integer;
    return true;
  }

  template <typename Integer>
  bool ReadWide(const JsonValue& from, DynamicValue::Reader& value) {
    if (from.kind == JsonValue::Kind::kInteger) {
      if (!std::in_range<Integer>(from.integer)) {
        return Fail(Code::AMOUNT_OUT_OF_RANGE, "past the field's range");
      }
      value = static_cast<Integer>(from.integer);
      return true;
    }
    if (from.kind == JsonValue::Kind::kNatural) {
      if (!std::in_range<Integer>(from.natural)) {
        return Fail(Code::AMOUNT_OUT_OF_RANGE, "past 64 bits");
      }
      value = static_cast<Integer>(from.natural);
      return true;
    }
    if (from.kind != JsonValue::Kind::kString) {
      return Fail(Code::MALFORMED, "not a string of digits");
    }
    return ReadDigits<Integer>(from.text, value);
  }

  template <typename Integer>
  bool ReadDigits(std::string_view text, DynamicValue::Reader& value) {
    const std::string_view digits = text.substr(text.starts_with('-') ? 1 : 0);
    const bool needless_zero = digits.starts_with('0') && text != "0";
    Integer number = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (end != text.data() + text.size() || text.empty() || needless_zero ||
        failure == std::errc::invalid_argument) {
      return Fail(Code::MALFORMED, "not a string of digits");
    }
    if (failure == std::errc::result_out_of_range) {
      return Fail(Code::AMOUNT_OUT_OF_RANGE, "past 64 bits");
    }
    value = number;
    return true;
  }

  bool ReadTime(const JsonValue& from, DynamicValue::Reader& value) {
    if (from.kind == JsonValue::Kind::kString) {
      if (const auto instant = ParseInstant(from.text)) {
        value = *instant;
        return true;
      }
    }
    return Fail(Code::BAD_TIME, "not an instant of RFC 3339");
  }

  bool ReadDate(const JsonValue& from, DynamicValue::Reader& value) {
    if (from.kind == JsonValue::Kind::kString) {
      if (const auto day = ParseDate(from.text)) {
        value = *day;
        return true;
      }
    }
    return Fail(Code::BAD_TIME, "not a date as yyyy-mm-dd");
  }

  bool ReadCurrency(const JsonValue& from, DynamicValue::Reader& value) {
    if (from.kind != JsonValue::Kind::kString) {
      return Fail(Code::UNKNOWN_CURRENCY, "not a currency's letters");
    }
    const auto currency = CurrencyFromAlphabetic(from.text);
    if (!currency) return Fail(Code::UNKNOWN_CURRENCY, "not a currency of ISO 4217");
    value = currency->numeric;
    return true;
  }

  bool ReadEnum(const JsonValue& from, const ValuePlan& plan, DynamicValue::Reader& value) {
    if (from.kind != JsonValue::Kind::kString) return Fail(Code::UNKNOWN_ENUM, "not a name");
    for (size_t number = 0; number < plan.enumerants.size(); ++number) {
      if (plan.enumerants[number] == from.text) {
        value = capnp::DynamicEnum(plan.enum_schema, static_cast<uint16_t>(number));
        return true;
      }
    }
    return Fail(Code::UNKNOWN_ENUM, "not one of " + NamesOf(plan));
  }

  const std::vector<JsonValue>& tape_;
  Error error_;
};

}  // namespace

Status FromJson(std::string_view json, DynamicStruct::Builder into) {
  thread_local JsonTape tape;
  RETURN_IF_ERROR(tape.Parse(json));
  Reader reader(tape.values());
  bool ok = false;
  const auto exception = kj::runCatchingExceptions(
      [&] { ok = reader.ReadStruct(0, into, codec::PlanOf(into.getSchema())); });
  if (exception != nullptr) return Error{Code::MALFORMED, "", "the fields cannot be filled"};
  if (!ok) return reader.error();
  return Ok();
}

Result<ProposalBytes> ProposalFromJson(std::string_view json) {
  // The first segment is on the stack and fits nearly every proposal.
  capnp::word scratch[512] = {};
  capnp::MallocMessageBuilder message(kj::arrayPtr(scratch, std::size(scratch)));
  schema::Proposal::Builder proposal = message.initRoot<schema::Proposal>();
  RETURN_IF_ERROR(FromJson(json, proposal));
  RETURN_IF_ERROR(CheckShape(proposal.asReader()));
  auto bytes = Canonicalize(proposal.asReader());
  if (bytes.ok() && bytes->bytes().size() > kOfferedBytesMax) {
    return Error{Code::TOO_LARGE, "",
                 fmt::format("more than {} canonical bytes", kOfferedBytesMax)};
  }
  return bytes;
}

}  // namespace longmen
