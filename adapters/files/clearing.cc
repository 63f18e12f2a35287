// Exports of clearing: the positions of a cycle, and reconciliation.
#include "adapters/files/flow_columns.h"
#include "adapters/files/naming.h"
#include "projections/positions/positions.h"

namespace longmen::adapters {
namespace {

using projections::Flow;
using projections::ReadStore;

Result<ExportedFile> ExportOwn(const projections::CyclePositions& positions,
                               const std::string& directory, const ExportRange& range) {
  const std::string& cycle = positions.cycle.name;
  auto file = CsvFile::Create(
      directory, ExportName("positions-" + FileNamePart(cycle), range.first, range.last),
      FlowColumns({"cycle", "scheme", "participant"}));
  if (!file.ok()) return file.error();
  ControlSums sums;
  for (const auto& position : positions.positions) {
    file->Row(
        FlowFields({CsvText(cycle), CsvText(positions.cycle.scheme), CsvText(position.participant)},
                   position.flow, position.currency));
    AddFlow(position.flow, position.currency, sums);
  }
  return file->Finish(range.first, range.last, sums);
}

Result<ExportedFile> ExportBilateral(const projections::CyclePositions& positions,
                                     const std::string& directory, const ExportRange& range) {
  const std::string& cycle = positions.cycle.name;
  auto file = CsvFile::Create(
      directory, ExportName("bilateral-" + FileNamePart(cycle), range.first, range.last),
      FlowColumns({"cycle", "scheme", "participant", "counterparty"}));
  if (!file.ok()) return file.error();
  ControlSums sums;
  for (const auto& position : positions.bilateral) {
    file->Row(FlowFields({CsvText(cycle), CsvText(positions.cycle.scheme),
                          CsvText(position.participant), CsvText(position.counterparty)},
                         position.flow, position.currency));
    AddFlow(position.flow, position.currency, sums);
  }
  return file->Finish(range.first, range.last, sums);
}

CsvField Reference(Sequence sequence) { return sequence == 0 ? CsvText("") : CsvNumber(sequence); }

void DetailRow(const projections::ReconciliationLine& line, CsvFile& file) {
  const Currency currency = line.amount.currency;
  const std::string status = line.exception == Code::NONE
                                 ? "succeeded"
                                 : fmt::format("exception:{}", CodeName(line.exception));
  file.Row({CsvDate(line.clearing_date), CsvText(line.batch), CsvText(line.channel),
            CsvNumber(line.event), CsvText(line.order_key), CsvText(line.channel_reference),
            Reference(line.original), CsvText(projections::LineTypeName(line.type)),
            CsvText(line.payer_bank), CsvText(line.payee_bank), CsvText(currency.alphabetic()),
            CsvNumber(line.amount.minor), CsvNumber(line.fee), CsvInstant(line.event_time),
            CsvText(status), CsvAmount(line.amount.minor, currency),
            CsvText(FormatDate(line.book_date)), CsvNumber(line.booked),
            CsvText(line.carried_from)});
}

// What the scope selects, for a file's name: "b2b_gateway-ICBC-online-20210301".
std::string ScopeName(const projections::ReconciliationScope& scope) {
  std::string name = projections::EnumName(scope.scenario);
  name += scope.participant.empty() ? "-all" : "-" + FileNamePart(scope.participant);
  if (!scope.channel.empty()) name += "-" + FileNamePart(scope.channel);
  return name + "-" + FormatBasicDate(scope.book_date);
}

ControlSums SumsOf(const projections::ReconciliationDay& day) {
  ControlSums sums;
  for (const auto& row : day.summary) {
    sums.AddDebit(row.debits, row.currency);
    sums.AddCredit(row.credits, row.currency);
  }
  return sums;
}

Result<ExportedFile> ExportDetail(const projections::ReconciliationDay& day,
                                  const std::string& directory, const std::string& scope) {
  auto file = CsvFile::Create(
      directory, ExportName("reconciliation-detail-" + scope, day.range.first, day.range.last),
      {"clearing_date", "batch_id", "channel", "event_id", "order_no", "channel_ref",
       "original_ref", "type", "payer_bank", "payee_bank", "ccy", "amount_fen", "fee_fen",
       "event_time", "status", "amount", "book_date", "booked_id", "carried_from"});
  if (!file.ok()) return file.error();
  for (const auto& line : day.lines) DetailRow(line, *file);
  return file->Finish(day.range.first, day.range.last, SumsOf(day));
}

Result<ExportedFile> ExportSummary(const projections::ReconciliationDay& day,
                                   const std::string& directory, const std::string& scope,
                                   const ExportedFile& detail) {
  auto file = CsvFile::Create(
      directory, ExportName("reconciliation-summary-" + scope, day.range.first, day.range.last),
      {"clearing_date", "batch_id", "bank", "channel", "ccy", "dr_count", "dr_amount", "cr_count",
       "cr_amount", "net_amount", "net_dir"});
  if (!file.ok()) return file.error();
  for (const auto& row : day.summary) {
    const Flow flow{.in_count = row.credit_count,
                    .out_count = row.debit_count,
                    .in = row.credits,
                    .out = row.debits};
    const WideSum net = flow.net();
    file->Row({CsvDate(row.clearing_date), CsvText(row.batch), CsvText(row.bank),
               CsvText(row.channel), CsvText(row.currency.alphabetic()), CsvNumber(row.debit_count),
               CsvNumber(row.debits.value()), CsvNumber(row.credit_count),
               CsvNumber(row.credits.value()), CsvNumber(net.value()), CsvText(Direction(net))});
  }
  return file->Finish(day.range.first, day.range.last, SumsOf(day), {Hex(detail.sha256)});
}

}  // namespace

Result<std::vector<ExportedFile>> ExportPositions(const ReadStore& store,
                                                  const std::string& directory,
                                                  std::string_view cycle_name) {
  const auto positions = projections::PositionsOf(store, cycle_name);
  if (!positions.ok()) return positions.error();
  const auto range = ResolveRange(store, RangeOfCycle(*positions));
  if (!range.ok()) return range.error();
  auto own = ExportOwn(*positions, directory, *range);
  if (!own.ok()) return own.error();
  auto bilateral = ExportBilateral(*positions, directory, *range);
  if (!bilateral.ok()) return bilateral.error();
  return std::vector<ExportedFile>{std::move(own).value(), std::move(bilateral).value()};
}

Result<std::vector<ExportedFile>> ExportReconciliation(
    const ReadStore& store, const std::string& directory,
    const projections::ReconciliationScope& scope) {
  const auto day = projections::ReconciliationOf(store, scope);
  if (!day.ok()) return day.error();
  const std::string name = ScopeName(scope);
  auto detail = ExportDetail(*day, directory, name);
  if (!detail.ok()) return detail.error();
  auto summary = ExportSummary(*day, directory, name, *detail);
  if (!summary.ok()) return summary.error();
  return std::vector<ExportedFile>{std::move(detail).value(), std::move(summary).value()};
}

}  // namespace longmen::adapters
