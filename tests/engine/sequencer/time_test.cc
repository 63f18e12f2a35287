// The clock, the ticks of an idle engine, and the beginning.
#include "tests/support/engine_rig/rig.h"

namespace longmen::engine {
namespace {

using Time = EngineRig;
using Beginning = EngineRig;

TEST_F(Time, NeverGoesBackwards) {
  Begin();
  for (int i = 0; i < 30; ++i) {
    now_ = kStart + (i % 2 == 0 ? i : -i) * kNanosPerMinute;
    const std::string name = "p" + std::to_string(i);
    Ask({Participant(name, name)});
  }
  const auto heard = Heard();
  for (size_t i = 1; i < heard.size(); ++i) {
    EXPECT_GE(heard[i].recorded_at, heard[i - 1].recorded_at);
  }
  EXPECT_EQ(heard.back().recorded_at, kStart + 28 * kNanosPerMinute);
}

TEST_F(Time, NeverGoesBackwardsOverARestart) {
  now_ = kStart + 60 * kNanosPerMinute;
  Begin();
  engine_->Stop();
  now_ = kStart;
  Start(Options());
  Ask({Participant("a", "A")});
  EXPECT_EQ(Heard().back().recorded_at, kStart + 60 * kNanosPerMinute);
}

TEST_F(Time, FollowsItsInputWhereAskedTo) {
  auto options = Options();
  options.clock = nullptr;
  options.clock_follows_input = true;
  Start(std::move(options));
  ASSERT_TRUE(engine_->Begin("test", 480).ok());
  std::vector<Nanos> recorded;
  const std::vector<Nanos> occurred = {0, 50, 20, 70, 70, 10};
  Ask({Operator()});
  for (size_t i = 0; i < occurred.size(); ++i) {
    const std::string name = "p" + std::to_string(i);
    engine_->SubmitAndWait(JobOf({Participant(name, name)}, kStart + occurred[i]));
    recorded.push_back(Heard().back().recorded_at - kStart);
  }
  EXPECT_EQ(recorded, (std::vector<Nanos>{0, 50, 50, 70, 70, 70}));
}

TEST_F(Time, AnIdleEngineWritesWhatIsDue) {
  Begin();
  ASSERT_EQ(Ask({Scheme("s", "nu")})[0].sequence, 3u);
  // A scheme without an open cycle: its opening is due, and nobody proposes anything.
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (engine_->DurableSequence() < 4 && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  ASSERT_EQ(engine_->DurableSequence(), 4u);
  bool open = false;
  ASSERT_TRUE(
      engine_
          ->Read([&](const LedgerView& ledger) { open = ledger.FindOpenCycle("nu").has_value(); })
          .ok());
  EXPECT_TRUE(open);
  ExpectSoundAndAnnounced();
}

TEST_F(Beginning, HappensOnce) {
  Begin();
  const Status again = engine_->Begin("test", 480);
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().code, Code::USAGE);
  EXPECT_EQ(log_.AckedFrontier(), 2u);
  engine_->Stop();
  Start(Options());
  EXPECT_FALSE(engine_->Begin("another", 0).ok());
  EXPECT_EQ(log_.AckedFrontier(), 2u);
}

TEST_F(Beginning, CanBeTriedAgainWhenItFailed) {
  Start(Options());
  log_.log.FailNextAppend(AppendOutcome::kFull, false);
  EXPECT_EQ(engine_->Begin("test", 480).error().code, Code::STORAGE_FULL);
  EXPECT_TRUE(engine_->Begin("test", 480).ok());
}

TEST_F(Beginning, OfAnEngineIsWhereTheLogEnds) {
  Begin();
  for (int i = 0; i < 20; ++i) {
    const std::string name = "p" + std::to_string(i);
    Ask({Participant(name, name)});
    if (i % 7 != 0) continue;
    engine_->Stop();
    Start(Options());
    EXPECT_EQ(engine_->DurableSequence(), log_.AckedFrontier());
    EXPECT_EQ(Ask({Participant(name, name)})[0].kind, AnswerKind::kDuplicate);
  }
  ExpectSoundAndAnnounced();
}

}  // namespace
}  // namespace longmen::engine
