// The parking fee of a stay under a tariff of the log (domain B11).
#pragma once

#include "engine/ledger/view.h"
#include "events/base/time.h"

namespace longmen::adapters::parking {

// Nothing within the free minutes; after them the price of every started step, up to the cap.
// `stay` is >= 0 and the tariff's step is longer than 0 minutes.
Money ParkingFee(const engine::ParkingTariff& tariff, Nanos stay);

}  // namespace longmen::adapters::parking
