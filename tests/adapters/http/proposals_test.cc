// What becomes of proposals and records at the door, with a node that says what it is told to.
#include "tests/adapters/http/serving.h"

namespace longmen::adapters::http {
namespace {

using engine::Answer;
using engine::AnswerKind;

constexpr std::string_view kNdjson = "application/x-ndjson";

class Proposals : public Serving {
 protected:
  // Makes the node answer everything with one answer.
  void Always(Answer answer, std::string message = "") {
    node_.judge = [=](const std::string&, const std::vector<std::string>& group) {
      return std::vector<ItemAnswer>(group.size(), {"p1", {answer}, message});
    };
  }
};

TEST_F(Proposals, AnAcceptedOneIsCreated) {
  const Received received = Ask("POST", "/v1/proposals", "{}");
  EXPECT_EQ(received.status, 201);
  EXPECT_EQ(received.headers.at("content-type"), "application/json");
  EXPECT_EQ(received.body, R"({"id":"p1","answer":"accepted","sequence":"1"})");
}

TEST_F(Proposals, AReportBookedAgainstARuleNamesTheException) {
  Answer answer = MakeAnswer(AnswerKind::kAccepted, 5);
  answer.exception = Code::INSUFFICIENT_FUNDS;
  Always(answer);
  EXPECT_EQ(Member(Ask("POST", "/v1/proposals", "{}"), "exception"), "insufficient_funds");
}

TEST_F(Proposals, ADuplicateSaysSoInAHeader) {
  Always(MakeAnswer(AnswerKind::kDuplicate, 9'007'199'254'740'993));
  const Received received = Ask("POST", "/v1/proposals", "{}");
  EXPECT_EQ(received.status, 200);
  EXPECT_EQ(received.headers.at("idempotency-hit"), "true");
  EXPECT_EQ(Member(received, "sequence"), "9007199254740993");
}

TEST_F(Proposals, EveryOtherAnswerIsAProblemWithItsOwnStatus) {
  const struct {
    Answer answer;
    int status;
    std::string code;
    std::string code_class;
  } cases[] = {
      {MakeAnswer(AnswerKind::kRefused, 4, Code::EXCEEDS_DEBIT, "refund.amount.minor"), 422,
       "exceeds_debit", std::string(CodeClassName(ClassOf(Code::EXCEEDS_DEBIT)))},
      {MakeAnswer(AnswerKind::kInvalid, 0, Code::BAD_TEXT, "order.payer"), 400, "bad_text",
       "final"},
      {MakeAnswer(AnswerKind::kInvalid, 0, Code::NOT_PERMITTED, "source"), 403, "not_permitted",
       std::string(CodeClassName(ClassOf(Code::NOT_PERMITTED)))},
      {MakeAnswer(AnswerKind::kInvalid, 0, Code::GROUP_TOO_LARGE, "group"), 413, "group_too_large",
       std::string(CodeClassName(ClassOf(Code::GROUP_TOO_LARGE)))},
      {MakeAnswer(AnswerKind::kUnavailable, 0, Code::STORAGE_FULL), 503, "storage_full", "unknown"},
  };
  for (const auto& one : cases) {
    SCOPED_TRACE(one.code);
    Always(one.answer, "for people");
    const Received received = Ask("POST", "/v1/proposals", "{}");
    EXPECT_EQ(received.status, one.status);
    EXPECT_EQ(received.headers.at("content-type"), "application/problem+json");
    EXPECT_EQ(Member(received, "type"), "urn:longmen:problem:" + one.code);
    EXPECT_EQ(Member(received, "status"), std::to_string(one.status));
    EXPECT_EQ(Member(received, "code"), one.code);
    EXPECT_EQ(Member(received, "class"), one.code_class);
    EXPECT_EQ(Member(received, "field"), one.answer.field);
    EXPECT_EQ(Member(received, "detail"), "for people");
    EXPECT_EQ(Member(received, "id"), "p1");
    EXPECT_EQ(received.headers.contains("retry-after"), one.status == 503);
  }
}

// Its answer says it all: no code stands for it, alone or in a line.
TEST_F(Proposals, AConflictIsAProblemWithoutACode) {
  Always(MakeAnswer(AnswerKind::kConflict, 3, Code::NONE, "order.payee"));
  const Received alone = Ask("POST", "/v1/proposals", "{}");
  EXPECT_EQ(alone.status, 409);
  EXPECT_EQ(alone.body, R"({"type":"urn:longmen:problem:conflict","title":"conflict","status":409,)"
                        R"("field":"order.payee","id":"p1","answer":"conflict","sequence":"3"})");
  EXPECT_EQ(
      Ask("POST", "/v1/proposals", "{}", kNdjson).body,
      "{\"id\":\"p1\",\"answer\":\"conflict\",\"sequence\":\"3\",\"field\":\"order.payee\"}\n");
}

TEST_F(Proposals, AreTakenAsTheBytesThatCame) {
  std::string seen;
  std::string whose;
  node_.judge = [&](const std::string& source, const std::vector<std::string>& group) {
    whose = source;
    seen = group.at(0);
    return std::vector<ItemAnswer>{{"p", {MakeAnswer(AnswerKind::kAccepted, 1)}, ""}};
  };
  const std::string body = "{ \"minor\" : 12345678901234567890.10, \"minor\":\t1 }";
  EXPECT_EQ(Ask("POST", "/v1/proposals", body, "application/json", "token-b").status, 201);
  EXPECT_EQ(seen, body);
  EXPECT_EQ(whose, "source-b");
}

TEST_F(Proposals, AGroupGetsOneVerdictAndAnAnswerAMember) {
  const Received received = Ask("POST", "/v1/proposals", R"({"group":[{},{"a":[1,2]}]})");
  EXPECT_EQ(received.status, 201);
  EXPECT_EQ(received.body, R"({"answer":"accepted","sequence":"1","answers":[)"
                           R"({"id":"p1","answer":"accepted","sequence":"1"},)"
                           R"({"id":"p2","answer":"accepted","sequence":"2"}]})");
}

TEST_F(Proposals, AConflictInAGroupNamesTheMemberAtFault) {
  node_.judge = [](const std::string&, const std::vector<std::string>&) {
    return std::vector<ItemAnswer>{
        {"p", {MakeAnswer(AnswerKind::kConflict, 0, Code::NONE, "group")}, ""},
        {"q", {MakeAnswer(AnswerKind::kConflict, 7, Code::NONE, "key")}, ""}};
  };
  const Received received = Ask("POST", "/v1/proposals", R"({"group":[{},{}]})");
  EXPECT_EQ(received.status, 409);
  EXPECT_EQ(Member(received, "field"), "key");
  EXPECT_EQ(Member(received, "sequence"), "7");
}

TEST_F(Proposals, ABadLineInTheMiddleCostsOnlyItself) {
  node_.judge = [accept = node_.judge](const std::string& source,
                                       const std::vector<std::string>& group) {
    if (group[0].front() == '{') return accept(source, group);
    return std::vector<ItemAnswer>{
        {"", {MakeAnswer(AnswerKind::kInvalid, 0, Code::MALFORMED)}, "not JSON"}};
  };
  const Received received =
      Ask("POST", "/v1/proposals", "{}\r\nnonsense\n\n{\"group\":[{},]}\n{\"group\":[{},{}]}\n{}",
          kNdjson);
  EXPECT_EQ(received.status, 200);
  EXPECT_EQ(received.headers.at("content-type"), kNdjson);
  EXPECT_EQ(received.body,
            R"({"id":"p1","answer":"accepted","sequence":"1"}
{"answer":"invalid","code":"malformed","class":"final","field":"line","message":"not JSON"}
{"answer":"invalid","code":"malformed","class":"final","field":"group","message":"a group is {\"group\":[proposal, ...]}"}
{"answer":"accepted","sequence":"2","answers":[{"id":"p2","answer":"accepted","sequence":"2"},{"id":"p3","answer":"accepted","sequence":"3"}]}
{"id":"p4","answer":"accepted","sequence":"4"}
)");
}

TEST_F(Proposals, ABatchOfNothingButBrokenGroupsNeverReachesTheNode) {
  node_.Hold();
  EXPECT_EQ(Ask("POST", "/v1/proposals", R"({"group":[]})").status, 400);
  EXPECT_EQ(Ask("POST", "/v1/proposals", "{\"group\":[]}\n{\"group\":1}", kNdjson).status, 200);
}

TEST_F(Proposals, TooManyLinesOrNoneAreRefusedWhole) {
  ServerOptions options;
  options.batch_items_max = 3;
  Start(options);
  EXPECT_EQ(Ask("POST", "/v1/proposals", "{}\n{}\n{}\n", kNdjson).status, 200);
  const Received many = Ask("POST", "/v1/proposals", "{}\n{}\n{}\n{}\n", kNdjson);
  EXPECT_EQ(many.status, 413);
  EXPECT_EQ(Member(many, "code"), "too_large");
  EXPECT_EQ(Member(Ask("POST", "/v1/proposals", "\n\n", kNdjson), "code"), "malformed");
}

TEST_F(Proposals, ABigBatchIsAnsweredLineForLine) {
  std::string body;
  for (int i = 0; i < 5'000; ++i) body += "{}\n";
  const Received received = Ask("POST", "/v1/proposals", body, kNdjson);
  EXPECT_EQ(received.status, 200);
  EXPECT_EQ(std::count(received.body.begin(), received.body.end(), '\n'), 5'000);
  EXPECT_NE(received.body.find("\"sequence\":\"5000\""), std::string::npos);
}

TEST_F(Proposals, ARecordGetsAnAnswerForEachProposalItBecame) {
  node_.judge = [](const std::string&, const std::vector<std::string>&) {
    return std::vector<ItemAnswer>{
        {"r", {MakeAnswer(AnswerKind::kAccepted, 1), MakeAnswer(AnswerKind::kAccepted, 2)}, ""}};
  };
  EXPECT_EQ(Ask("POST", "/v1/records/parking", "{}").body,
            R"({"id":"r","answer":"accepted","sequence":"1","answers":[)"
            R"({"answer":"accepted","sequence":"1"},{"answer":"accepted","sequence":"2"}]})");
}

TEST_F(Proposals, RecordsGoToTheirScenario) {
  EXPECT_EQ(Ask("POST", "/v1/records/parking", R"({"id":"1"})").status, 201);
  EXPECT_EQ(Ask("POST", "/v1/records/parking", "{\"id\":\"2\"}\n{\"id\":\"3\"}", kNdjson).status,
            200);
  EXPECT_EQ(node_.ingested,
            (std::vector<std::string>{R"({"id":"1"})", R"({"id":"2"})", R"({"id":"3"})"}));
  const Received unknown = Ask("POST", "/v1/records/teleport", "{}");
  EXPECT_EQ(unknown.status, 404);
  EXPECT_EQ(Member(unknown, "field"), "scenario");
  EXPECT_EQ(Ask("POST", "/v1/records/none", "{}").status, 404);
}

TEST_F(Proposals, ADroppedAnswerIsStillAnAnswer) {
  {
    FakeNode forgetful;
    forgetful.Hold();
    server_ = std::move(*Server::Start({}, forgetful));
    Client client(port());
    client.Send(RequestText("POST", "/v1/proposals", "token-a", "{}"));
    while (forgetful.waiting() == 0) std::this_thread::yield();
    forgetful.Forget();
    const auto received = client.Receive();
    ASSERT_TRUE(received.has_value());
    EXPECT_EQ(received->status, 503);
    server_.reset();
  }
}

}  // namespace
}  // namespace longmen::adapters::http
