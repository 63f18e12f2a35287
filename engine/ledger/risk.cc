#include "engine/ledger/risk.h"

#include <algorithm>

namespace longmen::engine {

RiskPolicy::RiskPolicy(schema::RiskPolicy::Reader registered) {
  for (auto rule : registered.getRules()) {
    rules.push_back({.above = rule.getAboveMinor(),
                     .count_at_least = rule.getCountAtLeast(),
                     .from_minute = rule.getFromMinute(),
                     .to_minute = rule.getToMinute(),
                     .points = rule.getPoints(),
                     .new_device = rule.getNewDevice(),
                     .new_counterparty = rule.getNewCounterparty(),
                     .new_place = rule.getNewPlace(),
                     .new_network = rule.getNewNetwork(),
                     .name = std::string(View(rule.getName()))});
  }
  for (auto step : registered.getSteps()) {
    steps.push_back({step.getFromPoints(), step.getMethod()});
  }
}

static bool IsWithin(int16_t minute, int16_t from, int16_t to) {
  if (from == 0 && to == 0) return true;
  if (from < to) return from <= minute && minute < to;
  return from <= minute || minute < to;
}

bool RiskRule::Holds(const RiskFactors& factors) const {
  return factors.minor > above && factors.count >= count_at_least &&
         IsWithin(factors.minute, from_minute, to_minute) && (!new_device || factors.new_device) &&
         (!new_counterparty || factors.new_counterparty) && (!new_place || factors.new_place) &&
         (!new_network || factors.new_network);
}

uint16_t RiskPolicy::PointsOf(const RiskFactors& factors) const {
  uint32_t points = 0;
  for (const RiskRule& rule : rules) points += rule.Holds(factors) ? rule.points : 0;
  return static_cast<uint16_t>(std::min<uint32_t>(points, UINT16_MAX));
}

schema::AuthorizationMethod RiskPolicy::StepAt(uint16_t points) const {
  auto method = schema::AuthorizationMethod::UNSTATED;
  for (const RiskStep& step : steps) {
    if (step.from_points <= points) method = step.method;
  }
  return method;
}

}  // namespace longmen::engine
