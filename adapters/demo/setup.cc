// What must be registered before the day begins: participants, accounts, schemes, tariffs, mandates
// and the sources with their tokens.
#include <fmt/format.h>

#include "adapters/demo/day.h"
#include "events/base/hash.h"
#include "events/codec/text_forms.h"

namespace longmen::adapters::demo {
namespace {

constexpr int64_t kOperationLimit = 50'000'00;  // fen; above it an order waits for approval
constexpr int64_t kOpeningBalance = 100'000'000'00;
constexpr Nanos kLateMax = 60 * kNanosPerMinute;

class Setup {
 public:
  explicit Setup(std::vector<std::string>& lines) : lines_(lines) {}

  void Propose(std::string_view key, std::string_view members) {
    lines_.push_back(fmt::format(R"({{"id":"setup-{}","key":"{}","occurredAt":"{}",{}}})",
                                 lines_.size() + 1, key, FormatInstant(kMidnight), members));
  }
  void Register(std::string_view key, std::string_view what) {
    Propose(key, fmt::format(R"("registration":{{{}}})", what));
  }
  void Account(std::string_view name, std::string_view participant, std::string_view kind,
               std::string_view more) {
    Register(name, fmt::format(R"("account":{{"participant":"{}","kind":"{}","currency":"CNY"{}}})",
                               participant, kind, more));
  }
  void Source(std::string_view name, std::string_view bodies, uint64_t seed) {
    std::string hash;
    codec::AppendBase64(Sha256(AsBytes(TokenOf(name, seed))), hash);
    Register(name,
             fmt::format(R"("source":{{"maxLate":"{}","maxEarly":"{}","allParticipants":true,)"
                         R"("allSchemes":true,"bodies":[{}],"tokenHash":"{}"}})",
                         kLateMax, kNanosPerMinute, bodies, hash));
  }

 private:
  std::vector<std::string>& lines_;
};

constexpr std::string_view kUnlimited = R"(,"unlimited":true)";

void AddSchemes(Setup& setup) {
  // Nothing may rest between the banks of a B2B payment (domain A1.2 rule 8); a parking cap does
  // rest with the bank that collects it until the car has left.
  setup.Register(kNetsUnion, R"("scheme":{"method":"multilateral_net","cyclePrefix":"B"})");
  setup.Register(kUnionPay, R"("scheme":{"method":"multilateral_net","cyclePrefix":"U",)"
                            R"("pendingAccounts":true})");
}

// A participant with its money at the central bank, what each scheme owes it, and the account that
// stands for the card or wallet holders behind a payer code.
void AddParticipant(Setup& setup, std::string_view name, bool bank) {
  setup.Register(name, fmt::format(R"("participant":{{"name":"{}"}})", name));
  setup.Account(fmt::format("{}:pboc", name), name, "settlement", kUnlimited);
  setup.Account(fmt::format("{}:users", name), name, "mirror", kUnlimited);
  for (const std::string_view scheme : {kNetsUnion, kUnionPay}) {
    if (scheme == kNetsUnion && !bank) continue;
    setup.Account(fmt::format("{}:{}", name, scheme), name, "clearing",
                  fmt::format(R"(,"unlimited":true,"scheme":"{}")", scheme));
  }
  if (bank) setup.Account(fmt::format("{}:suspense", name), name, "suspense", "");
}

// An account with money that came from outside the books, and a mandate with two approvers.
void AddEnterprise(Setup& setup, std::string_view bank, const std::string& name) {
  setup.Account(name, bank, "customer", "");
  setup.Propose("opening", fmt::format(R"("debit":{{{},"basis":"reported","outcome":"succeeded",)"
                                       R"("kind":"top_up","payer":"{}:users","payee":"{}"}})",
                                       AmountJson(kOpeningBalance), bank, name));
  setup.Register(
      name + ".ops",
      fmt::format(R"("mandate":{{"account":"{0}","holder":"{0}.li","utcOffsetMinutes":480,)"
                  R"("limits":[{{"window":"single","amountMinor":"{1}","passing":"step_up"}}],)"
                  R"("approvers":[{{"level":1,"person":"{0}.zhang"}},)"
                  R"({{"level":1,"person":"{0}.wang"}}]}})",
                  name, kOperationLimit));
}

}  // namespace

std::string EnterpriseName(size_t bank, size_t index) {
  static constexpr std::string_view kNames[][kEnterprisesPerBank] = {
      {"dragon-steel", "yellow-river", "north-grain", "jade-paper"},
      {"lotus-glass", "great-wall", "red-cotton", "east-port"},
      {"plateau-wool", "salt-lake", "green-farm", "kunlun-tea"},
      {"silk-road", "sea-pearl", "south-chip", "bright-lamp"},
      {"capital-bus", "west-hill", "garden-press", "bell-tower"}};
  return fmt::format("{}:{}", kBanks[bank], kNames[bank][index]);
}

void AddSetup(uint64_t seed, Day& day) {
  Setup setup(day.setup);
  constexpr std::string_view kLife = R"("order","authorization","debit","refund")";
  setup.Source("xining-parking", kLife, seed);
  setup.Source("netsunion-b2b", kLife, seed);
  setup.Source("settlement-desk", R"("settlement")", seed);
  AddSchemes(setup);
  for (const std::string_view bank : kBanks) AddParticipant(setup, bank, true);
  AddParticipant(setup, "WECHAT", false);
  AddParticipant(setup, "ALIPAY", false);

  setup.Account("PSBC:parking-pending", "PSBC", "pending", "");
  setup.Account("PSBC:parking-revenue", "PSBC", "revenue", "");
  setup.Account("PSBC:municipal", "PSBC", "customer", "");
  for (const auto& [name, step] :
       {std::pair("xining-centre", 400), std::pair("xining-outer", 300)}) {
    setup.Register(name, fmt::format(R"("tariff":{{"currency":"CNY","parking":{{"capMinor":"2000",)"
                                     R"("stepMinor":"{}","stepMinutes":30,"freeMinutes":30}}}})",
                                     step));
  }
  for (size_t bank = 0; bank < std::size(kBanks); ++bank) {
    for (size_t i = 0; i < kEnterprisesPerBank; ++i) {
      AddEnterprise(setup, kBanks[bank], EnterpriseName(bank, i));
    }
  }
  // The last enterprise has closed its account: nobody can pay it.
  setup.Account(EnterpriseName(4, 3), "BOB", "customer", R"(,"status":"closed")");
}

}  // namespace longmen::adapters::demo
