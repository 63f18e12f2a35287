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
      book.Account(bank + ".nu", bank, AccountKind::CLEARING, "nu");
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
  book.LimitMoney("A");
  EXPECT_EQ(book.Propose(Clearing("A", {300, 200, 100})), "insufficient_liquidity");
  EXPECT_EQ(book.MoveLiquidity("A", 100), "accepted");
  EXPECT_EQ(book.Propose(Clearing("A", {300, 200, 100})), "accepted");
  EXPECT_EQ(book.Held("A.set"), 100);
  EXPECT_EQ(book.MoveLiquidity("A", -1), "insufficient_liquidity");  // all of it is earmarked
  EXPECT_EQ(Send("A", "B", 580), "accepted");
  EXPECT_EQ(book.Propose(Clearing("A", {300, 200, 50})), "exceeds_cap");
  EXPECT_EQ(book.Propose(Clearing("A", {300, 200, 80})), "accepted");
  EXPECT_EQ(book.MoveLiquidity("A", -20), "accepted");
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
  book.LimitMoney("A");
  ASSERT_EQ(book.MoveLiquidity("A", 500), "accepted");
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
  book.LimitMoney("A");
  const std::string first = "nu202112300001";
  EXPECT_EQ(Send("A", "B", 100), "accepted");
  EXPECT_EQ(Send("B", "C", 100), "accepted");
  using enum SettlementAction;
  EXPECT_EQ(Settle(first, SETTLING, {{"A", 0, 100}}), "cycle_not_closed");
  EXPECT_EQ(book.Propose(book.Close(first, "second")), "accepted");
  EXPECT_EQ(Settle(first, SETTLING, {{"A", 0, 99}}), "position_mismatch");
  EXPECT_EQ(Settle(first, SETTLING, {{"A", 0, 100}}), "insufficient_liquidity");
  // Nobody is paid what nobody has paid in.
  EXPECT_EQ(Settle(first, SETTLING, {{"C", 100, 0}, {"B", 100, 100}}), "insufficient_liquidity");
  EXPECT_EQ(Settle(first, SETTLING, {{"B", 100, 100}}), "accepted");
  EXPECT_EQ(StatusOf(first), CycleStatus::kSettling);
  EXPECT_EQ(Abort(first), "partly_settled");
  EXPECT_EQ(Settle(first, SETTLING, {{"B", 100, 100}}), "position_mismatch");  // settled already
  EXPECT_EQ(book.MoveLiquidity("A", 100), "accepted");
  EXPECT_EQ(Settle(first, SETTLING, {{"A", 0, 100}}), "accepted");
  EXPECT_EQ(Settle(first, SETTLED, {{"C", 100, 0}}), "accepted");
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
  EXPECT_EQ(Settle(first, SETTLING, {{"A", 80, 100, "B"}}), "position_mismatch");  // one side
  EXPECT_EQ(Settle(first, SETTLING, {{"A", 80, 100, "B"}, {"B", 100, 80, "A"}}), "accepted");
  EXPECT_EQ(book.Balance("A.set"), 20);  // A pays B 20
  EXPECT_EQ(book.Balance("B.set"), -20);
  EXPECT_EQ(Settle(first, SETTLED, {{"C", 0, 30, "A"}, {"A", 30, 0, "C"}}), "accepted");
  EXPECT_EQ(StatusOf(first), CycleStatus::kSettled);
  EXPECT_EQ(book.Balance("A.set"), -10);
  book.ExpectWhole();
}

