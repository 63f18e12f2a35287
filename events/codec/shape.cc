// The shape of a proposal: docs/rules.md, "Shape". Written out by hand, body by body, in the order
// of the schema: a check by description would be shorter and some twenty times slower.
#include <capnp/schema.h>
#include <kj/exception.h>

#include "events/codec/codec.h"
#include "events/codec/shape_rules.h"

namespace longmen {
namespace {

using codec::ShapeRules;

// The schema's last one, so that a new scenario needs no line here.
schema::Scenario LastScenario() {
  static const auto last = static_cast<schema::Scenario>(
      capnp::Schema::from<schema::Scenario>().getEnumerants().size() - 1);
  return last;
}

bool CheckEnvelope(schema::Proposal::Reader proposal, ShapeRules& rules) {
  return rules.Required(proposal.getOccurredAt() != 0, "occurredAt") &&
         rules.Instant(proposal.getOccurredAt(), "occurredAt") &&
         rules.RequiredId(proposal.getSource(), "source") &&
         rules.RequiredId(proposal.getId(), "id") &&
         rules.Known(proposal.getScenario(), LastScenario(), "scenario");
}

bool CheckBody(schema::Proposal::Reader proposal, ShapeRules& rules) {
  const auto body = proposal.getBody();
  using Kind = schema::Proposal::Body::Which;
  switch (body.which()) {
    case Kind::REGISTRATION:
      // The union's first member is what a proposal without any body looks like.
      return rules.Required(body.hasRegistration(), "body") && CheckRegistration(proposal, rules);
    case Kind::ORDER:
      return rules.Required(body.hasOrder(), "order") && CheckOrder(proposal, rules);
    case Kind::AUTHORIZATION:
      return rules.Required(body.hasAuthorization(), "authorization") &&
             CheckAuthorization(proposal, rules);
    case Kind::DEBIT:
      return rules.Required(body.hasDebit(), "debit") && CheckDebit(proposal, rules);
    case Kind::REFUND:
      return rules.Required(body.hasRefund(), "refund") && CheckRefund(proposal, rules);
    case Kind::SETTLEMENT:
      return rules.Required(body.hasSettlement(), "settlement") && CheckSettlement(proposal, rules);
    case Kind::STATEMENT:
      return rules.Required(body.hasStatement(), "statement") && CheckStatement(proposal, rules);
    case Kind::RESOLUTION:
      return rules.Required(body.hasResolution(), "resolution") && CheckResolution(proposal, rules);
    case Kind::REFUSAL:
      return rules.Absent(false, "refusal");
  }
  return rules.Fail(Code::UNKNOWN_ENUM, "body");
}

bool CheckB2b(schema::B2bGatewayDetails::Reader details, ShapeRules& rules) {
  return rules.Known(details.getStage(), schema::B2bStage::CREDITED, "details.b2bGateway.stage") &&
         rules.Text(details.getAcceptingBank(), "details.b2bGateway.acceptingBank") &&
         rules.Text(details.getAccountBank(), "details.b2bGateway.accountBank") &&
         rules.Text(details.getPayeeBank(), "details.b2bGateway.payeeBank") &&
         rules.Text(details.getTransactionId(), "details.b2bGateway.transactionId") &&
         rules.Free(details.getMerchant(), "details.b2bGateway.merchant") &&
         rules.Free(details.getRedirectAddress(), "details.b2bGateway.redirectAddress", 512);
}

bool CheckParking(schema::ParkingDetails::Reader details, ShapeRules& rules) {
  const auto plate = details.getPlate();
  return rules.Instant(details.getEnteredAt(), "details.parking.enteredAt") &&
         rules.Instant(details.getLeftAt(), "details.parking.leftAt") &&
         rules.NotNegative(details.getFeeMinor(), "details.parking.feeMinor") &&
         rules.Known(details.getWallet(), schema::PayerCodeWallet::UNIONPAY,
                     "details.parking.wallet") &&
         rules.Text(details.getLot(), "details.parking.lot") &&
         rules.Text(details.getBay(), "details.parking.bay") &&
         rules.Id(details.getTariff(), "details.parking.tariff") &&
         rules.Free(plate.getPlain(), "details.parking.plate.plain") &&
         rules.Sealed(plate.getCiphertext(), "details.parking.plate.ciphertext") &&
         rules.Id(plate.getKeyId(), "details.parking.plate.keyId") &&
         rules.Digest(plate.getToken(), "details.parking.plate.token") &&
         rules.Digest(details.getPayerToken(), "details.parking.payerToken");
}

bool CheckMetro(schema::MetroDetails::Reader details, ShapeRules& rules) {
  return rules.NotNegative(details.getFareMinor(), "details.metro.fareMinor") &&
         rules.NotNegative(details.getDiscountMinor(), "details.metro.discountMinor") &&
         rules.Known(details.getStage(), schema::RideStage::NOTIFIED, "details.metro.stage") &&
         rules.Known(details.getMode(), schema::RideMode::CODE, "details.metro.mode") &&
         rules.Known(details.getAnomaly(), schema::RideAnomaly::FALSE_MATCH,
                     "details.metro.anomaly") &&
         rules.Id(details.getRider(), "details.metro.rider") &&
         rules.Id(details.getStation(), "details.metro.station") &&
         rules.Id(details.getGate(), "details.metro.gate") &&
         rules.Id(details.getTariff(), "details.metro.tariff") &&
         rules.Key(details.getRelatedTrip(), "details.metro.relatedTrip") &&
         rules.Text(details.getReference(), "details.metro.reference");
}

bool CheckDetails(schema::Proposal::Reader proposal, ShapeRules& rules) {
  const auto details = proposal.getDetails();
  using Kind = schema::Proposal::Details::Which;
  switch (details.which()) {
    case Kind::NONE:
      return true;
    case Kind::B2B_GATEWAY:
      return rules.Absent(proposal.getScenario() == schema::Scenario::B2B_GATEWAY,
                          "details.b2bGateway") &&
             CheckB2b(details.getB2bGateway(), rules);
    case Kind::PARKING:
      return rules.Absent(proposal.getScenario() == schema::Scenario::PARKING, "details.parking") &&
             CheckParking(details.getParking(), rules);
    case Kind::METRO:
      return rules.Absent(proposal.getScenario() == schema::Scenario::METRO, "details.metro") &&
             CheckMetro(details.getMetro(), rules);
  }
  return rules.Fail(Code::UNKNOWN_ENUM, "details");
}

bool CheckEvidence(schema::Proposal::Reader proposal, ShapeRules& rules) {
  if (!proposal.hasOriginal() && !proposal.hasSignatures() && !proposal.hasOriginalKeyId()) {
    return true;
  }
  if (proposal.getOriginal().size() > codec::kOriginalBytesMax) {
    return rules.Fail(Code::TOO_LONG, "original");
  }
  if (!rules.Id(proposal.getOriginalKeyId(), "originalKeyId")) return false;
  const auto signatures = proposal.getSignatures();
  if (!rules.ListSize(signatures.size(), "signatures")) return false;
  for (unsigned i = 0; i < signatures.size(); ++i) {
    const auto signature = signatures[i];
    if (!rules.Sealed(signature.getBytes(), {"signatures", i, "bytes"}) ||
        !rules.Id(signature.getKeyId(), {"signatures", i, "keyId"}) ||
        !rules.Known(signature.getAlgorithm(), schema::SignatureAlgorithm::SM2_SM3,
                     {"signatures", i, "algorithm"})) {
      return false;
    }
  }
  return true;
}

}  // namespace

Status CheckShape(schema::Proposal::Reader proposal) {
  ShapeRules rules;
  bool ok = false;
  const auto exception = kj::runCatchingExceptions([&] {
    ok = CheckEnvelope(proposal, rules) && CheckBody(proposal, rules) &&
         CheckDetails(proposal, rules) && CheckEvidence(proposal, rules);
  });
  if (exception != nullptr) return Error{Code::MALFORMED, "", "the proposal cannot be read"};
  if (!ok) return rules.error();
  return Ok();
}

}  // namespace longmen
