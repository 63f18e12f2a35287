// Obligations replaced by fewer: one of each pair of participants, or one of each participant
// against all others together (domain E1, E2).
//
// Invariants: what all receive is what all send, so that nets sum to zero; a participant's nets
// against every other sum to its multilateral one. Nothing depends on the order of obligations.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/clearing/obligation.h"

namespace longmen::engine {

struct NetPosition {
  __int128 gross_in = 0;
  __int128 gross_out = 0;
  uint64_t count_in = 0;
  uint64_t count_out = 0;

  // Below zero: it owes.
  __int128 net() const { return gross_in - gross_out; }
  bool operator==(const NetPosition&) const = default;
};

// By participant.
std::vector<NetPosition> NetMultilaterally(uint32_t participants,
                                           std::span<const Obligation> obligations);
// What moves when the positions are settled: the sum of those that owe.
__int128 NetValue(std::span<const NetPosition> positions);

struct NetObligation {
  uint32_t payer = 0;
  uint32_t payee = 0;
  __int128 minor = 0;

  bool operator==(const NetObligation&) const = default;
};

// One of each pair that does not come out even, ordered by the pair, its lower number first.
std::vector<NetObligation> NetBilaterally(std::span<const Obligation> obligations);

// A cycle recast: as if `participant` had taken no part in it (domain E7).
std::vector<Obligation> Without(uint32_t participant, std::span<const Obligation> obligations);

struct Shortfall {
  uint32_t participant = 0;
  __int128 minor = 0;

  bool operator==(const Shortfall&) const = default;
};

// Who owes more than its liquidity (which may include credit), and by how much. Positions are
// settled together or not at all, so that anybody here holds up everybody.
std::vector<Shortfall> Shortfalls(std::span<const NetPosition> positions,
                                  std::span<const int64_t> liquidity);

}  // namespace longmen::engine
