// longmen import: statement files of banks, channels and schemes into a ledger that no server has
// open. Each file is checked from end to end before anything of it is taken in; a file that was
// taken in before changes nothing.
#include "adapters/reconciliation/import.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>

#include "adapters/cli/command.h"
#include "adapters/cli/mapped_file.h"
#include "adapters/cli/names.h"
#include "adapters/cli/progress.h"
#include "adapters/cli/view.h"
#include "adapters/cli/whole_file.h"
#include "adapters/node/node.h"
#include "events/codec/codec.h"
#include "projections/matching/matching.h"

namespace longmen::adapters::cli {
namespace {

struct Options {
  std::string directory;
  std::vector<std::string> files;
  std::string issuer;
  std::string channel;
  std::string format;
  std::string description;
  std::string date;
  std::string source = "operator";
  std::string received;
  std::string clock = "system";
  std::string out;
  bool check = false;
  bool json = false;
};

Result<ImportOptions> ImportOptionsOf(const Options& options) {
  ImportOptions import{.source = options.source,
                       .issuer = options.issuer,
                       .channel = options.channel,
                       .format = options.format,
                       .defaults = {}};
  if (!options.date.empty()) {
    const auto date = DateOf(options.date, "date");
    if (!date.ok()) return date.error();
    import.defaults.date = *date;
  }
  if (!options.description.empty()) {
    const auto file = MappedFile::Open(options.description);
    if (!file.ok()) return file.error();
    import.defaults.description = file->bytes();
  }
  const auto clock = ClockAt(options.received, "received");
  if (!clock.ok()) return clock.error();
  import.received_at = (*clock)();
  return import;
}

void Print(const std::string& path, const ImportedFile& file, const Options& options) {
  const std::string_view became = options.check          ? "checked"
                                  : file.known           ? "known"
                                  : !options.out.empty() ? "written"
                                                         : "loaded";
  for (const ImportedStatement& each : file.statements) {
    const StatementHeader& header = each.header;
    const StatementTotals& totals = each.totals;
    if (options.json) {
      fmt::print(
          R"({{"path":{},"status":"{}","file":{},"format":"{}","content":"{}","from":"{}",)"
          R"("to":"{}","currency":"{}","lines":"{}","creditsMinor":"{}","debitsMinor":"{}"}})"
          "\n",
          Quoted(path), became, Quoted(each.key), header.format, Hex(file.content),
          FormatDate(header.from), FormatDate(header.to), header.currency.alphabetic(),
          totals.count, totals.credits, totals.debits);
      continue;
    }
    const std::string days = header.from == header.to
                                 ? FormatDate(header.from)
                                 : FormatDate(header.from) + " to " + FormatDate(header.to);
    fmt::print("{:7}  {}  {}  {} lines, credits {}, debits {} {}  {}\n", became, each.key, days,
               totals.count, FormatMinor(totals.credits, header.currency),
               FormatMinor(totals.debits, header.currency), header.currency.alphabetic(), path);
  }
}

// The error names the file as well as the line.
Error In(const std::string& path, const Error& error) {
  return {error.code, error.field.empty() ? path : path + ", " + error.field, error.message};
}

using TakeIn = std::function<Result<ImportedFile>(std::string_view bytes)>;

// Goes on with the next file where one is refused: each stands for itself.
int ForEachFile(const Options& options, const TakeIn& take_in) {
  int exit = kDone;
  for (const std::string& path : options.files) {
    const auto file = MappedFile::Open(path);
    if (!file.ok()) {
      exit = std::max(exit, Fail(file.error()));
      continue;
    }
    const auto imported = take_in(file->bytes());
    if (!imported.ok()) {
      exit = std::max(exit, Fail(In(path, imported.error())));
    } else {
      Print(path, *imported, options);
    }
  }
  return exit;
}

// A file that no rule reads is as good as not there.
void WarnOfRules(const projections::ReadStore& store, const Options& options) {
  const auto rules = projections::MatchRules(store);
  const bool read = rules.ok() && std::ranges::any_of(*rules, [&](const auto& rule) {
                      return rule.status == schema::Status::OPEN && rule.issuer == options.issuer &&
                             rule.TakesChannel(options.channel);
                    });
  if (read) return;
  fmt::print(stderr, "longmen: no open matching rule reads what {} says{}{}\n", options.issuer,
             options.channel.empty() ? " of no channel" : " of channel ", options.channel);
}

int CheckAll(const Options& options, ImportOptions import) {
  if (import.issuer.empty()) import.issuer = "anybody";  // nothing is proposed
  return ForEachFile(options,
                     [&](std::string_view bytes) { return CheckStatementFile(bytes, import); });
}

// Beside whoever has the ledger: as lines for the HTTP door, or for `ingest --proposals`.
int WriteAll(const Options& options, const ImportOptions& import) {
  auto view = View::Open({.directory = options.directory, .as_of = {}, .with_ledger = true});
  if (!view.ok()) return Fail(view.error());
  const ImportLedger ledger{(*view)->projections(), [&](std::string_view id) {
                              return (*view)->ledger().FindId(import.source, id).has_value();
                            }};
  if (const Status free = CheckNew(options.out); !free.ok()) return Fail(free.error());
  auto out = CreateWholeFile(options.out);
  if (!out.ok()) return Fail(out.error());
  WarnOfRules(ledger.store, options);
  const int exit = ForEachFile(options, [&](std::string_view bytes) {
    return EachProposalOf(bytes, import, ledger, [&](const ProposalBytes& proposal) -> Status {
      out->Write(ToJson(ReadCanonical(proposal.bytes())) + "\n");
      return Ok();
    });
  });
  const auto written = out->Finish();
  return written.ok() ? exit : Fail(written.error());
}

int LoadAll(const Options& options, const ImportOptions& import) {
  NodeOptions node_options;
  node_options.directory = options.directory;
  node_options.clock_follows_input = options.clock == "input";
  auto opened = Node::Open(std::move(node_options));
  if (!opened.ok()) return Fail(opened.error());
  Node& node = **opened;
  const ImportLedger ledger{node.projections(), [&](std::string_view id) {
                              bool known = false;
                              (void)node.engine().Read([&](const engine::LedgerView& view) {
                                known = view.FindId(import.source, id).has_value();
                              });
                              return known;
                            }};
  int exit = kDone;
  {
    Progress progress("imported", "lines");
    uint64_t before = 0;
    bool warned = false;
    exit = ForEachFile(options, [&](std::string_view bytes) -> Result<ImportedFile> {
      // What the file before brought counts.
      RETURN_IF_ERROR(node.AwaitProjected(node.engine().DurableSequence()));
      if (!std::exchange(warned, true)) WarnOfRules(ledger.store, options);
      auto imported = ImportStatementFile(bytes, import, ledger, node.engine(),
                                          [&](uint64_t lines) { progress.Show(before + lines); });
      if (imported.ok()) before += imported->lines;
      return imported;
    });
  }
  node.Stop();
  return exit;
}

int RunImport(const Options& options) {
  const auto import = ImportOptionsOf(options);
  if (!import.ok()) return Fail(import.error());
  if (options.check) return CheckAll(options, *import);
  if (options.issuer.empty()) {
    return Fail({Code::USAGE, "issuer", "whose word is this? Name a participant"});
  }
  return options.out.empty() ? LoadAll(options, *import) : WriteAll(options, *import);
}

}  // namespace

Command DeclareImport(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* import = app.add_subcommand("import", "take in statement files of banks and channels");
  import->add_option("DIR", options->directory, "the ledger's directory")->required();
  import->add_option("FILE", options->files, "statement files")->required();
  import->add_option("--issuer", options->issuer, "the participant whose word they are");
  import->add_option("--channel", options->channel,
                     "the channel, as movements name it (default: of all)");
  std::vector<std::string> formats;
  for (const std::string_view name : FormatNames()) formats.emplace_back(name);
  import->add_option("--format", options->format, "their format (default: by content)")
      ->check(CLI::IsMember(formats));
  import->add_option("--description", options->description,
                     "a file that describes the columns of a CSV of any other kind");
  import->add_option("--date", options->date,
                     "the issuer's day; unionpay-zm and empty files do not say it");
  import->add_option("--source", options->source, "the registered source that loads them")
      ->capture_default_str();
  import->add_option("--received", options->received, "when they came (default: now)");
  import->add_option("--clock", options->clock, "input: recordedAt follows --received")
      ->check(CLI::IsMember({"system", "input"}))
      ->capture_default_str();
  auto* check = import->add_flag("--check", options->check, "only see whether they add up");
  import
      ->add_option("--out", options->out,
                   "write the proposals into this new file, for a server that has the ledger")
      ->excludes(check);
  import->add_flag("--json", options->json, "one JSON object a statement");
  return {import, [options] { return RunImport(*options); }};
}

}  // namespace longmen::adapters::cli
