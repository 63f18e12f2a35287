// What an amount is worth in another currency, at the rate that an event states.
#pragma once

#include <optional>

#include "events/codec/codec.h"
#include "events/money/money.h"

namespace longmen::engine {

// The other amount that `base`, which is in the rate's base currency, is worth in `to`: half up to
// a whole minor unit, each currency with its own ISO 4217 exponent. Empty where the amount or the
// rate is negative or beyond its shape (docs/rules.md, Shape), or it is worth more than 64 bits.
std::optional<int64_t> Worth(const Money& base, Currency to, schema::Rate::Reader rate);

// Are two amounts, one of them in the base currency of the rate, those of the rate? The one in the
// other currency must be the base's worth; the other way round would round twice.
bool AgreeAt(const Money& one, const Money& other, schema::Rate::Reader rate);

}  // namespace longmen::engine
