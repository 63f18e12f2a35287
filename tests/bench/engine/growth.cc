#include "tests/bench/engine/growth.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "tests/bench/engine/child.h"

namespace longmen::bench {
namespace {

constexpr size_t kAccounts = 100'000;
constexpr size_t kFewAccounts = 8;
constexpr size_t kOpenOrders = 300'000;
constexpr size_t kRefunds = 200;
constexpr size_t kCrashPayments = 160'000;
constexpr size_t kCrashBatches = 20;  // answered before the kill
constexpr size_t kRandomEventsMax = 10'000'000;
constexpr double kStepSecondsMax = 3'600;
constexpr double kMebibyte = 1u << 20;

// A ledger that grows, by children.
class Growing {
 public:
  Growing(std::string directory, IdOrder ids, size_t accounts)
      : directory_(std::move(directory)), ids_(ids), accounts_(accounts) {
    Run("make", 0, 0);
  }
  ~Growing() { std::filesystem::remove_all(directory_); }
  Growing(const Growing&) = delete;
  Growing& operator=(const Growing&) = delete;

  size_t events() const { return events_; }

  std::map<std::string, double> Write(size_t events) {
    auto figures = Run("write", next_payment_, events);
    events_ += static_cast<size_t>(figures["events"]);
    next_payment_ = static_cast<size_t>(figures["next_payment"]);
    return figures;
  }

  // With refunds of the very first debits, each once.
  std::map<std::string, double> Reopen() {
    if (events_ == 0) return Run("open", 0, 0);
    const size_t first = refunded_;
    refunded_ += kRefunds;
    return Run("open", first, kRefunds);
  }

  void PlaceOrders() {
    Run("orders", next_payment_, kOpenOrders);
    next_payment_ += kOpenOrders;
  }

  // Killed while it writes.
  void Crash() {
    Child child(Arguments("crash", next_payment_, kCrashPayments));
    while (child.Next("batches") < kCrashBatches) {
    }
    child.Kill();
    next_payment_ += kCrashPayments;
  }

 private:
  std::vector<std::string> Arguments(const std::string& command, size_t first, size_t count) const {
    return {kGrowthChild,
            command,
            directory_,
            std::to_string(static_cast<int>(ids_)),
            std::to_string(accounts_),
            std::to_string(first),
            std::to_string(count)};
  }
  std::map<std::string, double> Run(const std::string& command, size_t first, size_t count) {
    return Child(Arguments(command, first, count)).Finish();
  }

  const std::string directory_;
  const IdOrder ids_;
  const size_t accounts_;
  size_t events_ = 0;  // of whole payments; refunds and the like not counted
  size_t next_payment_ = 0;
  size_t refunded_ = 0;
};

std::vector<size_t> Steps(size_t events_max) {
  std::vector<size_t> steps;
  for (size_t step = 1'000'000; step < events_max && step <= 10'000'000; step *= 10) {
    steps.push_back(step);
  }
  steps.push_back(events_max);
  return steps;
}

std::string Title(size_t events) {
  if (events % 1'000'000 == 0) return fmt::format("{}m", events / 1'000'000);
  return fmt::format("{}k", events / 1'000);
}

// What a step found, for the next to stand beside.
struct Step {
  size_t events = 0;
  double rate = 0;
  double reopened_bytes = 0;
};

void AddStep(Run& run, Growing& ledger, const std::string& prefix, const Step& first, Step& step,
             size_t target) {
  auto written = ledger.Write(target - ledger.events());
  auto opened = ledger.Reopen();
  step = {ledger.events(), written["last_rate"], opened["resident"]};
  const std::string name = prefix + Title(target);
  Table& table = run.table;
  table.Add({name + "_events_per_s",
             step.rate,
             "events/s",
             {first.rate == 0 ? "" : "at the first step", first.rate},
             first.rate == 0 ? std::vector<Target>{} : std::vector<Target>{RatioAtLeast(0.9)}});
  table.Add({name + "_stall_max", written["stall"] * 1e3, "ms", {}, {}});
  table.Add({name + "_resident_writing", written["resident"] / kMebibyte, "MiB", {}, {}});
  table.Add({name + "_resident_reopened", step.reopened_bytes / kMebibyte, "MiB", {}, {}});
  if (first.rate != 0) {
    const auto ids = static_cast<double>(step.events - first.events);
    table.Add({name + "_bytes_a_historic_id",
               (step.reopened_bytes - first.reopened_bytes) / ids,
               "B",
               {"since the first step", 0},
               {AtMost(2)}});
  }
  table.Add({name + "_reopen", opened["open_seconds"], "s", {}, {AtMost(2)}});
  table.Add({name + "_old_refund_p50",
             opened["refund_seconds"] * 1e6,
             "us",
             {"of the first debits, engine time", 0},
             {AtMost(100)}});
  ledger.Crash();
  table.Add({name + "_reopen_after_kill", ledger.Reopen()["open_seconds"], "s", {}, {AtMost(5)}});
}

// False: the next step would take too long.
bool CanGoOn(Run& run, const Step& step, size_t target) {
  const double seconds = static_cast<double>(target - step.events) / step.rate;
  if (seconds <= kStepSecondsMax) return true;
  run.table.Note(fmt::format("not gone on to {}: at this rate it would take {:.0f} minutes",
                             Title(target), seconds / 60));
  return false;
}

Step Grow(Run& run, Growing& ledger, const std::string& prefix, size_t events_max) {
  Step first;
  Step step;
  for (const size_t target : Steps(events_max)) {
    if (step.events != 0 && !CanGoOn(run, step, target)) break;
    AddStep(run, ledger, prefix, first, step, target);
    if (first.events == 0) first = step;
    if (step.events < target) {
      run.table.Note(
          fmt::format("stopped at {} events: they take 70 % of the machine's memory", step.events));
      break;
    }
  }
  return step;
}

void AddAccountBytes(Run& run, Growing& ledger) {
  Growing few(run.directory + "/few", IdOrder::kTimeOrdered, kFewAccounts);
  const double bytes = ledger.Reopen()["resident"] - few.Reopen()["resident"];
  run.table.Add({"growth_bytes_an_account", bytes / kAccounts, "B", {}, {}});
}

void AddOrderBytes(Run& run, Growing& ledger) {
  const double before = ledger.Reopen()["resident"];
  ledger.PlaceOrders();
  const double bytes = ledger.Reopen()["resident"] - before;
  run.table.Add({"growth_bytes_an_open_order", bytes / kOpenOrders, "B", {}, {}});
}

}  // namespace

void MeasureGrowth(Run& run) {
  size_t events_max = 100'000'000;
  if (const char* given = std::getenv("LONGMEN_BENCH_EVENTS")) {
    events_max = std::strtoull(given, nullptr, 10);
  }
  run.table.Subject("growth: time-ordered ids, 100,000 accounts, whole node");
  {
    Growing ledger(run.directory + "/ordered", IdOrder::kTimeOrdered, kAccounts);
    AddAccountBytes(run, ledger);
    Grow(run, ledger, "growth_", events_max);
    AddOrderBytes(run, ledger);
  }
  run.table.Subject("growth: random ids");
  Growing ledger(run.directory + "/random", IdOrder::kRandom, kAccounts);
  Grow(run, ledger, "growth_random_", std::min(events_max, kRandomEventsMax));
}

}  // namespace longmen::bench
