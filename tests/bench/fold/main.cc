// longmen-bench-fold: what folding the payment mix into all projections costs.
//
//   longmen-bench-fold [--json] [--only PART] [DIRECTORY]
//
// Records are decided first, a round of them at a time, and only their folding is timed: in the
// processor time of the folding thread, on the clock, and, where RocksDB works behind it, in the
// processor time of the whole process until that rests, less what deciding took. The parts are
// `memory`; `blocks` and `behind`, into RocksDB, with a commit a block and with commits as large as
// they get, after which what is left is compacted and weighed; and `each`, one projection after the
// other, to tell who costs what.
//
// LONGMEN_BENCH_PAYMENTS is how many are folded (200,000), LONGMEN_BENCH_ACCOUNTS over how many
// accounts (10,000).
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <functional>
#include <map>
#include <thread>

#include "engine/ledger/ledger.h"
#include "engine/sequencer/engine.h"
#include "projections/all/all.h"
#include "projections/rocks_store/rocks_store.h"
#include "tests/bench/common/figures.h"
#include "tests/bench/common/timing.h"
#include "tests/bench/common/workload.h"

namespace longmen::bench {
namespace {

namespace fs = std::filesystem;

constexpr size_t kEventsABlock = 8'000;
constexpr size_t kPaymentsARound = 40'000;  // decided before they are folded

using Records = std::vector<engine::Emitted>;
using FoldRecords = std::function<void(std::span<const engine::Emitted>)>;

size_t FromEnvironment(const char* name, size_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

// The same records at every call of Run, with the set-up first and not timed.
class Log {
 public:
  Log(size_t accounts, size_t payments) : accounts_(accounts), payments_(payments) {}

  struct Took {
    double events = 0;
    double all_events = 0;  // with the set-up's
    double processor_s = 0;
    double clock_s = 0;
    double not_folding_s = 0;  // processor time of this thread
  };
  Took Run(const FoldRecords& fold) const {
    const double begin = ProcessorSeconds();
    engine::Ledger ledger;
    Took took;
    Records records;
    records.push_back(ledger.Begin("bench", 480, kNow));
    Propose(ledger, SetUp("bench", accounts_, kNow), records);
    Blocks(records, fold);
    took.all_events = static_cast<double>(records.size());
    const PaymentMix mix(accounts_, IdOrder::kRandom, kNow);
    for (size_t first = 0; first < payments_; first += kPaymentsARound) {
      records.clear();
      Propose(ledger, mix.Payments(first, std::min(kPaymentsARound, payments_ - first)), records);
      const double start = ProcessorSeconds();
      const Stopwatch watch;
      Blocks(records, fold);
      took.processor_s += ProcessorSeconds() - start;
      took.clock_s += watch.seconds();
      took.events += static_cast<double>(records.size());
    }
    took.all_events += took.events;
    took.not_folding_s = ProcessorSeconds() - begin - took.processor_s;
    return took;
  }

 private:
  static constexpr Nanos kNow = 1'767'225'600 * kNanosPerSecond;

  static void Propose(engine::Ledger& ledger, const std::vector<ProposalBytes>& proposals,
                      Records& records) {
    for (const ProposalBytes& proposal : proposals) {
      engine::Decided decided = ledger.Propose({&proposal, 1}, kNow);
      CHECK(decided.answers[0].kind == engine::AnswerKind::kAccepted, "bench.fold.answer",
            CodeName(decided.answers[0].code), decided.answers[0].field);
      std::ranges::move(decided.records, std::back_inserter(records));
    }
  }
  static void Blocks(const Records& records, const FoldRecords& fold) {
    for (size_t at = 0; at < records.size(); at += kEventsABlock) {
      fold(std::span(records).subspan(at, std::min(kEventsABlock, records.size() - at)));
    }
  }

  const size_t accounts_;
  const size_t payments_;
};

RecordView View(const engine::Emitted& record) {
  return {.header = record.header, .proposal = record.proposal.bytes(), .leaf = {}};
}

void FoldInto(projections::Folding& folding, std::span<const engine::Emitted> records) {
  for (const engine::Emitted& record : records) {
    CHECK(folding.Fold(View(record), record.effects).ok(), "bench.fold");
  }
}

std::unique_ptr<projections::RocksStore> OpenStore(const std::string& directory) {
  auto store = projections::RocksStore::Open(directory);
  CHECK(store.ok(), "bench.fold.open", store.error().message);
  return std::move(*store);
}

double BytesBelow(const std::string& directory) {
  double bytes = 0;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    if (entry.is_regular_file()) bytes += static_cast<double>(entry.file_size());
  }
  return bytes;
}

void AddRate(Table& table, const std::string& into, const Log::Took& took) {
  table.Add({"fold_" + into + "_events_per_s", took.events / took.clock_s, "events/s", {}, {}});
  table.Add(
      {"fold_" + into + "_processor_ns", took.processor_s * 1e9 / took.events, "ns/event", {}, {}});
}

void MeasureMemory(const Log& log, Table& table) {
  projections::MapStore store;
  projections::Folding folding(store);
  AddRate(table, "memory", log.Run([&](auto records) {
    FoldInto(folding, records);
    folding.Finish();
  }));
  size_t pairs = 0;
  std::map<std::string, double> bytes;
  store.Scan({}, {}, [&](std::string_view key, std::string_view value) {
    bytes[std::string(key.substr(0, key.find('/') + 2))] +=
        static_cast<double>(key.size() + value.size());
    ++pairs;
    return true;
  });
  for (const auto& [prefix, sum] : bytes) {
    table.Note(prefix + ": " + std::to_string(static_cast<int64_t>(sum)) + " bytes");
  }
  table.Note(std::to_string(pairs) + " pairs");
}

// The processor time of the whole process once nothing works behind it any more.
double ProcessorSecondsAtRest() {
  constexpr double kRestsBelow = 0.002;
  double before = 0;
  double now = ProcessorSeconds(CLOCK_PROCESS_CPUTIME_ID);
  while (now - before > kRestsBelow) {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    before = std::exchange(now, ProcessorSeconds(CLOCK_PROCESS_CPUTIME_ID));
  }
  return now;
}

// A commit a block is what an engine at ease sees; behind, commits are as large as they get.
void MeasureDisk(const Log& log, const std::string& directory, bool behind, Table& table) {
  auto store = OpenStore(directory);
  const double start = ProcessorSeconds(CLOCK_PROCESS_CPUTIME_ID);
  projections::Folding folding(*store);
  const Log::Took took = log.Run([&](auto records) {
    FoldInto(folding, records);
    if (behind && store->pending_bytes() < projections::kCommitBytes) return;
    folding.Finish();
    CHECK(store->Commit().ok(), "bench.fold.commit");
  });
  const std::string name = behind ? "behind" : "blocks";
  AddRate(table, name, took);
  const double whole_s = ProcessorSecondsAtRest() - start - took.not_folding_s;
  table.Add(
      {"fold_" + name + "_whole_process_ns", whole_s * 1e9 / took.events, "ns/event", {}, {}});
  folding.Finish();
  CHECK(store->Commit().ok() && store->Compact().ok(), "bench.fold.compact");
  store.reset();
  table.Add(
      {"fold_" + name + "_bytes", BytesBelow(directory) / took.all_events, "B/event", {}, {}});
}

// The folds do not see each other's keys, so a block may go through them one after the other.
void MeasureEach(const Log& log, const std::string& directory, Table& table) {
  const auto store = OpenStore(directory);
  const auto all = projections::Projections();
  std::vector<std::unique_ptr<projections::Folder>> folders;
  for (const projections::Projection* each : all) folders.push_back(each->Begin(*store));
  std::vector<double> seconds(all.size());
  double commit = 0;
  const Log::Took took = log.Run([&](auto records) {
    for (size_t i = 0; i < all.size(); ++i) {
      const double start = ProcessorSeconds();
      for (const engine::Emitted& record : records) {
        folders[i]->Fold(View(record), ReadCanonical(record.proposal.bytes()), record.effects);
      }
      seconds[i] += ProcessorSeconds() - start;
    }
    if (store->pending_bytes() < projections::kCommitBytes) return;
    for (size_t i = 0; i < all.size(); ++i) {
      const double start = ProcessorSeconds();
      folders[i]->Finish();
      seconds[i] += ProcessorSeconds() - start;
    }
    const double start = ProcessorSeconds();
    CHECK(store->Commit().ok(), "bench.fold.commit");
    commit += ProcessorSeconds() - start;
  });
  for (size_t i = 0; i < all.size(); ++i) {
    table.Add({"fold_" + std::string(all[i]->name()) + "_ns",
               seconds[i] * 1e9 / took.events,
               "ns/event",
               {},
               {}});
  }
  table.Add({"fold_commit_ns", commit * 1e9 / took.events, "ns/event", {}, {}});
}

}  // namespace
}  // namespace longmen::bench

