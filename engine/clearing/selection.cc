#include "engine/clearing/selection.h"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>

namespace longmen::engine {
namespace {

constexpr unsigned kDepthMax = 8;  // payments in a chain after its first
constexpr unsigned kBranches = 3;  // at first, and twice as many whenever nothing is found
constexpr unsigned kBranchesMax = 48;
constexpr uint64_t kStepsABranch = 700;  // of a chain, over all of its branches
constexpr uint64_t kEffortAStep = 4;     // about what looking for a payment costs beside the rest

}  // namespace

Selection::Selection(std::vector<__int128> room, const std::vector<QueuedPayment>& payments)
    : payments_(&payments),
      room_(std::move(room)),
      takes_(payments.size()),
      out_(room_.size(), payments, Shelf::Side::kSender),
      in_(room_.size(), payments, Shelf::Side::kReceiver) {}

void Selection::Take(uint32_t payment) {
  const auto& [from, to, minor] = (*payments_)[payment];
  room_[from] -= minor;
  room_[to] += minor;
  value_ += minor;
  ++count_;
  takes_[payment] = true;
  out_.Mark(payment, true);
  in_.Mark(payment, true);
}

void Selection::Leave(uint32_t payment) {
  const auto& [from, to, minor] = (*payments_)[payment];
  room_[from] += minor;
  room_[to] -= minor;
  value_ -= minor;
  --count_;
  takes_[payment] = false;
  out_.Mark(payment, false);
  in_.Mark(payment, false);
}

void Selection::Mend() {
  std::vector<uint32_t> below;
  for (uint32_t i = 0; i < room_.size(); ++i) {
    if (room_[i] < 0) below.push_back(i);
  }
  while (!below.empty()) {
    const uint32_t from = below.back();
    if (room_[from] >= 0) {
      below.pop_back();
      continue;
    }
    size_t place = out_.AtLeast(from, -room_[from], true);
    if (place == Shelf::kNowhere) place = out_.AtMost(from, -room_[from], true);
    const uint32_t payment = out_.At(place);
    Leave(payment);
    if (room_[(*payments_)[payment].to] < 0) below.push_back((*payments_)[payment].to);
  }
}

void Selection::Fill() {
  std::vector<uint32_t> open(room_.size());
  std::iota(open.rbegin(), open.rend(), 0);
  while (!open.empty()) {
    const uint32_t from = open.back();
    const size_t place = out_.AtMost(from, room_[from], false);
    if (place == Shelf::kNowhere) {
      open.pop_back();
      continue;
    }
    Take(out_.At(place));
    open.push_back((*payments_)[out_.At(place)].to);
  }
}

uint64_t Selection::Improve(__int128 value_max, uint64_t effort) {
  std::vector<uint32_t> largest_first(payments_->size());
  std::iota(largest_first.begin(), largest_first.end(), 0);
  std::ranges::sort(largest_first, {},
                    [&](uint32_t p) { return std::tuple(-(*payments_)[p].minor, p); });
  branches_ = kBranches;
  while (branches_ <= kBranchesMax && value_ < value_max && effort > 0) {
    if (!ImproveAlong(largest_first, value_max, effort)) branches_ *= 2;
  }
  return effort;
}

// Whether any chain from one of the payments led to more.
bool Selection::ImproveAlong(const std::vector<uint32_t>& starts, __int128 value_max,
                             uint64_t& effort) {
  bool improved = false;
  for (const uint32_t payment : starts) {
    if (value_ >= value_max || effort == 0) break;
    --effort;
    if (takes_[payment]) continue;
    const uint64_t steps = std::min(effort / kEffortAStep, kStepsABranch * branches_);
    steps_left_ = steps;
    if (ImprovesFrom(payment)) improved = true;
    effort -= (steps - steps_left_) * kEffortAStep;
  }
  return improved;
}

bool Selection::ImprovesFrom(uint32_t payment) {
  chain_.assign(1, payment);
  Take(payment);
  if (Mends(kDepthMax, (*payments_)[payment].minor)) return true;
  Leave(payment);
  return false;
}

void Selection::Move(uint32_t payment) {
  if (takes_[payment]) {
    Leave(payment);
  } else {
    Take(payment);
  }
}

// Whether a chain of at most `depth` further payments leaves nobody too little and gains something.
bool Selection::Mends(unsigned depth, __int128 gain) {
  // Only who sends what was taken, or receives what was left, may lack.
  const auto lacking = std::ranges::find_if(chain_, [&](uint32_t p) {
    return room_[takes_[p] ? (*payments_)[p].from : (*payments_)[p].to] < 0;
  });
  if (lacking == chain_.end()) return true;
  if (depth == 0 || steps_left_ == 0) return false;
  const uint32_t at = takes_[*lacking] ? (*payments_)[*lacking].from : (*payments_)[*lacking].to;
  const __int128 lack = -room_[at];

  // It receives one more payment, or sends one less, or two less where no one is enough.
  size_t place = in_.AtLeast(at, lack, false);
  for (unsigned i = 0; i < branches_ && place != Shelf::kNowhere; ++i) {
    if (MendsBy(in_.At(place), depth, gain)) return true;
    place = in_.Larger(at, place, false);
  }
  place = out_.AtLeast(at, lack, true);
  for (unsigned i = 0; i < branches_ && place != Shelf::kNowhere; ++i) {
    if (MendsBy(out_.At(place), depth, gain)) return true;
    place = out_.Larger(at, place, true);
  }
  place = out_.AtMost(at, lack - 1, true);
  return place != Shelf::kNowhere && MendsBy(out_.At(place), depth, gain);
}

bool Selection::MendsBy(uint32_t payment, unsigned depth, __int128 gain) {
  if (steps_left_ == 0) return false;
  --steps_left_;
  const int64_t minor = (*payments_)[payment].minor;
  const __int128 gains = gain + (takes_[payment] ? -minor : minor);
  if (gains <= 0 || std::ranges::find(chain_, payment) != chain_.end()) return false;
  Move(payment);
  chain_.push_back(payment);
  if (Mends(depth - 1, gains)) return true;
  chain_.pop_back();
  Move(payment);
  return false;
}

}  // namespace longmen::engine
