// What the crash tests of the engine share: an engine over a log, driven through a script, and the
// promises checked against what the log holds afterwards.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>

#include "engine/rocks_history/rocks_history.h"
#include "engine/rocks_writer/rocks_log.h"
#include "engine/sequencer/engine.h"
#include "tests/support/engine_script/script.h"

namespace longmen::engine {

// What is settled is old soon, and written soon.
inline constexpr Sequence kScriptWindow = 16;
std::unique_ptr<RocksHistory> OpenHistory(const std::string& directory, const LogReader& log);

// The engine's options for a script: its clock follows the input.
EngineOptions ScriptOptions(const std::string& snapshot_directory, uint64_t epoch,
                            History* history);
std::vector<Job> ScriptJob(const testing::ScriptStep& step);

// How far a script has come, over all crashes.
struct Progress {
  size_t intended = 0;      // steps below this were submitted at some time
  size_t acknowledged = 0;  // steps below this were answered; the next life begins here
  Sequence durable = 0;     // the last sequence that an answer rested on
};

// The promises: the log's records are the script's first ones, byte for byte; all that was
// answered is among them and has the same answer on look-up; nothing is there that was not
// intended; and the auditor finds nothing. Returns the digest of the state they add up to.
Digest256 CheckPromises(const LogReader& log, const testing::Script& script,
                        const Progress& progress);

}  // namespace longmen::engine
