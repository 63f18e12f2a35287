// Writes the log and the snapshots of a small ledger that met every rule, for the golden ledgers
// that the programs' tests keep (tests/adapters/cli/golden/README.md). Run by hand, once a version.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "engine/rocks_writer/rocks_log.h"
#include "engine/sequencer/engine.h"
#include "tests/engine/engine_crash/run.h"

namespace longmen::engine {
namespace {

constexpr uint64_t kSeed = 20210301;
constexpr size_t kSteps = 420;
constexpr uint64_t kSessions = 3;  // each but the last leaves a table
constexpr uint64_t kEpoch = 1;     // the programs'

TEST(GoldenLedger, DISABLED_IsWritten) {
  const char* given = std::getenv("LONGMEN_GOLDEN_LEDGER");
  ASSERT_NE(given, nullptr) << "names the directory to make";
  const std::string directory = given;
  std::filesystem::create_directories(directory + "/snapshots");
  const auto script = testing::MakeScript(kSeed, kSteps);
  size_t next = 0;
  for (uint64_t session = 1; session <= kSessions; ++session) {
    RocksLogOptions log_options;
    log_options.directory = directory + "/log";
    log_options.compression = Compression::kZstd;
    auto log = RocksLog::OpenDirectory(log_options).value();
    auto options = ScriptOptions(directory + "/snapshots", kEpoch, nullptr);
    options.snapshot_interval = 600;
    auto engine = Engine::Open(options, *log).value();
    if (session == 1) {
      ASSERT_TRUE(engine->Begin("test", 480).ok());
    }
    for (; next < script.steps.size() * session / kSessions; ++next) {
      static_cast<void>(engine->SubmitAndWait(ScriptJob(script.steps[next])));
    }
    engine->Stop();
  }
}

}  // namespace
}  // namespace longmen::engine
