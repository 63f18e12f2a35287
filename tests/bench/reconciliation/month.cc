#include "tests/bench/reconciliation/month.h"

#include <capnp/message.h>
#include <fmt/format.h>

#include "events/base/check.h"

namespace longmen::bench {
namespace {

constexpr Nanos kBeijing = 8 * 60 * kNanosPerMinute;
constexpr size_t kOneSided = 100'000;

}  // namespace

std::vector<std::string> SetUpJson() {
  const auto proposal = [](std::string_view key, std::string_view registration) {
    return fmt::format(R"({{"occurredAt":"2021-02-28T16:00:00Z","id":"set-up-{}","key":"{}",)"
                       R"("registration":{{{}}}}})",
                       key, key, registration);
  };
  return {proposal("PSBC", R"("participant":{"status":"open"})"),
          proposal("WECHAT", R"("participant":{"status":"open"})"),
          proposal("PSBC:wechat", R"("account":{"currency":"CNY","kind":"mirror","status":"open",)"
                                  R"("unlimited":true,"participant":"PSBC"})"),
          proposal("PSBC:lots", R"("account":{"currency":"CNY","kind":"pending","status":"open",)"
                                R"("participant":"PSBC"})"),
          proposal(kRule, R"("matchingRule":{"status":"open","utcOffsetMinutes":480,"dueDays":1,)"
                          R"("participant":"PSBC","issuer":"WECHAT","channels":["wechat"],)"
                          R"("kinds":["top_up"]})")};
}

std::string ChannelDay::Reference(size_t line) const {
  return fmt::format("42000{:05}{:018}", day_, line);
}

std::string ChannelDay::Session(size_t line) const {
  return fmt::format("PK{:04}{:08}", day_, line);
}

Nanos ChannelDay::At(size_t line) const {
  const auto second = static_cast<Nanos>(line * 86'399 / lines_);
  return (kFirstDay + day_) * kNanosPerDay + second * kNanosPerSecond - kBeijing;
}

std::vector<ProposalBytes> ChannelDay::Debits() const {
  std::vector<ProposalBytes> debits;
  debits.reserve(lines_);
  for (size_t line = 0; line < lines_; ++line) {
    if (line % kOneSided == kOneSided / 2) continue;  // a long item
    capnp::MallocMessageBuilder message;
    auto proposal = message.initRoot<schema::Proposal>();
    proposal.setOccurredAt(At(line));
    proposal.setSource("operator");
    proposal.setId(fmt::format("d{}-{}", day_, line));
    proposal.setKey(Session(line));
    auto debit = proposal.getBody().initDebit();
    debit.getAmount().setMinor(Minor(line));
    debit.getAmount().setCurrency(156);
    debit.setKind(schema::DebitKind::TOP_UP);
    debit.setBasis(schema::Basis::REPORTED);
    debit.setOutcome(schema::Outcome::SUCCEEDED);
    debit.setPayer("PSBC:wechat");
    debit.setPayee("PSBC:lots");
    debit.setChannel("wechat");
    debit.setChannelReference(Reference(line));
    auto bytes = Canonicalize(proposal.asReader());
    CHECK(bytes.ok(), "bench.debit");
    debits.push_back(std::move(*bytes));
  }
  return debits;
}

std::string ChannelDay::Bill() const {
  std::string text =
      "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,"
      "交易状态,"
      "付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,"
      "退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注\r\n";
  const std::string date = FormatDate(kFirstDay + day_);
  int64_t sum = 0;
  int64_t fees = 0;
  for (size_t line = 0; line < lines_; ++line) {
    const size_t second = line * 86'399 / lines_;
    const int64_t minor = Minor(line);
    const int64_t fee = (minor * 6 + 500) / 1'000;
    sum += minor;
    fees += fee;
    fmt::format_to(
        std::back_inserter(text),
        "`{} {:02}:{:02}:{:02},`wx8a1b2c3d4e5f,`1900000001,`0,`L01-S{:03},`{},`{},`oUser{:06},"
        "`MICROPAY,`SUCCESS,`PSBC_DEBIT,`CNY,`{}.{:02},`0.00,`0,`0,`0.00,`0.00,`,`,`停车费, 预付,`,"
        "`{}.{:02}000,`0.60%,`{}.{:02},`0.00,`\r\n",
        date, second / 3'600, second / 60 % 60, second % 60, line % 453, Reference(line),
        Session(line), line % 1'000'000, minor / 100, minor % 100, fee / 100, fee % 100,
        minor / 100, minor % 100);
  }
  fmt::format_to(std::back_inserter(text),
                 "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,"
                 "申请退款总金额\r\n`{},`{}.{:02},`0.00,`0.00,`{}.{:02}000,`{}.{:02},`0.00\r\n",
                 lines_, sum / 100, sum % 100, fees / 100, fees % 100, sum / 100, sum % 100);
  return text;
}

}  // namespace longmen::bench
