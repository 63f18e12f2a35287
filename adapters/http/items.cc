#include "adapters/http/items.h"

namespace longmen::adapters::http {
namespace {

// A cursor over JSON text that knows strings and nesting, and nothing about values.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}

  // Skips white space, then `token`. False where something else stands.
  bool Take(std::string_view token) {
    SkipSpace();
    if (text_.substr(at_, token.size()) != token) return false;
    at_ += token.size();
    return true;
  }

  // One value: up to the next comma or closing bracket outside strings and brackets of its own.
  // Empty where there is none.
  std::string_view TakeValue() {
    SkipSpace();
    const size_t begin = at_;
    size_t depth = 0;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '"') {
        SkipString();
      } else if (c == '{' || c == '[') {
        ++depth;
      } else if (c == '}' || c == ']' || c == ',') {
        if (depth == 0) break;
        if (c != ',') --depth;
      }
    }
    return Trim(text_.substr(begin, at_ - begin));
  }

  bool AtEnd() {
    SkipSpace();
    return at_ == text_.size();
  }

 private:
  static bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

  static std::string_view Trim(std::string_view text) {
    while (!text.empty() && IsSpace(text.back())) text.remove_suffix(1);
    return text;
  }

  void SkipSpace() {
    while (at_ < text_.size() && IsSpace(text_[at_])) ++at_;
  }

  // From the opening quote to the closing one; to the last character where it never closes.
  void SkipString() {
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\') ++at_;
    }
    if (at_ >= text_.size()) at_ = text_.size() - 1;
  }

  std::string_view text_;
  size_t at_ = 0;
};

bool TakeGroupKey(Cursor& cursor) {
  return cursor.Take("{") && cursor.Take("\"group\"") && cursor.Take(":");
}

}  // namespace

std::vector<std::string_view> SplitLines(std::string_view body) {
  std::vector<std::string_view> lines;
  while (!body.empty()) {
    const size_t end = body.find('\n');
    std::string_view line = body.substr(0, end);
    body.remove_prefix(end == std::string_view::npos ? body.size() : end + 1);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (line.find_first_not_of(" \t\r") != std::string_view::npos) lines.push_back(line);
  }
  return lines;
}

bool IsGroup(std::string_view json) {
  Cursor cursor(json);
  return TakeGroupKey(cursor);
}

Result<std::vector<std::string_view>> SplitGroup(std::string_view json) {
  const Error malformed{Code::MALFORMED, "group", "a group is {\"group\":[proposal, ...]}"};
  Cursor cursor(json);
  if (!TakeGroupKey(cursor) || !cursor.Take("[")) return malformed;
  std::vector<std::string_view> members;
  do {
    members.push_back(cursor.TakeValue());
    if (members.back().empty()) return malformed;
  } while (cursor.Take(","));
  if (!cursor.Take("]") || !cursor.Take("}") || !cursor.AtEnd()) return malformed;
  return members;
}

}  // namespace longmen::adapters::http
