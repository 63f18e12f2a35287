// What a ledger's payments would have cost under each way of settling them, against figures that
// are worked out by hand here.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <random>

#include "tests/adapters/cli/whatif_ledger.h"
#include "tests/support/test_blocks/test_blocks.h"

namespace longmen::testing {
namespace {

TEST_F(Circle, SettlesWithNothingWhereItIsResolved) {
  ExpectCircle(Methods());
  const Said said = Ask({"--json", "--scheme", "nucc"});
  const auto study = PartOf(said.out, "study");
  ASSERT_EQ(study.size(), 1u);
  EXPECT_EQ(study[0].at("scheme"), "nucc");
  EXPECT_EQ(study[0].at("payments"), "3");
  EXPECT_EQ(study[0].at("participants"), "3");
  EXPECT_EQ(study[0].at("valueMinor"), Yuan(300));
  EXPECT_EQ(study[0].at("begin"), "2021-02-28T16:00:00Z");
  EXPECT_EQ(study[0].at("end"), "2021-03-01T16:00:00Z");
  const auto participants = PartOf(said.out, "participants");
  ASSERT_EQ(participants.size(), 3u);
  EXPECT_EQ(participants[0].at("participant"), "A");  // it needs most
  EXPECT_EQ(participants[0].at("grossMinor"), Yuan(100));
  EXPECT_EQ(participants[0].at("availableMinor"), Yuan(50));
  EXPECT_EQ(participants[1].at("grossMinor"), "0");
}

TEST_F(Circle, WithEnoughMoneyTheQueueLetsAllGoAtOnce) {
  auto methods = Methods({"--liquidity", "100"});
  EXPECT_EQ(methods["queued"]["settledCount"], "3");
  EXPECT_EQ(methods["queued"]["liquidityUsedMinor"], Yuan(100));
  EXPECT_EQ(methods["queued"]["meanDelayNanos"], "0");
  EXPECT_EQ(methods["queued_gridlock"]["resolutions"], "0");
}

TEST_F(Circle, IsResolvedAsOftenAsIsAsked) {
  // Every seven hours from midnight: at 14:00, after 5, 4 and 3.
  EXPECT_EQ(Methods({"--interval", "420"})["queued_gridlock"]["meanDelayNanos"], Hours(4));
  EXPECT_EQ(Methods({"--interval", "0"})["queued_gridlock"]["meanDelayNanos"], Hours(14));
}

TEST_F(Circle, WhatAnAbortedCycleHandsOnIsCountedOnce) {
  Take(At("12:00", ProposalText("close", "B202103010001",
                                R"("settlement":{"action":"closed","next":"B202103010002"})")) +
       At("12:00", ProposalText("abort", "B202103010001",
                                R"("settlement":{"action":"aborted","reason":"no cover"})")));
  const Said carried = Query({"positions", "B202103010002", "--json", "--part", "positions"});
  ASSERT_TRUE(Holds(carried.out, R"("grossInMinor":"10000")")) << carried.out;
  ExpectCircle(Methods());
}

TEST_F(Circle, WhatARecastCycleHandsOnIsCountedOnce) {
  Take(At("12:00", ProposalText("close", "B202103010001",
                                R"("settlement":{"action":"closed","next":"B202103010002"})")) +
       At("12:00", ProposalText("recast", "B202103010001",
                                R"("settlement":{"action":"recast","without":"A","reason":"x"})")));
  const Said carried = Query({"positions", "B202103010002", "--json", "--part", "positions"});
  ASSERT_TRUE(Holds(carried.out, R"("participant":"A")")) << carried.out;
  ExpectCircle(Methods());
}

// A share of it is what B owes A because A failed: nobody sent anything.
TEST_F(WhatIf, AShareOfALossIsNoPayment) {
  std::string lines = With(BankLines({"A", "B"}), R"("kind":"settlement","unlimited":true)",
                           R"("kind":"settlement")");
  for (const char* bank : {"A", "B"}) {
    lines += ProposalText(fmt::format("{}:s", bank), fmt::format("{}:s", bank),
                          fmt::format(R"("registration":{{"account":{{"currency":"CNY","kind":)"
                                      R"("suspense","unlimited":true,"participant":"{}"}}}})",
                                      bank)) +
             "\n";
  }
  lines += ProposalText("grant", "B:clearing",
                        R"("registration":{"account":{"currency":"CNY","kind":"clearing",)"
                        R"("scheme":"nucc","unlimited":true,"participant":"B",)"
                        R"("bilateralLimits":[{"participant":"A","minor":"10000"}]}})") +
           "\n";
  Take(lines + At("09:00", PaymentGroup("p", "A", "B", 10'000)));
  const auto before = Methods();
  Take(At("12:00", ProposalText("close", "B202103010001",
                                R"("settlement":{"action":"closed","next":"B202103010002"})")) +
       At("12:00", ProposalText("share", "B202103010001",
                                R"("settlement":{"action":"loss_shared","without":"A",)"
                                R"("reason":"x","currency":"CNY",)"
                                R"("shares":[{"participant":"B","minor":"10000"}]})")));
  const Said shared = Query({"positions", "B202103010001", "--json", "--part", "positions"});
  ASSERT_TRUE(Holds(shared.out, R"("netMinor":"0")")) << shared.out;
  EXPECT_EQ(Methods(), before);
}

TEST_F(Circle, IsLookedAtByBookDate) {
  Take(At("09:00", PaymentGroup("next", "B", "C", 500), "2021-03-02") +
       At("09:00", PaymentGroup("last", "B", "C", 700), "2021-03-04"));
  ExpectCircle(Methods({"--date", "2021-03-01"}));
  const auto value = [&](const std::vector<std::string>& range) {
    return Methods(range)["gross"]["settledValueMinor"];
  };
  EXPECT_EQ(value({"--date", "2021-03-02"}), "500");
  EXPECT_EQ(value({"--from", "2021-03-02", "--to", "2021-03-04"}), "1200");
  EXPECT_EQ(value({"--from", "2021-03-01", "--to", "2021-03-03"}), "30500");
  EXPECT_EQ(value({}), "31200");
  // Read from the first record on, too.
  for (const char* derived : {"derived", "snapshots", "history"}) {
    std::filesystem::remove_all(ledger() + "/" + derived);
  }
  EXPECT_EQ(value({"--date", "2021-03-02"}), "500");
  // A range ends with what is recorded of it.
  const Said said = Ask({"--json", "--from", "2021-03-02", "--to", "2099-01-01"});
  EXPECT_EQ(PartOf(said.out, "study").at(0).at("to"), "2021-03-04");
  const Said whole = Ask({"--date", "2021-03-03"});
  EXPECT_EQ(whole.code, 1);
  EXPECT_TRUE(Holds(whole.err, "not_found: no payment between participants")) << whole.err;
}

// Domain E2a, its payments row by row, at once: whoever is paid pays on. By hand, the most that
// each has paid beyond what it received: A 90+40+20 = 150; B, after 90, 160: 70; C, after 70, 80:
// 10; D, after 90, 160: 70. In pairs A owes 20, B 20, C 10, D 80; in all D owes 70.
TEST_F(WhatIf, TheMatrixOfE2aCostsWhatItDoesByHand) {
  RegisterBanks({"A", "B", "C", "D"});
  struct Payment {
    const char* from;
    const char* to;
    int64_t yuan;
  };
  constexpr Payment kPayments[] = {{"A", "B", 90}, {"A", "C", 40}, {"A", "D", 20}, {"B", "A", 70},
                                   {"B", "C", 30}, {"B", "D", 60}, {"C", "A", 50}, {"C", "B", 20},
                                   {"C", "D", 10}, {"D", "A", 30}, {"D", "B", 50}, {"D", "C", 80}};
  std::string lines;
  for (const auto& [from, to, yuan] : kPayments) {
    lines += PaymentGroup(fmt::format("{}{}", from, to), from, to, yuan * 100) + "\n";
  }
  Take(lines);
  auto methods = Methods();
  EXPECT_EQ(methods["gross"]["settledCount"], "12");
  EXPECT_EQ(methods["gross"]["settledValueMinor"], Yuan(550));
  EXPECT_EQ(methods["gross"]["liquidityUsedMinor"], Yuan(300));
  EXPECT_EQ(methods["gross"]["turnoverPerMille"], "1833");
  EXPECT_EQ(methods["multilateral_net"]["liquidityUsedMinor"], Yuan(70));
  EXPECT_EQ(methods["multilateral_net"]["savedPerMille"], "766");
  EXPECT_EQ(methods["bilateral_net"]["liquidityUsedMinor"], Yuan(130));
  EXPECT_EQ(methods["bilateral_net"]["savedPerMille"], "566");
  EXPECT_EQ(methods["queued"]["liquidityAvailableMinor"], Yuan(75 + 35 + 5 + 35));
  for (const Fields& row : PartOf(Ask({"--json"}).out, "participants")) {
    if (row.at("participant") != "A") continue;
    EXPECT_EQ(row.at("grossMinor"), Yuan(150));
    EXPECT_EQ(row.at("multilateralNetMinor"), "0");
    EXPECT_EQ(row.at("bilateralNetMinor"), Yuan(20));
    EXPECT_EQ(row.at("availableMinor"), Yuan(75));
  }
  // D ends 70 short, which is all that it needs gross.
  EXPECT_EQ(methods["queued_gridlock"]["leastPercent"], "100");
}

TEST_F(WhatIf, ARefundIsAPaymentToo) {
  RegisterBanks(kE2bBanks);
  PayE2b();
  auto methods = Methods();
  EXPECT_EQ(methods["gross"]["settledCount"], "11");
  EXPECT_EQ(methods["gross"]["settledValueMinor"], Yuan(3'950'000));
  EXPECT_EQ(methods["multilateral_net"]["liquidityUsedMinor"], Yuan(1'360'000));
  EXPECT_EQ(methods["bilateral_net"]["liquidityUsedMinor"], Yuan(2'070'000));
}

// Domain E5 Q1, ten minutes apart. A needs 150 gross, so half is 75: the 100 to B does not go, and
// holds up the 50 to C, without which C cannot pay A its 30.
TEST_F(WhatIf, AQueueLetsPassWhatCanBePaidIfItMay) {
  RegisterBanks({"A", "B", "C"});
  Take(At("09:00", PaymentGroup("ab", "A", "B", 10'000)) +
       At("09:10", PaymentGroup("ac", "A", "C", 5'000)) +
       At("09:20", PaymentGroup("ca", "C", "A", 3'000)));
  auto fifo = Methods();
  EXPECT_EQ(fifo["gross"]["liquidityUsedMinor"], Yuan(150));
  EXPECT_EQ(fifo["queued"]["settledCount"], "0");
  EXPECT_EQ(fifo["queued_gridlock"]["settledCount"], "0");
  auto bypass = Methods({"--bypass"});
  EXPECT_EQ(bypass["queued"]["settledCount"], "2");
  EXPECT_EQ(bypass["queued"]["settledValueMinor"], Yuan(80));
  EXPECT_EQ(bypass["queued"]["liquidityUsedMinor"], Yuan(50));
  auto value = Methods({"--value", "--interval", "30"});
  EXPECT_EQ(value["queued"]["settledCount"], "0");
  EXPECT_EQ(value["queued_gridlock"]["resolvedCount"], "2");
  EXPECT_EQ(value["queued_gridlock"]["resolvedValueMinor"], Yuan(80));
  // In one step at 09:30, after 20 and 10 minutes.
  EXPECT_EQ(value["queued_gridlock"]["liquidityUsedMinor"], Yuan(20));
}

// The same banks and payments again, under other names.
std::string InDollars(std::string lines) {
  lines = With(lines, "CNY", "USD");
  for (const char* account : {":cash", ":settlement", ":clearing"}) {
    if (Holds(lines, account)) lines = With(lines, account, fmt::format(":usd{}", account));
  }
  return lines;
}

TEST_F(WhatIf, CurrenciesAreLookedAtEachForItself) {
  RegisterBanks({"A", "B", "C"});
  Take(InDollars(BankLines({"A", "B", "C"})));
  PayCircle();
  Take(At("12:00", InDollars(PaymentGroup("usd", "C", "B", 700))));
  const Said both = Ask({"--json"});
  const auto studies = PartOf(both.out, "study");
  ASSERT_EQ(studies.size(), 2u) << both.out;
  EXPECT_EQ(studies[0].at("currency"), "CNY");
  EXPECT_EQ(studies[0].at("valueMinor"), Yuan(300));
  EXPECT_EQ(studies[1].at("currency"), "USD");
  EXPECT_EQ(studies[1].at("valueMinor"), "700");
  EXPECT_EQ(studies[1].at("participants"), "2");
  ExpectCircle(Methods({"--currency", "CNY"}));
  EXPECT_EQ(Methods({"--currency", "USD"})["gross"]["liquidityUsedMinor"], "700");
  const Said people = Ask();
  EXPECT_TRUE(Holds(people.out, "3 payments of 300.00 CNY")) << people.out;
  EXPECT_TRUE(Holds(people.out, "1 payment of 7.00 USD")) << people.out;
}

TEST_F(WhatIf, OfOneSchemeOnlyItsCyclesCount) {
  RegisterBanks({"A", "B", "C"});
  std::string lines = With(BankLines({"A", "B", "C"}), R"("id":"scheme")", R"("id":"scheme-2")");
  lines = With(lines, R"("cyclePrefix":"B")", R"("cyclePrefix":"S")");
  Take(With(With(lines, "nucc", "beps"), ":clearing", ":beps"));
  PayCircle();
  Take(At("12:00", With(PaymentGroup("other", "C", "B", 700), "nucc", "beps")));
  ExpectCircle(Methods({"--scheme", "nucc"}));
  EXPECT_EQ(Methods({"--scheme", "beps"})["gross"]["settledValueMinor"], "700");
  EXPECT_EQ(Methods()["gross"]["settledValueMinor"], "30700");
  const Said none = Ask({"--scheme", "x"});
  EXPECT_TRUE(Holds(none.err, "those that have: beps, nucc")) << none.err;
}

// Of a scheme that has a queue: nobody has money, so that all wait for the next resolution.
std::string QueuedBankLines(int resolve_minutes) {
  std::string lines = BankLines({"A", "B", "C"});
  lines = With(lines, R"("method":"multilateral_net")",
               fmt::format(R"("method":"queued","resolveMinutes":{})", resolve_minutes));
  return With(lines, R"("kind":"settlement","unlimited":true)", R"("kind":"settlement")");
}

std::string Later(std::string_view date) {
  return At("13:00", ProposalText("later", "X", R"("registration":{"participant":{}})"), date);
}

// They are settled together at noon, and booked in the order of their senders, of whom the last
// came first. What they would have cost counts from when they came.
TEST_F(WhatIf, APaymentThatWaitedInAQueueIsOfTheTimeItCame) {
  Take(QueuedBankLines(180));
  PayCircle({"C", "A", "B"});
  EXPECT_EQ(Ask().code, 1);  // nothing is in a cycle yet
  Take(Later("2021-03-01"));
  ExpectCircle(Methods());
  ExpectCircle(Methods({"--date", "2021-03-01"}));
}

TEST_F(WhatIf, APaymentThatWaitedOvernightIsThereWhenTheDayBegins) {
  Take(QueuedBankLines(1'440));
  PayCircle();
  Take(Later("2021-03-02"));
  auto methods = Methods({"--date", "2021-03-02"});
  EXPECT_EQ(methods["gross"]["liquidityUsedMinor"], Yuan(100));
  EXPECT_EQ(methods["multilateral_net"]["meanDelayNanos"], Hours(24));
  EXPECT_EQ(methods["queued_gridlock"]["meanDelayNanos"], "0");
  // Of the whole log the period is that in which they came; of both days, to the end of the second
  // there are 39, 38 and 37 hours.
  ExpectCircle(Methods());
  EXPECT_EQ(
      Methods({"--from", "2021-03-01", "--to", "2021-03-02"})["multilateral_net"]["meanDelayNanos"],
      Hours(38));
}

// Any payments of any day: what each has paid beyond what it received, followed one by one.
TEST_F(WhatIf, TheGrossNeedIsTheMostThatEachHadPaidBeyondWhatItReceived) {
  const std::vector<std::string> banks = {"A", "B", "C", "D", "E"};
  RegisterBanks(banks);
  std::mt19937_64 random(SeedOr(11));
  std::map<std::string, int64_t> paid;
  std::map<std::string, int64_t> most;
  std::string lines;
  constexpr int kPayments = 400;
  for (int i = 0; i < kPayments; ++i) {
    const std::string& from = banks[random() % banks.size()];
    const std::string& to = banks[random() % banks.size()];
    if (from == to) continue;
    const auto minor = static_cast<int64_t>(random() % 1'000'000 + 1);
    const int minute = 9 * 60 + i;
    lines += At(fmt::format("{:02}:{:02}", minute / 60, minute % 60),
                PaymentGroup(fmt::format("p{}", i), from, to, minor));
    paid[from] += minor;
    paid[to] -= minor;
    most[from] = std::max(most[from], paid[from]);
  }
  Take(lines);
  const Said said = Ask({"--json"});
  int64_t all = 0;
  for (const Fields& row : PartOf(said.out, "participants")) {
    EXPECT_EQ(row.at("grossMinor"), std::to_string(most[row.at("participant")]));
    all += most[row.at("participant")];
  }
  auto methods = Methods();
  EXPECT_EQ(methods["gross"]["liquidityUsedMinor"], std::to_string(all));
  int64_t net = 0;
  for (const auto& [bank, owes] : paid) net += std::max<int64_t>(owes, 0);
  EXPECT_EQ(methods["multilateral_net"]["liquidityUsedMinor"], std::to_string(net));
}

}  // namespace
}  // namespace longmen::testing
