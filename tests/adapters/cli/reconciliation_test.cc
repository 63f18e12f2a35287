// A morning at the reconciliation desk through the program: files in, what is open, decisions, the
// files that go out, and what the auditor says of it all (docs/reconciliation.md).
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/support/program/program.h"
#include "tests/support/statement_files/statement_files.h"

namespace longmen::testing {
namespace {

constexpr const char* kReceived = "2021-03-02T10:00:00+08:00";
constexpr const char* kDecided = "2021-03-02T11:00:00+08:00";

bool Holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

class ReconciliationProgram : public Program {
 protected:
  void SetUp() override {
    Program::SetUp();
    const auto registration = [](int id, const char* key, const std::string& what) {
      return fmt::format(R"({{"occurredAt":"2021-03-01T08:00:00+08:00","id":"r{}","key":"{}",)"
                         R"("registration":{{{}}}}})"
                         "\n",
                         id, key, what);
    };
    const auto account = [](const char* kind) {
      return fmt::format(R"("account":{{"participant":"PSBC","kind":"{}","currency":"CNY",)"
                         R"("unlimited":true}})",
                         kind);
    };
    const Said registered = Ingest(
        registration(1, "PSBC", R"("participant":{})") +
        registration(2, "WECHAT", R"("participant":{})") +
        registration(3, "PSBC:wechat", account("mirror")) +
        registration(4, "PSBC:lots", account("pending")) +
        registration(5, "PSBC:suspense", account("suspense")) +
        registration(
            6, "wechat",
            R"("matchingRule":{"participant":"PSBC","issuer":"WECHAT","channels":["wechat"],)"
            R"("kinds":["top_up"],"utcOffsetMinutes":480,"dueDays":1,"edgeMinutes":30,)"
            R"("suspense":"PSBC:suspense","mirror":"PSBC:wechat"})"));
    ASSERT_EQ(registered.code, 0) << registered.out << registered.err;
    const auto collected = [](int id, const char* outcome, int64_t minor) {
      return fmt::format(
          R"({{"occurredAt":"2021-03-01T09:00:00+08:00","id":"d{0}","key":"PK{0}",)"
          R"("debit":{{"amount":{{"minor":"{1}","currency":"CNY"}},"kind":"top_up",)"
          R"("basis":"reported","outcome":"{2}","payer":"PSBC:wechat",)"
          R"("payee":"PSBC:lots","channel":"wechat","channelReference":"4200-{0}"}}}})"
          "\n",
          id, minor, outcome);
    };
    const Said paid = Ingest(collected(1, "succeeded", 20'00) + collected(2, "unknown", 7'00) +
                             collected(3, "succeeded", 5'00));
    ASSERT_EQ(paid.code, 0) << paid.out << paid.err;
  }

  std::string Save(const std::string& name, const std::string& bytes) const {
    std::ofstream(Path(name), std::ios::binary) << bytes;
    return Path(name);
  }
  // PK1 as we have it, PK2 that we were not told of, and one that nobody knows; PK3 is missing.
  std::string Bill() const {
    std::vector<FileLine> lines(3);
    for (size_t i = 0; i < lines.size(); ++i) {
      lines[i].at = 1'614'562'200 * Nanos{1'000'000'000};  // 09:30 in Beijing
    }
    lines[0].reference = "4200-1", lines[0].order_key = "PK1", lines[0].minor = 20'00;
    lines[1].reference = "4200-2", lines[1].order_key = "PK2", lines[1].minor = 7'00;
    lines[2].reference = "4200-9", lines[2].order_key = "", lines[2].minor = 3'00;
    return WechatTradeBill("1900000001", lines);
  }
  Said Import(const std::vector<std::string>& files, const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments{"import", ledger()};
    arguments.insert(arguments.end(), files.begin(), files.end());
    for (const char* option : {"--issuer", "WECHAT", "--channel", "wechat", "--received", kReceived,
                               "--clock", "input"}) {
      arguments.emplace_back(option);
    }
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Longmen(arguments);
  }
  Said Resolve(const std::string& file, const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments{"resolve", ledger(), file,     "--rule",  "wechat", "--by",
                                       "alice",   "--at",   kDecided, "--clock", "input"};
    if (more.empty()) {
      arguments.insert(arguments.end(), {"--approved-by", "bob"});
    } else {
      arguments.insert(arguments.end(), more.begin(), more.end());
    }
    return Longmen(arguments);
  }
  // The list of breaks with a decision for each kind filled in.
  std::string Filled(const std::map<std::string, std::string>& decisions) {
    std::istringstream csv(Query({"breaks", "wechat", "--csv"}).out);
    std::string filled;
    std::string line;
    for (bool first = true; std::getline(csv, line); first = false) {
      for (const auto& [kind, decision] : decisions) {
        if (!first && Holds(line, "," + kind + ",")) {
          line = line.substr(0, line.size() - 1) + decision + ",asked the bank";
        }
      }
      filled += line + "\n";
    }
    return Save("decisions.csv", filled);
  }
};

TEST_F(ReconciliationProgram, AMorningFromTheFileToTheLastDecision) {
  const Said loaded = Import({Save("bill.csv", Bill())});
  ASSERT_EQ(loaded.code, 0) << loaded.err;
  EXPECT_TRUE(loaded.out.starts_with("loaded   wechat-trade-20210301-")) << loaded.out;
  EXPECT_TRUE(Holds(loaded.out, "3 lines, credits 30.00, debits 0.00 CNY")) << loaded.out;
  EXPECT_TRUE(Import({Path("bill.csv")}).out.starts_with("known    wechat-trade-20210301-"));

  const std::string breaks = Query({"breaks", "wechat"}).out;
  EXPECT_TRUE(Holds(breaks, "status")) << breaks;
  EXPECT_TRUE(Holds(breaks, "outcome: ours unknown, theirs succeeded (SUCCESS)")) << breaks;
  EXPECT_TRUE(Holds(breaks, "short")) << breaks;
  EXPECT_TRUE(Holds(breaks, "long")) << breaks;

  const std::string decisions =
      Filled({{"status", "adjust"}, {"long", "suspend"}, {"short", "wait"}});
  const Said alone = Resolve(decisions, {"--approved-by", "alice"});
  EXPECT_EQ(alone.code, 1);
  EXPECT_TRUE(Holds(alone.err, "same_approver")) << alone.err;
  const Said dry = Resolve(decisions, {"--approved-by", "bob", "--dry-run"});
  EXPECT_EQ(dry.code, 0) << dry.out << dry.err;
  EXPECT_TRUE(Holds(dry.out, "would record"));
  const Said decided = Resolve(decisions);
  ASSERT_EQ(decided.code, 0) << decided.out << decided.err;
  EXPECT_EQ(decided.out.find("recorded"), decided.out.find("line 2: ") + 8) << decided.out;
  const size_t records = Records();
  const Said again = Resolve(decisions);
  EXPECT_EQ(again.code, 0);
  EXPECT_FALSE(Holds(again.out, "recorded")) << again.out;
  EXPECT_EQ(Records(), records);

  const std::string left = Query({"breaks", "wechat", "--csv"}).out;
  EXPECT_TRUE(Holds(left, ",short,")) << left;
  EXPECT_TRUE(Holds(left, "asked the bank (alice, bob)")) << left;
  EXPECT_FALSE(Holds(left, ",long,") || Holds(left, ",status,")) << left;
  const std::string listed = Query({"decisions"}).out;
  EXPECT_TRUE(Holds(listed, "adjusted") && Holds(listed, "suspended") && Holds(listed, "waiting"));
  EXPECT_TRUE(Holds(Query({"balances"}).out, "PSBC:suspense"));

  for (const char* what : {"breaks", "matches", "decisions"}) {
    for (const char* format : {"csv", "xlsx"}) {
      const Said written =
          Longmen({"export", ledger(), Path("out"), "--what", what, "--format", format});
      EXPECT_EQ(written.code, 0) << what << " as " << format << ": " << written.err;
    }
  }
  EXPECT_EQ(FilesOf(Path("out")).size(), 6);
  const Said audited = LongmenAudit({"verify", ledger()});
  EXPECT_EQ(audited.code, 0) << audited.out << audited.err;
}

TEST_F(ReconciliationProgram, WritesWhatAServerIsToBeSentAndItIsTheSame) {
  const std::string bill = Save("bill.csv", Bill());
  const Said written = Import({bill}, {"--out", Path("bill.ndjson")});
  ASSERT_EQ(written.code, 0) << written.err;
  EXPECT_TRUE(written.out.starts_with("written  wechat-trade-20210301-")) << written.out;
  EXPECT_TRUE(Holds(Query({"files"}).out, "none")) << "nothing is loaded yet";
  const Said again = Import({bill}, {"--out", Path("bill.ndjson")});
  EXPECT_NE(again.code, 0);
  EXPECT_TRUE(Holds(again.err, "is there already")) << again.err;
  ASSERT_EQ(Ingest(ReadWhole(Path("bill.ndjson"))).code, 0);
  EXPECT_TRUE(Import({bill}).out.starts_with("known    ")) << "it is the file that was sent";

  const std::string decisions = Filled({{"status", "adjust"}, {"long", "suspend"}});
  const Said planned =
      Resolve(decisions, {"--approved-by", "bob", "--out", Path("decisions.ndjson")});
  ASSERT_EQ(planned.code, 0) << planned.out << planned.err;
  const Said sent = Ingest(ReadWhole(Path("decisions.ndjson")));
  ASSERT_EQ(sent.code, 0) << sent.out << sent.err;
  const std::string left = Query({"breaks", "wechat", "--csv"}).out;
  EXPECT_FALSE(Holds(left, ",long,") || Holds(left, ",status,")) << left;
  EXPECT_TRUE(Holds(Resolve(decisions).out, "known"));

  const Said mistyped = Longmen({"resolve", ledger(), decisions, "--rule", "wechta", "--by",
                                 "alice", "--approved-by", "bob", "--out", Path("none.ndjson")});
  EXPECT_NE(mistyped.code, 0);
  EXPECT_FALSE(std::filesystem::exists(Path("none.ndjson"))) << mistyped.out << mistyped.err;
}

TEST_F(ReconciliationProgram, TakesOutAFileHereOrByWhatAServerIsToBeSent) {
  const std::string bill = Save("bill.csv", Bill());
  const std::string loaded = Import({bill}).out;
  const size_t name = loaded.find("wechat-trade-");
  const std::string file = loaded.substr(name, loaded.find_first_of(" \n", name) - name);
  const auto withdraw = [&](const std::vector<std::string>& more) {
    std::vector<std::string> arguments{"withdraw",     ledger(),  file,    "--reason",
                                       "issued again", "--by",    "alice", "--at",
                                       kDecided,       "--clock", "input", "--approved-by"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Longmen(arguments);
  };
  const Said alone = withdraw({"alice"});
  EXPECT_NE(alone.code, 0);
  EXPECT_TRUE(Holds(alone.out + alone.err, "same_approver")) << alone.out << alone.err;
  const Said written = withdraw({"bob", "--out", Path("withdrawal.ndjson")});
  ASSERT_EQ(written.code, 0) << written.err;
  EXPECT_FALSE(Holds(Query({"files"}).out, "withdrawn"));
  EXPECT_NE(withdraw({"bob", "--out", Path("withdrawal.ndjson")}).code, 0) << "it is there already";
  ASSERT_EQ(Ingest(ReadWhole(Path("withdrawal.ndjson"))).code, 0);
  EXPECT_TRUE(Holds(Query({"files"}).out, "withdrawn"));
  EXPECT_TRUE(Holds(withdraw({"bob"}).out, "known")) << "it is the one that was sent";
}

TEST_F(ReconciliationProgram, RefusesAFileWithItsLineAndGoesOnWithTheNext) {
  std::string wrong = Bill();
  const size_t total = wrong.rfind("30.00");
  ASSERT_NE(total, std::string::npos);
  wrong.replace(total, 5, "30.01");
  const Said said = Import({Save("wrong.csv", wrong), Save("bill.csv", Bill())});
  EXPECT_EQ(said.code, 1);
  EXPECT_TRUE(Holds(said.err, "control_total_mismatch at " + Path("wrong.csv") + ", line "))
      << said.err;
  EXPECT_TRUE(said.out.starts_with("loaded ")) << said.out;
  EXPECT_EQ(Longmen({"import", ledger(), Path("bill.csv"), "--check"}).code, 0);
  EXPECT_EQ(Longmen({"import", ledger(), Path("bill.csv")}).code, 2) << "whose word is it?";
  EXPECT_EQ(Longmen({"import", ledger(), Path("nothing.csv"), "--issuer", "WECHAT"}).code, 1);
}

}  // namespace
}  // namespace longmen::testing
