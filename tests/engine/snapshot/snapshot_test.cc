// Snapshots: derived, checked, and never believed over the log.
#include "engine/snapshot/snapshot.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "engine/sequencer/recovery.h"
#include "engine/snapshot_writer/snapshot_writer.h"
#include "tests/support/engine_rig/rig.h"
#include "tests/support/engine_script/script.h"
#include "tests/support/test_blocks/test_blocks.h"

namespace longmen::engine {
namespace {

using testing::MakeScript;
using testing::Script;

std::string PathOf(const std::string& directory, Sequence sequence) {
  return fmt::format("{}/snapshot-{:020}.lms", directory, sequence);
}

std::string ReadFile(const std::string& path) {
  std::ostringstream bytes;
  bytes << std::ifstream(path, std::ios::binary).rdbuf();
  return bytes.str();
}

void WriteFile(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

// A log in memory with the records of a script, one step a block, and the ledger at its end.
struct Played {
  MemoryLog log;
  Ledger ledger;
  std::vector<LogHead> heads;  // after each block
};

void Play(const Script& script, size_t steps, Played& played) {
  LogHead head = played.log.Open(1).value();
  Sequence from = 1;
  for (size_t i = 0; i < steps; ++i) {
    const Sequence last = script.steps[i].last;
    if (last < from) continue;
    BlockBuilder builder;
    for (; from <= last; ++from) {
      const RecordView record = ReadRecord(script.records[from - 1]).value();
      builder.Add(record.header, record.proposal);
      ASSERT_TRUE(played.ledger.Apply(record).ok());
    }
    const auto block = builder.Finish(1, head.previous);
    ASSERT_EQ(played.log.Append(1, head, block), AppendOutcome::kOk);
    head = testing::HeadAfter(block);
    played.heads.push_back(head);
  }
}

class Snapshots : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { script_ = new Script(MakeScript(20210301, 120)); }
  static void TearDownTestSuite() { delete script_; }

  void SetUp() override { Play(*script_, script_->steps.size(), whole_); }

  // The snapshot that stands on the log after `steps`.
  Sequence Write(size_t steps) {
    Played part;
    Play(*script_, steps, part);
    const SnapshotHead head{part.ledger.last_sequence(), part.heads.back().previous};
    EXPECT_TRUE(WriteSnapshot(directory_, head, part.ledger.Save()).ok());
    return head.sequence;
  }

  std::string DigestOf(const Result<Ledger>& ledger) {
    return ledger.ok() ? Hex(ledger->StateDigest()) : Describe(ledger.error());
  }
  std::string Whole() { return Hex(whole_.ledger.StateDigest()); }

  static Script* script_;
  testing::TemporaryDirectory temporary_;
  std::string directory_ = temporary_.path() + "/snapshots";
  Played whole_;
};

Script* Snapshots::script_ = nullptr;

TEST_F(Snapshots, ComeBackAsTheyWereWritten) {
  const SnapshotHead head{whole_.ledger.last_sequence(), whole_.heads.back().previous};
  ASSERT_TRUE(WriteSnapshot(directory_, head, whole_.ledger.Save()).ok());
  ASSERT_EQ(ListSnapshots(directory_), std::vector<Sequence>{head.sequence});
  const auto loaded = LoadSnapshot(directory_, head.sequence);
  ASSERT_TRUE(loaded.ok()) << Describe(loaded.error());
  EXPECT_EQ(loaded->head.sequence, head.sequence);
  EXPECT_EQ(loaded->head.block, head.block);
  EXPECT_EQ(Hex(loaded->ledger.StateDigest()), Whole());
  EXPECT_EQ(loaded->ledger.Save(), whole_.ledger.Save());
  EXPECT_TRUE(loaded->ledger.CheckInvariants().ok());
}

TEST_F(Snapshots, AreKeptFourAtATimeAndLeaveNothingBeside) {
  std::vector<Sequence> written;
  for (const size_t steps : {50u, 60u, 70u, 80u, 90u}) written.push_back(Write(steps));
  EXPECT_EQ(ListSnapshots(directory_),
            (std::vector<Sequence>{written[4], written[3], written[2], written[1]}));
  WriteFile(directory_ + "/snapshot.tmp", "half of one");
  WriteFile(directory_ + "/snapshot-.lms", "");
  WriteFile(directory_ + "/snapshot-x7.lms", "");
  written.push_back(Write(100));
  EXPECT_EQ(ListSnapshots(directory_),
            (std::vector<Sequence>{written[5], written[4], written[3], written[2]}));
  EXPECT_FALSE(std::filesystem::exists(directory_ + "/snapshot.tmp"));
}

TEST_F(Snapshots, AreRefusedWhenAnyByteIsAnother) {
  const Sequence sequence = Write(120);
  const std::string bytes = ReadFile(PathOf(directory_, sequence));
  for (size_t i = 0; i < 400; ++i) {
    // Every byte of the header, and some of the state.
    const size_t at = i < 100 ? i : 100 + (i - 100) * (bytes.size() - 100) / 300;
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << (i % 8)));
    WriteFile(PathOf(directory_, sequence), damaged);
    const auto loaded = LoadSnapshot(directory_, sequence);
    ASSERT_FALSE(loaded.ok()) << "byte " << at;
    EXPECT_EQ(loaded.error().code, Code::CORRUPT);
  }
  for (const size_t size : {size_t{0}, size_t{10}, size_t{71}, size_t{72}, bytes.size() - 1}) {
    WriteFile(PathOf(directory_, sequence), bytes.substr(0, size));
    EXPECT_FALSE(LoadSnapshot(directory_, sequence).ok()) << size;
  }
  WriteFile(PathOf(directory_, sequence), bytes + "x");
  EXPECT_FALSE(LoadSnapshot(directory_, sequence).ok());
  WriteFile(PathOf(directory_, sequence), bytes);
  EXPECT_TRUE(LoadSnapshot(directory_, sequence).ok());
  // Under another name it is of another sequence than it says.
  WriteFile(PathOf(directory_, sequence - 1), bytes);
  EXPECT_FALSE(LoadSnapshot(directory_, sequence - 1).ok());
  EXPECT_FALSE(LoadSnapshot(directory_, 1).ok()) << "it is not there";
}

