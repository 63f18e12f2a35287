// ForEachRefused: the proposals inside a refusal, for the folds that keep track of attempts.
#pragma once

#include <functional>

#include "projections/store/body.h"

namespace longmen::projections {

// Calls `visit` with each proposal of a refusal and its place in the refused group. A refusal by
// a translation holds none: it is about its own key. One that cannot be read is passed over: a
// log with such a record is the auditor's finding, not a fold's.
void ForEachRefused(
    schema::Refusal::Reader refusal,
    const std::function<void(uint32_t index, schema::Proposal::Reader proposal)>& visit);

}  // namespace longmen::projections
