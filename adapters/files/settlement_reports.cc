// Reports of a closed cycle for the people who settle it (domain E4): each participant's own and
// the settlement bank's; once it is settled also that of the result (settlement_results).
//
// A line is of entry "net", what a participant settles in all, or "bilateral",
// how that came about with one counterparty; currencies follow one another by code.
#include <algorithm>
#include <span>

#include "adapters/files/file_writer.h"
#include "adapters/files/flow_columns.h"
#include "adapters/files/naming.h"
#include "adapters/files/settlement_results.h"

namespace longmen::adapters {
namespace {

using projections::BilateralPosition;
using projections::ParticipantPosition;
using projections::ReadStore;

std::vector<Currency> CurrenciesOf(std::span<const ParticipantPosition> positions) {
  std::vector<Currency> currencies;
  for (const auto& position : positions) currencies.push_back(position.currency);
  std::sort(currencies.begin(), currencies.end(),
            [](Currency a, Currency b) { return a.alphabetic() < b.alphabetic(); });
  currencies.erase(std::unique(currencies.begin(), currencies.end()), currencies.end());
  return currencies;
}

// The positions of one participant among those of all, which are by participant.
template <typename Position>
std::span<const Position> OfParticipant(std::span<const Position> all, const std::string& name) {
  const auto first = std::lower_bound(
      all.begin(), all.end(), name,
      [](const Position& each, const std::string& n) { return each.participant < n; });
  const auto last = std::upper_bound(
      first, all.end(), name,
      [](const std::string& n, const Position& each) { return n < each.participant; });
  return {first, last};
}

// One report of nets and pairs while it is written.
class Report {
 public:
  static Result<Report> Create(const ClosedCycle& closed, const ExportTo& to,
                               const std::string& what) {
    using enum ColumnType;
    auto file = ExportTable::Create(to, what, closed.range.first, closed.range.last,
                                    FlowColumns({{"cycle", kText},
                                                 {"scheme", kText},
                                                 {"settlement_date", kDate},
                                                 {"entry", kText},
                                                 {"participant", kText},
                                                 {"counterparty", kText}}));
    if (!file.ok()) return file.error();
    return Report(closed, std::move(file).value());
  }
  void Net(const ParticipantPosition& position) {
    Row("net", position.participant, "", position.flow, position.currency);
  }
  void Pair(const BilateralPosition& pair) {
    Row("bilateral", pair.participant, pair.counterparty, pair.flow, pair.currency);
  }
  Result<ExportedFile> Finish(const ControlSums& sums) {
    return table_.Finish(closed_.range.last, sums);
  }

 private:
  Report(const ClosedCycle& closed, ExportTable table)
      : closed_(closed), table_(std::move(table)) {}
  void Row(std::string_view entry, const std::string& participant, const std::string& counterparty,
           const projections::Flow& flow, Currency currency) {
    const CycleState& cycle = closed_.positions.cycle;
    table_.Row(
        FlowCells({TextCell(cycle.name), TextCell(cycle.scheme), DateCell(closed_.settlement_date),
                   TextCell(entry), TextCell(participant), TextCell(counterparty)},
                  flow, currency));
  }

  const ClosedCycle& closed_;
  ExportTable table_;
};

Result<ExportedFile> ExportOwnReport(const ClosedCycle& closed, const ExportTo& to,
                                     const std::string& participant) {
  const auto& positions = closed.positions;
  auto report = Report::Create(
      closed, to,
      "settlement-report-" + FileNamePart(positions.cycle.name) + "-" + FileNamePart(participant));
  if (!report.ok()) return report.error();
  ControlSums sums;  // of what it sent and received
  const auto nets = OfParticipant<ParticipantPosition>(positions.positions, participant);
  const auto pairs = OfParticipant<BilateralPosition>(positions.bilateral, participant);
  for (const Currency currency : CurrenciesOf(nets)) {
    for (const auto& pair : pairs) {
      if (pair.currency == currency) report->Pair(pair);
    }
    for (const auto& net : nets) {
      if (net.currency != currency) continue;
      report->Net(net);
      AddFlow(net.flow, currency, sums);
    }
  }
  return report->Finish(sums);
}

// A pair is shown from the side that pays, and where neither does from the first by name.
bool IsShownFrom(const BilateralPosition& pair) {
  const __int128 net = pair.flow.net().value();
  return net < 0 || (net == 0 && pair.participant < pair.counterparty);
}

Result<ExportedFile> ExportBankReport(const ClosedCycle& closed, const ExportTo& to) {
  const auto& positions = closed.positions;
  auto report =
      Report::Create(closed, to, "settlement-bank-report-" + FileNamePart(positions.cycle.name));
  if (!report.ok()) return report.error();
  ControlSums sums;  // of what is to be paid and received
  for (const Currency currency : CurrenciesOf(positions.positions)) {
    for (const auto& position : positions.positions) {
      if (position.currency != currency) continue;
      report->Net(position);
      sums.Add(position.flow.net(), currency);
    }
    for (const auto& pair : positions.bilateral) {
      if (pair.currency == currency && IsShownFrom(pair)) report->Pair(pair);
    }
  }
  return report->Finish(sums);
}

// By name, each once: positions are in that order.
std::vector<std::string> ParticipantsOf(const ClosedCycle& closed) {
  std::vector<std::string> names;
  for (const auto& position : closed.positions.positions) {
    if (names.empty() || names.back() != position.participant) {
      names.push_back(position.participant);
    }
  }
  return names;
}

}  // namespace

Result<std::vector<ExportedFile>> ExportSettlementReports(const ReadStore& store,
                                                          const ExportTo& to,
                                                          std::string_view cycle_name,
                                                          std::string_view participant) {
  const auto closed = ReadClosedCycle(store, cycle_name);
  if (!closed.ok()) return closed.error();
  const auto participants = ParticipantsOf(*closed);
  std::vector<ExportedFile> files;
  const auto take = [&](Result<ExportedFile> file) -> Status {
    if (!file.ok()) return file.error();
    files.push_back(std::move(file).value());
    return Ok();
  };
  if (!participant.empty()) {
    if (std::find(participants.begin(), participants.end(), participant) == participants.end()) {
      return Error{Code::NOT_FOUND, "participant",
                   fmt::format("{} had no part in {}", participant, cycle_name)};
    }
    RETURN_IF_ERROR(take(ExportOwnReport(*closed, to, std::string(participant))));
    return files;
  }
  for (const std::string& each : participants) {
    RETURN_IF_ERROR(take(ExportOwnReport(*closed, to, each)));
  }
  RETURN_IF_ERROR(take(ExportBankReport(*closed, to)));
  if (closed->positions.cycle.status == CycleStatus::kSettled) {
    RETURN_IF_ERROR(take(ExportResultReport(store, *closed, to)));
  }
  return files;
}

}  // namespace longmen::adapters
