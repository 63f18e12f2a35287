// Description: how a CSV that is in no format of its own is to be read. A small text of lines
// "key = value"; what begins with "#" is for people. Every key but a column's may be left out.
//
//   account       whose statement it is, as its issuer calls it
//   currency      CNY unless said or in a column
//   encoding      utf-8 (unless said), gbk, gb18030
//   separator     comma (unless said), semicolon, tab, pipe
//   quote         double (unless said), none
//   begin         the rows, or their names, begin after the line that starts so
//   header        how many lines of names there are, 1 unless said; the last one names the columns
//   comment       a line that starts so is passed over
//   end           the rows end before the line that starts so, which then has to be there
//   decimal       point (unless said), comma
//   grouping      none (unless said), comma, point, blank: what stands between groups of digits
//   strip         texts to be taken off amounts, separated by blanks: ¥ 元
//   empty         what a reference, order or original has where it has none, separated by "|"
//   utc_offset    +08:00 unless said
//   date.format   %Y-%m-%d unless said
//   time.format   %Y-%m-%d %H:%M:%S, or %H:%M:%S beside a date
//   column.NAME   a column by its name, or by its place as #3. NAME is amount (below zero: a debit,
//                 unless there is a direction), or credit and debit; direction, date, time,
//                 reference, order, original, status, fee, balance, kind, currency, card (masked in
//                 what is kept of the line)
//   direction.WORD  credit, debit or skip: the words for it, separated by "|"; a line to be skipped
//                 moves nothing
//   status.WORD   succeeded, pending, failed, unknown or skip
//   kind.WORD     payment, refund, fee, top_up, withdrawal, payout, reversal, return, adjustment
//   total         a line outside of the rows that states totals, as often as there are such lines:
//                 收入：{credit_count}笔 {credits}元. What may stand in braces: count (all rows,
//                 skipped ones too), credit_count, debit_count, skip_count, credits, debits,
//                 skipped, opening, closing, any. Nothing is checked behind its last character.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/statements/csv_record.h"
#include "adapters/statements/row.h"
#include "adapters/statements/text.h"
#include "events/base/result.h"
#include "events/schema/event.capnp.h"

namespace longmen::adapters::statements {

enum class DescribedColumn : uint8_t {
  kAmount,
  kCredit,
  kDebit,
  kDirection,
  kDate,
  kTime,
  kReference,
  kOrder,
  kOriginal,
  kStatus,
  kFee,
  kBalance,
  kKind,
  kCurrency,
  kCard,
  kCount,
};
inline constexpr size_t kDescribedColumns = static_cast<size_t>(DescribedColumn::kCount);

// The words of a file for each of our terms; `skip` where the line is to be left out.
template <typename Term>
struct Words {
  struct Word {
    std::string text;
    Term term;
    bool skip = false;
  };
  std::vector<Word> words;
  const Word* Find(std::string_view text) const {
    for (const Word& word : words) {
      if (word.text == text) return &word;
    }
    return nullptr;
  }
};

struct Description {
  std::string account;
  Currency currency;
  Encoding encoding = Encoding::kUtf8;
  CsvForm form;
  int64_t header_lines = 1;
  // In the encoding of the file.
  std::string begin;
  std::string comment;
  std::string end;
  char decimal = '.';
  char grouping = 0;
  std::vector<std::string> strip;
  std::vector<std::string> empty;
  int utc_offset_minutes = kBeijingMinutes;
  std::string date_format = "%Y-%m-%d";
  std::string time_format;
  std::array<std::string, kDescribedColumns> columns;
  Words<schema::Direction> directions;
  Words<schema::Outcome> outcomes;
  Words<schema::StatementLineKind> kinds;
  std::vector<std::string> totals;

  const std::string& column(DescribedColumn column) const {
    return columns[static_cast<size_t>(column)];
  }
  bool Has(DescribedColumn which) const { return !column(which).empty(); }
};

// malformed, naming the key.
Result<Description> ParseDescription(std::string_view text);

// What of a date and time a text states by a format of %Y, %m, %d, %H, %M and %S.
struct TimeParts {
  int year = -1;
  int month = -1;
  int day = -1;
  int hour = 0;
  int minute = 0;
  int second = 0;
};
bool ReadTimeParts(std::string_view text, std::string_view format, TimeParts& parts);

}  // namespace longmen::adapters::statements
