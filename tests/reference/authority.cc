#include <fmt/format.h>

#include <algorithm>

#include "tests/reference/decision.h"

namespace longmen::reference {

std::string Str(capnp::Text::Reader text) { return {text.cStr(), text.size()}; }

std::vector<std::string> Strs(capnp::List<capnp::Text>::Reader texts) {
  std::vector<std::string> result;
  for (auto text : texts) result.push_back(Str(text));
  return result;
}

std::vector<Part> SplitsOf(capnp::List<schema::Split>::Reader splits) {
  std::vector<Part> result;
  for (auto split : splits) result.push_back({Str(split.getAccount()), split.getMinor()});
  return result;
}

bool Contains(const std::vector<std::string>& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

std::string Indexed(const char* list, size_t index, const char* rest) {
  return fmt::format("{}[{}]{}", list, index, rest);
}

namespace {

// The body's name, and its number among a source's permissions.
std::pair<const char*, schema::BodyKind> BodyOf(schema::Proposal::Reader proposal) {
  using Which = schema::Proposal::Body::Which;
  switch (proposal.getBody().which()) {
    case Which::REGISTRATION:
      return {"registration", schema::BodyKind::REGISTRATION};
    case Which::ORDER:
      return {"order", schema::BodyKind::ORDER};
    case Which::AUTHORIZATION:
      return {"authorization", schema::BodyKind::AUTHORIZATION};
    case Which::DEBIT:
      return {"debit", schema::BodyKind::DEBIT};
    case Which::REFUND:
      return {"refund", schema::BodyKind::REFUND};
    case Which::SETTLEMENT:
      return {"settlement", schema::BodyKind::SETTLEMENT};
    case Which::STATEMENT:
      return {"statement", schema::BodyKind::STATEMENT};
    case Which::RESOLUTION:
      return {"resolution", schema::BodyKind::RESOLUTION};
    case Which::REFUSAL:
      break;
  }
  CHECK(false, "reference.body");
}

}  // namespace

Decision::Decision(State& state, schema::Proposal::Reader proposal, Nanos now, Sequence sequence)
    : state_(state),
      proposal_(proposal),
      now_(now),
      sequence_(sequence),
      key_(Str(proposal.getKey())),
      order_key_(proposal.getScenario(), key_) {}

void Decision::RefuseIf(bool wrong, Code code, const std::string& field) const {
  if (wrong) throw Fault{code, field};
}

void Decision::ObjectIf(bool wrong, Code code, const std::string& field) {
  if (!wrong) return;
  if (!Reported()) throw Fault{code, field};
  if (exception == Code::NONE) exception = code;
}

bool Decision::Reported() const {
  auto body = proposal_.getBody();
  if (body.isDebit()) return body.getDebit().getBasis() == schema::Basis::REPORTED;
  if (body.isRefund()) return body.getRefund().getBasis() == schema::Basis::REPORTED;
  return false;
}

bool Decision::MayTouch(const std::string& participant) const {
  return source_->all_participants || Contains(source_->participants, participant);
}

bool Decision::MayTouchAccount(const std::string& account) const {
  auto found = state_.accounts.find(account);
  return found == state_.accounts.end() || MayTouch(found->second.participant);
}

void Decision::Decide() {
  DecideBody();
  // A cap that is not near any more may be warned of again.
  for (auto& [name, account] : state_.accounts) {
    if (account.warned && !state_.NearCap(account)) account.warned = false;
  }
}

void Decision::DecideBody() {
  // While no source is registered, anybody may register the first: a ledger begins so.
  auto body = proposal_.getBody();
  if (state_.sources.empty() && body.isRegistration() && body.getRegistration().isSource()) {
    return RegisterSource();
  }
  Authority();
  switch (BodyOf(proposal_).second) {
    case schema::BodyKind::REGISTRATION:
      return Register();
    case schema::BodyKind::ORDER:
      return DecideOrder();
    case schema::BodyKind::AUTHORIZATION:
      return Authorize();
    case schema::BodyKind::DEBIT:
      return DecideDebit();
    case schema::BodyKind::REFUND:
      return DecideRefund();
    case schema::BodyKind::SETTLEMENT:
      return DecideSettlement();
    case schema::BodyKind::STATEMENT:
      return DecideStatement();
    case schema::BodyKind::RESOLUTION:
      return DecideResolution();
  }
}

// "Authority" 1 to 5. What a body touches (6) stands with the body.
void Decision::Authority() {
  const auto [body_name, kind] = BodyOf(proposal_);
  auto body = proposal_.getBody();
  const auto found = state_.sources.find(Str(proposal_.getSource()));
  RefuseIf(found == state_.sources.end(), Code::UNKNOWN_SOURCE, "source");
  source_ = &found->second;
  RefuseIf(source_->status != schema::Status::OPEN, Code::NOT_PERMITTED, "source");
  RefuseIf(std::find(source_->bodies.begin(), source_->bodies.end(), kind) == source_->bodies.end(),
           Code::NOT_PERMITTED, body_name);
  RefuseIf(source_->decided_only && Reported(), Code::NOT_PERMITTED,
           body.isDebit() ? "debit.basis" : "refund.basis");
  const Wide occurred = proposal_.getOccurredAt();
  ObjectIf(occurred < Wide{now_} - source_->max_late, Code::TOO_LATE, "occurredAt");
  ObjectIf(occurred > Wide{now_} + source_->max_early, Code::TOO_EARLY, "occurredAt");

  RefuseIf(body.isRegistration() && body.getRegistration().isLedger(), Code::NOT_PERMITTED,
           "registration.ledger");
  RefuseIf(body.isOrder() && body.getOrder().getAction() == schema::OrderAction::EXPIRED,
           Code::NOT_PERMITTED, "order.action");
  RefuseIf(body.isAuthorization() &&
               body.getAuthorization().getAction() == schema::AuthorizationAction::EXPIRED,
           Code::NOT_PERMITTED, "authorization.action");
  using Action = schema::SettlementAction;
  if (body.isSettlement()) {
    for (const Action action : {Action::OPENED, Action::CAP_WARNED, Action::QUEUE_SETTLED,
                                Action::QUEUE_DEADLOCKED, Action::WINDOW_ENDED}) {
      RefuseIf(body.getSettlement().getAction() == action, Code::NOT_PERMITTED,
               "settlement.action");
    }
  }
}

}  // namespace longmen::reference
