// Risk policies as they are registered: points for what is unusual about a payment, and what its
// submitter or approver must show from so many points on (domain A4.2 rule 7).
#pragma once

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "events/codec/codec.h"

namespace longmen::engine {

// What is known of a payment when somebody submits or approves it.
struct RiskFactors {
  int64_t minor = 0;
  uint32_t count = 0;  // of the person's payments of this day
  int16_t minute = 0;  // local time of day
  bool new_device = false;
  bool new_counterparty = false;
  bool new_place = false;
  bool new_network = false;
};

// Holds where every condition stated holds.
struct RiskRule {
  int64_t above = 0;
  uint32_t count_at_least = 0;
  int16_t from_minute = 0;  // [from, to), over midnight where to is the earlier; both 0: any time
  int16_t to_minute = 0;
  uint16_t points = 0;
  bool new_device = false;
  bool new_counterparty = false;
  bool new_place = false;
  bool new_network = false;
  std::string name;

  bool Holds(const RiskFactors& factors) const;
  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.above, s.count_at_least, s.from_minute, s.to_minute, s.points, s.new_device,
                    s.new_counterparty, s.new_place, s.new_network, s.name);
  }
};

struct RiskStep {
  uint16_t from_points = 0;
  schema::AuthorizationMethod method = schema::AuthorizationMethod::UNSTATED;

  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.from_points, s.method);
  }
};

class RiskPolicy {
 public:
  RiskPolicy() = default;
  explicit RiskPolicy(schema::RiskPolicy::Reader registered);

  std::vector<RiskRule> rules;
  std::vector<RiskStep> steps;  // by points

  // Of all rules that hold, at most 65,535.
  uint16_t PointsOf(const RiskFactors& factors) const;
  // What is asked for at so many points; unstated: nothing.
  schema::AuthorizationMethod StepAt(uint16_t points) const;

  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.rules, s.steps);
  }
};

}  // namespace longmen::engine
