// Match: our items held against the lines of statements, as a pure function.
//
// Given one rule and, day by day, what we have and what they say, it says what belongs together and
// what is left over, and why. Items come by day and within a day in a canonical order of their own
// (ours by their sequence, theirs by file and line, and a file is named by its content), so that
// the result is a function of the sets and never of the order in which files arrived.
//
// Of each day, together with what earlier days left over, in this order and each item once:
//   1. by the channel's reference, 2. by our reference in the place where they keep our number,
//   3. by our number of the order; each only where direction, amount and outcome agree;
//   4. several with the same reference, number or batch whose sums agree (1:n, n:1, n:m);
//   5. by amount and day, where no reference and no number of theirs speaks against it, the nearest
//      day first; 6. a line without our number that is the sum of all we have left of a day.
// What is left at the end is linked by 1 to 3 again, whatever the amounts: the difference is then
// the break. The rest is a duplicate of what was matched, or one-sided.
//
// What is matched is told to the visitor and forgotten, but for its references, which are kept for
// kDuplicateDays days. So memory follows the longest day and what is open, not the history.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "events/base/short_text.h"
#include "events/base/time.h"
#include "events/money/money.h"
#include "events/schema/event.capnp.h"

namespace longmen::projections {

// A rule as it is registered (events/schema: MatchingRule).
struct MatchRule {
  std::string name;
  schema::Status status = schema::Status::OPEN;
  int16_t day_start_minute = 0;
  int16_t utc_offset_minutes = 0;
  uint16_t edge_minutes = 0;
  uint8_t due_days = 0;
  uint8_t day_tolerance = 0;
  bool net_of_fees = false;
  int64_t amount_tolerance = 0;
  std::string participant;
  std::string issuer;
  std::vector<std::string> channels;
  std::vector<schema::StatementLineKind> kinds;
  std::vector<schema::Scenario> scenarios;
  std::vector<std::string> statement_accounts;
  std::string account;
  std::string suspense;
  std::string write_off;
  std::string mirror;
  uint64_t registered = 0;  // the record

  bool TakesChannel(std::string_view channel) const;
  bool TakesKind(schema::StatementLineKind kind) const;
  bool TakesScenario(schema::Scenario scenario) const;
  bool TakesStatement(std::string_view of) const;  // by its account
  // The issuer's day of an instant.
  DayNumber DayOf(Nanos instant) const;
  // The first instant of the issuer's day.
  Nanos StartOf(DayNumber day) const;
};

// The sequence of the record is the name: of a movement the one that began it, of a line its own.
struct MatchItem {
  bool ours = false;
  bool posting = false;  // of ours: it is one of an account, and no movement
  uint64_t sequence = 0;
  uint32_t line = 0;      // of theirs; of a posting: which of its record's
  std::string_view file;  // likewise; the text outlives the matching
  DayNumber day = 0;      // the issuer's: on which it is expected, or listed
  Nanos occurred_at = 0;
  schema::Direction direction = schema::Direction::UNSTATED;  // as the owner of the items sees it
  schema::StatementLineKind kind = schema::StatementLineKind::UNSTATED;
  schema::Outcome outcome = schema::Outcome::UNSTATED;
  Currency currency;
  int64_t minor = 0;  // as listed, >= 0
  int64_t fee = 0;    // of theirs
  ShortText reference;
  ShortText order_key;
  ShortText batch;   // of ours: its cycle
  ShortText status;  // of theirs, in the issuer's words

  // Credits less debits; theirs with the fee that was taken out of it.
  int64_t Signed(const MatchRule& rule) const;
  // It is there for good: a line whose issuer says nothing else is of what happened.
  bool Happened() const {
    return outcome == schema::Outcome::SUCCEEDED || outcome == schema::Outcome::UNSTATED;
  }
  bool Failed() const { return outcome == schema::Outcome::FAILED; }
};

enum class MatchBy : uint8_t { kReference, kOrder, kGroup, kAmountAndDay, kDayTotal };
std::string_view MatchByName(MatchBy by);  // "reference"

enum class BreakKind : uint8_t { kLong, kShort, kAmount, kStatus, kDuplicate, kCutOff, kNotYetDue };
std::string_view BreakKindName(BreakKind kind);  // "not_yet_due"
// What nobody has to do anything about yet.
inline bool IsWaiting(BreakKind kind) {
  return kind == BreakKind::kCutOff || kind == BreakKind::kNotYetDue;
}

// What is suggested, in the words of a resolution (docs/reconciliation.md).
enum class Suggestion : uint8_t { kWait, kAdjust, kSuspend, kAsk };
std::string_view SuggestionName(Suggestion suggestion);  // "adjust"

// A field in which two sides differ; empty: it is not there.
struct Reason {
  std::string field;
  std::string ours;
  std::string theirs;
  bool operator==(const Reason&) const = default;
};

struct Break {
  BreakKind kind = BreakKind::kLong;
  std::vector<MatchItem> ours;  // one at most of each, but for linked ones that are several
  std::vector<MatchItem> theirs;
  DayNumber day = 0;       // the earliest of its items
  int64_t difference = 0;  // ours less theirs, credits less debits
  std::vector<Reason> reasons;
  Suggestion suggestion = Suggestion::kAsk;
  std::string candidate;  // an open item of the other side that might belong to it; see NameOf

  int64_t at_risk() const { return difference < 0 ? -difference : difference; }
};

// "amount: ours 20.00, theirs 19.98; day: ours 2021-03-01, theirs 2021-03-02"
std::string Describe(const Break& found);

// "m4711" is our movement of record 4711, "p4711.1" the second posting of that record,
// "wechat-trade-20210301-1f…:17" line 17 of that file.
std::string NameOf(const MatchItem& item);

struct MatchCount {
  uint64_t count = 0;
  WideSum credits;
  WideSum debits;
  void Add(const MatchItem& item);
  bool operator==(const MatchCount&) const = default;
};

// Of an issuer's day.
struct MatchDay {
  uint64_t ours = 0;
  uint64_t theirs = 0;
  uint64_t matched_ours = 0;
  uint64_t matched_theirs = 0;
  bool operator==(const MatchDay&) const = default;
};

struct MatchResult {
  MatchCount ours;
  MatchCount theirs;
  MatchCount matched_ours;
  MatchCount matched_theirs;
  MatchCount nothing;        // of theirs: what failed, and we have not either
  uint64_t across_days = 0;  // matches whose sides are of different days
  std::map<DayNumber, MatchDay> days;
  std::vector<Break> breaks;  // by day, then the names of their items
};

class MatchVisitor {
 public:
  virtual ~MatchVisitor() = default;
  virtual void Matched(MatchBy by, std::span<const MatchItem* const> ours,
                       std::span<const MatchItem* const> theirs) = 0;
};

// Days of which statements are there, complete; and up to when we know our own items.
struct MatchCoverage {
  std::vector<std::pair<DayNumber, DayNumber>> days;  // both included
  Nanos ours_until = 0;

  bool Covers(DayNumber day) const;
};

inline constexpr int kDuplicateDays = 35;

class Matching {
 public:
  // All three outlive it. No visitor: nobody wants to know.
  Matching(const MatchRule& rule, const MatchCoverage& coverage, MatchVisitor* visitor);
  ~Matching();

  // What is open. Items of the next day are added to the end of these, in any order; nothing else
  // is done with them.
  std::vector<MatchItem>& ours();
  std::vector<MatchItem>& theirs();
  // Matches what was added for a day; days ascend.
  void Day(DayNumber day);
  MatchResult Finish();

 private:
  class Pools;
  std::unique_ptr<Pools> pools_;
};

}  // namespace longmen::projections
