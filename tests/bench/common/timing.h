// Timing: clocks, and what many readings of it say.
#pragma once

#include <algorithm>
#include <chrono>
#include <ctime>
#include <vector>

#include "events/base/check.h"

namespace longmen::bench {

class Stopwatch {
 public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

// Seconds of processor time that this thread, or the whole process, has used.
inline double ProcessorSeconds(clockid_t of = CLOCK_THREAD_CPUTIME_ID) {
  timespec used{};
  CHECK(clock_gettime(of, &used) == 0, "bench.clock");
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) * 1e-9;
}

// Seconds of each of many acts of one kind.
class Samples {
 public:
  void Add(double seconds) { seconds_.push_back(seconds); }
  size_t count() const { return seconds_.size(); }
  double total() const {
    double sum = 0;
    for (const double one : seconds_) sum += one;
    return sum;
  }
  // 0 where nothing was measured.
  double Percentile(double percent) const {
    if (seconds_.empty()) return 0;
    std::vector<double> sorted = seconds_;
    std::sort(sorted.begin(), sorted.end());
    const auto index = static_cast<size_t>(percent / 100.0 * static_cast<double>(sorted.size()));
    return sorted[std::min(index, sorted.size() - 1)];
  }
  double p50() const { return Percentile(50); }
  double p99() const { return Percentile(99); }
  double max() const { return Percentile(100); }

  // The time of one act.
  template <typename Act>
  void Time(Act act) {
    const Stopwatch watch;
    act();
    Add(watch.seconds());
  }

 private:
  std::vector<double> seconds_;
};

}  // namespace longmen::bench
