// Invariants: named claims over one change, and over the whole state.
//
// They run before a record is written, and again when it is read. A claim that does not hold is a
// bug in the rules (or damage that the checksums did not see): the writer stops, the auditor
// reports it.
#include <map>

#include "engine/ledger/rules.h"

namespace longmen::engine {
namespace {

Error Broken(std::string claim, std::string detail) {
  return Error{Code::CORRUPT, std::move(claim), std::move(detail)};
}

Status EveryBookBalances(const Effects& effects) {
  std::map<std::pair<std::string_view, uint16_t>, __int128> books;
  for (const Posting& posting : effects.postings) {
    books[{posting.participant, posting.amount.currency.numeric}] += posting.amount.minor;
  }
  for (const auto& [book, sum] : books) {
    if (sum != 0) return Broken("invariant.book_balances", std::string(book.first));
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

// What is decided never takes an account below its floor; a report may, and says so.
Status FloorsHold(const Effects& effects, const RecordHeader& header) {
  if (!IsNewAndUnobjected(effects, header)) return Ok();
  for (const Posting& posting : effects.postings) {
    if (posting.amount.minor >= 0) continue;
    for (const AccountState& account : effects.accounts) {
      if (account.account != posting.account || account.unlimited ||
          account.kind == schema::AccountKind::CLEARING) {
        continue;
      }
      if (account.balance.minor < -account.floor.minor) {
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
  if (negative) return Broken("invariant.order_negative", order.key);
  if (!IsLive(order.status) && order.held != 0) return Broken("invariant.order_held", order.key);
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
  if (state.schemes.Find(movement->scheme)->pending_accounts) return Ok();
  for (const Posting& posting : effects.postings) {
    if (state.accounts.Find(posting.account)->kind == schema::AccountKind::PENDING) {
      return Broken("invariant.pending_account", posting.account);
    }
  }
  return Ok();
}

Status RefundsStayWithinTheirDebit(const State& state, const Effects& effects,
                                   const RecordHeader& header) {
  if (!IsNewAndUnobjected(effects, header) || effects.movement->debit == 0) return Ok();
  const MovementRow& debit = *state.movements.Find(effects.movement->debit);
  if (effects.movement->outcome != schema::Outcome::FAILED &&
      static_cast<__int128>(debit.refunded) + debit.refunding > debit.amount) {
    return Broken("invariant.refund_cap", fmt::format("debit {}", effects.movement->debit));
  }
  return Ok();
}

// --- the whole state

Status BooksSumToZero(const State& state) {
  std::map<std::pair<std::string, uint16_t>, __int128> books;
  for (const auto& [name, account] : state.accounts.rows()) {
    books[{account.participant, account.currency}] += account.balance;
  }
  for (const auto& [book, sum] : books) {
    if (sum != 0) return Broken("invariant.book_sums_to_zero", book.first);
  }
  return Ok();
}

Status HoldsAreExplained(const State& state) {
  std::map<std::string, __int128> held;
  for (const auto& [id, order] : state.orders.rows()) {
    if (order.held != 0) held[order.payer] += order.held;
  }
  for (const auto& [sequence, movement] : state.movements.rows()) {
    if (!movement.in_flight()) continue;
    if (movement.kind == MovementKind::kDebit) {
      held[movement.payer] += movement.amount;
    } else {
      for (const LegRow& part : movement.legs) held[part.account] += part.minor;
    }
  }
  for (const auto& [name, account] : state.accounts.rows()) {
    const auto it = held.find(name);
    if (account.held != (it == held.end() ? 0 : it->second)) {
      return Broken("invariant.holds_explained", name);
    }
  }
  return Ok();
}

Status OrdersAreExplained(const State& state) {
  size_t timers = 0;
  size_t occupied = 0;
  std::map<std::string, __int128> usage;
  for (const auto& [id, order] : state.orders.rows()) {
    __int128 paid = 0;
    __int128 in_flight = 0;
    for (Sequence sequence : order.movements) {
      const MovementRow& movement = *state.movements.Find(sequence);
      if (movement.kind != MovementKind::kDebit) continue;
      if (movement.outcome == schema::Outcome::SUCCEEDED) paid += movement.amount;
      if (movement.in_flight()) in_flight += movement.amount;
    }
    if (paid != order.paid || in_flight != order.in_flight) {
      return Broken("invariant.order_paid", order.key);
    }
    if (!IsLive(order.status) && order.held != 0) return Broken("invariant.order_held", order.key);
    timers += (HasHoldTimer(order) ? 1u : 0u) + (HasOrderTimer(order) ? 1u : 0u);
    if (IsLive(order.status)) occupied += order.resources.size();
    if (!order.mandate.empty()) {
      if (order.consumed != ConsumptionOf(order)) return Broken("invariant.consumed", order.key);
      usage[UsageIds(order.mandate, order.usage_day).total] += order.consumed;
    }
  }
  if (timers != state.timers.values().size()) return Broken("invariant.timers", "");
  if (occupied != state.resources.size()) return Broken("invariant.resources", "");
  for (const auto& [id, sum] : usage) {
    if (FindUsage(state, id).amount != sum) return Broken("invariant.mandate_usage", id);
  }
  return Ok();
}

Status RefundsAreExplained(const State& state) {
  std::map<Sequence, std::pair<__int128, __int128>> refunds;
  for (const auto& [sequence, movement] : state.movements.rows()) {
    if (movement.kind != MovementKind::kRefund) continue;
    auto& [done, doing] = refunds[movement.debit];
    if (movement.outcome == schema::Outcome::SUCCEEDED) done += movement.amount;
    if (movement.in_flight()) doing += movement.amount;
  }
  for (const auto& [sequence, movement] : state.movements.rows()) {
    if (movement.kind != MovementKind::kDebit) continue;
    const auto it = refunds.find(sequence);
    const auto [done, doing] = it == refunds.end() ? std::pair<__int128, __int128>{} : it->second;
    if (movement.refunded != done || movement.refunding != doing) {
      return Broken("invariant.refunds_explained", fmt::format("debit {}", sequence));
    }
  }
  return Ok();
}

// Per cycle, currency and participant: what the flows say equals what the items' movements say.
Status EveryItemIsInOneCycle(const State& state) {
  __int128 in_cycles = 0;
  for (const auto& [id, flow] : state.flows.rows()) {
    const Sequence cycle = SplitFlowId(id).cycle;
    const CycleRow* row = state.cycles.Find(cycle);
    if (row == nullptr) return Broken("invariant.flow_cycle", fmt::format("cycle {}", cycle));
    if (row->status != CycleStatus::kAborted) in_cycles += flow.minor;
  }
  __int128 moved = 0;
  for (const auto& [sequence, movement] : state.movements.rows()) {
    if (movement.cycle == 0 || movement.outcome != schema::Outcome::SUCCEEDED) continue;
    const std::string& home = state.accounts.Find(movement.payer)->participant;
    for (const LegRow& leg : movement.legs) {
      if (state.accounts.Find(leg.account)->participant != home) moved += leg.minor;
    }
  }
  if (in_cycles != moved) return Broken("invariant.items_in_one_cycle", "");
  return Ok();
}

// A clearing account holds what its scheme's unsettled cycles owe its participant, the other way
// round: nothing else moves it.
Status ClearingIsExplained(const State& state) {
  std::map<std::string, __int128> balances;
  for (const auto& [id, flow] : state.flows.rows()) {
    const FlowParts parts = SplitFlowId(id);
    const CycleRow& cycle = *state.cycles.Find(parts.cycle);
    if (cycle.status != CycleStatus::kOpen && cycle.status != CycleStatus::kClosed) continue;
    const auto account = [&](std::string_view participant) {
      return *FindRole(state, std::string(participant), schema::AccountKind::CLEARING,
                       parts.currency, cycle.scheme);
    };
    balances[account(parts.from)] += flow.minor;
    balances[account(parts.to)] -= flow.minor;
  }
  for (const auto& [name, account] : state.accounts.rows()) {
    if (account.kind != schema::AccountKind::CLEARING) continue;
    const auto it = balances.find(name);
    if (account.balance != (it == balances.end() ? 0 : it->second)) {
      return Broken("invariant.clearing_explained", name);
    }
  }
  return Ok();
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
  RETURN_IF_ERROR(RefundsAreExplained(state));
  RETURN_IF_ERROR(EveryItemIsInOneCycle(state));
  return ClearingIsExplained(state);
}

}  // namespace longmen::engine
