// Tutorial: a vending machine, the smallest scenario that moves money. docs/adding-a-scenario.md
// builds it step by step; the tests run it.
#pragma once

#include <memory>

#include "adapters/port/port.h"

namespace longmen::adapters {

std::unique_ptr<ScenarioAdapter> MakeTutorial();

}  // namespace longmen::adapters
