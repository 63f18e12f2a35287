// Campus: bills of a school, paid with any bank's card and posted to the school's account (domain
// A5).
//
// A bill is an order under its payment number, from whoever pays it to the pending account of its
// batch; its validity is the window in which it may be paid. A batch is published by an order under
// its own name, from that account to the school's: nobody pays it, it says what was announced, for
// which window and how it is posted. A posting is an order of its day, "<batch>/20210301".
//
// Invariants: what a batch collected lies on its own pending account, "campus:<batch>", until a
// posting or refund takes it; one bill, one payment: whatever else a card's bank debited goes back
// the way it came; the school and the parent pay no fee.
//
// Threading: stateless; one instance serves all.
#pragma once

#include <memory>

#include "adapters/port/port.h"

namespace longmen::adapters {

std::unique_ptr<ScenarioAdapter> MakeCampus();

}  // namespace longmen::adapters
