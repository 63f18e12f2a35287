// longmen-instructions: what one event of the payment mix costs in instructions, which a busy
// machine does not change. .ci/instructions runs it under callgrind and counts what its parts do;
// by itself it prints only how many events each part takes.
#include <fmt/core.h>

#include "engine/ledger/ledger.h"
#include "events/block/block.h"
#include "tests/bench/common/workload.h"

namespace longmen::bench {
namespace {

constexpr size_t kAccounts = 1'000;
constexpr size_t kWarmUp = 2'000;    // payments; tables have grown
constexpr size_t kPayments = 2'000;  // payments counted
constexpr Nanos kNow = 1'767'225'600 * kNanosPerSecond;

using Events = std::vector<ProposalBytes>;
using Records = std::vector<engine::Emitted>;

void Propose(engine::Ledger& ledger, Events& events, Records& records) {
  for (ProposalBytes& event : events) {
    const auto answers = ledger.ProposeInto({&event, 1}, kNow, records);
    CHECK(answers[0].kind == engine::AnswerKind::kAccepted, "bench.instructions");
  }
}

}  // namespace

// The parts. Their names are those in the figures; plain ones, for callgrind's patterns.
extern "C" {

// As a door does: the shape is checked and the canonical bytes are made.
[[gnu::noinline]] void seal(const Events& events) {
  for (const ProposalBytes& event : events) {
    const auto proposal = ReadCanonical(event.bytes());
    CHECK(CheckShape(proposal).ok() && Canonicalize(proposal).ok(), "bench.instructions.seal");
  }
}

[[gnu::noinline]] void decide(engine::Ledger& ledger, Events& events, Records& records) {
  Propose(ledger, events, records);
}

[[gnu::noinline]] void encode(const Records& records) {
  BlockBuilder block;
  for (const auto& record : records) block.Add(record.header, record.proposal.bytes());
  CHECK(!block.Finish(1, {}).empty(), "bench.instructions.encode");
}

}  // extern "C"

void CountInstructions() {
  engine::Ledger ledger;
  Records records;
  records.push_back(ledger.Begin("bench", 480, kNow));
  Events before = SetUp("bench", kAccounts, kNow);
  Propose(ledger, before, records);
  const PaymentMix mix(kAccounts, IdOrder::kRandom, kNow);
  before = mix.Payments(0, kWarmUp);
  Propose(ledger, before, records);

  Events events = mix.Payments(kWarmUp, kPayments);
  fmt::print("events {}\n", events.size());
  records.clear();
  records.reserve(events.size());
  seal(events);
  decide(ledger, events, records);
  encode(records);
}

}  // namespace longmen::bench

int main() { longmen::bench::CountInstructions(); }
