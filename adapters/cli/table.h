// Table: what a query found, and its three ways of being shown.
//
//   people   aligned columns; amounts as decimals
//   --csv    names of columns, rows; an amount stands twice, <name>_minor and <name>
//   --json   one object a line; counts of minor units as strings under <name>Minor
// Columns have camelCase names as in the HTTP door's JSON; CSV has them in snake_case.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "events/base/name.h"
#include "events/base/result.h"
#include "events/base/short_text.h"
#include "events/block/record.h"
#include "events/money/money.h"

namespace longmen::adapters::cli {

enum class Form { kPeople, kCsv, kJson };

enum class ColumnKind {
  kText,
  kNumber,  // a string in JSON too: 64 bits and more
  kAmount,  // its currency stands in a column of its own
  kFlag,
};

struct Column {
  std::string_view name;
  ColumnKind kind = ColumnKind::kText;
  bool for_files = false;  // not shown to people, whose lines are narrow
};

// A field of a row. Empty: nothing to say (absent in JSON).
class Cell {
 public:
  Cell(std::string_view text) : text_(text) {}    // NOLINT: a text is a cell
  Cell(const std::string& text) : text_(text) {}  // NOLINT
  Cell(const char* text) : text_(text) {}         // NOLINT
  Cell(const Name& text) : text_(text.text()) {}  // NOLINT
  Cell(const ShortText& text) : text_(text) {}    // NOLINT
  static Cell Number(unsigned __int128 number);
  static Cell NumberOrNone(uint64_t number);  // 0: nothing
  static Cell Amount(const WideSum& minor, Currency currency);
  static Cell Amount(int64_t minor, Currency currency);
  static Cell AmountOrNone(const Money& money);  // of no currency: nothing
  static Cell CurrencyOrNone(const Money& money);
  static Cell CodeOrNone(Code code);
  static Cell Flag(bool flag);

  const std::string& text() const { return text_; }    // of an amount: in the major unit
  const std::string& minor() const { return minor_; }  // of an amount only

 private:
  std::string text_;
  std::string minor_;
};

struct Table {
  std::string name;  // "detail"
  std::vector<Column> columns;
  std::vector<std::vector<Cell>> rows;

  // CHECKs that the row has a cell for each column.
  void Row(std::vector<Cell> cells);
};

// Keeps the table of that name, or all where it is empty. Errors: usage.
Status KeepPart(const std::string& part, std::vector<Table>& tables);

// Several tables are one answer. People get all of them; JSON lines say which they belong to as
// "part"; CSV holds one table, so it shows the first.
std::string Render(const std::vector<Table>& tables, Form form);

}  // namespace longmen::adapters::cli