TEST_F(Cover, SettlesAWholeCycleByParticipantToo) {
  Open({"A", "B", "C"}, SettlementMethod::BILATERAL_NET);
  const std::string first = "nu202112300001";
  EXPECT_EQ(Send("A", "B", 100), "accepted");
  EXPECT_EQ(Send("C", "A", 30), "accepted");
  EXPECT_EQ(book.Propose(book.Close(first, "second")), "accepted");
  using enum SettlementAction;
  EXPECT_EQ(Settle(first, SETTLING, {{"C", 0, 30}}), "position_mismatch");
  EXPECT_EQ(Settle(first, SETTLED, {{"A", 30, 100}, {"B", 100, 0}, {"C", 0, 30}}), "accepted");
  EXPECT_EQ(StatusOf(first), CycleStatus::kSettled);
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
  book.LimitMoney("A", 20);
  book.LimitMoney("B");
  EXPECT_EQ(Send("A", "B", 21), "insufficient_liquidity");
  EXPECT_EQ(book.MoveLiquidity("A", 100), "accepted");
  EXPECT_EQ(Send("A", "B", 120), "accepted");  // 100 and the credit
  EXPECT_EQ(book.Balance("A.set"), 20);
  EXPECT_EQ(book.Balance("B.set"), -120);
  EXPECT_EQ(Send("A", "B", 1), "insufficient_liquidity");
  EXPECT_EQ(Send("B", "A", 120), "accepted");
  const std::string first = "nu202112300001";
  EXPECT_EQ(book.Propose(book.Close(first, "second")), "accepted");
  EXPECT_EQ(Abort(first), "partly_settled");
  // The day's figures are confirmed, and nothing moves.
  using enum SettlementAction;
  EXPECT_EQ(Settle(first, SETTLED, {{"A", 120, 119}, {"B", 120, 120}}), "position_mismatch");
  EXPECT_EQ(Settle(first, SETTLED, {{"A", 120, 120}, {"B", 120, 120}}), "accepted");
  EXPECT_EQ(book.Balance("A.set"), -100);
  book.ExpectWhole();
}

