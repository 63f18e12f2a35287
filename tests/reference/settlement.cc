#include <set>

#include "tests/reference/decision.h"

namespace longmen::reference {

void Decision::DecideSettlement() {
  auto given = proposal_.getBody().getSettlement();
  Sequence opened = 0;
  RefuseIf(state_.FindCycle(key_, &opened) == nullptr, Code::UNKNOWN_CYCLE, "key");
  Cycle& found = state_.cycles.at(opened);
  RefuseIf(!source_->all_schemes && !Contains(source_->schemes, found.scheme), Code::NOT_PERMITTED,
           "settlement.scheme");
  RefuseIf(given.hasScheme() && Str(given.getScheme()) != found.scheme, Code::ROUTE_MISMATCH,
           "settlement.scheme");
  cycle = opened;

  switch (given.getAction()) {
    case schema::SettlementAction::OPENED:
      return;  // refused above
    case schema::SettlementAction::CLOSED:
      RefuseIf(found.status != CycleStatus::kOpen, Code::CYCLE_NOT_OPEN, "key");
      RefuseIf(state_.CycleNameTaken(Str(given.getNext())), Code::CYCLE_EXISTS, "settlement.next");
      found.next = Str(given.getNext());
      found.status = CycleStatus::kClosed;
      found.cut_off = sequence_;
      return;
    case schema::SettlementAction::SETTLED: {
      RefuseIf(found.status != CycleStatus::kClosed, Code::CYCLE_NOT_CLOSED, "key");
      const Positions positions = state_.PositionsOf(opened);
      CheckPositions(positions);
      using enum schema::AccountKind;
      for (const auto& [of, sum] : positions) {
        RefuseIf(sum.net() != 0 && state_.SpecialAccount(SETTLEMENT, of.first, of.second).empty(),
                 Code::NO_SETTLEMENT_ACCOUNT, "settlement.positions");
      }
      for (const auto& [of, sum] : positions) {
        if (sum.net() == 0) continue;
        Post(state_.SpecialAccount(CLEARING, of.first, of.second, found.scheme), sum.net());
        Post(state_.SpecialAccount(SETTLEMENT, of.first, of.second), -sum.net());
      }
      found.status = CycleStatus::kSettled;
      return;
    }
    case schema::SettlementAction::ABORTED:
      RefuseIf(found.status != CycleStatus::kClosed, Code::CYCLE_NOT_CLOSED, "key");
      found.status = CycleStatus::kAborted;
      found.carried_into = state_.OpenCycle(found.scheme);
      RefuseIf(found.carried_into == 0, Code::CYCLE_NOT_OPEN, "key");
      for (Item& item : state_.items) {
        if (item.cycle == opened) item.cycle = found.carried_into;
      }
      for (const auto& [of, position] : state_.PositionsOf(found.carried_into)) {
        RefuseIf(std::max(position.gross_in, position.gross_out) > INT64_MAX, Code::AMOUNT_OVERFLOW,
                 "key");
      }
      return;
  }
}

void Decision::CheckPositions(const Positions& positions) const {
  std::set<std::pair<std::string, uint16_t>> seen;
  size_t i = 0;
  for (auto stated : proposal_.getBody().getSettlement().getPositions()) {
    const std::pair of{Str(stated.getParticipant()), stated.getCurrency()};
    const auto found = positions.find(of);
    RefuseIf(found == positions.end() || !seen.insert(of).second, Code::POSITION_MISMATCH,
             Indexed("settlement.positions", i));
    RefuseIf(found->second.gross_in != stated.getGrossIn(), Code::POSITION_MISMATCH,
             Indexed("settlement.positions", i, ".grossIn"));
    RefuseIf(found->second.gross_out != stated.getGrossOut(), Code::POSITION_MISMATCH,
             Indexed("settlement.positions", i, ".grossOut"));
    RefuseIf(found->second.net() != stated.getNet(), Code::POSITION_MISMATCH,
             Indexed("settlement.positions", i, ".net"));
    ++i;
  }
  RefuseIf(seen.size() != positions.size(), Code::POSITION_MISMATCH, "settlement.positions");
}

}  // namespace longmen::reference
