// Balances, orders, journal, statements, exceptions: hand-made records in, readings out.
#include <gtest/gtest.h>

#include "projections/all/all.h"
#include "projections/balances/balances.h"
#include "projections/exceptions/exceptions.h"
#include "projections/journal/journal.h"
#include "projections/orders/orders.h"
#include "projections/statements/statements.h"
#include "tests/projections/hand_log/hand_log.h"

namespace longmen::projections {
namespace {

using testing::Cny;
using testing::HandLog;
using testing::kFirstDay;
using testing::PlacedOrder;

MapStore Folded(const HandLog& log) {
  MapStore store;
  for (const auto& record : log.records()) {
    const Status status = Fold(record.view(), record.effects, store);
    EXPECT_TRUE(status.ok());
  }
  return store;
}

// Two customers and a wallet of one bank.
HandLog OneBank() {
  HandLog log;
  log.Participant("ICBC");
  log.Account("alice", "ICBC");
  log.Account("bob", "ICBC");
  log.Account("card", "ICBC", schema::AccountKind::WALLET, 500);
  return log;
}

TEST(Balances, GiveWhatTheLastRecordLeft) {
  HandLog log = OneBank();
  const Sequence paid = log.Move({.key = "o1", .from = "alice", .to = "card", .minor = 300});
  const MapStore store = Folded(log);
  const auto card = FindBalance(store, "card");
  ASSERT_TRUE(card.ok());
  EXPECT_EQ(card->state.balance, Cny(300));
  EXPECT_EQ(card->sequence, paid);
  EXPECT_EQ(card->available, 800);  // 300 and a floor of 500
  EXPECT_EQ(FindBalance(store, "alice")->available, std::nullopt);
}

TEST(Balances, AreListedByNameAndInPages) {
  const MapStore store = Folded(OneBank());
  const auto first = Balances(store, {}, 2);
  ASSERT_EQ(first->size(), 2u);
  EXPECT_EQ(first->at(0).state.account, "alice");
  const auto rest = Balances(store, first->back().state.account);
  ASSERT_EQ(rest->size(), 1u);
  EXPECT_EQ(rest->at(0).state.account, "card");
}

TEST(Balances, SayThatAnAccountIsUnknown) {
  const auto balance = FindBalance(Folded(OneBank()), "nobody");
  ASSERT_FALSE(balance.ok());
  EXPECT_EQ(balance.error().code, Code::NOT_FOUND);
}

TEST(Orders, KeepEveryRecordAboutTheirKey) {
  HandLog log = OneBank();
  const Sequence placed = log.Order(PlacedOrder("o1", 300));
  const Sequence refused = log.Refuse("o1", "p-9", Code::ORDER_EXISTS, "key");
  const Sequence paid = log.Move({.key = "o1", .from = "alice", .to = "bob", .minor = 300});
  log.Move({.key = "o10", .from = "alice", .to = "bob", .minor = 300});
  const MapStore store = Folded(log);
  const auto touches = TouchesOf(store, schema::Scenario::B2B_GATEWAY, "o1");
  ASSERT_TRUE(touches.ok());
  const std::vector<Touch> expected = {{.sequence = placed, .body = Body::kOrder, .refused = false},
                                       {.sequence = refused, .body = Body::kOrder, .refused = true},
                                       {.sequence = paid, .body = Body::kDebit, .refused = false}};
  EXPECT_EQ(*touches, expected);
  const auto order = FindOrder(store, schema::Scenario::B2B_GATEWAY, "o1");
  ASSERT_TRUE(order.ok());
  EXPECT_EQ(order->state.amount, Cny(300));
  EXPECT_EQ(order->sequence, placed);
  EXPECT_EQ(FindOrder(store, schema::Scenario::PARKING, "o1").error().code, Code::NOT_FOUND);
  EXPECT_EQ(TouchesOf(store, schema::Scenario::PARKING, "o1").error().code, Code::NOT_FOUND);
}

TEST(Orders, SayWhatWasCollectedIntoAnAccount) {
  HandLog log = OneBank();
  const auto bill = [&](const std::string& key, OrderStatus status, int64_t minor, int64_t paid,
                        const std::string& payee) {
    OrderState order = PlacedOrder(key, minor);
    order.status = status;
    order.paid = paid;
    order.payee = payee;
    log.Order(order);
  };
  bill("s1", OrderStatus::kOpen, 300, 0, "pending");
  bill("s1", OrderStatus::kPaid, 300, 300, "pending");  // counts as it is now
  bill("s2", OrderStatus::kPaid, 200, 200, "pending");
  bill("s3", OrderStatus::kOpen, 100, 0, "pending");
  bill("x1", OrderStatus::kOpen, 999, 0, "pendingtoo");
  const auto collection = CollectionInto(Folded(log), "pending");
  ASSERT_TRUE(collection.ok());
  ASSERT_EQ(collection->size(), 2u);
  const CollectionLine& open = (*collection)[0];
  EXPECT_EQ(open.status, OrderStatus::kOpen);
  EXPECT_EQ(open.orders, 1u);
  EXPECT_TRUE(open.asked.value() == 100);
  const CollectionLine& paid = (*collection)[1];
  EXPECT_EQ(paid.status, OrderStatus::kPaid);
  EXPECT_EQ(paid.orders, 2u);
  EXPECT_TRUE(paid.asked.value() == 500);
  EXPECT_TRUE(paid.paid.value() == 500);
  EXPECT_TRUE(CollectionInto(Folded(log), "nobody")->empty());
}

TEST(Journal, HasThePostingsOfEveryRecordThatMovedMoney) {
  HandLog log = OneBank();
  const Sequence paid = log.Move({.key = "o1", .from = "alice", .to = "bob", .minor = 300});
  const Sequence back =
      log.Move({.key = "o1", .from = "bob", .to = "alice", .minor = 100, .refunds = paid});
  const MapStore store = Folded(log);
  const auto entries = Journal(store, 1, UINT64_MAX);
  ASSERT_EQ(entries->size(), 2u);
  EXPECT_EQ(entries->at(0).sequence, paid);
  const FewOf<Posting, 4> postings = {{"alice", "ICBC", Cny(-300)}, {"bob", "ICBC", Cny(300)}};
  EXPECT_EQ(entries->at(0).postings, postings);
  EXPECT_EQ(entries->at(1).body, Body::kRefund);
  EXPECT_EQ(Journal(store, paid + 1, back)->size(), 1u);
  EXPECT_TRUE(Journal(store, 1, paid - 1)->empty());
}

// Three days: +1000 on the first, nothing on the second, -300 and +50 on the third.
HandLog ThreeDays() {
  HandLog log = OneBank();
  const Sequence paid = log.Move({.key = "o1", .from = "alice", .to = "bob", .minor = 1'000});
  log.Day(kFirstDay + 1);
  log.Participant("CCB");
  log.Day(kFirstDay + 2);
  log.Move({.key = "o1", .from = "bob", .to = "alice", .minor = 300, .refunds = paid});
  log.Move({.key = "o2", .from = "alice", .to = "bob", .minor = 50});
  log.Day(kFirstDay + 3);
  log.Participant("CMB");
  return log;
}

TEST(Statements, OpenWithWhatTheDayBeforeClosedWith) {
  const MapStore store = Folded(ThreeDays());
  const auto third = StatementOf(store, "bob", kFirstDay + 2, kFirstDay + 2);
  ASSERT_TRUE(third.ok());
  EXPECT_EQ(third->opening, 1'000);
  EXPECT_EQ(third->closing, 750);
  ASSERT_EQ(third->lines.size(), 2u);
  EXPECT_EQ(third->lines[0].amount, -300);
  EXPECT_EQ(third->lines[0].balance, 700);
  EXPECT_EQ(third->lines[1].balance, 750);
  EXPECT_EQ(third->credits.value(), 50);
  EXPECT_EQ(third->debits.value(), 300);
  EXPECT_TRUE(third->range.complete);
  const auto first = StatementOf(store, "bob", kFirstDay, kFirstDay);
  EXPECT_EQ(first->opening, 0);
  EXPECT_EQ(first->closing, 1'000);
}

TEST(Statements, OfADayWithoutLinesStateTheBalanceTwice) {
  const MapStore store = Folded(ThreeDays());
  const auto second = StatementOf(store, "bob", kFirstDay + 1, kFirstDay + 1);
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(second->opening, 1'000);
  EXPECT_EQ(second->closing, 1'000);
  EXPECT_TRUE(second->lines.empty());
  const auto never_used = StatementOf(store, "card", kFirstDay, kFirstDay + 2);
  ASSERT_TRUE(never_used.ok());
  EXPECT_EQ(never_used->opening, 0);
  EXPECT_EQ(never_used->closing, 0);
}

TEST(Statements, StayAsTheyAreWhenLaterRecordsCome) {
  HandLog log = ThreeDays();
  const auto before = StatementOf(Folded(log), "bob", kFirstDay, kFirstDay + 2);
  log.Move({.key = "o3", .from = "alice", .to = "bob", .minor = 7});
  const auto after = StatementOf(Folded(log), "bob", kFirstDay, kFirstDay + 2);
  EXPECT_EQ(before->range, after->range);
  EXPECT_EQ(before->closing, after->closing);
  EXPECT_EQ(before->lines, after->lines);
}

TEST(Statements, AreNeverAnEmptyAnswerToAQuestionWithoutOne) {
  HandLog log = ThreeDays();
  log.Account("late", "ICBC");
  const MapStore store = Folded(log);
  const auto code = [&](std::string_view account, DayNumber from, DayNumber to) {
    const auto statement = StatementOf(store, account, from, to);
    return statement.ok() ? Code::NONE : statement.error().code;
  };
  EXPECT_EQ(code("nobody", kFirstDay, kFirstDay), Code::NOT_FOUND);
  EXPECT_EQ(code("bob", kFirstDay + 9, kFirstDay + 9), Code::UNANSWERABLE);
  EXPECT_EQ(code("late", kFirstDay, kFirstDay + 2), Code::UNANSWERABLE);
  EXPECT_EQ(code("late", kFirstDay, kFirstDay + 3), Code::NONE);
  EXPECT_EQ(code("bob", kFirstDay + 1, kFirstDay), Code::USAGE);
}

TEST(Statements, FollowSeveralPostingsOfOneRecord) {
  HandLog log = OneBank();
  log.Account("fees", "ICBC", schema::AccountKind::FEE);
  const Sequence paid = log.Move(
      {.key = "o1", .from = "alice", .to = "bob", .minor = 100, .fee = 10, .fee_to = "fees"});
  // A refund by parts credits the payer once a part.
  log.Move({.key = "o1",
            .from = "bob",
            .to = "alice",
            .minor = 90,
            .fee = 20,
            .fee_to = "alice",
            .refunds = paid});
  const auto statement = StatementOf(Folded(log), "alice", kFirstDay, kFirstDay);
  ASSERT_TRUE(statement.ok());
  ASSERT_EQ(statement->lines.size(), 3u);
  EXPECT_EQ(statement->lines[1].balance, -30);
  EXPECT_EQ(statement->lines[2].balance, -10);
}

TEST(Exceptions, KeepRefusalsAndBookedExceptions) {
  HandLog log = OneBank();
  const Sequence refused = log.Refuse("o1", "p-9", Code::UNKNOWN_ACCOUNT, "order.payee");
  const Sequence booked = log.Move({.key = "o2",
                                    .from = "card",
                                    .to = "bob",
                                    .minor = 900,
                                    .basis = schema::Basis::REPORTED,
                                    .exception = Code::INSUFFICIENT_FUNDS});
  const MapStore store = Folded(log);
  const auto items = Exceptions(store, 1, UINT64_MAX);
  ASSERT_EQ(items->size(), 2u);
  EXPECT_EQ(items->at(0).sequence, refused);
  EXPECT_EQ(items->at(0).kind, ExceptionKind::kRefused);
  EXPECT_EQ(items->at(0).code, Code::UNKNOWN_ACCOUNT);
  EXPECT_EQ(items->at(0).field, "order.payee");
  EXPECT_EQ(items->at(0).source, "gateway");
  EXPECT_EQ(items->at(0).id, "p-9");
  EXPECT_EQ(items->at(0).key, "o1");
  EXPECT_EQ(items->at(1).sequence, booked);
  EXPECT_EQ(items->at(1).kind, ExceptionKind::kBooked);
  EXPECT_EQ(items->at(1).code, Code::INSUFFICIENT_FUNDS);
  EXPECT_EQ(Exceptions(store, refused + 1, UINT64_MAX)->size(), 1u);
}

}  // namespace
}  // namespace longmen::projections
