// ObjectText: a JSON object written member by member onto the end of a text. A batch has thousands
// of answers; a document for each would cost more than to decide it.
#pragma once

#include <string>
#include <string_view>

namespace longmen::adapters::http {

// A JSON string, quotes and escapes included. What is no UTF-8, as a target or a message may hold,
// becomes U+FFFD.
void AppendQuoted(std::string_view text, std::string& out);

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
