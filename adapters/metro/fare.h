// What a ride costs (domain B10): the ladder by distance, and what is taken off it.
#pragma once

#include <optional>
#include <string_view>

#include "engine/ledger/fare.h"

namespace longmen::adapters::metro {

// Minor units, by the ladder; its last step goes on in parts of `beyond_metres`.
int64_t FareOfMetres(const engine::FareTable& table, uint32_t metres);
// The highest of the network, as the table states it or as its longest way costs.
int64_t FareMax(const engine::FareTable& table);

struct Price {
  int64_t fare = 0;     // before the discount
  int64_t pays = 0;     // what the rider pays, rounded half up to a minor unit
  int64_t subsidy = 0;  // what the funder pays; the operator bears the rest of the discount
  uint32_t metres = 0;
  schema::RideAnomaly anomaly = schema::RideAnomaly::NONE;
};
// A fare of which the rider pays so much. What is taken off is shared as the discount says, up to
// what it promises; what is more the operator bears, and all of it where there is none.
Price Priced(int64_t fare, int64_t pays, const engine::FareDiscount* discount);
// A fare after the discount; null: none.
Price Discounted(int64_t fare, const engine::FareDiscount* discount);
// Of a ride that stayed so long. Nothing where a station is not in the table, or there is no way.
std::optional<Price> PriceOfRide(const engine::FareTable& table, std::string_view from,
                                 std::string_view to, Nanos stay,
                                 const engine::FareDiscount* discount);

}  // namespace longmen::adapters::metro
