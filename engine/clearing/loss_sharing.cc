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

OwnMeans PayOwn(int64_t net_debit, std::optional<__int128> liquidity, int64_t collateral) {
  OwnMeans means;
  const __int128 own = liquidity.value_or(net_debit);
  means.from_liquidity = static_cast<int64_t>(std::clamp<__int128>(own, 0, net_debit));
  __int128 left = static_cast<__int128>(net_debit) - means.from_liquidity;
  const __int128 below_zero = std::max<__int128>(0, -own);
  if (left > 0 && collateral > below_zero) {
    means.from_collateral = static_cast<int64_t>(std::min<__int128>(collateral, left + below_zero));
    left -= means.from_collateral - below_zero;
  }
  means.loss = static_cast<int64_t>(left);
  return means;
}

__int128 FailureReport::missing() const {
  return std::accumulate(
      survivors.begin(), survivors.end(), static_cast<__int128>(unshared),
      [](__int128 sum, const Survivor& survivor) { return sum + survivor.missing; });
}

bool FailureReport::holds() const {
  return missing() == 0 && obstacle == Code::NONE &&
         std::ranges::all_of(
             survivors, [](const Survivor& survivor) { return survivor.obstacle == Code::NONE; });
}

namespace {

// In the order of docs/rules.md, Default.
Code ObstacleOfFailed(const NetSystem& system, const Standing& own, const FailureReport& report) {
  if (report.from_liquidity < report.net_debit) {
    if (!system.shares_losses) return Code::ROUTE_MISMATCH;
    if (report.unshared > 0) return Code::NOBODY_SHARES;
    if (!own.has_suspense) return Code::NO_SUSPENSE_ACCOUNT;
  }
  const bool is_paid = own.net > 0 || report.from_collateral > 0;
  return is_paid && !own.has_settlement ? Code::NO_SETTLEMENT_ACCOUNT : Code::NONE;
}

Code ObstacleOf(const Standing& standing, int64_t share) {
  if (share > 0 && !standing.has_suspense) return Code::NO_SUSPENSE_ACCOUNT;
  if (share > 0 && share > standing.bearable.value_or(share)) return Code::INSUFFICIENT_FUNDS;
  if (standing.net != share && !standing.has_settlement) return Code::NO_SETTLEMENT_ACCOUNT;
  return Code::NONE;
}

Survivor Survives(const Standing& standing, uint32_t participant, int64_t granted, int64_t share) {
  Survivor survivor{.participant = participant, .granted = granted, .share = share};
  survivor.due = std::max<__int128>(0, static_cast<__int128>(share) - standing.net);
  survivor.available = standing.liquidity;
  if (standing.liquidity && survivor.due > 0) {
    survivor.missing = std::max<__int128>(0, survivor.due - *standing.liquidity);
  }
  survivor.obstacle = ObstacleOf(standing, share);
  return survivor;
}

}  // namespace

FailureReport Fail(const NetSystem& system, uint32_t failed) {
  const auto& participants = system.participants;
  CHECK(failed < participants.size() && system.granted.size() == participants.size(),
        "clearing.failed", failed, participants.size(), system.granted.size());
  const Standing& own = participants[failed];
  FailureReport report{.failed = failed, .net_debit = std::max<int64_t>(0, -own.net)};
  const OwnMeans means =
      PayOwn(report.net_debit, own.liquidity, system.shares_losses ? own.collateral : 0);
  report.from_liquidity = means.from_liquidity;
  report.from_collateral = means.from_collateral;
  report.loss = means.loss;

  std::vector<int64_t> weights;
  for (uint32_t i = 0; i < participants.size(); ++i) {
    if (i != failed) weights.push_back(system.granted[i].at(failed));
  }
  const auto shares = system.shares_losses ? ShareLoss(report.loss, weights) : std::nullopt;
  if (!shares) report.unshared = report.loss;
  report.obstacle = ObstacleOfFailed(system, own, report);
  for (uint32_t i = 0; i < participants.size(); ++i) {
    if (i == failed) continue;
    const size_t k = report.survivors.size();
    report.survivors.push_back(Survives(participants[i], i, weights[k], shares ? (*shares)[k] : 0));
  }
  return report;
}

std::optional<uint32_t> LargestNetDebtor(const NetSystem& system) {
  const auto largest = std::ranges::min_element(system.participants, {}, &Standing::net);
  if (largest == system.participants.end() || largest->net >= 0) return std::nullopt;
  return static_cast<uint32_t>(largest - system.participants.begin());
}

}  // namespace longmen::engine
