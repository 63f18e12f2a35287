// A participant that fails: its cycle is recast without it, or the others bear what it cannot pay
// (docs/rules.md, Default).
#include <algorithm>
#include <map>

#include "engine/clearing/loss_sharing.h"
#include "engine/ledger/rules.h"

namespace longmen::engine {
namespace {

// The flows of a cycle that a participant takes part in, by names and currency.
std::vector<Ref<FlowRow>> FlowsWith(const State& state, Ref<CycleRow> cycle,
                                    Ref<ParticipantRow> participant) {
  std::vector<Ref<FlowRow>> flows = FlowsOf(state, cycle);
  std::erase_if(flows, [&](Ref<FlowRow> ref) {
    const FlowKey& key = state.flows[ref].row_key;
    return key.from != participant && key.to != participant;
  });
  return flows;
}

struct Share {
  Ref<ParticipantRow> participant;
  int64_t minor = 0;
};

// What a participant's net leaves to be paid by others, and by whom.
struct Loss {
  Code fault = Code::NONE;
  std::string_view field;
  int64_t collateral = 0;
  int64_t minor = 0;
  std::vector<Share> shares;  // by name, each above 0
};

Ref<AccountRow> ClearingOf(const State& state, const CycleRow& cycle,
                           Ref<ParticipantRow> participant, uint16_t currency) {
  return FindRole(state, participant, schema::AccountKind::CLEARING, currency, cycle.scheme);
}

// Those that granted the participant credit in the scheme, and how much.
std::vector<Share> GrantsTo(const State& state, const CycleRow& cycle,
                            Ref<ParticipantRow> participant, uint16_t currency) {
  std::vector<Share> grants;
  state.terms.ForEach([&](Ref<TermsRow>, const TermsRow& terms) {
    const AccountRow& account = state.accounts[terms.row_key.account];
    if (account.kind != schema::AccountKind::CLEARING || account.scheme != cycle.scheme ||
        account.currency != currency || account.participant == participant) {
      return;
    }
    for (const BilateralLimitRow& limit : terms.bilateral) {
      if (limit.participant != participant || limit.minor == 0) continue;
      grants.push_back({account.participant, limit.minor});
    }
  });
  std::ranges::sort(grants, {}, [&state](const Share& share) {
    return std::string_view(state.participants[share.participant].name);
  });
  return grants;
}

// Its own money goes first, then its collateral, then what others granted it, in proportion.
Loss LossOf(const State& state, Ref<CycleRow> ref, Ref<ParticipantRow> participant,
            uint16_t currency) {
  const CycleRow& cycle = state.cycles[ref];
  const PositionRow* position = state.positions.Find({ref, participant, currency});
  Loss loss;
  const auto fails = [&loss](Code fault, std::string_view field) {
    loss.fault = fault;
    loss.field = field;
    return loss;
  };
  if (position == nullptr || position->in >= position->out) {
    return fails(Code::NO_LOSS, "settlement.without");
  }
  const auto settlement = FindRole(state, participant, schema::AccountKind::SETTLEMENT, currency);
  const auto clearing = ClearingOf(state, cycle, participant, currency);
  const TermsRow* terms = state.terms.Find(state.accounts[clearing].terms);
  std::optional<__int128> own = 0;
  if (!settlement.empty()) {
    const AccountRow& money = state.accounts[settlement];
    own = LiquidityOf(money) + position->kept + KeptFor(state, clearing);
    if (money.unlimited) own.reset();
  }
  const int64_t net_debit = position->out - position->in;
  const OwnMeans means = PayOwn(net_debit, own, terms == nullptr ? 0 : terms->collateral);
  if (means.from_liquidity == net_debit) return fails(Code::NO_LOSS, "settlement.without");
  loss.collateral = means.from_collateral;
  loss.minor = means.loss;
  if (loss.minor == 0) return loss;
  std::vector<Share> grants = GrantsTo(state, cycle, participant, currency);
  std::vector<int64_t> weights;
  for (const Share& grant : grants) weights.push_back(grant.minor);
  const auto minors = ShareLoss(loss.minor, weights);
  if (!minors) return fails(Code::NOBODY_SHARES, "settlement.without");
  for (size_t i = 0; i < grants.size(); ++i) {
    if ((*minors)[i] > 0) loss.shares.push_back({grants[i].participant, (*minors)[i]});
  }
  return loss;
}

// Every sum that the sharing touches stays within 64 bits.
bool Overflows(const State& state, Ref<CycleRow> cycle, Ref<ParticipantRow> participant,
               uint16_t currency, const Loss& loss) {
  std::vector<AddedFlow> added;
  const auto near = [&](Ref<AccountRow> account, __int128 minor) {
    const __int128 balance = state.accounts[account].balance + minor;
    return balance > INT64_MAX || balance < INT64_MIN;
  };
  const auto suspense = [&](Ref<ParticipantRow> of) {
    return FindRole(state, of, schema::AccountKind::SUSPENSE, currency);
  };
  const CycleRow& row = state.cycles[cycle];
  for (const Share& share : loss.shares) {
    added.push_back({{cycle, share.participant, participant, currency}, share.minor});
    if (near(suspense(share.participant), -static_cast<__int128>(share.minor)) ||
        near(ClearingOf(state, row, share.participant, currency), share.minor)) {
      return true;
    }
  }
  const __int128 all = static_cast<__int128>(loss.minor) + loss.collateral;
  const auto settlement = FindRole(state, participant, schema::AccountKind::SETTLEMENT, currency);
  return near(suspense(participant), all) ||
         near(ClearingOf(state, row, participant, currency), -all) ||
         (loss.collateral > 0 && near(settlement, -all)) || GrossOverflows(state, added);
}

}  // namespace

void ReleaseKept(Change& change, Ref<PositionRow> ref) {
  PositionRow& position = change.state.positions.Mutable(ref);
  if (position.kept == 0) return;
  const PositionKey& key = position.row_key;
  change.Hold(
      FindRole(change.state, key.participant, schema::AccountKind::SETTLEMENT, key.currency),
      -position.kept);
  position.kept = 0;
}

Decision DecideRecast(const State& state, Ref<CycleRow> cycle,
                      schema::Settlement::Reader settlement) {
  const Ladder ladder;
  const auto participant = state.participants.RefOf(View(settlement.getWithout()));
  const auto flows = FlowsWith(state, cycle, participant);
  if (participant.empty() || flows.empty()) {
    return ladder.Refuse(Code::UNKNOWN_PARTICIPANT, "settlement.without");
  }
  const Ref<CycleRow> open = OpenCycleOf(state, state.cycles[cycle].scheme);
  if (open.empty()) return ladder.Refuse(Code::CYCLE_NOT_OPEN, "key");
  if (CarryOverflows(state, flows, open)) return ladder.Refuse(Code::AMOUNT_OVERFLOW, "key");
  return {};
}

void ApplyRecast(Change& change, Ref<CycleRow> cycle, schema::Settlement::Reader settlement) {
  State& state = change.state;
  const auto participant = state.participants.RefOf(View(settlement.getWithout()));
  const Ref<CycleRow> open = OpenCycleOf(state, state.cycles[cycle].scheme);
  CycleRow& row = state.cycles.Mutable(cycle);
  for (const Ref<FlowRow> ref : FlowsWith(state, cycle, participant)) {
    const FlowRow flow = state.flows[ref];
    const FlowKey& key = flow.row_key;
    change.AddItem({open, key.from, key.to, key.currency}, flow.minor, flow.count);
    change.effects.removed.push_back({row.sequence,
                                      state.participants[key.from].name,
                                      state.participants[key.to].name,
                                      {flow.minor, Currency{key.currency}},
                                      flow.count});
    state.positions.Mutable(flow.sender).out -= flow.minor;
    state.positions.Mutable(flow.receiver).in -= flow.minor;
    std::erase(row.flows, ref);
    state.flows.Erase(ref);
    for (const Ref<PositionRow> side : {flow.sender, flow.receiver}) {
      if (state.positions[side].in != 0 || state.positions[side].out != 0) continue;
      ReleaseKept(change, side);
      std::erase(row.positions, side);
      state.positions.Erase(side);
    }
  }
}

Decision DecideLossShared(const State& state, Ref<CycleRow> cycle,
                          schema::Settlement::Reader settlement) {
  const Ladder ladder;
  const CycleRow& row = state.cycles[cycle];
  if (state.schemes[row.scheme].method != schema::SettlementMethod::MULTILATERAL_NET) {
    return ladder.Refuse(Code::ROUTE_MISMATCH, "settlement.action");
  }
  const auto participant = state.participants.RefOf(View(settlement.getWithout()));
  if (participant.empty()) {
    return ladder.Refuse(Code::UNKNOWN_PARTICIPANT, "settlement.without");
  }
  const uint16_t currency = settlement.getCurrency();
  const auto is_settled = [&](Ref<ParticipantRow> of) {
    const PositionRow* position = state.positions.Find({cycle, of, currency});
    return position != nullptr && position->settled;
  };
  if (is_settled(participant)) return ladder.Refuse(Code::PARTLY_SETTLED, "settlement.without");
  const Loss loss = LossOf(state, cycle, participant, currency);
  if (loss.fault != Code::NONE) return ladder.Refuse(loss.fault, std::string(loss.field));
  if (settlement.getCollateralMinor() != loss.collateral) {
    return ladder.Refuse(Code::POSITION_MISMATCH, "settlement.collateralMinor");
  }
  const auto stated = settlement.getShares();
  for (uint32_t i = 0; i < stated.size(); ++i) {
    const bool right = i < loss.shares.size() && stated[i].getMinor() == loss.shares[i].minor &&
                       View(stated[i].getParticipant()) ==
                           std::string_view(state.participants[loss.shares[i].participant].name);
    if (!right) return ladder.Refuse(Code::POSITION_MISMATCH, Indexed("settlement.shares", i));
  }
  if (stated.size() != loss.shares.size()) {
    return ladder.Refuse(Code::POSITION_MISMATCH, "settlement.shares");
  }
  const auto suspense = [&](Ref<ParticipantRow> of) {
    return FindRole(state, of, schema::AccountKind::SUSPENSE, currency);
  };
  if (suspense(participant).empty()) {
    return ladder.Refuse(Code::NO_SUSPENSE_ACCOUNT, "settlement.without");
  }
  if (loss.collateral > 0 &&
      FindRole(state, participant, schema::AccountKind::SETTLEMENT, currency).empty()) {
    return ladder.Refuse(Code::NO_SETTLEMENT_ACCOUNT, "settlement.without");
  }
  for (uint32_t i = 0; i < stated.size(); ++i) {
    const auto account = suspense(loss.shares[i].participant);
    const std::string field = Indexed("settlement.shares", i);
    if (is_settled(loss.shares[i].participant)) return ladder.Refuse(Code::PARTLY_SETTLED, field);
    if (account.empty()) return ladder.Refuse(Code::NO_SUSPENSE_ACCOUNT, field);
    if (!CanPay(state.accounts[account], loss.shares[i].minor)) {
      return ladder.Refuse(Code::INSUFFICIENT_FUNDS, field);
    }
  }
  if (Overflows(state, cycle, participant, currency, loss)) {
    return ladder.Refuse(Code::AMOUNT_OVERFLOW, "settlement.shares");
  }
  return {};
}

// All that the participant has was counted: it stays for this cycle, as what a covered scheme is
// owed does anyway.
void Keep(Change& change, Ref<CycleRow> cycle, Ref<ParticipantRow> participant, uint16_t currency) {
  State& state = change.state;
  const auto money = FindRole(state, participant, schema::AccountKind::SETTLEMENT, currency);
  if (money.empty() || state.schemes[state.cycles[cycle].scheme].covered) return;
  const __int128 room = INT64_MAX - state.accounts[money].held;
  const auto kept =
      static_cast<int64_t>(std::clamp<__int128>(LiquidityOf(state.accounts[money]), 0, room));
  state.positions.Mutable(state.positions.RefOf({cycle, participant, currency})).kept += kept;
  change.Hold(money, kept);
}

void ApplyLossShared(Change& change, Ref<CycleRow> cycle, schema::Settlement::Reader settlement) {
  State& state = change.state;
  const auto participant = state.participants.RefOf(View(settlement.getWithout()));
  const uint16_t currency = settlement.getCurrency();
  const CycleRow& row = state.cycles[cycle];
  const auto suspense = [&](Ref<ParticipantRow> of) {
    return FindRole(state, of, schema::AccountKind::SUSPENSE, currency);
  };
  const auto clearing = ClearingOf(state, row, participant, currency);
  if (const int64_t used = settlement.getCollateralMinor(); used > 0) {
    change.Post(FindRole(state, participant, schema::AccountKind::SETTLEMENT, currency), -used);
    change.Post(suspense(participant), used);
    state.terms.Mutable(state.accounts[clearing].terms).collateral -= used;
  }
  int64_t loss = 0;
  for (auto share : settlement.getShares()) {
    const auto bears = state.participants.RefOf(View(share.getParticipant()));
    change.Post(suspense(bears), -share.getMinor());
    change.Post(ClearingOf(state, row, bears, currency), share.getMinor());
    change.AddItem({cycle, bears, participant, currency}, share.getMinor());
    loss += share.getMinor();
  }
  if (loss > 0) {
    change.Post(clearing, -loss);
    change.Post(suspense(participant), loss);
    state.cycles.Mutable(cycle).shared_loss += loss;
  }
  Keep(change, cycle, participant, currency);
  change.Watch(clearing);
}

}  // namespace longmen::engine
