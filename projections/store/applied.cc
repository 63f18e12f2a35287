#include "projections/store/applied.h"

#include "projections/store/encoding.h"

namespace longmen::projections {

template <typename Archive>
void Fields(Archive& archive, Applied& applied) {
  archive(applied.sequence, applied.recorded_at, applied.book_date, applied.proposal.low,
          applied.proposal.high);
}

Result<Applied> ReadApplied(const ReadStore& store) {
  const auto bytes = store.Get(kAppliedKey);
  if (!bytes) return Applied{};
  return Decode<Applied>(*bytes);
}

void WriteApplied(const Applied& applied, Store& store) { store.Put(kAppliedKey, Encode(applied)); }

}  // namespace longmen::projections
