// Takeout: what a user pays for a meal, split among merchant, rider and platform, with what the
// funders of its discounts add (domain D3; reconstructed).
//
// The order under its number is what the user pays, into escrow. What a funder adds is an order
// "<order>/f1" into escrow, and what a payee gets is one out of it: "<order>/merchant",
// "<order>/rider", "<order>/platform". All are placed together and add up, so that the escrow is
// empty again when the shares are paid, and when everything went back.
//
// Invariants: before the merchant accepts everything goes back, after it a part of every share; no
// share gives back more than it got; what a payee was paid out already is advanced, and owed.
//
// Threading: stateless; one instance serves all.
#pragma once

#include <memory>

#include "adapters/port/port.h"

namespace longmen::adapters {

std::unique_ptr<ScenarioAdapter> MakeTakeout();

}  // namespace longmen::adapters
