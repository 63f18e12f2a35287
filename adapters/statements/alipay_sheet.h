// AlipaySheet: what Alipay's files have in common.
//
//   #title
//   #账号：[…]
//   #起始日期：[2020年10月01日 00:00:00]   终止日期：[2020年10月02日 00:00:00]   half open
//   #----…列表----
//   names of the columns
//   rows
//   #----…列表结束----
//   #totals, and when it was exported
//
// GBK. Ids end with a tab, so that a spreadsheet does not take them for numbers.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/statements/csv_record.h"
#include "adapters/statements/row.h"
#include "events/base/result.h"

namespace longmen::adapters::statements {

// 年, 月, 日 in GBK.
inline constexpr DateMarks kGbkMarks{.year = "\xc4\xea", .month = "\xd4\xc2", .day = "\xc8\xd5"};

// "#支付宝": what both titles begin with.
bool BeginsWithAlipayTitle(std::string_view bytes, std::string_view utf8_title);

class AlipaySheet {
 public:
  // Reads up to the names and finds each of `columns`; what stands in brackets behind a name
  // ("（元）") is no part of it.
  static Result<AlipaySheet> Open(std::string_view bytes,
                                  std::span<const std::string_view> columns);

  const std::string& account() const { return account_; }
  DayNumber from() const { return from_; }
  DayNumber to() const { return to_; }

  // The next row, with its values; false at the mark behind the last one. A file that ends before
  // it is an error, like a row of another width.
  Result<bool> Next(Row& row);
  std::string_view operator[](size_t column) const { return Trim(record_[places_[column]]); }
  const Lines& lines() const { return lines_; }
  // A time, in either of the two ways in which the files write it.
  LocalTime Time(size_t column, std::string_view name, Row& row) const;

  // Behind the rows: the line that begins with "#" and the name, as UTF-8.
  struct Footer {
    std::string text;
    uint64_t line = 0;
  };
  Result<Footer> FindFooter(std::string_view name) const;

 private:
  explicit AlipaySheet(std::string_view bytes) : lines_(bytes) {}
  Status ReadTitle();
  Status ReadPeriod(std::string_view line);
  Status FindColumns(std::span<const std::string_view> columns);

  Lines lines_;
  CsvRecord record_{CsvForm{.two_bytes = true}};
  std::string account_;
  DayNumber from_ = 0;
  DayNumber to_ = 0;
  size_t columns_ = 0;
  std::vector<size_t> places_;
};

// The text between `before`, the first time it stands there, and `after`; nothing where either is
// missing.
std::optional<std::string_view> Between(std::string_view text, std::string_view before,
                                        std::string_view after);

}  // namespace longmen::adapters::statements
