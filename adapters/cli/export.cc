// longmen export: what the projections say, as files for finance. Each file appears whole or not
// at all, and exporting the same again gives the same bytes.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>

#include "adapters/cli/command.h"
#include "adapters/cli/export_kinds.h"
#include "adapters/cli/names.h"
#include "adapters/cli/progress.h"
#include "adapters/node/new_directory.h"

namespace longmen::adapters::cli {
namespace {

using Options = ExportOptions;

void PrintFile(const ExportedFile& file, bool json) {
  if (json) {
    fmt::print(R"({{"file":{},"rows":"{}","firstSequence":"{}","lastSequence":"{}","sha256":"{}"}})"
               "\n",
               Quoted(file.path), file.rows, file.first, file.last, Hex(file.sha256));
  } else {
    fmt::print("{}  {} rows\n", file.path, file.rows);
  }
}

// An option that would change nothing is a misunderstanding.
Status CheckOptions(const Options& options) {
  struct Belongs {
    const char* name;
    bool stated;
    std::vector<std::string> with;
  };
  const Belongs belongs[] = {
      {"range", !options.range.empty(), {"journal", "refusals", "hledger", "ledger"}},
      {"cycle",
       !options.cycle.empty(),
       {"positions", "pacs029", "pacs009", "pacs008", "pacs004", "settlement-reports",
        "reconciliation"}},
      {"settlement-agent", !options.settlement_agent.empty(), {"pacs009", "all"}},
      {"account", !options.account.empty(), {"statement", "camt052", "camt053", "camt054"}},
      {"from", !options.from.empty(), {"statement", "camt053", "camt054", "reconciliation"}},
      {"to", !options.to.empty(), {"statement", "camt053", "camt054", "reconciliation"}},
      {"scenario", !options.scenario.empty(), {"reconciliation"}},
      {"date", !options.date.empty(), {"reconciliation", "pacs008", "pacs004"}},
      {"mapping", !options.mapping.empty(), {"pacs008", "pacs004"}},
      {"channel", !options.channel.empty(), {"reconciliation"}},
      {"rule", !options.rule.empty(), {"breaks", "matches"}},
      {"participant",
       !options.participant.empty(),
       {"reconciliation", "settlement-reports", "statement", "camt052", "camt053", "camt054",
        "pacs008", "pacs004"}}};
  for (const auto& [name, stated, with] : belongs) {
    if (stated && std::find(with.begin(), with.end(), options.what) == with.end()) {
      return Error{Code::USAGE, name,
                   fmt::format("goes with --what {} only", fmt::join(with, " or "))};
    }
  }
  if (!options.date.empty() && (!options.from.empty() || !options.to.empty())) {
    return Error{Code::USAGE, "date", "one date, or --from and --to"};
  }
  return Ok();
}

bool IsDefault(const TableFormat& format) { return &format == TableFormats().data(); }

// A kind that is no table is in the one form that it has.
Status WriteKind(const ExportKind& kind, Exporting& exporting) {
  if (kind.is_table || IsDefault(*exporting.to.format)) return kind.write(exporting);
  return Error{Code::USAGE, "format",
               fmt::format("{} is no table, so that it is not written as {}", kind.name,
                           exporting.to.format->name)};
}

Status WriteAll(Exporting& exporting) {
  std::vector<std::string_view> left;
  for (const ExportKind& kind : ExportKinds()) {
    if (!kind.in_all) continue;
    if (!kind.is_table && !IsDefault(*exporting.to.format)) {
      left.push_back(kind.name);
    } else {
      RETURN_IF_ERROR(kind.write(exporting));
    }
  }
  if (!left.empty()) {
    fmt::print(stderr, "longmen: no tables, hence not written as {}: {}\n",
               exporting.to.format->name, fmt::join(left, ", "));
  }
  return Ok();
}

Status Write(Exporting& exporting) {
  for (const ExportKind& kind : ExportKinds()) {
    if (kind.name == exporting.options.what) return WriteKind(kind, exporting);
  }
  return WriteAll(exporting);
}

const TableFormat* FormatOf(std::string_view name) {
  const auto formats = TableFormats();
  return &*std::ranges::find(formats, name, &TableFormat::name);
}

int RunExport(const Options& options) {
  if (const Status fit = CheckOptions(options); !fit.ok()) return Fail(fit.error());
  const Status outside = CheckOutside(options.out, options.view.directory);
  if (!outside.ok()) return Fail(outside.error());
  auto view = View::Open(options.view);
  if (!view.ok()) return Fail(view.error());
  Exporting exporting{.store = (*view)->projections(),
                      .options = options,
                      .to = ExportTo(options.out, FormatOf(options.format))};
  Status written = Ok();
  {
    Progress progress("exported", "rows of a file");
    exporting.to.progress = [&](uint64_t rows) { progress.Show(rows); };
    written = Write(exporting);
  }
  for (const ExportedFile& file : exporting.files) PrintFile(file, options.json);
  if (!written.ok()) return Fail(written.error());
  if (const Status read = (*view)->status(); !read.ok()) return Fail(read.error());
  return kDone;
}

// "all" and every kind.
std::vector<std::string> Names() {
  std::vector<std::string> names = {"all"};
  for (const ExportKind& kind : ExportKinds()) names.emplace_back(kind.name);
  return names;
}

std::vector<std::string> Formats() {
  std::vector<std::string> names;
  for (const TableFormat& format : TableFormats()) names.emplace_back(format.name);
  return names;
}

}  // namespace

Command DeclareExport(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* out = app.add_subcommand("export", "write what a ledger says as files");
  out->add_option("DIR", options->view.directory, "the ledger's directory")->required();
  out->add_option("OUT", options->out, "the directory for the files; made if missing")->required();
  out->add_option("--what", options->what,
                  "which files; all is everything but statements, matches, and messages of "
                  "accounts and payments")
      ->check(CLI::IsMember(Names()))
      ->capture_default_str();
  out->add_option("--format", options->format, "of tables")
      ->check(CLI::IsMember(Formats()))
      ->capture_default_str();
  out->add_option("--as-of", options->view.as_of,
                  "as it was after this sequence; 0: before the first record");
  out->add_option("--range", options->range,
                  "journal, refusals, hledger, ledger: of these records, FIRST..LAST or FIRST..");
  out->add_option(
      "--cycle", options->cycle,
      "positions, pacs029, pacs009, settlement-reports: of this cycle (default: every "
      "one; but for positions, every one that is closed); reconciliation, pacs008, pacs004: of "
      "its items");
  out->add_option("--settlement-agent", options->settlement_agent,
                  "pacs009: who collects and pays out (default: one named as the scheme)");
  out->add_option("--account", options->account, "statement, camt052, camt053, camt054: whose");
  out->add_option("--from", options->from,
                  "statement, camt053, camt054, reconciliation: first book date");
  out->add_option("--to", options->to, "the same: last book date (default: the first)");
  out->add_option("--scenario", options->scenario, "reconciliation: of this scenario, or none");
  out->add_option("--date", options->date, "reconciliation, pacs008, pacs004: the book date");
  out->add_option("--channel", options->channel, "reconciliation: of this channel (default: all)");
  out->add_option("--mapping", options->mapping,
                  "pacs008, pacs004: a file of what accounts and agents are called outside");
  out->add_option("--rule", options->rule,
                  "breaks, matches: of this matching rule (default: each that is open)");
  out->add_option("--participant", options->participant,
                  "reconciliation, settlement-reports: whose (default: all); statement, camt052, "
                  "camt053, camt054: of all its accounts; pacs008, pacs004: that pays");
  out->add_flag("--json", options->json, "one JSON object a file");
  return {out, [options] { return RunExport(*options); }};
}

}  // namespace longmen::adapters::cli
