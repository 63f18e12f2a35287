// Naming what differs: the rules say that an id is taken by other content; which field it is takes
// the stored record, which only the log has.
#pragma once

#include <vector>

#include "engine/ledger/ledger.h"
#include "engine/log/event_log.h"

namespace longmen::engine {

struct Conflict {
  size_t job = 0;
  size_t member = 0;
  ProposalBytes proposal;
};

// Remembers the members whose conflict names no field yet.
void CollectConflicts(const std::vector<ProposalBytes>& group, const Answers& answers, size_t job,
                      std::vector<Conflict>& conflicts);

// Fills in their fields. An answer whose record cannot be read keeps an empty field.
void NameConflicts(const LogReader& log, const std::vector<Conflict>& conflicts,
                   std::vector<Answers>& answers);

}  // namespace longmen::engine
