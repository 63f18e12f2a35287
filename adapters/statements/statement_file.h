// Statement files: what somebody else says happened, in the formats in which banks, channels and
// schemes say it.
//
// A file holds one statement or several (camt: one an account), each of one account and currency. A
// reader gives the parts of a file in their order to a visitor: Begin, then its lines, then End. It
// checks while it reads what the file itself says: encodings, columns, counts, sums, running
// balances. Whoever takes a file in therefore reads it twice, first with a visitor that keeps
// nothing: a file that does not add up is refused before anything of it is proposed.
//
// The texts of a part are valid until the visitor returns. Reading needs no more memory for a long
// file than for a short one, but for XML, whose document is held in whole.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/base/result.h"
#include "events/base/time.h"
#include "events/money/money.h"
#include "events/schema/event.capnp.h"

namespace longmen::adapters {

// What stands before the lines.
struct StatementHeader {
  std::string format;   // "wechat-trade"; see FormatNames
  std::string account;  // the account, merchant or terminal owner, as its issuer calls it
  Currency currency;
  DayNumber from = 0;              // the first day that it covers, in the issuer's days
  DayNumber to = 0;                // the last one
  std::optional<int64_t> opening;  // minor units
};

// One line. Amounts are minor units of the statement's currency.
struct StatementFileLine {
  uint32_t number = 0;  // among the statement's lines, from 1
  uint64_t at = 0;      // the line of the file it begins in, from 1; of XML: the entry's number
  schema::Direction direction = schema::Direction::UNSTATED;  // credit: the account's owner got it
  schema::StatementLineKind kind = schema::StatementLineKind::UNSTATED;
  schema::Outcome outcome = schema::Outcome::UNSTATED;  // what `status` says, in our terms
  int64_t minor = 0;                                    // >= 0
  int64_t fee = 0;                      // what the issuer charged; below 0: gave back
  std::optional<int64_t> balance;       // after the line
  Nanos occurred_at = 0;                // UTC
  DayNumber date = 0;                   // the issuer's day
  std::string_view reference;           // the issuer's
  std::string_view order_key;           // ours: the merchant's number of the order or refund
  std::string_view original_reference;  // the issuer's reference of what it gives back
  std::string_view status;              // in the issuer's words, UTF-8
  std::string_view raw;  // the line as it came, but for card numbers, of which the middle is masked
};

// What stands after them; equal to what was counted, or the file is refused.
struct StatementTotals {
  uint32_t count = 0;
  int64_t credits = 0;
  int64_t debits = 0;
  std::optional<int64_t> closing;
};

class StatementVisitor {
 public:
  virtual ~StatementVisitor() = default;
  // An error ends the reading, and is what the reading gives.
  virtual Status Begin(const StatementHeader& header) = 0;
  virtual Status Line(const StatementFileLine& line) = 0;
  virtual Status End(const StatementTotals& totals) = 0;
};

// What a file does not say of itself.
struct StatementDefaults {
  // Of formats without a year or date of their own (UnionPay's), and of a file without lines: the
  // issuer's day.
  std::optional<DayNumber> date;
  // A described CSV's description: the text of its small file (docs/reconciliation.md).
  std::string description;
};

// Every format that is read, by the name it has in a header.
std::vector<std::string_view> FormatNames();

// Which format a file's bytes are in, by content, never by name. UNKNOWN_FORMAT.
Result<std::string> FormatOf(std::string_view bytes, const StatementDefaults& defaults);

// Reads the file in the format (empty: FormatOf). Errors name the line (`field` is "line 17", of
// XML "entry 17" or "Stmt 1", and the message says what was expected and what is there):
// UNKNOWN_FORMAT; BAD_LINE for what cannot be read; TOO_LONG for texts beyond 140 bytes and lines
// beyond 32,768, which are never cut; CONTROL_TOTAL_MISMATCH where counts or sums differ, with both
// and the difference; BALANCE_MISMATCH where a running balance does; UNKNOWN_CURRENCY;
// CURRENCY_MISMATCH within a statement; AMOUNT_OUT_OF_RANGE; BAD_TIME, also where `defaults` lack a
// day that the file needs; MALFORMED for a description, naming its key; of XML LoadXml's, which
// name a byte.
Status ReadStatementFile(std::string_view bytes, const StatementDefaults& defaults,
                         StatementVisitor& visitor, std::string_view format = {});

}  // namespace longmen::adapters
