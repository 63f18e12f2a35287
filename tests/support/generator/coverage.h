// Coverage: what a run of random sequences reached. A property that never meets a rule says
// nothing about it, so tests print this and assert on a minimum.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/reference/reference_ledger.h"

namespace longmen::generator {

struct Coverage {
  std::map<std::string, size_t> answers;     // "refused exceeds_debit", "accepted" …
  std::map<std::string, size_t> exceptions;  // codes
  std::map<std::string, size_t> actions;     // "order.place", and "order.place accepted"
  std::map<std::string, size_t> states;      // "order paid", "cycle settled" … at the end

  void Count(const std::string& label, const std::vector<reference::RefAnswer>& answers);
  void Add(const Coverage& other);
  void CountStates(const reference::State& state);
  // Every code that docs/rules.md lets the ledger answer with and that was never met.
  std::vector<std::string> MissingCodes() const;
  std::string Print() const;
};

}  // namespace longmen::generator
