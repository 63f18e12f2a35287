// Directories in which the making of a ledger was cut short, by a crash or a full disk: nobody
// takes them for a ledger, and init finishes them.
#include <filesystem>
#include <fstream>

#include "engine/rocks_writer/rocks_log.h"
#include "engine/sequencer/engine.h"
#include "tests/support/program/program.h"

namespace longmen::testing {
namespace {

namespace fs = std::filesystem;

class HalfMade : public Program {
 protected:
  std::string half() const { return Path("half"); }

  // The log up to its first `records` records (0 or 1), as init makes them.
  void MakeLog(int records) const {
    fs::create_directories(half());
    auto log = engine::RocksLog::OpenDirectory({.directory = half() + "/log"}).value();
    if (records == 0) return;
    auto engine = engine::Engine::Open({.clock = engine::SystemClock()}, *log).value();
    ASSERT_TRUE(engine->Begin("half", 480).ok());
    engine->Stop();
  }

  void ExpectNoLedgerAndThatInitMakesOne() const {
    for (const auto& arguments :
         std::vector<std::vector<std::string>>{{"query", half(), "balances"},
                                               {"query", half(), "cycles"},
                                               {"query", half(), "refusals"},
                                               {"query", half(), "outbox"},
                                               {"query", half(), "records"},
                                               {"query", half(), "account", "A:1"},
                                               {"export", half(), Path("out")},
                                               {"serve", half(), "--port", "0"}}) {
      const Said said = Longmen(arguments);
      EXPECT_EQ(said.code, 1) << arguments[0] << " " << arguments[2] << said.out;
      EXPECT_EQ(said.out, "");
      EXPECT_TRUE(said.err.starts_with("longmen: not_found")) << said.err;
    }
    const Said made = Longmen({"init", half(), "--name", "half"});
    EXPECT_EQ(made.code, 0) << made.err;
    EXPECT_EQ(Longmen({"query", half(), "balances"}).code, 0);
    EXPECT_EQ(LongmenAudit({"verify", half()}).code, 0);
  }
};

TEST_F(HalfMade, WithAnEmptyDirectoryIsNoLedger) {
  fs::create_directories(half() + "/log/log");
  ExpectNoLedgerAndThatInitMakesOne();
}

TEST_F(HalfMade, WithALogWithoutRecordsIsNoLedger) {
  MakeLog(0);
  ExpectNoLedgerAndThatInitMakesOne();
}

TEST_F(HalfMade, WithALogWithoutHeadIsNoLedger) {
  MakeLog(0);
  fs::remove(half() + "/log/HEAD");
  ExpectNoLedgerAndThatInitMakesOne();
}

TEST_F(HalfMade, WithoutAnOperatorIsNoLedger) {
  MakeLog(1);
  ExpectNoLedgerAndThatInitMakesOne();
}

}  // namespace
}  // namespace longmen::testing
