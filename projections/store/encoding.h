// Encoding: how a projection's keys and values become bytes, and back.
//
// Keys sort as what they stand for: integers are big-endian (signed ones with the sign bit turned
// over), and a text ends with 00 01 while a zero byte inside it is written 00 FF, so that a text
// sorts before every longer one that begins with it.
//
// Values are a struct's fields in order: unsigned integers and enumerants as LEB128 varints,
// signed ones zigzag first, texts and lists behind their length, Money as minor units and
// currency. One `Fields(archive, value)` a struct serves both directions, so that what is written
// and what is read cannot part ways.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "events/base/name.h"
#include "events/base/result.h"
#include "events/base/short_text.h"
#include "events/base/time.h"
#include "events/money/money.h"
#include "projections/store/store.h"

namespace longmen::projections {

// Bytes that are made in place: written one by one and then copied as a whole, they would make the
// processor wait for the former. The first kInline of them take no allocation.
template <size_t kInline>
class GrowingBytes {
 public:
  GrowingBytes() = default;
  GrowingBytes(const GrowingBytes& other) { Append(other.view()); }
  GrowingBytes& operator=(const GrowingBytes&) = delete;

  std::string_view view() const { return {begin_, end_}; }
  void Append(std::string_view bytes) {
    end_ = std::copy(bytes.begin(), bytes.end(), Room(bytes.size()));
  }
  // The end, with room for so much, to be written; then where the end has come to.
  char* Room(size_t size) {
    if (static_cast<size_t>(room_end_ - end_) < size) Grow(size);
    return end_;
  }
  void EndAt(char* end) { end_ = end; }
  void Clear() { end_ = begin_; }

 private:
  void Grow(size_t size) {
    const auto used = static_cast<size_t>(end_ - begin_);
    const size_t room = 2 * (used + size);
    auto larger = std::make_unique_for_overwrite<char[]>(room);
    std::memcpy(larger.get(), begin_, used);
    heap_ = std::move(larger);
    begin_ = heap_.get();
    end_ = begin_ + used;
    room_end_ = begin_ + room;
  }

