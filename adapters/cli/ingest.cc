// longmen ingest: a file of records or proposals into a ledger that no server has open.
//
// One line is one thing to decide, as at the HTTP door: a record, a proposal, or {"group":[...]}.
// Lines are decided in their order. What is said of a line is durable before it is said; a file
// that stopped half way is ingested again from its beginning, and what is there is a duplicate.
// With --follow a file that still grows is read as it does, until SIGINT or SIGTERM; after a crash
// it is followed again from its beginning likewise. A payment message is no file of lines
// (ingest_message.h).
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <future>
#include <optional>

#include "adapters/cli/command.h"
#include "adapters/cli/ingest_message.h"
#include "adapters/cli/lines.h"
#include "adapters/cli/names.h"
#include "adapters/cli/progress.h"
#include "adapters/cli/stop_signals.h"
#include "adapters/cli/tally.h"
#include "adapters/http/items.h"
#include "adapters/http/problem.h"
#include "adapters/node/node.h"

namespace longmen::adapters::cli {
namespace {

constexpr size_t kBatchLines = 2'000;
constexpr size_t kBatchBytes = 8u << 20;
constexpr std::chrono::milliseconds kLookAgain{100};

struct IngestOptions {
  std::string directory;
  std::string file;
  std::string source;
  std::string scenario;
  bool proposals = false;
  bool follow = false;
  std::string clock = "system";
  bool refusals_ok = false;
  bool json = false;
  std::string format;  // of a message; empty: lines
  std::string mapping;
  std::string status;
};

// Some lines, and what became of each.
struct Batch {
  std::vector<Line> lines;
  std::vector<http::Members> answered;            // one a line
  std::vector<std::pair<size_t, size_t>> places;  // of what went to the node: line, members
};

Result<bool> ReadBatch(Lines& lines, bool growing, Batch& batch) {
  size_t bytes = 0;
  Line line;
  while (batch.lines.size() < kBatchLines && bytes < kBatchBytes) {
    auto more = lines.Next(line, growing);
    if (!more.ok()) return more.error();
    if (!*more) break;
    bytes += line.text.size();
    batch.lines.push_back(std::move(line));
  }
  return !batch.lines.empty();
}

// What goes to the node, as groups (of one, for records). What cannot be cut is answered here.
std::vector<std::vector<std::string>> Cut(Batch& batch, bool with_groups) {
  std::vector<std::vector<std::string>> groups;
  batch.answered.resize(batch.lines.size());
  for (size_t i = 0; i < batch.lines.size(); ++i) {
    const Line& line = batch.lines[i];
    if (line.too_long) {
      batch.answered[i] = http::InvalidMembers(
          {Code::TOO_LARGE, "line", fmt::format("at most {} bytes", kLineBytesMax)});
      continue;
    }
    if (!with_groups || !http::IsGroup(line.text)) {
      groups.push_back({line.text});
    } else if (const auto members = http::SplitGroup(line.text); members.ok()) {
      groups.emplace_back(members->begin(), members->end());
    } else {
      batch.answered[i] = http::InvalidMembers(members.error());
      continue;
    }
    batch.places.emplace_back(i, groups.back().size());
  }
  return groups;
}

void Decide(Node& node, const IngestOptions& options, schema::Scenario scenario, Batch& batch) {
  auto groups = Cut(batch, options.proposals);
  if (groups.empty()) return;
  std::promise<std::vector<ItemAnswer>> promise;
  const auto answered = [&promise](std::vector<ItemAnswer> items) {
    promise.set_value(std::move(items));
  };
  if (options.proposals) {
    node.ProposeJson(options.source, std::move(groups), answered);
  } else {
    std::vector<std::string> records;
    for (auto& group : groups) records.push_back(std::move(group.front()));
    node.IngestJson(options.source, scenario, std::move(records), answered);
  }
  std::vector<ItemAnswer> items = promise.get_future().get();
  size_t next = 0;
  for (const auto& [place, members] : batch.places) {
    CHECK(next + members <= items.size(), "cli.answers", next, members, items.size());
    for (size_t i = 0; i < members; ++i) batch.answered[place].push_back(std::move(items[next++]));
    const bool group = options.proposals && http::IsGroup(batch.lines[place].text);
    http::NameWhole(batch.answered[place], group, "line");
  }
}

// As far as the file goes, or to the batch in which the engine could promise nothing any more:
// what follows a gap must not be decided before what is in it. A file that is followed goes on
// until `stop`.
Status IngestAll(Node& node, const IngestOptions& options, schema::Scenario scenario, Lines& lines,
                 StopSignals* stop, Tally& tally) {
  Progress progress("ingested", "lines");
  while (!tally.HasUnavailable()) {
    Batch batch;
    const auto more = ReadBatch(lines, stop != nullptr, batch);
    if (!more.ok()) return more.error();
    if (stop != nullptr && stop->CameWithin(*more ? std::chrono::milliseconds(0) : kLookAgain)) {
      return Ok();
    }
    if (!*more && stop == nullptr) return Ok();
    if (!*more) continue;
    Decide(node, options, scenario, batch);
    for (size_t i = 0; i < batch.lines.size(); ++i) {
      tally.Add(batch.lines[i].number, batch.answered[i]);
      if (options.json) fmt::print("{}\n", http::MembersJson(batch.answered[i]));
    }
    if (options.json) std::fflush(stdout);  // whoever follows the answers waits for them
    progress.Show(tally.lines());
  }
  return Ok();
}

Result<schema::Scenario> WhatIsAsked(const IngestOptions& options) {
  if (options.proposals != options.scenario.empty()) {
    return Error{Code::USAGE, "", "either --scenario or --proposals says what the lines are"};
  }
  if (options.proposals) return schema::Scenario::NONE;
  if (options.source.empty()) return Error{Code::USAGE, "source", "whose records are these?"};
  return ScenarioOf(options.scenario);
}

// Options of lines and of messages are not mixed.
int RunMessage(const IngestOptions& options) {
  if (options.proposals || options.follow || !options.scenario.empty()) {
    return Fail({Code::USAGE, "format", "a message has a scenario of its own and does not grow"});
  }
  return IngestMessage({.directory = options.directory,
                        .file = options.file,
                        .source = options.source,
                        .format = options.format,
                        .mapping = options.mapping,
                        .status = options.status,
                        .clock_follows_input = options.clock == "input",
                        .refusals_ok = options.refusals_ok,
                        .json = options.json});
}

int RunIngest(const IngestOptions& options) {
  if (!options.format.empty()) return RunMessage(options);
  if (!options.mapping.empty() || !options.status.empty()) {
    return Fail(
        {Code::USAGE, options.mapping.empty() ? "status" : "mapping", "goes with --format"});
  }
  const auto scenario = WhatIsAsked(options);
  if (!scenario.ok()) return Fail(scenario.error());
  auto lines = Lines::Open(options.file);
  if (!lines.ok()) return Fail(lines.error());
  std::optional<StopSignals> stop;
  if (options.follow) stop.emplace();
  NodeOptions node_options;
  node_options.directory = options.directory;
  node_options.clock_follows_input = options.clock == "input";
  auto node = Node::Open(std::move(node_options));
  if (!node.ok()) return Fail(node.error());
  if (const Status known = CheckSource(**node, options.source); !known.ok()) {
    (*node)->Stop();
    return Fail(known.error());
  }
  Tally tally;
  const Status ingested =
      IngestAll(**node, options, *scenario, *lines, stop ? &*stop : nullptr, tally);
  (*node)->Stop();
  // The summary is for people, who also watch a pipe that takes the answers.
  fmt::print(options.json ? stderr : stdout, "{}", tally.Text());
  if (!ingested.ok()) return Fail(ingested.error());
  if (tally.HasUnavailable()) {
    fmt::print(stderr,
               "longmen: stopped: nothing was promised for the lines above and those after "
               "them; ingest the same file again\n");
  }
  return tally.Clean(options.refusals_ok) ? kDone : kFinding;
}

}  // namespace

Status CheckSource(Node& node, const std::string& source) {
  if (source.empty()) return Ok();
  bool known = false;
  RETURN_IF_ERROR(node.engine().Read(
      [&](const engine::LedgerView& ledger) { known = ledger.HasSource(source); }));
  if (known) return Ok();
  return Error{Code::USAGE, "source", fmt::format("{} is not registered here", source)};
}

Command DeclareIngest(CLI::App& app) {
  auto options = std::make_shared<IngestOptions>();
  CLI::App* ingest = app.add_subcommand("ingest", "take in a file of records or proposals");
  ingest->add_option("DIR", options->directory, "the ledger's directory")->required();
  ingest->add_option("FILE", options->file, "one JSON object a line; - is standard input")
      ->required();
  ingest->add_option("--source", options->source,
                     "the registered source they are of (proposals may each name their own)");
  ingest->add_option("--scenario", options->scenario, "the lines are records of this scenario");
  ingest->add_option("--format", options->format, "the file is one message of this format")
      ->check(CLI::IsMember(MessageFormats()));
  ingest->add_option("--mapping", options->mapping,
                     "format: what its accounts are called here (adapters/iso20022/README.md)");
  ingest->add_option("--status", options->status, "format: where to write the answer");
  ingest->add_flag("--proposals", options->proposals, "the lines are proposals or groups of them");
  ingest->add_flag("--follow", options->follow, "go on as the file grows, until SIGINT or SIGTERM");
  ingest->add_option("--clock", options->clock, "input: recordedAt follows occurredAt")
      ->check(CLI::IsMember({"system", "input"}))
      ->capture_default_str();
  ingest->add_flag("--refusals-ok", options->refusals_ok, "exit 0 although the rules refused some");
  ingest->add_flag("--json", options->json, "one answer a line instead of a summary");
  return {ingest, [options] { return RunIngest(*options); }};
}

}  // namespace longmen::adapters::cli
