// A set of payments that grows in value: whoever it leaves too little is mended, what still fits is
// added, and chains of takings and leavings that end in more are followed.
//
// Invariants: `room` is what the set leaves each participant of what it may lose; the set may
// settle where none is below zero.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/clearing/gridlock.h"
#include "engine/clearing/shelf.h"

namespace longmen::engine {

class Selection {
 public:
  // Nothing is taken. `payments` must outlive it.
  Selection(std::vector<__int128> room, const std::vector<QueuedPayment>& payments);

  void Take(uint32_t payment);
  void Leave(uint32_t payment);

  // Leaves payments until nobody has too little.
  void Mend();
  // Takes the largest payments that fit, until none does.
  void Fill();
  // Follows chains, the wider the less they lead to, until `value_max` is reached or `effort`
  // spent; what is left of `effort` is returned. The set may settle before and after.
  uint64_t Improve(__int128 value_max, uint64_t effort);

  const std::vector<bool>& takes() const { return takes_; }
  uint64_t count() const { return count_; }
  __int128 value() const { return value_; }

 private:
  bool ImproveAlong(const std::vector<uint32_t>& starts, __int128 value_max, uint64_t& effort);
  bool ImprovesFrom(uint32_t payment);
  bool Mends(unsigned depth, __int128 gain);
  bool MendsBy(uint32_t payment, unsigned depth, __int128 gain);
  void Move(uint32_t payment);

  const std::vector<QueuedPayment>* payments_;
  std::vector<__int128> room_;
  std::vector<bool> takes_;
  uint64_t count_ = 0;
  __int128 value_ = 0;
  Shelf out_;
  Shelf in_;
  // Of the chain that is followed:
  std::vector<uint32_t> chain_;
  unsigned branches_ = 0;  // of each kind that are followed at every payment of it
  uint64_t steps_left_ = 0;
};

}  // namespace longmen::engine
