// domain E2b through the door: one batch of five banks, and a refund after the batch has closed.
#include <fmt/format.h>

#include <map>

#include "tests/adapters/http/live.h"

namespace longmen::adapters::http {
namespace {

constexpr int64_t kFen = 100;
using testing::kE2bBanks;
using testing::kE2bPayments;

// What a bank sent and received in a cycle, as text: "2/1250000 4/2050000 +800000".
std::string Row(const boost::json::object& entry) {
  const auto yuan = [&](const char* name) {
    return std::stoll(entry.at(name).as_string().c_str()) / kFen;
  };
  return fmt::format("{}/{} {}/{} {:+}", entry.at("outCount").as_string().c_str(),
                     yuan("grossOutMinor"), entry.at("inCount").as_string().c_str(),
                     yuan("grossInMinor"), yuan("netMinor"));
}

using Table = std::map<std::string, std::string>;

class Clearing : public Live {
 protected:
  void Pay(const testing::E2bPayment& payment) {
    Accept(PaymentGroup(payment.name, payment.from, payment.to, payment.yuan * kFen));
  }
  void RefundT02() { Accept(testing::E2bRefund()); }
  void Close(std::string_view cycle, std::string_view next) {
    Accept(ProposalText(fmt::format("close-{}", cycle), cycle,
                        fmt::format(R"("settlement":{{"action":"closed","next":"{}"}})", next)));
  }
  Table Positions(const std::string& cycle) {
    Table table;
    const auto page = Get("/v1/cycles/" + cycle + "/positions");
    for (const auto& position : page.at("positions").as_array()) {
      table[position.at("participant").as_string().c_str()] = Row(position.as_object());
    }
    return table;
  }
  // Who owes whom after netting pairs, in yuan: "CCB>ICBC" -> 500000.
  std::map<std::string, int64_t> Bilateral(const std::string& cycle) {
    std::map<std::string, int64_t> owed;
    const auto page = Get("/v1/cycles/" + cycle + "/positions");
    for (const auto& pair : page.at("bilateral").as_array()) {
      const int64_t net = std::stoll(pair.at("netMinor").as_string().c_str());
      if (net < 0) {
        owed[fmt::format("{}>{}", pair.at("participant").as_string().c_str(),
                         pair.at("counterparty").as_string().c_str())] = -net / kFen;
      }
    }
    return owed;
  }
  std::string SettleText(std::string_view id, std::string_view cycle, int64_t wrong_by) {
    std::string positions;
    const auto page = Get(fmt::format("/v1/cycles/{}/positions", cycle));
    for (const auto& position : page.at("positions").as_array()) {
      const auto figure = [&](const char* name) {
        return std::stoll(position.at(name).as_string().c_str());
      };
      positions += fmt::format(
          R"({}{{"participant":"{}","currency":"CNY","grossIn":"{}","grossOut":"{}","net":"{}"}})",
          positions.empty() ? "" : ",", position.at("participant").as_string().c_str(),
          figure("grossInMinor") + wrong_by, figure("grossOutMinor") + wrong_by,
          figure("netMinor"));
    }
    return ProposalText(id, cycle,
                        fmt::format(R"("settlement":{{"action":"settled","reference":"hvps-1",)"
                                    R"("positions":[{}]}})",
                                    positions));
  }
};

TEST_F(Clearing, OneBatchGivesTheTableOfE2b) {
  RegisterBanks(kE2bBanks);
  for (const testing::E2bPayment& payment : kE2bPayments) Pay(payment);
  RefundT02();
  const std::string cycle =
      Get("/v1/cycles").at("cycles").as_array().at(0).at("cycle").as_string().c_str();
  EXPECT_EQ(cycle, "B202103010001");
  EXPECT_EQ(Positions(cycle), (Table{{"ICBC", "2/1250000 4/2050000 +800000"},
                                     {"CCB", "2/650000 2/150000 -500000"},
                                     {"PSBC", "2/310000 1/100000 -210000"},
                                     {"CMB", "3/1350000 2/700000 -650000"},
                                     {"BOB", "2/390000 2/950000 +560000"}}));
  EXPECT_EQ(Bilateral(cycle), (std::map<std::string, int64_t>{{"CCB>ICBC", 500'000},
                                                              {"CMB>ICBC", 800'000},
                                                              {"ICBC>BOB", 500'000},
                                                              {"PSBC>CCB", 60'000},
                                                              {"CCB>BOB", 60'000},
                                                              {"PSBC>CMB", 150'000}}));
  // Gross 3,950,000 in 11 items, and the nets sum to zero.
  int64_t gross = 0;
  int64_t items = 0;
  int64_t net = 0;
  const auto page = Get("/v1/cycles/" + cycle + "/positions");
  for (const auto& position : page.at("positions").as_array()) {
    gross += std::stoll(position.at("grossOutMinor").as_string().c_str());
    items += std::stoll(position.at("outCount").as_string().c_str());
    net += std::stoll(position.at("netMinor").as_string().c_str());
  }
  EXPECT_EQ(gross, 3'950'000 * kFen);
  EXPECT_EQ(items, 11);
  EXPECT_EQ(net, 0);
}

TEST_F(Clearing, ASettlementMustStateTheLogsOwnFigures) {
  RegisterBanks(kE2bBanks);
  for (const testing::E2bPayment& payment : kE2bPayments) Pay(payment);
  RefundT02();
  Close("B202103010001", "B202103010002");
  const Received wrong =
      Ask("POST", "/v1/proposals", SettleText("settle-wrong", "B202103010001", 1));
  EXPECT_EQ(wrong.status, 422);
  EXPECT_NE(wrong.body.find("\"code\":\"position_mismatch\""), std::string::npos) << wrong.body;
  Accept(SettleText("settle", "B202103010001", 0));
  const auto page = Get("/v1/cycles/B202103010001/positions");
  EXPECT_EQ(page.at("status").as_string(), "settled");
  EXPECT_EQ(page.at("reference").as_string(), "hvps-1");
  // The money moved at the central bank, and clearing owes nothing any more. Credit is positive and
  // money at the central bank is an asset, so what ICBC received stands there as a debit.
  EXPECT_EQ(Get("/v1/accounts/ICBC:settlement").at("balanceMinor").as_string(), "-80000000");
  EXPECT_EQ(Get("/v1/accounts/CMB:settlement").at("balanceMinor").as_string(), "65000000");
  for (const std::string& bank : kE2bBanks) {
    EXPECT_EQ(Get("/v1/accounts/" + bank + ":clearing").at("balanceMinor").as_string(), "0");
  }
}

TEST_F(Clearing, ARefundAfterTheCutOffIsInItsOwnCycle) {
  RegisterBanks(kE2bBanks);
  Pay(kE2bPayments[0]);
  Pay(kE2bPayments[1]);
  Close("B202103010001", "B202103010002");
  const std::string closed = GetText("/v1/cycles/B202103010001/positions");
  for (const testing::E2bPayment& payment : std::span(kE2bPayments).subspan(2)) Pay(payment);
  RefundT02();
  EXPECT_EQ(GetText("/v1/cycles/B202103010001/positions"), closed);
  EXPECT_EQ(Positions("B202103010001"),
            (Table{{"ICBC", "1/450000 1/1200000 +750000"}, {"CMB", "1/1200000 1/450000 -750000"}}));
  // E2b less T01 and T02: R02 is CMB's to pay here.
  EXPECT_EQ(Positions("B202103010002"), (Table{{"ICBC", "1/800000 3/850000 +50000"},
                                               {"CCB", "2/650000 2/150000 -500000"},
                                               {"PSBC", "2/310000 1/100000 -210000"},
                                               {"CMB", "2/150000 1/250000 +100000"},
                                               {"BOB", "2/390000 2/950000 +560000"}}));
}

TEST_F(Clearing, ACycleThatWasChangedSaysWhichVersionItIsOf) {
  RegisterBanks(kE2bBanks);
  for (const testing::E2bPayment& payment : kE2bPayments) Pay(payment);
  const auto open = Get("/v1/cycles").at("cycles").as_array().at(0).as_object();
  EXPECT_FALSE(open.contains("version"));
  Close("B202103010001", "B202103010002");
  const auto closed = Get("/v1/cycles/B202103010001/positions");
  EXPECT_EQ(closed.at("version").as_string(), "1");
  EXPECT_FALSE(closed.contains("changedBy"));
  Accept(ProposalText("recast", "B202103010001",
                      R"("settlement":{"action":"recast","without":"BOB","reason":"fails"})"));
  const auto changed = Get("/v1/cycles").at("cycles").as_array().at(0).as_object();
  EXPECT_EQ(changed.at("version").as_string(), "2");
  const auto carried = Get("/v1/cycles/B202103010002/positions").at("carried").as_array().at(0);
  EXPECT_EQ(carried.at("cycle").as_string(), "B202103010001");
  EXPECT_EQ(carried.at("by").as_string(), changed.at("changedBy").as_string());
}

}  // namespace
}  // namespace longmen::adapters::http
