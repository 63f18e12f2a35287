// Random sequences through the engine's ledger and the naive one: they never differ.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <cstdlib>

#include "tests/engine/ledger_property/twin.h"
#include "tests/support/generator/run.h"
#include "tests/support/generator/step_seeds.h"

namespace longmen::generator {
namespace {

constexpr int kStepsMax = 400;
constexpr size_t kCasesByDefault = 250;
// Below this many cases the coverage says nothing.
constexpr size_t kCasesForCoverage = 100;
constexpr std::chrono::seconds kReducingMax{60};

using Steps = std::vector<Step>;

// Feeds steps as they are; the first difference, or empty.
std::string Feed(Twin& twin, const Steps& steps) {
  for (size_t i = 0; i < steps.size(); ++i) {
    std::string fault = twin.Feed(steps[i]);
    if (fault.empty() && (i % 8 == 7 || i + 1 == steps.size())) fault = twin.CompareStates();
    if (!fault.empty()) return fault;
  }
  return "";
}

// What must hold of any state; `coin` chooses, since each is dear.
std::string Examine(Twin& twin, uint64_t coin) {
  if (coin % 64 == 0) return twin.Reload();
  if (coin % 32 == 2) {
    const std::string fault = twin.RollForward();
    twin.Snapshot();
    return fault;
  }
  if (coin % 64 == 1) return twin.CheckNextDue();
  return "";
}

std::string ExamineAtTheEnd(Twin& twin) {
  std::string fault = twin.RollForward();
  if (fault.empty()) fault = twin.Reload();
  if (fault.empty()) fault = twin.Replay();
  return fault.empty() ? twin.CheckNextDue() : fault;
}

std::string Text(const Steps& steps) {
  std::string text;
  for (const Step& step : steps) {
    text += fmt::format("at {} ({}):\n", FormatInstant(step.now), step.label);
    for (const ProposalBytes& proposal : step.group) {
      text += "  " + ToJson(ProposalReader(proposal.bytes()).get()) + "\n";
    }
  }
  return text;
}

// Leaves out as many steps as it can so that there is still a difference, whichever.
Steps Reduced(Sequence window, const Steps& set_up, Steps steps) {
  const auto until = std::chrono::steady_clock::now() + kReducingMax;
  const auto differs = [&](const Steps& some) {
    Twin twin(window);
    if (!Feed(twin, set_up).empty()) return true;
    return !Feed(twin, some).empty() || !ExamineAtTheEnd(twin).empty();
  };
  if (!differs(steps)) return steps;
  for (size_t chunk = steps.size() / 2; chunk > 0; chunk /= 2) {
    // From the back, where what led to the difference is not.
    for (size_t end = steps.size(); end > 0 && std::chrono::steady_clock::now() < until;) {
      const size_t begin = end > chunk ? end - chunk : 0;
      Steps fewer = steps;
      fewer.erase(fewer.begin() + static_cast<ptrdiff_t>(begin),
                  fewer.begin() + static_cast<ptrdiff_t>(end));
      if (differs(fewer)) steps = std::move(fewer);
      end = begin;
    }
  }
  return steps;
}

// A CHECK of the engine aborts: then this is all there is to go by.
const Steps* running = nullptr;
void TellOnAbort(int) {
  if (running != nullptr) std::cout << "aborted in:\n" << Text(*running) << std::endl;
  std::signal(SIGABRT, SIG_DFL);
}

struct Case {
  const Sequence window;
  Twin twin{window};
  Steps set_up;
  Steps steps;

  // The first difference; empty where there is none.
  std::string Run(const std::vector<uint64_t>& seeds) {
    Generator generator;
    set_up = generator.SetUp();
    running = &steps;
    std::string fault = Feed(twin, set_up);
    for (size_t i = 0; i < seeds.size() && fault.empty(); ++i) {
      steps.push_back(generator.Next(seeds[i], twin.reference().state()));
      fault = twin.Feed(steps.back());
      if (fault.empty() && i % 8 == 7) fault = twin.CompareStates();
      if (fault.empty()) fault = Examine(twin, seeds[i]);
    }
    if (fault.empty()) fault = twin.CompareStates();
    running = nullptr;
    return fault.empty() ? ExamineAtTheEnd(twin) : fault;
  }

  std::string Told(const std::string& fault) const {
    const Steps reduced = Reduced(window, set_up, steps);
    Twin again(window);
    Feed(again, set_up);
    std::string of_reduced = Feed(again, reduced);
    if (of_reduced.empty()) of_reduced = ExamineAtTheEnd(again);
    return fmt::format("{}\nwindow {}, {} steps; {} of them, after the set-up, are enough:\n{}{}",
                       fault, window, steps.size(), reduced.size(), Text(reduced), of_reduced);
  }
};

class LedgerProperty : public testing::Test {
 protected:
  // rapidcheck reads its parameters from the environment, once.
  static void SetUpTestSuite() {
    std::signal(SIGABRT, TellOnAbort);
    const std::string parameters =
        fmt::format("seed={} max_success={}", SeedOfRun(), CasesOfRun(kCasesByDefault));
    if (std::getenv("RC_PARAMS") == nullptr) setenv("RC_PARAMS", parameters.c_str(), 1);
  }
};

TEST_F(LedgerProperty, AgreesWithTheNaiveLedger) {
  Coverage coverage;
  const bool agrees = rc::check("the engine and the naive ledger agree", [&] {
    const auto seeds = *StepSeeds(kStepsMax);
    // So that all that is settled is put away at once, after a while, or never.
    Case run{*rc::gen::element<Sequence>(1, 8, 50, engine::kWindowRecords)};
    const std::string fault = run.Run(seeds);
    coverage.Add(run.twin.coverage);
    coverage.CountStates(run.twin.reference().state());
    if (!fault.empty()) RC_FAIL(run.Told(fault));
  });
  EXPECT_TRUE(agrees);
  std::cout << coverage.Print();
  if (agrees && CasesOfRun(kCasesByDefault) >= kCasesForCoverage) {
    // That every code is met is shown with a known seed (tests/support/generator/test).
    EXPECT_LE(coverage.MissingCodes().size(), 8u);
    for (const char* state :
         {"order paid", "order completed", "order declined", "order with a hold", "debit unknown",
          "refund with splits", "mandate restored whole", "mandate restored in part",
          "cycle settled", "cycle settling", "cycle aborted", "tick authorization expired",
          "tick settlement warned", "tick settlement queue settled", "tick settlement deadlocked",
          "tick settlement window ended"}) {
      EXPECT_GT(coverage.states[state], 0u) << state;
    }
  }
}

}  // namespace
}  // namespace longmen::generator
