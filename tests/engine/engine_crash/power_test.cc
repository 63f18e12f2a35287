// Power cuts and full disks under the whole engine, on a file system that takes away what was not
// synced.
#include <atomic>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <random>
#include <thread>

#include "engine/snapshot/snapshot.h"
#include "tests/engine/engine_crash/run.h"
#include "tests/support/lossy_fs/lossy_fs.h"
#include "tests/support/test_blocks/test_blocks.h"

namespace longmen::engine {
namespace {

namespace fs = std::filesystem;

struct Tally {
  int cuts = 0;
  int unanswered = 0;  // records came up that nobody had been told about
  int lost = 0;        // what was answered was gone
  int refused = 0;     // the log or the engine would not open
};

class CutEngine {
 public:
  CutEngine(uint64_t seed, size_t steps, bool sync)
      : random_(seed),
        disk_(std::make_shared<testing::LossyFs>(temporary_.Sub("graves"), seed)),
        script_(testing::MakeScript(seed, steps)) {
    options_.directory = temporary_.path() + "/ledger";
    options_.write_buffer_bytes = 128u << 10;
    options_.file_system = disk_;
    options_.sync = sync;
    options_.head_sync_interval = sync ? 2'000'000 : 10 * kNanosPerSecond;
  }

  bool done() const { return progress_.acknowledged == script_.steps.size(); }

  // False where the ledger cannot go on (only when appends are not synced).
  bool CutAndCheck(bool expect_promises, Tally& tally) {
    disk_->CutAfter(random_() % 150);
    Play();
    disk_->Cut();
    disk_->Restart();
    TearSnapshots();
    ++tally.cuts;
    auto log = RocksLog::OpenDirectory(options_);
    const auto history = log.ok() ? OpenHistory(History(), **log) : nullptr;
    Result<std::unique_ptr<Engine>> engine =
        log.ok() ? Engine::Open(ScriptOptions(Snapshots(), ++epoch_, history.get()), **log)
                 : Result<std::unique_ptr<Engine>>(log.error());
    if (!engine.ok()) {
      EXPECT_FALSE(expect_promises) << Describe(engine.error());
      EXPECT_EQ(engine.error().code, Code::CORRUPT) << Describe(engine.error());
      ++tally.refused;
      return false;
    }
    if ((*engine)->DurableSequence() < progress_.durable) {
      EXPECT_FALSE(expect_promises) << "what was answered is gone";
      ++tally.lost;
      return false;
    }
    if ((*engine)->DurableSequence() > progress_.durable) ++tally.unanswered;
    const Digest256 whole = CheckPromises(**log, script_, progress_);
    EXPECT_TRUE((*engine)
                    ->Inspect([&](const Ledger& ledger) {
                      EXPECT_EQ(Hex(ledger.StateDigest()), Hex(whole));
                    })
                    .ok());
    return !::testing::Test::HasFailure();
  }

 private:
  // Plays on until the power goes, a step is unavailable, or the script ends.
  void Play() {
    auto log = RocksLog::OpenDirectory(options_);
    if (!log.ok()) {
      EXPECT_TRUE(disk_->is_cut()) << Describe(log.error());
      return;
    }
    const auto history = OpenHistory(History(), **log);
    auto engine = Engine::Open(ScriptOptions(Snapshots(), ++epoch_, history.get()), **log);
    if (!engine.ok()) {
      EXPECT_TRUE(disk_->is_cut()) << Describe(engine.error());
      return;
    }
    if ((*engine)->DurableSequence() == 0 && !(*engine)->Begin("test", 480).ok()) return;
    progress_.durable = std::max<Sequence>(progress_.durable, 1);
    Submit(**engine);
    (*engine)->Stop();
  }

  // Everything that is left, in bursts; gives up at the first step that is unavailable.
  void Submit(Engine& engine) {
    unavailable_ = false;
    size_t next = progress_.acknowledged;
    while (next < script_.steps.size() && !unavailable_) {
      const size_t burst = 1 + random_() % 8;
      for (size_t i = 0; i < burst && next < script_.steps.size(); ++i, ++next) {
        progress_.intended = std::max(progress_.intended, next + 1);
        engine.Submit(ScriptJob(script_.steps[next]),
                      [this, next](auto answers) { Take(next, answers[0]); });
      }
      if (!engine.Read([](const LedgerView&) {}).ok()) return;  // until they are answered
    }
  }

  std::string Snapshots() const { return temporary_.path() + "/snapshots"; }
  std::string History() const { return temporary_.path() + "/history"; }

  // On the writer's thread, or the sequencer's for what is unavailable.
  void Take(size_t step, const Answers& answers) {
    if (answers[0].kind == AnswerKind::kUnavailable) {
      unavailable_ = true;
      return;
    }
    if (unavailable_) return;  // a later life asks again, from the first without an answer
    for (size_t i = 0; i < answers.size(); ++i) {
      EXPECT_TRUE(testing::SameAnswer(answers[i], script_.steps[step].answers[i])) << step;
    }
    progress_.acknowledged = step + 1;
    progress_.durable = script_.steps[step].last;
  }

  // Snapshots lie on the real disk; a power cut may have taken the newest, or a part of it.
  void TearSnapshots() {
    const auto all = ListSnapshots(Snapshots());
    if (all.empty() || random_() % 3 != 0) return;
    const std::string path = fmt::format("{}/snapshot-{:020}.lms", Snapshots(), all.front());
    fs::resize_file(path, random_() % (fs::file_size(path) + 1));
  }

