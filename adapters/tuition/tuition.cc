#include "adapters/tuition/tuition.h"

#include <capnp/dynamic.h>

#include <utility>

#include "adapters/port/record_json.h"
#include "adapters/tuition/steps.h"

namespace longmen::adapters {
namespace tuition {

std::optional<OrderState> FindOrder(const Step& at, const std::string& key) {
  return at.ledger.FindOrder(at.out.scenario(), key);
}

std::optional<MovementState> PaidBy(const Step& at, const std::string& key) {
  for (MovementState& movement : at.ledger.MovementsOf(at.out.scenario(), key)) {
    const bool debit = movement.kind == MovementKind::kDebit;
    if (debit && movement.outcome == schema::Outcome::SUCCEEDED) return std::move(movement);
  }
  return std::nullopt;
}

schema::Proposal::Builder AddStep(Step& at, const std::string& key, schema::TuitionStage stage) {
  auto proposal = AddUnder(at, key);
  proposal.initDetails().initTuition().setStage(stage);
  return proposal;
}

}  // namespace tuition

namespace {

using namespace tuition;
using Which = TuitionRecord::Step::Which;

Status CheckRate(schema::Rate::Reader rate, const char* field) {
  return rate.getMantissa() > 0 ? Ok()
                                : Status(Error{Code::MISSING_FIELD, field, "at which rate?"});
}

Status CheckDocuments(Documents::Reader documents) {
  const auto verdict = documents.getVerdict();
  const bool granted = verdict == schema::AuthorizationAction::GRANTED;
  if (!granted && verdict != schema::AuthorizationAction::DECLINED) {
    return Error{Code::UNEXPECTED_FIELD, "documents.verdict", "granted or declined"};
  }
  if (granted && documents.getDocuments().size() == 0) {
    return Error{Code::MISSING_FIELD, "documents.documents", "what was seen?"};
  }
  return Ok();
}

// What the record's schema cannot say.
Status CheckStep(TuitionRecord::Step::Reader step) {
  switch (step.which()) {
    case Which::QUOTE:
      if (step.getQuote().hasStudentToken()) {
        return Error{Code::UNEXPECTED_FIELD, "quote.studentToken", ""};
      }
      return CheckRate(step.getQuote().getRate(), "quote.rate");
    case Which::DOCUMENTS:
      return CheckDocuments(step.getDocuments());
    case Which::PAY: {
      const auto pay = step.getPay();
      const bool charged = pay.getCharge().getMinor() != 0 || pay.getCable().getMinor() != 0;
      if (charged && !pay.hasFeeAccount()) {
        return Error{Code::MISSING_FIELD, "pay.feeAccount", "where do the charges go?"};
      }
      return CheckRate(pay.getRate(), "pay.rate");
    }
    case Which::EXCHANGE:
      return CheckRate(step.getExchange().getRate(), "exchange.rate");
    case Which::REFUND:
      return CheckRate(step.getRefund().getRate(), "refund.rate");
    default:
      return Ok();
  }
}

// The door keeps no student's name: a token stands for it, in the ledger and in the evidence.
void Tokenise(Quote::Builder quote, const Door& door) {
  const auto student = View(quote.getStudent().asReader());
  quote.setStudentToken(AsData(TokenOf("student", student, door)));
  quote.disownStudent();
}

class Tuition : public ScenarioAdapter {
 public:
  schema::Scenario scenario() const override { return schema::Scenario::TUITION; }

  Result<std::unique_ptr<Record>> Parse(std::string_view json, const Door& door) const override {
    auto record = std::make_unique<MessageRecord>();
    auto root = record->message->initRoot<TuitionRecord>();
    RETURN_IF_ERROR(ReadRecord(json, root, *record));
    RETURN_IF_ERROR(
        CheckStepKey(capnp::DynamicStruct::Reader(root.asReader().getStep()), kNumberBytesMax));
    RETURN_IF_ERROR(CheckStep(root.asReader().getStep()));
    if (root.getStep().isQuote()) {
      Tokenise(root.getStep().getQuote(), door);
      record->evidence = ToJson(capnp::DynamicStruct::Reader(root.asReader()));
    }
    return std::unique_ptr<Record>(std::move(record));
  }

  void Translate(const Record& record, std::string_view, const engine::LedgerView& ledger,
                 Translation& out) const override {
    const auto step = RootOf<TuitionRecord>(record).getStep();
    Step at{record.occurred_at, ledger, out};
    switch (step.which()) {
      case Which::NONE:
        break;  // Parse lets none through
      case Which::QUOTE:
        return TakeQuote(step.getQuote(), at);
      case Which::DOCUMENTS:
        return TakeDocuments(step.getDocuments(), at);
      case Which::QUOTA:
        return TakeQuota(step.getQuota(), at);
      case Which::PAY:
        return TakePay(step.getPay(), at);
      case Which::EXCHANGE:
        return TakeExchange(step.getExchange(), at);
      case Which::SEND:
        return TakeSend(step.getSend(), at);
      case Which::CREDITED:
        return TakeCredited(step.getCredited(), at);
      case Which::RETURNED:
        return TakeReturned(step.getReturned(), at);
      case Which::REFUND:
        return tuition::TakeRefund(step.getRefund(), at);
    }
    CHECK(false, "tuition.step", record.id);
  }
};

}  // namespace

std::unique_ptr<ScenarioAdapter> MakeTuition() { return std::make_unique<Tuition>(); }

}  // namespace longmen::adapters
