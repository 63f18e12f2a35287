// Who may get what an order pays, through both ledgers: what was approved, and nobody else.
#include "tests/engine/ledger_property/book.h"

namespace longmen::generator {
namespace {

using schema::AccountKind;

// A bank with the customers "ann" and "thief", the merchants "shop" and "fund", and a mandate of
// ann's for shop alone.
class Routes : public ::testing::Test {
 protected:
  Routes() {
    book_.Participant("ICBC");
    for (const char* name : {"ann", "thief"}) book_.Account(name, "ICBC", AccountKind::CUSTOMER);
    for (const char* name : {"shop", "fund"}) book_.Account(name, "ICBC", AccountKind::MERCHANT);
    EXPECT_EQ(book_.Fund("ann", 100'000), "accepted");
    Draft draft = book_.New("m");
    auto mandate = draft.registration().initMandate();
    mandate.setAccount("ann");
    mandate.initPayees(1).set(0, "shop");
    EXPECT_EQ(book_.Propose(std::move(draft)), "accepted");
  }
  ~Routes() override { book_.ExpectWhole(); }

  Draft Split(Draft draft, std::vector<std::pair<std::string, int64_t>> splits) {
    auto body = draft.root().getBody();
    const auto count = static_cast<unsigned>(splits.size());
    auto list =
        body.isOrder() ? body.getOrder().initSplits(count) : body.getDebit().initSplits(count);
    for (unsigned i = 0; i < count; ++i) {
      list[i].setAccount(splits[i].first);
      list[i].setMinor(splits[i].second);
    }
    return draft;
  }
  int64_t Balance(const std::string& account) { return book_.Balance(account); }

  Book book_;
};

TEST_F(Routes, AreFixedByTheOrder) {
  ASSERT_EQ(book_.Propose(book_.Order("o", 500, "ann", "shop")), "accepted");
  EXPECT_EQ(book_.Propose(Split(book_.Payment("o", 500), {{"thief", 500}})), "route_mismatch");
  EXPECT_EQ(book_.Propose(book_.Payment("o", 500)), "accepted");
  EXPECT_EQ(Balance("shop"), 500);
}

TEST_F(Routes, SplitsAreAmongThePayeesOfTheMandate) {
  Draft order = book_.Order("o", 500, "ann", "shop");
  order.root().getBody().getOrder().setMandate("m");
  EXPECT_EQ(book_.Propose(Split(std::move(order), {{"thief", 500}})), "payee_not_allowed");
}

TEST_F(Routes, PartPaymentsPayASplitOutOnce) {
  ASSERT_EQ(book_.Propose(Split(book_.Order("o", 500, "ann", "shop"), {{"fund", 100}})),
            "accepted");
  EXPECT_EQ(book_.Propose(Split(book_.Payment("o", 200), {{"fund", 70}})), "accepted");
  EXPECT_EQ(book_.Propose(Split(book_.Payment("o", 200), {{"fund", 20}, {"fund", 11}})),
            "route_mismatch");
  EXPECT_EQ(book_.Propose(Split(book_.Payment("o", 200), {{"fund", 20}, {"fund", 10}})),
            "accepted");
  EXPECT_EQ(Balance("fund"), 100);
  EXPECT_EQ(Balance("shop"), 300);
}

TEST_F(Routes, NobodyPaysThemselves) {
  EXPECT_EQ(book_.Propose(book_.Order("o", 500, "ann", "ann")), "route_mismatch");
  EXPECT_EQ(book_.Propose(Split(book_.Order("o", 500, "ann", "shop"), {{"ann", 500}})),
            "route_mismatch");
  EXPECT_EQ(book_.Propose(book_.Order("open", 500, "", "ann")), "accepted");
  Draft payment = book_.Payment("open", 500);
  payment.root().getBody().getDebit().setPayer("ann");
  EXPECT_EQ(book_.Propose(std::move(payment)), "route_mismatch");
}

// Clearing accounts move by items of cycles and by settlement alone.
TEST_F(Routes, DoNotPassThroughClearingAccounts) {
  book_.Scheme("nu");
  book_.Account("ICBC.nu", "ICBC", AccountKind::CLEARING, "nu");
  EXPECT_EQ(book_.Propose(book_.Order("o", 500, "ann", "ICBC.nu")), "account_kind_not_allowed");
  Draft posting = book_.New("");
  auto debit = posting.debit();
  SetAmount(debit, 500, 156);
  debit.setKind(schema::DebitKind::POSTING);
  debit.setBasis(schema::Basis::REPORTED);
  debit.setOutcome(schema::Outcome::SUCCEEDED);
  debit.setPayer("ICBC.nu");
  debit.setPayee("thief");
  EXPECT_EQ(book_.Propose(std::move(posting)), "account_kind_not_allowed");
}

// Ten yuan, five to each of two: three back and then seven. Nobody gives what it never received.
TEST_F(Routes, RefundsBringBackWhatEachReceived) {
  ASSERT_EQ(book_.Propose(Split(book_.Order("o", 10, "ann", "shop"), {{"fund", 5}, {"thief", 5}})),
            "accepted");
  ASSERT_EQ(book_.Propose(book_.Payment("o", 10)), "accepted");
  const std::string debit = book_.last_id();
  EXPECT_EQ(book_.Propose(book_.Refund("o", debit, 3)), "accepted");
  book_.ExpectWhole();
  EXPECT_EQ(Balance("fund"), 4);
  EXPECT_EQ(Balance("thief"), 3);
  EXPECT_EQ(book_.Propose(book_.Refund("o", debit, 7)), "accepted");
  EXPECT_EQ(Balance("fund"), 0);
  EXPECT_EQ(Balance("thief"), 0);
  EXPECT_EQ(Balance("shop"), 0);
}

TEST_F(Routes, OfASchemeStayAsTheyWereWhenMoneyRestedOnThem) {
  Draft draft = book_.New("pk");
  draft.registration().initScheme().setPendingAccounts(true);
  ASSERT_EQ(book_.Propose(std::move(draft)), "accepted");
  Draft again = book_.New("pk");
  again.registration().initScheme();
  EXPECT_EQ(book_.Propose(std::move(again)), "immutable_field");
}

TEST_F(Routes, ReportsComeFromWhoMayReport) {
  Draft source = book_.New("shop-till");
  auto given = source.registration().initSource();
  given.setAllParticipants(true);
  given.setMaxLate(kNanosPerMinute);
  given.setDecidedOnly(true);
  given.initBodies(1).set(0, schema::BodyKind::DEBIT);
  ASSERT_EQ(book_.Propose(std::move(source)), "accepted");
  ASSERT_EQ(book_.Propose(book_.Order("o", 500, "ann", "shop")), "accepted");
  const auto payment = [&](schema::Basis basis) {
    Draft draft = book_.Payment("o", 500);
    draft.root().setSource("shop-till");
    draft.root().getBody().getDebit().setBasis(basis);
    return draft;
  };
  EXPECT_EQ(book_.Propose(payment(schema::Basis::REPORTED)), "not_permitted");
  EXPECT_EQ(book_.Propose(payment(schema::Basis::DECIDED)), "accepted");
}

}  // namespace
}  // namespace longmen::generator
