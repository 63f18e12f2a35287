#include "adapters/cli/names.h"

#include <boost/json.hpp>

#include "adapters/node/node.h"
#include "projections/store/body.h"

namespace longmen::adapters::cli {
namespace {

constexpr int kOffsetMinutesMax = 14 * 60;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

Result<schema::Scenario> ScenarioOf(std::string_view name, bool none_too) {
  std::string names = none_too ? "none" : "";
  if (none_too && name == "none") return schema::Scenario::NONE;
  for (const auto& adapter : Scenarios()) {
    const std::string known = projections::EnumName(adapter->scenario());
    if (known == name) return adapter->scenario();
    names += (names.empty() ? "" : ", ") + known;
  }
  if (name.empty()) return Error{Code::USAGE, "scenario", "state one of " + names};
  return Error{Code::USAGE, "scenario",
               fmt::format("there is no scenario {}; there are {}", name, names)};
}

Result<int> UtcOffset(std::string_view text) {
  const Error error{Code::USAGE, "utc-offset", "state it as +08:00 or -05:30"};
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return error;
  for (const size_t at : {1u, 2u, 4u, 5u}) {
    if (!IsDigit(text[at])) return error;
  }
  const int hours = (text[1] - '0') * 10 + (text[2] - '0');
  const int minutes = (text[4] - '0') * 10 + (text[5] - '0');
  const int offset = hours * 60 + minutes;
  if (minutes > 59 || offset > kOffsetMinutesMax) return error;
  return text[0] == '-' ? -offset : offset;
}

Result<DayNumber> DateOf(std::string_view text, std::string_view option) {
  if (const auto day = ParseDate(text)) return *day;
  return Error{Code::USAGE, std::string(option), "a date, as 2021-03-01"};
}

Result<engine::Clock> ClockAt(std::string_view instant, std::string_view option) {
  if (instant.empty()) return engine::SystemClock();
  const auto at = ParseInstant(instant);
  if (at && *at > 0 && *at < kInstantMax) return engine::Clock([at = *at] { return at; });
  return Error{Code::USAGE, std::string(option),
               at ? "an instant after 1970 began and before 2116"
                  : "an instant, as 2021-03-01T09:00:00+08:00"};
}

std::string Quoted(std::string_view text) {
  return boost::json::serialize(boost::json::string(text.data(), text.size()));
}

}  // namespace longmen::adapters::cli
