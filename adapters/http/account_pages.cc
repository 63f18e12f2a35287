// Accounts, statements and orders.
#include <algorithm>
#include <boost/json.hpp>

#include "adapters/http/json.h"
#include "adapters/http/pages.h"
#include "projections/balances/balances.h"
#include "projections/exceptions/exceptions.h"
#include "projections/orders/orders.h"
#include "projections/statements/statements.h"

namespace longmen::adapters::http {
namespace {

namespace json = boost::json;

json::object AccountJson(const projections::Balance& balance) {
  const AccountState& state = balance.state;
  json::object out;
  out["account"] = state.account.text();
  out["participant"] = state.participant.text();
  out["kind"] = EnumName(state.kind);
  out["status"] = EnumName(state.status);
  out["currency"] = JsonText(state.balance.currency.alphabetic());
  out["balanceMinor"] = JsonNumber(state.balance.minor);
  out["heldMinor"] = JsonNumber(state.held.minor);
  out["floorMinor"] = JsonNumber(state.floor.minor);
  out["unlimited"] = state.unlimited;
  if (balance.available) out["availableMinor"] = JsonNumber(*balance.available);
  out["sequence"] = JsonNumber(balance.sequence);
  return out;
}

json::object LineJson(const projections::StatementLine& line) {
  json::object out;
  out["sequence"] = JsonNumber(line.sequence);
  out["recordedAt"] = FormatInstant(line.recorded_at);
  out["occurredAt"] = FormatInstant(line.occurred_at);
  out["bookDate"] = FormatDate(line.book_date);
  out["body"] = JsonText(projections::BodyName(line.body));
  out["key"] = line.key;
  out["amountMinor"] = JsonNumber(line.amount);
  out["balanceMinor"] = JsonNumber(line.balance);
  return out;
}

json::object OrderJson(const projections::Order& order) {
  const OrderState& state = order.state;
  json::object out;
  out["scenario"] = EnumName(state.scenario);
  out["key"] = state.key.str();
  out["status"] = JsonText(OrderStatusName(state.status));
  out["currency"] = JsonText(state.amount.currency.alphabetic());
  out["amountMinor"] = JsonNumber(state.amount.minor);
  AddCounter(state.counter, out);
  out["paidMinor"] = JsonNumber(state.paid);
  out["inFlightMinor"] = JsonNumber(state.in_flight);
  out["refundedMinor"] = JsonNumber(state.refunded);
  out["refundingMinor"] = JsonNumber(state.refunding);
  out["heldMinor"] = JsonNumber(state.held);
  const std::pair<const char*, std::string_view> optional[] = {{"payer", state.payer},
                                                               {"payee", state.payee},
                                                               {"scheme", state.scheme},
                                                               {"mandate", state.mandate},
                                                               {"channel", state.channel}};
  for (const auto& [name, text] : optional) {
    if (!text.empty()) out[name] = JsonText(text);
  }
  if (state.valid_from != 0) out["validFrom"] = FormatInstant(state.valid_from);
  if (state.valid_until != 0) out["validUntil"] = FormatInstant(state.valid_until);
  out["version"] = state.version;
  out["approvedLevel"] = state.approved_level;
  out["requiredLevel"] = state.required_level;
  out["placed"] = JsonNumber(state.placed);
  out["sequence"] = JsonNumber(order.sequence);
  return out;
}

// Nothing was ever placed under the key; there are only attempts, or payments that stand alone.
json::object NoOrderJson(schema::Scenario scenario, const std::string& key) {
  json::object out;
  out["scenario"] = EnumName(scenario);
  out["key"] = key;
  out["status"] = "none";
  return out;
}

// Why a record was refused: what the rules said of the member at fault, which need not be the one
// that is about this key.
Status AddFault(const ReadStore& store, Sequence sequence, schema::Scenario scenario,
                const std::string& key, json::object& record) {
  const auto items = projections::Exceptions(store, sequence, sequence);
  if (!items.ok()) return items.error();
  const auto fault =
      std::find_if(items->begin(), items->end(), [](const auto& item) { return item.at_fault; });
  if (fault == items->end()) return Ok();
  record["code"] = JsonText(CodeName(fault->code));
  record["class"] = JsonText(CodeClassName(ClassOf(fault->code)));
  if (!fault->field.empty()) record["field"] = fault->field;
  record["index"] = fault->index;
  record["id"] = fault->id;
  record["atFault"] = fault->scenario == scenario && fault->key == key;
  return Ok();
}

}  // namespace

Result<std::string> AccountsPage(const ReadStore& store, const Call& call) {
  const auto limit = LimitParameter(call.target);
  if (!limit.ok()) return limit.error();
  const auto balances = projections::Balances(store, TextParameter(call.target, "after"), *limit);
  if (!balances.ok()) return balances.error();
  json::object out;
  json::array accounts;
  for (const auto& balance : *balances) accounts.push_back(AccountJson(balance));
  if (balances->size() == *limit) out["next"] = balances->back().state.account.text();
  out["accounts"] = std::move(accounts);
  return json::serialize(out);
}

Result<std::string> AccountPage(const ReadStore& store, const Call& call) {
  const auto balance = projections::FindBalance(store, call.arguments[0]);
  if (!balance.ok()) return Named(balance.error(), "account");
  return json::serialize(AccountJson(*balance));
}

Result<std::string> StatementPage(const ReadStore& store, const Call& call) {
  const auto from = DateParameter(call.target, "from");
  if (!from.ok()) return from.error();
  const auto to = DateParameter(call.target, "to");
  if (!to.ok()) return to.error();
  if (!from->has_value()) return Error{Code::MISSING_FIELD, "from", "from which date?"};
  const auto statement =
      projections::StatementOf(store, call.arguments[0], **from, to->has_value() ? **to : **from);
  if (!statement.ok()) return Named(statement.error(), "account");
  if (statement->lines.size() > kPageLinesMax) {
    return Error{Code::TOO_LARGE, "to", "too many lines: ask for fewer days, or export"};
  }
  json::object out;
  out["account"] = statement->account;
  out["participant"] = statement->participant;
  out["currency"] = JsonText(statement->currency.alphabetic());
  out["from"] = FormatDate(statement->from);
  out["to"] = FormatDate(statement->to);
  out["firstSequence"] = JsonNumber(statement->range.first);
  out["lastSequence"] = JsonNumber(statement->range.last);
  out["complete"] = statement->range.complete;
  out["openingMinor"] = JsonNumber(statement->opening);
  json::array lines;
  for (const auto& line : statement->lines) lines.push_back(LineJson(line));
  out["lines"] = std::move(lines);
  out["creditsMinor"] = JsonSum(statement->credits);
  out["debitsMinor"] = JsonSum(statement->debits);
  out["closingMinor"] = JsonNumber(statement->closing);
  return json::serialize(out);
}

Result<std::string> OrderPage(const ReadStore& store, const Call& call) {
  // Orders without a scenario of their own live under "none".
  const auto scenario = call.arguments[0] == "none"
                            ? std::optional(schema::Scenario::NONE)
                            : EnumFromName<schema::Scenario>(call.arguments[0]);
  if (!scenario) return Error{Code::NOT_FOUND, "scenario", "there is no such scenario"};
  const std::string& key = call.arguments[1];
  const auto touches = projections::TouchesOf(store, *scenario, key);
  if (!touches.ok()) return touches.error();
  const auto order = projections::FindOrder(store, *scenario, key);
  if (!order.ok() && order.error().code != Code::NOT_FOUND) return order.error();
  json::object out = order.ok() ? OrderJson(*order) : NoOrderJson(*scenario, key);
  json::array records;
  for (const projections::Touch& touch : *touches) {
    json::object record;
    record["sequence"] = JsonNumber(touch.sequence);
    record["body"] = JsonText(projections::BodyName(touch.body));
    if (touch.refused) {
      record["refused"] = true;
      RETURN_IF_ERROR(AddFault(store, touch.sequence, *scenario, key, record));
    }
    records.push_back(std::move(record));
  }
  out["records"] = std::move(records);
  return json::serialize(out);
}

}  // namespace longmen::adapters::http
