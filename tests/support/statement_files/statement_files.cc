#include "tests/support/statement_files/statement_files.h"

#include <fmt/format.h>
#include <iconv.h>

#include <algorithm>

#include "events/base/check.h"

namespace longmen::testing {
namespace {

constexpr Nanos kBeijing = 8 * 60 * kNanosPerMinute;

// "-12.00".
std::string Yuan(int64_t minor) {
  const int64_t magnitude = minor < 0 ? -minor : minor;
  return fmt::format("{}{}.{:02}", minor < 0 ? "-" : "", magnitude / 100, magnitude % 100);
}

// "2020-10-01 09:00:01" in Beijing.
std::string Stamp(Nanos at) {
  const std::string text = FormatInstant(at + kBeijing);
  return text.substr(0, 10) + " " + text.substr(11, 8);
}

// "2020年10月01日 09:00:01".
std::string LongStamp(const std::string& stamp) {
  return fmt::format("{}年{}月{}日{}", stamp.substr(0, 4), stamp.substr(5, 2), stamp.substr(8, 2),
                     stamp.substr(10));
}

int64_t Sum(const std::vector<FileLine>& lines, bool refunds, int64_t FileLine::*amount) {
  int64_t sum = 0;
  for (const FileLine& line : lines) sum += line.refund == refunds ? line.*amount : 0;
  return sum;
}

std::string Backticks(const std::vector<std::string>& values) {
  std::string row;
  for (const std::string& value : values) row += (row.empty() ? "`" : ",`") + value;
  return row + "\r\n";
}

std::string WechatRow(std::string_view merchant, const FileLine& line) {
  const bool refund = line.refund;
  const std::string none = "0.00";
  const std::string amount = Yuan(line.minor);
  return Backticks({Stamp(line.at),
                    "wx0123456789abcdef",
                    std::string(merchant),
                    "0",
                    "",
                    refund ? line.original_reference : line.reference,
                    refund ? line.original_order_key : line.order_key,
                    "oPayer",
                    "MICROPAY",
                    refund ? "REFUND" : "SUCCESS",
                    "OTHERS",
                    "CNY",
                    refund ? none : amount,
                    none,
                    refund ? line.reference : "0",
                    refund ? line.order_key : "0",
                    refund ? amount : none,
                    none,
                    refund ? "ORIGINAL" : "",
                    refund ? line.state : "",
                    line.goods,
                    "",
                    (refund && line.fee != 0 ? "-" : "") + Yuan(line.fee) + "000",
                    "0.60%",
                    refund ? none : amount,
                    refund ? amount : none,
                    ""});
}

// A field of so many bytes, filled up with blanks.
std::string Padded(std::string_view text, size_t length) {
  CHECK(text.size() <= length, "statement_files.field", text, length);
  std::string field(text);
  field.resize(length, ' ');
  return field;
}

// "C000000000012"; zero has no sign of its own.
std::string SignedFen(int64_t minor) {
  return fmt::format("{}{:012}", minor < 0 ? 'D' : 'C', minor < 0 ? -minor : minor);
}

}  // namespace

std::string ToGbk(std::string_view utf8) {
  iconv_t converter = iconv_open("GBK", "UTF-8");
  std::string gbk(utf8.size(), '\0');
  char* in = const_cast<char*>(utf8.data());
  char* out = gbk.data();
  size_t in_left = utf8.size();
  size_t out_left = gbk.size();
  const size_t failed = iconv(converter, &in, &in_left, &out, &out_left);
  iconv_close(converter);
  CHECK(failed == 0 && in_left == 0, "statement_files.gbk", utf8);
  gbk.resize(gbk.size() - out_left);
  return gbk;
}

std::string WechatTradeBill(std::string_view merchant, const std::vector<FileLine>& lines) {
  std::string file =
      "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,"
      "交易状态,"
      "付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,"
      "退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注\r\n";
  for (const FileLine& line : lines) file += WechatRow(merchant, line);
  const std::string paid = Yuan(Sum(lines, false, &FileLine::minor));
  const std::string refunded = Yuan(Sum(lines, true, &FileLine::minor));
  const int64_t fees = Sum(lines, false, &FileLine::fee) - Sum(lines, true, &FileLine::fee);
  file +=
      "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,"
      "申请退款总金额\r\n";
  file += Backticks({fmt::format("{}", lines.size()), paid, refunded, "0.00", Yuan(fees) + "000",
                     paid, refunded});
  return file;
}

std::string AlipayTradeBill(std::string_view account, DayNumber day,
                            const std::vector<FileLine>& lines) {
  const std::string begin = LongStamp(FormatDate(day) + " 00:00:00");
  const std::string end = LongStamp(FormatDate(day + 1) + " 00:00:00");
  const std::string export_time = LongStamp(FormatDate(day + 1) + " 05:46:49");
  std::string file = fmt::format(
      "#支付宝业务明细查询\r\n#账号：[{}]\r\n#起始日期：[{}]   终止日期：[{}]\r\n"
      "#-----------------------------------------业务明细列表-----------------------------\r\n"
      "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,"
      "对方账户,订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,"
      "商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,卡消费金额（元）,"
      "退款批次号/请求号,服务费（元）,分润（元）,备注\r\n",
      account, begin, end);
  int64_t refunds = 0;
  for (const FileLine& line : lines) {
    const std::string stamp = LongStamp(Stamp(line.at));
    const std::string amount = Yuan(line.refund ? -line.minor : line.minor);
    file += fmt::format(
        "{}\t,{}\t,{},{},{},{},,,,,*用户(138****0000),{},{},0.00,0.00,0.00,0.00,0.00,,0.00,0.00,{},"
        "{},0.00,\r\n",
        line.refund ? line.original_reference : line.reference,
        line.refund ? line.original_order_key : line.order_key, line.refund ? "退款" : "交易",
        line.goods, stamp, stamp, amount, amount, line.refund ? line.order_key : "",
        Yuan(line.refund ? line.fee : -line.fee));
    refunds += line.refund ? 1 : 0;
  }
  file += fmt::format(
      "#-----------------------------------------业务明细列表结束-------------------------\r\n"
      "#交易合计：{}笔，商家实收共{}元，商家优惠共0.00元\r\n"
      "#退款合计：{}笔，商家实收退款共{}元，商家优惠退款共0.00元\r\n#导出时间：[{}]\r\n",
      static_cast<int64_t>(lines.size()) - refunds, Yuan(Sum(lines, false, &FileLine::minor)),
      refunds, Yuan(-Sum(lines, true, &FileLine::minor)), export_time);
  return ToGbk(file);
}

std::string UnionPayZm(std::string_view merchant, const std::vector<FileLine>& lines) {
  std::string file;
  size_t trace = 0;
  for (const FileLine& line : lines) {
    const std::string stamp = Stamp(line.at);
    std::string time;
    for (const char c : stamp.substr(5)) {
      if (c >= '0' && c <= '9') time += c;
    }
    const int64_t fee = line.refund ? line.fee : -line.fee;  // as it moves the merchant's money
    const int64_t amount = line.refund ? -line.minor : line.minor;
    const auto field = [&file](std::string_view text, size_t length) {
      file += Padded(text, length) + " ";
    };
    field(line.refund ? "S30" : "S22", 3);
    field("00010000", 11);
    field("00010344", 11);
    field(fmt::format("{:06}", ++trace % 1'000'000), 6);
    field(time, 10);
    field("6222020000000000000", 19);
    field(fmt::format("{:012}", line.minor), 12);
    for (const auto& [text, length] : {std::pair("7523", 4), std::pair("07", 2)}) {
      field(text, static_cast<size_t>(length));
    }
    field(line.reference, 21);
    field("", 2);
    field(line.order_key, 32);
    field("01", 2);
    field("000000", 6);
    field("0000000000", 10);
    field(SignedFen(fee), 13);
    field(SignedFen(amount + fee), 13);
    field("", 4);
    field("", 15);
    field(line.refund ? "04" : "01", 2);
    for (const size_t length : {2u, 6u, 2u, 4u, 32u, 1u}) field("", length);
    field(line.original_reference, 21);
    field(merchant, 15);
    for (const size_t length : {1u, 15u, 32u, 13u}) field("", length);
    field(SignedFen(amount + fee), 13);
    for (const size_t length : {8u, 32u, 13u, 13u, 12u, 2u, 1u}) field("", length);
    field(line.original_order_key, 32);
    file += Padded("", 98) + "\n";
  }
  return file;
}

}  // namespace longmen::testing
