// longmen backup and restore as an operator runs them: beside a busy writer, and through kills.
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>

#include "engine/rocks_reader/rocks_reader.h"
#include "tests/support/program/program.h"
#include "tests/support/test_blocks/test_blocks.h"

namespace longmen::testing {
namespace {

namespace fs = std::filesystem;

constexpr int kPaymentsUnderLoad = 30'000;

// "sequence N, chain HASH" of what a command printed, as --expect wants it.
std::string AnchorOf(const std::string& out) {
  const size_t at = out.find("\nsequence ");
  if (at == std::string::npos) return "";
  const size_t comma = out.find(", chain ", at);
  return out.substr(at + 10, comma - at - 10) + ":" + out.substr(comma + 8, 64);
}

uint64_t SequenceOf(const std::string& anchor) {
  return std::strtoull(anchor.c_str(), nullptr, 10);
}

class BackupProgram : public Program {
 protected:
  void SetUp() override {
    Program::SetUp();
    RegisterBanks({"A", "B"});
  }

  // A file of payments, named after `prefix`.
  std::string Payments(const std::string& prefix, int count) {
    const std::string path = Path(prefix + ".jsonl");
    std::ofstream file(path);
    for (int i = 0; i < count; ++i) {
      file << PaymentGroup(fmt::format("{}{}", prefix, i), "A", "B", 100 + i) << "\n";
    }
    return path;
  }
  std::vector<std::string> IngestArguments(const std::string& path) const {
    return {"ingest", ledger(), path, "--proposals", "--source", "operator", "--clock", "input"};
  }
  // A writer that pays as fast as it can.
  std::unique_ptr<Running> StartPaying(const std::string& prefix) {
    return std::make_unique<Running>(IngestArguments(Payments(prefix, kPaymentsUnderLoad)),
                                     "/dev/null");
  }
  // Until the writer's answers stand beyond `sequence`.
  void AwaitBeyond(uint64_t sequence) {
    for (int look = 0; look < 3'000; ++look) {
      const auto reader = engine::RocksReader::Open({.directory = ledger() + "/log"});
      if (reader.ok() && (*reader)->AckedFrontier() > sequence) return;
      usleep(10'000);
    }
    FAIL() << "the writer does not get beyond " << sequence;
  }
  // How long it takes on this machine, so that a kill finds it under way.
  static uint64_t MicrosecondsOf(const std::vector<std::string>& arguments) {
    const auto began = std::chrono::steady_clock::now();
    EXPECT_EQ(Longmen(arguments).code, 0);
    const auto took = std::chrono::steady_clock::now() - began;
    return static_cast<uint64_t>(
        std::chrono::duration_cast<std::chrono::microseconds>(took).count());
  }
  // Until there is something half made, however slow the machine.
  static void AwaitBegun(Running& making, const std::string& to) {
    while (!fs::exists(to + ".part") && !making.ended()) usleep(1'000);
  }
  Said Verify(const std::string& directory, const std::string& anchor) {
    return LongmenAudit({"verify", directory, "--expect", anchor});
  }
  // From the log's first byte: whole, and the anchor is in it.
  void ExpectVerified(const std::string& directory, const std::string& anchor) {
    const Said verified = Verify(directory, anchor);
    EXPECT_EQ(verified.code, 0) << directory << "\n" << verified.out << verified.err;
  }
  // The ledger pays on, and its auditor agrees.
  void ExpectGoesOn(const std::string& directory, const std::string& name) {
    const Said paid = Longmen(
        {"ingest", directory, "-", "--proposals", "--source", "operator", "--clock", "input"},
        PaymentGroup(name, "B", "A", 7) + "\n");
    EXPECT_EQ(paid.code, 0) << paid.out << paid.err;
    EXPECT_EQ(LongmenAudit({"verify", directory}).code, 0);
    EXPECT_EQ(Longmen({"query", directory, "order", "b2b_gateway/" + name}).code, 0);
  }
};

TEST_F(BackupProgram, BesideABusyWriterRestoresWhatTheSourceHadAtItsAnchor) {
  constexpr int kBackups = 2;
  uint64_t last = Records();
  const auto writer = StartPaying("load");
  std::vector<std::string> anchors;
  for (int i = 0; i < kBackups; ++i) {
    AwaitBeyond(last);
    const Said made = Longmen({"backup", ledger(), Path(fmt::format("backup{}", i))});
    ASSERT_EQ(made.code, 0) << made.err;
    anchors.push_back(AnchorOf(made.out));
    EXPECT_GT(SequenceOf(anchors.back()), last);
    last = SequenceOf(anchors.back());
  }
  EXPECT_FALSE(writer->ended()) << "the load is too light: it ended before the last backup";
  ASSERT_EQ(writer->Stop(0), 0);

  for (int i = 0; i < kBackups; ++i) {
    SCOPED_TRACE(i);
    const std::string backup = Path(fmt::format("backup{}", i));
    const std::string restored = Path(fmt::format("restored{}", i));
    ExpectVerified(backup, anchors[i]);
    ExpectVerified(ledger(), anchors[i]);  // the same block, hence the same history
    const Said said = Longmen({"restore", backup, restored});
    ASSERT_EQ(said.code, 0) << said.err;
    EXPECT_EQ(AnchorOf(said.out), anchors[i]);
    const auto at = std::to_string(SequenceOf(anchors[i]));
    EXPECT_EQ(Longmen({"query", restored, "balances", "--as-of", at}).out,
              Query({"balances", "--as-of", at}).out);
    ExpectGoesOn(restored, "afterwards");
    ExpectVerified(restored, anchors[i]);
  }
}

TEST_F(BackupProgram, BesideAServerWorksAndTheServerNeverNotices) {
  Serving server(ledger());
  const Said made = Longmen({"backup", ledger(), Path("backup"), "--verify", "--json"});
  EXPECT_EQ(made.code, 0) << made.err;
  EXPECT_TRUE(made.out.starts_with(R"({"directory":)")) << made.out;
  EXPECT_EQ(server.Stop(SIGTERM), 0);
  const Said restored = Longmen({"restore", Path("backup"), Path("restored"), "--verify"});
  EXPECT_EQ(restored.code, 0) << restored.err;
  ExpectGoesOn(Path("restored"), "afterwards");
}

// Whatever the moment: no backup under its name, or a whole one; and the next run makes one.
TEST_F(BackupProgram, KilledHalfWayLeavesNothingThatLooksLikeABackup) {
  const uint64_t seed = SeedOr(7);
  std::mt19937_64 random(seed);
  ASSERT_EQ(Longmen(IngestArguments(Payments("p", 8'000))).code, 0);
  const std::string to = Path("backup");
  const uint64_t lasts = MicrosecondsOf({"backup", ledger(), to});
  fs::remove_all(to);
  int half = 0;
  int whole = 0;
  for (int i = 0; i < 20; ++i) {
    Running backup({"backup", ledger(), to}, "/dev/null");
    AwaitBegun(backup, to);
    usleep(static_cast<useconds_t>(random() % lasts));
    backup.Stop(SIGKILL);
    const bool named = fs::exists(to);
    if (fs::exists(to + ".part")) {
      ++half;
      EXPECT_NE(Longmen({"ingest", to + ".part", "-", "--proposals"}).code, 0) << "it is no ledger";
      const Said restored = Longmen({"restore", to + ".part", Path("restored")});
      EXPECT_EQ(restored.code == 0, fs::exists(to + ".part/keys/token.key")) << restored.err;
      EXPECT_EQ(restored.code == 0, fs::exists(Path("restored")));
      fs::remove_all(Path("restored"));
    }
    if (named) {
      ++whole;
      const Said restored = Longmen({"restore", to, Path("restored")});
      EXPECT_EQ(restored.code, 0) << restored.err;
    }
    fs::remove_all(Path("restored"));
    fs::remove_all(to);
  }
  std::cout << half << " killed half way, " << whole << " were whole" << std::endl;
  EXPECT_GT(half, 3);
  const Said made = Longmen({"backup", ledger(), to});
  EXPECT_EQ(made.code, 0) << made.err;
  EXPECT_FALSE(fs::exists(to + ".part"));
  ExpectVerified(to, AnchorOf(made.out));
}

TEST_F(BackupProgram, RestoreKilledHalfWayLeavesNothingThatLooksLikeALedger) {
  std::mt19937_64 random(SeedOr(8));
  ASSERT_EQ(Longmen(IngestArguments(Payments("p", 8'000))).code, 0);
  ASSERT_EQ(Longmen({"backup", ledger(), Path("backup")}).code, 0);
  const std::string to = Path("restored");
  const uint64_t lasts = MicrosecondsOf({"restore", Path("backup"), to});
  fs::remove_all(to);
  int half = 0;
  for (int i = 0; i < 20; ++i) {
    Running restore({"restore", Path("backup"), to}, "/dev/null");
    AwaitBegun(restore, to);
    usleep(static_cast<useconds_t>(random() % lasts));
    restore.Stop(SIGKILL);
    if (fs::exists(to + ".part")) ++half;
    if (fs::exists(to)) {
      EXPECT_EQ(LongmenAudit({"verify", to}).code, 0);
    }
    fs::remove_all(to);
  }
  std::cout << half << " killed half way" << std::endl;
  EXPECT_GT(half, 3);
  EXPECT_EQ(Longmen({"restore", Path("backup"), to}).code, 0);
  ExpectGoesOn(to, "afterwards");
}

// A writer that dies in the middle of an append leaves a torn tail, to the backup as to itself.
TEST_F(BackupProgram, OutlivesItsWritersDeath) {
  std::mt19937_64 random(SeedOr(9));
  for (int i = 0; i < 3; ++i) {
    SCOPED_TRACE(i);
    const std::string to = Path(fmt::format("backup{}", i));
    const uint64_t before = Records();
    const auto writer = StartPaying(fmt::format("load{}-", i));
    AwaitBeyond(before);
    Running backup({"backup", ledger(), to}, "/dev/null");
    usleep(static_cast<useconds_t>(random() % 60'000));
    EXPECT_FALSE(writer->ended());
    writer->Stop(SIGKILL);
    EXPECT_EQ(backup.Stop(0), 0);
    const Said anchored = LongmenAudit({"verify", to});
    EXPECT_EQ(anchored.code, 0) << anchored.out;
    ExpectVerified(ledger(), AnchorOf(anchored.out));
    ASSERT_EQ(Longmen({"restore", to, Path(fmt::format("restored{}", i))}).code, 0);
    ExpectGoesOn(Path(fmt::format("restored{}", i)), "afterwards");
    ExpectGoesOn(ledger(), fmt::format("again{}", i));
  }
}

TEST_F(BackupProgram, SaysInOneLineWhatIsWrong) {
  ASSERT_EQ(Longmen({"backup", ledger(), Path("backup")}).code, 0);
  const auto expect = [](const Said& said, int code, std::string_view start) {
    EXPECT_EQ(said.code, code);
    EXPECT_EQ(said.out, "");
    EXPECT_TRUE(said.err.starts_with(start)) << said.err;
    EXPECT_EQ(std::count(said.err.begin(), said.err.end(), '\n'), 1) << said.err;
  };
  expect(Longmen({"backup", Path("nowhere"), Path("x")}), 1, "longmen: not_found: ");
  expect(Longmen({"backup", ledger(), Path("backup")}), 2, "longmen: usage: ");
  expect(Longmen({"backup", ledger(), Path("no/x")}), 1, "longmen: not_found: ");
  expect(Longmen({"restore", ledger(), Path("x")}), 1, "longmen: not_found: ");
  expect(Longmen({"restore", Path("backup"), ledger()}), 2, "longmen: usage: ");
  expect(Longmen({"serve", Path("backup"), "--port", "0"}), 2, "longmen: usage: ");
  expect(Longmen({"rebuild", Path("backup")}), 2, "longmen: usage: ");
  std::fstream(Path("backup/log/HEAD"), std::ios::in | std::ios::out | std::ios::binary).put('x');
  expect(Longmen({"restore", Path("backup"), Path("x")}), 1, "longmen: corrupt at log/HEAD: ");
}

}  // namespace
}  // namespace longmen::testing
