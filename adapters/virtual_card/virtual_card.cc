#include "adapters/virtual_card/virtual_card.h"

#include <capnp/dynamic.h>

#include <utility>

#include "adapters/port/record_json.h"
#include "adapters/virtual_card/steps.h"
#include "events/codec/shape_rules.h"

namespace longmen::adapters {
namespace virtual_card {

std::optional<engine::MandateState> FindCard(capnp::Text::Reader card, const std::string& field,
                                             const std::string& key, Step& at) {
  auto mandate = at.ledger.FindMandate(View(card));
  if (!mandate) at.out.Refuse(Code::UNKNOWN_MANDATE, field, key);
  return mandate;
}

std::optional<OrderState> FindAuthorized(capnp::Text::Reader number, const std::string& field,
                                         Step& at) {
  auto order = at.ledger.FindOrder(schema::Scenario::VIRTUAL_CARD, View(number));
  if (!order) at.out.Refuse(Code::UNKNOWN_ORDER, field, Copy(number));
  return order;
}

schema::Proposal::Builder AddStep(Step& at, const std::string& key, schema::VirtualCardStage stage,
                                  const std::string& card) {
  auto proposal = AddUnder(at, key);
  auto details = proposal.initDetails().initVirtualCard();
  details.setStage(stage);
  if (!card.empty()) details.setCard(card);
  return proposal;
}

}  // namespace virtual_card

namespace {

using namespace virtual_card;
using capnp::DynamicStruct;
using Which = CardRecord::Step::Which;

// A mandate's name.
constexpr size_t kTokenBytesMax = 35;

bool IsOfCard(Which step) {
  return step == Which::REQUEST || step == Which::APPROVAL || step == Which::REJECTION ||
         step == Which::CONTROLS || step == Which::STATUS;
}

// A number in the place of a token, or of anything else, would be kept as evidence even where the
// ledger refuses the record.
Status CheckNoNumber(capnp::Text::Reader text, const std::string& field) {
  if (ContainsCardNumber(View(text))) return Error{Code::CARD_NUMBER, field, "cards have tokens"};
  return Ok();
}

Status CheckNoNumbers(DynamicStruct::Reader of, const std::string& path) {
  for (auto field : of.getSchema().getFields()) {
    const std::string at = path + "." + field.getProto().getName().cStr();
    if (field.getType().isText()) {
      RETURN_IF_ERROR(CheckNoNumber(of.get(field).as<capnp::Text>(), at));
    } else if (field.getType().isList() && field.getType().asList().getElementType().isText()) {
      const auto list = of.get(field).as<capnp::DynamicList>();
      for (unsigned i = 0; i < list.size(); ++i) {
        RETURN_IF_ERROR(
            CheckNoNumber(list[i].as<capnp::Text>(), at + "[" + std::to_string(i) + "]"));
      }
    }
  }
  return Ok();
}

template <typename Reader>
Status CheckControls(Reader record, const std::string& step) {
  codec::ShapeRules rules;
  const std::string single = step + ".singleMinor";
  const std::string total = step + ".totalMinor";
  const std::string daily = step + ".dailyMinor";
  const bool ok = rules.NotNegative(record.getSingleMinor(), single.c_str()) &&
                  rules.NotNegative(record.getTotalMinor(), total.c_str()) &&
                  rules.NotNegative(record.getDailyMinor(), daily.c_str());
  if (!ok) return rules.error();
  return Ok();
}

Status CheckStep(CardRecord::Step::Reader step) {
  if (step.isRequest()) return CheckControls(step.getRequest(), "request");
  if (step.isControls()) return CheckControls(step.getControls(), "controls");
  return Ok();
}

class VirtualCard : public ScenarioAdapter {
 public:
  schema::Scenario scenario() const override { return schema::Scenario::VIRTUAL_CARD; }

  Result<std::unique_ptr<Record>> Parse(std::string_view json, const Door&) const override {
    auto record = std::make_unique<MessageRecord>();
    auto root = record->message->initRoot<CardRecord>();
    RETURN_IF_ERROR(ReadRecord(json, root, *record));
    RETURN_IF_ERROR(CheckNoNumber(root.asReader().getId(), "id"));
    const DynamicStruct::Reader steps(root.asReader().getStep());
    KJ_IF_MAYBE (step, steps.which()) {
      RETURN_IF_ERROR(
          CheckNoNumbers(steps.get(*step).as<DynamicStruct>(), step->getProto().getName().cStr()));
    }
    if (IsOfCard(root.getStep().which())) RETURN_IF_ERROR(CheckStepKey(steps, kTokenBytesMax));
    RETURN_IF_ERROR(CheckStep(root.asReader().getStep()));
    return std::unique_ptr<Record>(std::move(record));
  }

  void Translate(const Record& record, std::string_view, const engine::LedgerView& ledger,
                 Translation& out) const override {
    const auto step = RootOf<CardRecord>(record).getStep();
    Step at{record.occurred_at, ledger, out};
    switch (step.which()) {
      case Which::NONE:
        break;  // Parse lets none through
      case Which::REQUEST:
        return TakeRequest(step.getRequest(), at);
      case Which::APPROVAL:
        return TakeApproval(step.getApproval(), at);
      case Which::REJECTION:
        return TakeRejection(step.getRejection(), at);
      case Which::CONTROLS:
        return TakeControls(step.getControls(), at);
      case Which::STATUS:
        return TakeStatus(step.getStatus(), at);
      case Which::AUTHORIZATION:
        return TakeAuthorization(step.getAuthorization(), at);
      case Which::CAPTURE:
        return TakeCapture(step.getCapture(), at);
      case Which::FORCED:
        return TakeForced(step.getForced(), at);
      case Which::REVERSAL:
        return TakeReversal(step.getReversal(), at);
      case Which::REFUND:
        return virtual_card::TakeRefund(step.getRefund(), at);
      case Which::NOTIFIED:
        return TakeNotified(step.getNotified(), at);
    }
    CHECK(false, "virtual_card.step", record.id);
  }
};

}  // namespace

std::unique_ptr<ScenarioAdapter> MakeVirtualCard() { return std::make_unique<VirtualCard>(); }

}  // namespace longmen::adapters
