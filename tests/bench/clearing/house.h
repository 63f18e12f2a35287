// What clearing costs a whole ledger: closing and settling cycles of many items, resolving a queue.
#pragma once

#include "tests/bench/common/figures.h"

namespace longmen::bench {

// LONGMEN_BENCH_ITEMS: how many items the largest cycle has; ten million (4 GB) where it is not
// stated.
void MeasureCycles(Table& table);
void MeasureQueue(Table& table);

}  // namespace longmen::bench
