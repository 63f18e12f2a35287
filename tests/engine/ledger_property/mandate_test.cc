// What a mandate allows and what its orders take of it (docs/rules.md, Order), through both
// ledgers.
#include "tests/engine/ledger_property/book.h"

namespace longmen::generator {
namespace {

using schema::AccountKind;

// A bank with a customer, a shop, and a card of two payments on the customer's account: 6.00 each,
// 10.00 in all, online, for goods of category 5734 at "mid1", in yuan.
class MandateTest : public testing::Test {
 protected:
  MandateTest() {
    book.Participant("ICBC");
    book.Account("c", "ICBC", AccountKind::CUSTOMER);
    book.Account("m", "ICBC", AccountKind::MERCHANT);
    EXPECT_EQ(book.Fund("c", 100'000), "accepted");
  }

  Draft Card(bool restores = false, uint16_t currency = 156) {
    Draft draft = book.New("card");
    auto mandate = draft.registration().initMandate();
    mandate.setAccount("c");
    auto limits = mandate.initLimits(3);
    limits[0].setWindow(schema::LimitWindow::SINGLE);
    limits[0].setAmountMinor(600);
    limits[1].setWindow(schema::LimitWindow::TOTAL);
    limits[1].setCount(2);
    limits[2].setWindow(schema::LimitWindow::TOTAL);
    limits[2].setAmountMinor(1'000);
    mandate.initChannels(1).set(0, "online");
    mandate.initPayees(1).set(0, "m");
    mandate.initMerchants(1).set(0, "mid1");
    mandate.initMerchantCategories(1).set(0, "5734");
    mandate.initCurrencies(1).set(0, currency);
    mandate.setRestoresOnRefund(restores);
    return draft;
  }

  Draft Under(const std::string& key, int64_t minor, const char* merchant = "mid1",
              const char* category = "5734", const char* channel = "online") {
    Draft draft = book.Order(key, minor, "c", "m");
    auto order = draft.root().getBody().getOrder();
    order.setMandate("card");
    order.setChannel(channel);
    order.setMerchant(merchant);
    order.setMerchantCategory(category);
    return draft;
  }

  // An order and its debit; the debit's id.
  std::string Pay(const std::string& key, int64_t minor) {
    EXPECT_EQ(book.Propose(Under(key, minor)), "accepted");
    EXPECT_EQ(book.Propose(book.Payment(key, minor)), "accepted");
    return book.last_id();
  }

  void ExpectUsed(int64_t minor, uint64_t count) {
    const auto used = book.naive().state().UsageOf("card");
    EXPECT_EQ(static_cast<int64_t>(used.first), minor);
    EXPECT_EQ(used.second, count);
  }

  Book book;
};

TEST_F(MandateTest, RefusesByTheFirstControlThatFails) {
  ASSERT_EQ(book.Propose(Card(false, 840)), "accepted");
  EXPECT_EQ(book.Propose(Under("o1", 601, "mid9", "5812", "pos")), "exceeds_single_limit");
  EXPECT_EQ(book.Propose(Under("o2", 600, "mid9", "5812", "pos")), "channel_not_allowed");
  EXPECT_EQ(book.Propose(Under("o3", 600, "mid9", "5812")), "merchant_not_allowed");
  EXPECT_EQ(book.Propose(Under("o4", 600, "mid1", "5812")), "merchant_category_not_allowed");
  EXPECT_EQ(book.Propose(Under("o5", 600)), "currency_not_allowed");
  EXPECT_EQ(book.Propose(Card()), "accepted");
  EXPECT_EQ(book.Propose(Under("o6", 600)), "accepted");
  EXPECT_EQ(book.Propose(Under("o7", 401, "mid1", "5734", "pos")), "exceeds_total_amount");
  EXPECT_EQ(book.Propose(Under("o8", 400)), "accepted");
  EXPECT_EQ(book.Propose(Under("o9", 1)), "exceeds_total_count");
  book.ExpectWhole();
}

TEST_F(MandateTest, RestoresWhatIsRefundedWhereItSaysSo) {
  ASSERT_EQ(book.Propose(Card(true)), "accepted");
  Pay("o1", 600);
  const std::string debit = Pay("o2", 400);
  ExpectUsed(1'000, 2);
  EXPECT_EQ(book.Propose(book.Refund("o2", debit, 100)), "accepted");
  ExpectUsed(900, 2);
  EXPECT_EQ(book.Propose(Under("o3", 100)), "exceeds_total_count");
  Draft pending = book.Refund("o2", debit, 300);
  pending.root().getBody().getRefund().setOutcome(schema::Outcome::PENDING);
  EXPECT_EQ(book.Propose(std::move(pending)), "accepted");
  const std::string refund = book.last_id();
  ExpectUsed(900, 2);  // it may yet fail
  Draft result = book.New("o2");
  auto resolves = result.refund();
  SetAmount(resolves, 300, 156);
  resolves.setOutcome(schema::Outcome::SUCCEEDED);
  resolves.initResolves().setId(refund);
  EXPECT_EQ(book.Propose(std::move(result)), "accepted");
  ExpectUsed(600, 1);
  EXPECT_EQ(book.Propose(Under("o4", 401)), "exceeds_total_amount");
  EXPECT_EQ(book.Propose(Under("o5", 400)), "accepted");
  book.ExpectWhole();
}

TEST_F(MandateTest, KeepsWhatIsRefundedOtherwise) {
  ASSERT_EQ(book.Propose(Card()), "accepted");
  const std::string debit = Pay("o1", 600);
  EXPECT_EQ(book.Propose(book.Refund("o1", debit, 600)), "accepted");
  ExpectUsed(600, 1);
  EXPECT_EQ(book.Propose(Under("o2", 401)), "exceeds_total_amount");
  book.ExpectWhole();
}

// What comes back while more may still be captured: so much less of the order can ever move.
TEST_F(MandateTest, RestoresWhatIsRefundedOfAnOpenOrder) {
  ASSERT_EQ(book.Propose(Card(true)), "accepted");
  EXPECT_EQ(book.Propose(Under("o1", 600)), "accepted");
  EXPECT_EQ(book.Propose(book.Payment("o1", 200)), "accepted");
  EXPECT_EQ(book.Propose(book.Refund("o1", book.last_id(), 150)), "accepted");
  ExpectUsed(450, 1);
  EXPECT_EQ(book.Propose(book.Payment("o1", 400)), "accepted");
  ExpectUsed(450, 1);
  book.ExpectWhole();
}

TEST_F(MandateTest, RestoresNoMoreThanItTook) {
  ASSERT_EQ(book.Propose(Card(true)), "accepted");
  const std::string debit = Pay("o1", 200);
  EXPECT_EQ(book.Fund("m", 1'000), "accepted");
  Draft refund = book.Refund("o1", debit, 500);
  refund.root().getBody().getRefund().setBasis(schema::Basis::REPORTED);
  EXPECT_EQ(book.Propose(std::move(refund)), "accepted");
  ExpectUsed(0, 0);
  book.ExpectWhole();
}

TEST_F(MandateTest, SaysForGoodWhetherItRestores) {
  ASSERT_EQ(book.Propose(Card()), "accepted");
  EXPECT_EQ(book.Propose(Card(true)), "immutable_field");
  book.ExpectWhole();
}

// It is the payee's currency that a mandate allows, and the payer's money that it counts.
TEST_F(MandateTest, CountsWhatAnExchangeCostsAndGivesBack) {
  book.Account("usd", "ICBC", AccountKind::MERCHANT, "", 0, 840);
  for (const uint16_t currency : {uint16_t{156}, uint16_t{840}}) {
    Draft fx = book.New("fx" + std::to_string(currency));
    auto account = fx.registration().initAccount();
    account.setParticipant("ICBC");
    account.setKind(AccountKind::FX);
    account.setCurrency(currency);
    account.setUnlimited(true);
    EXPECT_EQ(book.Propose(std::move(fx)), "accepted");
  }
  Draft card = Card(true, 840);
  card.root().getBody().getRegistration().getMandate().initPayees(1).set(0, "usd");
  ASSERT_EQ(book.Propose(std::move(card)), "accepted");
  const auto in_dollars = [&](const std::string& key, uint16_t counter) {
    Draft draft = Under(key, 600);
    auto order = draft.root().getBody().getOrder();
    order.setPayee("usd");
    SetCounter(order, 100, counter);
    return draft;
  };
  Draft yuan = Under("o0", 600);
  yuan.root().getBody().getOrder().setPayee("m");
  EXPECT_EQ(book.Propose(std::move(yuan)), "payee_not_allowed");
  EXPECT_EQ(book.Propose(in_dollars("o1", 840)), "accepted");
  Draft paid = book.Payment("o1", 600);
  auto debit = paid.root().getBody().getDebit();
  SetCounter(debit, 100, 840);
  SetRate(debit.initRate(), 6, 0, 840);
  EXPECT_EQ(book.Propose(std::move(paid)), "accepted");
  ExpectUsed(600, 1);
  const std::string payment = book.last_id();
  for (const auto& [dollars, left] : {std::pair{40, 400}, std::pair{60, 100}}) {
    Draft back = book.New("o1");  // at another rate: of 6.00 yuan 5.00 come back
    auto refund = back.refund();
    SetAmount(refund, dollars, 840);
    SetCounter(refund, 5 * dollars, 156);
    SetRate(refund.initRate(), 5, 0, 840);
    refund.setOutcome(schema::Outcome::SUCCEEDED);
    refund.initDebit().setId(payment);
    EXPECT_EQ(book.Propose(std::move(back)), "accepted");
    ExpectUsed(left, 1);
  }
  book.ExpectWhole();
}

TEST_F(MandateTest, RefusesThePayeesCurrency) {
  book.Account("usd", "ICBC", AccountKind::MERCHANT, "", 0, 840);
  Draft card = Card();
  card.root().getBody().getRegistration().getMandate().initPayees(1).set(0, "usd");
  ASSERT_EQ(book.Propose(std::move(card)), "accepted");
  Draft draft = Under("o1", 600);
  auto order = draft.root().getBody().getOrder();
  order.setPayee("usd");
  SetCounter(order, 100, 840);
  EXPECT_EQ(book.Propose(std::move(draft)), "currency_not_allowed");
  book.ExpectWhole();
}

// Old holds stay, and their captures too; new orders are refused.
TEST_F(MandateTest, MayBeLimitedBelowWhatIsHeld) {
  ASSERT_EQ(book.Propose(Card()), "accepted");
  EXPECT_EQ(book.Propose(Under("o1", 600)), "accepted");
  EXPECT_EQ(book.Propose(book.Grant("o1", 600)), "accepted");
  Draft less = Card();
  less.root().getBody().getRegistration().getMandate().getLimits()[2].setAmountMinor(500);
  EXPECT_EQ(book.Propose(std::move(less)), "accepted");
  EXPECT_EQ(book.Held("c"), 600);
  EXPECT_EQ(book.Propose(Under("o2", 1)), "exceeds_total_amount");
  EXPECT_EQ(book.Propose(book.Payment("o1", 600)), "accepted");
  book.ExpectWhole();
}

}  // namespace
}  // namespace longmen::generator
