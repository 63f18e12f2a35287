// Decoder: bytes of a statement as UTF-8.
//
// Only what is kept as text is decoded. Malformed bytes and control characters are refused, never
// replaced; blanks around a text are none of it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace longmen::adapters::statements {

enum class Encoding : uint8_t { kUtf8, kGbk, kGb18030 };

inline constexpr size_t kTextMax = 140;  // bytes of a text that a statement's event takes

// Spaces and tabs around it are cut off.
std::string_view Trim(std::string_view text);
// UTF-8 as it should be, and no control character.
bool IsPlainText(std::string_view text);

// UTF-8 as the bytes of the encoding; nothing where it has none for it.
std::optional<std::string> Encoded(std::string_view utf8, Encoding encoding);

class Decoder {
 public:
  explicit Decoder(Encoding encoding);
  ~Decoder();
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  enum class Fault : uint8_t { kNone, kMalformed, kTooLong };
  // A text of a line, trimmed. It lies in the bytes where they are UTF-8, else here until Forget.
  Fault Field(std::string_view bytes, std::string_view& text);
  void Forget() { used_ = 0; }
  // A text of any length.
  std::optional<std::string> Whole(std::string_view bytes);

 private:
  // The bytes written to `out`; nothing where they are malformed.
  std::optional<size_t> Convert(std::string_view bytes, char* out, size_t out_size);

  static constexpr size_t kFields = 16;
  Encoding encoding_;
  void* converter_ = nullptr;
  size_t used_ = 0;
  std::array<char, kFields * 4 * kTextMax> texts_;
};

}  // namespace longmen::adapters::statements
