// Serving: a fake node behind a real server, for one test.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "adapters/http/server.h"
#include "tests/adapters/http/client.h"
#include "tests/adapters/http/fake_node.h"

namespace longmen::adapters::http {

class Serving : public ::testing::Test {
 protected:
  // Called by a test that wants other bounds, before its first request.
  void Start(ServerOptions options = {}) {
    auto started = Server::Start(std::move(options), node_);
    ASSERT_TRUE(started.ok()) << started.error().message;
    server_ = std::move(*started);
  }

  uint16_t port() {
    if (server_ == nullptr) Start();
    return server_->port();
  }

  Received Ask(std::string_view method, std::string_view target, std::string_view body = "",
               std::string_view content_type = "application/json",
               std::string_view token = "token-a") {
    Client client(port());
    client.Send(RequestText(method, target, token, body, content_type));
    return client.Receive().value_or(Received{});
  }

  static std::string Member(const Received& received, std::string_view name) {
    const auto value = boost::json::parse(received.body);
    const auto* member = value.as_object().if_contains({name.data(), name.size()});
    if (member == nullptr) return "";
    return member->is_string() ? std::string(member->as_string().c_str())
                               : boost::json::serialize(*member);
  }

  FakeNode node_;
  std::unique_ptr<Server> server_;
};

}  // namespace longmen::adapters::http
