#include "adapters/http/object_text.h"

#include "events/codec/text_forms.h"

namespace longmen::adapters::http {

void AppendQuoted(std::string_view text, std::string& out) {
  static constexpr char kHex[] = "0123456789abcdef";
  out += '"';
  while (!text.empty()) {
    const char c = text[0];
    size_t bytes = 1;
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += "\\u00";
      out += kHex[c >> 4];
      out += kHex[c & 15];
    } else if (static_cast<unsigned char>(c) < 0x80) {
      out += c;
    } else if (bytes = codec::Utf8Length(text); bytes != 0) {
      out += text.substr(0, bytes);
    } else {
      out += "\\ufffd";
      bytes = 1;
    }
    text.remove_prefix(bytes);
  }
  out += '"';
}

}  // namespace longmen::adapters::http
