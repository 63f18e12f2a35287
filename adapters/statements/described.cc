// A CSV by its description (description.h), in two passes: the first finds the columns, the days
// and what stands outside of the rows, the second gives the lines.
#include <fmt/format.h>

#include <algorithm>

#include "adapters/statements/described_totals.h"
#include "adapters/statements/description.h"
#include "adapters/statements/formats.h"
#include "adapters/statements/part.h"

namespace longmen::adapters::statements {
namespace {

using schema::Direction;
using enum DescribedColumn;

constexpr size_t kAbsent = SIZE_MAX;

class DescribedFile {
 public:
  DescribedFile(const Description& description, std::string_view bytes, StatementVisitor& visitor)
      : description_(description),
        rest_(WithoutMark(bytes)),
        row_(description.encoding, description.currency),
        record_(description.form),
        part_(visitor),
        totals_(description) {}

  Status Read(const StatementDefaults& defaults);

 private:
  Status FindRows();
  Status FindColumns(const Lines& names);
  Result<StatementHeader> Survey(const StatementDefaults& defaults);
  // Goes to the next row; false at the last one.
  Result<bool> Next(Lines& lines);
  bool ReadRow(const Lines& lines, StatementFileLine& line, bool& skip);
  void ReadAmount(StatementFileLine& line, bool& skip);
  void ReadWords(StatementFileLine& line, bool& skip);
  LocalTime TimeOf();
  int64_t Amount(DescribedColumn column);
  std::string_view Text(DescribedColumn column) {
    return row_.Text(Value(column), description_.column(column));
  }
  // A text that may stand for none.
  std::string_view Reference(DescribedColumn column) {
    const std::string_view text = Text(column);
    return std::ranges::find(description_.empty, text) == description_.empty.end()
               ? text
               : std::string_view();
  }
  std::string_view Value(DescribedColumn column) const {
    const size_t place = places_[static_cast<size_t>(column)];
    return place == kAbsent ? std::string_view() : record_[place];
  }
  bool IsComment(std::string_view line) const {
    const std::string& mark = description_.comment;
    return line.empty() || (!mark.empty() && line.starts_with(mark));
  }
  std::string_view Masked(std::string_view raw);

