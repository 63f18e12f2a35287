// Exports of the books: balances, orders, journal, refusals and account statements.
#include <algorithm>

#include "adapters/files/file_writer.h"
#include "adapters/files/naming.h"
#include "projections/balances/balances.h"
#include "projections/exceptions/exceptions.h"
#include "projections/journal/journal.h"
#include "projections/orders/orders.h"
#include "projections/statements/statements.h"

namespace longmen::adapters {
namespace {

using projections::EnumName;
using projections::ReadStore;
using enum ColumnType;

constexpr size_t kPage = 1'000;  // readings at a time, so that a long file needs no more memory
constexpr size_t kJournalPage = 8'192;  // of many rows of the journal, the first of which is cut

constexpr TableColumn kBalanceColumns[] = {
    {"account", kText},      {"participant", kText}, {"kind", kText},
    {"status", kText},       {"currency", kText},    {"balance_minor", kMinor},
    {"balance", kAmount},    {"held_minor", kMinor}, {"held", kAmount},
    {"floor_minor", kMinor}, {"unlimited", kText},   {"available_minor", kMinor},
    {"available", kAmount},  {"sequence", kCount}};

constexpr TableColumn kOrderColumns[] = {{"scenario", kText},
                                         {"key", kText},
                                         {"status", kText},
                                         {"currency", kText},
                                         {"amount_minor", kMinor},
                                         {"amount", kAmount},
                                         {"paid_minor", kMinor},
                                         {"paid", kAmount},
                                         {"refunded_minor", kMinor},
                                         {"refunded", kAmount},
                                         {"in_flight_minor", kMinor},
                                         {"refunding_minor", kMinor},
                                         {"held_minor", kMinor},
                                         {"payer", kText},
                                         {"payee", kText},
                                         {"scheme", kText},
                                         {"mandate", kText},
                                         {"channel", kText},
                                         {"valid_from", kInstant},
                                         {"valid_until", kInstant},
                                         {"version", kCount},
                                         {"approved_level", kCount},
                                         {"required_level", kCount},
                                         {"placed", kCount},
                                         {"sequence", kCount},
                                         {"counter_currency", kText},
                                         {"counter_minor", kMinor},
                                         {"counter", kAmount}};

constexpr TableColumn kJournalColumns[] = {
    {"sequence", kCount},      {"posting", kCount}, {"book_date", kDate}, {"recorded_at", kInstant},
    {"occurred_at", kInstant}, {"scenario", kText}, {"body", kText},      {"key", kText},
    {"participant", kText},    {"account", kText},  {"currency", kText},  {"amount_minor", kMinor},
    {"amount", kAmount}};

constexpr TableColumn kRefusalColumns[] = {
    {"sequence", kCount}, {"index", kCount},   {"at_fault", kText},  {"kind", kText},
    {"code", kText},      {"field", kText},    {"book_date", kDate}, {"recorded_at", kInstant},
    {"body", kText},      {"scenario", kText}, {"key", kText},       {"source", kText},
    {"id", kText}};

constexpr TableColumn kStatementColumns[] = {{"entry", kText},          {"account", kText},
                                             {"book_date", kDate},      {"sequence", kCount},
                                             {"recorded_at", kInstant}, {"occurred_at", kInstant},
                                             {"body", kText},           {"key", kText},
                                             {"currency", kText},       {"amount_minor", kMinor},
                                             {"amount", kAmount},       {"balance_minor", kMinor},
                                             {"balance", kAmount}};

void BalanceRow(const projections::Balance& balance, ExportTable& table, ControlSums& sums) {
  const AccountState& state = balance.state;
  const Currency currency = state.balance.currency;
  const auto& available = balance.available;
  table.Row({TextCell(state.account), TextCell(state.participant), TextCell(EnumName(state.kind)),
             TextCell(EnumName(state.status)), TextCell(currency.alphabetic()),
             MinorCell(state.balance.minor), AmountCell(state.balance.minor, currency),
             MinorCell(state.held.minor), AmountCell(state.held.minor, currency),
             MinorCell(state.floor.minor), BoolCell(state.unlimited),
             available ? MinorCell(*available) : NoCell(),
             available ? AmountCell(*available, currency) : NoCell(), CountCell(balance.sequence)});
  sums.Add(state.balance.minor, currency);
}

void OrderRow(const projections::Order& order, ExportTable& table, ControlSums& sums) {
  const OrderState& state = order.state;
  const Currency currency = state.amount.currency;
  const bool exchanges = state.counter.currency.numeric != 0;
  const Currency of_payee = exchanges ? state.counter.currency : currency;
  table.Row({TextCell(EnumName(state.scenario)),
             TextCell(state.key),
             TextCell(OrderStatusName(state.status)),
             TextCell(currency.alphabetic()),
             MinorCell(state.amount.minor),
             AmountCell(state.amount.minor, currency),
             MinorCell(state.paid),
             AmountCell(state.paid, currency),
             MinorCell(state.refunded),
             AmountCell(state.refunded, of_payee),
             MinorCell(state.in_flight),
             MinorCell(state.refunding),
             MinorCell(state.held),
             TextCell(state.payer),
             TextCell(state.payee),
             TextCell(state.scheme),
             TextCell(state.mandate),
             TextCell(state.channel),
             InstantCell(state.valid_from),
             InstantCell(state.valid_until),
             CountCell(state.version),
             CountCell(state.approved_level),
             CountCell(state.required_level),
             CountCell(state.placed),
             CountCell(order.sequence),
             TextCell(exchanges ? of_payee.alphabetic() : ""),
             exchanges ? MinorCell(state.counter.minor) : NoCell(),
             exchanges ? AmountCell(state.counter.minor, of_payee) : NoCell()});
  sums.Add(-state.paid, currency);
  sums.Add(state.refunded, of_payee);
}

void JournalRows(const projections::JournalEntry& entry, EnumNames<schema::Scenario>& scenarios,
                 ExportTable& table, ControlSums& sums) {
  for (size_t i = 0; i < entry.postings.size(); ++i) {
    const Posting& posting = entry.postings[i];
    const Currency currency = posting.amount.currency;
    table.Row({CountCell(entry.sequence), CountCell(i), DateCell(entry.book_date),
               InstantCell(entry.recorded_at), InstantCell(entry.occurred_at),
               TextCell(scenarios(entry.scenario)), TextCell(projections::BodyName(entry.body)),
               TextCell(entry.key), TextCell(posting.participant), TextCell(posting.account),
               TextCell(currency.alphabetic()), MinorCell(posting.amount.minor),
               AmountCell(posting.amount.minor, currency)});
    sums.Add(posting.amount.minor, currency);
  }
}

void RefusalRow(const projections::ExceptionItem& item, ExportTable& table) {
  table.Row({CountCell(item.sequence), CountCell(item.index), BoolCell(item.at_fault),
             TextCell(projections::ExceptionKindName(item.kind)), TextCell(CodeName(item.code)),
             TextCell(item.field), DateCell(item.book_date), InstantCell(item.recorded_at),
             TextCell(projections::BodyName(item.body)), TextCell(EnumName(item.scenario)),
             TextCell(item.key), TextCell(item.source), TextCell(item.id)});
}

void BalanceLine(const projections::AccountStatement& statement, std::string_view entry,
                 DayNumber date, int64_t balance, ExportTable& table) {
  const Currency currency = statement.currency;
  table.Row({TextCell(entry), TextCell(statement.account), DateCell(date), NoCell(), NoCell(),
             NoCell(), NoCell(), NoCell(), TextCell(currency.alphabetic()), NoCell(), NoCell(),
             MinorCell(balance), AmountCell(balance, currency)});
}

void StatementRow(const projections::AccountStatement& statement,
                  const projections::StatementLine& line, ExportTable& table) {
  const Currency currency = statement.currency;
  table.Row({TextCell("BOOK"), TextCell(statement.account), DateCell(line.book_date),
             CountCell(line.sequence), InstantCell(line.recorded_at), InstantCell(line.occurred_at),
             TextCell(projections::BodyName(line.body)), TextCell(line.key),
             TextCell(currency.alphabetic()), MinorCell(line.amount),
             AmountCell(line.amount, currency), MinorCell(line.balance),
             AmountCell(line.balance, currency)});
}

}  // namespace

Result<ExportedFile> ExportBalances(const ReadStore& store, const ExportTo& to) {
  const auto range = ResolveRange(store, {});
  if (!range.ok()) return range.error();
  auto table = ExportTable::Create(to, "balances", range->first, range->last, kBalanceColumns);
  if (!table.ok()) return table.error();
  ControlSums sums;
  for (std::string after;;) {
    const auto page = projections::Balances(store, after, kPage);
    if (!page.ok()) return page.error();
    for (const auto& balance : *page) BalanceRow(balance, *table, sums);
    if (page->size() < kPage) break;
    after = page->back().state.account;
  }
  return table->Finish(range->last, sums);
}

Result<ExportedFile> ExportOrders(const ReadStore& store, const ExportTo& to) {
  const auto range = ResolveRange(store, {});
  if (!range.ok()) return range.error();
  auto table = ExportTable::Create(to, "orders", range->first, range->last, kOrderColumns);
  if (!table.ok()) return table.error();
  ControlSums sums;
  for (std::optional<projections::OrderName> after;;) {
    const auto page = projections::Orders(store, after, kPage);
    if (!page.ok()) return page.error();
    for (const auto& order : *page) OrderRow(order, *table, sums);
    if (page->size() < kPage) break;
    after = {page->back().state.scenario, page->back().state.key};
  }
  return table->Finish(range->last, sums);
}

Result<ExportedFile> ExportJournal(const ReadStore& store, const ExportTo& to, ExportRange asked) {
  const auto range = ResolveRange(store, asked);
  if (!range.ok()) return range.error();
  auto table = ExportTable::Create(to, "journal", range->first, range->last, kJournalColumns);
  if (!table.ok()) return table.error();
  ControlSums sums;
  EnumNames<schema::Scenario> scenarios;
  for (Sequence next = range->first;;) {
    const auto page = projections::Journal(store, next, range->last, kJournalPage);
    if (!page.ok()) return page.error();
    for (const auto& entry : *page) JournalRows(entry, scenarios, *table, sums);
    if (page->size() < kJournalPage) break;
    next = page->back().sequence + 1;
  }
  return table->Finish(range->last, sums);
}

Result<ExportedFile> ExportRefusals(const ReadStore& store, const ExportTo& to, ExportRange asked) {
  const auto range = ResolveRange(store, asked);
  if (!range.ok()) return range.error();
  auto table = ExportTable::Create(to, "refusals", range->first, range->last, kRefusalColumns);
  if (!table.ok()) return table.error();
  // A page may end among the items of one record: the next begins with that record again.
  Sequence next = range->first;
  for (size_t seen = 0;;) {
    const auto page = projections::Exceptions(store, next, range->last, seen + kPage);
    if (!page.ok()) return page.error();
    for (size_t i = seen; i < page->size(); ++i) RefusalRow((*page)[i], *table);
    if (page->size() < seen + kPage) break;
    next = page->back().sequence;
    seen =
        static_cast<size_t>(std::ranges::count(*page, next, &projections::ExceptionItem::sequence));
  }
  return table->Finish(range->last, {});
}

Result<ExportedFile> ExportStatement(const ReadStore& store, const ExportTo& to,
                                     std::string_view account, DayNumber from, DayNumber until) {
  auto statement = projections::OpenStatement(store, account, from, until);
  if (!statement.ok()) return statement.error();
  const std::string what = fmt::format("statement-{}-{}-{}", FileNamePart(account),
                                       FormatBasicDate(from), FormatBasicDate(until));
  const auto range = statement->range;
  auto table = ExportTable::Create(to, what, range.first, range.last, kStatementColumns);
  if (!table.ok()) return table.error();
  BalanceLine(*statement, "OPBD", from, statement->opening, *table);
  RETURN_IF_ERROR(projections::EachStatementLine(store, *statement, [&](const auto& line) {
    StatementRow(*statement, line, *table);
    return true;
  }));
  BalanceLine(*statement, "CLBD", until, statement->closing, *table);
  ControlSums sums;
  sums.AddDebit(statement->debits, statement->currency);
  sums.AddCredit(statement->credits, statement->currency);
  return table->Finish(range.last, sums);
}

}  // namespace longmen::adapters
