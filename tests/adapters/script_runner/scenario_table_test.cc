// docs/scenarios.md says which script shows which rule; it must not promise one that is not there.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "tests/adapters/script_runner/script.h"

namespace longmen::script {
namespace {

std::string ReadFile(const std::string& file) {
  std::ifstream in(file);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

// The script and case a table row names: `parking/prepay.txt` or `parking/prepay.txt: title`.
struct Named {
  std::string file;
  std::string title;
};

std::vector<Named> NamedScripts(const std::string& page) {
  static const std::regex kScript("`([a-z0-9_]+/[a-z0-9_]+\\.txt)(: ([^`]+))?`");
  std::vector<Named> named;
  for (std::sregex_iterator it(page.begin(), page.end(), kScript), end; it != end; ++it) {
    named.push_back({(*it)[1], (*it)[3]});
  }
  return named;
}

TEST(ScenarioTable, NamesOnlyScriptsAndCasesThatExist) {
  const auto named = NamedScripts(ReadFile("docs/scenarios.md"));
  ASSERT_GT(named.size(), 20u);
  for (const auto& [file, title] : named) {
    auto cases = ReadScript("tests/scripts/" + file);
    ASSERT_TRUE(cases.ok()) << cases.error().message;
    if (title.empty()) continue;
    const bool there = std::any_of(cases->begin(), cases->end(),
                                   [&title](const Case& play) { return play.title == title; });
    EXPECT_TRUE(there) << file << " has no case \"" << title << "\"";
  }
}

TEST(ScenarioTable, CoversEveryRowOfTheProblemTables) {
  const std::string page = ReadFile("docs/scenarios.md");
  const std::string waiting = ReadFile("tests/scripts/WAITING.md");
  // The rows of each table, in a script or waiting by name.
  const std::pair<const char*, int> tables[] = {
      {"A1.6", 9}, {"A2.6", 12}, {"A3.6", 9}, {"A4.7", 10}, {"A5.6", 9}, {"A6.6", 9}, {"D4", 10}};
  for (const auto& [table, rows] : tables) {
    for (int row = 1; row <= rows; ++row) {
      const std::string label = fmt::format("{}.{} ", table, row);
      EXPECT_NE(page.find("| " + label), std::string::npos) << label;
      const size_t at = page.find("| " + label);
      if (at == std::string::npos) continue;
      const std::string line = page.substr(at, page.find('\n', at) - at);
      if (NamedScripts(line).empty()) {
        EXPECT_NE(waiting.find(label), std::string::npos) << label << "neither shown nor waiting";
      }
    }
  }
}

}  // namespace
}  // namespace longmen::script
