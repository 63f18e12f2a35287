#include "tests/support/proposals/proposals.h"

#include <fmt/format.h>

#include <tuple>

namespace longmen::testing {

const std::vector<std::string> kE2bBanks = {"ICBC", "CCB", "PSBC", "CMB", "BOB"};
const std::vector<E2bPayment> kE2bPayments = {
    {"T01", "CMB", "ICBC", 1'200'000}, {"T02", "ICBC", "CMB", 450'000},
    {"T03", "BOB", "ICBC", 300'000},   {"T04", "ICBC", "BOB", 800'000},
    {"T05", "PSBC", "CMB", 250'000},   {"T06", "CMB", "PSBC", 100'000},
    {"T07", "CCB", "BOB", 150'000},    {"T08", "BOB", "CCB", 90'000},
    {"T09", "CCB", "ICBC", 500'000},   {"T10", "PSBC", "CCB", 60'000},
};

std::string ProposalText(std::string_view id, std::string_view key, std::string_view members) {
  return fmt::format(R"({{"id":"{}","key":"{}","occurredAt":"{}",{}}})", id, key, kNow, members);
}

std::string BankLines(const std::vector<std::string>& banks) {
  std::string lines = ProposalText("scheme", "nucc",
                                   R"("registration":{"scheme":{"method":"multilateral_net",)"
                                   R"("cyclePrefix":"B"}})") +
                      "\n";
  for (const std::string& bank : banks) {
    lines += ProposalText("bank-" + bank, bank, R"("registration":{"participant":{}})") + "\n";
    for (const auto& [name, kind, scheme] :
         {std::tuple("cash", "customer", ""), std::tuple("settlement", "settlement", ""),
          std::tuple("clearing", "clearing", R"("scheme":"nucc",)")}) {
      const std::string account = fmt::format("{}:{}", bank, name);
      lines += ProposalText(account, account,
                            fmt::format(R"("registration":{{"account":{{"currency":"CNY",)"
                                        R"("kind":"{}",{}"unlimited":true,"participant":"{}"}}}})",
                                        kind, scheme, bank)) +
               "\n";
    }
  }
  return lines;
}

std::string OrderText(std::string_view id, std::string_view key, std::string_view minor,
                      std::string_view currency, std::string_view payee) {
  return ProposalText(
      id, key,
      fmt::format(R"("scenario":"b2b_gateway","order":{{"action":"placed",)"
                  R"("amount":{{"minor":"{}","currency":"{}"}},"payer":"A:cash","payee":"{}",)"
                  R"("scheme":"nucc"}})",
                  minor, currency, payee));
}

std::string PaymentGroup(std::string_view name, std::string_view from, std::string_view to,
                         int64_t minor) {
  const std::string amount = fmt::format(R"("amount":{{"minor":"{}","currency":"CNY"}})", minor);
  const std::string order =
      ProposalText(fmt::format("{}.order", name), name,
                   fmt::format(R"("scenario":"b2b_gateway","order":{{"action":"placed",{},)"
                               R"("payer":"{}:cash","payee":"{}:cash","scheme":"nucc"}})",
                               amount, from, to));
  const std::string debit =
      ProposalText(name, name,
                   fmt::format(R"("scenario":"b2b_gateway","debit":{{{},"outcome":"succeeded",)"
                               R"("channel":"gateway","channelReference":"ref-{}"}})",
                               amount, name));
  return fmt::format(R"({{"group":[{},{}]}})", order, debit);
}

std::string E2bRefund() {
  return ProposalText("R02", "T02",
                      R"("scenario":"b2b_gateway","refund":{"amount":{"minor":"5000000",)"
                      R"("currency":"CNY"},"outcome":"succeeded","debit":{"id":"T02"}})");
}

}  // namespace longmen::testing
