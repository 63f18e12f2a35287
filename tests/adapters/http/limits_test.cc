// What one client can cost the others.
#include <atomic>

#include "tests/adapters/http/serving.h"

namespace longmen::adapters::http {
namespace {

using std::chrono::milliseconds;

class Limits : public Serving {
 protected:
  // The server lives and serves others.
  void ExpectServing() { EXPECT_EQ(Ask("POST", "/v1/proposals", "{}").status, 201); }
};

std::string Announce(std::string_view extra) {
  return "POST /v1/proposals HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer token-a\r\n"
         "Content-Type: application/json\r\n" +
         std::string(extra) + "\r\n";
}

TEST_F(Limits, AHugeBodyIsRefusedUnread) {
  Client client(port());
  client.Send(Announce("Content-Length: 104857600\r\n"));
  const auto received = client.Receive();  // not a byte of the body was sent
  ASSERT_TRUE(received.has_value());
  EXPECT_EQ(received->status, 413);
  EXPECT_EQ(Member(*received, "code"), "too_large");
  EXPECT_EQ(received->headers.at("connection"), "close");
  const std::string flood(100u << 20, 'x');
  EXPECT_LT(client.SendUntilStuck(flood), flood.size());
  ExpectServing();
}

TEST_F(Limits, AHugeBodyInChunksIsCutAtTheLimit) {
  ServerOptions options;
  options.body_bytes_max = 100'000;
  Start(options);
  Client client(port());
  client.Send(Announce("Transfer-Encoding: chunked\r\n"));
  const std::string chunk = "8000\r\n" + std::string(0x8000, 'x') + "\r\n";
  for (int i = 0; i < 5; ++i) client.Send(chunk);
  const auto received = client.Receive();
  ASSERT_TRUE(received.has_value());
  EXPECT_EQ(received->status, 413);
  ExpectServing();
}

TEST_F(Limits, AChunkedBodyWithinThemIsTaken) {
  Client client(port());
  client.Send(Announce("Transfer-Encoding: chunked\r\n") + "1\r\n{\r\n1\r\n}\r\n0\r\n\r\n");
  EXPECT_EQ(client.Receive()->status, 201);
}

TEST_F(Limits, AClientThatAsksFirstIsToldToContinueOrNot) {
  Client client(port());
  client.Send(Announce("Content-Length: 2\r\nExpect: 100-continue\r\n"));
  EXPECT_EQ(client.Receive()->status, 100);
  client.Send("{}");
  EXPECT_EQ(client.Receive()->status, 201);
  client.Send(Announce("Content-Length: 99999999\r\nExpect: 100-continue\r\n"));
  EXPECT_EQ(client.Receive()->status, 413);
}

// Whoever is shut out here would otherwise take the room of those who may come in.
TEST_F(Limits, AWrongTokenTakesNoRoomFromOthers) {
  ServerOptions options;
  options.bodies_bytes_max = 100'000;
  Start(options);
  Client stranger(port());
  stranger.Send(
      "POST /v1/proposals HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer token-x\r\n"
      "Content-Length: 99990\r\n\r\n" +
      std::string(99'000, ' '));
  EXPECT_EQ(stranger.Receive()->status, 401);  // before its body is whole
  const std::string body = "{\"a\":\"" + std::string(60'000, 'x') + "\"}";
  EXPECT_EQ(Ask("POST", "/v1/proposals", body).status, 201);
}

TEST_F(Limits, AWrongTokenIsNotToldToContinue) {
  Client client(port());
  client.Send(
      "POST /v1/proposals HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer token-x\r\n"
      "Content-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  const auto received = client.Receive();
  ASSERT_TRUE(received.has_value());
  EXPECT_EQ(received->status, 401);
  EXPECT_EQ(received->headers.at("connection"), "close");
  EXPECT_TRUE(client.ReceivesEnd());
}

TEST_F(Limits, AHeaderBombIsRefused) {
  Client client(port());
  client.SendUntilStuck("GET /v1/cycles HTTP/1.1\r\nX: " + std::string(64u << 10, 'a'));
  const auto received = client.Receive();
  ASSERT_TRUE(received.has_value());
  EXPECT_EQ(received->status, 431);
  EXPECT_EQ(Member(*received, "code"), "too_large");

  Client many(port());
  std::string fields = "GET /v1/cycles HTTP/1.1\r\n";
  for (int i = 0; i < 5'000; ++i) fields += "A: b\r\n";
  many.SendUntilStuck(fields);
  EXPECT_EQ(many.Receive()->status, 431);
  ExpectServing();
}

TEST_F(Limits, WhatIsNotHttpIsMalformed) {
  Client client(port());
  client.Send("hello, is this the ledger?\r\n\r\n");
  const auto received = client.Receive();
  ASSERT_TRUE(received.has_value());
  EXPECT_EQ(received->status, 400);
  EXPECT_EQ(Member(*received, "code"), "malformed");
  EXPECT_TRUE(client.ReceivesEnd());

  Client both(port());
  both.Send(Announce("Content-Length: 2\r\nTransfer-Encoding: chunked\r\n") + "{}");
  EXPECT_EQ(both.Receive()->status, 400);
}

TEST_F(Limits, ASlowSenderIsCut) {
  ServerOptions options;
  options.read_timeout = milliseconds(200);
  Start(options);
  Client header(port());
  header.Send("GET /v1/cyc");
  EXPECT_TRUE(header.ReceivesEnd());
  Client body(port());
  body.Send(Announce("Content-Length: 10\r\n") + "{");
  // A byte now and then does not buy time: the limit is for the whole request.
  std::atomic<bool> ended = false;
  std::thread drip([&] {
    while (!ended && body.Send(" ")) std::this_thread::sleep_for(milliseconds(50));
  });
  EXPECT_TRUE(body.ReceivesEnd());
  ended = true;
  drip.join();
  ExpectServing();
}

TEST_F(Limits, AnIdleConnectionIsClosed) {
  ServerOptions options;
  options.idle_timeout = milliseconds(100);
  Start(options);
  Client client(port());
  client.Send(RequestText("POST", "/v1/proposals", "token-a", "{}"));
  EXPECT_EQ(client.Receive()->status, 201);
  EXPECT_TRUE(client.ReceivesEnd());
}

TEST_F(Limits, AClientThatStopsReadingIsCut) {
  ServerOptions options;
  options.write_timeout = milliseconds(300);
  Start(options);
  // An answer far larger than any socket buffer, to somebody who does not take it.
  node_.judge = [](const std::string&, const std::vector<std::string>&) {
    return std::vector<ItemAnswer>{{"p",
                                    {MakeAnswer(engine::AnswerKind::kInvalid, 0, Code::BAD_TEXT)},
                                    std::string(24u << 20, 'm')}};
  };
  Client client(port());
  client.Send(RequestText("POST", "/v1/proposals", "token-a", "{}"));
  const auto alone = [&] {
    return Ask("GET", "/metrics").body.find("longmen_http_connections 1\n") != std::string::npos;
  };
  while (node_.answered() == 0 || !alone()) std::this_thread::sleep_for(milliseconds(20));
  EXPECT_FALSE(client.Receive().has_value());  // the end comes before the answer is whole
}

TEST_F(Limits, PipelinedRequestsAreAnsweredInOrder) {
  Client client(port());
  client.Send(RequestText("POST", "/v1/proposals", "token-a", "{}") +
              RequestText("GET", "/nowhere", "token-a") +
              RequestText("POST", "/v1/proposals", "token-a", "{}") +
              RequestText("GET", "/healthz", ""));
  EXPECT_EQ(Member(*client.Receive(), "sequence"), "1");
  EXPECT_EQ(client.Receive()->status, 404);
  EXPECT_EQ(Member(*client.Receive(), "sequence"), "2");
  EXPECT_EQ(client.Receive()->status, 200);
}

TEST_F(Limits, TooManyRequestsAtOnceAreOverload) {
  ServerOptions options;
  options.requests_in_flight_max = 2;
  Start(options);
  node_.Hold();
  Client first(port());
  Client second(port());
  first.Send(RequestText("POST", "/v1/proposals", "token-a", "{}"));
  second.Send(RequestText("POST", "/v1/proposals", "token-a", "{}"));
  while (node_.waiting() < 2) std::this_thread::yield();

  Client third(port());
  third.Send(RequestText("POST", "/v1/proposals", "token-a", "{}"));
  const auto refused = third.Receive();
  ASSERT_TRUE(refused.has_value());
  EXPECT_EQ(refused->status, 503);
  EXPECT_EQ(refused->headers.at("retry-after"), "1");
  EXPECT_EQ(Member(*refused, "code"), "overloaded");
  EXPECT_EQ(Ask("GET", "/healthz").status, 200);  // the overloaded can still be looked at

  node_.Release();
  EXPECT_EQ(first.Receive()->status, 201);
  EXPECT_EQ(second.Receive()->status, 201);
  third.Send(RequestText("POST", "/v1/proposals", "token-a", "{}"));
  EXPECT_EQ(third.Receive()->status, 201);  // the refused connection lives on
}

TEST_F(Limits, BodiesShareOneRoom) {
  ServerOptions options;
  options.bodies_bytes_max = 100'000;
  Start(options);
  node_.Hold();
  const std::string body = "{\"a\":\"" + std::string(60'000, 'x') + "\"}";
  Client first(port());
  first.Send(RequestText("POST", "/v1/proposals", "token-a", body));
  while (node_.waiting() < 1) std::this_thread::yield();
  EXPECT_EQ(Ask("POST", "/v1/proposals", body).status, 503);
  node_.Release();
  EXPECT_EQ(first.Receive()->status, 201);
  EXPECT_EQ(Ask("POST", "/v1/proposals", body).status, 201);
}

// Else clients that never read what they ask for would fill the memory with it.
TEST_F(Limits, AnswersNeedRoomToo) {
  ServerOptions options;
  options.bodies_bytes_max = 1'000;
  Start(options);
  ASSERT_EQ(Ask("GET", "/healthz").status, 200);
  EXPECT_EQ(Ask("GET", "/metrics").status, 503);
  EXPECT_EQ(Ask("GET", "/healthz").status, 200);  // the room is free again
}

TEST_F(Limits, AConnectionBeyondTheBoundIsToldSo) {
  ServerOptions options;
  options.connections_max = 2;
  Start(options);
  {
    Client first(port());
    Client second(port());
    first.Send(RequestText("GET", "/healthz", ""));
    second.Send(RequestText("GET", "/healthz", ""));
    EXPECT_EQ(first.Receive()->status, 200);
    EXPECT_EQ(second.Receive()->status, 200);
    Client third(port());
    EXPECT_EQ(third.Receive()->status, 503);
    EXPECT_TRUE(third.ReceivesEnd());
  }
  // Their places are free once the server has seen them go.
  int status = 503;
  for (int i = 0; i < 100 && status == 503; ++i) {
    std::this_thread::sleep_for(milliseconds(10));
    Client next(port());
    next.Send(RequestText("GET", "/healthz", ""));
    status = next.Receive()->status;
  }
  EXPECT_EQ(status, 200);
}

TEST_F(Limits, TwoHundredAtOnceAreAllAnsweredOnce) {
  constexpr size_t kClients = 200;
  Start();
  node_.Hold();
  std::vector<std::unique_ptr<Client>> clients;
  for (size_t i = 0; i < kClients; ++i) {
    clients.push_back(std::make_unique<Client>(port()));
    clients.back()->Send(RequestText("POST", "/v1/proposals", "token-a", "{}"));
  }
  while (node_.waiting() < kClients) std::this_thread::yield();
  node_.Release();
  std::set<std::string> sequences;
  for (const auto& client : clients) {
    const auto received = client->Receive();
    ASSERT_TRUE(received.has_value());
    EXPECT_EQ(received->status, 201);
    sequences.insert(Member(*received, "sequence"));
  }
  EXPECT_EQ(sequences.size(), kClients);
}

}  // namespace
}  // namespace longmen::adapters::http
