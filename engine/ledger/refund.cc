// Refunds (docs/rules.md, Refund).
#include "engine/ledger/exchange.h"
#include "engine/ledger/rules.h"

namespace longmen::engine {
namespace {

constexpr __int128 kMax = INT64_MAX;

// What a refund gives back, before it is known who began it.
MovementRow MovementOf(schema::Refund::Reader refund, const MovementRow& debit) {
  MovementRow row;
  row.kind = MovementKind::kRefund;
  row.outcome = refund.getOutcome();
  row.debit_kind = debit.debit_kind;
  row.amount = refund.getAmount().getMinor();
  row.currency = debit.payee_currency();
  row.counter_amount = refund.getCounterAmount().getMinor();
  row.counter_currency = refund.getCounterAmount().getCurrency();
  row.payer = debit.payer;
  const auto parts = RefundParts(debit, row.amount);
  for (size_t i = 0; i < parts.size(); ++i) {
    row.legs.push_back({parts[i], 0, debit.legs[i].account});
  }
  row.scheme = debit.scheme;
  row.debit = debit.sequence;
  return row;
}

void Redirect(const State& state, schema::Refund::Reader refund, MovementRow& movement) {
  if (refund.getBasis() == schema::Basis::REPORTED) {
    movement.payer = CreditedAccount(state, movement.payer);
  }
}

bool ObjectsToGivers(const State& state, const MovementRow& movement, Ladder& ladder) {
  for (const LegRow& part : movement.legs) {
    if (part.minor == 0) continue;
    const schema::Status status = state.accounts[part.account].status;
    if (status == schema::Status::FROZEN && ladder.Objects(Code::ACCOUNT_FROZEN, "refund.debit")) {
      return true;
    }
    if (status == schema::Status::CLOSED && ladder.Objects(Code::ACCOUNT_CLOSED, "refund.debit")) {
      return true;
    }
  }
  return false;
}

bool ObjectsToReceiver(const State& state, const MovementRow& movement, Ladder& ladder) {
  const AccountRow& receiver = state.accounts[movement.payer];
  if (receiver.status == schema::Status::CLOSED &&
      ladder.Objects(Code::ACCOUNT_CLOSED, "debit.payer")) {
    return true;
  }
  return ExceedsCeiling(state, receiver, movement.payer_minor()) &&
         ladder.Objects(Code::EXCEEDS_CEILING, "debit.payer");
}

// What the account of a part gives in all: several parts may name the same account.
__int128 GivenBy(const MovementRow& movement, const LegRow& part) {
  __int128 given = 0;
  for (const LegRow& other : movement.legs) {
    if (other.account == part.account) given += other.minor;
  }
  return given;
}

bool Lacks(const State& state, const MovementRow& movement) {
  for (const LegRow& part : movement.legs) {
    if (part.minor == 0) continue;
    if (!CanPay(state.accounts[part.account], GivenBy(movement, part))) return true;
  }
  return false;
}

// The hard checks at the end: what would be booked or held must be bookable.
Decision CheckSums(const State& state, schema::Refund::Reader refund, const MovementRow& debit,
                   MovementRow& movement) {
  __int128 most = static_cast<__int128>(debit.refunded) + debit.refunding + movement.amount;
  if (debit.has_order()) {
    const OrderRow& order = *state.orders.Find({debit.scenario, debit.key});
    most =
        std::max(most, static_cast<__int128>(order.refunded) + order.refunding + movement.amount);
  }
  if (movement.outcome != schema::Outcome::SUCCEEDED) {
    for (const LegRow& part : movement.legs) {
      if (IsAtCentralBank(state.accounts[part.account].kind)) continue;
      most = std::max(most, state.accounts[part.account].held + GivenBy(movement, part));
    }
  }
  if (most > kMax) return Ladder().Refuse(Code::AMOUNT_OVERFLOW, "refund.amount.minor");
  if (movement.outcome != schema::Outcome::SUCCEEDED) return {};
  Redirect(state, refund, movement);
  return CheckBooking(state, movement, BookRefund(state, movement), "refund.amount.minor");
}

// Soft: what comes back to a settlement account leaves the central bank, and what goes back to
// another participant is sent through the scheme. True: refuse.
bool ObjectsToClearing(const State& state, const MovementRow& movement, bool resolved,
                       Ladder& ladder) {
  const AccountRow& receiver = state.accounts[movement.payer];
  if (IsAtCentralBank(receiver.kind) && !HasLiquidity(receiver, movement.payer_minor()) &&
      ladder.Objects(Code::INSUFFICIENT_LIQUIDITY, "debit.payer")) {
    return true;
  }
  const Code code =
      resolved ? ObjectionToResolved(state, movement) : ObjectionOfCover(state, movement);
  return code != Code::NONE && ladder.Objects(code, "refund.debit");
}

// What was exchanged is exchanged back, at a rate of its own; what was not, is not.
Decision CheckExchange(schema::Refund::Reader refund, const MovementRow& debit) {
  const auto counter = refund.getCounterAmount();
  if (counter.getCurrency() != (debit.exchanges() ? debit.currency : 0)) {
    return Ladder().Refuse(Code::CURRENCY_MISMATCH, "refund.counterAmount.currency");
  }
  if (debit.exchanges() &&
      !AgreeAt({refund.getAmount().getMinor(), Currency{refund.getAmount().getCurrency()}},
               {counter.getMinor(), Currency{counter.getCurrency()}}, refund.getRate())) {
    return Ladder().Refuse(Code::RATE_MISMATCH, "refund.rate");
  }
  return {};
}

Decision DecideNew(const Asked& asked, schema::Refund::Reader refund, Ladder ladder) {
  const State& state = asked.state;
  const auto named =
      FindMovementBy(state, asked.opened.source, refund.getDebit(), MovementKind::kDebit);
  if (named.empty()) return ladder.Refuse(Code::UNKNOWN_DEBIT, "refund.debit");
  const MovementRow& debit = state.movements[named];
  if (debit.key != asked.opened.key() || debit.scenario != asked.opened.scenario()) {
    return ladder.Refuse(Code::ROUTE_MISMATCH, "key");
  }
  if (debit.outcome != schema::Outcome::SUCCEEDED) {
    return ladder.Refuse(Code::DEBIT_NOT_SUCCEEDED, "refund.debit");
  }
  if (debit.payee_currency() != refund.getAmount().getCurrency()) {
    return ladder.Refuse(Code::CURRENCY_MISMATCH, "refund.amount.currency");
  }
  if (auto fault = CheckExchange(refund, debit); !fault.accepted()) return fault;
  if (refund.getOutcome() == schema::Outcome::FAILED) return ladder.Accept();
  MovementRow movement = MovementOf(refund, debit);
  if (ObjectsToGivers(state, movement, ladder)) return ladder.refusal();
  if (ObjectsToReceiver(state, movement, ladder)) return ladder.refusal();
  if (static_cast<__int128>(debit.refunded) + debit.refunding + movement.amount >
          debit.payee_minor() &&
      ladder.Objects(Code::EXCEEDS_DEBIT, "refund.amount.minor")) {
    return ladder.refusal();
  }
  if (Lacks(state, movement) && ladder.Objects(Code::INSUFFICIENT_FUNDS, "refund.amount.minor")) {
    return ladder.refusal();
  }
  if (movement.exchanges() &&
      !CanPay(state.accounts[FxAccountsOf(state, movement).of_payer], movement.counter_amount) &&
      ladder.Objects(Code::INSUFFICIENT_FUNDS, "refund.counterAmount.minor")) {
    return ladder.refusal();
  }
  if (ObjectsToClearing(state, movement, false, ladder)) return ladder.refusal();
  if (auto fault = CheckSums(state, refund, debit, movement); !fault.accepted()) return fault;
  return ladder.Accept();
}

Decision DecideResolving(const Asked& asked, schema::Refund::Reader refund, Ladder ladder) {
  const State& state = asked.state;
  const auto named =
      FindMovementBy(state, asked.opened.source, refund.getResolves(), MovementKind::kRefund);
  if (named.empty()) return ladder.Refuse(Code::UNKNOWN_DEBIT, "refund.resolves");
  MovementRow movement = state.movements[named];
  if (movement.key != asked.opened.key() || movement.scenario != asked.opened.scenario()) {
    return ladder.Refuse(Code::ROUTE_MISMATCH, "key");
  }
  if (!movement.in_flight()) return ladder.Refuse(Code::ALREADY_RESOLVED, "refund.resolves");
  if (movement.currency != refund.getAmount().getCurrency()) {
    return ladder.Refuse(Code::CURRENCY_MISMATCH, "refund.amount.currency");
  }
  if (movement.amount != refund.getAmount().getMinor()) {
    return ladder.Refuse(Code::AMOUNT_MISMATCH, "refund.amount.minor");
  }
  if (refund.getOutcome() != schema::Outcome::SUCCEEDED) return ladder.Accept();
  if (ObjectsToReceiver(state, movement, ladder)) return ladder.refusal();
  if (ObjectsToClearing(state, movement, true, ladder)) return ladder.refusal();
  Redirect(state, refund, movement);
  const auto fault =
      CheckBooking(state, movement, BookRefund(state, movement), "refund.amount.minor");
  return fault.accepted() ? ladder.Accept() : fault;
}

// Takes from (sign -1) or adds to (+1) what the debit counts as being refunded.
void CountRefunding(MovementRow& debit, const MovementRow& refund, int sign) {
  debit.refunding += sign * refund.amount;
  for (size_t i = 0; i < refund.legs.size(); ++i) {
    debit.legs[i].given += sign * refund.legs[i].minor;
  }
}

void HoldParts(Change& change, const MovementRow& refund, int sign) {
  for (const LegRow& part : refund.legs) {
    if (IsAtCentralBank(change.state.accounts[part.account].kind)) continue;
    change.Hold(part.account, sign * part.minor);
  }
  Reserve(change, refund, sign);
}

void BookParts(Change& change, schema::Refund::Reader refund, MovementRow& movement,
               MovementRow& debit) {
  Redirect(change.state, refund, movement);
  Book(change, movement, BookRefund(change.state, movement));
  debit.refunding -= movement.amount;
  debit.refunded += movement.amount;
}

// The order shows what its debits give back.
void ShowOnOrder(Change& change, const MovementRow& debit, int64_t refunded, int64_t refunding) {
  if (!debit.has_order()) return;
  OrderEdit edit(change, change.state.orders.RefOf({debit.scenario, debit.key}));
  edit->refunded += refunded;
  edit->refunding += refunding;
  edit.Done();
}

void ApplyNew(Change& change, schema::Refund::Reader refund) {
  State& state = change.state;
  const auto named =
      FindMovementBy(state, change.opened.source, refund.getDebit(), MovementKind::kDebit);
  MovementRow& debit = state.movements.Mutable(named);
  const Ref<MovementRow> ref = state.movements.Insert(change.header.sequence);
  MovementRow& movement = state.movements.Mutable(ref);
  movement = MovementOf(refund, debit);
  Begin(change, movement);
  movement.channel = View(refund.getChannel());
  movement.channel_reference = View(refund.getChannelReference());
  movement.clearing_date = refund.getClearingDate();
  if (debit.has_order()) {
    const auto order = state.orders.RefOf({debit.scenario, debit.key});
    state.orders.Mutable(order).movements.push_back(movement.sequence);
  }
  if (movement.outcome != schema::Outcome::FAILED) CountRefunding(debit, movement, +1);
  if (movement.outcome == schema::Outcome::SUCCEEDED) {
    BookParts(change, refund, movement, debit);
    ShowOnOrder(change, debit, movement.amount, 0);
  } else if (movement.in_flight()) {
    HoldParts(change, movement, +1);
    ShowOnOrder(change, debit, 0, movement.amount);
  } else {
    ShowOnOrder(change, debit, 0, 0);
  }
  Changed(change, named);
  Changed(change, ref);
  change.effects.movement = ViewMovement(state, movement);
}

void ApplyResolving(Change& change, schema::Refund::Reader refund) {
  State& state = change.state;
  const auto named =
      FindMovementBy(state, change.opened.source, refund.getResolves(), MovementKind::kRefund);
  MovementRow& movement = state.movements.Mutable(named);
  const Ref<MovementRow> debit_ref = state.movements.RefOf(movement.debit);
  MovementRow& debit = state.movements.Mutable(debit_ref);
  movement.outcome = refund.getOutcome();
  if (refund.hasChannel()) movement.channel = View(refund.getChannel());
  if (refund.hasChannelReference()) {
    movement.channel_reference = View(refund.getChannelReference());
  }
  if (refund.getClearingDate() != 0) movement.clearing_date = refund.getClearingDate();
  if (!movement.in_flight()) {
    HoldParts(change, movement, -1);
    if (movement.outcome == schema::Outcome::SUCCEEDED) {
      BookParts(change, refund, movement, debit);
      ShowOnOrder(change, debit, movement.amount, -movement.amount);
    } else {
      CountRefunding(debit, movement, -1);
      ShowOnOrder(change, debit, 0, -movement.amount);
    }
  } else {
    ShowOnOrder(change, debit, 0, 0);
  }
  Changed(change, debit_ref);
  Changed(change, named);
  change.effects.movement = ViewMovement(state, movement);
}

}  // namespace

Decision DecideRefund(const Asked& asked, Ladder ladder) {
  const auto refund = asked.proposal.getBody().getRefund();
  return refund.hasResolves() ? DecideResolving(asked, refund, ladder)
                              : DecideNew(asked, refund, ladder);
}

void ApplyRefund(Change& change) {
  const auto refund = change.proposal.getBody().getRefund();
  if (refund.hasResolves()) {
    ApplyResolving(change, refund);
  } else {
    ApplyNew(change, refund);
  }
}

}  // namespace longmen::engine
