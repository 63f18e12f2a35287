#include "engine/clearing/gridlock.h"

#include <algorithm>

#include "engine/clearing/releases.h"
#include "events/base/check.h"

namespace longmen::engine {
namespace {

constexpr uint32_t kNone = UINT32_MAX;

}  // namespace

Resolution ResolveFifo(const PaymentQueue& queue) {
  const auto& payments = queue.payments;
  CHECK(payments.size() < kNone, "clearing.payments", payments.size());
  // What would be left of each participant's liquidity; who has less than nothing has nothing to
  // give, and may only not lose.
  std::vector<__int128> left(queue.liquidity.size());
  std::ranges::transform(queue.liquidity, left.begin(),
                         [](int64_t minor) { return std::max<int64_t>(minor, 0); });
  Resolution all{.settles = std::vector<bool>(payments.size(), true),
                 .of_sender = std::vector<uint32_t>(left.size()),
                 .count = payments.size()};
  std::vector<uint32_t> last(left.size(), kNone);  // that is still in the set, by sender
  std::vector<uint32_t> before(payments.size());   // of the same sender
  for (uint32_t p = 0; p < payments.size(); ++p) {
    const auto& [from, to, minor] = payments[p];
    CHECK(from < left.size() && to < left.size() && from != to && minor > 0, "clearing.payment",
          from, to, minor);
    left[from] -= minor;
    left[to] += minor;
    all.value += minor;
    ++all.of_sender[from];
    before[p] = last[from];
    last[from] = p;
  }

  std::vector<uint32_t> below;
  for (uint32_t i = 0; i < left.size(); ++i) {
    if (left[i] < 0) below.push_back(i);
  }
  while (!below.empty()) {
    const uint32_t from = below.back();
    below.pop_back();
    while (left[from] < 0) {
      const uint32_t p = last[from];
      const auto& [_, to, minor] = payments[p];
      last[from] = before[p];
      left[from] += minor;
      // It is put down once: when it falls below, and not again before it has been dealt with.
      if (left[to] >= 0 && left[to] < minor) below.push_back(to);
      left[to] -= minor;
      all.settles[p] = false;
      all.value -= minor;
      --all.count;
      --all.of_sender[from];
    }
  }
  all.value_max = all.value;
  return all;
}

Released SettleAlone(const PaymentQueue& queue, QueueOrder order) {
  const std::vector<__int128> liquidity(queue.liquidity.begin(), queue.liquidity.end());
  Releases releases(liquidity, queue.payments, order);
  for (uint32_t p = 0; p < queue.payments.size(); ++p) releases.Join(p);
  Released released;
  for (uint32_t p = releases.SettleNext(); p != Releases::kNone; p = releases.SettleNext()) {
    released.payments.push_back(p);
  }
  released.liquidity = releases.liquidity();
  return released;
}

}  // namespace longmen::engine
