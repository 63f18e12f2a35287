#include "engine/clearing/day_record.h"

#include <algorithm>
#include <utility>

#include "events/base/check.h"

namespace longmen::engine {

DayRecord::DayRecord(uint32_t participants, const StudyOptions& options)
    : options_(options), paid_(participants) {
  CHECK(options.buckets > 0, "clearing.buckets");
  figures_.used.resize(participants);
  figures_.series.resize(options.buckets);
}

void DayRecord::Arrive(const TimedPayment& payment) { now_.queued += payment.minor; }

void DayRecord::Settle(const TimedPayment& payment, Nanos now) {
  now_.queued -= payment.minor;
  ++figures_.settled_count;
  figures_.settled_value += payment.minor;
  AddDelay(payment, now - payment.at);
}

void DayRecord::Move(uint32_t participant, __int128 pays) {
  __int128& paid = paid_[participant];
  now_.liquidity_in_use -= std::max<__int128>(0, paid);
  paid += pays;
  now_.liquidity_in_use += std::max<__int128>(0, paid);
  figures_.used[participant] = std::max(figures_.used[participant], paid);
}

void DayRecord::Leave(const TimedPayment& payment) {
  ++figures_.left_count;
  figures_.left_value += payment.minor;
  AddDelay(payment, options_.end - payment.at);
}

void DayRecord::Resolve(uint64_t count, __int128 value) {
  ++figures_.resolutions;
  figures_.resolved_count += count;
  figures_.resolved_value += value;
}

void DayRecord::AddDelay(const TimedPayment& payment, Nanos delay) {
  ++count_;
  value_ += payment.minor;
  delay_ += delay;
  seconds_by_value_ += static_cast<__int128>(delay / kNanosPerSecond) * payment.minor;
  nanos_by_value_ += static_cast<__int128>(delay % kNanosPerSecond) * payment.minor;
}

size_t DayRecord::BucketOf(Nanos now) const {
  if (options_.end == options_.begin) return 0;
  const __int128 passed = static_cast<__int128>(now - options_.begin) *
                          static_cast<__int128>(options_.buckets) / (options_.end - options_.begin);
  return std::min(static_cast<size_t>(passed), options_.buckets - 1);
}

void DayRecord::Observe(Nanos now) {
  // A bucket begins with what the one before it ended with.
  for (const size_t bucket = BucketOf(now); bucket_ < bucket;) {
    figures_.series[++bucket_] = observed_;
  }
  Bucket& most = figures_.series[bucket_];
  most.queued = std::max(most.queued, now_.queued);
  most.liquidity_in_use = std::max(most.liquidity_in_use, now_.liquidity_in_use);
  observed_ = now_;
}

Nanos DayRecord::MeanDelayByValue() const {
  if (value_ == 0) return 0;
  const __int128 seconds = seconds_by_value_ / value_;
  const __int128 rest = seconds_by_value_ % value_ * kNanosPerSecond + nanos_by_value_;
  return static_cast<Nanos>(seconds * kNanosPerSecond + rest / value_);
}

MethodFigures DayRecord::Close() {
  Observe(options_.end);
  while (bucket_ + 1 < options_.buckets) figures_.series[++bucket_] = observed_;
  if (count_ > 0) figures_.mean_delay = static_cast<Nanos>(delay_ / count_);
  figures_.mean_delay_by_value = MeanDelayByValue();
  for (const __int128 used : figures_.used) figures_.liquidity_used += used;
  return std::move(figures_);
}

}  // namespace longmen::engine
