#include "events/codec/text_forms.h"

#include <array>

namespace longmen::codec {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<int8_t, 256> kValueOf = [] {
  std::array<int8_t, 256> values{};
  values.fill(-1);
  for (size_t i = 0; i < kAlphabet.size(); ++i) {
    values[static_cast<uint8_t>(kAlphabet[i])] = static_cast<int8_t>(i);
  }
  return values;
}();

bool Continues(std::string_view text, size_t length) {
  if (text.size() < length) return false;
  for (size_t i = 1; i < length; ++i) {
    if ((static_cast<uint8_t>(text[i]) & 0xc0) != 0x80) return false;
  }
  return true;
}

}  // namespace

size_t Utf8Length(std::string_view text) {
  const auto first = static_cast<uint8_t>(text[0]);
  if (first < 0x80) return 1;
  const auto second = text.size() > 1 ? static_cast<uint8_t>(text[1]) : uint8_t{0};
  if (first >= 0xc2 && first <= 0xdf) return Continues(text, 2) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    if (first == 0xe0 && second < 0xa0) return 0;
    if (first == 0xed && second > 0x9f) return 0;
    return Continues(text, 3) ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    if (first == 0xf0 && second < 0x90) return 0;
    if (first == 0xf4 && second > 0x8f) return 0;
    return Continues(text, 4) ? 4 : 0;
  }
  return 0;
}

void AppendBase64(Bytes bytes, std::string& out) {
  const auto digit = [](uint32_t bits) { return kAlphabet[bits & 63]; };
  size_t i = 0;
  for (; i + 3 <= bytes.size(); i += 3) {
    const uint32_t bits = uint32_t{bytes[i]} << 16 | uint32_t{bytes[i + 1]} << 8 | bytes[i + 2];
    out += digit(bits >> 18);
    out += digit(bits >> 12);
    out += digit(bits >> 6);
    out += digit(bits);
  }
  const size_t rest = bytes.size() - i;
  if (rest == 0) return;
  const uint32_t bits =
      uint32_t{bytes[i]} << 16 | (rest == 2 ? uint32_t{bytes[i + 1]} << 8 : uint32_t{0});
  out += digit(bits >> 18);
  out += digit(bits >> 12);
  out += rest == 2 ? digit(bits >> 6) : '=';
  out += '=';
}

std::optional<std::string> DecodeBase64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3);
  for (size_t i = 0; i < text.size(); i += 4) {
    size_t digits = 4;
    if (i + 4 == text.size()) {
      if (text[i + 3] == '=') digits = text[i + 2] == '=' ? 2 : 3;
    }
    uint32_t bits = 0;
    for (size_t j = 0; j < 4; ++j) {
      const int value = j < digits ? kValueOf[static_cast<uint8_t>(text[i + j])] : 0;
      if (value < 0) return std::nullopt;
      bits = bits << 6 | static_cast<uint32_t>(value);
    }
    // Bits that no byte carries must be zero, or two texts would mean one value.
    if ((digits == 2 && (bits & 0xffff) != 0) || (digits == 3 && (bits & 0xff) != 0)) {
      return std::nullopt;
    }
    bytes += static_cast<char>(bits >> 16);
    if (digits > 2) bytes += static_cast<char>(bits >> 8 & 0xff);
    if (digits > 3) bytes += static_cast<char>(bits & 0xff);
  }
  return bytes;
}

}  // namespace longmen::codec
