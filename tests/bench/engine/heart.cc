// The heart: Ledger::Propose alone, on one thread; and with putting away what is old. What the
// rules and the state they keep cost, in processor time, so that neighbours on a shared machine
// count less.
#include <ctime>

#include "engine/ledger/ledger.h"
#include "engine/log/memory_log.h"
#include "engine/rocks_history/rocks_history.h"
#include "tests/bench/engine/subjects.h"

namespace longmen::bench {
namespace {

constexpr size_t kAccounts = 10'000;
constexpr size_t kPayments = 200'000;
constexpr size_t kAhead = 6;               // as the engine does
constexpr size_t kPaymentsAtOnce = 2'667;  // about a client batch

// A ledger, the log of what it decides, and (given a directory) the history it puts away into.
class Heart {
 public:
  explicit Heart(const std::string& directory) {
    head_ = log_.Open(1).value();
    Keep({ledger_.Begin("bench", 480, now_)});
    if (!directory.empty()) {
      history_ = engine::RocksHistory::Open({.directory = directory}, log_).value();
      ledger_.Attach(*history_);
    }
    (void)Propose(SetUp("bench", kAccounts, now_));
  }

  // Seconds of it.
  double Propose(const std::vector<ProposalBytes>& events) {
    std::vector<engine::Emitted> records;
    records.reserve(events.size());
    std::vector<ProposalBytes> own = events;
    double start = ProcessorSeconds();
    for (size_t i = 0; i < own.size(); ++i) {
      ProposalBytes& event = own[i];
      if (i + kAhead < own.size()) ledger_.Expect(own[i + kAhead]);
      const auto answers = ledger_.ProposeInto({&event, 1}, now_, records);
      CHECK(answers[0].kind == engine::AnswerKind::kAccepted, "bench.heart",
            CodeName(answers[0].code), answers[0].field);
    }
    double seconds = ProcessorSeconds() - start;
    if (history_ == nullptr) return seconds;
    Keep(records);
    start = ProcessorSeconds();
    ledger_.PutAway(4 * events.size());
    history_->Advance(events.size());
    return seconds + ProcessorSeconds() - start;
  }

  Nanos now() const { return now_; }

 private:
  void Keep(const std::vector<engine::Emitted>& records) {
    BlockBuilder builder;
    for (const auto& record : records) builder.Add(record.header, record.proposal.bytes());
    const auto block = builder.Finish(1, head_.previous);
    CHECK(log_.Append(1, head_, block) == engine::AppendOutcome::kOk, "bench.heart.log");
    head_ = {records.back().header.sequence + 1, Sha256(block)};
  }

  const Nanos now_ = engine::SystemClock()();
  engine::MemoryLog log_;
  engine::LogHead head_;
  std::unique_ptr<engine::RocksHistory> history_;
  engine::Ledger ledger_;
};

// Nanoseconds an event: the median over batches, and the slowest batch (a table that grows).
struct Pace {
  double p50 = 0;
  double mean = 0;
  double max = 0;
};

Pace ProposePayments(IdOrder ids, const std::string& history = "") {
  Heart heart(history);
  const PaymentMix mix(kAccounts, ids, heart.now());
  Samples batches;
  for (size_t first = 0; first < kPayments; first += kPaymentsAtOnce) {
    batches.Add(heart.Propose(mix.Payments(first, kPaymentsAtOnce)));
  }
  const double events = kPaymentsAtOnce * kEventsAPayment;
  return {batches.p50() * 1e9 / events,
          batches.total() * 1e9 / (events * static_cast<double>(batches.count())),
          batches.max() * 1e9 / events};
}

}  // namespace

void MeasureHeart(Run& run) {
  run.table.Subject("heart: Ledger::Propose alone, one thread, no engine, no disk");
  const Pace random = ProposePayments(IdOrder::kRandom);
  run.table.Add({"propose_ns", random.p50, "ns/event", {}, {}});
  run.table.Add({"propose_events_per_s",
                 1e9 / random.p50,
                 "events/s",
                 {"what batches are to reach", 1'000'000},
                 {}});
  run.table.Add(
      {"propose_slowest_batch_ns", random.max, "ns/event", {"the median", random.p50}, {}});
  const Pace putting = ProposePayments(IdOrder::kRandom, run.directory + "/heart-history");
  run.table.Add(
      {"propose_putting_away_ns", putting.mean, "ns/event", {"without", random.mean}, {}});
  const Pace ordered = ProposePayments(IdOrder::kTimeOrdered);
  run.table.Add(
      {"propose_time_ordered_ns", ordered.p50, "ns/event", {"random ids", random.p50}, {}});
}

}  // namespace longmen::bench
