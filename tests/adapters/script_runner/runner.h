// Runner: plays a case of a script on a ledger of its own.
#pragma once

#include <string>
#include <vector>

#include "tests/adapters/script_runner/script.h"

namespace longmen::script {

// What did not hold, one "file:line: expected …, actual …" each; empty where all did.
//
// Beside the words of setup.h and expect.h a line may be
//   on DATE | at TIME                 moves the clock
//   scenario NAME                     whose records the next lines are
//   defaults STEP FIELD VALUE...      what every such record says unless it says otherwise
//   STEP KEY FIELD VALUE...           a record of the scenario, by its schema; its id is STEP-KEY
//   record JSON                       a record as it would come
//   propose JSON                      one proposal; id, source and occurredAt are filled in
//   group ... end                     the proposals between them as one group
//   close CYCLE next NAME | settle CYCLE [BANK NET] | abort CYCLE
//   tick
// and any action may end with `at TIME` (it comes then), `happened TIME` (it occurred then),
// `id ID`, `source NAME`.
std::vector<std::string> RunCase(const Case& play);

}  // namespace longmen::script
