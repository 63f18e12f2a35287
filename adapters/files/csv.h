// CSV: one deterministic file of a header, rows and a trailer.
//
// Bytes, UTF-8, every line ended by LF:
//   names of the columns
//   rows; a field with a comma, quote, CR or LF is quoted as in RFC 4180
//   trailer,<rows>,<debits>,<credits>,<first>,<last>,<sha256>[,…]     padded to the columns
// Debits and credits are sums in minor units per currency, "CNY:395000000;USD:120" by alphabetic
// code; first and last are the range of the log that the file covers; sha256 is of every byte
// before the trailer line. `head -n -1 FILE | sha256sum` computes it again.
//
// Text never becomes a formula in a spreadsheet: one that begins with = + - @, a tab or a carriage
// return gets an apostrophe before it, and so does one that begins with an apostrophe, so that
// taking one away gives the text back. Numbers stay as they are.
//
// Writing the same rows again gives the same bytes.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/files/file_writer.h"
#include "events/base/hash.h"
#include "events/base/result.h"
#include "events/block/record.h"
#include "events/money/money.h"

namespace longmen::adapters {

// A field that is text for people and machines, or one that is a number and stays bare.
struct CsvField {
  std::string text;
  bool number = false;
};
CsvField CsvText(std::string_view text);
CsvField CsvNumber(__int128 number);
// A decimal amount in the currency's major unit.
CsvField CsvAmount(const WideSum& minor, Currency currency);
CsvField CsvAmount(int64_t minor, Currency currency);

// A field as it stands in the file.
std::string CsvEscape(const CsvField& field);

// Debits and credits by currency, for a trailer.
class ControlSums {
 public:
  // Positive counts as a credit, negative as a debit.
  void Add(int64_t minor, Currency currency) { AddSigned(minor, currency); }
  void Add(const WideSum& minor, Currency currency) { AddSigned(minor.value(), currency); }
  void AddDebit(const WideSum& minor, Currency currency);
  void AddCredit(const WideSum& minor, Currency currency);
  std::string Debits() const;
  std::string Credits() const;

 private:
  void AddSigned(__int128 minor, Currency currency);

  std::map<std::string, __int128, std::less<>> debits_;
  std::map<std::string, __int128, std::less<>> credits_;
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

// A CSV on top of it. The columns are at least as many as a trailer has fields.
class CsvFile {
 public:
  static Result<CsvFile> Create(const std::string& directory, const std::string& name,
                                const std::vector<std::string_view>& columns);
  void Row(const std::vector<CsvField>& fields);
  // `extra` fields follow the trailer's own.
  Result<ExportedFile> Finish(Sequence first, Sequence last, const ControlSums& sums,
                              const std::vector<std::string>& extra = {});

 private:
  CsvFile(FileWriter writer, std::string name, size_t columns)
      : writer_(std::move(writer)), name_(std::move(name)), columns_(columns) {}

  FileWriter writer_;
  std::string name_;
  size_t columns_;
  uint64_t rows_ = 0;
};

}  // namespace longmen::adapters
