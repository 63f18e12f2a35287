// A table that any export fills and any format writes.
//
// An export says once what its columns are and then gives rows of typed cells; a format makes a
// file of them. A format is a file of its own and a line in table.cc.
//
// What is text is text in every format and never becomes a formula; how a number, a date or an
// instant looks is the format's business. Whatever the format, the SHA-256 of a table is that of
// its CSV before the trailer, so that a workbook and a CSV of the same rows can be held together.
#pragma once

#include <functional>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "events/base/hash.h"
#include "events/base/result.h"
#include "events/base/time.h"
#include "events/block/record.h"
#include "events/money/money.h"

namespace longmen::adapters {

enum class ColumnType : uint8_t {
  kText,
  kCount,    // a whole number: of records, of items
  kMinor,    // minor units of a currency that the row says
  kAmount,   // the same as a decimal in the currency's major unit
  kDate,     // yyyy-mm-dd
  kInstant,  // RFC 3339 in UTC
};

struct TableColumn {
  std::string_view name;
  ColumnType type;
};

// A cell of a row, which refers to the text it was made of. Nothing was stated where it is empty.
struct TableCell {
  ColumnType type = ColumnType::kText;
  bool empty = true;
  Currency currency;      // of an amount
  std::string_view text;  // of a text
  __int128 number = 0;    // of all others
};
TableCell NoCell();
TableCell TextCell(std::string_view text);
TableCell BoolCell(bool value);
TableCell CountCell(uint64_t count);
TableCell MinorCell(__int128 minor);
TableCell AmountCell(__int128 minor, Currency currency);
TableCell DateCell(DayNumber day);     // 0: not stated
TableCell InstantCell(Nanos instant);  // likewise
inline TableCell MinorCell(const WideSum& minor) { return MinorCell(minor.value()); }
inline TableCell AmountCell(const WideSum& minor, Currency currency) {
  return AmountCell(minor.value(), currency);
}

// Debits and credits by currency, for a trailer.
class ControlSums {
 public:
  using Sums = std::vector<std::pair<Currency, __int128>>;  // by alphabetic code

  // Positive counts as a credit, negative as a debit.
  void Add(int64_t minor, Currency currency) { AddSigned(minor, currency); }
  void Add(const WideSum& minor, Currency currency) { AddSigned(minor.value(), currency); }
  void AddDebit(const WideSum& minor, Currency currency);
  void AddCredit(const WideSum& minor, Currency currency);
  // "CNY:395000000;USD:120"
  std::string Debits() const;
  std::string Credits() const;
  const Sums& debits() const { return debits_; }
  const Sums& credits() const { return credits_; }

 private:
  void AddSigned(__int128 minor, Currency currency);

  Sums debits_;
  Sums credits_;
};

// What a file says of itself at its end.
struct TableTrailer {
  uint64_t rows = 0;
  ControlSums sums;
  Sequence first = 0;
  Sequence last = 0;
  std::vector<std::string> extra;  // texts of the table's own
};

// Where a table goes while it is written; one format's.
class TableWriter {
 public:
  virtual ~TableWriter() = default;
  virtual void Row(std::span<const TableCell> cells) = 0;
  struct Written {
    std::string path;
    Digest256 sha256{};
  };
  // The file appears under this name. Errors are the disk's, and what a format cannot hold.
  virtual Result<Written> Finish(const TableTrailer& trailer, const std::string& name) = 0;
};

struct TableFormat {
  std::string_view name;  // and how its files' names end
  Result<std::unique_ptr<TableWriter>> (*create)(const std::string& directory,
                                                 const std::string& name,
                                                 std::span<const TableColumn> columns);
};
std::span<const TableFormat> TableFormats();  // the first is the one where nothing is said

// How often an export says how far it is.
inline constexpr uint64_t kProgressRows = 1u << 14;

// Where an export goes and how.
struct ExportTo {
  ExportTo(std::string to, const TableFormat* as = nullptr)  // NOLINT: a directory is all of it
      : directory(std::move(to)), format(as != nullptr ? as : TableFormats().data()) {}

  std::string directory;
  const TableFormat* format;
  std::function<void(uint64_t rows)> progress = {};  // now and then, while a file is written
};

// What was written.
struct ExportedFile {
  std::string path;
  std::string name;  // without the directory
  uint64_t rows = 0;
  Sequence first = 0;
  Sequence last = 0;
  Digest256 sha256{};  // of every byte before the trailer
};

// A table on its way into a file: what the exports hold.
class ExportTable {
 public:
  // `what` begins the file's name, and the range ends it.
  static Result<ExportTable> Create(const ExportTo& to, const std::string& what, Sequence first,
                                    Sequence last, std::span<const TableColumn> columns);
  // A cell for each column, of its type or empty.
  void Row(std::span<const TableCell> cells);
  void Row(std::initializer_list<TableCell> cells) {
    Row(std::span<const TableCell>(cells.begin(), cells.size()));
  }
  // The range may end later than it was thought to.
  Result<ExportedFile> Finish(Sequence last, const ControlSums& sums,
                              std::vector<std::string> extra = {});

 private:
  ExportTable(const ExportTo& to, std::string what, Sequence first,
              std::span<const TableColumn> columns, std::unique_ptr<TableWriter> writer);

  std::function<void(uint64_t)> progress_;
  std::string_view format_;
  std::string what_;
  Sequence first_;
  std::vector<TableColumn> columns_;
  std::unique_ptr<TableWriter> writer_;
  uint64_t rows_ = 0;
};

// "journal-0000000001-0000000123.csv"
std::string ExportName(std::string_view what, Sequence first, Sequence last,
                       std::string_view extension);

}  // namespace longmen::adapters
