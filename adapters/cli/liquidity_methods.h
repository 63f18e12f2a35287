// The methods of a liquidity study, and its figures as both its ways of being shown need them.
#pragma once

#include <optional>
#include <vector>

#include "adapters/cli/liquidity_screen.h"

namespace longmen::adapters::cli {

struct LiquidityMethod {
  std::string_view name;     // for programs
  std::string_view heading;  // for people
  engine::MethodFigures engine::LiquidityStudy::*figures;
  // From which percentage it settles everything; null: it always does, with what that takes.
  uint32_t engine::LiquidityStudy::*least_percent;
};

inline constexpr LiquidityMethod kMethods[] = {
    {"gross", "gross", &engine::LiquidityStudy::gross, nullptr},
    {"multilateral_net", "multilateral net", &engine::LiquidityStudy::multilateral_net, nullptr},
    {"bilateral_net", "bilateral net", &engine::LiquidityStudy::bilateral_net, nullptr},
    {"queued", "queue", &engine::LiquidityStudy::single_release,
     &engine::LiquidityStudy::single_release_percent},
    {"queued_gridlock", "queue+gridlock", &engine::LiquidityStudy::gridlock,
     &engine::LiquidityStudy::gridlock_percent},
};

WideSum Wide(__int128 minor);
// Of all payments.
__int128 ValueOf(const WhatIf& what_if);
// That the queues began with.
__int128 OpeningOf(const WhatIf& what_if);
// Of what paying at once uses; nothing where payments are left, which is no way of settling them.
std::optional<engine::Ratio> SavedBy(const engine::MethodFigures& figures, const WhatIf& what_if);
// Participants, whoever needs most for paying at once first.
std::vector<uint32_t> ByNeed(const WhatIf& what_if);
// Where the i-th of n equal parts of the period begins.
Nanos BeginOf(const engine::StudyOptions& options, size_t i, size_t n);

}  // namespace longmen::adapters::cli
