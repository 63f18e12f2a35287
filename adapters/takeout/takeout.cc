#include "adapters/takeout/takeout.h"

#include <capnp/dynamic.h>

#include <utility>

#include "adapters/port/record_json.h"
#include "adapters/takeout/steps.h"
#include "events/codec/shape_rules.h"

namespace longmen::adapters {
namespace takeout {

schema::Proposal::Builder AddStep(Step& at, const std::string& key, schema::TakeoutStage stage) {
  auto proposal = AddUnder(at, key);
  proposal.initDetails().initTakeout().setStage(stage);
  return proposal;
}

}  // namespace takeout

namespace {

using namespace takeout;
using Which = TakeoutRecord::Step::Which;

// What the schema cannot say: a part of a price is an amount, or nothing.
Status CheckPlace(Place::Reader place) {
  const auto check = [](int64_t minor, const std::string& field) -> Status {
    if (minor >= 0 && minor <= codec::kAmountMax) return Ok();
    return Error{Code::AMOUNT_OUT_OF_RANGE, "place." + field, "it is no amount"};
  };
  RETURN_IF_ERROR(check(place.getPackingMinor(), "packingMinor"));
  RETURN_IF_ERROR(check(place.getDeliveryMinor(), "deliveryMinor"));
  RETURN_IF_ERROR(check(place.getMembershipMinor(), "membershipMinor"));
  RETURN_IF_ERROR(check(place.getCommissionMinor(), "commissionMinor"));
  const auto items = place.getItems();
  for (unsigned i = 0; i < items.size(); ++i) {
    RETURN_IF_ERROR(check(items[i].getMinor(), "items[" + std::to_string(i) + "].minor"));
  }
  const auto discounts = place.getDiscounts();
  if (discounts.size() > kFundersMax) {
    return Error{Code::TOO_LONG, "place.discounts", "too many discounts"};
  }
  for (unsigned i = 0; i < discounts.size(); ++i) {
    RETURN_IF_ERROR(check(discounts[i].getMinor(), "discounts[" + std::to_string(i) + "].minor"));
  }
  return Ok();
}

// What a meal comes to by itself, without money.
Status CheckProgress(Progress::Reader progress) {
  const auto stage = progress.getStage();
  if (stage >= schema::TakeoutStage::PREPARED && stage <= schema::TakeoutStage::COMPLETED) {
    return Ok();
  }
  return Error{Code::UNEXPECTED_FIELD, "progress.stage", "another step says so"};
}

class Takeout : public ScenarioAdapter {
 public:
  schema::Scenario scenario() const override { return schema::Scenario::TAKEOUT; }

  Result<std::unique_ptr<Record>> Parse(std::string_view json, const Door&) const override {
    auto record = std::make_unique<MessageRecord>();
    auto root = record->message->initRoot<TakeoutRecord>();
    RETURN_IF_ERROR(ReadRecord(json, root, *record));
    RETURN_IF_ERROR(
        CheckStepKey(capnp::DynamicStruct::Reader(root.asReader().getStep()), kNumberBytesMax));
    if (root.getStep().isPlace()) {
      RETURN_IF_ERROR(CheckPlace(root.asReader().getStep().getPlace()));
    }
    if (root.getStep().isProgress()) {
      RETURN_IF_ERROR(CheckProgress(root.asReader().getStep().getProgress()));
    }
    return std::unique_ptr<Record>(std::move(record));
  }

  void Translate(const Record& record, std::string_view, const engine::LedgerView& ledger,
                 Translation& out) const override {
    const auto step = RootOf<TakeoutRecord>(record).getStep();
    Step at{record.occurred_at, ledger, out};
    switch (step.which()) {
      case Which::NONE:
        break;  // Parse lets none through
      case Which::PLACE:
        return TakePlace(step.getPlace(), at);
      case Which::PAYMENT:
        return TakePayment(step.getPayment(), at);
      case Which::ACCEPT:
        return TakeAccept(step.getAccept(), at);
      case Which::REJECT:
        return TakeReject(step.getReject(), at);
      case Which::PROGRESS:
        return TakeProgress(step.getProgress(), at);
      case Which::REFUND:
        return takeout::TakeRefund(step.getRefund(), at);
      case Which::REFUND_RESULT:
        return TakeRefundResult(step.getRefundResult(), at);
      case Which::PAYOUT:
        return TakePayout(step.getPayout(), at);
    }
    CHECK(false, "takeout.step", record.id);
  }
};

}  // namespace

std::unique_ptr<ScenarioAdapter> MakeTakeout() { return std::make_unique<Takeout>(); }

}  // namespace longmen::adapters
