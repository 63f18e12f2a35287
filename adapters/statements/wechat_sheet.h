// WechatSheet: what WeChat's bills have in common.
//
//   names of the columns, separated by commas
//   rows: every value begins with a backtick, so that what separates them is ",`" and a comma
//   inside a value is none names of the totals one row of totals
//
// UTF-8, with or without its mark.
#pragma once

#include <array>
#include <initializer_list>
#include <span>
#include <string_view>
#include <vector>

#include "adapters/statements/row.h"
#include "events/base/result.h"

namespace longmen::adapters::statements {

// A column by the names that it has had, the newest first; they are separated by "|".
struct WechatColumn {
  std::string_view names;
  bool required = true;
};

class WechatSheet {
 public:
  static constexpr size_t kColumnsMax = 64;
  static constexpr size_t kAbsent = kColumnsMax;

  // Finds the rows, and each of `columns` by its name.
  static Result<WechatSheet> Open(std::string_view bytes, std::span<const WechatColumn> columns);

  // The lines of the rows.
  Lines rows() const { return Lines(rows_, 1); }
  // The values of the row; false with a fault in `row`.
  bool Split(std::string_view line, Row& row);
  // The value in one of the columns, by its place in what was opened; empty where it is absent.
  std::string_view operator[](size_t column) const { return values_[places_[column]]; }
  bool Has(size_t column) const { return places_[column] != kAbsent; }
  std::string_view NameOf(size_t column) const { return names_[places_[column]]; }

  // Names and values of the totals, at the line of the values.
  struct Total {
    std::string_view name;
    std::string_view value;
  };
  Result<std::vector<Total>> Totals(uint64_t line) const;

  // The first and the last day of those that stand in the column's values.
  struct Days {
    std::optional<DayNumber> first;
    std::optional<DayNumber> last;
  };
  Days DaysIn(size_t column) const;

 private:
  Status FindColumns(std::string_view header, std::span<const WechatColumn> columns);

  std::string_view rows_;
  std::string_view total_names_;
  std::string_view total_values_;
  size_t columns_ = 0;
  std::array<size_t, kColumnsMax> places_{};
  std::array<std::string_view, kColumnsMax + 1> names_;
  std::array<std::string_view, kColumnsMax + 1> values_;  // the last one stays empty
};

// Splits what begins with a backtick; how many values there are, one more than fit where they do
// not.
size_t SplitBackticks(std::string_view line, std::span<std::string_view> values);

// "a|b" names a and b.
bool IsOneOf(std::string_view name, std::string_view names);

}  // namespace longmen::adapters::statements
