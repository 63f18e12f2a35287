// Alipay's order detail (domain C3): one row a payment or refund.
//
// The amount is what the merchant really receives (商家实收), below zero on refunds. The service
// fee (服务费) is written as it moves the merchant's money: -0.12 was charged, 0.09 was given back.
// A refund has no number of Alipay's own: its row repeats the payment's, which is what it gives
// back; ours is the request's number, or the order's where a refund was made by hand. The totals
// state what was received, line by line, and discounts, of which nobody says which columns they
// sum: those are not checked.
#include <fmt/format.h>

#include "adapters/statements/alipay_sheet.h"
#include "adapters/statements/formats.h"
#include "adapters/statements/part.h"

namespace longmen::adapters::statements {
namespace {

using schema::Direction;
using schema::Outcome;
using schema::StatementLineKind;

enum Column : uint8_t { kTrade, kOrder, kKind, kTime, kReceived, kRefundOrder, kFee };
constexpr std::string_view kNames[] = {"支付宝交易号", "商户订单号",        "业务类型", "完成时间",
                                       "商家实收",     "退款批次号/请求号", "服务费"};

bool Recognises(std::string_view bytes, const StatementDefaults&) {
  return BeginsWithAlipayTitle(bytes, "#支付宝业务明细查询");
}

// What one kind of rows comes to, signed as in the file.
struct Sum {
  uint64_t count = 0;
  WideSum received;
};

void ReadRow(const AlipaySheet& sheet, Row& row, StatementFileLine& line, Sum& trades,
             Sum& refunds) {
  line.at = sheet.lines().number();
  line.raw = sheet.lines().line();
  const LocalTime time = sheet.Time(kTime, "完成时间", row);
  line.occurred_at = InstantOf(time, kBeijingMinutes);
  line.date = time.day;
  line.outcome = Outcome::SUCCEEDED;  // the file lists what was done
  line.fee = -row.Amount(sheet[kFee], "服务费");
  const int64_t received = row.Amount(sheet[kReceived], "商家实收");
  const std::string_view trade = row.Text(sheet[kTrade], "支付宝交易号");
  const std::string_view order = row.Text(sheet[kOrder], "商户订单号");
  line.status = row.Text(sheet[kKind], "业务类型");
  if (line.status == "交易") {
    line.kind = StatementLineKind::PAYMENT;
    line.direction = Direction::CREDIT;
    line.minor = received;
    line.reference = trade;
    line.order_key = order;
  } else if (line.status == "退款") {
    line.kind = StatementLineKind::REFUND;
    line.direction = Direction::DEBIT;
    line.minor = -received;
    line.original_reference = trade;
    const std::string_view request = row.Text(sheet[kRefundOrder], "退款批次号/请求号");
    line.order_key = request.empty() ? order : request;
  } else {
    row.Fail("业务类型 is neither 交易 nor 退款");
  }
  if (line.minor < 0) row.Fail("the amount has the wrong sign: refunds are below zero");
  Sum& sum = line.kind == StatementLineKind::REFUND ? refunds : trades;
  ++sum.count;
  sum.received.Add(received);
}

// "#交易合计：6笔，商家实收共0.06元，…"
Status CheckFooter(const AlipaySheet& sheet, std::string_view name, std::string_view received_name,
                   const Sum& sum, Row& row) {
  const auto footer = sheet.FindFooter(name);
  if (!footer.ok()) return footer.error();
  row.Start(footer->line, {});
  const auto count = Between(footer->text, "：", "笔");
  const auto received = Between(footer->text, received_name, "元");
  if (!count || !received) {
    return BadLine(footer->line, fmt::format("{} has no count or no sum", name));
  }
  const int64_t stated_count = row.Count(*count, name);
  const int64_t stated = row.Amount(*received, name);
  if (row.failed()) return row.error();
  RETURN_IF_ERROR(CheckCount(footer->line, name, sum.count, stated_count));
  return CheckSum(footer->line, name, sum.received, stated, row.currency());
}

Status Read(std::string_view bytes, const StatementDefaults&, StatementVisitor& visitor) {
  auto sheet = AlipaySheet::Open(bytes, kNames);
  if (!sheet.ok()) return sheet.error();
  Row row(Encoding::kGbk, *CurrencyFromAlphabetic("CNY"));
  Part part(visitor);
  RETURN_IF_ERROR(part.Begin({.format = std::string(kAlipayTrade.name),
                              .account = sheet->account(),
                              .currency = row.currency(),
                              .from = sheet->from(),
                              .to = sheet->to(),
                              .opening = {}}));
  Sum trades, refunds;
  for (;;) {
    const auto more = sheet->Next(row);
    if (!more.ok()) return more.error();
    if (!*more) break;
    StatementFileLine line;
    ReadRow(*sheet, row, line, trades, refunds);
    if (row.failed()) return row.error();
    RETURN_IF_ERROR(part.Line(line));
  }
  RETURN_IF_ERROR(CheckFooter(*sheet, "交易合计", "商家实收共", trades, row));
  RETURN_IF_ERROR(CheckFooter(*sheet, "退款合计", "商家实收退款共", refunds, row));
  return part.End();
}

}  // namespace

const Format kAlipayTrade{"alipay-trade", Recognises, Read};

}  // namespace longmen::adapters::statements
