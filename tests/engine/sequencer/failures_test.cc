// What the engine says and does when the log does not do what it should, and at its end.
#include "tests/support/engine_rig/rig.h"

namespace longmen::engine {
namespace {

using Overload = EngineRig;
using Stopping = EngineRig;
using FailedAppend = EngineRig;

// A job that keeps the sequencer busy until `go` is set.
Job Blocking(std::shared_future<void> go, std::promise<void>& begun) {
  Job job;
  job.decide = [go, &begun](Ledger&, Nanos) {
    begun.set_value();
    go.wait();
    Decided decided;
    decided.answers.push_back({.kind = AnswerKind::kAccepted});
    return decided;
  };
  return job;
}

TEST_F(Overload, IsAnsweredAndTheRestIsDone) {
  auto options = Options();
  options.queue_jobs_max = 4;
  Begin(std::move(options));
  std::promise<void> go;
  std::promise<void> begun;
  std::vector<Job> blocking;
  blocking.push_back(Blocking(go.get_future().share(), begun));
  auto blocked = SubmitLater(*engine_, std::move(blocking));
  begun.get_future().wait();
  std::vector<std::future<PerJob>> taken;
  for (int i = 0; i < 4; ++i) {
    const std::string name = "p" + std::to_string(i);
    taken.push_back(SubmitLater(*engine_, JobOf({Participant(name, name)})));
  }
  auto beyond = SubmitLater(*engine_, JobOf({Participant("x", "X"), Participant("y", "Y")}));
  ASSERT_TRUE(IsReady(beyond)) << "it is told at once";
  const PerJob answers = beyond.get();
  ASSERT_EQ(answers[0].size(), 2u);
  EXPECT_EQ(answers[0][1], (Answer{AnswerKind::kUnavailable, 0, Code::OVERLOADED}));
  go.set_value();
  for (auto& one : taken) EXPECT_EQ(one.get()[0][0].kind, AnswerKind::kAccepted);
  EXPECT_EQ(Ask({Participant("x", "X")})[0].kind, AnswerKind::kAccepted) << "there is room again";
}

TEST_F(Stopping, AnswersAllThatWasAcceptedAndRefusesTheRest) {
  Begin();
  log_.Shut();
  std::vector<std::future<PerJob>> taken;
  for (int i = 0; i < 200; ++i) {
    const std::string name = "p" + std::to_string(i);
    taken.push_back(SubmitLater(*engine_, JobOf({Participant(name, name)})));
  }
  log_.AwaitAppend();
  auto stop = std::async(std::launch::async, [this] { engine_->Stop(); });
  // What is still taken belongs to those that are answered.
  for (int i = 0;; ++i) {
    const std::string name = "late" + std::to_string(i);
    auto late = SubmitLater(*engine_, JobOf({Participant(name, name)}));
    if (IsReady(late)) {
      EXPECT_EQ(late.get()[0][0], (Answer{AnswerKind::kUnavailable, 0, Code::STOPPING}));
      break;
    }
    taken.push_back(std::move(late));
  }
  log_.Open();
  stop.get();
  for (auto& one : taken) EXPECT_EQ(one.get()[0][0].kind, AnswerKind::kAccepted);
  EXPECT_EQ(Ask({Participant("x", "X")})[0], (Answer{AnswerKind::kUnavailable, 0, Code::STOPPING}));
  const Status read = engine_->Read([](const LedgerView&) { FAIL() << "nobody reads any more"; });
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().code, Code::STOPPING);
  EXPECT_EQ(log_.AckedFrontier(), Heard().size());
}

TEST_F(Stopping, MayBeAskedForByMany) {
  Begin();
  log_.Shut();
  auto last = SubmitLater(*engine_, JobOf({Participant("a", "A")}));
  log_.AwaitAppend();
  std::vector<std::future<bool>> stops;
  for (int i = 0; i < 3; ++i) {
    stops.push_back(std::async(std::launch::async, [&] {
      engine_->Stop();
      return IsReady(last);
    }));
  }
  EXPECT_EQ(stops[2].wait_for(std::chrono::milliseconds(20)), std::future_status::timeout);
  log_.Open();
  for (auto& stop : stops) EXPECT_TRUE(stop.get()) << "it returned before the engine had stopped";
}

struct Failure {
  AppendOutcome outcome;
  bool stored;
  Code code;
};

class FailedAppendOf : public EngineRig, public ::testing::WithParamInterface<Failure> {};

TEST_P(FailedAppendOf, IsUnavailableAndTheLedgerGoesOnFromTheLog) {
  const Failure failure = GetParam();
  Begin();
  for (int round = 0; round < 3; ++round) {
    const std::string id = std::to_string(round);
    log_.Shut();
    log_.log.FailNextAppend(failure.outcome, failure.stored);
    auto first = SubmitLater(*engine_, JobOf({Participant("a" + id, "A" + id)}));
    log_.AwaitAppend();
    // Decided on a state that will not come to be, or may: nothing is promised either.
    auto behind = SubmitLater(*engine_, JobOf({Participant("b" + id, "B" + id)}));
    auto refused = SubmitLater(*engine_, JobOf({HomelessAccount("c" + id, "C" + id)}));
    log_.Open();
    EXPECT_EQ(first.get()[0][0], (Answer{AnswerKind::kUnavailable, 0, failure.code}));
    for (auto* later : {&behind, &refused}) {
      // Either swept away with the failed block, or asked after the ledger was rebuilt.
      const Answer answer = later->get()[0][0];
      if (answer.kind == AnswerKind::kUnavailable) {
        EXPECT_EQ(answer.code, failure.code);
      }
    }
    const Answer again = AskUntilDefinite({Participant("a" + id, "A" + id)})[0];
    EXPECT_EQ(again.kind, failure.stored ? AnswerKind::kDuplicate : AnswerKind::kAccepted);
    AskUntilDefinite({Participant("b" + id, "B" + id)});
    EXPECT_EQ(AskUntilDefinite({HomelessAccount("c" + id, "C" + id)})[0].kind,
              AnswerKind::kRefused);
    ExpectSoundAndAnnounced();
  }
  EXPECT_EQ(log_.AckedFrontier(), 2u + 3 * 3);
}

// Nobody needs to ask for it: what turned out stored reaches the listeners all the same.
TEST_P(FailedAppendOf, IsResolvedWithoutBeingAsked) {
  const Failure failure = GetParam();
  Begin();
  log_.log.FailNextAppend(failure.outcome, failure.stored);
  EXPECT_EQ(Ask({Participant("a", "A")})[0].kind, AnswerKind::kUnavailable);
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (failure.stored && Heard().size() < 3 && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_EQ(Heard().size(), failure.stored ? 3u : 2u);
}

TEST_P(FailedAppendOf, FailsReadsOfWhatIsNotDurable) {
  const Failure failure = GetParam();
  Begin();
  log_.Shut();
  log_.log.FailNextAppend(failure.outcome, failure.stored);
  auto first = SubmitLater(*engine_, JobOf({Participant("a", "A")}));
  log_.AwaitAppend();
  std::promise<void> looked;
  auto read = std::async(std::launch::async, [&] {
    return engine_->Read([&](const LedgerView& ledger) {
      EXPECT_TRUE(ledger.HasParticipant("A"));
      looked.set_value();
    });
  });
  looked.get_future().wait();
  log_.Open();
  const Status status = read.get();
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, failure.code);
}

INSTANTIATE_TEST_SUITE_P(
    Outcomes, FailedAppendOf,
    ::testing::Values(Failure{AppendOutcome::kUnknown, false, Code::STORAGE_FAILED},
                      Failure{AppendOutcome::kUnknown, true, Code::STORAGE_FAILED},
                      Failure{AppendOutcome::kFull, false, Code::STORAGE_FULL}));

TEST_F(FailedAppend, OfAFencedEngineIsTheLast) {
  Begin();
  ASSERT_EQ(Ask({Participant("a", "A")})[0].kind, AnswerKind::kAccepted);
  ASSERT_TRUE(log_.log.Open(2).ok());  // somebody else took over
  const Answer fenced{AnswerKind::kUnavailable, 0, Code::FENCED};
  EXPECT_EQ(Ask({Participant("b", "B")})[0], fenced);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(Ask({Participant("b", "B")})[0], fenced);
    EXPECT_EQ(engine_->Read([](const LedgerView&) {}).error().code, Code::FENCED);
    std::this_thread::sleep_for(std::chrono::milliseconds(600));
  }
  EXPECT_EQ(log_.log.Open(2)->next_sequence, 4u);
  EXPECT_EQ(Engine::Open(Options(), log_).error().code, Code::FENCED) << "and stays so";
}

}  // namespace
}  // namespace longmen::engine
