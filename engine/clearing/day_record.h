// Keeps the figures of one way of settling a day while the day passes.
//
// Invariants: a payment arrives, then settles or is left, once; time never goes back.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/clearing/liquidity_study.h"

namespace longmen::engine {

class DayRecord {
 public:
  DayRecord(uint32_t participants, const StudyOptions& options);

  void Arrive(const TimedPayment& payment);
  // It no longer waits. What it moves is told apart, since much may settle in one step.
  void Settle(const TimedPayment& payment, Nanos now);
  // A step in which the participant pays so much more than it receives; below zero: less.
  void Move(uint32_t participant, __int128 pays);
  // At the end: it was not settled.
  void Leave(const TimedPayment& payment);
  void Resolve(uint64_t count, __int128 value);
  // All that happens at `now` has happened, so that what waits for no time is not seen to wait.
  void Observe(Nanos now);

  MethodFigures Close();

 private:
  void AddDelay(const TimedPayment& payment, Nanos delay);
  size_t BucketOf(Nanos now) const;
  Nanos MeanDelayByValue() const;

  const StudyOptions& options_;
  MethodFigures figures_;
  std::vector<__int128> paid_;  // by participant: beyond what it received
  Bucket now_;
  Bucket observed_;
  size_t bucket_ = 0;
  // Over all payments:
  uint64_t count_ = 0;
  __int128 value_ = 0;
  __int128 delay_ = 0;
  // Delay times value, in two parts: so the largest amounts over the longest days fit.
  __int128 seconds_by_value_ = 0;
  __int128 nanos_by_value_ = 0;
};

}  // namespace longmen::engine
