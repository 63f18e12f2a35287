// longmen-bench: what the engine does, beside what the disk and RocksDB do, in one run.
//
// Prints a table for people and, with --json, one object a figure. The machine is shared: look at
// medians and ratios. LONGMEN_BENCH_PAYMENTS sets the size (default 100,000 payments of three
// events), the first argument that is not a flag the directory to work in.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "engine/rocks_reader/rocks_reader.h"
#include "engine/rocks_writer/rocks_log.h"
#include "engine/sequencer/engine.h"
#include "replay/audit/verify.h"
#include "tests/bench/engine/limits.h"
#include "tests/bench/engine/workload.h"

namespace longmen::bench {
namespace {

namespace fs = std::filesystem;

constexpr size_t kAccounts = 10'000;
constexpr size_t kBatchProposals = 8'000;
constexpr size_t kSingles = 600;
constexpr size_t kLimitRounds = 400;

struct Figure {
  std::string name;
  double value;
  std::string unit;
  std::string beside;  // the limit measured in the same run
  double ratio;        // value to limit, as a rate or a time; 0: none
};

double Since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

class Bench {
 public:
  explicit Bench(std::string directory, size_t payments)
      : directory_(std::move(directory)), payments_(payments) {}

  std::vector<Figure> Run() {
    Limits();
    Engine();
    Replay();
    return figures_;
  }

 private:
  void Add(std::string name, double value, std::string unit, std::string beside = "-",
           double ratio = 0) {
    figures_.push_back({std::move(name), value, std::move(unit), std::move(beside), ratio});
    std::fprintf(stderr, "\r%zu figures", figures_.size());
  }

  void Limits() {
    fdatasync_ = Percentile(WriteAndSync(directory_, 4096, kLimitRounds), 50);
    put_ = Percentile(RocksPut(directory_, 200, kLimitRounds), 50);
    fs::remove_all(directory_ + "/raw-rocksdb");
    const double large = Percentile(RocksPut(directory_, 1u << 20, 100), 50);
    fs::remove_all(directory_ + "/raw-rocksdb");
    rocks_bandwidth_ = 1.0 / large;
    Add("fdatasync_4k_p50", fdatasync_ * 1e6, "us");
    Add("rocksdb_put_200_p50", put_ * 1e6, "us", "fdatasync 4 KiB", put_ / fdatasync_);
    Add("rocksdb_put_1m", rocks_bandwidth_, "MiB/s");
  }

  static void SubmitAll(engine::Engine& engine, std::vector<ProposalBytes> proposals) {
    std::vector<engine::Job> jobs(proposals.size());
    for (size_t i = 0; i < proposals.size(); ++i) {
      jobs[i].group.push_back(std::move(proposals[i]));
    }
    for (const auto& answers : engine.SubmitAndWait(std::move(jobs))) {
      CHECK(answers[0].kind == engine::AnswerKind::kAccepted, "bench.answer",
            CodeName(answers[0].code), answers[0].field);
    }
  }

  void Engine() {
    engine::RocksLogOptions options;
    options.directory = directory_ + "/log";
    options.compression = engine::Compression::kZstd;
    auto log = engine::RocksLog::OpenDirectory(options);
    CHECK(log.ok(), "bench.log", log.error().message);
    engine::EngineOptions engine_options;
    engine_options.clock = engine::SystemClock();
    auto engine = engine::Engine::Open(engine_options, **log);
    CHECK(engine.ok() && (*engine)->Begin("bench", 480).ok(), "bench.engine");
    const Nanos now = engine::SystemClock()();
    SubmitAll(**engine, SetUp(kAccounts, now));
    Batches(**engine, now);
    Singles(**engine, now);
    (*engine)->Stop();
    events_ = (*engine)->DurableSequence();
  }

  void Batches(engine::Engine& engine, Nanos now) {
    const size_t a_batch = kBatchProposals / kEventsAPayment;
    std::vector<double> rates;
    std::vector<double> seconds;
    for (size_t first = 0; first < payments_; first += a_batch) {
      auto batch = Payments(first, std::min(a_batch, payments_ - first), kAccounts, now);
      const auto events = static_cast<double>(batch.size());
      const auto start = std::chrono::steady_clock::now();
      SubmitAll(engine, std::move(batch));
      seconds.push_back(Since(start));
      rates.push_back(events / seconds.back());
    }
    const double rate = Percentile(rates, 50);
    Add("batch_events_per_s", rate, "events/s", "1 MiB RocksDB values, at 320 B an event",
        rate / (rocks_bandwidth_ * (1u << 20) / 320.0));
    Add("batch_p50", Percentile(seconds, 50) * 1e3, "ms");
    Add("batch_p99", Percentile(seconds, 99) * 1e3, "ms");
  }

