#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "events/codec/codec.h"

namespace longmen {
namespace {

// Ranges of the first four digits that issuers use. Payer codes of wallets (10 to 15, 25 to 30) and
// dates (19, 20) are none of them, or every second order number would look like a card.
struct Range {
  int first;
  int last;
};
constexpr std::array kIssuers = std::to_array<Range>({
    {2200, 2204},  // Mir
    {2221, 2720},  // Mastercard
    {3000, 3059},  // Diners Club
    {3095, 3095},  // Diners Club
    {3400, 3499},  // American Express
    {3528, 3589},  // JCB
    {3600, 3699},  // Diners Club
    {3700, 3799},  // American Express
    {3800, 3999},  // Diners Club
    {4000, 4999},  // Visa
    {5000, 5099},  // Maestro, Verve, Elo
    {5100, 5599},  // Mastercard
    {5600, 5899},  // Maestro
    {6000, 6099},  // Discover, RuPay, cards of Chinese banks
    {6200, 6299},  // UnionPay
    {6300, 6399},  // Maestro
    {6440, 6599},  // Discover, RuPay, Verve
    {6700, 6799},  // Maestro
    {8100, 8299},  // UnionPay, RuPay
    {9558, 9559},  // older cards of ICBC and ABC
    {9792, 9792},  // Troy
});

constexpr size_t kDigitsMin = 13;
constexpr size_t kDigitsMax = 19;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsCardNumber(std::string_view digits) {
  int prefix = 0;
  for (char c : digits.substr(0, 4)) prefix = prefix * 10 + (c - '0');
  const bool issued = std::ranges::any_of(
      kIssuers, [prefix](Range range) { return range.first <= prefix && prefix <= range.last; });
  if (!issued) return false;
  // Luhn: from the right, every second digit doubled, the digits of all summed.
  int sum = 0;
  bool doubled = false;
  for (size_t i = digits.size(); i > 0; --i, doubled = !doubled) {
    const int digit = (digits[i - 1] - '0') * (doubled ? 2 : 1);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return sum % 10 == 0;
}

// Digits with single separators between some of them. A card may stand beside another number
// ("order 17 6222 0212 …"), so every stretch that starts and ends where a piece does is tried; one
// long piece is a number of its own and no card inside it.
bool RunHoldsCard(std::string_view run) {
  std::string digits;
  std::vector<size_t> cuts{0};
  for (char c : run) {
    if (IsDigit(c)) {
      digits += c;
    } else {
      cuts.push_back(digits.size());
    }
  }
  cuts.push_back(digits.size());
  for (size_t first = 0; first + 1 < cuts.size(); ++first) {
    for (size_t last = first + 1; last < cuts.size(); ++last) {
      const size_t length = cuts[last] - cuts[first];
      if (length > kDigitsMax) break;
      if (length < kDigitsMin) continue;
      if (IsCardNumber(std::string_view(digits).substr(cuts[first], length))) return true;
    }
  }
  return false;
}

}  // namespace

bool ContainsCardNumber(std::string_view text) {
  if (std::ranges::count_if(text, IsDigit) < static_cast<ptrdiff_t>(kDigitsMin)) return false;
  for (size_t i = 0; i < text.size();) {
    if (!IsDigit(text[i])) {
      ++i;
      continue;
    }
    size_t end = i + 1;
    while (end < text.size()) {
      if (IsDigit(text[end])) {
        ++end;
      } else if ((text[end] == ' ' || text[end] == '-') && end + 1 < text.size() &&
                 IsDigit(text[end + 1])) {
        end += 2;
      } else {
        break;
      }
    }
    if (end - i >= kDigitsMin && RunHoldsCard(text.substr(i, end - i))) return true;
    i = end;
  }
  return false;
}

}  // namespace longmen
