// longmen-bench-clearing: what it costs to resolve a queue, to net a cycle, to study a day, and to
// do these in a whole ledger (house.h).
//
//   longmen-bench-clearing [--json]
//
// Queues are of 200 participants, of which a few send most, with amounts from one fen to 84,000
// yuan and little liquidity, so that much has to be dropped. Beside each in fifo stands a plain
// pass over the same payments, that adds up what everybody sends and receives: no resolution can do
// with less. By value, what is printed is how far below its bound the set that was found may be.
#include <cstdio>
#include <cstring>
#include <random>
#include <string>

#include "engine/clearing/gridlock.h"
#include "engine/clearing/liquidity_study.h"
#include "engine/clearing/netting.h"
#include "tests/bench/clearing/house.h"
#include "tests/bench/common/figures.h"
#include "tests/bench/common/timing.h"

namespace longmen::bench {
namespace {

constexpr uint32_t kParticipants = 200;
constexpr int64_t kLiquidityPerMille = 10;  // of the value of the queue
constexpr int kRuns = 9;

// The same for a number of payments, in every run.
engine::PaymentQueue QueueOf(size_t payments) {
  std::mt19937_64 random(payments);
  const auto draw = [&random](uint64_t below) { return random() % below; };
  engine::PaymentQueue queue;
  int64_t total = 0;
  for (size_t i = 0; i < payments; ++i) {
    const auto from = static_cast<uint32_t>(draw(draw(kParticipants) + 1));
    auto to = static_cast<uint32_t>(draw(draw(kParticipants) + 1));
    if (to == from) to = (from + 1) % kParticipants;
    const auto minor = static_cast<int64_t>(1 + draw(uint64_t{1} << (4 + draw(20))));
    queue.payments.push_back({from, to, minor});
    total += minor;
  }
  queue.liquidity.assign(kParticipants, total / 1'000 * kLiquidityPerMille / kParticipants);
  return queue;
}

std::string Count(size_t payments) {
  if (payments % 1'000'000 == 0) return std::to_string(payments / 1'000'000) + "m";
  return std::to_string(payments / 1'000) + "k";
}

// Keeps what was computed from being left out.
volatile uint64_t seen;

template <typename Act>
double MedianSeconds(Act act, int runs = kRuns) {
  Samples samples;
  for (int i = 0; i < runs; ++i) samples.Time(act);
  return samples.p50();
}

double PlainPassSeconds(const engine::PaymentQueue& queue) {
  return MedianSeconds([&queue] {
    std::vector<__int128> net(queue.liquidity.size());
    for (const auto& [from, to, minor] : queue.payments) {
      net[from] -= minor;
      net[to] += minor;
    }
    seen = static_cast<uint64_t>(net[0]);
  });
}

void MeasureFifo(Table& table) {
  table.Subject("gridlock resolution in fifo, 200 participants");
  for (const size_t payments :
       {size_t{1'000}, size_t{10'000}, size_t{100'000}, size_t{1'000'000}}) {
    const engine::PaymentQueue queue = QueueOf(payments);
    const double pass = PlainPassSeconds(queue);
    const double seconds = MedianSeconds([&queue] { seen = engine::ResolveFifo(queue).count; });
    const engine::Resolution resolution = engine::ResolveFifo(queue);
    const std::string name = "fifo_" + Count(payments);
    const auto count = static_cast<double>(payments);
    std::vector<Target> targets;
    if (payments == 100'000) targets.push_back(AtMost(5));
    table.Add({name + "_ms", seconds * 1e3, "ms", {"a plain pass", pass * 1e3}, targets});
    table.Add({name + "_ns_per_payment",
               seconds * 1e9 / count,
               "ns",
               {"a plain pass", pass * 1e9 / count},
               {}});
    table.Note(std::to_string(resolution.count) + " of " + std::to_string(payments) + " settle");
  }
}

void MeasureByValue(Table& table) {
  table.Subject("gridlock resolution by value, 200 participants");
  for (const size_t payments : {size_t{1'000}, size_t{100'000}}) {
    const engine::PaymentQueue queue = QueueOf(payments);
    engine::Resolution resolution;
    const double seconds = MedianSeconds([&] { resolution = engine::ResolveByValue(queue); }, 3);
    const std::string name = "by_value_" + Count(payments);
    std::vector<Target> targets;
    if (payments == 100'000) targets.push_back(AtMost(2'000));
    table.Add({name + "_ms", seconds * 1e3, "ms", {}, targets});
    const auto part = [](__int128 of, __int128 by) {
      return static_cast<double>(of) / static_cast<double>(by);
    };
    table.Add({name + "_below_bound",
               1e6 * part(resolution.value_max - resolution.value, resolution.value_max),
               "per million",
               {},
               {}});
    table.Add({name + "_value",
               part(resolution.value, 100),
               "yuan",
               {"fifo", part(engine::ResolveFifo(queue).value, 100)},
               {RatioAtLeast(1)}});
  }
}

void MeasureNetting(Table& table) {
  table.Subject("netting of a cycle of a million obligations, 200 participants");
  const engine::PaymentQueue cycle = QueueOf(1'000'000);
  const double pass = PlainPassSeconds(cycle);
  const double all = MedianSeconds(
      [&cycle] { seen = engine::NetMultilaterally(kParticipants, cycle.payments)[0].count_in; });
  const double pairs =
      MedianSeconds([&cycle] { seen = engine::NetBilaterally(cycle.payments).size(); });
  table.Add({"net_multilateral_1m_ms", all * 1e3, "ms", {"a plain pass", pass * 1e3}, {}});
  table.Add({"net_bilateral_1m_ms", pairs * 1e3, "ms", {"a plain pass", pass * 1e3}, {}});
}

void MeasureStudy(Table& table) {
  table.Subject("the what-if over a day of a million payments, 200 participants");
  const engine::PaymentQueue queue = QueueOf(1'000'000);
  const auto count = static_cast<Nanos>(queue.payments.size());
  std::vector<engine::TimedPayment> day;
  for (const auto& [from, to, minor] : queue.payments) {
    const auto at = static_cast<Nanos>(day.size()) * (kNanosPerDay / count);
    day.push_back({at, from, to, minor});
  }
  const double seconds = MedianSeconds(
      [&day] {
        seen = engine::StudyLiquidity(kParticipants, day, {.end = kNanosPerDay})
                   .gridlock.settled_count;
      },
      3);
  table.Add({"study_1m_s", seconds, "s", {}, {}});
}

}  // namespace
}  // namespace longmen::bench

int main(int argc, char** argv) {
  using namespace longmen::bench;  // NOLINT: of this program
  const bool json = argc == 2 && std::strcmp(argv[1], "--json") == 0;
  if (argc > 1 && !json) {
    std::fputs("longmen-bench-clearing [--json]\n", stderr);
    return 2;
  }
  Table table(json ? "/dev/stdout" : "");
  MeasureFifo(table);
  MeasureByValue(table);
  MeasureNetting(table);
  MeasureStudy(table);
  MeasureQueue(table);
  MeasureCycles(table);
  return 0;
}
