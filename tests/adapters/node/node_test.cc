// A node on a real directory: its doors, its lock, and what survives what.
#include "adapters/node/node.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <future>
#include <sstream>

#include "adapters/node/keys.h"
#include "engine/rocks_writer/rocks_log.h"
#include "projections/all/all.h"
#include "tests/support/test_blocks/test_blocks.h"

namespace longmen::adapters {
namespace {

namespace fs = std::filesystem;
using engine::Answer;
using engine::AnswerKind;

constexpr std::string_view kNow = "2021-03-01T01:00:00Z";

engine::Clock FixedClock() {
  return [] { return *ParseInstant(kNow); };
}

std::string ProposalText(std::string_view id, std::string_view key, std::string_view members) {
  return fmt::format(R"({{"id":"{}","key":"{}","occurredAt":"{}",{}}})", id, key, kNow, members);
}

std::string AccountText(std::string_view name, std::string_view members) {
  return ProposalText(name, name,
                      fmt::format(R"("registration":{{"account":{{"participant":"ICBC",)"
                                  R"("currency":"CNY",{}}}}})",
                                  members));
}

std::string SaleText(std::string_view id, std::string_view number, int64_t minor) {
  return fmt::format(R"({{"id":"{}","occurredAt":"{}","sale":{{"number":"{}","buyer":"buyer",)"
                     R"("machine":"machine","amount":{{"minor":"{}","currency":"CNY"}}}}}})",
                     id, kNow, number, minor);
}

class NodeTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto token = Node::Init(directory_, "test", 480, FixedClock());
    ASSERT_TRUE(token.ok()) << Describe(token.error());
    token_ = *token;
    Open();
  }
  void TearDown() override {
    if (node_) node_->Stop();
  }

  static Result<std::unique_ptr<Node>> OpenAt(const std::string& directory) {
    NodeOptions options;
    options.directory = directory;
    options.clock = FixedClock();
    return Node::Open(std::move(options));
  }
  void Open() {
    auto node = OpenAt(directory_);
    ASSERT_TRUE(node.ok()) << Describe(node.error());
    node_ = std::move(*node);
  }
  void Close() {
    node_->Stop();
    node_.reset();
  }

  std::vector<ItemAnswer> Propose(std::vector<std::vector<std::string>> groups,
                                  const std::string& source = "operator") {
    std::promise<std::vector<ItemAnswer>> done;
    node_->ProposeJson(source, std::move(groups),
                       [&](std::vector<ItemAnswer> items) { done.set_value(std::move(items)); });
    return done.get_future().get();
  }
  std::vector<ItemAnswer> Ingest(std::vector<std::string> records,
                                 schema::Scenario scenario = schema::Scenario::TUTORIAL) {
    std::promise<std::vector<ItemAnswer>> done;
    node_->IngestJson("operator", scenario, std::move(records),
                      [&](std::vector<ItemAnswer> items) { done.set_value(std::move(items)); });
    return done.get_future().get();
  }

  // A participant, a buyer who may owe, and a machine.
  void RegisterShop() {
    for (const ItemAnswer& item :
         Propose({{ProposalText("icbc", "ICBC", R"("registration":{"participant":{}})")},
                  {AccountText("buyer", R"("kind":"customer","unlimited":true)")},
                  {AccountText("machine", R"("kind":"merchant")")}})) {
      ASSERT_EQ(item.answers[0].kind, AnswerKind::kAccepted) << item.id << " " << item.message;
    }
  }
  void Sell(int from, int to) {
    std::vector<std::string> records;
    for (int i = from; i < to; ++i) {
      records.push_back(SaleText(fmt::format("s{}", i), fmt::format("n{}", i), 100 + i));
    }
    for (const ItemAnswer& item : Ingest(std::move(records))) {
      ASSERT_EQ(item.answers[0].kind, AnswerKind::kAccepted) << item.id << " " << item.message;
    }
  }