  char* begin_ = inline_;
  char* end_ = inline_;
  char* room_end_ = inline_ + kInline;
  std::unique_ptr<char[]> heap_;
  char inline_[kInline];
};

class KeyWriter {
 public:
  explicit KeyWriter(std::string_view prefix) { bytes_.Append(prefix); }
  KeyWriter& Text(std::string_view text);
  KeyWriter& Number(uint64_t number) { return Put(__builtin_bswap64(number)); }
  KeyWriter& Small(uint16_t number) { return Put(__builtin_bswap16(number)); }
  KeyWriter& Date(DayNumber day) {
    return Put(__builtin_bswap32(static_cast<uint32_t>(day) ^ 0x8000'0000u));
  }
  KeyWriter& Scenario(schema::Scenario scenario) { return Small(static_cast<uint16_t>(scenario)); }

  std::string bytes() const { return std::string(bytes_.view()); }
  operator std::string_view() const { return bytes_.view(); }  // NOLINT: a key is its bytes

 private:
  template <typename T>
  KeyWriter& Put(T big_endian) {
    char* at = bytes_.Room(sizeof big_endian);
    std::memcpy(at, &big_endian, sizeof big_endian);
    bytes_.EndAt(at + sizeof big_endian);
    return *this;
  }

  GrowingBytes<96> bytes_;
};

// Reads what a KeyWriter wrote after its prefix. Reading past the end gives zeros and !done().
class KeyReader {
 public:
  KeyReader(std::string_view key, std::string_view prefix) : rest_(key.substr(prefix.size())) {}
  std::string Text();
  uint64_t Number() { return BigEndian(8); }
  uint16_t Small() { return static_cast<uint16_t>(BigEndian(2)); }
  DayNumber Date() {
    return static_cast<DayNumber>(static_cast<uint32_t>(BigEndian(4)) ^ 0x8000'0000u);
  }

  // Everything was well formed and nothing is left.
  bool done() const { return ok_ && rest_.empty(); }

 private:
  uint64_t BigEndian(size_t size);

  std::string_view rest_;
  bool ok_ = true;
};

// Room is asked for once a field; its bytes are then written by a pointer that stays in a register.
class ValueWriter {
 public:
  static constexpr bool kReads = false;

  template <typename... T>
  void operator()(T&... fields) {
    (One(fields), ...);
  }
  std::string_view bytes() const { return bytes_.view(); }
  void Clear() { bytes_.Clear(); }

 private:
  template <typename T>
  void One(T& field) {
    if constexpr (std::is_enum_v<T>) {
      Unsigned(static_cast<uint64_t>(field));
    } else if constexpr (std::unsigned_integral<T>) {
      Unsigned(field);
    } else if constexpr (std::signed_integral<T>) {
      Signed(field);
    } else {
      Compound(field);
    }
  }
  template <typename T>
  void Compound(T& field) {
    Fields(*this, field);
  }
  template <typename T>
  void Compound(std::vector<T>& list) {
    Unsigned(list.size());
    for (T& item : list) One(item);
  }
  template <typename T, size_t kInline>
  void Compound(FewOf<T, kInline>& list) {
    Unsigned(list.size());
    for (T& item : list) One(item);
  }
  void Compound(std::string_view& text) { Text(text); }
  void Compound(std::string& text) { Text(text); }
  void Compound(ShortText& text) { Text(text); }
  void Compound(Name& name) { Text(name); }
  void Compound(Money& money) {
    Signed(money.minor);
    Unsigned(money.currency.numeric);
  }
  void Compound(WideSum& sum);

  void Text(std::string_view text) {
    char* at = Varint(bytes_.Room(kVarintMax + text.size()), text.size());
    bytes_.EndAt(std::copy(text.begin(), text.end(), at));
  }
  void Unsigned(uint64_t number) { bytes_.EndAt(Varint(bytes_.Room(kVarintMax), number)); }
  void Signed(int64_t number) {
    const auto doubled = static_cast<uint64_t>(number) << 1;
    Unsigned(number < 0 ? ~doubled : doubled);
  }
  static constexpr size_t kVarintMax = 10;  // seven bits each
  static char* Varint(char* at, uint64_t number) {
    for (; number >= 0x80; number >>= 7) *at++ = static_cast<char>(number | 0x80);
    *at++ = static_cast<char>(number);
    return at;
  }

  GrowingBytes<256> bytes_;
};

// Reads what a ValueWriter wrote. Bad bytes give zeros and !done(), never a crash.
class ValueReader {
 public:
  static constexpr bool kReads = true;

  explicit ValueReader(std::string_view bytes) : rest_(bytes) {}

  template <typename... T>
  void operator()(T&... fields) {
    (One(fields), ...);
  }
  bool done() const { return ok_ && rest_.empty(); }
  bool ok() const { return ok_; }

 private:
  template <typename T>
  void One(T& field) {
    if constexpr (std::is_enum_v<T>) {
      std::underlying_type_t<T> number{};
      One(number);
      field = static_cast<T>(number);
    } else if constexpr (std::integral<T>) {
      Integer(field);
    } else {
      Compound(field);
    }
  }
  template <typename T>
  void Integer(T& field) {
    if constexpr (std::unsigned_integral<T>) {
      const unsigned __int128 number = Unsigned();
      field = static_cast<T>(number);
      if (static_cast<unsigned __int128>(field) != number) ok_ = false;
    } else {
      const __int128 number = Signed();
      field = static_cast<T>(number);
      if (static_cast<__int128>(field) != number) ok_ = false;
    }
  }
  template <typename T>
  void Compound(T& field) {
    Fields(*this, field);
  }
  template <typename T>
  void Compound(std::vector<T>& list) {
    uint64_t size = 0;
    One(size);
    if (size > rest_.size()) ok_ = false;  // every item takes at least a byte
    for (uint64_t i = 0; ok_ && i < size; ++i) One(list.emplace_back());
  }
  template <typename T, size_t kInline>
  void Compound(FewOf<T, kInline>& list) {
    uint64_t size = 0;
    One(size);
    if (size > rest_.size()) ok_ = false;  // every item takes at least a byte
    for (uint64_t i = 0; ok_ && i < size; ++i) One(list.emplace_back());
  }
  void Compound(std::string& text) { text = Text(); }
  void Compound(ShortText& text) { text = Text(); }
  void Compound(Name& name) { name = Text(); }
  void Compound(Money& money);
  void Compound(WideSum& sum);

  std::string_view Text();
  unsigned __int128 Unsigned() {
    // Nearly all are short.
    constexpr size_t kShort = 9;
    uint64_t number = 0;
    for (size_t i = 0; i < kShort && i < rest_.size(); ++i) {
      const auto byte = static_cast<uint8_t>(rest_[i]);
      number |= static_cast<uint64_t>(byte & 0x7f) << (7 * i);
      if (byte >= 0x80) continue;
      rest_.remove_prefix(i + 1);
      return number;
    }
    return LongUnsigned();
  }
  unsigned __int128 LongUnsigned();
  __int128 Signed();

  std::string_view rest_;
  bool ok_ = true;
};

template <typename T>
std::string Encode(T value) {
  ValueWriter writer;
  writer(value);
  return std::string(writer.bytes());
}

// For folds: without an allocation for each row, and without a copy of what is only written.
template <typename T>
void WriteFields(ValueWriter& writer, const T& value) {
  writer(const_cast<T&>(value));  // a writer only reads: `Fields` serves both directions
}
template <typename T>
void PutEncoded(Store& store, std::string_view key, const T& value) {
  ValueWriter writer;
  WriteFields(writer, value);
  store.Put(key, writer.bytes());
}
template <typename T>
void AppendEncoded(Store& store, std::string_view key, const T& value) {
  ValueWriter writer;
  WriteFields(writer, value);
  store.Append(key, writer.bytes());
}
// CORRUPT where the bytes are not a T.
template <typename T>
Result<T> Decode(std::string_view bytes) {
  T value{};
  ValueReader reader(bytes);
  reader(value);
  if (!reader.done()) return Error{Code::CORRUPT, "", "a stored value cannot be read"};
  return value;
}

// Values one behind the other, as Append leaves them. CORRUPT as Decode.
template <typename T>
Result<std::vector<T>> DecodeSeries(std::string_view bytes) {
  std::vector<T> series;
  ValueReader reader(bytes);
  while (!reader.done()) {
    reader(series.emplace_back());
    if (!reader.ok()) return Error{Code::CORRUPT, "", "a stored value cannot be read"};
  }
  return series;
}

// The value under a key: NOT_FOUND where there is none.
template <typename T>
Result<T> Read(const ReadStore& store, std::string_view key, std::string_view what) {
  const auto bytes = store.Get(key);
  if (!bytes) return Error{Code::NOT_FOUND, "", fmt::format("there is no {}", what)};
  return Decode<T>(*bytes);
}

// For folds, which only ever read what this build wrote (projections/all guards the format).
template <typename T>
T LoadOr(const ReadStore& store, std::string_view key, T otherwise) {
  const auto bytes = store.Get(key);
  if (!bytes) return otherwise;
  auto value = Decode<T>(*bytes);
  CHECK(value.ok(), "projections.value", key);
  return std::move(value).value();
}

// Everything under a prefix after a key, at most `limit`; `make(key, value)` gives Result<T>.
template <typename T, typename Make>
Result<std::vector<T>> ReadAll(const ReadStore& store, std::string_view prefix,
                               std::string_view after, size_t limit, const Make& make) {
  std::vector<T> all;
  std::optional<Error> error;
  if (limit == 0) return all;
  store.Scan(prefix, after, [&](std::string_view key, std::string_view value) {
    Result<T> item = make(key, value);
    if (!item.ok()) {
      error = item.error();
      return false;
    }
    all.push_back(std::move(item).value());
    return all.size() < limit;
  });
  if (error) return *error;
  return all;
}

inline Error CorruptKey() { return {Code::CORRUPT, "", "a stored key cannot be read"}; }

}  // namespace longmen::projections
