// Live: a real node in a fresh directory behind a real server, at a fixed moment. Everything goes
// through the door as JSON; the few helpers only spare the tests the same text again and again.
#pragma once

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <memory>
#include <string>

#include "adapters/http/server.h"
#include "tests/adapters/http/client.h"
#include "tests/support/proposals/proposals.h"

namespace longmen::adapters::http {

using testing::PaymentGroup;
using testing::ProposalText;

class Live : public ::testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  Received Ask(std::string_view method, std::string_view target, std::string_view body = "",
               std::string_view content_type = "application/json");
  // As above, under another token than the operator's.
  Received AskAs(std::string_view token, std::string_view method, std::string_view target,
                 std::string_view body = "");
  // The body of a GET, which must be 200, once the projections include all that was answered.
  boost::json::object Get(const std::string& target);
  std::string GetText(const std::string& target);
  // Proposes and expects 201.
  void Accept(std::string_view proposal);
  // Registers BankLines.
  void RegisterBanks(const std::vector<std::string>& banks);
  Sequence frontier();

  std::unique_ptr<Node> node_;
  std::unique_ptr<Server> server_;
  std::string token_;  // the operator's
  std::string directory_;
};

}  // namespace longmen::adapters::http
