// What the projections say of queues, late items, warnings and limits, held against the naive
// ledger.
#pragma once

#include "tests/projections/ledger_property/world.h"

namespace longmen::generator {

void CheckQueues(const World& world);
void CheckResolutions(const World& world);
void CheckLateItems(const World& world);
void CheckWarnings(const World& world);
void CheckLimits(const World& world);

}  // namespace longmen::generator
