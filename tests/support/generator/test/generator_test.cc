// The generator with the naive ledger alone: what do random sequences reach?
#include <gtest/gtest.h>

#include "tests/reference/reference_ledger.h"
#include "tests/support/generator/coverage.h"
#include "tests/support/generator/generator.h"
#include "tests/support/generator/run.h"

namespace longmen::generator {
namespace {

constexpr size_t kStepsPerCase = 400;

TEST(Generator, ReachesEveryCodeOfTheRules) {
  Coverage coverage;
  // One known seed: whether every code is met must not depend on the day.
  Random seeds(std::getenv("LONGMEN_SEED") != nullptr ? SeedOfRun() : 1);
  const size_t cases = CasesOfRun(60);
  for (size_t i = 0; i < cases; ++i) {
    reference::ReferenceLedger ledger;
    ledger.Begin(kLedgerName, kLedgerOffsetMinutes, kStart);
    Generator generator;
    for (const Step& step : generator.SetUp()) {
      const auto answers = ledger.Propose(step.group, step.now);
      for (const auto& answer : answers) {
        ASSERT_EQ(answer.kind, reference::RefKind::kAccepted)
            << step.label << " " << CodeName(answer.code) << " " << answer.field << " "
            << answer.index;
      }
    }
    for (size_t j = 0; j < kStepsPerCase; ++j) {
      const Step step = generator.Next(seeds.Next(), ledger.state());
      if (step.group.empty()) ledger.Tick(step.now);
      if (!step.group.empty()) coverage.Count(step.label, ledger.Propose(step.group, step.now));
    }
    coverage.CountStates(ledger.state());
  }
  std::cout << coverage.Print();
  EXPECT_TRUE(coverage.MissingCodes().empty());
}

TEST(Generator, GivesTheSameBytesForTheSameSeeds) {
  std::vector<ProposalBytes> runs[2];
  for (auto& run : runs) {
    reference::ReferenceLedger ledger;
    ledger.Begin(kLedgerName, kLedgerOffsetMinutes, kStart);
    Generator generator;
    for (const Step& step : generator.SetUp()) ledger.Propose(step.group, step.now);
    Random seeds(7);
    for (int i = 0; i < 100; ++i) {
      const Step step = generator.Next(seeds.Next(), ledger.state());
      run.insert(run.end(), step.group.begin(), step.group.end());
      ledger.Propose(step.group, step.now);
    }
  }
  EXPECT_EQ(runs[0], runs[1]);
}

}  // namespace
}  // namespace longmen::generator
