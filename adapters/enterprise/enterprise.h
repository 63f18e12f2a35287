// Enterprise: payments from an enterprise's App, by approval flow, on a date, by the cheapest
// channel (domain A4).
//
// A business mode is a mandate: its holder is the administrator, its limits and approval levels are
// the mode's. The order under a payment's reference (`yurRef`) is the payment, from its submission
// on; it names no scheme unless one was asked for, because which one is open and cheapest shows
// when it falls due. A risk decision makes the order wait for a level that no approver has, until
// the submitter has shown what was asked for; then its required level is computed anew.
//
// Invariants: one reference, one payment; a payment is debited whole or not at all, and once;
// nobody but the administrator changes a mode, nobody but the submitter revokes; no approval before
// the identity step that the risk decision asked for.
//
// Threading: stateless; one instance serves all.
#pragma once

#include <memory>

#include "adapters/port/port.h"

namespace longmen::adapters {

std::unique_ptr<ScenarioAdapter> MakeEnterprise();

}  // namespace longmen::adapters