  // The ledger and the projections, once they are at the end of the log.
  struct Looks {
    Sequence sequence = 0;
    std::string ledger;
    std::string projections;
    bool operator==(const Looks&) const = default;
    friend std::ostream& operator<<(std::ostream& out, const Looks& looks) {
      return out << looks.sequence << " " << looks.ledger << " " << looks.projections;
    }
  };
  static Looks LooksOf(Node& node) {
    Looks looks;
    looks.sequence = node.log().AckedFrontier();
    EXPECT_TRUE(node.AwaitProjected(looks.sequence).ok());
    EXPECT_EQ(node.ProjectedSequence(), looks.sequence);
    EXPECT_EQ(projections::ReadApplied(node.projections())->sequence, looks.sequence);
    looks.projections = Hex(projections::StoreDigest(node.projections()));
    EXPECT_TRUE(node.engine()
                    .Inspect([&](const engine::Ledger& ledger) {
                      looks.ledger = Hex(ledger.StateDigest());
                    })
                    .ok());
    return looks;
  }

  // The log and its anchor, while they are in use. HEAD first: it may be behind, never ahead.
  void CopyLog(const std::string& copy) {
    fs::create_directories(copy + "/log");
    for (const char* name : {"HEAD", "log/HEAD"}) {
      if (fs::exists(directory_ + "/" + name)) fs::copy(directory_ + "/" + name, copy + "/" + name);
    }
    for (const auto& entry : fs::recursive_directory_iterator(directory_ + "/log")) {
      const fs::path to = copy / fs::relative(entry.path(), directory_);
      if (entry.is_directory()) {
        fs::create_directories(to);
      } else if (!fs::exists(to)) {
        fs::copy(entry.path(), to);
      }
    }
  }

  testing::TemporaryDirectory temporary_;
  std::string directory_ = temporary_.path() + "/node";
  std::string token_;
  std::unique_ptr<Node> node_;
};

TEST_F(NodeTest, IsMadeOnce) {
  Close();
  const auto again = Node::Init(directory_, "test", 480, FixedClock());
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().code, Code::USAGE);
  EXPECT_NE(again.error().message.find(directory_), std::string::npos);
  Open();
  EXPECT_EQ(node_->Authenticate(token_).value(), "operator") << "its token is still the first";
}

// A crash between the first record and the operator's.
TEST_F(NodeTest, FinishesWhatACrashLeftHalfMade) {
  const std::string half = temporary_.path() + "/half";
  {
    engine::RocksLogOptions options;
    fs::create_directories(half);
    options.directory = half + "/log";
    auto log = engine::RocksLog::OpenDirectory(options).value();
    auto engine = engine::Engine::Open({.clock = FixedClock()}, *log).value();
    ASSERT_TRUE(engine->Begin("half", 480).ok());
    engine->Stop();
  }
  EXPECT_EQ(OpenAt(half).error().code, Code::NOT_FOUND);
  const auto token = Node::Init(half, "half", 480, FixedClock());
  ASSERT_TRUE(token.ok()) << token.error().message;
  EXPECT_EQ(OpenAt(half).value()->Authenticate(*token).value(), "operator");
}

TEST_F(NodeTest, IsNotOpenedWhereThereIsNone) {
  const auto nowhere = OpenAt(temporary_.path() + "/nowhere");
  ASSERT_FALSE(nowhere.ok());
  EXPECT_EQ(nowhere.error().code, Code::NOT_FOUND);
  EXPECT_FALSE(fs::exists(temporary_.path() + "/nowhere")) << "looking makes nothing";
}

TEST_F(NodeTest, HasOneOwnerAtATime) {
  const auto second = OpenAt(directory_);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, Code::LOCKED);
  EXPECT_NE(second.error().message.find(directory_), std::string::npos) << second.error().message;
  EXPECT_EQ(Node::Init(directory_, "x", 0, FixedClock()).error().code, Code::LOCKED);
  RegisterShop();  // the first is none the worse
  Close();
  EXPECT_TRUE(OpenAt(directory_).ok());
}

