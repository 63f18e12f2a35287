#include "adapters/b2b_gateway/steps.h"
#include "adapters/port/record_json.h"

namespace longmen::adapters::b2b_gateway {
namespace {

using schema::B2bStage;

// An absent text stays a null pointer, so that the canonical bytes stay short.
#define COPY_TEXT(to, from, Field) \
  if ((from).has##Field()) (to).set##Field((from).get##Field())

}  // namespace

schema::Proposal::Builder AddStep(Step& at, capnp::Text::Reader order, B2bStage stage) {
  auto proposal = at.out.Add();
  proposal.setKey(order);
  if (stage != B2bStage::UNSTATED) proposal.initDetails().initB2bGateway().setStage(stage);
  return proposal;
}

schema::Proposal::Builder AddProgress(Step& at, capnp::Text::Reader order, B2bStage stage) {
  auto proposal = AddStep(at, order, stage);
  proposal.initBody().initOrder().setAction(schema::OrderAction::PROGRESSED);
  return proposal;
}

std::optional<OrderState> FindOrder(const Step& at, std::string_view number) {
  if (number.find(kPayerMark) != std::string_view::npos) return std::nullopt;
  return at.ledger.FindOrder(schema::Scenario::B2B_GATEWAY, number);
}

bool CheckOrderValidity(Step& at, capnp::Text::Reader number, const std::string& field) {
  const std::string key = Copy(number);
  const auto order = FindOrder(at, key);
  if (!order) {
    at.out.Refuse(Code::UNKNOWN_ORDER, field, key);
  } else if (order->status == OrderStatus::kExpired ||
             (IsLive(order->status) && order->valid_until != 0 &&
              at.occurred_at > order->valid_until)) {
    at.out.Refuse(Code::ORDER_EXPIRED, field, key);
  } else if (!IsLive(order->status)) {
    at.out.Refuse(Code::ORDER_NOT_OPEN, field, key);
  } else {
    return true;
  }
  return false;
}

void PlaceOrder(GatewayRequest::Reader request, Step& at) {
  auto proposal = AddStep(at, request.getOrder(), B2bStage::REQUESTED);
  auto details = proposal.getDetails().getB2bGateway();
  COPY_TEXT(details, request, AcceptingBank);
  COPY_TEXT(details, request, AccountBank);
  COPY_TEXT(details, request, PayeeBank);
  COPY_TEXT(details, request, Merchant);
  auto order = InitOrder(proposal, MoneyOf(request.getAmount()));
  order.setValidUntil(request.getValidUntil());
  COPY_TEXT(order, request, Payer);
  COPY_TEXT(order, request, Payee);
  COPY_TEXT(order, request, Scheme);
  COPY_TEXT(order, request, Mandate);
  COPY_TEXT(order, request, Submitter);
  COPY_TEXT(order, request, Channel);
}

// Steps 3 and 4. A rejection is somebody's decision about the order, hence an authorization.
void TakeNetworkAnswer(NetworkAnswer::Reader answer, Step& at) {
  if (answer.getAnswer() == Answer::REJECTED) {
    auto proposal = AddStep(at, answer.getOrder(), B2bStage::REJECTED_BY_NETWORK);
    COPY_TEXT(proposal.getDetails().getB2bGateway(), answer, TransactionId);
    auto authorization = proposal.initBody().initAuthorization();
    authorization.setAction(schema::AuthorizationAction::DECLINED);
    COPY_TEXT(authorization, answer, Reason);
    return;
  }
  if (!CheckOrderValidity(at, answer.getOrder(), "networkAnswer.order")) return;
  auto proposal = AddProgress(at, answer.getOrder(), B2bStage::ACCEPTED_BY_NETWORK);
  auto details = proposal.getDetails().getB2bGateway();
  COPY_TEXT(details, answer, TransactionId);
  COPY_TEXT(details, answer, RedirectAddress);
}

void TakeRedirect(Redirected::Reader redirected, Step& at) {
  if (!CheckOrderValidity(at, redirected.getOrder(), "redirected.order")) return;
  AddProgress(at, redirected.getOrder(), B2bStage::REDIRECTED);
}

void TakeValidation(Validation::Reader validation, Step& at) {
  if (validation.getAnswer() == Answer::REJECTED) {
    auto proposal = AddStep(at, validation.getOrder(), B2bStage::REFUSED_BY_ACCOUNT_BANK);
    auto authorization = proposal.initBody().initAuthorization();
    authorization.setAction(schema::AuthorizationAction::DECLINED);
    COPY_TEXT(authorization, validation, Reason);
    return;
  }
  if (!CheckOrderValidity(at, validation.getOrder(), "validation.order")) return;
  AddProgress(at, validation.getOrder(), B2bStage::VALIDATED);
}

// Rule 7. Who may approve, and whether the item is still open, is the engine's to say.
void TakeApproval(Approval::Reader approval, Step& at) {
  auto proposal = AddStep(at, approval.getOrder());
  auto authorization = proposal.initBody().initAuthorization();
  authorization.setAction(approval.getDecision() == Decision::APPROVE
                              ? schema::AuthorizationAction::GRANTED
                              : schema::AuthorizationAction::DECLINED);
  authorization.setLevel(approval.getLevel() == 0 ? uint8_t{1} : approval.getLevel());
  authorization.setMethod(approval.getMethod());
  authorization.setOrderVersion(approval.getOrderVersion());
  COPY_TEXT(authorization, approval, By);
  COPY_TEXT(authorization, approval, Reason);
}

// A1.6: no answer means asking about the same order number, never a second one. The outbox makes
// the query of this record.
void AskAgain(AnswerOverdue::Reader overdue, Step& at) {
  AddProgress(at, overdue.getOrder(), B2bStage::ANSWER_OVERDUE);
}

void CancelOrder(Cancellation::Reader cancellation, Step& at) {
  auto order = AddStep(at, cancellation.getOrder()).initBody().initOrder();
  order.setAction(schema::OrderAction::CANCELLED);
  COPY_TEXT(order, cancellation, Reason);
}

}  // namespace longmen::adapters::b2b_gateway
