#include "adapters/http/pages.h"
#include "adapters/http/route.h"

namespace longmen::adapters::http {
namespace {

// Does a path fit a pattern? The segments under its stars go to `arguments`.
bool Fits(std::string_view pattern, const std::vector<std::string>& path,
          std::vector<std::string>& arguments) {
  for (const std::string& segment : path) {
    if (pattern.empty()) return false;
    pattern.remove_prefix(1);  // the slash
    const std::string_view expected = pattern.substr(0, pattern.find('/'));
    pattern.remove_prefix(expected.size());
    if (expected == "*") {
      if (segment.empty()) return false;
      arguments.push_back(segment);
    } else if (expected != segment) {
      return false;
    }
  }
  return pattern.empty();
}

}  // namespace

std::span<const Route> Routes() {
  static constexpr Route kRoutes[] = {
      {"POST", "/v1/proposals", "", &Router::Propose, nullptr, true},
      {"POST", "/v1/records/*", "", &Router::Ingest},
      {"GET", "/v1/answers", "source id ", &Router::LookUp},
      {"GET", "/v1/records", "after limit ", &Router::ReadRecords},
      {"GET", "/v1/accounts", "after limit min_sequence ", nullptr, AccountsPage},
      {"GET", "/v1/accounts/*", "min_sequence ", nullptr, AccountPage},
      {"GET", "/v1/accounts/*/statement", "from to min_sequence ", nullptr, StatementPage},
      {"GET", "/v1/orders/*/*", "min_sequence ", nullptr, OrderPage},
      {"GET", "/v1/cycles", "min_sequence ", nullptr, CyclesPage},
      {"GET", "/v1/cycles/*/positions", "min_sequence ", nullptr, PositionsPage},
      {"GET", "/v1/cycles/*/late", "min_sequence ", nullptr, LatePage},
      {"GET", "/v1/schemes/*/limits", "min_sequence ", nullptr, LimitsPage},
      {"GET", "/v1/schemes/*/queue", "part min_sequence ", nullptr, QueuePage},
      {"GET", "/v1/schemes/*/resolutions", "after limit min_sequence ", nullptr, ResolutionsPage},
      {"GET", "/v1/warnings", "after limit min_sequence ", nullptr, WarningsPage},
      {"GET", "/v1/reconciliation", "scenario participant channel date part min_sequence ", nullptr,
       ReconciliationPage},
      {"GET", "/v1/refusals", "after limit min_sequence ", nullptr, RefusalsPage},
      {"GET", "/v1/outbox", "after limit min_sequence ", nullptr, OutboxPage},
      {"GET", "/healthz", ""},
      {"GET", "/metrics", ""},
  };
  return kRoutes;
}

Match FindRoute(std::string_view method, const std::vector<std::string>& path) {
  Match match;
  for (const Route& route : Routes()) {
    std::vector<std::string> arguments;
    if (!Fits(route.pattern, path, arguments)) continue;
    if (route.method == method) {
      match.route = &route;
      match.arguments = std::move(arguments);
      return match;
    }
    match.allow += match.allow.empty() ? "" : ", ";
    match.allow += route.method;
  }
  return match;
}

}  // namespace longmen::adapters::http
