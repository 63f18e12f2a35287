// Integers in a fixed byte order, for everything this project writes to disk.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

namespace longmen {

static_assert(std::endian::native == std::endian::little, "the on-disk format is little-endian");

template <typename T>
void PutLittle(uint8_t* to, T value) {
  std::memcpy(to, &value, sizeof value);
}

template <typename T>
T GetLittle(const uint8_t* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

}  // namespace longmen
