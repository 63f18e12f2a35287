// Every set of payments that may be the one of most value, looked at.
//
// Payments are decided in their order, taken before left, so that of equal sets the first that is
// met is the one that is wanted. Two things end a branch: somebody lacks more than all undecided
// payments could bring, or the prices of a relaxation bound it at no more than what is known.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/clearing/gridlock.h"
#include "engine/clearing/relaxation.h"

namespace longmen::engine {

class ExactSearch {
 public:
  struct Known {
    __int128 value = 0;
    uint64_t count = 0;
  };
  // `known`: of a set that may settle. `payments` must outlive it.
  ExactSearch(std::vector<__int128> room, const std::vector<QueuedPayment>& payments,
              const Relaxation& relaxation, Known known, uint64_t effort);

  // Whether everything was looked at: the set is the one of most value.
  bool Run();
  // By payment; nothing where none was met that is worth as much as what is known.
  const std::optional<std::vector<bool>>& best() const { return best_; }

 private:
  void Decide(size_t depth);
  void DecideTaken(size_t depth);
  void DecideLeft(size_t depth);
  bool MayBeBest(size_t depth) const;

  const std::vector<QueuedPayment>& payments_;
  std::vector<__int128> room_;
  std::vector<__int128> undecided_in_;  // by participant: what could still come
  std::vector<__int128> worth_;         // by payment, at the relaxation's prices
  std::vector<bool> takes_;
  __int128 value_ = 0;
  uint64_t count_ = 0;
  __int128 bound_;
  Known known_;
  uint64_t effort_;
  std::optional<std::vector<bool>> best_;
};

}  // namespace longmen::engine
