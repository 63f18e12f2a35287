// longmen export: what the projections say, as files for finance. Each file appears whole or not
// at all, and exporting the same again gives the same bytes.
#include "adapters/files/exports.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <functional>
#include <map>

#include "adapters/cli/command.h"
#include "adapters/cli/names.h"
#include "adapters/cli/view.h"
#include "adapters/node/new_directory.h"
#include "adapters/node/node.h"
#include "projections/calendar/calendar.h"
#include "projections/positions/positions.h"

namespace longmen::adapters::cli {
namespace {

struct ExportOptions {
  ViewOptions view;
  std::string out;
  std::string what = "all";
  std::string cycle;
  std::string account;
  std::string from;
  std::string to;
  std::string scenario;
  std::string date;
  std::string participant;
  std::string settlement_agent;
  bool json = false;
};

using Options = ExportOptions;
using projections::ReadStore;
using Files = std::vector<ExportedFile>;
using Exporter = Status (*)(const ReadStore& store, const Options& options, Files& files);

Status Take(Result<ExportedFile> file, Files& files) {
  if (!file.ok()) return file.error();
  files.push_back(std::move(*file));
  return Ok();
}

Status Take(Result<Files> more, Files& files) {
  if (!more.ok()) return more.error();
  for (ExportedFile& file : *more) files.push_back(std::move(file));
  return Ok();
}

Status Balances(const ReadStore& store, const Options& options, Files& files) {
  return Take(ExportBalances(store, options.out), files);
}
Status Orders(const ReadStore& store, const Options& options, Files& files) {
  return Take(ExportOrders(store, options.out), files);
}
Status Payments(const ReadStore& store, const Options& options, Files& files) {
  return Take(ExportPayments(store, options.out), files);
}
Status Journal(const ReadStore& store, const Options& options, Files& files) {
  return Take(ExportJournal(store, options.out), files);
}
Status Refusals(const ReadStore& store, const Options& options, Files& files) {
  return Take(ExportRefusals(store, options.out), files);
}
Status Hledger(const ReadStore& store, const Options& options, Files& files) {
  return Take(ExportHledger(store, options.out), files);
}

// Of the cycle that is named, or of every one.
Status Positions(const ReadStore& store, const Options& options, Files& files) {
  if (!options.cycle.empty()) {
    return Take(ExportPositions(store, options.out, options.cycle), files);
  }
  const auto cycles = projections::Cycles(store);
  if (!cycles.ok()) return cycles.error();
  for (const CycleState& cycle : *cycles) {
    RETURN_IF_ERROR(Take(ExportPositions(store, options.out, cycle.name), files));
  }
  return Ok();
}

// The cycle that is named, or every one that has had its cut-off. A named one that is open is
// refused by what exports it.
Result<std::vector<CycleState>> SettlementCycles(const ReadStore& store, const Options& options) {
  if (options.cycle.empty()) {
    auto cycles = projections::Cycles(store);
    if (cycles.ok()) {
      std::erase_if(*cycles, [](const CycleState& cycle) { return cycle.cut_off == 0; });
    }
    return cycles;
  }
  auto cycle = projections::FindCycle(store, options.cycle);
  if (!cycle.ok()) return cycle.error();
  return std::vector<CycleState>{std::move(cycle).value()};
}

using MessageExporter = std::function<Result<Files>(const std::string& cycle)>;

// Who sends messages of a cycle that was changed may have sent those of before.
Status WarnOfVersion(const ReadStore& store, const CycleState& cycle) {
  const auto version = projections::VersionOf(store, cycle.cycle);
  if (!version.ok()) return version.error();
  if (version->by == 0) return Ok();
  fmt::print(
      stderr,
      "longmen: {} was changed by record {}: its messages are of version {}, and stand in the "
      "place of all earlier ones\n",
      cycle.name, version->by, version->number);
  return Ok();
}

// Whoever sends these messages is told where nothing is to be sent: a message that is not there is
// otherwise missed, and an aborted cycle's would move money that another cycle's moves too. So it
// has messages only where it is named.
Status Messages(const ReadStore& store, const Options& options, const MessageExporter& exporter,
                Files& files) {
  const auto cycles = SettlementCycles(store, options);
  if (!cycles.ok()) return cycles.error();
  for (const CycleState& cycle : *cycles) {
    if (cycle.status == CycleStatus::kAborted && options.cycle.empty()) continue;
    const size_t before = files.size();
    RETURN_IF_ERROR(Take(exporter(cycle.name), files));
    if (files.size() == before) {
      if (options.cycle.empty()) continue;
      fmt::print(stderr, "longmen: {} has no net to settle, hence no message\n", cycle.name);
    } else if (cycle.status == CycleStatus::kAborted) {
      fmt::print(stderr, "longmen: {} was aborted: its messages are for the record, not to send\n",
                 cycle.name);
    } else {
      RETURN_IF_ERROR(WarnOfVersion(store, cycle));
    }
  }
  if (files.empty() && options.cycle.empty()) {
    fmt::print(stderr, "longmen: no cycle {}, hence no message\n",
               cycles->empty() ? "is closed yet" : "that is closed has a net to settle");
  }
  return Ok();
}

Status Pacs029(const ReadStore& store, const Options& options, Files& files) {
  return Messages(
      store, options,
      [&](const std::string& cycle) { return ExportSettlementRequests(store, options.out, cycle); },
      files);
}

Status Pacs009(const ReadStore& store, const Options& options, Files& files) {
  return Messages(
      store, options,
      [&](const std::string& cycle) {
        return ExportSettlementInstructions(store, options.out, cycle, options.settlement_agent);
      },
      files);
}

// One participant has no part in every cycle, but must have had one in some.
Status SettlementReports(const ReadStore& store, const Options& options, Files& files) {
  const auto cycles = SettlementCycles(store, options);
  if (!cycles.ok()) return cycles.error();
  const size_t before = files.size();
  for (const CycleState& cycle : *cycles) {
    const Status taken =
        Take(ExportSettlementReports(store, options.out, cycle.name, options.participant), files);
    const bool absent = !taken.ok() && taken.error().code == Code::NOT_FOUND &&
                        taken.error().field == "participant";
    if (!taken.ok() && (!absent || !options.cycle.empty())) return taken.error();
  }
  if (cycles->empty() && files.empty()) {
    fmt::print(stderr, "longmen: no cycle is closed yet, hence no report\n");
  } else if (files.size() == before && !options.participant.empty()) {
    return Error{Code::NOT_FOUND, "participant",
                 fmt::format("{} had no part in any closed cycle", options.participant)};
  }
  return Ok();
}

Status Statement(const ReadStore& store, const Options& options, Files& files) {
  if (options.account.empty()) return Error{Code::USAGE, "account", "whose statement?"};
  const auto from = DateOf(options.from, "from");
  if (!from.ok()) return from.error();
  const auto to = options.to.empty() ? from : DateOf(options.to, "to");
  if (!to.ok()) return to.error();
  return Take(ExportStatement(store, options.out, options.account, *from, *to), files);
}

Status Reconciliation(const ReadStore& store, const Options& options, Files& files) {
  const auto scenario = ScenarioOf(options.scenario, true);
  if (!scenario.ok()) return scenario.error();
  const auto date = DateOf(options.date, "date");
  if (!date.ok()) return date.error();
  return Take(ExportReconciliation(store, options.out, {*scenario, *date, options.participant, ""}),
              files);
}

// The book dates on which something was recorded.
std::vector<DayNumber> BookDates(const ReadStore& store) {
  std::vector<DayNumber> dates;
  const auto applied = projections::ReadApplied(store);
  if (!applied.ok()) return dates;
  Sequence next = applied->sequence + 1;
  for (DayNumber day = applied->book_date; next > 1; --day) {
    const auto first = projections::FirstOfDate(store, day);
    if (!first) continue;
    if (*first < next) dates.insert(dates.begin(), day);
    next = std::min(next, *first);
  }
  return dates;
}

// The scenarios of this build, and none: movements between participants that belong to no scenario
// (a payout, a top-up, a fee) are items of a cycle too.
std::vector<schema::Scenario> AllScenarios() {
  std::vector<schema::Scenario> all{schema::Scenario::NONE};
  for (const auto& adapter : Scenarios()) all.push_back(adapter->scenario());
  return all;
}

// Every scenario and day that has a line.
Status EveryReconciliation(const ReadStore& store, const Options& options, Files& files) {
  for (const DayNumber day : BookDates(store)) {
    for (const schema::Scenario scenario : AllScenarios()) {
      const projections::ReconciliationScope scope{scenario, day, "", ""};
      const auto found = projections::ReconciliationOf(store, scope);
      if (!found.ok()) return found.error();
      if (found->lines.empty()) continue;
      RETURN_IF_ERROR(Take(ExportReconciliation(store, options.out, scope), files));
    }
  }
  return Ok();
}

Status All(const ReadStore& store, const Options& options, Files& files) {
  for (const Exporter exporter : {Balances, Orders, Payments, Journal, Refusals, Hledger, Positions,
                                  EveryReconciliation, SettlementReports, Pacs029, Pacs009}) {
    RETURN_IF_ERROR(exporter(store, options, files));
  }
  return Ok();
}

const std::map<std::string, Exporter>& Exporters() {
  static const std::map<std::string, Exporter> exporters = {
      {"all", All},
      {"balances", Balances},
      {"orders", Orders},
      {"payments", Payments},
      {"journal", Journal},
      {"refusals", Refusals},
      {"hledger", Hledger},
      {"positions", Positions},
      {"pacs029", Pacs029},
      {"pacs009", Pacs009},
      {"settlement-reports", SettlementReports},
      {"statement", Statement},
      {"reconciliation", Reconciliation}};
  return exporters;
}

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
      {"cycle", !options.cycle.empty(), {"positions", "pacs029", "pacs009", "settlement-reports"}},
      {"settlement-agent", !options.settlement_agent.empty(), {"pacs009", "all"}},
      {"account", !options.account.empty(), {"statement"}},
      {"from", !options.from.empty(), {"statement"}},
      {"to", !options.to.empty(), {"statement"}},
      {"scenario", !options.scenario.empty(), {"reconciliation"}},
      {"date", !options.date.empty(), {"reconciliation"}},
      {"participant", !options.participant.empty(), {"reconciliation", "settlement-reports"}}};
  for (const auto& [name, stated, with] : belongs) {
    if (stated && std::find(with.begin(), with.end(), options.what) == with.end()) {
      return Error{Code::USAGE, name,
                   fmt::format("goes with --what {} only", fmt::join(with, " or "))};
    }
  }
  return Ok();
}

