// Calendar: at which sequence each book date begins.
//
// Book dates never go backwards along the log, because recordedAt does not; so a range of dates is
// a range of the sequence, and a file about past dates can name a range that no later record moves.
#pragma once

#include "projections/store/store.h"

namespace longmen::projections {

// Records first..last, empty where last + 1 == first.
struct SequenceRange {
  Sequence first = 1;
  Sequence last = 0;
  // Nothing recorded from now on can fall into it.
  bool complete = false;
  bool operator==(const SequenceRange&) const = default;
};

// The records booked from `from` to `to`, both included. USAGE where from > to; UNANSWERABLE where
// `from` lies after the last record's date: the log does not reach so far.
Result<SequenceRange> RangeOfDates(const ReadStore& store, DayNumber from, DayNumber to);

// The sequence a book date begins at; the first later one's where nothing was booked that day.
std::optional<Sequence> FirstOfDate(const ReadStore& store, DayNumber date);

class Calendar final : public Projection {
 public:
  std::string_view name() const override { return "calendar"; }
  std::string_view prefix() const override { return "calendar/"; }
  std::unique_ptr<Folder> Begin(Store& store) const override;
};

}  // namespace longmen::projections
