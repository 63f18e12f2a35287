#include "adapters/cli/liquidity_methods.h"

#include <algorithm>
#include <numeric>

namespace longmen::adapters::cli {

WideSum Wide(__int128 minor) {
  // A sum takes 64 bits at a time.
  WideSum sum;
  while (minor != 0) {
    const auto part = static_cast<int64_t>(std::clamp<__int128>(minor, INT64_MIN, INT64_MAX));
    sum.Add(part);
    minor -= part;
  }
  return sum;
}

__int128 ValueOf(const WhatIf& what_if) { return what_if.study.multilateral_net.settled_value; }

__int128 OpeningOf(const WhatIf& what_if) {
  const auto& opening = what_if.study.opening;
  return std::accumulate(opening.begin(), opening.end(), __int128{0});
}

std::optional<engine::Ratio> SavedBy(const engine::MethodFigures& figures, const WhatIf& what_if) {
  if (figures.left_count > 0) return std::nullopt;
  return what_if.study.savings(figures);
}

std::vector<uint32_t> ByNeed(const WhatIf& what_if) {
  std::vector<uint32_t> order(what_if.items.participants.size());
  std::iota(order.begin(), order.end(), 0u);
  const auto key = [&](uint32_t i) {
    return std::pair(-what_if.study.gross.used[i], std::string_view(what_if.items.participants[i]));
  };
  std::ranges::sort(order, [&](uint32_t a, uint32_t b) { return key(a) < key(b); });
  return order;
}

Nanos BeginOf(const engine::StudyOptions& options, size_t i, size_t n) {
  const __int128 length = options.end - options.begin;
  return options.begin +
         static_cast<Nanos>(length * static_cast<__int128>(i) / static_cast<__int128>(n));
}

}  // namespace longmen::adapters::cli
