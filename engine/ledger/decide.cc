// The ladder's top: authority, then the body's own rules. And the matching Apply.
#include "engine/ledger/rules.h"

namespace longmen::engine {

using Body = schema::Proposal::Body;

Decision Decide(const Asked& asked) {
  const auto body = asked.proposal.getBody();
  const bool reported = (body.isDebit() && body.getDebit().getBasis() == schema::Basis::REPORTED) ||
                        (body.isRefund() && body.getRefund().getBasis() == schema::Basis::REPORTED);
  Ladder ladder(reported);
  // While no source is registered, the first may register itself: so a ledger begins.
  if (asked.state.sources.size() == 0 && body.isRegistration() &&
      body.getRegistration().isSource()) {
    return DecideRegistration(asked);
  }
  if (auto fault = CheckAuthority(asked, ladder); !fault.accepted()) return fault;
  switch (body.which()) {
    case Body::REGISTRATION:
      return DecideRegistration(asked);
    case Body::ORDER:
      return DecideOrder(asked);
    case Body::AUTHORIZATION:
      return DecideAuthorization(asked);
    case Body::DEBIT:
      return DecideDebit(asked, ladder);
    case Body::REFUND:
      return DecideRefund(asked, ladder);
    case Body::SETTLEMENT:
      return DecideSettlement(asked);
    case Body::STATEMENT:
      return DecideStatement(asked);
    case Body::RESOLUTION:
      return DecideResolution(asked);
    case Body::REFUSAL:
      break;
  }
  CHECK(false, "decide.body", static_cast<int>(body.which()));
}

void Apply(Change& change) {
  switch (change.proposal.getBody().which()) {
    case Body::REGISTRATION:
      ApplyRegistration(change);
      break;
    case Body::ORDER:
      ApplyOrder(change);
      break;
    case Body::AUTHORIZATION:
      ApplyAuthorization(change);
      break;
    case Body::DEBIT:
      ApplyDebit(change);
      break;
    case Body::REFUND:
      ApplyRefund(change);
      break;
    case Body::SETTLEMENT:
      ApplySettlement(change);
      break;
    case Body::STATEMENT:
      ApplyStatement(change);
      break;
    case Body::RESOLUTION:
      ApplyResolution(change);
      break;
    case Body::REFUSAL:
      break;
  }
  change.Finish();
}

}  // namespace longmen::engine
