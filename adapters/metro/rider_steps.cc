#include <algorithm>

#include "adapters/metro/steps.h"
#include "adapters/port/record_json.h"

namespace longmen::adapters::metro {
namespace {

// A class III account (domain B9, R3): its balance, what may leave it a day and a year. Fen.
constexpr int64_t kClassThreeBalance = 200'000;
constexpr int64_t kClassThreeDay = 200'000;
constexpr int64_t kClassThreeYear = 5'000'000;
constexpr int16_t kBeijingMinutes = 480;
constexpr uint16_t kYuan = 156;

// The mandate under the rider's name, registered again as `mandate` says.
void AddMandate(Step& at, const std::string& rider, schema::RideStage stage,
                const engine::MandateState& mandate) {
  InitMandate(AddStep(at, rider, stage, rider), mandate);
}

// Nothing, and refused, where the rider never signed up.
std::optional<engine::MandateState> MandateOf(Step& at, capnp::Text::Reader rider,
                                              const std::string& field) {
  auto mandate = at.ledger.FindMandate(View(rider));
  if (!mandate) at.out.Refuse(Code::UNKNOWN_MANDATE, field, Copy(rider));
  return mandate;
}

// From the wallet to the card, or back: one that is bound to it.
void TakeMove(WalletMove::Reader move, bool top_up, const std::string& step, Step& at) {
  const auto mandate = MandateOf(at, move.getRider(), step + ".rider");
  if (!mandate) return;
  const std::string card = Copy(move.getCard());
  if (std::ranges::find(mandate->fallbacks, card) == mandate->fallbacks.end()) {
    return at.out.Refuse(Code::ROUTE_MISMATCH, step + ".card", Copy(move.getNumber()));
  }
  TakeTransfer({.number = Copy(move.getNumber()),
                .from = top_up ? card : mandate->account,
                .to = top_up ? mandate->account : card,
                .scheme = Copy(move.getScheme()),
                .amount = {move.getAmount().getMinor(), Currency{move.getAmount().getCurrency()}},
                .outcome = move.getOutcome(),
                .reference = move.getReference(),
                .reason = move.getReason()},
               {step, step + ".number", step + (top_up ? ".card" : ".rider"),
                step + (top_up ? ".rider" : ".card")},
               at);
}

// A card stands for an account at its bank: no rider's wallet is one. False, and refused, where it
// is. One that is not known is the engine's to refuse.
bool IsCard(Step& at, const std::string& card, const std::string& field, const std::string& rider) {
  const auto account = at.ledger.FindAccount(card);
  if (!account || account->kind != schema::AccountKind::WALLET) return true;
  at.out.Refuse(Code::ACCOUNT_KIND_NOT_ALLOWED, field, rider);
  return false;
}

}  // namespace

// A2.2 rules 1, 2 and 5: the class III account is opened, and the debits it will see are agreed to.
void TakeSignUp(SignUp::Reader sign_up, Step& at) {
  const std::string rider = Copy(sign_up.getRider());
  if (at.ledger.FindMandate(rider)) {
    return at.out.Refuse(Code::DUPLICATE_NOTICE, "signUp.rider", rider);
  }
  if (at.ledger.FindAccount(View(sign_up.getWallet()))) {
    return at.out.Refuse(Code::ACCOUNT_EXISTS, "signUp.wallet", rider);
  }
  if (sign_up.hasCard() && !IsCard(at, Copy(sign_up.getCard()), "signUp.card", rider)) return;
  auto opened = AddStep(at, Copy(sign_up.getWallet()), schema::RideStage::SIGNED_UP, rider);
  opened.getDetails().getMetro().setReference(sign_up.getIdentityCheck());
  auto account = opened.initBody().initRegistration().initAccount();
  account.setParticipant(sign_up.getBank());
  account.setKind(schema::AccountKind::WALLET);
  account.setCurrency(kYuan);
  account.setCeilingMinor(kClassThreeBalance);
  auto limits = account.initLimits(2);
  limits[0].setWindow(schema::LimitWindow::DAY);
  limits[0].setAmountMinor(kClassThreeDay);
  limits[1].setWindow(schema::LimitWindow::YEAR);
  limits[1].setAmountMinor(kClassThreeYear);

  engine::MandateState mandate;
  mandate.account = Copy(sign_up.getWallet());
  mandate.holder = rider;
  mandate.valid_from = at.occurred_at;
  mandate.utc_offset_minutes = kBeijingMinutes;
  if (sign_up.hasCard()) mandate.fallbacks.push_back(Copy(sign_up.getCard()));
  AddMandate(at, rider, schema::RideStage::SIGNED_UP, mandate);
}

void TakeBinding(BindCard::Reader card, Step& at) {
  auto mandate = MandateOf(at, card.getRider(), "bindCard.rider");
  if (!mandate) return;
  const std::string account = Copy(card.getCard());
  if (std::ranges::find(mandate->fallbacks, account) != mandate->fallbacks.end()) {
    return at.out.Refuse(Code::DUPLICATE_NOTICE, "bindCard.card", Copy(card.getRider()));
  }
  if (!IsCard(at, account, "bindCard.card", Copy(card.getRider()))) return;
  mandate->fallbacks.push_back(account);
  AddMandate(at, Copy(card.getRider()), schema::RideStage::CARD_BOUND, *mandate);
}

void TakeUnbinding(BindCard::Reader card, Step& at) {
  auto mandate = MandateOf(at, card.getRider(), "unbindCard.rider");
  if (!mandate) return;
  if (std::erase(mandate->fallbacks, Copy(card.getCard())) == 0) {
    return at.out.Refuse(Code::UNKNOWN_ACCOUNT, "unbindCard.card", Copy(card.getRider()));
  }
  AddMandate(at, Copy(card.getRider()), schema::RideStage::CARD_UNBOUND, *mandate);
}

void TakeMandateStatus(MandateStatus::Reader change, Step& at) {
  auto mandate = MandateOf(at, change.getRider(), "mandateStatus.rider");
  if (!mandate) return;
  mandate->status = change.getStatus();
  auto stage = schema::RideStage::RESUMED;
  if (change.getStatus() == schema::Status::FROZEN) stage = schema::RideStage::SUSPENDED;
  if (change.getStatus() == schema::Status::CLOSED) stage = schema::RideStage::TERMINATED;
  AddMandate(at, Copy(change.getRider()), stage, *mandate);
}

void TakeTopUp(WalletMove::Reader move, Step& at) { TakeMove(move, true, "topUp", at); }

void TakeWithdrawal(WalletMove::Reader move, Step& at) { TakeMove(move, false, "withdrawal", at); }

}  // namespace longmen::adapters::metro
