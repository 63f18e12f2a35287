// What a period's payments would have cost under each way of settling them, to be read by people
// and by programs.
#pragma once

#include <string>
#include <vector>

#include "adapters/cli/bars.h"
#include "adapters/cli/cycle_items.h"
#include "adapters/cli/table.h"

namespace longmen::adapters::cli {

// A study of the payments in one currency.
struct WhatIf {
  std::string scheme;  // empty: all of them
  CurrencyItems items;
  engine::StudyOptions options;
  engine::LiquidityStudy study;
  DayNumber first = 0;  // book dates, both included
  DayNumber last = 0;
  int utc_offset_minutes = 0;
};

// For programs: "methods", a row a method; "study", what was studied; "participants", what each
// needs; "series", the most of every part of the period.
std::vector<Table> TablesOf(const std::vector<WhatIf>& studies);

// For people: at most 100 columns wide, if the amounts are not longer than sixteen characters.
// Series have to be of kColumns or kColumnsNarrow buckets.
std::string ScreenOf(const WhatIf& what_if, Ink ink);

inline constexpr size_t kColumns = 96;        // quarter hours of a day
inline constexpr size_t kColumnsNarrow = 72;  // of 20 minutes, where a terminal is narrower

}  // namespace longmen::adapters::cli
