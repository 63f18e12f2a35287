// Who may ask what, and the answers that need no projections.
#include "tests/adapters/http/serving.h"

namespace longmen::adapters::http {
namespace {

using engine::AnswerKind;

class Routes : public Serving {};

TEST_F(Routes, NeedAValidTokenButForHealthAndMetrics) {
  const std::pair<const char*, const char*> guarded[] = {
      {"POST", "/v1/proposals"},
      {"POST", "/v1/records/parking"},
      {"GET", "/v1/answers?id=1"},
      {"GET", "/v1/records"},
      {"GET", "/v1/accounts"},
      {"GET", "/v1/accounts/a"},
      {"GET", "/v1/accounts/a/statement?from=2021-03-01"},
      {"GET", "/v1/orders/parking/k"},
      {"GET", "/v1/cycles"},
      {"GET", "/v1/cycles/c/positions"},
      {"GET", "/v1/cycles/c/late"},
      {"GET", "/v1/schemes/s/limits"},
      {"GET", "/v1/schemes/s/queue"},
      {"GET", "/v1/schemes/s/resolutions"},
      {"GET", "/v1/warnings"},
      {"GET", "/v1/reconciliation"},
      {"GET", "/v1/refusals"},
      {"GET", "/v1/outbox"},
  };
  for (const auto& [method, target] : guarded) {
    SCOPED_TRACE(target);
    for (const char* token : {"", "token-x"}) {
      const Received received = Ask(method, target, "", "application/json", token);
      EXPECT_EQ(received.status, 401);
      EXPECT_EQ(received.headers.at("www-authenticate"), "Bearer");
      EXPECT_EQ(Member(received, "code"), "unauthorized");
    }
    EXPECT_NE(Ask(method, target).status, 401);
  }
  EXPECT_EQ(Ask("GET", "/healthz", "", "", "").status, 200);
  EXPECT_EQ(Ask("GET", "/metrics", "", "", "").status, 200);
}

TEST_F(Routes, TheTokenMustComeAsBearer) {
  Client client(port());
  client.Send("GET /v1/cycles HTTP/1.1\r\nHost: t\r\nAuthorization: Basic token-a\r\n\r\n");
  EXPECT_EQ(client.Receive()->status, 401);
  EXPECT_TRUE(client.ReceivesEnd());  // who has no token has no claim on a connection
  Client other(port());
  other.Send("GET /v1/cycles HTTP/1.1\r\nHost: t\r\nAuthorization: bearer token-a\r\n\r\n");
  EXPECT_EQ(other.Receive()->status, 200);
}

TEST_F(Routes, AnUnknownOneIsNotFound) {
  for (const char* target : {"/", "/v1", "/v1/", "/v2/accounts", "/v1/accounts/", "/v1//statement",
                             "/v1/accounts/a/statement/x", "/v1/orders/parking"}) {
    const Received received = Ask("GET", target);
    EXPECT_EQ(received.status, 404) << target;
    EXPECT_EQ(Member(received, "code"), "not_found") << target;
  }
}

TEST_F(Routes, AWrongMethodIsToldTheRightOnes) {
  for (const auto& [method, target, allow] :
       {std::tuple("GET", "/v1/proposals", "POST"), std::tuple("POST", "/v1/accounts", "GET"),
        std::tuple("DELETE", "/v1/records/parking", "POST"),
        std::tuple("HEAD", "/healthz", "GET")}) {
    const Received received = Ask(method, target);
    EXPECT_EQ(received.status, 405) << target;
    EXPECT_EQ(received.headers.at("allow"), allow) << target;
  }
}

TEST_F(Routes, RefuseParametersTheyDoNotKnow) {
  const Received received = Ask("GET", "/v1/accounts?limt=5");
  EXPECT_EQ(received.status, 400);
  EXPECT_EQ(Member(received, "code"), "unknown_field");
  EXPECT_EQ(Member(received, "field"), "limt");
  EXPECT_EQ(Ask("GET", "/v1/accounts?limit=ten").status, 400);
  EXPECT_EQ(Ask("GET", "/v1/accounts?limit=%").status, 400);
}

TEST_F(Routes, TakeLimitsAsTheyAreOrNotAtAll) {
  for (const char* route :
       {"/v1/records", "/v1/accounts", "/v1/refusals", "/v1/outbox", "/v1/warnings"}) {
    for (const char* limit : {"0", "1001", "5000", "ten", "-1", ""}) {
      const Received received = Ask("GET", fmt::format("{}?limit={}", route, limit));
      EXPECT_EQ(received.status, 400) << route << " " << limit;
      EXPECT_EQ(Member(received, "code"), "malformed") << route << " " << limit;
      EXPECT_EQ(Member(received, "field"), "limit") << route << " " << limit;
    }
    EXPECT_EQ(Ask("GET", fmt::format("{}?limit=1000", route)).status, 200) << route;
    const Received twice = Ask("GET", fmt::format("{}?limit=1&limit=2", route));
    EXPECT_EQ(Member(twice, "field"), "limit") << route;
  }
}

TEST_F(Routes, AParameterThatIsMissingIsNamed) {
  for (const auto& [target, field] :
       {std::pair("/v1/reconciliation?date=2021-03-01", "scenario"),
        std::pair("/v1/reconciliation?scenario=parking", "date"),
        std::pair("/v1/accounts/a/statement", "from"), std::pair("/v1/answers", "id")}) {
    const Received received = Ask("GET", target);
    EXPECT_EQ(received.status, 400) << target;
    EXPECT_EQ(Member(received, "code"), "missing_field") << target;
    EXPECT_EQ(Member(received, "field"), field) << target;
  }
}

TEST_F(Routes, WhatIsNotFoundIsNamed) {
  for (const auto& [target, field] :
       {std::pair("/v1/accounts/a", "account"),
        std::pair("/v1/accounts/a/statement?from=2021-03-01", "account"),
        std::pair("/v1/orders/parking/k", "key"), std::pair("/v1/cycles/c/positions", "cycle"),
        std::pair("/v1/cycles/c/late", "cycle"), std::pair("/v1/schemes/s/queue", "scheme"),
        std::pair("/v1/schemes/s/resolutions", "scheme")}) {
    const Received received = Ask("GET", target);
    EXPECT_EQ(received.status, 404) << target;
    EXPECT_EQ(Member(received, "field"), field) << target;
  }
}

TEST_F(Routes, RefuseContentTypesThatAreNotJson) {
  const Received received =
      Ask("POST", "/v1/proposals", "id=1", "application/x-www-form-urlencoded");
  EXPECT_EQ(received.status, 415);
  EXPECT_EQ(Member(received, "field"), "Content-Type");
  EXPECT_EQ(Ask("POST", "/v1/proposals", "{}", "Application/JSON; charset=utf-8").status, 201);
}

TEST_F(Routes, ALookUpGivesADefiniteAnswer) {
  node_.known["source-a/p1"] = {MakeAnswer(AnswerKind::kAccepted, 12)};
  node_.known["source-b/p 2"] = {
      MakeAnswer(AnswerKind::kRefused, 13, Code::INSUFFICIENT_FUNDS, "debit.payer")};
  const Received accepted = Ask("GET", "/v1/answers?id=p1");
  EXPECT_EQ(accepted.status, 200);
  EXPECT_EQ(accepted.body,
            R"({"source":"source-a","id":"p1","answer":"accepted","sequence":"12"})");
  const Received refused = Ask("GET", "/v1/answers?source=source-b&id=p%202");
  EXPECT_EQ(refused.status, 200);
  EXPECT_EQ(Member(refused, "answer"), "refused");
  EXPECT_EQ(Member(refused, "code"), "insufficient_funds");
  EXPECT_EQ(Member(refused, "field"), "debit.payer");
  const Received never = Ask("GET", "/v1/answers?id=p9");
  EXPECT_EQ(never.status, 404);
  EXPECT_EQ(Member(never, "code"), "not_found");
  EXPECT_EQ(Member(Ask("GET", "/v1/answers"), "code"), "missing_field");
}

TEST_F(Routes, RecordsComeAfterASequenceUpToTheFrontier) {
  node_.fake_log.AddBlock(3);
  node_.fake_log.AddBlock(2);
  const Received all = Ask("GET", "/v1/records");
  EXPECT_EQ(all.headers.at("longmen-sequence"), "5");
  auto records = boost::json::parse(all.body).at("records").as_array();
  ASSERT_EQ(records.size(), 5u);
  EXPECT_EQ(records[0].at("sequence").as_string(), "1");
  EXPECT_EQ(records[0].at("recordedAt").as_string(), "1970-01-01T00:00:02Z");
  EXPECT_EQ(records[4].at("proposal").at("id").as_string(), "id5");
  EXPECT_EQ(records[4].at("proposal").at("order").at("payee").as_string(), "shop");

  const Received some = Ask("GET", "/v1/records?after=1&limit=3");
  records = boost::json::parse(some.body).at("records").as_array();
  ASSERT_EQ(records.size(), 3u);
  EXPECT_EQ(records[0].at("sequence").as_string(), "2");
  EXPECT_EQ(Member(some, "next"), "4");

  const Received none = Ask("GET", "/v1/records?after=18446744073709551615");
  EXPECT_EQ(none.body, R"({"records":[],"next":"18446744073709551615"})");
}

TEST_F(Routes, AReadWaitsForItsSequenceButNotForTheFuture) {
  node_.fake_log.AddBlock(4);
  const Received waited = Ask("GET", "/v1/cycles?min_sequence=4");
  EXPECT_EQ(waited.status, 200);
  EXPECT_EQ(waited.headers.at("longmen-sequence"), "4");
  const Received future = Ask("GET", "/v1/cycles?min_sequence=5");
  EXPECT_EQ(future.status, 400);
  EXPECT_EQ(Member(future, "code"), "unanswerable");
}

TEST_F(Routes, MetricsCountAnswersAndTellTheLag) {
  node_.fake_log.AddBlock(4);
  node_.projected = 1;
  Ask("POST", "/v1/proposals", "{}");
  Ask("GET", "/nowhere");
  const std::string text = Ask("GET", "/metrics", "", "", "").body;
  for (const char* line :
       {"longmen_answers_total{code=\"none\",kind=\"accepted\"} 1",
        "longmen_http_requests_total{route=\"/v1/proposals\",status=\"201\"} 1",
        "longmen_http_requests_total{route=\"none\",status=\"404\"} 1",
        "longmen_http_request_seconds_count{route=\"/v1/proposals\"} 1", "longmen_sequence 4",
        "longmen_projected_sequence 1", "longmen_projection_lag 3"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << "\nin\n" << text;
  }
}

}  // namespace
}  // namespace longmen::adapters::http
