#include "tests/adapters/script_runner/fill.h"

#include <capnp/schema.h>
#include <fmt/format.h>

#include <charconv>
#include <sstream>
#include <utility>

#include "events/codec/annotations.h"
#include "events/codec/codec.h"

namespace longmen::script {
namespace {

using capnp::DynamicStruct;
using capnp::schema::Type;
using Field = capnp::StructSchema::Field;

Error Wrong(const std::string& what) { return Error{Code::USAGE, "", what}; }

template <typename T>
Result<T> ParseNumber(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) {
    return Wrong(fmt::format("not a number: {}", text));
  }
  return value;
}

Result<Nanos> ParseSpan(const std::string& word) {
  if (word.empty()) return Wrong("a span of time is missing");
  auto count = ParseNumber<int64_t>(std::string_view(word).substr(0, word.size() - 1));
  if (!count) return Wrong("not a span of time: " + word);
  switch (word.back()) {
    case 's':
      return *count * kNanosPerSecond;
    case 'm':
      return *count * kNanosPerMinute;
    case 'h':
      return *count * 60 * kNanosPerMinute;
    case 'd':
      return *count * kNanosPerDay;
    default:
      return Wrong("not a span of time: " + word);
  }
}

bool IsAmount(Field field) {
  if (!field.getType().isStruct()) return false;
  const auto schema = field.getType().asStruct();
  return schema.findFieldByName("minor") != nullptr &&
         schema.findFieldByName("currency") != nullptr;
}

bool IsRate(Field field) {
  return field.getType().isStruct() &&
         field.getType().asStruct().findFieldByName("mantissa") != nullptr;
}

// "7.20" of "USD": 720 / 10^2.
Status SetRate(DynamicStruct::Builder rate, const std::string& word, const std::string& base) {
  const auto currency = CurrencyFromAlphabetic(base);
  if (!currency) return Wrong("a rate is of a currency, not of " + base);
  std::string digits = word;
  const size_t point = digits.find('.');
  if (point != std::string::npos) digits.erase(point, 1);
  const auto mantissa = ParseNumber<int64_t>(digits);
  if (!mantissa) return Wrong("not a rate: " + word);
  rate.set("mantissa", *mantissa);
  rate.set("scale", point == std::string::npos ? 0 : digits.size() - point);
  rate.set("base", currency->numeric);
  return Ok();
}

Status SetAmount(DynamicStruct::Builder amount, const std::string& word, Currency currency) {
  auto money = ParseMoney(word, currency);
  if (!money) return Wrong(fmt::format("not an amount: {}", word));
  amount.set("minor", money->minor);
  amount.set("currency", currency.numeric);
  return Ok();
}

Status SetInteger(DynamicStruct::Builder message, Field field, const std::string& word,
                  const std::string& date) {
  const auto proto = field.getProto();
  const std::string_view name = proto.getName().cStr();
  if (codec::HasAnnotation(proto, codec::kTime)) {
    auto time = ParseTime(word, date);
    if (!time) return time.error();
    message.set(field, *time);
  } else if (codec::HasAnnotation(proto, codec::kDate)) {
    const auto day = ParseDate(word);
    if (!day) return Wrong("not a date: " + word);
    message.set(field, *day);
  } else if (codec::HasAnnotation(proto, codec::kCurrency)) {
    const auto currency = CurrencyFromAlphabetic(word);
    if (!currency) return Wrong("not a currency: " + word);
    message.set(field, currency->numeric);
  } else if (name.ends_with("Minor")) {
    auto money = ParseMoney(word, kYuan);
    if (!money) return Wrong("not an amount: " + word);
    message.set(field, money->minor);
  } else if (name == "maxLate" || name == "maxEarly") {
    auto span = ParseSpan(word);
    if (!span) return span.error();
    message.set(field, *span);
  } else {
    auto number = ParseNumber<int64_t>(word);
    if (!number) return number.error();
    message.set(field, *number);
  }
  return Ok();
}

Status SetEnum(DynamicStruct::Builder message, Field field, const std::string& word) {
  for (auto enumerant : field.getType().asEnum().getEnumerants()) {
    if (SnakeCase(enumerant.getProto().getName().cStr()) != word) continue;
    message.set(field, capnp::DynamicEnum(enumerant));
    return Ok();
  }
  return Wrong(fmt::format("{} is not one of {}", word, field.getProto().getName().cStr()));
}

Status SetTexts(DynamicStruct::Builder message, Field field, const std::string& word) {
  std::vector<std::string> texts;
  std::istringstream in(word);
  for (std::string text; std::getline(in, text, ',');) texts.push_back(text);
  if (!field.getType().asList().getElementType().isText()) {  // currencies
    return FromJson(fmt::format("{{\"{}\":[\"{}\"]}}", field.getProto().getName().cStr(),
                                fmt::join(texts, "\",\"")),
                    message);
  }
  auto list = message.init(field, static_cast<unsigned>(texts.size())).as<capnp::DynamicList>();
  for (unsigned i = 0; i < texts.size(); ++i) list.set(i, texts[i].c_str());
  return Ok();
}

Status SetField(DynamicStruct::Builder message, Field field, const std::string& word,
                const std::string& date) {
  if (word.starts_with('{') || word.starts_with('[')) {
    return FromJson(fmt::format("{{\"{}\":{}}}", field.getProto().getName().cStr(), word), message);
  }
  const auto type = field.getType();
  switch (type.which()) {
    case Type::BOOL:
      if (word != "yes" && word != "no") return Wrong("not yes or no: " + word);
      message.set(field, word == "yes");
      return Ok();
    case Type::TEXT:
      message.set(field, word.c_str());
      return Ok();
    case Type::ENUM:
      return SetEnum(message, field, word);
    case Type::LIST:
      return SetTexts(message, field, word);
    case Type::DATA:
    case Type::STRUCT:
    case Type::VOID:
      return Wrong(fmt::format("{} needs JSON", field.getProto().getName().cStr()));
    default:
      return SetInteger(message, field, word, date);
  }
}

// Follows "answer.outcome" down to the struct that holds the last field.
Result<DynamicStruct::Builder> Descend(DynamicStruct::Builder message, std::string& path) {
  while (true) {
    const size_t dot = path.find('.');
    if (dot == std::string::npos) return message;
    const std::string head = path.substr(0, dot);
    KJ_IF_MAYBE (field, message.getSchema().findFieldByName(head)) {
      if (!field->getType().isStruct()) return Wrong("not a struct: " + head);
      message = message.get(*field).as<DynamicStruct>();
    } else {
      return Wrong("unknown field: " + head);
    }
    path = path.substr(dot + 1);
  }
}

}  // namespace

