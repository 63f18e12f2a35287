// What falls due at one instant, and how the table of numbered rows lies.
#include <gtest/gtest.h>

#include "engine/ledger/ledger.h"
#include "engine/ledger/rows.h"
#include "tests/support/generator/draft.h"

namespace longmen::generator {
namespace {

constexpr Nanos kNow = 1'614'560'400 * kNanosPerSecond;
constexpr size_t kOrders = 2 * engine::kTicksAtOnce + 100;

void Take(engine::Ledger& ledger, Draft draft) {
  const std::vector<ProposalBytes> group{draft.Finish()};
  ASSERT_EQ(ledger.Propose(group, kNow).answers[0].kind, engine::AnswerKind::kAccepted);
}

// A ledger with orders that all expire at kNow + 1.
void PlaceOrders(engine::Ledger& ledger) {
  ledger.Begin("test", 480, kNow);
  size_t ids = 0;
  const auto draft = [&](const std::string& key) {
    return Draft("op", "p" + std::to_string(++ids), kNow, key);
  };
  Draft op = draft("op");
  auto source = op.registration().initSource();
  source.setAllParticipants(true);
  auto bodies = source.initBodies(2);
  bodies.set(0, schema::BodyKind::REGISTRATION);
  bodies.set(1, schema::BodyKind::ORDER);
  Take(ledger, std::move(op));
  Draft bank = draft("bank");
  bank.registration().initParticipant().setName("bank");
  Take(ledger, std::move(bank));
  Draft account = draft("payee");
  auto registered = account.registration().initAccount();
  registered.setParticipant("bank");
  registered.setCurrency(156);
  Take(ledger, std::move(account));
  for (size_t i = 0; i < kOrders; ++i) {
    Draft placed = draft("o" + std::to_string(i));
    auto order = placed.order();
    SetAmount(order, 100, 156);
    order.setPayee("payee");
    order.setValidUntil(kNow + 1);
    Take(ledger, std::move(placed));
  }
}

TEST(Ticks, ThatFallDueTogetherAreHandedOverInPortions) {
  engine::Ledger whole;
  PlaceOrders(whole);
  const auto all = whole.Tick(kNow + 10);
  ASSERT_EQ(all.size(), kOrders);

  engine::Ledger parted;
  PlaceOrders(parted);
  std::vector<engine::Emitted> taken;
  size_t most = 0;
  parted.HandOverTicks([&](std::vector<engine::Emitted>& ticks) {
    most = std::max(most, ticks.size());
    for (auto& tick : ticks) taken.push_back(std::move(tick));
    ticks.clear();
  });
  for (auto& tick : parted.Tick(kNow + 10)) taken.push_back(std::move(tick));
  EXPECT_EQ(most, engine::kTicksAtOnce);
  ASSERT_EQ(taken.size(), all.size());
  for (size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(taken[i].header, all[i].header);
    EXPECT_EQ(AsText(taken[i].proposal.bytes()), AsText(all[i].proposal.bytes()));
  }
  EXPECT_EQ(parted.StateDigest(), whole.StateDigest());
}

TEST(Ticks, OneAtATimeAreTheSame) {
  engine::Ledger whole;
  PlaceOrders(whole);
  engine::Ledger single;
  PlaceOrders(single);
  whole.Tick(kNow + 10);
  size_t count = 0;
  while (single.TickOnce(kNow + 10)) ++count;
  EXPECT_EQ(count, kOrders);
  EXPECT_EQ(single.StateDigest(), whole.StateDigest());
}

// An index of open addressing walks a run of cells to its end when one of them is emptied.
TEST(NumberedRows, FormNoLongRunsInTheIndex) {
  constexpr size_t kCells = 1u << 17;
  std::vector<int> cells(kCells);
  for (Sequence sequence = 1'000'000; sequence < 1'000'000 + kCells / 2; ++sequence) {
    size_t at = engine::NumberedRow::HashOf(sequence) % kCells;
    while (cells[at] != 0) at = (at + 1) % kCells;
    cells[at] = 1;
  }
  size_t run = 0;
  size_t longest = 0;
  for (const int cell : cells) {
    run = cell == 0 ? 0 : run + 1;
    longest = std::max(longest, run);
  }
  EXPECT_LE(longest, 64u);
}

}  // namespace
}  // namespace longmen::generator
