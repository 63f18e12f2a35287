// The submission at the account bank (domain A1.2 rules 4 and 6): who pays, and whether the
// submitter may do it alone.
//
// Where a mandate stands behind the order, both are settled when the order is placed, by the
// engine. Where none does, the submission names the account and states the operation amount. The
// ledger then remembers the account as an entry of its own under `<order>/payer/<version>`: an
// order that is placed and cancelled in one group, so that it is never live, holds nothing and
// pays nothing, but is found for ever and has passed every check of a payer. An amended order has
// another version: it waits for a submission of its own.
#include "adapters/b2b_gateway/steps.h"
#include "adapters/port/record_json.h"

namespace longmen::adapters::b2b_gateway {
namespace {

using schema::B2bStage;

constexpr auto kScenario = schema::Scenario::B2B_GATEWAY;

std::string PayerKey(const OrderState& order) {
  return order.key + std::string(kPayerMark) + std::to_string(order.version);
}

// The two proposals of the entry described above.
void RememberPayer(Step& at, const OrderState& order, const std::string& payer) {
  const std::string key = PayerKey(order);
  auto placed = InitOrder(AddStep(at, key.c_str(), B2bStage::SUBMITTED), order.amount);
  placed.setPayer(payer);
  placed.setPayee(order.payee);
  if (!order.scheme.empty()) placed.setScheme(order.scheme);
  auto cancelled = AddStep(at, key.c_str(), B2bStage::SUBMITTED).initBody().initOrder();
  cancelled.setAction(schema::OrderAction::CANCELLED);
  cancelled.setReason("remembers the account chosen; pays nothing");
}

// Operation amount: the submitter's limit. Null where the submission states none.
std::optional<Money> OperationAmount(Submission::Reader submission) {
  const auto stated = submission.getOperationAmount();
  if (stated.getCurrency() == 0 && stated.getMinor() == 0) return std::nullopt;
  return Money{stated.getMinor(), Currency{stated.getCurrency()}};
}

}  // namespace

std::optional<std::string> ChosenPayer(const Step& at, const OrderState& order) {
  const auto entry = at.ledger.FindOrder(kScenario, PayerKey(order));
  if (!entry) return std::nullopt;
  return entry->payer;
}

void StepUp(Step& at, capnp::Text::Reader order) {
  auto authorization = AddStep(at, order, B2bStage::SUBMITTED).initBody().initAuthorization();
  authorization.setAction(schema::AuthorizationAction::STEPPED_UP);
  authorization.setLevel(1);
}

void TakeSubmission(Submission::Reader submission, Step& at) {
  if (!CheckOrderValidity(at, submission.getOrder(), "submission.order")) return;
  const std::string key = Copy(submission.getOrder());
  const OrderState order = *FindOrder(at, key);
  const auto chosen = ChosenPayer(at, order);
  const std::string bound = order.payer.empty() ? chosen.value_or("") : order.payer.text();
  const std::string payer =
      View(submission.getPayer()).empty() ? bound : Copy(submission.getPayer());
  if (payer.empty()) return at.out.Refuse(Code::MISSING_FIELD, "submission.payer", key);
  if (!bound.empty() && payer != bound) {
    return at.out.Refuse(Code::ROUTE_MISMATCH, "submission.payer", key);
  }
  const auto operation = OperationAmount(submission);
  if (!operation && order.mandate.empty()) {
    return at.out.Refuse(Code::MISSING_FIELD, "submission.operationAmount", key);
  }
  if (operation && operation->currency != order.amount.currency) {
    return at.out.Refuse(Code::CURRENCY_MISMATCH, "submission.operationAmount.currency", key);
  }
  AddProgress(at, submission.getOrder(), B2bStage::SUBMITTED);
  if (order.mandate.empty() && !chosen) RememberPayer(at, order, payer);
  if (operation && order.amount.minor > operation->minor && order.required_level == 0) {
    StepUp(at, submission.getOrder());
  }
}

}  // namespace longmen::adapters::b2b_gateway
