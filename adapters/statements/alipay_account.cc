// Alipay's account detail (domain C3, signcustomer): every movement of the merchant's account,
// oldest first, with the balance after it.
#include <fmt/format.h>

#include "adapters/statements/alipay_sheet.h"
#include "adapters/statements/formats.h"
#include "adapters/statements/part.h"

namespace longmen::adapters::statements {
namespace {

using schema::Direction;
using schema::StatementLineKind;

enum Column : uint8_t { kBusiness, kOrder, kTime, kIncome, kOutgo, kBalance, kKind };
constexpr std::string_view kNames[] = {"业务流水号", "商户订单号", "发生时间", "收入金额",
                                       "支出金额",   "账户余额",   "业务类型"};

bool Recognises(std::string_view bytes, const StatementDefaults&) {
  return BeginsWithAlipayTitle(bytes, "#支付宝账务明细查询");
}

StatementLineKind KindOf(std::string_view word) {
  constexpr std::pair<std::string_view, StatementLineKind> kWords[] = {
      {"在线支付", StatementLineKind::PAYMENT}, {"交易付款", StatementLineKind::PAYMENT},
      {"交易退款", StatementLineKind::REFUND},  {"退款", StatementLineKind::REFUND},
      {"收费", StatementLineKind::FEE},         {"服务费", StatementLineKind::FEE},
      {"退费", StatementLineKind::FEE},         {"充值", StatementLineKind::TOP_UP},
      {"提现", StatementLineKind::WITHDRAWAL},  {"转账", StatementLineKind::PAYOUT},
  };
  for (const auto& [known, kind] : kWords) {
    if (word == known) return kind;
  }
  return StatementLineKind::UNSTATED;
}

// One of income and outgo has an amount, the other is empty or zero; an outgo is written with its
// sign or without.
void ReadRow(const AlipaySheet& sheet, Row& row, StatementFileLine& line) {
  line.at = sheet.lines().number();
  line.raw = sheet.lines().line();
  const LocalTime time = sheet.Time(kTime, "发生时间", row);
  line.occurred_at = InstantOf(time, kBeijingMinutes);
  line.date = time.day;
  line.outcome = schema::Outcome::SUCCEEDED;  // what is booked has happened
  const auto amount = [&](Column column) {
    return sheet[column].empty() ? int64_t{0} : row.Amount(sheet[column], kNames[column]);
  };
  const int64_t income = amount(kIncome);
  const int64_t outgo = amount(kOutgo);
  if (income < 0) row.Fail("the income is below zero");
  if (income != 0 && outgo != 0) row.Fail("it has an income and an outgo");
  const bool debit = outgo != 0 || (sheet[kIncome].empty() && !sheet[kOutgo].empty());
  line.direction = debit ? Direction::DEBIT : Direction::CREDIT;
  line.minor = debit ? (outgo < 0 ? -outgo : outgo) : income;
  line.balance = row.Amount(sheet[kBalance], "账户余额");
  line.reference = row.Text(sheet[kBusiness], "业务流水号");
  line.order_key = row.Text(sheet[kOrder], "商户订单号");
  line.kind = KindOf(row.Text(sheet[kKind], "业务类型"));
}

// "#收入合计：18笔，共14989.00元"; an outgo with its sign or without.
Status CheckFooter(const AlipaySheet& sheet, std::string_view name, uint64_t counted,
                   const WideSum& sum, Row& row) {
  const auto footer = sheet.FindFooter(name);
  if (!footer.ok()) return footer.error();
  row.Start(footer->line, {});
  const auto count = Between(footer->text, "：", "笔");
  const auto amount = Between(footer->text, "共", "元");
  if (!count || !amount) {
    return BadLine(footer->line, fmt::format("{} has no count or no sum", name));
  }
  const int64_t stated_count = row.Count(*count, name);
  const int64_t stated = row.Amount(*amount, name);
  if (row.failed()) return row.error();
  RETURN_IF_ERROR(CheckCount(footer->line, name, counted, stated_count));
  return CheckSum(footer->line, name, sum, stated < 0 ? -stated : stated, row.currency());
}

Status Read(std::string_view bytes, const StatementDefaults&, StatementVisitor& visitor) {
  auto sheet = AlipaySheet::Open(bytes, kNames);
  if (!sheet.ok()) return sheet.error();
  Row row(Encoding::kGbk, *CurrencyFromAlphabetic("CNY"));
  StatementHeader header{.format = std::string(kAlipayAccount.name),
                         .account = sheet->account(),
                         .currency = row.currency(),
                         .from = sheet->from(),
                         .to = sheet->to(),
                         .opening = {}};
  Part part(visitor);
  uint64_t debits = 0;
  bool begun = false;
  for (;;) {
    const auto more = sheet->Next(row);
    if (!more.ok()) return more.error();
    StatementFileLine line;
    if (*more) {
      ReadRow(*sheet, row, line);
      if (row.failed()) return row.error();
      if (!begun) header.opening = *line.balance - Signed(line.direction, line.minor);
    }
    if (!begun) RETURN_IF_ERROR(part.Begin(header));
    begun = true;
    if (!*more) break;
    if (line.direction == Direction::DEBIT) ++debits;
    RETURN_IF_ERROR(part.Line(line));
  }
  RETURN_IF_ERROR(CheckFooter(*sheet, "支出合计", debits, part.debits(), row));
  RETURN_IF_ERROR(CheckFooter(*sheet, "收入合计", part.count() - debits, part.credits(), row));
  return part.End(part.balance());
}

}  // namespace

const Format kAlipayAccount{"alipay-account", Recognises, Read};

}  // namespace longmen::adapters::statements
