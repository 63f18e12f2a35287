// JSON out, from the schema alone.
//
// What is left out: numbers that are zero, false, and what is null or empty. Three things are shown
// though zero, since their zero says something: an enumerant (unless its zero is called `none` or
// `unstated`), the amount and currency of a group in which either is set, and the member of a union
// that is chosen. A struct that is present but empty is {}. So JSON leads back to the same bytes.
//
// What the schema does not know is shown raw: an enumerant or currency as its number.
#include <capnp/dynamic.h>
#include <fmt/format.h>
#include <kj/exception.h>

#include <charconv>

#include "events/base/time.h"
#include "events/codec/codec.h"
#include "events/codec/plan.h"
#include "events/codec/text_forms.h"
#include "events/money/currency.h"

namespace longmen {
namespace {

using capnp::DynamicStruct;
using capnp::DynamicValue;
using codec::FieldPlan;
using codec::StructPlan;
using codec::ValueKind;
using codec::ValuePlan;

class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  void WriteStruct(DynamicStruct::Reader value, const StructPlan& plan, bool in_group) {
    out_ += '{';
    bool first = true;
    WriteFields(value, plan, in_group, first);
    out_ += '}';
  }

 private:
  void WriteFields(DynamicStruct::Reader value, const StructPlan& plan, bool in_group,
                   bool& first) {
    const int chosen = plan.has_union ? ChosenIn(value) : kNobody;
    for (const FieldPlan& entry : plan.fields) {
      if (entry.in_union && entry.tag != chosen) continue;
      if (entry.flatten) {
        WriteFields(value.get(entry.field).as<DynamicStruct>(), *entry.value.nested, false, first);
        continue;
      }
      if (!IsShown(value, entry, in_group)) continue;
      if (!first) out_ += ',';
      first = false;
      WriteString(entry.name);
      out_ += ':';
      WriteField(value, entry);
    }
  }

  static constexpr int kNobody = -1;

  // The tag of the chosen member of the struct's union; of one this schema does not know, nobody.
  static int ChosenIn(DynamicStruct::Reader value) {
    const auto which = value.which();
    KJ_IF_MAYBE (member, which) {
      return member->getProto().getDiscriminantValue();
    }
    return kNobody;
  }

  static bool IsShown(DynamicStruct::Reader value, const FieldPlan& entry, bool in_group) {
    // The first member of a union is chosen where nobody chose; then it is null or void.
    const bool chosen = entry.in_union && entry.tag != 0;
    switch (entry.value.kind) {
      case ValueKind::kVoid:
        return chosen;
      case ValueKind::kStruct:
        return chosen || value.has(entry.field);
      case ValueKind::kGroup:
        return chosen || HasContent(value.get(entry.field).as<DynamicStruct>(), entry);
      case ValueKind::kText:
        return chosen || value.get(entry.field).as<capnp::Text>().size() > 0;
      case ValueKind::kData:
        return chosen || value.get(entry.field).as<capnp::Data>().size() > 0;
      case ValueKind::kList:
        return chosen || value.get(entry.field).as<capnp::DynamicList>().size() > 0;
      case ValueKind::kEnum:
        return chosen || !entry.value.hide_zero ||
               value.get(entry.field).as<capnp::DynamicEnum>().getRaw() != 0;
      case ValueKind::kCurrency:
        return chosen || value.get(entry.field).as<uint16_t>() != 0;
      default:
        return chosen || in_group || !IsZero(value.get(entry.field));
    }
  }

  // A group is shown where one of its members is, apart from those that are always shown in it.
  static bool HasContent(DynamicStruct::Reader group, const FieldPlan& entry) {
    const int chosen = entry.value.nested->has_union ? ChosenIn(group) : kNobody;
    for (const FieldPlan& member : entry.value.nested->fields) {
      if (member.in_union && member.tag != chosen) continue;
      if (IsShown(group, member, false)) return true;
    }
    return false;
  }

  static bool IsZero(const DynamicValue::Reader& value) {
    switch (value.getType()) {
      case DynamicValue::BOOL:
        return !value.as<bool>();
      case DynamicValue::INT:
        return value.as<int64_t>() == 0;
      case DynamicValue::UINT:
        return value.as<uint64_t>() == 0;
      default:
        return false;
    }
  }

