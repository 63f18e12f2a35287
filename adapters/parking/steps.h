// One function a record of parking (record.capnp): what each makes of the ledger as it is.
#pragma once

#include "adapters/parking/record.capnp.h"
#include "adapters/parking/session.h"
#include "adapters/port/proposals.h"

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
// A refund of the pre-collection `prepaid`, the next of the session, asked of the channel under
// its number: its result is a later record.
schema::Refund::Builder AddRefund(Step& at, const Session& session, schema::RefundKind kind,
                                  const Money& amount, const MovementState& prepaid);
// The result of a refund that is in flight.
schema::Refund::Builder AddRefundResult(Step& at, const Session& session, size_t index,
                                        schema::Outcome outcome);

}  // namespace longmen::adapters::parking
