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

struct Options {
  std::string directory;
  std::string file;
  std::string rule;
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

// What the engine said of a group: accepted, duplicate or a refusal with its code.
std::pair<std::string_view, std::string> Said(const engine::Answers& answers) {
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

// Beside whoever has the ledger: what would be proposed, into a file or only told.
int WriteAll(const Options& options, const std::vector<DecisionRow>& rows,
             const DecisionOptions& decision) {
  auto view = View::Open({.directory = options.directory, .as_of = {}, .with_ledger = true});
  if (!view.ok()) return Fail(view.error());
  const auto reading = projections::MatchOf((*view)->projections(), options.rule);
  if (!reading.ok()) return Fail(reading.error());
  std::string written;
  int exit = kDone;
  for (const DecisionRow& row : rows) {
    const auto attempt = AttemptOf((*view)->ledger(), row, decision);
    if (!attempt) {
      Print(row, "known", "", options);
      continue;
    }
    const auto group =
        ProposalsOf(row, {*reading, (*view)->projections(), (*view)->log()}, decision, *attempt);
    if (!group.ok()) {
      Print(row, "refused", Describe(group.error()), options);
      exit = kFinding;
      continue;
    }
    written += GroupJson(*group);
    Print(row, "would record", fmt::format("{} proposals", group->size()), options);
  }
  if (options.out.empty()) return exit;
  const Status saved = WriteWholeFile(options.out, written);
  return saved.ok() ? exit : Fail(saved.error());
}

// The items are those that are open now: of what two rows name, the second is refused.
int ResolveAll(Node& node, const Options& options, const std::vector<DecisionRow>& rows,
               const DecisionOptions& decision) {
  const Status projected = node.AwaitProjected(node.engine().DurableSequence());
  if (!projected.ok()) return Fail(projected.error());
  const auto reading = projections::MatchOf(node.projections(), options.rule);
  if (!reading.ok()) return Fail(reading.error());
  int exit = kDone;
  for (const DecisionRow& row : rows) {
    std::optional<unsigned> attempt;
    const Status read = node.engine().Read(
        [&](const engine::LedgerView& ledger) { attempt = AttemptOf(ledger, row, decision); });
    if (!read.ok()) return Fail(read.error());
    if (!attempt) {
      Print(row, "known", "", options);
      continue;
    }
    auto group = ProposalsOf(row, {*reading, node.projections(), node.log()}, decision, *attempt);
    if (!group.ok()) {
      Print(row, "refused", Describe(group.error()), options);
      exit = kFinding;
      continue;
    }
    std::vector<engine::Job> jobs(1);
    jobs.front().group = std::move(*group);
    jobs.front().occurred_at = decision.now;
    const auto [became, why] = Said(node.engine().SubmitAndWait(std::move(jobs)).front());
    if (became == "refused") exit = kFinding;
    Print(row, became, why, options);
  }
  return exit;
}

int RunResolve(const Options& options) {
  const auto file = MappedFile::Open(options.file);
  if (!file.ok()) return Fail(file.error());
  const auto rows = ReadDecisions(file->bytes());
  if (!rows.ok()) return Fail(rows.error());
  if (options.by == options.approved_by) {
    return Fail({Code::SAME_APPROVER, "approved-by", "somebody else than --by has to approve"});
  }
  const auto clock = ClockAt(options.at, "at");
  if (!clock.ok()) return Fail(clock.error());
  const DecisionOptions decision{.source = options.source,
                                 .by = options.by,
                                 .approved_by = options.approved_by,
                                 .now = (*clock)()};
  if (options.dry_run || !options.out.empty()) return WriteAll(options, *rows, decision);
  NodeOptions node_options;
  node_options.directory = options.directory;
  node_options.clock_follows_input = options.clock == "input";
  auto node = Node::Open(std::move(node_options));
  if (!node.ok()) return Fail(node.error());
  const int exit = ResolveAll(**node, options, *rows, decision);
  (*node)->Stop();
  return exit;
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
  resolve->add_option("--by", options->by, "who decided")->required();
  resolve->add_option("--approved-by", options->approved_by, "who approved; somebody else")
      ->required();
  resolve->add_option("--source", options->source, "the registered source that proposes")
      ->capture_default_str();
  resolve->add_option("--at", options->at, "when (default: now)");
  resolve->add_option("--clock", options->clock, "input: recordedAt follows --at")
      ->check(CLI::IsMember({"system", "input"}))
      ->capture_default_str();
  resolve->add_option("--out", options->out,
                      "write the proposals into this file, for a server that has the ledger");
  resolve->add_flag("--dry-run", options->dry_run,
                    "say what would be recorded, and record nothing");
  resolve->add_flag("--json", options->json, "one JSON object a row");
  return {resolve, [options] { return RunResolve(*options); }};
}

}  // namespace longmen::adapters::cli
