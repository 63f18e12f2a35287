// What a reading gives, as text that a test can compare: a header, its lines and its totals.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "adapters/statements/statement_file.h"

namespace longmen::testing {

// "wechat-trade 1900000001 CNY 2020-10-01..2020-10-01", "1 @2 credit payment succeeded 20.00 fee
// 0.12 2020-10-01T01:00:01Z 2020-10-01 ref=… key=… of=… status=…", "2 credits 20.00 debits 15.00".
class Recorder : public adapters::StatementVisitor {
 public:
  Status Begin(const adapters::StatementHeader& header) override;
  Status Line(const adapters::StatementFileLine& line) override;
  Status End(const adapters::StatementTotals& totals) override;

  std::vector<std::string> parts;
  std::vector<std::string> raws;

 private:
  Currency currency_;
};

// The parts of the file; on an error its one line.
std::vector<std::string> Parts(std::string_view bytes,
                               const adapters::StatementDefaults& defaults = {},
                               std::string_view format = {});

// The error of the reading: "bad_line at line 3: …", or "read".
std::string Refusal(std::string_view bytes, const adapters::StatementDefaults& defaults = {},
                    std::string_view format = {});

// A file below samples/.
std::string Sample(const std::string& name);
// The text with one place of it changed; what is replaced must be there once.
std::string With(std::string text, std::string_view before, std::string_view after);

DayNumber Day(std::string_view date);

}  // namespace longmen::testing
