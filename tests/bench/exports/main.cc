// longmen-bench-exports: what writing files for finance costs, on one core.
//
//   longmen-bench-exports [--json] [DIRECTORY]
//
// The payment mix is folded into memory first. Each export is measured in the processor time of its
// thread, beside the reading that it rests on; the SHA-256 is measured over the same bytes again.
//
// LONGMEN_BENCH_PAYMENTS is how many are folded (300,000).
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>

#include "adapters/files/exports.h"
#include "engine/ledger/ledger.h"
#include "projections/journal/journal.h"
#include "projections/reconciliation/reconciliation.h"
#include "tests/bench/common/figures.h"
#include "tests/bench/common/timing.h"
#include "tests/bench/common/workload.h"

namespace longmen::bench {
namespace {

constexpr Nanos kNow = 1'767'225'600 * kNanosPerSecond;
constexpr size_t kAccounts = 10'000;
constexpr size_t kRound = 40'000;
constexpr size_t kPage = 8'192;
constexpr auto kScenario = schema::Scenario::NONE;  // of the mix

void FoldAll(const std::vector<ProposalBytes>& proposals, engine::Ledger& ledger,
             projections::Folding& folding) {
  for (const ProposalBytes& proposal : proposals) {
    for (const engine::Emitted& record : ledger.Propose({&proposal, 1}, kNow).records) {
      const RecordView view{
          .header = record.header, .proposal = record.proposal.bytes(), .leaf = {}};
      CHECK(folding.Fold(view, record.effects).ok(), "bench.fold");
    }
  }
  folding.Finish();
}

projections::MapStore Fill(size_t payments) {
  projections::MapStore store;
  projections::Folding folding(store);
  engine::Ledger ledger;
  const engine::Emitted first = ledger.Begin("bench", 480, kNow);
  const RecordView view{.header = first.header, .proposal = first.proposal.bytes(), .leaf = {}};
  CHECK(folding.Fold(view, first.effects).ok(), "bench.fold");
  FoldAll(SetUp("bench", kAccounts, kNow), ledger, folding);
  const PaymentMix mix(kAccounts, IdOrder::kRandom, kNow);
  for (size_t at = 0; at < payments; at += kRound) {
    FoldAll(mix.Payments(at, std::min(kRound, payments - at)), ledger, folding);
  }
  return store;
}

template <typename Act>
double Took(Act act) {
  const double begin = ProcessorSeconds();
  act();
  return ProcessorSeconds() - begin;
}

struct Export {
  std::string name;
  std::function<Result<adapters::ExportedFile>(const adapters::ExportTo& to)> write;
  std::function<void()> read;  // the same rows, of which nothing is made
  std::vector<Target> targets = {};
};

void ReadJournal(const projections::ReadStore& store) {
  for (Sequence next = 1;;) {
    const auto page = projections::Journal(store, next, UINT64_MAX, kPage);
    CHECK(page.ok(), "bench.journal");
    if (page->size() < kPage) return;
    next = page->back().sequence + 1;
  }
}

double SecondsOfHash(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  return Took([&] { Sha256(AsBytes(bytes)); });
}

void Measure(const Export& one, const adapters::ExportTo& to, Table& table) {
  adapters::ExportedFile file;
  const double seconds = Took([&] {
    auto written = one.write(to);
    CHECK(written.ok(), "bench.export", written.error().message);
    file = std::move(written).value();
  });
  const auto rows = static_cast<double>(file.rows);
  const double reading = Took(one.read);
  const double hash = SecondsOfHash(file.path);
  table.Add({one.name + "_rows_per_s",
             rows / seconds,
             "rows/s",
             {"reading alone", rows / reading},
             one.targets});
  table.Add({one.name + "_sha256_share", hash / seconds, "of it", {}, {}});
}

void Run(size_t payments, const std::string& directory, Table& table) {
  const projections::MapStore store = Fill(payments);
  const DayNumber day = projections::ReadApplied(store)->book_date;
  const projections::ReconciliationScope scope{kScenario, day, "", "", ""};
  const Export journal{"journal",
                       [&](const auto& to) { return adapters::ExportJournal(store, to); },
                       [&] { ReadJournal(store); },
                       {AtLeast(1e6)}};
  const Export detail{"detail",
                      [&](const auto& to) -> Result<adapters::ExportedFile> {
                        auto files = adapters::ExportReconciliation(store, to, scope);
                        if (!files.ok()) return files.error();
                        return std::move(files->front());
                      },
                      [&] {
                        const auto read = projections::EachReconciliationLine(
                            store, scope, [](const auto&) { return true; });
                        CHECK(read.ok(), "bench.detail");
                      },
                      {AtLeast(1e6)}};
  // A row is a transaction.
  const Export text{"hledger", [&](const auto& to) { return adapters::ExportHledger(store, to); },
                    [&] { ReadJournal(store); }};
  table.Subject("exports: the payment mix as files, processor time of one thread");
  Measure(journal, directory, table);
  Measure(detail, directory, table);
  Measure(text, directory, table);
  const auto formats = adapters::TableFormats();
  for (const adapters::TableFormat& format : formats.subspan(1)) {
    Export same = journal;
    same.name = "journal_" + std::string(format.name);
    same.targets.clear();
    Measure(same, adapters::ExportTo(directory, &format), table);
  }
}

}  // namespace
}  // namespace longmen::bench

int main(int argc, char** argv) {
  using namespace longmen::bench;  // NOLINT: of this program
  bool json = false;
  std::string directory = std::filesystem::temp_directory_path();
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--json") {
      json = true;
    } else if (argument.starts_with('-')) {
      std::fputs("longmen-bench-exports [--json] [DIRECTORY]\n", stderr);
      return 2;
    } else {
      directory = argument;
    }
  }
  directory += "/longmen-bench-exports";
  std::filesystem::remove_all(directory);
  Table table(json ? "/dev/stdout" : "");
  const char* payments = std::getenv("LONGMEN_BENCH_PAYMENTS");
  Run(payments == nullptr ? 300'000 : std::strtoull(payments, nullptr, 10), directory, table);
  std::filesystem::remove_all(directory);
  return 0;
}
