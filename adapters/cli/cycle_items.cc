#include "adapters/cli/cycle_items.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "adapters/cli/progress.h"
#include "engine/rocks_history/rocks_history.h"
#include "engine/sequencer/recovery.h"
#include "projections/positions/positions.h"

namespace longmen::adapters::cli {
namespace {

constexpr Sequence kProgressRecords = 4'096;
constexpr std::string_view kEnd = "end";

using Wanted = std::unordered_set<Sequence>;  // cycles

Result<Wanted> CyclesWanted(const View& view, const std::string& scheme) {
  const auto cycles = projections::Cycles(view.projections());
  if (!cycles.ok()) return cycles.error();
  Wanted wanted;
  std::set<std::string_view> schemes;
  for (const CycleState& cycle : *cycles) {
    schemes.insert(cycle.scheme);
    if (scheme.empty() || cycle.scheme == scheme) wanted.insert(cycle.cycle);
  }
  if (!wanted.empty() || scheme.empty()) return wanted;
  if (schemes.empty()) return Error{Code::NOT_FOUND, "scheme", "there are no cycles yet"};
  return Error{
      Code::NOT_FOUND, "scheme",
      fmt::format("{} has no cycles; those that have: {}", scheme, fmt::join(schemes, ", "))};
}

// Participants in one currency are numbered as they first appear.
class Collector {
 public:
  Collector(Wanted wanted, const ItemsScope& scope) : wanted_(std::move(wanted)), scope_(scope) {}

  void Take(const RecordView& record, const Effects& effects) {
    const RecordHeader& header = record.header;
    const bool in_scope = header.sequence >= scope_.first;
    Nanos at = header.recorded_at;
    for (const WaitingState& waiting : effects.waiting) {
      if (waiting.status == WaitingStatus::kGone) {
        at = LeftQueue(waiting.movement);
      } else {
        // One from before the scope may have come before what was read, too.
        came_.try_emplace(waiting.movement, waiting.movement < scope_.first ? scope_.begin : at);
      }
    }
    // Items of a record about a cycle are no payments: what an abort or a recast hands on was taken
    // when it was booked, and a share of a loss is a claim that somebody failed to pay.
    if (!in_scope || effects.cycle) return;
    for (const CycleItem& item : effects.items) {
      if (wanted_.contains(item.cycle)) Add(item, at);
    }
  }

  std::vector<CurrencyItems> Finish() {
    std::vector<CurrencyItems> all;
    for (auto& [code, numbered] : currencies_) {
      // One that waited was booked after others that came later.
      std::ranges::stable_sort(numbered.items.payments, {}, &engine::TimedPayment::at);
      all.push_back(std::move(numbered.items));
    }
    return all;
  }

 private:
  struct Numbered {
    CurrencyItems items;
    std::unordered_map<const std::string*, uint32_t> numbers;

    uint32_t NumberOf(const Name& participant) {
      const auto [it, fresh] = numbers.try_emplace(
          &participant.text(), static_cast<uint32_t>(items.participants.size()));
      if (fresh) items.participants.push_back(participant);
      return it->second;
    }
  };

  Nanos LeftQueue(Sequence movement) {
    const auto came = came_.find(movement);
    if (came == came_.end()) return scope_.begin;
    const Nanos at = came->second;
    came_.erase(came);
    return at;
  }

  void Add(const CycleItem& item, Nanos at) {
    Numbered& numbered = currencies_[item.amount.currency.alphabetic()];
    numbered.items.currency = item.amount.currency;
    const uint32_t from = numbered.NumberOf(item.from);
    numbered.items.payments.push_back({at, from, numbered.NumberOf(item.to), item.amount.minor});
  }

  const Wanted wanted_;
  const ItemsScope& scope_;
  std::map<std::string_view, Numbered> currencies_;
  std::unordered_map<Sequence, Nanos> came_;  // when a movement that waits did
};

// What a node put away on disk need not be kept in memory here. Null: nothing that can be used.
std::unique_ptr<engine::RocksHistory> OpenHistory(const View& view, const std::string& directory) {
  auto history = engine::RocksHistory::OpenReadOnly({.directory = directory}, view.log());
  return history.ok() ? std::move(*history) : nullptr;
}

}  // namespace

Result<std::vector<CurrencyItems>> ReadCycleItems(const View& view, const ItemsScope& scope) {
  auto wanted = CyclesWanted(view, scope.scheme);
  if (!wanted.ok()) return wanted.error();
  if (scope.first > scope.last) return std::vector<CurrencyItems>{};
  const auto history = OpenHistory(view, scope.directory + "/history");
  auto ledger = engine::LedgerOfSnapshot(view.log(), scope.directory + "/snapshots",
                                         scope.first - 1, history.get());
  if (!ledger.ok()) return ledger.error();
  Collector collector(std::move(*wanted), scope);
  Progress progress("read", "records", scope.last);
  const Status read =
      engine::RollForward(*ledger, view.log(), history.get(),
                          [&](const RecordView& record, const Effects& effects) -> Status {
                            const Sequence sequence = record.header.sequence;
                            if (sequence % kProgressRecords == 0) progress.Show(sequence);
                            collector.Take(record, effects);
                            if (sequence < scope.last) return Ok();
                            return Error{Code::NONE, std::string(kEnd), ""};
                          });
  if (!read.ok() && read.error().field != kEnd) return read.error();
  return collector.Finish();
}

}  // namespace longmen::adapters::cli
