// Script: a functional test that anybody can read and write.
//
// A line is words: `scan s1 bay 3 at 09:00 -> prepaid 20.00`. What stands after `->` is expected of
// it; a line without an arrow must be accepted. `#` begins a comment, "…" is one word, and so is
// JSON in braces or brackets. `== Title` begins a case: each runs on a ledger of its own, after the
// lines before the first title. `include FILE` stands for the lines of that file, beside this one.
#pragma once

#include <string>
#include <vector>

#include "events/base/result.h"

namespace longmen::script {

struct Line {
  std::string file;
  int number = 0;
  std::vector<std::string> words;
  std::vector<std::string> expected;
};

struct Case {
  std::string title;
  std::vector<Line> lines;  // with those before the first title
};

// Errors: usage, with the file and line in the message.
Result<std::vector<Case>> ReadScript(const std::string& file);
Result<std::vector<Case>> ParseScript(const std::string& file, const std::string& text);

}  // namespace longmen::script
