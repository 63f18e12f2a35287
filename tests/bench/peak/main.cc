// longmen-bench-peak: the metro's busiest published day (domain A7: 2,840,000 rides) over HTTP.
//
//   longmen-bench-peak [--json FILE] [DIRECTORY]
//
// The simulation writes what gates, cards' banks and riders' Apps send that day; a server of its
// own takes it in over one connection, ten minutes of the day after the other. Then every line of
// the day's reconciliation and every cycle is held against what the simulation computed without an
// engine; one that differs ends the run with exit code 1.
//
// LONGMEN_BENCH_RIDES is how many rides there are. The auditor is not run: it keeps a log's whole
// history in memory (docs/performance.md).
#include <fmt/format.h>
#include <signal.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>

#include "adapters/demo/day_client.h"
#include "adapters/node/node.h"
#include "adapters/simulation/simulation.h"
#include "projections/positions/positions.h"
#include "projections/reconciliation/reconciliation.h"
#include "tests/bench/common/figures.h"
#include "tests/bench/common/timing.h"
#include "tests/support/program/program.h"

namespace longmen::bench {
namespace {

using namespace adapters::simulation;
using adapters::Node;

constexpr double kRidesADay = 28'900;  // of the simulation's scale 1
constexpr uint64_t kSeed = 2021;

// The most memory that a process has had, in MB.
double PeakMemory(pid_t pid) {
  std::ifstream status(fmt::format("/proc/{}/status", pid));
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::strtod(line.c_str() + 6, nullptr) / 1'024;
  }
  return 0;
}

double MegabytesBelow(const std::string& directory) {
  double bytes = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    if (entry.is_regular_file()) bytes += static_cast<double>(entry.file_size());
  }
  return bytes / 1e6;
}

// Lines of the day's reconciliation that are not those expected, each once under who pays.
size_t WrongLines(const projections::ReadStore& store, const Expected& expected) {
  const auto day =
      projections::ReconciliationOf(store, {schema::Scenario::METRO, *ParseDate(kDate), "", ""});
  CHECK(day.ok(), "bench.peak.reconciliation", day.error().message);
  std::map<std::string, Tally> found;
  for (const auto& line : day->lines) {
    found[fmt::format("{} {} {} {}", projections::LineTypeName(line.type), line.channel,
                      line.payer_bank, line.payee_bank)]
        .Add(line.amount.minor);
  }
  size_t wrong = 0;
  for (const auto& [kind, tally] : expected.lines) {
    auto lines = found.extract(
        fmt::format("{} {} {} {}", kind.type, kind.channel, kind.payer_bank, kind.payee_bank));
    if (lines.empty() || !(lines.mapped() == tally)) ++wrong;
  }
  return wrong + found.size();
}

// Positions that are not those expected; the nets of every cycle sum to 0.
size_t WrongPositions(const projections::ReadStore& store, const Day& day) {
  size_t wrong = 0;
  for (const CyclePlan& plan : kCycles) {
    if (!day.options.Clears(plan)) continue;
    const auto cycle = projections::PositionsOf(store, plan.name);
    CHECK(cycle.ok(), "bench.peak.cycle", plan.name);
    const auto expected = day.expected.cycles.find(plan.name);
    Flows flows = expected == day.expected.cycles.end() ? Flows{} : expected->second;
    WideSum net;
    for (const auto& position : cycle->positions) {
      net.Add(position.flow.net());
      const Flow flow = flows[position.participant];
      flows.erase(position.participant);
      const projections::Flow& there = position.flow;
      const bool same = there.in.value() == flow.in && there.out.value() == flow.out &&
                        there.in_count == static_cast<uint64_t>(flow.in_count) &&
                        there.out_count == static_cast<uint64_t>(flow.out_count);
      if (!same) ++wrong;
    }
    if (net.value() != 0) ++wrong;
    wrong += flows.size();
  }
  return wrong;
}

int Run(const std::string& directory, const std::string& json) {
  const char* rides_wanted = std::getenv("LONGMEN_BENCH_RIDES");
  const double rides = rides_wanted == nullptr ? 2'840'000 : std::strtod(rides_wanted, nullptr);
  const Day day = Simulate({.seed = kSeed, .scale = rides / kRidesADay, .feeds = {Feed::kMetro}});
  const std::string ledger = directory + "/ledger";
  std::filesystem::remove_all(ledger);
  const auto token = Node::Init(ledger, "peak", kUtcOffsetMinutes, [] { return kMidnight; });
  CHECK(token.ok(), "bench.peak.init", token.error().message);

  Table table(json);
  table.Subject("The metro's busiest day, over HTTP");
  double seconds = 0;
  double server_memory = 0;
  {
    testing::Serving server(ledger, {"--clock", "input"});
    auto connection = adapters::demo::HttpClient::Connect(server.port());
    CHECK(connection.ok(), "bench.peak.connect", server.first_line());
    adapters::demo::DayClient client(**connection, kSeed);
    const Stopwatch watch;
    CHECK(client.Propose(*token, day.setup).ok(), "bench.peak.setup");
    const Status sent = client.SendDay(day);
    CHECK(sent.ok(), "bench.peak.day", sent.ok() ? "" : sent.error().message);
    seconds = watch.seconds();
    CHECK(client.heard().other == 0, "bench.peak.answer", client.heard().first_surprise);
    server_memory = PeakMemory(server.pid());
    connection->reset();
    CHECK(server.Stop(SIGTERM) == 0, "bench.peak.stop");
  }
  const double records = static_cast<double>(day.events.size());
  table.Add({"rides", static_cast<double>(day.expected.metro.rides), "", {}, {}});
  table.Add({"records sent", records, "", {}, {}});
  table.Add({"taken in", seconds, "s", {"the day itself", 86'400}, {}});
  table.Add({"records", records / seconds, "/s", {}, {}});
  table.Add({"server's memory at most", server_memory, "MB", {}, {}});

  const Stopwatch watch;
  auto node = Node::Open({.directory = ledger, .clock_follows_input = true, .clock = {}});
  CHECK(node.ok(), "bench.peak.open", node.error().message);
  table.Add({"opened again", watch.seconds(), "s", {}, {}});
  const double events = static_cast<double>((*node)->log().AckedFrontier());
  CHECK((*node)->AwaitProjected((*node)->log().AckedFrontier()).ok(), "bench.peak.projected");
  const size_t lines = WrongLines((*node)->projections(), day.expected);
  const size_t positions = WrongPositions((*node)->projections(), day);
  (*node)->Stop();
  table.Add({"records in the log", events, "", {}, {}});
  table.Add({"on disk", MegabytesBelow(ledger) * 1e6 / events, "bytes an event", {}, {}});
  table.Add({"kinds of lines that differ from what is expected",
             static_cast<double>(lines),
             "",
             {},
             {AtMost(0)}});
  table.Add({"positions that do", static_cast<double>(positions), "", {}, {AtMost(0)}});
  return lines + positions == 0 ? 0 : 1;
}

}  // namespace
}  // namespace longmen::bench

int main(int argc, char** argv) {
  std::string json;
  std::string directory = std::filesystem::temp_directory_path() / "longmen-bench-peak";
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]) == "--json" && i + 1 < argc) {
      json = argv[++i];
    } else {
      directory = argv[i];
    }
  }
  return longmen::bench::Run(directory, json);
}
