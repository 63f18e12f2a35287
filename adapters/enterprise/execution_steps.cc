// The debit on its date, what became of it, and what came back (domain A4.6, A4.7).
//
// Each attempt has a number, "<payment>/p1", "<payment>/p2", which the outbox asks with and the
// result answers to. A channel is tried once. What cannot be paid is not tried again: the attempt
// failed, and the payment is over.
#include <algorithm>

#include "adapters/enterprise/steps.h"
#include "adapters/port/attempts.h"
#include "adapters/port/record_json.h"

namespace longmen::adapters::enterprise {
namespace {

using schema::EnterpriseStage;
using schema::Outcome;

constexpr auto kScenario = schema::Scenario::ENTERPRISE;

// The attempts to pay, oldest first.
std::vector<MovementState> AttemptsOf(const Step& at, const std::string& payment) {
  auto movements = at.ledger.MovementsOf(kScenario, payment);
  std::erase_if(movements, [](const auto& each) { return each.kind != MovementKind::kDebit; });
  return movements;
}

std::vector<std::string> ChannelsOf(const std::vector<MovementState>& attempts) {
  std::vector<std::string> channels;
  for (const MovementState& attempt : attempts) channels.push_back(attempt.channel.str());
  return channels;
}

void AddAttempt(const OrderState& order, const Route& route, size_t place, EnterpriseStage stage,
                Step& at) {
  auto proposal = AddStep(at, order.key.str(), stage);
  auto details = proposal.getDetails().getEnterprise();
  details.setFeeMinor(route.fee_minor);
  auto debit =
      InitDebit(proposal, order.amount, route.within_bank ? Outcome::SUCCEEDED : Outcome::PENDING);
  debit.setChannelReference(AttemptNumber(order.key, kPaymentMark, place));
  if (route.scheme.empty()) return;
  details.setSettlementChannel(route.scheme);
  debit.setScheme(route.scheme);
  debit.setChannel(route.scheme);
  debit.setClearingDate(at.ledger.FindScheme(route.scheme)->times.ClearingDay(at.occurred_at));
}

// A debit that moves nothing, and the end of the payment: what it consumed of its mode is released.
void AddFailure(const OrderState& order, const Route& route, Code objection, Step& at) {
  const std::string key(order.key);
  const std::string reason(CodeName(objection));
  auto proposal = AddStep(at, key, EnterpriseStage::SENT);
  auto debit = InitDebit(proposal, order.amount, Outcome::FAILED);
  debit.setReason(reason);
  if (!route.scheme.empty()) debit.setScheme(route.scheme);
  AddCancelled(at, key, reason.c_str());
}

// The fee of the channel that took it, which is charged when it did. False, and refused, where
// nobody says who gets it.
bool AddFee(const OrderState& order, const MovementState& paid, ExecutionResult::Reader result,
            Step& at) {
  const auto scheme = at.ledger.FindScheme(paid.channel);
  const int64_t fee = scheme ? FeeOf(*scheme, order.amount).value_or(0) : 0;
  if (fee == 0) return true;
  const std::string key(order.key);
  if (!result.hasFeeAccount()) {
    at.out.Refuse(Code::UNKNOWN_ACCOUNT, "executionResult.feeAccount", key);
    return false;
  }
  auto proposal = AddStep(at, key, EnterpriseStage::DEBITED);
  proposal.getDetails().getEnterprise().setFeeMinor(fee);
  auto debit = InitDebit(proposal, {fee, order.amount.currency}, Outcome::SUCCEEDED);
  debit.setKind(schema::DebitKind::FEE);
  debit.setBasis(schema::Basis::REPORTED);
  debit.setPayer(order.payer.text());
  debit.setPayee(result.getFeeAccount());
  debit.setChannel(paid.channel.c_str());
  return true;
}

}  // namespace

void TakeExecution(Execution::Reader execution, Step& at) {
  const std::string key = Copy(execution.getPayment());
  const auto order = FindLive(at, key, "execution.payment");
  if (!order) return;
  if (order->status == OrderStatus::kPendingAuthorization) {
    return at.out.Refuse(Code::ORDER_PENDING_AUTHORIZATION, "execution.payment", key);
  }
  if (order->in_flight != 0) {
    return at.out.Refuse(Code::DUPLICATE_NOTICE, "execution.payment", key);
  }
  // What fails before its date would be over; it is only not yet due.
  if (at.occurred_at < order->valid_from) {
    return at.out.Refuse(Code::ORDER_NOT_YET_VALID, "occurredAt", key);
  }
  const auto route = ChooseRoute({*order, execution.getSchemes(), {}, "execution.schemes"}, at);
  if (!route) return;
  Code objection = at.ledger.ObjectionOfMandate(kScenario, key, at.occurred_at);
  if (objection == Code::NONE) {
    objection = at.ledger.ObjectionToPayer(order->payer, order->amount.minor + route->fee_minor,
                                           at.occurred_at);
  }
  if (objection != Code::NONE) return AddFailure(*order, *route, objection, at);
  AddAttempt(*order, *route, 0, EnterpriseStage::SENT, at);
}

void TakeExecutionResult(ExecutionResult::Reader result, Step& at) {
  const std::string key = Copy(result.getPayment());
  const auto order = at.ledger.FindOrder(kScenario, key);
  if (!order) return at.out.Refuse(Code::UNKNOWN_ORDER, "executionResult.payment", key);
  const auto attempts = AttemptsOf(at, key);
  const auto* asked = FindAsked(attempts,
                                {.key = key,
                                 .mark = kPaymentMark,
                                 .number = View(result.getNumber()),
                                 .outcome = result.getOutcome(),
                                 .field = "executionResult.number"},
                                at);
  if (asked == nullptr) return;
  const bool succeeded = result.getOutcome() == Outcome::SUCCEEDED;
  auto debit = InitDebitResult(
      AddStep(at, key, succeeded ? EnterpriseStage::DEBITED : EnterpriseStage::SENT), *asked,
      result.getOutcome());
  SetAnswer(debit, result);
  if (succeeded && !AddFee(*order, *asked, result, at)) return;
  if (result.getOutcome() == Outcome::FAILED) AddCancelled(at, key, result.getReason());
}

// The next cheapest channel, as the schemes are now.
void TakeReroute(Reroute::Reader reroute, Step& at) {
  const std::string key = Copy(reroute.getPayment());
  const auto order = FindLive(at, key, "reroute.payment");
  if (!order) return;
  const auto attempts = AttemptsOf(at, key);
  const auto* asked = FindAsked(attempts,
                                {.key = key,
                                 .mark = kPaymentMark,
                                 .number = View(reroute.getNumber()),
                                 .outcome = Outcome::FAILED,
                                 .field = "reroute.number"},
                                at);
  if (asked == nullptr) return;
  const auto route =
      ChooseRoute({*order, reroute.getSchemes(), ChannelsOf(attempts), "reroute.schemes"}, at);
  if (!route) return;
  auto failed = InitDebitResult(AddStep(at, key, EnterpriseStage::SENT), *asked, Outcome::FAILED);
  if (reroute.hasReason()) failed.setReason(reroute.getReason());
  AddAttempt(*order, *route, attempts.size(), EnterpriseStage::REROUTED, at);
}

// The payee's bank could not post it: the whole of it comes back, but for the fee.
void TakePaymentReturn(PaymentReturn::Reader back, Step& at) {
  const std::string key = Copy(back.getPayment());
  const auto movements = at.ledger.MovementsOf(kScenario, key);
  const auto refuse = [&](Code code, const char* field) { at.out.Refuse(code, field, key); };
  const auto paid = std::ranges::find_if(movements, [](const MovementState& each) {
    return each.kind == MovementKind::kDebit && each.outcome == Outcome::SUCCEEDED;
  });
  if (paid == movements.end()) {
    return refuse(Code::DEBIT_NOT_SUCCEEDED, "paymentReturn.payment");
  }
  if (!CheckAmount(paid->amount, MoneyOf(back.getAmount()), "paymentReturn.amount", key, at)) {
    return;
  }
  for (const MovementState& each : movements) {
    if (each.kind != MovementKind::kRefund) continue;
    const bool same = View(back.getReference()) == std::string_view(each.channel_reference);
    return refuse(same ? Code::DUPLICATE_NOTICE : Code::ALREADY_RESOLVED,
                  "paymentReturn.reference");
  }
  auto refund = InitRefund(AddStep(at, key, EnterpriseStage::RETURNED), paid->amount,
                           Outcome::SUCCEEDED, *paid);
  refund.setBasis(schema::Basis::REPORTED);
  refund.setKind(schema::RefundKind::PAYMENT_RETURN);
  refund.setChannelReference(back.getReference());
  if (back.hasReason()) refund.setReason(back.getReason());
}

}  // namespace longmen::adapters::enterprise
