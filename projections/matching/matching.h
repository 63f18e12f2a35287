// Matching: what statements say held against what we have, read from the log.
//
// The fold keeps the lines of statement files, what was said of the files, the rules in force and
// what resolutions took; the items of ours are those of reconciliation and statements. What belongs
// together is worked out by each reading (match.h): nothing that could be out of date is stored,
// and a line or movement that a resolution took is in no matching any more.
//
// A line counts once its file has its trailer.
#pragma once

#include "projections/matching/match.h"
#include "projections/store/store.h"

namespace longmen::projections {

struct StatementFile {
  std::string key;
  std::string issuer;  // the participant whose word it is
  std::string channel;
  std::string account;  // as the issuer calls it
  std::string format;
  std::string content;  // SHA-256 of the file, in hex
  Currency currency;
  DayNumber from = 0;
  DayNumber to = 0;
  Sequence header = 0;
  Sequence trailer = 0;  // 0: incomplete
  uint32_t lines = 0;    // so far
  int64_t credits = 0;   // this and the next once it is complete
  int64_t debits = 0;
  Sequence withdrawn = 0;  // by this resolution; 0: it counts

  bool complete() const { return trailer != 0; }
};

// Why an item is in no matching, or waits.
struct ItemDecision {
  Sequence sequence = 0;
  Nanos recorded_at = 0;
  schema::ResolutionKind kind = schema::ResolutionKind::MATCHED;
  std::vector<std::string> items;  // their names (NameOf)
  Money amount;                    // credits less debits of the lines
  int64_t movements = 0;           // debits less refunds of ours
  std::string reason;
  std::string by;
  std::string approved_by;
};
std::string_view ResolutionKindName(schema::ResolutionKind kind);  // "written_off"

// All rules, by name; those that are not open too.
Result<std::vector<MatchRule>> MatchRules(const ReadStore& store);
// NOT_FOUND.
Result<MatchRule> FindMatchRule(const ReadStore& store, std::string_view name);

// All files, by key; of one: NOT_FOUND.
Result<std::vector<StatementFile>> StatementFiles(const ReadStore& store);
Result<StatementFile> FindStatementFile(const ReadStore& store, std::string_view key);

// What was decided after a sequence, oldest first, at most `limit`.
Result<std::vector<ItemDecision>> ItemDecisions(const ReadStore& store, Sequence after = 0,
                                                size_t limit = SIZE_MAX);

// The order that a line pays: of the rule's scenarios and participant, for just that amount, and
// not paid yet. Nothing: there is none.
struct UnpaidOrder {
  schema::Scenario scenario = schema::Scenario::NONE;
  OrderState state;
};
std::optional<UnpaidOrder> UnpaidOrderOf(const ReadStore& store, const MatchRule& rule,
                                         const MatchItem& line);

struct MatchReading {
  MatchRule rule;
  MatchResult result;
  std::vector<ItemDecision> waits;  // the last decision to wait of each break: parallel to the
                                    // breaks; sequence 0: none
  DayNumber today = 0;              // the issuer's day of the last record
  MatchCoverage coverage;
  std::vector<StatementFile> files;  // those it looked at; the items' names of files are theirs
};

// As of everything that is folded. NOT_FOUND where there is no such rule; CORRUPT. Items are read
// from the store by another thread while those of the day before are matched.
Result<MatchReading> MatchOf(const ReadStore& store, std::string_view rule,
                             MatchVisitor* visitor = nullptr);

class MatchingProjection final : public Projection {
 public:
  std::string_view name() const override { return "matching"; }
  std::string_view prefix() const override { return "matching/"; }
  std::unique_ptr<Folder> Begin(Store& store) const override;
};

}  // namespace longmen::projections
