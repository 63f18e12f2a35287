// One function a record of parking (record.capnp): what each makes of the ledger as it is.
#pragma once

#include "adapters/parking/record.capnp.h"
#include "adapters/parking/session.h"
#include "adapters/port/port.h"

namespace longmen::adapters::parking {

// Collecting the cap (collect_steps.cc).
void TakeScan(Scan::Reader scan, Step& at);
void TakeScanResult(ScanResult::Reader result, Step& at);
void TakeRevoke(Revoke::Reader revoke, Step& at);

// Closing the session (close_steps.cc).
void TakeDeparture(Departure::Reader departure, Step& at);
void TakeAbandonment(Abandonment::Reader abandonment, Step& at);
void TakeRefund(Refund::Reader refund, Step& at);
void TakeRefundResult(RefundResult::Reader result, Step& at);

// Revenue to the municipality (payout_step.cc).
void TakePayout(Payout::Reader payout, Step& at);

// What the steps share (proposals.cc).
// What a scan occupies of its lot.
std::string BayResource(Scan::Reader scan);
void Refer(schema::Reference::Builder to, const MovementState& movement);
schema::Proposal::Builder AddUnder(Step& at, const std::string& key);
// A debit proposal's body.
schema::Debit::Builder InitDebit(schema::Proposal::Builder proposal, const Money& amount,
                                 schema::Outcome outcome);
// An order proposal that ends the order under `key`.
void AddCancelled(Step& at, const std::string& key, capnp::Text::Reader reason = nullptr);
// A refund of the pre-collection `prepaid`, the next of the session, asked of the channel under
// its number: its result is a later record.
schema::Refund::Builder AddRefund(Step& at, const Session& session, schema::RefundKind kind,
                                  const Money& amount, const MovementState& prepaid);
// The result of a refund that is in flight.
schema::Refund::Builder AddRefundResult(Step& at, const Session& session, size_t index,
                                        schema::Outcome outcome);

}  // namespace longmen::adapters::parking
