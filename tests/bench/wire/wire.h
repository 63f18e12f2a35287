// What the HTTP door costs, beside the engine behind it.
#pragma once

#include <string>

#include "tests/bench/common/figures.h"

namespace longmen::bench {

// Server and load generator share the machine and this process. Rounds of each kind take turns, so
// that what else the machine does hits all of them; figures are medians.
//
// LONGMEN_BENCH_PAYMENTS is the size of all rounds of one kind (100,000 payments of three events).
void MeasureWire(Table& table, const std::string& directory);
// The door alone, with nobody behind it: its processor time, and what idle connections cost.
void MeasureDoor(Table& table, const std::string& directory);

}  // namespace longmen::bench
