#include <string>

#include "adapters/parking/steps.h"
#include "adapters/port/record_json.h"

namespace longmen::adapters::parking {

std::string BayResource(Scan::Reader scan) {
  return "bay:" + Copy(scan.getLot()) + "/" + Copy(scan.getBay());
}

void Refer(schema::Reference::Builder to, const MovementState& movement) {
  to.setSource(movement.source);
  to.setId(movement.id);
}

schema::Proposal::Builder AddUnder(Step& at, const std::string& key) {
  auto proposal = at.out.Add();
  proposal.setKey(key);
  return proposal;
}

schema::Debit::Builder InitDebit(schema::Proposal::Builder proposal, const Money& amount,
                                 schema::Outcome outcome) {
  auto debit = proposal.initBody().initDebit();
  debit.getAmount().setMinor(amount.minor);
  debit.getAmount().setCurrency(amount.currency.numeric);
  debit.setOutcome(outcome);
  return debit;
}

void AddCancelled(Step& at, const std::string& key, capnp::Text::Reader reason) {
  auto order = AddUnder(at, key).initBody().initOrder();
  order.setAction(schema::OrderAction::CANCELLED);
  if (reason.size() != 0) order.setReason(reason);
}

schema::Refund::Builder AddRefund(Step& at, const Session& session, schema::RefundKind kind,
                                  const Money& amount, const MovementState& prepaid) {
  auto refund = AddUnder(at, session.collection.key).initBody().initRefund();
  refund.getAmount().setMinor(amount.minor);
  refund.getAmount().setCurrency(amount.currency.numeric);
  refund.setOutcome(schema::Outcome::PENDING);
  refund.setKind(kind);
  if (!prepaid.channel.empty()) refund.setChannel(prepaid.channel);
  refund.setChannelReference(session.RefundNumber(session.refunds.size()));
  Refer(refund.initDebit(), prepaid);
  return refund;
}

schema::Refund::Builder AddRefundResult(Step& at, const Session& session, size_t index,
                                        schema::Outcome outcome) {
  const MovementState& asked = session.refunds[index];
  auto refund = AddUnder(at, session.collection.key).initBody().initRefund();
  refund.getAmount().setMinor(asked.amount.minor);
  refund.getAmount().setCurrency(asked.amount.currency.numeric);
  refund.setBasis(schema::Basis::REPORTED);
  refund.setOutcome(outcome);
  Refer(refund.initResolves(), asked);
  return refund;
}

}  // namespace longmen::adapters::parking
