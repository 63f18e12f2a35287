#include "adapters/cli/view.h"

#include <fmt/format.h>

#include <filesystem>

#include "adapters/cli/overlay.h"
#include "adapters/cli/progress.h"
#include "adapters/node/projector.h"
#include "engine/rocks_history/rocks_history.h"
#include "engine/rocks_reader/rocks_reader.h"
#include "engine/sequencer/recovery.h"
#include "projections/all/all.h"
#include "projections/rocks_store/rocks_store.h"

namespace longmen::adapters::cli {
namespace {

using projections::RocksStore;
using projections::StoreSnapshot;

constexpr int kTriesBesideWriter = 5;
constexpr Sequence kProgressRecords = 4'096;

struct Opened final : View {
  const projections::ReadStore& projections() const override {
    if (overlay != nullptr) return *overlay;
    return *stored;
  }
  const engine::LogReader& log() const override { return *reader; }
  const engine::Ledger& ledger() const override { return rules; }
  Sequence as_of() const override { return sequence; }
  Status status() const override { return stored == nullptr ? Ok() : stored->status(); }

  std::unique_ptr<engine::RocksReader> reader;
  std::shared_ptr<const StoreSnapshot> stored;    // null: folded from the first record
  std::unique_ptr<Overlay> overlay;               // null: `stored` is all there is to know
  std::unique_ptr<engine::RocksHistory> history;  // null: all that `rules` knows is in memory
  engine::Ledger rules;
  Sequence sequence = 0;
};

// Beside a writer a file may go between being listed and being opened; null where there is none,
// or none that can be used: it is derived.
std::shared_ptr<const StoreSnapshot> OpenDerived(const std::string& directory) {
  for (int i = 0; i < kTriesBesideWriter; ++i) {
    auto stored = RocksStore::OpenReadOnly(directory);
    if (stored.ok() && !projections::CheckFormat(**stored).ok()) break;
    if (stored.ok() && (*stored)->status().ok()) return *stored;
    if (!stored.ok() && stored.error().code == Code::NOT_FOUND) break;
  }
  return nullptr;
}

// What a running or stopped node put away, as far as it is on disk; null: nothing that can be used.
std::unique_ptr<engine::RocksHistory> OpenHistory(const std::string& directory,
                                                  const engine::LogReader& log) {
  for (int i = 0; i < kTriesBesideWriter; ++i) {
    auto history = engine::RocksHistory::OpenReadOnly({.directory = directory}, log);
    if (history.ok()) return std::move(*history);
    if (history.error().code == Code::NOT_FOUND) break;
  }
  return nullptr;
}

// Applies the log from where `rules` stands to the end of the view, and folds what `from` lacks.
Status RollForward(Opened& view, Sequence from) {
  if (view.rules.last_sequence() >= view.sequence) return Ok();
  constexpr std::string_view kEnd = "end";
  Progress progress("read", "records", view.sequence);
  std::optional<projections::Folding> folding;
  if (view.overlay != nullptr) folding.emplace(*view.overlay);
  const Status rolled =
      engine::RollForward(view.rules, *view.reader, view.history.get(),
                          [&](const RecordView& record, const Effects& effects) -> Status {
                            const Sequence sequence = record.header.sequence;
                            if (sequence % kProgressRecords == 0) progress.Show(sequence);
                            if (sequence > from && folding) {
                              RETURN_IF_ERROR(folding->Fold(record, effects));
                            }
                            if (sequence < view.sequence) return Ok();
                            return Error{Code::NONE, std::string(kEnd), ""};
                          });
  if (!rolled.ok() && rolled.error().field != kEnd) return rolled;
  if (folding) folding->Finish();
  return Ok();
}

}  // namespace

Result<std::unique_ptr<View>> View::Open(const ViewOptions& options) {
  const Error none{Code::NOT_FOUND, "",
                   options.directory + " has no ledger: longmen init makes one"};
  if (!std::filesystem::exists(options.directory + "/log")) return none;
  auto view = std::make_unique<Opened>();
  // Derived state first: the log, opened later, is then never behind it.
  if (!options.as_of) view->stored = OpenDerived(options.directory + "/derived");
  engine::RocksReaderOptions reader_options;
  reader_options.directory = options.directory + "/log";
  auto reader = engine::RocksReader::Open(std::move(reader_options));
  if (!reader.ok()) return reader.error();
  view->reader = std::move(*reader);
  const Sequence frontier = view->reader->AckedFrontier();
  // Its first record and its operator are the least: else its making was cut short.
  if (frontier <= 1) return none;
  view->sequence = options.as_of.value_or(frontier);
  if (view->sequence > frontier) {
    return Error{Code::UNANSWERABLE, "as-of", fmt::format("the log ends at sequence {}", frontier)};
  }
  if (view->stored != nullptr) {
    const Status same = CheckOfLog(view->stored->applied(), *view->reader);
    if (!same.ok() && same.error().field == "log") return same.error();
    if (!same.ok()) view->stored = nullptr;  // of another log: it is derived
  }
  const Sequence applied = view->stored == nullptr ? 0 : view->stored->applied().sequence;
  if (view->stored == nullptr || applied < view->sequence) {
    view->overlay = std::make_unique<Overlay>(view->stored);
  }
  if (view->overlay != nullptr || options.with_ledger) {
    const Sequence from = view->overlay == nullptr ? view->sequence : applied;
    view->history = OpenHistory(options.directory + "/history", *view->reader);
    auto rules = engine::LedgerOfSnapshot(*view->reader, options.directory + "/snapshots", from,
                                          view->history.get());
    if (!rules.ok()) return rules.error();
    view->rules = std::move(*rules);
    RETURN_IF_ERROR(RollForward(*view, applied));
  }
  return std::unique_ptr<View>(std::move(view));
}

}  // namespace longmen::adapters::cli
