#include <unistd.h>

#include <cstdlib>

#include "tests/bench/common/memory.h"
#include "tests/bench/engine/child.h"
#include "tests/bench/engine/growth.h"

namespace longmen::bench {
namespace {

constexpr size_t kBatchEvents = 8'000;
constexpr size_t kInFlight = 4;
constexpr size_t kSliceEvents = 960'000;  // encoded at once, outside of what is timed
constexpr double kMemoryShareMax = 0.7;

struct Arguments {
  RigOptions rig;
  size_t first = 0;  // number of a payment
  size_t count = 0;
};

double MachineBytes() {
  return static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
}

void Make(const Arguments& in) { Rig::Make(in.rig)->Stop(); }

// `count` events. The rate of all of them, and of the last slices up to a million.
void Write(const Arguments& in) {
  const auto rig = Rig::Open(in.rig, in.first);
  LoadResult all;
  double last_rate = 0;
  double stall = 0;
  while (all.events < in.count) {
    const size_t events = std::min(kSliceEvents, in.count - all.events);
    const LoadResult slice =
        Drive(rig->engine(), Cut(rig->Next(events), kBatchEvents), kInFlight, 1e9);
    all.events += slice.events;
    all.seconds += slice.seconds;
    stall = std::max(stall, slice.stall);
    // A remnant says little.
    if (events == kSliceEvents || last_rate == 0) last_rate = slice.rate();
    if (ResidentBytes() > kMemoryShareMax * MachineBytes()) break;
  }
  Report("events", static_cast<double>(all.events));
  Report("next_payment", static_cast<double>(rig->next_payment()));
  Report("rate", all.rate());
  Report("last_rate", last_rate);
  Report("stall", stall);
  Report("resident", ResidentBytes());
  rig->Stop();
}

// Opens, and gives back something of `count` old debits from the `first` on: what the first answer
// takes, and the engine's own time of each.
void Open(const Arguments& in) {
  Stopwatch watch;
  const auto rig = Rig::Open(in.rig, 0);
  CHECK(rig->engine().Read([](const engine::LedgerView&) {}).ok(), "bench.open");
  Report("open_seconds", watch.seconds());
  Report("resident", ResidentBytes());
  Samples refunds;
  for (const ProposalBytes& refund : rig->mix().Refunds(in.first, in.count)) {
    std::vector<engine::Job> jobs(1);
    jobs[0].decide = [&](engine::Ledger& ledger, Nanos now) {
      engine::Decided decided;
      refunds.Time([&] { decided = ledger.Propose({&refund, 1}, now); });
      return decided;
    };
    const auto answers = rig->engine().SubmitAndWait(std::move(jobs));
    CHECK(answers[0][0].kind == engine::AnswerKind::kAccepted, "bench.refund",
          CodeName(answers[0][0].code));
  }
  Report("refund_seconds", refunds.p50());
  rig->Stop();
}

// Orders that stay open.
void PlaceOrders(const Arguments& in) {
  const auto rig = Rig::Open(in.rig, in.first);
  Drive(rig->engine(), Cut(rig->mix().Orders(in.first, in.count), kBatchEvents), kInFlight, 1e9);
  rig->Stop();
}

// Writes until it is killed; `count` payments are more than it will have time for.
void WriteUntilKilled(const Arguments& in) {
  const auto rig = Rig::Open(in.rig, in.first);
  auto batches = Cut(rig->mix().Payments(in.first, in.count), kBatchEvents);
  for (size_t i = 0; i < batches.size(); ++i) {
    rig->engine().SubmitAndWait(std::move(batches[i]));
    Report("batches", static_cast<double>(i + 1));
  }
  Report("done", 1);
  pause();
}

}  // namespace

// <command> <directory> <ids> <accounts> <first> <count>
int RunGrowthChild(int argc, char** argv) {
  CHECK(argc == 6, "bench.child", argc);
  const std::string command = argv[0];
  Arguments in;
  in.rig.directory = argv[1];
  in.rig.ids = static_cast<IdOrder>(std::atoi(argv[2]));
  in.rig.accounts = std::strtoull(argv[3], nullptr, 10);
  in.first = std::strtoull(argv[4], nullptr, 10);
  in.count = std::strtoull(argv[5], nullptr, 10);
  if (command == "make") Make(in);
  if (command == "write") Write(in);
  if (command == "open") Open(in);
  if (command == "orders") PlaceOrders(in);
  if (command == "crash") WriteUntilKilled(in);
  return 0;
}

}  // namespace longmen::bench
