// Virtual cards: a number of its own for a supplier, a purchase or a trip, with its own limits,
// over a funding account (domain A6, D4).
//
// A card is a mandate on its funding account; the mandate's name is the token that stands for the
// number, which no field of any record takes. The mandate's first version is the request, frozen;
// the second is the card as somebody else issued it, or closed it unissued. An authorization is an
// order under the acquirer's number, judged by the card's controls, with a hold of its amount; a
// capture is a report, for the acquirer was promised the money; a refund goes by the capture,
// whatever has become of the card.
//
// Invariants: whoever asked for a card does not approve it; a card of single use stays one; what
// was captured under a reference is captured once.
//
// Threading: stateless; one instance serves all.
#pragma once

#include <memory>

#include "adapters/port/port.h"

namespace longmen::adapters {

std::unique_ptr<ScenarioAdapter> MakeVirtualCard();

}  // namespace longmen::adapters
