// WeChat's trade bill (domain C1): the orders of a merchant, ALL, SUCCESS or REFUND of them, with
// the columns that the bill has now or had before 2019.
//
// A row SUCCESS is a payment, of what is settled before the fee (应结订单金额); a row REFUND gives
// back 退款金额, which is the part in cash. A row REVOKED undoes a payment: it gives back what it
// states as given back, else what it states as the order's. The fee of what is given back is
// negative: it comes back too. Every total is the sum of one column over all rows, whatever they
// are.
#include <fmt/format.h>

#include "adapters/statements/formats.h"
#include "adapters/statements/part.h"
#include "adapters/statements/row.h"
#include "adapters/statements/wechat_sheet.h"

namespace longmen::adapters::statements {
namespace {

using schema::Direction;
using schema::Outcome;
using schema::StatementLineKind;

enum Column : uint8_t {
  kTime,
  kMerchant,
  kTransaction,
  kOrder,
  kState,
  kCurrency,
  kRefund,
  kRefundOrder,
  kRefundState,
  kRefundAsked,
  // What is summed.
  kSettled,
  kRefunded,
  kCouponRefunded,
  kFee,
  kOrdered,
  kAskedBack,
  kColumns,
};
constexpr size_t kFirstSum = kSettled;

constexpr WechatColumn kNames[kColumns] = {
    {"交易时间"},
    {"商户号"},
    {"微信订单号"},
    {"商户订单号"},
    {"交易状态"},
    {"货币种类"},
    {"微信退款单号", false},
    {"商户退款单号", false},
    {"退款状态", false},
    {"退款申请时间", false},
    {"应结订单金额|总金额"},
    {"退款金额", false},
    {"充值券退款金额|企业红包退款金额|代金券或立减优惠退款金额", false},
    {"手续费"},
    {"订单金额", false},
    {"申请退款金额", false},
};

constexpr std::string_view kCountTotal = "总交易单数";
constexpr std::string_view kTotals[kColumns - kFirstSum] = {
    "应结订单总金额|总交易额|总金额",
    "退款总金额|总退款金额",
    "充值券退款总金额|总企业红包退款金额|总代金券或立减优惠退款金额|企业红包退款总金额",
    "手续费总金额",
    "订单总金额",
    "申请退款总金额",
};

bool Recognises(std::string_view bytes, const StatementDefaults&) {
  const std::string_view text = WithoutMark(bytes);
  return text.starts_with("交易时间,公众账号ID,商户号,");
}

// What a refund's state says. What is neither done, under way nor failed for good (ABNORMAL: the
// route is closed and somebody has to choose another) is unknown.
Outcome OutcomeOf(std::string_view state) {
  if (state == "SUCCESS") return Outcome::SUCCEEDED;
  if (state == "PROCESSING") return Outcome::PENDING;
  if (state == "CLOSED" || state == "FAIL") return Outcome::FAILED;
  return Outcome::UNKNOWN;
}

// Refund numbers are "0" on the rows of payments.
bool IsNumber(std::string_view id) { return !id.empty() && id != "0"; }

class TradeBill {
 public:
  TradeBill(const WechatSheet& sheet, StatementVisitor& visitor)
      : sheet_(sheet), row_(Encoding::kUtf8, *CurrencyFromAlphabetic("CNY")), part_(visitor) {}

  Status Read(const StatementDefaults& defaults);

 private:
  Status Begin(const StatementDefaults& defaults);
  Status ReadRow(const Lines& lines);
  void Payment(StatementFileLine& line);
  void GivenBack(StatementFileLine& line, StatementLineKind kind);
  Status CheckTotals(uint64_t at);

