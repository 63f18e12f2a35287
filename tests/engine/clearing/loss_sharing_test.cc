// What a failure costs the others, by domain E7.
#include "engine/clearing/loss_sharing.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <numeric>

namespace longmen::engine {
namespace {

using Shares = std::vector<int64_t>;

TEST(LossSharing, GoesByWeightToTheUnit) {
  struct Row {
    int64_t loss;
    Shares weights;
    Shares shares;
  };
  const Row rows[] = {
      {8'000, {40, 35, 25}, {3'200, 2'800, 2'000}},
      {10'001, {40, 35, 25}, {4'001, 3'500, 2'500}},
      {10'000, {1, 1, 1}, {3'334, 3'333, 3'333}},
      {150'000, {500'000, 300'000, 200'000}, {75'000, 45'000, 30'000}},
      // The larger remainder comes first, wherever it stands.
      {10, {1, 1, 2, 3}, {2, 1, 3, 4}},
      {1, {0, 1, 2}, {0, 0, 1}},
      {0, {40, 35}, {0, 0}},
      {0, {0, 0}, {0, 0}},
      {INT64_MAX, {INT64_MAX, INT64_MAX}, {INT64_MAX / 2 + 1, INT64_MAX / 2}},
  };
  for (const auto& [loss, weights, shares] : rows) EXPECT_EQ(ShareLoss(loss, weights), shares);
}

TEST(LossSharing, NeedsSomebodyToBearIt) {
  EXPECT_EQ(ShareLoss(1, {}), std::nullopt);
  EXPECT_EQ(ShareLoss(1, Shares{0, 0}), std::nullopt);
}

