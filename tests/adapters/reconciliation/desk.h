// A reconciliation desk: a small ledger of one bank and one channel, whose files come in and whose
// open items are decided.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "adapters/node/node.h"
#include "adapters/reconciliation/decisions.h"
#include "adapters/reconciliation/import.h"
#include "tests/support/statement_files/statement_files.h"

namespace longmen::testing {

inline constexpr DayNumber kDeskDay = 18'687;  // 2021-03-01

// Beijing time of the first day.
inline Nanos DeskTime(int hours, int minutes = 0, int day = 0) {
  return (kDeskDay + day) * kNanosPerDay + ((hours - 8) * 60 + minutes) * kNanosPerMinute;
}

// What a node's ledger has, as the operator sees it.
inline adapters::ImportLedger LedgerOf(adapters::Node& node) {
  EXPECT_TRUE(node.AwaitProjected(node.engine().DurableSequence()).ok());
  return {node.projections(), [&node](std::string_view id) {
            bool known = false;
            EXPECT_TRUE(node.engine()
                            .Read([&](const engine::LedgerView& view) {
                              known = view.FindId("operator", id).has_value();
                            })
                            .ok());
            return known;
          }};
}

class Desk : public ::testing::Test {
 protected:
  void SetUp() override {
    directory_ = ::testing::TempDir() + "longmen-desk-" +
                 ::testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(directory_);
    ASSERT_TRUE(adapters::Node::Init(directory_, "desk", 480, [] { return DeskTime(-24); }).ok());
    Open();
    Accept(R"("key":"PSBC","registration":{"participant":{}})");
    Accept(R"("key":"WECHAT","registration":{"participant":{}})");
    Account("PSBC:wechat", "mirror");
    Account("PSBC:lots", "pending");
    Account("PSBC:suspense", "suspense");
    Account("PSBC:losses", "expense");
    Accept(R"("key":"wechat","registration":{"matchingRule":{"participant":"PSBC",)"
           R"("issuer":"WECHAT","channels":["wechat"],"kinds":["payment","top_up","refund"],)"
           R"("utcOffsetMinutes":480,"dueDays":1,"edgeMinutes":30,"suspense":"PSBC:suspense",)"
           R"("writeOff":"PSBC:losses","mirror":"PSBC:wechat"}})");
  }
  void TearDown() override {
    Close();
    std::filesystem::remove_all(directory_);
  }

  void Open() {
    auto node =
        adapters::Node::Open({.directory = directory_, .clock_follows_input = true, .clock = {}});
    ASSERT_TRUE(node.ok()) << Describe(node.error());
    node_ = std::move(*node);
  }
  void Close() {
    if (node_ != nullptr) node_->Stop();
    node_.reset();
  }

  // A proposal of the operator's: its members but id and time. Its id.
  std::string Accept(const std::string& members, Nanos at = DeskTime(-12)) {
    const std::string id = fmt::format("p{}", ++proposals_);
    std::promise<std::vector<adapters::ItemAnswer>> promise;
    node_->ProposeJson(
        "operator",
        {{fmt::format(R"({{"id":"{}","occurredAt":"{}",{}}})", id, FormatInstant(at), members)}},
        [&promise](auto items) { promise.set_value(std::move(items)); });
    const auto items = promise.get_future().get();
    const engine::Answer& answer = items.front().answers.front();
    EXPECT_EQ(answer.kind, engine::AnswerKind::kAccepted)
        << members << ": " << CodeName(answer.code) << " " << answer.field << items.front().message;
    return id;
  }
  void Account(const std::string& name, const char* kind) {
    Accept(fmt::format(R"("key":"{}","registration":{{"account":{{"participant":"PSBC",)"
                       R"("kind":"{}","currency":"CNY","unlimited":true}}}})",
                       name, kind));
  }
  // Money that came through the channel.
  std::string Collect(const std::string& key, int64_t minor, const std::string& reference,
                      const char* outcome = "succeeded", Nanos at = DeskTime(9)) {
    return Accept(
        fmt::format(R"("key":"{}","debit":{{"amount":{{"minor":"{}","currency":"CNY"}},)"
                    R"("kind":"top_up","basis":"reported","outcome":"{}","payer":"PSBC:wechat",)"
                    R"("payee":"PSBC:lots","channel":"wechat","channelReference":"{}"}})",
                    key, minor, outcome, reference),
        at);
  }

  adapters::ImportOptions Options(Nanos received) const {
    return {.source = "operator",
            .issuer = "WECHAT",
            .channel = "wechat",
            .format = {},
            .defaults = {.date = kDeskDay, .description = {}},
            .received_at = received};
  }
  Result<adapters::ImportedFile> Import(const std::string& bytes,
                                        Nanos received = DeskTime(10, 0, 1)) {
    return Import(bytes, Options(received));
  }
  Result<adapters::ImportedFile> Import(const std::string& bytes,
                                        const adapters::ImportOptions& options) {
    return adapters::ImportStatementFile(bytes, options, LedgerOf(*node_), node_->engine(),
                                         nullptr);
  }
  FileLine Line(int64_t minor, const std::string& reference, const std::string& order,
                bool refund = false) const {
    FileLine line;
    line.refund = refund;
    line.minor = minor;
    line.at = DeskTime(9, 30);
    line.reference = reference;
    line.order_key = order;
    return line;
  }

  const projections::ReadStore& Store() {
    EXPECT_TRUE(node_->AwaitProjected(node_->engine().DurableSequence()).ok());
    return node_->projections();
  }
  // "long <file>:1"
  std::vector<std::string> Breaks() {
    const auto reading = projections::MatchOf(Store(), "wechat");
    EXPECT_TRUE(reading.ok());
    std::vector<std::string> all;
    for (const projections::Break& each : reading->result.breaks) {
      std::string text(BreakKindName(each.kind));
      for (const auto* items : {&each.ours, &each.theirs}) {
        for (const auto& item : *items) text += " " + NameOf(item);
      }
      all.push_back(text);
    }
    return all;
  }

  // What became of a decision: "recorded", or why not.
  std::string Decide(const std::vector<std::string>& items, adapters::DecisionKind kind,
                     const std::string& reason = "agreed", const std::string& approved_by = "bob",
                     Nanos at = DeskTime(11, 0, 1)) {
    const auto reading = projections::MatchOf(Store(), "wechat");
    EXPECT_TRUE(reading.ok());
    const adapters::DecisionRow row{.line = 2, .items = items, .kind = kind, .reason = reason};
    const adapters::DecisionOptions options{
        .source = "operator", .by = "alice", .approved_by = approved_by, .now = at};
    auto group = adapters::ProposalsOf(row, {*reading, Store(), node_->log()}, options, 0);
    if (!group.ok()) return Describe(group.error());
    std::vector<engine::Job> jobs(1);
    jobs.front().group = std::move(*group);
    jobs.front().occurred_at = at;
    const auto answers = node_->engine().SubmitAndWait(std::move(jobs));
    for (const engine::Answer& answer : answers.front()) {
      if (answer.kind != engine::AnswerKind::kAccepted) {
        return fmt::format("{} {} {}", AnswerKindName(answer.kind), CodeName(answer.code),
                           answer.field);
      }
    }
    return "recorded";
  }

  std::string directory_;
  std::unique_ptr<adapters::Node> node_;
  int proposals_ = 0;
};

}  // namespace longmen::testing