  std::mt19937_64 random_;
  testing::TemporaryDirectory temporary_;
  std::shared_ptr<testing::LossyFs> disk_;
  const testing::Script script_;
  RocksLogOptions options_;
  uint64_t epoch_ = 0;
  Progress progress_;
  std::atomic<bool> unavailable_ = false;
};

void Print(const char* what, const Tally& tally) {
  std::cout << what << ": " << tally.cuts << " cuts, " << tally.unanswered
            << " left records without an answer, " << tally.lost << " lost what was answered, "
            << tally.refused << " refused to open" << std::endl;
}

TEST(EnginePowerCut, LosesNothingAnsweredInventsNothingAndGoesOn) {
  const uint64_t seed = testing::SeedOr(19690720);
  Tally tally;
  for (uint64_t ledger = 0; ledger < 5 && !HasFailure(); ++ledger) {
    CutEngine cut(seed + ledger, 350, true);
    for (int i = 0; i < 20 && !cut.done() && cut.CutAndCheck(true, tally); ++i) {
    }
  }
  Print("synced", tally);
  EXPECT_GT(tally.unanswered, 0) << "no cut fell between a write and its answer";
}

// A harness that sees no loss where nothing is synced would prove nothing above.
TEST(EnginePowerCut, LosesAnswersWhenTheyAreNotSynced) {
  const uint64_t seed = testing::SeedOr(19690720);
  Tally tally;
  for (uint64_t ledger = 0; ledger < 5 && !HasFailure(); ++ledger) {
    CutEngine cut(seed + ledger, 350, false);
    for (int i = 0; i < 20 && !cut.done() && cut.CutAndCheck(false, tally); ++i) {
    }
  }
  Print("not synced", tally);
  EXPECT_GT(tally.lost + tally.refused, 0);
}

class FullDiskEngine : public ::testing::Test {
 protected:
  Answer Ask(const testing::ScriptStep& step) {
    answers_ = engine_->SubmitAndWait(ScriptJob(step))[0];
    return answers_[0];
  }

  void ExpectAccomplished(size_t step) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (Ask(script_.steps[step]).kind == AnswerKind::kUnavailable &&
           std::chrono::steady_clock::now() < end) {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    for (size_t i = 0; i < answers_.size(); ++i) {
      EXPECT_TRUE(testing::SameAnswer(answers_[i], script_.steps[step].answers[i])) << step;
    }
  }

  // The first step from `step` on that leaves a record.
  size_t NextRecording(size_t step) const {
    while (script_.steps[step].last == script_.steps[step - 1].last) ++step;
    return step;
  }

  testing::TemporaryDirectory temporary_;
  const testing::Script script_ = testing::MakeScript(testing::SeedOr(11), 160);
  std::unique_ptr<Engine> engine_;
  Answers answers_;
};

TEST_F(FullDiskEngine, IsUnavailableLosesNothingAndGoesOnWhenSpaceIsBack) {
  auto disk = std::make_shared<testing::LossyFs>(temporary_.Sub("graves"), 1);
  RocksLogOptions options;
  options.directory = temporary_.path() + "/ledger";
  options.file_system = disk;
  auto log = RocksLog::OpenDirectory(options).value();
  std::vector<Sequence> heard;
  const auto history = OpenHistory(temporary_.path() + "/history", *log);
  auto engine_options = ScriptOptions(temporary_.path() + "/snapshots", 1, history.get());
  engine_options.on_durable = [&](const DurableBlock& block) {
    for (const Emitted& record : *block.records) heard.push_back(record.header.sequence);
  };
  engine_ = Engine::Open(std::move(engine_options), *log).value();
  ASSERT_TRUE(engine_->Begin("test", 480).ok());

  testing::Fault reserve;  // noticed before anything is written
  reserve.on_append = false;
  reserve.free_bytes = options.free_bytes_min;
  testing::Fault in_the_middle;
  in_the_middle.status = rocksdb::IOStatus::NoSpace();
  in_the_middle.partly = true;
  testing::Fault at_the_sync;
  at_the_sync.status = rocksdb::IOStatus::NoSpace();
  at_the_sync.on_append = false;
  at_the_sync.on_sync = true;
  size_t step = 0;
  for (const auto& fault : {reserve, in_the_middle, at_the_sync, reserve}) {
    const size_t full = NextRecording(step + 35);
    for (; step < full; ++step) ExpectAccomplished(step);
    disk->FailWrites(fault);
    for (int i = 0; i < 4; ++i) {
      EXPECT_EQ(Ask(script_.steps[full]),
                (Answer{AnswerKind::kUnavailable, 0, Code::STORAGE_FULL}));
      std::this_thread::sleep_for(std::chrono::milliseconds(400));  // it also looks by itself
    }
    EXPECT_EQ(engine_->DurableSequence(), script_.steps[full - 1].last);
    disk->Heal();
    ExpectAccomplished(full);
    step = full + 1;
  }
  for (; step < script_.steps.size(); ++step) ExpectAccomplished(step);
  engine_.reset();
  for (size_t i = 0; i < heard.size(); ++i) ASSERT_EQ(heard[i], i + 1);
  EXPECT_EQ(heard.size(), script_.records.size());
  log.reset();
  log = RocksLog::OpenDirectory(options).value();
  CheckPromises(*log, script_, {script_.steps.size(), script_.steps.size(), heard.size()});
}

}  // namespace
}  // namespace longmen::engine
