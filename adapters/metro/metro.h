// Metro: rides by face or code, paid after the exit from the rider's accounts in turn (domain A2).
//
// The order under a trip's number is the open trip: placed by the entry over the highest fare, it
// occupies its rider until the exit, which amends it to the fare. Then the rider's accounts are
// asked one after the other: the class III wallet, which is in these books and pays at once or not
// at all, and the bound cards, whose banks answer later. Where none can pay, the trip's order is
// cancelled and its fare is owed under "<trip>/arrears", which blocks the rider's next entry until
// it is repaid or written off.
//
// Invariants: a trip is paired by its rider, whatever opened the gate; one trip, one payment: a
// repeated exit or result moves nothing; the operator has the fare less what it grants itself, from
// the rider, the funder of the discount and, where the tariff names one, who advances it.
//
// Threading: stateless; one instance serves all.
#pragma once

#include <memory>

#include "adapters/port/port.h"

namespace longmen::adapters {

std::unique_ptr<ScenarioAdapter> MakeMetro();

}  // namespace longmen::adapters
