// Warnings: that a participant came near what it may owe a scheme (domain B4, E3).
//
// One each time it does; there is no record of its being below again.
#pragma once

#include <vector>

#include "projections/store/store.h"

namespace longmen::projections {

struct CapWarning {
  Sequence sequence = 0;
  Nanos recorded_at = 0;
  Name scheme;
  std::string cycle;  // the one then open; what is owed is of all that are not settled
  Name participant;
  Currency currency;
  int64_t owed = 0;  // with what it has in flight
  int64_t cap = 0;
  bool operator==(const CapWarning&) const = default;
};

// Those of the records after one, at most `limit`, oldest first.
Result<std::vector<CapWarning>> CapWarnings(const ReadStore& store, Sequence after = 0,
                                            size_t limit = SIZE_MAX);

class WarningsProjection final : public Projection {
 public:
  std::string_view name() const override { return "warnings"; }
  std::string_view prefix() const override { return "warnings/"; }
  void Fold(const RecordView& record, schema::Proposal::Reader proposal, const Effects& effects,
            Store& store) const override;
};

}  // namespace longmen::projections
