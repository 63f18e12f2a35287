// ShortText: an owned text that takes no allocation up to 22 bytes, as nearly all ids, keys and
// channels have; FewOf: a list that takes none up to its inline size; View: a text of Cap'n Proto's
// as ours.
#pragma once

#include <capnp/blob.h>
#include <fmt/format.h>

#include <boost/container/small_vector.hpp>
#include <boost/container/string.hpp>
#include <concepts>
#include <string>
#include <string_view>

namespace longmen {

inline std::string_view View(capnp::Text::Reader text) { return {text.begin(), text.size()}; }

class ShortText {
 public:
  ShortText() = default;
  ShortText(std::string_view text) : text_(text.data(), text.size()) {}    // NOLINT: the same text
  ShortText(const std::string& text) : text_(text.data(), text.size()) {}  // NOLINT
  ShortText(const char* text) : text_(text) {}                             // NOLINT

  // Into the room that is there.
  ShortText& operator=(std::string_view text) {
    text_.assign(text.data(), text.size());
    return *this;
  }
  ShortText& operator=(const std::string& text) { return *this = std::string_view(text); }
  ShortText& operator=(const char* text) { return *this = std::string_view(text); }

  const char* data() const { return text_.data(); }
  char* data() { return text_.data(); }
  const char* c_str() const { return text_.c_str(); }
  const char* begin() const { return data(); }
  const char* end() const { return data() + size(); }
  size_t size() const { return text_.size(); }
  bool empty() const { return text_.empty(); }
  void resize(size_t size) { text_.resize(size); }

  std::string_view view() const { return {text_.data(), text_.size()}; }
  operator std::string_view() const { return view(); }  // NOLINT
  operator std::string() const { return str(); }        // NOLINT
  std::string str() const { return std::string(view()); }

  bool operator==(const ShortText& other) const { return view() == other.view(); }
  bool operator==(std::string_view other) const { return view() == other; }
  bool operator==(const std::string& other) const { return view() == other; }
  bool operator==(const char* other) const { return view() == other; }
  auto operator<=>(const ShortText& other) const { return view() <=> other.view(); }

 private:
  boost::container::string text_;
};

inline std::string operator+(const ShortText& left, std::string_view right) {
  return left.str().append(right);
}

template <typename T, size_t kInline>
using FewOf = boost::container::small_vector<T, kInline>;

}  // namespace longmen

template <>
struct fmt::formatter<longmen::ShortText> : fmt::formatter<std::string_view> {
  auto format(const longmen::ShortText& text, fmt::format_context& context) const {
    return fmt::formatter<std::string_view>::format(text.view(), context);
  }
};
