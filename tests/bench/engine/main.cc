// longmen-bench: what the engine does, beside what the disk and its peers do, in one run.
//
//   longmen-bench [--json FILE] [--only PART]... [DIRECTORY]
//
// Parts: limits, heart, toy, ledger, variants, door, wire; and growth, which only runs where it is
// named. A part that runs alone lacks the peers that another part measures. FILE gets each figure
// as a line of JSON.
//
// docs/performance.md says what each figure is and how it is measured. LONGMEN_BENCH_SECONDS is how
// long one load is sustained (5), LONGMEN_BENCH_EVENTS how far growth goes (100,000,000).
// DIRECTORY (the system's for temporary files) lies on the disk that is to be measured.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <set>
#include <string>

#include "tests/bench/engine/growth.h"
#include "tests/bench/engine/subjects.h"
#include "tests/bench/wire/wire.h"

namespace longmen::bench {
namespace {

// One ledger through its life: loaded, closed and looked at, opened again and used.
void MeasureLedger(Run& run) {
  const std::string ledger = run.directory + "/ledger";
  size_t next_payment = 0;
  {
    const auto rig = Rig::Make({.directory = ledger});
    MeasureBatches(run, *rig);
    next_payment = rig->next_payment();
  }
  MeasureReading(run, ledger);
  MeasureSpace(run, ledger);
  const auto rig = Rig::Open({.directory = ledger}, next_payment);
  MeasureSingles(run, *rig);
  MeasureReadsUnderLoad(run, *rig);
  MeasureClosing(run, *rig);
}

void MeasureTheDoor(Run& run) { MeasureDoor(run.table, run.directory + "/door"); }
void MeasureTheWire(Run& run) { MeasureWire(run.table, run.directory + "/wire"); }

struct Part {
  const char* name;
  void (*measure)(Run& run);
};
// In this order: later ones stand beside what earlier ones found.
constexpr Part kParts[] = {
    {"limits", MeasureLimits},          {"heart", MeasureHeart},
    {"toy", MeasureToyLedger},          {"ledger", MeasureLedger},
    {"variants", MeasureBatchVariants}, {"door", MeasureTheDoor},
    {"wire", MeasureTheWire},           {"growth", MeasureGrowth},
};

bool IsPart(const std::string& name) {
  return std::any_of(std::begin(kParts), std::end(kParts),
                     [&name](const Part& part) { return part.name == name; });
}

}  // namespace
}  // namespace longmen::bench

int main(int argc, char** argv) {
  if (argc > 1 && std::strcmp(argv[1], longmen::bench::kGrowthChild) == 0) {
    return longmen::bench::RunGrowthChild(argc - 2, argv + 2);
  }
  std::string json;
  std::set<std::string> only;
  std::string directory = std::filesystem::temp_directory_path();
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--json" && i + 1 < argc) {
      json = argv[++i];
    } else if (argument == "--only" && i + 1 < argc && longmen::bench::IsPart(argv[i + 1])) {
      only.insert(argv[++i]);
    } else if (argument.starts_with('-')) {
      std::fputs("longmen-bench [--json FILE] [--only PART]... [DIRECTORY]; parts:", stderr);
      for (const auto& part : longmen::bench::kParts) std::fprintf(stderr, " %s", part.name);
      std::fputs("\n", stderr);
      return 2;
    } else {
      directory = argument;
    }
  }
  directory += "/longmen-bench";
  std::filesystem::remove_all(directory);
  std::filesystem::create_directories(directory);
  longmen::bench::Table table(json);
  longmen::bench::Run run{.directory = directory, .table = table};
  if (const char* seconds = std::getenv("LONGMEN_BENCH_SECONDS")) {
    run.seconds = std::strtod(seconds, nullptr);
  }
  for (const auto& part : longmen::bench::kParts) {
    const bool wanted =
        only.empty() ? std::string("growth") != part.name : only.contains(part.name);
    if (wanted) part.measure(run);
  }
  std::filesystem::remove_all(directory);
  return 0;
}
