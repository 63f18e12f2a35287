// Setup: the words that register what a script needs.
#pragma once

#include <string>
#include <vector>

#include "tests/adapters/script_runner/world.h"

namespace longmen::script {

// bank, participant, account, scheme, source, mandate, tariff, fares, money, calendar, fees, risk.
bool IsSetupWord(const std::string& word);

// Proposes what the words say, as `source`. What became of it is in the world; errors are the
// script's own.
Status SetUp(World& world, const std::vector<std::string>& words, const std::string& source);

}  // namespace longmen::script
