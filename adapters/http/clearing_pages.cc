// Cycles and positions.
#include <boost/json.hpp>

#include "adapters/http/json.h"
#include "adapters/http/pages.h"
#include "projections/positions/positions.h"

namespace longmen::adapters::http {
namespace {

namespace json = boost::json;

json::object CycleJson(const CycleState& cycle) {
  json::object out;
  out["cycle"] = cycle.name;
  out["scheme"] = cycle.scheme.text();
  out["method"] = EnumName(cycle.method);
  out["status"] = JsonText(CycleStatusName(cycle.status));
  out["opened"] = JsonNumber(cycle.cycle);
  if (cycle.cut_off != 0) out["cutOff"] = JsonNumber(cycle.cut_off);
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

}  // namespace

Result<std::string> CyclesPage(const ReadStore& store, const Call&) {
  const auto cycles = projections::Cycles(store);
  if (!cycles.ok()) return cycles.error();
  json::array list;
  for (const CycleState& cycle : *cycles) list.push_back(CycleJson(cycle));
  json::object out;
  out["cycles"] = std::move(list);
  return json::serialize(out);
}

Result<std::string> PositionsPage(const ReadStore& store, const Call& call) {
  const auto found = projections::PositionsOf(store, call.arguments[0]);
  if (!found.ok()) return Named(found.error(), "cycle");
  json::object out = CycleJson(found->cycle);
  json::array positions;
  for (const auto& position : found->positions) {
    json::object& entry = positions.emplace_back(json::object()).get_object();
    entry["participant"] = position.participant;
    AddFlow(position.flow, position.currency, entry);
  }
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
    entry["opened"] = JsonNumber(from.cycle);
    entry["by"] = JsonNumber(from.by);
    entry["items"] = JsonNumber(from.items);
  }
  out["positions"] = std::move(positions);
  out["bilateral"] = std::move(bilateral);
  out["carried"] = std::move(carried);
  return json::serialize(out);
}

}  // namespace longmen::adapters::http
