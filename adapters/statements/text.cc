#include "adapters/statements/text.h"

#include <iconv.h>

#include <algorithm>

#include "events/base/check.h"

namespace longmen::adapters::statements {
namespace {

constexpr auto kPrintable = [](char c) { return c >= ' ' && c < 0x7f; };

bool Continues(uint8_t byte) { return (byte & 0xc0) == 0x80; }

// The length of the character that begins the text; 0: it is none, or it controls.
size_t CharacterLength(std::string_view text) {
  const auto at = [text](size_t i) {
    return i < text.size() ? static_cast<uint8_t>(text[i]) : uint8_t{0};
  };
  const uint8_t first = at(0);
  const uint8_t second = at(1);
  if (first < 0x80) return kPrintable(text[0]) ? 1 : 0;
  if (!Continues(second)) return 0;
  if (first >= 0xc2 && first <= 0xdf) return first == 0xc2 && second < 0xa0 ? 0 : 2;
  if (!Continues(at(2))) return 0;
  if (first == 0xe0) return second >= 0xa0 ? 3 : 0;
  if (first == 0xed) return second <= 0x9f ? 3 : 0;
  if (first >= 0xe1 && first <= 0xef) return 3;
  if (!Continues(at(3))) return 0;
  if (first == 0xf0) return second >= 0x90 ? 4 : 0;
  if (first == 0xf4) return second <= 0x8f ? 4 : 0;
  return first >= 0xf1 && first <= 0xf3 ? 4 : 0;
}

const char* NameOf(Encoding encoding) { return encoding == Encoding::kGbk ? "GBK" : "GB18030"; }

}  // namespace

std::string_view Trim(std::string_view text) {
  constexpr auto kBlank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && kBlank(text.front())) text.remove_prefix(1);
  while (!text.empty() && kBlank(text.back())) text.remove_suffix(1);
  return text;
}

bool IsPlainText(std::string_view text) {
  while (!text.empty()) {
    const size_t length = CharacterLength(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::optional<std::string> Encoded(std::string_view utf8, Encoding encoding) {
  if (encoding == Encoding::kUtf8) return std::string(utf8);
  const iconv_t converter = iconv_open(NameOf(encoding), "UTF-8");
  CHECK(converter != reinterpret_cast<iconv_t>(-1), "statements.iconv", NameOf(encoding));
  std::string bytes(2 * utf8.size(), '\0');
  char* in = const_cast<char*>(utf8.data());  // iconv reads it only
  char* out = bytes.data();
  size_t in_left = utf8.size();
  size_t out_left = bytes.size();
  const size_t irreversible = iconv(converter, &in, &in_left, &out, &out_left);
  iconv_close(converter);
  if (irreversible != 0 || in_left != 0) return std::nullopt;
  bytes.resize(bytes.size() - out_left);
  return bytes;
}

Decoder::Decoder(Encoding encoding) : encoding_(encoding) {
  if (encoding == Encoding::kUtf8) return;
  converter_ = iconv_open("UTF-8", NameOf(encoding));
  CHECK(converter_ != reinterpret_cast<iconv_t>(-1), "statements.iconv", NameOf(encoding));
}

Decoder::~Decoder() {
  if (converter_ != nullptr) iconv_close(converter_);
}

std::optional<size_t> Decoder::Convert(std::string_view bytes, char* out, size_t out_size) {
  iconv(converter_, nullptr, nullptr, nullptr, nullptr);
  char* in = const_cast<char*>(bytes.data());  // iconv reads it only
  size_t in_left = bytes.size();
  size_t out_left = out_size;
  const size_t irreversible = iconv(converter_, &in, &in_left, &out, &out_left);
  if (irreversible != 0 || in_left != 0) return std::nullopt;
  return out_size - out_left;
}

Decoder::Fault Decoder::Field(std::string_view bytes, std::string_view& text) {
  text = {};
  const std::string_view trimmed = Trim(bytes);
  if (std::ranges::all_of(trimmed, kPrintable)) {
    if (trimmed.size() > kTextMax) return Fault::kTooLong;
    text = trimmed;
    return Fault::kNone;
  }
  // No character of these encodings is shorter in UTF-8 than half of what it is here.
  if (trimmed.size() > 2 * kTextMax) return Fault::kTooLong;
  std::string_view decoded = trimmed;
  if (encoding_ != Encoding::kUtf8) {
    CHECK(used_ + 4 * kTextMax <= texts_.size(), "statements.fields", used_);
    const auto size = Convert(trimmed, texts_.data() + used_, 4 * kTextMax);
    if (!size) return Fault::kMalformed;
    decoded = {texts_.data() + used_, *size};
    used_ += *size;
  }
  if (!IsPlainText(decoded)) return Fault::kMalformed;
  if (decoded.size() > kTextMax) return Fault::kTooLong;
  text = decoded;
  return Fault::kNone;
}

std::optional<std::string> Decoder::Whole(std::string_view bytes) {
  std::string text(bytes);
  if (encoding_ != Encoding::kUtf8) {
    text.resize(2 * bytes.size());
    const auto size = Convert(bytes, text.data(), text.size());
    if (!size) return std::nullopt;
    text.resize(*size);
  }
  std::string shown = text;
  std::ranges::replace(shown, '\t', ' ');
  if (!IsPlainText(shown)) return std::nullopt;
  return text;
}

}  // namespace longmen::adapters::statements
