#include "tests/adapters/script_runner/tables.h"

#include <capnp/schema.h>
#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <map>
#include <sstream>

#include "events/base/code.h"
#include "tests/adapters/script_runner/fill.h"

namespace longmen::script {
namespace {

using Words = std::vector<std::string>;

Error Wrong(const std::string& what) { return Error{Code::USAGE, "", what}; }

// The words of a registration, one clause after the other.
class Clauses {
 public:
  explicit Clauses(const Words& words) : words_(words) {}

  bool done() const { return next_ >= words_.size(); }
  bool NextIs(const char* word) const { return !done() && words_[next_] == word; }
  // Where it is not done.
  const std::string& Next() { return words_[next_++]; }
  Result<std::string> Take() {
    if (done()) return Wrong("a value is missing after " + words_.back());
    return words_[next_++];
  }
  Result<int64_t> TakeMinor() {
    auto word = Take();
    if (!word) return word.error();
    auto money = ParseMoney(*word, kYuan);
    if (!money) return Wrong("not an amount: " + *word);
    return money->minor;
  }
  Result<int64_t> TakeNumber() {
    auto word = Take();
    if (!word) return word.error();
    int64_t value = 0;
    const auto [end, error] = std::from_chars(word->data(), word->data() + word->size(), value);
    if (error != std::errc{} || end != word->data() + word->size()) {
      return Wrong("not a number: " + *word);
    }
    return value;
  }
  // "22:00" in minutes.
  Result<int64_t> TakeMinute() {
    auto word = Take();
    if (!word) return word.error();
    int hours = 0;
    int minutes = 0;
    char colon = 0;
    std::istringstream in(*word);
    if (!(in >> hours >> colon >> minutes) || colon != ':' || !in.eof()) {
      return Wrong("not a time of day: " + *word);
    }
    return hours * 60 + minutes;
  }

