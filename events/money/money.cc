#include "events/money/money.h"

#include <algorithm>

#include "events/money/write_minor.h"

namespace longmen {
namespace {

Error Overflow() { return Error{Code::AMOUNT_OVERFLOW, "", "the sum leaves 64 bits"}; }

Error OtherCurrency(const Money& a, const Money& b) {
  return Error{Code::CURRENCY_MISMATCH, "",
               fmt::format("{} and {}", a.currency.alphabetic(), b.currency.alphabetic())};
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

Result<Money> Add(const Money& a, const Money& b) {
  if (a.currency != b.currency) return OtherCurrency(a, b);
  Money sum = a;
  if (__builtin_add_overflow(a.minor, b.minor, &sum.minor)) return Overflow();
  return sum;
}

Result<Money> Subtract(const Money& a, const Money& b) {
  if (a.currency != b.currency) return OtherCurrency(a, b);
  Money difference = a;
  if (__builtin_sub_overflow(a.minor, b.minor, &difference.minor)) return Overflow();
  return difference;
}

// The one place where the point is set.
char* WriteMinor(char* to, __int128 minor, Currency currency) {
  // The magnitude is unsigned because the smallest integer has no positive counterpart.
  auto wide = static_cast<unsigned __int128>(minor);
  if (minor < 0) {
    wide = -wide;
    *to++ = '-';
  }
  const int exponent = currency.exponent();
  char reversed[kMinorTextMax];
  char* end = reversed;
  int digits = 0;
  const auto put = [&](unsigned digit) {
    if (digits == exponent && exponent > 0) *end++ = '.';
    *end++ = static_cast<char>('0' + digit);
    ++digits;
  };
  for (; wide > UINT64_MAX; wide /= 10) put(static_cast<unsigned>(wide % 10));
  for (auto rest = static_cast<uint64_t>(wide); rest != 0 || digits <= exponent; rest /= 10) {
    put(static_cast<unsigned>(rest % 10));
  }
  return std::reverse_copy(reversed, end, to);
}

std::string FormatMinor(int64_t minor, Currency currency) {
  char text[kMinorTextMax];
  return {text, WriteMinor(text, minor, currency)};
}

std::string Format(const Money& money) {
  return FormatMinor(money.minor, money.currency) + " " + std::string(money.currency.alphabetic());
}

Result<Money> ParseMoney(std::string_view decimal, Currency currency) {
  const auto bad = [&](const char* why) {
    return Error{Code::BAD_TEXT, "", fmt::format("'{}': {}", decimal.substr(0, 40), why)};
  };
  std::string_view rest = decimal;
  const bool negative = rest.starts_with('-');
  if (negative || rest.starts_with('+')) rest.remove_prefix(1);
  const size_t point = rest.find('.');
  const std::string_view whole = rest.substr(0, point);
  const std::string_view decimals =
      point == std::string_view::npos ? std::string_view() : rest.substr(point + 1);
  if (whole.empty() || !std::ranges::all_of(whole, IsDigit)) return bad("not a decimal number");
  if (point != std::string_view::npos &&
      (decimals.empty() || !std::ranges::all_of(decimals, IsDigit))) {
    return bad("not a decimal number");
  }
  const auto exponent = static_cast<size_t>(currency.exponent());
  if (decimals.size() > exponent) return bad("more decimals than the currency has");

  // Counted downwards, since the negative side reaches one further.
  int64_t minor = 0;
  const auto append = [&minor](int digit) {
    return !__builtin_mul_overflow(minor, 10, &minor) &&
           !__builtin_sub_overflow(minor, digit, &minor);
  };
  bool fits = true;
  for (char c : whole) fits = fits && append(c - '0');
  for (size_t i = 0; i < exponent; ++i) {
    fits = fits && append(i < decimals.size() ? decimals[i] - '0' : 0);
  }
  if (!negative) fits = fits && !__builtin_sub_overflow(int64_t{0}, minor, &minor);
  if (!fits) return Error{Code::AMOUNT_OUT_OF_RANGE, "", "the amount leaves 64 bits"};
  return Money{minor, currency};
}

Result<int64_t> WideSum::minor() const {
  if (!fits()) return Overflow();
  return static_cast<int64_t>(sum_);
}

std::string WideSum::Format(Currency currency) const {
  char text[kMinorTextMax];
  return {text, WriteMinor(text, sum_, currency)};
}

}  // namespace longmen
