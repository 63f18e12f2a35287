// ObjectText: a JSON object written member by member onto the end of a text. A batch has thousands
// of answers; a document for each would cost more than to decide it.
#pragma once

#include <string>
#include <string_view>

namespace longmen::adapters::http {

// A JSON string, quotes and escapes included.
inline void AppendQuoted(std::string_view text, std::string& out) {
  static constexpr char kHex[] = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += "\\u00";
      out += kHex[c >> 4];
      out += kHex[c & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

class ObjectText {
 public:
  explicit ObjectText(std::string& out) : out_(out) { out_ += '{'; }
  ObjectText(const ObjectText&) = delete;
  ObjectText& operator=(const ObjectText&) = delete;

  // Names are this program's own and need no escape.
  std::string& Name(std::string_view name) {
    out_ += first_ ? "\"" : ",\"";
    first_ = false;
    out_ += name;
    out_ += "\":";
    return out_;
  }
  void Text(std::string_view name, std::string_view text) { AppendQuoted(text, Name(name)); }
  void Number(std::string_view name, uint64_t number) { Name(name) += std::to_string(number); }
  void Close() { out_ += '}'; }

 private:
  std::string& out_;
  bool first_ = true;
};

}  // namespace longmen::adapters::http
