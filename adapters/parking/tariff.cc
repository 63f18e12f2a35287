#include "adapters/parking/tariff.h"

namespace longmen::adapters::parking {

Money ParkingFee(const engine::ParkingTariff& tariff, Nanos stay) {
  CHECK(stay >= 0 && tariff.step_minutes > 0, "parking.fee", stay, tariff.step_minutes);
  const Nanos charged = stay - tariff.free_minutes * kNanosPerMinute;
  if (charged <= 0) return {0, tariff.cap.currency};
  const Nanos step = tariff.step_minutes * kNanosPerMinute;
  const __int128 steps = (charged - 1) / step + 1;
  const __int128 fee = steps * tariff.step_price.minor;  // 128 bits: a stay has many steps
  return {fee < tariff.cap.minor ? static_cast<int64_t>(fee) : tariff.cap.minor,
          tariff.cap.currency};
}

}  // namespace longmen::adapters::parking
