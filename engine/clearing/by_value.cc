// The set of most value (gridlock.h): a bound, a start near it, improvement, and, where there are
// few payments, all that is left to look at.
#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>

#include "engine/clearing/exact_search.h"
#include "engine/clearing/gridlock.h"
#include "engine/clearing/relaxation.h"
#include "engine/clearing/selection.h"

namespace longmen::engine {
namespace {

// Beyond these, looking at everything ends no sooner than effort does.
constexpr size_t kExactPaymentsMax = 64;

std::vector<__int128> RoomOf(const PaymentQueue& queue) {
  std::vector<__int128> room(queue.liquidity.size());
  std::ranges::transform(queue.liquidity, room.begin(),
                         [](int64_t minor) { return std::max<int64_t>(minor, 0); });
  return room;
}

// Payments that some set may hold, as far as can be told at once: none is more than its sender has
// and could receive.
std::vector<uint32_t> Possible(const PaymentQueue& queue) {
  const auto& payments = queue.payments;
  std::vector<__int128> reach = RoomOf(queue);
  for (const QueuedPayment& payment : payments) reach[payment.to] += payment.minor;
  std::vector<uint32_t> order(payments.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::sort(order, {},
                    [&](uint32_t p) { return std::tuple(payments[p].from, payments[p].minor, p); });
  std::vector<size_t> ends(reach.size() + 1);  // in `order`, of each sender's that are possible
  for (const QueuedPayment& payment : payments) ++ends[payment.from + 1];
  std::partial_sum(ends.begin(), ends.end(), ends.begin());
  const std::vector<size_t> begins(ends.begin(), ends.end() - 1);
  ends.erase(ends.begin());

  std::vector<uint32_t> open(reach.size());
  std::iota(open.begin(), open.end(), 0);
  while (!open.empty()) {
    const uint32_t from = open.back();
    if (ends[from] == begins[from] || payments[order[ends[from] - 1]].minor <= reach[from]) {
      open.pop_back();
      continue;
    }
    const auto& [_, to, minor] = payments[order[--ends[from]]];
    reach[to] -= minor;
    open.push_back(to);
  }
  std::vector<uint32_t> possible;
  for (uint32_t i = 0; i < reach.size(); ++i) {
    for (size_t at = begins[i]; at < ends[i]; ++at) possible.push_back(order[at]);
  }
  std::ranges::sort(possible);
  return possible;
}

class ByValue {
 public:
  ByValue(const PaymentQueue& queue, uint64_t effort)
      : queue_(queue), room_(RoomOf(queue)), possible_(Possible(queue)), effort_(effort) {
    for (const uint32_t p : possible_) payments_.push_back(queue.payments[p]);
  }

  Resolution Run() {
    // Half of it is for looking at everything, which may need that much.
    uint64_t improvement = effort_ / 2;
    const Relaxation relaxation = Relax(room_, payments_, improvement / 2);
    improvement -= relaxation.steps;
    Selection selection = Start(relaxation);
    improvement = selection.Improve(relaxation.value_max, improvement);
    std::vector<bool> takes = selection.takes();
    bool solved = false;
    if (payments_.size() <= kExactPaymentsMax) {
      ExactSearch search(room_, payments_, relaxation, {selection.value(), selection.count()},
                         effort_ - effort_ / 2 + improvement);
      solved = search.Run();
      if (search.best()) takes = *search.best();
    }
    return Result(takes, solved, relaxation.value_max);
  }

 private:
  // The best of what settles in fifo and of what the relaxation takes, in whole payments, with what
  // fits beside it.
  Selection Start(const Relaxation& relaxation) const {
    Selection best(room_, payments_);
    const Resolution prefix = ResolveFifo(queue_);
    for (uint32_t i = 0; i < possible_.size(); ++i) {
      if (prefix.settles[possible_[i]]) best.Take(i);
    }
    best.Fill();
    for (const Rounding rounding : {Rounding::kDown, Rounding::kNearest}) {
      const Selection rounded = Rounded(relaxation, rounding);
      if (rounded.value() > best.value()) best = rounded;
    }
    return best;
  }

  // Of each arc the largest payments that fit into what settles of it, or fit for one half.
  enum class Rounding : uint8_t { kDown, kNearest };
  Selection Rounded(const Relaxation& relaxation, Rounding rounding) const {
    Selection rounded(room_, payments_);
    for (const Relaxation::Arc& arc : relaxation.arcs) {
      __int128 left = arc.total - arc.taken_back;
      for (const uint32_t p : arc.payments) {
        if (payments_[p].minor > (rounding == Rounding::kDown ? left : 2 * left)) continue;
        left -= payments_[p].minor;
        rounded.Take(p);
      }
    }
    rounded.Mend();
    rounded.Fill();
    return rounded;
  }

  Resolution Result(const std::vector<bool>& takes, bool solved, __int128 value_max) const {
    Resolution result{.settles = std::vector<bool>(queue_.payments.size()),
                      .of_sender = std::vector<uint32_t>(queue_.liquidity.size())};
    for (size_t i = 0; i < takes.size(); ++i) {
      if (!takes[i]) continue;
      result.settles[possible_[i]] = true;
      ++result.of_sender[payments_[i].from];
      ++result.count;
      result.value += payments_[i].minor;
    }
    result.value_max = solved ? result.value : value_max;
    return result;
  }

  const PaymentQueue& queue_;
  const std::vector<__int128> room_;
  const std::vector<uint32_t> possible_;  // by their place in the queue
  std::vector<QueuedPayment> payments_;   // those
  const uint64_t effort_;
};

}  // namespace

Resolution ResolveByValue(const PaymentQueue& queue, uint64_t effort) {
  return ByValue(queue, effort).Run();
}

}  // namespace longmen::engine
