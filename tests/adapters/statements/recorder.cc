#include "tests/adapters/statements/recorder.h"

#include <fmt/format.h>

#include <fstream>
#include <sstream>

namespace longmen::testing {
namespace {

std::string Name(schema::Direction direction) {
  return direction == schema::Direction::CREDIT  ? "credit"
         : direction == schema::Direction::DEBIT ? "debit"
                                                 : "unstated";
}

std::string Name(schema::StatementLineKind kind) {
  constexpr const char* kNames[] = {"unstated",   "payment", "refund",   "fee",    "topUp",
                                    "withdrawal", "payout",  "reversal", "return", "adjustment"};
  return kNames[static_cast<size_t>(kind)];
}

std::string Name(schema::Outcome outcome) {
  constexpr const char* kNames[] = {"unstated", "succeeded", "pending", "unknown", "failed"};
  return kNames[static_cast<size_t>(outcome)];
}

}  // namespace

Status Recorder::Begin(const adapters::StatementHeader& header) {
  currency_ = header.currency;
  std::string part =
      fmt::format("{} {} {} {}..{}", header.format, header.account, currency_.alphabetic(),
                  FormatDate(header.from), FormatDate(header.to));
  if (header.opening) part += " opening " + FormatMinor(*header.opening, currency_);
  parts.push_back(part);
  return Ok();
}

Status Recorder::Line(const adapters::StatementFileLine& line) {
  std::string part =
      fmt::format("{} @{} {} {} {} {}", line.number, line.at, Name(line.direction), Name(line.kind),
                  Name(line.outcome), FormatMinor(line.minor, currency_));
  if (line.fee != 0) part += " fee " + FormatMinor(line.fee, currency_);
  if (line.balance) part += " balance " + FormatMinor(*line.balance, currency_);
  part += " " + FormatInstant(line.occurred_at) + " " + FormatDate(line.date);
  const auto text = [&part](const char* name, std::string_view value) {
    if (!value.empty()) part += fmt::format(" {}={}", name, value);
  };
  text("ref", line.reference);
  text("key", line.order_key);
  text("of", line.original_reference);
  text("status", line.status);
  parts.push_back(part);
  raws.emplace_back(line.raw);
  return Ok();
}

Status Recorder::End(const adapters::StatementTotals& totals) {
  std::string part =
      fmt::format("{} credits {} debits {}", totals.count, FormatMinor(totals.credits, currency_),
                  FormatMinor(totals.debits, currency_));
  if (totals.closing) part += " closing " + FormatMinor(*totals.closing, currency_);
  parts.push_back(part);
  return Ok();
}

std::vector<std::string> Parts(std::string_view bytes, const adapters::StatementDefaults& defaults,
                               std::string_view format) {
  Recorder recorder;
  const Status status = adapters::ReadStatementFile(bytes, defaults, recorder, format);
  if (!status.ok()) return {Describe(status.error())};
  return recorder.parts;
}

std::string Refusal(std::string_view bytes, const adapters::StatementDefaults& defaults,
                    std::string_view format) {
  Recorder recorder;
  const Status status = adapters::ReadStatementFile(bytes, defaults, recorder, format);
  return status.ok() ? "read" : Describe(status.error());
}

std::string Sample(const std::string& name) {
  std::ifstream file("tests/adapters/statements/samples/" + name, std::ios::binary);
  EXPECT_TRUE(file.good()) << name;
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string With(std::string text, std::string_view before, std::string_view after) {
  const size_t at = text.find(before);
  EXPECT_NE(at, std::string::npos) << before;
  EXPECT_EQ(text.find(before, at + 1), std::string::npos) << before;
  if (at == std::string::npos) return text;
  return text.replace(at, before.size(), after);
}

DayNumber Day(std::string_view date) { return *ParseDate(date); }

}  // namespace longmen::testing
