#include "engine/clearing/liquidity_study.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "engine/clearing/day_record.h"
#include "engine/clearing/netting.h"
#include "engine/clearing/releases.h"
#include "events/base/check.h"

namespace longmen::engine {
namespace {

constexpr uint32_t kPercentStep = 5;
constexpr uint32_t kAllPercent = 100;
constexpr int64_t kMostMinor = std::numeric_limits<int64_t>::max();

struct Day {
  uint32_t participants;
  std::span<const TimedPayment> timed;
  std::vector<QueuedPayment> payments;  // the same
  const StudyOptions& options;
};

Day DayOf(uint32_t participants, std::span<const TimedPayment> timed, const StudyOptions& options) {
  CHECK(options.begin <= options.end && options.resolution_interval >= 0, "clearing.study.options",
        options.begin, options.end, options.resolution_interval);
  Day day{participants, timed, {}, options};
  day.payments.reserve(timed.size());
  Nanos before = options.begin;
  for (const auto& [at, from, to, minor] : timed) {
    CHECK(before <= at && at <= options.end, "clearing.study.time", before, at, options.end);
    before = at;
    day.payments.push_back({from, to, minor});
  }
  return day;
}

void MoveOne(DayRecord& record, const TimedPayment& payment) {
  record.Move(payment.from, payment.minor);
  record.Move(payment.to, -static_cast<__int128>(payment.minor));
}

MethodFigures AtOnce(const Day& day) {
  DayRecord record(day.participants, day.options);
  for (const TimedPayment& payment : day.timed) {
    record.Arrive(payment);
    record.Settle(payment, payment.at);
    MoveOne(record, payment);
    record.Observe(payment.at);
  }
  return record.Close();
}

// `pays`: what each participant has to pay then, beyond what it receives in the same step.
MethodFigures AtTheEnd(const Day& day, const std::vector<__int128>& pays) {
  DayRecord record(day.participants, day.options);
  for (const TimedPayment& payment : day.timed) {
    record.Arrive(payment);
    record.Observe(payment.at);
  }
  for (const TimedPayment& payment : day.timed) record.Settle(payment, day.options.end);
  for (uint32_t i = 0; i < day.participants; ++i) record.Move(i, pays[i]);
  return record.Close();
}

MethodFigures NettedMultilaterally(const Day& day, const std::vector<NetPosition>& positions) {
  std::vector<__int128> pays;
  for (const NetPosition& position : positions) pays.push_back(-position.net());
  return AtTheEnd(day, pays);
}

// Each pair for itself: nobody pays one with what another has just paid.
MethodFigures NettedBilaterally(const Day& day) {
  std::vector<__int128> pays(day.participants);
  for (const auto& [payer, payee, minor] : NetBilaterally(day.payments)) pays[payer] += minor;
  return AtTheEnd(day, pays);
}

// Payments wait until their senders can pay, one by one or, where it resolves, together.
class QueuedDay {
 public:
  QueuedDay(const Day& day, const std::vector<int64_t>& opening, bool resolves)
      : day_(day),
        releases_(std::vector<__int128>(opening.begin(), opening.end()), day.payments,
                  day.options.order),
        record_(day.participants, day.options),
        resolves_(resolves) {}

  MethodFigures Run() {
    for (uint32_t p = 0; p < day_.timed.size(); ++p) {
      const Nanos now = day_.timed[p].at;
      ResolveBefore(now);
      record_.Arrive(day_.timed[p]);
      releases_.Join(p);
      Release(now);
      if (!resolves_) continue;
      if (releases_.waits(p)) waiting_.push_back(p);
      if (!news_) due_ = NextResolution(now);
      news_ = true;
    }
    ResolveBefore(day_.options.end);
    if (resolves_) Resolve(day_.options.end);
    for (uint32_t p = 0; p < day_.timed.size(); ++p) {
      if (releases_.waits(p)) record_.Leave(day_.timed[p]);
    }
    return record_.Close();
  }

 private:
  // Who comes at the instant of a resolution takes part in it, so that one is not yet done. After
  // one that settles nothing there is nothing to do until somebody comes.
  void ResolveBefore(Nanos now) {
    while (news_ && due_ < now) {
      news_ = Resolve(due_);
      if (news_) due_ = NextResolution(due_ + 1);
    }
  }

  // The first that is not before `now`.
  Nanos NextResolution(Nanos now) const {
    const StudyOptions& options = day_.options;
    const __int128 interval = options.resolution_interval;
    if (interval == 0) return options.end;
    const __int128 intervals = (now - options.begin + interval - 1) / interval;
    return static_cast<Nanos>(
        std::min<__int128>(options.end, options.begin + intervals * interval));
  }