RC_GTEST_PROP(LossSharingProperty, SumsToTheLossAndIsWithinAUnitOfTheExactPart, ()) {
  const auto weights =
      *rc::gen::nonEmpty(rc::gen::container<Shares>(rc::gen::inRange<int64_t>(0, 1'000)));
  const auto loss = *rc::gen::inRange<int64_t>(0, 1'000'000);
  const auto shares = ShareLoss(loss, weights);
  const int64_t total = std::accumulate(weights.begin(), weights.end(), int64_t{0});
  RC_ASSERT(shares.has_value() == (total > 0 || loss == 0));
  if (!shares || total == 0) return;
  RC_ASSERT(std::accumulate(shares->begin(), shares->end(), int64_t{0}) == loss);
  for (size_t i = 0; i < weights.size(); ++i) {
    const int64_t off = (*shares)[i] * total - loss * weights[i];
    RC_ASSERT(std::abs(off) < total);
  }
}

// The batch of E2b: ICBC, CCB, PSBC, CMB, BOB. CMB has 300,000 and pledged 200,000.
NetSystem Batch() {
  NetSystem system{{{800'000, 0, 0},
                    {-500'000, 500'000, 0},
                    {-210'000, 240'000, 0},
                    {-650'000, 300'000, 200'000},
                    {560'000, 0, 0}},
                   std::vector(5, std::vector<int64_t>(5))};
  system.granted[0][3] = 500'000;
  system.granted[4][3] = 300'000;
  system.granted[2][3] = 200'000;
  return system;
}

TEST(Failure, OfTheLargestNetDebtorIsBorneByThoseWhoGrantedItCredit) {
  const NetSystem system = Batch();
  const FailureReport report = Fail(system, LargestNetDebtor(system).value());
  EXPECT_EQ(report.failed, 3u);
  EXPECT_EQ(report.net_debit, 650'000);
  EXPECT_EQ(report.from_liquidity, 300'000);
  EXPECT_EQ(report.from_collateral, 200'000);
  EXPECT_EQ(report.loss, 150'000);
  EXPECT_EQ(report.unshared, 0);
  const std::vector<Survivor> survivors = {{0, 500'000, 75'000, 0, 0, 0},
                                           {1, 0, 0, 500'000, 500'000, 0},
                                           {2, 200'000, 30'000, 240'000, 240'000, 0},
                                           {4, 300'000, 45'000, 0, 0, 0}};
  EXPECT_EQ(report.survivors, survivors);
  EXPECT_TRUE(report.holds());
}

TEST(Failure, SaysByHowMuchTheDayCannotBeFinished) {
  NetSystem system = Batch();
  system.participants[2].liquidity = 239'999;
  const FailureReport report = Fail(system, 3);
  EXPECT_FALSE(report.holds());
  EXPECT_TRUE(report.missing() == 1);
  EXPECT_TRUE(report.survivors[2].missing == 1);

  NetSystem alone = Batch();
  for (auto& row : alone.granted) row[3] = 0;
  EXPECT_TRUE(Fail(alone, 3).missing() == 150'000);
  EXPECT_EQ(Fail(alone, 3).unshared, 150'000);
  EXPECT_EQ(Fail(alone, 3).obstacle, Code::NOBODY_SHARES);
}

// What it has pledged answers for its own failure: nobody pays another's with it.
TEST(Failure, LeavesTheCollateralOfSurvivorsAlone) {
  NetSystem system = Batch();
  system.participants[2].liquidity = 230'000;
  system.participants[2].collateral = 10'000;
  const FailureReport report = Fail(system, 3);
  EXPECT_EQ(report.survivors[2], (Survivor{2, 200'000, 30'000, 240'000, 230'000, 10'000}));
  EXPECT_FALSE(report.holds());
}

TEST(OwnMeans, AreLiquidityAndThenCollateralOfWhichAHoleTakesItsPart) {
  EXPECT_EQ(PayOwn(100, 30, 50), (OwnMeans{30, 50, 20}));
  EXPECT_EQ(PayOwn(100, 30, 90), (OwnMeans{30, 70, 0}));
  EXPECT_EQ(PayOwn(100, 130, 90), (OwnMeans{100, 0, 0}));
  EXPECT_EQ(PayOwn(100, std::nullopt, 90), (OwnMeans{100, 0, 0}));
  EXPECT_EQ(PayOwn(100, -40, 90), (OwnMeans{0, 90, 50}));
  EXPECT_EQ(PayOwn(100, -40, 200), (OwnMeans{0, 140, 0}));
  EXPECT_EQ(PayOwn(100, -40, 40), (OwnMeans{0, 0, 100}));  // nothing would be left of it
}

// Of whom money is missing already; who has no end of it lacks none, however much is due.
TEST(Failure, CountsWhatASurvivorOwesTheCentralBankAndNoEndOfMoney) {
  NetSystem system = Batch();
  system.participants[2].liquidity = -5;
  system.participants[0].liquidity = -5;  // nothing is due from it
  const FailureReport report = Fail(system, 3);
  EXPECT_TRUE(report.missing() == 240'005);
  EXPECT_EQ(report.survivors[2].available, -5);
  system.participants[2].liquidity = std::nullopt;
  EXPECT_TRUE(Fail(system, 3).holds());
  EXPECT_EQ(Fail(system, 3).survivors[2].available, std::nullopt);
  // What the failed one lacks already is taken out of its collateral first; it pays everything
  // where it has no end.
  system.participants[3].liquidity = -5;
  EXPECT_EQ(Fail(system, 3).from_liquidity, 0);
  EXPECT_EQ(Fail(system, 3).loss, 450'005);
  system.participants[3].liquidity = std::nullopt;
  EXPECT_EQ(Fail(system, 3).from_liquidity, 650'000);
}

TEST(Failure, IsNotSharedWhereEveryPairSettlesByItself) {
  NetSystem system = Batch();
  system.shares_losses = false;
  const FailureReport report = Fail(system, 3);
  EXPECT_EQ(report.from_collateral, 0);
  EXPECT_EQ(report.loss, 350'000);
  EXPECT_EQ(report.unshared, 350'000);
  EXPECT_EQ(report.obstacle, Code::ROUTE_MISMATCH);
  EXPECT_EQ(report.survivors[0].share, 0);
  // Where it pays everything there is nothing to share.
  system.participants[3].liquidity = 650'000;
  EXPECT_TRUE(Fail(system, 3).holds());
}

TEST(Failure, NamesWhatTheRulesWouldTurnAway) {
  using Spoil = void (*)(NetSystem&);
  struct Row {
    Code failed;
    Code psbc;
    Spoil spoil;
  };
  const Row rows[] = {
      {Code::NO_SUSPENSE_ACCOUNT, Code::NONE,
       [](NetSystem& system) { system.participants[3].has_suspense = false; }},
      {Code::NO_SETTLEMENT_ACCOUNT, Code::NONE,  // its collateral becomes money there
       [](NetSystem& system) {
         system.participants[3].has_settlement = false;
         system.participants[3].liquidity = 0;
       }},
      {Code::NONE, Code::NO_SUSPENSE_ACCOUNT,
       [](NetSystem& system) { system.participants[2].has_suspense = false; }},
      {Code::NONE, Code::INSUFFICIENT_FUNDS,
       [](NetSystem& system) { system.participants[2].bearable = 29'999; }},
      {Code::NONE, Code::NO_SETTLEMENT_ACCOUNT,
       [](NetSystem& system) { system.participants[2].has_settlement = false; }},
  };
  for (const auto& [failed, psbc, spoil] : rows) {
    NetSystem system = Batch();
    system.participants[0].liquidity = 1'000'000;
    spoil(system);
    const FailureReport report = Fail(system, 3);
    EXPECT_EQ(report.obstacle, failed);
    EXPECT_EQ(report.survivors[2].obstacle, psbc);
    EXPECT_FALSE(report.holds());
  }
}

// Who bears nothing needs no account to bear it on, and who is left with nothing none to pay from.
TEST(Failure, HasNoObstacleInWhatIsNotNeeded) {
  NetSystem system = Batch();
  system.participants[1].has_suspense = false;  // it granted nothing
  system.participants[1].bearable = -1;
  system.participants[2] = {.net = 30'000, .has_settlement = false, .bearable = 30'000};
  EXPECT_TRUE(Fail(system, 3).holds());
  system.participants[3] = {.net = -650'000, .liquidity = 650'000, .has_suspense = false};
  EXPECT_EQ(Fail(system, 3).obstacle, Code::NONE);
}

// Who is owed more than its share receives less, and pays nothing.
TEST(Failure, TakesAShareFromWhatASurvivorIsOwedFirst) {
  NetSystem system{{{-100, 0, 0}, {60, 0, 0}, {40, 5, 0}}, {{0, 0, 0}, {10, 0, 0}, {10, 0, 0}}};
  const FailureReport report = Fail(system, 0);
  EXPECT_TRUE(report.survivors[0].due == 0);
  EXPECT_EQ(report.survivors[1], (Survivor{2, 10, 50, 10, 5, 5}));
  EXPECT_TRUE(report.missing() == 5);
}

TEST(Failure, CostsNobodyAnythingWhereItIsCovered) {
  NetSystem system = Batch();
  system.participants[3].liquidity = 460'000;
  const FailureReport report = Fail(system, 3);
  EXPECT_EQ(report.from_liquidity, 460'000);
  EXPECT_EQ(report.from_collateral, 190'000);
  EXPECT_EQ(report.loss, 0);
  EXPECT_TRUE(report.holds());
  // Who owes nothing has nothing to fail by, and is paid.
  EXPECT_EQ(Fail(system, 0).loss, 0);
  system.participants[0].has_settlement = false;
  EXPECT_EQ(Fail(system, 0).obstacle, Code::NO_SETTLEMENT_ACCOUNT);
}

TEST(Failure, IsOfTheFirstOfTwoLargestDebtorsAndOfNobodyWhereNobodyOwes) {
  NetSystem system = Batch();
  system.participants[1].net = -650'000;
  EXPECT_EQ(LargestNetDebtor(system), 1u);
  for (Standing& standing : system.participants) standing.net = 0;
  EXPECT_EQ(LargestNetDebtor(system), std::nullopt);
}

}  // namespace
}  // namespace longmen::engine
