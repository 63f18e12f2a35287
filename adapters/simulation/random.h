// Random: a seeded stream of numbers that is the same on every machine, and what happens to whom.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "adapters/simulation/simulation.h"

namespace longmen::adapters::simulation {

// SplitMix64: the standard library's distributions may differ between implementations.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  uint64_t Next() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  // In [0, bound); bound > 0. The bias is far below what a demo could show.
  uint64_t Below(uint64_t bound) { return Next() % bound; }
  // In [low, high].
  int64_t Between(int64_t low, int64_t high) {
    return low + static_cast<int64_t>(Below(static_cast<uint64_t>(high - low + 1)));
  }
  bool Chance(uint64_t percent) { return Below(100) < percent; }

  template <typename T>
  void Shuffle(std::vector<T>& items) {
    for (size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[Below(i)]);
  }

 private:
  uint64_t state_;
};

// A story for each of `count` actors: so many as `counts` says of each, scaled, and the rest have
// the first one; shuffled.
template <typename Story, size_t kKinds>
std::vector<Story> Stories(Random& random, const SimulationOptions& options,
                           const std::pair<Story, int64_t> (&counts)[kKinds], size_t count) {
  std::vector<Story> stories;
  for (const auto& [story, of] : counts) {
    stories.insert(stories.end(), static_cast<size_t>(options.Scaled(of)), story);
  }
  if (stories.size() < count) stories.resize(count, Story{});
  random.Shuffle(stories);
  return stories;
}

}  // namespace longmen::adapters::simulation