TEST_F(NodeTest, AnswersProposalsItemByItem) {
  RegisterShop();
  const auto items = Propose({
      {AccountText("a1", R"("kind":"customer")")},
      {"{not json"},
      {AccountText("a2", R"("kind":"customer")"), ProposalText("bad", "b", R"("debit":{})")},
      {AccountText("a3", R"("kind":"customer")"), AccountText("a4", R"("kind":"customer")")},
      {AccountText("a1", R"("kind":"merchant")")},
  });
  ASSERT_EQ(items.size(), 7u);
  EXPECT_EQ(items[0].id, "a1");
  EXPECT_EQ(items[0].answers[0].kind, AnswerKind::kAccepted);
  EXPECT_EQ(items[1].answers[0].code, Code::MALFORMED);
  EXPECT_FALSE(items[1].message.empty());
  // One member that cannot be read takes its whole group with it.
  EXPECT_EQ(items[2].answers[0], (Answer{AnswerKind::kInvalid, 0, Code::MALFORMED, "group"}));
  EXPECT_EQ(items[3].answers[0].kind, AnswerKind::kInvalid);
  EXPECT_EQ(items[4].answers[0].kind, AnswerKind::kAccepted);
  EXPECT_EQ(items[5].answers[0].sequence, items[4].answers[0].sequence + 1);
  EXPECT_EQ(items[6].answers[0].kind, AnswerKind::kConflict);
  EXPECT_EQ(items[6].answers[0].field, "registration.account.kind");
  EXPECT_TRUE(node_->Lookup("operator", "a2")->empty()) << "nothing of its group was decided";
}

TEST_F(NodeTest, LetsNobodyProposeInAnothersName) {
  std::string named = ProposalText("x", "X", R"("registration":{"participant":{}})");
  named.insert(1, R"("source":"somebody",)");
  const auto items = Propose({{named}});
  EXPECT_EQ(items[0].answers[0].kind, AnswerKind::kInvalid);
  EXPECT_EQ(items[0].answers[0].code, Code::NOT_PERMITTED);
  EXPECT_EQ(items[0].answers[0].field, "source");
  // Whoever is trusted may; the rules then ask whether that source exists.
  const auto trusted = Propose({{named}}, "");
  EXPECT_EQ(trusted[0].answers[0].code, Code::UNKNOWN_SOURCE);
}

TEST_F(NodeTest, TellsOfRecordsAndProposalsWhatBecameOfThem) {
  RegisterShop();
  const auto first = Ingest({SaleText("s1", "n1", 250), SaleText("s1", "n1", 250),
                             SaleText("s1", "n1", 999), "{}", SaleText("s2", "n1", 250)});
  ASSERT_EQ(first.size(), 5u);
  ASSERT_EQ(first[0].answers.size(), 2u) << first[0].message;
  EXPECT_EQ(first[0].answers[0].kind, AnswerKind::kAccepted);
  EXPECT_EQ(first[1].answers[0], (Answer{AnswerKind::kDuplicate, first[0].answers[0].sequence}));
  EXPECT_EQ(first[2].answers[0].kind, AnswerKind::kConflict);
  EXPECT_EQ(first[2].answers[0].field, "record");
  EXPECT_EQ(first[3].answers[0].kind, AnswerKind::kInvalid);
  EXPECT_EQ(first[4].answers[0].code, Code::ORDER_EXISTS);

  const auto sold = node_->Lookup("operator", "s1").value();
  ASSERT_EQ(sold.size(), 2u);
  EXPECT_EQ(sold, first[0].answers);
  const auto refused = node_->Lookup("operator", "s2").value();
  ASSERT_EQ(refused.size(), first[4].answers.size());
  EXPECT_EQ(refused[0], first[4].answers[0]);
  EXPECT_EQ(node_->Lookup("operator", "buyer")->at(0).kind, AnswerKind::kAccepted);
  EXPECT_TRUE(node_->Lookup("operator", "s3")->empty());
  EXPECT_TRUE(node_->Lookup("another", "s1")->empty());
  EXPECT_EQ(Ingest({"{}"}, schema::Scenario::NONE)[0].answers[0].code, Code::UNKNOWN_RECORD);
}

