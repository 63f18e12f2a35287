// longmen-bench-reconciliation: what it costs to take statement files in, to hold them against the
// ledger, and to write the result.
//
//   longmen-bench-reconciliation [--json FILE] [DIR]
//
// A platform collects through a channel, 100,000 payments a day (month.h); the channel's bill of
// each day comes in after it, many days' together. LONGMEN_BENCH_LINES (10,000,000) says how many
// in all. Whole node: engine, log, snapshots, history and projections on DIR's disk. What the
// collections cost is not measured here.
#include <fmt/format.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <future>
#include <optional>

#include "adapters/node/node.h"
#include "adapters/reconciliation/import.h"
#include "events/base/hash.h"
#include "projections/matching/matching.h"
#include "tests/bench/common/figures.h"
#include "tests/bench/common/memory.h"
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
  return given != nullptr ? std::strtoull(given, nullptr, 10) : 10'000'000;
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
    engine::Job& job = jobs.emplace_back();
    job.occurred_at = ReadCanonical(debit.bytes()).getOccurredAt();  // the clock follows it
    job.group.push_back(std::move(debit));
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

// The most memory that the process had meanwhile, in bytes.
double ImportBill(Node& node, const std::string& bill, Nanos received, Seconds& seconds) {
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
  const adapters::ImportLedger ledger{node.projections(), [](std::string_view) { return false; }};
  const PeakMemory peak;
  const Stopwatch importing;
  const auto imported =
      adapters::ImportStatementFile(bill, options, ledger, node.engine(), nullptr);
  AwaitProjected(node);  // before that nothing is matched
  seconds.import += importing.seconds();
  CHECK(imported.ok(), "bench.import", Describe(imported.error()));
  return peak.bytes();
}

struct Matched {
  double seconds = 0;  // the median
  double peak = 0;     // bytes
};

Matched Match(Node& node, size_t lines) {
  const PeakMemory peak;
  Samples runs;
  std::optional<Result<projections::MatchReading>> reading;
  for (int i = 0; i < kMatchRuns; ++i) {
    reading.reset();
    runs.Time([&] { reading.emplace(projections::MatchOf(node.projections(), kRule)); });
  }
  CHECK(reading->ok(), "bench.match", Describe(reading->error()));
  const projections::MatchResult& result = (*reading)->result;
  CHECK(result.theirs.count == lines, "bench.theirs", result.theirs.count, lines);
  CHECK(result.matched_theirs.count + result.breaks.size() == lines, "bench.matched",
        result.matched_theirs.count, result.breaks.size());
  return {runs.p50(), peak.bytes()};
}

struct Half {
  double import_peak = 0;  // bytes, of its last file
  Matched matched;         // everything until then
};

// Days up to `end`: all that was collected, then the bills, then what the two come to.
Half RunHalf(Node& node, int begin, int end, Seconds& seconds) {
  for (int day = begin; day < end; ++day) Collect(node, ChannelDay(day, kLinesADay));
  AwaitProjected(node);
  const Nanos received = (kFirstDay + end) * kNanosPerDay;
  Half half;
  for (int day = begin; day < end; ++day) {
    half.import_peak = ImportBill(node, ChannelDay(day, kLinesADay).Bill(), received, seconds);
  }
  half.matched = Match(node, static_cast<size_t>(end) * kLinesADay);
  return half;
}

void Run(Table& table, const std::string& directory) {
  const auto token =
      Node::Init(directory, "bench", 480, [] { return kFirstDay * kNanosPerDay - kNanosPerDay; });
  CHECK(token.ok(), "bench.init");
  auto opened = Node::Open({.directory = directory, .clock_follows_input = true, .clock = {}});
  CHECK(opened.ok(), "bench.open");
  Node& node = **opened;
  SetUp(node);

  const auto days = static_cast<int>(std::max<size_t>(2, LinesOfRun() / kLinesADay));
  Seconds seconds;
  const Half first = RunHalf(node, 0, days / 2, seconds);
  const Half second = RunHalf(node, days / 2, days, seconds);
  const size_t lines = static_cast<size_t>(days) * kLinesADay;
  const auto count = static_cast<double>(lines);

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
  table.Add({"match_lines_per_s", count / second.matched.seconds, "lines/s", {}, {}});
  table.Add({"import_and_match_lines_per_s",
             count / (seconds.import + second.matched.seconds),
             "lines/s",
             {},
             {AtLeast(500'000)}});
  constexpr double kMib = 1u << 20;
  table.Add({"import_memory",
             second.import_peak / kMib,
             "MiB",
             {"after half of the lines", first.import_peak / kMib},
             {RatioAtMost(1.1)}});
  table.Add({"match_memory",
             second.matched.peak / kMib,
             "MiB",
             {"after half of the lines", first.matched.peak / kMib},
             {RatioAtMost(1.1)}});
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
