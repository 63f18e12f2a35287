#include "events/money/money.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace longmen {
namespace {

const Currency kCny = *CurrencyFromAlphabetic("CNY");
const Currency kJpy = *CurrencyFromAlphabetic("JPY");
const Currency kKwd = *CurrencyFromAlphabetic("KWD");
const Currency kClf = *CurrencyFromAlphabetic("CLF");

TEST(Money, AddsAndSubtractsWithinOneCurrency) {
  EXPECT_EQ(*Add({120, kCny}, {-20, kCny}), (Money{100, kCny}));
  EXPECT_EQ(*Subtract({120, kCny}, {-20, kCny}), (Money{140, kCny}));
}

TEST(Money, RefusesToMixCurrencies) {
  EXPECT_EQ(Add({1, kCny}, {1, kJpy}).error().code, Code::CURRENCY_MISMATCH);
  EXPECT_EQ(Subtract({1, kCny}, {1, kJpy}).error().code, Code::CURRENCY_MISMATCH);
}

TEST(Money, RefusesToLeaveSixtyFourBits) {
  EXPECT_EQ(Add({INT64_MAX, kCny}, {1, kCny}).error().code, Code::AMOUNT_OVERFLOW);
  EXPECT_EQ(Add({INT64_MIN, kCny}, {-1, kCny}).error().code, Code::AMOUNT_OVERFLOW);
  EXPECT_EQ(Subtract({INT64_MIN, kCny}, {1, kCny}).error().code, Code::AMOUNT_OVERFLOW);
  EXPECT_EQ(Subtract({0, kCny}, {INT64_MIN, kCny}).error().code, Code::AMOUNT_OVERFLOW);
  EXPECT_EQ(Add({INT64_MAX, kCny}, {0, kCny})->minor, INT64_MAX);
}

TEST(Money, PrintsAsManyDecimalsAsTheCurrencyHas) {
  EXPECT_EQ(FormatMinor(1200, kCny), "12.00");
  EXPECT_EQ(FormatMinor(-5, kCny), "-0.05");
  EXPECT_EQ(FormatMinor(0, kCny), "0.00");
  EXPECT_EQ(FormatMinor(1200, kJpy), "1200");
  EXPECT_EQ(FormatMinor(0, kJpy), "0");
  EXPECT_EQ(FormatMinor(1200, kKwd), "1.200");
  EXPECT_EQ(FormatMinor(1, kClf), "0.0001");
  EXPECT_EQ(FormatMinor(INT64_MIN, kCny), "-92233720368547758.08");
  EXPECT_EQ(Format({1200, kCny}), "12.00 CNY");
}

TEST(Money, ReadsDecimalsExactly) {
  EXPECT_EQ(ParseMoney("12", kCny)->minor, 1200);
  EXPECT_EQ(ParseMoney("12.3", kCny)->minor, 1230);
  EXPECT_EQ(ParseMoney("+12.34", kCny)->minor, 1234);
  EXPECT_EQ(ParseMoney("-0.05", kCny)->minor, -5);
  EXPECT_EQ(ParseMoney("007.00", kCny)->minor, 700);
  EXPECT_EQ(ParseMoney("1200", kJpy)->minor, 1200);
  EXPECT_EQ(ParseMoney("0.0001", kClf)->minor, 1);
}

TEST(Money, RefusesWhatIsNoDecimalOfItsCurrency) {
  for (const char* text : {"", "-", "+", ".", ".5", "5.", "1,000", "1e3", " 1", "1 ", "--1", "0x1",
                           "1.234", "1.000", "１"}) {
    EXPECT_EQ(ParseMoney(text, kCny).error().code, Code::BAD_TEXT) << text;
  }
  EXPECT_EQ(ParseMoney("1.0", kJpy).error().code, Code::BAD_TEXT);
}

TEST(Money, RefusesDecimalsPastSixtyFourBits) {
  EXPECT_EQ(ParseMoney("92233720368547758.07", kCny)->minor, INT64_MAX);
  EXPECT_EQ(ParseMoney("-92233720368547758.08", kCny)->minor, INT64_MIN);
  EXPECT_EQ(ParseMoney("92233720368547758.08", kCny).error().code, Code::AMOUNT_OUT_OF_RANGE);
  EXPECT_EQ(ParseMoney("-92233720368547758.09", kCny).error().code, Code::AMOUNT_OUT_OF_RANGE);
  EXPECT_EQ(ParseMoney(std::string(1000, '9'), kCny).error().code, Code::AMOUNT_OUT_OF_RANGE);
}

RC_GTEST_PROP(MoneyProperty, ReadsWhatItPrints, (int64_t minor)) {
  for (Currency currency : {kCny, kJpy, kKwd, kClf}) {
    RC_ASSERT(ParseMoney(FormatMinor(minor, currency), currency)->minor == minor);
  }
}

TEST(WideSum, HoldsMoreThanOneAmountCan) {
  WideSum sum;
  for (int i = 0; i < 1000; ++i) sum.Add(INT64_MAX);
  EXPECT_FALSE(sum.fits());
  EXPECT_EQ(sum.minor().error().code, Code::AMOUNT_OVERFLOW);
  EXPECT_EQ(sum.Format(kCny), "92233720368547758070.00");
  for (int i = 0; i < 999; ++i) sum.Add(-INT64_MAX);
  EXPECT_EQ(*sum.minor(), INT64_MAX);
  for (int i = 0; i < 3; ++i) sum.Add(INT64_MIN);
  EXPECT_EQ(sum.Format(kJpy), "-18446744073709551617");
}

}  // namespace
}  // namespace longmen
