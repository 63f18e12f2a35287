#include <algorithm>

#include "tests/reference/decision.h"

namespace longmen::reference {

void Decision::DecideRefund() {
  if (proposal_.getBody().getRefund().hasResolves()) return ResolveRefund();
  NewRefund();
}

void Decision::NewRefund() {
  auto given = proposal_.getBody().getRefund();
  const std::string of_source = Str(given.getDebit().getSource());
  const auto began = state_.began.find(
      {of_source.empty() ? Str(proposal_.getSource()) : of_source, Str(given.getDebit().getId())});
  const bool known = began != state_.began.end() &&
                     state_.movements.at(began->second).kind == MovementKind::kDebit;
  RefuseIf(!known, Code::UNKNOWN_DEBIT, "refund.debit");
  const Movement debit = state_.movements.at(began->second);
  const int64_t amount = given.getAmount().getMinor();
  RefuseIf(!MayTouchAccount(debit.legs[0].account), Code::NOT_PERMITTED, "refund.debit");
  RefuseIf(debit.debit_kind == schema::DebitKind::LIQUIDITY && !source_->all_participants,
           Code::NOT_PERMITTED, "refund.debit");
  RefuseIf(debit.name != order_key_, Code::ROUTE_MISMATCH, "key");
  RefuseIf(debit.outcome != schema::Outcome::SUCCEEDED, Code::DEBIT_NOT_SUCCEEDED, "refund.debit");
  RefuseIf(debit.payees_currency() != given.getAmount().getCurrency(), Code::CURRENCY_MISMATCH,
           "refund.amount.currency");

  Movement refund;
  refund.sequence = sequence_;
  refund.kind = MovementKind::kRefund;
  refund.name = order_key_;
  refund.outcome = given.getOutcome();
  refund.amount = amount;
  refund.currency = debit.payees_currency();
  refund.counter = given.getCounterAmount().getMinor();
  refund.counter_currency = given.getCounterAmount().getCurrency();
  const uint16_t back = debit.exchanges() ? debit.currency : uint16_t{0};
  RefuseIf(refund.counter_currency != back, Code::CURRENCY_MISMATCH,
           "refund.counterAmount.currency");
  if (refund.exchanges()) CheckRate(refund, given.getRate(), "refund.rate");
  refund.payer = debit.payer;
  refund.scheme = debit.scheme;
  refund.debit = debit.sequence;
  refund.legs = PartsOf(debit, amount);
  state_.began[{Str(proposal_.getSource()), Str(proposal_.getId())}] = sequence_;
  if (refund.outcome == schema::Outcome::FAILED) {
    state_.movements[sequence_] = refund;
    return;
  }

  for (size_t i = 0; i < refund.legs.size(); ++i) {
    if (refund.legs[i].minor == 0) continue;
    const schema::Status status = state_.accounts[refund.legs[i].account].status;
    ObjectIf(status == schema::Status::FROZEN, Code::ACCOUNT_FROZEN, "refund.debit");
    ObjectIf(status == schema::Status::CLOSED, Code::ACCOUNT_CLOSED, "refund.debit");
  }
  ObjectIf(state_.accounts[debit.payer].status == schema::Status::CLOSED, Code::ACCOUNT_CLOSED,
           "debit.payer");
  const int64_t arrives = refund.exchanges() ? refund.counter : amount;
  ObjectIf(AboveCeiling(debit.payer, arrives), Code::EXCEEDS_CEILING, "debit.payer");
  const Wide before =
      state_.RefundsOfDebit(debit.sequence, false) + state_.RefundsOfDebit(debit.sequence, true);
  ObjectIf(before + amount > debit.payees_amount(), Code::EXCEEDS_DEBIT, "refund.amount.minor");
  std::map<std::string, Wide> given_by_account;
  for (const Part& leg : refund.legs) given_by_account[leg.account] += leg.minor;
  for (const auto& [account, minor] : given_by_account) {
    const auto available = state_.Available(account);
    ObjectIf(minor > 0 && available && minor > *available, Code::INSUFFICIENT_FUNDS,
             "refund.amount.minor");
  }
  if (refund.exchanges()) {
    const auto of_bank =
        state_.Available(FxAccount(refund.payer, refund.counter_currency, "refund.counterAmount"));
    ObjectIf(of_bank && refund.counter > *of_bank, Code::INSUFFICIENT_FUNDS,
             "refund.counterAmount.minor");
  }

  ObjectToLiquidity(refund.payer, arrives, "debit.payer");
  ObjectToCover(refund, "refund.debit");

  Movement& booked = state_.movements[sequence_] = refund;
  if (booked.outcome == schema::Outcome::SUCCEEDED) BookRefund(booked);
  CheckSums(order_key_);
}

void Decision::ResolveRefund() {
  auto given = proposal_.getBody().getRefund();
  const std::string of_source = Str(given.getResolves().getSource());
  const auto began = state_.began.find({of_source.empty() ? Str(proposal_.getSource()) : of_source,
                                        Str(given.getResolves().getId())});
  const bool known = began != state_.began.end() &&
                     state_.movements.at(began->second).kind == MovementKind::kRefund;
  RefuseIf(!known, Code::UNKNOWN_DEBIT, "refund.resolves");
  Movement& refund = state_.movements.at(began->second);
  RefuseIf(!MayTouchAccount(refund.legs[0].account), Code::NOT_PERMITTED, "refund.debit");
  RefuseIf(state_.movements.at(refund.debit).debit_kind == schema::DebitKind::LIQUIDITY &&
               !source_->all_participants,
           Code::NOT_PERMITTED, "refund.debit");
  RefuseIf(refund.name != order_key_, Code::ROUTE_MISMATCH, "key");
  RefuseIf(!InFlight(refund.outcome), Code::ALREADY_RESOLVED, "refund.resolves");
  RefuseIf(refund.currency != given.getAmount().getCurrency(), Code::CURRENCY_MISMATCH,
           "refund.amount.currency");
  RefuseIf(refund.amount != given.getAmount().getMinor(), Code::AMOUNT_MISMATCH,
           "refund.amount.minor");
  ObjectIf(given.getOutcome() == schema::Outcome::SUCCEEDED &&
               state_.accounts[refund.payer].status == schema::Status::CLOSED,
           Code::ACCOUNT_CLOSED, "debit.payer");
  const int64_t arrives = refund.exchanges() ? refund.counter : refund.amount;
  ObjectIf(given.getOutcome() == schema::Outcome::SUCCEEDED && AboveCeiling(refund.payer, arrives),
           Code::EXCEEDS_CEILING, "debit.payer");
  if (given.getOutcome() == schema::Outcome::SUCCEEDED) {
    ObjectToLiquidity(refund.payer, arrives, "debit.payer");
    if (!refund.scheme.empty() && state_.AtOnce(refund.scheme)) {
      ObjectToCover(refund, "refund.debit");
    }
  }
  refund.outcome = given.getOutcome();
  if (refund.outcome == schema::Outcome::SUCCEEDED) BookRefund(refund);
  CheckSums(order_key_);
}

// What each leg of the debit gives back. Coin by coin would be: every split up to its share of the
// cumulative amount, the payee up to what it has left, then whoever still has something, and what
// is beyond the debit is the payee's.
std::vector<Part> Decision::PartsOf(const Movement& debit, int64_t amount) const {
  const Wide before =
      state_.RefundsOfDebit(debit.sequence, false) + state_.RefundsOfDebit(debit.sequence, true);
  const Wide cumulative = std::min<Wide>(before + amount, debit.payees_amount());
  std::vector<Wide> keeps;   // what a leg received and still has
  std::vector<Wide> shares;  // of the cumulative amount, in whole fen, by running totals
  Wide running = 0;
  for (size_t i = 0; i < debit.legs.size(); ++i) {
    keeps.push_back(Wide{debit.legs[i].minor} - state_.GivenBack(debit.sequence, i));
    const Wide last = running * cumulative / debit.payees_amount();
    if (i > 0) running += debit.legs[i].minor;
    shares.push_back(running * cumulative / debit.payees_amount() - last);
  }
  std::vector<Part> parts = debit.legs;
  for (Part& part : parts) part.minor = 0;
  Wide left = amount;
  const auto give = [&](size_t i, Wide upto) {
    const Wide minor = std::max<Wide>(std::min({upto, keeps[i], left}), 0);
    parts[i].minor += static_cast<int64_t>(minor);
    keeps[i] -= minor;
    left -= minor;
  };
  for (size_t i = 1; i < parts.size(); ++i) {
    give(i, shares[i] - state_.GivenBack(debit.sequence, i));
  }
  give(0, left);
  for (size_t i = 1; i < parts.size(); ++i) give(i, left);
  parts[0].minor += static_cast<int64_t>(left);
  return parts;
}

void Decision::BookRefund(Movement& refund) {
  const std::string receiver = CreditedAccount(refund.payer);
  const std::string to = state_.ParticipantOf(receiver);
  for (const Part& leg : refund.legs) {
    if (leg.minor == 0) continue;
    const std::string from = state_.ParticipantOf(leg.account);
    Post(leg.account, -Wide{leg.minor});
    if (from != to) {
      Post(WithScheme(refund, from), leg.minor);
      Post(WithScheme(refund, to), -Wide{leg.minor});
      AddItem(refund, from, to, leg.minor);
    }
    if (!refund.exchanges()) Post(receiver, leg.minor);
  }
  if (!refund.exchanges()) return;
  Post(FxAccount(receiver, refund.currency, "refund.counterAmount"), refund.amount);
  Post(FxAccount(receiver, refund.counter_currency, "refund.counterAmount"), -Wide{refund.counter});
  Post(receiver, refund.counter);
}

// In long division by hand: no fraction is ever made.
void Decision::CheckRate(const Movement& movement, schema::Rate::Reader rate,
                         const char* field) const {
  const bool base_first = movement.currency == rate.getBase();
  const uint16_t other = base_first ? movement.counter_currency : movement.currency;
  Wide worth = Wide{base_first ? movement.amount : movement.counter} * rate.getMantissa();
  // How often ten divides it, and how often it must be multiplied, to be in the other's minor
  // units.
  const int shift =
      rate.getScale() + Currency{rate.getBase()}.exponent() - Currency{other}.exponent();
  for (int i = shift; i < 0; ++i) worth *= 10;
  int last_digit = 0;
  for (int i = 0; i < shift; ++i) {
    last_digit = static_cast<int>(worth % 10);
    worth /= 10;
  }
  if (last_digit >= 5) worth += 1;
  RefuseIf(worth != (base_first ? movement.counter : movement.amount), Code::RATE_MISMATCH, field);
}

std::string Decision::FxAccount(const std::string& payer, uint16_t currency,
                                const char* field) const {
  const std::string account =
      state_.SpecialAccount(schema::AccountKind::FX, state_.ParticipantOf(payer), currency);
  RefuseIf(account.empty(), Code::NO_FX_ACCOUNT, field);
  return account;
}

}  // namespace longmen::reference
