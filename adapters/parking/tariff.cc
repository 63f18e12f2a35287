#include "adapters/parking/tariff.h"

namespace longmen::adapters::parking {

Money ParkingFee(const engine::ParkingTariff& tariff, Nanos stay) {
  CHECK(stay >= 0 && tariff.step_minutes > 0, "parking.fee", stay, tariff.step_minutes);
  // 128 bits: minutes of 32 bits have more nanoseconds than 64 bits hold, and a stay many steps.
  const __int128 minute = kNanosPerMinute;
  const __int128 charged = stay - tariff.free_minutes * minute;
  if (charged <= 0) return {0, tariff.cap.currency};
  const __int128 steps = (charged - 1) / (tariff.step_minutes * minute) + 1;
  const __int128 fee = steps * tariff.step_price.minor;
  return {fee < tariff.cap.minor ? static_cast<int64_t>(fee) : tariff.cap.minor,
          tariff.cap.currency};
}

}  // namespace longmen::adapters::parking
