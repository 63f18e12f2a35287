// Queues drawn at random, against what can be found by looking at every set there is.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <tuple>

#include "tests/engine/clearing/queues.h"

namespace longmen::engine {
namespace {

using Prefixes = std::vector<uint32_t>;  // of every sender, how many payments from the first on

std::vector<bool> SetOf(const PaymentQueue& queue, const Prefixes& prefixes) {
  std::vector<bool> settles;
  Prefixes seen(prefixes.size());
  for (const QueuedPayment& payment : queue.payments) {
    settles.push_back(seen[payment.from]++ < prefixes[payment.from]);
  }
  return settles;
}

// All sets of prefixes that may settle.
std::vector<Prefixes> AllThatMaySettle(const PaymentQueue& queue) {
  Prefixes all(queue.liquidity.size());
  for (const QueuedPayment& payment : queue.payments) ++all[payment.from];
  std::vector<Prefixes> found;
  for (Prefixes at(all.size());;) {
    if (MaySettle(queue, SetOf(queue, at))) found.push_back(at);
    size_t i = 0;
    while (i < at.size() && at[i] == all[i]) at[i++] = 0;
    if (i == at.size()) return found;
    ++at[i];
  }
}

RC_GTEST_PROP(FifoResolution, HoldsEveryOtherSetOfPrefixesThatMaySettle, ()) {
  const PaymentQueue queue = *AnyQueue(12);
  const Resolution resolution = ResolveFifo(queue);
  ExpectSound(queue, resolution);
  const auto all = AllThatMaySettle(queue);
  RC_ASSERT(std::ranges::find(all, resolution.of_sender) != all.end());
  RC_ASSERT(resolution.settles == SetOf(queue, resolution.of_sender));
  for (const Prefixes& other : all) {
    for (size_t i = 0; i < other.size(); ++i) RC_ASSERT(other[i] <= resolution.of_sender[i]);
  }
}

// Participants are renamed, and senders' payments put behind each other.
RC_GTEST_PROP(FifoResolution, DependsOnNoNumbering, ()) {
  const PaymentQueue queue = *AnyQueue(30);
  std::vector<uint32_t> name(queue.liquidity.size());
  std::iota(name.begin(), name.end(), 0);
  std::shuffle(name.begin(), name.end(), std::mt19937(*rc::gen::arbitrary<uint32_t>()));
  PaymentQueue other{std::vector<int64_t>(name.size()), {}};
  for (size_t i = 0; i < name.size(); ++i) other.liquidity[name[i]] = queue.liquidity[i];
  for (uint32_t i = 0; i < name.size(); ++i) {
    for (const auto& [from, to, minor] : queue.payments) {
      if (name[from] == i) other.payments.push_back({i, name[to], minor});
    }
  }
  const Resolution one = ResolveFifo(queue);
  const Resolution two = ResolveFifo(other);
  RC_ASSERT(one.value == two.value);
  for (size_t i = 0; i < name.size(); ++i) RC_ASSERT(one.of_sender[i] == two.of_sender[name[i]]);
}

// The most value, then the most payments, then what comes first.
std::vector<bool> BestOf(const PaymentQueue& queue) {
  const size_t count = queue.payments.size();
  std::vector<bool> best(count);
  const auto rank = [&](const std::vector<bool>& set) {
    return std::tuple(ValueOf(queue, set), std::ranges::count(set, true), set);
  };
  for (uint32_t bits = 0; bits < uint32_t{1} << count; ++bits) {
    std::vector<bool> set(count);
    for (size_t p = 0; p < count; ++p) set[p] = (bits >> p & 1) != 0;
    if (ValueOf(queue, set) >= ValueOf(queue, best) && MaySettle(queue, set) &&
        rank(set) > rank(best)) {
      best = set;
    }
  }
  return best;
}

RC_GTEST_PROP(ResolutionByValue, IsTheBestOfAllSets, ()) {
  const PaymentQueue queue = *AnyQueue(14);
  const Resolution resolution = ResolveByValue(queue);
  ExpectSound(queue, resolution);
  RC_ASSERT(resolution.settles == BestOf(queue));
  RC_ASSERT(resolution.value == resolution.value_max);
}

RC_GTEST_PROP(ResolutionByValue, IsSoundAndNoWorseThanFifoHoweverLittleEffort, ()) {
  const PaymentQueue queue = *AnyQueue(12);
  const Resolution resolution = ResolveByValue(queue, *rc::gen::inRange<uint64_t>(0, 60));
  ExpectSound(queue, resolution);
  RC_ASSERT(resolution.value >= ResolveFifo(queue).value);
  RC_ASSERT(resolution.value_max >= ValueOf(queue, BestOf(queue)));
}

TEST(ResolutionByValue, IsSoundTheSameAgainAndNoWorseThanFifoForManyPayments) {
  constexpr uint64_t kEffort = 1'000'000;
  for (uint64_t number = 1; number <= 12; ++number) {
    const auto per_mille = static_cast<int64_t>(number % 4 * number % 4 * 40);
    const PaymentQueue queue = LargeQueue(number, 10 + 4 * number, 250 * number, per_mille);
    const Resolution resolution = ResolveByValue(queue, kEffort);
    ExpectSound(queue, resolution);
    EXPECT_EQ(resolution, ResolveByValue(queue, kEffort)) << number;
    const Resolution fifo = ResolveFifo(queue);
    ExpectSound(queue, fifo);
    EXPECT_TRUE(resolution.value >= fifo.value) << number;
  }
}

// What may be split bounds what may not, and comes close where payments are many and small.
TEST(ResolutionByValue, ComesWithinOneHundredthOfItsBoundWhereLiquidityIsAFifthOfTheValue) {
  for (uint64_t number = 1; number <= 3; ++number) {
    const PaymentQueue queue = LargeQueue(number, 40, 5'000, 200);
    const Resolution resolution = ResolveByValue(queue);
    EXPECT_LT(ResolveFifo(queue).count, queue.payments.size());
    EXPECT_TRUE((resolution.value_max - resolution.value) * 100 < resolution.value_max) << number;
  }
}

// The next payment that leaves, by looking at every one.
Released LetGoOneByOne(const PaymentQueue& queue, QueueOrder order) {
  std::vector<bool> gone(queue.payments.size());
  Released released{{}, {queue.liquidity.begin(), queue.liquidity.end()}};
  for (bool found = true; found;) {
    found = false;
    std::vector<bool> held(queue.liquidity.size());
    for (uint32_t p = 0; p < queue.payments.size() && !found; ++p) {
      const auto& [from, to, minor] = queue.payments[p];
      if (gone[p] || held[from]) continue;
      held[from] = order == QueueOrder::kFifo;
      if (released.liquidity[from] < minor) continue;
      released.liquidity[from] -= minor;
      released.liquidity[to] += minor;
      released.payments.push_back(p);
      gone[p] = found = true;
    }
  }
  return released;
}

RC_GTEST_PROP(SettlingAlone, LetsTheOldestGoThatCan, ()) {
  const PaymentQueue queue = *AnyQueue(40);
  const auto order = *rc::gen::element(QueueOrder::kFifo, QueueOrder::kBypassFifo);
  const Released released = SettleAlone(queue, order);
  const Released naive = LetGoOneByOne(queue, order);
  RC_ASSERT(released.payments == naive.payments);
  RC_ASSERT(released.liquidity == naive.liquidity);
}

RC_GTEST_PROP(SettlingAlone, TakesNobodyBelowZeroAndInFifoIsPartOfTheResolution, ()) {
  const PaymentQueue queue = *AnyQueue(40);
  for (const QueueOrder order : {QueueOrder::kFifo, QueueOrder::kBypassFifo}) {
    std::vector<__int128> left(queue.liquidity.begin(), queue.liquidity.end());
    Prefixes of_sender(left.size());
    for (const uint32_t p : SettleAlone(queue, order).payments) {
      const auto& [from, to, minor] = queue.payments[p];
      left[from] -= minor;
      left[to] += minor;
      RC_ASSERT(left[from] >= 0);
      ++of_sender[from];
    }
    if (order == QueueOrder::kBypassFifo) continue;
    const Resolution together = ResolveFifo(queue);
    for (size_t i = 0; i < left.size(); ++i) RC_ASSERT(of_sender[i] <= together.of_sender[i]);
  }
}

}  // namespace
}  // namespace longmen::engine
