// longmen query: what a ledger knows, beside whoever has it open.
#include "adapters/cli/queries.h"

#include <CLI/CLI.hpp>
#include <cstdio>

#include "adapters/cli/command.h"
#include "adapters/cli/names.h"
#include "adapters/cli/view.h"

namespace longmen::adapters::cli {
namespace {

constexpr size_t kRecordsDefault = 1'000;

struct QueryOptions {
  ViewOptions view;
  bool json = false;
  bool csv = false;
  std::string part;  // of an answer with several tables
  Page page;
  Sequence after = 0;
  size_t records = kRecordsDefault;
  std::string name;  // account, SCENARIO/KEY, cycle or scheme
  std::string source;
  std::string id;
  std::string from;
  std::string to;
  std::string scenario;
  std::string date;
  std::string participant;
  std::string channel;
  std::string without;
};

using Options = QueryOptions;
using Ask = Tables (*)(const View& view, const Options& options);

Form FormOf(const Options& options) {
  return options.json ? Form::kJson : options.csv ? Form::kCsv : Form::kPeople;
}

Tables AskBalances(const View& view, const Options& options) {
  return QueryBalances(view.projections(), options.page);
}

Tables AskAccount(const View& view, const Options& options) {
  return QueryAccount(view.projections(), options.name);
}

Tables AskStatement(const View& view, const Options& options) {
  const auto from = DateOf(options.from, "from");
  if (!from.ok()) return from.error();
  const auto to = options.to.empty() ? from : DateOf(options.to, "to");
  if (!to.ok()) return to.error();
  return QueryStatement(view.projections(), options.name, *from, *to);
}

Tables AskCollection(const View& view, const Options& options) {
  return QueryCollection(view.projections(), options.name);
}

Tables AskOrder(const View& view, const Options& options) {
  const size_t slash = options.name.find('/');
  if (slash == std::string::npos) {
    return Error{Code::USAGE, "order", "name it SCENARIO/KEY, as parking/S-1"};
  }
  const auto scenario = ScenarioOf(options.name.substr(0, slash), true);
  if (!scenario.ok()) return scenario.error();
  return QueryOrder(view.projections(), *scenario, options.name.substr(slash + 1));
}

Tables AskPayments(const View& view, const Options& options) {
  return QueryPayments(view.projections(), options.page);
}

Tables AskHandled(const View& view, const Options& options) {
  return QueryHandled(view.projections(), options.name);
}

Tables AskPayees(const View& view, const Options& options) {
  return QueryPayees(view.projections(), options.name);
}

Tables AskCycles(const View& view, const Options&) { return QueryCycles(view.projections()); }

Tables AskPositions(const View& view, const Options& options) {
  return QueryPositions(view.projections(), options.name);
}

Tables AskLate(const View& view, const Options& options) {
  return QueryLate(view.projections(), options.name);
}

Tables AskQueue(const View& view, const Options& options) {
  return QueryQueue(view.projections(), options.name);
}

Tables AskResolutions(const View& view, const Options& options) {
  return QueryResolutions(view.projections(), options.name, options.page);
}

Tables AskLimits(const View& view, const Options& options) {
  return QueryLimits(view.projections(), options.name);
}

Tables AskFailure(const View& view, const Options& options) {
  return QueryFailure(view.projections(), options.name, options.without);
}

Tables AskWarnings(const View& view, const Options& options) {
  return QueryWarnings(view.projections(), options.page);
}

Tables AskReconciliation(const View& view, const Options& options) {
  const auto scenario = ScenarioOf(options.scenario, true);
  if (!scenario.ok()) return scenario.error();
  const auto date = DateOf(options.date, "date");
  if (!date.ok()) return date.error();
  return QueryReconciliation(view.projections(),
                             {*scenario, *date, options.participant, options.channel});
}

Tables AskBreaks(const View& view, const Options& options) {
  return QueryBreaks(view.projections(), options.name);
}

Tables AskMatching(const View& view, const Options& options) {
  return QueryMatching(view.projections(), options.name);
}

Tables AskRules(const View& view, const Options&) { return QueryRules(view.projections()); }

Tables AskFiles(const View& view, const Options&) { return QueryFiles(view.projections()); }

Tables AskDecisions(const View& view, const Options& options) {
  return QueryDecisions(view.projections(), options.page);
}

Tables AskRefusals(const View& view, const Options& options) {
  return QueryRefusals(view.projections(), options.page);
}

Tables AskOutbox(const View& view, const Options& options) {
  return QueryOutbox(view.projections(), options.page);
}

Tables AskAnswer(const View& view, const Options& options) {
  return QueryAnswer(view.ledger(), view.projections(), options.source, options.id);
}

Tables AskRecords(const View& view, const Options& options) {
  return QueryRecords(view.log(), options.after, view.as_of(), options.records);
}

int RunQuery(const Options& options, Ask ask) {
  auto view = View::Open(options.view);
  if (!view.ok()) return Fail(view.error());
  std::string text;
  if (ask == AskRecords && options.json) {  // whole records, in the schema's own JSON
    auto records = RecordsJson((*view)->log(), options.after, (*view)->as_of(), options.records);
    if (!records.ok()) return Fail(records.error());
    text = std::move(*records);
  } else {
    auto tables = ask(**view, options);
    if (!tables.ok()) return Fail(tables.error());
    if (const Status part = KeepPart(options.part, *tables); !part.ok()) return Fail(part.error());
    text = Render(*tables, FormOf(options));
  }
  if (const Status read = (*view)->status(); !read.ok()) return Fail(read.error());
  fmt::print("{}", text);
  if (FormOf(options) == Form::kPeople) fmt::print("as of sequence {}\n", (*view)->as_of());
  return kDone;
}

// The questions; each is a subcommand with what it needs to know.
struct Question {
  CLI::App* app;
  Ask ask;
};

void AddPaging(CLI::App* question, Options& options, const char* after) {
  question->add_option("--after", options.page.after, after);
  question->add_option("--limit", options.page.limit, "at most so many");
}

CLI::App* AddNamed(CLI::App& query, Options& options, const char* name, const char* what,
                   const char* about) {
  CLI::App* question = query.add_subcommand(name, about);
  question->add_option(what, options.name)->required();
  return question;
}

std::vector<Question> AddAccountQuestions(CLI::App& query, Options& options) {
  CLI::App* balances = query.add_subcommand("balances", "every account");
  AddPaging(balances, options, "the account to go on after");
  CLI::App* account = AddNamed(query, options, "account", "ACCOUNT", "one account");
  CLI::App* statement = AddNamed(query, options, "statement", "ACCOUNT",
                                 "an account's lines with opening and closing balance");
  statement->add_option("--from", options.from, "first book date")->required();
  statement->add_option("--to", options.to, "last book date (default: the first)");
  CLI::App* order = AddNamed(query, options, "order", "ORDER",
                             "an order and every record about it: SCENARIO/KEY");
  CLI::App* collection =
      AddNamed(query, options, "collection", "ACCOUNT",
               "what orders ask for and have paid into an account, by their states");
  CLI::App* payments = query.add_subcommand("payments", "the payments of enterprises");
  AddPaging(payments, options, "the payment to go on after");
  CLI::App* handled =
      AddNamed(query, options, "handled", "PERSON", "payments that a person submitted or judged");
  CLI::App* payees = AddNamed(query, options, "payees", "ACCOUNT", "whom an enterprise has paid");
  return {{balances, AskBalances}, {account, AskAccount},       {statement, AskStatement},
          {order, AskOrder},       {collection, AskCollection}, {payments, AskPayments},
          {handled, AskHandled},   {payees, AskPayees}};
}

std::vector<Question> AddClearingQuestions(CLI::App& query, Options& options) {
  CLI::App* cycles = query.add_subcommand("cycles", "every clearing cycle");
  CLI::App* positions =
      AddNamed(query, options, "positions", "CYCLE", "who owes a cycle what, and whom");
  CLI::App* late = AddNamed(query, options, "late", "CYCLE",
                            "what came into a cycle too late for an earlier one");
  CLI::App* queue =
      AddNamed(query, options, "queue", "SCHEME", "the payments that wait, and for whom");
  CLI::App* resolutions = AddNamed(query, options, "resolutions", "SCHEME",
                                   "what was settled together or not, and windows that ended");
  AddPaging(resolutions, options, "the sequence to go on after");
  CLI::App* limits = AddNamed(query, options, "limits", "SCHEME",
                              "what each may owe a scheme, owes it and has, and who granted whom");
  CLI::App* failure = AddNamed(query, options, "failure", "CYCLE",
                               "can a cycle finish although who owes it most fails?");
  failure->add_option("--without", options.without, "this participant fails instead");
  CLI::App* warnings = query.add_subcommand("warnings", "who came near its net debit cap");
  AddPaging(warnings, options, "the sequence to go on after");
  return {{cycles, AskCycles},   {positions, AskPositions},     {late, AskLate},
          {queue, AskQueue},     {resolutions, AskResolutions}, {limits, AskLimits},
          {failure, AskFailure}, {warnings, AskWarnings}};
}

std::vector<Question> AddReconciliationQuestions(CLI::App& query, Options& options) {
  CLI::App* reconciliation =
      query.add_subcommand("reconciliation", "what a channel's file of a day should say");
  reconciliation->add_option("--scenario", options.scenario, "of this one, or none")->required();
  reconciliation->add_option("--date", options.date, "the book date")->required();
  reconciliation->add_option("--participant", options.participant, "whose file (default: all)");
  reconciliation->add_option("--channel", options.channel, "of one channel");
  CLI::App* matching = query.add_subcommand(
      "matching", "how much of what statements say and of what we have belongs together");
  CLI::App* breaks = query.add_subcommand("breaks", "what does not, why, and what is suggested");
  for (CLI::App* question : {matching, breaks}) {
    question->add_option("RULE", options.name,
                         "of this matching rule (default: all that are open)");
  }
  CLI::App* rules = query.add_subcommand("rules", "the matching rules");
  CLI::App* files = query.add_subcommand("files", "every statement file");
  CLI::App* decisions = query.add_subcommand("decisions", "what was decided about open items");
  AddPaging(decisions, options, "the sequence to go on after");
  return {{reconciliation, AskReconciliation},
          {matching, AskMatching},
          {breaks, AskBreaks},
          {rules, AskRules},
          {files, AskFiles},
          {decisions, AskDecisions}};
}

std::vector<Question> AddLogQuestions(CLI::App& query, Options& options) {
  CLI::App* refusals = query.add_subcommand("refusals", "what the rules said no to");
  AddPaging(refusals, options, "the sequence to go on after");
  CLI::App* outbox = query.add_subcommand("outbox", "what the outside is still to be told");
  AddPaging(outbox, options, "the command to go on after");
  CLI::App* answer = query.add_subcommand("answer", "what became of a proposal or record");
  answer->add_option("SOURCE", options.source, "whose: operator, say")->required();
  answer->add_option("ID", options.id, "its id of the proposal or record")->required();
  CLI::App* records = query.add_subcommand("records", "the log itself");
  records->add_option("--after", options.after, "the sequence to go on after");
  records->add_option("--limit", options.records, "at most so many")->capture_default_str();
  return {{refusals, AskRefusals}, {outbox, AskOutbox}, {answer, AskAnswer}, {records, AskRecords}};
}

}  // namespace

Command DeclareQuery(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* query = app.add_subcommand("query", "ask a ledger, open elsewhere or not");
  query->add_option("DIR", options->view.directory, "the ledger's directory")->required();
  auto* json = query->add_flag("--json", options->json, "one JSON object a line");
  query->add_flag("--csv", options->csv, "one table as CSV")->excludes(json);
  query->add_option("--part", options->part, "one table of an answer that has several");
  query->add_option("--as-of", options->view.as_of,
                    "as it was after this sequence; 0: before the first record");
  query->require_subcommand(1);
  query->fallthrough();
  std::vector<Question> questions = AddAccountQuestions(*query, *options);
  for (const auto& more :
       {AddClearingQuestions(*query, *options), AddReconciliationQuestions(*query, *options),
        AddLogQuestions(*query, *options)}) {
    questions.insert(questions.end(), more.begin(), more.end());
  }
  return {query, [options, questions] {
            for (const Question& question : questions) {
              if (!question.app->parsed()) continue;
              options->view.with_ledger = question.ask == AskAnswer;
              return RunQuery(*options, question.ask);
            }
            return kUsage;
          }};
}

}  // namespace longmen::adapters::cli
