// Bad input at the door of a real node: each gets its own stable code and field, and the log takes
// nothing but the refusals it must remember.
#include <fmt/format.h>

#include "tests/adapters/http/live.h"
#include "tests/support/bad_input/bad_input.h"

namespace longmen::adapters::http {
namespace {

using testing::OrderText;

// The SHA-256 of "token-of-bank-a" in base64.
constexpr std::string_view kBankToken = "token-of-bank-a";
constexpr std::string_view kBankTokenHash = "8FuXO1DaQ6uHMTb1gLzJWnEEppkI0mJzoqCHxCFnicw=";

class Inputs : public Live {
 protected:
  void SetUp() override {
    Live::SetUp();
    RegisterBanks({"A", "B"});
    Accept(ProposalText("source-a", "bank-a",
                        fmt::format(R"("registration":{{"source":{{"maxLate":"60000000000",)"
                                    R"("maxEarly":"60000000000","bodies":["order","debit"],)"
                                    R"("participants":["A"],"tokenHash":"{}"}}}})",
                                    kBankTokenHash)));
  }

  // The answer's status, code and field, and by how many records the log grew.
  std::string Outcome(const Received& received, Sequence before) {
    const auto body = boost::json::parse(received.body).as_object();
    const auto member = [&](const char* name) {
      return body.contains(name) ? std::string(body.at(name).as_string().c_str()) : "";
    };
    return fmt::format("{} {} [{}] +{}", received.status, member("code"), member("field"),
                       frontier() - before);
  }
  std::string Propose(std::string_view text) {
    const Sequence before = frontier();
    return Outcome(Ask("POST", "/v1/proposals", text), before);
  }
};

TEST_F(Inputs, WhatIsMalformedIsNamedAndNotRecorded) {
  const std::pair<std::string, std::string> cases[] = {
      {"", "400 malformed [body] +0"},
      {"{", "400 malformed [body] +0"},
      {"[]", "400 malformed [body] +0"},
      {"\"order\"", "400 malformed [body] +0"},
      {"{\"id\":\"\xff\"}", "400 bad_text [body] +0"},
      {R"({"group":[]})", "400 malformed [group] +0"},
      {R"({"group":[5]})", "400 malformed [group[0]] +0"},
      {R"({"group":[)" + OrderText("o1", "k1", "100") + ",\"\xc3\"]}",
       "400 bad_text [group[1]] +0"},
      {R"({"group":[)" + OrderText("o1", "k1", "100") + ",{\"id\":}]}",
       "400 malformed [group[1]] +0"},
      {R"({"group":[)" + OrderText("o1", "k1", "100") + "," + OrderText("o2", "k2", "0") + "]}",
       "400 amount_not_positive [order.amount.minor] +0"},
      {R"({"group":[)" + OrderText("o1", "k1", "100") + "," + OrderText("o1", "k2", "100") + "]}",
       "400 duplicate_in_group [id] +0"},
  };
  for (const auto& [text, outcome] : cases) EXPECT_EQ(Propose(text), outcome) << text;
}

TEST_F(Inputs, ALineIsNamedWhereAllOfItIsBad) {
  const Received received =
      Ask("POST", "/v1/proposals", "nonsense\n{\"group\":[5]}\n", "application/x-ndjson");
  EXPECT_NE(received.body.find(R"("field":"line")"), std::string::npos) << received.body;
  EXPECT_NE(received.body.find(R"("field":"group[0]")"), std::string::npos) << received.body;
  const Received record = Ask("POST", "/v1/records/parking", "nonsense");
  EXPECT_EQ(boost::json::parse(record.body).at("field").as_string(), "body");
}

TEST_F(Inputs, OfABadGroupEveryMemberIsToldWhoIsAtFault) {
  const Received received =
      Ask("POST", "/v1/proposals",
          R"({"group":[)" + OrderText("o1", "k1", "100") + "," + OrderText("o2", "k2", "0") + "," +
              OrderText("o3", "k3", "100") + "]}");
  EXPECT_EQ(received.status, 400);
  const auto body = boost::json::parse(received.body).as_object();
  EXPECT_EQ(body.at("field").as_string(), "order.amount.minor");
  EXPECT_EQ(body.at("index").as_int64(), 1);
  const auto& answers = body.at("answers").as_array();
  ASSERT_EQ(answers.size(), 3u);
  EXPECT_EQ(answers[0].at("code").as_string(), "malformed");
  EXPECT_EQ(answers[0].at("field").as_string(), "group[1]");
  EXPECT_EQ(answers[1].at("field").as_string(), "order.amount.minor");
  EXPECT_EQ(answers[2].at("field").as_string(), "group[1]");
}

TEST_F(Inputs, AGroupThatIsTooLargeIsNamed) {
  std::string group = R"({"group":[)";
  for (int i = 0; i < 1'001; ++i) {
    group += (i == 0 ? "" : ",") + OrderText(fmt::format("o{}", i), fmt::format("k{}", i), "1");
  }
  EXPECT_EQ(Propose(group + "]}"), "413 group_too_large [group] +0");
}

TEST_F(Inputs, ATimeOutsideTheBoundsIsExplained) {
  for (const auto& [when, code, bound] :
       {std::tuple("2020-03-01T00:00:00Z", "too_late", "maxLate"),
        std::tuple("2022-03-01T00:00:00Z", "too_early", "maxEarly")}) {
    const std::string text = fmt::format(
        R"({{"id":"{}","key":"Z","occurredAt":"{}","registration":{{"participant":{{}}}}}})", code,
        when);
    const Received alone = Ask("POST", "/v1/proposals", text);
    EXPECT_EQ(alone.status, 422);
    const auto body = boost::json::parse(alone.body).as_object();
    EXPECT_EQ(body.at("code").as_string(), code);
    ASSERT_TRUE(body.contains("detail"));
    EXPECT_NE(std::string(body.at("detail").as_string().c_str()).find(bound), std::string::npos);
    const Received line = Ask("POST", "/v1/proposals", text, "application/x-ndjson");
    EXPECT_NE(line.body.find("\"message\":"), std::string::npos) << line.body;
  }
}

TEST_F(Inputs, AWrongNameIsToldTheRightOnes) {
  const Received received =
      Ask("POST", "/v1/proposals", ProposalText("o1", "k1", R"("order":{"action":"placedd"})"));
  EXPECT_NE(received.body.find("placed, "), std::string::npos) << received.body;
}

class EveryBody : public Inputs {
 protected:
  void SetUp() override {
    Live::SetUp();
    const auto lines = testing::SetupLines() + testing::PowerlessSourceLine(kBankTokenHash);
    const Received received = Ask("POST", "/v1/proposals", lines, "application/x-ndjson");
    ASSERT_EQ(received.body.find("\"code\""), std::string::npos) << received.body;
  }
};

TEST_F(EveryBody, HasACodeAndAFieldForWhateverIsWrong) {
  for (const auto& input : testing::BadInputs()) {
    const std::string field = input.field.empty() ? "body" : input.field;
    EXPECT_EQ(Propose(input.text), fmt::format("{} {} [{}] +{}", input.recorded ? 422 : 400,
                                               input.code, field, input.recorded ? 1 : 0))
        << input.name;
    if (!input.recorded) continue;
    EXPECT_EQ(Propose(input.text), fmt::format("422 {} [{}] +0", input.code, field))
        << input.name << ", asked again";
  }
}

TEST_F(EveryBody, OfARecordHasACodeAndAFieldBeforeTheLedgerIsAsked) {
  for (const char* scenario : {"b2b_gateway", "parking"}) {
    for (const auto& input : testing::BadRecords(scenario)) {
      const Sequence before = frontier();
      const bool whole = input.field.empty() && !input.recorded;
      EXPECT_EQ(Outcome(Ask("POST", fmt::format("/v1/records/{}", scenario), input.text), before),
                fmt::format("{} {} [{}] +{}", input.recorded ? 422 : 400, input.code,
                            whole ? "body" : input.field, input.recorded ? 1 : 0))
          << scenario << ", " << input.name;
    }
  }
}

TEST_F(EveryBody, NeedsPermission) {
  for (const auto& input : testing::WithoutPermission()) {
    const Sequence before = frontier();
    EXPECT_EQ(Outcome(AskAs(kBankToken, "POST", "/v1/proposals", input.text), before),
              fmt::format("422 {} [{}] +1", input.code, input.field))
        << input.name;
  }
}

TEST_F(EveryBody, IsADuplicateOnlyWithTheSameContent) {
  for (const auto& [good, other, field] : testing::Resents()) {
    EXPECT_EQ(Propose(good).substr(0, 3), "201") << good;
    EXPECT_EQ(Propose(good), "200  [] +0") << good;
    EXPECT_EQ(Propose(other), fmt::format("409  [{}] +0", field)) << other;
  }
}

TEST_F(Inputs, WhatTheRulesRefuseIsRecordedAndStaysRefused) {
  EXPECT_EQ(Propose(OrderText("o1", "k1", "100", "USD")), "422 currency_mismatch [order.payer] +1");
  EXPECT_EQ(Propose(OrderText("o1", "k1", "100", "USD")), "422 currency_mismatch [order.payer] +0");
  EXPECT_EQ(Propose(OrderText("o2", "k2", "100", "CNY", "B:nobody")),
            "422 unknown_account [order.payee] +1");
  // The same id does not become right by other content.
  EXPECT_EQ(Propose(OrderText("o2", "k2", "100")), "409  [order.payee] +0");
  EXPECT_EQ(Propose(OrderText("o3", "k3", "100")), "201  [] +1");
  const auto page = Get("/v1/refusals");
  const auto& refusals = page.at("refusals").as_array();
  ASSERT_EQ(refusals.size(), 2u);
  EXPECT_EQ(refusals[1].at("code").as_string(), "unknown_account");
  EXPECT_EQ(refusals[1].at("id").as_string(), "o2");
}

TEST_F(Inputs, TheSameAgainIsADuplicateAndOtherContentAConflict) {
  EXPECT_EQ(Propose(OrderText("o1", "k1", "100")), "201  [] +1");
  const Received again = Ask("POST", "/v1/proposals", OrderText("o1", "k1", "100"));
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.headers.at("idempotency-hit"), "true");
  EXPECT_EQ(Propose(OrderText("o1", "k1", "101")), "409  [order.amount.minor] +0");
}

TEST_F(Inputs, ASourceMayDoWhatItIsRegisteredFor) {
  const Sequence before = frontier();
  // Another source's name on it.
  EXPECT_EQ(Outcome(AskAs(kBankToken, "POST", "/v1/proposals",
                          R"({"source":"operator",)" + OrderText("o1", "k1", "1").substr(1)),
                    before),
            "403 not_permitted [source] +0");
  // Its own, named or not.
  EXPECT_EQ(AskAs(kBankToken, "POST", "/v1/proposals", OrderText("o1", "k1", "1")).status, 201);
  EXPECT_EQ(AskAs(kBankToken, "POST", "/v1/proposals",
                  R"({"source":"bank-a",)" + OrderText("o1", "k1", "1").substr(1))
                .status,
            200);
  // A body it may not propose: a refusal, and recorded.
  EXPECT_EQ(Outcome(AskAs(kBankToken, "POST", "/v1/proposals",
                          ProposalText("p1", "Z", R"("registration":{"participant":{}})")),
                    before + 1),
            "422 not_permitted [registration] +1");
  // The token's owner is whose ids are looked up.
  EXPECT_EQ(AskAs(kBankToken, "GET", "/v1/answers?id=o1").status, 200);
  EXPECT_EQ(Ask("GET", "/v1/answers?id=o1").status, 404);
  EXPECT_EQ(Ask("GET", "/v1/answers?id=o1&source=bank-a").status, 200);
}

TEST_F(Inputs, ALineThatIsBadDoesNotStopTheOthers) {
  const Sequence before = frontier();
  const Received received =
      Ask("POST", "/v1/proposals",
          OrderText("o1", "k1", "1") + "\n{\"id\":\n" + PaymentGroup("T1", "A", "B", 100) + "\n" +
              OrderText("o1", "k1", "1") + "\n",
          "application/x-ndjson");
  EXPECT_EQ(received.status, 200);
  std::vector<std::string> answers;
  std::istringstream lines(received.body);
  for (std::string line; std::getline(lines, line);) {
    answers.emplace_back(boost::json::parse(line).at("answer").as_string().c_str());
  }
  EXPECT_EQ(answers, (std::vector<std::string>{"accepted", "invalid", "accepted", "duplicate"}));
  EXPECT_EQ(frontier(), before + 3);
}

TEST_F(Inputs, ARefusedGroupIsOneRefusalForAllItsMembers) {
  const Sequence before = frontier();
  const Received received =
      Ask("POST", "/v1/proposals",
          R"({"group":[)" + OrderText("o1", "k1", "1") + "," + OrderText("o2", "k1", "1") + "]}");
  EXPECT_EQ(received.status, 422);
  const auto body = boost::json::parse(received.body).as_object();
  EXPECT_EQ(body.at("code").as_string(), "order_exists");
  EXPECT_EQ(body.at("index").as_int64(), 1);
  ASSERT_EQ(body.at("answers").as_array().size(), 2u);
  EXPECT_EQ(body.at("answers").as_array()[0].at("id").as_string(), "o1");
  EXPECT_EQ(frontier(), before + 1);
  EXPECT_EQ(Get("/v1/orders/b2b_gateway/k1").at("status").as_string(), "none");
}

}  // namespace
}  // namespace longmen::adapters::http
