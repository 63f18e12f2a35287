// ToyLedger: the ceiling of this stack. Events of 104 bytes, an id that must be new, two balances,
// and no other rule; one RocksDB value per 8,000 events, synced before the answer.
//
// It decides nothing that a ledger has to decide, keeps no orders, chains and checks nothing: what
// Longmen reaches of its rate is what deciding and proving costs.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tests/bench/common/timing.h"

namespace longmen::bench {

struct ToyEvent {
  uint64_t id[2];
  uint64_t key[2];
  uint32_t debit;
  uint32_t credit;
  int64_t minor;
  int64_t occurred_at;
  uint8_t rest[48];
};
static_assert(sizeof(ToyEvent) == 104);

inline constexpr size_t kToyBatch = 8'000;

std::vector<ToyEvent> ToyEvents(size_t count, size_t accounts);

enum class ToyThreads {
  kOne,     // decides, writes, decides the next
  kWriter,  // writes on a thread apart while the next are decided
};

struct ToyResult {
  double rate = 0;  // durable events a second
  Samples batches;
};
ToyResult RunToyLedger(const std::string& directory, const std::vector<ToyEvent>& events,
                       size_t accounts, ToyThreads threads);

}  // namespace longmen::bench
