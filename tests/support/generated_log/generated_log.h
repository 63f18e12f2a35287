// GeneratedLog: a log as the engine would write it, from a seeded sequence of proposals; and the
// same log with records changed and everything around them made to fit again, as somebody would
// who wants to deceive.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "engine/ledger/ledger.h"
#include "engine/log/memory_log.h"

namespace longmen::generator {

// Every record that a sequence of `steps` steps leaves, set-up included.
std::vector<engine::Emitted> GenerateRecords(uint64_t seed, size_t steps);

// A log of them: blocks of whole groups, about `records_a_block` records each, whole and chained.
std::unique_ptr<engine::MemoryLog> LogOf(const std::vector<engine::Emitted>& records,
                                         size_t records_a_block = 7);

}  // namespace longmen::generator
