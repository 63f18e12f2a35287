// What a payment costs, to the fen, by the tables of domain B5.
#include "engine/ledger/fee.h"

#include <capnp/message.h>
#include <gtest/gtest.h>

namespace longmen::engine {
namespace {

constexpr uint32_t kNoRate = 0;

FeeTable Table(const std::vector<FeeStep>& steps) {
  capnp::MallocMessageBuilder message;
  auto registered = message.initRoot<schema::FeeTable>();
  registered.setCurrency(156);
  auto list = registered.initSteps(static_cast<unsigned>(steps.size()));
  for (unsigned i = 0; i < list.size(); ++i) {
    list[i].setUpToMinor(steps[i].up_to);
    list[i].setFixedMinor(steps[i].fixed);
    list[i].setPerMillion(steps[i].per_million);
    list[i].setMinMinor(steps[i].least);
    list[i].setMaxMinor(steps[i].most);
  }
  return FeeTable(registered.asReader());
}

struct Vector {
  int64_t minor;
  int64_t fee;
};

void Expect(const FeeTable& table, const std::vector<Vector>& vectors) {
  for (const auto& [minor, fee] : vectors) EXPECT_EQ(table.FeeOf(minor), fee) << minor;
}

TEST(FeeTable, PricesACorporateTransferByItsLadder) {
  const FeeTable table = Table({{1'000'000, 500, kNoRate, 0, 0},
                                {10'000'000, 1'000, kNoRate, 0, 0},
                                {50'000'000, 1'500, kNoRate, 0, 0},
                                {100'000'000, 2'000, kNoRate, 0, 0},
                                {0, 0, 20, 0, 20'000}});
  EXPECT_EQ(table.currency, 156);
  Expect(table, {{1, 500},
                 {1'000'000, 500},
                 {1'000'001, 1'000},
                 {10'000'000, 1'000},
                 {10'000'001, 1'500},
                 {50'000'000, 1'500},
                 {50'000'001, 2'000},
                 {100'000'000, 2'000},
                 {100'000'001, 2'000},
                 {125'000'000, 2'500},
                 {500'000'000, 10'000},
                 {1'000'000'000, 20'000},
                 {2'000'000'000, 20'000}});
}

TEST(FeeTable, PricesAPersonalTransferOverTheCounter) {
  const FeeTable table = Table({{200'000, 200, kNoRate, 0, 0},
                                {500'000, 500, kNoRate, 0, 0},
                                {1'000'000, 1'000, kNoRate, 0, 0},
                                {5'000'000, 1'500, kNoRate, 0, 0},
                                {0, 0, 300, 0, 5'000}});
  Expect(table, {{200'000, 200},
                 {200'001, 500},
                 {5'000'000, 1'500},
                 {5'000'001, 1'500},
                 {10'000'000, 3'000},
                 {100'000'000, 5'000}});
}

// The ceilings of card acquiring: half a fen is rounded up.
TEST(FeeTable, RoundsARateHalfUpAndKeepsItsBounds) {
  const FeeTable issuer = Table({{0, 0, 3'500, 0, 1'300}});
  const FeeTable network = Table({{0, 0, 325, 0, 325}});
  const FeeTable credit = Table({{0, 0, 4'500, 0, 0}});
  Expect(issuer, {{100'000, 350}, {500'000, 1'300}, {1'000'000, 1'300}});
  Expect(network, {{100'000, 33}, {500'000, 163}, {1'000'000, 325}});
  Expect(credit, {{1'000'000, 4'500}});
  Expect(Table({{0, 100, 20, 250, 300}}), {{1, 250}, {9'000'000, 280}, {90'000'000, 300}});
}

TEST(FeeTable, SaysNothingOfAnAmountPastItsLastBound) {
  const FeeTable table = Table({{1'000, 5, kNoRate, 0, 0}});
  EXPECT_EQ(table.FeeOf(1'000), 5);
  EXPECT_EQ(table.FeeOf(1'001), std::nullopt);
  EXPECT_EQ(FeeTable().FeeOf(1), std::nullopt);
  EXPECT_EQ(Table({{0, INT64_MAX, 1'000'000, 0, 0}}).FeeOf(INT64_MAX), INT64_MAX);
}

}  // namespace
}  // namespace longmen::engine
