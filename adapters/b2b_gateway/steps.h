// One function a record of the gateway (record.capnp): what each makes of the ledger as it is.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "adapters/b2b_gateway/record.capnp.h"
#include "adapters/port/proposals.h"

namespace longmen::adapters::b2b_gateway {

// The life of the order (order_steps.cc).
void PlaceOrder(GatewayRequest::Reader request, Step& at);
void TakeNetworkAnswer(NetworkAnswer::Reader answer, Step& at);
void TakeRedirect(Redirected::Reader redirected, Step& at);
void TakeValidation(Validation::Reader validation, Step& at);
void TakeApproval(Approval::Reader approval, Step& at);
void AskAgain(AnswerOverdue::Reader overdue, Step& at);
void CancelOrder(Cancellation::Reader cancellation, Step& at);

// The submission (submission_steps.cc).
void TakeSubmission(Submission::Reader submission, Step& at);
// The account the submission chose for the order as it stands, where no mandate is behind it.
std::optional<std::string> ChosenPayer(const Step& at, const OrderState& order);
// Rule 6: the order waits for an authorisation.
void StepUp(Step& at, capnp::Text::Reader order);

// The money (money_steps.cc).
void TakeDebitNotice(DebitNotice::Reader notice, Step& at);
void TakeSuccessNotice(SuccessNotice::Reader notice, Step& at);
void TakeCredited(Credited::Reader credited, Step& at);
void GiveMoneyBack(GiveBack::Reader back, schema::RefundKind kind, Step& at);

// What stands between an order's number and its version in the key of the entry that remembers the
// chosen payer. No order number has it.
inline constexpr std::string_view kPayerMark = "/payer/";
// The longest order number that leaves room for it in a key of 64 bytes.
inline constexpr size_t kOrderBytesMax = 64 - kPayerMark.size() - 5;

// The order of that number; never the entry of a payer.
std::optional<OrderState> FindOrder(const Step& at, std::string_view number);
// The order validity check of the account bank (A1.2 rule 4): a step that leads to a debit needs
// an order that can still be paid. False, and refused, where it cannot.
bool CheckOrderValidity(Step& at, capnp::Text::Reader number, const std::string& field);

// The next proposal of the record, under the order's number; a stage goes into its details.
schema::Proposal::Builder AddStep(Step& at, capnp::Text::Reader order,
                                  schema::B2bStage stage = schema::B2bStage::UNSTATED);
// An order proposal that records a step outside the ledger.
schema::Proposal::Builder AddProgress(Step& at, capnp::Text::Reader order, schema::B2bStage stage);

}  // namespace longmen::adapters::b2b_gateway