TEST_F(Snapshots, AndARollForwardGiveWhatAFullReplayGives) {
  EXPECT_EQ(DigestOf(RecoverLedger(whole_.log, "")), Whole());
  for (const size_t steps : {1u, 50u, 77u, 119u, 120u}) {
    std::filesystem::remove_all(directory_);
    const Sequence sequence = Write(steps);
    EXPECT_EQ(DigestOf(RecoverLedger(whole_.log, directory_)), Whole()) << "from " << sequence;
    // The snapshot was really what it started from.
    const auto from = LedgerOfSnapshot(whole_.log, directory_, whole_.log.AckedFrontier());
    ASSERT_TRUE(from.ok());
    EXPECT_EQ(from->last_sequence(), sequence);
  }
}

TEST_F(Snapshots, ThatAreDamagedAreIgnored) {
  const Sequence older = Write(60);
  const Sequence newer = Write(100);
  std::string bytes = ReadFile(PathOf(directory_, newer));
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 4);
  WriteFile(PathOf(directory_, newer), bytes);
  EXPECT_EQ(DigestOf(RecoverLedger(whole_.log, directory_)), Whole());
  EXPECT_EQ(LedgerOfSnapshot(whole_.log, directory_, newer)->last_sequence(), older);
  WriteFile(PathOf(directory_, older), "LMSNAP01");
  EXPECT_EQ(DigestOf(RecoverLedger(whole_.log, directory_)), Whole());
  EXPECT_EQ(LedgerOfSnapshot(whole_.log, directory_, newer)->last_sequence(), 0u);
}