  void WriteField(DynamicStruct::Reader value, const FieldPlan& entry) {
    switch (entry.value.kind) {
      case ValueKind::kVoid:
        out_ += "{}";
        break;
      case ValueKind::kStruct:
        if (!value.has(entry.field)) {
          out_ += "null";
          break;
        }
        [[fallthrough]];
      default:
        WriteValue(value.get(entry.field), entry.value);
    }
  }

  void WriteValue(const DynamicValue::Reader& value, const ValuePlan& plan) {
    switch (plan.kind) {
      case ValueKind::kVoid:
        out_ += "{}";
        break;
      case ValueKind::kBool:
        out_ += value.as<bool>() ? "true" : "false";
        break;
      case ValueKind::kInteger:
        WriteInteger(value.as<int64_t>());
        break;
      case ValueKind::kWide:
        out_ += '"';
        plan.is_signed ? WriteInteger(value.as<int64_t>()) : WriteInteger(value.as<uint64_t>());
        out_ += '"';
        break;
      case ValueKind::kTime:
        WriteString(FormatInstant(value.as<int64_t>()));
        break;
      case ValueKind::kDate:
        WriteString(FormatDate(value.as<int32_t>()));
        break;
      case ValueKind::kCurrency:
        WriteCurrency(value.as<uint16_t>());
        break;
      case ValueKind::kEnum:
        WriteEnum(value.as<capnp::DynamicEnum>().getRaw(), plan);
        break;
      case ValueKind::kText: {
        const auto text = value.as<capnp::Text>();
        WriteString({text.begin(), text.size()});
        break;
      }
      case ValueKind::kData: {
        const auto data = value.as<capnp::Data>();
        out_ += '"';
        codec::AppendBase64({data.begin(), data.size()}, out_);
        out_ += '"';
        break;
      }
      case ValueKind::kStruct:
        WriteStruct(value.as<DynamicStruct>(), *plan.nested, false);
        break;
      case ValueKind::kGroup:
        WriteStruct(value.as<DynamicStruct>(), *plan.nested, true);
        break;
      case ValueKind::kList:
        WriteList(value.as<capnp::DynamicList>(), plan.element[0]);
        break;
    }
  }

  void WriteList(capnp::DynamicList::Reader list, const ValuePlan& element) {
    out_ += '[';
    for (unsigned i = 0; i < list.size(); ++i) {
      if (i > 0) out_ += ',';
      WriteValue(list[i], element);
    }
    out_ += ']';
  }

  void WriteEnum(uint16_t number, const ValuePlan& plan) {
    if (number < plan.enumerants.size()) {
      WriteString(plan.enumerants[number]);
    } else {
      WriteInteger(number);
    }
  }

  void WriteCurrency(uint16_t number) {
    if (const auto currency = CurrencyFromNumeric(number)) {
      WriteString(currency->alphabetic());
    } else {
      WriteInteger(number);
    }
  }

  template <typename Integer>
  void WriteInteger(Integer value) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    out_.append(digits, end);
  }

  void WriteString(std::string_view text) {
    out_ += '"';
    while (!text.empty()) {
      const char c = text[0];
      size_t length = 1;
      if (c == '"' || c == '\\') {
        out_ += '\\';
        out_ += c;
      } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
        WriteControl(c);
      } else if (static_cast<unsigned char>(c) < 0x80) {
        out_ += c;
      } else if (length = codec::Utf8Length(text); length != 0) {
        out_.append(text.substr(0, length));
      } else {
        // Bytes that no shape check has let in still have to give JSON.
        out_ += "\xef\xbf\xbd";
        length = 1;
      }
      text.remove_prefix(length);
    }
    out_ += '"';
  }

  void WriteControl(char c) {
    if (c == '\n') {
      out_ += "\\n";
    } else if (c == '\r') {
      out_ += "\\r";
    } else if (c == '\t') {
      out_ += "\\t";
    } else {
      out_ += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    }
  }

  std::string& out_;
};

}  // namespace

std::string ToJson(DynamicStruct::Reader value) {
  std::string out;
  const auto exception = kj::runCatchingExceptions(
      [&] { Writer(out).WriteStruct(value, codec::PlanOf(value.getSchema()), false); });
  // Bytes that CheckCanonical refuses; there is nothing to show of them.
  if (exception != nullptr) return "null";
  return out;
}

std::string ToJson(schema::Proposal::Reader proposal) {
  return ToJson(DynamicStruct::Reader(proposal));
}

}  // namespace longmen
