// Payments that wait for their sender's liquidity, and leave one by one as it comes.
//
// All payments are known from the start and join when they are told to: a queue that fills over a
// day and one that is full are the same thing. Which leaves next is found in time logarithmic in
// the number of payments, however many cannot.
//
// Invariants: a payment waits, is settled, or has not come. Threading: none.
#pragma once

#include <cstdint>
#include <functional>
#include <queue>
#include <span>
#include <vector>

#include "engine/clearing/gridlock.h"

namespace longmen::engine {

class Releases {
 public:
  // `payments` must outlive it.
  Releases(std::span<const __int128> liquidity, std::span<const QueuedPayment> payments,
           QueueOrder order);

  void Join(uint32_t payment);
  // The oldest waiting payment that its sender can pay, settled; kNone: there is none.
  uint32_t SettleNext();
  // Of a set that settles together: for all of them, then what leaves on its own is asked again.
  void Settle(uint32_t payment);

  const std::vector<__int128>& liquidity() const { return liquidity_; }
  bool waits(uint32_t payment) const { return waiting_[payment] != 0; }

  static constexpr uint32_t kNone = UINT32_MAX;

 private:
  // A sender's payments as a tournament: each node of it is the least amount that waits below.
  struct Sender {
    size_t node = 0;   // where its tree begins
    size_t width = 0;  // leaves, a power of two
    size_t slot = 0;   // where its payments begin
    uint32_t offered = kNone;
  };

  void SetLeaf(uint32_t payment, uint64_t minor);
  // The payment of a sender that may leave next.
  uint32_t FirstOf(uint32_t sender) const;
  void Offer(uint32_t sender);

  const std::span<const QueuedPayment> payments_;
  const QueueOrder order_;
  std::vector<__int128> liquidity_;
  std::vector<Sender> senders_;
  std::vector<uint64_t> least_;      // the trees
  std::vector<uint32_t> by_sender_;  // payments, of each sender in their order
  std::vector<uint32_t> slot_of_;    // of a payment, among its sender's
  std::vector<uint8_t> waiting_;     // by payment
  std::priority_queue<uint32_t, std::vector<uint32_t>, std::greater<>> offers_;
};

}  // namespace longmen::engine
