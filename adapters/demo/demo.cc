#include "adapters/demo/demo.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "adapters/demo/audit.h"
#include "adapters/demo/books.h"
#include "adapters/demo/day_client.h"
#include "adapters/demo/http_client.h"
#include "adapters/demo/report.h"
#include "adapters/files/exports.h"
#include "adapters/http/server.h"
#include "adapters/node/node.h"
#include "adapters/simulation/simulation.h"

namespace longmen::adapters {
namespace {

using namespace demo;
using namespace simulation;
using SteadyClock = std::chrono::steady_clock;

constexpr int kGood = 0;
constexpr int kFinding = 1;
constexpr int kUsage = 2;
constexpr std::string_view kMarker = ".longmen-demo";
constexpr schema::Scenario kScenarios[] = {
    schema::Scenario::PARKING,    schema::Scenario::B2B_GATEWAY, schema::Scenario::METRO,
    schema::Scenario::ENTERPRISE, schema::Scenario::CAMPUS,      schema::Scenario::VIRTUAL_CARD,
    schema::Scenario::TAKEOUT,    schema::Scenario::TUITION};

// The most memory that this process has had.
int64_t MemoryPeakMb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss / 1'024;
}

double SecondsSince(SteadyClock::time_point start) {
  return std::chrono::duration<double>(SteadyClock::now() - start).count();
}

Error DiskError(const std::string& path, const std::error_code& failure) {
  return {Code::STORAGE_FAILED, "out", path + ": " + failure.message()};
}

Status WriteLines(const std::string& path, const std::vector<std::string>& lines) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  for (const std::string& line : lines) file << line << '\n';
  file.close();
  if (!file) return Error{Code::STORAGE_FAILED, "out", path + ": cannot be written"};
  return Ok();
}

// An empty directory of the demo's own. Nothing is deleted that a demo did not make.
Status PrepareOut(const std::string& out) {
  namespace fs = std::filesystem;
  std::error_code failure;
  const fs::path path(out);
  if (out.empty()) return Error{Code::USAGE, "out", "name a directory"};
  if (fs::exists(path, failure)) {
    if (!fs::is_directory(path, failure)) {
      return Error{Code::USAGE, "out", out + " is not a directory"};
    }
    if (!fs::exists(path / kMarker, failure) && !fs::is_empty(path, failure)) {
      return Error{Code::USAGE, "out",
                   out + " holds something that no demo made: name another directory"};
    }
    // The marker goes last, so that an interrupted deletion can be taken up again.
    for (const char* part : {"ledger", "input", "export", "audit.txt", "report.txt"}) {
      fs::remove_all(path / part, failure);
      if (failure) return DiskError(out, failure);
    }
  }
  for (const char* part : {"input", "export"}) {
    fs::create_directories(path / part, failure);
    if (failure) return DiskError(out, failure);
  }
  return WriteLines(out + "/" + std::string(kMarker), {"made by longmen demo; wiped by the next"});
}

Result<size_t> WriteExports(const projections::ReadStore& store, const std::string& directory) {
  size_t files = 0;
  for (auto* one : {&ExportBalances, &ExportOrders}) {
    if (auto file = (*one)(store, directory); !file.ok()) return file.error();
    ++files;
  }
  for (auto* one : {&ExportJournal, &ExportRefusals, &ExportHledger, &ExportLedger}) {
    if (auto file = (*one)(store, directory, {}); !file.ok()) return file.error();
    ++files;
  }
  for (const CyclePlan& cycle : kCycles) {
    auto two = ExportPositions(store, directory, cycle.name);
    if (!two.ok()) return two.error();
    files += two->size();
  }
  for (const auto scenario : kScenarios) {
    const projections::ReconciliationScope scope{
        .scenario = scenario, .book_date = *ParseDate(kDate), .participant = "", .channel = ""};
    auto two = ExportReconciliation(store, directory, scope);
    if (!two.ok()) return two.error();
    files += two->size();
  }
  return files;
}

