// From the submission to the last approval (domain A4.2 rules 2, 3, 5, 7 and 8).
//
// The identity step that a risk decision asks for is a level above all approvers': kIdentityLevel
// and the method's number. Nobody can approve the order up to it, and its order says which method
// was asked for. When the submitter has shown it, the order is amended, with nothing changed: the
// required level is computed anew, by the mode alone, and approvals bind the new version.
#include <algorithm>

#include "adapters/enterprise/steps.h"
#include "adapters/port/record_json.h"

namespace longmen::adapters::enterprise {
namespace {

using schema::AuthorizationMethod;
using schema::EnterpriseStage;

constexpr auto kScenario = schema::Scenario::ENTERPRISE;
constexpr uint8_t kIdentityLevel = 200;
constexpr Nanos kValid = 30 * kNanosPerDay;

bool WaitsForIdentity(const OrderState& order) { return order.required_level >= kIdentityLevel; }

AuthorizationMethod MethodAsked(const OrderState& order) {
  return static_cast<AuthorizationMethod>(order.required_level - kIdentityLevel);
}

// What a risk decision asks for.
struct Decided {
  uint16_t points = 0;
  AuthorizationMethod method = AuthorizationMethod::UNSTATED;
};

// By whose clock a person acts: the mode's. Nothing, and refused, where the policy is not
// registered.
std::optional<Decided> DecideRisk(Risk::Reader risk, int64_t minor, int16_t utc_offset_minutes,
                                  const std::string& step, const std::string& key, Step& at) {
  const engine::RiskPolicy* policy = at.ledger.FindRiskPolicy(View(risk.getPolicy()));
  if (policy == nullptr) {
    at.out.Refuse(Code::UNKNOWN_RISK_POLICY, step + ".risk.policy", key);
    return std::nullopt;
  }
  const Decided decided{
      .points = policy->PointsOf({.minor = minor,
                                  .count = risk.getCount(),
                                  .minute = engine::MinuteOfDay(at.occurred_at, utc_offset_minutes),
                                  .new_device = risk.getNewDevice(),
                                  .new_counterparty = risk.getNewCounterparty(),
                                  .new_place = risk.getNewPlace(),
                                  .new_network = risk.getNewNetwork()})};
  return Decided{decided.points, policy->StepAt(decided.points)};
}

// The same reference again: the same payment, or none.
void RefuseAgain(const OrderState& order, Submission::Reader submission, Step& at) {
  const std::string key = Copy(submission.getPayment());
  const auto refuse = [&](Code code, const char* field) { at.out.Refuse(code, field, key); };
  if (!CheckAmount(order.amount, MoneyOf(submission.getAmount()), "submission.amount", key, at)) {
    return;
  }
  if (View(submission.getMode()) != std::string_view(order.mandate)) {
    return refuse(Code::ROUTE_MISMATCH, "submission.mode");
  }
  if (View(submission.getPayee()) != std::string_view(order.payee)) {
    return refuse(Code::ROUTE_MISMATCH, "submission.payee");
  }
  refuse(Code::DUPLICATE_NOTICE, "submission.payment");
}

// The instant from which the payment may be made: a date that is past is today, and a channel that
// was asked for is waited for.
Nanos ExpectedAt(Submission::Reader submission, const engine::MandateState& mode, const Step& at) {
  Nanos expected = at.occurred_at;
  if (submission.getExpectedDate() != 0) {
    expected = std::max(
        expected, engine::InstantOf(submission.getExpectedDate(), submission.getExpectedMinute(),
                                    mode.utc_offset_minutes));
  }
  if (!submission.hasChannel()) return expected;
  const auto scheme = at.ledger.FindScheme(View(submission.getChannel()));
  return scheme ? scheme->times.NextOpen(expected) : expected;
}

void FillDetails(schema::EnterpriseDetails::Builder details, Submission::Reader submission,
                 const Step& at) {
  details.setLine(submission.getLine());
  if (submission.hasBatch()) details.setBatch(submission.getBatch());
  if (submission.hasPayeeName()) details.initPayeeName().setPlain(submission.getPayeeName());
  if (submission.hasPayeeBranch()) details.setPayeeBranch(submission.getPayeeBranch());
  if (submission.hasDirectoryEntry()) details.setDirectoryEntry(submission.getDirectoryEntry());
  if (submission.hasPurpose()) details.setPurpose(submission.getPurpose());
  if (submission.hasChannel()) details.setSettlementChannel(submission.getChannel());
  if (submission.hasPayeeBank()) {
    details.setPayeeBank(submission.getPayeeBank());
  } else if (const auto payee = at.ledger.FindAccount(View(submission.getPayee()))) {
    details.setPayeeBank(payee->participant);
  }
}

void AddOrder(Submission::Reader submission, const engine::MandateState& mode, Step& at) {
  auto proposal = AddStep(at, Copy(submission.getPayment()), EnterpriseStage::SUBMITTED);
  FillDetails(proposal.getDetails().getEnterprise(), submission, at);
  auto order = InitOrder(proposal, MoneyOf(submission.getAmount()));
  order.setPayer(mode.account);
  order.setPayee(submission.getPayee());
  order.setMandate(submission.getMode());
  order.setSubmitter(submission.getSubmitter());
  if (submission.hasChannel()) order.setScheme(submission.getChannel());
  const Nanos expected = ExpectedAt(submission, mode, at);
  order.setValidFrom(expected);
  order.setValidUntil(submission.getValidUntil() != 0 ? submission.getValidUntil()
                                                      : Later(expected, kValid));
}

void AddStepUp(Submission::Reader submission, const Decided& decided, Step& at) {
  auto authorization = AddStep(at, Copy(submission.getPayment()), EnterpriseStage::SUBMITTED)
                           .initBody()
                           .initAuthorization();
  authorization.setAction(schema::AuthorizationAction::STEPPED_UP);
  authorization.setLevel(
      static_cast<uint8_t>(kIdentityLevel + static_cast<uint16_t>(decided.method)));
  authorization.setMethod(decided.method);
  authorization.setRiskPolicy(submission.getRisk().getPolicy());
  authorization.setRiskPoints(decided.points);
}

}  // namespace

void TakeSubmission(Submission::Reader submission, Step& at) {
  const std::string key = Copy(submission.getPayment());
  if (const auto order = at.ledger.FindOrder(kScenario, key)) {
    return RefuseAgain(*order, submission, at);
  }
  const auto mode = at.ledger.FindMandate(View(submission.getMode()));
  if (!mode) return at.out.Refuse(Code::UNKNOWN_MANDATE, "submission.mode", key);
  std::optional<Decided> decided;
  if (submission.hasRisk()) {
    decided = DecideRisk(submission.getRisk(), submission.getAmount().getMinor(),
                         mode->utc_offset_minutes, "submission", key, at);
    if (!decided) return;
  }
  AddOrder(submission, *mode, at);
  if (decided && decided->method != AuthorizationMethod::UNSTATED) {
    AddStepUp(submission, *decided, at);
  }
}

// One that failed leaves the payment where it is: before its approval, until it expires.
void TakeVerification(Verification::Reader verification, Step& at) {
  const std::string key = Copy(verification.getPayment());
  const auto order = FindLive(at, key, "verification.payment");
  if (!order) return;
  if (!WaitsForIdentity(*order)) {
    return at.out.Refuse(Code::ALREADY_APPROVED, "verification.payment", key);
  }
  if (View(verification.getBy()) != std::string_view(order->submitter)) {
    return at.out.Refuse(Code::NOT_PERMITTED, "verification.by", key);
  }
  if (verification.getMethod() != MethodAsked(*order)) {
    return at.out.Refuse(Code::NOT_PERMITTED, "verification.method", key);
  }
  if (verification.getCheck() == Check::FAILED) {
    auto failed = AddStep(at, key, EnterpriseStage::SUBMITTED).initBody().initOrder();
    failed.setAction(schema::OrderAction::PROGRESSED);
    if (verification.hasReason()) failed.setReason(verification.getReason());
    return;
  }
  auto shown = AddStep(at, key, EnterpriseStage::VERIFIED).initBody().initAuthorization();
  shown.setAction(schema::AuthorizationAction::GRANTED);
  shown.setMethod(verification.getMethod());
  shown.setBy(verification.getBy());
  AddStep(at, key, EnterpriseStage::VERIFIED)
      .initBody()
      .initOrder()
      .setAction(schema::OrderAction::AMENDED);
}

// Who may approve what, in which order, is the engine's to say; what an approver must show first,
// the risk decision's.
void TakeApproval(Approval::Reader approval, Step& at) {
  const std::string key = Copy(approval.getPayment());
  const auto order = FindLive(at, key, "approval.payment");
  if (!order) return;
  const bool approves = approval.getDecision() == Decision::APPROVE;
  if (approves && WaitsForIdentity(*order)) {
    return at.out.Refuse(Code::ORDER_PENDING_AUTHORIZATION, "approval.payment", key);
  }
  if (approves && approval.hasRisk()) {
    const auto mode = at.ledger.FindMandate(order->mandate);
    const auto decided =
        DecideRisk(approval.getRisk(), order->amount.minor,
                   mode ? mode->utc_offset_minutes : int16_t{0}, "approval", key, at);
    if (!decided) return;
    if (decided->method != AuthorizationMethod::UNSTATED &&
        decided->method != approval.getMethod()) {
      return at.out.Refuse(Code::NOT_PERMITTED, "approval.method", key);
    }
  }
  auto proposal = AddStep(at, key, approves ? EnterpriseStage::APPROVED : EnterpriseStage::VETOED);
  auto details = proposal.getDetails().getEnterprise();
  details.setLine(approval.getLine());
  if (approval.hasBatch()) details.setBatch(approval.getBatch());
  auto authorization = proposal.initBody().initAuthorization();
  authorization.setAction(approves ? schema::AuthorizationAction::GRANTED
                                   : schema::AuthorizationAction::DECLINED);
  authorization.setLevel(approval.getLevel() == 0 ? uint8_t{1} : approval.getLevel());
  authorization.setMethod(approval.getMethod());
  authorization.setOrderVersion(approval.getOrderVersion());
  authorization.setBy(approval.getBy());
  if (approval.hasReason()) authorization.setReason(approval.getReason());
}

// Rule 5: only what nobody has approved.
void TakeRevocation(Revocation::Reader revocation, Step& at) {
  const std::string key = Copy(revocation.getPayment());
  const auto order = FindLive(at, key, "revocation.payment");
  if (!order) return;
  if (View(revocation.getBy()) != std::string_view(order->submitter)) {
    return at.out.Refuse(Code::NOT_PERMITTED, "revocation.by", key);
  }
  if (order->status == OrderStatus::kOpen || order->approved_level > 0) {
    return at.out.Refuse(Code::ALREADY_AUTHORIZED, "revocation.payment", key);
  }
  auto revoked = AddStep(at, key, EnterpriseStage::REVOKED).initBody().initOrder();
  revoked.setAction(schema::OrderAction::CANCELLED);
  if (revocation.hasReason()) revoked.setReason(revocation.getReason());
}

}  // namespace longmen::adapters::enterprise
