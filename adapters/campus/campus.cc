#include "adapters/campus/campus.h"

#include <capnp/dynamic.h>

#include <utility>

#include "adapters/campus/file.h"
#include "adapters/campus/steps.h"
#include "adapters/port/record_json.h"

namespace longmen::adapters {
namespace campus {

schema::Proposal::Builder AddStep(Step& at, const std::string& key, schema::CampusStage stage,
                                  std::string_view batch) {
  auto proposal = AddUnder(at, key);
  auto details = proposal.initDetails().initCampus();
  details.setStage(stage);
  details.setBatch(std::string(batch));
  return proposal;
}

}  // namespace campus

namespace {

using namespace campus;
using Which = CampusRecord::Step::Which;

// A bill's student is not named in the ledger: a keyed token is, in the record and its evidence.
Status TakeStudent(NewBill::Builder bill, const Door& door) {
  if (bill.hasStudentToken()) return Error{Code::UNEXPECTED_FIELD, "bill.studentToken", ""};
  RETURN_IF_ERROR(CheckPart(View(bill.asReader().getBatch()), kBatchBytesMax, "bill.batch"));
  if (bill.getLine() > kLinesMax) return Error{Code::TOO_LONG, "bill.line", "too many lines"};
  const auto student = View(bill.asReader().getStudent());
  bill.setStudentToken(AsData(TokenOf("student", student, door)));
  bill.disownStudent();
  return Ok();
}

Status TakeRows(File::Builder file, const Door& door) {
  if (file.hasLines()) return Error{Code::UNEXPECTED_FIELD, "file.lines", ""};
  const uint64_t before = file.getFirstLine() == 0 ? 0 : file.getFirstLine() - 1;
  const uint64_t last = before + file.getRows().size();
  if (last > kLinesMax) return Error{Code::TOO_LONG, "file.firstLine", "too many lines"};
  return ReadRows(file, door);
}

// What a record begins has no `/` in its name; what it is about may: "<number>/s1" is a debit too.
Status CheckKey(CampusRecord::Step::Reader step) {
  const capnp::DynamicStruct::Reader dynamic(step);
  switch (step.which()) {
    case Which::BILL:
      return CheckStepKey(dynamic, kNumberBytesMax);
    case Which::FILE:
    case Which::PUBLISH:
    case Which::POSTING:
      return CheckStepKey(dynamic, kBatchBytesMax);
    default:
      return Ok();
  }
}

class Campus : public ScenarioAdapter {
 public:
  schema::Scenario scenario() const override { return schema::Scenario::CAMPUS; }

  Result<std::unique_ptr<Record>> Parse(std::string_view json, const Door& door) const override {
    auto record = std::make_unique<MessageRecord>();
    auto root = record->message->initRoot<CampusRecord>();
    RETURN_IF_ERROR(ReadRecord(json, root, *record));
    auto step = root.getStep();
    RETURN_IF_ERROR(CheckKey(step.asReader()));
    if (step.isBill()) RETURN_IF_ERROR(TakeStudent(step.getBill(), door));
    if (step.isFile()) RETURN_IF_ERROR(TakeRows(step.getFile(), door));
    if (step.isBill() || step.isFile()) {
      record->evidence = ToJson(capnp::DynamicStruct::Reader(root.asReader()));
    }
    return std::unique_ptr<Record>(std::move(record));
  }

  void Translate(const Record& record, std::string_view, const engine::LedgerView& ledger,
                 Translation& out) const override {
    const auto step = RootOf<CampusRecord>(record).getStep();
    Step at{record.occurred_at, ledger, out};
    switch (step.which()) {
      case Which::NONE:
        break;  // Parse lets none through
      case Which::BILL:
        return TakeNewBill(step.getBill(), at);
      case Which::FILE:
        return TakeFile(step.getFile(), at);
      case Which::PUBLISH:
        return TakePublish(step.getPublish(), at);
      case Which::MODIFY:
        return TakeModify(step.getModify(), at);
      case Which::VOID_BILL:
        return TakeVoid(step.getVoidBill(), at);
      case Which::REMIND:
        return TakeRemind(step.getRemind(), at);
      case Which::NOTIFIED:
        return TakeNotified(step.getNotified(), at);
      case Which::PAY:
        return TakePay(step.getPay(), at);
      case Which::PAYMENT:
        return TakePayment(step.getPayment(), at);
      case Which::REFUND:
        return campus::TakeRefund(step.getRefund(), at);
      case Which::REFUND_RESULT:
        return TakeRefundResult(step.getRefundResult(), at);
      case Which::POSTING:
        return TakePosting(step.getPosting(), at);
      case Which::REPOST:
        return TakeRepost(step.getRepost(), at);
      case Which::COST:
        return TakeCost(step.getCost(), at);
    }
    CHECK(false, "campus.step", record.id);
  }
};

}  // namespace

std::unique_ptr<ScenarioAdapter> MakeCampus() { return std::make_unique<Campus>(); }

}  // namespace longmen::adapters
