// longmen rebuild: forgets everything that was derived and derives it from the log again.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>

#include "adapters/cli/command.h"
#include "adapters/cli/progress.h"
#include "engine/rocks_writer/rocks_log.h"
#include "engine/snapshot_writer/snapshot_writer.h"
#include "events/block/block.h"
#include "projections/all/all.h"
#include "projections/rocks_store/rocks_store.h"

namespace longmen::adapters::cli {
namespace {

using projections::RocksStore;

constexpr size_t kCommitBytes = 8u << 20;
constexpr Sequence kProgressRecords = 4'096;

struct RebuildOptions {
  std::string directory;
  bool json = false;
};

Status Forget(const std::string& directory) {
  for (const char* derived : {"/derived", "/snapshots"}) {
    std::error_code failure;
    std::filesystem::remove_all(directory + derived, failure);
    if (failure) {
      return Error{Code::STORAGE_FAILED, "", directory + derived + ": " + failure.message()};
    }
  }
  return Ok();
}

Status Derive(const engine::LogReader& log, RocksStore& store, engine::Ledger& ledger) {
  Progress progress("derived", "records", log.AckedFrontier());
  const Status derived = engine::ForEachRecord(log, 1, [&](const RecordView& record) -> Status {
    auto effects = ledger.Apply(record);
    if (!effects.ok()) return effects.error();
    RETURN_IF_ERROR(projections::Fold(record, *effects, store));
    if (record.header.sequence % kProgressRecords == 0) progress.Show(record.header.sequence);
    return store.pending_bytes() >= kCommitBytes ? store.Commit() : Ok();
  });
  RETURN_IF_ERROR(derived);
  RETURN_IF_ERROR(store.Commit());
  return store.Flush();
}

// The ledger as it stands, so that the next opening need not replay the log a second time.
Status Snapshot(const std::string& directory, const engine::LogReader& log,
                const engine::Ledger& ledger) {
  const auto blocks = log.Read(ledger.last_sequence(), 1);
  if (!blocks.ok()) return blocks.error();
  CHECK(!blocks->empty(), "rebuild.tail", ledger.last_sequence());
  const std::vector<uint8_t> state = ledger.Save();
  return engine::WriteSnapshot(directory + "/snapshots",
                               {ledger.last_sequence(), Sha256(blocks->front().bytes())}, state);
}

int RunRebuild(const RebuildOptions& options) {
  if (!std::filesystem::exists(options.directory + "/log")) {
    return Fail({Code::NOT_FOUND, "", options.directory + " has no ledger"});
  }
  // The log's lock keeps every server away while derived state is not there; nothing is written.
  engine::RocksLogOptions log_options;
  log_options.directory = options.directory + "/log";
  log_options.compression = engine::Compression::kZstd;
  auto log = engine::RocksLog::OpenDirectory(std::move(log_options));
  if (!log.ok()) return Fail(log.error());
  if (const Status forgotten = Forget(options.directory); !forgotten.ok()) {
    return Fail(forgotten.error());
  }
  auto store = RocksStore::Open(options.directory + "/derived");
  if (!store.ok()) return Fail(store.error());
  engine::Ledger ledger;
  if (const Status derived = Derive(**log, **store, ledger); !derived.ok()) {
    return Fail(derived.error());
  }
  if (const Status snapshot = Snapshot(options.directory, **log, ledger); !snapshot.ok()) {
    return Fail(snapshot.error());
  }
  const std::string derived = Hex(projections::StoreDigest((*store)->Committed()));
  const std::string state = Hex(ledger.StateDigest());
  if (options.json) {
    fmt::print(R"({{"sequence":"{}","derived":"{}","state":"{}"}})"
               "\n",
               ledger.last_sequence(), derived, state);
  } else {
    fmt::print("derived again from {} records\nderived  {}\nstate    {}\n", ledger.last_sequence(),
               derived, state);
  }
  return kDone;
}

}  // namespace

Command DeclareRebuild(CLI::App& app) {
  auto options = std::make_shared<RebuildOptions>();
  CLI::App* rebuild =
      app.add_subcommand("rebuild", "delete all derived state and derive it from the log again");
  rebuild->add_option("DIR", options->directory, "the ledger's directory")->required();
  rebuild->add_flag("--json", options->json, "one JSON object");
  return {rebuild, [options] { return RunRebuild(*options); }};
}

}  // namespace longmen::adapters::cli
