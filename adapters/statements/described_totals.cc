#include "adapters/statements/described_totals.h"

#include <fmt/format.h>

namespace longmen::adapters::statements {

DecimalFault ParseDescribedAmount(std::string_view text, const Description& description,
                                  Currency currency, int64_t& minor) {
  text = Trim(text);
  const bool negative = text.starts_with('-');  // it may stand before what is taken off
  if (negative) text.remove_prefix(1);
  for (const std::string& strip : description.strip) {
    if (text.starts_with(strip)) text.remove_prefix(strip.size());
    if (text.ends_with(strip)) text.remove_suffix(strip.size());
  }
  std::string digits = negative ? "-" : "";
  for (const char c : Trim(text)) {
    if (c != description.grouping || c == 0) digits += c;
  }
  return ParseDecimal(digits, currency.exponent(), minor, description.decimal);
}

// A line is a total's where it starts as the total does before its first brace.
void DescribedTotals::Look(std::string_view line, uint64_t number, Decoder& decoder) {
  if (stated_.empty()) return;
  const auto text = decoder.Whole(line.substr(0, kRawMax));
  if (!text) return;
  for (size_t i = 0; i < stated_.size(); ++i) {
    const std::string& total = description_.totals[i];
    if (stated_[i].number == 0 && text->starts_with(total.substr(0, total.find('{')))) {
      stated_[i] = {.line = *text, .number = number};
    }
  }
}

void DescribedTotals::Count(const StatementFileLine& line, bool skipped) {
  Sum& sum = skipped ? skipped_ : line.direction == schema::Direction::DEBIT ? debits_ : credits_;
  ++sum.count;
  sum.amount.Add(line.minor);
  if (!skipped && line.balance && !opening_) {
    opening_ = *line.balance - Signed(line.direction, line.minor);
  }
}

Status DescribedTotals::Check(Currency currency, std::optional<int64_t>& closing) const {
  for (size_t i = 0; i < stated_.size(); ++i) {
    const std::string& total = description_.totals[i];
    if (stated_[i].number == 0) {
      return Error{Code::BAD_LINE, "", fmt::format("no line states the total '{}'", total)};
    }
    RETURN_IF_ERROR(CheckLine(total, stated_[i], currency, closing));
  }
  return Ok();
}

// Literal text of the total has to be in the line; a brace takes what stands before the next of it.
Status DescribedTotals::CheckLine(std::string_view total, const Stated& stated, Currency currency,
                                  std::optional<int64_t>& closing) const {
  std::string_view line = stated.line;
  while (!total.empty()) {
    const size_t open = total.find('{');
    const std::string_view literal = total.substr(0, open);
    if (!line.starts_with(literal)) {
      return BadLine(stated.number, fmt::format("'{}' was expected in it", literal));
    }
    line.remove_prefix(literal.size());
    if (open == std::string_view::npos) break;
    total.remove_prefix(open + 1);
    const size_t close = total.find('}');
    if (close == std::string_view::npos) {
      return Error{Code::MALFORMED, "description.total", "a brace does not close"};
    }
    const std::string_view name = total.substr(0, close);
    total.remove_prefix(close + 1);
    const std::string_view next = total.substr(0, total.find('{'));
    const size_t end = next.empty() ? line.size() : line.find(next);
    if (end == std::string_view::npos) {
      return BadLine(stated.number, fmt::format("'{}' was expected in it", next));
    }
    RETURN_IF_ERROR(CheckValue(name, line.substr(0, end), stated.number, currency, closing));
    line.remove_prefix(end);
  }
  return Ok();
}

Status DescribedTotals::CheckValue(std::string_view name, std::string_view text, uint64_t number,
                                   Currency currency, std::optional<int64_t>& closing) const {
  if (name == "any") return Ok();
  const std::pair<std::string_view, uint64_t> counts[] = {
      {"count", credits_.count + debits_.count + skipped_.count},
      {"credit_count", credits_.count},
      {"debit_count", debits_.count},
      {"skip_count", skipped_.count}};
  for (const auto& [known, counted] : counts) {
    if (name != known) continue;
    const auto stated = ParseDigits(Trim(text));
    if (!stated) return BadLine(number, fmt::format("{} is '{}'", name, Shown(text)));
    return CheckCount(number, name, counted, *stated);
  }
  int64_t minor = 0;
  const DecimalFault fault = ParseDescribedAmount(text, description_, currency, minor);
  if (fault != DecimalFault::kNone) {
    return BadLine(number, fmt::format("{} is '{}': {}", name, Shown(text), Reason(fault)));
  }
  const std::pair<std::string_view, const WideSum&> sums[] = {
      {"credits", credits_.amount}, {"debits", debits_.amount}, {"skipped", skipped_.amount}};
  for (const auto& [known, sum] : sums) {
    if (name == known) return CheckSum(number, name, sum, minor, currency);
  }
  return CheckBalance(name, minor, number, currency, closing);
}

Status DescribedTotals::CheckBalance(std::string_view name, int64_t minor, uint64_t number,
                                     Currency currency, std::optional<int64_t>& closing) const {
  if (name != "opening" && name != "closing") {
    return Error{Code::MALFORMED, "description.total", fmt::format("there is no '{}'", name)};
  }
  const std::optional<int64_t> counted = name == "opening" ? opening_ : closing;
  if (counted && *counted != minor) {
    return LineError(Code::BALANCE_MISMATCH, number,
                     fmt::format("the {} balance is {} here, and by the rows {}: {} apart", name,
                                 FormatMinor(minor, currency), FormatMinor(*counted, currency),
                                 FormatMinor(*counted - minor, currency)));
  }
  if (name == "closing") closing = minor;
  return Ok();
}

}  // namespace longmen::adapters::statements