TEST_F(NodeTest, KnowsASourceByTheTokenItHasNow) {
  const auto source = [](std::string_view id, std::string_view key, std::string_view token) {
    static constexpr char kDigits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const Digest256 hash = TokenHash(token);
    std::string base64;
    for (size_t i = 0; i < hash.size(); i += 3) {
      const auto at = [&](size_t j) { return j < hash.size() ? hash[j] : uint8_t{0}; };
      const unsigned three = static_cast<unsigned>(at(i) << 16 | at(i + 1) << 8 | at(i + 2));
      for (const int shift : {18, 12, 6, 0}) base64 += kDigits[three >> shift & 63];
    }
    base64.back() = '=';  // 32 bytes end in one pad
    return ProposalText(id, key,
                        fmt::format(R"("registration":{{"source":{{"bodies":["order"],)"
                                    R"("allParticipants":true,"tokenHash":"{}"}}}})",
                                    base64));
  };
  EXPECT_EQ(node_->Authenticate(token_).value(), "operator");
  EXPECT_EQ(node_->Authenticate("guess").error().code, Code::UNAUTHORIZED);
  ASSERT_EQ(Propose({{source("r1", "shop", "first")}})[0].answers[0].kind, AnswerKind::kAccepted);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(node_->Authenticate("first").value(), "shop");
  ASSERT_EQ(Propose({{source("r2", "shop", "second")}})[0].answers[0].kind, AnswerKind::kAccepted);
  EXPECT_EQ(node_->Authenticate("first").error().code, Code::UNAUTHORIZED) << "at once";
  EXPECT_EQ(node_->Authenticate("second").value(), "shop");
  ASSERT_EQ(Propose({{source("r3", "other", "first")}})[0].answers[0].kind, AnswerKind::kAccepted);
  EXPECT_EQ(node_->Authenticate("first").value(), "other");
  EXPECT_EQ(node_->Authenticate(token_).value(), "operator");
  Close();
  Open();
  EXPECT_EQ(node_->Authenticate("second").value(), "shop");
  EXPECT_EQ(node_->Authenticate("first").value(), "other");
}

TEST_F(NodeTest, StopsForGood) {
  RegisterShop();
  node_->Stop();
  EXPECT_EQ(Propose({{AccountText("x", R"("kind":"customer")")}})[0].answers[0],
            (Answer{AnswerKind::kUnavailable, 0, Code::STOPPING}));
  EXPECT_EQ(Ingest({SaleText("s1", "n1", 1)})[0].answers[0].code, Code::STOPPING);
  EXPECT_EQ(node_->Lookup("operator", "buyer").error().code, Code::STOPPING);
  EXPECT_TRUE(node_->AwaitProjected(node_->log().AckedFrontier()).ok());
  EXPECT_EQ(node_->AwaitProjected(1'000'000).error().code, Code::STOPPING);
  node_->Stop();
}

TEST_F(NodeTest, IsTheSameWhenItIsOpenedAgain) {
  RegisterShop();
  for (int round = 0; round < 4; ++round) {
    Sell(round * 30, round * 30 + 30);
    const Looks before = LooksOf(*node_);
    Close();
    Open();
    EXPECT_EQ(LooksOf(*node_), before);
  }
  const auto account = node_->engine().Read([](const engine::LedgerView& ledger) {
    int64_t sold = 0;
    for (int i = 0; i < 120; ++i) sold += 100 + i;
    EXPECT_EQ(ledger.FindAccount("machine")->balance.minor, sold);
  });
  EXPECT_TRUE(account.ok());
}

TEST_F(NodeTest, DerivesAgainWhatWasDeleted) {
  RegisterShop();
  Sell(0, 60);
  const Looks before = LooksOf(*node_);
  for (const std::vector<std::string>& gone :
       {std::vector<std::string>{"derived"}, {"snapshots"}, {"derived", "snapshots"}}) {
    Close();
    for (const std::string& name : gone) fs::remove_all(directory_ + "/" + name);
    Open();
    EXPECT_EQ(LooksOf(*node_), before);
  }
}

