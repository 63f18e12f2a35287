// Reads under load: point reads of a balance while a client writes all it can.
#include <atomic>
#include <thread>

#include "projections/balances/balances.h"
#include "tests/bench/engine/subjects.h"

namespace longmen::bench {
namespace {

constexpr double kSeconds = 1.5;
constexpr double kPace = 220'000;  // reads a second
constexpr int kTurn = 220;         // reads between two looks at the clock
constexpr size_t kBatchEvents = 8'000;
constexpr size_t kInFlight = 4;

// What readers and the writer reached together.
struct Together {
  double writes = 0;
  double reads = 0;
};

// A load begins with nothing left to do from the one before.
std::vector<ClientBatch> Prepare(Rig& rig, size_t events) {
  auto batches = Cut(rig.Next(events), kBatchEvents);
  CHECK(rig.node().AwaitProjected(rig.engine().DurableSequence()).ok(), "bench.projections");
  return batches;
}

// With a pace, a reader that is ahead of it sleeps: what it leaves of the processor is the
// writer's.
template <typename Read>
Together LoadBeside(Rig& rig, size_t events, double pace, Read read) {
  auto batches = Prepare(rig, events);
  std::atomic<bool> stop{false};
  uint64_t reads = 0;
  double seconds = 0;
  std::thread reader([&] {
    const Stopwatch watch;
    for (uint64_t dice = 1; !stop.load(std::memory_order_relaxed); ++reads) {
      dice = dice * 6364136223846793005 + 1442695040888963407;
      read((dice >> 33) % rig.mix().accounts());
      if (pace == 0 || reads % kTurn != 0) continue;
      const double ahead = static_cast<double>(reads) / pace - watch.seconds();
      if (ahead > 0) std::this_thread::sleep_for(std::chrono::duration<double>(ahead));
    }
    seconds = watch.seconds();
  });
  const LoadResult load = Drive(rig.engine(), std::move(batches), kInFlight, kSeconds);
  stop = true;
  reader.join();
  return {load.rate(), static_cast<double>(reads) / seconds};
}

double LoadAlone(Rig& rig, size_t events) {
  return Drive(rig.engine(), Prepare(rig, events), kInFlight, kSeconds).rate();
}

}  // namespace

void MeasureReadsUnderLoad(Run& run, Rig& rig) {
  run.table.Subject("reads under load: balances, one reader beside batches of 8,000");
  const auto events = static_cast<size_t>(1.6 * kSeconds * run.batch_events_per_s) + kBatchEvents;
  const double before = LoadAlone(rig, events);
  const Together engine = LoadBeside(rig, events, 0, [&](size_t account) {
    const Status read = rig.engine().Read([&](const engine::LedgerView& ledger) {
      CHECK(ledger.FindAccount(PaymentMix::AccountName(account)).has_value(), "bench.read");
    });
    CHECK(read.ok(), "bench.read");
  });
  const double between = LoadAlone(rig, events);
  std::vector<std::string> names;
  for (size_t i = 0; i < rig.mix().accounts(); ++i) names.push_back(PaymentMix::AccountName(i));
  const auto read_projected = [&](size_t account) {
    CHECK(projections::FindBalance(rig.node().projections(), names[account]).ok(), "bench.read");
  };
  const Together projected = LoadBeside(rig, events, kPace, read_projected);
  const double after = LoadAlone(rig, events);
  const Together unpaced = LoadBeside(rig, events, 0, read_projected);
  run.table.Add({"reads_engine_per_s",
                 engine.reads,
                 "reads/s",
                 {"each waits for what was submitted before it", 0},
                 {}});
  run.table.Add({"writes_beside_reads_engine",
                 engine.writes,
                 "events/s",
                 {"without a reader", (before + between) / 2},
                 {RatioAtLeast(0.9)}});
  run.table.Add({"reads_projection_per_s",
                 projected.reads,
                 "reads/s",
                 {"paced at 220,000", 0},
                 {AtLeast(200'000)}});
  run.table.Add({"writes_beside_reads_projection",
                 projected.writes,
                 "events/s",
                 {"without a reader", (between + after) / 2},
                 {RatioAtLeast(0.9)}});
  run.table.Add({"reads_projection_unpaced_per_s",
                 unpaced.reads,
                 "reads/s",
                 {"as fast as they are answered", 0},
                 {}});
}

}  // namespace longmen::bench
