#include "projections/warnings/warnings.h"

#include <algorithm>

#include "projections/store/body.h"
#include "projections/store/encoding.h"

namespace longmen::projections {

template <typename Archive>
static void Fields(Archive& archive, CapWarning& warning) {
  archive(warning.sequence, warning.recorded_at, warning.scheme, warning.cycle);
  archive(warning.participant, warning.currency.numeric, warning.owed, warning.cap);
}

namespace {

constexpr std::string_view kWarnings = "warnings/w";  // sequence -> CapWarning

}  // namespace

Result<std::vector<CapWarning>> CapWarnings(const ReadStore& store, Sequence after, size_t limit) {
  return ReadAll<CapWarning>(
      store, kWarnings, KeyWriter(kWarnings).Number(after), limit,
      [](auto, std::string_view value) { return Decode<CapWarning>(value); });
}

void WarningsProjection::Fold(const RecordView& record, schema::Proposal::Reader proposal,
                              const Effects&, Store& store) const {
  const auto body = proposal.getBody();
  if (!body.isSettlement()) return;
  const auto settlement = body.getSettlement();
  if (settlement.getAction() != schema::SettlementAction::CAP_WARNED) return;
  for (const auto position : settlement.getPositions()) {
    CapWarning warning;
    warning.sequence = record.header.sequence;
    warning.recorded_at = record.header.recorded_at;
    warning.scheme = View(settlement.getScheme());
    warning.cycle = String(proposal.getKey());
    warning.participant = View(position.getParticipant());
    warning.currency = Currency{position.getCurrency()};
    warning.owed = -std::max(position.getNet(), -INT64_MAX);  // stated as a net
    warning.cap = settlement.getCapMinor();
    PutEncoded(store, KeyWriter(kWarnings).Number(warning.sequence), warning);
  }
}

}  // namespace longmen::projections