// Domain E4, the published example: 50 from one to the other, 100,000 in, 100,000 out. A position
// ledger is a clearing account, the hub's net settlement their sum, the settlement ledger the
// account at the central bank.
TEST_F(Cover, PostsThePublishedExample) {
  Open({"DFSP1", "DFSP2"});
  book.LimitMoney("DFSP1");
  book.LimitMoney("DFSP2");
  EXPECT_EQ(book.MoveLiquidity("DFSP1", 100'000), "accepted");
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
  EXPECT_EQ(book.MoveLiquidity("DFSP2", -100'000), "insufficient_liquidity");
  EXPECT_EQ(book.MoveLiquidity("DFSP2", -50), "accepted");
  book.ExpectWhole();
}

// The four banks of domain E2a, whose cycle is closed.
class Default : public Cover {
 protected:
  void OpenE2a(const std::vector<std::string>& banks = {"A", "B", "C", "D"}) {
    Open(banks);
    for (const std::string& bank : banks) Suspense(bank);
  }
  void Suspense(const std::string& bank) {
    book.Account(bank + ".sus", bank, AccountKind::SUSPENSE, "", 1'000'000'000);
  }
  void SendE2a() {
    const char* banks = "ABCD";
    constexpr int kOwed[4][4] = {
        {0, 90, 40, 20}, {70, 0, 30, 60}, {50, 20, 0, 10}, {30, 50, 80, 0}};
    for (int i = 0; i < 4; ++i) {
      for (int j = 0; j < 4; ++j) {
        if (kOwed[i][j] == 0) continue;
        ASSERT_EQ(Send(std::string(1, banks[i]), std::string(1, banks[j]), kOwed[i][j]),
                  "accepted");
      }
    }
  }
  void CloseFirst() { ASSERT_EQ(book.Propose(book.Close(kFirst, "second")), "accepted"); }
  int64_t NetOf(const std::string& bank, const std::string& cycle = kFirst) const {
    const auto positions = book.naive().PositionsOf(cycle);
    const auto found = positions.find({bank, kCny});
    return found == positions.end() ? 0 : static_cast<int64_t>(found->second.net());
  }
  std::string Recast(const std::string& without) {
    Draft draft = book.New(kFirst);
    auto settlement = draft.settlement();
    settlement.setAction(SettlementAction::RECAST);
    settlement.setWithout(without);
    settlement.setReason("it failed");
    return book.Propose(std::move(draft));
  }
  std::string ShareLoss(const std::string& without, int64_t collateral,
                        const std::vector<std::pair<std::string, int64_t>>& shares) {
    Draft draft = book.New(kFirst);
    auto settlement = draft.settlement();
    settlement.setAction(SettlementAction::LOSS_SHARED);
    settlement.setWithout(without);
    settlement.setCurrency(kCny);
    settlement.setCollateralMinor(collateral);
    settlement.setReason("it failed");
    auto list = settlement.initShares(static_cast<unsigned>(shares.size()));
    for (unsigned i = 0; i < list.size(); ++i) {
      list[i].setParticipant(shares[i].first);
      list[i].setMinor(shares[i].second);
    }
    return book.Propose(std::move(draft));
  }
  // Three banks have granted D, which has nothing, so much, and D owes the loss.
  std::string ShareLossByGrants(int64_t loss, const std::vector<int64_t>& grants,
                                const std::vector<std::pair<std::string, int64_t>>& shares) {
    OpenE2a();
    book.LimitMoney("D");
    const std::vector<std::string> banks = {"A", "B", "C"};
    for (size_t i = 0; i < banks.size(); ++i) {
      EXPECT_EQ(book.Propose(Clearing(banks[i], {1'000'000, 0, 0}, {{"D", grants[i]}})),
                "accepted");
    }
    FailToPay(loss);
    return ShareLoss("D", 0, shares);
  }
  // D owes A so much in the first cycle, as reported: a fact, whatever limits say.
  void FailToPay(int64_t loss) {
    Draft draft = Payment("D", "A", loss);
    draft.root().getBody().getDebit().setBasis(schema::Basis::REPORTED);
    EXPECT_EQ(book.Propose(std::move(draft)), "accepted");
    CloseFirst();
  }

  static constexpr const char* kFirst = "nu202112300001";
};

class Recasts : public Default, public testing::WithParamInterface<const char*> {};

TEST_P(Recasts, TheCycleOfFourBanksWithoutOneOfThem) {  // domain E7
  const std::map<std::string, std::map<std::string, int64_t>> nets = {
      {"A", {{"B", -20}, {"C", 80}, {"D", -60}}},
      {"B", {{"A", 20}, {"C", 60}, {"D", -80}}},
      {"C", {{"A", -10}, {"B", 10}, {"D", 0}}},
      {"D", {{"A", -10}, {"B", 10}, {"C", 0}}}};
  const std::string without = GetParam();
  OpenE2a();
  SendE2a();
  EXPECT_EQ(NetOf("C"), 70);
  EXPECT_EQ(NetOf("D"), -70);
  const int64_t own = NetOf(without);
  EXPECT_EQ(Recast(without), "cycle_not_closed");
  CloseFirst();
  EXPECT_EQ(Recast("E"), "unknown_participant");
  EXPECT_EQ(Recast(without), "accepted");
  EXPECT_EQ(Recast(without), "unknown_participant");
  for (const auto& [bank, net] : nets.at(without)) EXPECT_EQ(NetOf(bank), net) << bank;
  EXPECT_EQ(NetOf(without), 0);
  EXPECT_EQ(NetOf(without, "second"), own);  // its items wait in the cycle then open
  book.ExpectWhole();
}

INSTANTIATE_TEST_SUITE_P(OfE2a, Recasts, testing::Values("A", "B", "C", "D"));

TEST_F(Default, SharesALossInProportionToTheCreditGranted) {  // domain E7
  EXPECT_EQ(
      ShareLossByGrants(8'000, {4'000, 3'500, 2'500}, {{"A", 3'200}, {"B", 2'800}, {"C", 2'000}}),
      "accepted");
  EXPECT_EQ(NetOf("D"), 0);
  EXPECT_EQ(NetOf("A"), 8'000 - 3'200);
  EXPECT_EQ(book.Balance("A.sus"), -3'200);
  EXPECT_EQ(book.Balance("D.sus"), 8'000);
  EXPECT_EQ(Settle(kFirst, SettlementAction::SETTLED,
                   {{"A", 8'000, 3'200}, {"B", 0, 2'800}, {"C", 0, 2'000}, {"D", 8'000, 8'000}}),
            "accepted");
  book.ExpectWhole();
}

TEST_F(Default, GivesTheOddUnitToTheLargestRemainder) {  // domain E7: 10,001
  EXPECT_EQ(ShareLossByGrants(10'001, {40, 35, 25}, {{"A", 4'000}, {"B", 3'500}, {"C", 2'501}}),
            "position_mismatch");
  EXPECT_EQ(ShareLoss("D", 0, {{"A", 4'001}, {"B", 3'500}, {"C", 2'500}}), "accepted");
  book.ExpectWhole();
}

TEST_F(Default, GivesTheOddUnitOfEqualOnesToTheFirst) {  // domain E7: equal thirds of 10,000
  EXPECT_EQ(ShareLossByGrants(10'000, {7, 7, 7}, {{"A", 3'334}, {"B", 3'333}, {"C", 3'333}}),
            "accepted");
  book.ExpectWhole();
}

TEST_F(Default, TakesLiquidityAndCollateralBeforeTheOthersPay) {  // domain E7, CMB in E2b
  OpenE2a({"ICBC", "CMB", "PSBC", "BOB"});
  book.LimitMoney("CMB");
  ASSERT_EQ(book.MoveLiquidity("CMB", 300'000), "accepted");
  ASSERT_EQ(book.Propose(Clearing("CMB", {1'000'000, 200'000, 0})), "accepted");
  for (const auto& [bank, granted] :
       {std::pair{"ICBC", 500'000}, std::pair{"BOB", 300'000}, std::pair{"PSBC", 200'000}}) {
    ASSERT_EQ(book.Propose(Clearing(bank, {1'000'000, 0, 0}, {{"CMB", granted}})), "accepted");
  }
  EXPECT_EQ(Send("CMB", "ICBC", 500'000), "accepted");
  EXPECT_EQ(Send("CMB", "BOB", 150'000), "accepted");
  CloseFirst();
  EXPECT_EQ(ShareLoss("ICBC", 0, {}), "no_loss");
  EXPECT_EQ(ShareLoss("CMB", 200'000, {{"BOB", 45'000}, {"ICBC", 75'000}, {"PSBC", 30'000}}),
            "accepted");
  EXPECT_EQ(NetOf("CMB"), -500'000);
  EXPECT_EQ(book.Balance("CMB.set"), -500'000);
  // And now it can pay, and the cycle settles.
  EXPECT_EQ(Settle(kFirst, SettlementAction::SETTLED,
                   {{"CMB", 150'000, 650'000},
                    {"ICBC", 500'000, 75'000},
                    {"BOB", 150'000, 45'000},
                    {"PSBC", 0, 30'000}}),
            "accepted");
  EXPECT_EQ(book.Balance("CMB.set"), 0);
  book.ExpectWhole();
}

TEST_F(Default, IsNotSharedByAnybodyWhoGrantedNothing) {
  OpenE2a();
  book.LimitMoney("D");
  EXPECT_EQ(Send("D", "A", 100), "accepted");
  CloseFirst();
  EXPECT_EQ(ShareLoss("D", 0, {}), "nobody_shares");
  book.ExpectWhole();
}

TEST_F(Default, IsBookedOnTheSuspenseAccountsOfWhoeverIsConcerned) {
  Open({"A", "B", "C", "D"});
  book.LimitMoney("D");
  ASSERT_EQ(book.Propose(Clearing("B", {1'000'000, 0, 0}, {{"D", 10}})), "accepted");
  FailToPay(100);
  EXPECT_EQ(ShareLoss("D", 0, {{"B", 100}}), "no_suspense_account");
  Suspense("D");
  EXPECT_EQ(ShareLoss("D", 0, {{"B", 100}}), "no_suspense_account");
  Suspense("B");
  EXPECT_EQ(ShareLoss("D", 0, {{"B", 100}}), "accepted");
  book.ExpectWhole();
}

}  // namespace
}  // namespace longmen::generator
