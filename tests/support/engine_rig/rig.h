// A rig for tests of the engine: a log in memory whose appends can be held back, a clock that is
// set by hand, and proposals that say no more than a test needs.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>

#include "engine/log/memory_log.h"
#include "engine/sequencer/engine.h"
#include "tests/support/generator/generator.h"

namespace longmen::engine {

using generator::Draft;
using generator::kStart;

// A MemoryLog whose appends wait while the gate is shut.
class GatedLog final : public EventLog {
 public:
  Sequence AckedFrontier() const override { return log.AckedFrontier(); }
  Result<std::vector<StoredBlock>> Read(Sequence from, size_t max_bytes) const override {
    return log.Read(from, max_bytes);
  }
  Result<std::vector<StoredBlock>> Follow(Sequence after, size_t max_bytes,
                                          Nanos timeout) const override {
    return log.Follow(after, max_bytes, timeout);
  }
  Result<LogHead> Open(uint64_t epoch) override { return log.Open(epoch); }
  AppendOutcome Append(uint64_t epoch, const LogHead& expected,
                       const OfferedBlock& block) override {
    {
      std::unique_lock lock(mutex_);
      ++waiting_;
      changed_.notify_all();
      changed_.wait(lock, [this] { return !shut_; });
      --waiting_;
    }
    return log.Append(epoch, expected, block);
  }
  Result<LogHead> Resolve(uint64_t epoch) override { return log.Resolve(epoch); }

  void Shut() {
    const std::lock_guard lock(mutex_);
    shut_ = true;
  }
  void Open() {
    const std::lock_guard lock(mutex_);
    shut_ = false;
    changed_.notify_all();
  }
  // Until an append stands at the gate.
  void AwaitAppend() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return waiting_ > 0; });
  }

  MemoryLog log;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool shut_ = false;
  int waiting_ = 0;
};

// A participant's registration: accepted, unless its id is taken.
inline ProposalBytes Participant(const std::string& id, const std::string& key) {
  Draft draft("op", id, kStart, key);
  draft.registration().initParticipant();
  return draft.Finish();
}

// An account of a participant that nobody registered: refused.
inline ProposalBytes HomelessAccount(const std::string& id, const std::string& key) {
  Draft draft("op", id, kStart, key);
  auto account = draft.registration().initAccount();
  account.setParticipant("nobody");
  account.setCurrency(156);
  account.setKind(schema::AccountKind::CUSTOMER);
  return draft.Finish();
}

inline ProposalBytes Scheme(const std::string& id, const std::string& key) {
  Draft draft("op", id, kStart, key);
  draft.registration().initScheme().setCyclePrefix(key);
  return draft.Finish();
}

// The source "op", who may do everything, at any time within a day.
inline ProposalBytes Operator() {
  Draft draft("op", "op", kStart, "op");
  auto source = draft.registration().initSource();
  source.setMaxLate(kNanosPerDay);
  source.setMaxEarly(kNanosPerDay);
  source.setAllParticipants(true);
  source.setAllSchemes(true);
  auto bodies = source.initBodies(1);
  bodies.set(0, schema::BodyKind::REGISTRATION);
  return draft.Finish();
}

inline std::vector<Job> JobOf(std::vector<ProposalBytes> group, Nanos occurred_at = kStart) {
  std::vector<Job> jobs(1);
  jobs[0].group = std::move(group);
  jobs[0].occurred_at = occurred_at;
  return jobs;
}

using PerJob = std::vector<Answers>;

// Submits; the future has the answers once they have come.
inline std::future<PerJob> SubmitLater(Engine& engine, std::vector<Job> jobs) {
  auto promise = std::make_shared<std::promise<PerJob>>();
  auto future = promise->get_future();
  engine.Submit(std::move(jobs),
                [promise](PerJob answers) { promise->set_value(std::move(answers)); });
  return future;
}

inline bool IsReady(const std::future<PerJob>& future) {
  return future.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
}

class EngineRig : public ::testing::Test {
 protected:
  void TearDown() override {
    log_.Open();
    if (engine_) engine_->Stop();
  }

  EngineOptions Options() {
    EngineOptions options;
    options.clock = [this] { return now_.load(); };
    options.on_durable = [this](const DurableBlock& block) {
      const std::lock_guard lock(heard_mutex_);
      for (const Emitted& record : *block.records) heard_.push_back(record.header);
    };
    return options;
  }

  void Start(EngineOptions options) {
    auto engine = Engine::Open(std::move(options), log_);
    ASSERT_TRUE(engine.ok()) << Describe(engine.error());
    engine_ = std::move(*engine);
  }

  // A ledger with its operator: sequences 1 and 2.
  void Begin() { Begin(Options()); }
  void Begin(EngineOptions options) {
    Start(std::move(options));
    ASSERT_TRUE(engine_->Begin("test", 480).ok());
    ASSERT_EQ(Ask({Operator()})[0].kind, AnswerKind::kAccepted);
  }

  Answers Ask(std::vector<ProposalBytes> group) {
    return engine_->SubmitAndWait(JobOf(std::move(group)))[0];
  }

  // Asks again with the same ids until the answer is definite, as a client would.
  Answers AskUntilDefinite(const std::vector<ProposalBytes>& group) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    Answers answers;
    do {
      answers = Ask(group);
      if (answers[0].kind != AnswerKind::kUnavailable) return answers;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    } while (std::chrono::steady_clock::now() < end);
    ADD_FAILURE() << "unavailable for ever: " << CodeName(answers[0].code);
    return answers;
  }

  std::vector<RecordHeader> Heard() {
    const std::lock_guard lock(heard_mutex_);
    return heard_;
  }

  // Every record of the log was announced once and in order, and the ledger is what the log says.
  void ExpectSoundAndAnnounced() {
    Ledger replayed;
    std::vector<RecordHeader> logged;
    const Status read = ForEachRecord(log_, 1, [&](const RecordView& record) -> Status {
      logged.push_back(record.header);
      auto effects = replayed.Apply(record);
      if (!effects.ok()) return effects.error();
      return Ok();
    });
    ASSERT_TRUE(read.ok()) << Describe(read.error());
    EXPECT_EQ(Heard(), logged);
    Digest256 digest{};
    ASSERT_TRUE(
        engine_->Inspect([&](const Ledger& ledger) { digest = ledger.StateDigest(); }).ok());
    EXPECT_EQ(Hex(digest), Hex(replayed.StateDigest()));
    EXPECT_EQ(engine_->DurableSequence(), logged.size());
  }

  std::atomic<Nanos> now_{kStart};
  GatedLog log_;
  std::mutex heard_mutex_;
  std::vector<RecordHeader> heard_;
  std::unique_ptr<Engine> engine_;  // goes first: it tells the members above
};

}  // namespace longmen::engine
