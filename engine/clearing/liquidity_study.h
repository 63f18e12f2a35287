// What a day of payments would have cost in liquidity and in waiting under each way of settling
// them: at once, netted at the end, or queued, with gridlock resolution or without.
//
// The payments are what they are, of one currency; nobody pays otherwise because of how it is
// settled. Everything is a pure function of the payments and the options, in integers.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "engine/clearing/gridlock.h"
#include "events/base/time.h"

namespace longmen::engine {

struct TimedPayment {
  Nanos at = 0;
  uint32_t from = 0;
  uint32_t to = 0;
  int64_t minor = 0;
};

struct StudyOptions {
  // All payments are of [begin, end], in the order of their time.
  Nanos begin = 0;
  Nanos end = 0;
  QueueOrder order = QueueOrder::kFifo;
  // Resolution takes the most value in any order, rather than the first of every sender's queue.
  bool by_value = false;
  uint64_t effort = uint64_t{1} << 18;  // of each resolution by value
  // Resolution takes place at every multiple of it from `begin`, and at the end; 0: then only.
  Nanos resolution_interval = 15 * kNanosPerMinute;
  // What the queues begin with, by participant, none below zero; empty: of what each would need
  // to pay everything at once, so many percent, rounded up.
  std::vector<int64_t> opening;
  uint32_t opening_percent = 50;
  size_t buckets = 96;  // of the series; at least one
};

// A quotient that is divided when it is printed.
struct Ratio {
  __int128 of = 0;
  __int128 by = 0;

  // Rounded down; nothing where it is of nothing.
  std::optional<__int128> PerMille() const;
};

// The most there was at any instant of an equal part of the day.
struct Bucket {
  __int128 queued = 0;            // value that waits
  __int128 liquidity_in_use = 0;  // what all have paid beyond what they received

  bool operator==(const Bucket&) const = default;
};

struct MethodFigures {
  std::vector<__int128> used;   // by participant: the most it had paid beyond what it received
  __int128 liquidity_used = 0;  // by all
  uint64_t settled_count = 0;
  __int128 settled_value = 0;
  uint64_t left_count = 0;  // at the end
  __int128 left_value = 0;
  // Of all payments; what is left has waited until the end.
  Nanos mean_delay = 0;
  Nanos mean_delay_by_value = 0;  // each minor unit counts once
  // Resolutions that settled something, and what they settled.
  uint64_t resolutions = 0;
  uint64_t resolved_count = 0;
  __int128 resolved_value = 0;
  std::vector<Bucket> series;

  // How often a unit of liquidity was paid on.
  Ratio turnover() const { return {settled_value, liquidity_used}; }

  bool operator==(const MethodFigures&) const = default;
};

struct LiquidityStudy {
  MethodFigures gross;             // at once, each with as much as it needs for that
  MethodFigures multilateral_net;  // at the end
  MethodFigures bilateral_net;     // at the end
  MethodFigures single_release;    // queued; one by one
  MethodFigures gridlock;          // queued; one by one, and together at every resolution
  std::vector<int64_t> opening;    // that the queues began with, by participant
  // The least percentage of what `gross` uses, in steps of five, at which everything settles.
  uint32_t single_release_percent = 0;
  uint32_t gridlock_percent = 0;

  // What a method leaves unused of what `gross` uses.
  Ratio savings(const MethodFigures& method) const {
    return {gross.liquidity_used - method.liquidity_used, gross.liquidity_used};
  }
};

// In time n log n of the payments, and of each resolution that of what waits.
LiquidityStudy StudyLiquidity(uint32_t participants, std::span<const TimedPayment> payments,
                              const StudyOptions& options);

}  // namespace longmen::engine
