// Stopping: what was accepted is answered, and it does not take for ever.
#include <atomic>

#include "tests/adapters/http/serving.h"

namespace longmen::adapters::http {
namespace {

using std::chrono::milliseconds;

class Stop : public Serving {};

std::string Proposal() { return RequestText("POST", "/v1/proposals", "token-a", "{}"); }

TEST_F(Stop, AnswersWhatIsInFlight) {
  node_.Hold();
  std::vector<std::unique_ptr<Client>> clients;
  for (size_t i = 0; i < 20; ++i) {
    clients.push_back(std::make_unique<Client>(port()));
    clients.back()->Send(Proposal());
  }
  while (node_.waiting() < 20) std::this_thread::yield();
  std::thread stopping([&] { server_->Stop(); });
  std::this_thread::sleep_for(milliseconds(50));
  node_.Release();
  for (const auto& client : clients) {
    const auto received = client->Receive();
    ASSERT_TRUE(received.has_value());
    EXPECT_EQ(received->status, 201);
    EXPECT_EQ(received->headers.at("connection"), "close");
    EXPECT_TRUE(client->ReceivesEnd());
  }
  stopping.join();
}

TEST_F(Stop, RefusesWhatArrivesAfterwards) {
  Client half(port());
  const std::string text = Proposal();
  half.Send(text.substr(0, text.size() - 1));
  Client idle(port());
  idle.Send(RequestText("GET", "/healthz", ""));
  EXPECT_EQ(idle.Receive()->status, 200);
  std::this_thread::sleep_for(milliseconds(50));
  std::thread stopping([&] { server_->Stop(); });
  EXPECT_TRUE(idle.ReceivesEnd());
  half.Send(text.substr(text.size() - 1));
  const auto refused = half.Receive();
  stopping.join();
  ASSERT_TRUE(refused.has_value());
  EXPECT_EQ(refused->status, 503);
  EXPECT_EQ(Member(*refused, "code"), "stopping");
  EXPECT_TRUE(refused->headers.contains("retry-after"));
  EXPECT_THROW(Client late(server_->port()), std::runtime_error);
}

TEST_F(Stop, TakesBoundedTimeWhateverTheNodeDoes) {
  ServerOptions options;
  options.stop_timeout = milliseconds(200);
  Start(options);
  node_.Hold();
  Client client(port());
  client.Send(Proposal());
  Client silent(port());
  silent.Send("POST /v1/pro");
  while (node_.waiting() == 0) std::this_thread::yield();
  server_->Stop();
  EXPECT_TRUE(client.ReceivesEnd());
  EXPECT_TRUE(silent.ReceivesEnd());
  server_.reset();
  node_.Release();  // an answer after the server has gone finds nobody, and does no harm
  while (node_.waiting() > 0) std::this_thread::yield();
}

// Many clients ask without pause while the server stops: whoever sent a request whole either has
// an answer or saw the connection end, and nothing the node accepted went unanswered.
TEST_F(Stop, LeavesNothingAcceptedUnanswered) {
  std::atomic<uint64_t> accepted = 0;
  node_.judge = [&](const std::string&, const std::vector<std::string>&) {
    return std::vector<ItemAnswer>{
        {"p", {MakeAnswer(engine::AnswerKind::kAccepted, ++accepted)}, ""}};
  };
  Start();
  std::atomic<uint64_t> confirmed = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      Client client(port());
      while (client.Send(Proposal())) {
        const auto received = client.Receive();
        if (!received) break;
        if (received->status == 201) ++confirmed;
        if (received->headers.contains("connection")) break;
      }
    });
  }
  while (confirmed < 200) std::this_thread::yield();
  server_->Stop();
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(confirmed, accepted);
}

TEST_F(Stop, ASecondStopAndAnUnusedServerDoNothing) {
  Start();
  server_->Stop();
  server_->Stop();
}

TEST_F(Stop, APortThatIsTakenIsAnErrorAndNoCrash) {
  Start();
  ServerOptions options;
  options.port = server_->port();
  const auto second = Server::Start(options, node_);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().field, "port");
  options.address = "localhost";
  EXPECT_EQ(Server::Start(options, node_).error().field, "address");
}

}  // namespace
}  // namespace longmen::adapters::http
