#include "tests/events/codec/random_proposal.h"

#include <cstdlib>
#include <string>

#include "events/codec/annotations.h"
#include "events/money/currency.h"

namespace longmen {
namespace {

// rapidcheck has a variable of its own and prints its seed; LONGMEN_SEED sets that one too.
[[maybe_unused]] const bool kSeedPassedOn = [] {
  const char* seed = std::getenv("LONGMEN_SEED");
  if (seed != nullptr) setenv("RC_PARAMS", (std::string("seed=") + seed).c_str(), 0);
  return seed != nullptr;
}();

}  // namespace

uint64_t TestSeed() {
  const char* text = std::getenv("LONGMEN_SEED");
  return text != nullptr ? std::strtoull(text, nullptr, 10) : 20260301;
}

RandomProposal::RandomProposal(uint64_t seed) : random_(seed) {
  Fill(message_.initRoot<schema::Proposal>(), 0);
}

void RandomProposal::Fill(capnp::DynamicStruct::Builder into, int depth) {
  for (auto field : into.getSchema().getNonUnionFields()) {
    if (field.getProto().isGroup() || Below(3) != 0) FillField(into, field, depth);
  }
  const auto members = into.getSchema().getUnionFields();
  if (members.size() > 0) {
    FillField(into, members[static_cast<unsigned>(Below(members.size()))], depth);
  }
}

void RandomProposal::FillField(capnp::DynamicStruct::Builder into, capnp::StructSchema::Field field,
                               int depth) {
  const auto type = field.getType();
  if (field.getProto().isGroup()) {
    Fill(into.get(field).as<capnp::DynamicStruct>(), depth);
  } else if (type.isStruct()) {
    Fill(into.init(field).as<capnp::DynamicStruct>(), depth + 1);
  } else if (type.isList()) {
    FillList(into.init(field, static_cast<unsigned>(Below(4))).as<capnp::DynamicList>(), depth + 1,
             codec::HasAnnotation(field.getProto(), codec::kCurrency));
  } else if (type.isText()) {
    into.set(field, Text());
  } else if (type.isData()) {
    std::string bytes(Below(20), '\0');
    for (char& c : bytes) c = static_cast<char>(Below(3) == 0 ? 0 : random_());
    into.set(field,
             capnp::Data::Reader(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()));
  } else {
    into.set(field, Scalar(type, codec::HasAnnotation(field.getProto(), codec::kCurrency)));
  }
}

void RandomProposal::FillList(capnp::DynamicList::Builder into, int depth, bool currencies) {
  const auto element = into.getSchema().getElementType();
  for (unsigned i = 0; i < into.size(); ++i) {
    if (element.isStruct()) {
      // A list of nothing but zeros has a form of its own; let it happen.
      if (Below(3) != 0) Fill(into[i].as<capnp::DynamicStruct>(), depth);
    } else if (element.isText()) {
      into.set(i, Text());
    } else if (element.isData()) {
      into.set(i, capnp::Data::Reader(reinterpret_cast<const uint8_t*>("\0abc"), Below(5)));
    } else if (currencies) {
      // In a list none is absent.
      into.set(i, static_cast<uint16_t>(Below(2) == 0 ? 156 : 840));
    } else {
      into.set(i, Scalar(element, false));
    }
  }
}

capnp::DynamicValue::Reader RandomProposal::Scalar(capnp::Type type, bool is_currency) {
  if (is_currency) {
    static constexpr uint16_t kNumbers[] = {0, 156, 392, 414, 840, 978};
    return kNumbers[Below(6)];
  }
  static constexpr int64_t kEdges[] = {0, 1, -1, 127, 128, 1200};
  const bool edge = Below(2) == 0;
  const auto number = static_cast<int64_t>(random_());
  const int64_t value = edge ? kEdges[Below(6)] : number;
  switch (type.which()) {
    case capnp::schema::Type::BOOL:
      return Below(2) == 0;
    case capnp::schema::Type::ENUM:
      return capnp::DynamicEnum(type.asEnum(),
                                static_cast<uint16_t>(Below(type.asEnum().getEnumerants().size())));
    case capnp::schema::Type::INT16:
      return static_cast<int16_t>(value);
    case capnp::schema::Type::INT32:
      // Every day within years of four digits.
      return static_cast<int32_t>(Below(3'000'000)) - 700'000;
    case capnp::schema::Type::INT64:
      return value;
    case capnp::schema::Type::UINT8:
      return static_cast<uint8_t>(value);
    case capnp::schema::Type::UINT16:
      return static_cast<uint16_t>(value);
    case capnp::schema::Type::UINT32:
      return static_cast<uint32_t>(value);
    default:
      return capnp::VOID;
  }
}

const char* RandomProposal::Text() {
  static constexpr const char* kTexts[] = {
      "",
      "a",
      "order-1",
      "bank:ICBC",
      "青A·12345",
      "two words",
      "quote \" back \\ slash",
      "line\nbreak\ttab\x01",
      "\xf0\x9f\x9a\x97",
      "exactly-thirty-five-characters-long",
  };
  return kTexts[Below(std::size(kTexts))];
}

}  // namespace longmen