  WechatSheet sheet_;
  Row row_;
  Part part_;
  std::string currency_;
  int64_t amounts_[kColumns]{};
  WideSum sums_[kColumns];
};

Status TradeBill::Read(const StatementDefaults& defaults) {
  RETURN_IF_ERROR(Begin(defaults));
  Lines lines = sheet_.rows();
  while (lines.Next()) RETURN_IF_ERROR(ReadRow(lines));
  RETURN_IF_ERROR(CheckTotals(part_.count() + 3));
  return part_.End();
}

// The account and the currency are those of the first row; a bill without rows names neither.
Status TradeBill::Begin(const StatementDefaults& defaults) {
  StatementHeader header{.format = std::string(kWechatTrade.name), .account = {}, .opening = {}};
  Lines lines = sheet_.rows();
  currency_ = "CNY";
  auto days = sheet_.DaysIn(sheet_.Has(kRefundAsked) ? kRefundAsked : kTime);
  if (lines.Next()) {
    row_.Start(lines.number(), lines.line());
    if (!sheet_.Split(lines.line(), row_)) return row_.error();
    header.account = row_.Text(sheet_[kMerchant], sheet_.NameOf(kMerchant));
    if (row_.failed()) return row_.error();
    currency_ = sheet_[kCurrency];
  } else {
    days.first = days.last = defaults.date;
  }
  const auto currency = CurrencyFromAlphabetic(currency_);
  if (!currency) {
    return LineError(Code::UNKNOWN_CURRENCY, lines.number(), "'" + Shown(currency_) + "'");
  }
  if (!days.first) {
    return Error{Code::BAD_TIME, "date", "the file has no row with a day, and none was given"};
  }
  row_.SetCurrency(*currency);
  header.currency = *currency;
  header.from = *days.first;
  header.to = *days.last;
  return part_.Begin(std::move(header));
}

Status TradeBill::ReadRow(const Lines& lines) {
  row_.Start(lines.number(), lines.line());
  if (row_.failed() || !sheet_.Split(lines.line(), row_)) return row_.error();
  if (sheet_[kMerchant] != part_.header().account) {
    return BadLine(lines.number(), fmt::format("the merchant is '{}' here, and was '{}'",
                                               Shown(sheet_[kMerchant]), part_.header().account));
  }
  if (sheet_[kCurrency] != currency_) {
    return LineError(Code::CURRENCY_MISMATCH, lines.number(),
                     fmt::format("the currency is '{}' here, and was '{}'",
                                 Shown(sheet_[kCurrency]), currency_));
  }
  for (size_t i = kFirstSum; i < kColumns; ++i) {
    if (!sheet_.Has(i)) continue;
    amounts_[i] = row_.Amount(sheet_[i], sheet_.NameOf(i));
    sums_[i].Add(amounts_[i]);
  }
  StatementFileLine line{.at = lines.number(), .fee = amounts_[kFee], .raw = lines.line()};
  const size_t when = sheet_[kRefundAsked].empty() ? kTime : kRefundAsked;
  const LocalTime time = row_.Time(sheet_[when], sheet_.NameOf(when));
  line.occurred_at = InstantOf(time, kBeijingMinutes);
  line.date = time.day;
  const std::string_view state = sheet_[kState];
  if (state == "SUCCESS") {
    Payment(line);
  } else if (state == "REFUND") {
    GivenBack(line, StatementLineKind::REFUND);
  } else if (state == "REVOKED") {
    GivenBack(line, StatementLineKind::REVERSAL);
  } else {
    row_.Fail(fmt::format("{} is '{}', neither SUCCESS nor REFUND nor REVOKED",
                          sheet_.NameOf(kState), Shown(state)));
  }
  if (line.minor < 0) row_.Fail("the amount is below zero");
  if (row_.failed()) return row_.error();
  return part_.Line(line);
}

void TradeBill::Payment(StatementFileLine& line) {
  line.direction = Direction::CREDIT;
  line.kind = StatementLineKind::PAYMENT;
  line.outcome = Outcome::SUCCEEDED;
  line.minor = amounts_[kSettled];
  line.reference = row_.Text(sheet_[kTransaction], "微信订单号");
  line.order_key = row_.Text(sheet_[kOrder], "商户订单号");
  line.status = row_.Text(sheet_[kState], "交易状态");
}

void TradeBill::GivenBack(StatementFileLine& line, StatementLineKind kind) {
  const bool revoked = kind == StatementLineKind::REVERSAL;
  line.direction = Direction::DEBIT;
  line.kind = kind;
  line.minor = amounts_[kRefunded];
  if (revoked && line.minor == 0) line.minor = amounts_[kSettled];
  line.original_reference = row_.Text(sheet_[kTransaction], "微信订单号");
  line.reference = row_.Text(sheet_[kRefund], "微信退款单号");
  line.order_key = row_.Text(sheet_[kRefundOrder], "商户退款单号");
  line.status = row_.Text(sheet_[kRefundState], "退款状态");
  if (!IsNumber(line.reference)) line.reference = {};
  if (!IsNumber(line.order_key)) line.order_key = row_.Text(sheet_[kOrder], "商户订单号");
  if (revoked && line.status.empty()) {
    line.status = row_.Text(sheet_[kState], "交易状态");
    line.outcome = Outcome::SUCCEEDED;
  } else {
    line.outcome = OutcomeOf(line.status);
  }
}

// `at` is the line of the totals' values.
Status TradeBill::CheckTotals(uint64_t at) {
  const auto totals = sheet_.Totals(at);
  if (!totals.ok()) return totals.error();
  row_.Start(at, {});
  bool counted = false;
  bool summed[kColumns] = {};
  for (const auto& [name, value] : *totals) {
    if (name == kCountTotal) {
      counted = true;
      const int64_t stated = row_.Count(value, name);
      if (!row_.failed()) RETURN_IF_ERROR(CheckCount(at, name, part_.count(), stated));
      continue;
    }
    size_t column = kFirstSum;
    while (column < kColumns && !IsOneOf(name, kTotals[column - kFirstSum])) ++column;
    if (column == kColumns) {
      return BadLine(at - 1, fmt::format("the total {} is of no column here", name));
    }
    summed[column] = true;
    const int64_t stated = row_.Amount(value, name);
    if (row_.failed()) return row_.error();
    RETURN_IF_ERROR(CheckSum(at, name, sums_[column], stated, row_.currency()));
  }
  if (row_.failed()) return row_.error();
  if (!counted) return BadLine(at - 1, fmt::format("the total {} is missing", kCountTotal));
  for (size_t i = kFirstSum; i < kColumns; ++i) {
    if (!sheet_.Has(i) || summed[i]) continue;
    return BadLine(at - 1, fmt::format("the total of {} is missing", sheet_.NameOf(i)));
  }
  return Ok();
}

Status Read(std::string_view bytes, const StatementDefaults& defaults, StatementVisitor& visitor) {
  const auto sheet = WechatSheet::Open(bytes, kNames);
  if (!sheet.ok()) return sheet.error();
  return TradeBill(*sheet, visitor).Read(defaults);
}

}  // namespace

const Format kWechatTrade{"wechat-trade", Recognises, Read};

}  // namespace longmen::adapters::statements
