// Settlements: the records that settled a cycle, and what each of them stated that it settles.
//
// A cycle may be settled by one record or by many, participant by participant or pair by pair; a
// position is stated by one of them. The rules have held each against the log, and what moved is in
// the journal under the record's sequence: nothing, where the items settled one by one.
#pragma once

#include <string>
#include <vector>

#include "projections/store/store.h"

namespace longmen::projections {

struct SettledPosition {
  std::string participant;
  std::string counterparty;  // empty: all of them
  Currency currency;
  int64_t net = 0;  // minor units; below zero: it paid
  bool operator==(const SettledPosition&) const = default;
};

struct Settlement {
  Sequence sequence = 0;
  Nanos recorded_at = 0;
  DayNumber book_date = 0;
  std::string reference;  // outside, of this record
  std::vector<SettledPosition> positions;
  bool operator==(const Settlement&) const = default;
};

// Of a cycle by the sequence of its opening, oldest first; none where nothing is settled yet.
Result<std::vector<Settlement>> SettlementsOf(const ReadStore& store, Sequence cycle);

// A part of the positions' fold. `cycle` is what the record left.
void FoldSettlement(const CycleState& cycle, const RecordHeader& header,
                    schema::Proposal::Reader proposal, Store& store);

}  // namespace longmen::projections
