// Nets by the matrices of domain E1, E2 and E7.
#include "engine/clearing/netting.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>

#include "tests/engine/clearing/queues.h"

namespace longmen::engine {
namespace {

// E2a: who is to pay whom.
const char* const kFourBanks =
    "A>B 90, A>C 40, A>D 20, B>A 70, B>C 30, B>D 60, "
    "C>A 50, C>B 20, C>D 10, D>A 30, D>B 50, D>C 80";
// E2b, in yuan. A is ICBC, B is CCB, C is PSBC, D is CMB, E is BOB.
const char* const kBatch =
    "D>A 1200000, A>D 450000, E>A 300000, A>E 800000, C>D 250000, D>C 100000, "
    "B>E 150000, E>B 90000, B>A 500000, C>B 60000, D>A 50000";

std::vector<__int128> NetsOf(const std::vector<NetPosition>& positions) {
  std::vector<__int128> nets;
  for (const NetPosition& position : positions) nets.push_back(position.net());
  return nets;
}

std::string Bilateral(const std::vector<Obligation>& obligations) {
  std::string text;
  for (const auto& [payer, payee, minor] : NetBilaterally(obligations)) {
    if (!text.empty()) text += ", ";
    text += {static_cast<char>('A' + payer), '>', static_cast<char>('A' + payee), ' '};
    text += std::to_string(static_cast<int64_t>(minor));
  }
  return text;
}

TEST(Netting, ReplacesMutualClaimsByOne) {
  EXPECT_EQ(Bilateral(Payments("A>B 100, B>A 80")), "A>B 20");
  EXPECT_EQ(Bilateral(Payments("A>B 80, B>A 80")), "");
}

TEST(Netting, OfFourBanks) {
  const auto obligations = Payments(kFourBanks);
  const auto positions = NetMultilaterally(4, obligations);
  EXPECT_EQ(Text(NetsOf(positions)), "A0 B0 C70 D-70");
  EXPECT_TRUE(NetValue(positions) == 70);
  EXPECT_EQ(Bilateral(obligations), "A>B 20, C>A 10, D>A 10, B>C 10, B>D 10, D>C 70");
}

TEST(Netting, OfOneBatchWithARefund) {
  struct Row {
    const char* bank;
    uint64_t count_out;
    int64_t out;
    uint64_t count_in;
    int64_t in;
    int64_t net;
  };
  constexpr Row kRows[] = {
      {"ICBC", 2, 1'250'000, 4, 2'050'000, 800'000}, {"CCB", 2, 650'000, 2, 150'000, -500'000},
      {"PSBC", 2, 310'000, 1, 100'000, -210'000},    {"CMB", 3, 1'350'000, 2, 700'000, -650'000},
      {"BOB", 2, 390'000, 2, 950'000, 560'000},
  };
  const auto obligations = Payments(kBatch);
  const auto positions = NetMultilaterally(5, obligations);
  NetPosition sum;
  for (size_t i = 0; i < positions.size(); ++i) {
    const Row& row = kRows[i];
    EXPECT_EQ(positions[i], (NetPosition{row.in, row.out, row.count_in, row.count_out}))
        << row.bank;
    EXPECT_TRUE(positions[i].net() == row.net) << row.bank;
    sum.gross_in += positions[i].gross_in;
    sum.gross_out += positions[i].gross_out;
    sum.count_in += positions[i].count_in;
    sum.count_out += positions[i].count_out;
  }
  EXPECT_EQ(sum, (NetPosition{3'950'000, 3'950'000, 11, 11}));
  EXPECT_TRUE(NetValue(positions) == 1'360'000);
  EXPECT_EQ(Bilateral(obligations),
            "B>A 500000, D>A 800000, A>E 500000, C>B 60000, B>E 60000, C>D 150000");
}

TEST(Netting, IsRecastWithoutTheOneThatFails) {
  struct Row {
    uint32_t removed;
    const char* nets;
  };
  constexpr Row kRows[] = {{3, "A-10 B10 C0 D0"},
                           {2, "A-10 B10 C0 D0"},
                           {0, "A0 B-20 C80 D-60"},
                           {1, "A20 B0 C60 D-80"}};
  for (const auto& [removed, nets] : kRows) {
    const auto others = Without(removed, Payments(kFourBanks));
    EXPECT_EQ(Text(NetsOf(NetMultilaterally(4, others))), nets) << removed;
  }
}

TEST(Netting, SaysWhoCannotPay) {
  const auto positions = NetMultilaterally(5, Payments(kBatch));
  const std::vector<int64_t> enough = {0, 500'000, 210'000, 650'000, 0};
  EXPECT_TRUE(Shortfalls(positions, enough).empty());
  const std::vector<int64_t> little = {-1, 499'999, 210'000, -5, 0};
  EXPECT_EQ(Shortfalls(positions, little), (std::vector<Shortfall>{{1, 1}, {3, 650'000}}));
}

RC_GTEST_PROP(NettingProperty, KeepsWhatEverybodyOwesWhicheverWayItIsNetted, ()) {
  const PaymentQueue queue = *AnyQueue(40);
  const auto participants = static_cast<uint32_t>(queue.liquidity.size());
  const auto positions = NetMultilaterally(participants, queue.payments);
  __int128 sum = 0;
  for (const NetPosition& position : positions) sum += position.net();
  RC_ASSERT(sum == 0);

  std::vector<__int128> nets(participants);
  std::map<std::pair<uint32_t, uint32_t>, int> pairs;
  for (const auto& [payer, payee, minor] : NetBilaterally(queue.payments)) {
    RC_ASSERT(minor > 0);
    RC_ASSERT(++pairs[std::minmax(payer, payee)] == 1);
    nets[payer] -= minor;
    nets[payee] += minor;
  }
  RC_ASSERT(nets == NetsOf(positions));

  std::vector<Obligation> backwards(queue.payments.rbegin(), queue.payments.rend());
  RC_ASSERT(NetMultilaterally(participants, backwards) == positions);
  RC_ASSERT(NetBilaterally(backwards) == NetBilaterally(queue.payments));
}

}  // namespace
}  // namespace longmen::engine
