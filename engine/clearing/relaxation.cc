#include "engine/clearing/relaxation.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <queue>
#include <tuple>

namespace longmen::engine {
namespace {

constexpr uint32_t kNone = UINT32_MAX;
constexpr int64_t kFar = std::numeric_limits<int64_t>::max();

std::vector<Relaxation::Arc> ArcsOf(const std::vector<QueuedPayment>& payments) {
  std::vector<uint32_t> order(payments.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::sort(order, {}, [&](uint32_t p) {
    return std::tuple(payments[p].from, payments[p].to, -payments[p].minor, p);
  });
  std::vector<Relaxation::Arc> arcs;
  for (const uint32_t p : order) {
    const auto& [from, to, minor] = payments[p];
    if (arcs.empty() || arcs.back().from != from || arcs.back().to != to) {
      arcs.push_back({.from = from, .to = to, .payments = {}});
    }
    arcs.back().total += minor;
    arcs.back().payments.push_back(p);
  }
  return arcs;
}

// Moves what participants lack along arcs, cheapest way first, to participants with room.
class TakingBack {
 public:
  TakingBack(std::vector<__int128> room, Relaxation& relaxation, uint64_t effort)
      : room_(std::move(room)),
        relaxation_(relaxation),
        price_(relaxation.price),
        effort_(effort),
        ends_(room_.size()) {
    for (uint32_t a = 0; a < relaxation_.arcs.size(); ++a) {
      const auto& arc = relaxation_.arcs[a];
      room_[arc.from] -= arc.total;
      room_[arc.to] += arc.total;
      ends_[arc.from].push_back({arc.to, a, true});
      ends_[arc.to].push_back({arc.from, a, false});
    }
  }

  void Run() {
    while (effort_ > 0 && RaisePrices()) {
      while (effort_ > 0 && FindLevels()) MoveAlongLevels();
    }
  }

  uint64_t effort_left() const { return effort_; }

 private:
  // An arc seen from one of its participants, which can hand what it lacks to the other: by taking
  // back of what it sends, at a cost of one, or by having back what was taken from it.
  struct End {
    uint32_t other;
    uint32_t arc;
    bool sends;
  };

  void Step() { effort_ -= effort_ > 0 ? 1 : 0; }
  __int128 Capacity(const End& end) const {
    const auto& arc = relaxation_.arcs[end.arc];
    return end.sends ? arc.total - arc.taken_back : arc.taken_back;
  }

  // By how much handing on costs more than prices say; never below zero where it is possible.
  int64_t ReducedCost(uint32_t from, const End& end) const {
    return (end.sends ? 1 : -1) - price_[from] + price_[end.other];
  }

  // To where the nearest room can be reached from somebody who lacks. False: nobody lacks.
  bool RaisePrices() {
    std::vector<int64_t> distance(room_.size(), kFar);
    using Entry = std::pair<int64_t, uint32_t>;
    std::priority_queue<Entry, std::vector<Entry>, std::greater<>> near;
    for (uint32_t i = 0; i < room_.size(); ++i) {
      if (room_[i] > 0) near.emplace(distance[i] = 0, i);
    }
    int64_t reached = kFar;
    while (!near.empty()) {
      const auto [so_far, i] = near.top();
      near.pop();
      if (so_far > distance[i]) continue;
      if (room_[i] < 0) {
        reached = so_far;
        break;
      }
      for (const End& end : ends_[i]) {
        Step();
        // Backwards: what the other hands to this one.
        const End back{i, end.arc, !end.sends};
        if (Capacity(back) == 0) continue;
        const int64_t there = so_far + ReducedCost(end.other, back);
        if (there < distance[end.other]) near.emplace(distance[end.other] = there, end.other);
      }
    }
    if (reached == kFar) return false;
    for (uint32_t i = 0; i < room_.size(); ++i) price_[i] += std::min(distance[i], reached);
    return true;
  }

  // How many arcs without reduced cost lead from somebody who lacks; false: to no room.
  bool FindLevels() {
    level_.assign(room_.size(), kNone);
    next_.assign(room_.size(), 0);
    std::vector<uint32_t> queue;
    for (uint32_t i = 0; i < room_.size(); ++i) {
      if (room_[i] < 0) {
        level_[i] = 0;
        queue.push_back(i);
      }
    }
    bool found = false;
    for (size_t at = 0; at < queue.size(); ++at) {
      const uint32_t i = queue[at];
      found = found || room_[i] > 0;
      for (const End& end : ends_[i]) {
        Step();
        if (level_[end.other] != kNone || ReducedCost(i, end) != 0 || Capacity(end) == 0) continue;
        level_[end.other] = level_[i] + 1;
        queue.push_back(end.other);
      }
    }
    return found;
  }

  void MoveAlongLevels() {
    for (uint32_t i = 0; i < room_.size(); ++i) {
      while (room_[i] < 0 && effort_ > 0 && MoveFrom(i)) {
      }
    }
  }

  // One way from `start` to room, a level further with every arc; each arc that leads nowhere is
  // looked at once. False: there is none any more.
  bool MoveFrom(uint32_t start) {
    way_.clear();
    for (uint32_t at = start; room_[at] <= 0;) {
      if (next_[at] == ends_[at].size()) {
        if (way_.empty()) return false;
        at = way_.back().first;
        way_.pop_back();
        ++next_[at];
        continue;
      }
      Step();
      const End& end = ends_[at][next_[at]];
      if (level_[end.other] == level_[at] + 1 && ReducedCost(at, end) == 0 && Capacity(end) > 0) {
        way_.emplace_back(at, &end);
        at = end.other;
      } else {
        ++next_[at];
      }
    }
    const uint32_t goal = way_.back().second->other;
    __int128 moved = std::min(room_[goal], -room_[start]);
    for (const auto& [_, end] : way_) moved = std::min(moved, Capacity(*end));
    for (const auto& [_, end] : way_) {
      relaxation_.arcs[end->arc].taken_back += end->sends ? moved : -moved;
    }
    room_[start] += moved;
    room_[goal] -= moved;
    return true;
  }

  std::vector<__int128> room_;  // below zero: what it lacks
  Relaxation& relaxation_;
  std::vector<int64_t>& price_;
  uint64_t effort_;
  std::vector<std::vector<End>> ends_;  // by participant
  std::vector<uint32_t> level_;
  std::vector<size_t> next_;  // end to look at, by participant
  std::vector<std::pair<uint32_t, const End*>> way_;
};

}  // namespace

Relaxation Relax(const std::vector<__int128>& room, const std::vector<QueuedPayment>& payments,
                 uint64_t effort) {
  Relaxation relaxation{.price = std::vector<int64_t>(room.size()), .arcs = ArcsOf(payments)};
  TakingBack taking_back(room, relaxation, effort);
  taking_back.Run();
  relaxation.steps = effort - taking_back.effort_left();
  for (size_t i = 0; i < room.size(); ++i) {
    relaxation.value_max += room[i] * relaxation.price[i];
  }
  for (const QueuedPayment& payment : payments) {
    relaxation.value_max += std::max<__int128>(0, WorthAtPrices(relaxation.price, payment));
  }
  return relaxation;
}

}  // namespace longmen::engine
