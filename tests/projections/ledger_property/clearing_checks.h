// What the projections say of queues, late items, warnings, limits and closed cycles, held against
// the naive ledger.
#pragma once

#include "tests/projections/ledger_property/world.h"

namespace longmen::generator {

void CheckQueues(const World& world);
void CheckResolutions(const World& world);
void CheckLateItems(const World& world);
void CheckWarnings(const World& world);
void CheckLimits(const World& world);
// No record takes a bank's money at the central bank below its floor, or further below it, but a
// report, which says so.
void CheckFloors(const World& world);
// What was done to closed cycles: which state of their positions is in force, and what settled
// them.
void CheckVersions(const World& world);
void CheckSettlements(const World& world);

}  // namespace longmen::generator