 private:
  const Words& words_;
  size_t next_ = 2;  // after the word and the name
};

// Adds the dates of "2021-02-11..2021-02-17,2021-04-05".
Status AddDays(const std::string& list, schema::DayKind kind,
               std::map<DayNumber, schema::DayKind>& days) {
  std::istringstream in(list);
  for (std::string part; std::getline(in, part, ',');) {
    const size_t dots = part.find("..");
    const auto first = ParseDate(part.substr(0, dots));
    const auto last = dots == std::string::npos ? first : ParseDate(part.substr(dots + 2));
    if (!first || !last || *last < *first) return Wrong("not a date or a range of dates: " + part);
    for (DayNumber day = *first; day <= *last; ++day) {
      if (!days.emplace(day, kind).second) return Wrong("named twice: " + FormatDate(day));
    }
  }
  return Ok();
}

// The next clause of a step of fees.
Status TakeFeeClause(Clauses& clauses, schema::FeeStep::Builder step) {
  const std::string clause = clauses.Next();
  if (clause == "percent") {
    auto word = clauses.Take();
    if (!word) return word.error();
    char* end = nullptr;
    const double percent = std::strtod(word->c_str(), &end);
    if (end != word->c_str() + word->size()) return Wrong("not a percentage: " + *word);
    step.setPerMillion(static_cast<uint32_t>(std::llround(percent * 10'000)));
    return Ok();
  }
  auto minor = clauses.TakeMinor();
  if (!minor) return minor.error();
  if (clause == "fixed") return step.setFixedMinor(*minor), Ok();
  if (clause == "least") return step.setMinMinor(*minor), Ok();
  if (clause == "most") return step.setMaxMinor(*minor), Ok();
  return Wrong("no such clause of a fee table: " + clause);
}

// The next clause of a rule of risk.
Status TakeRiskClause(Clauses& clauses, schema::RiskRule::Builder rule) {
  const std::string clause = clauses.Next();
  if (clause == "new") {
    auto what = clauses.Take();
    if (!what) return what.error();
    if (*what == "device") return rule.setNewDevice(true), Ok();
    if (*what == "counterparty") return rule.setNewCounterparty(true), Ok();
    if (*what == "place") return rule.setNewPlace(true), Ok();
    if (*what == "network") return rule.setNewNetwork(true), Ok();
    return Wrong("nothing new to a risk policy: " + *what);
  }
  const bool time = clause == "from" || clause == "to";
  auto value = time ? clauses.TakeMinute()
                    : (clause == "above" ? clauses.TakeMinor() : clauses.TakeNumber());
  if (!value) return value.error();
  if (clause == "above") return rule.setAboveMinor(*value), Ok();
  if (clause == "count") return rule.setCountAtLeast(static_cast<uint32_t>(*value)), Ok();
  if (clause == "from") return rule.setFromMinute(static_cast<int16_t>(*value)), Ok();
  if (clause == "to") return rule.setToMinute(static_cast<int16_t>(*value)), Ok();
  return Wrong("no such clause of a risk policy: " + clause);
}

Result<schema::AuthorizationMethod> MethodNamed(const std::string& name) {
  for (auto each : capnp::Schema::from<schema::AuthorizationMethod>().getEnumerants()) {
    if (SnakeCase(each.getProto().getName().cStr()) == name) {
      return static_cast<schema::AuthorizationMethod>(each.getOrdinal());
    }
  }
  return Wrong("no such identity step: " + name);
}

}  // namespace

Status FillCalendar(schema::Calendar::Builder calendar, const Words& words) {
  Clauses clauses(words);
  std::map<DayNumber, schema::DayKind> days;
  while (!clauses.done()) {
    const std::string clause = clauses.Next();
    if (clause == "every_day") {
      calendar.setEveryDay(true);
    } else if (clause == "utc") {
      auto minutes = clauses.TakeNumber();
      if (!minutes) return minutes.error();
      calendar.setUtcOffsetMinutes(static_cast<int16_t>(*minutes));
    } else if (clause == "holiday" || clause == "working") {
      auto list = clauses.Take();
      if (!list) return list.error();
      RETURN_IF_ERROR(AddDays(
          *list, clause == "holiday" ? schema::DayKind::HOLIDAY : schema::DayKind::WORKING, days));
    } else {
      return Wrong("no such clause of a calendar: " + clause);
    }
  }
  auto list = calendar.initDays(static_cast<unsigned>(days.size()));
  unsigned i = 0;
  for (const auto& [day, kind] : days) {
    list[i].setDate(day);
    list[i++].setKind(kind);
  }
  return Ok();
}

Status FillFeeTable(schema::FeeTable::Builder table, const Words& words) {
  Clauses clauses(words);
  table.setCurrency(kYuan.numeric);
  unsigned count = 0;
  for (const std::string& word : words) count += word == "up_to" || word == "beyond";
  auto steps = table.initSteps(count);
  for (auto step : steps) {
    const std::string clause = clauses.Next();
    if (clause == "up_to") {
      auto minor = clauses.TakeMinor();
      if (!minor) return minor.error();
      step.setUpToMinor(*minor);
    } else if (clause != "beyond") {
      return Wrong("a fee table begins its steps with up_to or beyond, not " + clause);
    }
    while (!clauses.done() && !clauses.NextIs("up_to") && !clauses.NextIs("beyond")) {
      RETURN_IF_ERROR(TakeFeeClause(clauses, step));
    }
  }
  if (!clauses.done()) return Wrong("a fee table has steps: up_to or beyond");
  return Ok();
}

Status FillRiskPolicy(schema::RiskPolicy::Builder policy, const Words& words) {
  Clauses clauses(words);
  unsigned rule_count = 0;
  unsigned step_count = 0;
  for (const std::string& word : words) {
    rule_count += word == "rule";
    step_count += word == "step";
  }
  auto rules = policy.initRules(rule_count);
  auto steps = policy.initSteps(step_count);
  unsigned rule = 0;
  unsigned step = 0;
  while (!clauses.done()) {
    const std::string clause = clauses.Next();
    if (clause == "step") {
      auto points = clauses.TakeNumber();
      if (!points) return points.error();
      auto name = clauses.Take();
      if (!name) return name.error();
      auto method = MethodNamed(*name);
      if (!method) return method.error();
      steps[step].setFromPoints(static_cast<uint16_t>(*points));
      steps[step++].setMethod(*method);
    } else if (clause == "rule") {
      auto name = clauses.Take();
      if (!name) return name.error();
      auto points = clauses.TakeNumber();
      if (!points) return points.error();
      rules[rule].setName(*name);
      rules[rule].setPoints(static_cast<uint16_t>(*points));
      while (!clauses.done() && !clauses.NextIs("rule") && !clauses.NextIs("step")) {
        RETURN_IF_ERROR(TakeRiskClause(clauses, rules[rule]));
      }
      ++rule;
    } else {
      return Wrong("no such clause of a risk policy: " + clause);
    }
  }
  return Ok();
}

}  // namespace longmen::script
