// When answers come, in which order, and what they say.
#include "tests/support/engine_rig/rig.h"

namespace longmen::engine {
namespace {

using Answers = EngineRig;

TEST_F(Answers, WaitForDurability) {
  Begin();
  log_.Shut();
  auto first = SubmitLater(*engine_, JobOf({Participant("a", "A")}));
  log_.AwaitAppend();
  // Duplicates and look-ups rest on what is not durable yet: they wait with it.
  auto again = SubmitLater(*engine_, JobOf({Participant("a", "A")}));
  auto read = std::async(std::launch::async, [this] {
    bool known = false;
    EXPECT_TRUE(
        engine_
            ->Read([&](const LedgerView& ledger) { known = ledger.FindId("op", "a").has_value(); })
            .ok());
    return known;
  });
  EXPECT_EQ(read.wait_for(std::chrono::milliseconds(30)), std::future_status::timeout);
  EXPECT_FALSE(IsReady(first));
  EXPECT_FALSE(IsReady(again));
  EXPECT_EQ(engine_->DurableSequence(), 2u);
  log_.Open();
  EXPECT_EQ(first.get()[0][0], (Answer{AnswerKind::kAccepted, 3}));
  EXPECT_EQ(again.get()[0][0], (Answer{AnswerKind::kDuplicate, 3}));
  EXPECT_TRUE(read.get()) << "a read sees all that was submitted before it";
}

TEST_F(Answers, ComeInTheOrderOfTheLogAndAfterIt) {
  Begin();
  constexpr size_t kJobs = 400;
  std::vector<Sequence> order;
  std::atomic<bool> early = false;
  for (size_t i = 0; i < kJobs; ++i) {
    const std::string name = "p" + std::to_string(i);
    engine_->Submit(JobOf({Participant(name, name)}), [&, this](PerJob answers) {
      order.push_back(answers[0][0].sequence);
      if (log_.AckedFrontier() < order.back()) early = true;
    });
  }
  engine_->Stop();
  EXPECT_FALSE(early);
  ASSERT_EQ(order.size(), kJobs);
  for (size_t i = 0; i < kJobs; ++i) EXPECT_EQ(order[i], i + 3);
}

TEST_F(Answers, ListenersHearOfARecordBeforeItsSubmitterDoes) {
  Begin();
  for (Sequence sequence = 3; sequence < 20; ++sequence) {
    const std::string name = "p" + std::to_string(sequence);
    ASSERT_EQ(Ask({Participant(name, name)})[0].sequence, sequence);
    EXPECT_EQ(Heard().size(), sequence);
  }
  ExpectSoundAndAnnounced();
}

TEST_F(Answers, OfRepeatsAreTheFirstOnes) {
  Begin();
  const Answer accepted = Ask({Participant("a", "A")})[0];
  const Answer refused = Ask({HomelessAccount("b", "B")})[0];
  EXPECT_EQ(accepted.kind, AnswerKind::kAccepted);
  EXPECT_EQ(refused.kind, AnswerKind::kRefused);
  EXPECT_EQ(refused.code, Code::UNKNOWN_PARTICIPANT);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(Ask({Participant("a", "A")})[0], (Answer{AnswerKind::kDuplicate, accepted.sequence}));
    EXPECT_EQ(Ask({HomelessAccount("b", "B")})[0], refused);
  }
  EXPECT_EQ(log_.AckedFrontier(), 4u) << "repeats are not recorded";
  ExpectSoundAndAnnounced();
}

TEST_F(Answers, OfConflictsNameTheFieldOfAnAcceptedOriginal) {
  Begin();
  Ask({Participant("a", "A")});
  const Answer conflict = Ask({Participant("a", "X")})[0];
  EXPECT_EQ(conflict, (Answer{AnswerKind::kConflict, 3, Code::NONE, "key"}));
  EXPECT_EQ(Ask({HomelessAccount("a", "A")})[0].field, "registration.participant");
}

TEST_F(Answers, OfConflictsNameTheFieldOfARefusedOriginal) {
  Begin();
  Ask({HomelessAccount("a", "A")});
  const Answer conflict = Ask({HomelessAccount("a", "X")})[0];
  EXPECT_EQ(conflict, (Answer{AnswerKind::kConflict, 3, Code::NONE, "key"}));
}

TEST_F(Answers, OfConflictsNameTheFieldInGroups) {
  Begin();
  // Refused whole because of its third member; each member keeps its id.
  const auto refused =
      Ask({Participant("a", "A"), Participant("b", "B"), HomelessAccount("c", "C")});
  for (const Answer& answer : refused) {
    EXPECT_EQ(answer.kind, AnswerKind::kRefused);
    EXPECT_EQ(answer.index, 2);
  }
  const auto answers =
      Ask({Participant("a", "A"), Participant("b", "X"), HomelessAccount("c", "C")});
  EXPECT_EQ(answers[0], (Answer{AnswerKind::kConflict, 0, Code::NONE, "group"}));
  EXPECT_EQ(answers[1], (Answer{AnswerKind::kConflict, 3, Code::NONE, "key"}));
  EXPECT_EQ(answers[2], (Answer{AnswerKind::kConflict, 0, Code::NONE, "group"}));
  // The same of an accepted group, whose members have sequences of their own.
  Ask({Participant("d", "D"), Participant("e", "E")});
  const auto other = Ask({Participant("d", "D"), Participant("e", "X")});
  EXPECT_EQ(other[1], (Answer{AnswerKind::kConflict, 5, Code::NONE, "key"}));
}

TEST_F(Answers, OfConflictsNameTheFieldOfWhatIsNotDurableYet) {
  Begin();
  log_.Shut();
  std::vector<Job> jobs = JobOf({Participant("a", "A")});
  jobs.push_back(JobOf({Participant("a", "X")})[0]);
  auto answers = SubmitLater(*engine_, std::move(jobs));
  log_.Open();
  const PerJob per_job = answers.get();
  EXPECT_EQ(per_job[0][0].kind, AnswerKind::kAccepted);
  EXPECT_EQ(per_job[1][0], (Answer{AnswerKind::kConflict, 3, Code::NONE, "key"}));
}

TEST_F(Answers, ABatchOfJobsIsAnsweredJobByJob) {
  Begin();
  std::vector<Job> jobs;
  jobs.push_back(JobOf({Participant("a", "A"), Participant("b", "B")})[0]);
  jobs.push_back(JobOf({HomelessAccount("c", "C")})[0]);
  Job decide;
  decide.decide = [](Ledger& ledger, Nanos now) {
    EXPECT_TRUE(ledger.HasParticipant("B")) << "it sees what was decided before it";
    return ledger.Propose(std::vector{Participant("d", "D")}, now);
  };
  jobs.push_back(std::move(decide));
  const PerJob answers = engine_->SubmitAndWait(std::move(jobs));
  ASSERT_EQ(answers.size(), 3u);
  EXPECT_EQ(answers[0].size(), 2u);
  EXPECT_EQ(answers[1][0].kind, AnswerKind::kRefused);
  EXPECT_EQ(answers[2][0], (Answer{AnswerKind::kAccepted, 6}));
  EXPECT_TRUE(engine_->SubmitAndWait({}).empty()) << "nothing is answered with nothing";
}

TEST_F(Answers, FromManyThreadsAreOneToEachAndTheLogIsWhole) {
  Begin();
  constexpr int kThreads = 6;
  constexpr int kEach = 150;
  std::vector<std::thread> threads;
  std::atomic<int> accepted = 0;
  std::atomic<int> others = 0;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        // Every id is proposed by two threads: one of them is first.
        const std::string name = "p" + std::to_string(t / 2) + "." + std::to_string(i);
        const Answer answer = Ask({Participant(name, name)})[0];
        ++(answer.kind == AnswerKind::kAccepted ? accepted : others);
        EXPECT_TRUE(answer.kind == AnswerKind::kAccepted || answer.kind == AnswerKind::kDuplicate);
        if (i % 50 == 0) {
          EXPECT_TRUE(engine_->Read([](const LedgerView&) {}).ok());
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(accepted, kThreads / 2 * kEach);
  EXPECT_EQ(others, kThreads / 2 * kEach);
  ExpectSoundAndAnnounced();
}

}  // namespace
}  // namespace longmen::engine
