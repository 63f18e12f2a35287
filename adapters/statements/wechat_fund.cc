// WeChat's fund bill (domain C2): every movement of one of a merchant's accounts, with the balance
// after it. The file names neither the merchant nor the account.
#include <fmt/format.h>

#include "adapters/statements/formats.h"
#include "adapters/statements/part.h"
#include "adapters/statements/row.h"
#include "adapters/statements/wechat_sheet.h"

namespace longmen::adapters::statements {
namespace {

using schema::Direction;
using schema::StatementLineKind;

enum Column : uint8_t {
  kTime,
  kBusiness,
  kKind,
  kDirection,
  kAmount,
  kBalance,
  kVoucher,
  kColumns
};
constexpr WechatColumn kNames[kColumns] = {
    {"记账时间"},     {"微信支付业务单号"}, {"业务类型"},   {"收支类型"},
    {"收支金额(元)"}, {"账户结余(元)"},     {"业务凭证号"},
};

bool Recognises(std::string_view bytes, const StatementDefaults&) {
  return WithoutMark(bytes).starts_with("记账时间,微信支付业务单号,");
}

StatementLineKind KindOf(std::string_view word) {
  constexpr std::pair<std::string_view, StatementLineKind> kWords[] = {
      {"交易", StatementLineKind::PAYMENT},       {"退款", StatementLineKind::REFUND},
      {"手续费", StatementLineKind::FEE},         {"扣除交易手续费", StatementLineKind::FEE},
      {"退还交易手续费", StatementLineKind::FEE}, {"充值", StatementLineKind::TOP_UP},
      {"提现", StatementLineKind::WITHDRAWAL},    {"企业付款", StatementLineKind::PAYOUT},
      {"转账", StatementLineKind::PAYOUT},
  };
  for (const auto& [known, kind] : kWords) {
    if (word == known) return kind;
  }
  return StatementLineKind::UNSTATED;
}

class FundBill {
 public:
  FundBill(const WechatSheet& sheet, StatementVisitor& visitor)
      : sheet_(sheet), row_(Encoding::kUtf8, *CurrencyFromAlphabetic("CNY")), part_(visitor) {}

  Status Read(const StatementDefaults& defaults) {
    RETURN_IF_ERROR(Begin(defaults));
    for (Lines lines = sheet_.rows(); lines.Next();) {
      StatementFileLine line;
      if (!ReadRow(lines, line)) return row_.error();
      ++(line.direction == Direction::CREDIT ? credits_ : debits_);
      RETURN_IF_ERROR(part_.Line(line));
    }
    RETURN_IF_ERROR(CheckTotals(part_.count() + 3));
    return part_.End(part_.balance());
  }

 private:
  Status Begin(const StatementDefaults& defaults);
  bool ReadRow(const Lines& lines, StatementFileLine& line);
  Status CheckTotals(uint64_t at);

  WechatSheet sheet_;
  Row row_;
  Part part_;
  uint64_t credits_ = 0;
  uint64_t debits_ = 0;
};

// What stood in the account before the first row is known from that row.
Status FundBill::Begin(const StatementDefaults& defaults) {
  StatementHeader header{.format = std::string(kWechatFund.name), .account = {}, .opening = {}};
  auto days = sheet_.DaysIn(kTime);
  Lines lines = sheet_.rows();
  if (lines.Next()) {
    StatementFileLine line;
    if (!ReadRow(lines, line)) return row_.error();
    header.opening = *line.balance - Signed(line.direction, line.minor);
  } else {
    days.first = days.last = defaults.date;
  }
  if (!days.first) {
    return Error{Code::BAD_TIME, "date", "the file has no row with a day, and none was given"};
  }
  header.currency = row_.currency();
  header.from = *days.first;
  header.to = *days.last;
  return part_.Begin(std::move(header));
}

bool FundBill::ReadRow(const Lines& lines, StatementFileLine& line) {
  row_.Start(lines.number(), lines.line());
  if (row_.failed() || !sheet_.Split(lines.line(), row_)) return false;
  line.at = lines.number();
  line.raw = lines.line();
  const std::string_view direction = sheet_[kDirection];
  if (direction == "收入") {
    line.direction = Direction::CREDIT;
  } else if (direction == "支出") {
    line.direction = Direction::DEBIT;
  } else {
    row_.Fail("收支类型 is neither 收入 nor 支出");
  }
  const LocalTime time = row_.Time(sheet_[kTime], sheet_.NameOf(kTime));
  line.occurred_at = InstantOf(time, kBeijingMinutes);
  line.date = time.day;
  line.kind = KindOf(sheet_[kKind]);
  line.outcome = schema::Outcome::SUCCEEDED;  // what is booked has happened
  line.minor = row_.Amount(sheet_[kAmount], sheet_.NameOf(kAmount));
  line.balance = row_.Amount(sheet_[kBalance], sheet_.NameOf(kBalance));
  line.reference = row_.Text(sheet_[kBusiness], sheet_.NameOf(kBusiness));
  line.order_key = row_.Text(sheet_[kVoucher], sheet_.NameOf(kVoucher));
  if (line.minor < 0) row_.Fail("the amount is below zero");
  return !row_.failed();
}

// All five, whatever their order.
Status FundBill::CheckTotals(uint64_t at) {
  const auto totals = sheet_.Totals(at);
  if (!totals.ok()) return totals.error();
  row_.Start(at, {});
  const std::pair<std::string_view, uint64_t> counts[] = {
      {"资金流水总笔数", part_.count()}, {"收入笔数", credits_}, {"支出笔数", debits_}};
  const std::pair<std::string_view, const WideSum&> sums[] = {{"收入金额", part_.credits()},
                                                              {"支出金额", part_.debits()}};
  const auto value_of = [&](std::string_view name) -> std::string_view {
    for (const auto& total : *totals) {
      if (total.name == name) return total.value;
    }
    row_.Fail(fmt::format("the total {} is missing", name));
    return "0";
  };
  for (const auto& [name, counted] : counts) {
    const int64_t stated = row_.Count(value_of(name), name);
    if (row_.failed()) return row_.error();
    RETURN_IF_ERROR(CheckCount(at, name, counted, stated));
  }
  for (const auto& [name, counted] : sums) {
    const int64_t stated = row_.Amount(value_of(name), name);
    if (row_.failed()) return row_.error();
    RETURN_IF_ERROR(CheckSum(at, name, counted, stated, row_.currency()));
  }
  return Ok();
}

Status Read(std::string_view bytes, const StatementDefaults& defaults, StatementVisitor& visitor) {
  const auto sheet = WechatSheet::Open(bytes, kNames);
  if (!sheet.ok()) return sheet.error();
  return FundBill(*sheet, visitor).Read(defaults);
}

}  // namespace

const Format kWechatFund{"wechat-fund", Recognises, Read};

}  // namespace longmen::adapters::statements
