// Exports of the books: balances, orders, journal, refusals and account statements.
#include "adapters/files/naming.h"
#include "projections/balances/balances.h"
#include "projections/exceptions/exceptions.h"
#include "projections/journal/journal.h"
#include "projections/orders/orders.h"
#include "projections/statements/statements.h"

namespace longmen::adapters {
namespace {

using projections::ReadStore;

constexpr size_t kPage = 1'000;  // readings at a time, so that a long file needs no more memory

CsvField Bool(bool value) { return CsvText(value ? "true" : "false"); }

void BalanceRow(const projections::Balance& balance, CsvFile& file, ControlSums& sums) {
  const AccountState& state = balance.state;
  const Currency currency = state.balance.currency;
  const auto& available = balance.available;
  file.Row(
      {CsvText(state.account), CsvText(state.participant),
       CsvText(projections::EnumName(state.kind)), CsvText(projections::EnumName(state.status)),
       CsvText(currency.alphabetic()), CsvNumber(state.balance.minor),
       CsvAmount(state.balance.minor, currency), CsvNumber(state.held.minor),
       CsvAmount(state.held.minor, currency), CsvNumber(state.floor.minor), Bool(state.unlimited),
       available ? CsvNumber(*available) : CsvText(""),
       available ? CsvAmount(*available, currency) : CsvText(""), CsvNumber(balance.sequence)});
  sums.Add(state.balance.minor, currency);
}

void OrderRow(const projections::Order& order, CsvFile& file, ControlSums& sums) {
  const OrderState& state = order.state;
  const Currency currency = state.amount.currency;
  const bool exchanges = state.counter.currency.numeric != 0;
  const Currency of_payee = exchanges ? state.counter.currency : currency;
  file.Row({CsvText(projections::EnumName(state.scenario)),
            CsvText(state.key),
            CsvText(OrderStatusName(state.status)),
            CsvText(currency.alphabetic()),
            CsvNumber(state.amount.minor),
            CsvAmount(state.amount.minor, currency),
            CsvNumber(state.paid),
            CsvAmount(state.paid, currency),
            CsvNumber(state.refunded),
            CsvAmount(state.refunded, of_payee),
            CsvNumber(state.in_flight),
            CsvNumber(state.refunding),
            CsvNumber(state.held),
            CsvText(state.payer),
            CsvText(state.payee),
            CsvText(state.scheme),
            CsvText(state.mandate),
            CsvText(state.channel),
            CsvInstant(state.valid_until),
            CsvNumber(state.version),
            CsvNumber(state.approved_level),
            CsvNumber(state.required_level),
            CsvNumber(state.placed),
            CsvNumber(order.sequence),
            CsvText(exchanges ? of_payee.alphabetic() : ""),
            exchanges ? CsvNumber(state.counter.minor) : CsvText(""),
            exchanges ? CsvAmount(state.counter.minor, of_payee) : CsvText("")});
  sums.Add(-state.paid, currency);
  sums.Add(state.refunded, of_payee);
}

void JournalRows(const projections::JournalEntry& entry, CsvFile& file, ControlSums& sums) {
  for (size_t i = 0; i < entry.postings.size(); ++i) {
    const Posting& posting = entry.postings[i];
    const Currency currency = posting.amount.currency;
    file.Row({CsvNumber(entry.sequence), CsvNumber(static_cast<__int128>(i)),
              CsvText(FormatDate(entry.book_date)), CsvInstant(entry.recorded_at),
              CsvInstant(entry.occurred_at), CsvText(projections::EnumName(entry.scenario)),
              CsvText(projections::BodyName(entry.body)), CsvText(entry.key),
              CsvText(posting.participant), CsvText(posting.account),
              CsvText(currency.alphabetic()), CsvNumber(posting.amount.minor),
              CsvAmount(posting.amount.minor, currency)});
    sums.Add(posting.amount.minor, currency);
  }
}

void RefusalRow(const projections::ExceptionItem& item, CsvFile& file) {
  file.Row({CsvNumber(item.sequence), CsvNumber(item.index), Bool(item.at_fault),
            CsvText(projections::ExceptionKindName(item.kind)), CsvText(CodeName(item.code)),
            CsvText(item.field), CsvText(FormatDate(item.book_date)), CsvInstant(item.recorded_at),
            CsvText(projections::BodyName(item.body)),
            CsvText(projections::EnumName(item.scenario)), CsvText(item.key), CsvText(item.source),
            CsvText(item.id)});
}

void StatementRows(const projections::AccountStatement& statement, CsvFile& file) {
  const Currency currency = statement.currency;
  const auto balance_row = [&](std::string_view entry, DayNumber date, int64_t balance) {
    file.Row({CsvText(entry), CsvText(statement.account), CsvText(FormatDate(date)), CsvText(""),
              CsvText(""), CsvText(""), CsvText(""), CsvText(""), CsvText(currency.alphabetic()),
              CsvText(""), CsvText(""), CsvNumber(balance), CsvAmount(balance, currency)});
  };
  balance_row("OPBD", statement.from, statement.opening);
  for (const auto& line : statement.lines) {
    file.Row({CsvText("BOOK"), CsvText(statement.account), CsvText(FormatDate(line.book_date)),
              CsvNumber(line.sequence), CsvInstant(line.recorded_at), CsvInstant(line.occurred_at),
              CsvText(projections::BodyName(line.body)), CsvText(line.key),
              CsvText(currency.alphabetic()), CsvNumber(line.amount),
              CsvAmount(line.amount, currency), CsvNumber(line.balance),
              CsvAmount(line.balance, currency)});
  }
  balance_row("CLBD", statement.to, statement.closing);
}

}  // namespace

Result<ExportedFile> ExportBalances(const ReadStore& store, const std::string& directory) {
  const auto range = ResolveRange(store, {});
  if (!range.ok()) return range.error();
  auto file = CsvFile::Create(directory, ExportName("balances", range->first, range->last),
                              {"account", "participant", "kind", "status", "currency",
                               "balance_minor", "balance", "held_minor", "held", "floor_minor",
                               "unlimited", "available_minor", "available", "sequence"});
  if (!file.ok()) return file.error();
  ControlSums sums;
  for (std::string after;;) {
    const auto page = projections::Balances(store, after, kPage);
    if (!page.ok()) return page.error();
    for (const auto& balance : *page) BalanceRow(balance, *file, sums);
    if (page->size() < kPage) break;
    after = page->back().state.account;
  }
  return file->Finish(range->first, range->last, sums);
}

Result<ExportedFile> ExportOrders(const ReadStore& store, const std::string& directory) {
  const auto range = ResolveRange(store, {});
  if (!range.ok()) return range.error();
  auto file = CsvFile::Create(directory, ExportName("orders", range->first, range->last),
                              {"scenario",
                               "key",
                               "status",
                               "currency",
                               "amount_minor",
                               "amount",
                               "paid_minor",
                               "paid",
                               "refunded_minor",
                               "refunded",
                               "in_flight_minor",
                               "refunding_minor",
                               "held_minor",
                               "payer",
                               "payee",
                               "scheme",
                               "mandate",
                               "channel",
                               "valid_until",
                               "version",
                               "approved_level",
                               "required_level",
                               "placed",
                               "sequence",
                               "counter_currency",
                               "counter_minor",
                               "counter"});
  if (!file.ok()) return file.error();
  ControlSums sums;
  for (std::optional<projections::OrderName> after;;) {
    const auto page = projections::Orders(store, after, kPage);
    if (!page.ok()) return page.error();
    for (const auto& order : *page) OrderRow(order, *file, sums);
    if (page->size() < kPage) break;
    after = {page->back().state.scenario, page->back().state.key};
  }
  return file->Finish(range->first, range->last, sums);
}

Result<ExportedFile> ExportJournal(const ReadStore& store, const std::string& directory,
                                   ExportRange asked) {
  const auto range = ResolveRange(store, asked);
  if (!range.ok()) return range.error();
  auto file = CsvFile::Create(
      directory, ExportName("journal", range->first, range->last),
      {"sequence", "posting", "book_date", "recorded_at", "occurred_at", "scenario", "body", "key",
       "participant", "account", "currency", "amount_minor", "amount"});
  if (!file.ok()) return file.error();
  ControlSums sums;
  for (Sequence next = range->first;;) {
    const auto page = projections::Journal(store, next, range->last, kPage);
    if (!page.ok()) return page.error();
    for (const auto& entry : *page) JournalRows(entry, *file, sums);
    if (page->size() < kPage) break;
    next = page->back().sequence + 1;
  }
  return file->Finish(range->first, range->last, sums);
}

Result<ExportedFile> ExportRefusals(const ReadStore& store, const std::string& directory,
                                    ExportRange asked) {
  const auto range = ResolveRange(store, asked);
  if (!range.ok()) return range.error();
  auto file =
      CsvFile::Create(directory, ExportName("refusals", range->first, range->last),
                      {"sequence", "index", "at_fault", "kind", "code", "field", "book_date",
                       "recorded_at", "body", "scenario", "key", "source", "id"});
  if (!file.ok()) return file.error();
  const auto items = projections::Exceptions(store, range->first, range->last);
  if (!items.ok()) return items.error();
  for (const auto& item : *items) RefusalRow(item, *file);
  return file->Finish(range->first, range->last, {});
}

Result<ExportedFile> ExportStatement(const ReadStore& store, const std::string& directory,
                                     std::string_view account, DayNumber from, DayNumber to) {
  const auto statement = projections::StatementOf(store, account, from, to);
  if (!statement.ok()) return statement.error();
  const auto& range = statement->range;
  const std::string what = fmt::format("statement-{}-{}-{}", FileNamePart(account),
                                       FormatBasicDate(from), FormatBasicDate(to));
  auto file = CsvFile::Create(
      directory, ExportName(what, range.first, range.last),
      {"entry", "account", "book_date", "sequence", "recorded_at", "occurred_at", "body", "key",
       "currency", "amount_minor", "amount", "balance_minor", "balance"});
  if (!file.ok()) return file.error();
  StatementRows(*statement, *file);
  ControlSums sums;
  sums.AddDebit(statement->debits, statement->currency);
  sums.AddCredit(statement->credits, statement->currency);
  return file->Finish(range.first, range.last, sums);
}

}  // namespace longmen::adapters
