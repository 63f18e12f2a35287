// What waits, what was settled together, what came late and who was warned, through the door.
#include <fmt/format.h>

#include "tests/adapters/http/live.h"

namespace longmen::adapters::http {
namespace {

namespace json = boost::json;

// "name=value …" of these members, "-" where one is absent.
std::string Shown(const json::value& entry, const std::vector<std::string>& names) {
  std::string shown;
  for (const std::string& name : names) {
    const json::value* member = entry.as_object().if_contains(name);
    shown += shown.empty() ? "" : " ";
    shown += member == nullptr     ? "-"
             : member->is_string() ? std::string(member->as_string().c_str())
                                   : json::serialize(*member);
  }
  return shown;
}

constexpr const char* kLater = "2021-03-01T01:00:01Z";  // than kNow

using Lines = std::vector<std::string>;

Lines Each(const json::object& page, const char* list, const std::vector<std::string>& names) {
  Lines lines;
  for (const auto& entry : page.at(list).as_array()) lines.push_back(Shown(entry, names));
  return lines;
}

// Banks A, B and C without money at the central bank, in a queue "hvps" and a net scheme "beps" in
// which each may owe 1,000.
class Waiting : public Live {
 protected:
  void SetUp() override {
    Live::SetUp();
    Register("hvps", R"("scheme":{"method":"queued","cyclePrefix":"H","changesPriority":true})");
    Register("beps", R"("scheme":{"method":"multilateral_net","cyclePrefix":"B"})");
    for (const std::string bank : {"A", "B", "C"}) {
      Register(bank, R"("participant":{})");
      const auto account = [&](const char* name, const char* kind, const char* more) {
        Register(fmt::format("{}:{}", bank, name),
                 fmt::format(R"("account":{{"currency":"CNY","participant":"{}","kind":"{}"{}}})",
                             bank, kind, more));
      };
      account("cash", "customer", R"(,"unlimited":true)");
      account("settlement", "settlement", "");
      account("hvps", "clearing", R"(,"unlimited":true,"scheme":"hvps")");
      account(
          "beps", "clearing",
          R"(,"unlimited":true,"scheme":"beps","cap":{"creditMinor":"1000","warnPermille":800})");
    }
  }
  void Register(const std::string& name, const std::string& what) {
    Accept(ProposalText("r-" + name, name, fmt::format(R"("registration":{{{}}})", what)));
  }
  void Send(const std::string& id, const char* from, const char* to, int64_t minor,
            const std::string& more = "", const char* scheme = "hvps") {
    Accept(ProposalText(
        id, "k-" + id,
        fmt::format(
            R"("debit":{{"kind":"payout","amount":{{"minor":"{}","currency":"CNY"}},)"
            R"("outcome":"succeeded","payer":"{}:cash","payee":"{}:cash","scheme":"{}"{}}})",
            minor, from, to, scheme, more)));
  }
  void Hold(const std::string& id, int64_t minor) {
    Accept(ProposalText(
        "hold-" + id, "k-" + id,
        fmt::format(R"("debit":{{"kind":"payout","amount":{{"minor":"{}","currency":"CNY"}},)"
                    R"("outcome":"pending","queueAction":"hold","resolves":{{"id":"{}"}}}})",
                    minor, id)));
  }
  void Ask(const std::string& id) {
    Accept(ProposalText(
        id, "H202103010001",
        R"("settlement":{"action":"resolution_asked","currency":"CNY","mode":"fifo"})"));
    // Before the next decision the engine writes what is due.
    Register("after-" + id, R"("participant":{})");
  }
};

TEST_F(Waiting, PaymentsAreShownInTheOrderInWhichTheyGo) {
  Send("p1", "A", "B", 100);
  Send("p2", "B", "C", 60);
  Send("p3", "A", "C", 30, R"(,"priority":5)");
  Send("p4", "A", "C", 20);
  Hold("p4", 20);
  const json::object page = Get("/v1/schemes/hvps/queue");
  EXPECT_EQ(page.at("scheme").as_string(), "hvps");
  EXPECT_EQ(
      Each(page, "payments",
           {"sender", "receiver", "currency", "amountMinor", "priority", "status", "source", "id",
            "key"}),
      (Lines{"A C CNY 30 5 waiting operator p3 k-p3", "A B CNY 100 0 waiting operator p1 k-p1",
             "A C CNY 20 0 held operator p4 k-p4", "B C CNY 60 0 waiting operator p2 k-p2"}));
  EXPECT_EQ(page.at("payments").at(0).at("since").as_string(), testing::kNow);
  EXPECT_EQ(Each(page, "participants", {"participant", "currency", "outCount", "netMinor"}),
            (Lines{"A CNY 3 -150", "B CNY 1 40", "C CNY 0 110"}));
  EXPECT_FALSE(Get("/v1/schemes/hvps/queue?part=payments").contains("participants"));
  EXPECT_FALSE(Get("/v1/schemes/hvps/queue?part=participants").contains("payments"));
  EXPECT_TRUE(Each(Get("/v1/schemes/beps/queue"), "payments", {}).empty());
  const Received wrong = Live::Ask("GET", "/v1/schemes/hvps/queue?part=all");
  EXPECT_EQ(wrong.status, 400);
  EXPECT_NE(wrong.body.find("payments or participants"), std::string::npos) << wrong.body;
}

TEST_F(Waiting, ResolutionsSayWhatSettledWhatCouldNotAndWhatWasSaved) {
  Send("p1", "A", "B", 100);
  Ask("ask1");
  Send("p2", "B", "C", 100);
  Send("p3", "C", "A", 100);
  Ask("ask2");
  const std::vector<std::string> names = {"result",     "mode",          "currency",  "count",
                                          "valueMinor", "valueMaxMinor", "savedMinor"};
  const json::object page = Get("/v1/schemes/hvps/resolutions");
  EXPECT_EQ(Each(page, "resolutions", names),
            (Lines{"deadlocked fifo CNY 1 100 0 -", "settled fifo CNY 3 300 300 300"}));
  EXPECT_FALSE(page.contains("next"));
  const json::object first = Get("/v1/schemes/hvps/resolutions?limit=1");
  EXPECT_EQ(Each(first, "resolutions", names), (Lines{"deadlocked fifo CNY 1 100 0 -"}));
  const json::object second = Get(
      fmt::format("/v1/schemes/hvps/resolutions?after={}", first.at("next").as_string().c_str()));
  EXPECT_EQ(Each(second, "resolutions", {"result"}), (Lines{"settled"}));
  EXPECT_TRUE(Each(Get("/v1/schemes/hvps/queue"), "payments", {}).empty());
}

TEST_F(Waiting, LateItemsNameTheCycleTheyMissed) {
  std::string closing =
      ProposalText("close", "B202103010001", R"("settlement":{"action":"closed"})");
  closing.replace(closing.find(testing::kNow), testing::kNow.size(), kLater);
  Accept(closing);
  Send("p1", "A", "B", 100, "", "beps");  // before that, and yet after it
  const json::object page = Get("/v1/cycles/B202103010002/late");
  EXPECT_EQ(page.at("cycle").as_string(), "B202103010002");
  EXPECT_EQ(Each(page, "late",
                 {"missed", "from", "to", "currency", "amountMinor", "source", "id", "key"}),
            (Lines{"B202103010001 A B CNY 100 operator p1 k-p1"}));
  EXPECT_EQ(page.at("late").at(0).at("occurredAt").as_string(), testing::kNow);
  EXPECT_TRUE(Each(Get("/v1/cycles/B202103010001/late"), "late", {}).empty());
  EXPECT_EQ(Get("/v1/cycles/B202103010002/positions").at("lateCount").as_string(), "1");
}

TEST_F(Waiting, WarningsSayWhoCameNearItsCap) {
  Send("p1", "A", "B", 799, "", "beps");
  Send("p2", "C", "B", 900, "", "beps");
  Send("p3", "A", "B", 1, "", "beps");
  Register("D", R"("participant":{})");
  const json::object page = Get("/v1/warnings");
  EXPECT_EQ(Each(page, "warnings",
                 {"scheme", "cycle", "participant", "currency", "owedMinor", "capMinor"}),
            (Lines{"beps B202103010001 C CNY 900 1000", "beps B202103010001 A CNY 800 1000"}));
  const json::object first = Get("/v1/warnings?limit=1");
  EXPECT_EQ(Each(first, "warnings", {"participant"}), (Lines{"C"}));
  const json::object second =
      Get(fmt::format("/v1/warnings?after={}", first.at("next").as_string().c_str()));
  EXPECT_EQ(Each(second, "warnings", {"participant"}), (Lines{"A"}));
}

TEST_F(Waiting, LimitsSayWhatEachMayOweAndOwes) {
  Send("p1", "A", "B", 300, "", "beps");
  Accept(ProposalText("again", "C:beps",
                      R"("registration":{"account":{"currency":"CNY","participant":"C",)"
                      R"("kind":"clearing","unlimited":true,"scheme":"beps",)"
                      R"("bilateralLimits":[{"participant":"A","minor":"70"}]}})"));
  const json::object page = Get("/v1/schemes/beps/limits");
  EXPECT_EQ(Each(page, "participants",
                 {"participant", "currency", "owedMinor", "capMinor", "liquidityMinor"}),
            (Lines{"A CNY 300 1000 0", "B CNY -300 1000 0", "C CNY 0 - 0"}));
  EXPECT_EQ(
      json::serialize(page.at("participants").at(0).at("cap")),
      R"({"creditMinor":"1000","collateralMinor":"0","earmarkMinor":"0","warnPermille":800})");
  EXPECT_EQ(Each(page, "granted", {"creditor", "debtor", "currency", "grantedMinor"}),
            (Lines{"C A CNY 70"}));
  EXPECT_EQ(Live::Ask("GET", "/v1/schemes/nowhere/limits").status, 404);
}

}  // namespace
}  // namespace longmen::adapters::http
