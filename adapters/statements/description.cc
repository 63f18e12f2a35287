#include "adapters/statements/description.h"

#include <fmt/format.h>

#include <algorithm>

namespace longmen::adapters::statements {
namespace {

using schema::Direction;
using schema::Outcome;
using schema::StatementLineKind;

constexpr std::string_view kColumnNames[kDescribedColumns] = {
    "amount",   "credit", "debit", "direction", "date", "time",     "reference", "order",
    "original", "status", "fee",   "balance",   "kind", "currency", "card"};

template <typename Term>
using Terms = std::vector<std::pair<std::string_view, Term>>;

const Terms<Direction> kDirections = {{"credit", Direction::CREDIT}, {"debit", Direction::DEBIT}};
const Terms<Outcome> kOutcomes = {{"succeeded", Outcome::SUCCEEDED},
                                  {"pending", Outcome::PENDING},
                                  {"failed", Outcome::FAILED},
                                  {"unknown", Outcome::UNKNOWN}};
const Terms<StatementLineKind> kKinds = {{"payment", StatementLineKind::PAYMENT},
                                         {"refund", StatementLineKind::REFUND},
                                         {"fee", StatementLineKind::FEE},
                                         {"top_up", StatementLineKind::TOP_UP},
                                         {"withdrawal", StatementLineKind::WITHDRAWAL},
                                         {"payout", StatementLineKind::PAYOUT},
                                         {"reversal", StatementLineKind::REVERSAL},
                                         {"return", StatementLineKind::PAYMENT_RETURN},
                                         {"adjustment", StatementLineKind::ADJUSTMENT}};

std::vector<std::string> SplitOn(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (;;) {
    const size_t end = text.find(separator);
    const std::string_view part = Trim(text.substr(0, end));
    if (!part.empty()) parts.emplace_back(part);
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

// The value by its name; false where it is none of them.
template <typename Value>
bool Choose(std::string_view name,
            std::initializer_list<std::pair<std::string_view, Value>> choices, Value& value) {
  for (const auto& [known, chosen] : choices) {
    if (name == known) {
      value = chosen;
      return true;
    }
  }
  return false;
}

// "+08:00".
bool ParseOffset(std::string_view text, int& minutes) {
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return false;
  const auto hour = ParseDigits(text.substr(1, 2));
  const auto minute = ParseDigits(text.substr(4, 2));
  if (!hour || !minute || *hour > 14 || *minute > 59) return false;
  minutes = static_cast<int>(*hour * 60 + *minute) * (text[0] == '-' ? -1 : 1);
  return true;
}

bool IsTimeFormat(std::string_view format) {
  for (size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%') continue;
    if (++i == format.size() ||
        std::string_view("YmdHMS").find(format[i]) == std::string_view::npos)
      return false;
  }
  return true;
}

bool SetPlainKey(Description& to, std::string_view key, std::string_view value, bool& known) {
  const std::string text(value);
  known = true;
  if (key == "account") return to.account = text, true;
  if (key == "begin") return to.begin = text, true;
  if (key == "end") return to.end = text, true;
  if (key == "comment") return to.comment = text, true;
  if (key == "strip") return to.strip = SplitOn(value, ' '), true;
  if (key == "empty") return to.empty = SplitOn(value, '|'), true;
  if (key == "total") return to.totals.push_back(text), true;
  if (key == "date.format") return to.date_format = text, IsTimeFormat(value);
  if (key == "time.format") return to.time_format = text, IsTimeFormat(value);
  if (key == "utc_offset") return ParseOffset(value, to.utc_offset_minutes);
  if (key == "currency") {
    const auto currency = CurrencyFromAlphabetic(value);
    if (currency) to.currency = *currency;
    return currency.has_value();
  }
  if (key == "header") {
    const auto lines = ParseDigits(value);
    if (lines) to.header_lines = *lines;
    return lines.has_value() && *lines <= 100;
  }
  if (key == "encoding") {
    return Choose<Encoding>(
        value,
        {{"utf-8", Encoding::kUtf8}, {"gbk", Encoding::kGbk}, {"gb18030", Encoding::kGb18030}},
        to.encoding);
  }
  if (key == "separator") {
    return Choose<char>(value, {{"comma", ','}, {"semicolon", ';'}, {"tab", '\t'}, {"pipe", '|'}},
                        to.form.separator);
  }
  if (key == "quote") return Choose<char>(value, {{"double", '"'}, {"none", '\0'}}, to.form.quote);
  if (key == "decimal") return Choose<char>(value, {{"point", '.'}, {"comma", ','}}, to.decimal);
  if (key == "grouping") {
    return Choose<char>(value, {{"none", '\0'}, {"comma", ','}, {"point", '.'}, {"blank", ' '}},
                        to.grouping);
  }
  known = false;
  return false;
}

bool SetColumn(Description& to, std::string_view name, std::string_view value) {
  const auto* found = std::ranges::find(kColumnNames, name);
  if (found == std::end(kColumnNames)) return false;
  to.columns[static_cast<size_t>(found - std::begin(kColumnNames))] = value;
  return true;
}

template <typename Term>
bool AddWords(Words<Term>& to, const Terms<Term>& terms, std::string_view name,
              std::string_view value, bool may_skip) {
  const auto found = std::ranges::find(terms, name, &std::pair<std::string_view, Term>::first);
  const bool skip = may_skip && name == "skip";
  if (found == terms.end() && !skip) return false;
  for (std::string& word : SplitOn(value, '|')) {
    to.words.push_back({std::move(word), skip ? Term{} : found->second, skip});
  }
  return true;
}

Error Wrong(std::string_view key, std::string message) {
  return Error{Code::MALFORMED, fmt::format("description.{}", Shown(key)), std::move(message)};
}

Status SetKey(Description& to, std::string_view key, std::string_view value) {
  bool known = false;
  if (SetPlainKey(to, key, value, known)) return Ok();
  if (known) return Wrong(key, "the value is none that it may have");
  const size_t dot = key.find('.');
  const std::string_view family = key.substr(0, dot);
  const std::string_view name = dot == std::string_view::npos ? "" : key.substr(dot + 1);
  if ((family == "column" && SetColumn(to, name, value)) ||
      (family == "direction" && AddWords(to.directions, kDirections, name, value, true)) ||
      (family == "status" && AddWords(to.outcomes, kOutcomes, name, value, true)) ||
      (family == "kind" && AddWords(to.kinds, kKinds, name, value, false))) {
    return Ok();
  }
  return Wrong(key, "there is no such key");
}

// What goes together.
Status CheckWhole(const Description& description) {
  using enum DescribedColumn;
  const bool two = description.Has(kCredit) || description.Has(kDebit);
  if (two == description.Has(kAmount)) {
    return Wrong("column.amount", "there is either an amount, or a credit and a debit");
  }
  if (two && !(description.Has(kCredit) && description.Has(kDebit))) {
    return Wrong("column.credit", "a credit and a debit go together");
  }
  if (two && description.Has(kDirection)) {
    return Wrong("column.direction", "it goes with an amount");
  }
  if (!description.Has(kDate) && !description.Has(kTime)) {
    return Wrong("column.date", "there is neither a date nor a time");
  }
  return Ok();
}

}  // namespace

Result<Description> ParseDescription(std::string_view text) {
  Description description;
  description.currency = *CurrencyFromAlphabetic("CNY");
  std::vector<std::string_view> seen;
  for (Lines lines(WithoutMark(text)); lines.Next();) {
    const std::string_view line = Trim(lines.line());
    if (line.empty() || line.starts_with('#')) continue;
    const size_t equals = line.find('=');
    const std::string_view key = Trim(line.substr(0, equals));
    if (equals == std::string_view::npos) return Wrong(key, "the line has no '='");
    if (key != "total" && std::ranges::find(seen, key) != seen.end()) {
      return Wrong(key, "it is there twice");
    }
    seen.push_back(key);
    const std::string_view value = Trim(line.substr(equals + 1));
    if (value.empty()) return Wrong(key, "it has no value");
    if (!IsPlainText(value)) return Wrong(key, "the value is no text");
    RETURN_IF_ERROR(SetKey(description, key, value));
  }
  description.form.two_bytes = description.encoding != Encoding::kUtf8;
  for (std::string* mark : {&description.begin, &description.comment, &description.end}) {
    const auto encoded = Encoded(*mark, description.encoding);
    if (!encoded) return Wrong(*mark, "the encoding has no bytes for it");
    *mark = *encoded;
  }
  if (description.time_format.empty()) {
    description.time_format =
        description.Has(DescribedColumn::kDate) ? "%H:%M:%S" : "%Y-%m-%d %H:%M:%S";
  }
  RETURN_IF_ERROR(CheckWhole(description));
  return description;
}

bool ReadTimeParts(std::string_view text, std::string_view format, TimeParts& parts) {
  const auto number = [&text](size_t width, int& value) {
    if (text.size() < width) return false;
    const auto digits = ParseDigits(text.substr(0, width));
    if (!digits) return false;
    value = static_cast<int>(*digits);
    text.remove_prefix(width);
    return true;
  };
  for (size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%' || i + 1 == format.size()) {
      if (!text.starts_with(format[i])) return false;
      text.remove_prefix(1);
      continue;
    }
    ++i;
    int& value = format[i] == 'Y'   ? parts.year
                 : format[i] == 'm' ? parts.month
                 : format[i] == 'd' ? parts.day
                 : format[i] == 'H' ? parts.hour
                 : format[i] == 'M' ? parts.minute
                                    : parts.second;
    if (!number(format[i] == 'Y' ? 4 : 2, value)) return false;
  }
  return text.empty();
}

}  // namespace longmen::adapters::statements
