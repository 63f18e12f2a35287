#include "projections/positions/settlements.h"

#include "projections/store/body.h"
#include "projections/store/encoding.h"

namespace longmen::projections {

template <typename Archive>
static void Fields(Archive& archive, SettledPosition& position) {
  archive(position.participant, position.counterparty, position.currency.numeric, position.net);
}

template <typename Archive>
static void Fields(Archive& archive, Settlement& settlement) {
  archive(settlement.sequence, settlement.recorded_at, settlement.book_date, settlement.reference);
  archive(settlement.positions);
}

namespace {

constexpr std::string_view kSettlements = "positions/s";  // cycle, sequence -> Settlement

}  // namespace

Result<std::vector<Settlement>> SettlementsOf(const ReadStore& store, Sequence cycle) {
  return ReadAll<Settlement>(
      store, KeyWriter(kSettlements).Number(cycle), {}, SIZE_MAX,
      [](auto, std::string_view value) { return Decode<Settlement>(value); });
}

void FoldSettlement(const CycleState& cycle, const RecordHeader& header,
                    schema::Proposal::Reader proposal, Store& store) {
  if (!proposal.getBody().isSettlement()) return;
  const auto stated = proposal.getBody().getSettlement();
  const auto action = stated.getAction();
  if (action != schema::SettlementAction::SETTLED && action != schema::SettlementAction::SETTLING) {
    return;
  }
  Settlement settlement{.sequence = header.sequence,
                        .recorded_at = header.recorded_at,
                        .book_date = header.book_date,
                        .reference = String(stated.getReference()),
                        .positions = {}};
  for (const auto position : stated.getPositions()) {
    settlement.positions.push_back({.participant = String(position.getParticipant()),
                                    .counterparty = String(position.getCounterparty()),
                                    .currency = Currency{position.getCurrency()},
                                    .net = position.getNet()});
  }
  PutEncoded(store, KeyWriter(kSettlements).Number(cycle.cycle).Number(header.sequence),
             settlement);
}

}  // namespace longmen::projections
