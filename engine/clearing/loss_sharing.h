// Whether the others can finish the day although a participant fails, and what it costs each
// (domain E6, E7): the test that a net system has to pass for the largest of its net debtors.
//
// What the one that fails owes is paid from its own liquidity first, then from its collateral. The
// rest is shared by the survivors in proportion to the credit that each has granted it. Everybody
// knows these rules and its credit in advance, so the result is a function of the day's figures.
//
// A survivor pays from its liquidity alone: its collateral answers for its own failure, not for
// another's. Money is not all that it takes: whoever the rules would turn away has an obstacle,
// which is the code that they would give (docs/rules.md, Default and Settlement).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "events/base/code.h"

namespace longmen::engine {

// A loss in proportion to weights, in whole minor units: everybody bears its part rounded down, and
// what is left over goes by one unit to those whose parts lost most by that, the first of equal
// ones first. The parts sum to the loss. Neither loss nor weights are below zero.
//
// Nothing where there is a loss and no weight to share it by.
std::optional<std::vector<int64_t>> ShareLoss(int64_t loss, std::span<const int64_t> weights);

// What whoever fails pays itself: out of its liquidity first, nothing of it: without end, then out
// of its collateral, which becomes money, so that a liquidity below zero takes its part of it
// first; collateral of which nothing would be left is not used.
struct OwnMeans {
  int64_t from_liquidity = 0;
  int64_t from_collateral = 0;
  int64_t loss = 0;  // what both leave of the net debit

  bool operator==(const OwnMeans&) const = default;
};
OwnMeans PayOwn(int64_t net_debit, std::optional<__int128> liquidity, int64_t collateral);

// A participant as the day ends.
struct Standing {
  int64_t net = 0;  // below zero: it owes
  // With what is earmarked for the scheme; below zero where it has used more than it may, nothing:
  // without end.
  std::optional<int64_t> liquidity = 0;
  int64_t collateral = 0;
  bool has_settlement = true;  // an account at the central bank
  bool has_suspense = true;    // one on which a claim on the one that fails can rest
  std::optional<int64_t> bearable = std::nullopt;  // what may rest there: nothing, without end
};

struct NetSystem {
  std::vector<Standing> participants;  // in the fixed order of their codes
  // granted[i][j]: the credit that i has granted to j, and so the weight of what it bears for j.
  std::vector<std::vector<int64_t>> granted;
  bool shares_losses = true;  // not so where every pair settles by itself
};

// What the failure asks of one survivor.
struct Survivor {
  uint32_t participant = 0;
  int64_t granted = 0;  // to the one that fails
  int64_t share = 0;    // of the loss
  __int128 due = 0;     // its own net debit plus its share, less what it is owed; never below 0
  std::optional<int64_t> available = 0;  // its liquidity
  __int128 missing = 0;                  // of what is due
  Code obstacle = Code::NONE;

  bool operator==(const Survivor&) const = default;
};

struct FailureReport {
  uint32_t failed = 0;
  int64_t net_debit = 0;
  int64_t from_liquidity = 0;
  int64_t from_collateral = 0;
  int64_t loss = 0;      // what both leave of the net debit
  int64_t unshared = 0;  // of the loss: all of it, where nobody has granted the failed one credit
  Code obstacle = Code::NONE;       // to sharing it, or to the failed one's own settling
  std::vector<Survivor> survivors;  // every other participant, in order

  // By how much money the day cannot be finished.
  __int128 missing() const;
  // Nothing is missing, and nobody has an obstacle.
  bool holds() const;
};

// `failed` pays nothing beyond its own liquidity and collateral. What a standing can bear and
// pledge is at least zero, and `net` is above INT64_MIN.
FailureReport Fail(const NetSystem& system, uint32_t failed);

// The participant of the largest net debit, the first of equal ones; nothing where nobody owes.
std::optional<uint32_t> LargestNetDebtor(const NetSystem& system);

}  // namespace longmen::engine
