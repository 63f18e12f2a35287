// What banks may owe their scheme and each other, and what settles it (domain B4, E1 to E4).
#include "tests/engine/ledger_property/book.h"

namespace longmen::generator {
namespace {

using schema::AccountKind;
using schema::Outcome;
using schema::SettlementAction;
using schema::SettlementMethod;

constexpr uint16_t kCny = 156;

// Banks with a customer each, who has all the money in the world, and accounts in one scheme.
class Cover : public testing::Test {
 protected:
  void Open(const std::vector<std::string>& banks,
            SettlementMethod method = SettlementMethod::MULTILATERAL_NET, bool covered = false) {
    Draft draft = book.New("nu");
    auto scheme = draft.registration().initScheme();
    scheme.setCyclePrefix("nu");
    scheme.setMethod(method);
    scheme.setCovered(covered);
    ASSERT_EQ(book.Propose(std::move(draft)), "accepted");
    for (const std::string& bank : banks) {
      book.Participant(bank);
      book.Account(bank + ".c", bank, AccountKind::CUSTOMER);
      book.Account(bank + ".set", bank, AccountKind::SETTLEMENT);
      if (method != SettlementMethod::GROSS) {
        book.Account(bank + ".nu", bank, AccountKind::CLEARING, "nu");
      }
      ASSERT_EQ(book.Fund(bank + ".c", 1'000'000'000), "accepted");
    }
  }

  Draft Clearing(const std::string& bank, const reference::Cap& cap,
                 const std::vector<std::pair<std::string, int64_t>>& limits = {}) {
    Draft draft = book.New(bank + ".nu");
    auto account = draft.registration().initAccount();
    account.setParticipant(bank);
    account.setCurrency(kCny);
    account.setKind(AccountKind::CLEARING);
    account.setUnlimited(true);
    account.setScheme("nu");
    auto given = account.initCap();
    given.setCreditMinor(cap.credit);
    given.setCollateralMinor(cap.collateral);
    given.setEarmarkMinor(cap.earmark);
    given.setWarnPermille(cap.warn_permille);
    if (limits.empty()) return draft;
    auto list = account.initBilateralLimits(static_cast<unsigned>(limits.size()));
    for (unsigned i = 0; i < list.size(); ++i) {
      list[i].setParticipant(limits[i].first);
      list[i].setMinor(limits[i].second);
    }
    return draft;
  }

  // Its money at the central bank ends where its credit there does.
  void Limit(const std::string& bank, int64_t credit = 0) {
    Draft draft = book.New(bank + ".set");
    auto account = draft.registration().initAccount();
    account.setParticipant(bank);
    account.setCurrency(kCny);
    account.setKind(AccountKind::SETTLEMENT);
    account.setFloorMinor(credit);
    ASSERT_EQ(book.Propose(std::move(draft)), "accepted");
  }

  // Money of the bank comes to the central bank, or leaves it.
  std::string Liquidity(const std::string& bank, int64_t minor) {
    Draft draft = book.New("");
    auto debit = draft.debit();
    SetAmount(debit, std::abs(minor), kCny);
    debit.setKind(schema::DebitKind::LIQUIDITY);
    debit.setOutcome(Outcome::SUCCEEDED);
    debit.setPayer(bank + (minor > 0 ? ".set" : ".mirror"));
    debit.setPayee(bank + (minor > 0 ? ".mirror" : ".set"));
    return book.Propose(std::move(draft));
  }

  Draft Payment(const std::string& from, const std::string& to, int64_t minor,
                Outcome outcome = Outcome::SUCCEEDED) {
    Draft draft = book.New("");
    auto debit = draft.debit();
    SetAmount(debit, minor, kCny);
    debit.setKind(schema::DebitKind::PAYOUT);
    debit.setOutcome(outcome);
    debit.setPayer(from + ".c");
    debit.setPayee(to + ".c");
    debit.setScheme("nu");
    return draft;
  }
  std::string Send(const std::string& from, const std::string& to, int64_t minor,
                   Outcome outcome = Outcome::SUCCEEDED) {
    return book.Propose(Payment(from, to, minor, outcome));
  }
  std::string Resolve(const std::string& id, int64_t minor, Outcome outcome) {
    Draft draft = book.New("");
    auto debit = draft.debit();
    SetAmount(debit, minor, kCny);
    debit.setKind(schema::DebitKind::PAYOUT);
    debit.setOutcome(outcome);
    debit.initResolves().setId(id);
    return book.Propose(std::move(draft));
  }

  struct Stated {
    std::string participant;
    int64_t in;
    int64_t out;
    std::string counterparty = "";
  };
  std::string Settle(const std::string& cycle, SettlementAction action,
                     const std::vector<Stated>& positions) {
    Draft draft = book.New(cycle);
    auto settlement = draft.settlement();
    settlement.setAction(action);
    settlement.setReference("rtgs-1");
    auto list = settlement.initPositions(static_cast<unsigned>(positions.size()));
    for (unsigned i = 0; i < list.size(); ++i) {
      list[i].setParticipant(positions[i].participant);
      LONGMEN_SET_TEXT(list[i], Counterparty, positions[i].counterparty);
      list[i].setCurrency(kCny);
      list[i].setGrossIn(positions[i].in);
      list[i].setGrossOut(positions[i].out);
      list[i].setNet(positions[i].in - positions[i].out);
    }
    return book.Propose(std::move(draft));
  }
  std::string Abort(const std::string& cycle) {
    Draft draft = book.New(cycle);
    auto settlement = draft.settlement();
    settlement.setAction(SettlementAction::ABORTED);
    settlement.setReason("no cover");
    return book.Propose(std::move(draft));
  }
  CycleStatus StatusOf(const std::string& cycle) const {
    return book.naive().state().FindCycle(cycle)->status;
  }
  int64_t Owed(const std::string& bank) const {
    return static_cast<int64_t>(book.naive().state().Owed("nu", bank, kCny));
  }
  size_t Warnings() const {
    size_t count = 0;
    for (const auto& record : book.naive().state().records) {
      count += record.what == "settlement warned" ? 1 : 0;
    }
    return count;
  }

  Book book;
};

TEST_F(Cover, HoldsTheNetDebitCapThroughTheStepsOfItsVector) {  // domain E3
  Open({"A", "B"});
  ASSERT_EQ(book.Propose(Clearing("A", {500, 0, 0, 900})), "accepted");
  EXPECT_EQ(Send("A", "B", 300), "accepted");
  EXPECT_EQ(Owed("A"), 300);
  EXPECT_EQ(Send("A", "B", 250), "exceeds_cap");
  EXPECT_EQ(Send("B", "A", 100), "accepted");
  EXPECT_EQ(Owed("A"), 200);
  EXPECT_EQ(Warnings(), 0u);
  EXPECT_EQ(Send("A", "B", 250), "accepted");
  EXPECT_EQ(Owed("A"), 450);
  EXPECT_EQ(Send("A", "B", 50, Outcome::PENDING), "accepted");  // equality is allowed
  const std::string step5 = book.last_id();
  EXPECT_EQ(Warnings(), 1u);  // at 90 %, written before the next was decided
  EXPECT_EQ(Owed("A"), 500);
  EXPECT_EQ(Send("A", "B", 1), "exceeds_cap");
  EXPECT_EQ(Resolve(step5, 50, Outcome::FAILED), "accepted");
  EXPECT_EQ(Owed("A"), 450);
  EXPECT_EQ(book.Propose(book.Close("nu202112300001", "second")), "accepted");
  EXPECT_EQ(Settle("nu202112300001", SettlementAction::SETTLED, {{"A", 100, 550}, {"B", 550, 100}}),
            "accepted");
  EXPECT_EQ(Owed("A"), 0);
  EXPECT_EQ(Send("A", "B", 500), "accepted");
  EXPECT_EQ(Owed("A"), 500);
  book.ExpectWhole();
}

TEST_F(Cover, RefusesAReductionThatWouldUndercutThePosition) {  // domain E3, the BEPS vector
  Open({"A", "B"});
  Limit("A");
  EXPECT_EQ(book.Propose(Clearing("A", {300, 200, 100})), "insufficient_liquidity");
  EXPECT_EQ(Liquidity("A", 100), "accepted");
  EXPECT_EQ(book.Propose(Clearing("A", {300, 200, 100})), "accepted");
  EXPECT_EQ(book.Held("A.set"), 100);
  EXPECT_EQ(Liquidity("A", -1), "insufficient_liquidity");  // all of it is earmarked
  EXPECT_EQ(Send("A", "B", 580), "accepted");
  EXPECT_EQ(book.Propose(Clearing("A", {300, 200, 50})), "exceeds_cap");
  EXPECT_EQ(book.Propose(Clearing("A", {300, 200, 80})), "accepted");
  EXPECT_EQ(Liquidity("A", -20), "accepted");
  book.ExpectWhole();
}

TEST_F(Cover, TakesOneOfThreePaymentsOfABatchThatTogetherPassTheCap) {
  Open({"A", "B"});
  ASSERT_EQ(book.Propose(Clearing("A", {1'000, 0, 0})), "accepted");
  EXPECT_EQ(Send("A", "B", 900), "accepted");
  EXPECT_EQ(Send("A", "B", 900), "exceeds_cap");
  EXPECT_EQ(Send("A", "B", 900), "exceeds_cap");
  EXPECT_EQ(Owed("A"), 900);
  EXPECT_EQ(Send("B", "A", 900), "accepted");
  std::vector<Draft> group;  // and of a group none
  for (int i = 0; i < 3; ++i) group.push_back(Payment("A", "B", 400));
  EXPECT_EQ(book.Propose(std::move(group)), "exceeds_cap");
  EXPECT_EQ(Owed("A"), 0);
  book.ExpectWhole();
}

TEST_F(Cover, AsksForLiquidityBeforeTheCap) {
  Open({"A", "B"}, SettlementMethod::MULTILATERAL_NET, true);
  Limit("A");
  ASSERT_EQ(Liquidity("A", 500), "accepted");
  ASSERT_EQ(book.Propose(Clearing("A", {300, 0, 0})), "accepted");
  EXPECT_EQ(Send("A", "B", 600), "insufficient_liquidity");  // though the cap is passed, too
  EXPECT_EQ(Send("A", "B", 400), "exceeds_cap");
  EXPECT_EQ(Send("A", "B", 300), "accepted");
  ASSERT_EQ(book.Propose(Clearing("A", {900, 0, 0})), "accepted");
  EXPECT_EQ(Send("A", "B", 201), "insufficient_liquidity");
  EXPECT_EQ(Send("A", "B", 200), "accepted");
  book.ExpectWhole();
}

TEST_F(Cover, LetsABankOweAnotherWhatThatOneGrantsIt) {  // domain E3, bilateral credit limit
  Open({"A", "B", "C"});
  ASSERT_EQ(book.Propose(Clearing("B", {9'000'000, 0, 0}, {{"A", 1'000'000}})), "accepted");
  EXPECT_EQ(Send("B", "A", 500'000), "accepted");
  EXPECT_EQ(Send("A", "B", 1'500'001), "exceeds_bilateral_limit");
  EXPECT_EQ(Send("A", "B", 1'500'000), "accepted");
  EXPECT_EQ(Send("A", "B", 1), "exceeds_bilateral_limit");
  EXPECT_EQ(Send("C", "B", 1), "exceeds_bilateral_limit");  // who is not listed may owe nothing
  EXPECT_EQ(Send("A", "C", 1), "accepted");
  book.ExpectWhole();
}

TEST_F(Cover, SettlesEveryParticipantByItselfAndAbortsNothingOfThatSort) {  // domain E4
  Open({"A", "B", "C"});
  Limit("A");
  const std::string first = "nu202112300001";
  EXPECT_EQ(Send("A", "B", 100), "accepted");
  EXPECT_EQ(Send("B", "C", 100), "accepted");
  using enum SettlementAction;
  EXPECT_EQ(Settle(first, SETTLING, {{"A", 0, 100}}), "cycle_not_closed");
  EXPECT_EQ(book.Propose(book.Close(first, "second")), "accepted");
  EXPECT_EQ(Settle(first, SETTLING, {{"A", 0, 99}}), "position_mismatch");
  EXPECT_EQ(Settle(first, SETTLING, {{"A", 0, 100}}), "insufficient_liquidity");
  EXPECT_EQ(Settle(first, SETTLING, {{"C", 100, 0}, {"B", 100, 100}}), "accepted");
  EXPECT_EQ(StatusOf(first), CycleStatus::kSettling);
  EXPECT_EQ(Abort(first), "partly_settled");
  EXPECT_EQ(Settle(first, SETTLING, {{"C", 100, 0}}), "position_mismatch");  // settled already
  EXPECT_EQ(Liquidity("A", 100), "accepted");
  EXPECT_EQ(Settle(first, SETTLED, {{"A", 0, 100}}), "accepted");
  EXPECT_EQ(StatusOf(first), CycleStatus::kSettled);
  EXPECT_EQ(Settle(first, SETTLED, {}), "cycle_not_closed");
  for (const char* bank : {"A", "B", "C"}) EXPECT_EQ(book.Balance(std::string(bank) + ".nu"), 0);
  EXPECT_EQ(book.Balance("A.set"), 0);
  EXPECT_EQ(book.Balance("C.set"), -100);
  book.ExpectWhole();
}

TEST_F(Cover, SettlesPairByPairWhereTheSchemeIsBilateral) {  // domain E1
  Open({"A", "B", "C"}, SettlementMethod::BILATERAL_NET);
  const std::string first = "nu202112300001";
  EXPECT_EQ(Send("A", "B", 100), "accepted");
  EXPECT_EQ(Send("B", "A", 80), "accepted");
  EXPECT_EQ(Send("C", "A", 30), "accepted");
  EXPECT_EQ(book.Propose(book.Close(first, "second")), "accepted");
  using enum SettlementAction;
  EXPECT_EQ(Settle(first, SETTLED, {{"A", 110, 100}, {"B", 100, 80}, {"C", 0, 30}}),
            "position_mismatch");
  EXPECT_EQ(Settle(first, SETTLING, {{"A", 80, 100, "B"}}), "position_mismatch");  // one side
  EXPECT_EQ(Settle(first, SETTLING, {{"A", 80, 100, "B"}, {"B", 100, 80, "A"}}), "accepted");
  EXPECT_EQ(book.Balance("A.set"), 20);  // A pays B 20
  EXPECT_EQ(book.Balance("B.set"), -20);
  EXPECT_EQ(Settle(first, SETTLED, {{"C", 0, 30, "A"}, {"A", 30, 0, "C"}}), "accepted");
  EXPECT_EQ(StatusOf(first), CycleStatus::kSettled);
  EXPECT_EQ(book.Balance("A.set"), -10);
  book.ExpectWhole();
}

TEST_F(Cover, SettlesCyclesInAnyOrderThatExposesNobodyBeyondItsCap) {
  Open({"A", "B"});
  ASSERT_EQ(book.Propose(Clearing("A", {100, 0, 0})), "accepted");
  const std::string first = "nu202112300001";
  EXPECT_EQ(Send("B", "A", 100), "accepted");
  EXPECT_EQ(book.Propose(book.Close(first, "second")), "accepted");
  EXPECT_EQ(Send("A", "B", 150), "accepted");  // it owes 50 in both together
  EXPECT_EQ(book.Propose(book.Close("second", "third")), "accepted");
  using enum SettlementAction;
  // Paid for the first, A would owe 150 in the second alone.
  EXPECT_EQ(Settle(first, SETTLED, {{"A", 100, 0}, {"B", 0, 100}}), "exceeds_cap");
  EXPECT_EQ(Settle("second", SETTLED, {{"A", 0, 150}, {"B", 150, 0}}), "accepted");
  EXPECT_EQ(Settle(first, SETTLED, {{"A", 100, 0}, {"B", 0, 100}}), "accepted");
  EXPECT_EQ(Owed("A"), 0);
  book.ExpectWhole();
}

TEST_F(Cover, SettlesAGrossPaymentWhenItIsMadeAndNotWithoutTheMoney) {  // domain B3, E6
  Open({"A", "B"}, SettlementMethod::GROSS);
  Limit("A", 20);
  Limit("B");
  EXPECT_EQ(Send("A", "B", 21), "insufficient_liquidity");
  EXPECT_EQ(Liquidity("A", 100), "accepted");
  EXPECT_EQ(Send("A", "B", 120), "accepted");  // 100 and the credit
  EXPECT_EQ(book.Balance("A.set"), 20);
  EXPECT_EQ(book.Balance("B.set"), -120);
  EXPECT_EQ(Send("A", "B", 1), "insufficient_liquidity");
  EXPECT_EQ(Send("B", "A", 120), "accepted");
  const std::string first = "nu202112300001";
  EXPECT_EQ(book.Propose(book.Close(first, "second")), "accepted");
  EXPECT_EQ(StatusOf(first), CycleStatus::kSettled);
  EXPECT_EQ(Abort(first), "cycle_not_closed");
  book.ExpectWhole();
}

// Domain E4, the published example: 50 from one to the other, 100,000 in, 100,000 out. A position
// ledger is a clearing account, the hub's net settlement their sum, the settlement ledger the
// account at the central bank.
TEST_F(Cover, PostsThePublishedExample) {
  Open({"DFSP1", "DFSP2"});
  Limit("DFSP1");
  Limit("DFSP2");
  EXPECT_EQ(Liquidity("DFSP1", 100'000), "accepted");
  EXPECT_EQ(Send("DFSP1", "DFSP2", 50), "accepted");
  EXPECT_EQ(book.Balance("DFSP1.nu"), 50);
  EXPECT_EQ(book.Balance("DFSP2.nu"), -50);
  const std::string first = "nu202112300001";
  EXPECT_EQ(book.Propose(book.Close(first, "second")), "accepted");
  EXPECT_EQ(Settle(first, SettlementAction::SETTLED, {{"DFSP1", 0, 50}, {"DFSP2", 50, 0}}),
            "accepted");
  EXPECT_EQ(book.Balance("DFSP1.nu"), 0);
  EXPECT_EQ(book.Balance("DFSP2.nu"), 0);
  EXPECT_EQ(book.Balance("DFSP1.set"), -99'950);
  EXPECT_EQ(book.Balance("DFSP2.set"), -50);
  EXPECT_EQ(Liquidity("DFSP2", -100'000), "insufficient_liquidity");
  EXPECT_EQ(Liquidity("DFSP2", -50), "accepted");
  book.ExpectWhole();
}

}  // namespace
}  // namespace longmen::generator
