#include "projections/store/encoding.h"

#include <algorithm>

namespace longmen::projections {

KeyWriter& KeyWriter::Text(std::string_view text) {
  char* at = bytes_.Room(2 * text.size() + 2);
  if (std::memchr(text.data(), '\0', text.size()) == nullptr) {
    at = std::copy(text.begin(), text.end(), at);
  } else {
    for (const char each : text) {
      *at++ = each;
      if (each == '\0') *at++ = '\xff';
    }
  }
  *at++ = '\0';
  *at++ = '\x01';
  bytes_.EndAt(at);
  return *this;
}

std::string KeyReader::Text() {
  std::string text;
  for (size_t i = 0; i + 1 < rest_.size(); ++i) {
    if (rest_[i] != '\0') {
      text.push_back(rest_[i]);
      continue;
    }
    ++i;
    if (rest_[i] == '\xff') {
      text.push_back('\0');
      continue;
    }
    ok_ = ok_ && rest_[i] == '\x01';
    rest_.remove_prefix(i + 1);
    return text;
  }
  ok_ = false;
  rest_ = {};
  return text;
}

uint64_t KeyReader::BigEndian(size_t size) {
  if (rest_.size() < size) {
    ok_ = false;
    rest_ = {};
    return 0;
  }
  uint64_t number = 0;
  for (size_t i = 0; i < size; ++i) number = number << 8 | static_cast<uint8_t>(rest_[i]);
  rest_.remove_prefix(size);
  return number;
}

void ValueWriter::Compound(WideSum& sum) {
  const __int128 value = sum.value();
  auto number = static_cast<unsigned __int128>(value) << 1;
  if (value < 0) number = ~number;
  char* at = bytes_.Room(19);  // seven bits each
  for (; number > UINT64_MAX; number >>= 7) *at++ = static_cast<char>(number | 0x80);
  bytes_.EndAt(Varint(at, static_cast<uint64_t>(number)));
}

unsigned __int128 ValueReader::LongUnsigned() {
  unsigned __int128 number = 0;
  for (int shift = 0; shift < 128 && !rest_.empty(); shift += 7) {
    const auto byte = static_cast<uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    number |= static_cast<unsigned __int128>(byte & 0x7f) << shift;
    if (byte < 0x80) return number;
  }
  ok_ = false;
  return 0;
}

__int128 ValueReader::Signed() {
  const unsigned __int128 number = Unsigned();
  const auto half = static_cast<__int128>(number >> 1);
  return (number & 1) != 0 ? ~half : half;
}

std::string_view ValueReader::Text() {
  uint64_t size = 0;
  One(size);
  if (size > rest_.size()) {
    ok_ = false;
    return {};
  }
  const std::string_view text = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return text;
}

void ValueReader::Compound(Money& money) {
  One(money.minor);
  One(money.currency.numeric);
}

void ValueReader::Compound(WideSum& sum) {
  // WideSum takes 64 bits at a time. Sums of a ledger are a few times that at most; more is not
  // something this program wrote.
  __int128 left = Signed();
  for (int i = 0; left != 0; ++i) {
    if (i == 1'000'000) {
      ok_ = false;
      return;
    }
    const auto part = static_cast<int64_t>(std::clamp<__int128>(left, INT64_MIN, INT64_MAX));
    sum.Add(part);
    left -= part;
  }
}

}  // namespace longmen::projections
