// The reads, over a ledger that the test made through the same door.
#include <fmt/format.h>

#include <atomic>
#include <set>
#include <thread>

#include "tests/adapters/http/live.h"

namespace longmen::adapters::http {
namespace {

class Pages : public Live {
 protected:
  void SetUp() override {
    Live::SetUp();
    RegisterBanks({"A", "B"});
    Accept(PaymentGroup("T1", "A", "B", 12'345));
    Accept(PaymentGroup("T2", "B", "A", 45));
  }
};

TEST_F(Pages, AnAccountTellsItsBalanceAndSequence) {
  const auto account = Get("/v1/accounts/A:cash");
  EXPECT_EQ(account.at("participant").as_string(), "A");
  EXPECT_EQ(account.at("kind").as_string(), "customer");
  EXPECT_EQ(account.at("status").as_string(), "open");
  EXPECT_EQ(account.at("currency").as_string(), "CNY");
  EXPECT_EQ(account.at("balanceMinor").as_string(), "-12300");
  EXPECT_EQ(account.at("heldMinor").as_string(), "0");
  EXPECT_FALSE(account.contains("availableMinor"));  // it is unlimited
  EXPECT_EQ(account.at("sequence").as_string(), std::to_string(frontier()));
  EXPECT_EQ(Ask("GET", "/v1/accounts/nobody").status, 404);
}

TEST_F(Pages, AccountsComePageByPage) {
  std::set<std::string> names;
  std::string after;
  do {
    const auto page = Get("/v1/accounts?limit=4&after=" + after);
    for (const auto& account : page.at("accounts").as_array()) {
      names.insert(account.at("account").as_string().c_str());
    }
    after = page.contains("next") ? page.at("next").as_string().c_str() : "";
  } while (!after.empty());
  EXPECT_EQ(names, (std::set<std::string>{"A:cash", "A:clearing", "A:settlement", "B:cash",
                                          "B:clearing", "B:settlement"}));
}

TEST_F(Pages, AStatementRunsFromOpeningToClosing) {
  const auto statement = Get("/v1/accounts/A:cash/statement?from=2021-03-01&to=2021-03-01");
  EXPECT_EQ(statement.at("openingMinor").as_string(), "0");
  EXPECT_EQ(statement.at("closingMinor").as_string(), "-12300");
  EXPECT_EQ(statement.at("creditsMinor").as_string(), "45");
  EXPECT_EQ(statement.at("debitsMinor").as_string(), "12345");
  const auto& lines = statement.at("lines").as_array();
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0].at("amountMinor").as_string(), "-12345");
  EXPECT_EQ(lines[0].at("key").as_string(), "T1");
  EXPECT_EQ(lines[1].at("balanceMinor").as_string(), "-12300");
  EXPECT_EQ(Ask("GET", "/v1/accounts/A:cash/statement").status, 400);
  EXPECT_EQ(Ask("GET", "/v1/accounts/A:cash/statement?from=2021-3-1").status, 400);
  EXPECT_EQ(Ask("GET", "/v1/accounts/nobody/statement?from=2021-03-01").status, 404);
}

TEST_F(Pages, AnOrderTellsItsStateAndItsRecords) {
  const auto order = Get("/v1/orders/b2b_gateway/T1");
  EXPECT_EQ(order.at("status").as_string(), "paid");
  EXPECT_EQ(order.at("amountMinor").as_string(), "12345");
  EXPECT_EQ(order.at("paidMinor").as_string(), "12345");
  EXPECT_EQ(order.at("records").as_array().size(), 2u);
  EXPECT_EQ(order.at("records").as_array()[1].at("body").as_string(), "debit");
  EXPECT_EQ(Ask("GET", "/v1/orders/b2b_gateway/T9").status, 404);
  EXPECT_EQ(Ask("GET", "/v1/orders/parking/T1").status, 404);
  EXPECT_EQ(Ask("GET", "/v1/orders/takeout/T1").status, 404);
}

TEST_F(Pages, AnOrderThatWasOnlyRefusedTellsWhy) {
  const auto order = [](std::string_view id, std::string_view key, std::string_view payee) {
    return ProposalText(id, key,
                        fmt::format(R"("scenario":"b2b_gateway","order":{{"action":"placed",)"
                                    R"("amount":{{"minor":"1","currency":"CNY"}},)"
                                    R"("payer":"A:cash","payee":"{}","scheme":"nucc"}})",
                                    payee));
  };
  EXPECT_EQ(Ask("POST", "/v1/proposals", order("r1", "R1", "B:nobody")).status, 422);
  // Sound by itself; it fell with the group.
  EXPECT_EQ(Ask("POST", "/v1/proposals",
                R"({"group":[)" + order("r2", "R1", "B:cash") + "," +
                    order("r3", "R2", "B:nobody") + "]}")
                .status,
            422);
  const auto page = Get("/v1/orders/b2b_gateway/R1");
  EXPECT_EQ(page.at("scenario").as_string(), "b2b_gateway");
  EXPECT_EQ(page.at("key").as_string(), "R1");
  EXPECT_EQ(page.at("status").as_string(), "none");
  EXPECT_FALSE(page.contains("amountMinor"));
  const auto& records = page.at("records").as_array();
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(boost::json::serialize(records[0]),
            fmt::format(R"({{"sequence":"{}","body":"order","refused":true,)"
                        R"("code":"unknown_account","class":"retry_under_new_id",)"
                        R"("field":"order.payee","index":0,"id":"r1","atFault":true}})",
                        frontier() - 1));
  EXPECT_EQ(boost::json::serialize(records[1]),
            fmt::format(R"({{"sequence":"{}","body":"order","refused":true,)"
                        R"("code":"unknown_account","class":"retry_under_new_id",)"
                        R"("field":"order.payee","index":1,"id":"r3","atFault":false}})",
                        frontier()));
  // An order that is there shows them as well.
  EXPECT_EQ(Ask("POST", "/v1/proposals", order("r4", "T1", "B:cash")).status, 422);
  const auto paid = Get("/v1/orders/b2b_gateway/T1");
  EXPECT_EQ(paid.at("status").as_string(), "paid");
  ASSERT_EQ(paid.at("records").as_array().size(), 3u);
  EXPECT_EQ(paid.at("records").as_array()[2].at("code").as_string(), "order_exists");
  EXPECT_FALSE(paid.at("records").as_array()[1].as_object().contains("code"));
}

TEST_F(Pages, ReconciliationOfNobodyIsThatOfAll) {
  const auto all = Get("/v1/reconciliation?scenario=b2b_gateway&date=2021-03-01");
  EXPECT_FALSE(all.contains("participant"));
  const auto& detail = all.at("detail").as_array();
  ASSERT_EQ(detail.size(), 2u);  // each once, under the bank that pays
  EXPECT_EQ(detail[0].at("participant").as_string(), "A");
  EXPECT_EQ(detail[1].at("participant").as_string(), "B");
}

TEST_F(Pages, ReconciliationGivesDetailAndSummary) {
  const std::string query = "/v1/reconciliation?scenario=b2b_gateway&participant=A&date=2021-03-01";
  const auto day = Get(query);
  const auto& detail = day.at("detail").as_array();
  ASSERT_EQ(detail.size(), 2u);
  EXPECT_EQ(detail[0].at("type").as_string(), "PAY");
  EXPECT_EQ(detail[0].at("channelReference").as_string(), "ref-T1");
  EXPECT_EQ(detail[0].at("payerBank").as_string(), "A");
  const auto& summary = day.at("summary").as_array();
  ASSERT_EQ(summary.size(), 1u);
  EXPECT_EQ(summary[0].at("debitsMinor").as_string(), "12345");
  EXPECT_EQ(summary[0].at("creditsMinor").as_string(), "45");
  EXPECT_FALSE(Get(query + "&part=summary").contains("detail"));
  EXPECT_TRUE(Get(query + "&channel=none").at("detail").as_array().empty());
  const auto none = Get("/v1/reconciliation?scenario=none&participant=A&date=2021-03-01");
  EXPECT_EQ(none.at("scenario").as_string(), "none");
  EXPECT_EQ(Ask("GET", "/v1/reconciliation?participant=A&date=2021-03-01").status, 400);
  EXPECT_EQ(Ask("GET", "/v1/reconciliation?scenario=parking&participant=A").status, 400);
}

TEST_F(Pages, TheOutboxHoldsWhatMustBeToldUntilItIs) {
  const auto page = Get("/v1/outbox");
  const auto& commands = page.at("commands").as_array();
  ASSERT_EQ(commands.size(), 2u);
  EXPECT_EQ(commands[0].at("verb").as_string(), "notify");
  EXPECT_EQ(commands[0].at("key").as_string(), "T1");
  const std::string first = commands[0].at("id").as_string().c_str();
  const auto rest = Get("/v1/outbox?after=" + first);
  ASSERT_EQ(rest.at("commands").as_array().size(), 1u);
  EXPECT_EQ(rest.at("commands").as_array()[0].at("key").as_string(), "T2");
  EXPECT_EQ(Ask("GET", "/v1/outbox?after=nonsense").status, 400);
}

TEST_F(Pages, RecordsAreTheWholeLogInOrder) {
  Sequence after = 0;
  Sequence seen = 0;
  while (after < frontier()) {
    const auto page = Get(fmt::format("/v1/records?after={}&limit=3", after));
    for (const auto& record : page.at("records").as_array()) {
      EXPECT_EQ(record.at("sequence").as_string(), std::to_string(++seen));
      EXPECT_TRUE(record.at("proposal").is_object());
    }
    after = std::stoull(page.at("next").as_string().c_str());
  }
  EXPECT_EQ(seen, frontier());
}

// Two hundred clients at once, then a stop in the middle of more: every 201 is in the log and
// every order in the log was a 201 or is found by its id.
TEST_F(Pages, WhatWasAcceptedUnderLoadAndStopIsThereAndNothingElse) {
  const Sequence before = frontier();
  std::atomic<uint64_t> accepted = 0;
  std::atomic<uint64_t> unanswered = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 20; ++t) {
    threads.emplace_back([&, t] {
      Client client(server_->port());
      for (int i = 0;; ++i) {
        const std::string name = fmt::format("L{}-{}", t, i);
        const std::string body =
            ProposalText(name, name,
                         R"("order":{"action":"placed","amount":{"minor":"1","currency":"CNY"},)"
                         R"("payee":"A:cash"})");
        if (!client.Send(RequestText("POST", "/v1/proposals", token_, body))) return;
        const auto received = client.Receive();
        if (!received) {
          ++unanswered;
          return;
        }
        if (received->status == 201) ++accepted;
        if (received->headers.contains("connection")) return;
      }
    });
  }
  while (accepted < 200) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  server_->Stop();
  for (std::thread& thread : threads) thread.join();
  // A request that met the closing of an idle connection was never accepted.
  EXPECT_EQ(frontier() - before, accepted);
}

}  // namespace
}  // namespace longmen::adapters::http
