// One function a record of an enterprise (record.capnp): what each makes of the ledger as it is.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adapters/enterprise/record.capnp.h"
#include "adapters/port/proposals.h"

namespace longmen::adapters::enterprise {

// The ledger's references have 64 bytes: "<payment>/p12".
inline constexpr size_t kPaymentBytesMax = 35;

// Business modes (mode_steps.cc).
void TakeOpening(Mode::Reader mode, Step& at);
void TakeMaintenance(Mode::Reader mode, Step& at);
void TakeClosing(CloseMode::Reader closing, Step& at);

// Submission, identity step, approval (payment_steps.cc).
void TakeSubmission(Submission::Reader submission, Step& at);
void TakeVerification(Verification::Reader verification, Step& at);
void TakeApproval(Approval::Reader approval, Step& at);
void TakeRevocation(Revocation::Reader revocation, Step& at);

// Money (execution_steps.cc).
void TakeExecution(Execution::Reader execution, Step& at);
void TakeExecutionResult(ExecutionResult::Reader result, Step& at);
void TakeReroute(Reroute::Reader reroute, Step& at);
void TakePaymentReturn(PaymentReturn::Reader back, Step& at);

// The next proposal of the record, under a key; its details say what was done.
schema::Proposal::Builder AddStep(Step& at, const std::string& key, schema::EnterpriseStage stage);

// The order of a payment while it is live. Nothing, and refused, where there is none, or none any
// more.
std::optional<OrderState> FindLive(Step& at, const std::string& payment, const std::string& field);

// By which way a payment is made, and what that costs its payer (route.cc).
struct Route {
  std::string scheme;
  int64_t fee_minor = 0;
  bool within_bank = false;
};
// The cheapest of the schemes that are open now, clear between the two banks and take the amount,
// the first listed of equals. Nothing, and refused, where there is none. `tried` are schemes that
// did not take it.
struct RouteChoice {
  const OrderState& order;
  capnp::List<capnp::Text>::Reader schemes;
  std::vector<std::string> tried;
  std::string field;  // of the list
};
std::optional<Route> ChooseRoute(const RouteChoice& choice, Step& at);
// What a payment through a scheme costs; nothing where its fee table does not hold the amount.
std::optional<int64_t> FeeOf(const engine::SchemeInfo& scheme, const Money& amount);

}  // namespace longmen::adapters::enterprise
