// longmen-audit: the auditor's program. It reads, recomputes and compares; it cannot write.
//
// Exit codes: 0 nothing found, 1 a finding or an output that cannot be written, 2 the call was
// wrong or could not be answered.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "engine/rocks_history/rocks_history.h"
#include "engine/rocks_reader/rocks_reader.h"
#include "projections/all/all.h"
#include "projections/balances/balances.h"
#include "projections/rocks_store/rocks_store.h"
#include "replay/audit/history.h"
#include "replay/audit/verify.h"
#include "replay/program/print.h"

namespace longmen::replay {
namespace {

constexpr int kClean = 0;
constexpr int kFinding = 1;
constexpr int kUsage = 2;

int Fail(const Error& error) {
  fmt::print(stderr, "longmen-audit: {}\n", Describe(error));
  return kUsage;
}

Result<std::unique_ptr<engine::RocksReader>> OpenLog(const std::string& directory,
                                                     bool accept_damage) {
  engine::RocksReaderOptions options;
  options.directory = directory + "/log";
  options.read_to = engine::ReadTo::kTail;
  options.accept_damage = accept_damage;
  return engine::RocksReader::Open(std::move(options));
}

void ShowProgress(Sequence done, Sequence of) {
  if (::isatty(STDERR_FILENO) == 0) return;
  fmt::print(stderr, "\r{} of {} records", done, of);
  if (done >= of) fmt::print(stderr, "\n");
}

// Does the directory hold tables, though the file that names them may be gone?
bool HasTables(const std::string& directory) {
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(directory, failed)) {
    if (entry.path().extension() == ".sst") return true;
  }
  return false;
}

// What of the derived state cannot be read is a finding; that none is there is none.
void NoteUnreadable(const Error& error, const std::string& directory, const std::string& part,
                    Compared& compared, VerifyReport& report) {
  const std::string path = directory + "/" + part;
  if (error.code == Code::NOT_FOUND && !HasTables(path)) return;
  compared = Compared::kNotCompared;
  const std::string name = part == "derived" ? "projections_unreadable" : "history_unreadable";
  report.findings.push_back({name, 0, part, Describe(error)});
}

// A log that cannot be read at all, of a directory that has a ledger.
int ReportUnreadable(const Error& error, const VerifyInput& input, bool history, bool json) {
  VerifyReport report;
  report.findings.push_back({"log_unreadable", 0, error.field, error.message});
  if (input.stored != nullptr) report.projections = Compared::kNotCompared;
  if (history) report.history = Compared::kNotCompared;
  report.snapshots = input.snapshots.sequences.size();
  report.expected = input.expected.size();
  PrintReport(report, json);
  return kFinding;
}

int RunVerify(const std::string& directory, const std::vector<std::string>& expected, bool json) {
  VerifyInput input{.progress = ShowProgress};
  for (const std::string& text : expected) {
    auto anchor = ParseAnchor(text);
    if (!anchor.ok()) return Fail(anchor.error());
    input.expected.push_back(*anchor);
  }
  // What is derived first: the log, opened later, is then never behind it.
  input.snapshots = FindSnapshots(directory + "/snapshots");
  auto stored = projections::RocksStore::OpenReadOnly(directory + "/derived");
  const bool of_this_build = stored.ok() && projections::CheckFormat(**stored).ok();
  if (of_this_build) input.stored = stored->get();
  auto log = OpenLog(directory, true);
  if (!log.ok()) {
    const bool has_history = HasTables(directory + "/history");
    const bool has_ledger = std::filesystem::exists(directory + "/log") || has_history ||
                            stored.ok() || !input.snapshots.sequences.empty();
    if (!has_ledger || log.error().code == Code::USAGE) return Fail(log.error());
    return ReportUnreadable(log.error(), input, has_history, json);
  }
  input.log = log->get();
  input.head = (*log)->Slots();
  const auto head = (*log)->CheckHead();
  if (head.ok()) input.durable = head->head_sequence;
  const auto history =
      engine::RocksHistory::OpenReadOnly({.directory = directory + "/history"}, **log);
  if (history.ok()) input.history = history->get();
  VerifyReport report = Verify(input);
  if (!history.ok()) {
    NoteUnreadable(history.error(), directory, "history", report.history, report);
  }
  if (!stored.ok()) {
    NoteUnreadable(stored.error(), directory, "derived", report.projections, report);
  } else if (!of_this_build) {
    report.projections = Compared::kNotCompared;
    report.notes.push_back(
        "projections are of another build and were not compared; the next opening derives them "
        "again");
  } else if (const Status read = (*stored)->status();
             !read.ok() && report.projections != Compared::kNotCompared) {
    NoteUnreadable(read.error(), directory, "derived", report.projections, report);
  }
  if (!head.ok()) {
    const bool gap = head.error().field == "log.gap";
    report.findings.insert(report.findings.begin(), {gap ? "sequence_gap" : "head_contradicts", 0,
                                                     gap ? "log" : "HEAD", head.error().message});
  }
  PrintReport(report, json);
  return report.clean() ? kClean : kFinding;
}

int RunTrace(const std::string& directory, const std::string& order, bool json) {
  const size_t slash = order.find('/');
  const auto scenario = ScenarioFromName(order.substr(0, slash));
  if (slash == std::string::npos || !scenario) {
    return Fail({Code::USAGE, "order",
                 "name it SCENARIO/KEY, as parking/S-1; scenarios: " + ScenarioNames()});
  }
  auto log = OpenLog(directory, false);
  if (!log.ok()) return Fail(log.error());
  const Status traced = Trace(**log, *scenario, order.substr(slash + 1),
                              [json](const RecordView& record, const Effects& effects) {
                                PrintTrace(record, effects, json);
                              });
  return traced.ok() ? kClean : Fail(traced.error());
}

int RunAsOf(const std::string& directory, Sequence sequence, bool json) {
  auto log = OpenLog(directory, false);
  if (!log.ok()) return Fail(log.error());
  auto ledger = LedgerAsOf(**log, sequence);
  if (!ledger.ok()) return Fail(ledger.error());
  PrintLedger(*ledger, json);
  return kClean;
}

int RunDiff(const std::string& first, const std::string& second, bool json) {
  auto a = OpenLog(first, false);
  if (!a.ok()) return Fail(a.error());
  auto b = OpenLog(second, false);
  if (!b.ok()) return Fail(b.error());
  auto difference = Diff(**a, **b);
  if (!difference.ok()) return Fail(difference.error());
  PrintDifference(*difference, json);
  return difference->has_value() ? kFinding : kClean;
}

// One line: what was mistyped, and what there is.
std::string WhatIsWrong(const CLI::App& app, const CLI::ParseError& error) {
  std::string text = error.what();
  std::replace(text.begin(), text.end(), '\n', ' ');
  const std::vector<std::string> strange = app.remaining(true);
  if (!strange.empty()) text = "there is no " + strange.front();
  return text + " (verify DIR, trace DIR SCENARIO/KEY, as-of DIR SEQUENCE, diff DIR OTHER; --help)";
}

int Main(int argc, char** argv) {
  CLI::App app("Checks and reads a Longmen log. It holds no code that writes one.");
  app.require_subcommand(1);
  bool json = false;
  app.add_flag("--json", json, "one JSON object a line, for programs");
  app.fallthrough();
  std::string directory;
  std::string other;
  std::string order;
  std::vector<std::string> expected;
  Sequence sequence = 0;
  auto* verify =
      app.add_subcommand("verify", "read every byte again and make every decision again");
  verify->add_option("DIR", directory, "the ledger's directory")->required();
  verify
      ->add_option(
          "--expect", expected,
          "a block the log must have: SEQUENCE:HASH, of the line \"sequence N, chain HASH\" "
          "that an earlier verify printed; may be given again")
      ->allow_extra_args(false);
  auto* trace = app.add_subcommand("trace", "the whole life of one order");
  trace->add_option("DIR", directory, "the ledger's directory")->required();
  trace->add_option("ORDER", order, "SCENARIO/KEY, as parking/S-1")->required();
  auto* as_of = app.add_subcommand("as-of", "every balance as it was after a sequence");
  as_of->add_option("DIR", directory, "the ledger's directory")->required();
  as_of->add_option("SEQUENCE", sequence, "the last record that counts")->required();
  auto* diff = app.add_subcommand("diff", "the first record in which two logs differ");
  diff->add_option("DIR", directory, "one ledger's directory")->required();
  diff->add_option("OTHER", other, "the other's")->required();
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& help) {
    return app.exit(help);
  } catch (const CLI::ParseError& error) {
    return Fail({Code::USAGE, "", WhatIsWrong(app, error)});
  }
  if (verify->parsed()) return RunVerify(directory, expected, json);
  if (trace->parsed()) return RunTrace(directory, order, json);
  if (as_of->parsed()) return RunAsOf(directory, sequence, json);
  return RunDiff(directory, other, json);
}

// What was said counts only once it could be written; fmt throws where it meets that first.
int RunAndFlush(int argc, char** argv) {
  bool written = true;
  int code = kFinding;
  try {
    code = Main(argc, argv);
  } catch (const std::system_error&) {
    written = false;
  }
  if (written && std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return code;
  static_cast<void>(Fail({Code::STORAGE_FAILED, "", "standard output cannot be written"}));
  return kFinding;
}

}  // namespace
}  // namespace longmen::replay

int main(int argc, char** argv) { return longmen::replay::RunAndFlush(argc, argv); }
