// SIGKILL at seeded moments of the whole engine: log, decisions, group commit, snapshots.
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <random>
#include <sstream>

#include "engine/rocks_reader/rocks_reader.h"
#include "tests/engine/engine_crash/run.h"
#include "tests/support/child_process/child_process.h"
#include "tests/support/test_blocks/test_blocks.h"

namespace longmen::engine {
namespace {

constexpr int kKills = 200;
constexpr size_t kSteps = 700;  // of a ledger; then the next one begins

uint64_t Variable(const char* name) { return std::strtoull(std::getenv(name), nullptr, 10); }

RocksLogOptions Options(const std::string& directory) {
  RocksLogOptions options;
  options.directory = directory + "/ledger";
  options.write_buffer_bytes = 128u << 10;  // so that kills also meet flushes and new WALs
  return options;
}

// The child: plays the script from where it is told, and reports every step before it submits it
// ("do 17"), and after it was answered ("ok 17 1 23 none": kind, sequence and code of each).
TEST(EngineChild, DISABLED_PlaysTheScriptUntilItIsKilled) {
  const std::string directory = std::getenv("LONGMEN_CHILD_DIRECTORY");
  const auto steps = testing::ReadScript(directory + "/script");
  auto log = RocksLog::OpenDirectory(Options(directory));
  ASSERT_TRUE(log.ok()) << Describe(log.error());
  const auto history = OpenHistory(directory + "/history", **log);
  ASSERT_NE(history, nullptr);
  auto opened = Engine::Open(
      ScriptOptions(directory + "/snapshots", Variable("LONGMEN_CHILD_EPOCH"), history.get()),
      **log);
  ASSERT_TRUE(opened.ok()) << Describe(opened.error());
  Engine& engine = **opened;
  Digest256 digest{};
  ASSERT_TRUE(engine.Inspect([&](const Ledger& ledger) { digest = ledger.StateDigest(); }).ok());
  testing::ReportToParent(fmt::format("open {} {}", engine.DurableSequence(), Hex(digest)));
  if (engine.DurableSequence() == 0) {
    ASSERT_TRUE(engine.Begin("test", 480).ok());
  }
  std::mt19937_64 random(Variable("LONGMEN_CHILD_SEED"));
  for (size_t i = Variable("LONGMEN_CHILD_FROM"); i < steps.size(); ++i) {
    testing::ReportToParent(fmt::format("do {}", i));
    engine.Submit(ScriptJob(steps[i]), [i](auto answers) {
      std::string line = fmt::format("ok {}", i);
      for (const Answer& answer : answers[0]) {
        line += fmt::format(" {} {} {}", AnswerKindName(answer.kind), answer.sequence,
                            CodeName(answer.code));
      }
      testing::ReportToParent(line);
    });
    // Now and then what is under way gets through, so that batches are of many sizes.
    if (random() % 4 == 0) {
      ASSERT_TRUE(engine.Read([](const LedgerView&) {}).ok());
    }
  }
  engine.Stop();
  testing::ReportToParent("end");
  pause();
}

class KilledLedger {
 public:
  KilledLedger(uint64_t seed, std::string directory)
      : directory_(std::move(directory)),
        random_(seed),
        script_(testing::MakeScript(seed, kSteps)) {
    testing::WriteScript(directory_ + "/script", script_);
  }

  bool done() const { return progress_.acknowledged == script_.steps.size(); }
  const Progress& progress() const { return progress_; }
  int unanswered = 0;  // lives that left records nobody had been told about
  int unopened = 0;

