#include "adapters/port/proposals.h"

#include <charconv>
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

schema::Proposal::Builder AddUnder(Step& at, const std::string& key) {
  auto proposal = at.out.Add();
  proposal.setKey(key);
  return proposal;
}

void Refer(schema::Reference::Builder to, const MovementState& movement) {
  to.setSource(movement.source);
  to.setId(movement.id);
}

template <typename Builder>
static void SetAmount(Builder of, const Money& amount) {
  of.getAmount().setMinor(amount.minor);
  of.getAmount().setCurrency(amount.currency.numeric);
}

schema::Debit::Builder InitDebit(schema::Proposal::Builder proposal, const Money& amount,
                                 schema::Outcome outcome) {
  auto debit = proposal.initBody().initDebit();
  SetAmount(debit, amount);
  debit.setOutcome(outcome);
  return debit;
}

schema::Refund::Builder InitRefund(schema::Proposal::Builder proposal, const Money& amount,
                                   schema::Outcome outcome, const MovementState& debit) {
  auto refund = proposal.initBody().initRefund();
  SetAmount(refund, amount);
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
  SetAmount(result, refund.amount);
  result.setBasis(schema::Basis::REPORTED);
  result.setOutcome(outcome);
  Refer(result.initResolves(), refund);
  return result;
}

schema::Order::Builder InitOrder(schema::Proposal::Builder proposal, const Money& amount) {
  auto order = proposal.initBody().initOrder();
  order.setAction(schema::OrderAction::PLACED);
  SetAmount(order, amount);
  return order;
}

static void SetTexts(capnp::List<capnp::Text>::Builder list,
                     const std::vector<std::string>& texts) {
  for (unsigned i = 0; i < list.size(); ++i) list.set(i, texts[i]);
}

void FillMandate(schema::Mandate::Builder mandate, const engine::MandateState& state) {
  const auto size = [](const auto& items) { return static_cast<unsigned>(items.size()); };
  mandate.setAccount(state.account);
  if (!state.holder.empty()) mandate.setHolder(state.holder);
  mandate.setStatus(state.status);
  mandate.setValidFrom(state.valid_from);
  mandate.setValidBefore(state.valid_before);
  mandate.setUtcOffsetMinutes(state.utc_offset_minutes);
  if (!state.limits.empty()) {
    auto limits = mandate.initLimits(size(state.limits));
    for (unsigned i = 0; i < limits.size(); ++i) {
      limits[i].setAmountMinor(state.limits[i].amount);
      limits[i].setCount(state.limits[i].count);
      limits[i].setWindow(state.limits[i].window);
      limits[i].setPassing(state.limits[i].passing);
    }
  }
  if (!state.levels.empty()) {
    auto levels = mandate.initLevels(size(state.levels));
    for (unsigned i = 0; i < levels.size(); ++i) {
      levels[i].setAboveMinor(state.levels[i].above);
      levels[i].setLevel(state.levels[i].level);
    }
  }
  if (!state.approvers.empty()) {
    auto approvers = mandate.initApprovers(size(state.approvers));
    for (unsigned i = 0; i < approvers.size(); ++i) {
      approvers[i].setLevel(state.approvers[i].level);
      approvers[i].setPerson(state.approvers[i].person);
    }
  }
  if (!state.channels.empty()) SetTexts(mandate.initChannels(size(state.channels)), state.channels);
  if (!state.payees.empty()) SetTexts(mandate.initPayees(size(state.payees)), state.payees);
  if (!state.fallbacks.empty()) {
    SetTexts(mandate.initFallbacks(size(state.fallbacks)), state.fallbacks);
  }
}

std::optional<size_t> AttemptOf(std::string_view number, std::string_view stem, size_t count) {
  if (!number.starts_with(stem)) return std::nullopt;
  const std::string_view rest = number.substr(stem.size());
  size_t place = 0;
  const auto [end, failed] = std::from_chars(rest.data(), rest.data() + rest.size(), place);
  if (failed != std::errc() || end != rest.data() + rest.size() || place == 0 || place > count) {
    return std::nullopt;
  }
  return place - 1;
}

void AddCancelled(Step& at, const std::string& key, capnp::Text::Reader reason) {
  auto order = AddUnder(at, key).initBody().initOrder();
  order.setAction(schema::OrderAction::CANCELLED);
  if (reason.size() != 0) order.setReason(reason);
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
  if (transfer.amount.currency != order->amount.currency) {
    return refuse(Code::CURRENCY_MISMATCH, fields.step + ".amount.currency");
  }
  if (transfer.amount != order->amount) {
    return refuse(Code::AMOUNT_MISMATCH, fields.step + ".amount.minor");
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
