// Growth: what a long history costs. 1, 10 and 100 million events by default, its own run.
//
// Every step runs in a child process: opening is then opening, memory the ledger's own, and a kill
// a kill.
#pragma once

#include "tests/bench/engine/subjects.h"

namespace longmen::bench {

void MeasureGrowth(Run& run);

inline constexpr const char* kGrowthChild = "--growth-child";
// What a child of MeasureGrowth does; its arguments are private to it.
int RunGrowthChild(int argc, char** argv);

}  // namespace longmen::bench
