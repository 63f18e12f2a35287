// The heart: Ledger::Propose alone, on one thread. What the rules and the state they keep cost, in
// processor time, so that neighbours on a shared machine count less.
#include <ctime>

#include "engine/ledger/ledger.h"
#include "tests/bench/engine/subjects.h"

namespace longmen::bench {
namespace {

constexpr size_t kAccounts = 10'000;
constexpr size_t kPayments = 200'000;
constexpr size_t kPaymentsAtOnce = 2'667;  // about a client batch

void Propose(engine::Ledger& ledger, const ProposalBytes& proposal, Nanos now) {
  const engine::Decided decided = ledger.Propose({&proposal, 1}, now);
  CHECK(decided.answers[0].kind == engine::AnswerKind::kAccepted, "bench.heart",
        CodeName(decided.answers[0].code), decided.answers[0].field);
}

// Nanoseconds an event: the median over batches, and the slowest batch (a table that grows).
struct Pace {
  double p50 = 0;
  double max = 0;
};

Pace ProposePayments(IdOrder ids) {
  const Nanos now = engine::SystemClock()();
  engine::Ledger ledger;
  ledger.Begin("bench", 480, now);
  for (const ProposalBytes& proposal : SetUp("bench", kAccounts, now)) {
    Propose(ledger, proposal, now);
  }
  const PaymentMix mix(kAccounts, ids, now);
  Samples batches;
  for (size_t first = 0; first < kPayments; first += kPaymentsAtOnce) {
    const auto events = mix.Payments(first, kPaymentsAtOnce);
    const double start = ProcessorSeconds();
    for (const ProposalBytes& proposal : events) Propose(ledger, proposal, now);
    batches.Add(ProcessorSeconds() - start);
  }
  const double events = kPaymentsAtOnce * kEventsAPayment;
  return {batches.p50() * 1e9 / events, batches.max() * 1e9 / events};
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
  const Pace ordered = ProposePayments(IdOrder::kTimeOrdered);
  run.table.Add(
      {"propose_time_ordered_ns", ordered.p50, "ns/event", {"random ids", random.p50}, {}});
}

}  // namespace longmen::bench
