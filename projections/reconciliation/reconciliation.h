// Reconciliation: what a participant's channel file should say, line by line.
//
// A line is one succeeded movement between two banks, as one of them sees it: filed by scenario,
// book date, participant and channel, once under the bank that pays and once under the bank that
// is paid (once in all where they are the same). A movement with splits for several banks gives a
// line for each. One that was exchanged is shown as its item is, in the payee's currency: the other
// side never left the payer's bank. The columns are those of domain C6 item 1.
//
// A pending or unknown movement has no line: its line appears with the record that makes its
// success final, under that record's book date. Final outcomes never change and a refund is a line
// of its own, so a line, once there, stays; only its batch may change, until that cycle is settled:
// the items of an aborted cycle are carried into another, and their lines say which.
//
// Invariant: the lines between two banks sum to their positions, cycle by cycle. (An aborted cycle
// has positions, as the record of what was to be settled, and no lines.)
#pragma once

#include <functional>
#include <vector>

#include "projections/calendar/calendar.h"
#include "projections/store/body.h"
#include "projections/store/store.h"

namespace longmen::projections {

// The numbers are stored.
enum class LineType : uint8_t {
  kPay,
  kFee,
  kTopUp,
  kWithdrawal,
  kPayout,
  kPosting,
  kRefund,
  kReturn,
  kReversal,
  kSubsidy,
  kAdvance,
  kWriteOff,
  kExchange,
  kLiquidity
};
std::string_view LineTypeName(LineType type);  // "PAY"

struct ReconciliationLine {
  schema::Scenario scenario = schema::Scenario::NONE;
  std::string participant;  // whose file it is in
  std::string channel;
  DayNumber book_date = 0;
  Sequence booked = 0;          // the record that made it final
  Sequence event = 0;           // the movement's name: the record that began it
  DayNumber clearing_date = 0;  // as the channel stated it; 0: it did not
  Sequence cycle = 0;           // the cycle that settles it; 0: none
  std::string batch;            // its name; empty: none
  std::string carried_from;     // the aborted cycle it was accepted into; empty: not carried
  std::string order_key;
  std::string channel_reference;
  Sequence original = 0;  // of a refund: the debit it gives back, by its name
  LineType type = LineType::kPay;
  std::string payer_bank;
  std::string payee_bank;
  Money amount;
  int64_t fee = 0;  // of it, minor units that went to accounts of kind fee
  Nanos event_time = 0;
  Code exception = Code::NONE;  // what a rule would have said to a reported movement

  bool operator==(const ReconciliationLine&) const = default;
};

struct ReconciliationScope {
  schema::Scenario scenario = schema::Scenario::NONE;
  DayNumber book_date = 0;
  std::string participant;  // empty: all of them, each line once, under the bank that pays
  std::string channel;      // empty: all of them
  std::string cycle;        // the batch; empty: all of them
};

// One row a clearing date, cycle, bank, channel and currency (domain C6 item 2), from the bank's
// side: debit is what it sent, credit what it received. A payment inside the bank is both. Over
// all participants debits and credits are equal.
struct ReconciliationSummary {
  DayNumber clearing_date = 0;
  std::string batch;
  std::string bank;
  std::string channel;
  Currency currency;
  uint64_t debit_count = 0;
  uint64_t credit_count = 0;
  WideSum debits;
  WideSum credits;
};

struct ReconciliationDay {
  // The records of the book date; where an abort carried one of these lines, as far as the abort.
  SequenceRange range;
  std::vector<ReconciliationLine> lines;       // by participant, channel, sequence
  std::vector<ReconciliationSummary> summary;  // by its first five fields
};

// USAGE and UNANSWERABLE as RangeOfDates; NOT_FOUND for a participant that was never registered.
Result<ReconciliationDay> ReconciliationOf(const ReadStore& store,
                                           const ReconciliationScope& scope);

// The same for days of any length: `visit` is given the lines in that order, one at a time, and
// ends the reading by saying false. The day is without lines; its range and summary are of what was
// read.
Result<ReconciliationDay> EachReconciliationLine(
    const ReadStore& store, const ReconciliationScope& scope,
    const std::function<bool(const ReconciliationLine&)>& visit);

// Gives each line of a book date that is filed under the participant, by scenario, channel and
// sequence, one at a time and in the same object. The errors are ReconciliationOf's, without USAGE
// and UNANSWERABLE: a date of which nothing is recorded has no lines. An error of `visit` ends it.
Status VisitLines(const ReadStore& store, DayNumber book_date, std::string_view participant,
                  const std::function<Status(const ReconciliationLine&)>& visit);
// The book dates on which the participant has lines, ascending.
std::vector<DayNumber> DatesWithLines(const ReadStore& store, std::string_view participant);

// A movement whose outcome is pending or unknown: it may yet be a line.
struct OpenMovement {
  Sequence movement = 0;  // the record that began it
  LineType type = LineType::kPay;
  schema::Outcome outcome = schema::Outcome::UNKNOWN;
  schema::Scenario scenario = schema::Scenario::NONE;
  std::string channel;
  std::string order_key;
  std::string channel_reference;
  std::string payer_bank;
  std::string payee_bank;  // without its splits'
  Money amount;
  DayNumber clearing_date = 0;
  Nanos event_time = 0;
};
// All of them, oldest first.
Result<std::vector<OpenMovement>> OpenMovements(const ReadStore& store);

class ReconciliationProjection final : public Projection {
 public:
  std::string_view name() const override { return "reconciliation"; }
  std::string_view prefix() const override { return "reconciliation/"; }
  std::unique_ptr<Folder> Begin(Store& store) const override;
};

}  // namespace longmen::projections
