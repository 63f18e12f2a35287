#include "adapters/b2b_gateway/b2b_gateway.h"

#include <fmt/format.h>

#include <utility>

#include "adapters/b2b_gateway/steps.h"
#include "adapters/port/record_json.h"

namespace longmen::adapters {
namespace {

using namespace b2b_gateway;
using Which = GatewayRecord::Step::Which;

// The entry that remembers the payer is filed under the order's number and a suffix (steps.h).
Status CheckNumber(std::string_view order) {
  if (order.size() > kOrderBytesMax) {
    return Error{Code::TOO_LONG, "gatewayRequest.order",
                 fmt::format("at most {} bytes", kOrderBytesMax)};
  }
  if (order.find(kPayerMark) != std::string_view::npos) {
    return Error{Code::BAD_TEXT, "gatewayRequest.order",
                 fmt::format("{} is not for order numbers", kPayerMark)};
  }
  return Ok();
}

// What the schema cannot say: what a step cannot do without beside another field.
Status CheckStep(GatewayRecord::Step::Reader step) {
  if (step.isGatewayRequest()) {
    const auto request = step.getGatewayRequest();
    if (request.hasMandate() && !request.hasPayer()) {
      return Error{Code::MISSING_FIELD, "gatewayRequest.payer", "a mandate is the payer's"};
    }
    return CheckNumber(View(request.getOrder()));
  }
  if (step.isApproval() && step.getApproval().getDecision() == Decision::APPROVE &&
      step.getApproval().getOrderVersion() == 0) {
    return Error{Code::MISSING_FIELD, "approval.orderVersion", "what was approved?"};
  }
  return Ok();
}

class B2bGateway : public ScenarioAdapter {
 public:
  schema::Scenario scenario() const override { return schema::Scenario::B2B_GATEWAY; }

  Result<std::unique_ptr<Record>> Parse(std::string_view json, const Door&) const override {
    auto record = std::make_unique<MessageRecord>();
    auto root = record->message->initRoot<GatewayRecord>();
    RETURN_IF_ERROR(ReadRecord(json, root, *record));
    RETURN_IF_ERROR(CheckStep(root.asReader().getStep()));
    return std::unique_ptr<Record>(std::move(record));
  }

  void Translate(const Record& record, std::string_view, const engine::LedgerView& ledger,
                 Translation& out) const override {
    const auto step = RootOf<GatewayRecord>(record).getStep();
    Step at{record.occurred_at, ledger, out};
    switch (step.which()) {
      case Which::NONE:
        break;  // Parse lets none through
      case Which::GATEWAY_REQUEST:
        return PlaceOrder(step.getGatewayRequest(), at);
      case Which::NETWORK_ANSWER:
        return TakeNetworkAnswer(step.getNetworkAnswer(), at);
      case Which::REDIRECTED:
        return TakeRedirect(step.getRedirected(), at);
      case Which::VALIDATION:
        return TakeValidation(step.getValidation(), at);
      case Which::SUBMISSION:
        return TakeSubmission(step.getSubmission(), at);
      case Which::APPROVAL:
        return TakeApproval(step.getApproval(), at);
      case Which::DEBIT_NOTICE:
        return TakeDebitNotice(step.getDebitNotice(), at);
      case Which::SUCCESS_NOTICE:
        return TakeSuccessNotice(step.getSuccessNotice(), at);
      case Which::CREDITED:
        return TakeCredited(step.getCredited(), at);
      case Which::ANSWER_OVERDUE:
        return AskAgain(step.getAnswerOverdue(), at);
      case Which::PAYMENT_RETURN:
        return GiveMoneyBack(step.getPaymentReturn(), schema::RefundKind::PAYMENT_RETURN, at);
      case Which::REFUND:
        return GiveMoneyBack(step.getRefund(), schema::RefundKind::REFUND, at);
      case Which::CANCELLATION:
        return CancelOrder(step.getCancellation(), at);
    }
    CHECK(false, "b2b_gateway.step", record.id);
  }
};

}  // namespace

std::unique_ptr<ScenarioAdapter> MakeB2bGateway() { return std::make_unique<B2bGateway>(); }

}  // namespace longmen::adapters
