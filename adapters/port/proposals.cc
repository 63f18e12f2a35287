#include "adapters/port/proposals.h"

#include <limits>

#include "adapters/port/record_json.h"

namespace longmen::adapters {

bool InFlight(schema::Outcome outcome) {
  return outcome == schema::Outcome::PENDING || outcome == schema::Outcome::UNKNOWN;
}

Nanos Later(Nanos from, Nanos by) {
  Nanos later = 0;
  return __builtin_add_overflow(from, by, &later) ? std::numeric_limits<Nanos>::max() : later;
}

bool CheckAmount(const Money& known, const Money& said, const std::string& field,
                 const std::string& key, Step& at) {
  if (said == known) return true;
  const bool other_currency = said.currency != known.currency;
  at.out.Refuse(other_currency ? Code::CURRENCY_MISMATCH : Code::AMOUNT_MISMATCH,
                field + (other_currency ? ".currency" : ".minor"), key);
  return false;
}

schema::Proposal::Builder AddUnder(Step& at, const std::string& key) {
  auto proposal = at.out.Add();
  proposal.setKey(key);
  return proposal;
}

void Refer(schema::Reference::Builder to, const MovementState& movement) {
  to.setSource(movement.source);
  to.setId(movement.id);
}

schema::Debit::Builder InitDebit(schema::Proposal::Builder proposal, const Money& amount,
                                 schema::Outcome outcome) {
  auto debit = proposal.initBody().initDebit();
  SetMoney(debit.getAmount(), amount);
  debit.setOutcome(outcome);
  return debit;
}

schema::Refund::Builder InitRefund(schema::Proposal::Builder proposal, const Money& amount,
                                   schema::Outcome outcome, const MovementState& debit) {
  auto refund = proposal.initBody().initRefund();
  SetMoney(refund.getAmount(), amount);
  refund.setOutcome(outcome);
  if (!debit.channel.empty()) refund.setChannel(debit.channel);
  Refer(refund.initDebit(), debit);
  return refund;
}

schema::Debit::Builder InitDebitResult(schema::Proposal::Builder proposal,
                                       const MovementState& debit, schema::Outcome outcome) {
  auto result = InitDebit(proposal, debit.amount, outcome);
  result.setBasis(schema::Basis::REPORTED);
  Refer(result.initResolves(), debit);
  return result;
}

schema::Refund::Builder InitRefundResult(schema::Proposal::Builder proposal,
                                         const MovementState& refund, schema::Outcome outcome) {
  auto result = proposal.initBody().initRefund();
  SetMoney(result.getAmount(), refund.amount);
  result.setBasis(schema::Basis::REPORTED);
  result.setOutcome(outcome);
  Refer(result.initResolves(), refund);
  return result;
}

schema::Debit::Builder AddStandAlone(Step& at, const std::string& key, schema::DebitKind kind,
                                     const Money& amount, const StandAloneRoute& route) {
  auto debit = InitDebit(AddUnder(at, key), amount, schema::Outcome::SUCCEEDED);
  debit.setKind(kind);
  debit.setPayer(route.payer);
  debit.setPayee(route.payee);
  if (!route.scheme.empty()) debit.setScheme(route.scheme);
  return debit;
}

schema::Order::Builder InitOrder(schema::Proposal::Builder proposal, const Money& amount) {
  auto order = proposal.initBody().initOrder();
  order.setAction(schema::OrderAction::PLACED);
  SetMoney(order.getAmount(), amount);
  return order;
}

schema::Order::Builder InitAmended(schema::Proposal::Builder proposal, const Money& amount) {
  auto order = proposal.initBody().initOrder();
  order.setAction(schema::OrderAction::AMENDED);
  SetMoney(order.getAmount(), amount);
  return order;
}

static unsigned SizeOf(const auto& items) { return static_cast<unsigned>(items.size()); }

static void SetLimits(schema::Mandate::Builder to, const engine::MandateState& mandate) {
  if (mandate.limits.empty()) return;
  auto limits = to.initLimits(SizeOf(mandate.limits));
  for (unsigned i = 0; i < limits.size(); ++i) {
    limits[i].setWindow(mandate.limits[i].window);
    limits[i].setAmountMinor(mandate.limits[i].amount);
    limits[i].setCount(mandate.limits[i].count);
    limits[i].setPassing(mandate.limits[i].passing);
  }
}

static void SetApproval(schema::Mandate::Builder to, const engine::MandateState& mandate) {
  if (!mandate.levels.empty()) {
    auto levels = to.initLevels(SizeOf(mandate.levels));
    for (unsigned i = 0; i < levels.size(); ++i) {
      levels[i].setAboveMinor(mandate.levels[i].above);
      levels[i].setLevel(mandate.levels[i].level);
    }
  }
  if (!mandate.approvers.empty()) {
    auto approvers = to.initApprovers(SizeOf(mandate.approvers));
    for (unsigned i = 0; i < approvers.size(); ++i) {
      approvers[i].setLevel(mandate.approvers[i].level);
      approvers[i].setPerson(mandate.approvers[i].person);
    }
  }
}

schema::Mandate::Builder InitMandate(schema::Proposal::Builder proposal,
                                     const engine::MandateState& mandate) {
  auto to = proposal.initBody().initRegistration().initMandate();
  to.setAccount(mandate.account);
  if (!mandate.holder.empty()) to.setHolder(mandate.holder);
  to.setStatus(mandate.status);
  to.setValidFrom(mandate.valid_from);
  to.setValidBefore(mandate.valid_before);
  to.setUtcOffsetMinutes(mandate.utc_offset_minutes);
  to.setRestoresOnRefund(mandate.restores_on_refund);
  SetLimits(to, mandate);
  SetApproval(to, mandate);
  // An empty list is left out: it would be other bytes for the same mandate.
  const auto set = [](const auto& items, auto init) {
    if (items.empty()) return;
    auto list = init(SizeOf(items));
    for (unsigned i = 0; i < list.size(); ++i) list.set(i, items[i]);
  };
  set(mandate.channels, [&to](unsigned size) { return to.initChannels(size); });
  set(mandate.payees, [&to](unsigned size) { return to.initPayees(size); });
  set(mandate.fallbacks, [&to](unsigned size) { return to.initFallbacks(size); });
  set(mandate.merchants, [&to](unsigned size) { return to.initMerchants(size); });
  set(mandate.merchant_categories,
      [&to](unsigned size) { return to.initMerchantCategories(size); });
  set(mandate.currencies, [&to](unsigned size) { return to.initCurrencies(size); });
  return to;
}

void AddCancelled(Step& at, const std::string& key, capnp::Text::Reader reason) {
  auto order = AddUnder(at, key).initBody().initOrder();
  order.setAction(schema::OrderAction::CANCELLED);
  if (reason.size() != 0) order.setReason(reason);
}

void AddRemembered(Step& at, schema::Proposal::Builder under, const Money& amount,
                   capnp::Text::Reader payee, capnp::Text::Reader reason) {
  InitOrder(under, amount).setPayee(payee);
  AddCancelled(at, under.getKey().cStr(), reason);
}

Status CheckPart(std::string_view part, size_t bytes_max, const std::string& field) {
  if (part.size() > bytes_max) return Error{Code::TOO_LONG, field, "too long"};
  if (part.find('/') == std::string_view::npos) return Ok();
  return Error{Code::BAD_TEXT, field, "/ is not for numbers and places"};
}

Status CheckStepKey(capnp::DynamicStruct::Reader step, size_t bytes_max) {
  KJ_IF_MAYBE (which, step.which()) {
    const auto member = step.get(*which).as<capnp::DynamicStruct>();
    const auto key = member.getSchema().getFields()[0];
    return CheckPart(
        View(member.get(key).as<capnp::Text>()), bytes_max,
        std::string(which->getProto().getName().cStr()) + "." + key.getProto().getName().cStr());
  }
  return Ok();
}

// A result is about the transfer that was asked for, whole. False, and refused, where it says
// otherwise.
static bool CheckSame(const Transfer& transfer, const TransferFields& fields, Step& at) {
  const auto order = at.ledger.FindOrder(at.out.scenario(), transfer.number);
  const auto refuse = [&](Code code, const std::string& field) {
    at.out.Refuse(code, field, transfer.number);
    return false;
  };
  if (!order) return refuse(Code::UNKNOWN_ORDER, fields.number);
  if (!CheckAmount(order->amount, transfer.amount, fields.step + ".amount", transfer.number, at)) {
    return false;
  }
  if (transfer.from != order->payer) return refuse(Code::ROUTE_MISMATCH, fields.from);
  if (transfer.to != order->payee) return refuse(Code::ROUTE_MISMATCH, fields.to);
  if (!transfer.scheme.empty() && transfer.scheme != order->scheme) {
    return refuse(Code::ROUTE_MISMATCH, fields.step + ".scheme");
  }
  return true;
}

void TakeTransfer(const Transfer& transfer, const TransferFields& fields, Step& at) {
  const std::string& key = transfer.number;
  std::optional<MovementState> before;
  for (auto& movement : at.ledger.MovementsOf(at.out.scenario(), key)) before = std::move(movement);
  if (before && !CheckSame(transfer, fields, at)) return;
  if (before && before->outcome == transfer.outcome) {
    return at.out.Refuse(Code::DUPLICATE_NOTICE, fields.number, key);
  }
  if (before && !InFlight(before->outcome)) {
    return at.out.Refuse(Code::ALREADY_RESOLVED, fields.number, key);
  }
  if (!before) {
    auto order = InitOrder(AddUnder(at, key), transfer.amount);
    order.setPayer(transfer.from);
    order.setPayee(transfer.to);
    if (!transfer.scheme.empty()) order.setScheme(transfer.scheme);
  }
  auto debit = before ? InitDebitResult(AddUnder(at, key), *before, transfer.outcome)
                      : InitDebit(AddUnder(at, key), transfer.amount, transfer.outcome);
  if (transfer.reference.size() != 0) debit.setChannelReference(transfer.reference);
  if (transfer.reason.size() != 0) debit.setReason(transfer.reason);
  if (transfer.outcome == schema::Outcome::FAILED) AddCancelled(at, key, transfer.reason);
}

}  // namespace longmen::adapters
