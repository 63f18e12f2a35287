// What the head of a request must be before anybody asks what it wants. Two readers of one
// connection (a proxy in front, this door behind) must never disagree where a request ends.
#include "tests/adapters/http/serving.h"

namespace longmen::adapters::http {
namespace {

class Head : public Serving {
 protected:
  // The answers to these bytes, until the server closes: "400 malformed [Host]" for each.
  std::vector<std::string> Outcomes(std::string_view bytes) {
    Client client(port());
    client.Send(bytes);
    std::vector<std::string> outcomes;
    while (const auto received = client.Receive()) {
      outcomes.push_back(fmt::format("{} {} [{}]", received->status, Member(*received, "code"),
                                     Member(*received, "field")));
      if (received->headers.contains("connection")) break;
    }
    EXPECT_TRUE(client.ReceivesEnd());
    return outcomes;
  }

  static std::string Request(std::string_view line, std::string_view fields,
                             std::string_view rest = "") {
    return fmt::format("{} HTTP/1.1\r\n{}\r\n{}", line, fields, rest);
  }
};

using Told = std::vector<std::string>;

constexpr std::string_view kPost = "POST /v1/proposals";
constexpr std::string_view kUsual = "Host: t\r\nAuthorization: Bearer token-a\r\n";

TEST_F(Head, ABodyOfUnknownEndIsRefusedAndNothingBehindItIsRead) {
  const std::string inner = RequestText("POST", "/v1/proposals", "token-a", "{}");
  for (const char* coding : {"identity", "xchunked", "gzip", "chunked, identity", "gzip, chunked",
                             "chunked, chunked", "chunked;q=1", "\"chunked\"", ""}) {
    SCOPED_TRACE(coding);
    const std::string fields =
        std::string(kUsual) + "Transfer-Encoding: " + std::string(coding) + "\r\n";
    EXPECT_EQ(Outcomes(Request(kPost, fields, inner)), (Told{"400 malformed [Transfer-Encoding]"}));
    EXPECT_EQ(Outcomes(Request("GET /healthz", fields, inner)),
              (Told{"400 malformed [Transfer-Encoding]"}));
  }
  EXPECT_EQ(node_.answered(), 0u);
}

TEST_F(Head, ABodyIsMeasuredInOneWayOnly) {
  const std::string inner = RequestText("POST", "/v1/proposals", "token-a", "{}");
  const std::string usual(kUsual);
  for (const std::string& fields :
       {usual + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n",
        usual + "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n",
        usual + "Transfer-Encoding: identity\r\nContent-Length: 2\r\n",
        usual + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        usual + "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n",
        usual + "Content-Length: 2\r\nContent-Length: 2\r\n",
        usual + "Content-Length: 2\r\nContent-Length: 3\r\n"}) {
    const auto outcomes = Outcomes(Request(kPost, fields, "{}" + inner));
    ASSERT_EQ(outcomes.size(), 1u) << fields;
    EXPECT_EQ(outcomes[0].substr(0, 13), "400 malformed") << fields;
  }
  // HTTP/1.0 knows no chunks: a proxy of that age would pass them on as something else.
  EXPECT_EQ(Outcomes("POST /v1/proposals HTTP/1.0\r\n" + usual +
                     "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"),
            (Told{"400 malformed [Transfer-Encoding]"}));
  EXPECT_EQ(node_.answered(), 0u);
}

TEST_F(Head, NamesItsHostAndItsTokenOnce) {
  const std::string token = "Authorization: Bearer token-a\r\n";
  const std::pair<std::string, std::string> cases[] = {
      {token, "400 missing_field [Host]"},
      {"Host: a\r\nHost: a\r\n" + token, "400 malformed [Host]"},
      {"Host: a\r\n" + token + token, "400 malformed [Authorization]"},
      {"Host: a\r\n" + token + "authorization: Bearer x\r\n", "400 malformed [Authorization]"},
      {"Host: a\r\n" + token + "Content-Type: a/b\r\nContent-Type: a/c\r\n",
       "400 malformed [Content-Type]"},
  };
  for (const auto& [fields, outcome] : cases) {
    EXPECT_EQ(Outcomes(Request("GET /v1/cycles", fields)), (Told{outcome})) << fields;
  }
  Client old(port());
  old.Send("GET /healthz HTTP/1.0\r\n\r\n");  // which knew no Host
  EXPECT_EQ(old.Receive()->status, 200);
}

TEST_F(Head, AsksForNothingThatIsNotDone) {
  const std::string usual(kUsual);
  EXPECT_EQ(
      Outcomes(Request(kPost, usual + "Content-Encoding: gzip\r\nContent-Length: 2\r\n", "{}")),
      (Told{"415 malformed [Content-Encoding]"}));
  EXPECT_EQ(Outcomes(Request(kPost, usual + "Expect: 200-ok\r\nContent-Length: 2\r\n", "{}")),
            (Told{"417 malformed [Expect]"}));
  EXPECT_EQ(node_.answered(), 0u);
  Client plain(port());
  plain.Send(Request(kPost, usual + "Content-Encoding: identity\r\nContent-Length: 2\r\n", "{}"));
  EXPECT_EQ(plain.Receive()->status, 201);
}

TEST_F(Head, OfAnOldRequestIsNotToldToContinue) {
  Client client(port());
  client.Send("POST /v1/proposals HTTP/1.0\r\n" + std::string(kUsual) +
              "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n{}");
  EXPECT_EQ(client.Receive()->status, 201);
}

}  // namespace
}  // namespace longmen::adapters::http
