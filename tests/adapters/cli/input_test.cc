// Bad input through the program: each has its own stable code and field, and the log takes nothing
// but the refusals it must remember.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <sstream>

#include "tests/support/bad_input/bad_input.h"
#include "tests/support/program/program.h"

namespace longmen::testing {
namespace {

class BadLines : public Program {
 protected:
  void SetUp() override {
    Program::SetUp();
    RegisterBanks({"A", "B"});
    const Said said = Ingest(ProposalText(
        "source-a", "bank-a",
        R"("registration":{"source":{"maxLate":"60000000000","maxEarly":"60000000000",)"
        R"("bodies":["order"],"participants":["A"]}})"));
    ASSERT_EQ(said.code, 0) << said.out << said.err;
  }

  // "answer code [field]" of each line, ingested together.
  std::vector<std::string> Outcomes(const std::vector<std::string>& lines,
                                    const std::vector<std::string>& more = {},
                                    const std::string& source = "operator") {
    std::vector<std::string> arguments = {"--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return OutcomesOf(Ingest(Joined(lines), arguments, source));
  }
  // The same of records of a scenario.
  std::vector<std::string> RecordOutcomes(const std::vector<std::string>& lines,
                                          const std::string& scenario) {
    return OutcomesOf(Longmen({"ingest", ledger(), "-", "--scenario", scenario, "--source",
                               "operator", "--clock", "input", "--json"},
                              Joined(lines)));
  }

  static std::string Joined(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) text += line + "\n";
    return text;
  }

  std::vector<std::string> OutcomesOf(const Said& said) {
    code_ = said.code;
    std::vector<std::string> outcomes;
    std::istringstream answers(said.out);
    for (std::string line; std::getline(answers, line);) {
      const auto answer = boost::json::parse(line).as_object();
      const auto member = [&](const char* name) {
        return answer.contains(name) ? std::string(answer.at(name).as_string().c_str()) : "";
      };
      outcomes.push_back(
          fmt::format("{} {} [{}]", member("answer"), member("code"), member("field")));
    }
    return outcomes;
  }

