// What a risk policy asks for, rule by rule.
#include "engine/ledger/risk.h"

#include <capnp/message.h>
#include <gtest/gtest.h>

namespace longmen::engine {
namespace {

using Method = schema::AuthorizationMethod;

RiskPolicy Policy() {
  capnp::MallocMessageBuilder message;
  auto registered = message.initRoot<schema::RiskPolicy>();
  auto rules = registered.initRules(7);
  const auto points = [&rules](unsigned i, const char* name, uint16_t given) {
    rules[i].setName(name);
    rules[i].setPoints(given);
    return rules[i];
  };
  points(0, "amount", 1).setAboveMinor(1'000);
  points(1, "often", 2).setCountAtLeast(3);
  auto night = points(2, "night", 4);
  night.setFromMinute(22 * 60);
  night.setToMinute(6 * 60);
  points(3, "device", 8).setNewDevice(true);
  points(4, "counterparty", 16).setNewCounterparty(true);
  points(5, "place", 32).setNewPlace(true);
  auto both = points(6, "network at noon", 64);
  both.setNewNetwork(true);
  both.setFromMinute(12 * 60);
  both.setToMinute(13 * 60);
  auto steps = registered.initSteps(3);
  steps[0].setFromPoints(8);
  steps[0].setMethod(Method::ONE_TIME_CODE);
  steps[1].setFromPoints(32);
  steps[1].setMethod(Method::FACE);
  steps[2].setFromPoints(64);
  steps[2].setMethod(Method::MANUAL);
  return RiskPolicy(registered.asReader());
}

constexpr RiskFactors kUsual{.minor = 1'000, .count = 2, .minute = 10 * 60};

RiskFactors With(void (*change)(RiskFactors&)) {
  RiskFactors factors = kUsual;
  change(factors);
  return factors;
}

TEST(RiskPolicy, AddsThePointsOfEveryRuleThatHolds) {
  const RiskPolicy policy = Policy();
  EXPECT_EQ(policy.PointsOf(kUsual), 0);
  EXPECT_EQ(policy.PointsOf(With([](auto& f) { f.minor = 1'001; })), 1);
  EXPECT_EQ(policy.PointsOf(With([](auto& f) { f.count = 3; })), 2);
  EXPECT_EQ(policy.PointsOf(With([](auto& f) { f.new_device = true; })), 8);
  EXPECT_EQ(policy.PointsOf(With([](auto& f) { f.new_counterparty = true; })), 16);
  EXPECT_EQ(policy.PointsOf(With([](auto& f) { f.new_place = true; })), 32);
  EXPECT_EQ(policy.PointsOf(With([](auto& f) {
    f.minor = 5'000;
    f.new_device = true;
    f.minute = 23 * 60;
  })),
            13);
}

TEST(RiskPolicy, RulesOfATimeOfDayMayPassMidnight) {
  const RiskPolicy policy = Policy();
  const auto at = [&policy](int16_t minute) {
    RiskFactors factors = kUsual;
    factors.minute = minute;
    return policy.PointsOf(factors);
  };
  EXPECT_EQ(at(22 * 60 - 1), 0);
  EXPECT_EQ(at(22 * 60), 4);
  EXPECT_EQ(at(0), 4);
  EXPECT_EQ(at(6 * 60 - 1), 4);
  EXPECT_EQ(at(6 * 60), 0);
}

TEST(RiskPolicy, RulesHoldWhereAllTheirConditionsDo) {
  const RiskPolicy policy = Policy();
  EXPECT_EQ(policy.PointsOf(With([](auto& f) { f.new_network = true; })), 0);
  EXPECT_EQ(policy.PointsOf(With([](auto& f) { f.minute = 12 * 60; })), 0);
  EXPECT_EQ(policy.PointsOf(With([](auto& f) {
    f.new_network = true;
    f.minute = 12 * 60;
  })),
            64);
}

TEST(RiskPolicy, AsksForTheStepOfItsPoints) {
  const RiskPolicy policy = Policy();
  const std::pair<uint16_t, Method> kVectors[] = {
      {0, Method::UNSTATED},       {7, Method::UNSTATED},   {8, Method::ONE_TIME_CODE},
      {31, Method::ONE_TIME_CODE}, {32, Method::FACE},      {63, Method::FACE},
      {64, Method::MANUAL},        {65'535, Method::MANUAL}};
  for (const auto& [points, method] : kVectors) EXPECT_EQ(policy.StepAt(points), method) << points;
}

TEST(RiskPolicy, PointsStayInTheirRecord) {
  RiskPolicy policy;
  policy.rules.resize(3);
  for (RiskRule& rule : policy.rules) rule.points = 40'000;
  EXPECT_EQ(policy.PointsOf(kUsual), 65'535);
}

}  // namespace
}  // namespace longmen::engine
