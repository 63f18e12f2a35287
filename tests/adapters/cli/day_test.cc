// A day of clearing through the program: init, ingest, every query, exports, rebuild, serve.
#include <signal.h>

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <sstream>

#include "tests/support/program/program.h"

namespace longmen::testing {
namespace {

bool Holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// The rows of a CSV without quotes, its header and trailer left out.
std::vector<std::vector<std::string>> RowsOf(const std::string& csv) {
  std::vector<std::vector<std::string>> rows;
  std::istringstream lines(csv);
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line) && !line.starts_with("trailer,")) {
    std::istringstream fields(line);
    for (rows.emplace_back(); std::getline(fields, line, ',');) rows.back().push_back(line);
  }
  return rows;
}

using Nets = std::map<std::string, int64_t>;  // by "cycle participant counterparty currency"

Nets NetsOfReconciliation(const std::map<std::string, std::string>& files) {
  Nets nets;
  for (const auto& [name, csv] : files) {
    if (!name.starts_with("reconciliation-detail-")) continue;
    for (const auto& row : RowsOf(csv)) {
      const int64_t minor = std::stoll(row.at(11));
      nets[fmt::format("{} {} {} {}", row[1], row[8], row[9], row[10])] -= minor;
      nets[fmt::format("{} {} {} {}", row[1], row[9], row[8], row[10])] += minor;
    }
  }
  return nets;
}

Nets NetsOfPositions(const std::map<std::string, std::string>& files, const std::string& except) {
  Nets nets;
  for (const auto& [name, csv] : files) {
    if (!name.starts_with("bilateral-") || Holds(name, except)) continue;
    for (const auto& row : RowsOf(csv)) {
      nets[fmt::format("{} {} {} {}", row[0], row[2], row[3], row[4])] = std::stoll(row.at(11));
    }
  }
  return nets;
}

class Day : public Program {
 protected:
  void SetUp() override {
    Program::SetUp();
    RegisterBanks({"ICBC", "CCB", "PSBC", "CMB", "BOB"});
    PayE2b();
  }
  std::map<std::string, std::string> Export(const std::string& name,
                                            std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"export", ledger(), Path(name)});
    const Said said = Longmen(more);
    EXPECT_EQ(said.code, 0) << said.err;
    return FilesOf(Path(name));
  }
};

TEST_F(Day, ShowsTheTableOfE2bToPeopleAndPrograms) {
  const Said people = Query({"positions", "B202103010001"});
  EXPECT_EQ(people.code, 0) << people.err;
  for (const char* figure : {"ICBC", "800000.00", "-500000.00", "-210000.00", "-650000.00",
                             "560000.00", "positions", "bilateral", "as of sequence"}) {
    EXPECT_TRUE(Holds(people.out, figure)) << figure << "\n" << people.out;
  }
  const Said json = Query({"positions", "B202103010001", "--json", "--part", "positions"});
  EXPECT_TRUE(Holds(json.out,
                    R"({"participant":"ICBC","currency":"CNY","inCount":"4",)"
                    R"("grossInMinor":"205000000","outCount":"2","grossOutMinor":"125000000",)"
                    R"("netMinor":"80000000"})"))
      << json.out;
  const Said csv = Query({"positions", "B202103010001", "--csv"});
  EXPECT_TRUE(csv.out.starts_with("participant,currency,in_count,gross_in_minor,gross_in,"))
      << csv.out;
  EXPECT_TRUE(Holds(csv.out,
                    "CMB,CNY,2,70000000,700000.00,3,135000000,1350000.00,-65000000,"
                    "-650000.00\n"))
      << csv.out;
}

TEST_F(Day, AnswersEveryQuestionInEveryForm) {
  const std::vector<std::vector<std::string>> questions = {
      {"balances"},
      {"account", "ICBC:cash"},
      {"statement", "ICBC:cash", "--from", "2021-03-01", "--to", "2021-03-01"},
      {"order", "b2b_gateway/T02"},
      {"cycles"},
      {"positions", "B202103010001"},
      {"late", "B202103010001"},
      {"queue", "nucc"},
      {"resolutions", "nucc"},
      {"limits", "nucc"},
      {"failure", "B202103010001"},
      {"warnings"},
      {"reconciliation", "--scenario", "b2b_gateway", "--date", "2021-03-01"},
      {"refusals"},
      {"outbox"},
      {"answer", "operator", "T01"},
      {"records", "--after", "3"},
  };
  const std::set<std::string> none = {"late", "queue", "resolutions", "warnings", "refusals"};
  for (const auto& question : questions) {
    for (const char* form : {"", "--json", "--csv"}) {
      auto arguments = question;
      if (*form != '\0') arguments.push_back(form);
      const Said said = Query(arguments);
      EXPECT_EQ(said.code, 0) << question[0] << form << said.err;
      EXPECT_EQ(said.err, "") << question[0] << form;
      if (none.contains(question[0]) && form == std::string("--json")) {
        EXPECT_EQ(said.out, "");
      } else {
        EXPECT_NE(said.out, "") << question[0] << form;
      }
    }
  }
  EXPECT_TRUE(Holds(Query({"account", "ICBC:cash", "--json"}).out, R"("balanceMinor":"80000000")"));
  const Said statement = Query({"statement", "ICBC:cash", "--from", "2021-03-01", "--csv"});
  EXPECT_TRUE(Holds(statement.out, "closing,,2021-03-01,,,,,CNY,,,80000000,800000.00\n"))
      << statement.out;
}

