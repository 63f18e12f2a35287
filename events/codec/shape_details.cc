// The shape of what scenarios keep beside their orders.
#include "events/codec/shape_rules.h"

namespace longmen::codec {
namespace {

bool CheckPersonal(schema::Personal::Reader fact, const char* plain, const char* ciphertext,
                   const char* key_id, const char* token, ShapeRules& rules) {
  return rules.Free(fact.getPlain(), plain) && rules.Sealed(fact.getCiphertext(), ciphertext) &&
         rules.Id(fact.getKeyId(), key_id) && rules.Digest(fact.getToken(), token);
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
  return rules.Instant(details.getEnteredAt(), "details.parking.enteredAt") &&
         rules.Instant(details.getLeftAt(), "details.parking.leftAt") &&
         rules.NotNegative(details.getFeeMinor(), "details.parking.feeMinor") &&
         rules.Known(details.getWallet(), schema::PayerCodeWallet::UNIONPAY,
                     "details.parking.wallet") &&
         rules.Text(details.getLot(), "details.parking.lot") &&
         rules.Text(details.getBay(), "details.parking.bay") &&
         rules.Id(details.getTariff(), "details.parking.tariff") &&
         CheckPersonal(details.getPlate(), "details.parking.plate.plain",
                       "details.parking.plate.ciphertext", "details.parking.plate.keyId",
                       "details.parking.plate.token", rules) &&
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

bool CheckVirtualCard(schema::VirtualCardDetails::Reader details, ShapeRules& rules) {
  return rules.Known(details.getStage(), schema::VirtualCardStage::REFUNDED,
                     "details.virtualCard.stage") &&
         rules.Id(details.getCard(), "details.virtualCard.card") &&
         rules.NoCardNumber(details.getCard(), "details.virtualCard.card") &&
         rules.Person(details.getRequestor(), "details.virtualCard.requestor") &&
         rules.Person(details.getApprovedBy(), "details.virtualCard.approvedBy") &&
         rules.Free(details.getPurpose(), "details.virtualCard.purpose") &&
         rules.Free(details.getInvoice(), "details.virtualCard.invoice") &&
         rules.Key(details.getAuthorization(), "details.virtualCard.authorization");
}

bool CheckEnterprise(schema::EnterpriseDetails::Reader details, ShapeRules& rules) {
  return rules.Known(details.getStage(), schema::EnterpriseStage::REROUTED,
                     "details.enterprise.stage") &&
         rules.Id(details.getBatch(), "details.enterprise.batch") &&
         rules.Person(details.getAdministrator(), "details.enterprise.administrator") &&
         CheckPersonal(details.getPayeeName(), "details.enterprise.payeeName.plain",
                       "details.enterprise.payeeName.ciphertext",
                       "details.enterprise.payeeName.keyId", "details.enterprise.payeeName.token",
                       rules) &&
         rules.Text(details.getPayeeBank(), "details.enterprise.payeeBank") &&
         rules.Text(details.getPayeeBranch(), "details.enterprise.payeeBranch") &&
         rules.Id(details.getDirectoryEntry(), "details.enterprise.directoryEntry") &&
         rules.Free(details.getPurpose(), "details.enterprise.purpose") &&
         rules.Id(details.getSettlementChannel(), "details.enterprise.settlementChannel") &&
         rules.NotNegative(details.getFeeMinor(), "details.enterprise.feeMinor");
}

bool CheckCampus(schema::CampusDetails::Reader details, ShapeRules& rules) {
  return rules.Known(details.getStage(), schema::CampusStage::BATCH_COMPLETED,
                     "details.campus.stage") &&
         rules.Known(details.getPosting(), schema::PostingMode::ON_COMPLETION,
                     "details.campus.posting") &&
         rules.Id(details.getBatch(), "details.campus.batch") &&
         rules.Id(details.getTemplate(), "details.campus.template") &&
         rules.Free(details.getItem(), "details.campus.item") &&
         CheckPersonal(details.getStudent(), "details.campus.student.plain",
                       "details.campus.student.ciphertext", "details.campus.student.keyId",
                       "details.campus.student.token", rules);
}

bool CheckTuition(schema::TuitionDetails::Reader details, ShapeRules& rules) {
  constexpr const char* kDocuments = "details.tuition.documents";
  const auto documents = details.getDocuments();
  if (!rules.ListSize(documents.size(), kDocuments)) return false;
  for (unsigned i = 0; i < documents.size(); ++i) {
    if (!rules.Digest(documents[i], {kDocuments, i})) return false;
  }
  return rules.Known(details.getStage(), schema::TuitionStage::REFUNDED, "details.tuition.stage") &&
         rules.Id(details.getSchool(), "details.tuition.school") &&
         CheckPersonal(details.getStudent(), "details.tuition.student.plain",
                       "details.tuition.student.ciphertext", "details.tuition.student.keyId",
                       "details.tuition.student.token", rules) &&
         rules.Text(details.getReference(), "details.tuition.reference") &&
         rules.NotNegative(details.getChargeMinor(), "details.tuition.chargeMinor");
}

bool CheckTakeout(schema::TakeoutDetails::Reader details, ShapeRules& rules) {
  constexpr const char* kItems = "details.takeout.items";
  const auto items = details.getItems();
  if (!rules.ListSize(items.size(), kItems)) return false;
  for (unsigned i = 0; i < items.size(); ++i) {
    if (!rules.NotNegative(items[i].getMinor(), {kItems, i, "minor"}) ||
        !rules.Free(items[i].getName(), {kItems, i, "name"})) {
      return false;
    }
  }
  return rules.Known(details.getStage(), schema::TakeoutStage::SETTLED, "details.takeout.stage") &&
         rules.Id(details.getMerchant(), "details.takeout.merchant") &&
         rules.Id(details.getRider(), "details.takeout.rider") &&
         rules.Id(details.getUser(), "details.takeout.user") &&
         rules.NotNegative(details.getDeliveryMinor(), "details.takeout.deliveryMinor") &&
         rules.NotNegative(details.getPackingMinor(), "details.takeout.packingMinor") &&
         rules.NotNegative(details.getDiscountMinor(), "details.takeout.discountMinor");
}

}  // namespace

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
    case Kind::VIRTUAL_CARD:
      return rules.Absent(proposal.getScenario() == schema::Scenario::VIRTUAL_CARD,
                          "details.virtualCard") &&
             CheckVirtualCard(details.getVirtualCard(), rules);
    case Kind::ENTERPRISE:
      return rules.Absent(proposal.getScenario() == schema::Scenario::ENTERPRISE,
                          "details.enterprise") &&
             CheckEnterprise(details.getEnterprise(), rules);
    case Kind::CAMPUS:
      return rules.Absent(proposal.getScenario() == schema::Scenario::CAMPUS, "details.campus") &&
             CheckCampus(details.getCampus(), rules);
    case Kind::TUITION:
      return rules.Absent(proposal.getScenario() == schema::Scenario::TUITION, "details.tuition") &&
             CheckTuition(details.getTuition(), rules);
    case Kind::TAKEOUT:
      return rules.Absent(proposal.getScenario() == schema::Scenario::TAKEOUT, "details.takeout") &&
             CheckTakeout(details.getTakeout(), rules);
  }
  return rules.Fail(Code::UNKNOWN_ENUM, "details");
}

}  // namespace longmen::codec
