// Tally: how often each answer was given, and where the first of each kind was.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "adapters/http/problem.h"

namespace longmen::adapters::cli {

class Tally {
 public:
  void Add(uint64_t line, const http::Members& members);

  uint64_t lines() const { return lines_; }
  bool HasUnavailable() const;
  // Everything is in the log as it was meant: accepted, now or before. With `refusals_too` what
  // the rules refused counts as well: that is recorded and definite.
  bool Clean(bool refusals_too) const;

  // For people: a row for each answer, code and field.
  std::string Text() const;

 private:
  // Answers in the order of their kinds, then code and field.
  struct Key {
    engine::AnswerKind kind;
    Code code;
    std::string field;
    auto operator<=>(const Key&) const = default;
  };
  struct Count {
    uint64_t count = 0;
    uint64_t first_line = 0;
  };
  std::map<Key, Count> counts_;
  uint64_t lines_ = 0;
};

}  // namespace longmen::adapters::cli
