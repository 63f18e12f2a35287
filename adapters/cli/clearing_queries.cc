// Cycles, positions, what waits for a scheme, warnings and reconciliation.
#include <map>

#include "adapters/cli/queries.h"
#include "projections/limits/limits.h"
#include "projections/positions/positions.h"
#include "projections/queue/queue.h"
#include "projections/store/body.h"
#include "projections/warnings/warnings.h"

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

Table PositionsTable(const char* name,
                     const std::vector<projections::ParticipantPosition>& positions) {
  Table table{name, WithFlow({{"participant"}}), {}};
  for (const auto& position : positions) {
    FlowRow({position.participant}, position.flow, position.currency, table);
  }
  return table;
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
               FormatInstant(line.event_time), Cell::CodeOrNone(line.exception)});
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
               {"version", kNumber},
               {"changedBy", kNumber},
               {"carriedInto"},
               {"reference"},
               {"reason"}},
              {}};
  std::map<Sequence, std::string_view> names;
  for (const CycleState& cycle : *cycles) names[cycle.cycle] = cycle.name;
  for (const CycleState& cycle : *cycles) {
    const auto version = projections::VersionOf(store, cycle.cycle);
    if (!version.ok()) return version.error();
    table.Row({cycle.name, cycle.scheme, CycleStatusName(cycle.status), Cell::Number(cycle.cycle),
               Cell::NumberOrNone(cycle.cut_off),
               cycle.cut_off == 0 ? Cell("") : Cell::Number(version->number),
               Cell::NumberOrNone(version->by), names[cycle.carried_into], cycle.reference,
               cycle.reason});
  }
  return std::vector{std::move(table)};
}

Tables QueryPositions(const ReadStore& store, std::string_view cycle) {
  const auto found = projections::PositionsOf(store, cycle);
  if (!found.ok()) return found.error();
  Table bilateral{"bilateral", WithFlow({{"participant"}, {"counterparty"}}), {}};
  for (const auto& position : found->bilateral) {
    FlowRow({position.participant, position.counterparty}, position.flow, position.currency,
            bilateral);
  }
  Table carried{"carried", {{"from"}, {"by", kNumber}, {"items", kNumber}}, {}};
  for (const auto& from : found->carried) {
    carried.Row({from.name, Cell::Number(from.by), Cell::Number(from.items)});
  }
  return std::vector{PositionsTable("positions", found->positions), std::move(bilateral),
                     std::move(carried)};
}

Tables QueryLate(const ReadStore& store, std::string_view cycle) {
  const auto items = projections::LateItems(store, cycle);
  if (!items.ok()) return items.error();
  Table table{"late",
              {{"sequence", kNumber},
               {"missed"},
               {"occurredAt"},
               {"recordedAt"},
               {"from"},
               {"to"},
               {"currency"},
               {"amount", kAmount},
               {"movement", kNumber},
               {"source"},
               {"id"},
               {"key"}},
              {}};
  for (const auto& item : *items) {
    table.Row({Cell::Number(item.sequence), item.missed_name, FormatInstant(item.occurred_at),
               FormatInstant(item.recorded_at), item.from, item.to,
               item.amount.currency.alphabetic(), Cell::AmountOrNone(item.amount),
               Cell::Number(item.movement), item.source, item.id, item.key});
  }
  return std::vector{std::move(table)};
}

Tables QueryQueue(const ReadStore& store, std::string_view scheme) {
  const auto queue = projections::QueueOf(store, scheme);
  if (!queue.ok()) return queue.error();
  Table table{"payments",
              {{"currency"},
               {"sender"},
               {"receiver"},
               {"amount", kAmount},
               {"priority", kNumber},
               {"status"},
               {"since"},
               {"movement", kNumber},
               {"source"},
               {"id"},
               {"key"}},
              {}};
  for (const auto& payment : queue->payments) {
    table.Row({payment.amount.currency.alphabetic(), payment.sender, payment.receiver,
               Cell::AmountOrNone(payment.amount), Cell::Number(payment.priority),
               WaitingStatusName(payment.status), FormatInstant(payment.since),
               Cell::Number(payment.movement), payment.source, payment.id, payment.key});
  }
  return std::vector{std::move(table), PositionsTable("participants", queue->participants)};
}

