// Closing: cycles that close in the middle of a full load, beside the same load without.
#include <algorithm>

#include "tests/bench/engine/subjects.h"

namespace longmen::bench {
namespace {

constexpr double kSeconds = 1.0;
constexpr int kTurns = 5;
constexpr size_t kBatchEvents = 8'000;
constexpr size_t kInFlight = 4;

// A closing in the middle of every batch, each of the cycle that the one before has opened.
class Closings {
 public:
  Closings(Rig& rig, std::string open) : rig_(rig), open_(std::move(open)) {}

  std::vector<ProposalBytes> Into(std::vector<ProposalBytes> events) {
    std::vector<ProposalBytes> all;
    for (size_t i = 0; i < events.size(); ++i) {
      if (i % (kBatchEvents - 1) == kBatchEvents / 2) all.push_back(Next());
      all.push_back(std::move(events[i]));
    }
    return all;
  }

 private:
  ProposalBytes Next() {
    std::string next = "closing-" + std::to_string(++count_);
    auto closing = rig_.mix().Closing(open_, next);
    open_ = std::move(next);
    return closing;
  }

  Rig& rig_;
  std::string open_;
  size_t count_ = 0;
};

double Middle(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

struct Turns {
  std::vector<double> rate, p50, p99;

  void Take(Rig& rig, std::vector<ProposalBytes> events) {
    // All of them: a closing that is left out would leave its cycle open.
    const LoadResult load =
        Drive(rig.engine(), Cut(std::move(events), kBatchEvents), kInFlight, 1e9);
    CHECK(rig.node().AwaitProjected(rig.engine().DurableSequence()).ok(), "bench.projections");
    rate.push_back(load.rate());
    p50.push_back(load.batches.p50() * 1e3);
    p99.push_back(load.batches.p99() * 1e3);
  }
};

}  // namespace

void MeasureClosing(Run& run, Rig& rig) {
  run.table.Subject("closing under load: a cycle closes in the middle of every batch of 8,000");
  std::string open;
  CHECK(rig.engine()
            .Read([&](const engine::LedgerView& ledger) {
              open = ledger.FindOpenCycle("nucc")->name;
            })
            .ok(),
        "bench.open_cycle");
  Closings closings(rig, open);
  const auto events = static_cast<size_t>(kSeconds * run.batch_events_per_s) + kBatchEvents;
  Turns without;
  Turns with;
  for (int turn = 0; turn < kTurns; ++turn) {
    without.Take(rig, rig.Next(events));
    with.Take(rig, closings.Into(rig.Next(events)));
  }
  run.table.Add({"closing_events_per_s",
                 Middle(with.rate),
                 "events/s",
                 {"without closings", Middle(without.rate)},
                 {RatioAtLeast(0.9)}});
  run.table.Add({"closing_batch_p50",
                 Middle(with.p50),
                 "ms",
                 {"without closings", Middle(without.p50)},
                 {RatioAtMost(1.1)}});
  run.table.Add({"closing_batch_p99",
                 Middle(with.p99),
                 "ms",
                 {"without closings", Middle(without.p99)},
                 {RatioAtMost(1.25)}});
}

}  // namespace longmen::bench
