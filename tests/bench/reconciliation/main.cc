// longmen-bench-reconciliation: what it costs to take statement files in, to hold them against the
// ledger, and to write the result.
//
//   longmen-bench-reconciliation [--json FILE] [DIR]
//
// A platform collects through a channel, 100,000 payments a day (month.h); the channel's bill of
// each day comes in after it. LONGMEN_BENCH_LINES (1,000,000) says how many in all. Whole node:
// engine, log, snapshots, history and projections on DIR's disk. What the collections cost is not
// measured here.
#include <fmt/format.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <future>
#include <optional>

#include "adapters/node/node.h"
#include "adapters/reconciliation/import.h"
#include "events/base/hash.h"
#include "projections/matching/matching.h"
#include "tests/bench/common/figures.h"
#include "tests/bench/common/timing.h"
#include "tests/bench/reconciliation/month.h"

namespace longmen::bench {
namespace {

using adapters::Node;

constexpr size_t kLinesADay = 100'000;
constexpr size_t kBatch = 8'000;
constexpr int kMatchRuns = 5;

size_t LinesOfRun() {
  const char* given = std::getenv("LONGMEN_BENCH_LINES");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : 1'000'000;
}

double ResidentMib() {
  std::ifstream statm("/proc/self/statm");
  size_t pages = 0;
  statm >> pages >> pages;
  return static_cast<double>(pages) * 4096 / (1u << 20);
}

void SetUp(Node& node) {
  std::vector<std::vector<std::string>> groups;
  for (std::string& proposal : SetUpJson()) groups.push_back({std::move(proposal)});
  std::promise<std::vector<adapters::ItemAnswer>> promise;
  node.ProposeJson("operator", std::move(groups),
                   [&promise](auto items) { promise.set_value(std::move(items)); });
  for (const adapters::ItemAnswer& item : promise.get_future().get()) {
    const engine::Answer& answer = item.answers.front();
    CHECK(answer.kind == engine::AnswerKind::kAccepted, "bench.setup", item.id, item.message,
          CodeName(answer.code), answer.field);
  }
}

void Collect(Node& node, const ChannelDay& day) {
  std::vector<engine::Job> jobs;
  const auto submit = [&] {
    for (const engine::Answers& answers : node.engine().SubmitAndWait(std::exchange(jobs, {}))) {
      const engine::Answer& answer = answers.front();
      CHECK(answer.kind == engine::AnswerKind::kAccepted, "bench.debit", CodeName(answer.code),
            answer.field);
    }
  };
  for (ProposalBytes& debit : day.Debits()) {
    jobs.emplace_back().group.push_back(std::move(debit));
    if (jobs.size() == kBatch) submit();
  }
  submit();
}

void AwaitProjected(Node& node) {
  CHECK(node.AwaitProjected(node.engine().DurableSequence()).ok(), "bench.projected");
}

// Reads a bill and keeps nothing.
class Nothing final : public adapters::StatementVisitor {
 public:
  Status Begin(const adapters::StatementHeader&) override { return Ok(); }
  Status Line(const adapters::StatementFileLine&) override { return Ok(); }
  Status End(const adapters::StatementTotals&) override { return Ok(); }
};

struct Seconds {
  double hash = 0;
  double read = 0;
  double import = 0;
};

void ImportDay(Node& node, const std::string& bill, int day, Seconds& seconds) {
  const auto received = (kFirstDay + day + 1) * kNanosPerDay;
  const adapters::ImportOptions options{.source = "operator",
                                        .issuer = "WECHAT",
                                        .channel = "wechat",
                                        .format = {},
                                        .defaults = {},
                                        .received_at = received};
  const Stopwatch hashing;
  const Digest256 digest = Sha256({reinterpret_cast<const uint8_t*>(bill.data()), bill.size()});
  seconds.hash += hashing.seconds();
  CHECK(digest != Digest256{}, "bench.hash");
  const Stopwatch reading;
  Nothing nothing;
  const Status read = adapters::ReadStatementFile(bill, {}, nothing);
  seconds.read += reading.seconds();
  CHECK(read.ok(), "bench.bill", Describe(read.error()));
  // What the collections leave to be done is not the file's; that its lines can be matched is.
  AwaitProjected(node);
  const adapters::ImportLedger ledger{node.projections(), [](std::string_view) { return false; }};
  const Stopwatch importing;
  const auto imported =
      adapters::ImportStatementFile(bill, options, ledger, node.engine(), nullptr);
  AwaitProjected(node);
  seconds.import += importing.seconds();
  CHECK(imported.ok(), "bench.import", Describe(imported.error()));
}

void Run(Table& table, const std::string& directory) {
  const auto token =
      Node::Init(directory, "bench", 480, [] { return kFirstDay * kNanosPerDay - kNanosPerDay; });
  CHECK(token.ok(), "bench.init");
  auto opened = Node::Open({.directory = directory, .clock_follows_input = true, .clock = {}});
  CHECK(opened.ok(), "bench.open");
  Node& node = **opened;
  SetUp(node);

  const auto days = static_cast<int>(std::max<size_t>(1, LinesOfRun() / kLinesADay));
  const size_t lines = static_cast<size_t>(days) * kLinesADay;
  Seconds seconds;
  double early_mib = 0;
  for (int day = 0; day < days; ++day) {
    const ChannelDay of_day(day, kLinesADay);
    Collect(node, of_day);
    ImportDay(node, of_day.Bill(), day, seconds);
    if (day + 1 == std::max(1, days / 10)) early_mib = ResidentMib();
  }
  const double late_mib = ResidentMib();
  const auto count = static_cast<double>(lines);

  Samples matching;
  std::optional<Result<projections::MatchReading>> read;
  for (int i = 0; i < kMatchRuns; ++i) {
    matching.Time([&] { read.emplace(projections::MatchOf(node.projections(), kRule)); });
  }
  const double match = matching.p50();
  const auto& reading = *read;
  const double match_mib = ResidentMib();
  CHECK(reading.ok(), "bench.match", Describe(reading.error()));
  const projections::MatchResult& result = reading->result;
  CHECK(result.theirs.count == lines, "bench.theirs", result.theirs.count, lines);
  CHECK(result.matched_theirs.count + result.breaks.size() == lines, "bench.matched",
        result.matched_theirs.count, result.breaks.size());

  table.Subject(fmt::format("{} lines of a channel's bills, {} a day", lines, kLinesADay));
  table.Add({"read_lines_per_s",
             count / seconds.read,
             "lines/s",
             {"SHA-256 of the same bytes", count / seconds.hash},
             {}});
  table.Add({"import_lines_per_s",
             count / seconds.import,
             "lines/s",
             {"read and checked only", count / seconds.read},
             {}});
  table.Add({"match_lines_per_s", count / match, "lines/s", {}, {}});
  table.Add({"import_and_match_lines_per_s",
             count / (seconds.import + match),
             "lines/s",
             {},
             {AtLeast(500'000)}});
  table.Add({"import_memory",
             late_mib,
             "MiB",
             {"after a tenth of the lines", early_mib},
             {RatioAtMost(1.25)}});
  table.Add({"match_memory", match_mib, "MiB", {"before", late_mib}, {RatioAtMost(1.25)}});
  node.Stop();
}

}  // namespace
}  // namespace longmen::bench

int main(int argc, char** argv) {
  std::string json;
  std::string directory = "build/bench-reconciliation";
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--json") == 0 && i + 1 < argc) {
      json = argv[++i];
    } else {
      directory = argv[i];
    }
  }
  std::filesystem::remove_all(directory);
  longmen::bench::Table table(json);
  longmen::bench::Run(table, directory);
  std::filesystem::remove_all(directory);
  return 0;
}
