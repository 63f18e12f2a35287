// Archive: a struct as bytes and back, for snapshots and digests of the state.
//
// A struct takes part by one function that names its fields once:
//   template <typename Self> static auto Fields(Self& s) { return std::tie(s.a, s.b); }
// Maps are written in key order, so equal states give equal bytes.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <tuple>
#include <type_traits>
#include <vector>

#include "events/base/hash.h"
#include "events/base/name.h"
#include "events/base/short_text.h"

namespace longmen::engine {

class ArchiveWriter {
 public:
  template <typename T>
  void operator()(const T& value) {
    if constexpr (std::is_enum_v<T> || std::is_integral_v<T> || std::is_same_v<T, __int128>) {
      Append(&value, sizeof value);
    } else {
      std::apply([this](const auto&... field) { ((*this)(field), ...); }, T::Fields(value));
    }
  }
  void operator()(const std::string& text) {
    (*this)(static_cast<uint32_t>(text.size()));
    Append(text.data(), text.size());
  }
  void operator()(const Digest256& digest) { Append(digest.data(), digest.size()); }
  void operator()(const Hash128& hash) {
    (*this)(hash.low);
    (*this)(hash.high);
  }
  void operator()(const ShortText& text) {
    (*this)(static_cast<uint32_t>(text.size()));
    Append(text.data(), text.size());
  }
  void operator()(const Name& name) { (*this)(name.text()); }
  template <typename T>
  void operator()(const std::vector<T>& items) {
    List(items);
  }
  template <typename T, size_t kInline>
  void operator()(const FewOf<T, kInline>& items) {
    List(items);
  }

  // What was written so far.
  Bytes bytes() const { return {out_.get(), size_}; }

 private:
  template <typename Items>
  void List(const Items& items) {
    (*this)(static_cast<uint32_t>(items.size()));
    for (const auto& item : items) (*this)(item);
  }

  // Fields are small and many: this is cheaper than a vector's growing by each of them.
  void Append(const void* bytes, size_t size) {
    if (size > room_ - size_) Grow(size);
    if (size > 0) std::memcpy(out_.get() + size_, bytes, size);
    size_ += size;
  }
  void Grow(size_t size) {
    room_ = std::max({size_t{1'024}, 2 * room_, size_ + size});
    auto grown = std::make_unique_for_overwrite<uint8_t[]>(room_);
    if (size_ > 0) std::memcpy(grown.get(), out_.get(), size_);
    out_ = std::move(grown);
  }

  std::unique_ptr<uint8_t[]> out_;
  size_t size_ = 0;
  size_t room_ = 0;
};

// Reads what ArchiveWriter wrote. Past the end, or after a count that cannot be, it fails for
// good and leaves values as they were.
class ArchiveReader {
 public:
  explicit ArchiveReader(Bytes bytes) : rest_(bytes) {}

  bool ok() const { return ok_; }
  bool AtEnd() const { return ok_ && rest_.empty(); }

  template <typename T>
  void operator()(T& value) {
    if constexpr (std::is_enum_v<T> || std::is_integral_v<T> || std::is_same_v<T, __int128>) {
      Copy(&value, sizeof value);
    } else {
      std::apply([this](auto&... field) { ((*this)(field), ...); }, T::Fields(value));
    }
  }
  void operator()(std::string& text) {
    text.resize(Count(1));
    Copy(text.data(), text.size());
  }
  void operator()(Digest256& digest) { Copy(digest.data(), digest.size()); }
  void operator()(Hash128& hash) {
    (*this)(hash.low);
    (*this)(hash.high);
  }
  void operator()(ShortText& text) {
    text.resize(Count(1));
    Copy(text.data(), text.size());
  }
  void operator()(Name& name) {
    std::string text;
    (*this)(text);
    if (ok_) name = Name(text);
  }
  template <typename T>
  void operator()(std::vector<T>& items) {
    List(items);
  }
  template <typename T, size_t kInline>
  void operator()(FewOf<T, kInline>& items) {
    List(items);
  }

  // For a caller that found what cannot be.
  void Fail() { ok_ = false; }

  // A count of items of at least `item_bytes` each; 0 and failed where they cannot be there.
  uint32_t Count(size_t item_bytes) {
    uint32_t count = 0;
    Copy(&count, sizeof count);
    if (count > rest_.size() / item_bytes) {
      ok_ = false;
      return 0;
    }
    return count;
  }

 private:
  template <typename Items>
  void List(Items& items) {
    items.resize(Count(1));
    for (auto& item : items) (*this)(item);
  }

  void Copy(void* to, size_t size) {
    if (!ok_ || size > rest_.size()) {
      ok_ = false;
      return;
    }
    std::copy_n(rest_.data(), size, static_cast<uint8_t*>(to));
    rest_ = rest_.subspan(size);
  }

  Bytes rest_;
  bool ok_ = true;
};

}  // namespace longmen::engine