TEST_F(Day, AnswersAsOfASequence) {
  // The scheme's registration opens the first cycle; nothing has been paid by then.
  const Said before = Query({"account", "ICBC:cash", "--as-of", "24", "--json"});
  EXPECT_EQ(before.code, 0) << before.err;
  EXPECT_TRUE(Holds(before.out, R"("balanceMinor":"0")")) << before.out;
  const Said beyond = Query({"balances", "--as-of", "1000"});
  EXPECT_EQ(beyond.code, 1);
  EXPECT_TRUE(beyond.err.starts_with("longmen: unanswerable at as-of: ")) << beyond.err;
}

TEST_F(Day, ExportsTheSameBytesTwiceAndAfterARebuild) {
  const auto first = Export("first");
  ASSERT_GE(first.size(), 9u);
  EXPECT_EQ(Export("second"), first);
  EXPECT_EQ(Export("first"), first);  // over itself
  const Said rebuilt = Longmen({"rebuild", ledger(), "--json"});
  EXPECT_EQ(rebuilt.code, 0) << rebuilt.err;
  EXPECT_EQ(Longmen({"rebuild", ledger(), "--json"}).out, rebuilt.out);
  EXPECT_EQ(Export("rebuilt"), first);
}

TEST_F(Day, NeedsNoDerivedStateToAnswer) {
  const auto whole = Export("whole");
  for (const char* derived : {"derived", "snapshots"}) {
    std::filesystem::remove_all(ledger() + "/" + derived);
  }
  EXPECT_EQ(Export("without"), whole);
  EXPECT_FALSE(std::filesystem::exists(ledger() + "/derived"));  // it only looked
  EXPECT_EQ(Query({"answer", "operator", "T01"}).code, 0);
}

TEST_F(Day, AClosedCyclesFilesStayAsTheyAre) {
  const auto close = ProposalText("close", "B202103010001",
                                  R"("settlement":{"action":"closed","next":"B202103010002"})");
  ASSERT_EQ(Ingest(close).code, 0);
  const auto closed = Export("closed", {"--what", "positions", "--cycle", "B202103010001"});
  EXPECT_EQ(closed.size(), 2u);
  ASSERT_EQ(Ingest(PaymentGroup("T11", "CMB", "BOB", 100)).code, 0);
  EXPECT_EQ(Export("later", {"--what", "positions", "--cycle", "B202103010001"}), closed);
}

TEST_F(Day, AClosedCycleIsExportedForWhoeverSettlesIt) {
  const std::vector<std::string> messages = {"export", ledger(), Path("none"), "--what", "pacs009"};
  std::vector<std::string> of_cycle = messages;
  of_cycle.insert(of_cycle.end(), {"--cycle", "B202103010001"});
  const Said none = Longmen(messages);  // of every closed cycle
  EXPECT_EQ(none.code, 0);
  EXPECT_EQ(none.out, "");
  EXPECT_EQ(none.err, "longmen: no cycle is closed yet, hence no message\n");
  EXPECT_EQ(Longmen({"export", ledger(), Path("none"), "--what", "settlement-reports"}).err,
            "longmen: no cycle is closed yet, hence no report\n");
  const Said open = Longmen(of_cycle);
  EXPECT_EQ(open.code, 1);
  EXPECT_TRUE(Holds(open.err, "cycle_not_closed at cycle: B202103010001 is open")) << open.err;
  EXPECT_FALSE(std::filesystem::exists(Path("none")));

  ASSERT_EQ(Ingest(ProposalText("close", "B202103010001",
                                R"("settlement":{"action":"closed","next":"B202103010002"})"))
                .code,
            0);
  EXPECT_EQ(Export("029", {"--what", "pacs029"}).size(), 1u);
  EXPECT_EQ(Export("009", {"--what", "pacs009", "--cycle", "B202103010001"}).size(), 1u);
  const auto agent = Export("agent", {"--what", "pacs009", "--settlement-agent", "PBOC"});
  EXPECT_TRUE(Holds(agent.begin()->second, "<Id>PBOC</Id>"));
  EXPECT_EQ(Export("reports", {"--what", "settlement-reports"}).size(), 6u);
  EXPECT_EQ(Export("own", {"--what", "settlement-reports", "--participant", "BOB"}).size(), 1u);
  const Said nobody = Longmen(
      {"export", ledger(), Path("x"), "--what", "settlement-reports", "--participant", "X"});
  EXPECT_EQ(nobody.code, 1);
  EXPECT_TRUE(Holds(nobody.err, "X had no part in any closed cycle")) << nobody.err;

  const auto count = [&](const std::map<std::string, std::string>& files, std::string_view begins) {
    return std::count_if(files.begin(), files.end(),
                         [&](const auto& file) { return file.first.starts_with(begins); });
  };
  const auto all = Export("everything");
  EXPECT_EQ(count(all, "pacs029-") + count(all, "pacs009-"), 2);
  EXPECT_EQ(count(all, "settlement-"), 6);
}

