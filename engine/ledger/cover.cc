// Cover and cap: what participants owe their schemes, and how much they may (docs/rules.md, Cover).
#include <algorithm>

#include "engine/ledger/rules.h"

namespace longmen::engine {
namespace {

Ref<AccountRow> ClearingOf(const State& state, Ref<SchemeRow> scheme,
                           Ref<ParticipantRow> participant, uint16_t currency) {
  return FindRole(state, participant, schema::AccountKind::CLEARING, currency, scheme);
}

const TermsRow* TermsOf(const State& state, Ref<AccountRow> account) {
  return account.empty() ? nullptr : state.terms.Find(state.accounts[account].terms);
}

// The money that stands behind what a participant owes a scheme: what it has at the central bank,
// and what of it is kept for this scheme. None without an account there.
bool Covers(const State& state, Ref<AccountRow> clearing, __int128 owed) {
  const AccountRow& row = state.accounts[clearing];
  const auto settlement =
      FindRole(state, row.participant, schema::AccountKind::SETTLEMENT, row.currency);
  if (settlement.empty()) return owed <= 0;
  return owed <= 0 || HasLiquidity(state.accounts[settlement], owed - KeptFor(state, clearing));
}

// What one participant owes another in the cycles of a scheme that are not settled, and would owe
// it of what is in flight.
__int128 OwedBetween(const State& state, Ref<SchemeRow> scheme, Ref<ParticipantRow> from,
                     Ref<ParticipantRow> to, uint16_t currency) {
  const auto clearing = FindRole(state, from, schema::AccountKind::CLEARING, currency, scheme);
  const ReserveRow* reserve = state.reserves.Find({clearing, to});
  __int128 owed = reserve == nullptr ? 0 : reserve->minor;
  const auto add = [&](Ref<CycleRow> cycle, Ref<ParticipantRow> a, Ref<ParticipantRow> b,
                       int sign) {
    const FlowRow* flow = state.flows.Find({cycle, a, b, currency});
    if (flow == nullptr || flow->settled || state.positions[flow->sender].settled) return;
    owed += static_cast<__int128>(flow->minor) * sign;
  };
  ForEachLiveCycle(state, scheme, [&](Ref<CycleRow> cycle) {
    add(cycle, from, to, +1);
    add(cycle, to, from, -1);
  });
  return owed;
}

// Of items to one participant after the other: whether this one is the first to its receiver.
__int128 SentTo(std::span<const FlowItem> items, const FlowItem& item) {
  __int128 sent = 0;
  for (const FlowItem& other : items) {
    if (other.from == item.from && other.to == item.to) sent += other.minor;
  }
  return sent;
}

__int128 SentBy(std::span<const FlowItem> items, Ref<ParticipantRow> sender) {
  __int128 sent = 0;
  for (const FlowItem& item : items) sent += item.from == sender ? item.minor : 0;
  return sent;
}

}  // namespace

FewOf<FlowItem, 2> ItemsOf(const State& state, const MovementRow& movement) {
  FewOf<FlowItem, 2> items;
  const auto home = state.accounts[movement.payer].participant;
  for (const LegRow& leg : movement.legs) {
    const auto other = state.accounts[leg.account].participant;
    if (leg.minor == 0 || other == home) continue;
    const bool debit = movement.kind == MovementKind::kDebit;
    items.push_back({debit ? home : other, debit ? other : home, leg.minor});
  }
  return items;
}

__int128 OwedBy(const State& state, Ref<AccountRow> clearing) {
  const ReserveRow* reserve = state.reserves.Find({clearing, {}});
  return state.accounts[clearing].balance + (reserve == nullptr ? 0 : reserve->minor);
}

Code ObjectionOfCover(const State& state, const MovementRow& movement) {
  if (movement.scheme.empty()) return Code::NONE;
  const SchemeRow& scheme = state.schemes[movement.scheme];
  const bool at_once = SettlesAtOnce(scheme.method);
  if (!at_once && !scheme.watched) return Code::NONE;
  const auto items = ItemsOf(state, movement);
  const uint16_t currency = movement.payee_currency();
  if (at_once) {
    for (const FlowItem& item : items) {
      const auto settlement = FindRole(state, item.from, schema::AccountKind::SETTLEMENT, currency);
      if (!HasLiquidity(state.accounts[settlement], SentBy(items, item.from))) {
        return Code::INSUFFICIENT_LIQUIDITY;
      }
    }
    return Code::NONE;
  }
  const auto owed = [&](const FlowItem& item, Ref<AccountRow> clearing) {
    return OwedBy(state, clearing) + SentBy(items, item.from);
  };
  for (const FlowItem& item : items) {
    const auto clearing = ClearingOf(state, movement.scheme, item.from, currency);
    if (scheme.covered && !Covers(state, clearing, owed(item, clearing))) {
      return Code::INSUFFICIENT_LIQUIDITY;
    }
  }
  for (const FlowItem& item : items) {
    const auto clearing = ClearingOf(state, movement.scheme, item.from, currency);
    const TermsRow* terms = TermsOf(state, clearing);
    if (terms != nullptr && terms->capped && owed(item, clearing) > terms->cap()) {
      return Code::EXCEEDS_CAP;
    }
  }
  for (const FlowItem& item : items) {
    const TermsRow* terms = TermsOf(state, ClearingOf(state, movement.scheme, item.to, currency));
    if (terms == nullptr || terms->bilateral.empty()) continue;
    const auto limit =
        std::find_if(terms->bilateral.begin(), terms->bilateral.end(),
                     [&item](const auto& row) { return row.participant == item.from; });
    const int64_t most = limit == terms->bilateral.end() ? 0 : limit->minor;
    if (OwedBetween(state, movement.scheme, item.from, item.to, currency) + SentTo(items, item) >
        most) {
      return Code::EXCEEDS_BILATERAL_LIMIT;
    }
  }
  return Code::NONE;
}

Code ObjectionToResolved(const State& state, const MovementRow& movement) {
  const bool at_once =
      !movement.scheme.empty() && SettlesAtOnce(state.schemes[movement.scheme].method);
  return at_once ? ObjectionOfCover(state, movement) : Code::NONE;
}

void Reserve(Change& change, const MovementRow& movement, int sign) {
  State& state = change.state;
  if (movement.scheme.empty() || SettlesAtOnce(state.schemes[movement.scheme].method)) return;
  for (const FlowItem& item : ItemsOf(state, movement)) {
    const auto clearing = ClearingOf(state, movement.scheme, item.from, movement.payee_currency());
    for (const Ref<ParticipantRow> to : {Ref<ParticipantRow>{}, item.to}) {
      ReserveRow& reserve = state.reserves.Mutable(state.reserves.Upsert({clearing, to}));
      reserve.minor += static_cast<__int128>(item.minor) * sign;
    }
    change.Watch(clearing);
  }
}

bool Undercuts(const State& state, Ref<AccountRow> clearing,
               std::span<const BilateralLimitRow> limits) {
  const AccountRow& row = state.accounts[clearing];
  const auto most = [](std::span<const BilateralLimitRow> list, Ref<ParticipantRow> participant) {
    const auto limit = std::ranges::find(list, participant, &BilateralLimitRow::participant);
    return limit == list.end() ? 0 : limit->minor;
  };
  bool undercuts = false;
  if (!limits.empty()) {
    state.participants.ForEach([&](Ref<ParticipantRow> participant, const ParticipantRow&) {
      undercuts |= participant != row.participant &&
                   OwedBetween(state, row.scheme, participant, row.participant, row.currency) >
                       std::max<__int128>(0, most(limits, participant));
    });
  }
  const TermsRow* terms = TermsOf(state, clearing);
  if (terms == nullptr) return undercuts;
  for (const BilateralLimitRow& before : terms->bilateral) {
    if (most(limits, before.participant) >= before.minor) continue;
    ForEachLiveCycle(state, row.scheme, [&](Ref<CycleRow> cycle) {
      const PositionRow* position = state.positions.Find({cycle, before.participant, row.currency});
      undercuts |= state.cycles[cycle].status != CycleStatus::kOpen && position != nullptr &&
                   !position->settled && position->in < position->out;
    });
  }
  return undercuts;
}

int64_t CoveringFor(const State& state, Ref<AccountRow> clearing) {
  const ReserveRow* reserve = state.reserves.Find({clearing, {}});
  return reserve == nullptr ? 0 : reserve->covering;
}

__int128 KeptFor(const State& state, Ref<AccountRow> clearing) {
  const TermsRow* terms = TermsOf(state, clearing);
  return static_cast<__int128>(terms == nullptr ? 0 : terms->earmark) +
         CoveringFor(state, clearing);
}

void HoldCover(Change& change, Ref<AccountRow> clearing, int64_t earmarked) {
  State& state = change.state;
  const AccountRow& row = state.accounts[clearing];
  const bool covered =
      row.kind == schema::AccountKind::CLEARING && state.schemes[row.scheme].covered;
  if (!covered && earmarked == 0) return;
  const auto settlement =
      FindRole(state, row.participant, schema::AccountKind::SETTLEMENT, row.currency);
  if (settlement.empty()) return;
  if (!covered) return change.Hold(settlement, earmarked);
  const TermsRow* terms = TermsOf(state, clearing);
  const __int128 owed = OwedBy(state, clearing) - (terms == nullptr ? 0 : terms->earmark);
  ReserveRow& reserve = state.reserves.Mutable(state.reserves.Upsert({clearing, {}}));
  // As far as 64 bits hold it: only reports can make anybody owe that much.
  const __int128 room =
      static_cast<__int128>(INT64_MAX) - state.accounts[settlement].held - earmarked;
  const auto more =
      static_cast<int64_t>(std::min(std::max<__int128>(0, owed) - reserve.covering, room));
  reserve.covering += more;
  change.Hold(settlement, more + earmarked);
}

int64_t EarmarkToPay(const State& state, Ref<AccountRow> clearing, __int128 minor, __int128 kept) {
  const TermsRow* terms = TermsOf(state, clearing);
  if (terms == nullptr || terms->earmark == 0) return 0;
  const AccountRow& row = state.accounts[clearing];
  const AccountRow& money = state.accounts[FindRole(state, row.participant,
                                                    schema::AccountKind::SETTLEMENT, row.currency)];
  if (money.unlimited) return 0;
  __int128 short_of = minor - kept - LiquidityOf(money);
  __int128 most = terms->earmark;
  if (state.schemes[row.scheme].covered) {
    // What it goes on owing stays covered, by the earmark as far as that goes.
    const __int128 owed = std::max<__int128>(0, OwedBy(state, clearing) - minor);
    short_of += std::max<__int128>(0, owed - terms->earmark) - CoveringFor(state, clearing);
    most = std::max<__int128>(0, most - owed);
  }
  return static_cast<int64_t>(std::clamp<__int128>(short_of, 0, most));
}

bool IsNearCap(const State& state, Ref<AccountRow> clearing) {
  constexpr __int128 kWhole = 1'000;
  const TermsRow* terms = TermsOf(state, clearing);
  if (terms == nullptr || !terms->capped || terms->warn_permille == 0) return false;
  const __int128 owed = OwedBy(state, clearing);
  return owed > 0 && owed * kWhole >= terms->cap() * terms->warn_permille;
}

void WatchCap(State& state, Ref<AccountRow> clearing) {
  const AccountRow& account = state.accounts[clearing];
  if (account.terms.empty() || !state.terms[account.terms].capped) return;
  const bool near = IsNearCap(state, clearing);
  if (!near && state.terms[account.terms].warned) state.terms.Mutable(account.terms).warned = false;
  if (near && !state.terms[account.terms].warned) {
    state.warnings.Insert(account.name);
  } else {
    state.warnings.Erase(account.name);
  }
}

}  // namespace longmen::engine
