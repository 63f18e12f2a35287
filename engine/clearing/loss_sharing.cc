#include "engine/clearing/loss_sharing.h"

#include <algorithm>
#include <numeric>

#include "events/base/check.h"

namespace longmen::engine {

std::optional<std::vector<int64_t>> ShareLoss(int64_t loss, std::span<const int64_t> weights) {
  CHECK(loss >= 0, "clearing.loss", loss);
  std::vector<int64_t> shares(weights.size());
  __int128 total = 0;
  for (const int64_t weight : weights) {
    CHECK(weight >= 0, "clearing.weight", weight);
    total += weight;
  }
  if (loss == 0) return shares;
  if (total == 0) return std::nullopt;
  std::vector<__int128> lost(weights.size());  // by rounding down, in parts of `total`
  int64_t left = loss;
  for (size_t i = 0; i < weights.size(); ++i) {
    const __int128 exact = static_cast<__int128>(loss) * weights[i];
    shares[i] = static_cast<int64_t>(exact / total);
    lost[i] = exact % total;
    left -= shares[i];
  }
  // Fewer units are left than parts were rounded, so that nobody gets two, or one without weight.
  std::vector<size_t> order(weights.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, [&](size_t a, size_t b) { return lost[a] > lost[b]; });
  for (size_t k = 0; left > 0; ++k, --left) ++shares[order[k]];
  return shares;
}

__int128 FailureReport::missing() const {
  return std::accumulate(
      survivors.begin(), survivors.end(), static_cast<__int128>(unshared),
      [](__int128 sum, const Survivor& survivor) { return sum + survivor.missing; });
}

FailureReport Fail(const NetSystem& system, uint32_t failed) {
  const auto& participants = system.participants;
  CHECK(failed < participants.size() && system.granted.size() == participants.size(),
        "clearing.failed", failed, participants.size(), system.granted.size());
  const Standing& own = participants[failed];
  FailureReport report{.failed = failed, .net_debit = std::max<int64_t>(0, -own.net)};
  report.from_liquidity = std::min(own.liquidity, report.net_debit);
  report.from_collateral = std::min(own.collateral, report.net_debit - report.from_liquidity);
  report.loss = report.net_debit - report.from_liquidity - report.from_collateral;

  std::vector<int64_t> weights;
  for (uint32_t i = 0; i < participants.size(); ++i) {
    if (i != failed) weights.push_back(system.granted[i].at(failed));
  }
  const auto shares = ShareLoss(report.loss, weights);
  if (!shares) report.unshared = report.loss;
  for (uint32_t i = 0; i < participants.size(); ++i) {
    if (i == failed) continue;
    const size_t k = report.survivors.size();
    Survivor survivor{.participant = i, .granted = weights[k], .share = shares ? (*shares)[k] : 0};
    const Standing& standing = participants[i];
    survivor.due = std::max<__int128>(0, static_cast<__int128>(survivor.share) - standing.net);
    survivor.available = static_cast<__int128>(standing.liquidity) + standing.collateral;
    survivor.missing = std::max<__int128>(0, survivor.due - survivor.available);
    report.survivors.push_back(survivor);
  }
  return report;
}

std::optional<uint32_t> LargestNetDebtor(const NetSystem& system) {
  const auto largest = std::ranges::min_element(system.participants, {}, &Standing::net);
  if (largest == system.participants.end() || largest->net >= 0) return std::nullopt;
  return static_cast<uint32_t>(largest - system.participants.begin());
}

std::optional<FailureReport> LargestNetDebtorFails(const NetSystem& system) {
  const auto failed = LargestNetDebtor(system);
  if (!failed) return std::nullopt;
  return Fail(system, *failed);
}

}  // namespace longmen::engine