TEST_F(NodeTest, DerivesAgainWhatWasDamaged) {
  RegisterShop();
  Sell(0, 60);
  const Looks before = LooksOf(*node_);
  Close();
  for (const auto& entry : fs::directory_iterator(directory_ + "/derived")) {
    if (entry.path().filename().string().starts_with("MANIFEST")) {
      std::ofstream(entry.path(), std::ios::binary) << "nonsense";
    }
  }
  for (const auto& entry : fs::directory_iterator(directory_ + "/snapshots")) {
    fs::resize_file(entry.path(), fs::file_size(entry.path()) / 2);
  }
  Open();
  EXPECT_EQ(LooksOf(*node_), before);
}

// Copied file by file while it runs: log, HEAD and derived state of different moments, as a crash
// leaves them. Derived state is copied first, so that it is behind the log as after a crash.
TEST_F(NodeTest, RollsACrashedCopyForwardToTheSameProjections) {
  RegisterShop();
  for (int round = 0; round < 4; ++round) {
    Sell(round * 40, round * 40 + 20);
    const Looks early = LooksOf(*node_);
    const std::string copy = temporary_.path() + "/copy" + std::to_string(round);
    fs::create_directories(copy);
    for (const char* name : {"derived", "snapshots", "keys"}) {
      if (!fs::exists(directory_ + "/" + name)) continue;
      fs::copy(directory_ + "/" + name, copy + "/" + name, fs::copy_options::recursive);
    }
    Sell(round * 40 + 20, round * 40 + 40);
    const Looks before = LooksOf(*node_);
    EXPECT_NE(before, early);
    CopyLog(copy);
    auto crashed = OpenAt(copy);
    ASSERT_TRUE(crashed.ok()) << Describe(crashed.error());
    EXPECT_EQ(LooksOf(**crashed), before);
    (*crashed)->Stop();
    crashed->reset();
    fs::remove_all(copy + "/derived");
    crashed = OpenAt(copy);
    ASSERT_TRUE(crashed.ok()) << Describe(crashed.error());
    EXPECT_EQ(LooksOf(**crashed), before);
  }
}

TEST_F(NodeTest, RefusesALogThatIsShorterThanWhatWasDerivedFromIt) {
  RegisterShop();
  Sell(0, 10);
  LooksOf(*node_);
  Close();
  const std::string copy = temporary_.path() + "/copy";
  fs::copy(directory_, copy, fs::copy_options::recursive);
  Open();
  Sell(10, 20);
  LooksOf(*node_);
  Close();
  fs::remove_all(copy + "/derived");
  fs::copy(directory_ + "/derived", copy + "/derived", fs::copy_options::recursive);
  const auto opened = OpenAt(copy);
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().code, Code::CORRUPT);
  EXPECT_EQ(opened.error().field, "log");
}

// A snapshot of somebody else's ledger must not colour the projections either.
TEST_F(NodeTest, DoesNotRollForwardFromASnapshotOfAnotherLog) {
  RegisterShop();
  Sell(0, 5);
  LooksOf(*node_);
  Close();  // derived state and a snapshot stand here
  const std::string other = temporary_.path() + "/other";
  fs::copy(directory_, other, fs::copy_options::recursive);
  fs::remove_all(directory_ + "/snapshots");

  // The other one: the same length, another history.
  ASSERT_TRUE(Node::Init(temporary_.path() + "/third", "test", 480, FixedClock()).ok());
  node_ = OpenAt(temporary_.path() + "/third").value();
  RegisterShop();
  std::vector<std::string> records;
  for (int i = 0; i < 5; ++i)
    records.push_back(SaleText(fmt::format("t{}", i), fmt::format("m{}", i), 7));
  Ingest(std::move(records));
  Close();

  // Behind the log, so that it is rolled forward, with the foreign snapshot in reach.
  Open();
  Sell(5, 9);
  const Looks before = LooksOf(*node_);
  Close();
  fs::remove_all(directory_ + "/derived");
  fs::copy(other + "/derived", directory_ + "/derived", fs::copy_options::recursive);
  fs::remove_all(directory_ + "/snapshots");
  fs::copy(temporary_.path() + "/third/snapshots", directory_ + "/snapshots",
           fs::copy_options::recursive);
  Open();
  EXPECT_EQ(LooksOf(*node_), before);
}

}  // namespace
}  // namespace longmen::adapters
