// Exports of cycles: positions, the messages that settle them, reports.
#include <fmt/format.h>

#include <cstdio>
#include <functional>

#include "adapters/cli/export_kinds.h"
#include "projections/positions/positions.h"

namespace longmen::adapters::cli {
namespace {

using projections::ReadStore;
using Files = std::vector<ExportedFile>;

// The cycle that is named, or every one that has had its cut-off. A named one that is open is
// refused by what exports it.
Result<std::vector<CycleState>> SettlementCycles(const Exporting& exporting) {
  const std::string& name = exporting.options.cycle;
  if (name.empty()) {
    auto cycles = projections::Cycles(exporting.store);
    if (cycles.ok()) {
      std::erase_if(*cycles, [](const CycleState& cycle) { return cycle.cut_off == 0; });
    }
    return cycles;
  }
  auto cycle = projections::FindCycle(exporting.store, name);
  if (!cycle.ok()) return cycle.error();
  return std::vector<CycleState>{std::move(cycle).value()};
}

using MessageExporter = std::function<Result<Files>(const std::string& cycle)>;

// Who sends messages of a cycle that was changed may have sent those of before.
Status WarnOfVersion(const ReadStore& store, const CycleState& cycle) {
  const auto version = projections::VersionOf(store, cycle.cycle);
  if (!version.ok()) return version.error();
  if (version->by == 0) return Ok();
  fmt::print(
      stderr,
      "longmen: {} was changed by record {}: its messages are of version {}, and stand in the "
      "place of all earlier ones\n",
      cycle.name, version->by, version->number);
  return Ok();
}

// Whoever sends these messages is told where nothing is to be sent: a message that is not there is
// otherwise missed, and an aborted cycle's would move money that another cycle's moves too. So it
// has messages only where it is named.
Status Messages(Exporting& exporting, const MessageExporter& exporter) {
  const bool is_named = !exporting.options.cycle.empty();
  const auto cycles = SettlementCycles(exporting);
  if (!cycles.ok()) return cycles.error();
  for (const CycleState& cycle : *cycles) {
    if (cycle.status == CycleStatus::kAborted && !is_named) continue;
    const size_t before = exporting.files.size();
    RETURN_IF_ERROR(exporting.Take(exporter(cycle.name)));
    if (exporting.files.size() == before) {
      if (!is_named) continue;
      fmt::print(stderr, "longmen: {} has no net to settle, hence no message\n", cycle.name);
    } else if (cycle.status == CycleStatus::kAborted) {
      fmt::print(stderr, "longmen: {} was aborted: its messages are for the record, not to send\n",
                 cycle.name);
    } else {
      RETURN_IF_ERROR(WarnOfVersion(exporting.store, cycle));
    }
  }
  if (exporting.files.empty() && !is_named) {
    fmt::print(stderr, "longmen: no cycle {}, hence no message\n",
               cycles->empty() ? "is closed yet" : "that is closed has a net to settle");
  }
  return Ok();
}

}  // namespace

// Of the cycle that is named, or of every one.
Status WritePositions(Exporting& exporting) {
  const std::string& name = exporting.options.cycle;
  if (!name.empty()) return exporting.Take(ExportPositions(exporting.store, exporting.to, name));
  const auto cycles = projections::Cycles(exporting.store);
  if (!cycles.ok()) return cycles.error();
  for (const CycleState& cycle : *cycles) {
    RETURN_IF_ERROR(exporting.Take(ExportPositions(exporting.store, exporting.to, cycle.name)));
  }
  return Ok();
}

Status WritePacs029(Exporting& exporting) {
  return Messages(exporting, [&](const std::string& cycle) {
    return ExportSettlementRequests(exporting.store, exporting.to, cycle);
  });
}

Status WritePacs009(Exporting& exporting) {
  return Messages(exporting, [&](const std::string& cycle) {
    return ExportSettlementInstructions(exporting.store, exporting.to, cycle,
                                        exporting.options.settlement_agent);
  });
}

// One participant has no part in every cycle, but must have had one in some.
Status WriteSettlementReports(Exporting& exporting) {
  const ExportOptions& options = exporting.options;
  const auto cycles = SettlementCycles(exporting);
  if (!cycles.ok()) return cycles.error();
  const size_t before = exporting.files.size();
  for (const CycleState& cycle : *cycles) {
    const Status taken = exporting.Take(
        ExportSettlementReports(exporting.store, exporting.to, cycle.name, options.participant));
    const bool absent = !taken.ok() && taken.error().code == Code::NOT_FOUND &&
                        taken.error().field == "participant";
    if (!taken.ok() && (!absent || !options.cycle.empty())) return taken.error();
  }
  if (cycles->empty() && exporting.files.empty()) {
    fmt::print(stderr, "longmen: no cycle is closed yet, hence no report\n");
  } else if (exporting.files.size() == before && !options.participant.empty()) {
    return Error{Code::NOT_FOUND, "participant",
                 fmt::format("{} had no part in any closed cycle", options.participant)};
  }
  return Ok();
}

}  // namespace longmen::adapters::cli