TEST_F(Day, WhoExportsMessagesThatMustNotBeSentIsTold) {
  ASSERT_EQ(Ingest(ProposalText("close", "B202103010001",
                                R"("settlement":{"action":"closed","next":"B202103010002"})") +
                   "\n" +
                   ProposalText("abort", "B202103010001",
                                R"("settlement":{"action":"aborted","reason":"no cover"})") +
                   "\n")
                .code,
            0);
  const Said every = Longmen({"export", ledger(), Path("every"), "--what", "pacs029"});
  EXPECT_EQ(every.code, 0);
  EXPECT_EQ(every.err, "longmen: no cycle that is closed has a net to settle, hence no message\n");
  const Said aborted =
      Longmen({"export", ledger(), Path("out"), "--what", "pacs029", "--cycle", "B202103010001"});
  EXPECT_EQ(aborted.code, 0);
  EXPECT_TRUE(Holds(aborted.err, "B202103010001 was aborted: its messages are for the record"))
      << aborted.err;

  ASSERT_EQ(Ingest(ProposalText("empty", "B202103010002",
                                R"("settlement":{"action":"closed","next":"B202103010003"})") +
                   "\n" +
                   ProposalText("empty-too", "B202103010003",
                                R"("settlement":{"action":"closed","next":"B202103010004"})") +
                   "\n")
                .code,
            0);
  const Said empty =
      Longmen({"export", ledger(), Path("empty"), "--what", "pacs009", "--cycle", "B202103010003"});
  EXPECT_EQ(empty.code, 0);
  EXPECT_EQ(empty.out, "");
  EXPECT_TRUE(Holds(empty.err, "B202103010003 has no net to settle")) << empty.err;
}

TEST_F(Day, ACycleThatWasChangedIsKnownAsThat) {
  ASSERT_EQ(Ingest(ProposalText("close", "B202103010001",
                                R"("settlement":{"action":"closed","next":"B202103010002"})") +
                   "\n" +
                   ProposalText("recast", "B202103010001",
                                R"("settlement":{"action":"recast","without":"PSBC",)"
                                R"("reason":"fails"})") +
                   "\n")
                .code,
            0);
  const std::string by = std::to_string(Records());
  EXPECT_TRUE(Holds(Query({"cycles", "--csv"}).out, "," + by + ",,,fails\n"));
  EXPECT_TRUE(Holds(Query({"cycles", "--json"}).out,
                    fmt::format(R"("version":"2","changedBy":"{}","reason":"fails")", by)));
  EXPECT_EQ(Query({"positions", "B202103010002", "--csv", "--part", "carried"}).out,
            fmt::format("from,by,items\nB202103010001,{},3\n", by));
  const Said messages = Longmen({"export", ledger(), Path("out"), "--what", "pacs029"});
  EXPECT_EQ(messages.code, 0);
  EXPECT_EQ(messages.err,
            fmt::format("longmen: B202103010001 was changed by record {}: its messages are of "
                        "version 2, and stand in the place of all earlier ones\n",
                        by));
  ASSERT_EQ(Ingest(ProposalText("abort", "B202103010001",
                                R"("settlement":{"action":"aborted","reason":"no cover"})"))
                .code,
            0);
  // By its name, as everywhere.
  EXPECT_TRUE(Holds(Query({"cycles", "--json"}).out, R"("carriedInto":"B202103010002")"));
}

