#include "tests/adapters/cli/whatif_ledger.h"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <sstream>

namespace longmen::testing {

bool Holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

std::string At(std::string_view clock, std::string text, std::string_view date) {
  const std::string instant = fmt::format("{}T{}:00+08:00", date, clock);
  for (size_t at = 0; (at = text.find(kNow, at)) != std::string::npos; at += instant.size()) {
    text.replace(at, kNow.size(), instant);
  }
  return text + "\n";
}

std::string With(std::string text, std::string_view old, std::string_view fresh) {
  size_t count = 0;
  for (size_t at = 0; (at = text.find(old, at)) != std::string::npos; at += fresh.size()) {
    text.replace(at, old.size(), fresh);
    ++count;
  }
  EXPECT_GT(count, 0u) << old;
  return text;
}

std::vector<Fields> PartOf(const std::string& json_lines, std::string_view part) {
  std::vector<Fields> rows;
  std::istringstream lines(json_lines);
  for (std::string line; std::getline(lines, line);) {
    Fields fields;
    const boost::json::value row = boost::json::parse(line);
    for (const auto& [name, value] : row.as_object()) {
      fields[name] =
          value.is_bool() ? (value.as_bool() ? "yes" : "no") : std::string(value.as_string());
    }
    if (fields["part"] == part) rows.push_back(std::move(fields));
  }
  return rows;
}

std::string Yuan(int64_t yuan) { return fmt::format("{}00", yuan); }

std::string Hours(int64_t hours) { return fmt::format("{}", hours * 3'600'000'000'000); }

Said WhatIf::Ask(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"whatif", ledger()});
  return Longmen(arguments);
}

std::map<std::string, Fields> WhatIf::Methods(std::vector<std::string> arguments) {
  arguments.emplace_back("--json");
  const Said said = Ask(arguments);
  EXPECT_EQ(said.code, 0) << said.err;
  std::map<std::string, Fields> methods;
  for (Fields& row : PartOf(said.out, "methods")) {
    const std::string name = row["method"];
    EXPECT_TRUE(methods.emplace(name, std::move(row)).second) << name << " stands twice";
  }
  EXPECT_EQ(methods.size(), 5u) << said.out;
  return methods;
}

void WhatIf::Take(const std::string& lines) {
  const Said said = Ingest(lines);
  ASSERT_EQ(said.code, 0) << said.out << said.err;
}

void WhatIf::PayCircle(const std::vector<std::string>& banks) {
  std::string lines;
  for (size_t i = 0; i < banks.size(); ++i) {
    const std::string& to = banks[(i + 1) % banks.size()];
    lines += At(fmt::format("{:02}:00", 9 + i),
                PaymentGroup(fmt::format("p{}", i), banks[i], to, 10'000));
  }
  Take(lines);
}

void WhatIf::ExpectCircle(std::map<std::string, Fields> methods) {
  EXPECT_EQ(methods["gross"]["liquidityUsedMinor"], Yuan(100));
  EXPECT_EQ(methods["gross"]["turnoverPerMille"], "3000");
  EXPECT_EQ(methods["gross"]["meanDelayNanos"], "0");
  EXPECT_EQ(methods["multilateral_net"]["liquidityUsedMinor"], "0");
  EXPECT_EQ(methods["multilateral_net"]["savedPerMille"], "1000");
  EXPECT_EQ(methods["multilateral_net"]["meanDelayNanos"], Hours(14));
  EXPECT_FALSE(methods["multilateral_net"].contains("turnoverPerMille"));  // nothing turned over
  EXPECT_EQ(methods["bilateral_net"]["liquidityUsedMinor"], Yuan(300));
  EXPECT_EQ(methods["bilateral_net"]["savedPerMille"], "-2000");
  EXPECT_EQ(methods["queued"]["liquidityAvailableMinor"], Yuan(50));
  EXPECT_EQ(methods["queued"]["settledCount"], "0");
  EXPECT_EQ(methods["queued"]["leftCount"], "3");
  EXPECT_EQ(methods["queued"]["leftValueMinor"], Yuan(300));
  EXPECT_EQ(methods["queued"]["meanDelayNanos"], Hours(14));
  EXPECT_EQ(methods["queued"]["leastPercent"], "100");
  EXPECT_FALSE(methods["queued"].contains("savedPerMille"));  // it left them
  EXPECT_EQ(methods["queued_gridlock"]["settledCount"], "3");
  EXPECT_EQ(methods["queued_gridlock"]["settledValueMinor"], Yuan(300));
  EXPECT_EQ(methods["queued_gridlock"]["leftCount"], "0");
  EXPECT_EQ(methods["queued_gridlock"]["liquidityUsedMinor"], "0");
  EXPECT_EQ(methods["queued_gridlock"]["meanDelayNanos"], Hours(1));
  EXPECT_EQ(methods["queued_gridlock"]["meanDelayByValueNanos"], Hours(1));
  EXPECT_EQ(methods["queued_gridlock"]["resolutions"], "1");
  EXPECT_EQ(methods["queued_gridlock"]["resolvedCount"], "3");
  EXPECT_EQ(methods["queued_gridlock"]["leastPercent"], "0");
}

void Circle::SetUp() {
  WhatIf::SetUp();
  RegisterBanks({"A", "B", "C"});
  PayCircle();
}

}  // namespace longmen::testing
