// Statements: every line of every account, with the balance it left.
//
// A line's balance comes from the ledger's own account state, not from a running sum kept here, so
// a fold has nothing to add twice; reading a statement adds the lines up again and must agree.
#pragma once

#include <functional>
#include <vector>

#include "projections/calendar/calendar.h"
#include "projections/store/body.h"
#include "projections/store/store.h"

namespace longmen::projections {

struct StatementLine {
  Sequence sequence = 0;
  uint32_t index = 0;  // among the record's postings: one record may post twice to an account
  Nanos recorded_at = 0;
  Nanos occurred_at = 0;
  DayNumber book_date = 0;
  Body body = Body::kDebit;
  std::string key;
  int64_t amount = 0;   // minor units, credit positive
  int64_t balance = 0;  // after this line
  bool operator==(const StatementLine&) const = default;
};

struct AccountStatement {
  std::string account;
  std::string participant;
  Currency currency;
  DayNumber from = 0;
  DayNumber to = 0;
  SequenceRange range;  // the records of those dates; complete: no later record changes this
  int64_t opening = 0;  // minor units, before the first record of `from`
  int64_t closing = 0;  // after the last record of `to`
  std::vector<StatementLine> lines;
  WideSum credits;
  WideSum debits;  // as a count >= 0
};

// The statement of the book dates from..to. An account without lines has a statement with none and
// its balance twice. NOT_FOUND for an account that is not registered; UNANSWERABLE for dates after
// the log's end, or before the account was registered; CORRUPT where lines and balances disagree.
Result<AccountStatement> StatementOf(const ReadStore& store, std::string_view account,
                                     DayNumber from, DayNumber to);

// The same in two steps, for statements of any length: first all but the lines and their sums, then
// the lines, which `visit` is given one at a time and which must add up to the statement. A visit
// that says false ends the reading before that.
Result<AccountStatement> OpenStatement(const ReadStore& store, std::string_view account,
                                       DayNumber from, DayNumber to);
Status EachStatementLine(const ReadStore& store, AccountStatement& statement,
                         const std::function<bool(StatementLine&)>& visit);

// What an account's balance was after a record, which is one of those that are folded.
Result<int64_t> BalanceAfter(const ReadStore& store, std::string_view account, Sequence sequence);

// Lines of an account after a sequence, at most `limit`, oldest first. NOT_FOUND as above.
Result<std::vector<StatementLine>> LinesOf(const ReadStore& store, std::string_view account,
                                           Sequence after = 0, size_t limit = SIZE_MAX);

class StatementsProjection final : public Projection {
 public:
  std::string_view name() const override { return "statements"; }
  std::string_view prefix() const override { return "statements/"; }
  std::unique_ptr<Folder> Begin(Store& store) const override;
};

}  // namespace longmen::projections