TEST_F(Snapshots, OfAnotherLogAreNotUsed) {
  // Another history of the same length in records, block by block.
  const Script other = MakeScript(7, 120);
  Played theirs;
  Play(other, 120, theirs);
  for (size_t i = theirs.heads.size(); i > 0; --i) {
    const Sequence sequence = theirs.heads[i - 1].next_sequence - 1;
    if (sequence > whole_.log.AckedFrontier()) continue;
    Ledger ledger;
    for (Sequence s = 1; s <= sequence; ++s) {
      ASSERT_TRUE(ledger.Apply(ReadRecord(other.records[s - 1]).value()).ok());
    }
    ASSERT_TRUE(
        WriteSnapshot(directory_, {sequence, theirs.heads[i - 1].previous}, ledger.Save()).ok());
    break;
  }
  ASSERT_EQ(ListSnapshots(directory_).size(), 1u);
  EXPECT_EQ(DigestOf(RecoverLedger(whole_.log, directory_)), Whole());
  EXPECT_EQ(LedgerOfSnapshot(whole_.log, directory_, whole_.log.AckedFrontier())->last_sequence(),
            0u);
}

TEST_F(Snapshots, BeyondTheLogSayThatTheLogHasLostItsTail) {
  Write(120);
  Played shorter;
  Play(*script_, 100, shorter);
  const auto recovered = RecoverLedger(shorter.log, directory_);
  ASSERT_FALSE(recovered.ok());
  EXPECT_EQ(recovered.error().code, Code::CORRUPT);
  EXPECT_EQ(recovered.error().field, "log");
  EXPECT_EQ(Engine::Open({.clock = SystemClock(), .snapshot_directory = directory_}, shorter.log)
                .error()
                .code,
            Code::CORRUPT);
}

using EngineSnapshots = EngineRig;

// Snapshots taken while the writer is behind stand on the very record they were taken at.
TEST_F(EngineSnapshots, StandOnTheirRecordHoweverBusyTheEngineIs) {
  const testing::TemporaryDirectory temporary;
  auto options = Options();
  options.snapshot_directory = temporary.path() + "/snapshots";
  options.snapshot_interval = 7;
  Begin(options);
  int found = 0;
  for (int round = 0; round < 30; ++round) {
    log_.Shut();
    std::vector<std::future<PerJob>> taken;
    for (int i = 0; i < 20; ++i) {
      const std::string name = fmt::format("p{}.{}", round, i);
      taken.push_back(SubmitLater(*engine_, JobOf({Participant(name, name)})));
      if (i % 4 == 0) std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
    log_.Open();
    for (auto& one : taken) one.get();
    ASSERT_TRUE(engine_->Read([](const LedgerView&) {}).ok());
    for (Sequence sequence : ListSnapshots(options.snapshot_directory)) {
      const auto loaded = LoadSnapshot(options.snapshot_directory, sequence);
      const auto ledger = LedgerOfSnapshot(log_, options.snapshot_directory, sequence);
      // The engine deletes old ones meanwhile: of one that is still there both reads were whole.
      if (!std::filesystem::exists(PathOf(options.snapshot_directory, sequence))) continue;
      ASSERT_TRUE(loaded.ok()) << sequence << ": " << Describe(loaded.error());
      EXPECT_EQ(ledger->last_sequence(), sequence);
      ++found;
    }
  }
  EXPECT_GT(found, 20);
  engine_->Stop();
  EXPECT_EQ(ListSnapshots(options.snapshot_directory).front(), log_.AckedFrontier())
      << "stopping writes one";
  Start(options);
  ExpectSoundAndAnnounced();
}

TEST_F(EngineSnapshots, ThatCannotBeWrittenCostNothing) {
  auto options = Options();
  options.snapshot_directory = "/proc/no/such/place";
  options.snapshot_interval = 3;
  Begin(options);
  for (int i = 0; i < 20; ++i) {
    const std::string name = "p" + std::to_string(i);
    EXPECT_EQ(Ask({Participant(name, name)})[0].kind, AnswerKind::kAccepted);
  }
  ExpectSoundAndAnnounced();
}

}  // namespace
}  // namespace longmen::engine
