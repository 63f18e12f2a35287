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
  const TermsRow* terms = TermsOf(state, clearing);
  const __int128 kept = terms == nullptr ? 0 : terms->earmark;
  return owed <= 0 || HasLiquidity(state.accounts[settlement], owed - kept);
}

// What one participant owes another in the cycles of a scheme that are not settled.
__int128 OwedBetween(const State& state, Ref<SchemeRow> scheme, Ref<ParticipantRow> from,
                     Ref<ParticipantRow> to, uint16_t currency) {
  __int128 owed = 0;
  const auto add = [&](Ref<CycleRow> cycle, Ref<ParticipantRow> a, Ref<ParticipantRow> b,
                       int sign) {
    const FlowRow* flow = state.flows.Find({cycle, a, b, currency});
    if (flow == nullptr || flow->settled || state.positions[flow->sender].settled) return;
    owed += static_cast<__int128>(flow->minor) * sign;
  };
  for (Sequence at = state.schemes[scheme].last_cycle; at != 0;) {
    const Ref<CycleRow> cycle = state.cycles.RefOf(at);
    const CycleRow& row = state.cycles[cycle];
    at = row.previous;
    if (row.status == CycleStatus::kSettled || row.status == CycleStatus::kAborted) continue;
    add(cycle, from, to, +1);
    add(cycle, to, from, -1);
  }
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
  const ReserveRow* reserve = state.reserves.Find({clearing});
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
    ReserveRow& reserve = state.reserves.Mutable(state.reserves.Upsert({clearing}));
    reserve.minor += static_cast<__int128>(item.minor) * sign;
    change.Watch(clearing);
  }
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
