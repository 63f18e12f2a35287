// Reconciliation, refusals and the outbox.
#include <algorithm>
#include <boost/json.hpp>

#include "adapters/http/json.h"
#include "adapters/http/pages.h"
#include "projections/exceptions/exceptions.h"
#include "projections/outbox/outbox.h"
#include "projections/reconciliation/reconciliation.h"

namespace longmen::adapters::http {
namespace {

namespace json = boost::json;
using projections::ReconciliationLine;
using projections::ReconciliationSummary;

constexpr size_t kGroupMembersMax = 1'000;  // items that one refusal can give

json::object LineJson(const ReconciliationLine& line) {
  json::object out;
  out["type"] = JsonText(projections::LineTypeName(line.type));
  out["participant"] = line.participant;
  out["channel"] = line.channel;
  out["bookDate"] = FormatDate(line.book_date);
  if (line.clearing_date != 0) out["clearingDate"] = FormatDate(line.clearing_date);
  if (!line.batch.empty()) out["cycle"] = line.batch;
  if (!line.carried_from.empty()) out["carriedFrom"] = line.carried_from;
  out["sequence"] = JsonNumber(line.booked);
  out["movement"] = JsonNumber(line.event);
  if (line.original != 0) out["debit"] = JsonNumber(line.original);
  out["key"] = line.order_key;
  out["channelReference"] = line.channel_reference;
  out["payerBank"] = line.payer_bank;
  out["payeeBank"] = line.payee_bank;
  out["currency"] = JsonText(line.amount.currency.alphabetic());
  out["amountMinor"] = JsonNumber(line.amount.minor);
  out["feeMinor"] = JsonNumber(line.fee);
  out["occurredAt"] = FormatInstant(line.event_time);
  if (line.exception != Code::NONE) out["exception"] = JsonText(CodeName(line.exception));
  return out;
}

json::object SummaryJson(const ReconciliationSummary& row) {
  json::object out;
  if (row.clearing_date != 0) out["clearingDate"] = FormatDate(row.clearing_date);
  if (!row.batch.empty()) out["cycle"] = row.batch;
  out["channel"] = row.channel;
  out["currency"] = JsonText(row.currency.alphabetic());
  out["debitCount"] = JsonNumber(row.debit_count);
  out["debitsMinor"] = JsonSum(row.debits);
  out["creditCount"] = JsonNumber(row.credit_count);
  out["creditsMinor"] = JsonSum(row.credits);
  return out;
}

Result<projections::ReconciliationScope> ScopeOf(const Call& call) {
  // Movements of no scenario (a payout, a fee) are items of a cycle too.
  const std::string name = TextParameter(call.target, "scenario");
  if (name.empty()) return Error{Code::MISSING_FIELD, "scenario", "of which scenario?"};
  const auto scenario = name == EnumName(schema::Scenario::NONE)
                            ? std::optional(schema::Scenario::NONE)
                            : EnumFromName<schema::Scenario>(name);
  if (!scenario) {
    return Error{Code::UNKNOWN_ENUM, "scenario", "a scenario, like b2b_gateway, or none"};
  }
  const auto date = DateParameter(call.target, "date");
  if (!date.ok()) return date.error();
  if (!date->has_value()) return Error{Code::MISSING_FIELD, "date", "of which book date?"};
  return projections::ReconciliationScope{*scenario, **date,
                                          TextParameter(call.target, "participant"),
                                          TextParameter(call.target, "channel")};
}

json::object ExceptionJson(const projections::ExceptionItem& item) {
  json::object out;
  out["sequence"] = JsonNumber(item.sequence);
  out["index"] = item.index;
  out["atFault"] = item.at_fault;
  out["kind"] = JsonText(projections::ExceptionKindName(item.kind));
  out["code"] = JsonText(CodeName(item.code));
  out["class"] = JsonText(CodeClassName(ClassOf(item.code)));
  if (!item.field.empty()) out["field"] = item.field;
  out["recordedAt"] = FormatInstant(item.recorded_at);
  out["bookDate"] = FormatDate(item.book_date);
  out["body"] = JsonText(projections::BodyName(item.body));
  out["scenario"] = EnumName(item.scenario);
  out["key"] = item.key;
  out["source"] = item.source;
  out["id"] = item.id;
  return out;
}

json::object CommandJson(const projections::Command& command) {
  json::object out;
  out["id"] = command.id();
  out["verb"] = JsonText(projections::VerbName(command.verb));
  out["sequence"] = JsonNumber(command.sequence);
  out["scenario"] = EnumName(command.scenario);
  out["key"] = command.key;
  if (command.movement != 0) out["movement"] = JsonNumber(command.movement);
  out["currency"] = JsonText(command.amount.currency.alphabetic());
  out["amountMinor"] = JsonNumber(command.amount.minor);
  AddCounter(command.counter, out);
  for (const auto& [name, text] :
       {std::pair("fromAccount", &command.from_account),
        std::pair("toAccount", &command.to_account), std::pair("channel", &command.channel),
        std::pair("channelReference", &command.channel_reference)}) {
    if (!text->empty()) out[name] = *text;
  }
  if (command.level != 0) {
    out["orderVersion"] = command.order_version;
    out["level"] = command.level;
  }
  return out;
}

}  // namespace

Result<std::string> ReconciliationPage(const ReadStore& store, const Call& call) {
  const auto scope = ScopeOf(call);
  if (!scope.ok()) return scope.error();
  const std::string part = TextParameter(call.target, "part");
  if (!part.empty() && part != "detail" && part != "summary") {
    return Error{Code::UNKNOWN_ENUM, "part", "detail or summary"};
  }
  const auto day = projections::ReconciliationOf(store, *scope);
  if (!day.ok()) return day.error();
  json::object out;
  out["scenario"] = EnumName(scope->scenario);
  if (!scope->participant.empty()) out["participant"] = scope->participant;
  out["bookDate"] = FormatDate(scope->book_date);
  out["firstSequence"] = JsonNumber(day->range.first);
  out["lastSequence"] = JsonNumber(day->range.last);
  out["complete"] = day->range.complete;
  if (part != "summary") {
    if (day->lines.size() > kPageLinesMax) {
      return Error{Code::TOO_LARGE, "part", "too many lines: ask for one channel, or export"};
    }
    json::array lines;
    for (const auto& line : day->lines) lines.push_back(LineJson(line));
    out["detail"] = std::move(lines);
  }
  if (part != "detail") {
    json::array rows;
    for (const auto& row : day->summary) rows.push_back(SummaryJson(row));
    out["summary"] = std::move(rows);
  }
  return json::serialize(out);
}

Result<std::string> RefusalsPage(const ReadStore& store, const Call& call) {
  const auto after = NumberParameter(call.target, "after", 0);
  if (!after.ok()) return after.error();
  const auto limit = LimitParameter(call.target);
  if (!limit.ok()) return limit.error();
  json::object out;
  json::array list;
  if (*after < UINT64_MAX) {
    // A page ends between two records: the next one starts after a sequence, not inside a group.
    const auto items =
        projections::Exceptions(store, *after + 1, UINT64_MAX, *limit + kGroupMembersMax);
    if (!items.ok()) return items.error();
    Sequence last = 0;
    for (const auto& item : *items) {
      if (list.size() >= *limit && item.sequence != last) {
        out["next"] = JsonNumber(last);
        break;
      }
      list.push_back(ExceptionJson(item));
      last = item.sequence;
    }
  }
  out["refusals"] = std::move(list);
  return json::serialize(out);
}

Result<std::string> OutboxPage(const ReadStore& store, const Call& call) {
  const auto limit = LimitParameter(call.target);
  if (!limit.ok()) return limit.error();
  std::optional<projections::Command> after;
  if (const std::string id = TextParameter(call.target, "after"); !id.empty()) {
    auto found = projections::FindCommand(store, id);
    if (!found.ok()) return Error{found.error().code, "after", found.error().message};
    after = std::move(*found);
  }
  const auto commands = projections::OpenCommands(store, after, *limit);
  if (!commands.ok()) return commands.error();
  json::object out;
  json::array list;
  for (const auto& command : *commands) list.push_back(CommandJson(command));
  if (commands->size() == *limit) out["next"] = commands->back().id();
  out["commands"] = std::move(list);
  return json::serialize(out);
}

}  // namespace longmen::adapters::http
