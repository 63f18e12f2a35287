#include "adapters/metro/fare.h"

#include <algorithm>

namespace longmen::adapters::metro {
namespace {

constexpr __int128 kWhole = 1'000;  // permille

int64_t AfterDiscount(int64_t fare, const engine::FareDiscount& discount) {
  return static_cast<int64_t>((__int128{fare} * discount.pay_permille + kWhole / 2) / kWhole);
}

}  // namespace

int64_t FareOfMetres(const engine::FareTable& table, uint32_t metres) {
  for (const engine::FareStep& step : table.steps) {
    if (metres <= step.up_to_metres) return step.minor;
  }
  const engine::FareStep& last = table.steps.back();
  const uint32_t parts = (metres - last.up_to_metres - 1) / table.beyond_metres + 1;
  return last.minor + parts * table.beyond_minor;
}

int64_t FareMax(const engine::FareTable& table) {
  return table.max_minor != 0 ? table.max_minor : FareOfMetres(table, table.MetresMax());
}

Price Priced(int64_t fare, int64_t pays, const engine::FareDiscount* discount) {
  Price price{.fare = fare, .pays = pays};
  if (discount != nullptr) {
    const int64_t taken_off = std::min(fare - pays, fare - AfterDiscount(fare, *discount));
    price.subsidy = static_cast<int64_t>(__int128{taken_off} * discount->funder_permille / kWhole);
  }
  return price;
}

Price Discounted(int64_t fare, const engine::FareDiscount* discount) {
  return Priced(fare, discount == nullptr ? fare : AfterDiscount(fare, *discount), discount);
}

std::optional<Price> PriceOfRide(const engine::FareTable& table, std::string_view from,
                                 std::string_view to, Nanos stay,
                                 const engine::FareDiscount* discount) {
  const auto metres = table.Metres(from, to);
  if (!metres) return std::nullopt;
  const bool overtime =
      table.stay_minutes != 0 && stay > Nanos{table.stay_minutes} * kNanosPerMinute;
  int64_t fare = FareOfMetres(table, *metres);
  if (from == to && table.same_station_minor != 0) fare = table.same_station_minor;
  if (overtime) fare = FareMax(table);
  Price price = Discounted(fare, discount);
  price.metres = *metres;
  if (from == to) price.anomaly = schema::RideAnomaly::SAME_STATION;
  if (overtime) price.anomaly = schema::RideAnomaly::OVERTIME;
  return price;
}

}  // namespace longmen::adapters::metro
