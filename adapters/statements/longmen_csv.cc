// The detail file of reconciliation that Longmen itself writes (adapters/files, docs/exports.md):
// what a participant that runs it sends, or what was exported here, to be held against another day.
//
// The file names no participant and may have several currencies: one part a currency, in the order
// of the trailer. A line's direction is that of the one who is paid for what it sells: PAY, TOP_UP
// and SUBSIDY are credits, and so are corrections in its favour (POSTING, ADVANCE, EXCHANGE,
// liquidity); what gives back or takes out (REFUND, RETURN, REVERSAL, WITHDRAWAL, PAYOUT, FEE,
// WRITE_OFF) is a debit. Its day is the book date, its reference the channel's; original_ref is a
// number of the writer's own log, which says nothing here.
//
// Checked are the trailer's rows, its SHA-256 of every byte before it, and its sums: of all lines,
// where the file is of all participants, else of those that one participant pays and is paid.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "adapters/statements/csv_record.h"
#include "adapters/statements/formats.h"
#include "adapters/statements/part.h"
#include "adapters/statements/row.h"
#include "events/base/hash.h"

namespace longmen::adapters::statements {
namespace {

using schema::Direction;
using schema::StatementLineKind;

constexpr std::string_view kColumns =
    "clearing_date,batch_id,channel,event_id,order_no,channel_ref,original_ref,type,payer_bank,"
    "payee_bank,ccy,amount_fen,fee_fen,event_time,status,amount,book_date,booked_id,carried_from";
constexpr size_t kWidth = 19;
enum Column : uint8_t {
  kOrder = 4,
  kChannelReference = 5,
  kType = 7,
  kPayerBank = 8,
  kPayeeBank = 9,
  kCurrency = 10,
  kAmount = 11,
  kFee = 12,
  kTime = 13,
  kStatus = 14,
  kBookDate = 16,
};

struct Type {
  std::string_view name;
  StatementLineKind kind;
  Direction direction;
};
constexpr Type kTypes[] = {
    {"PAY", StatementLineKind::PAYMENT, Direction::CREDIT},
    {"TOP_UP", StatementLineKind::TOP_UP, Direction::CREDIT},
    {"SUBSIDY", StatementLineKind::PAYMENT, Direction::CREDIT},
    {"POSTING", StatementLineKind::ADJUSTMENT, Direction::CREDIT},
    {"ADVANCE", StatementLineKind::ADJUSTMENT, Direction::CREDIT},
    {"EXCHANGE", StatementLineKind::ADJUSTMENT, Direction::CREDIT},
    {"liquidity", StatementLineKind::ADJUSTMENT, Direction::CREDIT},
    {"REFUND", StatementLineKind::REFUND, Direction::DEBIT},
    {"RETURN", StatementLineKind::PAYMENT_RETURN, Direction::DEBIT},
    {"REVERSAL", StatementLineKind::REVERSAL, Direction::DEBIT},
    {"WITHDRAWAL", StatementLineKind::WITHDRAWAL, Direction::DEBIT},
    {"PAYOUT", StatementLineKind::PAYOUT, Direction::DEBIT},
    {"FEE", StatementLineKind::FEE, Direction::DEBIT},
    {"WRITE_OFF", StatementLineKind::ADJUSTMENT, Direction::DEBIT},
};

// A text that a spreadsheet would take for a formula has an apostrophe before it.
std::string_view Unguarded(std::string_view text) {
  return text.starts_with('\'') ? text.substr(1) : text;
}

// The sum of one currency in "CNY:395000000;USD:120"; zero where it is not named.
Result<int64_t> SumIn(std::string_view sums, std::string_view currency, uint64_t line) {
  while (!sums.empty()) {
    const size_t end = sums.find(';');
    const std::string_view one = sums.substr(0, end);
    if (one.starts_with(currency) && one.substr(3).starts_with(':')) {
      const auto minor = ParseDigits(one.substr(4));
      if (!minor) return BadLine(line, fmt::format("'{}' is no sum", Shown(one)));
      return *minor;
    }
    sums = end == std::string_view::npos ? std::string_view() : sums.substr(end + 1);
  }
  return int64_t{0};
}

// Debits and credits as one of those sees them whose file it may be.
struct View {
  bool all = false;  // the file of all participants: every line once
  std::string participant;
  bool holds = true;  // every line is one of theirs
  WideSum debits;
  WideSum credits;

