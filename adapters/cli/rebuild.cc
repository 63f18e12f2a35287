// longmen rebuild: derives everything from the log again, and exchanges it for what was there.
//
// A rebuild that fails or is killed (a log that cannot be followed, a full disk) leaves the old
// state; what it left beside is removed by the next.
#include <fcntl.h>
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "adapters/cli/command.h"
#include "adapters/cli/progress.h"
#include "adapters/node/backup.h"
#include "engine/rocks_history/rocks_history.h"
#include "engine/rocks_writer/rocks_log.h"
#include "engine/sequencer/recovery.h"
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

// What is derived lies in three directories. Each is made beside the old one, under this name.
constexpr const char* kDerived[] = {"/derived", "/history", "/snapshots"};
constexpr std::string_view kNew = ".new";

std::string Beside(const std::string& path) { return path + std::string(kNew); }

Error Failed(const std::string& path, const std::string& why) {
  return Error{Code::STORAGE_FAILED, "", path + ": " + why};
}

Status Remove(const std::string& path) {
  std::error_code failure;
  std::filesystem::remove_all(path, failure);
  if (failure) return Failed(path, failure.message());
  return Ok();
}

// What a rebuild that was killed left half made, or did not come to delete.
Status RemoveLeftovers(const std::string& directory) {
  for (const char* name : kDerived) RETURN_IF_ERROR(Remove(Beside(directory + name)));
  return Ok();
}

// Puts the new directory in the old one's place in one step, so that a kill leaves one or the
// other. Where there is no old one, or the file system cannot exchange, the old one goes first: it
// is derived, and whoever finds neither derives it again.
Status Swap(const std::string& path) {
  const std::string made = Beside(path);
  if (::renameat2(AT_FDCWD, made.c_str(), AT_FDCWD, path.c_str(), RENAME_EXCHANGE) == 0) {
    return Remove(made);
  }
  const bool cannot = errno == ENOENT || errno == EINVAL || errno == ENOSYS;
  if (!cannot) return Failed(path, std::strerror(errno));
  RETURN_IF_ERROR(Remove(path));
  if (::rename(made.c_str(), path.c_str()) != 0) return Failed(path, std::strerror(errno));
  return Ok();
}

Status Derive(const engine::LogReader& log, RocksStore& store, engine::Ledger& ledger,
              engine::History& history) {
  Progress progress("derived", "records", log.AckedFrontier());
  projections::Folding folding(store);
  const Status derived = engine::RollForward(
      ledger, log, &history, [&](const RecordView& record, const Effects& effects) -> Status {
        RETURN_IF_ERROR(folding.Fold(record, effects));
        if (record.header.sequence % kProgressRecords == 0) progress.Show(record.header.sequence);
        if (store.pending_bytes() < kCommitBytes) return Ok();
        folding.Finish();
        return store.Commit();
      });
  RETURN_IF_ERROR(derived);
  folding.Finish();
  ledger.PutAway(SIZE_MAX);
  RETURN_IF_ERROR(history.Flush());
  RETURN_IF_ERROR(store.Commit());
  return store.Flush();
}

// The ledger as it stands, so that the next opening need not replay the log a second time.
Status Snapshot(const std::string& directory, const engine::LogReader& log,
                const engine::Ledger& ledger) {
  std::error_code failure;
  std::filesystem::create_directories(directory, failure);
  if (failure) return Failed(directory, failure.message());
  if (ledger.last_sequence() == 0) return Ok();  // no record yet, and nothing to stand on
  const auto blocks = log.Read(ledger.last_sequence(), 1);
  if (!blocks.ok()) return blocks.error();
  CHECK(!blocks->empty(), "rebuild.tail", ledger.last_sequence());
  const std::vector<uint8_t> state = ledger.Save();
  return engine::WriteSnapshot(directory, {ledger.last_sequence(), Sha256(blocks->front().bytes())},
                               state);
}

struct Rebuilt {
  Sequence sequence = 0;
  Digest256 derived{};
  Digest256 state{};
};

// Everything derived from the first record on, without any snapshot, beside what is there.
Result<Rebuilt> DeriveBeside(const std::string& directory, const engine::LogReader& log) {
  auto store = RocksStore::Open(Beside(directory + "/derived"));
  if (!store.ok()) return store.error();
  auto history = engine::RocksHistory::Open({.directory = Beside(directory + "/history")}, log);
  if (!history.ok()) return history.error();
  engine::Ledger ledger;
  ledger.Attach(**history);
  RETURN_IF_ERROR(Derive(log, **store, ledger, **history));
  RETURN_IF_ERROR(Snapshot(Beside(directory + "/snapshots"), log, ledger));
  return Rebuilt{ledger.last_sequence(), projections::StoreDigest((*store)->Committed()),
                 ledger.StateDigest()};
}

// The old state is touched only once the log was read to its end and the new state is on disk.
Result<Rebuilt> Rebuild(const std::string& directory, const engine::LogReader& log) {
  RETURN_IF_ERROR(RemoveLeftovers(directory));
  auto rebuilt = DeriveBeside(directory, log);
  if (!rebuilt.ok()) {
    (void)RemoveLeftovers(directory);  // else the next run does
    return rebuilt;
  }
  for (const char* name : kDerived) RETURN_IF_ERROR(Swap(directory + name));
  return rebuilt;
}

int RunRebuild(const RebuildOptions& options) {
  if (!std::filesystem::exists(options.directory + "/log")) {
    return Fail({Code::NOT_FOUND, "", options.directory + " has no ledger"});
  }
  if (const Status ledger = RefuseBackup(options.directory); !ledger.ok()) {
    return Fail(ledger.error());
  }
  // The log's lock keeps every server away while derived state is exchanged; nothing is written.
  engine::RocksLogOptions log_options;
  log_options.directory = options.directory + "/log";
  log_options.compression = engine::Compression::kZstd;
  auto log = engine::RocksLog::OpenDirectory(std::move(log_options));
  if (!log.ok()) return Fail(log.error());
  const auto rebuilt = Rebuild(options.directory, **log);
  if (!rebuilt.ok()) return Fail(rebuilt.error());
  const std::string derived = Hex(rebuilt->derived);
  const std::string state = Hex(rebuilt->state);
  if (options.json) {
    fmt::print(R"({{"sequence":"{}","derived":"{}","state":"{}"}})"
               "\n",
               rebuilt->sequence, derived, state);
  } else {
    fmt::print("derived again from {} records\nderived  {}\nstate    {}\n", rebuilt->sequence,
               derived, state);
  }
  return kDone;
}

}  // namespace

Command DeclareRebuild(CLI::App& app) {
  auto options = std::make_shared<RebuildOptions>();
  CLI::App* rebuild = app.add_subcommand("rebuild", "derive all derived state from the log again");
  rebuild->add_option("DIR", options->directory, "the ledger's directory")->required();
  rebuild->add_flag("--json", options->json, "one JSON object");
  return {rebuild, [options] { return RunRebuild(*options); }};
}

}  // namespace longmen::adapters::cli