  void Release(Nanos now) {
    for (uint32_t p = releases_.SettleNext(); p != Releases::kNone; p = releases_.SettleNext()) {
      record_.Settle(day_.timed[p], now);
      MoveOne(record_, day_.timed[p]);
    }
    record_.Observe(now);
  }

  // Whether it settled anything.
  bool Resolve(Nanos now) {
    std::erase_if(waiting_, [this](uint32_t p) { return !releases_.waits(p); });
    if (waiting_.empty()) return false;
    PaymentQueue queue;
    // Less than there is never lets more settle.
    for (const __int128 each : releases_.liquidity()) {
      queue.liquidity.push_back(static_cast<int64_t>(std::min<__int128>(each, kMostMinor)));
    }
    for (const uint32_t p : waiting_) queue.payments.push_back(day_.payments[p]);
    const Resolution resolution =
        day_.options.by_value ? ResolveByValue(queue, day_.options.effort) : ResolveFifo(queue);
    if (resolution.count == 0) return false;
    const std::vector<__int128> before = releases_.liquidity();
    for (size_t i = 0; i < waiting_.size(); ++i) {
      if (!resolution.settles[i]) continue;
      releases_.Settle(waiting_[i]);
      record_.Settle(day_.timed[waiting_[i]], now);
    }
    for (uint32_t i = 0; i < day_.participants; ++i) {
      record_.Move(i, before[i] - releases_.liquidity()[i]);
    }
    record_.Resolve(resolution.count, resolution.value);
    Release(now);
    return true;
  }

  const Day& day_;
  Releases releases_;
  DayRecord record_;
  const bool resolves_;
  std::vector<uint32_t> waiting_;  // and some that did when they came
  bool news_ = false;              // something may settle at the next resolution
  Nanos due_ = 0;                  // that one's instant, where there is news
};

// So many percent of what each needs, rounded up.
std::vector<int64_t> Part(const std::vector<__int128>& need, uint32_t percent) {
  std::vector<int64_t> part;
  for (const __int128 each : need) {
    const __int128 minor = (each * percent + kAllPercent - 1) / kAllPercent;
    part.push_back(static_cast<int64_t>(std::min<__int128>(minor, kMostMinor)));
  }
  return part;
}

// A resolution at the end settles everything that is left if nobody ends below zero by that, and
// whoever has less than its net debit cannot have paid everything.
bool SettlesTogether(const std::vector<NetPosition>& positions,
                     const std::vector<int64_t>& opening) {
  return Shortfalls(positions, opening).empty();
}

bool SettlesOneByOne(const Day& day, const std::vector<int64_t>& opening) {
  Releases releases(std::vector<__int128>(opening.begin(), opening.end()), day.payments,
                    day.options.order);
  size_t settled = 0;
  for (uint32_t p = 0; p < day.payments.size(); ++p) {
    releases.Join(p);
    while (releases.SettleNext() != Releases::kNone) ++settled;
  }
  return settled == day.payments.size();
}

// All of what everything at once needs is always enough.
template <typename Settles>
uint32_t LeastPercent(uint32_t from, Settles settles) {
  uint32_t percent = from;
  while (percent < kAllPercent && !settles(percent)) percent += kPercentStep;
  return percent;
}

}  // namespace

std::optional<__int128> Ratio::PerMille() const {
  if (by == 0) return std::nullopt;
  const __int128 thousands = of * 1'000;
  return thousands / by - (thousands % by < 0 ? 1 : 0);
}

LiquidityStudy StudyLiquidity(uint32_t participants, std::span<const TimedPayment> payments,
                              const StudyOptions& options) {
  const Day day = DayOf(participants, payments, options);
  const auto positions = NetMultilaterally(participants, day.payments);
  LiquidityStudy study;
  study.gross = AtOnce(day);
  study.multilateral_net = NettedMultilaterally(day, positions);
  study.bilateral_net = NettedBilaterally(day);
  const std::vector<__int128>& need = study.gross.used;
  study.opening = options.opening.empty() ? Part(need, options.opening_percent) : options.opening;
  CHECK(study.opening.size() == participants, "clearing.study.opening", study.opening.size());
  study.single_release = QueuedDay(day, study.opening, false).Run();
  study.gridlock = QueuedDay(day, study.opening, true).Run();
  study.gridlock_percent = LeastPercent(
      0, [&](uint32_t percent) { return SettlesTogether(positions, Part(need, percent)); });
  study.single_release_percent = LeastPercent(study.gridlock_percent, [&](uint32_t percent) {
    return SettlesOneByOne(day, Part(need, percent));
  });
  return study;
}

}  // namespace longmen::engine
