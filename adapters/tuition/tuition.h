// Tuition: study abroad paid at home (domain D2; reconstructed, the casebook has no text of it).
//
// The order under its number is the quote: yuan that leave the customer's account, and what the
// school gets for them, until the quote ends. It waits for an officer who has seen the documents.
// "<order>/quota" is what it takes of the customer's yearly quota: an order in the quota's currency
// that is never paid and counts against the mandate until the year ends or it is given back.
// "<order>/wire" is the transfer abroad, out of what the bank owes to schools.
//
// Invariants: nobody pays before the documents were seen and the quota is reserved; a quote is paid
// as it was given or not at all; what is refunded was never sent, or came back.
//
// Threading: stateless; one instance serves all.
#pragma once

#include <memory>

#include "adapters/port/port.h"

namespace longmen::adapters {

std::unique_ptr<ScenarioAdapter> MakeTuition();

}  // namespace longmen::adapters
