#include <string>

#include "adapters/parking/steps.h"
#include "adapters/port/record_json.h"

namespace longmen::adapters::parking {

std::string BayResource(Scan::Reader scan) {
  return "bay:" + Copy(scan.getLot()) + "/" + Copy(scan.getBay());
}

schema::Refund::Builder AddRefund(Step& at, const Session& session, schema::RefundKind kind,
                                  const Money& amount, const MovementState& prepaid) {
  auto refund =
      InitRefund(AddUnder(at, session.collection.key), amount, schema::Outcome::PENDING, prepaid);
  refund.setKind(kind);
  refund.setChannelReference(session.RefundNumber(session.refunds.size()));
  return refund;
}

schema::Refund::Builder AddRefundResult(Step& at, const Session& session, size_t index,
                                        schema::Outcome outcome) {
  return InitRefundResult(AddUnder(at, session.collection.key), session.refunds[index], outcome);
}

}  // namespace longmen::adapters::parking