Result<Nanos> ParseTime(const std::string& word, const std::string& date) {
  std::string text = word;
  if (word.size() >= 5 && word[2] == ':') {
    text = date + "T" + word + (word.size() == 5 ? ":00" : "") + "+08:00";
  }
  const auto instant = ParseInstant(text);
  if (!instant) return Wrong("not a time: " + word);
  return *instant;
}

Status FillPairs(DynamicStruct::Builder message, const std::vector<std::string>& words, size_t from,
                 const std::string& date) {
  for (size_t i = from; i < words.size(); i += 2) {
    if (i + 1 == words.size()) return Wrong("no value for " + words[i]);
    std::string name = words[i];
    auto at = Descend(message, name);
    if (!at) return at.error();
    KJ_IF_MAYBE (field, at->getSchema().findFieldByName(name)) {
      if (IsRate(*field) && !words[i + 1].starts_with('{')) {
        if (i + 2 == words.size()) return Wrong("a rate is of a currency");
        RETURN_IF_ERROR(SetRate(at->init(*field).as<DynamicStruct>(), words[i + 1], words[i + 2]));
        ++i;
      } else if (IsAmount(*field)) {
        Currency currency = kYuan;
        bool named = false;
        if (i + 2 < words.size()) {
          if (auto found = CurrencyFromAlphabetic(words[i + 2])) {
            currency = *found;
            named = true;
          }
        }
        RETURN_IF_ERROR(SetAmount(at->get(*field).as<DynamicStruct>(), words[i + 1], currency));
        if (named) ++i;
      } else {
        RETURN_IF_ERROR(SetField(*at, *field, words[i + 1], date));
      }
    } else {
      return Wrong("unknown field: " + words[i]);
    }
  }
  return Ok();
}

}  // namespace longmen::script
