// The classes of accounts (domain B9, R3) as what an account's registration says: what it may hold,
// and what may leave it in a day and in a calendar year of Beijing.
#include "tests/engine/ledger_property/book.h"

namespace longmen::generator {
namespace {

struct Class {
  const char* name;
  int64_t ceiling;  // fen, as are the next; 0: none
  int64_t day;
  int64_t year;
};
constexpr Class kTwo = {"II", 0, 10'000'00, 200'000'00};
constexpr Class kThree = {"III", 2'000'00, 2'000'00, 50'000'00};

class AccountLimits : public testing::TestWithParam<Class> {
 protected:
  void SetUp() override {
    book_.now = *ParseInstant("2030-03-01T09:00:00+08:00");
    book_.Participant("ICBC");
    book_.Account("ICBC.mirror", "ICBC", schema::AccountKind::MIRROR);
    Draft draft = book_.New("holder");
    auto account = draft.registration().initAccount();
    account.setParticipant("ICBC");
    account.setCurrency(156);
    account.setKind(schema::AccountKind::WALLET);
    account.setCeilingMinor(GetParam().ceiling);
    auto limits = account.initLimits(2);
    limits[0].setWindow(schema::LimitWindow::DAY);
    limits[0].setAmountMinor(GetParam().day);
    limits[1].setWindow(schema::LimitWindow::YEAR);
    limits[1].setAmountMinor(GetParam().year);
    ASSERT_EQ(book_.Propose(std::move(draft)), "accepted");
  }
  std::string In(int64_t minor) { return book_.Fund("holder", minor); }
  std::string Out(int64_t minor) {
    Draft draft = book_.New("");
    auto debit = draft.debit();
    SetAmount(debit, minor, 156);
    debit.setKind(schema::DebitKind::WITHDRAWAL);
    debit.setBasis(schema::Basis::DECIDED);
    debit.setOutcome(schema::Outcome::SUCCEEDED);
    debit.setPayer("holder");
    debit.setPayee("ICBC.mirror");
    return book_.Propose(std::move(draft));
  }

  Book book_;
};

TEST_P(AccountLimits, HoldInADayAndStartAnewInTheNext) {
  const int64_t day = GetParam().day;
  ASSERT_EQ(In(day), "accepted");
  EXPECT_EQ(Out(day - 1), "accepted");
  ASSERT_EQ(In(day - 1), "accepted");
  EXPECT_EQ(Out(2), "exceeds_daily_amount");
  EXPECT_EQ(Out(1), "accepted");
  book_.now = *ParseInstant("2030-03-01T23:59:59+08:00");
  EXPECT_EQ(Out(1), "exceeds_daily_amount");
  book_.now = *ParseInstant("2030-03-02T00:00:00+08:00");
  EXPECT_EQ(Out(1), "accepted");
  book_.ExpectWhole();
}

TEST_P(AccountLimits, HoldInAYearAndStartAnewInTheNext) {
  const int64_t days = GetParam().year / GetParam().day;
  for (int64_t i = 0; i < days; ++i, book_.now += kNanosPerDay) {
    ASSERT_EQ(In(GetParam().day), "accepted");
    ASSERT_EQ(Out(GetParam().day), "accepted") << i;
  }
  ASSERT_EQ(In(1), "accepted");
  EXPECT_EQ(Out(1), "exceeds_yearly_amount");
  book_.now = *ParseInstant("2030-12-31T23:59:59+08:00");
  EXPECT_EQ(Out(1), "exceeds_yearly_amount");
  book_.now = *ParseInstant("2031-01-01T00:00:00+08:00");
  EXPECT_EQ(Out(1), "accepted");
  book_.ExpectWhole();
}

TEST_P(AccountLimits, HoldOfWhatTheAccountHas) {
  const int64_t ceiling = GetParam().ceiling;
  if (ceiling == 0) {
    EXPECT_EQ(In(1'000'000'00), "accepted");
    return;
  }
  EXPECT_EQ(In(ceiling), "accepted");
  EXPECT_EQ(In(1), "exceeds_ceiling");
  EXPECT_EQ(Out(1), "accepted");
  EXPECT_EQ(In(1), "accepted");
  book_.ExpectWhole();
}

INSTANTIATE_TEST_SUITE_P(OfTheClasses, AccountLimits, testing::Values(kTwo, kThree),
                         [](const auto& one) { return std::string(one.param.name); });

}  // namespace
}  // namespace longmen::generator
