// Singles: one event a request, by one client and by 64; and small batches by one.
#include "tests/bench/engine/subjects.h"

namespace longmen::bench {
namespace {

constexpr size_t kPairs = 1'500;
constexpr double kSeconds = 2.5;
constexpr size_t kClients = 64;
constexpr size_t kSmallBatch = 100;

// A request of the engine and a put of RocksDB by turns, so that both meet the same disk.
struct Pair {
  Samples engine;
  Samples rocks;
};
Pair TakeTurns(Run& run, Rig& rig) {
  SyncedRocks rocks(run.directory + "/raw-rocksdb");
  Pair pair;
  for (ClientBatch& one : Cut(rig.Next(kPairs), 1)) {
    pair.rocks.Time([&] { rocks.Put(200); });
    pair.engine.Time([&] { rig.engine().SubmitAndWait(std::move(one)); });
    if (pair.engine.total() + pair.rocks.total() > 2 * kSeconds) break;
  }
  return pair;
}

LoadResult Load(Rig& rig, size_t events, size_t events_a_batch, size_t in_flight) {
  return Drive(rig.engine(), Cut(rig.Next(events), events_a_batch), in_flight, kSeconds);
}

}  // namespace

void MeasureSingles(Run& run, Rig& rig) {
  run.table.Subject("single requests: one event a request, whole node");
  const Pair pair = TakeTurns(run, rig);
  const Peer put_p50 = {"RocksDB put of 200 B, by turns", pair.rocks.p50() * 1e6};
  run.table.Add({"single_p50", pair.engine.p50() * 1e6, "us", put_p50, {RatioAtMost(1.3)}});
  run.table.Add({"single_p99",
                 pair.engine.p99() * 1e6,
                 "us",
                 {"RocksDB put of 200 B, p99", pair.rocks.p99() * 1e6},
                 {}});

  const LoadResult one = Load(rig, 30'000, 1, 1);
  run.table.Add({"single_events_per_s", one.rate(), "events/s", {}, {}});
  run.table.Add({"single_stall_max", one.batches.max() * 1e3, "ms", {}, {AtMost(50)}});

  const LoadResult many = Load(rig, 600'000, 1, kClients);
  run.table.Add({"clients_64_events_per_s",
                 many.rate(),
                 "events/s",
                 {"one client", one.rate()},
                 {RatioAtLeast(20)}});
  run.table.Add({"clients_64_p50", many.batches.p50() * 1e6, "us", {}, {}});
  run.table.Add({"clients_64_p99",
                 many.batches.p99() * 1e6,
                 "us",
                 {"fdatasync of 4 KiB", run.limits.fdatasync_p50 * 1e6},
                 {RatioAtMost(4)}});
  run.table.Add({"clients_64_stall_max", many.stall * 1e3, "ms", {}, {AtMost(50)}});

  const LoadResult small = Load(rig, 600'000, kSmallBatch, 1);
  run.table.Add({"batch_100_events_per_s", small.rate(), "events/s", {}, {AtLeast(150'000)}});
  run.table.Add({"batch_100_p50", small.batches.p50() * 1e3, "ms", {}, {AtMost(1)}});
  run.table.Add({"batch_100_p99", small.batches.p99() * 1e3, "ms", {}, {}});
}

}  // namespace longmen::bench
