#include "engine/ledger/exchange.h"

#include "events/codec/shape_rules.h"

namespace longmen::engine {
namespace {

__int128 PowerOfTen(int exponent) {
  __int128 power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

}  // namespace

std::optional<int64_t> Worth(const Money& base, Currency to, schema::Rate::Reader rate) {
  if (base.minor < 0 || base.minor > codec::kAmountMax || rate.getMantissa() < 0 ||
      rate.getMantissa() > codec::kRateMantissaMax || rate.getScale() > codec::kRateScaleMax) {
    return std::nullopt;
  }
  // At most 10^17 x 10^15 x 10^4 (the largest exponent): twice that still fits 127 bits.
  const __int128 above =
      static_cast<__int128>(base.minor) * rate.getMantissa() * PowerOfTen(to.exponent());
  const __int128 below = PowerOfTen(rate.getScale() + base.currency.exponent());
  const __int128 worth = (2 * above + below) / (2 * below);
  if (worth > INT64_MAX) return std::nullopt;
  return static_cast<int64_t>(worth);
}

bool AgreeAt(const Money& one, const Money& other, schema::Rate::Reader rate) {
  const bool first = one.currency.numeric == rate.getBase();
  const Money& base = first ? one : other;
  const Money& worth = first ? other : one;
  return base.currency.numeric == rate.getBase() &&
         Worth(base, worth.currency, rate) == worth.minor;
}

}  // namespace longmen::engine
