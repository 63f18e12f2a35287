// What the auditor says about a ledger's directory that somebody with a hand on the disk has been
// at, and what may be asked about its beginning and beyond its end.
#include <rocksdb/db.h>
#include <algorithm>

#include <filesystem>
#include <fstream>

#include "engine/rocks_reader/head_file.h"
#include "engine/rocks_reader/rocks_reader.h"
#include "engine/rocks_writer/rocks_log.h"
#include "engine/snapshot/snapshot.h"
#include "tests/support/program/program.h"
#include "tests/support/test_blocks/test_blocks.h"

namespace longmen::testing {
namespace {

namespace fs = std::filesystem;

bool Holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

class Audit : public Program {
 protected:
  void SetUp() override {
    Program::SetUp();
    RegisterBanks({"ICBC", "CCB", "PSBC", "CMB", "BOB"});
  }
  Said Verify(std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"verify", ledger()});
    return LongmenAudit(more);
  }
  Said AsOf(const std::string& sequence) const {
    return LongmenAudit({"as-of", ledger(), sequence});
  }
  // SEQUENCE:HASH of the line "sequence N, chain HASH".
  std::string Anchor() const {
    const std::string out = Verify().out;
    const size_t at = out.find("\nsequence ");
    const size_t comma = out.find(", chain ", at);
    if (at == std::string::npos || comma == std::string::npos) return out;
    return out.substr(at + 10, comma - at - 10) + ":" + out.substr(comma + 8, 64);
  }
  // Another ledger, with a bank that this one does not have.
  std::string Other() const {
    const std::string other = Path("other");
    EXPECT_EQ(Longmen({"init", other, "--name", "other", "--at", "2021-03-01T08:00:00+08:00"}).code,
              0);
    EXPECT_EQ(
        Longmen({"ingest", other, "-", "--proposals", "--source", "operator", "--clock", "input"},
                BankLines({"THEIRS"}))
            .code,
        0);
    return other;
  }
  // Every byte, to put it back as it was.
  void Keep(const std::string& name) const {
    fs::copy(ledger(), Path(name), fs::copy_options::recursive);
  }
  void PutBack(const std::string& name) const {
    fs::remove_all(ledger());
    fs::copy(Path(name), ledger(), fs::copy_options::recursive);
  }
  // Overwrites the newest slot of HEAD.
  void WipeNewestSlot() const {
    const std::string path = ledger() + "/log/HEAD";
    std::string head = ReadWhole(path);
    size_t newest = 0;
    uint64_t counter = 0;
    for (size_t slot = 0; slot < engine::kHeadSlots; ++slot) {
      const auto mark = engine::DecodeHead(AsBytes(head).subspan(slot * engine::kHeadSlotStride));
      if (mark && mark->counter >= counter) {
        counter = mark->counter;
        newest = slot;
      }
    }
    head.replace(newest * engine::kHeadSlotStride, engine::kHeadSlotBytes, engine::kHeadSlotBytes,
                 '\0');
    std::ofstream(path, std::ios::binary) << head;
  }
  // Takes a block out of the log, behind everybody's back: the last one, or the one before it.
  void DropLastBlock(bool but_one = false) const {
    rocksdb::DB* raw = nullptr;
    ASSERT_TRUE(rocksdb::DB::Open({}, ledger() + "/log/log", &raw).ok());
    const std::unique_ptr<rocksdb::DB> db(raw);
    const std::unique_ptr<rocksdb::Iterator> it(db->NewIterator({}));
    it->SeekToLast();
    if (but_one) it->Prev();
    ASSERT_TRUE(it->Valid());
    ASSERT_TRUE(db->Delete({}, it->key()).ok());
  }
  void ForgetDerived() const {
    fs::remove_all(ledger() + "/derived");
    fs::remove_all(ledger() + "/snapshots");
  }
};

TEST_F(Audit, SaysWhatACleanLogWasHeldAgainst) {
  const Said alone = Verify();
  EXPECT_EQ(alone.code, 0) << alone.out << alone.err;
  EXPECT_TRUE(Holds(alone.out, "\nclean, but not held against an anchor kept elsewhere"))
      << alone.out;
  EXPECT_TRUE(Holds(alone.out, "projections equal")) << alone.out;
  const std::string anchor = Anchor();
  PayE2b();
  for (const auto& more :
       {std::vector<std::string>{"--expect", anchor}, {"--expect", anchor, "--expect", Anchor()}}) {
    const Said held = Verify(more);
    EXPECT_EQ(held.code, 0) << held.out << held.err;
    EXPECT_TRUE(Holds(held.out, "\nclean, and it holds ")) << held.out;
  }
  const Said json = Verify({"--json"});
  const size_t colon = Anchor().find(':');
  EXPECT_TRUE(Holds(json.out, R"("sequence":")" + Anchor().substr(0, colon) + R"(","chain":")" +
                                  Anchor().substr(colon + 1) + "\""))
      << json.out;
  ForgetDerived();
  EXPECT_TRUE(Holds(Verify().out, "none stored: nothing to compare")) << Verify().out;
}

