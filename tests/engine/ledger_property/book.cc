#include "tests/engine/ledger_property/book.h"

namespace longmen::generator {
namespace {

constexpr uint16_t kCny = 156;

}  // namespace

Book::Book(Nanos max_late) {
  Draft draft = New("op");
  auto source = draft.registration().initSource();
  source.setMaxLate(max_late);
  source.setMaxEarly(60 * kNanosPerMinute);
  source.setAllParticipants(true);
  source.setAllSchemes(true);
  auto bodies = source.initBodies(8);
  for (unsigned i = 0; i < 8; ++i) bodies.set(i, static_cast<schema::BodyKind>(i));
  EXPECT_EQ(Propose(std::move(draft)), "accepted");
}

std::string Book::Propose(std::vector<Draft> drafts) {
  Step step{.group = {}, .now = now, .label = "written"};
  for (Draft& draft : drafts) step.group.push_back(draft.Finish());
  EXPECT_EQ(twin_.Feed(step), "");
  const ProposalReader last(step.group.back().bytes());
  const auto known = naive().state().known.find({last.get().getSource(), last.get().getId()});
  if (known == naive().state().known.end()) return "not recorded";
  const Code refused = known->second.refused;
  return refused == Code::NONE ? "accepted" : std::string(CodeName(refused));
}

std::string Book::Propose(Draft draft) {
  std::vector<Draft> drafts;
  drafts.push_back(std::move(draft));
  return Propose(std::move(drafts));
}

void Book::PassTime() { EXPECT_EQ(twin_.Feed({.group = {}, .now = now, .label = "tick"}), ""); }

void Book::Participant(const std::string& name) {
  Draft draft = New(name);
  draft.registration().initParticipant().setName(name);
  EXPECT_EQ(Propose(std::move(draft)), "accepted");
  Account(name + ".mirror", name, schema::AccountKind::MIRROR);
}

void Book::Scheme(const std::string& name, bool pending_accounts) {
  Draft draft = New(name);
  auto scheme = draft.registration().initScheme();
  scheme.setPendingAccounts(pending_accounts);
  scheme.setCyclePrefix(name);
  EXPECT_EQ(Propose(std::move(draft)), "accepted");
}

void Book::Account(const std::string& name, const std::string& participant,
                   schema::AccountKind kind, const std::string& scheme, int64_t floor,
                   uint16_t currency) {
  Draft draft = New(name);
  auto account = draft.registration().initAccount();
  account.setParticipant(participant);
  account.setCurrency(currency);
  account.setKind(kind);
  account.setFloorMinor(floor);
  account.setUnlimited(kind == schema::AccountKind::MIRROR ||
                       kind == schema::AccountKind::CLEARING ||
                       kind == schema::AccountKind::SETTLEMENT);
  LONGMEN_SET_TEXT(account, Scheme, scheme);
  EXPECT_EQ(Propose(std::move(draft)), "accepted");
}

std::string Book::Fund(const std::string& account, int64_t minor) {
  Draft draft = New("");
  auto debit = draft.debit();
  const uint16_t currency = naive().state().accounts.at(account).currency;
  SetAmount(debit, minor, currency);
  debit.setKind(schema::DebitKind::TOP_UP);
  debit.setOutcome(schema::Outcome::SUCCEEDED);
  debit.setPayer(naive().state().ParticipantOf(account) + ".mirror" +
                 (currency == kCny ? "" : "." + std::to_string(currency)));
  debit.setPayee(account);
  return Propose(std::move(draft));
}

void Book::LimitMoney(const std::string& bank, int64_t credit) {
  Draft draft = New(bank + ".set");
  auto account = draft.registration().initAccount();
  account.setParticipant(bank);
  account.setCurrency(kCny);
  account.setKind(schema::AccountKind::SETTLEMENT);
  account.setFloorMinor(credit);
  EXPECT_EQ(Propose(std::move(draft)), "accepted");
}

std::string Book::MoveLiquidity(const std::string& bank, int64_t minor) {
  Draft draft = New("");
  auto debit = draft.debit();
  SetAmount(debit, std::abs(minor), kCny);
  debit.setKind(schema::DebitKind::LIQUIDITY);
  debit.setOutcome(schema::Outcome::SUCCEEDED);
  debit.setPayer(bank + (minor > 0 ? ".set" : ".mirror"));
  debit.setPayee(bank + (minor > 0 ? ".mirror" : ".set"));
  return Propose(std::move(draft));
}

Draft Book::Order(const std::string& key, int64_t minor, const std::string& payer,
                  const std::string& payee, const std::string& scheme) {
  Draft draft = New(key);
  auto order = draft.order();
  SetAmount(order, minor, kCny);
  LONGMEN_SET_TEXT(order, Payer, payer);
  order.setPayee(payee);
  LONGMEN_SET_TEXT(order, Scheme, scheme);
  return draft;
}

Draft Book::Payment(const std::string& key, int64_t minor, schema::Outcome outcome) {
  Draft draft = New(key);
  auto debit = draft.debit();
  SetAmount(debit, minor, kCny);
  debit.setOutcome(outcome);
  return draft;
}

Draft Book::Grant(const std::string& key, int64_t hold, Nanos hold_until) {
  Draft draft = New(key);
  auto grant = draft.authorization();
  grant.setAction(schema::AuthorizationAction::GRANTED);
  grant.setHoldMinor(hold);
  grant.setHoldUntil(hold_until);
  return draft;
}

Draft Book::Refund(const std::string& key, const std::string& debit_id, int64_t minor) {
  Draft draft = New(key);
  auto refund = draft.refund();
  SetAmount(refund, minor, kCny);
  refund.setOutcome(schema::Outcome::SUCCEEDED);
  refund.initDebit().setId(debit_id);
  return draft;
}

Draft Book::Close(const std::string& cycle, const std::string& next) {
  Draft draft = New(cycle);
  auto settlement = draft.settlement();
  settlement.setAction(schema::SettlementAction::CLOSED);
  settlement.setNext(next);
  return draft;
}

Draft Book::Settle(const std::string& cycle) {
  Draft draft = New(cycle);
  auto settlement = draft.settlement();
  settlement.setAction(schema::SettlementAction::SETTLED);
  settlement.setReference("ref");
  const reference::Positions positions = naive().PositionsOf(cycle);
  auto list = settlement.initPositions(static_cast<unsigned>(positions.size()));
  unsigned i = 0;
  for (const auto& [of, sum] : positions) {
    list[i].setParticipant(of.first);
    list[i].setCurrency(of.second);
    list[i].setGrossIn(static_cast<int64_t>(sum.gross_in));
    list[i].setGrossOut(static_cast<int64_t>(sum.gross_out));
    list[i].setNet(static_cast<int64_t>(sum.net()));
    ++i;
  }
  return draft;
}

int64_t Book::Balance(const std::string& account) const {
  return static_cast<int64_t>(naive().Balance(account));
}

int64_t Book::Held(const std::string& account) const {
  return static_cast<int64_t>(naive().Held(account));
}

OrderStatus Book::StatusOf(const std::string& order) const {
  return naive().OrderOf({schema::Scenario::NONE, order}).status;
}

void Book::ExpectWhole() {
  EXPECT_EQ(twin_.CompareStates(), "");
  EXPECT_EQ(twin_.Reload(), "");
  EXPECT_EQ(twin_.Replay(), "");
  EXPECT_EQ(twin_.CheckNextDue(), "");
}

}  // namespace longmen::generator
