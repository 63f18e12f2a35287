// Parking: the cap is collected when the attendant scans the driver's code, and what the stay did
// not use goes back the way it came (domain A3).
//
// A session is two orders. The order under the session's number is the car on the bay: open from
// the scan to the departure, it occupies the bay and the plate, and it will pay the fee from the
// account that collects for the lot to the revenue account. The order under "<session>/cap" is
// the pre-collection: the driver pays the cap into the collecting account, and the refund of what
// the stay did not use is a refund of that payment. Between the two the cap is held on the
// collecting account for its session, so that no session is refunded with another's money.
//
// Invariants: fee + refunded = cap once a session is closed and its refund has succeeded; until
// then the rest of the cap is held, whatever the channel said of the refund. Every refund is asked
// for under a number of its own, which its result must state.
//
// Personal facts: payer code and plate become keyed tokens when a record is parsed, in what the
// ledger gets and in the evidence it keeps.
//
// Threading: stateless; one instance serves all.
#pragma once

#include <memory>

#include "adapters/port/port.h"

namespace longmen::adapters {

std::unique_ptr<ScenarioAdapter> MakeParking();

}  // namespace longmen::adapters
