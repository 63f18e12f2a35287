#include "tests/reference/decision.h"

namespace longmen::reference {

using enum schema::AccountKind;

std::string Decision::WithScheme(const Movement& movement, const std::string& participant) const {
  const uint16_t currency = movement.payees_currency();
  const auto entry = state_.waiting.find(movement.sequence);
  const bool settled = entry != state_.waiting.end() && entry->second.settled;
  return state_.AtOnce(movement.scheme) && !settled
             ? state_.SpecialAccount(SETTLEMENT, participant, currency)
             : state_.SpecialAccount(CLEARING, participant, currency, movement.scheme);
}

void Decision::ObjectToLiquidity(const std::string& account, Wide minor, const std::string& field) {
  if (state_.accounts.at(account).kind != SETTLEMENT) return;
  const auto liquidity = state_.Liquidity(account);
  ObjectIf(liquidity && minor > *liquidity, Code::INSUFFICIENT_LIQUIDITY, field);
}

void Decision::ObjectToCover(const Movement& movement, const char* field) {
  if (movement.scheme.empty()) return;
  const uint16_t currency = movement.payees_currency();
  std::map<std::string, Wide> sent;
  std::map<std::pair<std::string, std::string>, Wide> sent_to;
  for (const Item& item : state_.ItemsOf(movement)) {
    sent[item.from] += item.minor;
    sent_to[{item.from, item.to}] += item.minor;
  }
  const Scheme& scheme = state_.schemes.at(movement.scheme);
  const auto clearing = [&](const std::string& participant) -> const Account& {
    return state_.accounts.at(
        state_.SpecialAccount(CLEARING, participant, currency, movement.scheme));
  };
  if (state_.AtOnce(movement.scheme)) {
    for (const auto& [from, minor] : sent) {
      const auto liquidity = state_.Liquidity(state_.SpecialAccount(SETTLEMENT, from, currency));
      ObjectIf(liquidity && minor > *liquidity, Code::INSUFFICIENT_LIQUIDITY, field);
    }
    return;
  }
  for (const auto& [from, minor] : sent) {
    if (!scheme.covered) continue;
    const Wide owed = state_.Owed(movement.scheme, from, currency) + minor;
    const std::string settlement = state_.SpecialAccount(SETTLEMENT, from, currency);
    if (owed <= 0) continue;
    ObjectIf(settlement.empty(), Code::INSUFFICIENT_LIQUIDITY, field);
    if (settlement.empty()) continue;
    const auto liquidity = state_.Liquidity(settlement);
    const Wide kept =
        (clearing(from).cap ? clearing(from).cap->earmark : 0) + state_.Covering(clearing(from));
    ObjectIf(liquidity && owed > *liquidity + kept, Code::INSUFFICIENT_LIQUIDITY, field);
  }
  for (const auto& [from, minor] : sent) {
    const auto& cap = clearing(from).cap;
    ObjectIf(cap && state_.Owed(movement.scheme, from, currency) + minor > cap->sum(),
             Code::EXCEEDS_CAP, field);
  }
  for (const auto& [pair, minor] : sent_to) {
    const auto& limits = clearing(pair.second).bilateral;
    if (limits.empty()) continue;
    Wide most = 0;
    for (const auto& [participant, limit] : limits) {
      if (participant == pair.first) most = limit;
    }
    ObjectIf(state_.OwedBetween(movement.scheme, pair.first, pair.second, currency) + minor > most,
             Code::EXCEEDS_BILATERAL_LIMIT, field);
  }
}

void Decision::CheckCap(const Account& account) const {
  const std::string prefix = "registration.account.";
  const bool at_once = state_.AtOnce(account.scheme);
  RefuseIf(at_once && account.cap, Code::ROUTE_MISMATCH, prefix + "cap");
  RefuseIf(at_once && !account.bilateral.empty(), Code::ROUTE_MISMATCH, prefix + "bilateralLimits");
  const auto known = state_.accounts.find(key_);
  const bool is_known = known != state_.accounts.end();
  RefuseIf(
      account.cap && is_known &&
          state_.Owed(account.scheme, account.participant, account.currency) > account.cap->sum(),
      Code::EXCEEDS_CAP, prefix + "cap");
  const int64_t before = is_known && known->second.cap ? known->second.cap->earmark : 0;
  const int64_t more = (account.cap ? account.cap->earmark : 0) - before;
  const std::string settlement =
      state_.SpecialAccount(SETTLEMENT, account.participant, account.currency);
  RefuseIf(more != 0 && settlement.empty(), Code::NO_SETTLEMENT_ACCOUNT,
           prefix + "cap.earmarkMinor");
  if (more > 0) {
    const auto liquidity = state_.Liquidity(settlement);
    const Wide fresh = more - (is_known ? state_.Covering(known->second) : 0);
    RefuseIf(liquidity && fresh > 0 && fresh > *liquidity, Code::INSUFFICIENT_LIQUIDITY,
             prefix + "cap.earmarkMinor");
    RefuseIf(state_.Held(settlement) + more > INT64_MAX, Code::AMOUNT_OVERFLOW,
             prefix + "cap.earmarkMinor");
  }
  for (size_t i = 0; i < account.bilateral.size(); ++i) {
    RefuseIf(!state_.participants.contains(account.bilateral[i].first), Code::UNKNOWN_PARTICIPANT,
             Indexed("registration.account.bilateralLimits", i, ".participant"));
  }
  if (is_known) CheckBilateral(known->second, account);
}

// Nobody owes more than it may, and whoever fails in a cycle that is closed has what it was
// granted.
void Decision::CheckBilateral(const Account& before, const Account& account) const {
  const std::string field = "registration.account.bilateralLimits";
  const auto granted = [](const Account& by, const std::string& participant) {
    int64_t most = 0;
    for (const auto& [name, minor] : by.bilateral) most = name == participant ? minor : most;
    return most;
  };
  for (const auto& [participant, status] : state_.participants) {
    if (participant == account.participant) continue;
    const int64_t most = granted(account, participant);
    const Wide owed =
        state_.OwedBetween(account.scheme, participant, account.participant, account.currency);
    RefuseIf(!account.bilateral.empty() && owed > most, Code::EXCEEDS_BILATERAL_LIMIT, field);
    if (granted(before, participant) <= most) continue;
    for (const auto& [opened, each] : state_.cycles) {
      if (each.scheme != account.scheme || !each.IsLive() || each.status == CycleStatus::kOpen) {
        continue;
      }
      const Positions positions = state_.PositionsOf(opened);
      const auto found = positions.find({participant, account.currency});
      const bool owes = found != positions.end() && found->second.net() < 0 &&
                        !each.settled.contains({participant, "", account.currency});
      RefuseIf(owes, Code::EXCEEDS_BILATERAL_LIMIT, field);
    }
  }
}

}  // namespace longmen::reference
