// Proposals as JSON, as a client of either door would write them. Pure text; no engine.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace longmen::testing {

constexpr std::string_view kNow = "2021-03-01T01:00:00Z";  // 09:00 in Beijing

// {"id","key","occurredAt", members…}, at kNow. The source is whoever sends it.
std::string ProposalText(std::string_view id, std::string_view key, std::string_view members);

// A scheme "nucc" and, for each bank, a participant and the accounts "<bank>:cash" (customer),
// "<bank>:clearing" and "<bank>:settlement", all without a floor. A line each.
std::string BankLines(const std::vector<std::string>& banks);

// An order of A:cash to the payee through nucc, placed.
std::string OrderText(std::string_view id, std::string_view key, std::string_view minor,
                      std::string_view currency = "CNY", std::string_view payee = "B:cash");

// An order and its payment as one group; ids are "<name>.order" and `name`. Amounts in fen.
std::string PaymentGroup(std::string_view name, std::string_view from, std::string_view to,
                         int64_t minor);

// The ten payments of domain E2b among ICBC, CCB, PSBC, CMB and BOB.
struct E2bPayment {
  const char* name;
  const char* from;
  const char* to;
  int64_t yuan;
};
extern const std::vector<std::string> kE2bBanks;
extern const std::vector<E2bPayment> kE2bPayments;

// The refund R02 of 50,000 yuan of T02.
std::string E2bRefund();

}  // namespace longmen::testing
