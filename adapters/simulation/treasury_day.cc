// Four city banks pay each other through a large-value system that queues what their money there
// does not cover (domain B3, E5): a morning in which nobody can begin, and together they can.
//
// The amounts are invented so that every figure below can be worked out by hand.
#include <fmt/format.h>

#include "adapters/simulation/setup.h"

namespace longmen::adapters::simulation {
namespace {

constexpr int64_t kMillion = 1'000'000'00;  // yuan, in fen

struct CityBank {
  std::string_view name;
  int64_t millions;  // at the central bank when the day begins
};
constexpr CityBank kCityBanks[] = {{"XIAN", 20}, {"XINING", 10}, {"SHENZHEN", 10}, {"LUOYANG", 0}};

struct TreasuryPayment {
  Nanos at;
  std::string_view from;
  std::string_view to;
  int64_t millions;
};
constexpr TreasuryPayment kPayments[] = {
    {At(10, 5), "XIAN", "XINING", 100},     {At(10, 6), "XIAN", "LUOYANG", 25},
    {At(10, 7), "XINING", "SHENZHEN", 110}, {At(10, 8), "SHENZHEN", "XIAN", 100},
    {At(10, 9), "LUOYANG", "XIAN", 30},     {At(15), "XINING", "XIAN", 500},
};
// At half past ten the circle of the first three banks settles: 310 million move, of which 10
// change hands. LUOYANG has nothing to begin with; with 5 million that it borrows, it and XIAN
// settle at eleven: 55 million, of which 5 change hands. The last payment is never covered.
constexpr Nanos kBorrowed = At(10, 40);

std::string Liquidity(std::string_view bank, int64_t millions) {
  return fmt::format(R"("debit":{{{},"basis":"reported","outcome":"succeeded","kind":"liquidity",)"
                     R"("payer":"{}:pboc","payee":"{}:reserve"}})",
                     AmountJson(millions * kMillion), bank, bank);
}

}  // namespace

void RegisterTreasury(Setup& setup) {
  setup.Source("treasury", R"("debit")");
  setup.Register(kRtgs, R"("scheme":{"method":"queued","cyclePrefix":"R","resolveMinutes":30,)"
                        R"("hours":[{"fromMinute":-210,"toMinute":1035}],"windowMinutes":15})");
  for (const CityBank& bank : kCityBanks) {
    setup.Register(bank.name, fmt::format(R"("participant":{{"name":"{}"}})", bank.name));
    setup.Account(fmt::format("{}:pboc", bank.name), bank.name, "settlement", "");
    setup.Account(fmt::format("{}:reserve", bank.name), bank.name, "mirror", kUnlimited);
    setup.Account(fmt::format("{}:treasury", bank.name), bank.name, "mirror", kUnlimited);
    setup.Account(fmt::format("{}:{}", bank.name, kRtgs), bank.name, "clearing",
                  fmt::format(R"(,"unlimited":true,"scheme":"{}")", kRtgs));
    if (bank.millions > 0) setup.Propose("opening", Liquidity(bank.name, bank.millions));
  }
}

void AddTreasuryDay(Day& day) {
  const auto add = [&day](Nanos at, std::string_view members) {
    day.treasury.push_back({at, fmt::format(R"({{"id":"treasury-{}","occurredAt":"{}",{}}})",
                                            day.treasury.size() + 1, FormatInstant(at), members)});
  };
  bool borrowed = false;
  for (const TreasuryPayment& payment : kPayments) {
    if (payment.at > kBorrowed && !borrowed) {
      add(kBorrowed, Liquidity("LUOYANG", 5));
      borrowed = true;
    }
    add(payment.at,
        fmt::format(R"("debit":{{{},"outcome":"succeeded","kind":"payout","payer":"{}:treasury",)"
                    R"("payee":"{}:treasury","scheme":"{}"}})",
                    AmountJson(payment.millions * kMillion), payment.from, payment.to, kRtgs));
  }
  day.expected.resolutions = {{"settled", 3, 310 * kMillion, 300 * kMillion},
                              {"settled", 2, 55 * kMillion, 50 * kMillion},
                              {"deadlocked", 1, 500 * kMillion, 0},
                              {"window_ended", 1, 500 * kMillion, 0},
                              {"deadlocked", 1, 500 * kMillion, 0}};
}

}  // namespace longmen::adapters::simulation
