// Invariants: named claims over one change, and over the whole state.
//
// They run before a record is written, and again when it is read. A claim that does not hold is a
// bug in the rules (or damage that the checksums did not see): the writer stops, the auditor
// reports it.
#include <array>
#include <map>
#include <set>

#include "engine/ledger/queue.h"
#include "engine/ledger/rules.h"

namespace longmen::engine {
namespace {

Error Broken(std::string claim, std::string detail) {
  return Error{Code::CORRUPT, std::move(claim), std::move(detail)};
}

// Few postings: for each book's first one, what the others add to it.
Status EveryBookBalances(const Effects& effects) {
  const auto& postings = effects.postings;
  const auto same_book = [](const Posting& a, const Posting& b) {
    return a.participant == b.participant && a.amount.currency == b.amount.currency;
  };
  for (size_t i = 0; i < postings.size(); ++i) {
    __int128 sum = 0;
    bool first = true;
    for (size_t j = 0; j < postings.size() && first; ++j) {
      if (!same_book(postings[i], postings[j])) continue;
      first = j >= i;
      sum += postings[j].amount.minor;
    }
    if (first && sum != 0) {
      return Broken("invariant.book_balances", std::string(postings[i].participant));
    }
  }
  return Ok();
}

Status NothingHeldBelowZero(const Effects& effects) {
  for (const AccountState& account : effects.accounts) {
    if (account.held.minor < 0) return Broken("invariant.held", account.account);
  }
  return Ok();
}

// Began by this record, and decided without an objection. (Resolving a reported movement may book
// what was objected to when it began.)
bool IsNewAndUnobjected(const Effects& effects, const RecordHeader& header) {
  return effects.exception == Code::NONE && effects.movement &&
         effects.movement->sequence == header.sequence;
}

// Did the posting leave the account below its floor? Money at the central bank is an asset: it is
// spent by what is credited.
bool LeavesBelowFloor(const Posting& posting, const AccountState& account) {
  if (account.unlimited || account.kind == schema::AccountKind::CLEARING) return false;
  const bool asset = IsAtCentralBank(account.kind);
  const bool spent = asset ? posting.amount.minor > 0 : posting.amount.minor < 0;
  const __int128 left = static_cast<__int128>(account.balance.minor) * (asset ? -1 : 1);
  return spent && left < -static_cast<__int128>(account.floor.minor);
}

// What is decided never takes an account below its floor; a report may, and says so. Nor does the
// settlement of a cycle.
Status FloorsHold(const Effects& effects, const RecordHeader& header) {
  if (effects.movement && !IsNewAndUnobjected(effects, header)) return Ok();
  for (const Posting& posting : effects.postings) {
    for (const AccountState& account : effects.accounts) {
      if (account.account == posting.account && LeavesBelowFloor(posting, account)) {
        return Broken("invariant.floor", account.account);
      }
    }
  }
  return Ok();
}

Status OrderIsWhole(const Effects& effects) {
  if (!effects.order) return Ok();
  const OrderState& order = *effects.order;
  const bool negative = order.paid < 0 || order.in_flight < 0 || order.held < 0 ||
                        order.refunded < 0 || order.refunding < 0;
  if (negative) return Broken("invariant.order_negative", order.key.str());
  if (!IsLive(order.status) && order.held != 0)
    return Broken("invariant.order_held", order.key.str());
  return Ok();
}

Status ItemsHaveACycle(const Effects& effects, const RecordHeader& header) {
  for (const CycleItem& item : effects.items) {
    if (item.cycle == 0 || header.cycle == 0) {
      return Broken("invariant.item_cycle", fmt::format("sequence {}", header.sequence));
    }
    if (item.amount.minor <= 0 || item.from == item.to) {
      return Broken("invariant.item", fmt::format("sequence {}", header.sequence));
    }
  }
  return Ok();
}

// Casebook p. 145: nothing rests in an intermediary's account, unless the scheme says it may.
Status NothingRestsInBetween(const State& state, const Effects& effects) {
  if (!effects.movement) return Ok();
  const MovementRow* movement = state.movements.Find(effects.movement->sequence);
  if (movement == nullptr || movement->scheme.empty()) return Ok();
  if (state.schemes[movement->scheme].pending_accounts) return Ok();
  for (const AccountState& account : effects.accounts) {
    if (account.kind != schema::AccountKind::PENDING) continue;
    for (const Posting& posting : effects.postings) {
      if (posting.account == account.account) {
        return Broken("invariant.pending_account", std::string(posting.account));
      }
    }
  }
  return Ok();
}

Status RefundsStayWithinTheirDebit(const State& state, const Effects& effects,
                                   const RecordHeader& header) {
  if (!IsNewAndUnobjected(effects, header) || effects.movement->debit == 0) return Ok();
  const MovementRow& debit = *state.movements.Find(effects.movement->debit);
  if (effects.movement->outcome != schema::Outcome::FAILED &&
      static_cast<__int128>(debit.refunded) + debit.refunding > debit.payee_minor()) {
    return Broken("invariant.refund_cap", fmt::format("debit {}", effects.movement->debit));
  }
  return Ok();
}

// --- the whole state

// Of the rows of a table, the first for which `fault` has something to say.
template <typename Row, typename Fault>
Status ForNone(const Table<Row>& table, Fault fault) {
  Status first = Ok();
  table.ForEach([&](Ref<Row> ref, const Row& row) {
    if (first.ok()) first = fault(ref, row);
  });
  return first;
}

Status BooksSumToZero(const State& state) {
  std::map<std::pair<Ref<ParticipantRow>, uint16_t>, __int128> books;
  state.accounts.ForEach([&](Ref<AccountRow>, const AccountRow& account) {
    books[{account.participant, account.currency}] += account.balance;
  });
  for (const auto& [book, sum] : books) {
    if (sum != 0) {
      return Broken("invariant.book_sums_to_zero", state.participants[book.first].name);
    }
  }
  return Ok();
}

Status HoldsAreExplained(const State& state) {
  std::map<Ref<AccountRow>, __int128> held;
  state.orders.ForEach([&](Ref<OrderRow>, const OrderRow& order) {
    if (order.held != 0) held[order.payer] += order.held;
  });
  const auto in_flight = [&](Ref<AccountRow> account, int64_t minor) {
    if (!IsAtCentralBank(state.accounts[account].kind)) held[account] += minor;
  };
  state.movements.ForEach([&](Ref<MovementRow>, const MovementRow& movement) {
    if (!movement.in_flight()) return;
    if (movement.kind == MovementKind::kDebit) {
      in_flight(movement.payer, movement.amount);
    } else {
      for (const LegRow& part : movement.legs) in_flight(part.account, part.minor);
    }
  });
  const auto money_of = [&](Ref<ParticipantRow> participant, uint16_t currency) {
    return FindRole(state, participant, schema::AccountKind::SETTLEMENT, currency);
  };
  state.terms.ForEach([&](Ref<TermsRow>, const TermsRow& terms) {
    if (terms.earmark == 0) return;
    const AccountRow& clearing = state.accounts[terms.row_key.account];
    held[money_of(clearing.participant, clearing.currency)] += terms.earmark;
  });
  state.reserves.ForEach([&](Ref<ReserveRow>, const ReserveRow& row) {
    if (row.covering == 0) return;
    const AccountRow& clearing = state.accounts[row.row_key.clearing];
    held[money_of(clearing.participant, clearing.currency)] += row.covering;
  });
  state.positions.ForEach([&](Ref<PositionRow>, const PositionRow& row) {
    if (row.kept != 0) held[money_of(row.row_key.participant, row.row_key.currency)] += row.kept;
  });
  return ForNone(state.accounts, [&](Ref<AccountRow> ref, const AccountRow& account) -> Status {
    const auto it = held.find(ref);
    if (account.held == (it == held.end() ? 0 : it->second)) return Ok();
    return Broken("invariant.holds_explained", account.name);
  });
}

// What an order says of itself, against its movements.
Status OrderIsExplained(const State& state, const OrderRow& order) {
  const std::string key = order.name.str();
  __int128 paid = 0;
  __int128 in_flight = 0;
  __int128 refunded = 0;
  __int128 refunding = 0;
  for (Sequence sequence : order.movements) {
    const MovementRow& movement = *state.movements.Find(sequence);
    const bool debit = movement.kind == MovementKind::kDebit;
    if (movement.outcome == schema::Outcome::SUCCEEDED)
      (debit ? paid : refunded) += movement.amount;
    if (movement.in_flight()) (debit ? in_flight : refunding) += movement.amount;
  }
  if (paid != order.paid || in_flight != order.in_flight) {
    return Broken("invariant.order_paid", key);
  }
  if (refunded != order.refunded || refunding != order.refunding) {
    return Broken("invariant.order_refunded", key);
  }
  if (!IsLive(order.status) && order.held != 0) return Broken("invariant.order_held", key);
  if (!order.mandate.empty() && order.consumed != ConsumptionOf(state, order)) {
    return Broken("invariant.consumed", key);
  }
  return Ok();
}

Status OrdersAreExplained(const State& state) {
  RETURN_IF_ERROR(ForNone(state.orders, [&](Ref<OrderRow>, const OrderRow& order) {
    return OrderIsExplained(state, order);
  }));
  size_t timers = 0;
  size_t occupied = 0;
  state.orders.ForEach([&](Ref<OrderRow>, const OrderRow& order) {
    timers += (HasHoldTimer(order) ? 1u : 0u) + (HasOrderTimer(order) ? 1u : 0u);
    if (IsLive(order.status)) occupied += order.resources.size();
  });
  if (timers != state.timers.values().size()) return Broken("invariant.timers", "");
  if (occupied != state.resources.size()) return Broken("invariant.resources", "");
  return Ok();
}

// What counts against the limits of mandates is what their orders consume, in each window.
Status UsageIsExplained(const State& state) {
  struct Sum {
    __int128 amount = 0;
    uint64_t count = 0;
  };
  std::map<std::tuple<Ref<MandateRow>, schema::LimitWindow, int32_t>, Sum> usage;
  state.orders.ForEach([&](Ref<OrderRow>, const OrderRow& order) {
    if (order.mandate.empty() || order.consumed == 0) return;
    for (const auto& window : UsageKeys(order.mandate, order.usage_day)) {
      Sum& sum = usage[{window.owner, window.window, window.period}];
      sum.amount += order.consumed;
      sum.count += 1;
    }
  });
  return ForNone(state.usage, [&](Ref<UsageRow<MandateRow>>, const auto& row) -> Status {
    const auto& of = row.row_key;
    const Sum sum = usage[{of.owner, of.window, of.period}];
    if (row.amount == sum.amount && row.count == sum.count) return Ok();
    return Broken("invariant.mandate_usage", state.mandates[of.owner].name);
  });
}

// What counts against the limits of an account: its debits that have not failed.
Status AccountUsageIsExplained(const State& state) {
  std::map<Ref<AccountRow>, __int128> usage;
  state.movements.ForEach([&](Ref<MovementRow>, const MovementRow& movement) {
    const bool counts =
        movement.kind == MovementKind::kDebit && movement.outcome != schema::Outcome::FAILED;
    if (counts) usage[movement.payer] += movement.amount;
  });
  return ForNone(state.terms, [&](Ref<TermsRow>, const TermsRow& terms) -> Status {
    if (terms.limits.empty()) return Ok();
    const Ref<AccountRow> account = terms.row_key.account;
    const auto* total = state.account_usage.Find({account, schema::LimitWindow::TOTAL, 0});
    if ((total == nullptr ? 0 : total->amount) == usage[account]) return Ok();
    return Broken("invariant.account_usage", state.accounts[account].name);
  });
}

Status RefundsAreExplained(const State& state) {
  std::map<Sequence, std::pair<__int128, __int128>> refunds;
  state.movements.ForEach([&](Ref<MovementRow>, const MovementRow& movement) {
    if (movement.kind != MovementKind::kRefund) return;
    auto& [done, doing] = refunds[movement.debit];
    if (movement.outcome == schema::Outcome::SUCCEEDED) done += movement.amount;
    if (movement.in_flight()) doing += movement.amount;
  });
  return ForNone(state.movements, [&](Ref<MovementRow>, const MovementRow& movement) -> Status {
    if (movement.kind != MovementKind::kDebit) return Ok();
    const auto it = refunds.find(movement.sequence);
    const auto [done, doing] = it == refunds.end() ? std::pair<__int128, __int128>{} : it->second;
    if (movement.refunded == done && movement.refunding == doing) return Ok();
    return Broken("invariant.refunds_explained", fmt::format("debit {}", movement.sequence));
  });
}

// Per cycle, currency and participant: what the flows say equals what the items' movements say.
Status EveryItemIsInOneCycle(const State& state) {
  __int128 in_cycles = 0;
  size_t flows = 0;
  RETURN_IF_ERROR(ForNone(state.flows, [&](Ref<FlowRow>, const FlowRow& flow) -> Status {
    const CycleRow* cycle = state.cycles.Find(flow.row_key.cycle);
    if (cycle == nullptr) return Broken("invariant.flow_cycle", "");
    if (cycle->status != CycleStatus::kAborted) in_cycles += flow.minor;
    return Ok();
  }));
  state.cycles.ForEach([&](Ref<CycleRow>, const CycleRow& cycle) { flows += cycle.flows.size(); });
  if (flows != state.flows.size()) return Broken("invariant.flows_of_cycles", "");
  __int128 moved = 0;
  state.movements.ForEach([&](Ref<MovementRow>, const MovementRow& movement) {
    if (movement.cycle == 0 || movement.outcome != schema::Outcome::SUCCEEDED) return;
    const auto home = state.accounts[movement.payer].participant;
    for (const LegRow& leg : movement.legs) {
      if (state.accounts[leg.account].participant != home) moved += leg.minor;
    }
  });
  state.cycles.ForEach(
      [&](Ref<CycleRow>, const CycleRow& cycle) { in_cycles -= cycle.shared_loss; });
  if (in_cycles != moved) return Broken("invariant.items_in_one_cycle", "");
  return Ok();
}

// A clearing account holds what its scheme's unsettled positions owe its participant, the other way
// round: nothing else moves it.
Status ClearingIsExplained(const State& state) {
  std::map<Ref<AccountRow>, __int128> balances;
  state.cycles.ForEach([&](Ref<CycleRow> ref, const CycleRow& cycle) {
    const SchemeRow& scheme = state.schemes[cycle.scheme];
    if (SettlesAtOnce(scheme.method) || cycle.status == CycleStatus::kAborted) return;
    for (const Side& side : SidesOf(state, ref)) {
      if (side.settled || side.net() == 0) continue;
      balances[FindRole(state, side.participant, schema::AccountKind::CLEARING, side.currency,
                        cycle.scheme)] -= side.net();
    }
  });
  // And of a set that was settled from a queue, until its payments are booked.
  for (const QueuePlace& place : state.settled.values()) {
    const auto scheme = state.schemes.RefOf(place.scheme);
    const auto account = [&](const Name& participant) {
      return FindRole(state, state.participants.RefOf(participant), schema::AccountKind::CLEARING,
                      place.currency, scheme);
    };
    balances[account(place.sender)] -= place.minor;
    balances[account(place.receiver)] += place.minor;
  }
  return ForNone(state.accounts, [&](Ref<AccountRow> ref, const AccountRow& account) -> Status {
    if (account.kind != schema::AccountKind::CLEARING) return Ok();
    const auto it = balances.find(ref);
    const __int128 expected = it == balances.end() ? 0 : it->second;
    if (account.balance == expected) return Ok();
    return Broken("invariant.clearing_explained",
                  fmt::format("{}: {} where it should be {}", account.name, account.balance,
                              static_cast<int64_t>(expected)));
  });
}

// What is kept of a position is what its flows add up to, and all positions together are nothing.
Status PositionsAreTheirFlows(const State& state) {
  std::map<Ref<PositionRow>, std::pair<__int128, __int128>> sums;
  state.flows.ForEach([&](Ref<FlowRow>, const FlowRow& flow) {
    sums[flow.receiver].first += flow.minor;
    sums[flow.sender].second += flow.minor;
  });
  return ForNone(state.positions, [&](Ref<PositionRow> ref, const PositionRow& row) -> Status {
    const auto& key = row.row_key;
    if (sums[ref] == std::pair<__int128, __int128>{row.in, row.out} &&
        state.positions.RefOf({key.cycle, key.participant, key.currency}) == ref) {
      return Ok();
    }
    return Broken("invariant.position", state.participants[key.participant].name);
  });
}

// Everything that waits is in flight and stands in one place; what can settle alone is known.
Status QueuesAreInOrder(const State& state) {
  std::map<QueueName, std::pair<uint32_t, int64_t>> sums;
  RETURN_IF_ERROR(ForNone(state.queued, [&](Ref<QueuedRow>, const QueuedRow& row) -> Status {
    const QueuePlace& place = row.place;
    const MovementRow* movement = state.movements.Find(place.movement);
    const bool in_flight = movement != nullptr && movement->in_flight();
    const std::array in_sets = {state.places.values().contains(place),
                                state.held.values().contains(place),
                                state.settled.values().contains(place)};
    const std::array should = {row.status == WaitingStatus::kWaiting,
                               row.status == WaitingStatus::kHeld,
                               row.status == WaitingStatus::kSettled};
    if (!in_flight || in_sets != should) {
      return Broken("invariant.queued", fmt::format("movement {}", place.movement));
    }
    if (row.status == WaitingStatus::kSettled) return Ok();
    auto& [count, minor] = sums[{place.scheme, place.currency}];
    count += 1;
    minor += place.minor;
    return Ok();
  }));
  if (state.places.values().size() + state.held.values().size() + state.settled.values().size() !=
      state.queued.size()) {
    return Broken("invariant.queue_places", "");
  }
  RETURN_IF_ERROR(ForNone(state.queues, [&](Ref<QueueRow>, const QueueRow& row) -> Status {
    const Name& scheme = state.schemes[row.row_key.scheme].name;
    if (sums[{scheme, row.row_key.currency}] == std::pair{row.count, row.minor}) return Ok();
    return Broken("invariant.queue_sum", scheme);
  }));
  std::set<QueuePlace> releasable;
  const QueuePlace* stopped = nullptr;  // of this sender no later one counts
  for (const QueuePlace& place : state.places.values()) {
    const bool same = stopped != nullptr && stopped->scheme == place.scheme &&
                      stopped->currency == place.currency && stopped->sender == place.sender;
    if (same) continue;
    const auto money = FindRole(state, state.participants.RefOf(place.sender),
                                schema::AccountKind::SETTLEMENT, place.currency);
    const bool covered = HasLiquidity(state.accounts[money], place.minor);
    if (covered) releasable.insert(place);
    if (covered || !state.schemes.Find(place.scheme)->bypasses_fifo) stopped = &place;
  }
  if (releasable != state.releasable.values()) return Broken("invariant.releasable", "");
  return Ok();
}

// What counts against caps beside the positions is what is in flight; and a warning is due exactly
// where one is near its cap and was not warned.
Status CapsAreWatched(const State& state) {
  std::map<std::pair<Ref<AccountRow>, Ref<ParticipantRow>>, __int128> reserves;
  state.movements.ForEach([&](Ref<MovementRow>, const MovementRow& movement) {
    if (!movement.in_flight() || movement.scheme.empty() ||
        SettlesAtOnce(state.schemes[movement.scheme].method)) {
      return;
    }
    for (const FlowItem& item : ItemsOf(state, movement)) {
      const auto clearing = FindRole(state, item.from, schema::AccountKind::CLEARING,
                                     movement.payee_currency(), movement.scheme);
      reserves[{clearing, {}}] += item.minor;
      reserves[{clearing, item.to}] += item.minor;
    }
  });
  RETURN_IF_ERROR(ForNone(state.reserves, [&](Ref<ReserveRow>, const ReserveRow& row) -> Status {
    const auto& [clearing, to] = row.row_key;
    if (row.minor == reserves[{clearing, to}]) return Ok();
    return Broken("invariant.reserve", state.accounts[clearing].name);
  }));
  return ForNone(state.terms, [&](Ref<TermsRow>, const TermsRow& terms) -> Status {
    const auto account = terms.row_key.account;
    const bool due = terms.capped && IsNearCap(state, account) && !terms.warned;
    if (due == state.warnings.values().contains(state.accounts[account].name)) return Ok();
    return Broken("invariant.cap_warned", state.accounts[account].name);
  });
}

}  // namespace

Status CheckChange(const State& state, const Effects& effects, const RecordHeader& header) {
  RETURN_IF_ERROR(EveryBookBalances(effects));
  RETURN_IF_ERROR(NothingHeldBelowZero(effects));
  RETURN_IF_ERROR(FloorsHold(effects, header));
  RETURN_IF_ERROR(OrderIsWhole(effects));
  RETURN_IF_ERROR(ItemsHaveACycle(effects, header));
  RETURN_IF_ERROR(NothingRestsInBetween(state, effects));
  return RefundsStayWithinTheirDebit(state, effects, header);
}

Status CheckState(const State& state) {
  RETURN_IF_ERROR(BooksSumToZero(state));
  RETURN_IF_ERROR(HoldsAreExplained(state));
  RETURN_IF_ERROR(OrdersAreExplained(state));
  RETURN_IF_ERROR(ClearingIsExplained(state));
  RETURN_IF_ERROR(PositionsAreTheirFlows(state));
  RETURN_IF_ERROR(CapsAreWatched(state));
  RETURN_IF_ERROR(QueuesAreInOrder(state));
  if (state.partial) return Ok();  // the rest sums over all there ever was
  RETURN_IF_ERROR(UsageIsExplained(state));
  RETURN_IF_ERROR(AccountUsageIsExplained(state));
  RETURN_IF_ERROR(RefundsAreExplained(state));
  return EveryItemIsInOneCycle(state);
}

}  // namespace longmen::engine
