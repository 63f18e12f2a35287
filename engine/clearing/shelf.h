// Payments by participant and amount, of which some are taken: the nearest one to an amount that is
// taken, or that is not, is found 64 at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/clearing/gridlock.h"

namespace longmen::engine {

class Shelf {
 public:
  enum class Side : uint8_t { kSender, kReceiver };
  static constexpr size_t kNowhere = SIZE_MAX;

  // None is taken.
  Shelf(size_t participants, const std::vector<QueuedPayment>& payments, Side side);

  void Mark(uint32_t payment, bool taken);
  uint32_t At(size_t place) const { return order_[place]; }

  // Of the participant's payments that are taken, or are not, the smallest of at least `minor`...
  size_t AtLeast(uint32_t participant, __int128 minor, bool taken) const;
  // ... and the largest of at most as much. kNowhere: there is none.
  size_t AtMost(uint32_t participant, __int128 minor, bool taken) const;
  // The next larger one of the same kind.
  size_t Larger(uint32_t participant, size_t place, bool taken) const {
    return Upwards(place + 1, begins_[participant + 1], taken);
  }

 private:
  size_t FirstAbove(uint32_t participant, __int128 minor) const;
  size_t Upwards(size_t from, size_t end, bool taken) const;
  size_t Downwards(size_t begin, size_t end, bool taken) const;
  // Bits of what is wanted among 64 places.
  uint64_t Word(size_t word, bool taken) const { return taken ? taken_[word] : ~taken_[word]; }

  std::vector<size_t> begins_;  // by participant; one more
  std::vector<uint32_t> order_;
  std::vector<int64_t> minors_;  // in that order
  std::vector<size_t> place_;    // by payment
  std::vector<uint64_t> taken_;  // bits by place
};

}  // namespace longmen::engine
