// Judging a record that somebody else wrote, before it is applied.
#pragma once

#include "engine/ledger/rules.h"

namespace longmen::engine {

// An accepted proposal is decided again and must be accepted with the same exception; a record of
// the engine's own must be, byte for byte, what is due; a refusal must hold readable proposals.
Status JudgeRecord(const State& state, const RecordView& record, const Opened& opened);

}  // namespace longmen::engine