Tables QueryResolutions(const ReadStore& store, std::string_view scheme, const Page& page) {
  using enum projections::ResolutionResult;
  const auto after = SequenceOf(page.after);
  if (!after.ok()) return after.error();
  const auto resolutions = projections::Resolutions(store, scheme, *after, page.limit);
  if (!resolutions.ok()) return resolutions.error();
  Table table{"resolutions",
              {{"sequence", kNumber},
               {"recordedAt"},
               {"result"},
               {"mode"},
               {"currency"},
               {"count", kNumber},
               {"value", kAmount},
               {"valueMax", kAmount},
               {"saved", kAmount}},
              {}};
  for (const auto& each : *resolutions) {
    const auto amount = [&](int64_t minor, bool stated) {
      return stated ? Cell::AmountOrNone({minor, each.currency}) : Cell("");
    };
    const bool ended = each.result == kWindowEnded;
    table.Row({Cell::Number(each.sequence), FormatInstant(each.recorded_at),
               projections::ResolutionResultName(each.result),
               ended ? std::string() : projections::EnumName(each.mode),
               Cell::CurrencyOrNone({each.value, each.currency}), Cell::Number(each.count),
               amount(each.value, true), amount(each.value_max, !ended),
               amount(each.saved, each.result == kSettled)});
  }
  return std::vector{std::move(table)};
}

Tables QueryLimits(const ReadStore& store, std::string_view scheme) {
  const auto limits = projections::LimitsOf(store, scheme);
  if (!limits.ok()) return limits.error();
  Table participants{"participants",
                     {{"participant"},
                      {"currency"},
                      {"owed", kAmount},
                      {"credit", kAmount},
                      {"collateral", kAmount},
                      {"earmark", kAmount},
                      {"cap", kAmount},
                      {"headroom", kAmount},
                      {"liquidity", kAmount}},
                     {}};
  for (const auto& each : limits->participants) {
    const auto of_cap = [&](int64_t minor) {
      return each.cap ? Cell::Amount(minor, each.currency) : Cell("");
    };
    const auto cap = each.cap.value_or(projections::NetDebitCap{});
    WideSum headroom;
    headroom.Add(cap.most());
    headroom.Add(-std::max(each.owed, -INT64_MAX));
    participants.Row({each.participant, each.currency.alphabetic(),
                      Cell::Amount(each.owed, each.currency), of_cap(cap.credit),
                      of_cap(cap.collateral), of_cap(cap.earmark), of_cap(cap.most()),
                      each.cap ? Cell::Amount(headroom, each.currency) : Cell(""),
                      each.liquidity ? Cell::Amount(*each.liquidity, each.currency) : Cell("")});
  }
  Table granted{"granted", {{"creditor"}, {"debtor"}, {"currency"}, {"granted", kAmount}}, {}};
  for (const auto& each : limits->grants) {
    granted.Row({each.creditor, each.debtor, each.currency.alphabetic(),
                 Cell::Amount(each.minor, each.currency)});
  }
  return std::vector{std::move(participants), std::move(granted)};
}

Tables QueryWarnings(const ReadStore& store, const Page& page) {
  const auto after = SequenceOf(page.after);
  if (!after.ok()) return after.error();
  const auto warnings = projections::CapWarnings(store, *after, page.limit);
  if (!warnings.ok()) return warnings.error();
  Table table{"warnings",
              {{"sequence", kNumber},
               {"recordedAt"},
               {"scheme"},
               {"cycle"},
               {"participant"},
               {"currency"},
               {"owed", kAmount},
               {"cap", kAmount}},
              {}};
  for (const auto& each : *warnings) {
    table.Row({Cell::Number(each.sequence), FormatInstant(each.recorded_at), each.scheme,
               each.cycle, each.participant, each.currency.alphabetic(),
               Cell::Amount(each.owed, each.currency), Cell::Amount(each.cap, each.currency)});
  }
  return std::vector{std::move(table)};
}

Tables QueryReconciliation(const ReadStore& store, const projections::ReconciliationScope& scope) {
  const auto day = projections::ReconciliationOf(store, scope);
  if (!day.ok()) return day.error();
  return std::vector{DetailTable(*day), SummaryTable(*day)};
}

}  // namespace longmen::adapters::cli
