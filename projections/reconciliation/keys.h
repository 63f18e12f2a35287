// Where reconciliation keeps what: shared by its fold and its readings.
#pragma once

#include "projections/reconciliation/reconciliation.h"
#include "projections/store/encoding.h"

namespace longmen::projections {

// scenario, date, participant, channel, booked, leg -> ReconciliationLine
inline constexpr std::string_view kLines = "reconciliation/l";
// cycle -> CycleFate
inline constexpr std::string_view kCycles = "reconciliation/c";
// movement -> LineType, while its outcome is pending or unknown
inline constexpr std::string_view kOpen = "reconciliation/o";
// participant -> nothing
inline constexpr std::string_view kParticipants = "reconciliation/p";

// What became of a cycle's items. A line keeps the cycle it was accepted into and is read through
// this, so that an abort is one small write however many items it carries.
struct CycleFate {
  std::string name;
  Sequence carried_into = 0;  // of an aborted cycle: the cycle that took its items
  Sequence carried_by = 0;    // the record of the abort
};

template <typename Archive>
void Fields(Archive& archive, CycleFate& fate) {
  archive(fate.name, fate.carried_into, fate.carried_by);
}

// `carried_from` is not stored: it is what a reading found on the way.
template <typename Archive>
void Fields(Archive& archive, ReconciliationLine& line) {
  archive(line.scenario, line.participant, line.channel, line.book_date, line.booked, line.event);
  archive(line.clearing_date, line.cycle, line.batch, line.order_key, line.channel_reference,
          line.original);
  archive(line.type, line.payer_bank, line.payee_bank, line.amount, line.fee, line.event_time);
  archive(line.exception);
}

}  // namespace longmen::projections
