#include "tests/adapters/http/live.h"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>

namespace longmen::adapters::http {
namespace {

engine::Clock FixedClock() {
  return [] { return *ParseInstant(testing::kNow); };
}

}  // namespace

void Live::SetUp() {
  std::string path = (std::filesystem::temp_directory_path() / "longmen-http-XXXXXX").string();
  ASSERT_NE(mkdtemp(path.data()), nullptr);
  directory_ = path;
  auto token = Node::Init(directory_, "test", 480, FixedClock());
  ASSERT_TRUE(token.ok()) << token.error().message;
  token_ = *token;
  NodeOptions options;
  options.directory = directory_;
  options.clock = FixedClock();
  auto node = Node::Open(std::move(options));
  ASSERT_TRUE(node.ok()) << node.error().message;
  node_ = std::move(*node);
  auto server = Server::Start({}, *node_);
  ASSERT_TRUE(server.ok()) << server.error().message;
  server_ = std::move(*server);
}

void Live::TearDown() {
  if (server_ != nullptr) server_->Stop();
  if (node_ != nullptr) node_->Stop();
  server_.reset();
  node_.reset();
  std::filesystem::remove_all(directory_);
}

Received Live::Ask(std::string_view method, std::string_view target, std::string_view body,
                   std::string_view content_type) {
  Client client(server_->port());
  client.Send(RequestText(method, target, token_, body, content_type));
  return client.Receive().value_or(Received{});
}

Received Live::AskAs(std::string_view token, std::string_view method, std::string_view target,
                     std::string_view body) {
  Client client(server_->port());
  client.Send(RequestText(method, target, token, body));
  return client.Receive().value_or(Received{});
}

std::string Live::GetText(const std::string& target) {
  const bool log = target.starts_with("/v1/records");
  const Received received =
      Ask("GET", log ? target
                     : fmt::format("{}{}min_sequence={}", target,
                                   target.find('?') == std::string::npos ? '?' : '&', frontier()));
  EXPECT_EQ(received.status, 200) << target << ": " << received.body;
  return received.body;
}

boost::json::object Live::Get(const std::string& target) {
  return boost::json::parse(GetText(target)).as_object();
}

void Live::Accept(std::string_view proposal) {
  const Received received = Ask("POST", "/v1/proposals", proposal);
  EXPECT_EQ(received.status, 201) << proposal << ": " << received.body;
}

Sequence Live::frontier() { return node_->log().AckedFrontier(); }

void Live::RegisterBanks(const std::vector<std::string>& banks) {
  const Received received =
      Ask("POST", "/v1/proposals", testing::BankLines(banks), "application/x-ndjson");
  ASSERT_EQ(received.status, 200) << received.body;
  ASSERT_EQ(received.body.find("\"code\""), std::string::npos) << received.body;
}

}  // namespace longmen::adapters::http
