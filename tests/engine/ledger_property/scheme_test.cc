// What a scheme's registration says, through both ledgers: what it refers to, and the most that one
// payment may be.
#include "tests/engine/ledger_property/book.h"

namespace longmen::generator {
namespace {

using schema::AccountKind;

class Schemes : public ::testing::Test {
 protected:
  Schemes() {
    for (const char* bank : {"CMB", "ICBC"}) book_.Participant(bank);
    EXPECT_EQ(Register(10'000), "accepted");
    for (const char* bank : {"CMB", "ICBC"}) {
      book_.Account(std::string(bank) + ".beps", bank, AccountKind::CLEARING, "beps");
    }
    book_.Account("firm", "CMB", AccountKind::CUSTOMER);
    book_.Account("shop", "ICBC", AccountKind::MERCHANT);
    EXPECT_EQ(book_.Fund("firm", 100'000), "accepted");
  }
  ~Schemes() override { book_.ExpectWhole(); }

  std::string Register(int64_t max_minor, const char* calendar = "", const char* fee_table = "") {
    Draft draft = book_.New("beps");
    auto scheme = draft.registration().initScheme();
    scheme.setCyclePrefix("BEPS");
    scheme.setMaxMinor(max_minor);
    LONGMEN_SET_TEXT(scheme, Calendar, calendar);
    LONGMEN_SET_TEXT(scheme, FeeTable, fee_table);
    return book_.Propose(std::move(draft));
  }
  std::string Place(const char* key, int64_t minor) {
    return book_.Propose(book_.Order(key, minor, "firm", "shop", "beps"));
  }

  Book book_;
};

TEST_F(Schemes, TakeNoOrderAboveTheirMost) {
  EXPECT_EQ(Place("o1", 10'001), "exceeds_scheme");
  EXPECT_EQ(Place("o2", 10'000), "accepted");
  Draft more = book_.New("o2");
  auto order = more.order();
  order.setAction(schema::OrderAction::AMENDED);
  SetAmount(order, 10'001, 156);
  EXPECT_EQ(book_.Propose(std::move(more)), "exceeds_scheme");
}

// Domain B4: the most of a scheme has dates. Its registration again is how it changes.
TEST_F(Schemes, JudgeADebitByTheirMostOfTheDay) {
  ASSERT_EQ(Place("o1", 10'000), "accepted");
  ASSERT_EQ(Register(5'000), "accepted");
  EXPECT_EQ(book_.Propose(book_.Payment("o1", 10'000)), "exceeds_scheme");
  Draft reported = book_.Payment("o1", 5'001);
  reported.root().getBody().getDebit().setBasis(schema::Basis::REPORTED);
  EXPECT_EQ(book_.Propose(std::move(reported)), "accepted");  // booked, and an exception
  EXPECT_EQ(book_.Propose(book_.Payment("o1", 4'999)), "accepted");
  ASSERT_EQ(Register(0), "accepted");
  EXPECT_EQ(Place("o2", 90'000), "accepted");
}

TEST_F(Schemes, ReferToWhatIsRegistered) {
  EXPECT_EQ(Register(0, "china"), "unknown_calendar");
  EXPECT_EQ(Register(0, "", "ladder"), "unknown_fee_table");
  Draft calendar = book_.New("china");
  calendar.registration().initCalendar().setUtcOffsetMinutes(480);
  ASSERT_EQ(book_.Propose(std::move(calendar)), "accepted");
  Draft table = book_.New("ladder");
  auto fees = table.registration().initFeeTable();
  fees.setCurrency(156);
  fees.initSteps(1)[0].setFixedMinor(500);
  ASSERT_EQ(book_.Propose(std::move(table)), "accepted");
  EXPECT_EQ(Register(0, "china", "ladder"), "accepted");
}

TEST_F(Schemes, MayBeLeftToTheDebitOfAnOrderForLater) {
  EXPECT_EQ(book_.Propose(book_.Order("o1", 500, "firm", "shop")), "scheme_required");
  Draft later = book_.Order("o2", 500, "firm", "shop");
  later.root().getBody().getOrder().setValidFrom(book_.now);
  EXPECT_EQ(book_.Propose(std::move(later)), "accepted");
  EXPECT_EQ(book_.Propose(book_.Payment("o2", 500)), "scheme_required");
  Draft payment = book_.Payment("o2", 500);
  payment.root().getBody().getDebit().setScheme("beps");
  EXPECT_EQ(book_.Propose(std::move(payment)), "accepted");
}

TEST_F(Schemes, StepUpsNameAPolicyThatIsRegistered) {
  ASSERT_EQ(Place("o1", 500), "accepted");
  const auto step_up = [this] {
    Draft draft = book_.New("o1");
    auto authorization = draft.authorization();
    authorization.setAction(schema::AuthorizationAction::STEPPED_UP);
    authorization.setLevel(1);
    authorization.setRiskPolicy("careful");
    return book_.Propose(std::move(draft));
  };
  EXPECT_EQ(step_up(), "unknown_risk_policy");
  Draft policy = book_.New("careful");
  auto rules = policy.registration().initRiskPolicy();
  auto rule = rules.initRules(1)[0];
  rule.setName("device");
  rule.setNewDevice(true);
  rule.setPoints(10);
  rules.initSteps(1)[0].setMethod(schema::AuthorizationMethod::FACE);
  ASSERT_EQ(book_.Propose(std::move(policy)), "accepted");
  EXPECT_EQ(step_up(), "accepted");
}

}  // namespace
}  // namespace longmen::generator
