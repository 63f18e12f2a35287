// A script: what a client of an engine sends, group by group, and what must come of it.
//
// Made from a seed by the generator against the naive ledger, and decided once by the rules
// without any engine, log or crash. Groups go in order at times that never go back and nothing
// falls due between them, so whatever happens on the way (repeats of what was not answered
// included), the log holds the first so many of `records`, byte for byte.
#pragma once

#include <string>
#include <vector>

#include "engine/ledger/ledger.h"
#include "tests/reference/reference_ledger.h"

namespace longmen::testing {

struct ScriptStep {
  std::vector<ProposalBytes> group;
  Nanos now = 0;
  Sequence last = 0;        // the last record once it is decided
  engine::Answers answers;  // but for the field of a conflict
};

struct Script {
  std::vector<ScriptStep> steps;
  std::vector<std::vector<uint8_t>> records;  // by sequence, from 1; the first is the beginning
  reference::ReferenceLedger reference;       // at the end
};

Script MakeScript(uint64_t seed, size_t steps);

// Groups and times alone, for a child process that plays the script.
void WriteScript(const std::string& path, const Script& script);
std::vector<ScriptStep> ReadScript(const std::string& path);

// The same answer, as a first one or as a repeat of it; a conflict may name its field.
bool SameAnswer(const engine::Answer& given, const engine::Answer& expected);

}  // namespace longmen::testing
