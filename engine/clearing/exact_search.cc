#include "engine/clearing/exact_search.h"

#include <algorithm>
#include <utility>

namespace longmen::engine {

ExactSearch::ExactSearch(std::vector<__int128> room, const std::vector<QueuedPayment>& payments,
                         const Relaxation& relaxation, Known known, uint64_t effort)
    : payments_(payments),
      room_(std::move(room)),
      undecided_in_(room_.size()),
      takes_(payments.size()),
      bound_(relaxation.value_max),
      known_(known),
      effort_(effort) {
  for (const QueuedPayment& payment : payments) {
    undecided_in_[payment.to] += payment.minor;
    worth_.push_back(WorthAtPrices(relaxation.price, payment));
  }
}

bool ExactSearch::Run() {
  Decide(0);
  return effort_ > 0;
}

bool ExactSearch::MayBeBest(size_t depth) const {
  if (bound_ != known_.value) return bound_ > known_.value;
  const uint64_t count_max = count_ + payments_.size() - depth;
  return count_max > known_.count || (count_max == known_.count && !best_);
}

void ExactSearch::Decide(size_t depth) {
  if (depth < payments_.size()) {
    undecided_in_[payments_[depth].to] -= payments_[depth].minor;
    DecideTaken(depth);
    DecideLeft(depth);
    undecided_in_[payments_[depth].to] += payments_[depth].minor;
    return;
  }
  // It may settle: nothing is undecided, and who lacked would have ended the branch. The bound is
  // above its value where liquidity that has a price is left.
  const auto better = std::pair(value_, count_) <=> std::pair(known_.value, known_.count);
  if (better < 0 || (better == 0 && best_)) return;
  best_ = takes_;
  known_ = {value_, count_};
}

void ExactSearch::DecideTaken(size_t depth) {
  const auto& [from, to, minor] = payments_[depth];
  if (effort_ == 0 || --effort_ == 0 || room_[from] + undecided_in_[from] < minor) return;
  const __int128 loss = std::max<__int128>(0, -worth_[depth]);
  bound_ -= loss;
  if (MayBeBest(depth)) {
    room_[from] -= minor;
    room_[to] += minor;
    value_ += minor;
    ++count_;
    takes_[depth] = true;
    Decide(depth + 1);
    takes_[depth] = false;
    --count_;
    value_ -= minor;
    room_[to] -= minor;
    room_[from] += minor;
  }
  bound_ += loss;
}

void ExactSearch::DecideLeft(size_t depth) {
  const uint32_t to = payments_[depth].to;
  if (effort_ == 0 || --effort_ == 0 || room_[to] + undecided_in_[to] < 0) return;
  const __int128 loss = std::max<__int128>(0, worth_[depth]);
  bound_ -= loss;
  if (MayBeBest(depth + 1)) Decide(depth + 1);
  bound_ += loss;
}

}  // namespace longmen::engine
