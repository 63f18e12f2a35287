// B2B gateway: cross-bank payments between enterprises through NetsUnion (domain A1).
//
// The gateway request places the order; the account bank's debit notice pays it. Every step between
// is recorded under the order's number and moves nothing. Money goes from the account bank to the
// payee bank and rests nowhere between (A1.2 rule 8): the scheme allows no pending accounts.
//
// Where the request names the payer's account and a mandate, the mandate's limit is the
// submitter's operation amount, and the engine decides whether the order waits for an approval
// (rule 6). Where no mandate is named, the submission states the operation amount and, if the
// payer is chosen at the account bank, the account: the debit comes from that one and no other.
// A debit that is reported before any submission is booked with order_pending_authorization.
//
// Threading: stateless; one instance serves all.
#pragma once

#include <memory>

#include "adapters/port/port.h"

namespace longmen::adapters {

std::unique_ptr<ScenarioAdapter> MakeB2bGateway();

}  // namespace longmen::adapters
