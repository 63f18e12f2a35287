#include <algorithm>

#include "tests/reference/decision.h"

namespace longmen::reference {

void Decision::DecideDebit() {
  if (proposal_.getBody().getDebit().hasResolves()) return ResolveDebit();
  NewDebit();
}

void Decision::NewDebit() {
  auto given = proposal_.getBody().getDebit();
  const Nanos occurred = proposal_.getOccurredAt();
  const bool payment = given.getKind() == schema::DebitKind::PAYMENT;
  const auto found = payment ? state_.orders.find(order_key_) : state_.orders.end();
  Order* order = found == state_.orders.end() ? nullptr : &found->second;

  Movement debit;
  debit.sequence = sequence_;
  debit.name = order_key_;
  debit.outcome = given.getOutcome();
  debit.amount = given.getAmount().getMinor();
  debit.currency = given.getAmount().getCurrency();
  debit.counter = given.getCounterAmount().getMinor();
  debit.counter_currency = given.getCounterAmount().getCurrency();
  debit.debit_kind = given.getKind();
  debit.occurred = occurred;
  debit.payer = Str(given.getPayer());
  debit.scheme = Str(given.getScheme());
  std::string payee = Str(given.getPayee());
  std::vector<Part> splits = SplitsOf(given.getSplits());
  const bool own_splits = !splits.empty();
  if (order != nullptr) {
    if (debit.payer.empty()) debit.payer = order->payer;
    if (debit.scheme.empty()) debit.scheme = order->scheme;
    if (payee.empty()) payee = order->payee;
    if (splits.empty()) splits = order->splits;
  }

  // Authority and existence.
  RefuseIf(!MayTouchAccount(debit.payer), Code::NOT_PERMITTED, "debit.payer");
  RefuseIf(given.getKind() == schema::DebitKind::LIQUIDITY && !source_->all_participants,
           Code::NOT_PERMITTED, "debit.kind");
  RefuseIf(payment && order == nullptr, Code::UNKNOWN_ORDER, "key");
  RefuseIf(!state_.accounts.contains(debit.payer), Code::UNKNOWN_ACCOUNT, "debit.payer");
  RefuseIf(!state_.accounts.contains(payee), Code::UNKNOWN_ACCOUNT, "debit.payee");
  for (size_t i = 0; i < splits.size(); ++i) {
    RefuseIf(!state_.accounts.contains(splits[i].account), Code::UNKNOWN_ACCOUNT,
             Indexed("debit.splits", i, ".account"));
  }
  RefuseIf(!debit.scheme.empty() && !state_.schemes.contains(debit.scheme), Code::UNKNOWN_SCHEME,
           "debit.scheme");

  // State, hard.
  if (order != nullptr) {
    const bool fallback =
        !order->mandate.empty() && Contains(state_.mandates[order->mandate].fallbacks, debit.payer);
    RefuseIf(!order->payer.empty() && debit.payer != order->payer && !fallback,
             Code::ROUTE_MISMATCH, "debit.payer");
    RefuseIf(payee != order->payee, Code::ROUTE_MISMATCH, "debit.payee");
    RefuseIf(!order->scheme.empty() && debit.scheme != order->scheme, Code::ROUTE_MISMATCH,
             "debit.scheme");
    RefuseIf(!order->splits.empty() && !own_splits && debit.amount != order->amount,
             Code::ROUTE_MISMATCH, "debit.splits");
    for (size_t i = 0; own_splits && i < splits.size(); ++i) {
      const std::string& account = splits[i].account;
      Wide paid = state_.SplitPaid(order->name, account);
      Wide may = 0;
      for (const Part& split : splits) paid += split.account == account ? split.minor : 0;
      for (const Part& split : order->splits) may += split.account == account ? split.minor : 0;
      RefuseIf(paid > may, Code::ROUTE_MISMATCH, Indexed("debit.splits", i, ""));
    }
    RefuseIf(debit.currency != order->currency, Code::CURRENCY_MISMATCH, "debit.amount.currency");
    RefuseIf(debit.counter_currency != order->counter_currency, Code::CURRENCY_MISMATCH,
             "debit.counterAmount.currency");
  }
  std::vector<std::pair<std::string, std::string>> accounts;  // field, account
  accounts.emplace_back("debit.payer", debit.payer);
  accounts.emplace_back("debit.payee", payee);
  for (size_t i = 0; i < splits.size(); ++i) {
    accounts.emplace_back(Indexed("debit.splits", i, ".account"), splits[i].account);
  }
  for (const auto& [field, account] : accounts) {
    const uint16_t right = field == "debit.payer" ? debit.currency : debit.payees_currency();
    RefuseIf(state_.accounts[account].currency != right, Code::CURRENCY_MISMATCH, field);
  }
  for (const auto& [field, account] : accounts) {
    const schema::AccountKind kind = state_.accounts[account].kind;
    RefuseIf(kind == schema::AccountKind::CLEARING, Code::ACCOUNT_KIND_NOT_ALLOWED, field);
    RefuseIf(kind == schema::AccountKind::FX && debit.exchanges(), Code::ACCOUNT_KIND_NOT_ALLOWED,
             field);
    RefuseIf(kind == schema::AccountKind::SETTLEMENT && !state_.accounts[account].unlimited &&
                 debit.debit_kind != schema::DebitKind::LIQUIDITY,
             Code::ACCOUNT_KIND_NOT_ALLOWED, field);
  }
  for (const auto& [field, account] : accounts) {
    RefuseIf(field != "debit.payer" && account == debit.payer, Code::ROUTE_MISMATCH, field);
  }
  const std::string payer_participant = state_.ParticipantOf(debit.payer);
  if (debit.debit_kind == schema::DebitKind::LIQUIDITY) {
    RefuseIf(!debit.scheme.empty(), Code::ROUTE_MISMATCH, "debit.scheme");
    for (const auto& [field, account] : accounts) {
      RefuseIf(state_.ParticipantOf(account) != payer_participant, Code::ROUTE_MISMATCH, field);
    }
  }
  for (const auto& [field, account] : accounts) {
    RefuseIf(debit.scheme.empty() && state_.ParticipantOf(account) != payer_participant,
             Code::SCHEME_REQUIRED, "debit.scheme");
  }
  for (const auto& [field, account] : accounts) {
    RefuseIf(!debit.scheme.empty() && !state_.schemes[debit.scheme].pending_accounts &&
                 state_.accounts[account].kind == schema::AccountKind::PENDING,
             Code::PENDING_NOT_ALLOWED, field);
  }
  Wide of_splits = 0;
  for (const Part& split : splits) of_splits += split.minor;
  debit.legs.push_back({payee, static_cast<int64_t>(debit.payees_amount() - of_splits)});
  for (const Part& split : splits) debit.legs.push_back(split);
  for (const Part& leg : debit.legs) {
    const std::string participant = state_.ParticipantOf(leg.account);
    if (participant == payer_participant) continue;
    for (const std::string& side : {payer_participant, participant}) {
      RefuseIf(
          WithScheme(debit, side).empty(),
          state_.AtOnce(debit.scheme) ? Code::NO_SETTLEMENT_ACCOUNT : Code::NO_CLEARING_ACCOUNT,
          "debit.scheme");
      RefuseIf(state_
                   .SpecialAccount(schema::AccountKind::CLEARING, side, debit.payees_currency(),
                                   debit.scheme)
                   .empty(),
               Code::NO_CLEARING_ACCOUNT, "debit.scheme");
    }
  }
  if (debit.exchanges()) {
    FxAccount(debit.payer, debit.currency, "debit.counterAmount");
    FxAccount(debit.payer, debit.counter_currency, "debit.counterAmount");
    CheckRate(debit, given.getRate(), "debit.rate");
  }

  state_.began[{Str(proposal_.getSource()), Str(proposal_.getId())}] = sequence_;
  if (debit.outcome == schema::Outcome::FAILED) {
    state_.movements[sequence_] = debit;
    return;
  }

  // State, soft.
  if (order != nullptr) {
    ObjectIf(order->status == OrderStatus::kPendingAuthorization, Code::ORDER_PENDING_AUTHORIZATION,
             "key");
    ObjectIf(order->status == OrderStatus::kExpired, Code::ORDER_EXPIRED, "key");
    ObjectIf(!IsLive(order->status), Code::ORDER_NOT_OPEN, "key");
    ObjectIf(order->valid_until != 0 && occurred > order->valid_until, Code::ORDER_EXPIRED,
             "occurredAt");
    ObjectIf(order->valid_from > occurred, Code::ORDER_NOT_YET_VALID, "occurredAt");
  }
  for (const auto& [field, account] : accounts) {
    const schema::Status status = state_.accounts[account].status;
    ObjectIf(field == "debit.payer" && status == schema::Status::FROZEN, Code::ACCOUNT_FROZEN,
             field);
    ObjectIf(status == schema::Status::CLOSED, Code::ACCOUNT_CLOSED, field);
  }
  if (order != nullptr && !order->mandate.empty()) {
    const Mandate& mandate = state_.mandates[order->mandate];
    ObjectIf(mandate.status != schema::Status::OPEN || occurred < mandate.valid_from ||
                 (mandate.valid_before != 0 && occurred >= mandate.valid_before),
             Code::MANDATE_NOT_ACTIVE, "key");
  }
  ObjectToHours(debit);
  // Limits and funds.
  if (order != nullptr) {
    const Wide used = state_.DebitsOf(order->name, false) + state_.DebitsOf(order->name, true);
    ObjectIf(used + debit.amount > order->amount, Code::EXCEEDS_ORDER, "debit.amount.minor");
    ObjectIf(state_.CounterPaid(order->name) + debit.counter > order->counter, Code::EXCEEDS_ORDER,
             "debit.counterAmount.minor");
  }
  ObjectIf(state_.AboveScheme(debit.scheme, debit.amount), Code::EXCEEDS_SCHEME,
           "debit.amount.minor");
  const Code passed = PassedLimit(debit);
  ObjectIf(passed != Code::NONE, passed, "debit.payer");
  ObjectToCeilings(debit);
  const bool own_account = order != nullptr && order->payer == debit.payer;
  const int64_t own_hold = own_account ? std::min(order->held, debit.amount) : 0;
  const auto available = state_.Available(debit.payer);
  ObjectIf(available && debit.amount > *available + own_hold, Code::INSUFFICIENT_FUNDS,
           "debit.payer");
  if (debit.exchanges()) {
    const auto of_bank =
        state_.Available(FxAccount(debit.payer, debit.counter_currency, "debit.counterAmount"));
    ObjectIf(of_bank && debit.counter > *of_bank, Code::INSUFFICIENT_FUNDS,
             "debit.counterAmount.minor");
  }
  for (size_t i = 1; i < accounts.size(); ++i) {
    Wide credit = 0;
    for (const Part& leg : debit.legs) {
      if (leg.account == accounts[i].second) credit += leg.minor;
    }
    ObjectToLiquidity(accounts[i].second, credit, accounts[i].first);
  }
  const bool waits = state_.MustWait(debit, given.getPriority(), Reported());
  if (!waits) ObjectToCover(debit, "debit.scheme");

  if (order != nullptr) order->held -= own_hold;
  debit.from_order_hold = own_hold;
  Movement& booked = state_.movements[sequence_] = debit;
  if (waits) Wait(booked, given.getPriority(), given.getCompletes());
  if (booked.outcome == schema::Outcome::SUCCEEDED) BookDebit(booked);
  CloseOrderOf(booked, given.getCompletes());
  CheckSums(order_key_);
}

bool Decision::AboveCeiling(const std::string& account, Wide minor) const {
  const int64_t ceiling = state_.accounts.at(account).ceiling;
  return ceiling != 0 && state_.Balance(account) + minor > ceiling;
}

void Decision::ObjectToCeilings(const Movement& debit) {
  for (size_t i = 0; i < debit.legs.size(); ++i) {
    Wide credit = 0;
    for (const Part& leg : debit.legs) {
      if (leg.account == debit.legs[i].account) credit += leg.minor;
    }
    ObjectIf(AboveCeiling(debit.legs[i].account, credit), Code::EXCEEDS_CEILING,
             i == 0 ? "debit.payee" : Indexed("debit.splits", i - 1, ".account"));
  }
}

void Decision::ResolveDebit() {
  auto given = proposal_.getBody().getDebit();
  const std::string of_source = Str(given.getResolves().getSource());
  const auto began = state_.began.find({of_source.empty() ? Str(proposal_.getSource()) : of_source,
                                        Str(given.getResolves().getId())});
  const bool known = began != state_.began.end() &&
                     state_.movements.at(began->second).kind == MovementKind::kDebit;
  RefuseIf(!known, Code::UNKNOWN_DEBIT, "debit.resolves");
  Movement& debit = state_.movements.at(began->second);
  RefuseIf(!MayTouchAccount(debit.payer), Code::NOT_PERMITTED, "debit.payer");
  RefuseIf(debit.debit_kind == schema::DebitKind::LIQUIDITY && !source_->all_participants,
           Code::NOT_PERMITTED, "debit.kind");
  RefuseIf(debit.name != order_key_, Code::ROUTE_MISMATCH, "key");
  RefuseIf(debit.debit_kind != given.getKind(), Code::ROUTE_MISMATCH, "debit.kind");
  RefuseIf(!InFlight(debit.outcome), Code::ALREADY_RESOLVED, "debit.resolves");
  RefuseIf(debit.currency != given.getAmount().getCurrency(), Code::CURRENCY_MISMATCH,
           "debit.amount.currency");
  RefuseIf(debit.amount != given.getAmount().getMinor(), Code::AMOUNT_MISMATCH,
           "debit.amount.minor");

  const bool queued = state_.waiting.contains(debit.sequence);
  RefuseIf(!queued && given.getQueueAction() != schema::QueueAction::NONE, Code::NOT_WAITING,
           "debit.queueAction");
  if (queued) return ChangeWaiting(debit);
  bool waits = false;
  if (given.getOutcome() == schema::Outcome::SUCCEEDED) {
    ObjectToHours(debit);
    for (size_t i = 0; i < debit.legs.size(); ++i) {
      ObjectIf(state_.accounts[debit.legs[i].account].status == schema::Status::CLOSED,
               Code::ACCOUNT_CLOSED,
               i == 0 ? "debit.payee" : Indexed("debit.splits", i - 1, ".account"));
    }
    ObjectToCeilings(debit);
    for (size_t i = 0; i < debit.legs.size(); ++i) {
      Wide credit = 0;
      for (const Part& leg : debit.legs) {
        if (leg.account == debit.legs[i].account) credit += leg.minor;
      }
      ObjectToLiquidity(debit.legs[i].account, credit,
                        i == 0 ? "debit.payee" : Indexed("debit.splits", i - 1, ".account"));
    }
    Movement succeeded = debit;
    succeeded.outcome = schema::Outcome::SUCCEEDED;
    waits = state_.MustWait(succeeded, given.getPriority(), Reported());
    // What it owes a net scheme counted since it began.
    if (!waits && !debit.scheme.empty() && state_.AtOnce(debit.scheme)) {
      ObjectToCover(debit, "debit.scheme");
    }
  }
  debit.outcome = given.getOutcome();
  if (waits) Wait(debit, given.getPriority(), given.getCompletes());
  if (debit.outcome == schema::Outcome::SUCCEEDED) BookDebit(debit);
  if (debit.outcome == schema::Outcome::FAILED && debit.debit_kind == schema::DebitKind::PAYMENT) {
    Order& order = state_.orders.at(debit.name);
    if (IsLive(order.status)) order.held += debit.from_order_hold;
  }
  CloseOrderOf(debit, given.getCompletes());
  CheckSums(debit.name);
}

// What a debit that succeeded, or went into flight, makes of its order.
void Decision::CloseOrderOf(const Movement& movement, bool completes) {
  if (movement.debit_kind != schema::DebitKind::PAYMENT) return;
  Order& order = state_.orders.at(movement.name);
  if (movement.outcome == schema::Outcome::SUCCEEDED) {
    if (state_.DebitsOf(order.name, false) >= order.amount) {
      order.status = OrderStatus::kPaid;
    } else if (completes) {
      order.held = 0;
      if (IsLive(order.status) && state_.DebitsOf(order.name, true) == 0) {
        order.status = OrderStatus::kCompleted;
      }
    }
  }
  Settle(state_, order);
}

void Decision::BookDebit(Movement& debit) {
  const std::string from = state_.ParticipantOf(debit.payer);
  Post(debit.payer, -Wide{debit.amount});
  if (debit.exchanges()) {
    Post(FxAccount(debit.payer, debit.currency, "debit.counterAmount"), debit.amount);
    Post(FxAccount(debit.payer, debit.counter_currency, "debit.counterAmount"),
         -Wide{debit.counter});
  }
  for (Part& leg : debit.legs) {
    leg.account = CreditedAccount(leg.account);
    if (leg.minor == 0) continue;
    const std::string to = state_.ParticipantOf(leg.account);
    if (from != to) {
      Post(WithScheme(debit, from), leg.minor);
      Post(WithScheme(debit, to), -Wide{leg.minor});
      AddItem(debit, from, to, leg.minor);
    }
    Post(leg.account, leg.minor);
  }
}

// The account itself, or the suspense account of its participant where it is closed.
std::string Decision::CreditedAccount(const std::string& account) const {
  const Account& registered = state_.accounts.at(account);
  if (registered.status != schema::Status::CLOSED) return account;
  const std::string suspense = state_.SpecialAccount(schema::AccountKind::SUSPENSE,
                                                     registered.participant, registered.currency);
  return suspense.empty() ? account : suspense;
}

void Decision::Post(const std::string& account, Wide minor) {
  CHECK(!account.empty(), "reference.post", static_cast<int64_t>(minor));
  state_.postings.push_back({account, static_cast<int64_t>(minor)});
}

void Decision::AddItem(const Movement& movement, const std::string& from, const std::string& to,
                       int64_t minor) {
  cycle = state_.OpenCycle(movement.scheme);
  RefuseIf(cycle == 0, Code::CYCLE_NOT_OPEN, "key");
  state_.items.push_back(
      {cycle, cycle, movement.sequence, from, to, minor, movement.payees_currency()});
}

// After the fact: whatever no longer fits 64 bits refuses the movement.
void Decision::CheckSums(const OrderKey& order) const {
  const char* field = proposal_.getBody().isDebit() ? "debit.amount.minor" : "refund.amount.minor";
  const auto fits = [](Wide sum) { return sum >= INT64_MIN && sum <= INT64_MAX; };
  for (const auto& [name, account] : state_.accounts) {
    RefuseIf(!fits(state_.Balance(name)) || !fits(state_.Held(name)), Code::AMOUNT_OVERFLOW, field);
  }
  for (const auto& [of, position] : state_.PositionsOf(cycle)) {
    RefuseIf(!fits(position.gross_in) || !fits(position.gross_out), Code::AMOUNT_OVERFLOW, field);
  }
  RefuseIf(!fits(state_.DebitsOf(order, false) + state_.DebitsOf(order, true)) ||
               !fits(state_.RefundsOf(order, false) + state_.RefundsOf(order, true)),
           Code::AMOUNT_OVERFLOW, field);
  for (const auto& [sequence, movement] : state_.movements) {
    if (movement.kind != MovementKind::kDebit || movement.name != order) continue;
    RefuseIf(!fits(state_.RefundsOfDebit(sequence, false) + state_.RefundsOfDebit(sequence, true)),
             Code::AMOUNT_OVERFLOW, field);
  }
}

}  // namespace longmen::reference
