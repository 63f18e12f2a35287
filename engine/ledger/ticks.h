// What the engine itself writes: ticks, refusals and the first record of a log.
#pragma once

#include <optional>
#include <span>

#include "engine/ledger/rules.h"
#include "events/codec/codec.h"

namespace longmen::engine {

// The next record that is due at `now`; nothing: all is done.
std::optional<ProposalBytes> NextTick(const State& state, Nanos now);
// The earliest instant at which NextTick has something.
std::optional<Nanos> NextDueAt(const State& state);

ProposalBytes RefusalOf(std::span<const ProposalBytes> group, size_t index,
                        const Decision& decision, Nanos now);
ProposalBytes FirstRecord(std::string_view name, int utc_offset_minutes, Nanos now);

}  // namespace longmen::engine
