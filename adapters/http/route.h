// Route: one row of the table of everything that can be asked. The table is in routes.cc.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "adapters/http/router.h"
#include "projections/store/store.h"

namespace longmen::adapters::http {

// A projection's page: JSON text, or an error. It only sees the store and the call.
using Page = Result<std::string> (*)(const projections::ReadStore& store, const Call& call);

struct Route {
  using Handler = void (Router::*)(const Call&, const Reply&) const;

  std::string_view method;
  std::string_view pattern;     // "*" stands for one segment
  std::string_view parameters;  // names the query may hold, with a space after each
  Handler handler = nullptr;    // nothing: answered at once (/healthz, /metrics), or a page
  Page page = nullptr;
  bool messages = false;  // takes Cap'n Proto beside JSON

  bool open() const { return handler == nullptr && page == nullptr; }  // needs no token
};

// The route of a path, or why there is none: not_found, or usage with the methods that exist
// there in `allow`.
struct Match {
  const Route* route = nullptr;
  std::vector<std::string> arguments;
  std::string allow;
};
Match FindRoute(std::string_view method, const std::vector<std::string>& path);

}  // namespace longmen::adapters::http
