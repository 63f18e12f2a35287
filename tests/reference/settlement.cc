#include <algorithm>
#include <set>

#include "tests/reference/decision.h"

namespace longmen::reference {
namespace {

using Side = std::tuple<std::string, std::string, uint16_t>;
using Of = std::pair<std::string, uint16_t>;

Side SideOf(schema::Position::Reader stated) {
  return {Str(stated.getParticipant()), Str(stated.getCounterparty()), stated.getCurrency()};
}

}  // namespace

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

  const bool settling = found.status == CycleStatus::kSettling;
  const bool by_itself = state_.AtOnce(found.scheme) && !state_.PositionsOf(opened).empty();
  switch (given.getAction()) {
    case schema::SettlementAction::OPENED:
    case schema::SettlementAction::CAP_WARNED:
    case schema::SettlementAction::QUEUE_SETTLED:
    case schema::SettlementAction::QUEUE_DEADLOCKED:
    case schema::SettlementAction::WINDOW_ENDED:
      return;  // refused above
    case schema::SettlementAction::RESOLUTION_ASKED:
      return AskResolution(found);
    case schema::SettlementAction::RECAST:
    case schema::SettlementAction::LOSS_SHARED:
      RefuseIf(found.status != CycleStatus::kClosed && !settling, Code::CYCLE_NOT_CLOSED, "key");
      if (given.getAction() == schema::SettlementAction::LOSS_SHARED &&
          !state_.AtOnce(found.scheme)) {
        return ShareLoss(found, opened);
      }
      RefuseIf(settling || by_itself, Code::PARTLY_SETTLED, "key");
      if (given.getAction() == schema::SettlementAction::RECAST) return Recast(opened);
      return ShareLoss(found, opened);
    case schema::SettlementAction::CLOSED:
      RefuseIf(found.status != CycleStatus::kOpen, Code::CYCLE_NOT_OPEN, "key");
      RefuseIf(state_.CycleNameTaken(Str(given.getNext())), Code::CYCLE_EXISTS, "settlement.next");
      found.next = Str(given.getNext());
      found.status = CycleStatus::kClosed;
      found.cut_off = sequence_;
      return;
    case schema::SettlementAction::SETTLED:
    case schema::SettlementAction::SETTLING:
      RefuseIf(found.status != CycleStatus::kClosed && !settling, Code::CYCLE_NOT_CLOSED, "key");
      return SettleSides(found, opened);
    case schema::SettlementAction::ABORTED:
      RefuseIf(found.status != CycleStatus::kClosed && !settling, Code::CYCLE_NOT_CLOSED, "key");
      RefuseIf(settling || by_itself, Code::PARTLY_SETTLED, "key");
      found.status = CycleStatus::kAborted;
      found.kept.clear();
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

void Decision::SettleSides(Cycle& found, Sequence opened) {
  using enum schema::AccountKind;
  auto given = proposal_.getBody().getSettlement();
  const auto list = given.getPositions();
  const bool whole = found.status == CycleStatus::kClosed &&
                     given.getAction() == schema::SettlementAction::SETTLED;
  const bool by_pairs = list.size() > 0 && list[0].getCounterparty().size() > 0;
  const Sides open =
      whole && !by_pairs ? state_.PositionSides(opened) : state_.SidesOf(opened, true);
  CheckPositions(open);
  std::map<Of, Wide> nets;
  std::set<Of> not_flat;
  std::vector<Of> stated;
  for (auto position : given.getPositions()) {
    const Of& of = stated.emplace_back(Str(position.getParticipant()), position.getCurrency());
    nets[of] += 0;
    if (state_.AtOnce(found.scheme)) continue;  // item by item, and long ago
    nets[of] += position.getNet();
    if (position.getNet() != 0) not_flat.insert(of);
  }
  const auto settlement = [&](const Of& of) {
    return state_.SpecialAccount(SETTLEMENT, of.first, of.second);
  };
  const auto clearing = [&](const Of& of) {
    return state_.SpecialAccount(CLEARING, of.first, of.second, found.scheme);
  };
  for (const Of& of : not_flat) {
    RefuseIf(settlement(of).empty(), Code::NO_SETTLEMENT_ACCOUNT, "settlement.positions");
  }
  for (size_t i = 0; i < stated.size(); ++i) {
    const Wide net = nets.at(stated[i]);
    if (net >= 0) continue;
    const auto liquidity = state_.Liquidity(settlement(stated[i]));
    const Account& owing = state_.accounts.at(clearing(stated[i]));
    const Wide held =
        (owing.cap ? owing.cap->earmark : 0) + state_.Covering(owing) + found.kept[stated[i]];
    RefuseIf(liquidity && -net > *liquidity + held, Code::INSUFFICIENT_LIQUIDITY,
             Indexed("settlement.positions", i));
  }
  for (size_t i = 0; i < stated.size(); ++i) {
    const auto& [participant, currency] = stated[i];
    const Wide net = nets.at(stated[i]);
    if (net <= 0) continue;
    const auto& cap = state_.accounts.at(clearing(stated[i])).cap;
    RefuseIf(cap && state_.Owed(found.scheme, participant, currency) + net > cap->sum(),
             Code::EXCEEDS_CAP, Indexed("settlement.positions", i));
  }
  if (!state_.AtOnce(found.scheme)) CheckPaidIn(found, opened);
  for (const auto& [of, net] : nets) {
    if (net < 0) SpendEarmark(state_.accounts.at(clearing(of)), -net, found.kept[of]);
    found.kept.erase(of);
    if (net == 0) continue;
    Post(clearing(of), net);
    Post(settlement(of), -net);
  }
  for (auto position : given.getPositions()) found.settled.insert(SideOf(position));
  // By participant, everything at once.
  if (whole) {
    for (const auto& [side, sum] : state_.SidesOf(opened, false)) found.settled.insert(side);
  }
  const bool all = state_.SidesOf(opened, true).empty();
  found.status = all ? CycleStatus::kSettled : CycleStatus::kSettling;
}

// Of what is settled, with what is stated, nobody is paid what nobody has paid in.
void Decision::CheckPaidIn(const Cycle& found, Sequence opened) const {
  std::map<uint16_t, Wide> paid;
  for (const auto& [side, sum] : state_.SidesOf(opened, false)) {
    if (found.settled.contains(side)) paid[std::get<2>(side)] += sum.net();
  }
  for (auto stated : proposal_.getBody().getSettlement().getPositions()) {
    paid[stated.getCurrency()] += stated.getNet();
  }
  for (const auto& [currency, sum] : paid) {
    RefuseIf(sum > 0, Code::INSUFFICIENT_LIQUIDITY, "settlement.positions");
  }
}

// What free money does not pay comes out of the earmark, and is earmarked no longer; but what is
// owed after that stays covered where the scheme wants it to be.
void Decision::SpendEarmark(Account& owing, Wide minor, Wide kept) {
  if (!owing.cap) return;
  const auto liquidity = state_.Liquidity(
      state_.SpecialAccount(schema::AccountKind::SETTLEMENT, owing.participant, owing.currency));
  if (!liquidity) return;
  Wide lacking = minor - kept - *liquidity;
  Wide most = owing.cap->earmark;
  if (state_.schemes.at(owing.scheme).covered) {
    const Wide after =
        std::max<Wide>(0, state_.Owed(owing.scheme, owing.participant, owing.currency) - minor);
    lacking -= state_.Covering(owing) - std::max<Wide>(0, after - most);
    most = std::max<Wide>(0, most - after);
  }
  owing.cap->earmark -= static_cast<int64_t>(std::clamp<Wide>(lacking, 0, most));
}

void Decision::CheckPositions(const Sides& open) const {
  const auto given = proposal_.getBody().getSettlement();
  std::set<Side> seen;
  size_t i = 0;
  for (auto stated : given.getPositions()) {
    const auto found = open.find(SideOf(stated));
    RefuseIf(found == open.end() || !seen.insert(found->first).second, Code::POSITION_MISMATCH,
             Indexed("settlement.positions", i));
    RefuseIf(found->second.gross_in != stated.getGrossIn(), Code::POSITION_MISMATCH,
             Indexed("settlement.positions", i, ".grossIn"));
    RefuseIf(found->second.gross_out != stated.getGrossOut(), Code::POSITION_MISMATCH,
             Indexed("settlement.positions", i, ".grossOut"));
    RefuseIf(found->second.net() != stated.getNet(), Code::POSITION_MISMATCH,
             Indexed("settlement.positions", i, ".net"));
    ++i;
  }
  RefuseIf(given.getAction() == schema::SettlementAction::SETTLED && seen.size() != open.size(),
           Code::POSITION_MISMATCH, "settlement.positions");
  i = 0;
  for (auto stated : given.getPositions()) {
    const auto [participant, counterparty, currency] = SideOf(stated);
    RefuseIf(!counterparty.empty() && !seen.contains({counterparty, participant, currency}),
             Code::POSITION_MISMATCH, Indexed("settlement.positions", i));
    ++i;
  }
}

}  // namespace longmen::reference
