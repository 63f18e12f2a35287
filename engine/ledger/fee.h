// Fee tables as they are registered: what a payment of an amount costs its payer (domain B5).
#pragma once

#include <cstdint>
#include <optional>
#include <tuple>
#include <vector>

#include "events/codec/codec.h"

namespace longmen::engine {

struct FeeStep {
  int64_t up_to = 0;  // inclusive; 0: no bound
  int64_t fixed = 0;
  uint32_t per_million = 0;  // of the amount, half up
  int64_t least = 0;
  int64_t most = 0;  // 0: none

  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.up_to, s.fixed, s.per_million, s.least, s.most);
  }
};

class FeeTable {
 public:
  FeeTable() = default;
  explicit FeeTable(schema::FeeTable::Reader registered);

  uint16_t currency = 0;
  std::vector<FeeStep> steps;  // by bound

  // Minor units of its currency, as is `minor`. Nothing where no step holds the amount.
  std::optional<int64_t> FeeOf(int64_t minor) const;

  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.currency, s.steps);
  }
};

}  // namespace longmen::engine
