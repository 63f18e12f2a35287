// Environment of a random test: seed and number of cases, printed and settable.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <random>

namespace longmen::generator {

// LONGMEN_SEED, or a fresh one; printed, so that a failing run can be had again.
inline uint64_t SeedOfRun() {
  static const uint64_t seed = [] {
    const char* given = std::getenv("LONGMEN_SEED");
    const uint64_t value =
        given != nullptr ? std::strtoull(given, nullptr, 0) : std::random_device{}();
    std::cout << "LONGMEN_SEED=" << value << std::endl;
    return value;
  }();
  return seed;
}

inline size_t CasesOfRun(size_t otherwise) {
  const char* given = std::getenv("LONGMEN_CASES");
  return given != nullptr ? std::strtoull(given, nullptr, 0) : otherwise;
}

}  // namespace longmen::generator