  const Description& description_;
  std::string_view rest_;
  Row row_;
  CsvRecord record_;
  Part part_;
  DescribedTotals totals_;
  std::string masked_;
  std::array<size_t, kDescribedColumns> places_{};
  size_t width_ = 0;  // 0: of the first row, which no names are before
  uint64_t lines_before_ = 0;
  std::string names_;  // the line of the names
  std::string currency_;
};

Status DescribedFile::Read(const StatementDefaults& defaults) {
  RETURN_IF_ERROR(FindRows());
  auto header = Survey(defaults);
  if (!header.ok()) return header.error();
  RETURN_IF_ERROR(part_.Begin(std::move(header).value()));
  Lines lines(rest_, lines_before_);
  for (;;) {
    const auto more = Next(lines);
    if (!more.ok()) return more.error();
    if (!*more) break;
    StatementFileLine line;
    bool skip = false;
    if (!ReadRow(lines, line, skip)) return row_.error();
    totals_.Count(line, skip);
    if (!skip) RETURN_IF_ERROR(part_.Line(line));
  }
  std::optional<int64_t> closing = part_.balance();
  RETURN_IF_ERROR(totals_.Check(row_.currency(), closing));
  return part_.End(closing);
}

// Up to the names, or to the first row where there are none. Lines before them may state totals.
Status DescribedFile::FindRows() {
  Lines lines(rest_);
  bool begun = description_.begin.empty();
  while (!begun && lines.Next()) {
    totals_.Look(lines.line(), lines.number(), row_.decoder());
    begun = lines.line().starts_with(description_.begin);
  }
  if (!begun) return BadLine(lines.number() + 1, "no line starts as the description's begin");
  for (int64_t i = 0; i < description_.header_lines; ++i) {
    do {
      if (!lines.Next()) return BadLine(lines.number() + 1, "the file ends before its names");
    } while (IsComment(lines.line()));
  }
  rest_ = lines.rest();
  lines_before_ = lines.number();
  return FindColumns(lines);
}

Status DescribedFile::FindColumns(const Lines& names) {
  std::string decoded;
  if (description_.header_lines > 0) {
    auto text = row_.decoder().Whole(names.line());
    if (!text) return BadLine(names.number(), "the names are no text in the encoding");
    names_ = names.line();
    decoded = std::move(*text);
  }
  CsvRecord record(
      CsvForm{.separator = description_.form.separator, .quote = description_.form.quote});
  Lines lines(decoded, names.number());
  if (lines.Next()) RETURN_IF_ERROR(record.Read(lines));
  width_ = record.size();
  places_.fill(kAbsent);
  for (size_t i = 0; i < kDescribedColumns; ++i) {
    const std::string& name = description_.columns[i];
    if (name.empty()) continue;
    if (const auto number = name[0] == '#' ? ParseDigits(name.substr(1)) : std::nullopt) {
      if (*number == 0 || (width_ != 0 && static_cast<size_t>(*number) > width_)) {
        return BadLine(names.number(), fmt::format("there is no column {}", name));
      }
      places_[i] = static_cast<size_t>(*number) - 1;
      continue;
    }
    for (size_t place = 0; place < width_; ++place) {
      if (Trim(record[place]) != name) continue;
      if (places_[i] != kAbsent) {
        return BadLine(names.number(), fmt::format("the column {} is there twice", name));
      }
      places_[i] = place;
    }
    if (places_[i] == kAbsent) {
      return BadLine(names.number(), fmt::format("the column {} is missing", name));
    }
  }
  return Ok();
}

Result<bool> DescribedFile::Next(Lines& lines) {
  for (;;) {
    if (!lines.Next()) {
      if (description_.end.empty()) return false;
      return BadLine(lines.number() + 1, "no line starts as the description's end");
    }
    if (IsComment(lines.line())) {
      totals_.Look(lines.line(), lines.number(), row_.decoder());
      continue;
    }
    if (!description_.end.empty() && lines.line().starts_with(description_.end)) {
      do {
        totals_.Look(lines.line(), lines.number(), row_.decoder());
      } while (lines.Next());
      return false;
    }
    if (lines.line() == names_) {
      return BadLine(lines.number(), "the names of the columns are there again");
    }
    row_.Start(lines.number(), lines.line());
    if (row_.failed()) return row_.error();
    RETURN_IF_ERROR(record_.Read(lines));
    if (width_ == 0) width_ = record_.size();
    if (record_.size() == width_ && std::ranges::all_of(places_, [this](size_t place) {
          return place == kAbsent || place < width_;
        })) {
      return true;
    }
    return BadLine(lines.number(),
                   fmt::format("there are {} values for the {} columns", record_.size(), width_));
  }
}

// The days of the rows that are given, and what the first of them says of the balance before it.
Result<StatementHeader> DescribedFile::Survey(const StatementDefaults& defaults) {
  StatementHeader header{.format = std::string(kDescribed.name),
                         .account = description_.account,
                         .currency = description_.currency,
                         .opening = {}};
  bool found = false;
  Lines lines(rest_, lines_before_);
  for (;;) {
    const auto more = Next(lines);
    if (!more.ok()) return more.error();
    if (!*more) break;
    const DayNumber day = TimeOf().day;
    if (!found && description_.Has(kCurrency)) {
      currency_ = Text(kCurrency);
      const auto currency = CurrencyFromAlphabetic(currency_);
      if (!currency) row_.Fail(Code::UNKNOWN_CURRENCY, "'" + Shown(currency_) + "'");
      if (currency) header.currency = *currency;
      row_.SetCurrency(header.currency);
    }
    if (!found && description_.Has(kBalance)) {
      StatementFileLine line;
      bool skip = false;
      row_.decoder().Forget();
      if (!ReadRow(lines, line, skip)) return row_.error();
      header.opening = *line.balance - (skip ? 0 : Signed(line.direction, line.minor));
    }
    if (row_.failed()) return row_.error();
    header.from = found ? std::min(header.from, day) : day;
    header.to = found ? std::max(header.to, day) : day;
    found = true;
  }
  if (!found && !defaults.date) {
    return Error{Code::BAD_TIME, "date", "the file has no row with a day, and none was given"};
  }
  if (!found) header.from = header.to = *defaults.date;
  return header;
}

bool DescribedFile::ReadRow(const Lines& lines, StatementFileLine& line, bool& skip) {
  line.at = lines.number();
  line.raw = Masked(lines.line());
  const LocalTime time = TimeOf();
  line.date = time.day;
  line.occurred_at = InstantOf(time, description_.utc_offset_minutes);
  ReadAmount(line, skip);
  ReadWords(line, skip);
  if (description_.Has(kFee) && !Trim(Value(kFee)).empty()) line.fee = Amount(kFee);
  if (description_.Has(kBalance)) line.balance = Amount(kBalance);
  line.reference = Reference(kReference);
  line.order_key = Reference(kOrder);
  line.original_reference = Reference(kOriginal);
  if (description_.Has(kCurrency) && Trim(Value(kCurrency)) != currency_) {
    row_.Fail(Code::CURRENCY_MISMATCH, fmt::format("the currency is '{}' here, and was '{}'",
                                                   Shown(Value(kCurrency)), currency_));
  }
  return !row_.failed();
}

void DescribedFile::ReadAmount(StatementFileLine& line, bool& skip) {
  if (description_.Has(kCredit)) {
    const bool has_debit = !Trim(Value(kDebit)).empty();
    const bool has_credit = !Trim(Value(kCredit)).empty();
    const int64_t credit = has_credit ? Amount(kCredit) : 0;
    const int64_t debit = has_debit ? Amount(kDebit) : 0;
    if (credit != 0 && debit != 0) row_.Fail("it has a credit and a debit");
    if (!has_credit && !has_debit) row_.Fail("it has neither a credit nor a debit");
    const bool is_debit = debit != 0 || !has_credit;
    line.direction = is_debit ? Direction::DEBIT : Direction::CREDIT;
    line.minor = is_debit ? debit : credit;
  } else {
    line.minor = Amount(kAmount);
    line.direction = line.minor < 0 ? Direction::DEBIT : Direction::CREDIT;
    if (!description_.Has(kDirection)) line.minor = line.minor < 0 ? -line.minor : line.minor;
  }
  if (description_.Has(kDirection)) {
    const std::string_view text = Text(kDirection);
    const auto* word = description_.directions.Find(text);
    if (word == nullptr) {
      row_.Fail(fmt::format("the direction '{}' is no word of the description", text));
    } else {
      line.direction = word->term;
      skip = skip || word->skip;
    }
  }
  if (line.minor < 0) row_.Fail("the amount is below zero");
}

void DescribedFile::ReadWords(StatementFileLine& line, bool& skip) {
  if (description_.Has(kStatus)) {
    line.status = Text(kStatus);
    const auto* word = description_.outcomes.Find(line.status);
    if (word == nullptr) {
      row_.Fail(fmt::format("the status '{}' is no word of the description", line.status));
    } else {
      line.outcome = word->term;
      skip = skip || word->skip;
    }
  }
  if (!description_.Has(kKind)) return;
  // A kind is a help and no more: one that is not described stays unstated.
  const auto* word = description_.kinds.Find(Text(kKind));
  if (word != nullptr) line.kind = word->term;
}

LocalTime DescribedFile::TimeOf() {
  TimeParts parts;
  const bool read =
      (!description_.Has(kDate) || ReadTimeParts(Text(kDate), description_.date_format, parts)) &&
      (!description_.Has(kTime) || ReadTimeParts(Text(kTime), description_.time_format, parts));
  const bool in_range = parts.year >= 1971 && parts.year <= 2115 && parts.month > 0 &&
                        parts.day > 0 && parts.hour < 24 && parts.minute < 60 && parts.second < 60;
  const auto day = read && in_range ? DayOf(parts.year, static_cast<unsigned>(parts.month),
                                            static_cast<unsigned>(parts.day))
                                    : std::nullopt;
  if (!day) {
    row_.Fail(Code::BAD_TIME, fmt::format("'{}' '{}': there is no such time by the format",
                                          Shown(Value(kDate)), Shown(Value(kTime))));
    return {};
  }
  return {*day, parts.hour * 3600 + parts.minute * 60 + parts.second};
}

int64_t DescribedFile::Amount(DescribedColumn column) {
  int64_t minor = 0;
  const DecimalFault fault =
      ParseDescribedAmount(Text(column), description_, row_.currency(), minor);
  if (fault != DecimalFault::kNone && !row_.failed()) {
    row_.Fail(fault == DecimalFault::kTooLong ? Code::AMOUNT_OUT_OF_RANGE : Code::BAD_LINE,
              fmt::format("{} is '{}': {}", description_.column(column), Shown(Value(column)),
                          Reason(fault)));
  }
  return minor;
}

// The card's digits lie in the line, or in a copy where they stood in quotes: then all that look so
// are masked.
std::string_view DescribedFile::Masked(std::string_view raw) {
  const std::string_view card = Trim(Value(kCard));
  if (card.empty()) return raw;
  masked_ = raw;
  if (card.data() >= raw.data() && card.data() < raw.data() + raw.size()) {
    MaskCard(masked_.data() + (card.data() - raw.data()), card.size());
    return masked_;
  }
  for (size_t at = masked_.find(card); at != std::string::npos; at = masked_.find(card, at + 1)) {
    MaskCard(masked_.data() + at, card.size());
  }
  return masked_;
}

bool Recognises(std::string_view, const StatementDefaults& defaults) {
  return !defaults.description.empty();
}

Status Read(std::string_view bytes, const StatementDefaults& defaults, StatementVisitor& visitor) {
  const auto description = ParseDescription(defaults.description);
  if (!description.ok()) return description.error();
  return DescribedFile(*description, bytes, visitor).Read(defaults);
}

}  // namespace

const Format kDescribed{"described", Recognises, Read};

}  // namespace longmen::adapters::statements
