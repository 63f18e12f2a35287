#include "events/codec/json_tape.h"

#include <boost/json/basic_parser_impl.hpp>

#include "events/codec/text_forms.h"

namespace longmen::codec {

namespace json = boost::json;
using json::error_code;

// What Boost.JSON's parser calls; the names are its own.
struct TapeHandler {
  static constexpr size_t max_array_size = static_cast<size_t>(-1);
  static constexpr size_t max_object_size = static_cast<size_t>(-1);
  static constexpr size_t max_string_size = static_cast<size_t>(-1);
  static constexpr size_t max_key_size = static_cast<size_t>(-1);

  JsonTape* tape;
  std::string_view source;

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }
  bool on_array_begin(error_code&) { return Open(JsonValue::Kind::kArray); }
  bool on_array_end(size_t count, error_code&) { return Close(count); }
  bool on_object_begin(error_code&) { return Open(JsonValue::Kind::kObject); }
  bool on_object_end(size_t count, error_code&) { return Close(count); }
  bool on_string_part(json::string_view part, size_t, error_code&) { return Keep(part); }
  bool on_string(json::string_view last, size_t total, error_code&) { return Text(last, total); }
  bool on_key_part(json::string_view part, size_t, error_code&) { return Keep(part); }
  bool on_key(json::string_view last, size_t total, error_code&) { return Text(last, total); }
  bool on_number_part(json::string_view, error_code&) { return true; }
  bool on_int64(int64_t value, json::string_view, error_code&) {
    Add(JsonValue::Kind::kInteger).integer = value;
    return true;
  }
  bool on_uint64(uint64_t value, json::string_view, error_code&) {
    Add(JsonValue::Kind::kNatural).natural = value;
    return true;
  }
  bool on_double(double, json::string_view, error_code&) {
    Add(JsonValue::Kind::kFloat);
    return true;
  }
  bool on_bool(bool value, error_code&) {
    Add(JsonValue::Kind::kBool).truth = value;
    return true;
  }
  bool on_null(error_code&) {
    Add(JsonValue::Kind::kNull);
    return true;
  }
  bool on_comment_part(json::string_view, error_code&) { return true; }
  bool on_comment(json::string_view, error_code&) { return true; }

 private:
  JsonValue& Add(JsonValue::Kind kind) {
    JsonValue& value = tape->values_.emplace_back();
    value.kind = kind;
    value.next = static_cast<uint32_t>(tape->values_.size());
    return value;
  }

  bool Open(JsonValue::Kind kind) {
    tape->open_.push_back(static_cast<uint32_t>(tape->values_.size()));
    Add(kind);
    return true;
  }

  bool Close(size_t count) {
    JsonValue& value = tape->values_[tape->open_.back()];
    tape->open_.pop_back();
    value.count = static_cast<uint32_t>(count);
    value.next = static_cast<uint32_t>(tape->values_.size());
    return true;
  }

  // Reserved for the whole text, which never grows by unescaping: views into it stay good.
  bool Keep(json::string_view part) {
    tape->unescaped_.append(part.data(), part.size());
    return true;
  }

  bool Text(json::string_view last, size_t total) {
    const bool whole = last.size() == total;
    const bool in_source =
        last.data() >= source.data() && last.data() + last.size() <= source.data() + source.size();
    JsonValue& value = Add(JsonValue::Kind::kString);
    if (whole && in_source) {
      value.text = {last.data(), last.size()};
      return true;
    }
    Keep(last);
    value.text = std::string_view(tape->unescaped_).substr(tape->unescaped_.size() - total);
    return true;
  }
};

static bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    const size_t length = Utf8Length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

Status JsonTape::Parse(std::string_view text) {
  values_.clear();
  open_.clear();
  unescaped_.clear();
  if (text.size() > kTextBytesMax) {
    return Error{Code::TOO_LARGE, "", fmt::format("{} bytes of JSON", text.size())};
  }
  unescaped_.reserve(text.size());
  json::parse_options options;
  options.max_depth = kDepthMax;
  json::basic_parser<TapeHandler> parser(options, TapeHandler{this, text});
  error_code failure;
  const size_t read = parser.write_some(false, text.data(), text.size(), failure);
  if (!failure && read < text.size()) failure = json::error::extra_data;
  if (failure && !IsUtf8(text)) return Error{Code::BAD_TEXT, "", "not UTF-8"};
  if (failure) {
    return Error{Code::MALFORMED, "",
                 fmt::format("not JSON at byte {}: {}", read, failure.message())};
  }
  return Ok();
}

}  // namespace longmen::codec
