#include "tests/acceptance/real_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <sstream>
#include <utility>

#include "events/base/check.h"

namespace longmen::testing {
namespace {

std::vector<std::string> Split(const std::string& line) {
  std::vector<std::string> fields;
  std::istringstream in(line);
  for (std::string field; std::getline(in, field, ',');) fields.push_back(field);
  if (line.ends_with(',')) fields.emplace_back();
  return fields;
}

}  // namespace

Csv::Csv(std::string_view text) {
  std::istringstream lines{std::string(text)};
  std::string line;
  std::getline(lines, line);
  for (const std::string& name : Split(line)) columns_.emplace(name, columns_.size());
  while (std::getline(lines, line)) {
    if (!line.starts_with("trailer,")) rows_.emplace_back(*this, Split(line));
  }
}

const std::string& Csv::Row::operator[](std::string_view column) const {
  const auto at = csv_.columns_.find(column);
  CHECK(at != csv_.columns_.end(), "acceptance.column", column);
  return fields_.at(at->second);
}

RealData::RealData(std::string file, std::string begins) : path_("../shared/data/" + file) {
  begins_ = std::move(begins);
}

std::string RealData::Account(std::string_view participant, std::string_view kind,
                              std::string_view currency, std::string_view more) {
  return fmt::format(R"("registration":{{"account":{{"participant":"{}","kind":"{}",)"
                     R"("currency":"{}"{}}}}})",
                     participant, kind, currency, more);
}

void RealData::SetUp() {
  if (!std::filesystem::exists(path_)) GTEST_SKIP() << path_ << " is not there";
  Program::SetUp();
}

std::string RealData::Text() const {
  if (!path_.ends_with(".gz")) return ReadWhole(path_);
  std::FILE* unpacked = popen(fmt::format("gzip -dc '{}'", path_).c_str(), "r");
  std::string text;
  for (int c = 0; (c = std::fgetc(unpacked)) != EOF;) text.push_back(static_cast<char>(c));
  EXPECT_EQ(pclose(unpacked), 0) << path_;
  return text;
}

void RealData::Register(const std::vector<std::pair<std::string, std::string>>& key_and_body) {
  std::string lines;
  int number = 0;
  const auto add = [&](std::string_view key, std::string_view body) {
    lines += fmt::format(R"({{"id":"setup-{}","key":"{}","occurredAt":"{}",{}}})", ++number, key,
                         begins_, body) +
             "\n";
  };
  add("real", R"("registration":{"source":{"maxLate":"9000000000000000","maxEarly":"0",)"
              R"("allParticipants":true,"allSchemes":true,)"
              R"("bodies":["order","authorization","debit","refund","registration"]}})");
  for (const auto& [key, body] : key_and_body) add(key, body);
  const Said said = Ingest(lines);
  ASSERT_EQ(said.code, 0) << said.out << said.err;
}

Said RealData::TakeIn(const std::string& scenario, const std::string& lines) {
  return Longmen({"ingest", ledger(), "-", "--source", "real", "--scenario", scenario, "--clock",
                  "input", "--refusals-ok", "--json"},
                 lines);
}

Csv RealData::Exported(const std::string& what, const std::vector<std::string>& more,
                       const std::string& begins) {
  const std::string out = Path("export-" + what);
  std::vector<std::string> arguments = {"export", ledger(), out, "--what", what};
  arguments.insert(arguments.end(), more.begin(), more.end());
  const Said said = Longmen(arguments);
  EXPECT_EQ(said.code, 0) << said.err;
  const auto files = FilesOf(out);
  const auto file = files.lower_bound(begins.empty() ? what : begins);
  EXPECT_NE(file, files.end()) << what;
  return Csv(file->second);
}

void RealData::ExpectClean() {
  const Said said = LongmenAudit({"verify", ledger()});
  EXPECT_EQ(said.code, 0) << said.out << said.err;
}

}  // namespace longmen::testing
