// Verify: the whole log read again, byte by byte, and everything derived from it derived again.
#pragma once

#include <functional>
#include <vector>

#include "engine/log/event_log.h"
#include "projections/store/store.h"
#include "replay/audit/finding.h"

namespace longmen::replay {

struct VerifyInput {
  const engine::LogReader* log = nullptr;
  // The projections as they are stored, to be held against the ones derived; null: none are there.
  const projections::ReadStore* stored = nullptr;
  // Told now and then how far it is.
  std::function<void(Sequence done, Sequence of)> progress;
};

struct VerifyReport {
  std::vector<Finding> findings;
  uint64_t blocks = 0;
  uint64_t records = 0;  // of whole blocks in the chain
  Sequence decided = 0;  // the last record whose decision was made again
  uint64_t refusals_remade = 0;
  uint64_t translations_taken = 0;  // refusals by a translation: recorded, not made again
  Sequence projections_at = 0;      // what the stored projections were compared at; 0: not compared
  Digest256 last_block{};
  Digest256 state{};

  bool clean() const { return findings.empty(); }
};

VerifyReport Verify(const VerifyInput& input);

}  // namespace longmen::replay
