// What one participant is to pay another, in minor units of one currency.
#pragma once

#include <cstdint>

namespace longmen::engine {

// Invariants: from != to, minor > 0. Participants are numbered from 0.
struct Obligation {
  uint32_t from = 0;
  uint32_t to = 0;
  int64_t minor = 0;

  bool operator==(const Obligation&) const = default;
};

}  // namespace longmen::engine
