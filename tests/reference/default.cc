#include <algorithm>

#include "tests/reference/decision.h"

namespace longmen::reference {

using enum schema::AccountKind;

void Decision::Recast(Sequence opened) {
  const std::string without = Str(proposal_.getBody().getSettlement().getWithout());
  const auto is_out = [&](const Item& item) {
    return item.cycle == opened && (item.from == without || item.to == without);
  };
  const bool any = std::any_of(state_.items.begin(), state_.items.end(), is_out);
  RefuseIf(!any, Code::UNKNOWN_PARTICIPANT, "settlement.without");
  const Sequence open = state_.OpenCycle(state_.cycles.at(opened).scheme);
  RefuseIf(open == 0, Code::CYCLE_NOT_OPEN, "key");
  for (Item& item : state_.items) {
    if (is_out(item)) item.cycle = open;
  }
  const Positions left = state_.PositionsOf(opened);
  std::erase_if(state_.cycles.at(opened).kept,
                [&](const auto& entry) { return !left.contains(entry.first); });
  for (const auto& [of, position] : state_.PositionsOf(open)) {
    RefuseIf(std::max(position.gross_in, position.gross_out) > INT64_MAX, Code::AMOUNT_OVERFLOW,
             "key");
  }
}

// Coin by coin would be: everybody its whole share, and what is left over to the largest rests.
void Decision::ShareLoss(Cycle& found, Sequence opened) {
  auto given = proposal_.getBody().getSettlement();
  const std::string without = Str(given.getWithout());
  const uint16_t currency = given.getCurrency();
  RefuseIf(state_.schemes.at(found.scheme).method != schema::SettlementMethod::MULTILATERAL_NET,
           Code::ROUTE_MISMATCH, "settlement.action");
  RefuseIf(!state_.participants.contains(without), Code::UNKNOWN_PARTICIPANT, "settlement.without");
  const auto is_settled = [&](const std::string& participant) {
    return found.settled.contains({participant, "", currency});
  };
  RefuseIf(is_settled(without), Code::PARTLY_SETTLED, "settlement.without");
  const Positions positions = state_.PositionsOf(opened);
  const auto position = positions.find({without, currency});
  RefuseIf(position == positions.end() || position->second.net() >= 0, Code::NO_LOSS,
           "settlement.without");
  const std::string money = state_.SpecialAccount(SETTLEMENT, without, currency);
  Account& clearing =
      state_.accounts.at(state_.SpecialAccount(CLEARING, without, currency, found.scheme));
  Wide left = -position->second.net();
  Wide hole = 0;
  if (!money.empty()) {
    const auto liquidity = state_.Liquidity(money);
    RefuseIf(!liquidity, Code::NO_LOSS, "settlement.without");
    const Wide own = *liquidity + (clearing.cap ? clearing.cap->earmark : 0) +
                     state_.Covering(clearing) + found.kept[{without, currency}];
    RefuseIf(own >= left, Code::NO_LOSS, "settlement.without");
    left -= std::max<Wide>(own, 0);
    hole = std::max<Wide>(-own, 0);
  }
  Wide collateral = std::min<Wide>(clearing.cap ? clearing.cap->collateral : 0, left + hole);
  if (collateral <= hole) collateral = 0;  // nothing would be left of it
  const Wide loss = left - std::max<Wide>(0, collateral - hole);
  std::vector<std::pair<std::string, Wide>> grants;
  Wide all = 0;
  for (const auto& [participant, status] : state_.participants) {
    const std::string account =
        state_.SpecialAccount(CLEARING, participant, currency, found.scheme);
    if (account.empty()) continue;
    for (const auto& [to, minor] : state_.accounts.at(account).bilateral) {
      if (to != without || minor == 0 || participant == without) continue;
      grants.emplace_back(participant, minor);
      all += minor;
    }
  }
  RefuseIf(loss > 0 && all == 0, Code::NOBODY_SHARES, "settlement.without");
  RefuseIf(given.getCollateralMinor() != collateral, Code::POSITION_MISMATCH,
           "settlement.collateralMinor");
  std::vector<std::pair<std::string, Wide>> shares;
  std::vector<Wide> rests;
  Wide given_out = 0;
  for (const auto& [participant, weight] : grants) {
    if (loss == 0) break;
    shares.emplace_back(participant, loss * weight / all);
    rests.push_back(loss * weight % all);
    given_out += shares.back().second;
  }
  for (; given_out < loss; ++given_out) {
    const auto largest = std::max_element(rests.begin(), rests.end());
    shares[static_cast<size_t>(largest - rests.begin())].second += 1;
    *largest = -1;
  }
  std::erase_if(shares, [](const auto& share) { return share.second == 0; });
  size_t i = 0;
  for (auto share : given.getShares()) {
    const bool right = i < shares.size() && Str(share.getParticipant()) == shares[i].first &&
                       share.getMinor() == shares[i].second;
    RefuseIf(!right, Code::POSITION_MISMATCH, Indexed("settlement.shares", i));
    ++i;
  }
  RefuseIf(i != shares.size(), Code::POSITION_MISMATCH, "settlement.shares");
  const auto suspense = [&](const std::string& participant) {
    return state_.SpecialAccount(SUSPENSE, participant, currency);
  };
  RefuseIf(suspense(without).empty(), Code::NO_SUSPENSE_ACCOUNT, "settlement.without");
  RefuseIf(collateral > 0 && money.empty(), Code::NO_SETTLEMENT_ACCOUNT, "settlement.without");
  for (i = 0; i < shares.size(); ++i) {
    const std::string account = suspense(shares[i].first);
    RefuseIf(is_settled(shares[i].first), Code::PARTLY_SETTLED, Indexed("settlement.shares", i));
    RefuseIf(account.empty(), Code::NO_SUSPENSE_ACCOUNT, Indexed("settlement.shares", i));
    const auto available = state_.Available(account);
    RefuseIf(available && shares[i].second > *available, Code::INSUFFICIENT_FUNDS,
             Indexed("settlement.shares", i));
  }
  if (collateral > 0) {
    Post(money, -collateral);
    Post(suspense(without), collateral);
    clearing.cap->collateral -= static_cast<int64_t>(collateral);
  }
  for (const auto& [participant, minor] : shares) {
    Post(suspense(participant), -minor);
    Post(state_.SpecialAccount(CLEARING, participant, currency, found.scheme), minor);
    state_.items.push_back(
        {opened, 0, sequence_, participant, without, static_cast<int64_t>(minor), currency});
  }
  if (loss > 0) {
    Post(state_.SpecialAccount(CLEARING, without, currency, found.scheme), -loss);
    Post(suspense(without), loss);
  }
  if (money.empty() || state_.schemes.at(found.scheme).covered) return;
  found.kept[{without, currency}] += std::max<Wide>(0, *state_.Liquidity(money));
}

}  // namespace longmen::reference
