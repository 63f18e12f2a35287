#include "events/money/currency.h"

#include <gtest/gtest.h>

namespace longmen {
namespace {

TEST(Currency, IsFoundByBothItsCodes) {
  EXPECT_EQ(CurrencyFromAlphabetic("CNY")->numeric, 156);
  EXPECT_EQ(CurrencyFromNumeric(156)->alphabetic(), "CNY");
  EXPECT_EQ(CurrencyFromAlphabetic("AED")->numeric, 784);  // the table's first
  EXPECT_EQ(CurrencyFromAlphabetic("ZWG")->numeric, 924);  // and last
}

TEST(Currency, KnowsTheExponentOfItsMinorUnit) {
  EXPECT_EQ(CurrencyFromAlphabetic("CNY")->exponent(), 2);
  EXPECT_EQ(CurrencyFromAlphabetic("JPY")->exponent(), 0);
  EXPECT_EQ(CurrencyFromAlphabetic("KWD")->exponent(), 3);
  EXPECT_EQ(CurrencyFromAlphabetic("CLF")->exponent(), 4);
  EXPECT_EQ(CurrencyFromAlphabetic("UYW")->exponent(), 4);
  EXPECT_EQ(CurrencyFromAlphabetic("ISK")->exponent(), 0);
}

TEST(Currency, EveryNumberInTheTableLeadsBackFromItsLetters) {
  int count = 0;
  for (int number = 0; number <= UINT16_MAX; ++number) {
    const auto currency = CurrencyFromNumeric(static_cast<uint16_t>(number));
    if (!currency) continue;
    ++count;
    EXPECT_EQ(CurrencyFromAlphabetic(currency->alphabetic()), currency);
    EXPECT_GE(currency->exponent(), 0);
    EXPECT_LE(currency->exponent(), 4);
  }
  EXPECT_EQ(count, 166);
}

TEST(Currency, RefusesWhatIsNotInTheTable) {
  for (const char* code : {"", "C", "CN", "cny", "CNYX", "RMB", "XAU", "XXX", "XTS", "ZZZ"}) {
    EXPECT_EQ(CurrencyFromAlphabetic(code), std::nullopt) << code;
  }
  EXPECT_EQ(CurrencyFromNumeric(0), std::nullopt);
  EXPECT_EQ(CurrencyFromNumeric(959), std::nullopt);  // gold
  EXPECT_EQ(CurrencyFromNumeric(1156), std::nullopt);
  EXPECT_EQ(Currency{999}.alphabetic(), "???");
}

}  // namespace
}  // namespace longmen
