// Where reconciliation keeps what: shared by its fold and its readings.
#pragma once

#include "projections/reconciliation/reconciliation.h"
#include "projections/store/encoding.h"

namespace longmen::projections {

// scenario, date, participant, channel, booked, leg -> ReconciliationLine
inline constexpr std::string_view kLines = "reconciliation/l";
// movement -> LineType, while its outcome is pending or unknown
inline constexpr std::string_view kOpen = "reconciliation/o";
// participant -> nothing
inline constexpr std::string_view kParticipants = "reconciliation/p";

template <typename Archive>
void Fields(Archive& archive, ReconciliationLine& line) {
  archive(line.scenario, line.participant, line.channel, line.book_date, line.booked, line.event);
  archive(line.clearing_date, line.batch, line.order_key, line.channel_reference, line.original);
  archive(line.type, line.payer_bank, line.payee_bank, line.amount, line.fee, line.event_time);
  archive(line.exception);
}

}  // namespace longmen::projections
