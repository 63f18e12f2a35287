#include <algorithm>

#include "projections/matching/match.h"

namespace longmen::projections {

bool MatchRule::TakesChannel(std::string_view channel) const {
  return channels.empty() || std::ranges::find(channels, channel) != channels.end();
}

bool MatchRule::TakesKind(schema::StatementLineKind kind) const {
  return kinds.empty() || std::ranges::find(kinds, kind) != kinds.end();
}

bool MatchRule::TakesScenario(schema::Scenario scenario) const {
  return scenarios.empty() || std::ranges::find(scenarios, scenario) != scenarios.end();
}

bool MatchRule::TakesStatement(std::string_view of) const {
  return statement_accounts.empty() ||
         std::ranges::find(statement_accounts, of) != statement_accounts.end();
}

Nanos MatchRule::StartOf(DayNumber day) const {
  return day * kNanosPerDay + (day_start_minute - utc_offset_minutes) * kNanosPerMinute;
}

DayNumber MatchRule::DayOf(Nanos instant) const {
  return static_cast<DayNumber>(FloorDivide(instant - StartOf(0), kNanosPerDay));
}

int64_t MatchItem::Signed(const MatchRule& rule) const {
  const int64_t taken = !ours && rule.net_of_fees ? fee : 0;
  return direction == schema::Direction::CREDIT ? minor + taken : taken - minor;
}

void MatchCount::Add(const MatchItem& item) {
  ++count;
  (item.direction == schema::Direction::CREDIT ? credits : debits).Add(item.minor);
}

bool MatchCoverage::Covers(DayNumber day) const {
  return std::ranges::any_of(
      days, [day](const auto& range) { return range.first <= day && day <= range.second; });
}

std::string Describe(const Break& found) {
  const auto said = [](const std::string& text) { return text.empty() ? "none" : text.c_str(); };
  std::string text;
  for (const Reason& reason : found.reasons) {
    if (!text.empty()) text += "; ";
    text +=
        fmt::format("{}: ours {}, theirs {}", reason.field, said(reason.ours), said(reason.theirs));
  }
  return text;
}

std::string NameOf(const MatchItem& item) {
  return item.ours ? fmt::format("m{}", item.sequence) : fmt::format("{}:{}", item.file, item.line);
}

std::string_view MatchByName(MatchBy by) {
  static constexpr std::string_view kNames[] = {"reference", "order", "group", "amount_and_day",
                                                "day_total"};
  return kNames[static_cast<size_t>(by)];
}

std::string_view BreakKindName(BreakKind kind) {
  static constexpr std::string_view kNames[] = {"long",      "short",   "amount",     "status",
                                                "duplicate", "cut_off", "not_yet_due"};
  return kNames[static_cast<size_t>(kind)];
}

std::string_view SuggestionName(Suggestion suggestion) {
  static constexpr std::string_view kNames[] = {"wait", "adjust", "suspend", "ask"};
  return kNames[static_cast<size_t>(suggestion)];
}

}  // namespace longmen::projections
