// Applied: how far the log has been folded into a store.
//
// It is a pair of the store like any other and changes together with what the record changed, so
// whoever sees a store's pairs also sees which record they stand at.
#pragma once

#include "projections/store/store.h"

namespace longmen::projections {

inline constexpr std::string_view kAppliedKey = "applied";

struct Applied {
  Sequence sequence = 0;  // of the last record folded; 0: none
  Nanos recorded_at = 0;  // its header's
  DayNumber book_date = 0;
  Hash128 proposal;  // its XXH3: a store of another log is known by it
  bool operator==(const Applied&) const = default;
};

// Zeros for a store into which nothing was folded; CORRUPT where the pair cannot be read.
Result<Applied> ReadApplied(const ReadStore& store);
void WriteApplied(const Applied& applied, Store& store);

}  // namespace longmen::projections