int RunExport(const Options& options) {
  if (const Status fit = CheckOptions(options); !fit.ok()) return Fail(fit.error());
  const Status outside = CheckOutside(options.out, options.view.directory);
  if (!outside.ok()) return Fail(outside.error());
  auto view = View::Open(options.view);
  if (!view.ok()) return Fail(view.error());
  Files files;
  const Status exported = Exporters().at(options.what)((*view)->projections(), options, files);
  for (const ExportedFile& file : files) PrintFile(file, options.json);
  if (!exported.ok()) return Fail(exported.error());
  if (const Status read = (*view)->status(); !read.ok()) return Fail(read.error());
  return kDone;
}

}  // namespace

Command DeclareExport(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* out = app.add_subcommand("export", "write what a ledger says as files");
  out->add_option("DIR", options->view.directory, "the ledger's directory")->required();
  out->add_option("OUT", options->out, "the directory for the files; made if missing")->required();
  std::vector<std::string> names;
  for (const auto& [name, exporter] : Exporters()) names.push_back(name);
  out->add_option("--what", options->what, "which files; all is everything but statements")
      ->check(CLI::IsMember(names))
      ->capture_default_str();
  out->add_option("--as-of", options->view.as_of,
                  "as it was after this sequence; 0: before the first record");
  out->add_option("--cycle", options->cycle,
                  "positions, pacs029, pacs009, settlement-reports: of this cycle (default: every "
                  "one; but for positions, every one that is closed)");
  out->add_option("--settlement-agent", options->settlement_agent,
                  "pacs009: who collects and pays out (default: one named as the scheme)");
  out->add_option("--account", options->account, "statement: whose");
  out->add_option("--from", options->from, "statement: first book date");
  out->add_option("--to", options->to, "statement: last book date (default: the first)");
  out->add_option("--scenario", options->scenario, "reconciliation: of this scenario, or none");
  out->add_option("--date", options->date, "reconciliation: the book date");
  out->add_option("--participant", options->participant,
                  "reconciliation, settlement-reports: whose (default: all)");
  out->add_flag("--json", options->json, "one JSON object a file");
  return {out, [options] { return RunExport(*options); }};
}

}  // namespace longmen::adapters::cli
