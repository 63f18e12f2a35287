#include "tests/adapters/http/live.h"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>

namespace longmen::adapters::http {
namespace {

constexpr std::string_view kNow = "2021-03-01T01:00:00Z";  // 09:00 in Beijing

engine::Clock FixedClock() {
  return [] { return *ParseInstant(kNow); };
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
  std::string lines = ProposalText("scheme", "nucc",
                                   R"("registration":{"scheme":{"method":"multilateral_net",)"
                                   R"("cyclePrefix":"B"}})") +
                      "\n";
  for (const std::string& bank : banks) {
    lines += ProposalText("bank-" + bank, bank, R"("registration":{"participant":{}})") + "\n";
    for (const auto& [name, kind, scheme] :
         {std::tuple("cash", "customer", ""), std::tuple("settlement", "settlement", ""),
          std::tuple("clearing", "clearing", R"("scheme":"nucc",)")}) {
      const std::string account = fmt::format("{}:{}", bank, name);
      lines += ProposalText(account, account,
                            fmt::format(R"("registration":{{"account":{{"currency":"CNY",)"
                                        R"("kind":"{}",{}"unlimited":true,"participant":"{}"}}}})",
                                        kind, scheme, bank)) +
               "\n";
    }
  }
  const Received received = Ask("POST", "/v1/proposals", lines, "application/x-ndjson");
  ASSERT_EQ(received.status, 200) << received.body;
  ASSERT_EQ(received.body.find("\"code\""), std::string::npos) << received.body;
}

std::string ProposalText(std::string_view id, std::string_view key, std::string_view members) {
  return fmt::format(R"({{"id":"{}","key":"{}","occurredAt":"{}",{}}})", id, key, kNow, members);
}

std::string PaymentGroup(std::string_view name, std::string_view from, std::string_view to,
                         int64_t minor) {
  const std::string amount = fmt::format(R"("amount":{{"minor":"{}","currency":"CNY"}})", minor);
  const std::string order =
      ProposalText(fmt::format("{}.order", name), name,
                   fmt::format(R"("scenario":"b2b_gateway","order":{{"action":"placed",{},)"
                               R"("payer":"{}:cash","payee":"{}:cash","scheme":"nucc"}})",
                               amount, from, to));
  const std::string debit =
      ProposalText(name, name,
                   fmt::format(R"("scenario":"b2b_gateway","debit":{{{},"outcome":"succeeded",)"
                               R"("channel":"gateway","channelReference":"ref-{}"}})",
                               amount, name));
  return fmt::format(R"({{"group":[{},{}]}})", order, debit);
}

}  // namespace longmen::adapters::http
