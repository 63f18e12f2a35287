#include "tests/adapters/script_runner/scenarios.h"

#include <capnp/dynamic.h>
#include <capnp/message.h>

#include "adapters/b2b_gateway/b2b_gateway.h"
#include "adapters/b2b_gateway/record.capnp.h"
#include "adapters/campus/campus.h"
#include "adapters/campus/record.capnp.h"
#include "adapters/enterprise/enterprise.h"
#include "adapters/enterprise/record.capnp.h"
#include "adapters/metro/metro.h"
#include "adapters/metro/record.capnp.h"
#include "adapters/parking/parking.h"
#include "adapters/parking/record.capnp.h"
#include "adapters/takeout/record.capnp.h"
#include "adapters/takeout/takeout.h"
#include "adapters/tuition/record.capnp.h"
#include "adapters/tuition/tuition.h"
#include "adapters/tutorial/record.capnp.h"
#include "adapters/tutorial/tutorial.h"
#include "adapters/virtual_card/record.capnp.h"
#include "adapters/virtual_card/virtual_card.h"
#include "tests/adapters/script_runner/fill.h"

namespace longmen::script {

using capnp::DynamicStruct;

Status ScenarioWords::Choose(const std::string& name) {
  if (name == "parking") {
    adapter_ = adapters::MakeParking();
    record_ = capnp::Schema::from<adapters::parking::ParkingRecord>();
  } else if (name == "b2b_gateway") {
    adapter_ = adapters::MakeB2bGateway();
    record_ = capnp::Schema::from<adapters::b2b_gateway::GatewayRecord>();
  } else if (name == "campus") {
    adapter_ = adapters::MakeCampus();
    record_ = capnp::Schema::from<adapters::campus::CampusRecord>();
  } else if (name == "enterprise") {
    adapter_ = adapters::MakeEnterprise();
    record_ = capnp::Schema::from<adapters::enterprise::EnterpriseRecord>();
  } else if (name == "metro") {
    adapter_ = adapters::MakeMetro();
    record_ = capnp::Schema::from<adapters::metro::MetroRecord>();
  } else if (name == "takeout") {
    adapter_ = adapters::MakeTakeout();
    record_ = capnp::Schema::from<adapters::takeout::TakeoutRecord>();
  } else if (name == "tuition") {
    adapter_ = adapters::MakeTuition();
    record_ = capnp::Schema::from<adapters::tuition::TuitionRecord>();
  } else if (name == "tutorial") {
    adapter_ = adapters::MakeTutorial();
    record_ = capnp::Schema::from<adapters::tutorial::SaleRecord>();
  } else if (name == "virtual_card") {
    adapter_ = adapters::MakeVirtualCard();
    record_ = capnp::Schema::from<adapters::virtual_card::CardRecord>();
  } else {
    return Error{Code::USAGE, "", "no such scenario: " + name};
  }
  return Ok();
}

Result<std::string> ScenarioWords::RecordJson(const std::vector<std::string>& words,
                                              const std::vector<std::string>& defaults,
                                              const std::string& id, Nanos occurred_at,
                                              const std::string& date) const {
  if (adapter_ == nullptr) return Error{Code::USAGE, "", "no such word: " + words[0]};
  capnp::MallocMessageBuilder message;
  auto root = message.initRoot<DynamicStruct>(record_);
  root.set("id", id.c_str());
  root.set("occurredAt", occurred_at);
  auto steps = root.get("step").as<DynamicStruct>();
  for (auto member : steps.getSchema().getUnionFields()) {
    if (!member.getType().isStruct() || SnakeCase(member.getProto().getName().cStr()) != words[0]) {
      continue;
    }
    auto step = steps.init(member).as<DynamicStruct>();
    step.set(step.getSchema().getFields()[0], words[1].c_str());
    RETURN_IF_ERROR(FillPairs(step, defaults, 0, date));
    RETURN_IF_ERROR(FillPairs(step, words, 2, date));
    return ToJson(root.asReader());
  }
  return Error{Code::USAGE, "", "no such word: " + words[0]};
}

}  // namespace longmen::script
