// Reconciliation: rules, statement files, what belongs together, what is open, what was decided.
#include <algorithm>
#include <map>

#include "adapters/cli/queries.h"
#include "projections/matching/matching.h"
#include "projections/store/body.h"

namespace longmen::adapters::cli {
namespace {

using enum ColumnKind;
using projections::Break;
using projections::MatchItem;
using projections::MatchReading;

// The rules that are asked for: one by its name, or all that are open.
Result<std::vector<std::string>> RulesOf(const ReadStore& store, std::string_view name) {
  if (!name.empty()) return std::vector{std::string(name)};
  const auto rules = projections::MatchRules(store);
  if (!rules.ok()) return rules.error();
  std::vector<std::string> names;
  for (const projections::MatchRule& rule : *rules) {
    if (rule.status == schema::Status::OPEN) names.push_back(rule.name);
  }
  return names;
}

std::string Joined(const std::vector<MatchItem>& items, const auto& text_of) {
  std::string joined;
  for (const MatchItem& item : items) {
    const std::string text = text_of(item);
    if (text.empty()) continue;
    if (!joined.empty()) joined += ' ';
    joined += text;
  }
  return joined;
}

constexpr bool kForFiles = true;

Table BreakTable() {
  return {"breaks",
          {{"rule", kText, kForFiles},
           {"day"},
           {"age", kNumber},
           {"kind"},
           {"currency", kText, kForFiles},
           {"atRisk", kAmount},
           {"difference"},
           {"items"},
           {"ours", kNumber, kForFiles},
           {"theirs", kNumber, kForFiles},
           {"order", kText, kForFiles},
           {"ourReference", kText, kForFiles},
           {"theirReference", kText, kForFiles},
           {"suggestion"},
           {"candidate", kText, kForFiles},
           {"waits"},
           {"decision", kText, kForFiles},
           {"reason", kText, kForFiles}},
          {}};
}

std::string SumOf(const projections::MatchRule& rule, const std::vector<MatchItem>& items) {
  if (items.empty()) return "";
  WideSum sum;
  for (const MatchItem& item : items) sum.Add(item.Signed(rule));
  return sum.Format(items.front().currency);
}

void BreakRow(const MatchReading& reading, size_t at, Table& table) {
  const Break& found = reading.result.breaks[at];
  const MatchItem& first = found.ours.empty() ? found.theirs.front() : found.ours.front();
  std::vector<MatchItem> items = found.ours;
  items.insert(items.end(), found.theirs.begin(), found.theirs.end());
  const auto reference = [](const MatchItem& item) { return item.reference.str(); };
  const projections::ItemDecision& wait = reading.waits[at];
  table.Row({reading.rule.name, FormatDate(found.day),
             Cell::Number(static_cast<uint64_t>(std::max(0, reading.today - found.day))),
             BreakKindName(found.kind), first.currency.alphabetic(),
             Cell::Amount(found.at_risk(), first.currency), projections::Describe(found),
             Joined(items, [](const MatchItem& item) { return projections::NameOf(item); }),
             SumOf(reading.rule, found.ours), SumOf(reading.rule, found.theirs), first.order_key,
             Joined(found.ours, reference), Joined(found.theirs, reference),
             SuggestionName(found.suggestion), found.candidate,
             wait.sequence == 0
                 ? std::string()
                 : fmt::format("{} ({}, {})", wait.reason, wait.by, wait.approved_by),
             "", ""});
}

// "came", "due" or "overdue": the statement of a day.
std::string StatementOfDay(const MatchReading& reading, DayNumber day) {
  if (reading.coverage.Covers(day)) return "came";
  const Nanos due = reading.rule.StartOf(day + 1) + reading.rule.due_days * kNanosPerDay;
  return reading.coverage.ours_until <= due ? "due" : "overdue";
}

}  // namespace

Tables QueryBreaks(const ReadStore& store, std::string_view rule) {
  const auto names = RulesOf(store, rule);
  if (!names.ok()) return names.error();
  Table table = BreakTable();
  for (const std::string& name : *names) {
    const auto reading = projections::MatchOf(store, name);
    if (!reading.ok()) return reading.error();
    for (size_t i = 0; i < reading->result.breaks.size(); ++i) BreakRow(*reading, i, table);
  }
  return std::vector{std::move(table)};
}

Tables QueryMatching(const ReadStore& store, std::string_view rule) {
  const auto names = RulesOf(store, rule);
  if (!names.ok()) return names.error();
  Table table{"matching",
              {{"rule"},
               {"participant"},
               {"issuer"},
               {"ours", kNumber},
               {"theirs", kNumber},
               {"matchedOurs", kNumber},
               {"matchedTheirs", kNumber},
               {"acrossDays", kNumber},
               {"nothing", kNumber},
               {"open", kNumber},
               {"waiting", kNumber}},
              {}};
  Table days{"days",
             {{"rule"},
              {"day"},
              {"ours", kNumber},
              {"theirs", kNumber},
              {"matchedOurs", kNumber},
              {"matchedTheirs", kNumber},
              {"statement"}},
             {}};
  Table kinds{
      "kinds", {{"rule"}, {"kind"}, {"currency"}, {"breaks", kNumber}, {"atRisk", kAmount}}, {}};
  for (const std::string& name : *names) {
    const auto reading = projections::MatchOf(store, name);
    if (!reading.ok()) return reading.error();
    const projections::MatchResult& result = reading->result;
    std::map<std::pair<projections::BreakKind, uint16_t>, std::pair<uint64_t, WideSum>> sums;
    uint64_t waiting = 0;
    for (const Break& each : result.breaks) {
      const MatchItem& first = each.ours.empty() ? each.theirs.front() : each.ours.front();
      auto& [count, sum] = sums[{each.kind, first.currency.numeric}];
      ++count;
      sum.Add(each.at_risk());
      waiting += IsWaiting(each.kind) ? 1 : 0;
    }
    table.Row({name, reading->rule.participant, reading->rule.issuer,
               Cell::Number(result.ours.count), Cell::Number(result.theirs.count),
               Cell::Number(result.matched_ours.count), Cell::Number(result.matched_theirs.count),
               Cell::Number(result.across_days), Cell::Number(result.nothing.count),
               Cell::Number(result.breaks.size() - waiting), Cell::Number(waiting)});
    for (const auto& [day, of_day] : result.days) {
      days.Row({name, FormatDate(day), Cell::Number(of_day.ours), Cell::Number(of_day.theirs),
                Cell::Number(of_day.matched_ours), Cell::Number(of_day.matched_theirs),
                StatementOfDay(*reading, day)});
    }
    for (const auto& [key, of_kind] : sums) {
      const Currency currency{key.second};
      kinds.Row({name, BreakKindName(key.first), currency.alphabetic(), Cell::Number(of_kind.first),
                 Cell::Amount(of_kind.second, currency)});
    }
  }
  return std::vector{std::move(table), std::move(kinds), std::move(days)};
}

Tables QueryRules(const ReadStore& store) {
  const auto rules = projections::MatchRules(store);
  if (!rules.ok()) return rules.error();
  Table table{"rules",
              {{"rule"},
               {"status"},
               {"participant"},
               {"issuer"},
               {"channels"},
               {"account"},
               {"dayStart", kNumber},
               {"edge", kNumber},
               {"dueDays", kNumber},
               {"dayTolerance", kNumber},
               {"toleranceMinor", kNumber},
               {"netOfFees", kFlag},
               {"mirror", kText, kForFiles},
               {"suspense", kText, kForFiles},
               {"writeOff", kText, kForFiles},
               {"sequence", kNumber}},
              {}};
  for (const projections::MatchRule& rule : *rules) {
    table.Row({rule.name, projections::EnumName(rule.status), rule.participant, rule.issuer,
               fmt::format("{}", fmt::join(rule.channels, " ")), rule.account,
               std::to_string(rule.day_start_minute), Cell::Number(rule.edge_minutes),
               Cell::Number(rule.due_days), Cell::Number(rule.day_tolerance),
               Cell::Number(static_cast<uint64_t>(rule.amount_tolerance)),
               Cell::Flag(rule.net_of_fees), rule.mirror, rule.suspense, rule.write_off,
               Cell::Number(rule.registered)});
  }
  return std::vector{std::move(table)};
}

Tables QueryFiles(const ReadStore& store) {
  const auto files = projections::StatementFiles(store);
  if (!files.ok()) return files.error();
  Table table{"files",
              {{"file"},
               {"issuer"},
               {"channel"},
               {"account", kText, kForFiles},
               {"format", kText, kForFiles},
               {"from"},
               {"to"},
               {"currency"},
               {"lines", kNumber},
               {"credits", kAmount},
               {"debits", kAmount},
               {"status"},
               {"content", kText, kForFiles}},
              {}};
  for (const projections::StatementFile& file : *files) {
    table.Row({file.key, file.issuer, file.channel, file.account, file.format,
               FormatDate(file.from), FormatDate(file.to), file.currency.alphabetic(),
               Cell::Number(file.lines), Cell::Amount(file.credits, file.currency),
               Cell::Amount(file.debits, file.currency),
               file.withdrawn != 0 ? "withdrawn"
               : file.complete()   ? "complete"
                                   : "incomplete",
               file.content});
  }
  return std::vector{std::move(table)};
}

Tables QueryDecisions(const ReadStore& store, const Page& page) {
  const auto after = SequenceOf(page.after);
  if (!after.ok()) return after.error();
  const auto decisions = projections::ItemDecisions(store, *after, page.limit);
  if (!decisions.ok()) return decisions.error();
  Table table{"decisions",
              {{"sequence", kNumber},
               {"recordedAt"},
               {"decision"},
               {"currency"},
               {"lines", kAmount},
               {"items"},
               {"reason"},
               {"by"},
               {"approvedBy"}},
              {}};
  for (const projections::ItemDecision& each : *decisions) {
    table.Row({Cell::Number(each.sequence), FormatInstant(each.recorded_at),
               projections::ResolutionKindName(each.kind), each.amount.currency.alphabetic(),
               Cell::Amount(each.amount.minor, each.amount.currency),
               fmt::format("{}", fmt::join(each.items, " ")), each.reason, each.by,
               each.approved_by});
  }
  return std::vector{std::move(table)};
}

}  // namespace longmen::adapters::cli
