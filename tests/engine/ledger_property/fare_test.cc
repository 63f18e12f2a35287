#include "engine/ledger/fare.h"

#include <capnp/message.h>
#include <gtest/gtest.h>

namespace longmen::engine {
namespace {

// a - b - c in a row, a and c by a detour as well, and an island.
FareTable Table() {
  capnp::MallocMessageBuilder message;
  auto fare = message.initRoot<schema::FareTable>();
  fare.setBeyondMetres(8'000);
  fare.initSteps(1)[0].setUpToMetres(6'000);
  struct {
    const char* from;
    const char* to;
    uint32_t metres;
  } constexpr kSegments[] = {
      {"b", "a", 3'000}, {"b", "c", 4'000}, {"a", "c", 7'001}, {"x", "y", 900'000}};
  auto segments = fare.initSegments(4);
  for (unsigned i = 0; i < 4; ++i) {
    segments[i].setFrom(kSegments[i].from);
    segments[i].setTo(kSegments[i].to);
    segments[i].setMetres(kSegments[i].metres);
  }
  return FareTable(fare.asReader(), 156);
}

TEST(FareTable, MeasuresTheShortestWayInBothDirections) {
  const FareTable table = Table();
  EXPECT_EQ(table.Metres("a", "c"), 7'000u);
  EXPECT_EQ(table.Metres("c", "a"), 7'000u);
  EXPECT_EQ(table.Metres("b", "b"), 0u);
  EXPECT_EQ(table.MetresMax(), 900'000u);
}

TEST(FareTable, KnowsWhereThereIsNoWay) {
  const FareTable table = Table();
  EXPECT_EQ(table.Metres("a", "x"), std::nullopt);
  EXPECT_EQ(table.Metres("a", "nowhere"), std::nullopt);
  EXPECT_TRUE(table.HasStation("y"));
  EXPECT_FALSE(table.HasStation("nowhere"));
}

}  // namespace
}  // namespace longmen::engine
