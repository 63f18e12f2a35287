// Currencies: ISO 4217, by numeric code. The table is data of this program; a code outside it is
// unknown_currency.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace longmen {

struct Currency {
  uint16_t numeric = 0;  // 156 is CNY

  std::string_view alphabetic() const;  // "CNY"; "???" for a code that is not in the table
  int exponent() const;                 // decimals of the minor unit: CNY 2, JPY 0, KWD 3
  bool operator==(const Currency&) const = default;
  auto operator<=>(const Currency&) const = default;
};

// Codes with no minor unit in ISO 4217 (gold, test, none) are not in the table: no money is
// kept in them.
std::optional<Currency> CurrencyFromNumeric(uint16_t numeric);
std::optional<Currency> CurrencyFromAlphabetic(std::string_view code);

}  // namespace longmen
