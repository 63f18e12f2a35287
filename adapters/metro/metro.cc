#include "adapters/metro/metro.h"

#include <capnp/dynamic.h>

#include <utility>

#include "adapters/metro/steps.h"
#include "adapters/port/record_json.h"

namespace longmen::adapters {
namespace metro {

schema::Proposal::Builder AddStep(Step& at, const std::string& key, schema::RideStage stage,
                                  std::string_view rider) {
  auto proposal = AddUnder(at, key);
  auto details = proposal.initDetails().initMetro();
  details.setStage(stage);
  details.setRider(std::string(rider));
  return proposal;
}

}  // namespace metro

namespace {

using namespace metro;
using Which = MetroRecord::Step::Which;

// What a record begins has no `/` in its number; what it is about may: "<trip>/right" is a trip.
bool Begins(Which step) {
  return step == Which::SIGN_UP || step == Which::TOP_UP || step == Which::WITHDRAWAL ||
         step == Which::ENTRY || step == Which::EXIT || step == Which::REPAYMENT;
}

// What moves no money says so: a price that was forgotten is no free ride.
Status CheckTicket(Ticket::Reader ticket) {
  const int64_t fare = ticket.getFareMinor();
  const int64_t pays = ticket.getPaysMinor();
  if (fare < 0) return Error{Code::AMOUNT_NOT_POSITIVE, "exit.ticket.fareMinor", ""};
  if (fare > 0 && pays == 0 && !ticket.getFree()) {
    return Error{Code::MISSING_FIELD, "exit.ticket.paysMinor", "free says that nothing is paid"};
  }
  if (pays < 0) return Error{Code::AMOUNT_NOT_POSITIVE, "exit.ticket.paysMinor", ""};
  if (pays > fare) {
    return Error{Code::AMOUNT_OUT_OF_RANGE, "exit.ticket.paysMinor", "more than the fare"};
  }
  if (pays > 0 && ticket.getFree()) return Error{Code::UNEXPECTED_FIELD, "exit.ticket.free", ""};
  return Ok();
}

class Metro : public ScenarioAdapter {
 public:
  schema::Scenario scenario() const override { return schema::Scenario::METRO; }

  Result<std::unique_ptr<Record>> Parse(std::string_view json, const Door&) const override {
    auto record = std::make_unique<MessageRecord>();
    auto root = record->message->initRoot<MetroRecord>();
    RETURN_IF_ERROR(ReadRecord(json, root, *record));
    if (root.getStep().isExit()) {
      RETURN_IF_ERROR(CheckTicket(root.asReader().getStep().getExit().getTicket()));
    }
    if (Begins(root.getStep().which())) {
      RETURN_IF_ERROR(
          CheckStepKey(capnp::DynamicStruct::Reader(root.asReader().getStep()), kNumberBytesMax));
    }
    return std::unique_ptr<Record>(std::move(record));
  }

  void Translate(const Record& record, std::string_view, const engine::LedgerView& ledger,
                 Translation& out) const override {
    const auto step = RootOf<MetroRecord>(record).getStep();
    Step at{record.occurred_at, ledger, out};
    switch (step.which()) {
      case Which::NONE:
        break;  // Parse lets none through
      case Which::SIGN_UP:
        return TakeSignUp(step.getSignUp(), at);
      case Which::BIND_CARD:
        return TakeBinding(step.getBindCard(), at);
      case Which::UNBIND_CARD:
        return TakeUnbinding(step.getUnbindCard(), at);
      case Which::MANDATE_STATUS:
        return TakeMandateStatus(step.getMandateStatus(), at);
      case Which::TOP_UP:
        return TakeTopUp(step.getTopUp(), at);
      case Which::WITHDRAWAL:
        return TakeWithdrawal(step.getWithdrawal(), at);
      case Which::ENTRY:
        return TakeEntry(step.getEntry(), at);
      case Which::EXIT:
        return TakeExit(step.getExit(), at);
      case Which::UNMATCHED:
        return TakeUnmatched(step.getUnmatched(), at);
      case Which::DEBIT_RESULT:
        return TakeDebitResult(step.getDebitResult(), at);
      case Which::REPAYMENT:
        return TakeRepayment(step.getRepayment(), at);
      case Which::WRITE_OFF:
        return TakeWriteOff(step.getWriteOff(), at);
      case Which::REFUND:
        return metro::TakeRefund(step.getRefund(), at);
      case Which::REFUND_RESULT:
        return TakeRefundResult(step.getRefundResult(), at);
      case Which::FALSE_MATCH:
        return TakeFalseMatch(step.getFalseMatch(), at);
      case Which::NOTIFIED:
        return TakeNotified(step.getNotified(), at);
    }
    CHECK(false, "metro.step", record.id);
  }
};

}  // namespace

std::unique_ptr<ScenarioAdapter> MakeMetro() { return std::make_unique<Metro>(); }

}  // namespace longmen::adapters
