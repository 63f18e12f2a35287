// What matching says: the pairs, what is open, what was decided (domain C6 item 5).
#include "projections/matching/matching.h"
#include "adapters/files/file_writer.h"
#include "adapters/files/naming.h"
#include "projections/store/applied.h"

namespace longmen::adapters {
namespace {

using enum ColumnType;
using projections::Break;
using projections::MatchItem;

constexpr TableColumn kBreakColumns[] = {{"rule", kText},           {"day", kDate},
                                         {"age", kCount},           {"kind", kText},
                                         {"state", kText},          {"currency", kText},
                                         {"at_risk_minor", kMinor}, {"at_risk", kAmount},
                                         {"ours_minor", kMinor},    {"theirs_minor", kMinor},
                                         {"differs", kText},        {"items", kText},
                                         {"our_reference", kText},  {"their_reference", kText},
                                         {"order_no", kText},       {"suggestion", kText},
                                         {"candidate", kText},      {"waits", kText},
                                         {"decision", kText},       {"reason", kText}};

constexpr TableColumn kMatchColumns[] = {
    {"rule", kText},     {"match", kCount},         {"by", kText},       {"item", kText},
    {"day", kDate},      {"occurred_at", kInstant}, {"currency", kText}, {"amount_minor", kMinor},
    {"amount", kAmount}, {"reference", kText},      {"order_no", kText}};

constexpr TableColumn kDecisionColumns[] = {
    {"sequence", kCount},    {"recorded_at", kInstant}, {"decision", kText}, {"currency", kText},
    {"lines_minor", kMinor}, {"lines", kAmount},        {"items", kText},    {"reason", kText},
    {"by", kText},           {"approved_by", kText}};

std::string Names(const Break& found) {
  std::string names;
  for (const auto* items : {&found.ours, &found.theirs}) {
    for (const MatchItem& item : *items) {
      if (!names.empty()) names += ' ';
      names += projections::NameOf(item);
    }
  }
  return names;
}

int64_t Sum(const projections::MatchRule& rule, const std::vector<MatchItem>& items) {
  int64_t sum = 0;
  for (const MatchItem& item : items) sum += item.Signed(rule);
  return sum;
}

std::string_view ReferenceIn(const std::vector<MatchItem>& items) {
  return items.empty() ? std::string_view() : items.front().reference.view();
}

void BreakRow(const projections::MatchReading& reading, size_t at, ExportTable& table,
              ControlSums& sums) {
  const Break& found = reading.result.breaks[at];
  const projections::ItemDecision& wait = reading.waits[at];
  const MatchItem& first = found.ours.empty() ? found.theirs.front() : found.ours.front();
  const Currency currency = first.currency;
  const std::string differs = projections::Describe(found);
  const std::string names = Names(found);
  const std::string waits =
      wait.sequence == 0 ? "" : fmt::format("{} ({}, {})", wait.reason, wait.by, wait.approved_by);
  table.Row({TextCell(reading.rule.name),
             DateCell(found.day),
             CountCell(static_cast<uint64_t>(std::max(0, reading.today - found.day))),
             TextCell(BreakKindName(found.kind)),
             TextCell(IsWaiting(found.kind) || wait.sequence != 0 ? "waiting" : "open"),
             TextCell(currency.alphabetic()),
             MinorCell(found.at_risk()),
             AmountCell(found.at_risk(), currency),
             found.ours.empty() ? NoCell() : MinorCell(Sum(reading.rule, found.ours)),
             found.theirs.empty() ? NoCell() : MinorCell(Sum(reading.rule, found.theirs)),
             TextCell(differs),
             TextCell(names),
             TextCell(ReferenceIn(found.ours)),
             TextCell(ReferenceIn(found.theirs)),
             TextCell(first.order_key),
             TextCell(SuggestionName(found.suggestion)),
             TextCell(found.candidate),
             TextCell(waits),
             TextCell(""),
             TextCell("")});
  sums.Add(found.difference, currency);
}

// A row for each item, as they are matched.
class MatchRows final : public projections::MatchVisitor {
 public:
  MatchRows(std::string_view rule, ExportTable& table, ControlSums& sums)
      : rule_(rule), table_(table), sums_(sums) {}

