// What a queue of payments can settle when no payment of it can alone (domain E5).
//
// A set of payments settles in one step, or not at all. It may settle if it leaves every
// participant with as much as it had, or with nothing below zero: who is below zero already may
// settle what it receives for, and never gets deeper.
//
// Everything here is a pure function of the queue. Sums are of 128 bits.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/clearing/obligation.h"

namespace longmen::engine {

using QueuedPayment = Obligation;

struct PaymentQueue {
  // By participant: what it may still pay out, its money less its floor. May be below zero.
  std::vector<int64_t> liquidity;
  // Of one sender the first goes first: what priority and arrival make of it is the caller's.
  std::vector<QueuedPayment> payments;
};

struct Resolution {
  std::vector<bool> settles;        // by payment
  std::vector<uint32_t> of_sender;  // how many of its payments settle, by participant
  uint64_t count = 0;
  __int128 value = 0;
  // No set that may settle is worth more; equal to `value` where that is proved to be the most.
  __int128 value_max = 0;

  bool operator==(const Resolution&) const = default;
};

// The largest set that takes of every sender the first so many: everything, and while it leaves
// somebody too little, the last payment of it that is left is dropped (Bech and Soramäki). To drop
// a payment never helps anybody else, so the order of dropping does not matter, and any other such
// set is part of this one. In time linear in participants and payments.
//
// `value_max` speaks of sets of this kind.
Resolution ResolveFifo(const PaymentQueue& queue);

// Enough to solve every queue of up to 24 payments, and for about a second.
inline constexpr uint64_t kDefaultEffort = uint64_t{1} << 26;

// The set of most value, whatever the order of a sender's payments; of several the one of most
// payments, and of those the one that first takes a payment which the other leaves.
//
// `effort` bounds the steps that are taken, not the time. A queue of up to log2(effort) - 2
// payments is always solved; a larger one is given the best set that was met: never worth less
// than what ResolveFifo settles, and the most that is possible where its value is `value_max`.
Resolution ResolveByValue(const PaymentQueue& queue, uint64_t effort = kDefaultEffort);

enum class QueueOrder : uint8_t {
  kFifo,        // a sender's first payment holds up those behind it
  kBypassFifo,  // what cannot settle is passed by
};

struct Released {
  std::vector<uint32_t> payments;   // in the order in which they settled
  std::vector<__int128> liquidity;  // by participant, after them
};

// What the queue lets go one by one: of the payments that their sender's liquidity covers, the
// oldest of the whole queue, until there is none. In fifo another order would let the same go.
Released SettleAlone(const PaymentQueue& queue, QueueOrder order);

}  // namespace longmen::engine
