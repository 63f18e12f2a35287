// Reads under load: point reads of a balance while a client writes all it can.
#include <atomic>
#include <thread>

#include "projections/balances/balances.h"
#include "tests/bench/engine/subjects.h"

namespace longmen::bench {
namespace {

constexpr double kSeconds = 1.5;
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

template <typename Read>
Together LoadBeside(Rig& rig, size_t events, Read read) {
  auto batches = Prepare(rig, events);
  std::atomic<bool> stop{false};
  uint64_t reads = 0;
  double seconds = 0;
  std::thread reader([&] {
    const Stopwatch watch;
    for (uint64_t dice = 1; !stop.load(std::memory_order_relaxed); ++reads) {
      dice = dice * 6364136223846793005 + 1442695040888963407;
      read((dice >> 33) % rig.mix().accounts());
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
  const Together engine = LoadBeside(rig, events, [&](size_t account) {
    const Status read = rig.engine().Read([&](const engine::LedgerView& ledger) {
      CHECK(ledger.FindAccount(PaymentMix::AccountName(account)).has_value(), "bench.read");
    });
    CHECK(read.ok(), "bench.read");
  });
  const double between = LoadAlone(rig, events);
  const Together projected = LoadBeside(rig, events, [&](size_t account) {
    CHECK(projections::FindBalance(rig.node().projections(), PaymentMix::AccountName(account)).ok(),
          "bench.read");
  });
  const double after = LoadAlone(rig, events);
  run.table.Add({"reads_engine_per_s", engine.reads, "reads/s", {}, {AtLeast(200'000)}});
  run.table.Add({"writes_beside_reads_engine",
                 engine.writes,
                 "events/s",
                 {"without a reader", (before + between) / 2},
                 {RatioAtLeast(0.9)}});
  run.table.Add({"reads_projection_per_s", projected.reads, "reads/s", {}, {AtLeast(200'000)}});
  run.table.Add({"writes_beside_reads_projection",
                 projected.writes,
                 "events/s",
                 {"without a reader", (between + after) / 2},
                 {RatioAtLeast(0.9)}});
}

}  // namespace longmen::bench
