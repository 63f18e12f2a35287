// Cycles and positions, what waits for a scheme, and who was warned.
#include <boost/json.hpp>

#include "adapters/http/json.h"
#include "adapters/http/pages.h"
#include "projections/limits/limits.h"
#include "projections/positions/positions.h"
#include "projections/queue/queue.h"
#include "projections/warnings/warnings.h"

namespace longmen::adapters::http {
namespace {

namespace json = boost::json;

json::object CycleJson(const CycleState& cycle, const projections::PositionsVersion& version) {
  json::object out;
  out["cycle"] = cycle.name;
  out["scheme"] = cycle.scheme.text();
  out["method"] = EnumName(cycle.method);
  out["status"] = JsonText(CycleStatusName(cycle.status));
  out["opened"] = JsonNumber(cycle.cycle);
  if (cycle.cut_off != 0) out["cutOff"] = JsonNumber(cycle.cut_off);
  if (cycle.cut_off != 0) out["version"] = JsonNumber(version.number);
  if (version.by != 0) out["changedBy"] = JsonNumber(version.by);
  if (cycle.carried_into != 0) out["carriedInto"] = JsonNumber(cycle.carried_into);
  if (!cycle.reference.empty()) out["reference"] = cycle.reference;
  if (!cycle.reason.empty()) out["reason"] = cycle.reason;
  return out;
}

void AddFlow(const projections::Flow& flow, Currency currency, json::object& out) {
  out["currency"] = JsonText(currency.alphabetic());
  out["inCount"] = JsonNumber(flow.in_count);
  out["outCount"] = JsonNumber(flow.out_count);
  out["grossInMinor"] = JsonSum(flow.in);
  out["grossOutMinor"] = JsonSum(flow.out);
  out["netMinor"] = JsonSum(flow.net());
}

json::object LateJson(const projections::LateItem& item) {
  json::object out;
  out["sequence"] = JsonNumber(item.sequence);
  out["recordedAt"] = FormatInstant(item.recorded_at);
  out["occurredAt"] = FormatInstant(item.occurred_at);
  out["missed"] = item.missed_name;
  out["from"] = item.from.text();
  out["to"] = item.to.text();
  out["currency"] = JsonText(item.amount.currency.alphabetic());
  out["amountMinor"] = JsonNumber(item.amount.minor);
  out["movement"] = JsonNumber(item.movement);
  out["source"] = item.source;
  out["id"] = item.id;
  if (!item.key.empty()) out["key"] = item.key;
  return out;
}

json::object PaymentJson(const projections::QueuedPayment& payment) {
  json::object out;
  out["currency"] = JsonText(payment.amount.currency.alphabetic());
  out["sender"] = payment.sender.text();
  out["receiver"] = payment.receiver.text();
  out["amountMinor"] = JsonNumber(payment.amount.minor);
  out["priority"] = payment.priority;
  out["status"] = JsonText(WaitingStatusName(payment.status));
  out["since"] = FormatInstant(payment.since);
  out["movement"] = JsonNumber(payment.movement);
  out["source"] = payment.source;
  out["id"] = payment.id;
  if (!payment.key.empty()) out["key"] = payment.key;
  return out;
}

json::object ResolutionJson(const projections::QueueResolution& resolution) {
  using enum projections::ResolutionResult;
  json::object out;
  out["sequence"] = JsonNumber(resolution.sequence);
  out["recordedAt"] = FormatInstant(resolution.recorded_at);
  out["result"] = JsonText(projections::ResolutionResultName(resolution.result));
  if (resolution.result != kWindowEnded) out["mode"] = EnumName(resolution.mode);
  out["count"] = JsonNumber(resolution.count);
  if (resolution.currency.numeric == 0) return out;  // of a window that returned nothing
  out["currency"] = JsonText(resolution.currency.alphabetic());
  out["valueMinor"] = JsonNumber(resolution.value);
  if (resolution.result != kWindowEnded) out["valueMaxMinor"] = JsonNumber(resolution.value_max);
  if (resolution.result == kSettled) out["savedMinor"] = JsonNumber(resolution.saved);
  return out;
}

json::object WarningJson(const projections::CapWarning& warning) {
  json::object out;
  out["sequence"] = JsonNumber(warning.sequence);
  out["recordedAt"] = FormatInstant(warning.recorded_at);
  out["scheme"] = warning.scheme.text();
  out["cycle"] = warning.cycle;
  out["participant"] = warning.participant.text();
  out["currency"] = JsonText(warning.currency.alphabetic());
  out["owedMinor"] = JsonNumber(warning.owed);
  out["capMinor"] = JsonNumber(warning.cap);
  return out;
}

json::object LimitJson(const projections::ParticipantLimit& limit) {
  json::object out;
  out["participant"] = limit.participant.text();
  out["currency"] = JsonText(limit.currency.alphabetic());
  out["owedMinor"] = JsonNumber(limit.owed);
  if (limit.cap) {
    json::object cap;
    cap["creditMinor"] = JsonNumber(limit.cap->credit);
    cap["collateralMinor"] = JsonNumber(limit.cap->collateral);
    cap["earmarkMinor"] = JsonNumber(limit.cap->earmark);
    cap["warnPermille"] = limit.cap->warn_permille;
    out["cap"] = std::move(cap);
    out["capMinor"] = JsonNumber(limit.cap->most());
  }
  if (limit.liquidity) out["liquidityMinor"] = JsonNumber(*limit.liquidity);
  return out;
}

json::array PositionsJson(const std::vector<projections::ParticipantPosition>& positions) {
  json::array list;
  for (const auto& position : positions) {
    json::object& entry = list.emplace_back(json::object()).get_object();
    entry["participant"] = position.participant;
    AddFlow(position.flow, position.currency, entry);
  }
  return list;
}

}  // namespace

Result<std::string> CyclesPage(const ReadStore& store, const Call&) {
  const auto cycles = projections::Cycles(store);
  if (!cycles.ok()) return cycles.error();
  json::array list;
  for (const CycleState& cycle : *cycles) {
    const auto version = projections::VersionOf(store, cycle.cycle);
    if (!version.ok()) return version.error();
    list.push_back(CycleJson(cycle, *version));
  }
  json::object out;
  out["cycles"] = std::move(list);
  return json::serialize(out);
}

Result<std::string> PositionsPage(const ReadStore& store, const Call& call) {
  const auto found = projections::PositionsOf(store, call.arguments[0]);
  if (!found.ok()) return Named(found.error(), "cycle");
  json::object out = CycleJson(found->cycle, found->version);
  json::array bilateral;
  for (const auto& position : found->bilateral) {
    json::object& entry = bilateral.emplace_back(json::object()).get_object();
    entry["participant"] = position.participant;
    entry["counterparty"] = position.counterparty;
    AddFlow(position.flow, position.currency, entry);
  }
  json::array carried;
  for (const auto& from : found->carried) {
    json::object& entry = carried.emplace_back(json::object()).get_object();
    entry["cycle"] = from.name;
    entry["opened"] = JsonNumber(from.cycle);
    entry["by"] = JsonNumber(from.by);
    entry["items"] = JsonNumber(from.items);
  }
  out["positions"] = PositionsJson(found->positions);
  out["bilateral"] = std::move(bilateral);
  out["carried"] = std::move(carried);
  out["lateCount"] = JsonNumber(found->late.size());
  return json::serialize(out);
}

Result<std::string> LatePage(const ReadStore& store, const Call& call) {
  const auto cycle = projections::FindCycle(store, call.arguments[0]);
  if (!cycle.ok()) return Named(cycle.error(), "cycle");
  const auto items = projections::LateItems(store, call.arguments[0]);
  if (!items.ok()) return items.error();
  if (items->size() > kPageLinesMax) return Error{Code::TOO_LARGE, "cycle", "too many late items"};
  const auto version = projections::VersionOf(store, cycle->cycle);
  if (!version.ok()) return version.error();
  json::object out = CycleJson(*cycle, *version);
  json::array list;
  for (const auto& item : *items) list.push_back(LateJson(item));
  out["late"] = std::move(list);
  return json::serialize(out);
}

Result<std::string> LimitsPage(const ReadStore& store, const Call& call) {
  const auto limits = projections::LimitsOf(store, call.arguments[0]);
  if (!limits.ok()) return Named(limits.error(), "scheme");
  json::object out;
  out["scheme"] = call.arguments[0];
  json::array participants;
  for (const auto& limit : limits->participants) participants.push_back(LimitJson(limit));
  json::array granted;
  for (const auto& grant : limits->grants) {
    json::object& entry = granted.emplace_back(json::object()).get_object();
    entry["creditor"] = grant.creditor.text();
    entry["debtor"] = grant.debtor.text();
    entry["currency"] = JsonText(grant.currency.alphabetic());
    entry["grantedMinor"] = JsonNumber(grant.minor);
  }
  out["participants"] = std::move(participants);
  out["granted"] = std::move(granted);
  return json::serialize(out);
}

Result<std::string> QueuePage(const ReadStore& store, const Call& call) {
  const std::string part = TextParameter(call.target, "part");
  if (!part.empty() && part != "payments" && part != "participants") {
    return Error{Code::UNKNOWN_ENUM, "part", "payments or participants"};
  }
  const auto queue = projections::QueueOf(store, call.arguments[0]);
  if (!queue.ok()) return Named(queue.error(), "scheme");
  json::object out;
  out["scheme"] = call.arguments[0];
  if (part != "participants") {
    if (queue->payments.size() > kPageLinesMax) {
      return Error{Code::TOO_LARGE, "part", "too many payments: ask for the participants"};
    }
    json::array payments;
    for (const auto& payment : queue->payments) payments.push_back(PaymentJson(payment));
    out["payments"] = std::move(payments);
  }
  if (part != "payments") out["participants"] = PositionsJson(queue->participants);
  return json::serialize(out);
}

Result<std::string> ResolutionsPage(const ReadStore& store, const Call& call) {
  const auto after = NumberParameter(call.target, "after", 0);
  if (!after.ok()) return after.error();
  const auto limit = LimitParameter(call.target);
  if (!limit.ok()) return limit.error();
  const auto resolutions = projections::Resolutions(store, call.arguments[0], *after, *limit);
  if (!resolutions.ok()) return Named(resolutions.error(), "scheme");
  json::object out;
  out["scheme"] = call.arguments[0];
  json::array list;
  for (const auto& resolution : *resolutions) list.push_back(ResolutionJson(resolution));
  if (resolutions->size() >= *limit) out["next"] = JsonNumber(resolutions->back().sequence);
  out["resolutions"] = std::move(list);
  return json::serialize(out);
}

Result<std::string> WarningsPage(const ReadStore& store, const Call& call) {
  const auto after = NumberParameter(call.target, "after", 0);
  if (!after.ok()) return after.error();
  const auto limit = LimitParameter(call.target);
  if (!limit.ok()) return limit.error();
  const auto warnings = projections::CapWarnings(store, *after, *limit);
  if (!warnings.ok()) return warnings.error();
  json::object out;
  json::array list;
  for (const auto& warning : *warnings) list.push_back(WarningJson(warning));
  if (warnings->size() == *limit) out["next"] = JsonNumber(warnings->back().sequence);
  out["warnings"] = std::move(list);
  return json::serialize(out);
}

}  // namespace longmen::adapters::http
