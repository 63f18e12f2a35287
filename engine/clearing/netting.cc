#include "engine/clearing/netting.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "events/base/check.h"

namespace longmen::engine {

std::vector<NetPosition> NetMultilaterally(uint32_t participants,
                                           std::span<const Obligation> obligations) {
  std::vector<NetPosition> positions(participants);
  for (const auto& [from, to, minor] : obligations) {
    CHECK(from < participants && to < participants && from != to && minor > 0,
          "clearing.obligation", from, to, minor);
    positions[from].gross_out += minor;
    positions[to].gross_in += minor;
    ++positions[from].count_out;
    ++positions[to].count_in;
  }
  return positions;
}

__int128 NetValue(std::span<const NetPosition> positions) {
  __int128 value = 0;
  for (const NetPosition& position : positions) value += std::max<__int128>(0, -position.net());
  return value;
}

std::vector<NetObligation> NetBilaterally(std::span<const Obligation> obligations) {
  // What the lower of the pair owes the higher; below zero: is owed.
  struct Part {
    uint64_t pair;
    int64_t minor;
  };
  std::vector<Part> parts;
  parts.reserve(obligations.size());
  for (const auto& [from, to, minor] : obligations) {
    CHECK(from != to && minor > 0, "clearing.obligation", from, to, minor);
    const auto [low, high] = std::minmax(from, to);
    parts.push_back({uint64_t{low} << 32 | high, from == low ? minor : -minor});
  }
  std::ranges::sort(parts, {}, &Part::pair);
  std::vector<NetObligation> nets;
  for (auto it = parts.begin(); it != parts.end();) {
    const uint64_t pair = it->pair;
    __int128 owes = 0;
    for (; it != parts.end() && it->pair == pair; ++it) owes += it->minor;
    const auto low = static_cast<uint32_t>(pair >> 32);
    const auto high = static_cast<uint32_t>(pair);
    if (owes > 0) nets.push_back({low, high, owes});
    if (owes < 0) nets.push_back({high, low, -owes});
  }
  return nets;
}

std::vector<Obligation> Without(uint32_t participant, std::span<const Obligation> obligations) {
  std::vector<Obligation> others;
  std::ranges::copy_if(obligations, std::back_inserter(others), [&](const Obligation& each) {
    return each.from != participant && each.to != participant;
  });
  return others;
}

std::vector<Shortfall> Shortfalls(std::span<const NetPosition> positions,
                                  std::span<const int64_t> liquidity) {
  CHECK(positions.size() == liquidity.size(), "clearing.liquidity", positions.size(),
        liquidity.size());
  std::vector<Shortfall> shortfalls;
  for (uint32_t i = 0; i < positions.size(); ++i) {
    const __int128 missing = -positions[i].net() - std::max<int64_t>(0, liquidity[i]);
    if (positions[i].net() < 0 && missing > 0) shortfalls.push_back({i, missing});
  }
  return shortfalls;
}

}  // namespace longmen::engine
