// Findings: what an auditor tells. A broken log is data here, never a crash.
#pragma once

#include <string>
#include <vector>

#include "events/block/record.h"

namespace longmen::replay {

struct Finding {
  std::string name;       // stable: "block_damaged", "chain_broken", "decision_differs" …
  Sequence sequence = 0;  // where; 0: of the log as a whole
  std::string place;      // "block 17", "HEAD", "projection balances", a field
  std::string detail;     // for people

  bool operator==(const Finding&) const = default;
};

}  // namespace longmen::replay
