// What a record of the log says in words that no projection keeps.
#pragma once

#include <functional>
#include <string>

#include "engine/log/event_log.h"

namespace longmen::adapters::iso20022 {

// Calls `visit` with the proposal of one record. not_found, or corrupt, where the log has it not.
Status VisitRecord(const engine::LogReader& log, Sequence sequence,
                   const std::function<void(schema::Proposal::Reader)>& visit);

// The reason that a record gives; empty where it gives none.
Result<std::string> ReasonAt(const engine::LogReader& log, Sequence sequence);

}  // namespace longmen::adapters::iso20022
