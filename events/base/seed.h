// A seed for hashes of what comes from outside, so that nobody can choose texts which collide.
#pragma once

#include <cstdint>
#include <random>

namespace longmen {

inline uint64_t NewSeed() {
  std::random_device device;
  return uint64_t{device()} << 32 | device();
}

}  // namespace longmen
