#include "adapters/parking/parking.h"

#include <capnp/dynamic.h>

#include <utility>

#include "adapters/parking/payer_code.h"
#include "adapters/parking/steps.h"
#include "adapters/port/record_json.h"

namespace longmen::adapters {
namespace {

using namespace parking;
using Which = ParkingRecord::Step::Which;

Status CheckScan(Scan::Reader scan) {
  if (scan.hasPlateToken()) return Error{Code::UNEXPECTED_FIELD, "scan.plateToken", ""};
  if (scan.hasPayerToken()) return Error{Code::UNEXPECTED_FIELD, "scan.payerToken", ""};
  if (scan.getWallet() != schema::PayerCodeWallet::UNSTATED) {
    return Error{Code::UNEXPECTED_FIELD, "scan.wallet", ""};
  }
  RETURN_IF_ERROR(CheckPart(View(scan.getLot()), kKeyBytesMax, "scan.lot"));
  RETURN_IF_ERROR(CheckPart(View(scan.getBay()), kKeyBytesMax, "scan.bay"));
  if (BayResource(scan).size() > kKeyBytesMax) {
    return Error{Code::TOO_LONG, "scan.bay", "too long beside its lot"};
  }
  return Ok();
}

// The door keeps no payer code and no plate: a token stands for each, in the ledger and in the
// evidence.
void Tokenise(Scan::Builder scan, const Door& door) {
  const std::string code = Copy(scan.getPayerCode().asReader());
  const std::string plate = Copy(scan.getPlate().asReader());
  scan.setWallet(RoutePayerCode(code));
  scan.setPayerToken(AsData(TokenOf("payer code", code, door)));
  scan.setPlateToken(AsData(TokenOf("plate", plate, door)));
  scan.disownPayerCode();
  scan.disownPlate();
}

class Parking : public ScenarioAdapter {
 public:
  schema::Scenario scenario() const override { return schema::Scenario::PARKING; }

  Result<std::unique_ptr<Record>> Parse(std::string_view json, const Door& door) const override {
    auto record = std::make_unique<MessageRecord>();
    auto root = record->message->initRoot<ParkingRecord>();
    RETURN_IF_ERROR(ReadRecord(json, root, *record));
    RETURN_IF_ERROR(
        CheckStepKey(capnp::DynamicStruct::Reader(root.asReader().getStep()), kNumberBytesMax));
    if (root.getStep().isScan()) {
      RETURN_IF_ERROR(CheckScan(root.getStep().getScan()));
      Tokenise(root.getStep().getScan(), door);
      record->evidence = ToJson(capnp::DynamicStruct::Reader(root.asReader()));
    }
    return std::unique_ptr<Record>(std::move(record));
  }

  void Translate(const Record& record, std::string_view, const engine::LedgerView& ledger,
                 Translation& out) const override {
    const auto step = RootOf<ParkingRecord>(record).getStep();
    Step at{record.occurred_at, ledger, out};
    switch (step.which()) {
      case Which::NONE:
        break;  // Parse lets none through
      case Which::SCAN:
        return TakeScan(step.getScan(), at);
      case Which::SCAN_RESULT:
        return TakeScanResult(step.getScanResult(), at);
      case Which::REVOKE:
        return TakeRevoke(step.getRevoke(), at);
      case Which::DEPARTURE:
        return TakeDeparture(step.getDeparture(), at);
      case Which::ABANDONMENT:
        return TakeAbandonment(step.getAbandonment(), at);
      case Which::REFUND:
        return parking::TakeRefund(step.getRefund(), at);
      case Which::REFUND_RESULT:
        return TakeRefundResult(step.getRefundResult(), at);
      case Which::PAYOUT:
        return TakePayout(step.getPayout(), at);
    }
    CHECK(false, "parking.step", record.id);
  }
};

}  // namespace

std::unique_ptr<ScenarioAdapter> MakeParking() { return std::make_unique<Parking>(); }

}  // namespace longmen::adapters