TEST_F(Audit, AnAnchorThatCannotBeReadIsAWrongCall) {
  const Said said = Verify({"--expect", "17"});
  EXPECT_EQ(said.code, 2);
  EXPECT_TRUE(Holds(said.err, "SEQUENCE:HASH")) << said.err;
  EXPECT_EQ(Verify({"--expect", "0:" + std::string(64, '0')}).code, 2) << "every log would hold it";
  EXPECT_EQ(LongmenAudit({"verify", "--expect", Anchor(), ledger()}).code, 0)
      << "it takes one word, not the directory after it";
}

TEST_F(Audit, FindsATailThatWasPutBackToAnEarlierDay) {
  Keep("earlier");
  PayE2b();
  const std::string anchor = Anchor();
  PutBack("earlier");
  EXPECT_EQ(Verify().code, 0) << "nothing beside the log can tell";
  const Said said = Verify({"--expect", anchor});
  EXPECT_EQ(said.code, 1);
  EXPECT_TRUE(Holds(said.out, "FINDING  anchor_missing")) << said.out;
}

TEST_F(Audit, FindsABlockDroppedAndItsSlotOfHeadWiped) {
  PayE2b();
  const std::string anchor = Anchor();
  ForgetDerived();
  EXPECT_EQ(Verify().code, 0) << Verify().out;
  DropLastBlock();
  EXPECT_TRUE(Holds(Verify().out, "FINDING  head_contradicts")) << Verify().out;
  // Every opening and every close writes HEAD: the slots that name the dropped block go.
  WipeNewestSlot();
  for (int i = 0; i < 2 && Holds(Verify().out, "head_contradicts"); ++i) WipeNewestSlot();
  const Said said = Verify({"--expect", anchor});
  EXPECT_EQ(said.code, 1);
  EXPECT_TRUE(Holds(said.out, "FINDING  head_slot_blank")) << said.out;
  EXPECT_TRUE(Holds(said.out, "FINDING  anchor_missing")) << said.out;
}

TEST_F(Audit, FindsAHoleThatNobodyElseOpens) {
  PayE2b();
  RegisterBanks({"BCM"});
  ForgetDerived();
  DropLastBlock(true);
  const Said said = Verify();
  EXPECT_EQ(said.code, 1);
  EXPECT_TRUE(Holds(said.out, "FINDING  sequence_gap")) << said.out;
  EXPECT_TRUE(Holds(said.out, "are gone")) << said.out;
  for (const auto& arguments :
       std::vector<std::vector<std::string>>{{"query", ledger(), "records"},
                                             {"query", ledger(), "balances"},
                                             {"export", ledger(), Path("out")},
                                             {"rebuild", ledger()},
                                             {"serve", ledger(), "--port", "0"},
                                             {"ingest", ledger(), "-", "--proposals"}}) {
    const Said refused = Longmen(arguments);
    EXPECT_EQ(refused.code, 1) << arguments[0];
    EXPECT_TRUE(refused.err.starts_with("longmen: corrupt at log.gap")) << refused.err;
  }
}

TEST_F(Audit, AnAnswerThatCannotBeWrittenIsNotASuccess) {
  for (const auto& arguments : std::vector<std::vector<std::string>>{
           {"verify", ledger()}, {"verify", ledger(), "--json"}, {"as-of", ledger(), "3"}}) {
    const Said said = LongmenAudit(arguments, "/dev/full");
    EXPECT_EQ(said.code, 1) << arguments[0];
    EXPECT_TRUE(said.err.starts_with("longmen-audit: storage_failed")) << said.err;
  }
}

TEST_F(Audit, DoesNotCallProjectionsEqualThatDiffer) {
  const std::string other = Other();
  fs::remove_all(ledger() + "/derived");
  fs::copy(other + "/derived", ledger() + "/derived", fs::copy_options::recursive);
  const Said said = Verify();
  EXPECT_EQ(said.code, 1);
  EXPECT_TRUE(Holds(said.out, "FINDING  projection_differs")) << said.out;
  EXPECT_FALSE(Holds(said.out, "projections equal")) << said.out;
  EXPECT_TRUE(Holds(Verify({"--json"}).out, R"("projections":"differ")"));
}

