// Name: the name of something that is registered: an account, a participant, a scheme.
//
// Eight bytes, compared as a pointer, read from any thread without a lock. Every text is kept once,
// for the life of the process: so only what is registered, or read back from what was, may become
// a Name. Making one takes a lock and a look-up.
#pragma once

#include <fmt/format.h>

#include <compare>
#include <string>
#include <string_view>

namespace longmen {

class Name {
 public:
  Name() : text_(Empty()) {}
  Name(std::string_view text) : text_(Keep(text)) {}      // NOLINT: a name is its text
  Name(const std::string& text) : text_(Keep(text)) {}    // NOLINT
  Name(const char* text) : text_(Keep(text)) {}           // NOLINT
  operator const std::string&() const { return *text_; }  // NOLINT
  operator std::string_view() const { return *text_; }    // NOLINT
  const std::string& text() const { return *text_; }
  const char* c_str() const { return text_->c_str(); }
  size_t size() const { return text_->size(); }
  bool empty() const { return text_->empty(); }

  bool operator==(const Name& other) const { return text_ == other.text_; }
  bool operator==(std::string_view other) const { return *text_ == other; }
  bool operator==(const std::string& other) const { return *text_ == other; }
  bool operator==(const char* other) const { return *text_ == other; }
  std::strong_ordering operator<=>(const Name& other) const {
    return text_ == other.text_ ? std::strong_ordering::equal : *text_ <=> *other.text_;
  }

 private:
  static const std::string* Empty();
  static const std::string* Keep(std::string_view text);

  const std::string* text_;
};

inline std::string operator+(const std::string& left, const Name& right) {
  return left + right.text();
}
inline std::string operator+(const Name& left, std::string_view right) {
  return std::string(left.text()).append(right);
}

}  // namespace longmen

template <>
struct fmt::formatter<longmen::Name> : fmt::formatter<std::string_view> {
  auto format(const longmen::Name& name, fmt::format_context& context) const {
    return fmt::formatter<std::string_view>::format(name.text(), context);
  }
};
