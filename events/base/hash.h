// The two hashes: XXH3-128 against damage, SHA-256 against people.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace longmen {

using Bytes = std::span<const uint8_t>;

inline Bytes AsBytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}
inline std::string_view AsText(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

struct Hash128 {
  uint64_t low = 0;
  uint64_t high = 0;
  auto operator<=>(const Hash128&) const = default;
};

using Digest256 = std::array<uint8_t, 32>;

Hash128 Xxh3(Bytes bytes);
// 64 bits, for tables in memory.
uint64_t Xxh3Seeded(Bytes bytes, uint64_t seed);

Digest256 Sha256(Bytes bytes);

// SHA-256 over a stream.
class Sha256Stream {
 public:
  Sha256Stream();
  ~Sha256Stream();
  Sha256Stream(const Sha256Stream&) = delete;
  Sha256Stream& operator=(const Sha256Stream&) = delete;
  void Add(Bytes bytes);
  Digest256 Finish();

 private:
  void* context_;
};

// HMAC-SHA-256: the keyed token by which a personal fact is looked up without being kept.
Digest256 KeyedToken(Bytes key, Bytes fact);

std::string Hex(Bytes bytes);

}  // namespace longmen
