// Accounts, statements and orders.
#include "adapters/cli/queries.h"
#include "projections/balances/balances.h"
#include "projections/orders/orders.h"
#include "projections/statements/statements.h"

namespace longmen::adapters::cli {
namespace {

using enum ColumnKind;

Table AccountTable() {
  return {"accounts",
          {{"account"},
           {"participant"},
           {"kind"},
           {"status"},
           {"currency"},
           {"balance", kAmount},
           {"held", kAmount},
           {"floor", kAmount},
           {"unlimited", kFlag},
           {"available", kAmount},
           {"sequence", kNumber}},
          {}};
}

void AccountRow(const projections::Balance& balance, Table& table) {
  const AccountState& state = balance.state;
  const Currency currency = state.balance.currency;
  table.Row({state.account, state.participant, projections::EnumName(state.kind),
             projections::EnumName(state.status), currency.alphabetic(),
             Cell::Amount(state.balance.minor, currency), Cell::Amount(state.held.minor, currency),
             Cell::Amount(state.floor.minor, currency), Cell::Flag(state.unlimited),
             balance.available ? Cell::Amount(*balance.available, currency) : Cell(""),
             Cell::Number(balance.sequence)});
}

Table LinesTable(const projections::AccountStatement& statement) {
  Table table{"lines",
              {{"entry"},
               {"sequence", kNumber},
               {"bookDate"},
               {"recordedAt"},
               {"occurredAt"},
               {"body"},
               {"key"},
               {"currency"},
               {"amount", kAmount},
               {"balance", kAmount}},
              {}};
  const Currency currency = statement.currency;
  const auto end = [&](const char* entry, DayNumber date, int64_t balance) {
    table.Row({entry, "", FormatDate(date), "", "", "", "", currency.alphabetic(), "",
               Cell::Amount(balance, currency)});
  };
  end("opening", statement.from, statement.opening);
  for (const projections::StatementLine& line : statement.lines) {
    table.Row({"line", Cell::Number(line.sequence), FormatDate(line.book_date),
               FormatInstant(line.recorded_at), FormatInstant(line.occurred_at),
               projections::BodyName(line.body), line.key, currency.alphabetic(),
               Cell::Amount(line.amount, currency), Cell::Amount(line.balance, currency)});
  }
  end("closing", statement.to, statement.closing);
  return table;
}

Table OrderTable(const projections::Order& order) {
  const OrderState& state = order.state;
  const Currency currency = state.amount.currency;
  const bool exchanges = state.counter.currency.numeric != 0;
  const Currency of_payee = exchanges ? state.counter.currency : currency;
  Table table{"order",
              {{"scenario"},
               {"key"},
               {"status"},
               {"currency"},
               {"amount", kAmount},
               {"paid", kAmount},
               {"inFlight", kAmount},
               {"refunded", kAmount},
               {"refunding", kAmount},
               {"held", kAmount},
               {"payer"},
               {"payee"},
               {"scheme"},
               {"mandate"},
               {"channel"},
               {"validFrom"},
               {"validUntil"},
               {"version", kNumber},
               {"approvedLevel", kNumber},
               {"requiredLevel", kNumber},
               {"sequence", kNumber},
               {"counterCurrency"},
               {"counterAmount", kAmount}},
              {}};
  table.Row({projections::EnumName(state.scenario),
             state.key,
             OrderStatusName(state.status),
             currency.alphabetic(),
             Cell::Amount(state.amount.minor, currency),
             Cell::Amount(state.paid, currency),
             Cell::Amount(state.in_flight, currency),
             Cell::Amount(state.refunded, of_payee),
             Cell::Amount(state.refunding, of_payee),
             Cell::Amount(state.held, currency),
             state.payer,
             state.payee,
             state.scheme,
             state.mandate,
             state.channel,
             state.valid_from == 0 ? std::string() : FormatInstant(state.valid_from),
             state.valid_until == 0 ? std::string() : FormatInstant(state.valid_until),
             Cell::Number(state.version),
             Cell::Number(state.approved_level),
             Cell::Number(state.required_level),
             Cell::Number(order.sequence),
             Cell::CurrencyOrNone(state.counter),
             Cell::AmountOrNone(state.counter)});
  return table;
}

}  // namespace

Tables QueryBalances(const ReadStore& store, const Page& page) {
  const auto balances = projections::Balances(store, page.after, page.limit);
  if (!balances.ok()) return balances.error();
  Table table = AccountTable();
  for (const auto& balance : *balances) AccountRow(balance, table);
  return std::vector{std::move(table)};
}

Tables QueryAccount(const ReadStore& store, std::string_view account) {
  const auto balance = projections::FindBalance(store, account);
  if (!balance.ok()) return balance.error();
  Table table = AccountTable();
  AccountRow(*balance, table);
  return std::vector{std::move(table)};
}

Tables QueryStatement(const ReadStore& store, std::string_view account, DayNumber from,
                      DayNumber to) {
  const auto statement = projections::StatementOf(store, account, from, to);
  if (!statement.ok()) return statement.error();
  return std::vector{LinesTable(*statement)};
}

Tables QueryCollection(const ReadStore& store, std::string_view account) {
  const auto balance = projections::FindBalance(store, account);
  if (!balance.ok()) return balance.error();
  const auto collection = projections::CollectionInto(store, account);
  if (!collection.ok()) return collection.error();
  Table lines{"collection",
              {{"status"},
               {"currency"},
               {"orders", kNumber},
               {"amount", kAmount},
               {"paid", kAmount},
               {"inFlight", kAmount},
               {"refunded", kAmount}},
              {}};
  for (const auto& line : *collection) {
    lines.Row({OrderStatusName(line.status), line.currency.alphabetic(), Cell::Number(line.orders),
               Cell::Amount(line.asked, line.currency), Cell::Amount(line.paid, line.currency),
               Cell::Amount(line.in_flight, line.currency),
               Cell::Amount(line.refunded, line.currency)});
  }
  Table accounts = AccountTable();
  AccountRow(*balance, accounts);
  return std::vector{std::move(lines), std::move(accounts)};
}

Tables QueryOrder(const ReadStore& store, schema::Scenario scenario, std::string_view key) {
  const auto order = projections::FindOrder(store, scenario, key);
  if (!order.ok()) return order.error();
  const auto touches = projections::TouchesOf(store, scenario, key);
  if (!touches.ok()) return touches.error();
  Table records{"records", {{"sequence", kNumber}, {"body"}, {"refused", kFlag}}, {}};
  for (const projections::Touch& touch : *touches) {
    records.Row({Cell::Number(touch.sequence), projections::BodyName(touch.body),
                 Cell::Flag(touch.refused)});
  }
  return std::vector{OrderTable(*order), std::move(records)};
}

}  // namespace longmen::adapters::cli