  void Matched(projections::MatchBy by, std::span<const MatchItem* const> ours,
               std::span<const MatchItem* const> theirs) override {
    ++match_;
    for (const auto& items : {ours, theirs}) {
      for (const MatchItem* item : items) Row(by, *item);
    }
  }

 private:
  void Row(projections::MatchBy by, const MatchItem& item) {
    const int64_t minor = item.direction == schema::Direction::CREDIT ? item.minor : -item.minor;
    name_.clear();
    if (item.ours) {
      fmt::format_to(std::back_inserter(name_), "m{}", item.sequence);
    } else {
      fmt::format_to(std::back_inserter(name_), "{}:{}", item.file, item.line);
    }
    table_.Row({TextCell(rule_), CountCell(match_), TextCell(MatchByName(by)), TextCell(name_),
                DateCell(item.day), InstantCell(item.occurred_at),
                TextCell(item.currency.alphabetic()), MinorCell(minor),
                AmountCell(minor, item.currency), TextCell(item.reference),
                TextCell(item.order_key)});
    sums_.Add(minor, item.currency);
  }

  const std::string rule_;
  ExportTable& table_;
  ControlSums& sums_;
  uint64_t match_ = 0;
  std::string name_;
};

}  // namespace

Result<ExportedFile> ExportBreaks(const projections::ReadStore& store, const ExportTo& to,
                                  std::string_view rule) {
  const auto reading = projections::MatchOf(store, rule);
  if (!reading.ok()) return reading.error();
  const auto applied = projections::ReadApplied(store);
  if (!applied.ok()) return applied.error();
  auto table =
      ExportTable::Create(to, "breaks-" + FileNamePart(rule), 1, applied->sequence, kBreakColumns);
  if (!table.ok()) return table.error();
  ControlSums sums;
  for (size_t i = 0; i < reading->result.breaks.size(); ++i) BreakRow(*reading, i, *table, sums);
  return table->Finish(applied->sequence, sums);
}

Result<ExportedFile> ExportMatches(const projections::ReadStore& store, const ExportTo& to,
                                   std::string_view rule) {
  const auto applied = projections::ReadApplied(store);
  if (!applied.ok()) return applied.error();
  auto table =
      ExportTable::Create(to, "matches-" + FileNamePart(rule), 1, applied->sequence, kMatchColumns);
  if (!table.ok()) return table.error();
  ControlSums sums;
  MatchRows rows(rule, *table, sums);
  const auto reading = projections::MatchOf(store, rule, &rows);
  if (!reading.ok()) return reading.error();
  return table->Finish(applied->sequence, sums);
}

Result<ExportedFile> ExportDecisions(const projections::ReadStore& store, const ExportTo& to) {
  const auto decisions = projections::ItemDecisions(store);
  if (!decisions.ok()) return decisions.error();
  const auto applied = projections::ReadApplied(store);
  if (!applied.ok()) return applied.error();
  auto table = ExportTable::Create(to, "decisions", 1, applied->sequence, kDecisionColumns);
  if (!table.ok()) return table.error();
  ControlSums sums;
  for (const projections::ItemDecision& each : *decisions) {
    const Currency currency = each.amount.currency;
    const std::string items = fmt::format("{}", fmt::join(each.items, " "));
    table->Row({CountCell(each.sequence), InstantCell(each.recorded_at),
                TextCell(projections::ResolutionKindName(each.kind)),
                TextCell(currency.alphabetic()), MinorCell(each.amount.minor),
                AmountCell(each.amount.minor, currency), TextCell(items), TextCell(each.reason),
                TextCell(each.by), TextCell(each.approved_by)});
    sums.Add(each.amount.minor, currency);
  }
  return table->Finish(applied->sequence, sums);
}

}  // namespace longmen::adapters
