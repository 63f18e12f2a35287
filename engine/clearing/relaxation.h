// What a queue could settle if payments could be split: a bound on what it can settle, and close to
// it where there are many payments.
//
// All payments from one participant to another are one arc then. Everything is taken to settle at
// first; whoever that leaves too little must take back, and what it takes back its receivers lack
// in turn, until it reaches participants with something to spare. To take back least is a flow of
// least cost, where each arc on the way costs one. It is found by its prices: what one minor unit
// more of a participant's liquidity would let settle. Any prices prove a bound, so that it holds
// however early the search for the best ones stops.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/clearing/gridlock.h"

namespace longmen::engine {

struct Relaxation {
  struct Arc {
    uint32_t from = 0;
    uint32_t to = 0;
    __int128 total = 0;  // of its payments
    __int128 taken_back = 0;
    std::vector<uint32_t> payments;  // the largest first
  };

  std::vector<int64_t> price;  // by participant; none is below zero
  std::vector<Arc> arcs;       // by sender, then receiver
  __int128 value_max = 0;      // what no set that may settle is worth more than
  uint64_t steps = 0;          // of `effort`
};

// `room`: what each participant may lose, none below zero.
Relaxation Relax(const std::vector<__int128>& room, const std::vector<QueuedPayment>& payments,
                 uint64_t effort);

// What a payment adds to the bound beyond the prices of the liquidity it moves: taken where that
// is above zero, left where it is below.
inline __int128 WorthAtPrices(const std::vector<int64_t>& price, const QueuedPayment& payment) {
  return static_cast<__int128>(payment.minor) * (1 - price[payment.from] + price[payment.to]);
}

}  // namespace longmen::engine
