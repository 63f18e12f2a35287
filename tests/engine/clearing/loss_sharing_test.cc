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
                    {-210'000, 230'000, 10'000},
                    {-650'000, 300'000, 200'000},
                    {560'000, 0, 0}},
                   std::vector(5, std::vector<int64_t>(5))};
  system.granted[0][3] = 500'000;
  system.granted[4][3] = 300'000;
  system.granted[2][3] = 200'000;
  return system;
}

TEST(Failure, OfTheLargestNetDebtorIsBorneByThoseWhoGrantedItCredit) {
  const auto report = LargestNetDebtorFails(Batch());
  ASSERT_TRUE(report.has_value());
  EXPECT_EQ(report->failed, 3u);
  EXPECT_EQ(report->net_debit, 650'000);
  EXPECT_EQ(report->from_liquidity, 300'000);
  EXPECT_EQ(report->from_collateral, 200'000);
  EXPECT_EQ(report->loss, 150'000);
  EXPECT_EQ(report->unshared, 0);
  const std::vector<Survivor> survivors = {{0, 500'000, 75'000, 0, 0, 0},
                                           {1, 0, 0, 500'000, 500'000, 0},
                                           {2, 200'000, 30'000, 240'000, 240'000, 0},
                                           {4, 300'000, 45'000, 0, 0, 0}};
  EXPECT_EQ(report->survivors, survivors);
  EXPECT_TRUE(report->holds());
}

TEST(Failure, SaysByHowMuchTheDayCannotBeFinished) {
  NetSystem system = Batch();
  system.participants[2].collateral = 9'999;
  const FailureReport report = Fail(system, 3);
  EXPECT_FALSE(report.holds());
  EXPECT_TRUE(report.missing() == 1);
  EXPECT_TRUE(report.survivors[2].missing == 1);

  NetSystem alone = Batch();
  for (auto& row : alone.granted) row[3] = 0;
  EXPECT_TRUE(Fail(alone, 3).missing() == 150'000);
  EXPECT_EQ(Fail(alone, 3).unshared, 150'000);
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
  // Who owes nothing has nothing to fail by.
  EXPECT_EQ(Fail(system, 0).loss, 0);
}

TEST(Failure, IsOfTheFirstOfTwoLargestDebtorsAndOfNobodyWhereNobodyOwes) {
  NetSystem system = Batch();
  system.participants[1].net = -650'000;
  EXPECT_EQ(LargestNetDebtor(system), 1u);
  for (Standing& standing : system.participants) standing.net = 0;
  EXPECT_EQ(LargestNetDebtor(system), std::nullopt);
  EXPECT_FALSE(LargestNetDebtorFails(system).has_value());
}

}  // namespace
}  // namespace longmen::engine
