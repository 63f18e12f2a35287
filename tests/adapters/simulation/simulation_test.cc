// The simulated day by itself: the same from the same seed, whole at any scale, and its own books
// add up before any ledger has seen it.
#include "adapters/simulation/simulation.h"

#include <gtest/gtest.h>

#include <set>

namespace longmen::adapters::simulation {
namespace {

std::string Joined(const Day& day) {
  std::string text;
  for (const Sent& sent : day.events) text += sent.json + "\n";
  return text + ExpectedJson(day);
}

TEST(Simulation, IsTheSameFromTheSameSeedAndAnotherFromAnother) {
  const SimulationOptions options{.seed = 7, .scale = 0.02};
  EXPECT_EQ(Joined(Simulate(options)), Joined(Simulate(options)));
  EXPECT_NE(Joined(Simulate(options)), Joined(Simulate({.seed = 8, .scale = 0.02})));
}

TEST(Simulation, ANamedScenarioIsThatPartOfTheWholeDay) {
  const Day all = Simulate({.seed = 7, .scale = 0.02});
  const Day metro = Simulate({.seed = 7, .scale = 0.02, .feeds = {Feed::kMetro}});
  std::vector<std::string> of_all;
  std::vector<std::string> alone;
  for (const Sent& sent : all.events) {
    if (sent.feed == Feed::kMetro) of_all.push_back(sent.json);
  }
  for (const Sent& sent : metro.events) alone.push_back(sent.json);
  EXPECT_EQ(of_all, alone);
  EXPECT_EQ(metro.expected.lines.begin()->first.scenario, "metro");
}

TEST(Simulation, GrowsWithItsScale) {
  const auto events = [](double scale) {
    return static_cast<double>(Simulate({.seed = 7, .scale = scale}).events.size());
  };
  EXPECT_NEAR(events(0.2) / events(0.1), 2, 0.2);
}

TEST(Simulation, HasEveryProblemAtAnyScale) {
  std::set<std::string> small;
  for (const auto& [code, count] : Simulate({.seed = 7, .scale = 0.001}).expected.refused) {
    small.insert(code);
  }
  for (const auto& [code, count] : Simulate({.seed = 7}).expected.refused) {
    EXPECT_TRUE(small.contains(code)) << code;
  }
}

// What one bank sends another receives, and every item of a cycle is a line of the reconciliation.
TEST(Simulation, ItsOwnBooksAddUp) {
  const Day day = Simulate({.seed = 7, .scale = 0.1});
  int64_t items = 0;
  int64_t sent = 0;
  for (const auto& [cycle, flows] : day.expected.cycles) {
    int64_t net = 0;
    for (const auto& [participant, flow] : flows) {
      net += flow.net();
      items += flow.out_count;
      sent += flow.out;
    }
    EXPECT_EQ(net, 0) << cycle;
  }
  for (const auto& [kind, tally] : day.expected.lines) {
    if (kind.payer_bank == kind.payee_bank) continue;
    items -= tally.count;
    sent -= tally.minor;
  }
  EXPECT_EQ(items, 0);
  EXPECT_EQ(sent, 0);
}

}  // namespace
}  // namespace longmen::adapters::simulation
