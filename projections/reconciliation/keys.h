// Where reconciliation keeps what: shared by its fold and its readings.
#pragma once

#include "projections/reconciliation/reconciliation.h"
#include "projections/store/encoding.h"

namespace longmen::projections {

// scenario, date, participant, channel, booked / kRowRecords -> StoredLines, appended
inline constexpr std::string_view kLines = "reconciliation/l";
inline constexpr Sequence kRowRecords = 1u << 12;
// cycle -> CycleFate
inline constexpr std::string_view kCycles = "reconciliation/c";
// movement -> OpenMovement, while its outcome is pending or unknown
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

template <typename Archive>
void Fields(Archive& archive, OpenMovement& open) {
  archive(open.movement, open.type, open.outcome, open.scenario, open.channel, open.order_key);
  archive(open.channel_reference, open.payer_bank, open.payee_bank, open.amount);
  archive(open.clearing_date, open.event_time);
}

// A line without what its row's key says, and without the name of its cycle, which its fate says.
struct StoredLine {
  uint32_t offset = 0;        // of `booked` in the row
  uint8_t sides = 0;          // kPays, kIsPaid: what the participant is
  ShortText other;            // the bank on the other side, where that is another
  Sequence booked_after = 0;  // so many records after the movement began
  DayNumber clearing_date = 0;
  Sequence cycle = 0;
  ShortText batch;  // of no cycle
  ShortText order_key;
  ShortText channel_reference;
  Sequence original = 0;
  LineType type = LineType::kPay;
  Money amount;
  int64_t fee = 0;
  Nanos event_time = 0;
  Code exception = Code::NONE;
};
inline constexpr uint8_t kPays = 1;
inline constexpr uint8_t kIsPaid = 2;

template <typename Archive>
void Fields(Archive& archive, StoredLine& line) {
  archive(line.offset, line.sides, line.other, line.booked_after, line.clearing_date, line.cycle);
  archive(line.batch, line.order_key, line.channel_reference, line.original, line.type);
  archive(line.amount, line.fee, line.event_time, line.exception);
}

}  // namespace longmen::projections
