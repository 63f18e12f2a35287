// The what-if, on a day that can be followed by hand and on days drawn at random.
#include "engine/clearing/liquidity_study.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <random>

#include "engine/clearing/netting.h"
#include "tests/engine/clearing/queues.h"

namespace longmen::engine {
namespace {

constexpr Nanos kMinute = kNanosPerMinute;

// A payment a minute.
std::vector<TimedPayment> EveryMinute(const std::string& payments) {
  std::vector<TimedPayment> timed;
  for (const auto& [from, to, minor] : Payments(payments)) {
    timed.push_back({static_cast<Nanos>(timed.size()) * kMinute, from, to, minor});
  }
  return timed;
}

StudyOptions TenMinutes(const std::string& opening) {
  return {.end = 10 * kMinute,
          .resolution_interval = 5 * kMinute,
          .opening = Amounts(opening),
          .buckets = 10};
}

// Three banks that each wait for another: nothing moves alone, and everything together.
TEST(LiquidityStudy, OfACircleThatNeedsNoMoneyAtAll) {
  const auto payments = EveryMinute("A>B 100, B>C 100, C>A 100");
  const StudyOptions options = TenMinutes("A0 B0 C0");
  const LiquidityStudy study = StudyLiquidity(3, payments, options);
  struct Row {
    const char* method;
    const MethodFigures& figures;
    int64_t used;
    uint64_t settled;
    int64_t left;
    Nanos delay;
    uint64_t resolutions;
    int64_t saved;  // per mille
  };
  const Row rows[] = {
      {"gross", study.gross, 100, 3, 0, 0, 0, 0},
      {"multilateral", study.multilateral_net, 0, 3, 0, 9 * kMinute, 0, 1'000},
      {"bilateral", study.bilateral_net, 300, 3, 0, 9 * kMinute, 0, -2'000},
      {"single release", study.single_release, 0, 0, 300, 9 * kMinute, 0, 1'000},
      {"gridlock", study.gridlock, 0, 3, 0, 4 * kMinute, 1, 1'000},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.method);
    EXPECT_TRUE(row.figures.liquidity_used == row.used);
    EXPECT_EQ(row.figures.settled_count, row.settled);
    EXPECT_TRUE(row.figures.settled_value == 300 - row.left);
    EXPECT_TRUE(row.figures.left_value == row.left);
    EXPECT_EQ(row.figures.mean_delay, row.delay);
    EXPECT_EQ(row.figures.mean_delay_by_value, row.delay);
    EXPECT_EQ(row.figures.resolutions, row.resolutions);
    EXPECT_TRUE(study.savings(row.figures).PerMille() == row.saved);
  }
  EXPECT_TRUE(study.gross.turnover().PerMille() == 3'000);
  EXPECT_EQ(study.gridlock.turnover().PerMille(), std::nullopt);
  EXPECT_TRUE(study.gridlock.resolved_value == 300);
  EXPECT_EQ(study.gridlock.resolved_count, 3u);
  EXPECT_EQ(study.gridlock_percent, 0u);
  EXPECT_EQ(study.single_release_percent, 100u);

  const std::vector<Bucket> waits = {{100, 0}, {200, 0}, {300, 0}, {300, 0}, {300, 0},
                                     {300, 0}, {0, 0},   {0, 0},   {0, 0},   {0, 0}};
  EXPECT_EQ(study.gridlock.series, waits);
  const std::vector<Bucket> at_once = {{0, 100}, {0, 100}, {0, 100}, {0, 0}, {0, 0},
                                       {0, 0},   {0, 0},   {0, 0},   {0, 0}, {0, 0}};
  EXPECT_EQ(study.gross.series, at_once);
}

// Q1: what cannot settle holds up what could, unless it is passed by.
TEST(LiquidityStudy, OfAQueueThatIsPassedBy) {
  const auto payments = EveryMinute("A>B 100, A>C 50, C>A 30");
  StudyOptions options = TenMinutes("A60 B0 C0");
  EXPECT_EQ(StudyLiquidity(3, payments, options).gridlock.settled_count, 0u);
  options.order = QueueOrder::kBypassFifo;
  const LiquidityStudy study = StudyLiquidity(3, payments, options);
  EXPECT_EQ(study.single_release.settled_count, 2u);
  EXPECT_TRUE(study.single_release.settled_value == 80);
  EXPECT_TRUE(study.single_release.liquidity_used == 50);
  EXPECT_TRUE(study.single_release.left_value == 100);
  // Two settle at once and 100 waits ten minutes.
  EXPECT_EQ(study.single_release.mean_delay, 10 * kMinute / 3);
  EXPECT_EQ(study.single_release.mean_delay_by_value, 1'000 * kMinute / 180);
  EXPECT_EQ(study.single_release, study.gridlock);
  // Only where it nets does A pay with what it receives later.
  const std::vector<__int128> at_once = {150, 0, 0};
  const std::vector<__int128> netted = {120, 0, 0};
  EXPECT_EQ(study.gross.used, at_once);
  EXPECT_EQ(study.multilateral_net.used, netted);
  EXPECT_EQ(study.bilateral_net.used, netted);
}

// What bypassing lets go after a resolution lets the next one settle what lacked it.
TEST(LiquidityStudy, ResolvesAgainWhatTheLastResolutionSetFree) {
  const auto payments = EveryMinute("A>B 105, B>A 100, C>D 50, C>A 5, E>F 100, F>E 95, F>C 5");
  StudyOptions options = TenMinutes("A0 B0 C0 D0 E5 F0");
  options.order = QueueOrder::kBypassFifo;
  options.resolution_interval = 2 * kMinute;
  const MethodFigures figures = StudyLiquidity(6, payments, options).gridlock;
  EXPECT_EQ(figures.resolutions, 2u);
  EXPECT_EQ(figures.resolved_count, 5u);
  EXPECT_EQ(figures.settled_count, 6u);
  EXPECT_EQ(figures.mean_delay, (8 + 7 + 8 + 3 + 2 + 1 + 0) * kMinute / 7);
}

TEST(LiquidityStudy, OpensWithPartOfWhatGrossNeedsRoundedUp) {
  StudyOptions options = TenMinutes("");
  options.opening_percent = 50;
  const LiquidityStudy study = StudyLiquidity(2, EveryMinute("A>B 101"), options);
  EXPECT_EQ(study.opening, (std::vector<int64_t>{51, 0}));
}

TEST(LiquidityStudy, DividesDownwards) {
  EXPECT_TRUE((Ratio{1, 3}.PerMille() == 333));
  EXPECT_TRUE((Ratio{-1, 3}.PerMille() == -334));
  EXPECT_EQ((Ratio{1, 0}.PerMille()), std::nullopt);
}

TEST(LiquidityStudy, ResolvesByValueWhereItIsTold) {
  const auto payments = EveryMinute("A>B 100, A>B 40, B>A 60");
  StudyOptions options = TenMinutes("A0 B0");
  EXPECT_EQ(StudyLiquidity(2, payments, options).gridlock.settled_count, 0u);
  options.by_value = true;
  options.opening = Amounts("A0 B20");
  const MethodFigures figures = StudyLiquidity(2, payments, options).gridlock;
  EXPECT_TRUE(figures.settled_value == 100);
  EXPECT_TRUE(figures.resolved_value == 100);
  EXPECT_EQ(figures.resolutions, 1u);
}

TEST(LiquidityStudy, OfNothing) {
  const LiquidityStudy study = StudyLiquidity(2, {}, {});
  EXPECT_EQ(study.gross, study.gridlock);
  EXPECT_EQ(study.gross.series, std::vector<Bucket>(96));
  EXPECT_EQ(study.savings(study.gridlock).PerMille(), std::nullopt);
}

TEST(LiquidityStudy, HoldsTheLargestAmountsOverTheLongestDay) {
  const std::vector<TimedPayment> payments(1'000, {0, 0, 1, INT64_MAX});
  StudyOptions options{.end = kInstantMax};
  options.opening = {INT64_MAX, 0};
  const LiquidityStudy study = StudyLiquidity(2, payments, options);
  EXPECT_TRUE(study.gross.liquidity_used == static_cast<__int128>(INT64_MAX) * 1'000);
  EXPECT_EQ(study.multilateral_net.mean_delay_by_value, kInstantMax);
  EXPECT_EQ(study.gridlock.settled_count, 1u);
  EXPECT_EQ(study.gridlock.left_count, 999u);
}

// A day of sixty instants, resolved every seven.
constexpr Nanos kLast = 60;
constexpr Nanos kInterval = 7;
constexpr size_t kBuckets = 12;

struct AnyDay {
  uint32_t participants = 0;
  std::vector<TimedPayment> payments;
  StudyOptions options;
};

AnyDay DrawDay() {
  const bool by_value = *rc::gen::arbitrary<bool>();
  // By value no more than are always solved: what a resolution leaves, the next leaves as well.
  const PaymentQueue queue = *AnyQueue(by_value ? 16 : 40);
  AnyDay day{static_cast<uint32_t>(queue.liquidity.size()), {}, {}};
  std::vector<Nanos> times;
  for (size_t i = 0; i < queue.payments.size(); ++i) {
    times.push_back(*rc::gen::resize(rc::kNominalSize, rc::gen::inRange<Nanos>(0, kLast + 1)));
  }
  std::ranges::sort(times);
  for (size_t i = 0; i < times.size(); ++i) {
    const auto& [from, to, minor] = queue.payments[i];
    day.payments.push_back({times[i], from, to, minor});
  }
  day.options.end = kLast;
  day.options.resolution_interval = kInterval;
  day.options.opening_percent = *rc::gen::element<uint32_t>(0, 5, 30, 50, 80, 95, 100);
  day.options.order = *rc::gen::element(QueueOrder::kFifo, QueueOrder::kBypassFifo);
  day.options.by_value = by_value;
  day.options.buckets = kBuckets;
  return day;
}

// The figures of a queue, by doing at every instant all there is to do.
MethodFigures Naive(const AnyDay& day, const std::vector<int64_t>& opening, bool resolves) {
  MethodFigures figures;
  figures.used.resize(day.participants);
  figures.series.resize(day.options.buckets);
  std::vector<TimedPayment> waiting;
  std::vector<int64_t> liquidity = opening;
  __int128 delay = 0;
  __int128 delay_by_value = 0;
  const auto queue = [&] {
    PaymentQueue now{liquidity, {}};
    for (const auto& [at, from, to, minor] : waiting) now.payments.push_back({from, to, minor});
    return now;
  };
  const auto settle = [&](const std::vector<bool>& settles, Nanos now) {
    std::vector<TimedPayment> others;
    for (size_t i = 0; i < waiting.size(); ++i) {
      if (!settles[i]) {
        others.push_back(waiting[i]);
        continue;
      }
      const auto& [at, from, to, minor] = waiting[i];
      liquidity[from] -= minor;
      liquidity[to] += minor;
      ++figures.settled_count;
      figures.settled_value += minor;
      delay += now - at;
      delay_by_value += static_cast<__int128>(now - at) * minor;
    }
    waiting = others;
  };
  const auto use = [&] {
    for (size_t i = 0; i < liquidity.size(); ++i) {
      figures.used[i] = std::max<__int128>(figures.used[i], opening[i] - liquidity[i]);
    }
  };
  const auto observe = [&](size_t bucket) {
    Bucket seen;
    for (const TimedPayment& each : waiting) seen.queued += each.minor;
    for (size_t i = 0; i < liquidity.size(); ++i) {
      seen.liquidity_in_use += std::max<int64_t>(0, opening[i] - liquidity[i]);
    }
    Bucket& most = figures.series[std::min<size_t>(bucket, kBuckets - 1)];
    most.queued = std::max(most.queued, seen.queued);
    most.liquidity_in_use = std::max(most.liquidity_in_use, seen.liquidity_in_use);
  };
  const auto release = [&](Nanos now) {
    for (bool found = true; found;) {
      const auto one = SettleAlone(queue(), day.options.order).payments;
      found = !one.empty();
      std::vector<bool> settles(waiting.size());
      if (found) settles[one[0]] = true;
      settle(settles, now);
      use();
    }
  };
  size_t next = 0;
  for (Nanos now = 0; now <= kLast; ++now) {
    const auto bucket = static_cast<size_t>(now) * kBuckets / kLast;
    for (; next < day.payments.size() && day.payments[next].at == now; ++next) {
      waiting.push_back(day.payments[next]);
      release(now);
      observe(bucket);
    }
    if (resolves && (now % kInterval == 0 || now == kLast)) {
      const Resolution resolution =
          day.options.by_value ? ResolveByValue(queue(), day.options.effort) : ResolveFifo(queue());
      settle(resolution.settles, now);
      if (resolution.count > 0) {
        ++figures.resolutions;
        figures.resolved_count += resolution.count;
        figures.resolved_value += resolution.value;
        use();
      }
      release(now);
    }
    observe(bucket);
    // A bucket begins with what the one before it ended with.
    observe(static_cast<size_t>(now + 1) * kBuckets / kLast);
  }
  for (const TimedPayment& left : waiting) {
    ++figures.left_count;
    figures.left_value += left.minor;
    delay += kLast - left.at;
    delay_by_value += static_cast<__int128>(kLast - left.at) * left.minor;
  }
  for (const __int128 used : figures.used) figures.liquidity_used += used;
  const __int128 value = figures.settled_value + figures.left_value;
  const uint64_t count = figures.settled_count + figures.left_count;
  if (count > 0) figures.mean_delay = static_cast<Nanos>(delay / count);
  if (count > 0) figures.mean_delay_by_value = static_cast<Nanos>(delay_by_value / value);
  return figures;
}

RC_GTEST_PROP(LiquidityStudyProperty, QueuesAsIfEveryInstantWereLookedAt, ()) {
  const AnyDay day = DrawDay();
  const LiquidityStudy study = StudyLiquidity(day.participants, day.payments, day.options);
  RC_ASSERT(study.single_release == Naive(day, study.opening, false));
  RC_ASSERT(study.gridlock == Naive(day, study.opening, true));
}

RC_GTEST_PROP(LiquidityStudyProperty, SettlesOrLeavesEveryPayment, ()) {
  const AnyDay day = DrawDay();
  const LiquidityStudy study = StudyLiquidity(day.participants, day.payments, day.options);
  __int128 value = 0;
  for (const TimedPayment& payment : day.payments) value += payment.minor;
  for (const MethodFigures* each : {&study.gross, &study.multilateral_net, &study.bilateral_net,
                                    &study.single_release, &study.gridlock}) {
    RC_ASSERT(each->settled_count + each->left_count == day.payments.size());
    RC_ASSERT(each->settled_value + each->left_value == value);
    RC_ASSERT(each->mean_delay >= 0 && each->mean_delay <= kLast);
    for (const Bucket& bucket : each->series) {
      RC_ASSERT(bucket.liquidity_in_use <= each->liquidity_used);
    }
  }
  RC_ASSERT(study.multilateral_net.liquidity_used <= study.gross.liquidity_used);
  RC_ASSERT(study.gridlock.left_value <= study.single_release.left_value ||
            day.options.order == QueueOrder::kBypassFifo || day.options.by_value);
  for (size_t i = 0; i < day.participants; ++i) {
    RC_ASSERT(study.gridlock.used[i] <= study.opening[i]);
    RC_ASSERT(study.single_release.used[i] <= study.opening[i]);
  }
}

RC_GTEST_PROP(LiquidityStudyProperty, NeedsExactlyWhatGrossSaysToPayEverythingAtOnce, ()) {
  AnyDay day = DrawDay();
  day.options.opening_percent = 100;
  const LiquidityStudy study = StudyLiquidity(day.participants, day.payments, day.options);
  RC_ASSERT(study.single_release == study.gross);
  for (size_t i = 0; i < day.participants; ++i) {
    if (study.gross.used[i] == 0) continue;
    day.options.opening = study.opening;
    --day.options.opening[i];
    const MethodFigures less =
        StudyLiquidity(day.participants, day.payments, day.options).single_release;
    // One fen less, and something is seen to wait.
    RC_ASSERT(std::ranges::any_of(less.series, [](const Bucket& each) { return each.queued > 0; }));
  }
}

RC_GTEST_PROP(LiquidityStudyProperty, FindsTheLeastPercentageAtWhichEverythingSettles, ()) {
  AnyDay day = DrawDay();
  const auto left = [&day](uint32_t percent) {
    day.options.opening_percent = percent;
    const LiquidityStudy study = StudyLiquidity(day.participants, day.payments, day.options);
    return std::pair(study.single_release.left_count, study.gridlock.left_count);
  };
  const LiquidityStudy study = StudyLiquidity(day.participants, day.payments, day.options);
  RC_ASSERT(left(study.single_release_percent).first == 0u);
  RC_ASSERT(left(study.gridlock_percent).second == 0u);
  for (uint32_t percent = 0; percent < study.single_release_percent; percent += 5) {
    RC_ASSERT(left(percent).first > 0u);
  }
  for (uint32_t percent = 0; percent < study.gridlock_percent; percent += 5) {
    RC_ASSERT(left(percent).second > 0u);
  }
}

}  // namespace
}  // namespace longmen::engine
