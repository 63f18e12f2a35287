// What people decide about open items, and what the ledger makes of it (domain B9, A1.6).
#include "adapters/reconciliation/decisions.h"

#include "projections/balances/balances.h"
#include "projections/orders/orders.h"
#include "tests/adapters/reconciliation/desk.h"

namespace longmen::testing {
namespace {

using adapters::DecisionKind;
using adapters::ReadDecisions;
using Said = std::vector<std::string>;

class Decisions : public Desk {
 protected:
  // Loads a bill and gives the name of its file.
  std::string Load(const std::vector<FileLine>& lines) {
    const auto imported = Import(WechatTradeBill("1900000001", lines));
    EXPECT_TRUE(imported.ok()) << Describe(imported.error());
    return imported->statements.front().key;
  }
  int64_t Balance(const std::string& account) {
    const auto balance = projections::FindBalance(Store(), account);
    EXPECT_TRUE(balance.ok());
    return balance->state.balance.minor;
  }
};

// A1.6, "bank more": the notice was lost, the file has it. Success by adjustment, no second debit.
TEST_F(Decisions, ResolveWhatWasUnknownAsTheFileSays) {
  Collect("PK1", 20'00, "4200-1", "unknown");
  const std::string file = Load({Line(20'00, "4200-1", "PK1")});
  ASSERT_EQ(Breaks(), (Said{"status m10 " + file + ":1"}));
  EXPECT_EQ(Balance("PSBC:lots"), 0);
  EXPECT_EQ(Decide({"m10", file + ":1"}, DecisionKind::kAdjust), "recorded");
  EXPECT_EQ(Balance("PSBC:lots"), 20'00);
  EXPECT_TRUE(Breaks().empty());
}

TEST_F(Decisions, ResolveAsFailedWhatTheStatementDoesNotList) {
  Collect("PK1", 20'00, "4200-1", "unknown");
  Load({Line(5'00, "4200-2", "PK2")});
  ASSERT_EQ(Breaks().front(), "status m10");
  EXPECT_EQ(Decide({"m10"}, DecisionKind::kAdjust), "recorded");
  EXPECT_EQ(Balance("PSBC:lots"), 0);
  EXPECT_EQ(Breaks().size(), 1);
}

TEST_F(Decisions, PayAnOrderOfOursThatTheyReportAndOnlyOnce) {
  Accept(R"("key":"O1","order":{"action":"placed","amount":{"minor":"2000","currency":"CNY"},)"
         R"("payer":"PSBC:wechat","payee":"PSBC:lots","channel":"wechat"})",
         DeskTime(9));
  const std::string file =
      Load({Line(20'00, "4200-1", "O1"), Line(20'00, "4200-2", "O1"), Line(7'00, "4200-3", "O9")});
  ASSERT_EQ(Breaks().size(), 3);
  EXPECT_EQ(Decide({file + ":1"}, DecisionKind::kAdjust), "recorded");
  const auto order = projections::FindOrder(Store(), schema::Scenario::NONE, "O1");
  ASSERT_TRUE(order.ok());
  EXPECT_EQ(order->state.status, OrderStatus::kPaid);
  EXPECT_TRUE(Decide({file + ":2"}, DecisionKind::kAdjust).starts_with("usage at " + file));
  EXPECT_TRUE(Decide({file + ":3"}, DecisionKind::kAdjust).starts_with("usage at " + file));
  EXPECT_EQ(Breaks().size(), 2);
}

TEST_F(Decisions, DoNotPayAnOrderByALineOfAnotherAmount) {
  Accept(R"("key":"O1","order":{"action":"placed","amount":{"minor":"2000","currency":"CNY"},)"
         R"("payer":"PSBC:wechat","payee":"PSBC:lots","channel":"wechat"})",
         DeskTime(9));
  const std::string file = Load({Line(25'00, "4200-1", "O1")});
  EXPECT_TRUE(Decide({file + ":1"}, DecisionKind::kAdjust).starts_with("usage at " + file));
  EXPECT_EQ(Balance("PSBC:lots"), 0);
  EXPECT_EQ(Breaks(), (Said{"long " + file + ":1"}));
}

// What two statements list is two items: each rule's has its own decision.
TEST_F(Decisions, OfOneRuleLeaveAnotherRuleItsItem) {
  Accept(R"("key":"second","registration":{"matchingRule":{"participant":"PSBC",)"
         R"("issuer":"WECHAT","channels":["wechat"],"kinds":["top_up"],"utcOffsetMinutes":480,)"
         R"("suspense":"PSBC:suspense","mirror":"PSBC:wechat"}})");
  Collect("PK1", 20'00, "4200-1");
  Load({Line(1'00, "4200-8", "")});
  const std::string ours = Breaks().front();
  ASSERT_EQ(ours, "short m11");
  ASSERT_EQ(Decide({"m11"}, DecisionKind::kSuspend), "recorded");
  EXPECT_EQ(Breaks().size(), 1) << "the line alone";
  const auto second = projections::MatchOf(Store(), "second");
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(second->result.breaks.size(), 2);
}

// Two lines for one order, both judged before either was recorded: the ledger takes one.
TEST_F(Decisions, NeverPayAnOrderTwiceHoweverLateTheLedgerHearsOfIt) {
  Accept(R"("key":"O1","order":{"action":"placed","amount":{"minor":"2000","currency":"CNY"},)"
         R"("payer":"PSBC:wechat","payee":"PSBC:lots","channel":"wechat"})",
         DeskTime(9));
  const std::string file = Load({Line(20'00, "4200-1", "O1"), Line(20'00, "4200-2", "O1")});
  const auto reading = projections::MatchOf(Store(), "wechat");
  std::vector<engine::Job> jobs;
  for (const char* line : {":1", ":2"}) {
    const adapters::DecisionRow row{
        .line = 2, .items = {file + line}, .kind = DecisionKind::kAdjust, .reason = "reported"};
    auto group = adapters::ProposalsOf(
        row, {*reading, Store(), node_->log()},
        {.source = "operator", .by = "alice", .approved_by = "bob", .now = DeskTime(11, 0, 1)}, 0);
    ASSERT_TRUE(group.ok()) << Describe(group.error());
    jobs.emplace_back().group = std::move(*group);
    jobs.back().occurred_at = DeskTime(11, 0, 1);
  }
  const auto answers = node_->engine().SubmitAndWait(std::move(jobs));
  EXPECT_EQ(answers[0].front().kind, engine::AnswerKind::kAccepted);
  EXPECT_EQ(answers[1].front().kind, engine::AnswerKind::kRefused);
  EXPECT_EQ(answers[1].front().code, Code::EXCEEDS_ORDER);
  EXPECT_EQ(Balance("PSBC:lots"), 20'00);
}

TEST_F(Decisions, NameWholeBreaksAndAdjustOnlyWhatBothSidesLeaveNoDoubtOf) {
  Collect("PK1", 20'00, "4200-1", "unknown");
  Collect("PK2", 50'00, "4200-2", "unknown");
  const std::string file = Load({Line(20'00, "4200-1", "PK1"), Line(55'00, "4200-2", "PK2")});
  EXPECT_EQ(Decide({"m10"}, DecisionKind::kAdjust),
            "usage at " + file + ":1: it is of the same break: name it too");
  EXPECT_TRUE(Decide({"m11", file + ":2"}, DecisionKind::kAdjust).starts_with("usage"))
      << "5.00 would be nowhere";
  EXPECT_TRUE(Decide({"m11", file + ":2"}, DecisionKind::kSuspend).starts_with("usage at m11"))
      << "what is not known is not corrected";
  EXPECT_EQ(Balance("PSBC:suspense"), 0);
}

TEST_F(Decisions, DoNotCallAMatchWhatLeavesMoneyOver) {
  Collect("PK1", 20'00, "4200-1");
  Collect("PK2", 50'00, "4200-2");
  const std::string file = Load({Line(19'00, "4200-9", "PK9")});
  EXPECT_EQ(Decide({"m10"}, DecisionKind::kMatch),
            "usage at m10: theirs less ours is -20.00 CNY: suspend it, or write it off");
  EXPECT_TRUE(Decide({"m10", file + ":1"}, DecisionKind::kMatch).starts_with("usage"));
}

TEST_F(Decisions, SuspendWhatNobodyCanAttributeAndWriteOffWhatIsLost) {
  Collect("PK1", 20'00, "4200-1");
  const std::string file = Load({Line(7'00, "4200-2", ""), Line(3'00, "4200-3", "", true)});
  ASSERT_EQ(Breaks(), (Said{"short m10", "long " + file + ":1", "long " + file + ":2"}));
  EXPECT_EQ(Decide({file + ":1"}, DecisionKind::kSuspend), "recorded");
  EXPECT_EQ(Balance("PSBC:suspense"), 7'00);
  EXPECT_EQ(Decide({file + ":2"}, DecisionKind::kSuspend, "their refund"), "recorded");
  EXPECT_EQ(Balance("PSBC:suspense"), 4'00);
  EXPECT_EQ(Decide({"m10"}, DecisionKind::kWriteOff), "recorded");
  EXPECT_EQ(Balance("PSBC:losses"), -20'00);
  // What the issuer keeps is what the issuer says: 7.00 came, 3.00 went.
  EXPECT_EQ(Balance("PSBC:wechat"), -4'00);
  EXPECT_TRUE(Breaks().empty());
}

TEST_F(Decisions, CorrectTheDifferenceOfAnAmount) {
  Collect("PK1", 20'00, "4200-1");
  const std::string file = Load({Line(25'00, "4200-1", "PK1")});
  ASSERT_EQ(Breaks(), (Said{"amount m10 " + file + ":1"}));
  EXPECT_EQ(Decide({"m10", file + ":1"}, DecisionKind::kSuspend), "recorded");
  EXPECT_EQ(Balance("PSBC:suspense"), 5'00);
  EXPECT_EQ(Balance("PSBC:wechat"), -25'00);
  EXPECT_TRUE(Breaks().empty());
}

TEST_F(Decisions, MatchByHandAndWait) {
  Collect("PK1", 20'00, "4200-1");
  const std::string file = Load({Line(20'00, "4200-9", "PK9"), Line(1'00, "4200-8", "")});
  ASSERT_EQ(Breaks().size(), 3);
  EXPECT_EQ(Decide({"m10", file + ":1"}, DecisionKind::kMatch), "recorded");
  EXPECT_EQ(Breaks(), (Said{"long " + file + ":2"}));
  EXPECT_EQ(Decide({file + ":2"}, DecisionKind::kWait, "asked the channel"), "recorded");
  EXPECT_EQ(Breaks().size(), 1);
  const auto reading = projections::MatchOf(Store(), "wechat");
  EXPECT_EQ(reading->waits.front().reason, "asked the channel");
  EXPECT_EQ(reading->waits.front().approved_by, "bob");
}

TEST_F(Decisions, NeedTwoPeopleAndAnItemThatIsOpen) {
  const std::string file = Load({Line(7'00, "4200-2", "")});
  EXPECT_EQ(Decide({file + ":1"}, DecisionKind::kSuspend, "agreed", "alice"),
            "refused same_approver resolution.approvedBy");
  EXPECT_EQ(Balance("PSBC:suspense"), 0) << "nothing of a refused group is booked";
  EXPECT_EQ(Decide({"m4711"}, DecisionKind::kMatch), "not_found at m4711: no open item of wechat");
}

TEST_F(Decisions, AreRecordedWithWhoMadeThem) {
  const std::string file = Load({Line(7'00, "4200-2", "")});
  ASSERT_EQ(Decide({file + ":1"}, DecisionKind::kSuspend), "recorded");
  const auto decisions = projections::ItemDecisions(Store());
  ASSERT_TRUE(decisions.ok());
  ASSERT_EQ(decisions->size(), 1);
  EXPECT_EQ(decisions->front().items.front(), file + ":1");
  EXPECT_EQ(decisions->front().items.size(), 2) << "the line and its correction";
  EXPECT_EQ(decisions->front().by, "alice");
  EXPECT_EQ(decisions->front().kind, schema::ResolutionKind::SUSPENDED);
}

TEST(DecisionFile, IsReadByTheNamesOfItsColumns) {
  const auto rows = ReadDecisions(
      "rule,items,age,decision,reason\r\n"
      "wechat,m9 f-1:2,1,suspend,\"nobody, yet\"\r\n"
      "wechat,m10,1,,\r\n"
      "wechat,m11,3,wait,asked\r\n");
  ASSERT_TRUE(rows.ok()) << Describe(rows.error());
  ASSERT_EQ(rows->size(), 2);
  EXPECT_EQ(rows->front().items, (Said{"m9", "f-1:2"}));
  EXPECT_EQ(rows->front().reason, "nobody, yet");
  EXPECT_EQ(rows->back().line, 4);
}

TEST(DecisionFile, NamesTheLineThatIsWrong) {
  const auto refused = [](std::string_view csv) {
    const auto rows = ReadDecisions(csv);
    return rows.ok() ? "read" : std::string(CodeName(rows.error().code)) + " " + rows.error().field;
  };
  EXPECT_EQ(refused(""), "bad_line line 1");
  EXPECT_EQ(refused("items,decision\nm1,wait\n"), "missing_field reason");
  EXPECT_EQ(refused("items,decision,reason\nm1,burn,x\n"), "unknown_enum line 2");
  EXPECT_EQ(refused("items,decision,reason\nm1,wait,\n"), "bad_line line 2");
  EXPECT_EQ(refused("items,decision,reason\n,wait,x\n"), "bad_line line 2");
  EXPECT_EQ(refused("items,decision,reason\nm1,wait\n"), "bad_line line 2");
}

}  // namespace
}  // namespace longmen::testing
