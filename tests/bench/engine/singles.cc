// Singles: one event a request, by one client and by 64; and small batches by one.
#include "tests/bench/engine/subjects.h"

namespace longmen::bench {
namespace {

constexpr size_t kTurns = 1'500;
constexpr double kSeconds = 2.5;
constexpr size_t kClients = 64;
constexpr size_t kSmallBatch = 100;

// A request of the engine, a put of RocksDB and an fdatasync by turns: all meet the same disk.
struct Turns {
  Samples engine;
  Samples rocks;
  Samples fsync;
};
Turns TakeTurns(Run& run, Rig& rig) {
  SyncedFile file(run.directory + "/raw-file");
  SyncedRocks rocks(run.directory + "/raw-rocksdb");
  Turns turns;
  for (ClientBatch& one : Cut(rig.Next(kTurns), 1)) {
    turns.fsync.Time([&] { file.Write(4096); });
    turns.rocks.Time([&] { rocks.Put(200); });
    turns.engine.Time([&] { rig.engine().SubmitAndWait(std::move(one)); });
    if (turns.engine.total() + turns.rocks.total() > 2 * kSeconds) break;
  }
  return turns;
}

LoadResult Load(Rig& rig, size_t events, size_t events_a_batch, size_t in_flight) {
  return Drive(rig.engine(), Cut(rig.Next(events), events_a_batch), in_flight, kSeconds);
}

}  // namespace

void MeasureSingles(Run& run, Rig& rig) {
  run.table.Subject("single requests: one event a request, whole node");
  const Turns turns = TakeTurns(run, rig);
  const Peer put_p50 = {"RocksDB put of 200 B, by turns", turns.rocks.p50() * 1e6};
  run.table.Add({"single_p50", turns.engine.p50() * 1e6, "us", put_p50, {RatioAtMost(1.3)}});
  run.table.Add({"single_p99",
                 turns.engine.p99() * 1e6,
                 "us",
                 {"RocksDB put of 200 B, p99", turns.rocks.p99() * 1e6},
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
                 {"fdatasync of 4 KiB", turns.fsync.p50() * 1e6},
                 {RatioAtMost(4)}});
  run.table.Add({"clients_64_stall_max", many.stall * 1e3, "ms", {}, {AtMost(50)}});

  const LoadResult small = Load(rig, 600'000, kSmallBatch, 1);
  run.table.Add({"batch_100_events_per_s", small.rate(), "events/s", {}, {AtLeast(150'000)}});
  run.table.Add({"batch_100_p50", small.batches.p50() * 1e3, "ms", {}, {AtMost(1)}});
  run.table.Add({"batch_100_p99", small.batches.p99() * 1e3, "ms", {}, {}});
}

}  // namespace longmen::bench
