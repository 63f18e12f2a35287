#include "engine/ledger/fee.h"

#include <algorithm>
#include <limits>

namespace longmen::engine {

FeeTable::FeeTable(schema::FeeTable::Reader registered) : currency(registered.getCurrency()) {
  for (auto step : registered.getSteps()) {
    steps.push_back({step.getUpToMinor(), step.getFixedMinor(), step.getPerMillion(),
                     step.getMinMinor(), step.getMaxMinor()});
  }
}

std::optional<int64_t> FeeTable::FeeOf(int64_t minor) const {
  constexpr __int128 kMillion = 1'000'000;
  const auto step = std::ranges::find_if(
      steps, [minor](const FeeStep& each) { return each.up_to == 0 || minor <= each.up_to; });
  if (step == steps.end()) return std::nullopt;
  __int128 fee =
      step->fixed + (minor * static_cast<__int128>(step->per_million) + kMillion / 2) / kMillion;
  fee = std::max<__int128>(fee, step->least);
  if (step->most != 0) fee = std::min<__int128>(fee, step->most);
  return static_cast<int64_t>(std::min<__int128>(fee, std::numeric_limits<int64_t>::max()));
}

}  // namespace longmen::engine