  int code_ = -1;  // the exit code of the last
};

TEST_F(BadLines, WhatIsMalformedIsNamedAndNotRecorded) {
  const std::pair<std::string, std::string> cases[] = {
      {"{", "invalid malformed [line]"},
      {"[]", "invalid malformed [line]"},
      {"{\"id\":\"\xff\"}", "invalid bad_text [line]"},
      {R"({"group":[)", "invalid malformed [group]"},
      {R"({"group":[5]})", "invalid malformed [group[0]]"},
      {std::string((1u << 20) + 1, ' ') + "{}", "invalid too_large [line]"},
  };
  const size_t before = Records();
  std::vector<std::string> lines;
  std::vector<std::string> expected;
  for (const auto& [line, outcome] : cases) {
    lines.push_back(line);
    expected.push_back(outcome);
  }
  EXPECT_EQ(Outcomes(lines), expected);
  EXPECT_EQ(code_, 1);
  EXPECT_EQ(Records(), before);
}

class EveryBody : public BadLines {
 protected:
  void SetUp() override {
    Program::SetUp();
    const Said said = Ingest(SetupLines() + PowerlessSourceLine(""));
    ASSERT_EQ(said.code, 0) << said.out << said.err;
  }
  // Ingests all of them at once and compares what is said of each, and how far the log grew. They
  // are records where a scenario is named.
  void Expect(const std::vector<BadInput>& inputs, const std::string& source,
              const std::string& scenario = "") {
    const size_t before = Records();
    std::vector<std::string> lines;
    size_t recorded = 0;
    for (const auto& input : inputs) {
      lines.push_back(input.text);
      recorded += input.recorded ? 1 : 0;
    }
    const auto outcomes =
        scenario.empty() ? Outcomes(lines, {}, source) : RecordOutcomes(lines, scenario);
    EXPECT_EQ(code_, 1);
    ASSERT_EQ(outcomes.size(), inputs.size());
    for (size_t i = 0; i < inputs.size(); ++i) {
      const bool whole = inputs[i].field.empty() && !inputs[i].recorded;
      const std::string field = whole ? "line" : inputs[i].field;
      EXPECT_EQ(outcomes[i], fmt::format("{} {} [{}]", inputs[i].recorded ? "refused" : "invalid",
                                         inputs[i].code, field))
          << inputs[i].name;
    }
    EXPECT_EQ(Records(), before + recorded);
  }
};

TEST_F(EveryBody, HasACodeAndAFieldForWhateverIsWrong) { Expect(BadInputs(), "operator"); }

TEST_F(EveryBody, OfARecordHasACodeAndAFieldBeforeTheLedgerIsAsked) {
  for (const char* scenario : {"b2b_gateway", "parking"}) {
    SCOPED_TRACE(scenario);
    Expect(BadRecords(scenario), "operator", scenario);
  }
}

TEST_F(EveryBody, NeedsPermission) { Expect(WithoutPermission(), "powerless"); }

TEST_F(EveryBody, IsADuplicateOnlyWithTheSameContent) {
  std::vector<std::string> lines;
  std::vector<std::string> expected;
  for (const auto& [good, other, field] : Resents()) {
    lines.insert(lines.end(), {good, good, other});
    expected.insert(expected.end(),
                    {"accepted  []", "duplicate  []", fmt::format("conflict  [{}]", field)});
  }
  EXPECT_EQ(Outcomes(lines), expected);
}

TEST_F(BadLines, WhatTheRulesRefuseIsRecordedOnceAndStaysRefused) {
  const size_t before = Records();
  EXPECT_EQ(
      Outcomes({OrderText("o1", "k1", "100", "USD"),
                OrderText("o2", "k2", "100", "CNY", "B:nobody"),
                OrderText("o2", "k2", "100", "CNY", "B:nobody"), OrderText("o2", "k2", "100")}),
      (std::vector<std::string>{
          "refused currency_mismatch [order.payer]", "refused unknown_account [order.payee]",
          "refused unknown_account [order.payee]", "conflict  [order.payee]"}));
  EXPECT_EQ(code_, 1);
  EXPECT_EQ(Records(), before + 2);
  const Said answer = Query({"answer", "operator", "o2", "--json"});
  EXPECT_NE(answer.out.find(R"("answer":"refused")"), std::string::npos) << answer.out;
  EXPECT_NE(answer.out.find(R"("code":"unknown_account")"), std::string::npos) << answer.out;
  EXPECT_EQ(Query({"answer", "operator", "never"}).code, 1);
}

TEST_F(BadLines, RefusalsMayBeExpected) {
  EXPECT_EQ(Outcomes({OrderText("o1", "k1", "100", "USD")}, {"--refusals-ok"}),
            (std::vector<std::string>{"refused currency_mismatch [order.payer]"}));
  EXPECT_EQ(code_, 0);
  Outcomes({"{"}, {"--refusals-ok"});
  EXPECT_EQ(code_, 1);
}

TEST_F(BadLines, TheSameAgainIsADuplicateAndOtherContentAConflict) {
  const size_t before = Records();
  EXPECT_EQ(Outcomes({OrderText("o1", "k1", "100"), OrderText("o1", "k1", "100")}),
            (std::vector<std::string>{"accepted  []", "duplicate  []"}));
  EXPECT_EQ(code_, 0);
  EXPECT_EQ(Outcomes({OrderText("o1", "k1", "101")}),
            (std::vector<std::string>{"conflict  [order.amount.minor]"}));
  EXPECT_EQ(code_, 1);
  EXPECT_EQ(Records(), before + 1);
}

TEST_F(BadLines, ASourceMayDoWhatItIsRegisteredFor) {
  const size_t before = Records();
  const std::string bank = ProposalText("p1", "Z", R"("registration":{"participant":{}})");
  EXPECT_EQ(Outcomes({bank, R"({"source":"operator",)" + bank.substr(1)}, {}, "bank-a"),
            (std::vector<std::string>{"refused not_permitted [registration]",
                                      "invalid not_permitted [source]"}));
  const Said said = Ingest(OrderText("o1", "k1", "1"), {}, "nobody");
  EXPECT_EQ(said.code, 2);
  EXPECT_NE(said.err.find("nobody is not registered here"), std::string::npos) << said.err;
  EXPECT_EQ(Records(), before + 1);
}

TEST_F(BadLines, ABadScenarioRecordIsNamedToo) {
  const auto ingest = [&](const std::string& line) {
    return Longmen({"ingest", ledger(), "-", "--scenario", "parking", "--source", "operator",
                    "--clock", "input", "--json"},
                   line);
  };
  const size_t before = Records();
  const Said broken = ingest("{\"id\":");
  EXPECT_EQ(broken.code, 1);
  EXPECT_NE(broken.out.find(R"("code":"malformed")"), std::string::npos) << broken.out;
  EXPECT_EQ(ingest(R"({"id":"r1","occurredAt":"2021-03-01T01:00:00Z"})").code, 1);
  EXPECT_EQ(Records(), before);
}

TEST_F(BadLines, ASummaryCountsAnswersAndNamesTheirFirstLine) {
  const Said said = Ingest("\n" + OrderText("o1", "k1", "1") + "\n{\n\n{\n");
  EXPECT_EQ(said.code, 1);
  EXPECT_EQ(said.out,
            "answer    code       field  answers  first line\n"
            "accepted  -          -            1           2\n"
            "invalid   malformed  line         2           3\n"
            "3 answers to 3 lines\n");
}

// What is wrong with a call is one line and exit code 2, and touches nothing.
TEST_F(BadLines, AWrongCallIsOneHelpfulLine) {
  const std::pair<std::vector<std::string>, std::string> cases[] = {
      {{}, "A subcommand is required"},
      {{"qurey", "x"}, "longmen has no command qurey; did you mean query?"},
      {{"frobnicate"},
       "it has init, serve, ingest, import, resolve, withdraw, query, whatif, export, rebuild"},
      {{"query", ledger(), "balanecs"}, "query has no command balanecs; did you mean balances?"},
      {{"query", ledger(), "balances", "--jsno"}, "has no option --jsno; did you mean --json?"},
      {{"query", ledger(), "balances", "--json", "--csv"}, "--json excludes --csv"},
      {{"query", ledger(), "order", "T01"}, "SCENARIO/KEY"},
      {{"query", ledger(), "order", "parkign/T01"}, "there is no scenario parkign"},
      {{"query", ledger(), "statement", "A:cash", "--from", "yesterday"}, "from"},
      {{"query", ledger(), "positions", "B202103010001", "--part", "all"}, "positions, bilateral"},
      {{"query", ledger(), "queue", "nucc", "--part", "all"}, "payments, participants"},
      {{"query", ledger(), "resolutions", "nucc", "--after", "x"}, "a sequence"},
      {{"export", ledger()}, "OUT"},
      {{"export", ledger(), Path("out"), "--what", "everything"}, "everything"},
      {{"export", ledger(), Path("out"), "--cycle", "B1"},
       "goes with --what positions or pacs029 or pacs009 or pacs008 or pacs004 or "
       "settlement-reports or reconciliation only"},
      {{"export", ledger(), Path("out"), "--what", "journal", "--range", "9"}, "FIRST..LAST"},
      {{"export", ledger(), Path("out"), "--range", "1..9"},
       "goes with --what journal or refusals"},
      {{"export", ledger(), Path("out"), "--what", "ledger", "--format", "xlsx"}, "no table"},
      {{"export", ledger(), Path("out"), "--what", "camt052"}, "--account or --participant"},
      {{"export", ledger(), Path("out"), "--what", "pacs029", "--settlement-agent", "PBOC"},
       "goes with --what pacs009 or all only"},
      {{"export", ledger(), Path("out"), "--what", "reconciliation"},
       "state one of none, b2b_gateway"},
      {{"init", Path("new"), "--utc-offset", "8"}, "+08:00"},
      {{"init", Path("new"), "--name", "two words"}, "name"},
      {{"init", Path("new"), "--at", "1970-01-01T00:00:00Z"}, "after 1970 began and before 2116"},
      {{"init", Path("new"), "--at", "2150-01-01T00:00:00Z"}, "after 1970 began and before 2116"},
      {{"init", ledger()}, "has a ledger already"},
      {{"ingest", ledger(), "-"}, "--scenario or --proposals"},
      {{"ingest", ledger(), "-", "--scenario", "parking"}, "whose records"},
      {{"serve", ledger(), "--port", "99999999"}, "port"},
  };
  for (const auto& [arguments, message] : cases) {
    const Said said = Longmen(arguments);
    EXPECT_EQ(said.code, 2) << message << said.out << said.err;
    EXPECT_EQ(said.out, "");
    EXPECT_TRUE(said.err.starts_with("longmen: ")) << said.err;
    EXPECT_NE(said.err.find(message), std::string::npos) << said.err;
    EXPECT_EQ(std::count(said.err.begin(), said.err.end(), '\n'), 1) << said.err;
  }
  EXPECT_EQ(Longmen({"--help"}).code, 0);
  EXPECT_EQ(Longmen({"query", "--help"}).code, 0);
}

TEST_F(BadLines, AnAnswerThatCannotBeWrittenIsNotASuccess) {
  const Said said = Longmen({"query", ledger(), "balances"}, "", "/dev/full");
  EXPECT_EQ(said.code, 1);
  EXPECT_TRUE(said.err.starts_with("longmen: storage_failed")) << said.err;
}

TEST_F(BadLines, WhatIsNotThereIsAFinding) {
  for (const auto& arguments : std::vector<std::vector<std::string>>{
           {"query", Path("nowhere"), "balances"},
           {"query", ledger(), "account", "A:nothing"},
           {"query", ledger(), "order", "parking/S-1"},
           {"export", Path("nowhere"), Path("out")},
           {"rebuild", Path("nowhere")},
           {"serve", Path("nowhere")},
           {"ingest", ledger(), Path("no-file"), "--proposals"}}) {
    const Said said = Longmen(arguments);
    EXPECT_EQ(said.code, 1) << arguments[0] << said.err;
    EXPECT_TRUE(said.err.starts_with("longmen: not_found")) << said.err;
  }
}

}  // namespace
}  // namespace longmen::testing
