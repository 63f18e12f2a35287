// Exports of clearing: the positions of a cycle, and reconciliation.
#include <algorithm>
#include "adapters/files/flow_columns.h"

#include "adapters/files/file_writer.h"
#include "adapters/files/naming.h"
#include "projections/positions/positions.h"

namespace longmen::adapters {
namespace {

using projections::Flow;
using projections::ReadStore;

using enum ColumnType;

constexpr TableColumn kDetailColumns[] = {
    {"clearing_date", kDate}, {"batch_id", kText},      {"channel", kText},
    {"event_id", kCount},     {"order_no", kText},      {"channel_ref", kText},
    {"original_ref", kCount}, {"type", kText},          {"payer_bank", kText},
    {"payee_bank", kText},    {"ccy", kText},           {"amount_fen", kMinor},
    {"fee_fen", kMinor},      {"event_time", kInstant}, {"status", kText},
    {"amount", kAmount},      {"book_date", kDate},     {"booked_id", kCount},
    {"carried_from", kText}};

constexpr TableColumn kSummaryColumns[] = {
    {"clearing_date", kDate}, {"batch_id", kText},    {"bank", kText},       {"channel", kText},
    {"ccy", kText},           {"dr_count", kCount},   {"dr_amount", kMinor}, {"cr_count", kCount},
    {"cr_amount", kMinor},    {"net_amount", kMinor}, {"net_dir", kText}};

Result<ExportedFile> ExportOwn(const projections::CyclePositions& positions, const ExportTo& to,
                               const ExportRange& range) {
  const std::string& cycle = positions.cycle.name;
  auto table = ExportTable::Create(
      to, "positions-" + FileNamePart(cycle), range.first, range.last,
      FlowColumns({{"cycle", kText}, {"scheme", kText}, {"participant", kText}}));
  if (!table.ok()) return table.error();
  ControlSums sums;
  for (const auto& position : positions.positions) {
    table->Row(FlowCells(
        {TextCell(cycle), TextCell(positions.cycle.scheme), TextCell(position.participant)},
        position.flow, position.currency));
    AddFlow(position.flow, position.currency, sums);
  }
  return table->Finish(range.last, sums);
}

Result<ExportedFile> ExportBilateral(const projections::CyclePositions& positions,
                                     const ExportTo& to, const ExportRange& range) {
  const std::string& cycle = positions.cycle.name;
  auto table = ExportTable::Create(
      to, "bilateral-" + FileNamePart(cycle), range.first, range.last,
      FlowColumns(
          {{"cycle", kText}, {"scheme", kText}, {"participant", kText}, {"counterparty", kText}}));
  if (!table.ok()) return table.error();
  ControlSums sums;
  for (const auto& position : positions.bilateral) {
    table->Row(FlowCells({TextCell(cycle), TextCell(positions.cycle.scheme),
                          TextCell(position.participant), TextCell(position.counterparty)},
                         position.flow, position.currency));
    AddFlow(position.flow, position.currency, sums);
  }
  return table->Finish(range.last, sums);
}

TableCell Reference(Sequence sequence) { return sequence == 0 ? NoCell() : CountCell(sequence); }

void DetailRow(const projections::ReconciliationLine& line, ExportTable& table) {
  const Currency currency = line.amount.currency;
  const bool fine = line.exception == Code::NONE;
  const std::string exception = fine ? "" : fmt::format("exception:{}", CodeName(line.exception));
  table.Row({DateCell(line.clearing_date), TextCell(line.batch), TextCell(line.channel),
             CountCell(line.event), TextCell(line.order_key), TextCell(line.channel_reference),
             Reference(line.original), TextCell(projections::LineTypeName(line.type)),
             TextCell(line.payer_bank), TextCell(line.payee_bank), TextCell(currency.alphabetic()),
             MinorCell(line.amount.minor), MinorCell(line.fee), InstantCell(line.event_time),
             TextCell(fine ? "succeeded" : exception), AmountCell(line.amount.minor, currency),
             DateCell(line.book_date), CountCell(line.booked), TextCell(line.carried_from)});
}

// What the scope selects, for a file's name: "b2b_gateway-ICBC-online-20210301".
std::string ScopeName(const projections::ReconciliationScope& scope) {
  std::string name = projections::EnumName(scope.scenario);
  name += scope.participant.empty() ? "-all" : "-" + FileNamePart(scope.participant);
  if (!scope.channel.empty()) name += "-" + FileNamePart(scope.channel);
  if (!scope.cycle.empty()) name += "-in-" + FileNamePart(scope.cycle);
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

// Fills the day's range and summary in on the way.
Result<ExportedFile> ExportDetail(const ReadStore& store, const ExportTo& to,
                                  const projections::ReconciliationScope& scope,
                                  projections::ReconciliationDay& day) {
  const auto range = projections::RangeOfDates(store, scope.book_date, scope.book_date);
  if (!range.ok()) return range.error();
  auto table = ExportTable::Create(to, "reconciliation-detail-" + ScopeName(scope), range->first,
                                   range->last, kDetailColumns);
  if (!table.ok()) return table.error();
  auto read = projections::EachReconciliationLine(store, scope, [&](const auto& line) {
    DetailRow(line, *table);
    return true;
  });
  if (!read.ok()) return read.error();
  day = std::move(read).value();
  return table->Finish(day.range.last, SumsOf(day));
}

Result<ExportedFile> ExportSummary(const projections::ReconciliationDay& day, const ExportTo& to,
                                   const std::string& scope, const ExportedFile& detail) {
  auto table = ExportTable::Create(to, "reconciliation-summary-" + scope, day.range.first,
                                   day.range.last, kSummaryColumns);
  if (!table.ok()) return table.error();
  for (const auto& row : day.summary) {
    const Flow flow{.in_count = row.credit_count,
                    .out_count = row.debit_count,
                    .in = row.credits,
                    .out = row.debits};
    const WideSum net = flow.net();
    table->Row({DateCell(row.clearing_date), TextCell(row.batch), TextCell(row.bank),
                TextCell(row.channel), TextCell(row.currency.alphabetic()),
                CountCell(row.debit_count), MinorCell(row.debits), CountCell(row.credit_count),
                MinorCell(row.credits), MinorCell(net), TextCell(Direction(net))});
  }
  return table->Finish(day.range.last, SumsOf(day), {Hex(detail.sha256)});
}

}  // namespace

Result<std::vector<ExportedFile>> ExportPositions(const ReadStore& store, const ExportTo& to,
                                                  std::string_view cycle_name) {
  const auto positions = projections::PositionsOf(store, cycle_name);
  if (!positions.ok()) return positions.error();
  const auto range = ResolveRange(store, RangeOfCycle(*positions));
  if (!range.ok()) return range.error();
  auto own = ExportOwn(*positions, to, *range);
  if (!own.ok()) return own.error();
  auto bilateral = ExportBilateral(*positions, to, *range);
  if (!bilateral.ok()) return bilateral.error();
  return std::vector<ExportedFile>{std::move(own).value(), std::move(bilateral).value()};
}

Result<std::vector<ExportedFile>> ExportReconciliation(
    const ReadStore& store, const ExportTo& to, const projections::ReconciliationScope& scope) {
  projections::ReconciliationDay day;
  auto detail = ExportDetail(store, to, scope, day);
  if (!detail.ok()) return detail.error();
  auto summary = ExportSummary(day, to, ScopeName(scope), *detail);
  if (!summary.ok()) return summary.error();
  return std::vector<ExportedFile>{std::move(detail).value(), std::move(summary).value()};
}

}  // namespace longmen::adapters
