// Cycles, positions and reconciliation.
#include "adapters/cli/queries.h"
#include "projections/positions/positions.h"

namespace longmen::adapters::cli {
namespace {

using enum ColumnKind;

std::vector<Column> WithFlow(std::vector<Column> columns) {
  columns.insert(columns.end(), {{"currency"},
                                 {"inCount", kNumber},
                                 {"grossIn", kAmount},
                                 {"outCount", kNumber},
                                 {"grossOut", kAmount},
                                 {"net", kAmount}});
  return columns;
}

void FlowRow(std::vector<Cell> cells, const projections::Flow& flow, Currency currency,
             Table& table) {
  cells.insert(cells.end(), {currency.alphabetic(), Cell::Number(flow.in_count),
                             Cell::Amount(flow.in, currency), Cell::Number(flow.out_count),
                             Cell::Amount(flow.out, currency), Cell::Amount(flow.net(), currency)});
  table.Row(std::move(cells));
}

std::string DateOrNothing(DayNumber day) { return day == 0 ? "" : FormatDate(day); }

Table DetailTable(const projections::ReconciliationDay& day) {
  Table table{"detail",
              {{"type"},
               {"participant"},
               {"channel"},
               {"bookDate"},
               {"clearingDate"},
               {"cycle"},
               {"carriedFrom"},
               {"sequence", kNumber},
               {"movement", kNumber},
               {"debit", kNumber},
               {"key"},
               {"channelReference"},
               {"payerBank"},
               {"payeeBank"},
               {"currency"},
               {"amount", kAmount},
               {"fee", kAmount},
               {"occurredAt"},
               {"exception"}},
              {}};
  for (const auto& line : day.lines) {
    const Currency currency = line.amount.currency;
    table.Row({projections::LineTypeName(line.type), line.participant, line.channel,
               FormatDate(line.book_date), DateOrNothing(line.clearing_date), line.batch,
               line.carried_from, Cell::Number(line.booked), Cell::Number(line.event),
               Cell::NumberOrNone(line.original), line.order_key, line.channel_reference,
               line.payer_bank, line.payee_bank, currency.alphabetic(),
               Cell::Amount(line.amount.minor, currency), Cell::Amount(line.fee, currency),
               FormatInstant(line.event_time),
               line.exception == Code::NONE ? std::string_view() : CodeName(line.exception)});
  }
  return table;
}

Table SummaryTable(const projections::ReconciliationDay& day) {
  Table table{"summary",
              {{"clearingDate"},
               {"cycle"},
               {"bank"},
               {"channel"},
               {"currency"},
               {"debitCount", kNumber},
               {"debits", kAmount},
               {"creditCount", kNumber},
               {"credits", kAmount}},
              {}};
  for (const auto& row : day.summary) {
    table.Row({DateOrNothing(row.clearing_date), row.batch, row.bank, row.channel,
               row.currency.alphabetic(), Cell::Number(row.debit_count),
               Cell::Amount(row.debits, row.currency), Cell::Number(row.credit_count),
               Cell::Amount(row.credits, row.currency)});
  }
  return table;
}

}  // namespace

Tables QueryCycles(const ReadStore& store) {
  const auto cycles = projections::Cycles(store);
  if (!cycles.ok()) return cycles.error();
  Table table{"cycles",
              {{"cycle"},
               {"scheme"},
               {"status"},
               {"opened", kNumber},
               {"cutOff", kNumber},
               {"carriedInto", kNumber},
               {"reference"},
               {"reason"}},
              {}};
  for (const CycleState& cycle : *cycles) {
    table.Row({cycle.name, cycle.scheme, CycleStatusName(cycle.status), Cell::Number(cycle.cycle),
               Cell::NumberOrNone(cycle.cut_off), Cell::NumberOrNone(cycle.carried_into),
               cycle.reference, cycle.reason});
  }
  return std::vector{std::move(table)};
}

Tables QueryPositions(const ReadStore& store, std::string_view cycle) {
  const auto found = projections::PositionsOf(store, cycle);
  if (!found.ok()) return found.error();
  Table positions{"positions", WithFlow({{"participant"}}), {}};
  for (const auto& position : found->positions) {
    FlowRow({position.participant}, position.flow, position.currency, positions);
  }
  Table bilateral{"bilateral", WithFlow({{"participant"}, {"counterparty"}}), {}};
  for (const auto& position : found->bilateral) {
    FlowRow({position.participant, position.counterparty}, position.flow, position.currency,
            bilateral);
  }
  return std::vector{std::move(positions), std::move(bilateral)};
}

Tables QueryReconciliation(const ReadStore& store, const projections::ReconciliationScope& scope) {
  const auto day = projections::ReconciliationOf(store, scope);
  if (!day.ok()) return day.error();
  return std::vector{DetailTable(*day), SummaryTable(*day)};
}

}  // namespace longmen::adapters::cli
