// Rig: the ledger under test in a directory of its own, and a client that loads it.
//
// The only place of the bench that knows how proposals get into the engine: who changes that door
// changes it here.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "adapters/node/node.h"
#include "engine/rocks_history/rocks_history.h"
#include "engine/rocks_writer/rocks_log.h"
#include "engine/sequencer/engine.h"
#include "tests/bench/common/timing.h"
#include "tests/bench/common/workload.h"

namespace longmen::bench {

// What one client sends at once: encoded and wrapped before anything is timed.
using ClientBatch = std::vector<engine::Job>;
std::vector<ClientBatch> Cut(std::vector<ProposalBytes> events, size_t events_a_batch);

// What came of a load.
struct LoadResult {
  uint64_t events = 0;
  double seconds = 0;  // from the first submission to the last answer
  Samples batches;     // of each batch, from its submission to its answer
  double stall = 0;    // the longest time without any answer
  double rate() const { return seconds == 0 ? 0 : static_cast<double>(events) / seconds; }
};

// Submits in order with at most `in_flight` unanswered, until all are or `seconds_max` is over,
// and waits for the answers. CHECKs that every event was accepted.
LoadResult Drive(engine::Engine& engine, std::vector<ClientBatch> batches, size_t in_flight,
                 double seconds_max);

struct RigOptions {
  std::string directory;
  bool projections = true;  // false: the engine, its log and its history, no snapshots either
  size_t accounts = 10'000;
  IdOrder ids = IdOrder::kRandom;
};

class Rig {
 public:
  // A new ledger with its accounts; or one that was made before, whose payments go on from
  // `next_payment`.
  static std::unique_ptr<Rig> Make(const RigOptions& options);
  static std::unique_ptr<Rig> Open(const RigOptions& options, size_t next_payment);
  ~Rig();

  engine::Engine& engine();
  adapters::Node& node();  // with projections only
  const PaymentMix& mix() const { return mix_; }
  size_t next_payment() const { return next_payment_; }

  // The payments that come next: at least `events` events.
  std::vector<ProposalBytes> Next(size_t events);

  void Stop();

 private:
  Rig(const RigOptions& options, size_t next_payment);

  PaymentMix mix_;
  size_t next_payment_;
  std::unique_ptr<adapters::Node> node_;  // with projections
  std::unique_ptr<engine::RocksLog> log_;
  std::unique_ptr<engine::RocksHistory> history_;  // without
  std::unique_ptr<engine::Engine> engine_;         // without
};

}  // namespace longmen::bench