  void Add(std::string_view payer, std::string_view payee, int64_t minor) {
    const bool pays = all ? !payer.empty() : payer == participant;
    const bool is_paid = all ? !payee.empty() : payee == participant;
    holds = holds && (pays || is_paid);
    if (pays) debits.Add(minor);
    if (is_paid) credits.Add(minor);
  }
};

class DetailFile {
 public:
  DetailFile(std::string_view bytes, StatementVisitor& visitor)
      : bytes_(bytes), visitor_(visitor), row_(Encoding::kUtf8, *CurrencyFromAlphabetic("CNY")) {}

  Status Read(const StatementDefaults& defaults);

 private:
  Status ReadTrailer();
  // What is read of the lines before one of them is given.
  struct Survey {
    std::vector<Currency> currencies;  // in the order in which they come
    DayNumber from = 0;
    DayNumber to = 0;
    uint64_t rows = 0;
  };
  Result<Survey> Look();
  Status Width(const Lines& lines) const;
  Status GivePart(const StatementHeader& header);
  bool ReadRow(const Lines& lines, StatementFileLine& line);
  Status CheckSums(const std::vector<View>& views) const;

  std::string_view bytes_;
  StatementVisitor& visitor_;
  Row row_;
  CsvRecord record_;
  std::string_view rows_;
  uint64_t trailer_at_ = 0;
  std::array<std::string, 7> trailer_;
};

Status DetailFile::Read(const StatementDefaults& defaults) {
  RETURN_IF_ERROR(ReadTrailer());
  auto survey = Look();
  if (!survey.ok()) return survey.error();
  const auto stated = ParseDigits(trailer_[1]);
  if (!stated) return BadLine(trailer_at_, "the trailer has no number of rows");
  RETURN_IF_ERROR(CheckCount(trailer_at_, "the trailer's count", survey->rows, *stated));
  if (survey->currencies.empty()) {
    if (!defaults.date) {
      return Error{Code::BAD_TIME, "date", "the file has no row with a day, and none was given"};
    }
    survey->from = survey->to = *defaults.date;
    survey->currencies.push_back(row_.currency());
  }
  for (const Currency currency : survey->currencies) {
    RETURN_IF_ERROR(GivePart({.format = std::string(kLongmen.name),
                              .account = {},
                              .currency = currency,
                              .from = survey->from,
                              .to = survey->to,
                              .opening = {}}));
  }
  return Ok();
}

// The last line; its hash is of all that stands before it.
Status DetailFile::ReadTrailer() {
  const size_t end = bytes_.find_last_not_of("\r\n");
  const size_t before = bytes_.rfind('\n', end);
  const size_t begin = before == std::string_view::npos ? 0 : before + 1;
  const size_t header_end = bytes_.find('\n');
  trailer_at_ = LinesBefore(bytes_, begin) + 1;
  Lines last(bytes_.substr(begin), trailer_at_ - 1);
  if (begin == 0 || !last.Next() || !last.line().starts_with("trailer,")) {
    return BadLine(trailer_at_, "the file ends without its trailer");
  }
  RETURN_IF_ERROR(record_.Read(last));
  RETURN_IF_ERROR(Width(last));
  for (size_t i = 0; i < trailer_.size(); ++i) trailer_[i] = record_[i];
  const std::string hash = Hex(Sha256(AsBytes(bytes_.substr(0, begin))));
  if (trailer_[6] != hash) {
    return LineError(Code::CONTROL_TOTAL_MISMATCH, trailer_at_,
                     fmt::format("the trailer's SHA-256 is {}, and that of the lines before it {}",
                                 Shown(trailer_[6]), hash));
  }
  rows_ = bytes_.substr(header_end + 1, begin - header_end - 1);
  return Ok();
}

Status DetailFile::Width(const Lines& lines) const {
  if (record_.size() == kWidth) return Ok();
  return BadLine(lines.number(),
                 fmt::format("there are {} values for the {} columns", record_.size(), kWidth));
}

Result<DetailFile::Survey> DetailFile::Look() {
  Survey survey;
  for (Lines lines(rows_, 1); lines.Next(); ++survey.rows) {
    RETURN_IF_ERROR(record_.Read(lines));
    RETURN_IF_ERROR(Width(lines));
    const auto currency = CurrencyFromAlphabetic(record_[kCurrency]);
    if (!currency) {
      return LineError(Code::UNKNOWN_CURRENCY, lines.number(),
                       "'" + Shown(record_[kCurrency]) + "'");
    }
    const auto day = ParseDate(record_[kBookDate]);
    if (!day) {
      return LineError(Code::BAD_TIME, lines.number(),
                       fmt::format("book_date is '{}'", Shown(record_[kBookDate])));
    }
    if (survey.rows == 0) survey.from = survey.to = *day;
    survey.from = std::min(survey.from, *day);
    survey.to = std::max(survey.to, *day);
    if (std::ranges::find(survey.currencies, *currency) == survey.currencies.end()) {
      survey.currencies.push_back(*currency);
    }
  }
  return survey;
}

Status DetailFile::GivePart(const StatementHeader& header) {
  row_.SetCurrency(header.currency);
  Part part(visitor_);
  RETURN_IF_ERROR(part.Begin(header));
  std::vector<View> views{View{.all = true, .participant = {}}};
  for (Lines lines(rows_, 1); lines.Next();) {
    RETURN_IF_ERROR(record_.Read(lines));
    if (record_[kCurrency] != header.currency.alphabetic()) continue;
    StatementFileLine line;
    if (!ReadRow(lines, line)) return row_.error();
    if (views.size() == 1) {
      for (const Column bank : {kPayerBank, kPayeeBank}) {
        views.push_back({.participant = std::string(Unguarded(record_[bank]))});
      }
    }
    for (View& view : views) {
      view.Add(Unguarded(record_[kPayerBank]), Unguarded(record_[kPayeeBank]), line.minor);
    }
    RETURN_IF_ERROR(part.Line(line));
  }
  RETURN_IF_ERROR(CheckSums(views));
  return part.End();
}

bool DetailFile::ReadRow(const Lines& lines, StatementFileLine& line) {
  row_.Start(lines.number(), lines.line());
  if (row_.failed()) return false;
  line.at = lines.number();
  line.raw = lines.line();
  const auto type = std::ranges::find(kTypes, record_[kType], &Type::name);
  if (type == std::end(kTypes)) {
    row_.Fail(fmt::format("type is '{}', which no line is of", Shown(record_[kType])));
    return false;
  }
  line.kind = type->kind;
  line.direction = type->direction;
  const auto minor = ParseDigits(record_[kAmount]);
  const bool negative = record_[kFee].starts_with('-');
  const auto fee = ParseDigits(record_[kFee].substr(negative ? 1 : 0));
  if (!minor) row_.Fail(fmt::format("amount_fen is '{}'", Shown(record_[kAmount])));
  if (!fee) row_.Fail(fmt::format("fee_fen is '{}'", Shown(record_[kFee])));
  const auto time = ParseInstant(record_[kTime]);
  if (!time) row_.Fail(Code::BAD_TIME, fmt::format("event_time is '{}'", Shown(record_[kTime])));
  line.status = row_.Text(Unguarded(record_[kStatus]), "status");
  line.order_key = row_.Text(Unguarded(record_[kOrder]), "order_no");
  line.reference = row_.Text(Unguarded(record_[kChannelReference]), "channel_ref");
  if (row_.failed()) return false;
  line.minor = *minor;
  line.fee = negative ? -*fee : *fee;
  line.occurred_at = *time;
  line.date = *ParseDate(record_[kBookDate]);
  line.outcome = schema::Outcome::SUCCEEDED;  // an exception was booked all the same
  return true;
}

Status DetailFile::CheckSums(const std::vector<View>& views) const {
  const Currency currency = row_.currency();
  const auto debits = SumIn(trailer_[2], currency.alphabetic(), trailer_at_);
  if (!debits.ok()) return debits.error();
  const auto credits = SumIn(trailer_[3], currency.alphabetic(), trailer_at_);
  if (!credits.ok()) return credits.error();
  for (const View& view : views) {
    if (view.holds && view.debits.value() == *debits && view.credits.value() == *credits) {
      return Ok();
    }
  }
  RETURN_IF_ERROR(
      CheckSum(trailer_at_, "the trailer's debits", views[0].debits, *debits, currency));
  return CheckSum(trailer_at_, "the trailer's credits", views[0].credits, *credits, currency);
}

bool Recognises(std::string_view bytes, const StatementDefaults&) {
  return bytes.starts_with(kColumns) && bytes.substr(kColumns.size(), 2).find('\n') <= 1;
}

Status Read(std::string_view bytes, const StatementDefaults& defaults, StatementVisitor& visitor) {
  if (!Recognises(bytes, defaults)) return BadLine(1, "the columns are not those of a detail file");
  return DetailFile(bytes, visitor).Read(defaults);
}

}  // namespace

const Format kLongmen{"longmen", Recognises, Read};

}  // namespace longmen::adapters::statements