// The day, from registration to exports, over a real connection to a real server.
Status Stream(const Day& day, const std::string& operator_token, Node& node, Run& run) {
  auto server = http::Server::Start({}, node);
  if (!server.ok()) return server.error();
  auto connection = HttpClient::Connect((*server)->port());
  if (!connection.ok()) return connection.error();
  DayClient client(**connection, run.seed);
  const auto start = SteadyClock::now();
  RETURN_IF_ERROR(client.Propose(operator_token, day.setup));
  RETURN_IF_ERROR(client.SendDay(day));
  run.seconds_streaming = SecondsSince(start);

  run.records_in_log = node.log().AckedFrontier();
  RETURN_IF_ERROR(node.AwaitProjected(run.records_in_log));
  auto books = ReadBooks(client, node.projections());
  if (!books.ok()) return books.error();
  run.books = std::move(*books);
  run.heard = client.heard();
  run.requests = client.requests();
  auto files = WriteExports(node.projections(), run.out + "/export");
  if (!files.ok()) return files.error();
  run.files_exported = *files;
  connection->reset();
  (*server)->Stop();
  return Ok();
}

Status RunDay(const Day& day, Run& run) {
  const std::string directory = run.out + "/ledger";
  const InitSecrets secrets{.operator_token = TokenOf("operator", run.seed),
                            .token_key = TokenOf("personal facts", run.seed)};
  const auto token = Node::Init(
      directory, "longmen demo", kUtcOffsetMinutes, [] { return kMidnight; }, secrets);
  if (!token.ok()) return token.error();
  NodeOptions options;
  options.directory = directory;
  options.clock_follows_input = true;
  auto node = Node::Open(std::move(options));
  if (!node.ok()) return node.error();
  const Status streamed = Stream(day, *token, **node, run);
  (*node)->Stop();
  return streamed;
}

Status RunAll(const DemoOptions& options, Run& run) {
  const auto start = SteadyClock::now();
  if (options.audit_program.empty()) {
    return Error{Code::USAGE, "audit_program", "the demo needs the auditor's program"};
  }
  RETURN_IF_ERROR(PrepareOut(options.out));
  Day day = Simulate({.seed = options.seed, .scale = options.scale});
  // The settlement that leaves a bank out (day_client.cc).
  ++day.expected.refused["position_mismatch"];
  run.expected = day.expected;
  RETURN_IF_ERROR(WriteFiles(day, options.out + "/input"));
  fmt::print(stderr, "demo: {} records in {}/input; streaming\n", day.events.size(), options.out);
  RETURN_IF_ERROR(RunDay(day, run));
  run.differences = Compare(run.expected, run.books, run.heard);
  fmt::print(stderr, "demo: the auditor reads {}/ledger\n", options.out);
  auto audit = RunAudit(options.audit_program, options.out + "/ledger");
  if (!audit.ok()) return audit.error();
  run.audit = std::move(*audit);
  RETURN_IF_ERROR(WriteLines(options.out + "/audit.txt", {run.audit.output}));
  run.seconds_total = SecondsSince(start);
  run.memory_peak_mb = MemoryPeakMb();
  return WriteLines(options.out + "/report.txt", {ReportPage(run)});
}

}  // namespace

int RunDemo(const DemoOptions& options) {
  Run run;
  run.out = options.out;
  run.seed = options.seed;
  if (const Status done = RunAll(options, run); !done.ok()) {
    fmt::print(stderr, "demo: {}\n", Describe(done.error()));
    return kUsage;
  }
  if (!run.heard.first_surprise.empty()) {
    fmt::print(stderr, "demo: unexpected answer {}\n", run.heard.first_surprise);
  }
  fmt::print("{}", options.json ? ReportJson(run) : ReportPage(run));
  return run.good() ? kGood : kFinding;
}

}  // namespace longmen::adapters
