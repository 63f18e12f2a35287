// Money: a signed count of minor units in one currency.
//
// No floating point, no default currency, no implicit conversion: two currencies meet only where
// a Result says so. Sums that may leave 64 bits are typed errors.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "events/base/result.h"
#include "events/money/currency.h"

namespace longmen {

struct Money {
  int64_t minor = 0;
  Currency currency;

  bool operator==(const Money&) const = default;
};

// amount_overflow past 64 bits, currency_mismatch between currencies.
Result<Money> Add(const Money& a, const Money& b);
Result<Money> Subtract(const Money& a, const Money& b);

// "12.00", "-0.05", "1200" (JPY): as many decimals as the currency's exponent.
std::string FormatMinor(int64_t minor, Currency currency);
// "12.00 CNY".
std::string Format(const Money& money);
// Exactly: a sign at most, digits, and at most as many decimals as the exponent; else bad_text,
// or amount_out_of_range past 64 bits.
Result<Money> ParseMoney(std::string_view decimal, Currency currency);

// A sum that cannot overflow: of up to 2^64 amounts of 64 bits.
class WideSum {
 public:
  void Add(int64_t minor) { sum_ += minor; }
  void Add(const WideSum& other) { sum_ += other.sum_; }
  bool fits() const { return sum_ >= INT64_MIN && sum_ <= INT64_MAX; }
  // amount_overflow where the sum does not fit.
  Result<int64_t> minor() const;
  __int128 value() const { return sum_; }
  // Decimal text of the sum in the currency's major unit, however large.
  std::string Format(Currency currency) const;
  bool operator==(const WideSum&) const = default;

 private:
  __int128 sum_ = 0;
};

}  // namespace longmen
