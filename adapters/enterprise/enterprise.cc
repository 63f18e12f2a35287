#include "adapters/enterprise/enterprise.h"

#include <capnp/dynamic.h>

#include <utility>

#include "adapters/enterprise/steps.h"
#include "adapters/port/record_json.h"

namespace longmen::adapters {
namespace enterprise {

schema::Proposal::Builder AddStep(Step& at, const std::string& key, schema::EnterpriseStage stage) {
  auto proposal = AddUnder(at, key);
  proposal.initDetails().initEnterprise().setStage(stage);
  return proposal;
}

std::optional<OrderState> FindLive(Step& at, const std::string& payment, const std::string& field) {
  auto order = at.ledger.FindOrder(schema::Scenario::ENTERPRISE, payment);
  Code fault = Code::NONE;
  if (!order) {
    fault = Code::UNKNOWN_ORDER;
  } else if (order->status == OrderStatus::kExpired) {
    fault = Code::ORDER_EXPIRED;
  } else if (!IsLive(order->status)) {
    fault = Code::ORDER_NOT_OPEN;
  }
  if (fault == Code::NONE) return order;
  at.out.Refuse(fault, field, payment);
  return std::nullopt;
}

}  // namespace enterprise

namespace {

using namespace enterprise;
using Which = EnterpriseRecord::Step::Which;

// What the schema cannot say: what a step cannot do without beside another field.
Status CheckStep(EnterpriseRecord::Step::Reader step) {
  if (step.isSubmission() && step.getSubmission().getExpectedMinute() >= 24 * 60) {
    return Error{Code::AMOUNT_OUT_OF_RANGE, "submission.expectedMinute", "a day has 1,440 minutes"};
  }
  if (step.isApproval() && step.getApproval().getDecision() == Decision::APPROVE &&
      step.getApproval().getOrderVersion() == 0) {
    return Error{Code::MISSING_FIELD, "approval.orderVersion", "what was approved?"};
  }
  return Ok();
}

class Enterprise : public ScenarioAdapter {
 public:
  schema::Scenario scenario() const override { return schema::Scenario::ENTERPRISE; }

  Result<std::unique_ptr<Record>> Parse(std::string_view json, const Door&) const override {
    auto record = std::make_unique<MessageRecord>();
    auto root = record->message->initRoot<EnterpriseRecord>();
    RETURN_IF_ERROR(ReadRecord(json, root, *record));
    const auto step = root.asReader().getStep();
    RETURN_IF_ERROR(CheckStepKey(capnp::DynamicStruct::Reader(step), kPaymentBytesMax));
    RETURN_IF_ERROR(CheckStep(step));
    return std::unique_ptr<Record>(std::move(record));
  }

  void Translate(const Record& record, std::string_view, const engine::LedgerView& ledger,
                 Translation& out) const override {
    const auto step = RootOf<EnterpriseRecord>(record).getStep();
    Step at{record.occurred_at, ledger, out};
    switch (step.which()) {
      case Which::NONE:
        break;  // Parse lets none through
      case Which::OPEN_MODE:
        return TakeOpening(step.getOpenMode(), at);
      case Which::MAINTAIN_MODE:
        return TakeMaintenance(step.getMaintainMode(), at);
      case Which::CLOSE_MODE:
        return TakeClosing(step.getCloseMode(), at);
      case Which::SUBMISSION:
        return TakeSubmission(step.getSubmission(), at);
      case Which::VERIFICATION:
        return TakeVerification(step.getVerification(), at);
      case Which::APPROVAL:
        return TakeApproval(step.getApproval(), at);
      case Which::REVOCATION:
        return TakeRevocation(step.getRevocation(), at);
      case Which::EXECUTION:
        return TakeExecution(step.getExecution(), at);
      case Which::EXECUTION_RESULT:
        return TakeExecutionResult(step.getExecutionResult(), at);
      case Which::REROUTE:
        return TakeReroute(step.getReroute(), at);
      case Which::PAYMENT_RETURN:
        return TakePaymentReturn(step.getPaymentReturn(), at);
    }
    CHECK(false, "enterprise.step", record.id);
  }
};

}  // namespace

std::unique_ptr<ScenarioAdapter> MakeEnterprise() { return std::make_unique<Enterprise>(); }

}  // namespace longmen::adapters