// What settled item by item is settled once more, as figures: everything is exported.
TEST_F(Program, ASettledGrossCycleIsExported) {
  std::string lines = BankLines({"A", "B"});
  lines.replace(lines.find("multilateral_net"), std::string("multilateral_net").size(), "gross");
  lines += PaymentGroup("p", "A", "B", 10'000) + "\n" +
           ProposalText("close", "B202103010001",
                        R"("settlement":{"action":"closed","next":"B202103010002"})") +
           "\n" +
           ProposalText("settle", "B202103010001",
                        R"("settlement":{"action":"settled","reference":"R","positions":[)"
                        R"({"participant":"A","currency":"CNY","grossIn":"0","grossOut":"10000",)"
                        R"("net":"-10000"},{"participant":"B","currency":"CNY",)"
                        R"("grossIn":"10000","grossOut":"0","net":"10000"}]})") +
           "\n";
  ASSERT_EQ(Ingest(lines).code, 0);
  const Said said = Longmen({"export", ledger(), Path("all")});
  EXPECT_EQ(said.code, 0) << said.err;
  const auto files = FilesOf(Path("all"));
  const auto report = files.lower_bound("settlement-result-report-B202103010001-");
  ASSERT_NE(report, files.end());
  EXPECT_TRUE(Holds(report->second, "A,,CNY,-10000,-100.00,debit,,0,0.00,,,")) << report->second;
  EXPECT_FALSE(Holds(said.out, "pacs0")) << said.out;
}

TEST_F(Day, EveryItemOfACycleIsInTheReconciliationOfThatCycle) {
  // A payout belongs to no scenario and is an item of the cycle all the same.
  const std::string payout = ProposalText(
      "payout", "P1",
      R"("debit":{"amount":{"minor":"788","currency":"CNY"},"basis":"decided",)"
      R"("outcome":"succeeded","kind":"payout","payer":"ICBC:cash","payee":"CMB:cash",)"
      R"("scheme":"nucc"})");
  ASSERT_EQ(Ingest(payout).code, 0);
  const Said none = Query({"reconciliation", "--scenario", "none", "--date", "2021-03-01"});
  EXPECT_EQ(none.code, 0) << none.err;
  EXPECT_TRUE(Holds(none.out, "PAYOUT")) << none.out;
  const auto open = Export("open");
  EXPECT_EQ(
      Export("one", {"--what", "reconciliation", "--scenario", "none", "--date", "2021-03-01"})
          .size(),
      2u);
  EXPECT_EQ(NetsOfReconciliation(open), NetsOfPositions(open, "no other"));

  // The cycle is aborted; the next one settles its items.
  ASSERT_EQ(Ingest(ProposalText("close", "B202103010001",
                                R"("settlement":{"action":"closed","next":"B202103010002"})"))
                .code,
            0);
  ASSERT_EQ(Ingest(ProposalText("abort", "B202103010001",
                                R"("settlement":{"action":"aborted","reason":"no cover"})"))
                .code,
            0);
  const auto carried = Export("carried");
  const Nets nets = NetsOfReconciliation(carried);
  EXPECT_EQ(nets.at("B202103010002 ICBC BOB CNY"), -50'000'000);
  EXPECT_EQ(nets, NetsOfPositions(carried, "B202103010001"));
  ASSERT_EQ(Longmen({"rebuild", ledger()}).code, 0);
  EXPECT_EQ(Export("rebuilt"), carried);
}

TEST_F(Day, AServerKeepsTheLedgerAndQueriesWorkBesideIt) {
  const auto before = Export("before");
  Serving server(ledger());
  EXPECT_TRUE(Holds(server.first_line(), "http://127.0.0.1:")) << server.first_line();
  for (const auto& arguments : std::vector<std::vector<std::string>>{
           {"ingest", ledger(), "-", "--proposals"}, {"rebuild", ledger()}, {"serve", ledger()}}) {
    const Said said = Longmen(arguments);
    EXPECT_EQ(said.code, 1) << arguments[0];
    EXPECT_TRUE(said.err.starts_with("longmen: locked")) << said.err;
    EXPECT_TRUE(Holds(said.err, "stop it, or send it")) << said.err;
  }
  EXPECT_EQ(Query({"balances"}).code, 0);
  EXPECT_EQ(Export("beside"), before);
  EXPECT_EQ(server.Stop(SIGTERM), 0);
  EXPECT_EQ(Query({"balances"}).code, 0);
}

TEST_F(Day, AServerStopsCleanlyWhenInterrupted) {
  Serving server(ledger());
  EXPECT_EQ(server.Stop(SIGINT), 0);
}

}  // namespace
}  // namespace longmen::testing