  void Singles(engine::Engine& engine, Nanos now) {
    auto proposals = Payments(payments_, kSingles / kEventsAPayment, kAccounts, now);
    std::vector<double> seconds;
    for (ProposalBytes& proposal : proposals) {
      std::vector<ProposalBytes> one;
      one.push_back(std::move(proposal));
      const auto start = std::chrono::steady_clock::now();
      SubmitAll(engine, std::move(one));
      seconds.push_back(Since(start));
    }
    const double p50 = Percentile(seconds, 50);
    Add("single_p50", p50 * 1e6, "us", "RocksDB put of 200 B", p50 / put_);
    Add("single_p99", Percentile(seconds, 99) * 1e6, "us");
  }

  void Replay() {
    engine::RocksReaderOptions options;
    options.directory = directory_ + "/log";
    options.read_to = engine::ReadTo::kTail;
    auto log = engine::RocksReader::Open(options);
    CHECK(log.ok(), "bench.reader", log.error().message);
    auto start = std::chrono::steady_clock::now();
    uint64_t read = 0;
    uint64_t bytes = 0;
    CHECK(engine::ForEachRecord(**log, 1,
                                [&](const RecordView& record) {
                                  ++read;
                                  bytes += record.leaf.size();
                                  return Ok();
                                })
              .ok(),
          "bench.scan");
    CHECK(read == events_, "bench.scan", read, events_);
    const auto events = static_cast<double>(events_);
    Add("scan_events_per_s", events / Since(start), "events/s");
    start = std::chrono::steady_clock::now();
    const auto report = replay::Verify({.log = log->get(), .stored = nullptr, .progress = {}});
    CHECK(report.clean(), "bench.verify", report.findings[0].detail);
    Add("verify_events_per_s", events / Since(start), "events/s");
    Add("record_bytes", static_cast<double>(bytes) / events, "B/event");
    uint64_t on_disk = 0;
    for (const auto& entry : fs::recursive_directory_iterator(directory_ + "/log")) {
      if (entry.is_regular_file()) on_disk += entry.file_size();
    }
    Add("disk_bytes", static_cast<double>(on_disk) / events, "B/event", "records as encoded",
        static_cast<double>(on_disk) / static_cast<double>(bytes));
  }

  const std::string directory_;
  const size_t payments_;
  std::vector<Figure> figures_;
  double fdatasync_ = 0;
  double put_ = 0;
  double rocks_bandwidth_ = 0;
  uint64_t events_ = 0;
};

void Print(const std::vector<Figure>& figures, bool json) {
  std::fprintf(stderr, "\r                    \r");
  for (const Figure& figure : figures) {
    if (json) {
      fmt::print(R"({{"figure":"{}","value":{:.3f},"unit":"{}","beside":"{}","ratio":{:.3f}}})"
                 "\n",
                 figure.name, figure.value, figure.unit, figure.beside, figure.ratio);
    } else {
      fmt::print("{:<22} {:>14.1f} {:<9}", figure.name, figure.value, figure.unit);
      if (figure.ratio != 0) fmt::print(" {:>8.2f} x {}", figure.ratio, figure.beside);
      fmt::print("\n");
    }
  }
}

}  // namespace
}  // namespace longmen::bench

int main(int argc, char** argv) {
  bool json = false;
  std::string directory = std::filesystem::temp_directory_path() / "longmen-bench";
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--json") == 0) {
      json = true;
    } else {
      directory = argv[i];
    }
  }
  const char* size = std::getenv("LONGMEN_BENCH_PAYMENTS");
  const size_t payments = size == nullptr ? 100'000 : std::strtoull(size, nullptr, 10);
  std::filesystem::remove_all(directory);
  std::filesystem::create_directories(directory);
  longmen::bench::Print(longmen::bench::Bench(directory, payments).Run(), json);
  std::filesystem::remove_all(directory);
  return 0;
}
