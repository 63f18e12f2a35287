// longmen resolve: decisions about open items of reconciliation, from a file, into a ledger that no
// server has open. Each row stands or falls by itself; the same file again changes nothing.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <optional>

#include "adapters/cli/command.h"
#include "adapters/cli/mapped_file.h"
#include "adapters/cli/names.h"
#include "adapters/cli/view.h"
#include "adapters/cli/whole_file.h"
#include "adapters/node/node.h"
#include "adapters/reconciliation/decisions.h"
#include "events/codec/codec.h"

namespace longmen::adapters::cli {
namespace {

// `file` is that of the decisions, or the key of the one to be withdrawn.
struct Options {
  std::string directory;
  std::string file;
  std::string rule;
  std::string reason;
  std::string by;
  std::string approved_by;
  std::string source = "operator";
  std::string at;
  std::string clock = "system";
  std::string out;
  bool dry_run = false;
  bool json = false;
};

void Print(const DecisionRow& row, std::string_view became, const std::string& why,
           const Options& options) {
  const std::string items = fmt::format("{}", fmt::join(row.items, " "));
  if (options.json) {
    fmt::print(R"({{"line":"{}","items":{},"status":"{}","message":{}}})"
               "\n",
               row.line, Quoted(items), became, Quoted(why));
  } else {
    fmt::print("line {}: {}  {}{}{}\n", row.line, became, items, why.empty() ? "" : ": ", why);
  }
}

// What became of a group, and why.
using Became = std::pair<std::string_view, std::string>;

// What the engine says of it: recorded, known, or refused with its code.
Became Submit(Node& node, std::vector<ProposalBytes> group, Nanos at) {
  std::vector<engine::Job> jobs(1);
  jobs.front().group = std::move(group);
  jobs.front().occurred_at = at;
  const engine::Answers answers = node.engine().SubmitAndWait(std::move(jobs)).front();
  for (const engine::Answer& answer : answers) {
    switch (answer.kind) {
      case engine::AnswerKind::kAccepted:
      case engine::AnswerKind::kDuplicate:
        continue;
      default:
        return {"refused", Describe(Error{answer.code, answer.field, ""})};
    }
  }
  const bool known = answers.front().kind == engine::AnswerKind::kDuplicate;
  return {known ? "known" : "recorded", ""};
}

// How often the row was refused; nothing: it is recorded.
std::optional<unsigned> AttemptOf(const engine::LedgerView& ledger, const DecisionRow& row,
                                  const DecisionOptions& decision) {
  for (unsigned attempt = 0;; ++attempt) {
    const auto known = ledger.FindId(decision.source, FirstIdOf(row, decision, attempt));
    if (!known) return attempt;
    if (known->refused == Code::NONE) return std::nullopt;
  }
}

// A group as a line for the HTTP door, or for `ingest --proposals`.
std::string GroupJson(const std::vector<ProposalBytes>& group) {
  std::string json;
  for (const ProposalBytes& proposal : group) {
    json += json.empty() ? "" : ",";
    json += ToJson(ReadCanonical(proposal.bytes()));
  }
  return group.size() == 1 ? json + "\n"
                           : fmt::format(R"({{"group":[{}]}})"
                                         "\n",
                                         json);
}

// What a server is to be sent, into a file that is not there yet.
int WriteNew(const std::string& path, const std::string& lines, int exit) {
  if (const Status free = CheckNew(path); !free.ok()) return Fail(free.error());
  const Status saved = WriteWholeFile(path, lines);
  return saved.ok() ? exit : Fail(saved.error());
}

// Gives `take` the group of each row, which says what became of it. The items are those that are
// open now: of what two rows name, the second is refused.
template <typename Attempt, typename Take>
Result<int> EachRow(const projections::ReadStore& store, const engine::LogReader& log,
                    const Options& options, const std::vector<DecisionRow>& rows,
                    const DecisionOptions& decision, const Attempt& attempt_of, const Take& take) {
  const auto reading = projections::MatchOf(store, options.rule);
  if (!reading.ok()) return reading.error();
  const DecisionView open(*reading, store, log);
  int exit = kDone;
  for (const DecisionRow& row : rows) {
    const Result<std::optional<unsigned>> attempt = attempt_of(row);
    if (!attempt.ok()) return attempt.error();
    Became became{"known", ""};
    if (*attempt) {
      auto group = ProposalsOf(row, open, decision, **attempt);
      became = group.ok() ? take(std::move(*group)) : Became{"refused", Describe(group.error())};
    }
    if (became.first == "refused") exit = kFinding;
    Print(row, became.first, became.second, options);
  }
  return exit;
}

// Beside whoever has the ledger: what would be proposed, into a file or only told.
int WriteAll(const Options& options, const std::vector<DecisionRow>& rows,
             const DecisionOptions& decision) {
  auto view = View::Open({.directory = options.directory, .as_of = {}, .with_ledger = true});
  if (!view.ok()) return Fail(view.error());
  std::string written;
  const Result<int> exit =
      EachRow((*view)->projections(), (*view)->log(), options, rows, decision,
              [&](const DecisionRow& row) { return AttemptOf((*view)->ledger(), row, decision); },
              [&](const std::vector<ProposalBytes>& group) {
                written += GroupJson(group);
                return Became{"would record", fmt::format("{} proposals", group.size())};
              });
  if (!exit.ok()) return Fail(exit.error());
  return options.out.empty() ? *exit : WriteNew(options.out, written, *exit);
}

int ResolveAll(Node& node, const Options& options, const std::vector<DecisionRow>& rows,
               const DecisionOptions& decision) {
  const Status projected = node.AwaitProjected(node.engine().DurableSequence());
  if (!projected.ok()) return Fail(projected.error());
  const Result<int> exit = EachRow(
      node.projections(), node.log(), options, rows, decision,
      [&](const DecisionRow& row) -> Result<std::optional<unsigned>> {
        std::optional<unsigned> attempt;
        RETURN_IF_ERROR(node.engine().Read(
            [&](const engine::LedgerView& ledger) { attempt = AttemptOf(ledger, row, decision); }));
        return attempt;
      },
      [&](std::vector<ProposalBytes> group) {
        return Submit(node, std::move(group), decision.now);
      });
  return exit.ok() ? *exit : Fail(exit.error());
}

Result<DecisionOptions> DecisionOptionsOf(const Options& options) {
  if (options.by == options.approved_by) {
    return Error{Code::SAME_APPROVER, "approved-by", "somebody else than --by has to approve"};
  }
  const auto clock = ClockAt(options.at, "at");
  if (!clock.ok()) return clock.error();
  return DecisionOptions{.source = options.source,
                         .by = options.by,
                         .approved_by = options.approved_by,
                         .now = (*clock)()};
}

Result<std::unique_ptr<Node>> OpenNode(const Options& options) {
  NodeOptions node_options;
  node_options.directory = options.directory;
  node_options.clock_follows_input = options.clock == "input";
  return Node::Open(std::move(node_options));
}

int RunResolve(const Options& options) {
  const auto file = MappedFile::Open(options.file);
  if (!file.ok()) return Fail(file.error());
  const auto rows = ReadDecisions(file->bytes());
  if (!rows.ok()) return Fail(rows.error());
  const auto decision = DecisionOptionsOf(options);
  if (!decision.ok()) return Fail(decision.error());
  if (rows->empty()) fmt::print(stderr, "longmen: no row has a decision\n");
  if (options.dry_run || !options.out.empty()) return WriteAll(options, *rows, *decision);
  auto node = OpenNode(options);
  if (!node.ok()) return Fail(node.error());
  const int exit = ResolveAll(**node, options, *rows, *decision);
  (*node)->Stop();
  return exit;
}

// The withdrawal of the file; empty: it is recorded.
Result<std::vector<ProposalBytes>> Withdrawal(const projections::ReadStore& store,
                                              const engine::LedgerView& ledger,
                                              const Options& options,
                                              const DecisionOptions& decision) {
  const auto file = projections::FindStatementFile(store, options.file);
  if (!file.ok()) return Error{file.error().code, options.file, "there is no such file"};
  const DecisionRow row = WithdrawalRow(options.file, options.reason);
  const auto attempt = AttemptOf(ledger, row, decision);
  if (!attempt) {
    Print(row, "known", "", options);
    return std::vector<ProposalBytes>();
  }
  auto proposal = WithdrawalOf(*file, options.reason, decision, *attempt);
  if (!proposal.ok()) return proposal.error();
  std::vector<ProposalBytes> group;
  group.push_back(std::move(*proposal));
  return group;
}

int WriteWithdrawal(const Options& options, const DecisionOptions& decision) {
  auto view = View::Open({.directory = options.directory, .as_of = {}, .with_ledger = true});
  if (!view.ok()) return Fail(view.error());
  const auto group = Withdrawal((*view)->projections(), (*view)->ledger(), options, decision);
  if (!group.ok()) return Fail(group.error());
  return group->empty() ? kDone : WriteNew(options.out, GroupJson(*group), kDone);
}

int Withdraw(Node& node, const Options& options, const DecisionOptions& decision) {
  const Status projected = node.AwaitProjected(node.engine().DurableSequence());
  if (!projected.ok()) return Fail(projected.error());
  Result<std::vector<ProposalBytes>> group = std::vector<ProposalBytes>();
  const Status read = node.engine().Read([&](const engine::LedgerView& ledger) {
    group = Withdrawal(node.projections(), ledger, options, decision);
  });
  if (!read.ok()) return Fail(read.error());
  if (!group.ok()) return Fail(group.error());
  if (group->empty()) return kDone;
  const auto [became, why] = Submit(node, std::move(*group), decision.now);
  fmt::print("{}  {}{}{}\n", became == "recorded" ? "withdrawn" : became, options.file,
             why.empty() ? "" : ": ", why);
  return became == "refused" ? kFinding : kDone;
}

int RunWithdraw(const Options& options) {
  const auto decision = DecisionOptionsOf(options);
  if (!decision.ok()) return Fail(decision.error());
  if (!options.out.empty()) return WriteWithdrawal(options, *decision);
  auto node = OpenNode(options);
  if (!node.ok()) return Fail(node.error());
  const int exit = Withdraw(**node, options, *decision);
  (*node)->Stop();
  return exit;
}

void AddPeople(CLI::App* command, Options& options) {
  command->add_option("--by", options.by, "who decided")->required();
  command->add_option("--approved-by", options.approved_by, "who approved; somebody else")
      ->required();
  command->add_option("--source", options.source, "the registered source that proposes")
      ->capture_default_str();
  command->add_option("--out", options.out,
                      "write the proposals into this new file, for a server that has the ledger");
  command->add_option("--at", options.at, "when (default: now)");
  command->add_option("--clock", options.clock, "input: recordedAt follows --at")
      ->check(CLI::IsMember({"system", "input"}))
      ->capture_default_str();
}

}  // namespace

Command DeclareResolve(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* resolve = app.add_subcommand("resolve", "record decisions about open items");
  resolve->add_option("DIR", options->directory, "the ledger's directory")->required();
  resolve
      ->add_option("FILE", options->file,
                   "CSV with items, decision and reason: query breaks --csv, filled in")
      ->required();
  resolve->add_option("--rule", options->rule, "the matching rule they are open under")->required();
  AddPeople(resolve, *options);
  resolve->add_flag("--dry-run", options->dry_run,
                    "say what would be recorded, and record nothing");
  resolve->add_flag("--json", options->json, "one JSON object a row");
  return {resolve, [options] { return RunResolve(*options); }};
}

Command DeclareWithdraw(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* withdraw =
      app.add_subcommand("withdraw", "a statement file was wrong: its lines count no more");
  withdraw->add_option("DIR", options->directory, "the ledger's directory")->required();
  withdraw->add_option("FILE", options->file, "the file's name in the ledger (query DIR files)")
      ->required();
  withdraw->add_option("--reason", options->reason, "why")->required();
  AddPeople(withdraw, *options);
  return {withdraw, [options] { return RunWithdraw(*options); }};
}

}  // namespace longmen::adapters::cli
