// Files of random lines, written in a format and read back.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/adapters/statements/recorder.h"
#include "tests/support/statement_files/statement_files.h"

namespace longmen::testing {
namespace {

using rc::gen::inRange;

const DayNumber kDay = Day("2020-10-01");

// A line within the day that begins at the instant.
FileLine AnyLine(Nanos begins) {
  FileLine line;
  line.refund = *inRange(0, 4) == 0;
  line.minor = *rc::gen::weightedOneOf<int64_t>(
      {{9, inRange<int64_t>(0, 1'000'000)}, {1, inRange<int64_t>(0, 900'000'000'000)}});
  line.fee = *inRange<int64_t>(0, line.minor / 100 + 1);
  line.at = begins + *inRange<int64_t>(0, 86'400) * kNanosPerSecond;
  const int number = *inRange(0, 1'000'000'000);
  line.reference = fmt::format("42{:010}", number);
  line.order_key = fmt::format("PK{}", number);
  if (line.refund) {
    line.original_reference = fmt::format("41{:010}", number);
    line.original_order_key = fmt::format("PO{}", number);
    line.state = *rc::gen::element<std::string>("SUCCESS", "PROCESSING", "CLOSED", "ABNORMAL");
  }
  line.goods = *rc::gen::element<std::string>("停车费", "", "a`b", "茶 tea");
  return line;
}

std::vector<FileLine> AnyLines(Nanos begins) {
  std::vector<FileLine> lines;
  for (int count = *inRange(0, 20); count > 0; --count) lines.push_back(AnyLine(begins));
  return lines;
}

Nanos MidnightInBeijing(DayNumber day) { return day * kNanosPerDay - 8 * 60 * kNanosPerMinute; }

const Currency kCny = *CurrencyFromAlphabetic("CNY");
std::string Yuan(int64_t minor) { return FormatMinor(minor, kCny); }

std::string Totals(const std::vector<FileLine>& lines) {
  int64_t credits = 0, debits = 0;
  for (const FileLine& line : lines) (line.refund ? debits : credits) += line.minor;
  return fmt::format("{} credits {} debits {}", lines.size(), Yuan(credits), Yuan(debits));
}

// What all three formats say of a line: up to its references.
std::string Expected(const FileLine& line, size_t number, size_t at, std::string_view outcome,
                     DayNumber day) {
  std::string text =
      fmt::format("{} @{} {} {} {}", number, at, line.refund ? "debit refund" : "credit payment",
                  outcome, Yuan(line.minor));
  if (line.fee != 0) text += " fee " + Yuan(line.refund ? -line.fee : line.fee);
  return text + " " + FormatInstant(line.at) + " " + FormatDate(day);
}

RC_GTEST_PROP(WechatTradeBill, ReadsBackWhatWasWritten, ()) {
  auto lines = AnyLines(MidnightInBeijing(kDay));
  if (!lines.empty() && *inRange(0, 2) == 0) lines[0].goods = "茶, 水";
  const auto parts = Parts(WechatTradeBill("1900000001", lines), {.date = kDay, .description = {}});
  std::vector<std::string> expected = {
      fmt::format("wechat-trade {} CNY 2020-10-01..2020-10-01", lines.empty() ? "" : "1900000001")};
  for (size_t i = 0; i < lines.size(); ++i) {
    const FileLine& line = lines[i];
    const char* outcome = !line.refund || line.state == "SUCCESS" ? "succeeded"
                          : line.state == "PROCESSING"            ? "pending"
                          : line.state == "CLOSED"                ? "failed"
                                                                  : "unknown";
    expected.push_back(Expected(line, i + 1, i + 2, outcome, kDay) + " ref=" + line.reference +
                       " key=" + line.order_key +
                       (line.refund ? " of=" + line.original_reference : "") +
                       " status=" + (line.refund ? line.state : "SUCCESS"));
  }
  expected.push_back(Totals(lines));
  RC_ASSERT(parts == expected);
}

RC_GTEST_PROP(AlipayTradeBill, ReadsBackWhatWasWritten, ()) {
  const auto lines = AnyLines(MidnightInBeijing(kDay));
  const auto parts = Parts(AlipayTradeBill("2088000000000156", kDay, lines));
  std::vector<std::string> expected = {"alipay-trade 2088000000000156 CNY 2020-10-01..2020-10-01"};
  for (size_t i = 0; i < lines.size(); ++i) {
    const FileLine& line = lines[i];
    std::string text = Expected(line, i + 1, i + 6, "succeeded", kDay);
    if (!line.refund) text += " ref=" + line.reference;
    text += " key=" + line.order_key;
    if (line.refund) text += " of=" + line.original_reference;
    expected.push_back(text + (line.refund ? " status=退款" : " status=交易"));
  }
  expected.push_back(Totals(lines));
  RC_ASSERT(parts == expected);
}

RC_GTEST_PROP(UnionPayZm, ReadsBackWhatWasWritten, ()) {
  const auto day = *rc::gen::element(kDay, Day("2021-01-01"), Day("2020-03-01"));
  const auto lines = AnyLines(MidnightInBeijing(day) - 60 * kNanosPerMinute);  // from 23:00
  const auto parts =
      Parts(UnionPayZm("898000000000001", lines), {.date = day, .description = {}}, "unionpay-zm");
  std::vector<std::string> expected = {fmt::format("unionpay-zm {} CNY {}..{}",
                                                   lines.empty() ? "" : "898000000000001",
                                                   FormatDate(day), FormatDate(day))};
  for (size_t i = 0; i < lines.size(); ++i) {
    const FileLine& line = lines[i];
    expected.push_back(Expected(line, i + 1, i + 1, "succeeded", day) + " ref=" + line.reference +
                       " key=" + line.order_key +
                       (line.refund ? " of=" + line.original_reference : ""));
  }
  expected.push_back(Totals(lines));
  RC_ASSERT(parts == expected);
}

}  // namespace
}  // namespace longmen::testing
