// Whether the others can finish the day although a participant fails, and what it costs each
// (domain E6, E7): the test that a net system has to pass for the largest of its net debtors.
//
// What the one that fails owes is paid from its own liquidity first, then from its collateral. The
// rest is shared by the survivors in proportion to the credit that each has granted it. Everybody
// knows these rules and its credit in advance, so the result is a function of the day's figures.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace longmen::engine {

// A loss in proportion to weights, in whole minor units: everybody bears its part rounded down, and
// what is left over goes by one unit to those whose parts lost most by that, the first of equal
// ones first. The parts sum to the loss. Neither loss nor weights are below zero.
//
// Nothing where there is a loss and no weight to share it by.
std::optional<std::vector<int64_t>> ShareLoss(int64_t loss, std::span<const int64_t> weights);

// A participant as the day ends.
struct Standing {
  int64_t net = 0;  // below zero: it owes
  int64_t liquidity = 0;
  int64_t collateral = 0;
};

struct NetSystem {
  std::vector<Standing> participants;  // in the fixed order of their codes
  // granted[i][j]: the credit that i has granted to j, and so the weight of what it bears for j.
  std::vector<std::vector<int64_t>> granted;
};

// What the failure asks of one survivor.
struct Survivor {
  uint32_t participant = 0;
  int64_t granted = 0;     // to the one that fails
  int64_t share = 0;       // of the loss
  __int128 due = 0;        // its own net debit plus its share, less what it is owed; never below 0
  __int128 available = 0;  // its liquidity and collateral
  __int128 missing = 0;    // of what is due

  bool operator==(const Survivor&) const = default;
};

struct FailureReport {
  uint32_t failed = 0;
  int64_t net_debit = 0;
  int64_t from_liquidity = 0;
  int64_t from_collateral = 0;
  int64_t loss = 0;      // what both leave of the net debit
  int64_t unshared = 0;  // of the loss: all of it, where nobody has granted the failed one credit
  std::vector<Survivor> survivors;  // every other participant, in order

  // By how much the day cannot be finished.
  __int128 missing() const;
  bool holds() const { return missing() == 0; }
};

// `failed` pays nothing beyond its own liquidity and collateral. The amounts of a standing but
// `net` are at least zero, and `net` is above INT64_MIN.
FailureReport Fail(const NetSystem& system, uint32_t failed);

// The participant of the largest net debit, the first of equal ones; nothing where nobody owes.
std::optional<uint32_t> LargestNetDebtor(const NetSystem& system);

// Nothing where nobody owes, so that nobody can fail.
std::optional<FailureReport> LargestNetDebtorFails(const NetSystem& system);

}  // namespace longmen::engine
