// The scenarios of this build (docs/adding-a-scenario.md, section 4).
#include "adapters/b2b_gateway/b2b_gateway.h"
#include "adapters/campus/campus.h"
#include "adapters/enterprise/enterprise.h"
#include "adapters/metro/metro.h"
#include "adapters/node/node.h"
#include "adapters/parking/parking.h"
#include "adapters/takeout/takeout.h"
#include "adapters/tuition/tuition.h"
#include "adapters/tutorial/tutorial.h"
#include "adapters/virtual_card/virtual_card.h"

namespace longmen::adapters {

const std::vector<std::unique_ptr<ScenarioAdapter>>& Scenarios() {
  static const auto scenarios = [] {
    std::vector<std::unique_ptr<ScenarioAdapter>> all;
    all.push_back(MakeB2bGateway());
    all.push_back(MakeCampus());
    all.push_back(MakeEnterprise());
    all.push_back(MakeMetro());
    all.push_back(MakeParking());
    all.push_back(MakeTakeout());
    all.push_back(MakeTuition());
    all.push_back(MakeTutorial());
    all.push_back(MakeVirtualCard());
    return all;
  }();
  return scenarios;
}

const ScenarioAdapter* FindScenario(schema::Scenario scenario) {
  for (const auto& adapter : Scenarios()) {
    if (adapter->scenario() == scenario) return adapter.get();
  }
  return nullptr;
}

}  // namespace longmen::adapters