  void LiveAndBeKilled(uint64_t epoch) {
    testing::ChildProcess child("EngineChild.DISABLED_PlaysTheScriptUntilItIsKilled",
                                {{"LONGMEN_CHILD_DIRECTORY", directory_},
                                 {"LONGMEN_CHILD_EPOCH", std::to_string(epoch)},
                                 {"LONGMEN_CHILD_SEED", std::to_string(random_())},
                                 {"LONGMEN_CHILD_FROM", std::to_string(progress_.acknowledged)}});
    opened_ = false;
    // Sometimes while it still opens, mostly in the middle of things.
    const uint64_t lines = random_() % 90;
    if (lines < 8) {
      usleep(static_cast<useconds_t>(random_() % 40'000));
    } else {
      for (uint64_t i = 0; i < lines; ++i) {
        const auto line = child.ReadLine();
        ASSERT_TRUE(line.has_value()) << "the child failed by itself";
        Take(*line);
        if (*line == "end") break;
      }
      usleep(static_cast<useconds_t>(random_() % 1'500));
    }
    child.Kill();
    child.Wait();
    while (const auto line = child.ReadLine()) Take(*line);
    if (!opened_) ++unopened;
    Check();
  }

 private:
  void Take(const std::string& text) {
    std::istringstream line(text);
    std::string word;
    line >> word;
    if (word == "open") {
      opened_ = true;
      Sequence sequence = 0;
      std::string digest;
      line >> sequence >> digest;
      // From a snapshot and a roll-forward: what the whole log adds up to.
      if (digest_ != "") {
        EXPECT_EQ(digest, digest_) << "opened at " << sequence;
      }
    } else if (word == "do") {
      size_t step = 0;
      line >> step;
      progress_.intended = std::max(progress_.intended, step + 1);
    } else if (word == "ok") {
      TakeAnswers(line);
    }
  }

  void TakeAnswers(std::istringstream& line) {
    size_t step = 0;
    line >> step;
    ASSERT_EQ(step, progress_.acknowledged) << "answers come in order";
    for (const Answer& expected : script_.steps[step].answers) {
      std::string kind, code;
      Sequence sequence = 0;
      line >> kind >> sequence >> code;
      if (kind == "duplicate" && expected.kind == AnswerKind::kAccepted) kind = "accepted";
      EXPECT_EQ(kind, AnswerKindName(expected.kind)) << "step " << step;
      EXPECT_EQ(sequence, expected.sequence) << "step " << step;
      EXPECT_EQ(code, CodeName(expected.code)) << "step " << step;
    }
    ++progress_.acknowledged;
    progress_.durable = script_.steps[step].last;
  }

  // Through the auditor's eyes, who changes nothing: the next child meets what this one left.
  void Check() {
    RocksReaderOptions options;
    options.directory = Options(directory_).directory;
    options.read_to = ReadTo::kTail;
    const auto reader = RocksReader::Open(options);
    if (!reader.ok() && reader.error().code == Code::NOT_FOUND) {
      ASSERT_EQ(progress_.durable, 0u);
      return;
    }
    ASSERT_TRUE(reader.ok()) << Describe(reader.error());
    digest_ = Hex(CheckPromises(**reader, script_, progress_));
    if ((*reader)->AckedFrontier() > progress_.durable) ++unanswered;
  }

  const std::string directory_;
  std::mt19937_64 random_;
  const testing::Script script_;
  Progress progress_;
  std::string digest_;
  bool opened_ = false;
};

TEST(EngineKill, LosesNothingAnsweredInventsNothingAndGoesOn) {
  const uint64_t seed = testing::SeedOr(20210301);
  const testing::TemporaryDirectory temporary;
  int kills = 0;
  int ledgers = 0;
  int unanswered = 0;
  int unopened = 0;
  size_t steps = 0;
  while (kills < kKills && !HasFailure()) {
    KilledLedger ledger(seed + static_cast<uint64_t>(ledgers),
                        temporary.Sub("ledger" + std::to_string(ledgers)));
    ++ledgers;
    uint64_t epoch = 0;
    while (!ledger.done() && kills < kKills && !HasFailure()) {
      SCOPED_TRACE(fmt::format("ledger {}, kill {}", ledgers, kills));
      ledger.LiveAndBeKilled(++epoch);
      ++kills;
    }
    unanswered += ledger.unanswered;
    unopened += ledger.unopened;
    steps += ledger.progress().acknowledged;
  }
  std::cout << kills << " kills of " << ledgers << " ledgers, " << unopened
            << " before the engine was open, " << unanswered << " left records without an answer, "
            << steps << " groups answered" << std::endl;
  EXPECT_GT(unanswered, 0) << "no kill fell between a write and its answer";
}

}  // namespace
}  // namespace longmen::engine
