// Written sequences whose results are known from elsewhere, through both ledgers.
#include "tests/engine/ledger_property/book.h"

namespace longmen::generator {
namespace {

using schema::AccountKind;
using Flows = std::map<std::tuple<std::string, std::string, uint16_t>, __int128>;

// The five banks of domain E2b, with a customer, a merchant and their accounts in the scheme.
void OpenBanks(Book& book, const std::vector<std::string>& banks) {
  book.Scheme("nu");
  for (const std::string& bank : banks) {
    book.Participant(bank);
    book.Account(bank + ".c", bank, AccountKind::CUSTOMER);
    book.Account(bank + ".m", bank, AccountKind::MERCHANT);
    book.Account(bank + ".nu", bank, AccountKind::CLEARING, "nu");
    book.Account(bank + ".set", bank, AccountKind::SETTLEMENT);
    EXPECT_EQ(book.Fund(bank + ".c", 200'000'000), "accepted");
  }
}

std::string Pay(Book& book, const std::string& key, const std::string& from, const std::string& to,
                int64_t yuan) {
  std::vector<Draft> group;
  group.push_back(book.Order(key, yuan * 100, from + ".c", to + ".m", "nu"));
  group.push_back(book.Payment(key, yuan * 100));
  EXPECT_EQ(book.Propose(std::move(group)), "accepted") << key;
  return book.last_id();
}

// The batch of E2b up to T10; gives the id of T02's debit.
std::string PayBatch(Book& book) {
  Pay(book, "T01", "CMB", "ICBC", 1'200'000);
  const std::string t02 = Pay(book, "T02", "ICBC", "CMB", 450'000);
  Pay(book, "T03", "BOB", "ICBC", 300'000);
  Pay(book, "T04", "ICBC", "BOB", 800'000);
  Pay(book, "T05", "PSBC", "CMB", 250'000);
  Pay(book, "T06", "CMB", "PSBC", 100'000);
  Pay(book, "T07", "CCB", "BOB", 150'000);
  Pay(book, "T08", "BOB", "CCB", 90'000);
  Pay(book, "T09", "CCB", "ICBC", 500'000);
  Pay(book, "T10", "PSBC", "CCB", 60'000);
  return t02;
}

const std::vector<std::string> kBanks = {"ICBC", "CCB", "PSBC", "CMB", "BOB"};
constexpr const char* kFirstCycle = "nu202112300001";

TEST(ClearingVector, NetsTheBatchOfFiveBanks) {  // domain E2b
  Book book;
  OpenBanks(book, kBanks);
  const std::string t02 = PayBatch(book);
  EXPECT_EQ(book.Propose(book.Refund("T02", t02, 5'000'000)), "accepted");

  const auto positions = book.naive().PositionsOf(kFirstCycle);
  const auto expect = [&](const char* bank, int64_t out, int64_t in) {
    const auto& position = positions.at({bank, 156});
    EXPECT_TRUE(position.gross_out == out * 100) << bank;
    EXPECT_TRUE(position.gross_in == in * 100) << bank;
  };
  expect("ICBC", 1'250'000, 2'050'000);
  expect("CCB", 650'000, 150'000);
  expect("PSBC", 310'000, 100'000);
  expect("CMB", 1'350'000, 700'000);
  expect("BOB", 390'000, 950'000);
  EXPECT_EQ(book.naive().state().items.size(), 11u);
  const Flows bilateral = {{{"CCB", "ICBC", 156}, 50'000'000}, {{"CMB", "ICBC", 156}, 80'000'000},
                           {{"ICBC", "BOB", 156}, 50'000'000}, {{"PSBC", "CCB", 156}, 6'000'000},
                           {{"CCB", "BOB", 156}, 6'000'000},   {{"PSBC", "CMB", 156}, 15'000'000}};
  EXPECT_TRUE(book.naive().Bilateral(kFirstCycle) == bilateral);

  EXPECT_EQ(book.Propose(book.Settle(kFirstCycle)), "cycle_not_closed");
  EXPECT_EQ(book.Propose(book.Close(kFirstCycle, "second")), "accepted");
  EXPECT_EQ(book.Propose(book.Settle(kFirstCycle)), "accepted");
  for (const std::string& bank : kBanks) EXPECT_EQ(book.Balance(bank + ".nu"), 0) << bank;
  EXPECT_EQ(book.Balance("ICBC.set"), -80'000'000);
  EXPECT_EQ(book.Balance("CMB.set"), 65'000'000);
  book.ExpectWhole();
}

TEST(ClearingVector, PutsALaterRefundIntoItsOwnCycle) {  // domain E2b, R02
  Book book;
  OpenBanks(book, kBanks);
  const std::string t02 = PayBatch(book);
  EXPECT_EQ(book.Propose(book.Close(kFirstCycle, "second")), "accepted");
  EXPECT_EQ(book.Propose(book.Refund("T02", t02, 5'000'000)), "accepted");
  const auto first = book.naive().PositionsOf(kFirstCycle);
  EXPECT_TRUE(first.at({"ICBC", 156}).gross_in == 200'000'000);
  const auto second = book.naive().PositionsOf("second");
  EXPECT_EQ(second.size(), 2u);
  EXPECT_TRUE(second.at({"ICBC", 156}).net() == 5'000'000);
  EXPECT_TRUE(second.at({"CMB", 156}).net() == -5'000'000);
  book.ExpectWhole();
}

TEST(RefundVector, GivesEveryPartBackExactly) {  // domain B8: 3.33, 3.33, 3.34 of 10.00 with 7.00
  Book book;
  OpenBanks(book, {"ICBC"});
  book.Account("coupon", "ICBC", AccountKind::REVENUE);
  std::vector<Draft> group;
  group.push_back(book.Order("o", 1'000, "ICBC.c", "coupon"));
  SetSplits(group.back().root().getBody().getOrder(), {{"ICBC.m", 700}});
  group.push_back(book.Payment("o", 1'000));
  EXPECT_EQ(book.Propose(std::move(group)), "accepted");
  const std::string debit = book.last_id();
  EXPECT_EQ(book.Balance("ICBC.m"), 700);
  for (const auto& [minor, left] : {std::pair{333, 467}, std::pair{333, 234}, std::pair{334, 0}}) {
    EXPECT_EQ(book.Propose(book.Refund("o", debit, minor)), "accepted");
    EXPECT_EQ(book.Balance("ICBC.m"), left);
  }
  EXPECT_EQ(book.Balance("coupon"), 0);
  EXPECT_EQ(book.Propose(book.Refund("o", debit, 1)), "exceeds_debit");
  book.ExpectWhole();
}

Draft MandateOf(Book& book, int64_t single, int64_t daily) {
  Draft draft = book.New("m");
  auto mandate = draft.registration().initMandate();
  mandate.setAccount("ICBC.c");
  mandate.setHolder("holder");
  mandate.setUtcOffsetMinutes(480);
  auto limits = mandate.initLimits(2);
  limits[0].setWindow(schema::LimitWindow::SINGLE);
  limits[0].setAmountMinor(single);
  limits[1].setWindow(schema::LimitWindow::DAY);
  limits[1].setAmountMinor(daily);
  return draft;
}

Draft Under(Book& book, const std::string& key, int64_t minor) {
  Draft draft = book.Order(key, minor, "ICBC.c", "ICBC.m");
  draft.root().getBody().getOrder().setMandate("m");
  return draft;
}

TEST(MandateVector, ConsumesAtTheOrderAndReleases) {
  Book book;  // it begins an hour before midnight in Beijing
  OpenBanks(book, {"ICBC"});
  EXPECT_EQ(book.Propose(MandateOf(book, 700, 1'000)), "accepted");
  EXPECT_EQ(book.Propose(Under(book, "o1", 701)), "exceeds_single_limit");
  EXPECT_EQ(book.Propose(Under(book, "o2", 700)), "accepted");
  EXPECT_EQ(book.Propose(Under(book, "o3", 300)), "accepted");
  EXPECT_EQ(book.Propose(Under(book, "o4", 1)), "exceeds_daily_amount");
  Draft cancel = book.New("o3");
  cancel.order().setAction(schema::OrderAction::CANCELLED);
  EXPECT_EQ(book.Propose(std::move(cancel)), "accepted");
  EXPECT_EQ(book.Propose(Under(book, "o5", 300)), "accepted");
  std::vector<Draft> together;  // in one group, too
  book.now += 60 * kNanosPerMinute;
  together.push_back(Under(book, "o6", 600));
  together.push_back(Under(book, "o7", 401));
  EXPECT_EQ(book.Propose(std::move(together)), "exceeds_daily_amount");
  EXPECT_EQ(book.Propose(Under(book, "o8", 600)), "accepted");
  book.ExpectWhole();
}

TEST(HoldVector, IsCapturedInPartsAndReleasedByTheLast) {
  Book book;
  OpenBanks(book, {"ICBC"});
  EXPECT_EQ(book.Propose(book.Order("o", 1'000, "ICBC.c", "ICBC.m")), "accepted");
  EXPECT_EQ(book.Propose(book.Grant("o", 900)), "accepted");
  EXPECT_EQ(book.Propose(book.Grant("o", 101)), "exceeds_order");
  EXPECT_EQ(book.Held("ICBC.c"), 900);
  EXPECT_EQ(book.Propose(book.Payment("o", 400)), "accepted");
  EXPECT_EQ(book.Held("ICBC.c"), 500);
  EXPECT_EQ(book.Propose(book.Payment("o", 200, schema::Outcome::PENDING)), "accepted");
  EXPECT_EQ(book.Held("ICBC.c"), 500);  // 200 of it in flight
  Draft failed = book.Payment("o", 200, schema::Outcome::FAILED);
  failed.root().getBody().getDebit().initResolves().setId("p" + std::to_string(0));
  failed.root().getBody().getDebit().getResolves().setId(
      "p" + std::to_string(std::stoi(book.last_id().substr(1)) - 1));
  EXPECT_EQ(book.Propose(std::move(failed)), "accepted");
  EXPECT_EQ(book.naive().OrderOf({schema::Scenario::NONE, "o"}).held, 500);
  Draft last = book.Payment("o", 100);
  last.root().getBody().getDebit().setCompletes(true);
  EXPECT_EQ(book.Propose(std::move(last)), "accepted");
  EXPECT_EQ(book.Held("ICBC.c"), 0);
  EXPECT_EQ(book.StatusOf("o"), OrderStatus::kCompleted);
  book.ExpectWhole();
}

TEST(ExpiryVector, WaitsForTheLatestOfTheLate) {
  Book book(10 * kNanosPerMinute);
  OpenBanks(book, {"ICBC"});
  Draft order = book.Order("o", 1'000, "ICBC.c", "ICBC.m");
  const Nanos until = book.now + 60 * kNanosPerSecond;
  order.root().getBody().getOrder().setValidUntil(until);
  EXPECT_EQ(book.Propose(std::move(order)), "accepted");
  EXPECT_EQ(book.Propose(book.Grant("o", 500, until - kNanosPerSecond)), "accepted");

  book.now = until + 10 * kNanosPerMinute;  // the last instant at which a late debit may come
  EXPECT_EQ(book.Fund("ICBC.c", 1), "accepted");
  EXPECT_EQ(book.Held("ICBC.c"), 0);  // the hold was due a second before
  EXPECT_EQ(book.StatusOf("o"), OrderStatus::kOpen);
  Draft late = book.Payment("o", 300);
  late.root().setOccurredAt(until);
  EXPECT_EQ(book.Propose(std::move(late)), "accepted");
  book.now += 1;
  EXPECT_EQ(book.Fund("ICBC.c", 1), "accepted");
  EXPECT_EQ(book.StatusOf("o"), OrderStatus::kCompleted);
  book.ExpectWhole();
}

// An order that may be debited from `from` to `until`.
Draft Window(Book& book, const std::string& key, Nanos from, Nanos until) {
  Draft draft = book.Order(key, 1'000, "ICBC.c", "ICBC.m");
  draft.root().getBody().getOrder().setValidFrom(from);
  draft.root().getBody().getOrder().setValidUntil(until);
  return draft;
}

Draft Amend(Book& book, const std::string& key, Nanos from, Nanos until) {
  Draft draft = book.New(key);
  auto order = draft.order();
  order.setAction(schema::OrderAction::AMENDED);
  order.setValidFrom(from);
  order.setValidUntil(until);
  return draft;
}

Draft PaymentAt(Book& book, const std::string& key, Nanos occurred_at) {
  Draft draft = book.Payment(key, 100);
  draft.root().setOccurredAt(occurred_at);
  return draft;
}

TEST(ValidityVector, OpensAtItsFirstInstantAndNotBefore) {
  Book book;
  OpenBanks(book, {"ICBC"});
  const Nanos from = book.now + 60 * kNanosPerSecond;
  EXPECT_EQ(book.Propose(Window(book, "o", from, 0)), "accepted");
  EXPECT_EQ(book.Propose(PaymentAt(book, "o", from - 1)), "order_not_yet_valid");
  EXPECT_EQ(book.Balance("ICBC.m"), 0);
  book.now = from;
  // What counts is when it occurred, not when it is told.
  EXPECT_EQ(book.Propose(PaymentAt(book, "o", from - 1)), "order_not_yet_valid");
  EXPECT_EQ(book.Propose(PaymentAt(book, "o", from)), "accepted");
  Draft early = PaymentAt(book, "o", from - 1);
  early.root().getBody().getDebit().setBasis(schema::Basis::REPORTED);
  EXPECT_EQ(book.Propose(std::move(early)), "accepted");  // with an exception: it is a fact
  EXPECT_EQ(book.Balance("ICBC.m"), 200);
  book.ExpectWhole();
}

TEST(ValidityVector, HoldsNothingBeforeItsFirstInstantButMayBeApproved) {
  Book book;
  OpenBanks(book, {"ICBC"});
  const Nanos from = book.now + 60 * kNanosPerSecond;
  EXPECT_EQ(book.Propose(Window(book, "o", from, 0)), "accepted");
  EXPECT_EQ(book.Propose(book.Grant("o", 500)), "order_not_yet_valid");
  EXPECT_EQ(book.Propose(book.Grant("o", 0)), "accepted");
  book.now = from;
  EXPECT_EQ(book.Propose(book.Grant("o", 500)), "accepted");
  EXPECT_EQ(book.Held("ICBC.c"), 500);
  book.ExpectWhole();
}

TEST(ValidityVector, IsNeverOverBeforeItBegins) {
  Book book;
  OpenBanks(book, {"ICBC"});
  const Nanos from = book.now + 60 * kNanosPerSecond;
  EXPECT_EQ(book.Propose(Window(book, "o1", from, from - 1)), "order_expired");
  EXPECT_EQ(book.Propose(Window(book, "o", from, from)), "accepted");  // of one instant
  EXPECT_EQ(book.Propose(Amend(book, "o", from + 1, 0)), "order_expired");
  EXPECT_EQ(book.Propose(Amend(book, "o", 0, from - 1)), "order_expired");
  EXPECT_EQ(book.Propose(Amend(book, "o", from + 2, from + 1)), "order_expired");
  EXPECT_EQ(book.Propose(Amend(book, "o", from + 1, from + 1)), "accepted");
  EXPECT_EQ(book.Propose(PaymentAt(book, "o", from)), "order_not_yet_valid");
  EXPECT_EQ(book.Propose(Amend(book, "o", book.now, 0)), "accepted");
  EXPECT_EQ(book.Propose(PaymentAt(book, "o", from)), "accepted");
  book.ExpectWhole();
}

}  // namespace
}  // namespace longmen::generator
