// The banks and the clearing schemes, and then what each scenario needs.
#include "adapters/simulation/setup.h"

#include <fmt/format.h>

#include "events/base/hash.h"
#include "events/codec/text_forms.h"

namespace longmen::adapters::simulation {
namespace {

constexpr Nanos kLateMax = 60 * kNanosPerMinute;

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

}  // namespace

void Setup::Propose(std::string_view key, std::string_view members) {
  lines_.push_back(fmt::format(R"({{"id":"setup-{}","key":"{}","occurredAt":"{}",{}}})",
                               lines_.size() + 1, key, FormatInstant(kMidnight), members));
}

void Setup::Register(std::string_view key, std::string_view what) {
  Propose(key, fmt::format(R"("registration":{{{}}})", what));
}

void Setup::Account(std::string_view name, std::string_view participant, std::string_view kind,
                    std::string_view more, std::string_view currency) {
  Register(name, fmt::format(R"("account":{{"participant":"{}","kind":"{}","currency":"{}"{}}})",
                             participant, kind, currency, more));
}

void Setup::Opening(std::string_view account, std::string_view bank, int64_t minor) {
  Propose("opening", fmt::format(R"("debit":{{{},"basis":"reported","outcome":"succeeded",)"
                                 R"("kind":"top_up","payer":"{}:users","payee":"{}"}})",
                                 AmountJson(minor), bank, account));
}

void Setup::Source(std::string_view name, std::string_view bodies) {
  std::string hash;
  codec::AppendBase64(Sha256(AsBytes(TokenOf(name, seed_))), hash);
  Register(name, fmt::format(R"("source":{{"maxLate":"{}","maxEarly":"{}","allParticipants":true,)"
                             R"("allSchemes":true,"bodies":[{}],"tokenHash":"{}"}})",
                             kLateMax, kNanosPerMinute, bodies, hash));
}

void AddSetup(Day& day) {
  Setup setup(day);
  constexpr std::string_view kLife = R"("order","authorization","debit","refund")";
  for (const Feed feed : day.options.feeds) {
    // Who opens accounts, modes, cards and batches registers them.
    const bool registers = feed != Feed::kParking && feed != Feed::kB2b;
    setup.Source(NameOf(feed).source,
                 registers ? fmt::format(R"({},"registration")", kLife) : std::string(kLife));
  }
  setup.Source("settlement-desk", R"("settlement")");
  AddSchemes(setup);
  for (const std::string_view bank : kBanks) AddParticipant(setup, bank, true);
  AddParticipant(setup, "WECHAT", false);
  AddParticipant(setup, "ALIPAY", false);
  for (const Feed feed : day.options.feeds) {
    switch (feed) {
      case Feed::kParking:
        RegisterParking(setup);
        break;
      case Feed::kB2b:
        RegisterB2b(setup);
        break;
      case Feed::kMetro:
        RegisterMetro(setup);
        break;
      case Feed::kEnterprise:
        RegisterEnterprise(setup);
        break;
      case Feed::kCampus:
        RegisterCampus(setup);
        break;
      case Feed::kCard:
        RegisterCards(setup);
        break;
      case Feed::kTakeout:
        RegisterTakeout(setup);
        break;
      case Feed::kTuition:
        RegisterTuition(setup);
        break;
    }
  }
  if (day.options.Has(Feed::kEnterprise)) RegisterTreasury(setup);
}

}  // namespace longmen::adapters::simulation
