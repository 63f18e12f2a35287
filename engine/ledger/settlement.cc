// Settlements (docs/rules.md, Settlement).
#include <algorithm>
#include <map>
#include <set>

#include "engine/ledger/queue.h"
#include "engine/ledger/rules.h"

namespace longmen::engine {
namespace {

// A side by its names.
struct SideName {
  std::string participant;
  std::string counterparty;
  uint16_t currency = 0;
  auto operator<=>(const SideName&) const = default;
  SideName Other() const { return {counterparty, participant, currency}; }
};
SideName NameOf(schema::Position::Reader position) {
  return {Text(position.getParticipant()), Text(position.getCounterparty()),
          position.getCurrency()};
}

// The sides of a cycle that are not settled, as a settlement states them: a whole cycle at once by
// participant, if it likes, where the scheme settles pair by pair.
std::map<SideName, Side> OpenSides(const State& state, Ref<CycleRow> cycle,
                                   schema::Settlement::Reader settlement) {
  std::map<SideName, Side> sides;
  const auto list = settlement.getPositions();
  const bool at_once = state.cycles[cycle].status == CycleStatus::kClosed &&
                       settlement.getAction() == schema::SettlementAction::SETTLED;
  const bool names_pairs = list.size() > 0 && list[0].hasCounterparty();
  for (const Side& side :
       at_once && !names_pairs ? PositionsOf(state, cycle) : SidesOf(state, cycle)) {
    if (side.settled) continue;
    const std::string towards =
        side.counterparty.empty() ? "" : state.participants[side.counterparty].name.text();
    sides.emplace(SideName{state.participants[side.participant].name, towards, side.currency},
                  side);
  }
  return sides;
}

// What a settlement states is what the log gives: all of it, or, while settling, a part.
Decision CheckPositions(const std::map<SideName, Side>& open,
                        schema::Settlement::Reader settlement) {
  const Ladder ladder;
  const auto list = settlement.getPositions();
  std::set<SideName> stated;
  for (uint32_t i = 0; i < list.size(); ++i) {
    const auto it = open.find(NameOf(list[i]));
    const auto mismatch = [&](std::string_view member) {
      return ladder.Refuse(Code::POSITION_MISMATCH, Indexed("settlement.positions", i, member));
    };
    if (it == open.end() || !stated.insert(it->first).second) return mismatch("");
    if (list[i].getGrossIn() != it->second.in) return mismatch("grossIn");
    if (list[i].getGrossOut() != it->second.out) return mismatch("grossOut");
    if (list[i].getNet() != it->second.net()) return mismatch("net");
  }
  const bool all = settlement.getAction() == schema::SettlementAction::SETTLED;
  if (all && stated.size() != open.size()) {
    return ladder.Refuse(Code::POSITION_MISMATCH, "settlement.positions");
  }
  // A pair is settled from both sides.
  for (uint32_t i = 0; i < list.size(); ++i) {
    const SideName name = NameOf(list[i]);
    if (!name.counterparty.empty() && !stated.contains(name.Other())) {
      return ladder.Refuse(Code::POSITION_MISMATCH, Indexed("settlement.positions", i));
    }
  }
  return {};
}

// What a settlement moves for one participant in one currency, and where: what the scheme owed it
// becomes money at the central bank.
struct Discharge {
  __int128 net = 0;
  __int128 kept = 0;     // of its money for this position, since others share its loss
  bool has_net = false;  // some side of it is not flat
  Ref<AccountRow> clearing;
  Ref<AccountRow> settlement;
};
using Discharges = std::map<std::pair<std::string, uint16_t>, Discharge>;

Discharges DischargesOf(const State& state, Ref<SchemeRow> scheme,
                        const std::map<SideName, Side>& open,
                        schema::Settlement::Reader settlement) {
  Discharges discharges;
  // What settled item by item is confirmed, and moves nothing any more.
  const bool at_once = SettlesAtOnce(state.schemes[scheme].method);
  for (auto position : settlement.getPositions()) {
    const Side& side = open.at(NameOf(position));
    Discharge& discharge = discharges[{Text(position.getParticipant()), side.currency}];
    if (at_once) continue;
    discharge.net += side.net();
    if (side.counterparty.empty()) discharge.kept = side.kept;
    discharge.has_net |= side.net() != 0;
    discharge.clearing =
        FindRole(state, side.participant, schema::AccountKind::CLEARING, side.currency, scheme);
    discharge.settlement =
        FindRole(state, side.participant, schema::AccountKind::SETTLEMENT, side.currency);
  }
  return discharges;
}

// Whoever owes has the money, and nobody who is paid owes more than it may in the other cycles.
Code ObjectionTo(const State& state, const Discharge& discharge) {
  if (discharge.settlement.empty() || discharge.net == 0) return Code::NONE;
  const auto terms = state.accounts[discharge.clearing].terms;
  if (discharge.net < 0) {
    const __int128 kept = discharge.kept + KeptFor(state, discharge.clearing);
    return HasLiquidity(state.accounts[discharge.settlement], -discharge.net - kept)
               ? Code::NONE
               : Code::INSUFFICIENT_LIQUIDITY;
  }
  const bool exposed = !terms.empty() && state.terms[terms].capped &&
                       OwedBy(state, discharge.clearing) + discharge.net > state.terms[terms].cap();
  return exposed ? Code::EXCEEDS_CAP : Code::NONE;
}

// Nobody is paid what nobody has paid in: of the positions that are settled, with those stated,
// what is received is at most what is sent.
bool PaysAhead(const State& state, Ref<CycleRow> ref, const Discharges& stated) {
  std::map<uint16_t, __int128> paid;
  if (SettlesAtOnce(state.schemes[state.cycles[ref].scheme].method)) return false;
  for (const Side& side : SidesOf(state, ref)) {
    if (side.settled) paid[side.currency] += side.net();
  }
  for (const auto& [of, discharge] : stated) paid[of.second] += discharge.net;
  return std::ranges::any_of(paid, [](const auto& entry) { return entry.second > 0; });
}

Decision DecideSettled(const State& state, Ref<CycleRow> ref,
                       schema::Settlement::Reader settlement) {
  const Ladder ladder;
  const auto open = OpenSides(state, ref, settlement);
  if (auto fault = CheckPositions(open, settlement); !fault.accepted()) return fault;
  const Discharges discharges = DischargesOf(state, state.cycles[ref].scheme, open, settlement);
  for (const auto& [of, discharge] : discharges) {
    if (discharge.has_net && discharge.settlement.empty()) {
      return ladder.Refuse(Code::NO_SETTLEMENT_ACCOUNT, "settlement.positions");
    }
  }
  const auto list = settlement.getPositions();
  for (const Code code : {Code::INSUFFICIENT_LIQUIDITY, Code::EXCEEDS_CAP}) {
    for (uint32_t i = 0; i < list.size(); ++i) {
      const Discharge& discharge =
          discharges.at({Text(list[i].getParticipant()), list[i].getCurrency()});
      if (ObjectionTo(state, discharge) == code) {
        return ladder.Refuse(code, Indexed("settlement.positions", i));
      }
    }
  }
  if (PaysAhead(state, ref, discharges)) {
    return ladder.Refuse(Code::INSUFFICIENT_LIQUIDITY, "settlement.positions");
  }
  for (const auto& [of, discharge] : discharges) {
    if (discharge.net == 0) continue;
    const __int128 clearing = state.accounts[discharge.clearing].balance + discharge.net;
    const __int128 money = state.accounts[discharge.settlement].balance - discharge.net;
    const auto fits = [](__int128 sum) { return sum >= INT64_MIN && sum <= INT64_MAX; };
    if (!fits(clearing) || !fits(money)) {
      return ladder.Refuse(Code::AMOUNT_OVERFLOW, "settlement.positions");
    }
  }
  return {};
}

void ApplyOpened(Change& change, schema::Settlement::Reader settlement) {
  State& state = change.state;
  const Sequence sequence = change.header.sequence;
  const std::string_view name = change.opened.key();
  const std::string scheme_name = Text(settlement.getScheme());
  const Ref<SchemeRow> scheme = state.schemes.RefOf(scheme_name);
  const Ref<CycleRow> ref = state.cycles.Insert(sequence);
  CycleRow& cycle = state.cycles.Mutable(ref);
  cycle.name = name;
  cycle.scheme = scheme;
  state.cycle_names.Mutable(state.cycle_names.Upsert(name)).cycle = ref;
  SchemeRow& opened = state.schemes.Mutable(scheme);
  cycle.previous = opened.last_cycle;
  opened.open_cycle = sequence;
  opened.last_cycle = sequence;
  if (opened.first_live == 0) opened.first_live = sequence;
  opened.next_name.clear();
  state.idle_schemes.Erase(scheme_name);
  change.header.cycle = sequence;
  change.effects.cycle = ViewCycle(state, cycle);
}

void ApplyClosed(Change& change, CycleRow& cycle, schema::Settlement::Reader settlement) {
  State& state = change.state;
  SchemeRow& scheme = state.schemes.Mutable(cycle.scheme);
  cycle.status = CycleStatus::kClosed;
  cycle.cut_off = change.header.sequence;
  // No cycle closes before the one before it, whatever the clocks of those who close them.
  const CycleRow* before = state.cycles.Find(cycle.previous);
  cycle.closed_at =
      std::max(change.proposal.getOccurredAt(), before == nullptr ? INT64_MIN : before->closed_at);
  scheme.open_cycle = 0;
  scheme.next_name = Text(settlement.getNext());
  state.idle_schemes.Insert(scheme.name);
}

// The cycle is over: what is still to be settled of its scheme begins later.
void Retire(State& state, Ref<SchemeRow> scheme) {
  Sequence first = 0;
  ForEachLiveCycle(state, scheme,
                   [&](Ref<CycleRow> cycle) { first = state.cycles[cycle].sequence; });
  state.schemes.Mutable(scheme).first_live = first;
}

// What its money does not pay, what was kept of it for the scheme does, and is kept no longer.
void SpendEarmark(Change& change, const Discharge& discharge) {
  const int64_t spent =
      EarmarkToPay(change.state, discharge.clearing, -discharge.net, discharge.kept);
  if (spent == 0) return;
  const AccountRow& account = change.state.accounts[discharge.clearing];
  change.state.terms.Mutable(account.terms).earmark -= spent;
  change.Hold(discharge.settlement, -spent);
  change.effects.earmarks_spent.push_back({change.state.schemes[account.scheme].name,
                                           change.state.participants[account.participant].name,
                                           {spent, Currency{account.currency}}});
}

void ApplySettled(Change& change, Ref<CycleRow> ref, CycleRow& cycle,
                  schema::Settlement::Reader settlement) {
  State& state = change.state;
  const auto open = OpenSides(state, ref, settlement);
  for (const auto& [of, discharge] : DischargesOf(state, cycle.scheme, open, settlement)) {
    if (discharge.net < 0) SpendEarmark(change, discharge);
    if (discharge.kept > 0) {
      change.Hold(discharge.settlement, -static_cast<int64_t>(discharge.kept));
    }
    if (discharge.net == 0) continue;
    const auto net = static_cast<int64_t>(discharge.net);
    change.Post(discharge.clearing, net);
    change.Post(discharge.settlement, -net);
  }
  const auto list = settlement.getPositions();
  for (auto position : list) MarkSettled(state, ref, open.at(NameOf(position)));
  cycle.status = list.size() == open.size() ? CycleStatus::kSettled : CycleStatus::kSettling;
  if (cycle.status == CycleStatus::kSettled) Retire(state, cycle.scheme);
}

void ApplyAborted(Change& change, Ref<CycleRow> ref, CycleRow& cycle) {
  State& state = change.state;
  cycle.status = CycleStatus::kAborted;
  const Ref<CycleRow> into = OpenCycleOf(state, cycle.scheme);
  cycle.carried_into = state.cycles[into].sequence;
  for (const Ref<FlowRow> each : FlowsOf(state, ref)) {
    const FlowRow& flow = state.flows[each];
    const FlowKey& key = flow.row_key;
    change.AddItem({into, key.from, key.to, key.currency}, flow.minor, flow.count);
  }
  for (const Ref<PositionRow> position : cycle.positions) ReleaseKept(change, position);
  Retire(state, cycle.scheme);
}

void ApplyWarned(State& state, Ref<CycleRow> cycle, schema::Settlement::Reader settlement) {
  const auto position = settlement.getPositions()[0];
  const auto account =
      FindRole(state, state.participants.RefOf(View(position.getParticipant())),
               schema::AccountKind::CLEARING, position.getCurrency(), state.cycles[cycle].scheme);
  state.terms.Mutable(state.accounts[account].terms).warned = true;
  state.warnings.Erase(state.accounts[account].name);
}

Decision DecideResolutionAsked(const State& state, const CycleRow& cycle,
                               schema::Settlement::Reader settlement) {
  const Ladder ladder;
  if (state.schemes[cycle.scheme].method != schema::SettlementMethod::QUEUED) {
    return ladder.Refuse(Code::ROUTE_MISMATCH, "settlement.action");
  }
  if (cycle.status != CycleStatus::kOpen) return ladder.Refuse(Code::CYCLE_NOT_OPEN, "key");
  if (NothingWaits(state, cycle.scheme, settlement.getCurrency())) {
    return ladder.Refuse(Code::NOTHING_WAITS, "settlement.currency");
  }
  return {};
}

}  // namespace

Decision DecideSettlement(const Asked& asked) {
  const Ladder ladder;
  const State& state = asked.state;
  const auto settlement = asked.proposal.getBody().getSettlement();
  const Ref<CycleRow> named = FindCycle(state, asked.opened.key());
  if (named.empty()) return ladder.Refuse(Code::UNKNOWN_CYCLE, "key");
  const CycleRow& cycle = state.cycles[named];
  if (settlement.hasScheme() && View(settlement.getScheme()) != state.schemes[cycle.scheme].name) {
    return ladder.Refuse(Code::ROUTE_MISMATCH, "settlement.scheme");
  }
  if (settlement.getAction() == schema::SettlementAction::CLOSED) {
    if (cycle.status != CycleStatus::kOpen) return ladder.Refuse(Code::CYCLE_NOT_OPEN, "key");
    if (settlement.hasNext() && IsCycleNameTaken(state, View(settlement.getNext()))) {
      return ladder.Refuse(Code::CYCLE_EXISTS, "settlement.next");
    }
    return {};
  }
  if (settlement.getAction() == schema::SettlementAction::RESOLUTION_ASKED) {
    return DecideResolutionAsked(state, cycle, settlement);
  }
  const bool settling = cycle.status == CycleStatus::kSettling;
  if (cycle.status != CycleStatus::kClosed && !settling) {
    return ladder.Refuse(Code::CYCLE_NOT_CLOSED, "key");
  }
  using Action = schema::SettlementAction;
  const Action action = settlement.getAction();
  if (action == Action::SETTLED || action == Action::SETTLING) {
    return DecideSettled(state, named, settlement);
  }
  const bool at_once = SettlesAtOnce(state.schemes[cycle.scheme].method);
  // A loss may be shared among those who are not settled.
  const bool partly = at_once ? !cycle.flows.empty() : settling && action != Action::LOSS_SHARED;
  if (partly) return ladder.Refuse(Code::PARTLY_SETTLED, "key");
  if (action == Action::RECAST) return DecideRecast(state, named, settlement);
  if (action == Action::LOSS_SHARED) return DecideLossShared(state, named, settlement);
  const Ref<CycleRow> open = OpenCycleOf(state, cycle.scheme);
  // Closed in this very group: the next one opens only before the next decision.
  if (open.empty()) return ladder.Refuse(Code::CYCLE_NOT_OPEN, "key");
  if (CarryOverflows(state, FlowsOf(state, named), open)) {
    return ladder.Refuse(Code::AMOUNT_OVERFLOW, "key");
  }
  return {};
}

void ApplySettlement(Change& change) {
  const auto settlement = change.proposal.getBody().getSettlement();
  if (settlement.getAction() == schema::SettlementAction::OPENED) {
    return ApplyOpened(change, settlement);
  }
  const Ref<CycleRow> ref = FindCycle(change.state, change.opened.key());
  CycleRow& cycle = change.state.cycles.Mutable(ref);
  if (settlement.hasReference()) cycle.reference = Text(settlement.getReference());
  if (settlement.hasReason()) cycle.reason = Text(settlement.getReason());
  switch (settlement.getAction()) {
    case schema::SettlementAction::CLOSED:
      ApplyClosed(change, cycle, settlement);
      break;
    case schema::SettlementAction::SETTLED:
    case schema::SettlementAction::SETTLING:
      ApplySettled(change, ref, cycle, settlement);
      break;
    case schema::SettlementAction::ABORTED:
      ApplyAborted(change, ref, cycle);
      break;
    case schema::SettlementAction::CAP_WARNED:
      ApplyWarned(change.state, ref, settlement);
      break;
    case schema::SettlementAction::RECAST:
      ApplyRecast(change, ref, settlement);
      break;
    case schema::SettlementAction::LOSS_SHARED:
      ApplyLossShared(change, ref, settlement);
      break;
    case schema::SettlementAction::RESOLUTION_ASKED:
      AskResolution(change.state, cycle.scheme, settlement.getCurrency(), settlement.getMode());
      break;
    case schema::SettlementAction::QUEUE_SETTLED:
      ApplyQueueSettled(change, cycle.scheme, settlement);
      break;
    case schema::SettlementAction::QUEUE_DEADLOCKED:
      ApplyDeadlocked(change, cycle.scheme, settlement);
      break;
    case schema::SettlementAction::WINDOW_ENDED:
      ApplyWindowEnded(change, cycle.scheme);
      break;
    case schema::SettlementAction::OPENED:
      break;
  }
  change.header.cycle = cycle.sequence;
  change.effects.cycle = ViewCycle(change.state, cycle);
}

}  // namespace longmen::engine
