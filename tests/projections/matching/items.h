// Items by hand, for tests of matching: 2021-03-01 is day 0 of every test.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "projections/matching/match.h"

namespace longmen::projections {

inline constexpr DayNumber kDayZero = 18'687;  // 2021-03-01
inline constexpr Currency kYuan{156};

// The instant of a day and minute, local time at the rule's offset (here: UTC+8).
inline Nanos At(int day, int minute) {
  return (kDayZero + day) * kNanosPerDay + (minute - 8 * 60) * kNanosPerMinute;
}

inline MatchRule Beijing() {
  MatchRule rule;
  rule.name = "wechat";
  rule.utc_offset_minutes = 8 * 60;
  rule.due_days = 1;
  rule.edge_minutes = 30;
  return rule;
}

struct Given {
  std::string reference = {};
  int64_t minor = 0;  // credit positive
  int day = 0;
  int minute = 12 * 60;
  std::string order = {};
  std::string batch = {};
  schema::Outcome outcome = schema::Outcome::SUCCEEDED;
  int64_t fee = 0;
};

inline MatchItem ItemOf(const MatchRule& rule, const Given& given) {
  MatchItem item;
  item.direction = given.minor < 0 ? schema::Direction::DEBIT : schema::Direction::CREDIT;
  item.minor = given.minor < 0 ? -given.minor : given.minor;
  item.fee = given.fee;
  item.currency = kYuan;
  item.occurred_at = At(given.day, given.minute);
  item.day = rule.DayOf(item.occurred_at);
  item.reference = given.reference;
  item.order_key = given.order;
  item.batch = given.batch;
  item.outcome = given.outcome;
  return item;
}

// Ours and theirs by the day on which they are added. Theirs of a day are one file; `listed` puts a
// line into the file of another day.
class Books {
 public:
  explicit Books(MatchRule rule = Beijing()) : rule_(std::move(rule)) {
    coverage_.ours_until = INT64_MAX;
  }

  uint64_t Ours(const Given& given) {
    MatchItem item = ItemOf(rule_, given);
    item.ours = true;
    item.sequence = ++sequence_;
    ours_[kDayZero + given.day].push_back(item);
    return item.sequence;
  }
  // The line's number in its file.
  uint32_t Theirs(const Given& given, std::optional<int> listed = std::nullopt) {
    MatchItem item = ItemOf(rule_, given);
    if (listed) item.day = kDayZero + *listed;
    item.sequence = ++sequence_;
    std::vector<MatchItem>& lines = theirs_[item.day];
    item.file = *files_.insert(fmt::format("file{}", item.day - kDayZero)).first;
    item.line = static_cast<uint32_t>(lines.size() + 1);
    lines.push_back(item);
    return item.line;
  }
  // Statements of these days are there, both included.
  void Cover(int from, int to) { coverage_.days.emplace_back(kDayZero + from, kDayZero + to); }
  void Until(Nanos instant) { coverage_.ours_until = instant; }

  MatchResult Match(MatchVisitor* visitor = nullptr) const {
    Matching matching(rule_, coverage_, visitor);
    std::set<DayNumber> days;
    for (const auto& [day, items] : ours_) days.insert(day);
    for (const auto& [day, items] : theirs_) days.insert(day);
    for (const DayNumber day : days) {
      const auto add = [day](const auto& by_day, std::vector<MatchItem>& to) {
        const auto found = by_day.find(day);
        if (found != by_day.end()) to.insert(to.end(), found->second.begin(), found->second.end());
      };
      add(ours_, matching.ours());
      add(theirs_, matching.theirs());
      matching.Day(day);
    }
    return matching.Finish();
  }

  MatchRule& rule() { return rule_; }
  std::map<DayNumber, std::vector<MatchItem>>& ours() { return ours_; }
  std::map<DayNumber, std::vector<MatchItem>>& theirs() { return theirs_; }

 private:
  MatchRule rule_;
  MatchCoverage coverage_;
  std::map<DayNumber, std::vector<MatchItem>> ours_;
  std::map<DayNumber, std::vector<MatchItem>> theirs_;
  std::set<std::string> files_;  // names do not move
  uint64_t sequence_ = 0;
};

// "short m1 amount 20.00/" : kind, items, what differs as ours/theirs.
inline std::string Say(const Break& found) {
  std::string text(BreakKindName(found.kind));
  for (const auto* items : {&found.ours, &found.theirs}) {
    for (const MatchItem& item : *items) text += " " + NameOf(item);
  }
  for (const Reason& reason : found.reasons) {
    text += fmt::format(" {} {}/{}", reason.field, reason.ours, reason.theirs);
  }
  return text;
}
inline std::vector<std::string> Say(const MatchResult& result) {
  std::vector<std::string> all;
  for (const Break& each : result.breaks) all.push_back(Say(each));
  return all;
}

}  // namespace longmen::projections