int main(int argc, char** argv) {
  using namespace longmen::bench;  // NOLINT: of this program
  bool json = false;
  std::string only;
  std::string directory = std::filesystem::temp_directory_path();
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--json") {
      json = true;
    } else if (argument == "--only" && i + 1 < argc) {
      only = argv[++i];
    } else if (argument.starts_with('-')) {
      std::fputs("longmen-bench-fold [--json] [--only PART] [DIRECTORY]\n", stderr);
      return 2;
    } else {
      directory = argument;
    }
  }
  directory += "/longmen-bench-fold";
  std::filesystem::remove_all(directory);
  std::filesystem::create_directories(directory);
  Table table(json ? "/dev/stdout" : "");
  const Log log(FromEnvironment("LONGMEN_BENCH_ACCOUNTS", 10'000),
                FromEnvironment("LONGMEN_BENCH_PAYMENTS", 200'000));
  table.Subject("fold: the payment mix into all projections");
  const auto wants = [&](std::string_view part) { return only.empty() || only == part; };
  if (wants("memory")) MeasureMemory(log, table);
  if (wants("blocks")) MeasureDisk(log, directory + "/blocks", false, table);
  if (wants("behind")) MeasureDisk(log, directory + "/behind", true, table);
  if (wants("each")) MeasureEach(log, directory + "/each", table);
  std::filesystem::remove_all(directory);
  return 0;
}