TEST_F(Audit, ProjectionsOfAnotherLogAreDerivedAgain) {
  const std::string other = Other();
  const std::string right = Query({"balances"}).out;
  fs::remove_all(ledger() + "/derived");
  fs::copy(other + "/derived", ledger() + "/derived", fs::copy_options::recursive);
  ASSERT_FALSE(right.empty());
  EXPECT_EQ(Query({"balances"}).out, right);
  EXPECT_EQ(Verify().code, 1);
  EXPECT_EQ(Serving(ledger()).Stop(15), 0);
  EXPECT_EQ(Verify().code, 0) << Verify().out;
}

TEST_F(Audit, AHistoryThatCannotBeReadIsAFindingAndDerivedAgain) {
  const std::string history = ledger() + "/history";
  ASSERT_TRUE(fs::exists(history + "/CURRENT"));
  fs::remove(history + "/CURRENT");
  const Said missing = Verify();
  EXPECT_EQ(missing.code, 1) << missing.out;
  EXPECT_TRUE(Holds(missing.out, "FINDING  history_unreadable")) << missing.out;
  EXPECT_TRUE(Holds(missing.out, "stored, but not comparable")) << missing.out;
  EXPECT_EQ(Serving(ledger()).Stop(15), 0);
  EXPECT_EQ(Verify().code, 0) << Verify().out;
  for (const auto& file : fs::directory_iterator(history)) {
    if (file.path().filename().string().starts_with("MANIFEST")) fs::remove(file.path());
  }
  EXPECT_TRUE(Holds(Verify().out, "FINDING  history_unreadable")) << Verify().out;
  EXPECT_EQ(Serving(ledger()).Stop(15), 0) << "it is derived again, not refused";
  EXPECT_EQ(Verify().code, 0) << Verify().out;
}

TEST_F(Audit, ALogThatCannotBeReadIsAFindingWithNothingUntrueBesides) {
  for (const auto& file : fs::directory_iterator(ledger() + "/log/log")) {
    if (file.path().filename().string().starts_with("MANIFEST")) fs::remove(file.path());
  }
  const Said said = Verify();
  EXPECT_EQ(said.code, 1) << said.out << said.err;
  EXPECT_TRUE(Holds(said.out, "FINDING  log_unreadable")) << said.out;
  EXPECT_FALSE(Holds(said.out, "projections                    -   none stored")) << said.out;
  EXPECT_FALSE(Holds(said.out, "sequence 0, chain")) << said.out;
}

TEST_F(Audit, FindsNothingInHeadAfterTheServerWasKilled) {
  for (int i = 0; i < 3; ++i) {
    Serving server(ledger());
    EXPECT_EQ(server.Stop(9), 137);
    EXPECT_EQ(Verify().code, 0) << Verify().out;
  }
}

TEST_F(Audit, FindsAForgedSnapshotAndRebuildForgetsIt) {
  PayE2b();
  const std::string directory = ledger() + "/snapshots";
  const auto all = engine::ListSnapshots(directory);
  ASSERT_FALSE(all.empty());
  auto snapshot = engine::ReadSnapshot(directory, all[0]);
  ASSERT_TRUE(snapshot.ok());
  std::vector<uint8_t> state(snapshot->state().begin(), snapshot->state().end());
  state[state.size() - 9] ^= 1;
  const auto head = engine::EncodeSnapshotHead(snapshot->head, state);
  std::ofstream(engine::SnapshotPath(directory, all[0]), std::ios::binary)
      << AsText(head) << AsText(state);
  ASSERT_TRUE(engine::ReadSnapshot(directory, all[0]).ok()) << "every checksum fits";
  const Said said = Verify();
  EXPECT_EQ(said.code, 1) << said.out;
  EXPECT_TRUE(Holds(said.out, "FINDING  snapshot_differs  at sequence " + std::to_string(all[0])))
      << said.out;
  ASSERT_EQ(Longmen({"rebuild", ledger()}).code, 0);
  EXPECT_EQ(Verify().code, 0) << Verify().out;
}

TEST_F(Audit, QueriesDoNotUseASnapshotOfAnotherLog) {
  const std::string other = Other();
  const char* theirs = "bank-THEIRS";
  ASSERT_EQ(Longmen({"query", other, "answer", "operator", theirs}).code, 0);
  fs::remove_all(ledger() + "/snapshots");
  fs::copy(other + "/snapshots", ledger() + "/snapshots", fs::copy_options::recursive);
  const Said said = Query({"answer", "operator", theirs});
  EXPECT_EQ(said.code, 1) << said.out;
  EXPECT_TRUE(Holds(said.err, "never recorded")) << said.err;
}

