#include "adapters/parking/tariff.h"

#include <gtest/gtest.h>

namespace longmen::adapters::parking {
namespace {

constexpr Currency kYuan{156};

// domain B11: 30 minutes free, 2.00 per started 60 minutes, cap 20.00.
const engine::ParkingTariff kDay{
    .cap = {2000, kYuan}, .step_price = {200, kYuan}, .step_minutes = 60, .free_minutes = 30};

TEST(ParkingFee, MeetsTheTariffVector) {
  EXPECT_EQ(ParkingFee(kDay, 30 * kNanosPerMinute).minor, 0);
  EXPECT_EQ(ParkingFee(kDay, 30 * kNanosPerMinute + kNanosPerSecond).minor, 200);
  EXPECT_EQ(ParkingFee(kDay, 90 * kNanosPerMinute).minor, 200);
  EXPECT_EQ(ParkingFee(kDay, 90 * kNanosPerMinute + kNanosPerSecond).minor, 400);
  EXPECT_EQ(ParkingFee(kDay, kNanosPerDay).minor, 2000);
  EXPECT_EQ(ParkingFee(kDay, 0).minor, 0);
}

TEST(ParkingFee, StartsAStepWithItsFirstNanosecond) {
  EXPECT_EQ(ParkingFee(kDay, 30 * kNanosPerMinute + 1).minor, 200);
  EXPECT_EQ(ParkingFee(kDay, 90 * kNanosPerMinute + 1).minor, 400);
}

TEST(ParkingFee, ReachesTheCapAndStaysThere) {
  EXPECT_EQ(ParkingFee(kDay, (30 + 9 * 60) * kNanosPerMinute).minor, 1800);
  EXPECT_EQ(ParkingFee(kDay, (30 + 9 * 60) * kNanosPerMinute + 1).minor, 2000);
  EXPECT_EQ(ParkingFee(kDay, INT64_MAX).minor, 2000);
}

TEST(ParkingFee, DoesNotOverflowWithAPriceBeyondReason) {
  engine::ParkingTariff dear = kDay;
  dear.step_price.minor = INT64_MAX;
  dear.step_minutes = 1;
  EXPECT_EQ(ParkingFee(dear, INT64_MAX).minor, 2000);
}

TEST(ParkingFee, DoesNotOverflowWithMinutesBeyondReason) {
  engine::ParkingTariff free = kDay;
  free.free_minutes = UINT32_MAX;
  EXPECT_EQ(ParkingFee(free, kNanosPerMinute).minor, 0);
  EXPECT_EQ(ParkingFee(free, INT64_MAX).minor, 0);
  engine::ParkingTariff slow = kDay;
  slow.step_minutes = UINT32_MAX;
  EXPECT_EQ(ParkingFee(slow, kNanosPerDay).minor, 200);
  EXPECT_EQ(ParkingFee(slow, INT64_MAX).minor, 200);
}

TEST(ParkingFee, WithoutFreeMinutesChargesTheFirst) {
  engine::ParkingTariff strict = kDay;
  strict.free_minutes = 0;
  EXPECT_EQ(ParkingFee(strict, 0).minor, 0);
  EXPECT_EQ(ParkingFee(strict, 1).minor, 200);
}

}  // namespace
}  // namespace longmen::adapters::parking
