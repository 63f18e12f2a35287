// One function a record of the gateway (record.capnp): what each makes of the ledger as it is.
#pragma once

#include "adapters/b2b_gateway/record.capnp.h"
#include "adapters/port/port.h"

namespace longmen::adapters::b2b_gateway {

struct Step {
  Nanos occurred_at;
  const engine::LedgerView& ledger;
  Translation& out;
};

// The life of the order (order_steps.cc).
void PlaceOrder(GatewayRequest::Reader request, Step& at);
void TakeNetworkAnswer(NetworkAnswer::Reader answer, Step& at);
void TakeRedirect(Redirected::Reader redirected, Step& at);
void TakeValidation(Validation::Reader validation, Step& at);
void TakeSubmission(Submission::Reader submission, Step& at);
void TakeApproval(Approval::Reader approval, Step& at);
void AskAgain(AnswerOverdue::Reader overdue, Step& at);
void CancelOrder(Cancellation::Reader cancellation, Step& at);

// The money (money_steps.cc).
void TakeDebitNotice(DebitNotice::Reader notice, Step& at);
void TakeSuccessNotice(SuccessNotice::Reader notice, Step& at);
void TakeCredited(Credited::Reader credited, Step& at);
void GiveMoneyBack(GiveBack::Reader back, schema::RefundKind kind, Step& at);

// The next proposal of the record, under the order's number; a stage goes into its details.
schema::Proposal::Builder AddStep(Step& at, capnp::Text::Reader order,
                                  schema::B2bStage stage = schema::B2bStage::UNSTATED);
// An order proposal that records a step outside the ledger.
schema::Proposal::Builder AddProgress(Step& at, capnp::Text::Reader order, schema::B2bStage stage);

}  // namespace longmen::adapters::b2b_gateway