TEST_F(Audit, AFailedRebuildLeavesWhatWasThere) {
  PayE2b();
  {
    // A block that fits the chain and holds nothing the rules know.
    engine::RocksLogOptions options;
    options.directory = ledger() + "/log";
    auto log = engine::RocksLog::OpenDirectory(std::move(options));
    ASSERT_TRUE(log.ok());
    const auto head = (*log)->Open(9).value();
    ASSERT_EQ((*log)->Append(9, head, MakeBlock(1, 9, head)), engine::AppendOutcome::kOk);
  }
  const auto derived = FilesOf(ledger() + "/derived");
  const auto snapshots = FilesOf(ledger() + "/snapshots");
  const Said said = Longmen({"rebuild", ledger()});
  EXPECT_EQ(said.code, 1) << said.out;
  ASSERT_TRUE(fs::exists(ledger() + "/derived") && fs::exists(ledger() + "/snapshots"));
  EXPECT_TRUE(FilesOf(ledger() + "/derived") == derived) << "byte for byte";
  EXPECT_TRUE(FilesOf(ledger() + "/snapshots") == snapshots);
  EXPECT_FALSE(fs::exists(ledger() + "/derived.new"));
}

TEST_F(Audit, ARebuildRemovesWhatAKilledOneLeft) {
  PayE2b();
  for (const char* name : {"/derived.new", "/snapshots.new"}) {
    fs::create_directories(ledger() + name);
    std::ofstream(ledger() + name + "/CURRENT") << "half made";
  }
  const auto before = Query({"balances", "--json"}).out;
  const Said said = Longmen({"rebuild", ledger()});
  EXPECT_EQ(said.code, 0) << said.err;
  EXPECT_FALSE(fs::exists(ledger() + "/derived.new"));
  EXPECT_FALSE(fs::exists(ledger() + "/snapshots.new"));
  EXPECT_EQ(Query({"balances", "--json"}).out, before);
  EXPECT_EQ(Verify().code, 0) << Verify().out;
  ForgetDerived();
  EXPECT_EQ(Longmen({"rebuild", ledger()}).code, 0) << "there is nothing to exchange it for";
  EXPECT_TRUE(Holds(Verify().out, "projections equal")) << Verify().out;
}

TEST_F(Audit, BothProgramsAnswerAsOfTheBeginningAndNotBeyondTheEnd) {
  const Said empty = Query({"balances", "--as-of", "0"});
  EXPECT_EQ(empty.code, 0) << empty.err;
  EXPECT_TRUE(Holds(empty.out, "as of sequence 0\n")) << empty.out;
  EXPECT_FALSE(Holds(empty.out, "ICBC")) << empty.out;
  EXPECT_EQ(Query({"records", "--as-of", "0", "--json"}).out, "");
  EXPECT_EQ(Query({"answer", "operator", "T01", "--as-of", "0"}).code, 1);
  const Said audited = AsOf("0");
  EXPECT_EQ(audited.code, 0) << audited.err;
  EXPECT_TRUE(audited.out.starts_with("as of sequence 0,")) << audited.out;
  EXPECT_TRUE(Holds(Query({"balances", "--as-of", "1000"}).err, "unanswerable"));
  const Said beyond = AsOf("1000");
  EXPECT_EQ(beyond.code, 2);
  EXPECT_TRUE(Holds(beyond.err, "unanswerable")) << beyond.err;
}

TEST_F(Audit, AWrongCallIsOneHelpfulLine) {
  const std::pair<std::vector<std::string>, std::string> cases[] = {
      {{}, "A subcommand is required"},
      {{"frob"}, "there is no frob (verify DIR, trace"},
      {{"as-of", ledger(), "2021-03-01"}, "SEQUENCE = 2021-03-01"},
      {{"verify", ledger(), "--jsno"}, "there is no --jsno"}};
  for (const auto& [arguments, message] : cases) {
    const Said said = LongmenAudit(arguments);
    EXPECT_EQ(said.code, 2) << message;
    EXPECT_TRUE(Holds(said.err, message)) << said.err;
    EXPECT_EQ(std::count(said.err.begin(), said.err.end(), '\n'), 1) << said.err;
  }
}

TEST_F(Audit, AnExportAsOfTheBeginningIsOfTheEmptyLedger) {
  const Said said = Longmen({"export", ledger(), Path("empty"), "--as-of", "0"});
  EXPECT_EQ(said.code, 0) << said.err;
  for (const auto& [name, text] : FilesOf(Path("empty"))) EXPECT_FALSE(Holds(text, "ICBC")) << name;
}

}  // namespace
}  // namespace longmen::testing
