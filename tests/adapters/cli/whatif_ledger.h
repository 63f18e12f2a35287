// Ledgers whose payments are settled again in every other way, and what must come of them.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/program/program.h"

namespace longmen::testing {

using Fields = std::map<std::string, std::string>;

bool Holds(const std::string& text, std::string_view part);
// The proposals at another instant than kNow: "09:30", on 2021-03-01 unless said otherwise.
std::string At(std::string_view clock, std::string text, std::string_view date = "2021-03-01");
// The text with every `old`, of which there must be one, replaced.
std::string With(std::string text, std::string_view old, std::string_view fresh);
// The rows of one table of a --json answer.
std::vector<Fields> PartOf(const std::string& json_lines, std::string_view part);

// As they stand in the answer.
std::string Yuan(int64_t yuan);
std::string Hours(int64_t hours);

class WhatIf : public Program {
 protected:
  Said Ask(std::vector<std::string> arguments = {});
  // The methods' rows by their names; of one currency.
  std::map<std::string, Fields> Methods(std::vector<std::string> arguments = {});
  void Take(const std::string& lines);
  // The circle of domain E5 G1 from 09:00, an hour apart.
  void PayCircle(const std::vector<std::string>& banks = {"A", "B", "C"});
  // As worked out by hand, if A begins: it pays 100 before it is paid, B and C pay on what they
  // were paid. Half of what A needs lets nothing go, and at 11:00, which ends a quarter, all three
  // settle with nothing at all: after 2, 1 and 0 hours. Until midnight there are 15, 14 and 13.
  void ExpectCircle(std::map<std::string, Fields> methods);
};

class Circle : public WhatIf {
 protected:
  void SetUp() override;
};

}  // namespace longmen::testing
