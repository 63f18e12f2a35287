// Batches: one client that keeps a few batches of 8,000 events under way.
#include <filesystem>

#include "tests/bench/engine/subjects.h"

namespace longmen::bench {
namespace {

constexpr size_t kBatchEvents = 8'000;
constexpr size_t kInFlight = 4;  // so that sequencer and writer both have work, and no more
constexpr size_t kEventsMax = 4'000'000;
constexpr double kWarmUpSeconds = 0.7;
constexpr size_t kWarmUpEvents = 400'000;

// Events encoded for one load: what it can take at the pace of the warm-up, and a little more.
size_t EventsFor(double seconds, double rate) {
  const double events = 1.4 * seconds * rate;
  return std::min(kEventsMax, static_cast<size_t>(events) + kBatchEvents);
}

LoadResult WarmUpAndLoad(Rig& rig, double seconds) {
  const LoadResult warm =
      Drive(rig.engine(), Cut(rig.Next(kWarmUpEvents), kBatchEvents), kInFlight, kWarmUpSeconds);
  return Drive(rig.engine(), Cut(rig.Next(EventsFor(seconds, warm.rate())), kBatchEvents),
               kInFlight, seconds);
}

double EncodedBytes(Rig& rig) {
  const auto events = rig.mix().Payments(0, 1'000);
  double bytes = 0;
  for (const auto& event : events) {
    bytes += static_cast<double>(kRecordHeaderBytes + event.bytes().size());
  }
  return bytes / static_cast<double>(events.size());
}

}  // namespace

void MeasureBatches(Run& run, Rig& rig) {
  run.table.Subject(
      "batches of 8,000 events, 4 under way, 10,000 accounts, random ids, whole node");
  const LoadResult load = WarmUpAndLoad(rig, run.seconds);
  const Stopwatch since_last_answer;
  const bool seen = rig.node().AwaitProjected(rig.engine().DurableSequence()).ok();
  const double lag = since_last_answer.seconds();
  CHECK(seen, "bench.projections");
  run.batch_events_per_s = load.rate();
  run.table.Add({"batch_events_per_s",
                 load.rate(),
                 "events/s",
                 {"toy ledger, pipelined", run.limits.toy_events_per_s},
                 {AtLeast(1'000'000), RatioAtLeast(0.35)}});
  const double bytes = EncodedBytes(rig);
  run.table.Add({"batch_mib_per_s",
                 load.rate() * bytes / (1u << 20),
                 "MiB/s",
                 {"1 MiB RocksDB values", run.limits.rocks_mib_per_s},
                 {}});
  run.table.Add({"batch_event_bytes", bytes, "B/event", {}, {}});
  run.table.Add({"batch_p50", load.batches.p50() * 1e3, "ms", {}, {}});
  run.table.Add({"batch_p99", load.batches.p99() * 1e3, "ms", {}, {}});
  run.table.Add({"batch_max", load.batches.max() * 1e3, "ms", {}, {}});
  run.table.Add(
      {"batch_stall_max", load.stall * 1e3, "ms", {"between two answers", 0}, {AtMost(50)}});
  run.table.Add({"projections_lag", lag, "s", {"after the last answer", 0}, {AtMost(1)}});
}

void MeasureBatchVariants(Run& run) {
  run.table.Subject("batches, variants: the engine and its log by themselves, no projections");
  struct Variant {
    std::string name;
    size_t accounts;
    IdOrder ids;
  };
  const Variant variants[] = {
      {"batch_no_projections_events_per_s", 10'000, IdOrder::kRandom},
      {"batch_time_ordered_events_per_s", 10'000, IdOrder::kTimeOrdered},
      {"batch_mixed_ids_events_per_s", 10'000, IdOrder::kMixed},
      {"batch_1m_accounts_events_per_s", 1'000'000, IdOrder::kRandom},
  };
  Peer first;
  for (const Variant& variant : variants) {
    const std::string directory = run.directory + "/variant";
    {
      const auto rig = Rig::Make({.directory = directory,
                                  .projections = false,
                                  .accounts = variant.accounts,
                                  .ids = variant.ids});
      const LoadResult load = WarmUpAndLoad(*rig, run.seconds * 0.6);
      run.table.Add({variant.name, load.rate(), "events/s", first, {AtLeast(1'000'000)}});
      if (first.name.empty()) first = {"10,000 accounts, random ids", load.rate()};
      if (variant.accounts > 10'000) {
        run.table.Add({"batch_1m_accounts_p50", load.batches.p50() * 1e3, "ms", {}, {}});
        run.table.Add({"batch_1m_accounts_p99", load.batches.p99() * 1e3, "ms", {}, {}});
      }
    }
    std::filesystem::remove_all(directory);
  }
}

}  // namespace longmen::bench
