// Target: a request's path and query, taken apart.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/base/result.h"
#include "events/base/time.h"

namespace longmen::adapters::http {

struct Target {
  std::vector<std::string> path;  // segments, percent-decoded: "/v1/a%2Fb" is "v1", "a/b"
  std::map<std::string, std::string> query;  // each name once
};

// malformed where an escape is broken [target] or a name stands twice [that name].
Result<Target> ParseTarget(std::string_view target);

// Parameters by type. Absent ones give the fallback; broken ones an error that names them.
Result<uint64_t> NumberParameter(const Target& target, const std::string& name, uint64_t fallback);
// ?limit= of a list: 1 to kLimitMax. What is beyond is refused: a shorter page than was asked for
// would look like the end.
inline constexpr uint64_t kLimitDefault = 100;
inline constexpr uint64_t kLimitMax = 1'000;
Result<uint64_t> LimitParameter(const Target& target);
Result<std::optional<DayNumber>> DateParameter(const Target& target, const std::string& name);
std::string TextParameter(const Target& target, const std::string& name);

}  // namespace longmen::adapters::http
