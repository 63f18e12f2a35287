#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
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

// What people put between groups of digits, and digits of double width, in UTF-8.
constexpr std::string_view kSeparators[] = {
    " ",      "-",      ".",      "/",      "_",
    "\u00a0",                                                    // no-break space
    "\u2010", "\u2011", "\u2012", "\u2013", "\u2014", "\u2212",  // hyphens, dashes, minus
    "\u3000",                                                    // ideographic space
};
constexpr std::string_view kWideZero = "\uff10";  // the last byte counts up to nine
constexpr size_t kSeparatorsMax = 3;              // in a row, within one number

// The text's digits as they are, anything that separates as '-', all else as '|'.
std::string Folded(std::string_view text) {
  std::string folded;
  while (!text.empty()) {
    size_t bytes = 1;
    char as = '|';
    if (IsDigit(text[0])) {
      as = text[0];
    } else if (text.size() >= kWideZero.size() && text.starts_with(kWideZero.substr(0, 2)) &&
               text[2] >= kWideZero[2] && text[2] <= kWideZero[2] + 9) {
      bytes = kWideZero.size();
      as = static_cast<char>('0' + (text[2] - kWideZero[2]));
    } else {
      const auto* found = std::ranges::find_if(
          kSeparators, [text](std::string_view one) { return text.starts_with(one); });
      if (found != std::end(kSeparators)) {
        bytes = found->size();
        as = '-';
      }
    }
    folded += as;
    text.remove_prefix(bytes);
  }
  return folded;
}

// Digits with separators between some of them. A card may stand beside another number
// ("order 17 6222 0212 …"), so every stretch that starts and ends where a piece does is tried; one
// long piece is a number of its own and no card inside it.
bool RunHoldsCard(std::string_view run) {
  std::string digits;
  std::vector<size_t> cuts{0};
  for (char c : run) {
    if (IsDigit(c)) {
      digits += c;
    } else if (cuts.back() != digits.size()) {
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
  // Most texts are short of digits, of either width.
  const auto may_be_digit = [](char c) { return IsDigit(c) || c == kWideZero[0]; };
  if (std::ranges::count_if(text, may_be_digit) < static_cast<ptrdiff_t>(kDigitsMin)) return false;
  const std::string folded = Folded(text);
  for (size_t i = 0; i < folded.size();) {
    if (!IsDigit(folded[i])) {
      ++i;
      continue;
    }
    size_t end = i + 1;
    while (end < folded.size()) {
      const size_t next = folded.find_first_not_of('-', end);
      if (next == std::string::npos || next - end > kSeparatorsMax || !IsDigit(folded[next])) break;
      end = next + 1;
    }
    if (end - i >= kDigitsMin && RunHoldsCard(std::string_view(folded).substr(i, end - i))) {
      return true;
    }
    i = end;
  }
  return false;
}

}  // namespace longmen
