// Random sequences through the whole engine onto a disk, and the ledger opened again: the answers,
// the log, the state and every balance are what the naive ledger says.
#include <chrono>

#include "engine/sequencer/recovery.h"
#include "tests/engine/engine_crash/run.h"
#include "tests/support/test_blocks/test_blocks.h"

namespace longmen::engine {
namespace {

using testing::Script;

void ExpectBalances(const Ledger& ledger, const Script& script) {
  const auto& state = script.reference.state();
  const auto accounts = ledger.Accounts();
  EXPECT_EQ(accounts.size(), state.accounts.size());
  for (const AccountState& account : accounts) {
    EXPECT_EQ(account.balance.minor, static_cast<int64_t>(state.Balance(account.account)))
        << account.account.text();
    EXPECT_EQ(account.held.minor, static_cast<int64_t>(state.Held(account.account)))
        << account.account.text();
  }
}

class Reopened : public ::testing::Test {
 protected:
  std::unique_ptr<RocksLog> OpenLog(const std::string& directory) {
    RocksLogOptions options;
    options.directory = directory + "/ledger";
    options.write_buffer_bytes = 128u << 10;
    return RocksLog::OpenDirectory(std::move(options)).value();
  }

  // All steps at once, so that batches form; answers as the rules gave them.
  void Play(const Script& script, Engine& engine) {
    std::vector<Job> jobs;
    for (const auto& step : script.steps) jobs.push_back(std::move(ScriptJob(step)[0]));
    const auto answers = engine.SubmitAndWait(std::move(jobs));
    for (size_t i = 0; i < script.steps.size(); ++i) {
      const auto& expected = script.steps[i].answers;
      ASSERT_EQ(answers[i].size(), expected.size());
      for (size_t member = 0; member < expected.size(); ++member) {
        EXPECT_TRUE(testing::SameAnswer(answers[i][member], expected[member])) << "step " << i;
        EXPECT_TRUE(answers[i][member].kind != AnswerKind::kConflict ||
                    !answers[i][member].field.empty());
      }
    }
  }

  testing::TemporaryDirectory temporary_;
};

TEST_F(Reopened, LedgersAreWhatTheNaiveLedgerSays) {
  const uint64_t seed = testing::SeedOr(4);
  for (uint64_t i = 0; i < 12 && !HasFailure(); ++i) {
    SCOPED_TRACE(fmt::format("seed {}", seed + i));
    const Script script = testing::MakeScript(seed + i, 250);
    const std::string directory = temporary_.Sub(std::to_string(i));
    std::string digest;
    const auto look = [&](const Ledger& ledger) {
      ExpectBalances(ledger, script);
      EXPECT_TRUE(ledger.CheckInvariants().ok());
      if (digest.empty()) digest = Hex(ledger.StateDigest());
      EXPECT_EQ(Hex(ledger.StateDigest()), digest);
    };
    {
      auto log = OpenLog(directory);
      const auto history = OpenHistory(directory + "/history", *log);
      auto engine =
          Engine::Open(ScriptOptions(directory + "/snapshots", 1, history.get()), *log).value();
      ASSERT_TRUE(engine->Begin("test", 480).ok());
      Play(script, *engine);
      ASSERT_TRUE(engine->Inspect(look).ok());
    }
    auto log = OpenLog(directory);
    CheckPromises(*log, script, {script.steps.size(), script.steps.size(), script.records.size()});
    const auto history = OpenHistory(directory + "/history", *log);
    EXPECT_GT(history->mark(), 0u);
    const auto from =
        LedgerOfSnapshot(*log, directory + "/snapshots", script.records.size(), history.get());
    EXPECT_EQ(from->last_sequence(), script.records.size());
    for (const std::string& snapshots : {directory + "/snapshots", std::string()}) {
      const auto recovered = RecoverLedger(*log, snapshots, history.get());
      ASSERT_TRUE(recovered.ok()) << Describe(recovered.error());
      look(*recovered);
    }
    // And everything asked again is answered as it was, without a new record.
    auto engine =
        Engine::Open(ScriptOptions(directory + "/snapshots", 2, history.get()), *log).value();
    ASSERT_TRUE(engine->Inspect(look).ok());
    Play(script, *engine);
    EXPECT_EQ(log->AckedFrontier(), script.records.size());
  }
}

TEST_F(Reopened, AHistoryThatFailedIsOpenedAgainAndTheEngineGoesOn) {
  const Script script = testing::MakeScript(testing::SeedOr(9), 250);
  auto log = OpenLog(temporary_.path());
  const auto history = OpenHistory(temporary_.path() + "/history", *log);
  auto engine =
      Engine::Open(ScriptOptions(temporary_.path() + "/snapshots", 1, history.get()), *log).value();
  ASSERT_TRUE(engine->Begin("test", 480).ok());
  int unavailable = 0;
  for (size_t i = 0; i < script.steps.size(); ++i) {
    if (i % 60 == 50) {
      ASSERT_TRUE(engine
                      ->Inspect([&](const Ledger&) {
                        history->Fail({Code::STORAGE_FAILED, "history", "as a disk would"});
                      })
                      .ok());
    }
    Answers answers;
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    do {
      answers = engine->SubmitAndWait(ScriptJob(script.steps[i]))[0];
      unavailable += answers[0].kind == AnswerKind::kUnavailable ? 1 : 0;
    } while (answers[0].kind == AnswerKind::kUnavailable &&
             std::chrono::steady_clock::now() < until);
    for (size_t member = 0; member < answers.size(); ++member) {
      ASSERT_TRUE(testing::SameAnswer(answers[member], script.steps[i].answers[member])) << i;
    }
  }
  EXPECT_GT(unavailable, 0);
  engine.reset();
  CheckPromises(*log, script, {script.steps.size(), script.steps.size(), script.records.size()});
}

}  // namespace
}  // namespace longmen::engine
